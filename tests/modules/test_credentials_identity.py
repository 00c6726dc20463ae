# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials that are removed together with their Threema IDs: what is read, written and told where all goes well."""

from __future__ import annotations

import json
import typing as t
from urllib.parse import quote

import pytest
from ansible_collections.threema.work.tests.modules.leaving import (
    IDS,
    LEAVERS,
    STATES,
    absent,
    actions,
    activate,
    all_steps,
    at,
    before_first,
    by_name,
    lines,
    new_passwords,
    nickname,
    numbers,
    populate,
    reads,
    steps_of,
    without,
    world,
    writes,
)
from ansible_collections.threema.work.tests.roles.people import comes_back
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

BOTH: t.Final = pytest.mark.parametrize("identity", ["detach", "revoke"])


@pytest.fixture
def ids(simulator: Simulator) -> dict[str, str]:
    """Everybody; the ids of their credentials."""
    return populate(simulator)


def leave(run: Modules, *names: str, identity: str = "detach", **options: t.Any) -> Result:
    """These people leave; it has to succeed."""
    return run.good("credentials", credentials=absent(*names), identity=identity, **options)


# What is written


@BOTH
def test_each_in_order_and_nobody_else(run: Modules, simulator: Simulator, ids: dict[str, str], identity: str) -> None:
    done = leave(run, *LEAVERS, identity=identity)
    for name in LEAVERS:
        assert steps_of(simulator, ids, name) == all_steps(ids, name, identity)
    assert len(writes(simulator)) == 3 + 5 + 1
    assert world(simulator) == without(*LEAVERS, identity=identity)
    assert (done["changed"], done["summary"]) == (True, summary(removed=3))


