# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulator for all tests, fresh for each; others where the command line matters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support import Simulator


@pytest.fixture(scope="session")
def shared() -> Iterator[Simulator]:
    """The process."""
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def sim(shared: Simulator) -> Simulator:
    """The process, as at its start."""
    shared.reset()
    return shared
