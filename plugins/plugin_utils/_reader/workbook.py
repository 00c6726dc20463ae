# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Workbooks (.xlsx, .xlsm): from a sheet to rows, with openpyxl if it is installed."""

from __future__ import annotations

import contextlib
import functools
import io
import re
import typing as t
import warnings
import zipfile

from ansible_collections.threema.work.plugins.module_utils._cells import BLANKS
from ansible_collections.threema.work.plugins.plugin_utils._reader import number_formats
from ansible_collections.threema.work.plugins.plugin_utils._reader.archive import damaged, open_workbook
from ansible_collections.threema.work.plugins.plugin_utils._reader.header import (
    Layout,
    Search,
    check_before,
    missing,
    nothing,
)
from ansible_collections.threema.work.plugins.plugin_utils._reader.names import Names
from ansible_collections.threema.work.plugins.plugin_utils._reader.options import Options
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Unreadable, few, quoted
from ansible_collections.threema.work.plugins.plugin_utils._reader.records import Record
from ansible_collections.threema.work.plugins.plugin_utils._reader.special import Day, NoText, Number, Unusable

try:
    from openpyxl import load_workbook
    from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
    from openpyxl.utils import get_column_letter
    from openpyxl.utils.datetime import from_excel
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet
    from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser
except ImportError:  # pragma: no cover
    load_workbook = None
    WorkSheetParser = object

#: A staff list does not have more columns, and more would take too much memory.
_MOST_COLUMNS: t.Final = 1_000
#: As many as the reader accepts, and some rows above them.
_MOST_ROWS: t.Final = 100_100
#: A whole sheet may be merged, in a file of a few bytes.
_MOST_COVERED: t.Final = 1_000_000
_ESCAPED: t.Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NO_VALUE: t.Final = (
    "there is a formula here without a stored value; open the workbook in a spreadsheet and save it, or save the list "
    "as CSV UTF-8"
)
_NOT_INSTALLED: t.Final = (
    "row 1: this is a workbook (.xlsx), and the Python library openpyxl, which reads them, is not installed on the "
    "control node (python3 -m pip install openpyxl); install it, or save the list as CSV UTF-8"
)
_Cell = t.Dict[str, t.Any]


class _Parser(WorkSheetParser):
    """Reads the cells of a sheet, and distinguishes formulas without a value from empty cells."""

    def parse_cell(self, element: t.Any) -> _Cell:
        """The values of a cell; its type is C(f) if it is a formula without a value."""
        cell: _Cell = super().parse_cell(element)
        # A formula whose value is an empty string has the type of a string.
        if cell["value"] is None and cell["data_type"] == "n" and element.find(FORMULA_TAG) is not None:
            cell["data_type"] = "f"
        return cell


def read_workbook(data: bytes, known: Names, options: Options) -> Layout:
    """The rows of the sheet with the list.

    :raises Unreadable: if there is none, there are several, or the workbook cannot be read.
    """
    if load_workbook is None:
        open_workbook(data)
        raise Unreadable(_NOT_INSTALLED)
    open_workbook(data)
    with warnings.catch_warnings():
        # What openpyxl does not support (rules, images) does not matter for the values.
        warnings.simplefilter("ignore")
        return _Workbook(data).layout(known, options)


@contextlib.contextmanager
def _by_openpyxl() -> t.Iterator[None]:
    """
    Reports that a workbook is damaged.

    openpyxl raises nearly every kind of error for invalid parts.
    """
    try:
        yield
    except Exception:
        raise damaged() from None


