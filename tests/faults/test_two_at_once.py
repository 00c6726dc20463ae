# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs at once on the same subscription, for the same objects: nothing twice, and no failure of the slower one."""

from __future__ import annotations

import collections
import concurrent.futures
import time
import typing as t

import pytest
from ansible_collections.threema.work.tests.faults.stage import Json, shape
from ansible_collections.threema.work.tests.generic.utils.cases import playbook_cases, prepare
from ansible_collections.threema.work.tests.generic.utils.checks import connection, ready
from ansible_collections.threema.work.tests.generic.utils.driver import Driver, Run
from ansible_collections.threema.work.tests.generic.utils.resources import PLAIN, RESOURCES
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

NUMBER: t.Final = 30
NAMES: t.Final = [f"person.{number:02}" for number in range(NUMBER)]
IDS: t.Final = [f"PERSON{number:02}" for number in range(NUMBER)]


@pytest.fixture(scope="module")
def other() -> t.Iterator[Driver]:
    """A second process that runs modules."""
    with Driver() as running:
        yield running


class Both(t.NamedTuple):
    """Runs a module twice at the same time."""

    simulator: Simulator
    first: Driver
    second: Driver

    def run(self, module: str, state: Json, /, **options: t.Any) -> list[Run]:
        """Both runs have to succeed."""
        prepare(self.simulator, state)
        return self.go(module, connection(self.simulator, **options))

    def go(self, module: str, args: Json) -> list[Run]:
        """The same, from the state that the simulator is in."""
        self.simulator.control("PUT", "settings", {"latency_ms": 5, "jitter_ms": 15})
        with concurrent.futures.ThreadPoolExecutor(2) as threads:
            runs = list(threads.map(lambda driver: driver.run(module, args), (self.first, self.second)))
        for run in runs:
            assert not run.failed, str(run)
        return runs


@pytest.fixture
def both(simulator: Simulator, driver: Driver, other: Driver) -> Both:
    """Two processes, one subscription."""
    return Both(simulator, driver, other)


def counted(runs: list[Run]) -> collections.Counter[str]:
    """The summaries of both."""
    total: collections.Counter[str] = collections.Counter()
    for run in runs:
        total.update(run.result["summary"])
    return total


def with_settings(names: t.Sequence[str]) -> list[Json]:
    """Items of credentials."""
    return [{"username": name, "settings": {"th_csi": name}} for name in names]


def credentials(simulator: Simulator) -> dict[str, Json]:
    """By username; each occurs once."""
    listed = simulator.state()["credentials"]
    assert len({one["username"] for one in listed}) == len(listed)
    return {one["username"]: one for one in listed}


def test_credentials_are_created_once(both: Both) -> None:
    runs = both.run("credentials", {}, credentials=with_settings(NAMES), generate_password=True, return_objects="all")
    state = credentials(both.simulator)
    assert {name: one["settings"] for name, one in state.items()} == {name: {"th_csi": name} for name in NAMES}
    creations = [one for run in runs for one in run.result["credentials"] if one.get("created")]
    assert sorted(one["username"] for one in creations) == NAMES
    assert {one["username"]: one["id"] for run in runs for one in run.result["credentials"]} == {
        name: one["id"] for name, one in state.items()
    }


def test_the_password_of_the_faster_one_stays(both: Both) -> None:
    runs = both.run("credentials", {}, credentials=with_settings(NAMES), generate_password=True, return_passwords=True)
    told = {one["username"]: one["password"] for run in runs for one in run.result["credentials"] if one.get("created")}
    assert told == {name: one["password"] for name, one in credentials(both.simulator).items()}


def test_one_credential(both: Both) -> None:
    for number in range(5):
        runs = both.run("credential", {}, username="jane", password="Jane-pLank/7", settings={"th_csi": str(number)})
        assert len(credentials(both.simulator)) == 1
        assert True in [run.result["changed"] for run in runs]
        assert {run.result["credential"]["id"] for run in runs} == {credentials(both.simulator)["jane"]["id"]}


