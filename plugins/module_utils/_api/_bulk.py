# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""When the bulk list of settings is whole, although credentials without settings may be missing (contract 7).

Whether they are listed, left out, or left out and counted in the total is not known, nor whether they are left out
before the list is cut into pages or afterwards; in that case an empty page may come before one with settings. Nor is it
known whether pages are as large as requested (contract 1.1). So how far to read follows from what the pages show:

- No page is larger than the true size. If credentials come in the order of the list of credentials, their places in it
  show more: the last one of page k (from 0) is at a place below (k + 1) times the size. As many pages of this smallest
  possible size as the total needs are certainly all.
- Where that takes many, the size is assumed to be the requested one, or that of the pages in which credentials were
  listed: a service that limits one list probably limits all. What is missing beyond is then looked up, or a sample.
- If ``page`` is the number of a record, an empty page does not even show where the next one begins.
"""

from __future__ import annotations

import itertools
import typing as t
from collections.abc import Callable, Collection, Sequence

from .._errors import ThreemaError
from .._types import Settings
from ._paging import Listing

#: How many pages are read beyond the expected end, if an earlier end is not certain.
_MORE_PAGES: t.Final = 2
#: If no more credentials than this are in doubt, each is looked up; otherwise the first, the middle, and the last.
_FEW: t.Final = 10
#: So many credentials in the order of another list are no coincidence: one in 120 by chance.
_IN_ORDER: t.Final = 5


class Roll(t.Protocol):
    """What is known of the list of credentials.

    :ivar listed: all ids in the order of the list; None as long as it was not read.
    :ivar page_size: how many were on its first page, None if it was the only one.
    :ivar by_record: whether ``page`` was found to be the number of a record.
    """

    listed: Sequence[str] | None
    page_size: int | None
    by_record: bool

    def ids(self) -> Sequence[str]:
        """Read the list. :raises ThreemaError: if it is incomplete, or a request fails."""


class Bulk:
    """Reads the bulk list of settings, and what it may have left out.

    :param listing: the list, of which a page may have been read.
    :param total: number of credentials in the subscription, None if not known.
    :param one: reads the settings of one credential; None if it does not exist.
    """

    def __init__(
        self, listing: Listing[Settings], roll: Roll, total: int | None, one: Callable[[str], Settings | None]
    ) -> None:
        self._listing = listing
        self._roll = roll
        self._total = total
        self._one = one
        self._read_anew = False

    def read(self, wanted: Collection[str] | None = None) -> dict[str, Settings]:
        """The settings of the wanted credentials, or of all.

        :returns: by credential id; those of others may be in it, too.
        :raises ThreemaError: if the list is incomplete, it cannot be determined whether it is, or a request fails.
        """
        listing = self._listing
        names = None if wanted is None else set(wanted)

        def enough() -> bool:
            return listing.whole or (names is not None and names <= listing.items.keys())

        while not enough() and self._goes_on(wanted):
            listing.read_page()
        if not enough():
            self._check(wanted)
        return listing.items

    def _goes_on(self, wanted: Collection[str] | None) -> bool:
        """Whether settings may be on a page after those that were read, and it is to be read.

        This depends on the number of credentials, not on the total of the list, which may be wrong.
        """
        pages = self._listing.pages
        if not pages or pages[-1]:
            return True
        if self._by_record:
            return False
        number = self._number()
        likely = _pages(number, self._likely_size())
        if len(pages) < likely:
            return not self._few_are_missing(wanted, likely)
        left = min(_pages(number, self._least_size()), likely + _MORE_PAGES) - len(pages)
        return left > 0 and len(self._in_doubt(self._in_order(wanted), number)) > min(left, _FEW)

    def _few_are_missing(self, wanted: Collection[str] | None, likely: int) -> bool:
        """Whether it takes fewer requests to look up the missing ones than to read all pages to the expected end."""
        return wanted is not None and len(self._missing(wanted)) <= likely - len(self._listing.pages)

    def _missing(self, ids: Collection[str]) -> list[str]:
        return [id_ for id_ in ids if id_ not in self._listing.items]

    @property
    def _by_record(self) -> bool:
        return self._listing.by_record or self._roll.by_record

    @property
    def _filled(self) -> bool:
        """Whether all pages before the last one with anybody are as large as requested: nobody was taken from them."""
        sizes = [len(page) for page in self._listing.pages if page]
        return len(sizes) > 1 and min(sizes[:-1]) >= self._listing.page_size

    def _number(self) -> int:
        """How many credentials there are; read anew once, if the list seems to count others."""
        if self._total is None or (self._total != self._listing.total and not self._read_anew):
            self._read_anew = True
            self._total = len(self._roll.ids())
        return self._total

    def _least_size(self) -> int:
        """The smallest size that pages can have."""
        pages = self._listing.pages
        sizes = [1, *map(len, pages)]
        if places := self._places():
            # If the first page was empty, it is not known whether the second one was the first one again.
            late = 1 if self._listing.repeated and not pages[0] else 0
            sizes += [places[page[-1]] // (number + late) + 1 for number, page in enumerate(pages, 1) if page]
        return max(sizes)

    def _likely_size(self) -> int:
        """The size that pages have unless the service limits them in a way that it has not shown so far.

        Places do not count here: that two lists have the same order is not certain, as only a part of one is known.
        """
        listing = self._listing
        size = min(listing.page_size, self._roll.page_size or listing.page_size)
        last = max((number for number, page in enumerate(listing.pages) if page), default=0)
        if last:
            # Its first record is at a place below the total.
            size = min(size, ((listing.total or 0) - 1) // last)
        return max(size, *map(len, listing.pages))

    def _places(self) -> dict[str, int]:
        """The places of all credentials in their own list; empty if this list is not known to have the same order."""
        places = {id_: place for place, id_ in enumerate(self._roll.listed or ())}
        found = [places.get(id_, -1) for page in self._listing.pages for id_ in page]
        in_order = len(found) >= _IN_ORDER and -1 not in found and all(a < b for a, b in itertools.pairwise(found))
        return places if in_order else {}

    def _check(self, wanted: Collection[str] | None) -> None:
        """Look up what the list may have left out although it has settings: all if these are few, or else a sample.

        :raises ThreemaError: if the list counts something other than credentials, one of the sample has settings, or
            a sample would show nothing.
        """
        listing = self._listing
        number = self._number()
        if listing.total != number:
            raise self._ended()
        everybody = self._in_order(wanted)
        in_doubt = self._in_doubt(everybody, number)
        few = max(_FEW, _pages(number, self._likely_size()) - len(listing.pages))
        if 0 < len(in_doubt) <= (_FEW if wanted is None else few):
            listing.items.update({id_: settings for id_ in in_doubt if (settings := self._one(id_))})
            return
        if in_doubt and self._by_record and not self._filled:
            raise self._ended(
                "; the service counts records instead of pages, and omits credentials without settings, so the rest "
                "cannot be found. Only one credential at a time can be read; please report it"
            )
        if any(self._one(id_) for id_ in self._sample(everybody, in_doubt)):
            raise self._ended(
                ", and a credential that is missing from it has settings. Run again, in case it changed meanwhile; if "
                "that does not help, the service returns smaller pages than requested and omits credentials without "
                "settings, so please report it"
            )

    def _sample(self, everybody: list[str], in_doubt: list[str]) -> list[str]:
        """Some of those in doubt; if there are none, one more, in case the service loses pages."""
        if not in_doubt:
            # Those who were not read come last.
            return self._missing(everybody)[-1:]
        read = len(self._listing.pages) * max(1, *map(len, self._listing.pages))
        unread = set(everybody[read:])
        rest = [id_ for id_ in in_doubt if id_ in unread] or in_doubt
        return list(dict.fromkeys((rest[0], rest[len(rest) // 2], rest[-1])))

    def _in_order(self, wanted: Collection[str] | None) -> list[str]:
        """The wanted credentials in the order of their own list, as far as it is known."""
        listed = self._roll.listed
        if wanted is None:
            return list(self._roll.ids() if listed is None else listed)
        places = {id_: place for place, id_ in enumerate(listed or ())}
        return sorted(wanted, key=lambda id_: places.get(id_, len(places)))

    def _in_doubt(self, ids: Collection[str], number: int) -> list[str]:
        """Those who are missing and may be on a page that was not read; ``number`` is that of all credentials."""
        covered = 0 if self._by_record else len(self._listing.pages) * self._least_size()
        if covered >= number:
            return []
        places = self._places()
        return [id_ for id_ in ids if id_ not in self._listing.items and places.get(id_, covered) >= covered]

    def _ended(self, why: str = "") -> ThreemaError:
        listing = self._listing
        return listing.broken(f"it ends after {len(listing.items)} of {listing.total} objects{why}")


def _pages(number: int, size: int) -> int:
    return -(-number // size)
