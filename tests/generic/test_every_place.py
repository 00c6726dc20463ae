# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every result says where it happened, and a task that is meant for another subscription does nothing at all."""

from __future__ import annotations

import re
import socket
import typing as t

import pytest
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .test_every_refusal import a_case
from .utils.cases import cases_of, failing_modules
from .utils.checks import connection, ready, subscription
from .utils.collection import MODULES, Json, options
from .utils.driver import Driver, Run
from .utils.resources import LISTED, RESOURCES

_ENVIRONMENT: t.Final = "THREEMA_WORK_EXPECT_SUBSCRIPTION"
#: Keys of a result that tells nothing of the subscription but that the task failed.
_BARE: t.Final = {
    "changed",
    "failure",
    "api_requests",
    "api_host",
    "failed",
    "msg",
    "invocation",
    "summary",
    "warnings",
}


def host(simulator: Simulator) -> str:
    """Where the simulator is."""
    return simulator.url.split("/")[2]


def assert_place(run: Run, place: str, *, named: bool = True) -> None:
    """The result and its failure say where; the message too where it matters."""
    assert run.result["api_host"] == place, str(run)
    if run.failed:
        assert run.result["failure"]["host"] == place, str(run)
        assert not named or place in run.result["msg"], str(run)


# Where it happened


@pytest.mark.parametrize("module", MODULES)
def test_success(simulator: Simulator, driver: Driver, module: str) -> None:
    """In check mode and out of it."""
    args = ready(simulator, a_case(module))
    for check in (True, False):
        run = driver.run(module, args, check=check)
        assert not run.failed, str(run)
        assert_place(run, host(simulator))
        assert "failure" not in run.result


@pytest.mark.parametrize("module", failing_modules())
def test_failures(simulator: Simulator, driver: Driver, module: str) -> None:
    """Refused before any request, by the service, and by a wrong key: only the last is about the place."""
    args = ready(simulator, a_case(module))
    assert_place(driver.run(module, {**args, "api_key": ""}), host(simulator), named=False)
    assert_place(driver.run(module, {**args, "expect_subscription": None}), host(simulator), named=False)
    for case in [case for case in cases_of(module) if case.get("fails")][:1]:
        assert_place(driver.run(module, ready(simulator, case)), host(simulator), named=False)
    args = ready(simulator, a_case(module))
    simulator.fault(kind="status", status=500, times=None)
    assert_place(driver.run(module, args), host(simulator), named=False)
    simulator.control("DELETE", "faults")
    assert_place(driver.run(module, {**args, "api_key": "wrong-key-31/8+q"}), host(simulator))


@pytest.mark.parametrize("module", failing_modules())
def test_the_network(simulator: Simulator, driver: Driver, module: str) -> None:
    """Nobody listens there, or the name leads nowhere, or the answer is lost."""
    args = ready(simulator, a_case(module))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        run = driver.run(module, {**args, "api_url": f"http://{place}/api/v1"})
    assert run.kind == "network"
    assert_place(run, place)
    simulator.fault(kind="drop_before", times=None)
    run = driver.run(module, args)
    assert run.kind == "network"
    assert_place(run, host(simulator))
    simulator.control("DELETE", "faults")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://work.threema.ch/api/v1", "work.threema.ch"),
        ("https://Work.Example:8443/api/v1/", "work.example:8443"),
        ("https://[::1]:8443/api/v1", "[::1]:8443"),
        ("http://threema.example/api/v1", "threema.example"),
    ],
)
@pytest.mark.parametrize("module", ["credentials", "credential_info"])
def test_a_place_where_nothing_was_asked_for(
    simulator: Simulator, driver: Driver, module: str, url: str, place: str
) -> None:
    """The host, and the port where the URL has one."""
    run = driver.run(module, {**ready(simulator, a_case(module)), "api_key": "", "api_url": url})
    assert run.kind == "refused" and run.result["api_requests"] == 0
    assert str(run.result["api_host"]).lower() == place


def test_the_default_place(simulator: Simulator, driver: Driver) -> None:
    """Without a URL it is the real one: nothing must be asked for there."""
    args = ready(simulator, a_case("subscription_info"))
    del args["api_url"]
    assert_place(driver.run("subscription_info", {**args, "api_key": ""}), "work.threema.ch", named=False)