def test_credentials_are_changed_and_removed(both: Both) -> None:
    there = [{"username": name, "password": f"pw of {name}"} for name in NAMES]
    items: list[Json] = [{"username": name, "new_username": f"{name}.new"} for name in NAMES[:10]]
    items += [{"username": name, "locked": True} for name in NAMES[10:20]]
    items += [{"username": name, "state": "absent"} for name in NAMES[20:]]
    runs = both.run("credentials", {"credentials": there}, credentials=items)
    state = credentials(both.simulator)
    assert sorted(state) == sorted([*(f"{name}.new" for name in NAMES[:10]), *NAMES[10:20]])
    assert all(state[name]["locked"] for name in NAMES[10:20])
    assert counted(runs)["removed"] == 10
    assert counted(runs)["failed"] == 0


def test_joiners_movers_and_leavers(both: Both) -> None:
    """The same list twice: who joins is there once, who got another name is renamed, who left is gone."""
    there = [
        {"username": name, "password": f"pw of {name}", "settings": {"th_csi": str(number)}}
        for number, name in enumerate(NAMES)
    ]
    activated = [
        {"username": one["username"], "password": one["password"], "threema_id": id_} for one, id_ in zip(there, IDS)
    ]
    listed = [*(f"{name}.new" for name in NAMES[:10]), *NAMES[10:20]]
    items: list[Json] = [{"username": name, "settings": {"th_csi": str(n)}} for n, name in enumerate(listed)]
    items += [{"username": f"joins.{number}", "settings": {"th_csi": f"J{number}"}} for number in range(10)]
    both.run(
        "credentials",
        {"credentials": there, "activate": activated},
        credentials=items,
        generate_password=True,
        match_setting="th_csi",
        rename_matched=True,
        prune=True,
        max_removals=10,
        max_removals_percent=34,
        identity="detach",
    )
    state = credentials(both.simulator)
    assert {name: one["settings"]["th_csi"] for name, one in state.items()} == {
        one["username"]: one["settings"]["th_csi"] for one in items
    }
    assert sorted(one["threema_id"] for one in both.simulator.state()["users"]) == IDS[:20]


@pytest.mark.parametrize("identity", ["detach", "revoke"])
def test_credentials_are_removed_with_their_ids(both: Both, identity: str) -> None:
    """Some have one Threema ID, some two, some none; whoever is slower finds them gone, at whatever step."""
    people = [{"username": name, "password": f"pw of {name}"} for name in NAMES]
    activated = [{**one, "threema_id": id_} for one, id_ in zip(people, IDS)]
    activated += [{**one, "threema_id": f"SECOND{number:02}"} for number, one in enumerate(people[:8])]
    runs = both.run(
        "credentials",
        {"credentials": people, "activate": [*activated[:20], *activated[30:], activated[29]]},
        credentials=[{"username": name, "state": "absent"} for name in NAMES[:25]],
        identity=identity,
        max_removals=33,
    )
    state = both.simulator.state()
    assert sorted(credentials(both.simulator)) == NAMES[25:]
    assert [one["threema_id"] for one in state["users"]] == [IDS[29]]
    gone = [*IDS[:20], *(f"SECOND{number:02}" for number in range(8))]
    assert state["revoked"] == (gone if identity == "revoke" else [])
    assert counted(runs)["failed"] == counted(runs)["pending"] == 0
    removed = [one["username"] for run in runs for one in run.result["credentials"] if one["action"] == "removed"]
    assert {*removed} == {*NAMES[:25]}
    # Each ID was ended by one of them.
    told = [user for run in runs for one in run.result["credentials"] for user in one.get("users") or ()]
    assert sorted(user["threema_id"] for user in told if user["action"] == "removed") == gone


