# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Users: the Threema IDs of the subscription (contract 5)."""

from __future__ import annotations

import typing as t
from urllib.parse import unquote

from .._http import Client
from .._types import Object
from ._common import get_object, plain, remove, segment
from ._fetch import Found, Key, fetch
from ._paging import Listing, required_text

PAGE_SIZE: t.Final = 5000
_PATH: t.Final = "/users"


class UserApi:
    """Users are known by their Threema ID; each has ``credential_id``, or None."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch(
        self, ids: t.Collection[str] = (), *, everything: bool = False, query: t.Mapping[str, str] | None = None
    ) -> Found:
        """Look up users with as few requests as possible; ``query`` contains the service's own filters.

        :raises ThreemaError: if a list is incomplete, or a request fails.
        """
        wanted = [("threema_id", id_) for id_ in ids]
        listing = self._listing(query)
        return fetch(listing, self._one, _keys, lambda one: one["threema_id"], wanted, everything=everything)

    def _listing(self, query: t.Mapping[str, str] | None = None, page_size: int = PAGE_SIZE) -> Listing[Object]:
        return Listing(self._client, _PATH, "users", page_size, _convert, query)

    def _one(self, key: Key) -> Object | None:
        return self.get(key[1])

    def get(self, threema_id: str) -> Object | None:
        """One user, None if there is none."""
        return get_object(self._client, _PATH, threema_id, _convert)

    def count(self) -> int:
        """How many users there are, in one small request."""
        listing = self._listing(page_size=1)
        listing.read_page()
        return listing.total or 0

    def detach(self, threema_id: str) -> bool:
        """Remove the ID from the subscription; its holder keeps it. False if it was not there any more."""
        return remove(self._client, f"{_PATH}/{segment(threema_id)}/detach", "POST")

    def revoke(self, threema_id: str) -> bool:
        """Permanently revoke the ID. False if it was not there any more."""
        return remove(self._client, f"{_PATH}/{segment(threema_id)}")


def _keys(user: Object) -> tuple[Key]:
    return (("threema_id", user["threema_id"]),)


def _convert(item: Object) -> tuple[str, Object]:
    user = plain(item)
    threema_id = required_text(user, "id", "threema_id")
    user.pop("id", None)
    return threema_id, {**user, "threema_id": threema_id, "credential_id": _credential_id(item.get("_links"))}


def _credential_id(links: t.Any) -> str | None:
    """The id in the link to the credential, found by its relation and never by its position (contract 1)."""
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and "credential" in (link.get("rel"), link.get("ref")):
            _base, found, id_ = str(link.get("link", "")).rpartition("/credentials/")
            if found and id_:
                return unquote(id_.split("?")[0].rstrip("/"))
    return None
