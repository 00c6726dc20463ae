# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""From a cell to a value: what a spreadsheet adds around it is removed, and what cannot be sent is rejected."""

from __future__ import annotations

import typing as t

from ansible_collections.threema.work.plugins.module_utils._cells import text_of
from ansible_collections.threema.work.plugins.module_utils._columns import PARAMETER_COLUMNS
from ansible_collections.threema.work.plugins.plugin_utils._columns import contact_value, typed
from ansible_collections.threema.work.plugins.plugin_utils._reader.dates import parse_date
from ansible_collections.threema.work.plugins.plugin_utils._reader.kinds import (
    CONTACTS,
    DATES,
    PEOPLE,
    Kind,
    is_secret_column,
)
from ansible_collections.threema.work.plugins.plugin_utils._reader.passwords import secret_of
from ansible_collections.threema.work.plugins.plugin_utils._reader.special import (
    Day,
    NoText,
    Number,
    Several,
    check_usable,
)

_AS_TEXT: t.Final = "format the column as text, and enter the values again"
_ENTER_TEXT: t.Final = "put it in quotation marks; in a spreadsheet, format the column as text, and enter it again"
#: Columns with numbers that identify people.
_NUMBERS: t.Final = frozenset((PEOPLE.key, "employee_number", PARAMETER_COLUMNS["employee_number"]))


def value_of(column: str, cell: str, kind: Kind = PEOPLE) -> t.Any:
    """The typed value of a cell; None if it is empty.

    :param column: the column of a person that the cell feeds.
    :param kind: what the list contains.
    :raises ValueError: with a sentence that does not repeat the cell, which could be a password in the wrong column.
    """
    check_usable(cell)
    if column in DATES:
        return _day(cell)
    if isinstance(cell, Day):
        raise ValueError(f"this is a date, not text; {_AS_TEXT}")
    if isinstance(cell, NoText) and (isinstance(cell.value, bool) or is_secret_column(column)):
        return _no_text(column, cell, kind)
    if column == "categories" and isinstance(cell, Several):
        values = [value for one in cell.values if (value := _text_of(column, one, kind))]
        return typed(column, values) if values else None
    if is_secret_column(column):
        if isinstance(cell, Number):
            raise ValueError(f"this is a number, not text, so zeros in front of it may be missing; {_AS_TEXT}")
        # Secrets are sent exactly as they are in the cell.
        return typed(column, secret_of(cell)) if cell else None
    text = _text_of(column, cell, kind)
    if not text and column != kind.key:
        return None
    return contact_value(column, text) if kind is CONTACTS else typed(column, text)


def _day(cell: str) -> str | None:
    """A first or last day; several in one cell are an error."""
    values = cell.values if isinstance(cell, Several) else (cell,)
    days = {parse_date(text) for one in values if (text := _text_of(DATES[0], one, PEOPLE))}
    if len(days) > 1:
        raise ValueError("there are several dates here, but only one is allowed; keep that one")
    return days.pop() if days else None


def _no_text(column: str, cell: NoText, kind: Kind) -> t.Any:
    """The value of a boolean, or of a number instead of a secret, if the column accepts one."""
    if kind is CONTACTS:
        if column != "enabled":
            raise ValueError(f"this is the boolean {cell}, not text; {_ENTER_TEXT}")
        return contact_value(column, str(cell))
    try:
        return typed(column, cell.value)
    except ValueError as exc:
        raise ValueError(f"{str(exc).partition(';')[0]}; {_ENTER_TEXT}") from None


def _text_of(column: str, cell: str, kind: Kind) -> str:
    """The text of a cell; :raises ValueError: if it contains something that cannot be sent."""
    return text_of(cell, number=column in _NUMBERS, name=column == kind.key)
