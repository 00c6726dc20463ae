# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Lists, links and texts out of answers of whatever form: what cannot be read is None, nothing raises."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._types import Object
from .looking import Seen

#: What a link may call its relation (contract 1).
LINK_KEYS: t.Final = ("ref", "rel")


@dataclass(frozen=True)
class Listed:
    """One page of a list.

    :ivar ids: one for each item, no two alike.
    :ivar total: how many there are in all, as the answer says.
    :ivar count: ``paging.count``, whatever that means (contract 1.1); None where it is no number.
    :ivar asked: the pageSize of the request.
    """

    items: t.Sequence[Object]
    ids: t.Sequence[str]
    total: int
    count: int | None
    asked: int

    @property
    def whole(self) -> bool:
        """Whether that is all there is."""
        return len(self.ids) == self.total


def listed(seen: Seen | None, key: str) -> Listed | None:
    """The list in an answer; None where it is not of the documented form."""
    document = seen.good if seen else None
    if seen is None or document is None:
        return None
    items, paging = document.get(key), document.get("paging")
    if not isinstance(paging, dict) or not isinstance(items, list):
        return None
    if not all(isinstance(item, dict) for item in items):
        return None
    total = number(paging.get("total"))
    ids = [text(item, "id", "threemaId") for item in items]
    if total is None or len(items) > total or None in ids or len(set(ids)) < len(ids):
        return None
    return Listed(items, [str(one) for one in ids], total, number(paging.get("count")), seen.asked)


def objects(seen: Seen | None, key: str) -> list[Object]:
    """The objects of a list that need not come in pages; none where there is no list."""
    document = (seen.good if seen else None) or {}
    items = document.get(key)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def number(value: t.Any) -> int | None:
    """A number of things; None for everything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def text(item: Object, *keys: str) -> str | None:
    """The first of several keys that holds a text."""
    return next((value for key in keys if isinstance(value := item.get(key), str) and value), None)


def link_keys(items: t.Iterable[Object]) -> set[str]:
    """What the links of objects call their relation."""
    return {key for item in items for link in _links(item) for key in LINK_KEYS if isinstance(link.get(key), str)}


def link_to(item: Object, relation: str) -> str | None:
    """The address of the first link of a relation."""
    for link in _links(item):
        if relation in [link.get(key) for key in LINK_KEYS] and isinstance(link.get("link"), str):
            return str(link["link"])
    return None


def _links(item: Object) -> list[Object]:
    links = item.get("_links")
    return [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []
