# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The header row and the delimiter: found by the column that every list has."""

from __future__ import annotations

import itertools
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.threema.work.plugins.module_utils._cells import BLANKS
from ansible_collections.threema.work.plugins.plugin_utils._columns import KNOWN_COLUMNS
from ansible_collections.threema.work.plugins.plugin_utils._reader.catalogue import catalogue
from ansible_collections.threema.work.plugins.plugin_utils._reader.headings import comparable
from ansible_collections.threema.work.plugins.plugin_utils._reader.kinds import CONTACTS, DATES
from ansible_collections.threema.work.plugins.plugin_utils._reader.names import Names
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Unreadable, few, quoted
from ansible_collections.threema.work.plugins.plugin_utils._reader.records import DELIMITERS, Record, Scanner

#: The header row is one of the first rows.
_FIRST_ROWS: t.Final = 10
_SEP_LINE: t.Final = re.compile(r'"?sep=(.)"?[,;\t| ]*(\r\n|\n|\r|\Z)', re.IGNORECASE)
#: The columns' own names, in the form for comparison.
_OWN: t.Final = frozenset(map(comparable, (*KNOWN_COLUMNS, *CONTACTS.taken, *DATES)))
_RULER: t.Final = re.compile(r":?(-{2,}|={2,}):?")


@dataclass(frozen=True)
class Layout:
    """The parts of a list: its header row, the filled rows before it, and the rows after it.

    :ivar delimiter, sheet: None if they do not apply.
    :ivar where: the name of the header row in messages.
    """

    header: Record
    before: tuple[Record, ...]
    rows: t.Callable[[], t.Iterator[Record]]
    delimiter: str | None = None
    sheet: str | None = None
    where: str = ""

    def is_empty(self, number: int) -> bool:
        """Whether a column, counted from 1, has no value in any row."""
        return not any(cell.strip(BLANKS) for row in self.rows() for cell in row.cells[number - 1 : number])


class Search:
    """Looks for the header row among the first rows.

    :ivar before: the filled rows before it; all of them if it was not found.
    """

    def __init__(self, records: t.Iterable[Record], known: Names, header_row: int | None) -> None:
        self.known = known
        self.before: list[Record] = []
        self.header: Record | None = None
        last = header_row or _FIRST_ROWS
        for record in itertools.takewhile(lambda record: record.number <= last, records):
            if self._is_header(record) if header_row is None else record.number == header_row and not record.blank:
                self.header = record
                break
            if not record.blank:
                self.before.append(record)
        if self.header and not self._is_header(self.header):
            self.before.append(self.header)
            self.header = None

    def _is_header(self, record: Record) -> bool:
        if record.problem:
            return False
        return self.known.needed <= {name for columns in self.known.feeds(record.cells) for name in columns}

    @property
    def rank(self) -> tuple[bool, int, int]:
        """How certain it is that this is a list: the header row, or else the first rows, by known columns and cells."""
        rows = [self.header] if self.header else self.before
        return (
            self.header is not None,
            max((self.count(row) for row in rows), default=0),
            max((len(row.cells) for row in rows), default=0),
        )

    def count(self, row: Record) -> int:
        """The number of known headings in a row."""
        return sum(map(bool, self.known.feeds(row.cells)))


def find_layout(text: str, known: Names, *, delimiter: str | None = None, header_row: int | None = None) -> Layout:
    """Find the header row and the delimiter.

    :param known: the meaning of headings.
    :param delimiter, header_row: if the user specified them.
    :raises Unreadable: if there is no header row; with the headings of the best row if it certainly is a header row.
    """
    start, number, named = _sep_line(text, delimiter)
    if delimiter or named:
        candidates: tuple[str, ...] = (delimiter or named or "",)
    else:
        candidates = DELIMITERS
    attempts = [_Attempt(text, start, number, one, known, header_row) for one in candidates]
    best = max(attempts, key=lambda attempt: attempt.rank)
    if best.header is None:
        # Rows that only consist of delimiters are blank with this delimiter, and one cell with the others.
        raise Unreadable(missing(min(attempts, key=lambda one: (bool(one.before), one is not best)), header_row))
    if header_row is None:
        check_before(best.header, best.before, known)
    return best.layout(several=len(candidates) > 1)


def check_before(header: Record, before: t.Sequence[Record], known: Names) -> None:
    """Reject rows before the header row that look like people: a list that was sorted together with its header row.

    :raises Unreadable: with the first row that has as many cells as the header row (more than a title has), none of
        them empty, and a single word in place of the username.
    """
    key = next(number for number, columns in enumerate(known.feeds(header.cells)) if known.needed & set(columns))
    for record in before:
        filled = [cell for cell in record.cells if cell.strip(BLANKS)]
        full = len(filled) == len(record.cells) == len(header.cells) > 2
        if full and len(record.cells[key].split()) == 1:
            raise Unreadable(
                f"row {record.number}: this row is before the header row (row {header.number}), but as full as a row "
                f"of a person; move the header row to the top. If it is a title, write header_row: {header.number} "
                "(in the playbook: roster_header_row)"
            )


def _sep_line(text: str, delimiter: str | None) -> tuple[int, int, str | None]:
    """Where the list begins after a C(sep=;) line, the number of rows before (1 or 0), and the delimiter in it."""
    sep = _SEP_LINE.match(text)
    if sep is None:
        return 0, 0, None
    if sep[1] not in DELIMITERS and not delimiter:
        raise Unreadable(
            f"row 1: sep= names {quoted(sep[1])} as delimiter, which is not a comma, semicolon, tab, or |; "
            "name it with delimiter (in the playbook: roster_delimiter) as well"
        )
    end = sep.end()
    # Programs that prepend this line to an existing file leave the file's byte order mark in the middle.
    return end + (text.startswith("\ufeff", end) and 1), 1, sep[1]


class _Attempt(Search):
    """The first rows, read with one delimiter."""

    def __init__(
        self, text: str, start: int, number: int, delimiter: str, known: Names, header_row: int | None
    ) -> None:
        self.scanner = Scanner(text, start, delimiter, number)
        super().__init__(self.scanner, known, header_row)

    def layout(self, *, several: bool) -> Layout:
        """The result.

        A list with one column has no delimiter; a cell that contains one must be quoted, so that rows with more cells
        than headings are noticed.

        :raises Unreadable: if a quotation mark has joined the header row with the rows below it.
        """
        header = t.cast(Record, self.header)
        single = len(header.cells) == 1 and several
        delimiters = "".join(DELIMITERS) if single else self.scanner.delimiters
        scanner = self.scanner
        position, number, line_break = scanner.position, scanner.number, scanner.last_break
        width = _width(header)
        if width > 1:
            again = Scanner(scanner.text, scanner.start, delimiters, number - 1, line_break=line_break, width=width)
            wrong = next(iter(again)).problem
            if wrong:
                raise Unreadable(f"row {number}, {wrong}")

        def rows() -> t.Iterator[Record]:
            rest = Scanner(scanner.text, position, delimiters, number, line_break=line_break, width=width)
            return (record for record in rest if not record.blank)

        delimiter = None if single else scanner.delimiters
        return Layout(header, tuple(self.before), rows, delimiter, where=f"row {header.number}")


def _width(header: Record) -> int:
    """The number of headings; empty ones at the end do not count."""
    return max(number for number, cell in enumerate(header.cells, 1) if cell.strip(BLANKS))


def missing(search: Search, header_row: int | None) -> str:
    """The message that there is no header row.

    Texts of a row are only repeated if it certainly is a header row: a first row of data may contain a password.
    """
    known = search.known
    rows = [row for row in search.before if header_row in (None, row.number)]
    if not rows:
        return f"row {header_row}: this row, which header_row names, is empty" if header_row else nothing(known)
    broken = next((row for row in rows if row.problem), None)
    if broken:
        return f"row {broken.number}, {broken.problem}"
    best = max(rows, key=search.count)
    shown = "it does not look like a header row"
    if search.count(best) > 1:
        headings = [quoted(text) for cell in best.cells if (text := cell.strip(BLANKS))]
        shown = f"the headings are {few(headings, 20)}"
    others = "" if header_row else f", nor in another of the first {_FIRST_ROWS} rows"
    return f"row {header_row or best.number}: {known.lacking(best.cells)}{others}; {shown}. {known.hint}"


def nothing(known: Names) -> str:
    """The message that a list is empty."""
    return f"row 1: the list is empty; a header row with the column {' and '.join(sorted(known.needed))} is needed"


def repeats(record: Record, names: t.Collection[str]) -> bool:
    """Whether a row repeats the header row, in whatever order.

    :param names: the names of the header row, in the form for comparison.
    """
    first = next((cell for cell in record.cells if cell), "")
    # For most rows, the first cell is sufficient.
    if comparable(first) not in names:
        return False
    cells = [name for cell in record.cells if (name := comparable(cell))]
    return sorted(cells) == sorted(name for name in names if name)


def names_columns(record: Record, key: int, heading: str, column: str) -> bool:
    """Whether a row is another header row: it contains known names of columns instead of a person.

    :param key: the index of the cell of the column that each person has.
    :param heading: the heading of that column, and C(column) its name.
    """
    known = catalogue().columns
    name = comparable(record.cells[key]) if key < len(record.cells) else ""
    if not name or not (name in (comparable(heading), comparable(column)) or known.get(name) == column):
        return False
    others = [comparable(cell) for place, cell in enumerate(record.cells) if place != key and cell.strip(BLANKS)]
    return any(one in known or one in _OWN for one in others)


def is_ruler(record: Record, names: t.Collection[str]) -> bool:
    """Whether a row only draws a line below each name of the header row, as databases and Markdown do."""
    cells = [text for cell in record.cells if (text := cell.strip(BLANKS))]
    return len(cells) >= sum(map(bool, names)) and all(map(_RULER.fullmatch, cells))
