# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Onboarding and subscription are ended between and in their tasks, and run again.

tests/faults ends the modules at each of their requests; here it is what the roles make of it.
"""

from __future__ import annotations

import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.roles.ending import kill_after
from ansible_collections.threema.work.tests.roles.stage import (
    Host,
    Object,
    Outcome,
    Pool,
    command,
    environment,
    run_role,
)
from ansible_collections.threema.work.tests.roles.test_subscription_role import PRESENT, WANTED, picture
from ansible_collections.threema.work.tests.support.modules import add, calls, credentials_of
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

PEOPLE: t.Final = [{"username": name, "first_name": name.title(), "th_csi": name} for name in ("anna", "bert", "carl")]
SETTINGS: t.Final = {one["username"]: {"th_firstname": one["first_name"], "th_csi": one["username"]} for one in PEOPLE}
FACTS: t.Final = ("onboarding_created", "onboarding_summary")
# Onboarding: 1 lists the credentials, 2 reads the settings of the one who is there, 3 and 4 create, 5 writes settings.
# Subscription: 1 and 2 the name, 3 to 6 the logos, 7 reads the settings, 8 to 10 write them.
WAYS: t.Final = [
    *(("onboarding", "died", number) for number in (0, 2, 3, 4)),
    *(("onboarding", "killed", number) for number in (3, 5)),
    *(("subscription", "died", number) for number in (1, 3, 6, 8)),
    *(("subscription", "killed", number) for number in (2, 5)),
]
NAMES: t.Final = [f"{role}-{way}-{number}" for role, way, number in WAYS]
MANY: t.Final = [{"username": f"person.{number:03}", "th_csi": str(number)} for number in range(150)]


def variables_of(role: str, folder: Path) -> Object:
    """What the role is called with."""
    if role == "onboarding":
        return {"onboarding_people": PEOPLE, "onboarding_concurrency": 1}
    for variant, shade in (("light", 10), ("dark", 20)):
        (folder / f"{variant}.png").write_bytes(picture(shade))
    return {
        "subscription_name": "Example Clinic",
        "subscription_logo_light": f"{folder}/light.png",
        "subscription_logo_dark": f"{folder}/dark.png",
        "subscription_settings": WANTED,
    }


@pytest.fixture(scope="module")
def hosts(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Host]:
    """A subscription for each way to end: Bert has a credential, and some settings hold for all."""
    folder = tmp_path_factory.mktemp("logos")
    hosts = {}
    for name, (role, _way, _number), simulator in zip(NAMES, WAYS, pool.lend(len(WAYS))):
        add(simulator, "bert", settings={"th_firstname": "Robert"})
        hosts[name] = Host(simulator, variables_of(role, folder))
    return hosts


@pytest.fixture(scope="module")
def interrupted(hosts: dict[str, Host], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The usernames there were after the first run of each."""
    folder = tmp_path_factory.mktemp("interrupted")
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        killed = []
        for name, (role, way, number) in zip(NAMES, WAYS):
            if way == "killed":
                killed.append(threads.submit(kill_after, role, folder / name, name, hosts[name], number))
            else:
                hosts[name].simulator.fault(kind="drop_before", skip=number, times=None)
        for role in ("onboarding", "subscription"):
            dying = {name: host for name, host in hosts.items() if name.startswith(f"{role}-died")}
            (folder / role).mkdir()
            ended = run_role(role, folder / role, dying, FACTS if role == "onboarding" else ())
            assert all(one.failure for one in ended.values())
        for one in killed:
            assert one.result() == -signal.SIGKILL
    return {name: sorted(credentials_of(host.simulator)) for name, host in hosts.items()}


@pytest.fixture(scope="module")
def finished(
    hosts: dict[str, Host], interrupted: dict[str, list[str]], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Outcome]:
    """All of them run again, in a service that is well."""
    done = {}
    for host in hosts.values():
        host.simulator.control("DELETE", "faults")
    for role in ("onboarding", "subscription"):
        again = {name: host for name, host in hosts.items() if name.startswith(role)}
        folder = tmp_path_factory.mktemp(f"finished-{role}")
        done.update(run_role(role, folder, again, FACTS if role == "onboarding" else ()))
    return done


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("onboarding")])
def test_onboarding_again_creates_who_is_missing(
    hosts: dict[str, Host], interrupted: dict[str, list[str]], finished: dict[str, Outcome], name: str
) -> None:
    assert finished[name].failure is None
    state = credentials_of(hosts[name].simulator)
    assert {username: one["settings"] for username, one in state.items()} == SETTINGS
    assert sorted(finished[name].facts["onboarding_created"]) == sorted(set(SETTINGS) - set(interrupted[name]))
    assert finished[name].facts["onboarding_summary"]["created"] == len(set(SETTINGS) - set(interrupted[name]))


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("subscription")])
def test_subscription_again_is_as_described(hosts: dict[str, Host], finished: dict[str, Outcome], name: str) -> None:
    assert finished[name].failure is None
    state = hosts[name].simulator.state()
    assert state["subscription"]["name"] == "Example Clinic"
    assert sorted(state["logos"]) == ["dark", "light"]
    assert state["settings"] == {**dict.fromkeys(WANTED), **state["settings"]}
    assert None not in state["settings"].values()
    assert set(PRESENT) & set(state["settings"]) == set(PRESENT) & set(WANTED)


def _quiet(simulator: Simulator) -> list[str]:
    """What it received, once nothing more has come for a while."""
    received = calls(simulator)
    for _number in range(60):
        time.sleep(1)
        before, received = received, calls(simulator)
        if before == received:
            return received
    raise AssertionError("it never became quiet")


@pytest.mark.parametrize("way", ["timeout", "SIGTERM", "SIGINT"])
def test_a_play_that_gives_up(pool: Pool, tmp_path: Path, way: str) -> None:
    """The module that it leaves behind stops; the role then completes the rest, and nobody is there twice."""
    (simulator,) = pool.lend(1)
    simulator.control("PUT", "settings", {"latency_ms": 300})
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": sys.executable, "onboarding_people": MANY},
        "tasks": [
            {
                "ansible.builtin.include_role": {
                    "name": "threema.work.onboarding",
                    "apply": {"timeout": 8} if way == "timeout" else {},
                }
            }
        ],
    }
    (tmp_path / "play.yml").write_text(json.dumps([play]), encoding="utf-8")
    settings = {**environment(tmp_path), **simulator.environment}
    output = tmp_path / "output"
    with output.open("wb") as stream:
        playing = subprocess.Popen(
            command("-i", "localhost,", str(tmp_path / "play.yml"), python=sys.executable),
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        if way != "timeout":
            for _number in range(600):
                if len(calls(simulator)) > 10:
                    break
                time.sleep(0.05)
            # To the group, as from a terminal or a service manager: of ansible-core 2.16, the main process alone would
            # leave its worker behind, which plays the task to its end.
            os.killpg(playing.pid, getattr(signal, way))
        assert playing.wait(60) != 0
    received = _quiet(simulator)
    assert "POST /mdm-bulk" not in received
    there = credentials_of(simulator)
    assert 0 < len(there) < len(MANY), output.read_text(encoding="utf-8")
    simulator.control("PUT", "settings", {"latency_ms": 0})
    host = Host(simulator, {"onboarding_people": MANY})
    done = run_role("onboarding", tmp_path, {"again": host}, FACTS)["again"]
    assert done.failure is None
    assert len(done.facts["onboarding_created"]) == len(MANY) - len(there)
    assert len(credentials_of(simulator)) == len(MANY)
    assert all(one["settings"] for one in credentials_of(simulator).values())
