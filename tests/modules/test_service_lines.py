# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checklist's lines about the subscription, each in each status."""

from __future__ import annotations

import datetime
import email.utils
import json
import time
import typing as t

import pytest
from ansible_collections.threema.work.plugins.module_utils._service import examining
from ansible_collections.threema.work.plugins.modules import service_info
from ansible_collections.threema.work.tests.modules.checklist import (
    ERROR,
    NO_ANSWER,
    NO_KEY,
    OK,
    SKIPPED,
    WARNING,
    lines,
    skipped,
    unlike,
)
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, calls
from ansible_collections.threema.work.tests.support.raw import Raw, always, http
from ansible_collections.threema.work.tests.support.simulator_process import Simulator


def _root(simulator: Simulator, **changes: t.Any) -> None:
    """Let the root answer otherwise."""
    root = {"id": "QX7K2M9P0A", "name": "Example Ltd", "type": "professional", "licenseAmount": 250}
    body = {**root, "validUntil": "2099-12-31T23:59:59+0100", "_links": [], **changes}
    simulator.control("DELETE", "faults")
    simulator.fault(method="GET", path="/", kind="json", body=body, times=None)


def _in(time_left: datetime.timedelta) -> str:
    return f"{datetime.datetime.now(datetime.timezone.utc) + time_left:%Y-%m-%dT%H:%M:%S+0000}"


@pytest.mark.parametrize(
    ("until", "status", "said"),
    [
        (datetime.timedelta(days=60, hours=1), OK, "valid until"),
        (datetime.timedelta(days=59, hours=23), WARNING, "in 59 days"),
        (datetime.timedelta(days=1, hours=1), WARNING, "in 1 day."),
        (datetime.timedelta(hours=-1), ERROR, "ended on"),
        ("soon", WARNING, "cannot be read"),
        (7, WARNING, "cannot be read"),
        (None, OK, "no end"),
    ],
)
def test_the_subscription_ends(run: Modules, simulator: Simulator, until: t.Any, status: str, said: str) -> None:
    if isinstance(until, datetime.timedelta):
        until = _in(until)
    _root(simulator, validUntil=until)
    result = run("service_info")
    found = lines(result)["subscription"]
    assert (found["status"], said in found["message"]) == (status, True), found
    assert result["service"]["subscription"]["valid_until"] in (until, None)


@pytest.mark.parametrize("plan", ["Example Ltd", 7, None, ["professional"], "x" * 100])
def test_a_plan_that_is_none(run: Modules, simulator: Simulator, plan: t.Any) -> None:
    _root(simulator, type=plan)
    result = run("service_info")
    unlike(result)
    assert result["service"]["subscription"]["type"] is None
    assert "Example Ltd" not in json.dumps(result)


@pytest.mark.parametrize("expected", ["id", "name", "other"])
def test_the_expected_subscription(run: Modules, simulator: Simulator, expected: str) -> None:
    """Of another one no more is read, and nothing is returned."""
    name = simulator.state()["subscription"].get(expected, "Another Ltd")
    result = run("service_info", expect_subscription=name)
    if expected != "other":
        unlike(result)
        return
    unlike(result, subscription=ERROR)
    assert (result["service"]["subscription"], skipped(result)) == (None, NO_KEY - {"subscription"})
    assert calls(simulator) == ["GET /"]


@pytest.mark.parametrize(
    ("bought", "credentials", "status"),
    [(30, 20, OK), (30, 21, WARNING), (1000, 980, OK), (1000, 981, WARNING), (3, 5, WARNING), (None, 1, SKIPPED)],
)
def test_licenses(run: Modules, simulator: Simulator, bought: int | None, credentials: int, status: str) -> None:
    simulator.reset(credentials=credentials, settings=0)
    _root(simulator, licenseAmount=bought)
    found = lines(run("service_info"))["licenses"]
    assert found["status"] == status
    if bought:
        assert f"{max(0, bought - credentials)} of {bought}" in found["message"]


def test_several_ids_on_one_credential_take_a_license_each(run: Modules, simulator: Simulator) -> None:
    add(simulator, "team")
    for _each in range(4):
        simulator.control("POST", "activate", {"username": "team", "password": "secret-of-team"})
    _root(simulator, licenseAmount=100)
    assert "96 of 100" in lines(run("service_info"))["licenses"]["message"]


def test_licenses_of_a_list_that_is_not_whole(run: Modules, simulator: Simulator) -> None:
    """The totals tell, without a request more; where they do not, it is not known."""
    simulator.reset(credentials=20, users=12, licenses=100, switches={"max-page-size": "5"})
    assert "80 of 100" in lines(run("service_info"))["licenses"]["message"]
    simulator.fault(method="GET", path="/users", kind="status", status=403, times=None)
    assert lines(run("service_info"))["licenses"]["status"] == SKIPPED


