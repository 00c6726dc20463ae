# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The probe is stopped, or its requests go wrong, at any of them: what it created is gone, or named truly.

At some of them; with ``THREEMA_WORK_EXAMPLES`` at each.
"""

from __future__ import annotations

import re
import signal
import time
import typing as t
from itertools import pairwise
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.modules.test_service_behavior import wrong
from ansible_collections.threema.work.tests.project.probe import (
    CONTACT,
    EXAMPLES,
    MOST_REQUESTS,
    Json,
    Ran,
    Running,
    probe,
    there_is,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

_WRITE: t.Final = {"WRITE": "yes", "CONTACT": CONTACT}
#: As many as a run on this subscription takes, or nearly so; each of them, or some that are no multiples of anything.
_REQUESTS: t.Final = 48
#: Only one thing is read behind this one, what the writes in bulk stored: the last experiment.
_BULK_WRITTEN: t.Final = 44
_AT: t.Final = range(_REQUESTS) if EXAMPLES else (5, 9, 12, 17, 29, 46)
_STATE: t.Final = {"credentials": 3, "users": 2, "contacts": 1}
_SECONDS: t.Final = 30
#: The second that is asked for, as clocks measure it.
_PAUSE: t.Final = 0.95
_ONCE: t.Final[dict[str, Json]] = {
    "drop_before": {"kind": "drop_before"},
    "drop_after": {"kind": "drop_after"},
    "reset": {"kind": "drop_after", "reset": True},
    "500": {"kind": "status", "status": 500, "after_work": True},
    "page": {"kind": "not_json", "after_work": True},
    "empty": {"kind": "empty", "after_work": True},
    "cut": {"kind": "cut"},
    # A proxy's page, after the service carried it out, and before it got anything.
    "proxy_after": {"kind": "not_json", "status": 404, "after_work": True},
    "proxy_before": {"kind": "not_json", "status": 404},
    "portal": {"kind": "not_json"},
}
_FOREVER: t.Final[dict[str, Json]] = {
    "drop_before": {"kind": "drop_before"},
    "drop_after": {"kind": "drop_after"},
    "portal": {"kind": "not_json"},
    "401": {"kind": "status", "status": 401},
    "429": {"kind": "status", "status": 429},
    "500": {"kind": "status", "status": 500},
}


@pytest.fixture
def before(simulator: Simulator) -> Json:
    simulator.reset(**_STATE)
    return there_is(simulator)


def leavings(simulator: Simulator, before: Json) -> list[str]:
    """The names of what is there now that was not; all else is as it was."""
    now = there_is(simulator)
    new = [one["username"] for one in now["credentials"] if one not in before["credentials"]]
    new += ["CONTACT" for one in now["contacts"] if one not in before["contacts"]]
    kept = {"credentials": now["credentials"][: len(before["credentials"])], "contacts": before["contacts"]}
    assert {**now, **kept} == before
    assert [one for one in now["contacts"] if one["threema_id"] != CONTACT] == before["contacts"]
    return new


def check(simulator: Simulator, ran: Ran) -> list[str]:
    """What holds for each run; returns what it names as left behind."""
    assert "Traceback" not in ran.printed, ran.printed
    assert not wrong(ran.switches, simulator.control("GET", "settings")["switches"]), ran.printed
    assert ran.found is not None
    assert ran.found["requests"] == len(simulator.requests()) <= MOST_REQUESTS
    return t.cast("list[str]", ran.found["left_behind"])


def test_a_run_has_so_many_requests(simulator: Simulator, before: Json, tmp_path: Path) -> None:
    """So that the others try each of them, and not some that never come."""
    probe(simulator, tmp_path, **_WRITE)
    assert _REQUESTS <= len(simulator.requests()) <= _REQUESTS + 4


@pytest.mark.parametrize("at", _AT)
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal(simulator: Simulator, before: Json, tmp_path: Path, sent: signal.Signals, at: int) -> None:
    """While a request is on its way: what it created is removed too, and nothing more is tried."""
    simulator.fault(kind="slow", seconds=0.3, skip=at)
    with Running(simulator, tmp_path, **_WRITE) as running:
        deadline = time.monotonic() + _SECONDS
        while len(simulator.requests()) <= at:
            assert time.monotonic() < deadline
            assert running.process.poll() is None
            time.sleep(0.01)
        running.process.send_signal(sent)
        ran = running.end()
    assert check(simulator, ran) == []
    assert leavings(simulator, before) == []
    assert ran.code == 128 + sent
    # Nothing but what removes; it says so where there was more to try.
    methods = [one["method"] for one in simulator.requests()[at:]]
    assert set(methods[1:]) <= {"DELETE"}
    tried_all = set(methods) == {"DELETE"} or (methods[0] == "GET" and at > _BULK_WRITTEN)
    assert tried_all or f"told to end ({sent.name})" in ran.printed


@pytest.mark.parametrize(("method", "path"), [("POST", "/credentials"), ("POST", "/contacts"), ("DELETE", "*")])
def test_a_proxy_that_has_a_page_of_its_own(
    simulator: Simulator, before: Json, tmp_path: Path, method: str, path: str
) -> None:
    """What it answers says nothing of what the service did: it created, and it did not remove."""
    fault: Json = {"kind": "not_json", "status": 404, "after_work": method == "POST"}
    simulator.fault(method=method, path=path, times=2, **fault)
    ran = probe(simulator, tmp_path, **_WRITE)
    assert check(simulator, ran) == []
    assert leavings(simulator, before) == []


def test_signals_while_it_removes(simulator: Simulator, before: Json, tmp_path: Path) -> None:
    """They change nothing."""
    simulator.fault(method="DELETE", path="/credentials/*", kind="slow", seconds=0.3, times=None)
    with Running(simulator, tmp_path, WRITE="yes") as running:
        deadline = time.monotonic() + _SECONDS
        while sum(one["method"] == "DELETE" for one in simulator.requests()) < 5:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            running.process.send_signal(sent)
        ran = running.end()
    assert check(simulator, ran) == []
    assert leavings(simulator, before) == []


@pytest.mark.parametrize("at", _AT)
@pytest.mark.parametrize("kind", list(_ONCE) if EXAMPLES else ["drop_before", "drop_after", "500", "page"])
def test_one_request_goes_wrong(simulator: Simulator, before: Json, tmp_path: Path, kind: str, at: int) -> None:
    simulator.fault(skip=at, **_ONCE[kind])
    ran = probe(simulator, tmp_path, **_WRITE)
    assert check(simulator, ran) == []
    assert leavings(simulator, before) == []


@pytest.mark.parametrize("at", _AT)
@pytest.mark.parametrize("kind", list(_FOREVER) if EXAMPLES else ["drop_before", "portal", "401", "429"])
def test_all_go_wrong_from_one_on(simulator: Simulator, before: Json, tmp_path: Path, kind: str, at: int) -> None:
    """What cannot be removed is named; a contact or credential that may have been created as well."""
    simulator.fault(skip=at, times=None, **_FOREVER[kind])
    ran = probe(simulator, tmp_path, **_WRITE)
    named = check(simulator, ran)
    left = leavings(simulator, before)
    assert all(any(one in text.split() for text in named) for one in left)
    assert all(any(one in text.split() for one in left) for text in named if "not known" not in text)
    assert all(f"LEFT BEHIND, remove it in the management cockpit: {one}\n" in ran.printed for one in named)
    assert ran.code == 1 or at >= _REQUESTS - 8


@pytest.mark.parametrize("every", [2, 3, 4])
def test_many_answers_are_lost(simulator: Simulator, before: Json, tmp_path: Path, every: int) -> None:
    """It goes on as long as some of what was created goes."""
    simulator.fault(kind="drop_after", every=every, skip=14, times=None)
    ran = probe(simulator, tmp_path, **_WRITE)
    assert check(simulator, ran) == []
    assert leavings(simulator, before) == []


@pytest.mark.parametrize("base", ["zero", "one", "offset"])
@pytest.mark.parametrize("found", ["exact", "substring", "ignored"])
def test_a_lost_creation_is_found(simulator: Simulator, before: Json, tmp_path: Path, base: str, found: str) -> None:
    """By its name, however the list is cut and filtered."""
    switches = {"page-base": base, "filter-username": found, "max-page-size": "3"}
    simulator.control("PUT", "settings", {"switches": switches})
    simulator.fault(method="POST", path="/credentials", kind="drop_after", times=2, every=2)
    ran = probe(simulator, tmp_path, WRITE="yes")
    assert check(simulator, ran) == []
    assert leavings(simulator, before) == []


def test_what_a_kill_leaves_behind_was_announced(simulator: Simulator, before: Json, tmp_path: Path) -> None:
    """Nobody can remove anything then; the names were printed before the first write."""
    simulator.fault(method="DELETE", kind="slow", seconds=0.5, times=None)
    with Running(simulator, tmp_path, **_WRITE) as running:
        deadline = time.monotonic() + _SECONDS
        while not any(one["operation"] == "deleteCredential" for one in simulator.requests()):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        running.process.kill()
        ran = running.end()
    assert (ran.code, ran.found) == (-signal.SIGKILL, None)
    found = re.search(r"usernames have probe- at the beginning, and -([0-9a-f]{8})- in the middle", ran.printed)
    assert found, ran.printed
    now = there_is(simulator)
    new = [one["username"] for one in now["credentials"] if one not in before["credentials"]]
    assert new and all(name.lower().startswith("probe-") and found[1] in name.lower() for name in new)
    assert f"(last name probe-{found[1]})" in ran.printed
    assert CONTACT not in ran.printed


def test_a_pause_that_the_service_asks_for(simulator: Simulator, before: Json, tmp_path: Path) -> None:
    """Nothing more is tried, but what was created is removed when the pause is over."""
    simulator.control("PUT", "settings", {"switches": {"quota-retry-after": "seconds"}})
    simulator.fault(
        method="PUT", path="/credentials/*", kind="status", status=429, headers={"Retry-After": "1"}, skip=1
    )
    simulator.fault(method="DELETE", kind="status", status=429, headers={"Retry-After": "1"}, skip=3)
    ran = probe(simulator, tmp_path, waits=True, WRITE="yes")
    assert "the quota of requests is used up" in ran.printed
    waits = [(one["status"], one["started"]) for one in simulator.requests() if one["method"] == "DELETE"]
    assert any(status == 429 and after - start >= _PAUSE for (status, start), (_ok, after) in pairwise(waits))
    assert check(simulator, ran) == []
    assert leavings(simulator, before) == []
