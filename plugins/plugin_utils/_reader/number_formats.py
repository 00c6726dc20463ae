# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""From a number in a cell to the text that a spreadsheet displays.

Cells store numbers separately from their format: 42 with the format C(00000) is the employee number 00042. The formats
that people use in staff lists are supported; with any other, the text would be a guess.
"""

from __future__ import annotations

import datetime
import functools
import re
import typing as t

from ansible_collections.threema.work.plugins.plugin_utils._reader.special import Day

_LEFT_ALONE: t.Final = ("General", "@")
_DIGITS: t.Final = re.compile(r"0+")
#: Languages and calendars before a format, text next to it, and its ending for text.
_DECORATION: t.Final = re.compile(r"\[\$-[^\]]*\]|\"[^\"]*\"|\\(.)|;@$")
_DAY: t.Final = re.compile(r"(?:d{1,4}|m{1,4}|y{1,4}|[ .,/\-])+", re.IGNORECASE)
_PARTS: t.Final = re.compile(r"([dmy])\1*")
_OF_THE_COUNTRY: t.Final = ("mm-dd-yy", "m/d/yyyy")
_TIME: t.Final = re.compile(r"[dyhs]|mm", re.IGNORECASE)
#: Spreadsheets keep 15 digits of a number; longer numbers were rounded when they were entered.
_EXACT: t.Final = 10**15
_WHAT_TO_DO: t.Final = "format the column as text, and enter its values again"
_ONLY_THE_DAY: t.Final = "format the column as a date without time, as in DD.MM.YYYY"
_NO_SUCH_DATE: t.Final = "there is no such date; if there is none, leave the cell empty"
#: What a format consists of: languages, colors, and conditions; quoted text; blanks of the width of a character, and
#: characters that fill the cell; everything else, among which @ stands for the text in the cell.
_TOKEN: t.Final = re.compile(
    r"(?P<ignored>\[(?:\$-)?[^$\]]*\]|[_*].)|\"(?P<quoted>[^\"]*)\"|\\(?P<escaped>.)|(?P<text>@|General)|(?P<end>;)|.",
    re.IGNORECASE | re.DOTALL,
)


def shown(value: float, number_format: str, to_day: t.Callable[[float], object]) -> str:
    """The text that is displayed for a number.

    :param number_format: the format in the workbook.
    :param to_day: returns the date, or the time, that a number stands for in this workbook.
    :raises ValueError: with a sentence, if the displayed text cannot be determined.
    """
    if abs(value) >= _EXACT:
        raise ValueError(f"this number has more digits than spreadsheets keep, so it was rounded; {_WHAT_TO_DO}")
    whole = float(value).is_integer()
    if number_format in _LEFT_ALONE:
        return str(int(value)) if whole else f"{value:.15g}"
    if _DIGITS.fullmatch(number_format):
        if not whole:
            raise ValueError(f"this number has decimals that its format does not show; {_WHAT_TO_DO}")
        digits = str(abs(int(value))).zfill(len(number_format))
        return f"-{digits}" if value < 0 else digits
    if not is_day(number_format):
        raise ValueError(
            f"numbers of the format {number_format[:40]!r} are not understood (only General, 0, 00000, text, and "
            f"dates); {_ONLY_THE_DAY if _is_midnight(value, number_format, to_day) else _WHAT_TO_DO}"
        )
    day = _day(value, to_day)
    if day is None:
        raise ValueError(_NO_SUCH_DATE)
    return Day(day, _spellings(day, number_format))


def _is_midnight(value: float, number_format: str, to_day: t.Callable[[float], object]) -> bool:
    """Whether a cell shows a day with the time 00:00, so that the time says nothing."""
    parts = _DECORATION.sub("", number_format).lower()
    day = _day(value, to_day) if all(part in parts for part in "dmy") else None
    return isinstance(day, datetime.datetime) and day.time() == datetime.time()


def check_text(number_format: str) -> None:
    """
    Reject a format that shows something else than the text in a cell: C(@"@example.com").

    :raises ValueError: if it is one.
    """
    if _changes_text(number_format):
        raise ValueError(
            f"the format {number_format[:40]!r} shows something else than the text in this cell; {_WHAT_TO_DO}"
        )


@functools.lru_cache(maxsize=256)
def _changes_text(number_format: str) -> bool:
    """Whether a format shows a text differently: its fourth part counts, or the last one if that has an C(@)."""
    parts: list[list[str]] = [[]]
    placeholders: list[int] = [0]
    for token in _TOKEN.finditer(number_format):
        if token["end"]:
            parts.append([])
            placeholders.append(0)
        elif token["text"]:
            parts[-1].append("@")
            placeholders[-1] += token["text"] == "@"
        elif not token["ignored"]:
            shows = (token["quoted"], token["escaped"], token[0])
            parts[-1].append(next(text for text in shows if text is not None))
    if len(parts) < 4 and not placeholders[-1]:
        return False
    return "".join(parts[min(len(parts), 4) - 1]).strip(" ") != "@"


def roughly(value: float, number_format: str, to_day: t.Callable[[float], object]) -> str:
    """An approximate text for a value that cannot be determined: a time as such, not as a number of days."""
    day = _day(value, to_day) if _TIME.search(_DECORATION.sub("", number_format)) else None
    return f"{value:.15g}" if day is None else str(day)


def _day(value: float, to_day: t.Callable[[float], object]) -> datetime.date | None:
    """The date, or the time, of a number; None if there is none."""
    try:
        day = to_day(value)
    except (ValueError, OverflowError):
        return None
    return day if value >= 0 and isinstance(day, datetime.date) else None


def _spellings(day: datetime.date, number_format: str) -> t.Iterator[str]:
    """How a date is displayed, if that is the same in all languages.

    Format 14 and similar ones are displayed differently in each country; of these forms, only those with periods are
    used, in which the day comes first.
    """
    plain = _DECORATION.sub(lambda match: match[1] or "", number_format).lower().strip()
    parts = {"d": str(day.day), "dd": f"{day.day:02}", "m": str(day.month), "mm": f"{day.month:02}"}
    parts |= {"yy": f"{day.year % 100:02}", "yyyy": f"{day.year:04}"}
    if plain in _OF_THE_COUNTRY:
        yield f"{day.day:02}.{day.month:02}.{day.year}"
        yield f"{day.day}.{day.month}.{day.year}"
    elif all(match[0] in parts for match in _PARTS.finditer(plain)):
        yield _PARTS.sub(lambda match: parts[match[0]], plain)


@functools.lru_cache(maxsize=256)
def is_day(number_format: str) -> bool:
    """Whether a format shows day, month, and year, and nothing else."""
    plain = _DECORATION.sub(lambda match: match[1] or "", number_format).lower()
    return bool(_DAY.fullmatch(plain)) and all(part in plain for part in ("d", "m", "y"))
