# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of single credentials, one by one and in bulk (contract 7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..catalogue import SettingValue, check_setting
from ..errors import ApiError
from ..listing import Page, ordered, paged
from ..people import person
from ..render import Json, Renderer
from ..reply import Call, Reply, removed
from ..resource import Number, Resource
from ..state import Store
from .credentials import Credential, Credentials
from .settings import Values, change_value, put_value, remove_value, value_of

MAXIMUM_BULK_PAGE = 500

_DEPARTMENTS = ("Sales", "Finance", "Logistics", "IT", "Production")
_JOBS = ("Clerk", "Manager", "Engineer", "Driver")
# What a user's credential is given when no number was asked for.
_SETTINGS_OF_USERS = 6
_MAXIMUM_FILLED = 12


def _invented(number: int, amount: int) -> Values:
    """The settings of an invented person."""
    somebody = person(number)
    department = _DEPARTMENTS[number % len(_DEPARTMENTS)]
    everything: Values = {
        "th_firstname": somebody.first,
        "th_lastname": somebody.last,
        "th_csi": f"{100000 + number}",
        "th_category": f"{department.lower()},building {number % 3 + 1}",
        "th_department": department,
        "th_job_title": _JOBS[number % len(_JOBS)],
        "th_nickname": somebody.first,
        "th_keep_messages_days": 365,
        "th_readonly_profile": True,
        "th_disable_export": True,
        "th_block_unknown": False,
        "th_disable_backups": False,
    }
    return dict(list(everything.items())[:amount])


# A value for each of some settings of one owner.
_Accepted = tuple[Values, Values]


class CredentialSettings(Store):
    """The rules only: the settings are kept with their credential, and go with it."""

    def fill(self) -> None:
        """So many settings for each credential; if no number was given, some for those of users."""
        numbers = self.state.start.numbers
        users, amount = numbers.get("users", 0), numbers.get("settings")
        for number, credential in enumerate(self.state.of(Credentials).items.values()):
            usual = _SETTINGS_OF_USERS if number < users else 0
            credential.settings.update(_invented(number, usual if amount is None else amount))

    def of(self, credential_id: str) -> Values:
        """The settings of a credential; of an unknown one as the switch says."""
        credentials = self.state.of(Credentials)
        if credential_id not in credentials.items and self.switches["unknown-credential-settings"] == "empty":
            return {}
        return credentials.one(credential_id).settings

    def set_many(self, items: Iterable[Mapping[str, Any]]) -> None:
        """A bulk write: merges; whether one refused item refuses all is a switch (contract 7 and 9)."""
        refusal: ApiError | None = None
        accepted: list[_Accepted] = []
        mode = self.switches["bulk-errors"]
        for item in _each_setting(items) if mode == "partial-settings" else items:
            try:
                accepted.append(self._checked(item))
            except ApiError as error:
                refusal = refusal or error
        if refusal is not None and mode == "atomic":
            raise refusal
        for values, changes in accepted:
            values.update(changes)
        if refusal is not None and mode != "partial-silent":
            raise refusal

    def _checked(self, item: Mapping[str, Any]) -> _Accepted:
        credential = self.state.of(Credentials).items.get(item["id"])
        if credential is None:
            raise ApiError(400, "Unknown credential")
        changes: Values = {}
        for parameter in item["parameters"]:
            check_setting(parameter["name"], parameter["value"], self.switches)
            changes[parameter["name"]] = parameter["value"]
        return credential.settings, changes


