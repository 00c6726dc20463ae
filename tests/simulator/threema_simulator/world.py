# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that one running simulator holds, and how it starts afresh."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from email.utils import formatdate

from .errors import ApiError
from .faults import Faults
from .recorder import Recorder
from .resources import RESOURCES
from .state import DEFAULT_QUOTA, Start, State
from .switches import Switches

_DAY = 86_400


@dataclass
class Quota:
    """So many requests a day, counted from the first one; 0 is no limit (contract 1)."""

    limit: int = DEFAULT_QUOTA
    used: int = 0
    started: float = 0.0

    def take(self, switches: Switches) -> None:
        """Count a request, or answer 429. Scope, window and headers of the real one are unknown (contract 1)."""
        now = time.time()
        if self.used == 0 or now - self.started >= _DAY:
            self.used = 0
            self.started = now
        if self.limit and self.used >= self.limit:
            remaining = max(1, int(self.started + _DAY - now))
            headers = {
                "absent": {},
                "seconds": {"Retry-After": str(remaining)},
                "http-date": {"Retry-After": formatdate(now + remaining, usegmt=True)},
            }[switches["quota-retry-after"]]
            raise ApiError(429, "Too many requests", headers)
        self.used += 1


class World:
    """The state, the faults, the record and the settings of one simulator."""

    def __init__(self, start: Start, *, api_key: str, base_url: str = "") -> None:
        self.api_key = api_key
        self.base_url = base_url
        self.faults = Faults()
        self.recorder = Recorder()
        self.first_start = start
        self._kept: dict[str, tuple[State, Quota, float, float]] = {}
        self.begin(start)

    def begin(self, start: Start) -> None:
        """Everything as at the start: fresh objects, no faults, nothing recorded, nothing counted."""
        self.state = State(start, [resource.store for resource in RESOURCES])
        self.quota = Quota(start.quota)
        self.latency_ms = start.latency_ms
        self.jitter_ms = start.jitter_ms
        self.faults.clear()
        self.recorder.clear()

    def keep(self, name: str) -> None:
        """Remember everything as it is now, but for faults and what was recorded."""
        self._kept[name] = copy.deepcopy((self.state, self.quota, self.latency_ms, self.jitter_ms))

    def bring_back(self, name: str) -> None:
        """Everything as it was when it was kept: no faults, nothing recorded. :raises KeyError: nothing was kept."""
        self.state, self.quota, self.latency_ms, self.jitter_ms = copy.deepcopy(self._kept[name])
        self.faults.clear()
        self.recorder.clear()

    @property
    def switches(self) -> Switches:
        """The positions of the switches."""
        return self.state.switches
