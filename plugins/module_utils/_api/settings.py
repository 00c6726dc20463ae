# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""MDM settings: of the subscription (global) and of credentials (contract 7)."""

from __future__ import annotations

import typing as t

from .. import _errors as errors
from .._errors import ThreemaError
from .._http import Client
from .._parameters import is_secret
from .._text import extract, shown
from .._types import Object, Settings, Value
from ._common import a_dict, expect_status, get, remove, segment
from ._paging import Listing, required_text

PAGE_SIZE: t.Final = 500
#: From so many credentials on, a page of the bulk list is worth to learn how many there are.
_MANY: t.Final = 10
#: Most credentials in one bulk write.
BULK_SIZE: t.Final = 1000


class SettingApi:
    """Reads and writes settings. A scope is the id of a credential, or None for the global settings.

    :param credentials: reads the ids of all credentials, for a list that leaves some out.
    """

    def __init__(self, client: Client, credentials: t.Callable[[], t.Collection[str]]) -> None:
        self._client = client
        self._credentials = credentials

    def read(self, scope: str | None) -> Settings | None:
        """All settings of one scope; None where the service knows no such credential.

        Whether it says so for an unknown credential is not documented (contract 9): an empty answer may mean that too.
        """
        answer = self._client.request("GET", _path(scope)) if scope is None else get(self._client, _path(scope))
        return None if answer is None else _settings(a_dict(answer).get("parameters"), answer.unexpected)

    def read_one(self, scope: str | None, name: str) -> Settings:
        """One setting of one scope; empty where there is none, or no such credential."""
        answer = get(self._client, f"{_path(scope)}/{segment(name)}")
        if answer is None:
            return {}
        document = a_dict(answer)
        if document.get("name", name) != name:
            raise answer.unexpected("is about another setting")
        # The key of the name may be id, or none (contract 7); which parameter it is, the path said.
        return _settings([{**document, "name": name}], answer.unexpected)

    def fetch(self, scopes: t.Collection[str], total: int | None) -> dict[str, Settings]:
        """Settings of many credentials, one by one or by the bulk list if that is less requests.

        :param total: number of credentials in the subscription, None if not known.
        :returns: by credential id. What is not in it has no settings, and perhaps does not exist; what is in it does.
        :raises ThreemaError: if a list is not whole, or a request fails.
        """
        listing = self._listing()
        pages = -(-total // PAGE_SIZE) if total is not None else len(scopes)
        if total is None and len(scopes) > _MANY:
            listing.read_page()
            pages = listing.pages_left
        if len(scopes) <= pages or len(scopes) <= 1:
            return {scope: settings for scope in scopes if (settings := self.read(scope))}
        wanted = set(scopes)
        ended = listing.read_what_there_is(lambda: wanted <= listing.items.keys())
        if ended:
            self._check_left_out(listing, ended, total, scopes)
        return {scope: settings for scope, settings in listing.items.items() if scope in wanted}

    def keep_back_look(self, number: int, total: int | None) -> None:
        """Keep the requests for settings of so many credentials back from the budget; of none, nothing is.

        :param total: number of credentials in the subscription, None if not known.
        """
        pages = number if total is None else -(-total // PAGE_SIZE)
        self._client.keep_back(min(number, pages), "a look at what refused writes did")

    def read_all(self, known: t.Collection[str] = ()) -> dict[str, Settings]:
        """Settings of all credentials, by credential id.

        :param known: ids of all credentials, where they were listed before.
        :raises ThreemaError: as :meth:`fetch`.
        """
        listing = self._listing()
        ended = listing.read_what_there_is()
        if ended:
            everybody = known if known and len(known) == listing.total else self._credentials()
            self._check_left_out(listing, ended, len(everybody), everybody)
        return listing.items

    def check_left_out(self, scopes: t.Iterable[str]) -> None:
        """Make sure that credentials that were not in the bulk list have no settings, before somebody goes for that.

        Where somebody creates and removes credentials while the list is read, one may slip from page to page, and the
        service may leave out those without settings (contract 7).

        :raises ThreemaError: of kind ``protocol`` if one has settings.
        """
        for scope in scopes:
            if self.read(scope):
                raise ThreemaError(
                    errors.PROTOCOL,
                    "GET /mdm-bulk: the list left out a credential with settings; it changed while it was read, so it "
                    "cannot be used. Run again",
                    method="GET",
                    path="/mdm-bulk",
                    request_sent=True,
                )

    def _check_left_out(
        self, listing: Listing[Settings], ended: ThreemaError, total: int | None, scopes: t.Collection[str]
    ) -> None:
        """Whether credentials are missing because they have no settings, which the service may leave out (contract 7).

        It is believed where the list counts the credentials of the subscription, and one of the missing has no settings
        when it is asked for singly.

        :raises ThreemaError: the error with which the list ended, otherwise.
        """
        if total is None:
            scopes = self._credentials()
            total = len(scopes)
        # The last one, because what was perhaps not read comes last.
        missing = next((scope for scope in reversed(list(scopes)) if scope not in listing.items), None)
        if listing.total != total or (missing is not None and self.read(missing)):
            raise ended

    def _listing(self) -> Listing[Settings]:
        return Listing(self._client, "/mdm-bulk", "credentials", PAGE_SIZE, _bulk_entry, sparse=True)

    def write(self, scope: str | None, name: str, value: Value) -> None:
        """Create or change one setting: POST is the documented upsert, so it may be repeated."""
        payload = {"property": name, "value": value}
        answer = self._client.request("POST", _path(scope), payload=payload, secrets=_secrets({name: value}))
        expect_status(answer, 204)

    def delete(self, scope: str | None, name: str) -> bool:
        """Remove one setting; false if it was gone already."""
        return remove(self._client, f"{_path(scope)}/{segment(name)}")

    def write_bulk(self, settings: t.Mapping[str, Settings]) -> None:
        """Create or change settings of up to 1,000 credentials; what is not named stays (contract 7)."""
        payload = {
            "credentials": [
                {"id": id_, "parameters": [{"name": name, "value": value} for name, value in values.items()]}
                for id_, values in settings.items()
            ]
        }
        secrets = [secret for values in settings.values() for secret in _secrets(values)]
        expect_status(self._client.request("POST", "/mdm-bulk", payload=payload, secrets=secrets), 204)


def _path(scope: str | None) -> str:
    return "/mdm" if scope is None else f"/credentials/{segment(scope)}/mdm"


def _secrets(settings: Settings) -> list[str]:
    return [str(value) for name, value in settings.items() if is_secret(name)]


def _settings(items: t.Any, unexpected: t.Callable[[str], ThreemaError]) -> Settings:
    try:
        return _parse(items)
    except ValueError as reason:
        raise unexpected(f"contains {reason}") from None


def _parse(items: t.Any) -> Settings:
    """Names and values; the key of the name is ``name`` or ``id`` (contract 7), and in requests ``property``."""
    if not isinstance(items, list):
        raise ValueError("no list 'parameters'")
    settings: Settings = {}
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("value", []), (str, int, bool, type(None))):
            raise ValueError("a setting without a value of a known type")
        name = required_text(item, "name", "id")
        if name in settings:
            raise ValueError(f"the setting {extract(name)} twice")
        settings[name] = item["value"]
    return settings


def _bulk_entry(item: Object) -> tuple[str, Settings]:
    return required_text(item, "id"), _parse(item.get("parameters"))


def unknown_credential(scope: str) -> ThreemaError:
    """The error for a credential id that the service does not know."""
    return ThreemaError(
        errors.NOT_FOUND,
        f"there is no credential with the id {shown(scope)}",
        method="GET",
        path=f"/credentials/{segment(scope)}",
        request_sent=True,
    )
