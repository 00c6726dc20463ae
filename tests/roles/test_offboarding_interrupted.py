# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Offboarding is ended at some of its writes, by a service that dies or by SIGKILL, and run again."""

from __future__ import annotations

import concurrent.futures
import signal
import typing as t

import pytest
from ansible_collections.threema.work.tests.roles.ending import kill_after
from ansible_collections.threema.work.tests.roles.people import FACTS, LEAVERS, comes_back, populate, without
from ansible_collections.threema.work.tests.roles.stage import (
    Host,
    Object,
    Outcome,
    Pool,
    run_role,
    state,
)

# With one write at a time: 1 and 2 list the users and the credentials; 3 changes the password of anna, 4 and 5 end her
# two Threema IDs, 6 removes her credential; 7 to 9 are for berta, and 10 for carl, who never came.
# tests/faults ends the module at each of its requests; here it is what the role makes of it.
DYING: t.Final = [*(("detach", number) for number in (2, 4, 6, 9)), *(("revoke", number) for number in (3, 5, 8))]
KILLED: t.Final = [("detach", 5), ("revoke", 4), ("revoke", 7)]
WAYS: t.Final = [
    *(("died", identity, number) for identity, number in DYING),
    *(("killed", identity, number) for identity, number in KILLED),
]
NAMES: t.Final = [f"{way}-{identity}-{number}" for way, identity, number in WAYS]


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
                killed[name] = threads.submit(kill_after, "offboarding", folder / name, name, host, number)
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
        assert "run again to complete the rest" in str(ended.failure)
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
