# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The subscription: its name, and how much of it is used."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.support.modules import Modules, add, bodies, calls
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

NAME: t.Final = "Example Hospital"


def name_of(simulator: Simulator) -> str:
    """The name that it has."""
    return str(simulator.state()["subscription"]["name"])


def test_rename_twice(run: Modules, simulator: Simulator) -> None:
    first = run.good("subscription", name=NAME)
    assert (first["changed"], first["api_requests"], name_of(simulator)) == (True, 2, NAME)
    assert bodies(simulator, "PUT") == [{"name": NAME}]
    again = run.good("subscription", name=NAME)
    assert (again["changed"], again["api_requests"]) == (False, 1)
    assert again["subscription"] == first["subscription"] == run.good("subscription_info")["subscription"]


def test_check_mode_predicts(run: Modules, simulator: Simulator) -> None:
    predicted = run.good("subscription", check=True, diff=True, name=NAME)
    assert (name_of(simulator), calls(simulator)) == ("Example Ltd", ["GET /"])
    done = run.good("subscription", diff=True, name=NAME)
    for name in ("changed", "subscription", "diff"):
        assert done[name] == predicted[name]
    assert [(one["before"], one["after"]) for one in done["diff"]] == [("name: Example Ltd\n", f"name: {NAME}\n")]
    assert run.good("subscription", diff=True, name=NAME)["diff"] == []


@pytest.mark.parametrize(
    "fault",
    [{"kind": "drop_after"}, {"kind": "drop_before"}, {"status": 500, "after_work": True}, {"status": 500}],
    ids=str,
)
@pytest.mark.parametrize("retries", [0, 4])
def test_a_lost_answer_is_told_truly(run: Modules, simulator: Simulator, fault: dict[str, t.Any], retries: int) -> None:
    simulator.fault(method="PUT", **fault)
    result = run("subscription", name=NAME, api_retries=retries)
    happened = name_of(simulator) == NAME
    assert (result["changed"], result["failed"]) == (happened, not happened)
    assert happened or retries == 0


@pytest.mark.parametrize("answer", [{}, {"name": None}, {"name": 7}, {"id": "QX7K2M9P0A"}], ids=str)
@pytest.mark.parametrize("module", ["subscription", "subscription_info"])
def test_an_object_without_a_name(run: Modules, simulator: Simulator, module: str, answer: dict[str, t.Any]) -> None:
    simulator.fault(method="GET", kind="json", body=answer)
    failed = run.bad(module, "protocol", **({"name": NAME} if module == "subscription" else {}))
    assert "without the subscription's name" in failed["msg"]
    assert calls(simulator) == ["GET /"]


@pytest.mark.parametrize("module", ["subscription", "subscription_info"])
def test_another_server_answers_there(run: Modules, simulator: Simulator, module: str) -> None:
    simulator.fault(status=404, times=None)
    failed = run.bad(module, "not_found", **({"name": NAME} if module == "subscription" else {}))
    host = simulator.url.split("/")[2]
    assert failed["msg"].startswith(f"GET /: {host} has no Threema Work API at this address; correct api_url")
    assert (failed["failure"]["path"], calls(simulator)) == ("/", ["GET /", "GET "])


@pytest.mark.parametrize("switch", ["both", "slash", "no-slash"])
def test_with_and_without_a_slash(run: Modules, simulator: Simulator, switch: str) -> None:
    simulator.reset(switches={"root-path": switch})
    assert run.good("subscription", name=NAME)["changed"]
    assert name_of(simulator) == NAME
    assert not run.good("subscription", name=NAME)["changed"]
    assert run.good("subscription_info")["subscription"]["name"] == NAME


@pytest.mark.parametrize(("name", "why"), [("", "name is empty"), ("x" * 257, "1 to 256")])
def test_a_name_that_cannot_be_one_is_refused(run: Modules, simulator: Simulator, name: str, why: str) -> None:
    refused = run.bad("subscription", "refused", name=name)
    assert why in refused["msg"]
    assert (refused["changed"], calls(simulator)) == (False, [])


@pytest.mark.parametrize("name", ["x", "ü" * 256, "true", 'Spital & Söhne "AG"'])
def test_names_are_kept_as_they_are(run: Modules, simulator: Simulator, name: str) -> None:
    assert run.good("subscription", name=name)["changed"]
    assert name_of(simulator) == name
    assert not run.good("subscription", name=name)["changed"]


@pytest.mark.parametrize("status", [400, 422])
def test_refused_by_the_service(run: Modules, simulator: Simulator, status: int) -> None:
    simulator.fault(method="PUT", status=status)
    failed = run.bad("subscription", "invalid", name=NAME)
    assert (failed["changed"], failed["failure"]["status"], failed["failure"]["method"]) == (False, status, "PUT")


def test_info(run: Modules, simulator: Simulator) -> None:
    found = run.good("subscription_info")
    subscription = found["subscription"]
    assert (found["changed"], found["api_requests"]) == (False, 1)
    assert subscription == {
        "id": simulator.state()["subscription"]["id"],
        "name": "Example Ltd",
        "type": "professional",
        "valid_until": "2099-12-31T23:59:59+0100",
        "license_amount": 25_000,
    }


def team(simulator: Simulator, size: int) -> None:
    """A credential that so many people use."""
    add(simulator, "team")
    for number in range(size):
        app = {"username": "team", "password": "secret-of-team", "threema_id": f"TEAM{number:04}"}
        simulator.control("POST", "activate", app)


@pytest.mark.parametrize(
    ("unused", "used_by", "licenses", "free"),
    [
        (0, 0, 10, 9),
        (3, 1, 10, 6),
        # More users than credentials, then no license left, then more users than licenses.
        (1, 5, 10, 5),
        (1, 5, 5, 0),
        (1, 5, 3, 0),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_usage(
    run: Modules, simulator: Simulator, unused: int, used_by: int, licenses: int, free: int, check: bool
) -> None:
    simulator.reset(licenses=licenses)
    add(simulator, *(f"unused{number}" for number in range(unused)))
    team(simulator, used_by)
    simulator.forget_requests()
    found = run.good("subscription_info", check=check, include_usage=True)
    assert found["subscription"]["usage"] == {
        "credentials": unused + 1,
        "users": used_by,
        "credentials_unused": unused + (not used_by),
        "licenses_free_estimate": free,
    }
    # The subscription, the credentials because only they tell who is unused, and the number of users.
    assert found["api_requests"] == 3
    assert len(calls(simulator)) == 3
    assert not any(call.startswith(("PUT", "POST")) for call in calls(simulator))


@pytest.mark.parametrize("base", ["zero", "one", "offset"])
def test_usage_over_all_pages(run: Modules, simulator: Simulator, base: str) -> None:
    simulator.reset(credentials=7, users=5, licenses=100, switches={"max-page-size": "2", "page-base": base})
    usage = run.good("subscription_info", include_usage=True)["subscription"]["usage"]
    assert usage == {"credentials": 7, "users": 5, "credentials_unused": 2, "licenses_free_estimate": 93}


def test_fields_of_newer_versions_are_passed_on(run: Modules, simulator: Simulator) -> None:
    simulator.reset(switches={"future-fields": "on"})
    assert run.good("subscription_info")["subscription"]["future_field"] == "new"
    assert run.good("subscription", name=NAME)["subscription"]["future_field"] == "new"
