# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the tests of roles."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.roles.stage import Pool


@pytest.fixture(scope="session")
def pool() -> t.Iterator[Pool]:
    """Simulators for many subscriptions at once."""
    pool = Pool()
    try:
        yield pool
    finally:
        pool.stop()
