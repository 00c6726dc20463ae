# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many users: all of a credential, each counted; what goes wrong with one stops nobody else."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.support.modules import Modules, add, bodies, calls, summary
from ansible_collections.threema.work.tests.support.simulator_process import Simulator


def activate(simulator: Simulator, username: str, *threema_ids: str) -> None:
    """Somebody types the credential into the app, once for each ID."""
    for threema_id in threema_ids:
        app = {"username": username, "password": f"secret-of-{username}", "threema_id": threema_id}
        simulator.control("POST", "activate", app)


def ids_left(simulator: Simulator) -> list[str]:
    """The Threema IDs of the subscription."""
    return sorted(user["threema_id"] for user in simulator.state()["users"])


def writes(simulator: Simulator) -> list[str]:
    """What was sent that is not only reading."""
    return sorted(call for call in calls(simulator) if not call.startswith("GET"))


@pytest.fixture
def ids(simulator: Simulator) -> dict[str, str]:
    """Jane and John with one ID each, a team with three, and Otto who never came."""
    ids = add(simulator, "jane", "john", "team", "otto")
    activate(simulator, "jane", "JANE0001")
    activate(simulator, "john", "JOHN0001")
    activate(simulator, "team", "TEAM0001", "TEAM0002", "TEAM0003")
    simulator.forget_requests()
    return ids


