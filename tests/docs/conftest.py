# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The subscription in which everything that the pages show is run."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .mailbox import Mailbox
from .stage import Stage


@pytest.fixture(scope="session")
def simulator() -> t.Iterator[Simulator]:
    """The simulator; the stage prepares its state."""
    with Simulator() as running:
        yield running


@pytest.fixture
def stage(simulator: Simulator, tmp_path: Path) -> Stage:
    """An empty directory and a subscription as in ``world.yml``."""
    return Stage(simulator, tmp_path)


@pytest.fixture
def mailbox() -> t.Iterator[Mailbox]:
    """An SMTP server."""
    with Mailbox() as mailbox:
        yield mailbox
