# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Totals below a list: a word such as Total, and numbers beside it."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.threema.work.plugins.module_utils._cells import plain
from ansible_collections.threema.work.plugins.plugin_utils._reader.catalogue import catalogue
from ansible_collections.threema.work.plugins.plugin_utils._reader.headings import folded
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Problem
from ansible_collections.threema.work.plugins.plugin_utils._reader.special import Unusable
from ansible_collections.threema.work.plugins.plugin_utils._reader.together import Footers

_Person = t.Dict[str, t.Any]
#: Numbers, dates, and times, in any form.
_NUMBER: t.Final = re.compile(r"(?=.*\d)[\d\s.,:'\u2019/%+\-TZ]+")


class Totals:
    """Looks for totals that nobody follows, and lets footers be looked for among the other rows.

    Somebody who is called like a total, before other people, is a person. So is somebody whose name is such a word, and
    whose username is a number, unless the usernames before are no numbers.

    :ivar names: the indexes of the cells with names of people.
    """

    def __init__(self, footers: Footers, names: t.Collection[int]) -> None:
        self.footers = footers
        self.names = names
        #: Whether the usernames before are numbers, or not; both if there are some of each.
        self.usernames: set[bool] = set()
        #: The last rows: totals, and others.
        self.last: list[tuple[int, _Person, bool]] = []

    def see(self, row: int, cells: t.Sequence[str], person: _Person) -> None:
        """Note a row, with the values that are correct."""
        total = self._is_total(cells)
        if not total:
            self.footers.see(row, cells, person)
            self._see_username(cells)
        if total or self.last:
            self.last.append((row, person, total))

    def see_somebody(self) -> None:
        """Note a row of somebody who is not on the list."""
        self.last.clear()

    def bad(self) -> t.Iterator[tuple[int, _Person]]:
        """The totals at the end, with or without footers between and below them."""
        footers = {row for row, _person in self.footers.bad()}
        for row, person, total in reversed(self.last):
            if total:
                yield row, person
            elif row not in footers:
                return

    def problems(self) -> t.Iterator[Problem]:
        """A sentence for each of them."""
        for row, _person in self.bad():
            yield Problem(
                f"row {row}: this row at the end of the list is a word such as Total with numbers, so this looks like "
                f"a total; remove the row. If it is a {self.footers.kind.one}, move it up, or fill another cell with "
                "text",
                row,
                (row,),
            )

    def _is_total(self, cells: t.Sequence[str]) -> bool:
        filled = [place for place, cell in enumerate(cells) if plain(cell)]
        if len(filled) < 2:
            return False
        words = (place for place in (filled[0], self.footers.key) if place in filled and _is_word(cells[place]))
        return any(
            all(_is_number(cells[place]) for place in filled if place != word)
            for word in words
            if not self._is_name(word, filled)
        )

    def _is_name(self, word: int, filled: t.Sequence[int]) -> bool:
        """Whether a word is the name of somebody whose username may be a number."""
        key = self.footers.key
        return word in self.names and word != key and key in filled and self.usernames != {False}

    def _see_username(self, cells: t.Sequence[str]) -> None:
        key = self.footers.key
        if self.names and key is not None and len(self.usernames) < 2 and plain(cells[key]):
            self.usernames.add(_is_number(cells[key]))


def _is_word(cell: str) -> bool:
    return folded(folded(plain(cell)).rstrip(":")) in catalogue().totals


def _is_number(cell: str) -> bool:
    """Whether a cell has a number or a date; a formula in a workbook may be one."""
    return isinstance(cell, Unusable) or bool(_NUMBER.fullmatch(plain(cell)))
