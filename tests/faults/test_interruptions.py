# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that end in the middle: told to, killed, or with nobody reading any more. Running again completes the rest."""

from __future__ import annotations

import json
import os
import signal
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.faults import journal
from ansible_collections.threema.work.tests.faults.stage import Stage, clean_run, finish, in_trouble, title
from ansible_collections.threema.work.tests.generic.utils.cases import Case, playbook_cases
from ansible_collections.threema.work.tests.generic.utils.collection import MODULES, Json, options, reads_only
from ansible_collections.threema.work.tests.generic.utils.driver import Driver
from ansible_collections.threema.work.tests.support.forks import Forks
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

_MODULE: t.Final = "ansible_collections.threema.work.plugins.modules"
_WAYS: t.Final = ("SIGTERM", "SIGINT", "unread", "SIGKILL")
_WRITERS: t.Final = [name for name in MODULES if not reads_only(name)]
#: Seconds for which a request is held at most: until the run was told to end.
_HELD: t.Final = 30
#: Where several threads write, no other one sees when the first has heard of the signal: so long takes it at most.
_HEARD: t.Final = 0.5
_DEADLINE: t.Final = 30


@pytest.fixture(scope="module")
def forks() -> t.Iterator[Forks]:
    """What modules are forked from."""
    loaded = (f"{_MODULE}.{name}" for name in _WRITERS)
    with Forks("requests", "ansible.module_utils.basic", *loaded) as running:
        yield running


def held(args: Json, way: str) -> float:
    """How long to hold a request, and all that follow.

    With one thread, the one that waits for the answer is the one that hears of the signal, and before it hears of the
    answer; a pipe that nobody reads is looked at before each write; and whoever is killed needs not hear of anything.
    """
    return _HEARD if args.get("concurrency", 1) > 1 and way in ("SIGTERM", "SIGINT") else _HELD


def interrupt(stage: Stage, forks: Forks, args: Json, number: int, way: str, folder: Path) -> Json | None:
    """End a run while it waits for the answer to one of its requests; returns its result, if there is one.

    Later ones are held too, so that no more are under way than it may have at once.
    """
    simulator = stage.simulator
    simulator.forget_requests()
    stage.moved()
    seconds = held(args, way)
    simulator.fault(kind="slow", after_work=True, seconds=seconds, skip=number, times=None)
    file = folder / "args.json"
    file.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": args}), encoding="utf-8")
    errors = folder / "errors"
    module = f"{_MODULE}.{stage.case.module}"
    process = forks.start(module, str(file), folder=folder, errors=errors, env=os.environ)
    end = time.monotonic() + _DEADLINE
    while len(simulator.requests()) <= number and process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    if way == "unread":
        process.unread()
    else:
        process.send_signal(getattr(signal, way))
    if way == "SIGKILL":
        process.end(_DEADLINE)
    if seconds == _HELD:
        simulator.control("DELETE", "faults")
    output = process.end(_DEADLINE)
    told = errors.read_text(encoding="utf-8")
    assert way == "unread" or "Traceback" not in told, told
    return t.cast(Json, json.loads(output)) if way in ("SIGTERM", "SIGINT") else None


@pytest.mark.parametrize("way", _WAYS)
@pytest.mark.parametrize("case", in_trouble(_WRITERS), ids=title)
def test_ended_at_each_request(
    simulator: Simulator, driver: Driver, case: Case, way: str, forks: Forks, tmp_path: Path
) -> None:
    stage = Stage(simulator, driver, case)
    clean = clean_run(stage)
    writes = [number for number, (method, _path) in enumerate(clean.requests) if method != "GET"]
    # Plural modules at each request, of the others what has steps where it can do nothing any more, and each at the
    # first write. SIGINT goes the way of SIGTERM.
    everywhere = way != "SIGINT" if "concurrency" in options(case.module) else case.get("steps") and way == "SIGKILL"
    for number in range(len(clean.requests)) if everywhere else [0, writes[0]] if way == "SIGINT" else writes[:1]:
        args = stage.begin()
        if "concurrency" in options(case.module):
            # One after the other, so that the number tells the request.
            args["concurrency"] = 1
        before = stage.shape(args)
        result = interrupt(stage, forks, args, number, way, tmp_path)
        received = stage.received()
        # The one under way is the last; for what became of it may be looked.
        assert [method for method, _path in received[number + 1 :] if method != "GET"] == [], received
        now = stage.shape(args)
        if result is not None:
            check_result(result, changed=now != before, whole=now == clean.after, way=way)
        finish(stage, args, clean, unread=check_journal(stage, number, way))


def check_journal(stage: Stage, number: int, way: str) -> list[str]:
    """What was answered is in the journal, in that order; of what was under way only what was answered in time.

    :returns: what a run that is killed carried out without ever hearing of it.
    """
    written = stage.journal()
    requests = stage.simulator.requests()
    heard, unheard = (requests[:number], requests[number:]) if way == "SIGKILL" else (requests, [])
    assert written == journal.expected(heard, stage.names)
    return journal.expected(unheard, stage.names, unanswered=True)


