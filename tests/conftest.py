# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all tests have: the collection where Python and Ansible look for it, one simulator, begun anew for each test."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import typing as t
from pathlib import Path

import pytest

_NAME: t.Final = Path("ansible_collections/threema/work")


def _collections() -> Path:
    """The folder of collections that this checkout is in; if it is in none, one that holds links to it and to what
    `make` fetched.
    """
    here = Path(__file__).absolute().parents[1]
    if here.parts[-3:] == _NAME.parts:
        return here.parents[2]
    folder = Path(tempfile.mkdtemp(prefix="threema-work-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / _NAME).parent.mkdir(parents=True)
    (folder / _NAME).symlink_to(here)
    for fetched in here.glob(".build/collections/ansible_collections/*/"):
        if fetched.name != _NAME.parts[1]:
            (folder / _NAME.parts[0] / fetched.name).symlink_to(fetched)
    return folder


def _find_in(folder: Path) -> None:
    """Let this process and those that it starts find collections there first."""
    for variable in ("ANSIBLE_COLLECTIONS_PATH", "PYTHONPATH"):
        before = os.environ.get(variable, "").split(os.pathsep)
        os.environ[variable] = os.pathsep.join(dict.fromkeys(filter(None, [str(folder), *before])))
    sys.path[:] = dict.fromkeys([str(folder), *sys.path])


# Before anything of the collection is imported: `make` and ansible-test run the tests in a copy that is in its place,
# a checkout is anywhere.
_find_in(_collections())
# What a helper of the tests asserts shows what it compared, like the tests themselves.
if "ansible_collections.threema.work.tests" not in sys.modules:
    pytest.register_assert_rewrite("ansible_collections.threema.work.tests")

from ansible_collections.threema.work.tests.support.clock import Clock  # noqa: E402
from ansible_collections.threema.work.tests.support.modules import Modules  # noqa: E402
from ansible_collections.threema.work.tests.support.simulator_process import Simulator, missing  # noqa: E402

#: Fixtures that start a simulator.
_STARTING: t.Final = {"simulator", "simulator_process", "pool"}


def pytest_collection_finish(session: pytest.Session) -> None:
    """Where the simulator is missing, say so in one sentence instead of in thousands of errors.

    Of a worker of pytest-xdist nobody would see it: there each test says it.
    """
    sentence = missing()
    worker = hasattr(session.config, "workerinput")
    if sentence and not worker and any(_STARTING & set(getattr(item, "fixturenames", ())) for item in session.items):
        pytest.exit(sentence, returncode=1)


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
