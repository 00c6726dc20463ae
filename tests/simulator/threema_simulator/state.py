# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of one subscription: a store for each resource. Knows nothing of HTTP, and no resource by name."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from .switches import Switches

DEFAULT_LICENSES = 25_000
DEFAULT_QUOTA = 10_000


@dataclass
class Start:
    """How a simulator begins; the command line gives the first one, a reset may give another."""

    # How many objects of which kind to begin with: the numbers that the resources know.
    numbers: dict[str, int] = field(default_factory=dict)
    licenses: int = DEFAULT_LICENSES
    quota: int = DEFAULT_QUOTA
    latency_ms: float = 0
    jitter_ms: float = 0
    directory: bool = True
    seed: int = 1
    switches: dict[str, str] = field(default_factory=dict)


class Store:
    """The objects of one resource and the rules for them; empty until it is filled."""

    def __init__(self, state: State) -> None:
        """Other stores can be reached as soon as all are there, which is after this."""
        self.state = state
        self.switches = state.switches

    def fill(self) -> None:
        """Make what the numbers of the start ask for. The stores registered before have done so."""

    def snapshot(self) -> dict[str, Any]:
        """The keys of GET /_simulator/state that this resource answers for."""
        return {}

    def switched(self) -> None:
        """The switches have moved."""


AnyStore = TypeVar("AnyStore", bound=Store)


class State:
    """Everything that the service knows about one customer."""

    def __init__(self, start: Start, kinds: Iterable[type[Store]]) -> None:
        self.start = start
        self.switches = Switches(start.switches)
        # One sequence for all identifiers: the same seed gives the same ones.
        self.random = random.Random(start.seed)
        self._stores = {kind: kind(self) for kind in kinds}
        for store in self._stores.values():
            store.fill()

    def of(self, kind: type[AnyStore]) -> AnyStore:
        """The store of a resource, by its class."""
        return cast(AnyStore, self._stores[kind])

    def switch(self, changes: dict[str, Any]) -> None:
        """Move switches: all that are named, or none when one is unknown (SwitchError)."""
        self.switches.update(changes)
        for store in self._stores.values():
            store.switched()

    def snapshot(self) -> dict[str, Any]:
        """All objects, passwords included."""
        answer: dict[str, Any] = {}
        for store in self._stores.values():
            answer.update(store.snapshot())
        return answer
