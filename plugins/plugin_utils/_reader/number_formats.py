# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""From a number in a cell to the text that a spreadsheet shows of it.

Cells keep numbers apart from how they are shown: 42 with the format C(00000) is the employee number 00042. What is
understood are the formats with which people write what is in a staff list; with any other the text would be a guess.
"""

from __future__ import annotations

import datetime
import functools
import re
import typing as t

from ansible_collections.threema.work.plugins.plugin_utils._reader.special import Day

_LEFT_ALONE: t.Final = ("General", "@")
_DIGITS: t.Final = re.compile(r"0+")
#: Languages and calendars before a format, text beside it, and its ending for texts.
_DECORATION: t.Final = re.compile(r"\[\$-[^\]]*\]|\"[^\"]*\"|\\(.)|;@$")
_DAY: t.Final = re.compile(r"(?:d{1,4}|m{1,4}|y{1,4}|[ .,/\-])+", re.IGNORECASE)
_PARTS: t.Final = re.compile(r"([dmy])\1*")
_OF_THE_COUNTRY: t.Final = ("mm-dd-yy", "m/d/yyyy")
_TIME: t.Final = re.compile(r"[dyhs]|mm", re.IGNORECASE)
#: Spreadsheets keep so many digits of a number; more of them were rounded when they were entered.
_EXACT: t.Final = 10**15
_WHAT_TO_DO: t.Final = "format the column as text, and enter its values again"


def shown(value: float, number_format: str, to_day: t.Callable[[float], object]) -> str:
    """The text that is shown of a number.

    :param number_format: as the workbook has it.
    :param to_day: gives the day, or the time, that a number is in this workbook.
    :raises ValueError: with a sentence, where the number cannot be told as text.
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
            f"dates); {_WHAT_TO_DO}"
        )
    day = _day(value, to_day)
    if day is None:
        raise ValueError("there is no such date")
    return Day(day, _spellings(day, number_format))


def roughly(value: float, number_format: str, to_day: t.Callable[[float], object]) -> str:
    """A text for those who look at a value that cannot be told: a time as such, not as a number of days."""
    day = _day(value, to_day) if _TIME.search(_DECORATION.sub("", number_format)) else None
    return f"{value:.15g}" if day is None else str(day)


def _day(value: float, to_day: t.Callable[[float], object]) -> datetime.date | None:
    """The day, or the time, of a number; None where there is none."""
    try:
        day = to_day(value)
    except (ValueError, OverflowError):
        return None
    return day if value >= 0 and isinstance(day, datetime.date) else None


def _spellings(day: datetime.date, number_format: str) -> t.Iterator[str]:
    """How a day is shown, where that is the same in all languages.

    The formats 14 and those that begin so are another one in each country; of these, full stops mean the day first.
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