class _Workbook:
    """A workbook, opened."""

    def __init__(self, data: bytes) -> None:
        with _by_openpyxl():
            self.book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        self.sheets = [sheet for sheet in self.book.worksheets if isinstance(sheet, ReadOnlyWorksheet)]
        if not self.sheets:
            raise damaged()

    def layout(self, known: Names, options: Options) -> Layout:
        """The rows of the sheet with the list."""
        chosen = self._named(options.sheet) if options.sheet is not None else self._visible()
        searches = [(sheet, Search(_Sheet(self.book, sheet).first(), known, options.header_row)) for sheet in chosen]
        found = [(sheet, search) for sheet, search in searches if search.header]
        if not found:
            raise Unreadable(self._no_list(searches, known, options))
        if len(found) > 1:
            titles = few([quoted(sheet.title) for sheet, _search in found])
            raise Unreadable(
                f"row 1: several sheets contain lists: {titles}; name one with sheet (in the playbook: roster_sheet)"
            )
        sheet, search = found[0]
        header = t.cast(Record, search.header)
        if options.header_row is None:
            check_before(header, search.before, known)
        records = _Sheet(self.book, sheet).records(len(header.cells))
        after = [record for record in records if record.number > header.number and not record.blank]
        where = f"row {header.number}"
        return Layout(header, tuple(search.before), functools.partial(iter, after), sheet=sheet.title, where=where)

    def _visible(self) -> list[t.Any]:
        return [sheet for sheet in self.sheets if sheet.sheet_state == "visible"]

    def _named(self, wanted: str | int) -> list[t.Any]:
        """The sheet with a name or number.

        Numbers count visible sheets; if there is a hidden sheet in between, users may have counted differently.
        """
        text = str(wanted).strip()
        by_name = [sheet for sheet in self.sheets if sheet.title.strip().casefold() == text.casefold()]
        if by_name:
            return by_name
        titles = few([quoted(sheet.title) for sheet in self.sheets])
        if not re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) or not 1 <= int(text) <= len(self.sheets):
            raise Unreadable(f"sheet: there is no sheet {quoted(text)}; the sheets are {titles}")
        sheet = self.sheets[int(text) - 1]
        if self._visible()[int(text) - 1 : int(text)] != [sheet]:
            raise Unreadable(
                f"sheet: there are hidden sheets, so {text} may be either of two sheets; use the name instead: {titles}"
            )
        return [sheet]

    def _no_list(self, searches: t.Sequence[tuple[t.Any, Search]], known: Names, options: Options) -> str:
        """The message that no sheet has a header row."""
        filled = [(sheet, search) for sheet, search in searches if search.before]
        if not filled:
            return nothing(known) if searches else "row 1: the workbook has no visible sheet; name one with sheet"
        sheet, search = max(filled, key=lambda one: one[1].rank)
        text = missing(search, options.header_row)
        return f"{text} (sheet {quoted(sheet.title)})" if len(searches) > 1 else text


