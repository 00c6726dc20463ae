# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Credentials (contract 4)."""

from __future__ import annotations

import json
import typing as t

from .. import _errors as errors
from .._errors import ThreemaError
from .._http import Client
from .._repeats import contains_secret
from .._text import shown
from .._types import Object
from ._common import a_dict, expect_status, get_object, plain, remove, segment
from ._fetch import Found, Key, fetch
from ._paging import Listing, flag, required_text

PAGE_SIZE: t.Final = 5000
_PATH: t.Final = "/credentials"

_FIELDS: t.Final = frozenset(("id", "username", "usage", "hashed", "locked"))
#: Names in the answers of versions up to 1.4.0 (contract 4.1).
_OLD_NAMES: t.Final = {"hash": "hashed", "lock": "locked", "license_amount": "usage"}


class CredentialApi:
    """:param keep_passwords: whether the passwords that are read are kept; otherwise they are dropped at once."""

    def __init__(self, client: Client, *, keep_passwords: bool) -> None:
        self._client = client
        self._keep_passwords = keep_passwords
        #: Other credentials that were in the answers to look-ups, by id; a filter may not be exact.
        self.seen: dict[str, Object] = {}
        #: The ids of all credentials in the order of the list, None as long as it was not read.
        self.listed: t.Sequence[str] | None = None
        #: How many were on the first page of the list, None if it was the only one: its pages are not larger.
        self.page_size: int | None = None
        #: Whether ``page`` was found to be the number of a record.
        self.by_record = False

    def fetch(
        self, *, usernames: t.Collection[str] = (), ids: t.Collection[str] = (), everything: bool = False
    ) -> Found:
        """Look up credentials with as few requests as possible: one by one, or by the list if that takes fewer.

        :param everything: read the whole list, however many requests it takes.
        :raises ThreemaError: if a list is incomplete, or a request fails.
        """
        wanted = [("username", username) for username in usernames] + [("id", id_) for id_ in ids]
        listing = self._listing()
        found = fetch(listing, self._one, _keys, lambda one: one["id"], wanted, everything=everything)
        self._note(listing)
        if len(found.by("username")) < len(found.by_id):
            raise _unusable("two credentials have the same username")
        return found

    def _note(self, listing: Listing[Object]) -> None:
        if listing.whole:
            self.listed = list(listing.items)
        if listing.pages and len(listing.pages[0]) < (listing.total or 0):
            self.page_size = len(listing.pages[0])
            self.by_record = listing.by_record

    def ids(self) -> list[str]:
        """The ids of all credentials. :raises ThreemaError: as :meth:`fetch`."""
        return list(self.fetch(everything=True).by_id)

    def _one(self, key: Key) -> Object | None:
        field, value = key
        if field == "id":
            return self.get(value)
        listing = self._listing({"filterUsername": value})
        # Whether the filter is exact is unknown (contract 4.2): equality is checked here.
        while not listing.whole:
            listing.read_page()
            self.seen.update(listing.items)
            for credential in listing.items.values():
                if credential["username"] == value:
                    return credential
        return None

    def _listing(self, query: t.Mapping[str, str] | None = None) -> Listing[Object]:
        return Listing(self._client, _PATH, "credentials", PAGE_SIZE, self._convert, query)

    def get(self, id_: str) -> Object | None:
        """One credential, None if there is none with that id."""
        return get_object(self._client, _PATH, id_, self._convert)

    def create(self, target: Object) -> Object:
        """POST, once: after a lost answer, the caller has to find out what happened.

        :param target: ``username``, ``password``, ``hashed``, ``locked`` and perhaps ``license_count``.
        :returns: the credential as the service created it, without its password.
        """
        payload = _body(target)
        if target.get("license_count") is not None:
            payload["licenseCount"] = target["license_count"]
        answer = self._client.request("POST", _PATH, payload=payload, repeatable=False, secrets=(target["password"],))
        expect_status(answer, 201)
        made = a_dict(answer)
        try:
            credential = self._convert(made)[1]
        except ValueError as reason:
            raise answer.unexpected(f"is an object {reason}") from None
        # Fields that are missing from the answer are as requested.
        said = {_OLD_NAMES.get(name, name) for name, value in made.items() if value is not None}
        credential.update({name: target[name] for name in ("hashed", "locked") if name not in said})
        credential.pop("password", None)
        _drop_repeated(credential, target["password"])
        return credential

    def update(self, id_: str, target: Object) -> None:
        """PUT of all four fields, because missing ones may be reset (contract 4.4)."""
        answer = self._client.request(
            "PUT", f"{_PATH}/{segment(id_)}", payload=_body(target), secrets=(target["password"],)
        )
        expect_status(answer, 204)

    def delete(self, id_: str) -> bool:
        """DELETE; false if it did not exist any more."""
        return remove(self._client, f"{_PATH}/{segment(id_)}")

    def _convert(self, item: Object) -> tuple[str, Object]:
        # Of all fields that sound secret, only this one is known.
        password = item.get("password")
        credential = plain(item)
        for old, new in _OLD_NAMES.items():
            if old in credential:
                credential.setdefault(new, credential.pop(old))
        id_ = required_text(credential, "id")
        required_text(credential, "username")
        credential.pop("password", None)
        if isinstance(password, str):
            _drop_repeated(credential, password)
        credential["hashed"] = flag(credential, "hashed", password is None)
        credential["locked"] = flag(credential, "locked")
        usage = credential.get("usage")
        if not isinstance(usage, int) or isinstance(usage, bool) or usage < 0:
            credential["usage"] = None
        if self._keep_passwords:
            # The value of a hashed password is not a password.
            known = isinstance(password, str) and password and not credential["hashed"]
            credential["password"] = password if known else None
        return id_, credential


def _body(target: Object) -> Object:
    return {
        "username": target["username"],
        "password": target["password"],
        "hash": target["hashed"],
        "lock": target["locked"],
    }


def _drop_repeated(credential: Object, password: str) -> None:
    """Drop unknown fields that also contain the password, such as an activation link."""
    for name in credential.keys() - _FIELDS:
        if contains_secret(json.dumps(credential[name], ensure_ascii=False), (password,)):
            del credential[name]


def in_use(credential: Object) -> bool:
    """Whether a Threema ID is linked to a credential.

    :raises ThreemaError: of kind ``protocol``, if the service does not report it.
    """
    if credential["usage"] is None:
        raise _unusable(f"the credential {shown(credential['username'])} was returned without its usage")
    return bool(credential["usage"])


def _unusable(what: str) -> ThreemaError:
    return ThreemaError(
        errors.PROTOCOL,
        f"GET {_PATH}: {what}; such a response cannot be used",
        status=200,
        method="GET",
        path=_PATH,
        request_sent=True,
    )


def _keys(credential: Object) -> tuple[Key, Key]:
    return ("username", credential["username"]), ("id", credential["id"])
