# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Contacts and their categories (contract 6)."""

from __future__ import annotations

import typing as t

from .. import _errors as errors
from .._errors import ThreemaError
from .._http import Client
from .._types import Object
from ._common import expect_status, get, get_object, plain, remove, segment
from ._fetch import Found, Key, fetch
from ._paging import Listing, flag, required_text, text_or_none

PAGE_SIZE: t.Final = 5000
_PATH: t.Final = "/contacts"
#: The response for categories without the feature is not known (contract 9); 401 is documented.
_FEATURE_HINT: t.Final = "; does the subscription have the Directory feature?"


class ContactApi:
    """Contacts are known by their Threema ID."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch(self, ids: t.Collection[str], *, everything: bool = False, category: str | None = None) -> Found:
        """Look up contacts with as few requests as possible; ``category`` (an id) restricts the list.

        :raises ThreemaError: if a list is incomplete, or a request fails.
        """
        query = {} if category is None else {"filterCategory": category}
        listing = Listing(self._client, _PATH, "contacts", PAGE_SIZE, _convert, query)
        wanted = [("threema_id", id_) for id_ in ids]
        return fetch(listing, self._one, _keys, lambda one: one["threema_id"], wanted, everything=everything)

    def _one(self, key: Key) -> Object | None:
        return self.get(key[1])

    def get(self, threema_id: str) -> Object | None:
        """One contact, None if there is none."""
        return get_object(self._client, _PATH, threema_id, _convert)

    def create(self, contact: Object) -> None:
        """POST, once: after a lost answer, the caller has to find out what happened."""
        payload = {"threemaId": contact["threema_id"], "enabled": contact["enabled"]}
        for name, key in (("first_name", "firstName"), ("last_name", "lastName")):
            if contact.get(name):
                payload[key] = contact[name]
        expect_status(self._client.request("POST", _PATH, payload=payload, repeatable=False), 201)

    def update(self, contact: Object, *, directory_enabled: bool) -> None:
        """PUT of all fields, including ``directory_enabled``, which the service requires (contract 6.4)."""
        payload = {
            "firstName": contact["first_name"],
            "lastName": contact["last_name"],
            "enabled": contact["enabled"],
            "directory_enabled": directory_enabled,
        }
        path = f"{_PATH}/{segment(contact['threema_id'])}"
        expect_status(self._client.request("PUT", path, payload=payload), 204)

    def delete(self, threema_id: str) -> bool:
        """DELETE; false if it did not exist any more.

        The service also responds with 401 for an automatic contact (contract 6.5), so it is checked which it was.
        """
        try:
            return remove(self._client, f"{_PATH}/{segment(threema_id)}")
        except ThreemaError as error:
            if error.kind != errors.AUTHENTICATION or self.get(threema_id) is None:
                raise
            error.kind = errors.PERMISSION
            error.msg = (
                f"{error.method} {error.path}: the service cannot remove a contact that was created from a user of the "
                "subscription; set enabled: false to hide it"
            )
            raise

    def categories(self, threema_id: str) -> list[Object]:
        """The categories of a contact; empty if there is no such contact."""
        path = f"{_PATH}/{segment(threema_id)}/categories"
        listing = Listing(self._client, path, "categories", PAGE_SIZE, _convert_category)
        try:
            listing.read_all()
        except ThreemaError as error:
            if error.kind in (errors.NOT_FOUND, errors.INVALID, errors.PERMISSION):
                if self.get(threema_id) is None:
                    return []
                error.msg += _FEATURE_HINT
            elif error.kind == errors.AUTHENTICATION:
                error.msg += _FEATURE_HINT
            raise
        return list(listing.items.values())

    def category(self, category_id: str) -> list[Object]:
        """One category. Its form is not documented (contract 2, row 18): an object, or a list of them."""
        try:
            answer = get(self._client, f"/contact-categories/{segment(category_id)}")
        except ThreemaError as error:
            if error.kind in (errors.AUTHENTICATION, errors.PERMISSION):
                error.msg += _FEATURE_HINT
            raise
        if answer is None:
            return []
        document = answer.json()
        items = document.get("categories", [document]) if isinstance(document, dict) else document
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise answer.unexpected("is JSON of another form than a category")
        try:
            return [category for item in items if (category := _category(item))]
        except ValueError as reason:
            raise answer.unexpected(f"is an object {reason}") from None


def _keys(contact: Object) -> tuple[Key]:
    return (("threema_id", contact["threema_id"]),)


def _convert(item: Object) -> tuple[str, Object]:
    contact = plain(item)
    # The list uses id, the single object threemaId (contract 6.1).
    threema_id = required_text(contact, "threema_id", "id")
    contact.pop("id", None)
    contact["enabled"] = flag(contact, "enabled")
    contact["type"] = text_or_none(contact, "type")
    for name in ("first_name", "last_name"):
        contact[name] = text_or_none(contact, name)
    return threema_id, {**contact, "threema_id": threema_id}


def _convert_category(item: Object) -> tuple[str, Object]:
    return required_text(item, "id"), _category(item)


def _category(item: Object) -> Object:
    """:raises ValueError: for a field whose type is not the documented one."""
    category = plain(item)
    for name in ("id", "name", "source"):
        if name in category:
            category[name] = text_or_none(category, name)
    if category.get("enabled") is not None:
        category["enabled"] = flag(category, "enabled")
    return category
