# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Rows that two stray quotation marks have joined: what is between them looks like one cell with line breaks.

The people in these rows would be missing, and therefore be leavers, although the list seems to be in order.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.threema.work.plugins.module_utils._cells import BLANKS

#: Where a cell begins and ends in the text, with its quotation marks.
Place = t.Tuple[int, int]

_LINE: t.Final = re.compile(r"\r\n|\r|\n")


class Expected:
    """What a row of a list is like: how many cells it has, and how its lines end."""

    def __init__(self, width: int, delimiters: str, line_break: str | None) -> None:
        self.width = width
        self.line_break = line_break
        escaped = re.escape(delimiters)
        self.delimiter = re.compile(f"[{escaped}]")
        self.tight = re.compile(rf"[{escaped}](?![ \xa0\r\n]|\Z)")
        self.loose = re.compile(rf"[{escaped}][ \xa0]")
        # Where lines were counted to, and the number of that line: there may be many such rows.
        self.counted = (0, 1)

    def joined(self, text: str, cells: t.Sequence[str], places: t.Sequence[Place], end: str) -> str | None:
        """A sentence, beginning with the column, if one of the cells contains the end of a row and whole rows.

        :param text, places: the whole list, and where the cells are in it.
        :param end: the line break at the end of the row.
        """
        for number, cell in enumerate(cells):
            if ("\n" in cell or "\r" in cell) and self._is_several(cells, number, end):
                if self._is_prose(cell, [text[begin : begin + 1] for begin, _end in places[1:]]):
                    continue
                first, last = (self._line(text, place) for place in places[number])
                return (
                    f"column {number + 1}: the quotation marks of this cell begin in line {first} of the file and end "
                    f"in line {last}, and each line has as many cells as the header row, so these are several rows; "
                    f"look for a quotation mark that opens or closes by mistake in the lines {first} and {last}. If "
                    "it really is one cell, replace the line breaks in it with spaces"
                )
        return None

    def _line(self, text: str, place: int) -> int:
        """The number of the line with a character, which is not before one that was asked for earlier."""
        position, line = self.counted
        self.counted = (place, line + sum(1 for _end in _LINE.finditer(text, position, place)))
        return self.counted[1]

    def _is_several(self, cells: t.Sequence[str], number: int, end: str) -> bool:
        """Whether each line would be a row if the quotation marks of a cell were ordinary characters.

        Blank lines are ignored, as they are between rows. In a list of one column, each line without a delimiter is a
        row: there, no cell may contain a line break anyway.
        """
        lines = self._breaks(end).split(cells[number])
        rows = [self.delimiter.split(line) for line in lines]
        rows[0] = [*cells[:number], *rows[0]]
        rows[-1] = [*rows[-1], *cells[number + 1 :]]
        filled = [row for row in rows if any(cell.strip(BLANKS) for cell in row)]
        return len(filled) > 1 and all(map(self._is_row, filled))

    def _is_row(self, cells: t.Sequence[str]) -> bool:
        return len(cells) >= self.width and not any(cell.strip(BLANKS) for cell in cells[self.width :])

    def _breaks(self, end: str) -> re.Pattern[str]:
        """The line breaks that end rows.

        If those are of Windows, a line feed alone is how spreadsheets write a line break in a cell.
        """
        if self.line_break == "\r\n" and end != "\n":
            return re.compile(r"\r\n")
        return re.compile(r"\r\n?" if self.line_break == "\r" else r"\r\n|\n")

    def _is_prose(self, cell: str, beginnings: t.Sequence[str]) -> bool:
        """Whether what separates cells is punctuation in a cell: C(Bern, Switzerland).

        :param beginnings: the first character of each other cell of the row: if that is a space, the list has one after
            each delimiter.
        """
        return bool(
            self.loose.search(cell) and not self.tight.search(cell) and not {" ", "\xa0"}.intersection(beginnings)
        )
