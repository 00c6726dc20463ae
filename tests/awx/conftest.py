# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures: AWX as the playbook awx_setup prepares it, and what jobs are run with."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.awx import publish
from ansible_collections.threema.work.tests.awx.job import Workshop
from ansible_collections.threema.work.tests.awx.stand_in import Awx
from ansible_collections.threema.work.tests.support.simulator_process import Simulator


@pytest.fixture(scope="session")
def simulator() -> t.Iterator[Simulator]:
    """A subscription with the key that AWX is given."""
    with Simulator("--api-key", publish.KEY) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def awx(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Awx]:
    """AWX, after the playbook awx_setup."""
    with Awx(publish.PLAYBOOKS) as awx:
        done = publish.prepare(awx, tmp_path_factory.mktemp("setup"), url=simulator.url)
        assert done.returncode == 0, done.stdout
        assert publish.KEY not in done.stdout + done.stderr
        yield awx


@pytest.fixture(scope="session")
def workshop(awx: Awx, simulator: Simulator) -> t.Iterator[Workshop]:
    """Runs the jobs of AWX on that subscription."""
    with Workshop(awx, simulator) as workshop:
        yield workshop
