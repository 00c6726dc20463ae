# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""App configuration (MDM): one function for each operation of the document (contract 7)."""

from __future__ import annotations

from .errors import ApiError, not_found
from .listing import Page, ordered, paged
from .models import Credential, SettingValue
from .operations import already_gone
from .reply import Call, Reply
from .switches import Switches

MAXIMUM_BULK_PAGE = 500


def _existing(store: dict[str, SettingValue], name: str) -> SettingValue:
    if name not in store:
        raise not_found("Setting")
    return store[name]


def _changed(call: Call, store: dict[str, SettingValue]) -> SettingValue:
    """PUT of one setting: documented without a body; a value in one is taken over."""
    name = call.path["property_id"]
    _existing(store, name)
    if isinstance(call.json, dict) and "value" in call.json:
        call.subscription.set_setting(store, name, call.json["value"])
    return store[name]


def _removed(call: Call, store: dict[str, SettingValue]) -> Reply:
    try:
        _existing(store, call.path["property_id"])
    except ApiError as error:
        return already_gone(call, error)
    del store[call.path["property_id"]]
    return Reply()


def get_global_settings(call: Call) -> Reply:
    """Not paged."""
    items = [call.render.global_setting(name, value, listed=True) for name, value in call.subscription.settings.items()]
    return Reply(200, call.render.index("parameters", items, None))


def create_global_setting(call: Call) -> Reply:
    """Creates or changes; the key of the name is "property" here."""
    call.subscription.set_setting(call.subscription.settings, call.json["property"], call.json["value"])
    return Reply()


def get_global_setting(call: Call) -> Reply:
    """One global setting."""
    name = call.path["property_id"]
    return Reply(200, call.render.global_setting(name, _existing(call.subscription.settings, name), listed=False))


def update_global_setting(call: Call) -> Reply:
    """200 with the setting."""
    value = _changed(call, call.subscription.settings)
    return Reply(200, call.render.global_setting_object(call.path["property_id"], value))


def delete_global_setting(call: Call) -> Reply:
    """Absent is 404."""
    return _removed(call, call.subscription.settings)


def _quoted_id(call: Call) -> str:
    credential = call.subscription.credentials.get(call.path["id"])
    return "" if credential is None else credential.quoted_id


def get_settings(call: Call) -> Reply:
    """Not paged; an unknown credential is a switch."""
    store = call.subscription.settings_of(call.path["id"])
    quoted = _quoted_id(call)
    answer = call.render.index(
        "parameters", [call.render.setting(quoted, name, value) for name, value in store.items()], None
    )
    path = "/credentials/" + quoted
    answer["_links"] = [call.render.link("detail", path + "/mdm"), call.render.link("credential", path)]
    return Reply(200, answer)


def create_setting(call: Call) -> Reply:
    """Creates or changes; with the switch, a write for an unknown credential goes nowhere without a word."""
    store = call.subscription.settings_of(call.path["id"])
    call.subscription.set_setting(store, call.json["property"], call.json["value"])
    return Reply()


def get_setting(call: Call) -> Reply:
    """One setting of a credential."""
    name = call.path["property_id"]
    value = _existing(call.subscription.credential(call.path["id"]).settings, name)
    return Reply(200, call.render.setting(_quoted_id(call), name, value))


def update_setting(call: Call) -> Reply:
    """200 with the setting."""
    value = _changed(call, call.subscription.credential(call.path["id"]).settings)
    return Reply(200, call.render.setting(_quoted_id(call), call.path["property_id"], value))


def delete_setting(call: Call) -> Reply:
    """Absent is 404."""
    try:
        store = call.subscription.credential(call.path["id"]).settings
    except ApiError as error:
        return already_gone(call, error)
    return _removed(call, store)


def without_unset(page: Page[Credential], switches: Switches) -> Page[Credential]:
    """A page that was cut out of all credentials, without those that have no settings."""
    items = [item for item in page.items if item.settings]
    count = page.paging["count"] if switches["paging-count"] == "page-size" else len(items)
    return Page(items, {**page.paging, "count": count})


def get_many_settings(call: Call) -> Reply:
    """Pages of credentials; those without any setting are a switch."""
    switches = call.subscription.switches
    unset = switches["bulk-unset"]
    everybody = list(call.subscription.credentials.values())
    found = [item for item in everybody if item.settings] if unset in ("left-out", "left-out-counted") else everybody
    page = paged(ordered(found, switches, lambda item: item.username), call.query, switches, MAXIMUM_BULK_PAGE)
    if unset == "left-out-counted":
        page.paging["total"] = len(everybody)
    elif unset == "left-out-of-pages":
        page = without_unset(page, switches)
    return Reply(
        200, call.render.index("credentials", [call.render.bulk_item(item) for item in page.items], page.paging)
    )


def set_many_settings(call: Call) -> Reply:
    """Merges; the key of the name is "name" here."""
    call.subscription.set_many(call.json["credentials"])
    return Reply()
