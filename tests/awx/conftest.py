# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures: the collection as it is published, and AWX as the playbook awx_setup prepares it."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.awx import publish
from ansible_collections.threema.work.tests.awx.stand_in import Awx
from ansible_collections.threema.work.tests.unit.roles.stage import Pool


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the collection, installed from the archive that is built to be published."""
    return publish.install(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="session")
def awx(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Awx]:
    """AWX, after the playbook awx_setup."""
    with Awx(publish.PLAYBOOKS) as awx:
        done = publish.prepare(awx, tmp_path_factory.mktemp("setup"))
        assert done.returncode == 0, done.stdout
        assert publish.KEY not in done.stdout + done.stderr
        yield awx


@pytest.fixture(scope="session")
def pool() -> t.Iterator[Pool]:
    """Simulators for many subscriptions."""
    pool = Pool()
    try:
        yield pool
    finally:
        pool.stop()
