# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""First and last days."""

from __future__ import annotations

import datetime
import re
import typing as t

_ISO: t.Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)
_GERMAN: t.Final = re.compile(r"(?P<day>\d{2})\.(?P<month>\d{2})\.(?P<year>\d{4})", re.ASCII)


#: Before this year, nobody on a list began or left: systems write their first day, or zeros, if there is none.
_FIRST_YEAR: t.Final = 1950
_MIDNIGHT: t.Final = re.compile(r"[ T]00:00:00(?:\.0+)?\Z")


def is_no_day(text: str) -> bool:
    """Whether this is a day, or a time, that systems write if there is none: C(1900-01-01), C(0000-00-00 00:00:00)."""
    match = _match(_MIDNIGHT.sub("", text))
    return match is not None and int(match["year"]) < _FIRST_YEAR


def _match(text: str) -> re.Match[str] | None:
    return _ISO.fullmatch(text) or _GERMAN.fullmatch(text)


def parse_date(text: str) -> str:
    """A date in the form C(2026-12-31), from this form or from C(31.12.2026).

    :raises ValueError: if it has another form (03/04/2026 is ambiguous), there is no such date, or it is one that
        systems write if there is none.
    """
    if is_no_day(text):
        raise ValueError(
            f"this day is before {_FIRST_YEAR}; systems write such days if there is none: leave the cell empty, or "
            "correct it"
        )
    match = _match(text)
    if match is None:
        raise ValueError("this is not a date such as 2026-12-31 or 31.12.2026")
    try:
        return datetime.date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
    except ValueError:
        raise ValueError("there is no such date") from None
