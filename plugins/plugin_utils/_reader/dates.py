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


def parse_date(text: str) -> str:
    """A date in the form C(2026-12-31), from this form or from C(31.12.2026).

    :raises ValueError: if it has another form (03/04/2026 is ambiguous), or there is no such date.
    """
    match = _ISO.fullmatch(text) or _GERMAN.fullmatch(text)
    if match is None:
        raise ValueError("this is not a date such as 2026-12-31 or 31.12.2026")
    try:
        return datetime.date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
    except ValueError:
        raise ValueError("there is no such date") from None
