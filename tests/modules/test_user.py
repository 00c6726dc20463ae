# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single users: detached or revoked, by ID, username or credential."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.support.modules import Modules, add, calls
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

STATES: t.Final = ("detached", "revoked")
WRITE: t.Final = {"detached": "POST /users/{}/detach", "revoked": "DELETE /users/{}"}


def activate(simulator: Simulator, username: str, *threema_ids: str) -> None:
    """Somebody types the credential into the app, once for each ID."""
    for threema_id in threema_ids:
        app = {"username": username, "password": f"secret-of-{username}", "threema_id": threema_id}
        simulator.control("POST", "activate", app)


def ids_left(simulator: Simulator) -> list[str]:
    """The Threema IDs of the subscription."""
    return sorted(user["threema_id"] for user in simulator.state()["users"])


@pytest.fixture
def ids(simulator: Simulator) -> dict[str, str]:
    """Jane with one ID, a team with two, and Otto who never came; the ids of their credentials."""
    ids = add(simulator, "jane", "team", "otto")
    activate(simulator, "jane", "JANE0001")
    activate(simulator, "team", "TEAM0001", "TEAM0002")
    simulator.forget_requests()
    return ids


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("state", STATES)
def test_twice(run: Modules, simulator: Simulator, state: str) -> None:
    done = run.good("user", threema_id="JANE0001", state=state)
    assert (done["changed"], done["api_requests"]) == (True, 2)
    assert done["user"]["threema_id"] == "JANE0001"
    assert calls(simulator) == ["GET /users/JANE0001", WRITE[state].format("JANE0001")]
    assert ids_left(simulator) == ["TEAM0001", "TEAM0002"]
    assert simulator.state()["revoked"] == (["JANE0001"] if state == "revoked" else [])
    again = run.good("user", threema_id="JANE0001", state=state)
    assert (again["changed"], again["user"], again["api_requests"]) == (False, None, 1)


@pytest.mark.usefixtures("ids")
def test_state_has_no_default(run: Modules, simulator: Simulator) -> None:
    for module, wanted in (("user", {"threema_id": "JANE0001"}), ("users", {"users": [{"threema_id": "JANE0001"}]})):
        result = run(module, **wanted)
        assert result["failed"]
        assert "missing required arguments: state" in result["msg"]
        assert "failure" not in result
    assert calls(simulator) == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("by", ["username", "credential_id"])
def test_by_credential(run: Modules, simulator: Simulator, ids: dict[str, str], by: str, state: str) -> None:
    who = {"username": "jane"} if by == "username" else {"credential_id": ids["jane"]}
    done = run.good("user", state=state, **who)
    assert done["user"]["threema_id"] == "JANE0001"
    assert done["user"]["credential_id"] == ids["jane"]
    assert calls(simulator)[-1] == WRITE[state].format("JANE0001")
    # The credential tells how many users there should be.
    assert done["api_requests"] == 3
    again = run.good("user", state=state, **who)
    assert (again["changed"], again["user"]) == (False, None)


@pytest.mark.parametrize("by", ["username", "credential_id"])
def test_a_credential_with_several_users_is_refused(
    run: Modules, simulator: Simulator, ids: dict[str, str], by: str
) -> None:
    who = {"username": "team"} if by == "username" else {"credential_id": ids["team"]}
    refused = run.bad("user", "refused", state="revoked", **who)
    assert not refused["changed"]
    assert "TEAM0001" in refused["msg"] and "TEAM0002" in refused["msg"]
    assert {call.split()[0] for call in calls(simulator)} == {"GET"}
    assert len(ids_left(simulator)) == 3


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("who", [{"threema_id": "GONE0001"}, {"username": "nobody"}, {"username": "otto"}], ids=str)
@pytest.mark.parametrize("state", STATES)
def test_who_is_not_there_is_unchanged(run: Modules, who: dict[str, str], state: str) -> None:
    result = run.good("user", state=state, diff=True, **who)
    assert (result["changed"], result["user"]) == (False, None)
    assert result.get("diff", []) == []