def test_by_all_three_in_one_task(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    items = [{"threema_id": "JANE0001"}, {"username": "team"}, {"credential_id": ids["john"]}, {"username": "otto"}]
    options = {"users": items, "state": "detached", "return_objects": "all"}
    predicted = run.good("users", check=True, diff=True, **options)
    assert writes(simulator) == []
    done = run.good("users", diff=True, **options)
    assert done["summary"] == predicted["summary"] == summary(removed=5, unchanged=1)
    assert (done["users"], done["diff"]) == (predicted["users"], predicted["diff"])
    assert [one["action"] for one in done["users"]] == ["removed"] * 5 + ["unchanged"]
    assert len(done["diff"]) == 5
    assert ids_left(simulator) == []
    # One list of the credentials, one of the users, and what is written.
    assert predicted["api_requests"] == 2
    assert done["api_requests"] == 7
    again = run.good("users", **options)
    assert (again["changed"], again["summary"]) == (False, summary(unchanged=4))


@pytest.mark.usefixtures("ids")
def test_items_may_have_their_own_state(run: Modules, simulator: Simulator) -> None:
    items = [{"threema_id": "JANE0001", "state": "revoked"}, {"threema_id": "JOHN0001"}]
    assert run.good("users", users=items, state="detached")["summary"] == summary(removed=2)
    assert writes(simulator) == ["DELETE /users/JANE0001", "POST /users/JOHN0001/detach"]
    assert simulator.state()["revoked"] == ["JANE0001"]


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("limit", [2, 0])
def test_each_id_counts_against_the_limit(run: Modules, simulator: Simulator, limit: int) -> None:
    refused = run.bad("users", "refused", users=[{"username": "team"}], state="revoked", max_removals=limit)
    assert f"removes 3, and max_removals allows {limit}" in refused["msg"]
    assert all(one in refused["msg"] for one in ("TEAM0001", "TEAM0002", "TEAM0003"))
    assert (refused["changed"], writes(simulator)) == (False, [])
    run.bad("users", "refused", check=True, users=[{"username": "team"}], state="revoked", max_removals=limit)
    assert run.good("users", users=[{"username": "team"}], state="revoked", max_removals=3)["changed"]


def test_the_limit_is_ten_and_minus_one_is_none(run: Modules, simulator: Simulator) -> None:
    add(simulator, "team")
    activate(simulator, "team", *(f"TEAM{number:04}" for number in range(11)))
    refused = run.bad("users", "refused", users=[{"username": "team"}], state="detached")
    assert "removes 11, and max_removals allows 10" in refused["msg"]
    assert writes(simulator) == []
    done = run.good("users", users=[{"username": "team"}], state="detached", max_removals=-1)
    assert done["summary"] == summary(removed=11)


@pytest.mark.parametrize(
    ("name", "value"), [("threema_id", "JANE0001"), ("username", "jane"), ("credential_id", "some/id")]
)
def test_a_duplicate_is_refused_with_both_indexes(run: Modules, simulator: Simulator, name: str, value: str) -> None:
    items = [{name: value}, {"threema_id": "JOHN0001"}, {name: value, "state": "revoked"}]
    refused = run.bad("users", "refused", users=items, state="detached")
    assert "users[0]" in refused["msg"] and "users[2]" in refused["msg"] and "users[1]" not in refused["msg"]
    assert (refused["summary"], refused["api_requests"]) == (summary(pending=3), 0)
    assert calls(simulator) == []


def test_two_items_that_mean_the_same_user(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    for other in ({"username": "jane"}, {"credential_id": ids["jane"]}):
        items = [{"threema_id": "JANE0001", "state": "revoked"}, {"threema_id": "JOHN0001"}, other]
        refused = run.bad("users", "refused", users=items, state="detached")
        assert "JANE0001" in refused["msg"] and "users[0]" in refused["msg"] and "users[2]" in refused["msg"]
    assert writes(simulator) == []


@pytest.mark.usefixtures("ids")
def test_one_that_fails_stops_nobody_else(run: Modules, simulator: Simulator) -> None:
    simulator.fault(method="POST", path="/users/TEAM0002/detach", status=403, times=None)
    failed = run.bad("users", "permission", users=[{"username": "team"}, {"username": "jane"}], state="detached")
    assert failed["changed"]
    assert failed["summary"] == summary(removed=3, failed=1)
    assert "1 of 4 users failed: TEAM0002" in failed["msg"]
    assert failed["failure"]["count"] == 1
    assert ids_left(simulator) == ["JOHN0001", "TEAM0002"]
    simulator.control("DELETE", "faults")
    rest = run.good("users", users=[{"username": "team"}, {"username": "jane"}], state="detached")
    assert rest["summary"] == summary(removed=1, unchanged=1)


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("state", ["detached", "revoked"])
@pytest.mark.parametrize("retries", [0, 4])
def test_lost_answers(run: Modules, simulator: Simulator, state: str, retries: int) -> None:
    simulator.fault(method="DELETE" if state == "revoked" else "POST", kind="drop_after", times=2)
    items = [{"username": "team"}, {"username": "jane"}]
    done = run.good("users", users=items, state=state, api_retries=retries)
    assert done["summary"] == summary(removed=4)
    assert ids_left(simulator) == ["JOHN0001"]


@pytest.mark.usefixtures("ids")
def test_the_budget_ends(run: Modules, simulator: Simulator) -> None:
    options = {"users": [{"username": "team"}], "state": "detached", "concurrency": 1}
    stopped = run.bad("users", "budget", max_requests=4, **options)
    assert stopped["api_requests"] == 4
    assert stopped["summary"] == summary(removed=2, pending=1)
    assert stopped["changed"]
    assert run.good("users", **options)["summary"] == summary(removed=1)


@pytest.mark.usefixtures("ids")
def test_a_wrong_key_ends_the_run(run: Modules, simulator: Simulator) -> None:
    simulator.fault(method="POST", status=401, times=None)
    failed = run.bad("users", "authentication", users=[{"username": "team"}], state="detached", concurrency=1)
    assert failed["summary"]["removed"] == 0
    assert not failed["changed"]
    assert len(writes(simulator)) == 1


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("future", ["off", "on"], ids=["now", "future"])
@pytest.mark.parametrize("with_usernames", [False, True])
def test_what_is_read_can_be_given_back(run: Modules, simulator: Simulator, with_usernames: bool, future: str) -> None:
    simulator.control("PUT", "settings", {"switches": {"future-fields": future}})
    found = run.good("user_info", include_usernames=with_usernames)["users"]
    assert len(found) == 5
    done = run.good("users", users=found, state="detached", return_objects="all")
    assert done["summary"] == summary(removed=5)
    assert ids_left(simulator) == []
    # And what the module itself returned.
    assert run.good("users", users=done["users"], state="detached")["summary"] == summary(unchanged=5)


@pytest.mark.usefixtures("ids")
def test_a_misspelt_option_is_refused(run: Modules, simulator: Simulator) -> None:
    result = run("users", users=[{"threemaid": "JANE0001"}], state="detached")
    assert result["failed"] and "threemaid" in result["msg"]
    assert calls(simulator) == []


def test_nobody_costs_nothing(run: Modules, simulator: Simulator) -> None:
    result = run.good("users", users=[], state="revoked")
    assert (result["changed"], result["summary"], result["users"]) == (False, summary(), [])
    assert calls(simulator) == []


@pytest.mark.parametrize(
    ("objects", "actions"), [("changed", ["removed"]), ("all", ["removed", "unchanged"]), ("none", [])]
)
@pytest.mark.usefixtures("ids")
def test_return_objects(run: Modules, objects: str, actions: list[str]) -> None:
    items = [{"username": "jane"}, {"username": "nobody"}]
    done = run.good("users", users=items, state="detached", return_objects=objects)
    assert [one["action"] for one in done["users"]] == actions
    assert done["summary"] == summary(removed=1, unchanged=1)


def test_nothing_else_revokes(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    simulator.control("POST", "contacts", [{"threema_id": "CUST0001", "first_name": "A", "last_name": "B"}])
    run.good("credentials", credentials=[{"username": "jane"}], prune=True)
    run.good("credential", id=ids["jane"], state="absent")
    run.good("contacts", contacts=[{"threema_id": "NEWW0001"}], prune=True)
    run.bad("contact", "refused", threema_id="JANE0001", state="absent")
    run.good("users", users=[{"threema_id": "JANE0001"}, {"threema_id": "TEAM0001"}], state="detached")
    run.good("user", threema_id="JOHN0001", state="detached")
    assert not any(call.startswith("DELETE /users") for call in calls(simulator))
    state = simulator.state()
    assert (state["credentials"], state["revoked"]) == ([], [])
    assert ids_left(simulator) == ["TEAM0002", "TEAM0003"]
    # Detaching has no body (contract 2, row 11).
    assert bodies(simulator, "POST", "detachUser") == [None] * 3


def test_thirty_ids_of_one_credential(run: Modules, simulator: Simulator) -> None:
    add(simulator, "team")
    activate(simulator, "team", *(f"TEAM{number:04}" for number in range(30)))
    done: dict[str, t.Any] = run.good("users", users=[{"username": "team"}], state="revoked", max_removals=30)
    assert done["summary"] == summary(removed=30)
    assert done["api_requests"] == 32
    assert len(simulator.state()["revoked"]) == 30
