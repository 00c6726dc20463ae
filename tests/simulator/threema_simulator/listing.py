# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Order and pages of the lists (contract 1.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from .ids import shuffled_key
from .switches import Switches

DEFAULT_PAGE_SIZE = 20


class HasId(Protocol):
    """Everything that is listed has an identifier."""

    id: str


Item = TypeVar("Item", bound=HasId)


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page and the paging object that goes with it."""

    items: Sequence[Item]
    paging: dict[str, Any]


def ordered(items: Sequence[Item], switches: Switches, name_of: Callable[[Item], str]) -> Sequence[Item]:
    """As the switch says; by creation unless told otherwise. What "username" means is the caller's."""
    order = switches["sort-order"]
    if order == "reversed":
        return items[::-1]
    if order == "random":
        return sorted(items, key=lambda item: shuffled_key(item.id))
    if order == "username":
        return sorted(items, key=lambda item: (name_of(item), item.id))
    return items


def _requested_size(query: dict[str, str], maximum: int) -> int:
    """The size; outside its range only where the switch allows that to arrive here, and then clamped."""
    try:
        size = int(query.get("pageSize", DEFAULT_PAGE_SIZE))
    except ValueError:
        size = DEFAULT_PAGE_SIZE
    return min(max(size, 1), maximum)


def paged(items: Sequence[Item], query: dict[str, str], switches: Switches, maximum: int) -> Page[Item]:
    """Cut the asked-for page out; the three meanings of "page" are a switch (contract 1.1 and 9)."""
    size = _requested_size(query, maximum)
    if switches["max-page-size"] != "none":
        size = min(size, int(switches["max-page-size"]))
    base = switches["page-base"]
    first = 1 if base == "one" else 0
    page = int(query.get("page", first))
    # page=0 is accepted and means the first one whatever the base is: that much has been observed.
    start = page if base == "offset" else max(page - first, 0) * size
    part = items[start : start + size]
    count = size if switches["paging-count"] == "page-size" else len(part)
    return Page(part, {"count": count, "total": len(items), "page": page, "_links": []})
