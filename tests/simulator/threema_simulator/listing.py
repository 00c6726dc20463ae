# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Order and pages of the lists (contract 1.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from .render import Json
from .reply import Call, Reply

DEFAULT_PAGE_SIZE = 20
MAXIMUM_PAGE = 5000


class HasId(Protocol):
    """Everything that is listed has an identifier."""

    id: str


Item = TypeVar("Item", bound=HasId)


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page and the paging object that goes with it."""

    items: Sequence[Item]
    paging: dict[str, Any]


def _shuffled_key(identifier: str) -> str:
    """A sort key for the order that looks random but stays."""
    return hashlib.sha256(identifier.encode()).hexdigest()


def ordered(call: Call, items: Sequence[Item], name_of: Callable[[Item], str]) -> Sequence[Item]:
    """As the switch says; by creation unless told otherwise. What "username" means is the caller's."""
    order = call.switches["sort-order"]
    if order == "reversed":
        return items[::-1]
    if order == "random":
        return sorted(items, key=lambda item: _shuffled_key(item.id))
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


def paged(call: Call, items: Sequence[Item], maximum: int = MAXIMUM_PAGE) -> Page[Item]:
    """Cut the asked-for page out; the three meanings of "page" are a switch (contract 1.1 and 9)."""
    switches = call.switches
    size = _requested_size(call.query, maximum)
    if switches["max-page-size"] != "none":
        size = min(size, int(switches["max-page-size"]))
    base = switches["page-base"]
    first = 1 if base == "one" else 0
    page = int(call.query.get("page", first))
    # page=0 is accepted and means the first one whatever the base is: that much has been observed.
    start = page if base == "offset" else max(page - first, 0) * size
    part = items[start : start + size]
    count = size if switches["paging-count"] == "page-size" else len(part)
    return Page(part, {"count": count, "total": len(items), "page": page, "_links": []})


def listed(
    call: Call, key: str, items: Sequence[Item], write: Callable[[Item], Json], name_of: Callable[[Item], str]
) -> Reply:
    """The answer of a list: ordered, the asked-for page cut out, each of its items written."""
    page = paged(call, ordered(call, items, name_of))
    return Reply(200, call.render.index(key, [write(item) for item in page.items], page.paging))
