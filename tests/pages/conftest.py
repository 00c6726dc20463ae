# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The browser, and the rules for accessible pages; without them, the tests are skipped with a sentence."""

from __future__ import annotations

import os
import typing as t

import pytest
from ansible_collections.threema.work.tests.pages.chromium import Browser
from ansible_collections.threema.work.tests.pages.tools import Unavailable, axe, browser
from ansible_collections.threema.work.tests.support.simulator_process import BUILD


def cannot_run(reason: str) -> t.NoReturn:
    """Skip the tests with a sentence, or fail with it where somebody says that they must run, as CI does."""
    if os.environ.get("THREEMA_WORK_PAGES_REQUIRED"):
        pytest.fail(f"{reason}; with THREEMA_WORK_PAGES_REQUIRED these tests must not be skipped", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def rules() -> str:
    """The script with the rules for accessible pages."""
    try:
        return axe(BUILD / "axe")
    except Unavailable as exc:
        cannot_run(str(exc))


@pytest.fixture(scope="module")
def chromium() -> t.Iterator[Browser]:
    """The browser."""
    try:
        program = browser()
    except Unavailable as exc:
        cannot_run(str(exc))
    with Browser(program) as found:
        yield found
