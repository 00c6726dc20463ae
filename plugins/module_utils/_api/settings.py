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
from ._bulk import Bulk, Roll
from ._common import a_dict, expect_status, get, remove, segment
from ._paging import Listing, required_text

PAGE_SIZE: t.Final = 500
#: For this many credentials or more, a page of the bulk list is worth reading to learn how many there are.
_MANY: t.Final = 10
#: Maximum number of credentials in one bulk write.
BULK_SIZE: t.Final = 1000


class SettingApi:
    """Reads and writes settings. A scope is the id of a credential, or None for the global settings.

    :param credentials: what is known of the list of credentials, for a list of settings that omits some.
    """

    def __init__(self, client: Client, credentials: Roll) -> None:
        self._client = client
        self._credentials = credentials

    def read(self, scope: str | None) -> Settings | None:
        """All settings of one scope; None if there is no such credential.

        How the service responds for an unknown credential is not documented (contract 9): an empty answer may also mean
        that.
        """
        answer = self._client.request("GET", _path(scope)) if scope is None else get(self._client, _path(scope))
        return None if answer is None else _settings(a_dict(answer).get("parameters"), answer.unexpected)

    def read_one(self, scope: str | None, name: str) -> Settings:
        """One setting of one scope; empty if there is none, or no such credential."""
        answer = get(self._client, f"{_path(scope)}/{segment(name)}")
        if answer is None:
            return {}
        document = a_dict(answer)
        if document.get("name", name) != name:
            raise answer.unexpected("is about another setting")
        # The name may be in the key id, or missing (contract 7); the path determines the parameter.
        return _settings([{**document, "name": name}], answer.unexpected)

    def fetch(self, scopes: t.Collection[str], total: int | None) -> dict[str, Settings]:
        """Settings of many credentials, one by one or by the bulk list if that takes fewer requests.

        :param total: number of credentials in the subscription, None if not known.
        :returns: by credential id. A credential that is not in it has no settings, or does not exist; one that is in it
            exists.
        :raises ThreemaError: if a list is incomplete, or a request fails.
        """
        listing = self._listing()
        pages = -(-total // PAGE_SIZE) if total is not None else len(scopes)
        if total is None and len(scopes) > _MANY:
            listing.read_page()
            pages = listing.pages_left
        if len(scopes) <= pages or len(scopes) <= 1:
            return {scope: settings for scope in scopes if (settings := self.read(scope))}
        wanted = set(scopes)
        found = self._bulk(listing, total).read(list(dict.fromkeys(scopes)))
        return {scope: settings for scope, settings in found.items() if scope in wanted}

    def keep_back_look(self, number: int, total: int | None) -> None:
        """Reserve the requests for reading the settings of this many credentials; 0 ends the reservation.

        :param total: number of credentials in the subscription, None if not known.
        """
        pages = number if total is None else -(-total // PAGE_SIZE)
        self._client.keep_back(min(number, pages), "checking what rejected requests did")

    def read_all(self) -> dict[str, Settings]:
        """Settings of all credentials, by credential id; credentials are listed only if they were not before.

        :raises ThreemaError: as :meth:`fetch`.
        """
        listed = self._credentials.listed
        return self._bulk(self._listing(), None if listed is None else len(listed)).read()

    def check_left_out(self, scopes: t.Iterable[str]) -> None:
        """Make sure that credentials missing from the bulk list have no settings, before one is removed because of it.

        If somebody creates and removes credentials while the list is read, one may slip from page to page, and the
        service may omit those without settings (contract 7).

        :raises ThreemaError: of kind ``protocol`` if one has settings.
        """
        for scope in scopes:
            if self.read(scope):
                raise ThreemaError(
                    errors.PROTOCOL,
                    "GET /mdm-bulk: the list left out a credential with settings, so it cannot be used. Run again, in "
                    "case it changed while it was read; if that does not help, please report it",
                    method="GET",
                    path="/mdm-bulk",
                    request_sent=True,
                )

    def _bulk(self, listing: Listing[Settings], total: int | None) -> Bulk:
        return Bulk(listing, self._credentials, total, self.read)

    def _listing(self) -> Listing[Settings]:
        return Listing(self._client, "/mdm-bulk", "credentials", PAGE_SIZE, _bulk_entry, sparse=True)

    def write(self, scope: str | None, name: str, value: Value) -> None:
        """Create or change one setting: POST is the documented upsert, so it may be repeated."""
        payload = {"property": name, "value": value}
        answer = self._client.request("POST", _path(scope), payload=payload, secrets=_secrets({name: value}))
        expect_status(answer, 204)

    def delete(self, scope: str | None, name: str) -> bool:
        """Remove one setting; false if it did not exist any more."""
        return remove(self._client, f"{_path(scope)}/{segment(name)}")

    def write_bulk(self, settings: t.Mapping[str, Settings]) -> None:
        """Create or change settings of up to 1,000 credentials; others are left unchanged (contract 7)."""
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
