# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Date-times as the API writes them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

# The samples of the documentation carry Central European time (contract 1).
_ZONE = timezone(timedelta(hours=1))


def timestamp(moment: datetime | None = None) -> str:
    """A date-time as the API writes it: numeric offset without colon (contract 1)."""
    return (moment or datetime.now(_ZONE)).astimezone(_ZONE).strftime("%Y-%m-%dT%H:%M:%S%z")
