# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Credentials (contract 4)."""

from __future__ import annotations

import typing as t

from .. import _errors as errors
from .._errors import ThreemaError
from .._http import Client
from ._common import Object, a_dict, delete, expect_status, plain, segment
from ._paging import Listing, required_text

PAGE_SIZE: t.Final = 5000
_PATH: t.Final = "/credentials"

#: Names in the answers of versions up to 1.4.0 (contract 4.1).
_OLD_NAMES: t.Final = {"hash": "hashed", "lock": "locked", "license_amount": "usage"}


class Found:
    """What a look-up brought: credentials by id and by username. ``total`` is None where no list told it."""

    def __init__(self) -> None:
        self.by_id: dict[str, Object] = {}
        self.by_username: dict[str, Object] = {}
        self.whole = False
        self.total: int | None = None

    def add(self, credential: Object) -> None:
        """Remember a credential."""
        self.by_id[credential["id"]] = credential
        self.by_username[credential["username"]] = credential


class CredentialApi:
    """:param keep_passwords: whether passwords are kept of what is read; otherwise they are dropped at once."""

    def __init__(self, client: Client, *, keep_passwords: bool) -> None:
        self._client = client
        self._keep_passwords = keep_passwords

    def fetch(
        self, *, usernames: t.Collection[str] = (), ids: t.Collection[str] = (), everything: bool = False
    ) -> Found:
        """Look credentials up, in the fewest requests: one by one, or by the list if that is less.

        :param everything: read the whole list, whatever it costs.
        :raises ThreemaError: if a list is not whole, or a request fails.
        """
        found = Found()
        if not everything and len(usernames) + len(ids) <= 1:
            self._one_by_one(usernames, ids, found)
            return found
        listing = self._listing()
        listing.read_page()
        missing_names, missing_ids = _missing(listing, usernames, ids)
        if everything or len(missing_names) + len(missing_ids) >= listing.pages_left:
            listing.read_all()
        else:
            self._one_by_one(missing_names, missing_ids, found)
        for credential in listing.items.values():
            found.add(credential)
        found.whole = listing.whole
        found.total = listing.total
        return found

    def _one_by_one(self, usernames: t.Iterable[str], ids: t.Iterable[str], found: Found) -> None:
        for username in usernames:
            listing = self._listing({"filterUsername": username})
            # Whether the filter is exact is unknown (contract 4.2): equality is checked here.
            credential = _by_name(listing, username)
            while credential is None and not listing.whole:
                listing.read_page()
                credential = _by_name(listing, username)
            if credential is not None:
                found.add(credential)
        for id_ in ids:
            credential = self.get(id_)
            if credential is not None:
                found.add(credential)

    def _listing(self, query: t.Mapping[str, str] | None = None) -> Listing[Object]:
        return Listing(self._client, _PATH, "credentials", PAGE_SIZE, self._convert, query)

    def get(self, id_: str) -> Object | None:
        """One credential, None if there is none of that id."""
        try:
            answer = self._client.request("GET", f"{_PATH}/{segment(id_)}")
        except ThreemaError as error:
            # 400 is documented here too: an id of a form that the service cannot have.
            if error.kind == errors.NOT_FOUND or error.status == 400:
                return None
            raise
        try:
            return self._convert(a_dict(answer))[1]
        except ValueError as reason:
            raise answer.unexpected(f"is an object {reason}") from None

    def create(self, target: Object) -> Object:
        """POST, once: what becomes of a lost answer is for the caller to find out.

        :param target: ``username``, ``password``, ``hashed``, ``locked`` and perhaps ``license_count``.
        :returns: the credential as the service made it, without its password.
        """
        payload = _body(target)
        if target.get("license_count") is not None:
            payload["licenseCount"] = target["license_count"]
        answer = self._client.request("POST", _PATH, payload=payload, repeatable=False, secrets=(target["password"],))
        expect_status(answer, 201)
        try:
            credential = self._convert(a_dict(answer))[1]
        except ValueError as reason:
            raise answer.unexpected(f"is an object {reason}") from None
        credential.pop("password", None)
        return credential

    def update(self, id_: str, target: Object) -> None:
        """PUT of all four fields, because what is left out may be reset (contract 4.4)."""
        answer = self._client.request(
            "PUT", f"{_PATH}/{segment(id_)}", payload=_body(target), secrets=(target["password"],)
        )
        expect_status(answer, 204)

    def delete(self, id_: str) -> bool:
        """DELETE; false if it was gone already."""
        return delete(self._client.request, f"{_PATH}/{segment(id_)}")

    def _convert(self, item: Object) -> tuple[str, Object]:
        credential = plain(item)
        for old, new in _OLD_NAMES.items():
            if old in credential:
                credential.setdefault(new, credential.pop(old))
        id_ = required_text(credential, "id")
        required_text(credential, "username")
        password = credential.pop("password", None)
        credential["hashed"] = bool(credential.get("hashed", password is None))
        credential["locked"] = bool(credential.get("locked"))
        if self._keep_passwords:
            credential["password"] = password if isinstance(password, str) and password else None
        return id_, credential


def _body(target: Object) -> Object:
    return {
        "username": target["username"],
        "password": target["password"],
        "hash": target["hashed"],
        "lock": target["locked"],
    }


def _by_name(listing: Listing[Object], username: str) -> Object | None:
    return next((item for item in listing.items.values() if item["username"] == username), None)


def _missing(listing: Listing[Object], usernames: t.Iterable[str], ids: t.Iterable[str]) -> tuple[list[str], list[str]]:
    names = {item["username"] for item in listing.items.values()}
    return [name for name in usernames if name not in names], [id_ for id_ in ids if id_ not in listing.items]