def _each_setting(items: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """A bulk write taken apart, as if each setting had been sent alone."""
    for item in items:
        for parameter in item["parameters"]:
            yield {"id": item["id"], "parameters": [parameter]}


def _path(quoted_id: str) -> str:
    return f"/credentials/{quoted_id}"


def _written(render: Renderer, quoted_id: str, name: str, value: SettingValue, *, bulk: bool = False) -> Json:
    """A setting of a credential."""
    link = render.observed_link if bulk else render.link
    return render.done({"_links": [link("detail", f"{_path(quoted_id)}/mdm/{name}")], "name": name, "value": value})


def _written_with_settings(render: Renderer, credential: Credential) -> Json:
    """A credential with its settings, in the bulk list."""
    path = _path(credential.quoted_id)
    return render.done(
        {
            "_links": [render.observed_link("detail", path + "/mdm"), render.observed_link("credential", path)],
            "id": credential.id,
            "parameters": [
                _written(render, credential.quoted_id, name, value, bulk=True)
                for name, value in credential.settings.items()
            ],
        }
    )


def _credential(call: Call) -> Credential:
    return call.state.of(Credentials).one(call.path["id"])


def get_settings(call: Call) -> Reply:
    """Not paged; an unknown credential is a switch."""
    values = call.state.of(CredentialSettings).of(call.path["id"])
    credential = call.state.of(Credentials).items.get(call.path["id"])
    quoted = "" if credential is None else credential.quoted_id
    items = [_written(call.render, quoted, name, value) for name, value in values.items()]
    answer = call.render.index("parameters", items, None)
    path = _path(quoted)
    answer["_links"] = [call.render.link("detail", path + "/mdm"), call.render.link("credential", path)]
    return Reply(200, answer)


def create_setting(call: Call) -> Reply:
    """Creates or changes; with the switch, a write for an unknown credential goes nowhere without a word."""
    return put_value(call, call.state.of(CredentialSettings).of(call.path["id"]))


def get_setting(call: Call) -> Reply:
    """One setting of a credential."""
    credential = _credential(call)
    value = value_of(call, credential.settings)
    return Reply(200, _written(call.render, credential.quoted_id, call.path["property_id"], value))


def update_setting(call: Call) -> Reply:
    """200 with the setting."""
    credential = _credential(call)
    value = change_value(call, credential.settings)
    return Reply(200, _written(call.render, credential.quoted_id, call.path["property_id"], value))


def delete_setting(call: Call) -> Reply:
    """Absent is 404."""
    return removed(call, lambda: remove_value(call, _credential(call).settings))


def _without_unset(call: Call, page: Page[Credential]) -> Page[Credential]:
    """A page that was cut out of all credentials, without those that have no settings."""
    items = [item for item in page.items if item.settings]
    count = page.paging["count"] if call.switches["paging-count"] == "page-size" else len(items)
    return Page(items, {**page.paging, "count": count})


def get_many_settings(call: Call) -> Reply:
    """Pages of credentials; those without any setting are a switch."""
    unset = call.switches["bulk-unset"]
    everybody = list(call.state.of(Credentials).items.values())
    found = [item for item in everybody if item.settings] if unset in ("left-out", "left-out-counted") else everybody
    page = paged(call, ordered(call, found, lambda item: item.username), MAXIMUM_BULK_PAGE)
    if unset == "left-out-counted":
        page.paging["total"] = len(everybody)
    elif unset == "left-out-of-pages":
        page = _without_unset(call, page)
    items = [_written_with_settings(call.render, item) for item in page.items]
    return Reply(200, call.render.index("credentials", items, page.paging))


def set_many_settings(call: Call) -> Reply:
    """Merges; the key of the name is "name" here."""
    call.state.of(CredentialSettings).set_many(call.json["credentials"])
    return Reply()


RESOURCE = Resource(
    "credential_settings",
    CredentialSettings,
    operations={
        "getIndividualAppConfigurations": get_settings,
        "createIndividualAppConfiguration": create_setting,
        "getIndividualAppConfiguration": get_setting,
        "updateIndividualAppConfiguration": update_setting,
        "deleteIndividualAppConfiguration": delete_setting,
        "getBulkIndividualAppConfigurations": get_many_settings,
        "updateBulkIndividualAppConfigurations": set_many_settings,
    },
    numbers=(Number("settings", f"settings per credential, up to {_MAXIMUM_FILLED}"),),
)
