# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Cells that are more than their text: several values in one, and those that have no value to rely on.

Both are strings, so that only those who use such a cell need to know: a column that nobody uses refuses no list.
"""

from __future__ import annotations

import datetime
import typing as t


class Several(str):
    """A cell with several values, as attributes of directories have them; its text is the first."""

    values: tuple[str, ...]

    def __new__(cls, values: t.Sequence[str]) -> Several:
        """Make one of at least one value."""
        cell = super().__new__(cls, values[0])
        cell.values = tuple(values)
        return cell


class NoText(str):
    """The text of a boolean or a number of a variable or a workbook; columns that take text may want to know.

    :ivar value: what it is.
    """

    value: bool | int | float

    def __new__(cls, text: str, value: bool | int | float) -> NoText:
        """Make one of its text."""
        cell = super().__new__(cls, text)
        cell.value = value
        return cell


class Day(str):
    """A day of a workbook, as in C(2026-12-31).

    :ivar spellings: how else the workbook shows it.
    """

    spellings: tuple[str, ...]

    def __new__(cls, day: datetime.date, spellings: t.Iterable[str] = ()) -> Day:
        """Make one."""
        cell = super().__new__(cls, day.strftime("%Y-%m-%d"))
        cell.spellings = tuple(spellings)
        return cell


class Unusable(str):
    """A cell whose value cannot be told; its text is only for those who look whether there is any.

    :ivar reason: a sentence that says why, and what to do.
    :ivar place: what a spreadsheet calls the cell; empty elsewhere.
    """

    reason: str
    place: str

    def __new__(cls, text: str, reason: str, place: str = "") -> Unusable:
        """Make one of a text that is not empty."""
        cell = super().__new__(cls, text)
        cell.reason = reason
        cell.place = place
        return cell


def place_of(cell: str) -> str:
    """What is said of the place of a cell besides row and column; empty where there is nothing more."""
    return f", cell {cell.place}" if isinstance(cell, Unusable) and cell.place else ""


def check_usable(cell: str) -> None:
    """
    Refuse a cell whose value cannot be told.

    :raises ValueError: with the reason.
    """
    if isinstance(cell, Unusable):
        raise ValueError(cell.reason)