def test_a_url_with_a_password(simulator: Simulator, driver: Driver) -> None:
    """Where somebody wrote one into the URL, it is no part of the place."""
    args = {**connection(simulator), "api_url": "https://jane:Se-cRet7@threema.example/api/v1"}
    run = driver.run("subscription_info", args)
    assert run.kind == "refused"
    assert "Se-cRet7" not in f"{run.result['msg']}{run.result['failure']}{run.result['api_host']}"


@pytest.mark.parametrize("module", failing_modules())
def test_no_such_thing_at_the_root(simulator: Simulator, driver: Driver, module: str) -> None:
    """404 on the root: the place is named, and that the URL may be wrong."""
    args = {**ready(simulator, a_case(module)), "expect_subscription": "Example Ltd"}
    simulator.fault(method="GET", path="/", kind="status", status=404, times=None)
    simulator.fault(method="GET", path="", kind="status", status=404, times=None)
    run = driver.run(module, args)
    simulator.control("DELETE", "faults")
    assert run.kind == "not_found" or run.kind == "protocol", str(run)
    assert_place(run, host(simulator))
    assert "api_url" in run.result["msg"], str(run)
    assert {request["method"] for request in simulator.requests()} == {"GET"}


# The subscription that is expected


def named(simulator: Simulator) -> dict[str, str]:
    """Id and name of the subscription."""
    found: dict[str, str] = simulator.state()["subscription"]
    return found


def is_root(request: Json) -> bool:
    """Whether it asked for the subscription itself."""
    return request["method"] == "GET" and bool(re.search(r"/api/v1/?$", request["path"]))


@pytest.mark.parametrize("by", ["id", "name"])
@pytest.mark.parametrize("module", MODULES)
def test_the_expected_one(simulator: Simulator, driver: Driver, module: str, by: str) -> None:
    """One request on the root more, before all others; the result is the same."""
    case = a_case(module)
    args = ready(simulator, case)
    plain = driver.run(module, args, check=True)
    simulator.forget_requests()
    run = driver.run(module, {**args, "expect_subscription": named(simulator)[by]}, check=True)
    received = simulator.requests()
    assert not run.failed, str(run)
    assert is_root(received[0])
    assert plain.result["api_requests"] <= run.result["api_requests"] == len(received)
    assert len(received) <= plain.result["api_requests"] + 1
    different = {"api_requests", "invocation"}
    assert {name: value for name, value in run.result.items() if name not in different} == {
        name: value for name, value in plain.result.items() if name not in different
    }


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
@pytest.mark.parametrize(
    ("module", "wrong"),
    [
        *((module, "Another Ltd") for module in failing_modules()),
        *(
            ("credential_info", wrong)
            for wrong in ("Example Ltd.", "example ltd", "Example Ltd ", "Example", "00000000")
        ),
    ],
)
def test_another_one(simulator: Simulator, driver: Driver, module: str, wrong: str, check: bool) -> None:
    """Refused, before anything is written or returned; both are named, and where."""
    args = ready(simulator, a_case(module))
    before = subscription(simulator)
    run = driver.run(module, {**args, "expect_subscription": wrong}, check=check)
    assert (run.kind, run.result["changed"]) == ("refused", False), str(run)
    assert_place(run, host(simulator))
    assert wrong in run.result["msg"] and "Example Ltd" in run.result["msg"]
    assert [is_root(request) for request in simulator.requests()] == [True]
    assert subscription(simulator) == before
    told = {name for name in run.result if run.result[name]} - _BARE
    assert not told & set(_resources(module)), str(run)


def _resources(module: str) -> list[str]:
    base = module.removesuffix("_info")
    return [base, f"{base}s", *RESOURCES, *LISTED, "settings", "logos", "categories"]


