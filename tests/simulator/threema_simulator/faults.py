# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that tests order: what goes wrong, for which requests, how often."""

from __future__ import annotations

import asyncio
import contextlib
import math
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

KINDS = ("status", "drop_before", "drop_after", "slow", "not_json", "cut", "empty", "redirect", "json")

_DEFAULT_STATUS = {"status": 503, "redirect": 302}


class FaultError(ValueError):
    """A fault that cannot be ordered; the message says why."""


@dataclass
class Fault:
    """One order. The path is a shell pattern on the path below /api/v1, percent-encoded as it was sent."""

    method: str = "*"
    path: str = "*"
    kind: str = "status"
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    seconds: float = 0
    times: int | None = 1
    skip: int = 0
    every: int = 1
    after_work: bool = False
    reset: bool = False
    seen: int = 0
    used: int = 0

    @property
    def works(self) -> bool:
        """Whether the request is carried out, and what it would have answered is known."""
        return self.after_work or self.kind in ("drop_after", "slow", "cut")

    @property
    def effective_status(self) -> int:
        """The status to answer with."""
        return self.status or _DEFAULT_STATUS.get(self.kind, 200)

    def matches(self, method: str, path: str) -> bool:
        """Whether this request is meant."""
        return self.method in ("*", method) and fnmatchcase(path, self.path)

    def due(self) -> bool:
        """Count a matching request and say whether it is one of those that fail."""
        if self.times is not None and self.used >= self.times:
            return False
        self.seen += 1
        position = self.seen - self.skip
        if position <= 0 or position % self.every:
            return False
        self.used += 1
        return True


def _is_number(value: object, *, minimum: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value >= minimum


def make_fault(order: Any) -> Fault:
    """A fault from the JSON of the control endpoint; unknown keys are refused, a misspelled one would do nothing."""
    known = [item.name for item in fields(Fault) if item.name not in ("seen", "used")]
    if not isinstance(order, dict):
        raise FaultError("a fault is an object")
    unknown = sorted(set(order) - set(known))
    if unknown:
        raise FaultError(f"unknown keys {', '.join(unknown)}; known are: {', '.join(known)}")
    fault = Fault(**order)
    fault.method = str(fault.method).upper()
    if fault.kind not in KINDS:
        raise FaultError(f"unknown kind {fault.kind!r}; known are: {', '.join(KINDS)}")
    if fault.status is not None and not (isinstance(fault.status, int) and 200 <= fault.status <= 599):
        raise FaultError("status is a number from 200 to 599")
    if not isinstance(fault.headers, dict):
        raise FaultError("headers is an object")
    for name, minimum in (("seconds", 0), ("skip", 0), ("every", 1), ("times", 1)):
        value = getattr(fault, name)
        if not (name == "times" and value is None) and not _is_number(value, minimum=minimum):
            raise FaultError(f"{name} is a number of at least {minimum}")
    return fault


class Faults:
    """The faults in force, in the order they were ordered."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._removed = asyncio.Event()

    def add(self, order: Any) -> None:
        """Take one order or a list of them."""
        made = [make_fault(item) for item in (order if isinstance(order, list) else [order])]
        self._faults.extend(made)

    def clear(self) -> None:
        """No more faults."""
        self._faults.clear()

    def remove(self) -> None:
        """No more faults, and no more waiting for those that are at work."""
        self.clear()
        self._removed.set()
        self._removed = asyncio.Event()

    async def wait(self, fault: Fault) -> None:
        """As long as a fault says, or until the faults are removed."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._removed.wait(), fault.seconds)

    def pick(self, method: str, path: str) -> Fault | None:
        """The fault for this request: the first that matches and is due."""
        for fault in self._faults:
            if fault.matches(method, path) and fault.due():
                return fault
        return None

    def as_list(self) -> list[dict[str, Any]]:
        """For the control endpoint: with how many requests each has seen and spoilt."""
        return [asdict(fault) for fault in self._faults]
