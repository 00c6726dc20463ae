# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The text of a roster: its character encoding, its delimiter, and its records.

The quoting is that of RFC 4180, as spreadsheets and Python's C(csv) module write it. A parser of our own, because
C(csv) does not say where a quotation mark was opened that is never closed, and joins what stands after a closing one.
"""

from __future__ import annotations

import codecs
import re
import typing as t
from dataclasses import dataclass

#: What may separate the cells of a roster.
DELIMITERS: t.Final = (",", ";", "\t")

_SEP_LINE = re.compile(r'"?sep=(.)"?[,;\t ]*(?:\r\n|\n|\r|\Z)', re.IGNORECASE)
_WORKBOOK = "PK\x03\x04"
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")

_AFTER_QUOTE = (
    "there is text after a closing quotation mark; "
    'put the whole cell into quotation marks and write those within it twice ("")'
)
_UNCLOSED = "the quotation mark opened here is never closed; close it, or remove it"


@dataclass(frozen=True)
class Record:
    """One row: its number (the first of the file is 1), its cells as they are, and what is wrong with its quoting."""

    number: int
    cells: list[str]
    problem: str | None = None

    @property
    def blank(self) -> bool:
        """Whether no cell holds more than white space."""
        return self.problem is None and not any(cell.strip() for cell in self.cells)


def decode(data: str | bytes) -> str:
    """Return the text of a roster without byte order mark.

    UTF-8, UTF-16 with a byte order mark (the "Unicode text" of spreadsheets), else Windows-1252, else Latin-1.

    :raises ValueError: with a sentence, if the bytes are no text.
    """
    if isinstance(data, str):
        text = data
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError:
            raise ValueError("row 1: the file begins like UTF-16 but is not; save it again as CSV in UTF-8") from None
    else:
        text = _decode_8bit(data)
    if text.startswith(_WORKBOOK):
        raise ValueError("row 1: this is a workbook or another archive, not text; save the sheet as CSV")
    return text.removeprefix("\ufeff")


def _decode_8bit(data: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def split(text: str, score: t.Callable[[list[str]], int]) -> list[Record]:
    """Split a text into its records; the first is the heading, wholly blank ones are left out.

    The numbers are those of the rows of a spreadsheet: a cell with line breaks is in one row, blank rows are counted,
    the C(sep=;) line of spreadsheets is not. A file of one column has no delimiter; there, a cell that holds a comma,
    a semicolon or a tab must be quoted, so that rows without headings are noticed.

    :param score: how well the cells of a heading are known; the delimiter with which it is highest is taken.
    :raises ValueError: with a sentence, if C(sep=) names another delimiter.
    """
    sep = _SEP_LINE.match(text)
    start = sep.end() if sep else 0
    candidates: tuple[str, ...] = DELIMITERS
    if sep:
        if sep[1] not in DELIMITERS:
            raise ValueError("line 1: sep= names a delimiter that is not accepted; use comma, semicolon or tab")
        candidates = (sep[1],)
    best: tuple[tuple[bool, int, int], Record, _Scanner] | None = None
    for delimiter in candidates:
        scanner = _Scanner(text, start, delimiter)
        heading = scanner.next_filled()
        if heading is None:
            continue
        rank = (heading.problem is None, score(heading.cells), len(heading.cells))
        if best is None or rank > best[0]:
            best = rank, heading, scanner
    if best is None:
        return []
    heading, scanner = best[1:]
    delimiters = "".join(DELIMITERS) if len(heading.cells) == 1 and not sep else scanner.delimiters
    rest = _Scanner(text, scanner.position, delimiters, scanner.number, lone_returns=scanner.last_break == "\r")
    return [heading, *rest.filled()]


def not_text(text: str) -> bool:
    """Whether there is a NUL or half of a surrogate pair, which no staff list has and no request can carry."""
    return _NOT_TEXT.search(text) is not None


class _Scanner:
    """Reads one record after the other.

    The heading ends at the first line break of any kind. Only where that is a lone carriage return (old Macintosh
    files), lone ones end rows; elsewhere they belong to the cell, because Python's C(csv) does not quote them where a
    line feed ends rows.
    """

    def __init__(
        self, text: str, position: int, delimiters: str, number: int = 0, *, lone_returns: bool = True
    ) -> None:
        self.text = text
        self.position = position
        self.delimiters = delimiters
        self.number = number
        self.last_break = ""
        escaped = re.escape(delimiters)
        returns = r"\r\n?" if lone_returns else r"\r\n"
        inner = "" if lone_returns else r"|\r(?!\n)"
        blanks = r"[ \xa0]" if "\t" in delimiters else r"[ \xa0\t]"
        self._plain = re.compile(rf"(?:[^{escaped}\r\n]{inner})*")
        self._opening = re.compile(rf'{blanks}*"')
        self._blanks = re.compile(rf"{blanks}*")
        self._end = re.compile(rf"(?P<delimiter>[{escaped}])|(?P<break>{returns}|\n)|\Z")

    def filled(self) -> t.Iterator[Record]:
        """The remaining records that are not blank."""
        while (record := self.next_filled()) is not None:
            yield record

    def next_filled(self) -> Record | None:
        """The next record that is not blank; None at the end."""
        while self.position < len(self.text):
            record = self._record()
            if not record.blank:
                return record
        return None

    def _record(self) -> Record:
        self.number += 1
        cells: list[str] = []
        problem: str | None = None
        while True:
            cell, wrong = self._cell()
            cells.append(cell)
            if wrong and not problem:
                problem = f"column {len(cells)}: {wrong}"
            end = t.cast("re.Match[str]", self._end.match(self.text, self.position))
            self.position = end.end()
            if end["delimiter"] is None:
                self.last_break = end["break"] or ""
                return Record(self.number, cells, problem)

    def _cell(self) -> tuple[str, str | None]:
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
