# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time for tests of what waits."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass, field

from ansible_collections.threema.work.plugins.module_utils import _http
from ansible_collections.threema.work.plugins.module_utils._report import reading


@dataclass
class Clock:
    """Time that passes at once: what the transport waits for, it gets without waiting."""

    waits: list[float] = field(default_factory=list)

    @property
    def waited(self) -> float:
        """All waits together."""
        return sum(self.waits)

    def monotonic(self) -> float:
        """The real time, and what was waited for."""
        return time.monotonic() + self.waited

    def sleep(self, seconds: float) -> None:
        """Wait without waiting."""
        self.waits.append(seconds)

    def install(self, replace: t.Callable[[t.Any, str, t.Any], None]) -> None:
        """Let the transport wait by this clock. ``replace`` is setattr, or what undoes it later."""
        replace(_http, "time", self)
        replace(_http.Client, "_sleep", lambda _client, seconds: self.sleep(seconds))


def stand_still(replace: t.Callable[[t.Any, str, t.Any], None]) -> None:
    """From now on, all reports are of the same time, so that two runs can be compared."""
    moment = reading.now()
    replace(reading, "now", lambda: moment)
