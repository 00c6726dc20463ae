# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Single rows that are not people: hints about columns, rows that are too long or too short, and why."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.threema.work.plugins.module_utils._cells import BLANKS, plain
from ansible_collections.threema.work.plugins.plugin_utils._reader.catalogue import catalogue
from ansible_collections.threema.work.plugins.plugin_utils._reader.headings import folded
from ansible_collections.threema.work.plugins.plugin_utils._reader.records import DELIMITERS, Record

#: The length of a type: C(varchar(20)).
_LENGTH: t.Final = re.compile(r"\s*\([\d\s,.]+\)\Z")
#: Line ends, apart from those that end rows.
_OTHER_ENDS: t.Final = {"\r": "a carriage return alone", "\x85": "U+0085", "\u2028": "U+2028", "\u2029": "U+2029"}
_END: t.Final = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
#: A line that psql draws, for example.
_RULER: t.Final = re.compile(r"(?=.*--|.*==)[-=+:|\s]+")


def is_hint(record: Record) -> bool:
    """Whether a row only says which columns are required, or of which type."""
    words = [folded(text) for cell in record.cells if (text := plain(cell))]
    return bool(words) and all(_LENGTH.sub("", word).strip("()* ") in catalogue().hints for word in words)


def wrong_length(cells: t.Sequence[str], width: int, *, is_sheet: bool) -> str:
    """A sentence about a row with more or fewer cells than there are headings; it begins with a comma or colon.

    :param cells: without empty ones that are too many.
    :param width: the number of headings.
    """
    count = len(cells)
    cause = None if is_sheet else _cause(cells, width)
    if count > width:
        what = "put cells that contain the delimiter in quotation marks"
        if is_sheet:
            what = "give that column a heading, or remove what is in it"
        return f", column {width + 1}: there are {count} cells, but {_headings(width)}; {cause or what}"
    what = (
        "the missing one may be any of them; Excel leaves out empty cells at the end of rows: fill the last column in "
        "every row, or save as .xlsx"
    )
    if cause:
        return f": {_cells(count)}, but {_headings(width)}; {cause}"
    return f": {_cells(count)}, but {_headings(width)}, and {what}"


def _cause(cells: t.Sequence[str], width: int) -> str | None:
    """What shows why the length of a row is wrong, and what to do."""
    for number, cell in enumerate(cells, 1):
        end = _END.search(cell)
        if end:
            return (
                f"there is a line end of another kind in column {number} ({_OTHER_ENDS[end[0]]}), so this may be "
                "several rows; save the list with the same line ends everywhere"
            )
    filled = [cell for cell in cells if cell.strip(BLANKS)]
    if len(filled) != 1:
        return None
    if _RULER.fullmatch(filled[0]):
        return "this row only draws a line; remove it"
    if len(cells) == 1 and any(len(cells[0].split(one)) == width for one in DELIMITERS):
        return "another delimiter separates the cells of this row, so it may be of another list; correct or remove it"
    return None


def _cells(count: int) -> str:
    return f"there are {count} cells" if count != 1 else "there is 1 cell"


def _headings(count: int) -> str:
    return f"{count} heading{'s' if count != 1 else ''}"