class _Sheet:
    """A sheet, read from its beginning."""

    def __init__(self, book: t.Any, sheet: t.Any) -> None:
        self.book = book
        self.sheet = sheet
        self.parser: t.Any = None
        self.formats: dict[int, str] = {}

    def first(self) -> t.Iterator[Record]:
        """The first rows, without the information at the end of a sheet."""
        with self._open() as file:
            for number, cells in self._rows(file):
                yield Record(number, self._texts(cells, number))

    def records(self, width: int) -> list[Record]:
        """All rows, with at least this many cells: a sheet has no missing ones."""
        with self._open() as file:
            rows = [(number, self._texts(cells, number)) for number, cells in self._rows(file)]
        for _number, texts in rows:
            texts.extend([""] * (width - len(texts)))
        hidden = {int(row) for row, given in self.parser.row_dimensions.items() if _is_hidden(given)}
        covered = self._covered(rows[-1][0] if rows else 0, width)
        return [
            Record(number, _uncovered(texts, covered.get(number, {})), hidden=number in hidden)
            for number, texts in rows
        ]

    def _open(self) -> t.IO[bytes]:
        archive = t.cast(zipfile.ZipFile, self.book._archive)
        with _by_openpyxl():
            return archive.open(self.sheet._worksheet_path)

    def _rows(self, file: t.IO[bytes]) -> t.Iterator[tuple[int, list[_Cell]]]:
        self.parser = _Parser(file, self.sheet._shared_strings, data_only=True)
        parsed = self.parser.parse()
        while True:
            with _by_openpyxl():
                number, cells = next(parsed, (0, []))
            if not number:
                return
            if number > _MOST_ROWS:
                raise Unreadable(f"row {number}: there are more than 100000 rows; this is not a staff list")
            yield number, cells

    def _texts(self, cells: t.Sequence[_Cell], row: int) -> list[str]:
        """The texts of a row, up to the last one that is filled."""
        texts: list[str] = []
        for cell in cells:
            text = self._text(cell)
            if not text:
                continue
            if cell["column"] > _MOST_COLUMNS:
                raise Unreadable(f"row {row}: there are more than {_MOST_COLUMNS} columns; this is not a staff list")
            texts.extend([""] * (cell["column"] - len(texts)))
            texts[cell["column"] - 1] = text
        return texts

    def _text(self, cell: _Cell) -> str:
        value, kind = cell["value"], cell["data_type"]
        if kind == "f":
            return Unusable("=", _NO_VALUE, _place(cell))
        if value is None:
            return ""
        if isinstance(value, str):
            return self._string(cell)
        if isinstance(value, bool):
            return NoText(str(value).upper(), value)
        shown_format = self._format(cell["style_id"])
        number, to_day = (value, self._day) if isinstance(value, (int, float)) else (1, lambda _number: value)
        try:
            text = number_formats.shown(number, shown_format, to_day)
            return text if isinstance(text, Day) else Number(text)
        except ValueError as exc:
            return Unusable(number_formats.roughly(number, shown_format, to_day), str(exc), _place(cell))

    def _string(self, cell: _Cell) -> str:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), cell["value"])
        if cell["data_type"] == "e" or not text.strip(BLANKS):
            return text
        try:
            number_formats.check_text(self._format(cell["style_id"]))
        except ValueError as exc:
            return Unusable(text, str(exc), _place(cell))
        return text

    def _day(self, number: float) -> object:
        return from_excel(number, self.book.epoch)

    def _format(self, style: int) -> str:
        """The number format of a style."""
        if style not in self.formats:
            self.formats[style] = self._look_up(style)
        return self.formats[style]

    def _look_up(self, style: int) -> str:
        """
        The number format of a style in the workbook.

        Some numbers stand for a different format in each language, and have no text; it is unknown what is shown with
        them.
        """
        with _by_openpyxl():
            number = self.book._cell_styles[style].numFmtId
            if number >= BUILTIN_FORMATS_MAX_SIZE:
                return str(self.book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE])
        return str(BUILTIN_FORMATS.get(number, f"number {number}"))

    def _covered(self, last: int, width: int) -> dict[int, dict[int, str]]:
        """The cells, by row and column, that are merged with another one, which alone has a value.

        :param last, width: the last row, and the number of columns that are checked.
        """
        covered: dict[int, dict[int, str]] = {}
        count = 0
        merged = self.parser.merged_cells
        for one in merged.mergeCell if merged else ():
            rows = range(one.min_row, min(one.max_row, last) + 1)
            columns = range(one.min_col, min(one.max_col, width) + 1)
            count += len(rows) * len(columns)
            if count > _MOST_COVERED:
                raise Unreadable(
                    f"row {one.min_row}: there are too many merged cells; split them, and fill in each cell"
                )
            for row in rows:
                for column in columns:
                    if (row, column) != (one.min_row, one.min_col):
                        covered.setdefault(row, {})[column] = str(one.ref)
        return covered


def _is_hidden(given: t.Mapping[str, str]) -> bool:
    return given.get("hidden", "0") in ("1", "true")


def _uncovered(texts: list[str], covered: t.Mapping[int, str]) -> list[str]:
    """A row whose merged cells have no reliable value; a row with nothing else stays empty."""
    if not covered or not any(text.strip(BLANKS) for text in texts):
        return texts
    texts = texts + [""] * (max(covered) - len(texts))
    for column, ref in covered.items():
        texts[column - 1] = Unusable("=", f"the cells {ref} are merged; split them, and fill in each cell")
    return texts


def _place(cell: _Cell) -> str:
    return f"{get_column_letter(cell['column'])}{cell['row']}"