def test_keep_is_the_default_and_ends_no_id(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    for options in ({}, {"identity": "keep"}):
        simulator.reset()
        ids = populate(simulator)
        done = run.good("credentials", credentials=absent(*LEAVERS), **options)
        assert sorted(writes(simulator)) == sorted(f"DELETE {at(ids[name])}" for name in LEAVERS)
        # Nobody's Threema ID is of interest.
        assert "GET /users" not in calls(simulator)
        assert world(simulator) == without(*LEAVERS, identity="keep")
        assert done["summary"] == summary(removed=3)


@BOTH
def test_a_credential_that_nobody_uses_takes_one_write(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str
) -> None:
    done = leave(run, "otto", identity=identity)
    assert writes(simulator) == [f"DELETE {at(ids['otto'])}"]
    assert done["api_requests"] <= 3
    assert by_name(done)["otto"].get("users", []) == []


@pytest.mark.parametrize("hashed", [False, True])
@pytest.mark.parametrize("locked", [False, True])
def test_the_new_password_and_what_stays(run: Modules, simulator: Simulator, hashed: bool, locked: bool) -> None:
    simulator.reset()
    names = ("lone", "hugo")
    add(simulator, *names, hashed=hashed, locked=locked)
    for name in names:
        activate(simulator, name, f"{name.upper()}0001")
    leave(run, *names)
    sent = bodies(simulator, "PUT")
    passwords = [one.pop("password") for one in sent]
    assert sorted(sent, key=lambda one: str(one["username"])) == [
        {"username": name, "hash": hashed, "lock": locked} for name in sorted(names)
    ]
    assert [len(one) for one in passwords] == [20, 20]
    assert len({*passwords, "secret-of-lone", "secret-of-hugo"}) == 4


@BOTH
@pytest.mark.usefixtures("ids")
def test_no_device_comes_back_before_the_credential_is_gone(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, identity: str
) -> None:
    came_back: list[bool] = []
    before_first(monkeypatch, "DELETE", "/credentials", lambda: came_back.append(comes_back(simulator, "JANE0001")))
    leave(run, "jane", identity=identity)
    assert came_back == [False]
    assert world(simulator) == without("jane", identity=identity)


def test_by_id_too(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    items = [{"id": ids["jane"]}, {"id": ids["john"], "username": "john"}, {"username": "team"}]
    done = run.good("credentials", credentials=items, state="absent", identity="detach")
    for name in ("jane", "john", "team"):
        assert steps_of(simulator, ids, name) == all_steps(ids, name, "detach")
    assert sorted(by_name(done)) == ["jane", "john", "team"]
    assert world(simulator) == without("jane", "john", "team")


def test_who_stays_is_not_touched_by_it(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    items = [{"username": "stays", "locked": True}, {"username": "new", "password": "x"}]
    done = run.good("credentials", credentials=items, identity="revoke")
    assert sorted(writes(simulator)) == sorted(["POST /credentials", f"PUT {at(ids['stays'])}"])
    assert "GET /users" not in calls(simulator)
    assert done["summary"] == summary(created=1, updated=1)


@pytest.mark.usefixtures("ids")
def test_an_item_has_no_identity_of_its_own(run: Modules, simulator: Simulator) -> None:
    run("credentials", credentials=[{"username": "jane", "state": "absent", "identity": "revoke"}])
    assert not any(call.startswith(("DELETE /users", "POST /users")) for call in calls(simulator))


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("wrong", ["delete", "detached", ""])
def test_another_word_is_refused(run: Modules, simulator: Simulator, wrong: str) -> None:
    refused = run("credentials", credentials=absent("jane"), identity=wrong)
    assert refused["failed"] and "identity" in refused["msg"]
    assert calls(simulator) == []


# What is read


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("check", [False, True])
def test_for_several_the_users_are_read_before_the_credentials(run: Modules, simulator: Simulator, check: bool) -> None:
    leave(run, *LEAVERS, check=check)
    asked = reads(simulator)
    assert (asked[0], asked.count("GET /users")) == ("GET /users", 1)
    assert set(asked[1:]) == {"GET /credentials"}
    # All of them: a filter would hide who was activated meanwhile.
    assert "filter" not in simulator.requests()[0]["query"]


@pytest.mark.parametrize("by", ["username", "id"])
def test_for_one_they_are_read_by_the_id_of_its_credential(
    run: Modules, simulator: Simulator, ids: dict[str, str], by: str
) -> None:
    who = {"username": "jane"} if by == "username" else {"id": ids["jane"]}
    done = run.good("credentials", credentials=[who], state="absent", identity="detach")
    first, second = simulator.requests()[:2]
    assert "/credentials" in first["path"]
    assert second["path"].endswith("/users")
    assert f"filterCredential={quote(ids['jane'], safe='')}" in second["query"]
    assert done["api_requests"] == 5


@pytest.mark.usefixtures("ids")
def test_with_prune_they_are_read_once_somebody_would_go(run: Modules, simulator: Simulator) -> None:
    everybody = [{"username": name} for name in IDS if name != "gone"]
    run.good("credentials", credentials=everybody, prune=True, identity="detach")
    assert calls(simulator) == ["GET /credentials"]
    simulator.forget_requests()
    run.good("credentials", credentials=[{"username": "stays"}], prune=True, identity="detach")
    assert reads(simulator) == ["GET /credentials", "GET /users"]
    assert world(simulator) == without("jane", "john", "team", "otto")


def test_who_is_gone_already_costs_no_list_of_users(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    for item in ({"username": "nobody"}, {"id": "no/such+id="}):
        simulator.forget_requests()
        done = run.good("credentials", credentials=[item], state="absent", identity="revoke")
        assert (done["changed"], done["api_requests"]) == (False, 1)
        assert "GET /users" not in calls(simulator)


def test_fifty_of_five_hundred(run: Modules, simulator: Simulator) -> None:
    simulator.reset(credentials=500, users=400)
    people = [one["username"] for one in simulator.state()["credentials"]]
    leaving = people[375:425]
    done = leave(run, *leaving, max_removals=50)
    # Twenty-five with an ID and three writes each, twenty-five who never came.
    assert len(writes(simulator)) == 25 * 3 + 25
    assert len(reads(simulator)) <= 3
    assert done["summary"] == summary(removed=50)
    assert sorted(credentials_of(simulator)) == sorted(set(people) - set(leaving))


@pytest.mark.usefixtures("ids")
def test_who_is_activated_between_the_lists_is_not_overlooked(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_first(monkeypatch, "GET", "/credentials", lambda: activate(simulator, "otto", "OTTO0001"))
    failed = run.bad("credentials", "protocol", credentials=absent("otto", "jane"), identity="revoke")
    assert by_name(failed)["otto"]["action"] == "failed"
    assert by_name(failed)["jane"]["action"] == "removed"
    assert "otto" in world(simulator).usernames and "OTTO0001" in world(simulator).threema_ids
    done = leave(run, "otto", "jane", identity="revoke")
    assert actions(by_name(done)["otto"]["users"]) == {"OTTO0001": "removed"}


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("prune", [False, True])
def test_nor_where_the_users_are_read_last(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, prune: bool
) -> None:
    before_first(monkeypatch, "GET", "/users", lambda: activate(simulator, "otto", "OTTO0001"))
    items = [{"username": name} for name in IDS if name not in ("gone", "otto")] if prune else absent("otto")
    done = run.good("credentials", credentials=items, prune=prune, identity="revoke")
    assert actions(by_name(done)["otto"]["users"]) == {"OTTO0001": "removed"}
    assert world(simulator).revoked == ["OTTO0001"]


@pytest.mark.usefixtures("ids")
def test_a_filter_that_is_ignored_ends_nobody_else(run: Modules, simulator: Simulator) -> None:
    # The service answers with everybody, whatever it is asked for.
    listed = [
        {
            "id": one["threema_id"],
            "_links": [{"rel": "credential", "link": simulator.url + at(one["credential_id"])}],
        }
        for one in simulator.state()["users"]
    ]
    body = {"users": listed, "paging": {"count": len(listed), "total": len(listed), "page": 0}}
    simulator.fault(method="GET", path="/users", kind="json", body=body, times=None)
    done = leave(run, "jane", identity="revoke")
    assert world(simulator) == without("jane", identity="revoke")
    assert actions(by_name(done)["jane"]["users"]) == {"JANE0001": "removed"}


@pytest.mark.usefixtures("ids")
def test_a_filter_that_finds_nobody_is_not_believed(run: Modules, simulator: Simulator) -> None:
    body = {"users": [], "paging": {"count": 0, "total": 0, "page": 0}}
    for identity, name in (("detach", "jane"), ("revoke", "john")):
        simulator.fault(method="GET", path="/users", kind="json", body=body)
        done = leave(run, name, identity=identity)
        assert list(actions(by_name(done)[name]["users"]).values()) == ["removed"]
    assert world(simulator)[:2] == without("jane", "john")[:2]


@pytest.mark.parametrize(
    "switches",
    [
        {"max-page-size": "1", "page-base": "one"},
        {"link-key": "ref", "orphan-link": "dangling"},
        {"sort-order": "reversed", "future-fields": "on"},
        {"filter-username": "ignored", "unset-user-fields": "missing"},
        {"second-delete": "204"},
    ],
    ids=str,
)
def test_whatever_the_service_is_like(run: Modules, simulator: Simulator, switches: dict[str, str]) -> None:
    simulator.reset(switches=switches)
    ids = populate(simulator)
    for names in (("jane",), ("team", "otto")):
        leave(run, *names, identity="revoke")
    for name in LEAVERS:
        assert steps_of(simulator, ids, name) == all_steps(ids, name, "revoke")
    assert world(simulator) == without(*LEAVERS, identity="revoke")


# What is told


@BOTH
@pytest.mark.usefixtures("ids")
def test_what_became_of_each_id(run: Modules, identity: str) -> None:
    done = leave(run, *LEAVERS, identity=identity)
    for name in LEAVERS:
        one = by_name(done)[name]
        assert (one["action"], one.get("msg")) == ("removed", None)
        users = [{**user, "msg": user.get("msg")} for user in one.get("users", [])]
        assert sorted(users, key=lambda user: str(user["threema_id"])) == [
            {
                "threema_id": id_,
                "nickname": nickname(id_),
                "state": STATES[identity],
                "action": "removed",
                "msg": None,
            }
            for id_ in IDS[name]
        ]
    # No other IDs were asked for, and everybody was there.
    assert (done.get("users", []), done["not_found"]) == ([], [])


@BOTH
@pytest.mark.usefixtures("ids")
def test_the_diff_names_each_id(run: Modules, identity: str) -> None:
    done = leave(run, *LEAVERS, identity=identity, diff=True)
    entries = {entry["before_header"]: entry for entry in done["diff"]}
    assert sorted(entries) == sorted(LEAVERS)
    for name in LEAVERS:
        assert sorted(lines(entries[name]["after"])) == [f"{one}: {STATES[identity]}" for one in IDS[name]]
        assert any(name in line for line in lines(entries[name]["before"]))
    kept = run.good("credentials", credentials=absent("john"), diff=True, check=True)
    assert lines(kept["diff"][0]["after"]) == []


@BOTH
@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("prune", [False, True])
def test_check_mode_predicts_all_of_it(run: Modules, simulator: Simulator, identity: str, prune: bool) -> None:
    items = [{"username": "stays"}, {"username": "new", "password": "x"}]
    items += [] if prune else absent(*LEAVERS, "nobody")
    options = {"credentials": items, "prune": prune, "identity": identity, "diff": True, "return_objects": "all"}
    before = simulator.state()
    predicted = run.good("credentials", check=True, **options)
    assert writes(simulator) == []
    assert simulator.state()["credentials"] == before["credentials"]
    done = run.good("credentials", **options)
    for result in (predicted, done):
        by_name(result)["new"].pop("id")
    for key in ("changed", "summary", "credentials", "created", "not_found", "diff"):
        assert done[key] == predicted[key], key
    again = run.good("credentials", **options)
    assert (again["changed"], again["diff"]) == (False, [])


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("check", [False, True])
def test_who_revokes_is_warned(run: Modules, check: bool) -> None:
    warned = " ".join(leave(run, *LEAVERS, identity="revoke", check=check)["warnings"])
    assert 4 in numbers(warned) and "JANE0001" in warned and "TEAM0003" in warned
    detached = " ".join(leave(run, "john", check=check)["warnings"])
    assert "JOHN0001" not in detached


@pytest.mark.usefixtures("ids")
def test_the_random_password_is_told_nowhere(run: Modules, simulator: Simulator) -> None:
    results = [
        leave(run, "jane", diff=True, return_passwords=True, return_objects="all", no_log=True),
        run("credentials", credentials=absent("team"), identity="detach", diff=True, return_passwords=True),
    ]
    simulator.fault(method="POST", path="/users/JOHN0001/detach", status=403, body={"error": "no"}, times=None)
    results.append(run.bad("credentials", "permission", credentials=absent("john"), identity="detach", diff=True))
    sent = new_passwords(simulator)
    assert len(sent) == 3
    shown = json.dumps(results)
    assert not any(password in shown for password in [*sent, "secret-of-jane", "secret-of-john"])


def test_what_was_returned_can_be_given_again(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    options = {"state": "absent", "identity": "revoke"}
    predicted = leave(run, *LEAVERS, identity="revoke", check=True)
    done = run.good("credentials", credentials=predicted["credentials"], **options)
    assert done["summary"] == summary(removed=3)
    assert steps_of(simulator, ids, "team") == all_steps(ids, "team", "revoke")
    again = run.good("credentials", credentials=done["credentials"], **options)
    assert (again["changed"], again["summary"]) == (False, summary(unchanged=3))


def test_a_second_run_is_silent(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    leave(run, *LEAVERS)
    simulator.forget_requests()
    again = leave(run, *LEAVERS)
    assert (again["changed"], again["summary"], again["warnings"]) == (False, summary(unchanged=3), [])
    assert sorted(again["not_found"]) == sorted(LEAVERS)
    assert (writes(simulator), again["credentials"]) == ([], [])
