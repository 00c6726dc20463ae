# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Looking up objects with as few requests as possible: by the list, or one by one if that takes fewer."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Iterable

from .._types import Object
from ._paging import Listing

#: What an object is looked up by, such as ("username", "jane.doe").
Key = t.Tuple[str, str]


class Found:
    """The result of a look-up: objects by id. ``total`` is None if no list was read."""

    def __init__(self) -> None:
        self.by_id: dict[str, Object] = {}
        self.whole = False
        self.total: int | None = None

    def by(self, name: str) -> dict[str, Object]:
        """The objects by one of their fields."""
        return {found[name]: found for found in self.by_id.values()}

    def include(self, more: Found) -> None:
        """Add the result of another look-up."""
        self.by_id.update(more.by_id)
        self.whole = self.whole or more.whole
        self.total = more.total if self.total is None else self.total


def fetch(
    listing: Listing[Object],
    one: Callable[[Key], Object | None],
    keys_of: Callable[[Object], Iterable[Key]],
    id_of: Callable[[Object], str],
    wanted: Collection[Key],
    *,
    everything: bool,
) -> Found:
    """Look objects up.

    :param listing: the whole list, of which nothing has been read yet.
    :param one: looks up a single object; None if there is none.
    :param everything: read the whole list, however many requests it takes.
    :raises ThreemaError: if a list is incomplete, or a request fails.
    """
    found = Found()
    missing = list(wanted)
    if everything or len(missing) > 1:
        listing.read_page()
        missing = _missing(listing, wanted, keys_of)
        if everything or len(missing) >= listing.pages_left:
            listing.read_all()
            missing = []
        found.by_id.update(listing.items)
        found.whole = listing.whole
        found.total = listing.total
    for key in missing:
        single = one(key)
        if single is not None:
            found.by_id[id_of(single)] = single
    return found


def _missing(listing: Listing[Object], wanted: Iterable[Key], keys_of: Callable[[Object], Iterable[Key]]) -> list[Key]:
    present = {key for item in listing.items.values() for key in keys_of(item)}
    return [key for key in wanted if key not in present]