@pytest.mark.parametrize("module", failing_modules())
def test_from_the_environment(simulator: Simulator, driver: Driver, module: str) -> None:
    """The right one, a wrong one, and an empty one, which is refused without asking."""
    args = ready(simulator, a_case(module))
    assert options(module)["expect_subscription"].get("default") is None
    for value, kind, requests in (("Example Ltd", None, None), ("Another Ltd", "refused", 1), ("", "refused", 0)):
        simulator.forget_requests()
        run = driver.run(module, args, check=True, environment={_ENVIRONMENT: value})
        assert run.kind == kind, f"{value!r}: {run}"
        assert requests is None or len(simulator.requests()) == requests
        assert value or "expect_subscription" in run.result["msg"] or _ENVIRONMENT in run.result["msg"]


@pytest.mark.parametrize(
    "answer", [{}, {"id": None, "name": None}, {"id": "", "name": ""}, {"name": None}, []], ids=str
)
@pytest.mark.parametrize("module", ["credentials", "credential_info", "subscription", "subscription_info"])
def test_an_answer_that_names_nobody(simulator: Simulator, driver: Driver, module: str, answer: t.Any) -> None:
    """What the service does not say is not the one that is expected."""
    args = ready(simulator, a_case(module))
    simulator.fault(method="GET", path="/", kind="json", body=answer, times=None)
    simulator.fault(method="GET", path="", kind="json", body=answer, times=None)
    run = driver.run(module, {**args, "expect_subscription": "Example Ltd"})
    simulator.control("DELETE", "faults")
    assert run.kind in ("refused", "protocol"), str(run)
    assert {request["method"] for request in simulator.requests()} == {"GET"}


@pytest.mark.parametrize("status", [401, 403, 429, 500])
@pytest.mark.parametrize("module", ["credentials", "credential_info", "mdm_setting", "logo"])
def test_a_root_that_does_not_answer(simulator: Simulator, driver: Driver, module: str, status: int) -> None:
    """Where it cannot be known, nothing is done."""
    args = ready(simulator, a_case(module))
    simulator.fault(method="GET", path="/", kind="status", status=status, times=None)
    simulator.fault(method="GET", path="", kind="status", status=status, times=None)
    run = driver.run(module, {**args, "expect_subscription": "Example Ltd"})
    simulator.control("DELETE", "faults")
    assert run.failed and run.result["changed"] is False, str(run)
    assert {is_root(request) for request in simulator.requests()} == {True}


def test_a_name_that_cannot_be_seen_whole(simulator: Simulator, driver: Driver) -> None:
    """The name of the subscription is the service's text: it is shown escaped."""
    simulator.reset()
    rename = {**connection(simulator), "name": "Exam\u202eple\u200b Ltd"}
    assert not driver.run("subscription", rename).failed
    run = driver.run("credential_info", {**connection(simulator), "expect_subscription": "Example Ltd"})
    assert run.kind == "refused" and "\\u202e" in run.result["msg"] and "\u202e" not in run.result["msg"]


def test_the_name_that_is_wanted(simulator: Simulator, driver: Driver) -> None:
    """Who renames expects the old name; the second time, the new one is right too, and no third."""
    simulator.reset()
    args = {**connection(simulator), "name": "Example Hospital", "expect_subscription": "Example Ltd"}
    assert driver.run("subscription", args).result["changed"] is True
    again = driver.run("subscription", args)
    assert not again.failed and again.result["changed"] is False, str(again)
    simulator.control("DELETE", "requests")
    other = driver.run("subscription", {**args, "name": "Example Clinic"})
    assert other.kind == "refused" and named(simulator)["name"] == "Example Hospital"
    assert [is_root(request) for request in simulator.requests()] == [True]
    # In another module, a name is no name of the subscription.
    setting = {"name": "th_csi", "value": "1"}
    assert driver.run("mdm_setting", {**args, **setting}).kind == "refused"
    assert simulator.state()["settings"] == {}


def test_with_a_limit_of_requests(simulator: Simulator, driver: Driver) -> None:
    """Asking who it is counts like any other request."""
    simulator.reset(credentials=1)
    args = {**connection(simulator), "credentials": [{"username": "bert", "password": "x"}], "max_requests": 1}
    run = driver.run("credentials", {**args, "expect_subscription": "Example Ltd"})
    assert run.kind == "budget" and len(simulator.requests()) == 1, str(run)
