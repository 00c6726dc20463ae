# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Lists that come in pages (contract 1.1).

It is not known whether ``page`` counts pages from 0 or from 1, or is the number of a record, so this is determined from
the first two answers. With the largest page size, ``page`` is not needed for nearly any subscription.
"""

from __future__ import annotations

import typing as t

from .. import _errors as errors
from .._errors import ThreemaError
from .._http import Answer, Client
from .._live_progress import READ, UNSEEN
from .._types import Object
from ._common import a_dict

#: How many times a list that changed while it was read is read again from the beginning.
_MAX_RESTARTS: t.Final = 2
#: Maximum number of pages of one list: those of 200,000 objects at the service's smallest default of 20 per page, and
#: the daily quota.
_MAX_PAGES: t.Final = 10_000
#: Maximum number of objects in one list, ten times those of the largest expected subscription: all of them are kept in
#: memory.
_MAX_OBJECTS: t.Final = 1_000_000
#: How many pages a list may have beyond its first total because it grows while it is read. That takes seconds, in which
#: nobody adds 20 pages; a list whose total keeps growing would otherwise be read until the quota is used up.
_MAX_MORE_PAGES: t.Final = 20
#: Maximum length of an id or name. 256 characters are documented; ids with more than 31 were never seen (contract 4.1),
#: and an id is part of a path, of every message about it, and of the log.
_MAX_NAME: t.Final = 1000

Item = t.TypeVar("Item")


class _Changed(Exception):
    """The list changed between two of its pages."""


class Listing(t.Generic[Item]):
    """A list, read page by page.

    :param sparse: whether objects that are counted in the total may be missing, so that an empty page is not the end:
        the caller determines where that is, from :attr:`pages`.
    :param key: the key of the items in the answer.
    :param convert: turns one of the API's objects into (its id, what is kept); raises :class:`ValueError`
        with the reason for an object that does not have the documented form.
    :ivar pages: the ids of each page that was read, without a first one that came again as page 1; in that case
        ``repeated`` is true. ``by_record`` is true if ``page`` was found to be the number of a record.
    """

    def __init__(
        self,
        client: Client,
        path: str,
        key: str,
        page_size: int,
        convert: t.Callable[[Object], tuple[str, Item]],
        query: t.Mapping[str, str] | None = None,
        *,
        sparse: bool = False,
    ) -> None:
        self._client = client
        self._sparse = sparse
        self._path = path
        self._key = key
        self.page_size = page_size
        self._convert = convert
        self._query = dict(query or {})
        self._restarts = 0
        words = READ.get(path, READ.get(key))
        self._shown = client.live.step(words) if words else UNSEEN
        self._begin()

    def _begin(self) -> None:
        self.items: dict[str, Item] = {}
        self.total: int | None = None
        self.pages: list[list[str]] = []
        self.repeated = False
        self._page: int | None = None
        self.by_record = False
        self._pages_read = 0
        self._most_pages = 1

    @property
    def whole(self) -> bool:
        """Whether everything has arrived."""
        return self.total is not None and len(self.items) >= self.total

    @property
    def pages_left(self) -> int:
        """Minimum number of requests for the rest, after the first page."""
        return -(-((self.total or 0) - len(self.items)) // max(1, len(self.pages[0])))

    def read_page(self) -> None:
        """Read the next page.

        :raises ThreemaError: of kind ``protocol``, if the list is incomplete or does not have the documented form.
        """
        try:
            self._read_page()
        except _Changed as reason:
            self._restarts += 1
            if self._restarts > _MAX_RESTARTS:
                raise self.broken(f"it changes while it is read ({reason}); run again{self._otherwise}") from None
            self._begin()
            self._read_page()

    def read_all(self, enough: t.Callable[[], bool] = lambda: False) -> None:
        """Read to the end, or until ``enough`` returns true.

        :raises ThreemaError: as :meth:`read_page`.
        """
        while not self.whole and not enough():
            self.read_page()

    def _read_page(self) -> None:
        if self._pages_read >= self._most_pages:
            raise self.broken(
                f"after {self._pages_read} pages it still has more ({len(self.items)} of {self.total} objects), "
                f"{_MAX_MORE_PAGES} pages more than it reported at first"
            )
        page = self._page
        query: dict[str, t.Any] = {**self._query, "pageSize": self.page_size}
        if page is not None:
            query["page"] = page
        answer = self._client.request("GET", self._path, query=query)
        self._pages_read += 1
        document = a_dict(answer)
        entries = self._entries(document, answer)
        total = _total(document, answer)
        if self.total is not None and total < self.total:
            raise _Changed(f"its total fell from {self.total} to {total}")
        if total > _MAX_OBJECTS:
            raise self.broken(f"it reports {total} objects, but at most {_MAX_OBJECTS} are read")
        self.total = total
        new = [id_ for id_ in entries if id_ not in self.items]
        self.items.update(entries)
        self._shown.at(len(self.items), total)
        if page is None:
            self.pages.append(new)
            self._page = 1
            self._limit_pages()
        else:
            self._page = self._next_page(page, list(entries), new)
        if len(self.items) > total:
            raise self.broken(f"it contains {len(self.items)} objects, but reports a total of {total}")
        if not self.whole and not entries and not self._sparse:
            raise self.broken(f"it ends after {len(self.items)} of {total} objects")

    @property
    def _otherwise(self) -> str:
        """Why else a sparse list may look as if it changed: the first page cannot be told from the one after it."""
        if not self._sparse:
            return ""
        return (
            ". If that does not help, the service counts records instead of pages, and omits some; then only one at a "
            "time can be read, so please report it"
        )

    def _limit_pages(self) -> None:
        pages = 1 + (min(self.pages_left, _MAX_PAGES - 1) if self._sparse else self.pages_left)
        if pages > _MAX_PAGES:
            raise self.broken(f"it reports {self.total} objects in {pages} pages, but at most {_MAX_PAGES} are read")
        self._most_pages = pages + _MAX_MORE_PAGES

    def _next_page(self, page: int, ids: list[str], new: list[str]) -> int:
        """The next page to request, depending on what ``page`` returned: see the contract's advice in 1.1."""
        first = self.pages[0]
        shifted = ids[:-1] == first[1:] and len(new) == 1 and len(ids) > 1
        if page == 1 and ids == first:
            self.repeated = True
            return 2
        self.pages.append(ids)
        if shifted and page in (1, 2) and not self.by_record:
            # page is the number of a record, counted from 0 or from 1.
            self.by_record = True
            return len(self.items) + page - 1
        if len(new) < len(ids):
            raise _Changed("an object was returned twice")
        return page + len(ids) if self.by_record else page + 1

    def _entries(self, document: Object, answer: Answer) -> dict[str, Item]:
        items = document.get(self._key)
        if not isinstance(items, list):
            raise answer.unexpected(f"contains no list {self._key!r}")
        entries: dict[str, Item] = {}
        for item in items:
            if not isinstance(item, dict):
                raise answer.unexpected(f"contains something other than objects in {self._key!r}")
            try:
                id_, kept = self._convert(item)
            except ValueError as reason:
                raise answer.unexpected(f"contains an object in {self._key!r} {reason}") from None
            if id_ in entries:
                raise answer.unexpected(f"contains an object twice in {self._key!r}")
            entries[id_] = kept
        return entries

    def broken(self, what: str) -> ThreemaError:
        """The error for a list that is incomplete, and why."""
        return ThreemaError(
            errors.PROTOCOL,
            f"GET {self._path}: the list is incomplete: {what}. Such a list cannot be used",
            status=200,
            method="GET",
            path=self._path,
            request_sent=True,
        )


def _total(document: Object, answer: Answer) -> int:
    paging = document.get("paging")
    total = paging.get("total") if isinstance(paging, dict) else None
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise answer.unexpected("does not specify the total number of objects (paging.total)")
    return total


def required_text(item: Object, *keys: str) -> str:
    """The first of several spellings of a key; :raises ValueError: if none holds a string, or it is too long."""
    for key in keys:
        value = item.get(key)
        if isinstance(value, str) and value:
            if len(value) > _MAX_NAME:
                raise ValueError(f"whose {key} has {len(value)} characters, and at most {_MAX_NAME} are read")
            return value
    raise ValueError(f"without {' or '.join(keys)}")


def flag(item: Object, key: str, default: bool = False) -> bool:
    """A boolean, the default if it is null or missing; :raises ValueError: for something else.

    If the string "false" were used as a boolean, it would be true.
    """
    value = item.get(key)
    if value is None:
        return default
    if not isinstance(value, int) or value not in (0, 1):
        raise ValueError(f"whose {key} is not a boolean")
    return bool(value)


def text_or_none(item: Object, key: str) -> str | None:
    """A string, None if it is empty, null, or missing; :raises ValueError: for something else."""
    value = item.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"whose {key} is not a string")
    return value or None