def check_result(result: Json, *, changed: bool, whole: bool, way: str) -> None:
    """It says what was done, and why it did not go on."""
    assert result["changed"] == changed, result
    if whole:
        assert not result.get("failed"), result
    else:
        assert result["failed"]
        assert way in result["msg"], result["msg"]
        assert result["failure"]["kind"] == "refused"
        if "summary" in result:
            assert result["summary"]["pending"] > 0


@pytest.mark.parametrize("way", _WAYS)
def test_several_writes_under_way(simulator: Simulator, driver: Driver, way: str, forks: Forks, tmp_path: Path) -> None:
    """Those that are under way end; all together are not more than ``concurrency``."""
    stage = Stage(simulator, driver, playbook_cases("credentials")[0])
    people = [{"username": f"p{number:02}", "settings": {"th_csi": str(number)}} for number in range(30)]
    args = {**stage.begin(), "credentials": people, "generate_password": True, "concurrency": 4}
    result = interrupt(stage, forks, args, 12, way, tmp_path)
    creations = [path for method, path in stage.received() if (method, path) == ("POST", "/credentials")]
    assert 12 <= len(creations) < 12 + 4
    if result is not None:
        assert result["summary"] == {**dict.fromkeys(result["summary"], 0), "pending": 30}
        assert len([one for one in result["credentials"] if one.get("created")]) == len(creations)
    written = set(stage.journal())
    done = set(journal.expected(simulator.requests(), stage.names, unanswered=True))
    # One for each thread may have been answered or held at that moment.
    assert written <= done and len(done) - len(written) <= (4 if way == "SIGKILL" else 0)
    simulator.control("DELETE", "faults")
    again = stage.run(args)
    assert not again.failed, str(again)
    assert again.result["summary"]["created"] == 30 - len(creations)
    assert again.result["summary"]["updated"] == len(creations)
    state = {one["username"]: one["settings"] for one in simulator.state()["credentials"]}
    assert [state[one["username"]] for one in people] == [one["settings"] for one in people]


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("way", ["SIGTERM", "unread"])
def test_while_it_waits_as_the_service_asked(
    simulator: Simulator, driver: Driver, way: str, status: int, concurrency: int, forks: Forks, tmp_path: Path
) -> None:
    """Told to end in that time, it does not send what it waits for."""
    stage = Stage(simulator, driver, playbook_cases("credentials")[0])
    people = [{"username": f"p{number}", "password": f"word {number}"} for number in range(8)]
    args = {**stage.begin(), "credentials": people, "concurrency": concurrency}
    simulator.fault(
        method="POST",
        kind="status",
        status=status,
        headers={"Retry-After": "1"},
        times=concurrency,
        seconds=held(args, way),
    )
    result = interrupt(stage, forks, args, concurrency, way, tmp_path)
    creations = [path for method, path in stage.received() if (method, path) == ("POST", "/credentials")]
    assert len(creations) == concurrency
    if result is not None:
        assert result["summary"] == {**dict.fromkeys(result["summary"], 0), "pending": 8}, result["msg"]
        assert "SIGTERM" in result["msg"]
        assert result["changed"] is False


@pytest.mark.parametrize("people", [1, 3])
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("way", ["SIGTERM", "unread"])
def test_while_settings_wait_as_the_service_asked(
    simulator: Simulator, driver: Driver, way: str, status: int, people: int, forks: Forks, tmp_path: Path
) -> None:
    """Settings that were not sent for that reason are left for the next run, not failed."""
    stage = Stage(simulator, driver, playbook_cases("credentials")[0])
    items = [{"username": f"p{number}", "settings": {"th_csi": str(number)}} for number in range(people)]
    wanted = {"credentials": items, "generate_password": True, "concurrency": 1}
    assert not stage.run({**stage.begin(), **wanted}).failed
    number = stage.received().index(("POST", "/mdm-bulk"))
    args = {**stage.begin(), **wanted}
    simulator.fault(kind="status", status=status, headers={"Retry-After": "1"}, skip=number, seconds=held(args, way))
    result = interrupt(stage, forks, args, number, way, tmp_path)
    assert [path for method, path in stage.received()[number:] if method != "GET"] == ["/mdm-bulk"]
    if result is not None:
        assert result["summary"] == {**dict.fromkeys(result["summary"], 0), "pending": people}, result["msg"]
        assert "SIGTERM" in result["msg"]
    simulator.control("DELETE", "faults")
    again = stage.run(args)
    assert again.result["summary"] == {**dict.fromkeys(again.result["summary"], 0), "updated": people}
    state = {one["username"]: one["settings"] for one in simulator.state()["credentials"]}
    assert [state[one["username"]] for one in items] == [one["settings"] for one in items]


def test_nothing_is_left_behind(simulator: Simulator, driver: Driver, tmp_path: Path) -> None:
    """No module leaves a file, wherever temporary ones are made."""
    environment = {"TMPDIR": str(tmp_path), "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    for module in MODULES:
        stage = Stage(simulator, driver, playbook_cases(module)[0])
        driver.run(module, stage.begin(), environment=environment)
    assert os.listdir(tmp_path) == []