def test_an_unknown_credential_is_unchanged(run: Modules, ids: dict[str, str]) -> None:
    for unknown in ("unknown/id", ids["otto"]):
        assert not run.good("user", credential_id=unknown, state="detached")["changed"]


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("switch", ["substring", "ignored"])
def test_usernames_are_exact(run: Modules, simulator: Simulator, switch: str) -> None:
    simulator.control("PUT", "settings", {"switches": {"filter-username": switch}})
    for other in ("JANE", "jan", "ane"):
        assert not run.good("user", username=other, state="revoked")["changed"]
    assert len(ids_left(simulator)) == 3
    assert run.good("user", username="jane", state="revoked")["user"]["threema_id"] == "JANE0001"


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("state", STATES)
def test_check_mode_predicts(run: Modules, simulator: Simulator, state: str) -> None:
    options = {"username": "jane", "state": state, "diff": True}
    predicted = run.good("user", check=True, **options)
    assert {call.split()[0] for call in calls(simulator)} == {"GET"}
    assert len(ids_left(simulator)) == 3
    done = run.good("user", **options)
    for name in ("changed", "user", "diff"):
        assert done[name] == predicted[name]
    assert done["changed"]
    assert [(one["before_header"], one["after"]) for one in done["diff"]] == [("JANE0001", f"state: {state}\n")]
    assert done["diff"][0]["before"] == "nickname: \nthreema_id: JANE0001\nusername: jane\n"


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "fault", [{"kind": "drop_after"}, {"kind": "drop_before"}, {"status": 500, "after_work": True}], ids=str
)
def test_a_lost_answer_is_told_truly(run: Modules, simulator: Simulator, state: str, fault: dict[str, t.Any]) -> None:
    simulator.fault(method=WRITE[state].split()[0], path="/users/*", **fault)
    done = run.good("user", threema_id="JANE0001", state=state)
    assert done["changed"]
    assert done["user"]["threema_id"] == "JANE0001"
    assert ids_left(simulator) == ["TEAM0001", "TEAM0002"]
    assert done["api_requests"] == len(calls(simulator))


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("state", STATES)
def test_lost_and_not_repeated_it_is_looked_for(run: Modules, simulator: Simulator, state: str) -> None:
    simulator.fault(method=WRITE[state].split()[0], path="/users/*", kind="drop_after")
    assert run.good("user", threema_id="JANE0001", state=state, api_retries=0)["changed"]
    simulator.fault(method=WRITE[state].split()[0], path="/users/*", kind="drop_before")
    failed = run.bad("user", "network", threema_id="TEAM0001", state=state, api_retries=0)
    assert not failed["changed"]
    assert ids_left(simulator) == ["TEAM0001", "TEAM0002"]


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("state", STATES)
def test_somebody_else_was_faster(run: Modules, simulator: Simulator, state: str) -> None:
    simulator.fault(method=WRITE[state].split()[0], path="/users/*", status=404, after_work=True)
    result = run.good("user", threema_id="JANE0001", state=state)
    assert not result["changed"]


def without_links(simulator: Simulator, *threema_ids: str) -> None:
    """From now on no listed user carries a link to a credential."""
    users = [{"id": one, "_links": [{"rel": "detail", "link": f"{simulator.url}/users/{one}"}]} for one in threema_ids]
    body = {"users": users, "paging": {"count": len(users), "total": len(users), "page": 0}}
    simulator.fault(method="GET", path="/users", kind="json", body=body, times=None)


def test_without_any_link_nothing_is_concluded(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    without_links(simulator, "JANE0001", "TEAM0001", "TEAM0002")
    for who in ({"username": "jane"}, {"credential_id": ids["jane"]}):
        for state in STATES:
            failed = run.bad("user", "protocol", state=state, **who)
            assert "link" in failed["msg"]
            assert not failed["changed"]
        many = run.bad("users", "protocol", state="revoked", users=[who, {"threema_id": "TEAM0001"}])
        assert (many["changed"], many["summary"]["pending"]) == (False, 2)
    assert {call.split()[0] for call in calls(simulator)} == {"GET"}
    # By its ID it can be named all the same.
    assert run.good("user", threema_id="JANE0001", state="detached")["changed"]


def test_where_there_are_no_users_nobody_is_missed(run: Modules, simulator: Simulator) -> None:
    add(simulator, "jane")
    assert not run.good("user", username="jane", state="detached")["changed"]


@pytest.mark.parametrize(
    "wrong",
    [
        *({"threema_id": one} for one in ("", "ABC", "ab12cd34", "AB12CD345", "AB12CD3Ä", "AB12 D34", "AB12CD3*")),
        *({"threema_id": one} for one in ("../users", "..", "AB12CD34/detach", "AB12CD3?", "AB12CD34\n")),
        {"username": ""},
        {"credential_id": ""},
        {},
    ],
    ids=str,
)
def test_what_is_wrong_is_refused_before_any_request(run: Modules, simulator: Simulator, wrong: dict[str, str]) -> None:
    for state in STATES:
        refused = run.bad("user", "refused", state=state, **wrong)
        assert (refused["changed"], refused["api_requests"]) == (False, 0)
        run.bad("users", "refused", state=state, users=[wrong])
    assert calls(simulator) == []


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize(("status", "kind"), [(400, "invalid"), (401, "authentication"), (403, "permission")])
def test_refused_by_the_service(run: Modules, simulator: Simulator, status: int, kind: str) -> None:
    simulator.fault(method="POST", path="/users/*", status=status, times=None)
    failed = run.bad("user", kind, threema_id="JANE0001", state="detached")
    assert (failed["changed"], failed["failure"]["status"]) == (False, status)
    assert failed["failure"]["path"] == "/users/JANE0001/detach"
