# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulator and one process that runs modules, for all tests of this directory."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .utils.driver import Driver
from .utils.mirror import Mirror


@pytest.fixture(scope="session")
def simulator() -> t.Iterator[Simulator]:
    """The simulator; each test prepares its state."""
    with Simulator() as running:
        yield running


@pytest.fixture(scope="session")
def driver() -> t.Iterator[Driver]:
    """Runs modules as processes."""
    with Driver() as running:
        yield running


@pytest.fixture(scope="session")
def mirror(simulator: Simulator) -> t.Iterator[Mirror]:
    """A server whose errors repeat what it was sent."""
    with Mirror(simulator.url) as running:
        yield running
