# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that nobody expects: what cannot be believed decides nothing, and what is not known is said."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.threema.work.tests.modules.test_credentials_trouble import meanwhile
from ansible_collections.threema.work.tests.support.modules import (
    Modules,
    Result,
    add,
    bodies,
    calls,
    credentials_of,
    summary,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

ONE: t.Final = {"id": "AAAA", "username": "anna", "password": "pw", "hashed": False, "locked": False, "usage": 1}
PAGING: t.Final = {"paging": {"count": 1, "total": 1, "page": 0}}


def listed(**fields: t.Any) -> Result:
    """An order for an answer to a list: one user with a link, and these fields."""
    links = [{"rel": "credential", "link": "https://work.threema.ch/api/v1/credentials/AAAA"}]
    return {"kind": "json", "body": {"users": [{"id": "ABCD1234", "_links": links, **fields}], **PAGING}}


def test_a_lost_answer_and_then_the_quota(run: Modules, simulator: Simulator) -> None:
    add(simulator, "anna", "bert")
    simulator.fault(method="DELETE", kind="drop_after")
    simulator.fault(kind="status", status=429, skip=1, times=None)
    items = [{"username": name, "state": "absent"} for name in ("anna", "bert")]
    failed = run.bad("credentials", "quota", credentials=items, concurrency=1)
    assert list(credentials_of(simulator)) == ["bert"]
    assert failed["summary"] == summary(failed=1, pending=1)
    assert "may have been carried out" in failed["msg"]
    simulator.control("DELETE", "faults")
    assert run.good("credentials", credentials=items)["summary"] == summary(removed=1, unchanged=1)


def test_a_look_that_fails_in_the_middle(run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the look had settled stays so; what was refused for sure is left for the next run."""
    meanwhile(monkeypatch, lambda: add(simulator, "bert"))
    simulator.fault(method="POST", path="/credentials", kind="cut")
    simulator.fault(method="GET", path="/credentials/*/mdm", kind="status", status=429, times=None)
    items: list[Result] = [
        {"username": "anna", "password": "pw of anna"},
        {"username": "bert", "password": "pw of bert", "settings": {"th_csi": "1"}},
    ]
    failed = run.bad("credentials", "quota", credentials=items, concurrency=1)
    assert failed["summary"] == summary(created=1, pending=1)
    assert failed["created"] == ["anna"]
    assert "None" not in failed["msg"]


def test_an_unreadable_header_of_the_answer_to_a_creation(run: Modules, simulator: Simulator) -> None:
    simulator.fault(
        method="POST",
        path="/credentials",
        kind="status",
        status=201,
        after_work=True,
        headers={"Content-Length": "2, 3"},
    )
    done = run.good("credential", username="anna", password="first-password")
    assert done["changed"]
    assert done["credential"]["id"] == credentials_of(simulator)["anna"]["id"]
    assert calls(simulator).count("POST /credentials") == 1


@pytest.mark.parametrize(
    ("module", "path", "body", "options"),
    [
        ("contact", "/contacts/ABCD1234", {"threemaId": "ZZZZ9999"}, {"threema_id": "ABCD1234", "state": "absent"}),
        (
            "contact",
            "/contacts/ABCD1234",
            {"threemaId": "ZZZZ9999"},
            {"threema_id": "ABCD1234", "first_name": "A", "last_name": "B"},
        ),
        ("user", "/users/ABCD1234", {"id": "ZZZZ9999"}, {"threema_id": "ABCD1234", "state": "revoked"}),
        ("user_info", "/users/ABCD1234", {"id": "ZZZZ9999"}, {"threema_id": "ABCD1234"}),
        ("credential", "/credentials/BBBB", ONE, {"id": "BBBB", "state": "absent"}),
        ("credential_info", "/credentials/BBBB", ONE, {"id": "BBBB"}),
    ],
)
def test_another_object_than_the_one_asked_for(
    run: Modules, simulator: Simulator, module: str, path: str, body: Result, options: Result
) -> None:
    simulator.fault(method="GET", path=path, kind="json", body=body)
    failed = run.bad(module, "protocol", **options)
    assert "another object" in failed["msg"]
    assert [call for call in calls(simulator) if not call.startswith("GET")] == []


def test_two_credentials_of_one_username(run: Modules, simulator: Simulator) -> None:
    body = {"credentials": [ONE, {**ONE, "id": "BBBB"}], "paging": {"count": 2, "total": 2, "page": 0}}
    simulator.fault(method="GET", path="/credentials", kind="json", body=body)
    items = [{"username": "anna", "state": "absent"}, {"username": "bert", "state": "absent"}]
    run.bad("credentials", "protocol", credentials=items)
    assert len(calls(simulator)) == 1


def test_what_stands_in_place_of_a_hashed_password_is_not_written(run: Modules, simulator: Simulator) -> None:
    add(simulator, "anna", hashed=True)
    id_ = credentials_of(simulator)["anna"]["id"]
    body = {"credentials": [{**ONE, "id": id_, "hashed": True, "password": "********"}], **PAGING}
    simulator.fault(method="GET", path="/credentials", kind="json", body=body)
    failed = run.bad("credential", "refused", username="anna", locked=True)
    assert "password" in failed["msg"]
    assert bodies(simulator, "PUT") == []


def test_usage_that_the_service_does_not_tell(run: Modules, simulator: Simulator) -> None:
    without = {name: value for name, value in ONE.items() if name != "usage"}
    simulator.fault(method="GET", path="/credentials", kind="json", body={"credentials": [without], **PAGING}, times=2)
    assert len(run.good("credential_info")["credentials"]) == 1
    assert "usage" in run.bad("credential_info", "protocol", unused=True)["msg"]


def test_neither_links_nor_usage(run: Modules, simulator: Simulator) -> None:
    """Then nobody can be told to have no ID, nor to be an orphan."""
    without = {name: value for name, value in ONE.items() if name != "usage"}
    users = {"users": [{"id": "ABCD1234"}], **PAGING}
    simulator.fault(method="GET", path="/users", kind="json", body=users, times=None)
    simulator.fault(
        method="GET", path="/credentials", kind="json", body={"credentials": [without], **PAGING}, times=None
    )
    simulator.fault(method="GET", path="/credentials/*", kind="json", body=without, times=None)
    for options in ({"username": "anna"}, {"credential_id": "AAAA"}):
        assert "usage" in run.bad("user", "protocol", state="revoked", **options)["msg"]
        run.bad("users", "protocol", users=[options, {"threema_id": "ZZZZ9999"}], state="revoked")
        run.bad("user_info", "protocol", **options)
    run.bad("user_info", "protocol", orphaned=True)


@pytest.mark.parametrize("status", [400, 404])
def test_users_of_a_credential_that_is_gone(run: Modules, simulator: Simulator, status: int) -> None:
    """What the service says to a filter that fits nothing is not known."""
    add(simulator, "anna")
    simulator.control("POST", "activate", {"username": "anna", "password": "secret-of-anna"})
    simulator.fault(method="GET", path="/users", kind="status", status=status)
    assert not run.good("user", credential_id="gone", state="revoked")["changed"]
    simulator.fault(method="GET", path="/users", kind="status", status=status)
    assert run.good("user_info", credential_id="gone")["users"] == []
    assert len(simulator.state()["users"]) == 1


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_global_setting_that_is_not_there(run: Modules, simulator: Simulator, status: int) -> None:
    simulator.fault(method="GET", path="/mdm/th_csi", kind="status", status=status, times=2)
    assert not run.good("mdm_setting", name="th_csi", state="absent")["changed"]
    assert run.good("mdm_setting", name="th_csi", value="1")["changed"]
    assert simulator.state()["settings"] == {"th_csi": "1"}


@pytest.mark.parametrize("written", ["a%2fb%2Bc!d", "a/b%2Bc%21d", "a%2Fb%2bc!d"])
def test_a_password_in_a_field_that_nobody_knows(run: Modules, simulator: Simulator, written: str) -> None:
    item = {**ONE, "password": "a/b+c!d", "activation": f"threema://login?password={written}", "note": "new"}
    simulator.fault(method="GET", path="/credentials", kind="json", body={"credentials": [item], **PAGING})
    shown = run.good("credential_info")["credentials"][0]
    assert shown["note"] == "new"
    assert "activation" not in shown


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-22T08:15:00", "22.11.2026", 17])
def test_a_moment_that_cannot_be_read_makes_nobody_inactive(run: Modules, simulator: Simulator, moment: t.Any) -> None:
    simulator.fault(method="GET", path="/users", **listed(lastCheck=moment), times=2)
    assert len(run.good("user_info")["users"]) == 1
    assert "lastCheck" in run.bad("user_info", "protocol", inactive_days=30)["msg"]


@pytest.mark.parametrize("state", ["detached", "revoked"])
def test_some_links_are_missing(run: Modules, simulator: Simulator, state: str) -> None:
    """Anna's user carries no link, Bert's does: that Anna has none must not be concluded."""
    for name in ("anna", "bert"):
        add(simulator, name)
        simulator.control("POST", "activate", {"username": name, "password": f"secret-of-{name}"})
    users = simulator.state()["users"]
    bert = credentials_of(simulator)["bert"]["id"]
    link = {"rel": "credential", "link": f"https://example.org/credentials/v1/credentials/{bert}"}
    body = {
        "users": [
            {"id": user["threema_id"], "_links": [link] if user["credential_id"] == bert else []} for user in users
        ],
        "paging": {"count": 2, "total": 2, "page": 0},
    }
    simulator.fault(method="GET", path="/users", kind="json", body=body, times=None)
    failed = run.bad("users", "protocol", users=[{"username": "anna"}, {"username": "bert"}], state=state)
    assert "anna" in failed["msg"]
    run.bad("user", "protocol", username="anna", state=state)
    anna = credentials_of(simulator)["anna"]["id"]
    run.bad("users", "protocol", users=[{"credential_id": anna}, {"credential_id": bert}], state=state)
    run.bad("user", "protocol", credential_id=anna, state=state)
    run.bad("user_info", "protocol", credential_id=anna)
    for conditions in ({}, {"query": "x"}):
        assert "anna" in run.bad("user_info", "protocol", orphaned=True, **conditions)["msg"]
    # Of Bert it can be told.
    assert [user["credential_id"] for user in simulator.state()["users"]] == [anna]
    # Whose link is there is found, whatever path it has.
    run.good("user", username="bert", state=state)
    assert [user["credential_id"] != bert for user in simulator.state()["users"]] == [True]


def test_half_a_character(run: Modules, simulator: Simulator) -> None:
    body = json.dumps({"contacts": [{"id": "ABCD1234", "firstName": "A@"}], **PAGING}).replace("@", "\\ud83d")
    simulator.fault(method="GET", path="/contacts", kind="status", status=200, body=body)
    assert "half a character" in run.bad("contact_info", "protocol")["msg"]
    whole = json.dumps({"contacts": [{"id": "ABCD1234", "firstName": "A\U0001f600"}], **PAGING})
    simulator.fault(method="GET", path="/contacts", kind="status", status=200, body=whole)
    assert run.good("contact_info")["contacts"][0]["first_name"] == "A\U0001f600"


@pytest.mark.parametrize("url", ["https://[bad", "https://host:port/api", "https:///api/v1", "none", "https://h:99999"])
def test_what_is_no_url_has_no_host(run: Modules, simulator: Simulator, url: str) -> None:
    failed = run.bad("credential_info", "refused", api_url=url)
    assert "api_url" in failed["msg"]
    assert (failed["api_host"], failed["failure"]["host"], failed["api_requests"]) == (None, None, 0)


@pytest.mark.parametrize("timeout", [float("inf"), 1e12, float("nan"), 0])
def test_a_timeout_beyond_reason(run: Modules, simulator: Simulator, timeout: float) -> None:
    run.bad("credential_info", "refused", api_timeout=timeout)


@pytest.mark.parametrize("url", ["https://.example.com/api", "https://*.example.com", "https://x..y/api/v1"])
def test_a_host_that_can_be_none(run: Modules, simulator: Simulator, url: str) -> None:
    failed = run("credential_info", api_url=url, api_retries=0)
    assert failed["failed"]
    assert failed["failure"]["request_sent"] is False, failed["msg"]


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("mdm_setting", {"name": "TH_SAFE_PASSWORD", "value": "Secret-4711"}),
        ("mdm_setting", {"name": "th_safe_password ", "value": "Secret-4711"}),
        ("mdm_setting", {"nam": "th_safe_password", "value": "Secret-4711"}),
        ("mdm_settings", {"settings": {"TH_SAFE_PASSWORD": "Secret-4711"}}),
        ("mdm_settings", {"settings": {"th-safe-password": "Secret-4711"}}),
        ("mdm_settings", {"settings": {"name": "th_safe_password", "value": "Secret-4711"}}),
        ("credential", {"username": "anna", "settings": {"password": "Secret-4711"}}),
    ],
)
def test_a_misspelt_secret_is_not_shown(run: Modules, module: str, options: Result) -> None:
    failed = run(module, **options)
    assert failed["failed"]
    assert "Secret-4711" not in json.dumps(failed)


def test_a_contact_that_cannot_be_changed_is_not_tried_for_ever(run: Modules, simulator: Simulator) -> None:
    simulator.control("POST", "contacts", {"threema_id": "ABCD1234", "first_name": "A", "last_name": "B"})
    simulator.fault(method="PUT", kind="status", status=500, times=None)
    run.bad("contact", "server", threema_id="ABCD1234", first_name="Z", api_retries=2)
    assert len(bodies(simulator, "PUT")) == 3


def test_what_the_service_asks_for_is_waited_before_a_creation_is_sent_again(
    run: Modules, simulator: Simulator, clock: t.Any
) -> None:
    simulator.fault(method="POST", path="/credentials", kind="status", status=503, headers={"Retry-After": "7"})
    run.good("credential", username="anna", password="first-password")
    assert clock.waited >= 7
    simulator.fault(method="POST", path="/credentials", kind="status", status=500)
    before = clock.waited
    run.good("credential", username="bert", password="first-password")
    assert clock.waited > before
