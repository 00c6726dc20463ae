# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Cells that are more than their text: cells with several values, and cells without a reliable value.

Both are strings, so that only code that uses such a cell has to know: a column that is not used causes no error.
"""

from __future__ import annotations

import datetime
import typing as t


class Several(str):
    """A cell with several values, such as an attribute of a directory; its text is the first one."""

    values: tuple[str, ...]

    def __new__(cls, values: t.Sequence[str]) -> Several:
        """Create one from at least one value."""
        cell = super().__new__(cls, values[0])
        cell.values = tuple(values)
        return cell


class NoText(str):
    """The text of a boolean, or of a number from a variable; text columns may have to know the type.

    :ivar value: the boolean or number.
    """

    value: bool | int | float

    def __new__(cls, text: str, value: bool | int | float) -> NoText:
        """Create one from its text."""
        cell = super().__new__(cls, text)
        cell.value = value
        return cell


class Number(str):
    """A number in a workbook, as it is displayed; zeros in front of it may have been lost when it was entered."""


class Day(str):
    """A date in a workbook, in the form C(2026-12-31).

    :ivar spellings: other forms in which the workbook shows it.
    """

    spellings: tuple[str, ...]

    def __new__(cls, day: datetime.date, spellings: t.Iterable[str] = ()) -> Day:
        """Create one."""
        cell = super().__new__(cls, day.strftime("%Y-%m-%d"))
        cell.spellings = tuple(spellings)
        return cell


class Unusable(str):
    """A cell whose value cannot be determined; its text only shows that it is not empty.

    :ivar reason: a sentence with the reason and what to do.
    :ivar place: the name of the cell in a spreadsheet; otherwise empty.
    """

    reason: str
    place: str

    def __new__(cls, text: str, reason: str, place: str = "") -> Unusable:
        """Create one from a text that is not empty."""
        cell = super().__new__(cls, text)
        cell.reason = reason
        cell.place = place
        return cell


def place_of(cell: str) -> str:
    """The name of a cell in addition to row and column; empty if there is none."""
    return f", cell {cell.place}" if isinstance(cell, Unusable) and cell.place else ""


def check_usable(cell: str) -> None:
    """
    Reject a cell whose value cannot be determined.

    :raises ValueError: with the reason.
    """
    if isinstance(cell, Unusable):
        raise ValueError(cell.reason)