def test_contacts(both: Both) -> None:
    there = [{"threema_id": id_, "first_name": "Old", "last_name": "Name"} for id_ in IDS[20:]]
    items: list[Json] = [{"threema_id": id_, "first_name": "New", "last_name": "Name"} for id_ in IDS[:25]]
    items += [{"threema_id": id_, "state": "absent"} for id_ in IDS[25:]]
    runs = both.run("contacts", {"contacts": there}, contacts=items)
    state = both.simulator.state()["contacts"]
    assert sorted(one["threema_id"] for one in state) == IDS[:25]
    assert {one["first_name"] for one in state} == {"New"}
    assert (counted(runs)["created"], counted(runs)["removed"]) == (20, 5)


@pytest.mark.parametrize("state", ["detached", "revoked"])
def test_users(both: Both, state: str) -> None:
    people = [{"username": name, "password": f"pw of {name}"} for name in NAMES]
    activated = [{**one, "threema_id": id_} for one, id_ in zip(people, IDS)]
    items = [{"threema_id": id_} for id_ in IDS[:25]]
    runs = both.run("users", {"credentials": people, "activate": activated}, users=items, state=state, max_removals=25)
    assert sorted(one["threema_id"] for one in both.simulator.state()["users"]) == IDS[25:]
    assert counted(runs)["removed"] == 25
    assert len(both.simulator.state()["revoked"]) == (25 if state == "revoked" else 0)


def test_settings(both: Both) -> None:
    there = [{"username": name, "password": "x", "settings": {"th_csi": "old"}} for name in NAMES]
    both.run(
        "mdm_settings",
        {"credentials": there},
        settings={"th_disable_export": True, "th_safe_enable": False},
        credentials=[{"username": name, "settings": {"th_nickname": name}} for name in NAMES],
        prune=True,
        max_removals=NUMBER,
    )
    assert both.simulator.state()["settings"] == {"th_disable_export": True, "th_safe_enable": False}
    assert {name: one["settings"] for name, one in credentials(both.simulator).items()} == {
        name: {"th_nickname": name} for name in NAMES
    }


def test_the_slower_one_sees_them_unchanged(both: Both) -> None:
    """One has read its list before the other one wrote: it is told that they exist, looks, and is content."""
    prepare(both.simulator, {})
    args = connection(
        both.simulator, credentials=with_settings(NAMES[:8]), generate_password=True, return_objects="all"
    )
    # The answer of its first request comes late, and tells how it was before.
    both.simulator.fault(method="GET", kind="slow", seconds=2, after_work=True)
    with concurrent.futures.ThreadPoolExecutor(1) as threads:
        slower = threads.submit(both.first.run, "credentials", args)
        for _number in range(200):
            if both.simulator.requests():
                break
            time.sleep(0.01)
        faster = both.second.run("credentials", args)
        late = slower.result()
    assert faster.result["summary"]["created"] == 8
    assert not late.failed, str(late)
    assert (late.result["summary"]["unchanged"], late.result["changed"]) == (8, False)
    assert [one["action"] for one in late.result["credentials"]] == ["unchanged"] * 8


@pytest.mark.parametrize("name", PLAIN.values())
def test_plain_objects(both: Both, name: str) -> None:
    """What the first case of the module for many creates and removes is so once, whoever does it."""
    case = playbook_cases(RESOURCES[name]["modules"][-1])[0]
    args = ready(both.simulator, case)
    alone = both.first.run(case.module, args)
    after = shape(both.simulator, args, case)
    runs = both.go(case.module, ready(both.simulator, case))
    assert shape(both.simulator, args, case) == after
    # An update with the same values may be sent by both.
    once = {action: alone.result["summary"][action] for action in ("created", "removed")}
    assert any(once.values())
    assert {action: counted(runs)[action] for action in once} == once


def test_all_others_are_tried() -> None:
    """A module for many of other objects has a test with its name."""
    tests = " ".join(name for name in globals() if name.startswith("test_"))
    modules = {one["modules"][-1] for name, one in RESOURCES.items() if "listed" in one and not one.get("plain")}
    assert not [module for module in modules if f"test_{module}" not in tests]
