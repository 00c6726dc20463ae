# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates that cannot be trusted: no module sends the key, and each says what to do."""

from __future__ import annotations

import json
import typing as t

import pytest
import requests
from ansible_collections.threema.work.tests.generic.utils.cases import Case, failing_modules, playbook_cases
from ansible_collections.threema.work.tests.generic.utils.checks import ready
from ansible_collections.threema.work.tests.generic.utils.driver import Driver, Run
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

#: Looking at a simulator whose certificate is wrong.
pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")

_WAYS: t.Final = {"good": (), "wrong host": ("--tls-host", "other.example"), "expired": ("--tls-expired",)}
#: Other authorities than that of the simulator.
#: What helps, by what is wrong with a certificate.
_ADVICE: t.Final = {"unknown authority": "ca_path", "wrong host": "api_url", "expired": "renewed"}
_OTHERS: t.Final = {"REQUESTS_CA_BUNDLE": requests.certs.where()}


class Secured(t.NamedTuple):
    """A simulator over TLS and the file with its authority."""

    simulator: Simulator
    authority: str


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[dict[str, Secured]]:
    """One simulator for each certificate."""
    running = {}
    try:
        for name, flags in _WAYS.items():
            folder = tmp_path_factory.mktemp("tls")
            running[name] = Secured(Simulator("--tls", "--tls-dir", str(folder), *flags), str(folder / "ca.pem"))
        yield running
    finally:
        for one in running.values():
            one.simulator.stop()


def run(driver: Driver, case: Case, where: Secured, environment: t.Mapping[str, str] | None = None, **o: t.Any) -> Run:
    """Run a case against one of them, brought into its state."""
    return run_with(driver, case, where, ready(where.simulator, case), environment, **o)


def run_with(
    driver: Driver,
    case: Case,
    where: Secured,
    args: dict[str, t.Any],
    environment: t.Mapping[str, str] | None = None,
    **o: t.Any,
) -> Run:
    """Run a case with these options."""
    options = {**args, "api_retries": 2, **o}
    done = driver.run(case.module, options, waits=False, no_log=bool(case.get("reveals")), environment=environment)
    assert "Traceback" not in done.text, done.text
    assert where.simulator.key not in json.dumps(done.result) + done.log
    return done


@pytest.mark.parametrize("module", failing_modules())
@pytest.mark.parametrize("way", _ADVICE)
def test_what_cannot_be_trusted(secured: dict[str, Secured], driver: Driver, module: str, way: str) -> None:
    case = playbook_cases(module)[0]
    where = secured["good" if way == "unknown authority" else way]
    # Nobody can prepare a service that cannot be trusted; what it would be asked for comes from another.
    args = {**ready(secured["good"].simulator, case), "api_url": where.simulator.url}
    where.simulator.forget_requests()
    refused = run_with(driver, case, where, args, **({} if where is secured["good"] else {"ca_path": where.authority}))
    failure = refused.result["failure"]
    assert (refused.kind, failure["status"], failure["request_sent"]) == ("network", None, False)
    assert f"{failure['method']} {failure['path']}" in refused.result["msg"]
    assert "certificate" in refused.result["msg"] and _ADVICE[way] in refused.result["msg"]
    # Trying again would not help.
    assert refused.result["api_requests"] == 1
    assert where.simulator.requests() == []


@pytest.mark.parametrize("module", failing_modules())
def test_ca_path_wins_over_the_environment(secured: dict[str, Secured], driver: Driver, module: str) -> None:
    where = secured["good"]
    done = run(driver, playbook_cases(module)[0], where, _OTHERS, ca_path=where.authority)
    assert not done.failed, str(done)
    assert where.simulator.requests() != []


@pytest.mark.parametrize("module", failing_modules())
def test_without_validation_the_environment_does_not_matter(
    secured: dict[str, Secured], driver: Driver, module: str
) -> None:
    done = run(driver, playbook_cases(module)[0], secured["good"], _OTHERS, validate_certs=False)
    assert not done.failed, str(done)


@pytest.mark.parametrize("module", failing_modules())
def test_the_environment_names_the_authority(secured: dict[str, Secured], driver: Driver, module: str) -> None:
    where = secured["good"]
    case = playbook_cases(module)[0]
    assert not run(driver, case, where, {"REQUESTS_CA_BUNDLE": where.authority}).failed
    assert run(driver, case, where, _OTHERS).kind == "network"


@pytest.mark.parametrize("module", failing_modules())
def test_nobody_listens(simulator: Simulator, driver: Driver, module: str) -> None:
    """A refused connection: tried again, and then told as such."""
    case = playbook_cases(module)[0]
    options = {**ready(simulator, case), "api_retries": 2, "api_url": "http://127.0.0.1:1/api/v1"}
    refused = driver.run(module, options, waits=False)
    failure = refused.result["failure"]
    assert (refused.kind, failure["status"], failure["request_sent"]) == ("network", None, False)
    assert f"{failure['method']} {failure['path']}" in refused.result["msg"]
    assert (refused.result["api_requests"], refused.result["changed"]) == (3, False)
