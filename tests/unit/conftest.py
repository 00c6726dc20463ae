# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the unit tests. One simulator for all of them, begun anew for each test."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.tools.clock import Clock
from ansible_collections.threema.work.tests.tools.simulator_process import Simulator
from ansible_collections.threema.work.tests.unit.utils import Modules


@pytest.fixture(scope="session")
def simulator_process() -> t.Iterator[Simulator]:
    """The simulator; use ``simulator``, which begins anew."""
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(simulator_process: Simulator) -> Simulator:
    """A simulator without anything in it."""
    simulator_process.reset()
    return simulator_process


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """No test waits for the transport's pauses; what it would have waited for is in ``waits``."""
    clock = Clock()
    clock.install(monkeypatch.setattr)
    return clock


@pytest.fixture
def run(simulator: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Modules:
    """Runs modules against the simulator."""
    for name in ("THREEMA_WORK_API_KEY", "THREEMA_WORK_API_URL", "THREEMA_WORK_API_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)
    return Modules(simulator)
