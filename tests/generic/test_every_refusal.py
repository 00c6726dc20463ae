# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module that cannot work says so in a sentence, whatever is missing, and sends the key nowhere else."""

from __future__ import annotations

import json
import socket
import typing as t

import pytest
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .utils.cases import Case, cases_of, failing_modules, set_faults
from .utils.checks import connection, ready
from .utils.collection import MODULES, Json, options
from .utils.driver import Driver, Run
from .utils.mirror import Mirror

_KEY: t.Final = "Key-uNdisclosed-31/8+q"


def a_case(module: str) -> Case:
    """The first case of a module that works."""
    return next(case for case in cases_of(module) if not case.get("fails") and case.get("args") is not None)


def assert_sentence(run: Run) -> Json:
    """It failed, without any trace of a crash, with a message for people that does not hold the key."""
    assert run.failed
    assert "Traceback" not in run.text and "MODULE FAILURE" not in run.text
    msg = run.result["msg"]
    assert " " in msg and len(msg) > 20 and "Error(" not in msg and "Exception" not in msg
    assert _KEY not in json.dumps(run.result) + run.stderr + run.log
    return run.result


@pytest.mark.parametrize("module", failing_modules())
def test_without_options(driver: Driver, module: str) -> None:
    """Ansible names what is required; with the key alone, what else is."""
    required = sorted(name for name, option in options(module).items() if option.get("required"))
    assert_sentence(driver.run(module, {}))
    assert "missing required arguments: " in driver.run(module, {}).result["msg"]
    assert all(name in driver.run(module, {}).result["msg"] for name in required)
    if required != ["api_key"]:
        result = assert_sentence(driver.run(module, {"api_key": _KEY}))
        assert "api_key" not in result["msg"]


@pytest.mark.parametrize(
    "key", ["", "  ", f"{_KEY}\n", f"{_KEY}\u00e4"], ids=["empty", "spaces", "line break", "umlaut"]
)
@pytest.mark.parametrize("module", failing_modules())
def test_a_key_that_cannot_be_one(simulator: Simulator, driver: Driver, module: str, key: str) -> None:
    """It is refused before any request."""
    args = {**ready(simulator, a_case(module)), "api_key": key}
    result = assert_sentence(driver.run(module, args))
    assert "api_key" in result["msg"]
    assert (result["failure"]["kind"], result["changed"]) == ("refused", False)
    assert simulator.requests() == []


@pytest.mark.parametrize("module", failing_modules())
def test_a_url_that_would_show_the_key(simulator: Simulator, driver: Driver, module: str) -> None:
    """Plain http is for this machine only."""
    args = {**ready(simulator, a_case(module)), "api_key": _KEY, "api_url": "http://threema.example/api/v1"}
    result = assert_sentence(driver.run(module, args))
    assert "https" in result["msg"]
    assert result["failure"]["kind"] == "refused"
    assert result["api_requests"] == 0


@pytest.mark.parametrize("module", failing_modules())
def test_nobody_listens(simulator: Simulator, driver: Driver, module: str) -> None:
    """A refused connection is told as such."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/api/v1"
        result = assert_sentence(
            driver.run(module, {**ready(simulator, a_case(module)), "api_key": _KEY, "api_url": url})
        )
    assert (result["failure"]["kind"], result["failure"]["request_sent"]) == ("network", False)
    assert result["api_requests"] == 1


@pytest.mark.parametrize("module", failing_modules())
def test_a_wrong_key(simulator: Simulator, driver: Driver, module: str) -> None:
    """401 is told as such; nothing is repeated."""
    result = assert_sentence(
        driver.run(module, {**ready(simulator, a_case(module)), "api_key": _KEY, "api_retries": 2})
    )
    assert (result["failure"]["kind"], result["failure"]["status"]) == ("authentication", 401)
    assert result["api_requests"] == len(simulator.requests()) == 1


@pytest.mark.parametrize("module", failing_modules())
def test_a_redirect_is_not_followed(simulator: Simulator, driver: Driver, mirror: Mirror, module: str) -> None:
    """The key goes to no other address than the one in `api_url`."""
    args = ready(simulator, a_case(module))
    simulator.fault(kind="redirect", headers={"Location": mirror.url("200-all")}, times=None)
    seen = len(mirror.received)
    run = driver.run(module, args)
    simulator.control("DELETE", "faults")
    result = assert_sentence(run)
    assert result["failure"]["kind"] == "protocol"
    assert result["api_requests"] == 1
    assert len(mirror.received) == seen


@pytest.fixture(scope="module")
def encrypted() -> t.Iterator[Simulator]:
    """A simulator with a certificate of its own authority."""
    with Simulator("--tls") as running:
        yield running


@pytest.mark.parametrize("module", failing_modules())
def test_the_certificate_is_checked(encrypted: Simulator, driver: Driver, module: str) -> None:
    """An unknown authority is refused; `ca_path` names it, and `validate_certs: false` does without."""
    case = a_case(module)
    args = {**ready(encrypted, case), "api_retries": 0, "api_timeout": 20}
    set_faults(encrypted, case)
    refused = assert_sentence(driver.run(module, args, check=True))
    assert refused["failure"]["kind"] == "network" and "ca_path" in refused["msg"]
    assert encrypted.requests() == []
    authority = encrypted.environment["REQUESTS_CA_BUNDLE"]
    for trusted in ({"ca_path": authority}, {"validate_certs": False}):
        run = driver.run(module, {**args, **trusted}, check=True)
        assert not run.failed, str(run)
    assert encrypted.requests()


@pytest.mark.parametrize("module", MODULES)
def test_the_environment_says_where_the_service_is(simulator: Simulator, driver: Driver, module: str) -> None:
    """`THREEMA_WORK_API_KEY`, `_URL` and `_TIMEOUT` stand for the options that are not given."""
    args = ready(simulator, a_case(module))
    for name in connection(simulator):
        del args[name]
    environment = {**simulator.environment, "THREEMA_WORK_API_TIMEOUT": "17.5"}
    run = driver.run(module, args, check=True, environment=environment)
    assert not run.failed, str(run)
    assert " api_timeout=17.5 " in run.log