@pytest.mark.parametrize(
    ("answer", "directory", "status", "said"),
    [
        ("404", True, OK, "has the Directory feature"),
        *[(answer, False, OK, "without the Directory feature") for answer in ("404", "403", "401")],
        ("empty", False, OK, "has none"),
    ],
)
def test_directory(run: Modules, simulator: Simulator, answer: str, directory: bool, status: str, said: str) -> None:
    """A 401 of this call says nothing of the key."""
    simulator.reset(users=1, contacts=1, directory=directory, switches={"categories-without-directory": answer})
    result = run("service_info")
    found = unlike(result)["directory"]
    assert (found["status"], said in found["message"]) == (status, True), found


def test_directory_is_not_known(run: Modules, simulator: Simulator) -> None:
    assert lines(run("service_info"))["directory"]["status"] == SKIPPED
    simulator.reset(contacts=1)
    simulator.fault(method="GET", path="/contacts/*/categories", kind="status", status=500, times=None)
    unlike(run("service_info"), directory=WARNING)


@pytest.mark.parametrize(
    ("ahead", "status", "said"),
    [(0, OK, ""), (-50, OK, ""), (3600, WARNING, "seconds ahead of"), (-3600, WARNING, "seconds behind")],
)
def test_the_clock(run: Modules, simulator: Simulator, ahead: int, status: str, said: str) -> None:
    """Seconds by which the clock of this host is ahead."""
    date = email.utils.formatdate(time.time() - ahead, usegmt=True)
    simulator.fault(method="GET", path="/", kind="status", status=429, headers={"Date": date}, times=None)
    result = run("service_info")
    found = lines(result)["clock"]
    assert (found["status"], said in found["message"]) == (status, True), found
    assert abs(result["service"]["clock_skew_seconds"] - ahead) <= 2


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 99 Nov 2026 15:00:00 GMT"])
def test_a_date_that_is_none(run: Modules, date: str) -> None:
    answer = http(b'{"error": "wrong key"}', f"Date: {date}", status="401 Unauthorized")
    with Raw(always(answer)) as other:
        result = run("service_info", api_url=other.url)
    unlike(result, key=ERROR)
    assert result["service"]["clock_skew_seconds"] is None and "clock" in skipped(result)


@pytest.mark.parametrize(("left", "status"), [("5000", OK), ("999", WARNING), ("lots", OK), ("-1", OK)])
@pytest.mark.parametrize("name", ["X-RateLimit-Remaining", "ratelimit-remaining"])
def test_requests_that_are_left(run: Modules, simulator: Simulator, name: str, left: str, status: str) -> None:
    simulator.fault(method="GET", kind="status", status=401, headers={name: left}, times=None)
    found = lines(run("service_info"))["quota"]
    assert (found["status"], f"{left} requests are left" in found["message"]) == (status, left.isdigit())


def test_versions(run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old ansible-core is a warning; without requests nothing can be asked."""
    monkeypatch.setattr(service_info, "ansible_core", "2.15.13")
    assert "2.16" in unlike(run("service_info"), versions=WARNING)["versions"]["advice"]
    simulator.forget_requests()
    monkeypatch.setattr(examining._http, "HAS_REQUESTS", False)
    result = run("service_info")
    assert "requests" in unlike(result, versions=ERROR)["versions"]["message"]
    assert skipped(result) == NO_ANSWER | {"address"}
    assert simulator.requests() == []


@pytest.mark.parametrize("path", ["/credentials", "/users", "/contacts"])
@pytest.mark.parametrize("fault", [{"kind": "status", "status": 500}, {"kind": "not_json"}, {"kind": "drop_before"}])
def test_a_list_that_cannot_be_read(run: Modules, simulator: Simulator, path: str, fault: Result) -> None:
    """It is told where modules would meet it; repeated requests count."""
    simulator.reset(credentials=6, users=3, contacts=2)
    simulator.fault(method="GET", path=path, **fault, times=None)
    result = run("service_info")
    assert path in unlike(result, behavior=WARNING)["behavior"]["message"]
    assert result["api_requests"] == len(simulator.requests()) <= 10


def test_behavior_is_named(run: Modules, simulator: Simulator) -> None:
    simulator.reset(credentials=6, users=3, contacts=2)
    assert "all as assumed" in unlike(run("service_info"))["behavior"]["message"]
    simulator.reset(credentials=6, users=3, contacts=2, switches={"page-base": "one", "error-key": "message"})
    found = unlike(run("service_info"))["behavior"]
    assert "page-base=one, error-key=message." in found["message"] and found["advice"]
