# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""From text to rows: the records of CSV and its kin.

The quoting is that of RFC 4180, as written by spreadsheets and Python's C(csv) module. This is a separate parser,
because C(csv) does not report where an unclosed quotation mark was opened, and accepts text after a closing one.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible_collections.threema.work.plugins.module_utils._cells import BLANKS
from ansible_collections.threema.work.plugins.plugin_utils._reader.joined import Expected, Place
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Unreadable

#: What may separate the cells of a list.
DELIMITERS: t.Final = (",", ";", "\t", "|")

_AFTER_QUOTE = (
    "there is text after a closing quotation mark; "
    'put the whole cell in quotation marks and double those within it ("")'
)
_BROKEN: t.Final = re.compile("[\0\ud800-\udfff]")
_UNCLOSED = "the quotation mark opened here is never closed; close it, or remove it"


@dataclass(frozen=True)
class Record:
    """One row: its number (the first of the file is 1), its raw cells, and what is wrong with its quoting.

    C(hidden) is whether a spreadsheet does not show it.
    """

    number: int
    cells: list[str]
    problem: str | None = None
    hidden: bool = False

    @property
    def blank(self) -> bool:
        """Whether all cells are empty or contain only blanks."""
        return self.problem is None and not any(cell.strip(BLANKS) for cell in self.cells)


class Scanner:
    """Reads one record after another.

    The header row ends at the first line break of any kind. If that is a lone carriage return (old Macintosh files),
    lone line feeds after it belong to cells, and vice versa, because Python's C(csv) only quotes the kind of line break
    that ends its rows.

    :param number: the number of the row before the first one that is read.
    :param line_break: the one with which the header row ended; None before it.
    :param width: the number of headings, to recognize rows that quotation marks have joined; None before it is known.
    """

    def __init__(
        self,
        text: str,
        position: int,
        delimiters: str,
        number: int = 0,
        *,
        line_break: str | None = None,
        width: int | None = None,
    ) -> None:
        self.text = text
        self.position = position
        self.start = position
        self.expected = Expected(width, delimiters, line_break) if width else None
        self.delimiters = delimiters
        self.number = number
        self.last_break = ""
        breaks, inner = r"\r\n?|\n", ""
        if line_break == "\r":
            breaks, inner = r"\r\n?", r"|\n"
        elif line_break is not None:
            breaks, inner = r"\r\n|\n|\r\Z", r"|\r(?!\n|\Z)"
        escaped = re.escape(delimiters)
        blanks = "[" + re.escape("".join(set(" \xa0\t").difference(delimiters))) + "]"
        self._plain = re.compile(rf"(?:[^{escaped}\r\n]{inner})*")
        # Cells in quotation marks without another one within; most quoted cells are like this.
        self._quoted = re.compile(rf'{blanks}*"([^"]*)"{blanks}*(?=[{escaped}]|{breaks}|\Z)')
        self._opening = re.compile(rf'{blanks}*"')
        self._blanks = re.compile(rf"{blanks}*")
        # Most rows: without a quotation mark, and with one delimiter, so they do not have to be read cell by cell.
        self._simple = re.compile(rf'((?:[^"\r\n]{inner})*)({breaks}|\Z)') if len(delimiters) == 1 else None
        self._end = re.compile(rf"(?P<delimiter>[{escaped}])|(?P<break>{breaks})|\Z")

    def __iter__(self) -> t.Iterator[Record]:
        """The remaining records, blank ones included."""
        while self.position < len(self.text):
            yield self._record()

    def _record(self) -> Record:
        self.number += 1
        self.start = self.position
        simple = self._simple.match(self.text, self.position) if self._simple else None
        if simple:
            self.position = simple.end()
            self.last_break = simple[2]
            return Record(self.number, simple[1].split(self.delimiters))
        cells: list[str] = []
        places: list[Place] = []
        problem: str | None = None
        while True:
            began = self.position
            cell, wrong = self._cell()
            cells.append(cell)
            places.append((began, self.position))
            if wrong and not problem:
                problem = f"column {len(cells)}: {wrong}"
            end = t.cast("re.Match[str]", self._end.match(self.text, self.position))
            self.position = end.end()
            if end["delimiter"] is None:
                self.last_break = end["break"] or ""
                if self.expected and not problem:
                    problem = self.expected.joined(self.text, cells, places, self.last_break)
                return Record(self.number, cells, problem)

    def _cell(self) -> tuple[str, str | None]:
        quoted = self._quoted.match(self.text, self.position)
        if quoted:
            self.position = quoted.end()
            return quoted[1], None
        opening = self._opening.match(self.text, self.position)
        if opening is None:
            return self._plain_text(), None
        start = opening.end()
        closing = self.text.find('"', start)
        while closing != -1 and self.text.startswith('"', closing + 1):
            closing = self.text.find('"', closing + 2)
        if closing == -1:
            self.position = len(self.text)
            return "", _UNCLOSED
        cell = self.text[start:closing].replace('""', '"')
        self.position = t.cast("re.Match[str]", self._blanks.match(self.text, closing + 1)).end()
        return cell, _AFTER_QUOTE if self._plain_text() else None

    def _plain_text(self) -> str:
        plain = t.cast("re.Match[str]", self._plain.match(self.text, self.position))
        self.position = plain.end()
        return plain[0]


def row_at(text: str, position: int) -> int:
    """The number of the row that contains a character, in a text whose delimiter is not known yet."""
    scanner = Scanner(text, 0, "".join(DELIMITERS), line_break=None if "\r" in text and "\n" not in text else "\n")
    for record in scanner:
        if scanner.position > position:
            return record.number
    # At the end of the text, which may be the end of its last row, or the beginning of the next one.
    return (scanner.number + bool(scanner.last_break)) or 1


def is_broken(text: str) -> bool:
    """Whether a text contains what cannot be in a list or a request: a NUL, half of a surrogate pair."""
    return bool(_BROKEN.search(text))


def check_characters(text: str) -> None:
    """Reject a text that is broken (see C(is_broken)).

    :raises Unreadable: with row and column of each place.
    """
    if not is_broken(text):
        return
    scanner = Scanner(text, 0, "".join(DELIMITERS), line_break=None if "\r" in text and "\n" not in text else "\n")
    raise Unreadable(
        *[
            f"row {record.number}, column {number}: there is a NUL or a broken character, so this is not text or was "
            "read in a wrong encoding; save it as CSV UTF-8, or specify its encoding with encoding (utf-16-le, for "
            "example)"
            for record in scanner
            for number, cell in enumerate(record.cells, 1)
            if is_broken(cell)
        ]
        or ["row 1: there is a NUL or a broken character, so this is not text; save it as CSV UTF-8"]
    )
