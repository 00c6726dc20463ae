# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Offboarding is ended at each of its writes, by a service that dies or by SIGKILL, and run again."""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import signal
import subprocess
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.unit.roles.people import FACTS, LEAVERS, comes_back, populate, without
from ansible_collections.threema.work.tests.unit.roles.stage import (
    Host,
    Object,
    Outcome,
    Pool,
    environment,
    prepare,
    run_role,
    state,
)

# With one write at a time: 1 and 2 list the credentials, 3 to 5 change passwords, 6 lists the users, 7 to 9 take the
# Threema IDs away, 10 lists the credentials, 11 to 13 remove them.
DYING: t.Final = [*(("detach", number) for number in range(3, 13)), ("revoke", 7), ("revoke", 9)]
KILLED: t.Final = [("detach", 4), ("detach", 7), ("detach", 11), ("revoke", 3), ("revoke", 5), ("revoke", 12)]
DEADLINE: t.Final = 60.0
WAYS: t.Final = [
    *(("died", identity, number) for identity, number in DYING),
    *(("killed", identity, number) for identity, number in KILLED),
]
NAMES: t.Final = [f"{way}-{identity}-{number}" for way, identity, number in WAYS]


def _children() -> dict[int, list[int]]:
    """The processes of this machine by parent."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            after_name = entry.read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
            children.setdefault(int(after_name[1]), []).append(int(entry.parent.name))
    return children


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL a process and all that it started; workers and modules have sessions of their own."""
    doomed = [process.pid]
    for _generation in range(20):
        for pid in doomed:
            with contextlib.suppress(ProcessLookupError):
                # Stopped, it starts nothing more.
                os.kill(pid, signal.SIGSTOP)
        children = _children()
        more = [child for pid in doomed for child in children.get(pid, []) if child not in doomed]
        if not more:
            break
        doomed += more
    for pid in doomed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait(DEADLINE)


def kill_after(folder: Path, name: str, host: Host, number: int) -> int:
    """Play the role until so many requests were carried out, and kill it before it hears of the last one."""
    folder.mkdir()
    simulator = host.simulator
    simulator.forget_requests()
    simulator.fault(kind="slow", after_work=True, seconds=20, skip=number - 1)
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            prepare("offboarding", folder, {name: host}, FACTS),
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            end = time.monotonic() + DEADLINE
            while time.monotonic() < end and len(simulator.requests()) < number and process.poll() is None:
                time.sleep(0.05)
        finally:
            kill_all(process)
    assert len(simulator.requests()) == number, (folder / "output").read_text(encoding="utf-8")
    return process.returncode


@pytest.fixture(scope="module")
def stages(pool: Pool) -> dict[str, tuple[Host, Object]]:
    """A host for each way to end, and how its subscription was before anything happened."""
    stages = {}
    for name, (_way, identity, _number), simulator in zip(NAMES, WAYS, pool.lend(len(WAYS))):
        populate(simulator)
        variables = {
            "offboarding_usernames": LEAVERS,
            "offboarding_identity": identity,
            "offboarding_concurrency": 1,
            "offboarding_unknown": "ignore",
        }
        stages[name] = (Host(simulator, variables), state(simulator))
    return stages


@pytest.fixture(scope="module")
def interrupted(
    stages: dict[str, tuple[Host, Object]], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Outcome | int]:
    """What became of the first run of each."""
    folder = tmp_path_factory.mktemp("interrupted")
    dying = {}
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        killed = {}
        for name, (way, _identity, number) in zip(NAMES, WAYS):
            host = stages[name][0]
            if way == "killed":
                killed[name] = threads.submit(kill_after, folder / name, name, host, number)
            else:
                host.simulator.fault(kind="drop_before", skip=number, times=None)
                dying[name] = host
        ended: dict[str, Outcome | int] = dict(run_role("offboarding", folder, dying, FACTS))
        ended.update({name: one.result() for name, one in killed.items()})
    return ended


@pytest.fixture(scope="module")
def finished(
    stages: dict[str, tuple[Host, Object]],
    interrupted: dict[str, Outcome | int],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Outcome]:
    """All of them run again, in a service that is well."""
    for host, _before in stages.values():
        host.simulator.control("DELETE", "faults")
    hosts = {name: host for name, (host, _before) in stages.items()}
    return run_role("offboarding", tmp_path_factory.mktemp("finished"), hosts, FACTS)


@pytest.mark.parametrize("name", NAMES)
def test_it_was_interrupted(interrupted: dict[str, Outcome | int], name: str) -> None:
    ended = interrupted[name]
    if isinstance(ended, Outcome):
        assert "Run again for the rest" in str(ended.failure)
        assert len(ended.facts["offboarding_removed"]) < len(LEAVERS)
    else:
        assert ended == -signal.SIGKILL


@pytest.mark.parametrize("name", NAMES)
def test_run_again_nobody_is_left_and_nobody_else_touched(
    stages: dict[str, tuple[Host, Object]], finished: dict[str, Outcome], name: str
) -> None:
    host, before = stages[name]
    assert finished[name].failure is None
    assert finished[name].after == without(before, LEAVERS, revoked="revoke" in name)
    gone = [id_ for one in before["credentials"] if one["username"] in LEAVERS for id_ in one["users"]]
    assert len(gone) == 3
    assert not any(comes_back(host.simulator, id_) for id_ in gone)
