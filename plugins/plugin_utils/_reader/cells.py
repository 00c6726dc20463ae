# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""From a cell to a value: what a spreadsheet adds around it is removed, and what cannot be sent is rejected."""

from __future__ import annotations

import re
import typing as t
import unicodedata

from ansible_collections.threema.work.plugins.module_utils._columns import PARAMETER_COLUMNS
from ansible_collections.threema.work.plugins.module_utils._parameters import is_secret
from ansible_collections.threema.work.plugins.plugin_utils._columns import contact_value, typed
from ansible_collections.threema.work.plugins.plugin_utils._reader.catalogue import catalogue
from ansible_collections.threema.work.plugins.plugin_utils._reader.dates import parse_date
from ansible_collections.threema.work.plugins.plugin_utils._reader.kinds import CONTACTS, DATES, PEOPLE, Kind
from ansible_collections.threema.work.plugins.plugin_utils._reader.records import BLANKS
from ansible_collections.threema.work.plugins.plugin_utils._reader.special import Day, NoText, Several, check_usable

# ="00042" is how people keep Excel from removing the zeros.
_EQUALS: t.Final = re.compile(r'="((?:[^"]|"")*)"')
# The export writes an apostrophe before what a spreadsheet would calculate.
_APOSTROPHE: t.Final = re.compile(r"'+[=+\-@]")
_MASK: t.Final = re.compile(r"[*.•·●∙‧・⋅⬤∗＊…]+")
_ERROR: t.Final = re.compile(r"#{3,}|Err:\d{3}")
_ROUNDED: t.Final = re.compile(r"\d([.,]\d+)?E\+\d{2}")
_ENTER_TEXT: t.Final = "put it in quotation marks; in a spreadsheet, format the column as text, and enter it again"
_JOINERS: t.Final = "\u200c\u200d"
_REPLACEMENT: t.Final = "\ufffd"
#: Columns with numbers that identify people.
_NUMBERS: t.Final = frozenset((PEOPLE.key, "employee_number", PARAMETER_COLUMNS["employee_number"]))


def plain(cell: str) -> str:
    """A cell without what spreadsheets need around it: surrounding blanks, C(="…"), an apostrophe before a formula."""
    text = cell.strip(BLANKS)
    if text[:1] == "=":
        equals = _EQUALS.fullmatch(text)
        return equals[1].replace('""', '"').strip(BLANKS) if equals else text
    return text[1:] if text[:1] == "'" and _APOSTROPHE.match(text) else text


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
        raise ValueError("this is a date, not text; format the column as text, and enter the values again")
    if isinstance(cell, NoText) and (isinstance(cell.value, bool) or column == "password" or is_secret(column)):
        return _no_text(column, cell, kind)
    if column == "categories" and isinstance(cell, Several):
        values = [value for one in cell.values if (value := _text_of(column, one, kind))]
        return typed(column, values) if values else None
    if column == "password" or is_secret(column):
        # Secrets are sent exactly as they are in the cell.
        return typed(column, _secret(cell)) if cell else None
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
    """The text of a cell in NFC, without what a spreadsheet adds around it.

    :raises ValueError: if it contains something that cannot be sent.
    """
    text = plain(cell)
    _check_has_value(text)
    if column in _NUMBERS and text in catalogue().no_values:
        raise ValueError(
            f"{text} is what programs write if there is no value; leave the cell empty, or correct it, or the export"
        )
    if column in _NUMBERS and _ROUNDED.fullmatch(text):
        raise ValueError("a spreadsheet has rounded this number; format the column as text there, and enter it again")
    _check_characters(text, joiners=column != kind.key)
    return unicodedata.normalize("NFC", text)


def _check_has_value(text: str) -> None:
    if text[:1] in ("#", "E") and (text.casefold() in catalogue().error_values or _ERROR.fullmatch(text)):
        raise ValueError("this is what a spreadsheet writes if it has no value; correct it there")


def _secret(cell: str) -> str:
    if not cell.strip(BLANKS):
        raise ValueError("this consists of white space only; leave it empty, or set a value")
    if _MASK.fullmatch(cell.strip(BLANKS)):
        raise ValueError(
            "there are asterisks or dots instead of the password; leave the column out, or get the real passwords"
        )
    _check_has_value(cell.strip(BLANKS))
    if _ROUNDED.fullmatch(cell.strip(BLANKS)):
        raise ValueError("a spreadsheet has rounded this; format the column as text there, and enter it again")
    if _EQUALS.fullmatch(cell):
        raise ValueError('="…" encloses this password; it cannot be determined whether it is part of it')
    _check_characters(cell, joiners=False)
    return cell


def _check_characters(text: str, *, joiners: bool) -> None:
    """Reject invisible and lost characters.

    :param joiners: whether characters that join letters (Persian, Indian scripts) and emojis are allowed.
    """
    # All printable characters at once; otherwise, this would take most of the reader's time.
    if text.isprintable() and _REPLACEMENT not in text:
        return
    for place, character in enumerate(text):
        if character == _REPLACEMENT:
            raise ValueError(
                "a character was lost here earlier (U+FFFD); export the list again in its original encoding"
            )
        category = unicodedata.category(character)
        if category in ("Cc", "Zl", "Zp"):
            raise ValueError(
                f"there is a line break, a tab, or another control character ({_code(character)}); remove it"
            )
        if category == "Cf" and not (joiners and character in _JOINERS and _joins(text, place)):
            raise ValueError(f"there is an invisible character ({_code(character)}); remove it")


def _joins(text: str, place: int) -> bool:
    """Whether the characters on both sides belong to a word or an emoji."""
    sides = text[max(0, place - 1) : place], text[place + 1 : place + 2]
    return all(side and unicodedata.category(side)[0] in "LMS" for side in sides)


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
