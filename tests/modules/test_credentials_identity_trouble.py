# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials that are removed with their Threema IDs, when a step fails, an answer is lost or the quota ends."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.modules.leaving import (
    ENDINGS,
    FOREVER,
    IDS,
    LEAVERS,
    STATES,
    absent,
    actions,
    all_steps,
    at,
    before_first,
    by_name,
    elsewhere,
    new_passwords,
    password_is,
    populate,
    steps_of,
    without,
    world,
    writes,
)
from ansible_collections.threema.work.tests.support.modules import (
    Modules,
    Result,
    calls,
    credentials_of,
    summary,
    text_of,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

BOTH: t.Final = pytest.mark.parametrize("identity", ["detach", "revoke"])
TEAM: t.Final = IDS["team"]
#: What a fault makes of a request that is tried as often as the module wants to.
REFUSALS: t.Final = {
    "403": ("permission", {"status": 403, "times": None}),
    "500": ("server", FOREVER),
    "dropped": ("network", {"kind": "drop_before", "times": None}),
    "redirect": ("protocol", {"kind": "redirect", "times": None}),
}
EACH: t.Final = pytest.mark.parametrize(("kind", "fault"), REFUSALS.values(), ids=REFUSALS)


@pytest.fixture
def ids(simulator: Simulator) -> dict[str, str]:
    """Everybody; the ids of their credentials."""
    return populate(simulator)


def order(identity: str, *names: str, **options: t.Any) -> Result:
    """The options with which these people leave."""
    return {"credentials": absent(*(names or LEAVERS)), "identity": identity, **options}


def finishes(run: Modules, simulator: Simulator, options: Result) -> Result:
    """Without the trouble, running again ends at the same, and a third run has nothing to do."""
    simulator.control("DELETE", "faults")
    simulator.control("PUT", "settings", {"quota": 0})
    rest = {name: value for name, value in options.items() if name != "max_requests"}
    done = run.good("credentials", **rest)
    assert world(simulator) == without(*LEAVERS, identity=options["identity"])
    again = run.good("credentials", **rest)
    assert (again["changed"], again["summary"]) == (False, summary(unchanged=len(LEAVERS)))
    return done


# A step that is refused


@BOTH
@EACH
def test_without_a_new_password_nothing_else_is_written_of_it(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, kind: str, fault: Result
) -> None:
    simulator.fault(method="PUT", path=at(ids["team"]), **fault)
    options = order(identity)
    failed = run.bad("credentials", kind, **options)
    assert set(steps_of(simulator, ids, "team")) == {f"PUT {at(ids['team'])}"}
    assert (failed["summary"], failed["changed"]) == (summary(removed=2, failed=1), True)
    team = by_name(failed)["team"]
    assert team["action"] == "failed"
    assert set(actions(team["users"]).values()).isdisjoint({"removed"})
    assert f"1 of 3 credentials failed: team: PUT {at(ids['team'])}" in failed["msg"]
    assert world(simulator) == without("jane", "otto", identity=identity)
    assert password_is(simulator, "team", "secret-of-team")
    finishes(run, simulator, options)


@BOTH
@EACH
@pytest.mark.parametrize("number", range(3))
def test_an_id_that_stays_keeps_the_credential(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, kind: str, fault: Result, number: int
) -> None:
    method, path = ENDINGS[identity].format(TEAM[number]).split()
    simulator.fault(method=method, path=path, **fault)
    options = order(identity)
    failed = run.bad("credentials", kind, diff=True, **options)
    assert (failed["summary"], failed["changed"]) == (summary(removed=2, failed=1), True)
    team = by_name(failed)["team"]
    done = [one for one in TEAM if one not in world(simulator).threema_ids]
    told = actions(team["users"])
    assert team["action"] == "failed"
    assert [one for one in TEAM if told[one] == "removed"] == done
    assert told[TEAM[number]] == "failed"
    (diff,) = (entry["after"] for entry in failed["diff"] if entry["before_header"] == "team")
    assert diff == text_of(password="(new)", **dict.fromkeys(done, STATES[identity]))
    assert {user["threema_id"] for user in team["users"] if user.get("msg")} >= {TEAM[number]}
    # Which are done is in its sentence too, and which one failed.
    assert all(one in team["msg"] for one in [*done, TEAM[number]])
    assert TEAM[number] in failed["msg"]
    assert f"DELETE {at(ids['team'])}" not in writes(simulator)
    assert set(TEAM) - set(done) == set(credentials_of(simulator)["team"]["users"])
    assert not password_is(simulator, "team", "secret-of-team")
    for name in ("jane", "otto"):
        assert steps_of(simulator, ids, name) == all_steps(ids, name, identity)
    finishes(run, simulator, options)


@BOTH
@EACH
def test_a_credential_that_cannot_be_deleted(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, kind: str, fault: Result
) -> None:
    simulator.fault(method="DELETE", path=at(ids["team"]), **fault)
    options = order(identity)
    failed = run.bad("credentials", kind, **options)
    assert (failed["summary"], failed["changed"]) == (summary(removed=2, failed=1), True)
    team = by_name(failed)["team"]
    assert (team["action"], actions(team["users"])) == ("failed", dict.fromkeys(TEAM, "removed"))
    assert all(one in team["msg"] for one in TEAM)
    assert world(simulator).usernames == ["john", "stays", "team"]
    simulator.forget_requests()
    finishes(run, simulator, options)
    # Nobody uses it any more.
    assert writes(simulator) == [f"DELETE {at(ids['team'])}"]


@BOTH
def test_several_fail_in_different_steps(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str
) -> None:
    method, path = ENDINGS[identity].format(TEAM[1]).split()
    simulator.fault(method="PUT", path=at(ids["jane"]), status=403, times=None)
    simulator.fault(method=method, path=path, status=403, times=None)
    simulator.fault(method="DELETE", path=at(ids["otto"]), status=403, times=None)
    options = order(identity)
    failed = run.bad("credentials", "permission", **options)
    assert failed["summary"] == summary(failed=3)
    assert failed["failure"]["count"] == 3
    assert all(f"{name}: " in failed["msg"] for name in LEAVERS)
    assert "3 of 3 credentials failed" in failed["msg"]
    finishes(run, simulator, options)


@pytest.mark.parametrize("step", ["PUT /credentials/*", "POST /users/*", "DELETE /credentials/*"])
def test_a_wrong_key_ends_the_run(run: Modules, simulator: Simulator, ids: dict[str, str], step: str) -> None:
    method, path = step.split()
    simulator.fault(method=method, path=path, status=401, times=None)
    options = order("detach", concurrency=1)
    failed = run.bad("credentials", "authentication", **options)
    assert [one.split()[0] for one in writes(simulator)].count(method) <= 2
    assert failed["summary"]["failed"] + failed["summary"]["pending"] + failed["summary"]["removed"] == 3
    assert set(world(simulator).usernames) >= {"jane", "team"}
    finishes(run, simulator, options)


# Answers that are lost


@BOTH
@pytest.mark.parametrize("retries", [0, 4])
@pytest.mark.parametrize("kind", ["drop_after", "cut"])
@pytest.mark.parametrize("step", ["password", "first ID", "last ID", "credential"])
def test_one_answer_is_lost(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, retries: int, kind: str, step: str
) -> None:
    end = {"first ID": TEAM[0], "last ID": TEAM[2]}
    wanted = {"password": f"PUT {at(ids['team'])}", "credential": f"DELETE {at(ids['team'])}"}
    method, path = wanted.get(step, ENDINGS[identity].format(end.get(step))).split()
    simulator.fault(method=method, path=path, kind=kind)
    options = order(identity, api_retries=retries)
    done = run("credentials", **options)
    gone = [one for one in TEAM if one not in world(simulator).threema_ids]
    assert [one for one, action in actions(by_name(done)["team"]["users"]).items() if action == "removed"] == gone
    # What was lost was done; what comes after it has had no try yet, however few there are.
    assert not done["failed"], done["msg"]
    assert (done["summary"], gone) == (summary(removed=3), list(TEAM))
    finishes(run, simulator, options)


@BOTH
def test_lost_on_the_way_there_and_not_repeated(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str
) -> None:
    """What was not carried out is not told as done."""
    method, path = ENDINGS[identity].format(TEAM[1]).split()
    simulator.fault(method=method, path=path, kind="drop_before", times=None)
    options = order(identity, api_retries=0)
    failed = run.bad("credentials", "network", **options)
    assert failed["summary"] == summary(removed=2, failed=1)
    assert actions(by_name(failed)["team"]["users"])[TEAM[1]] == "failed"
    assert TEAM[1] in world(simulator).threema_ids and "team" in world(simulator).usernames
    finishes(run, simulator, options)


@BOTH
@pytest.mark.usefixtures("ids")
def test_what_is_done_is_not_sent_again(run: Modules, simulator: Simulator, identity: str) -> None:
    """An answer to one ID says nothing; looked for, it is gone, and the rest follows."""
    method, path = ENDINGS[identity].format(TEAM[1]).split()
    simulator.fault(method=method, path=path, kind="empty", after_work=True)
    done = run.good("credentials", **order(identity, "team"))
    assert [writes(simulator).count(ENDINGS[identity].format(one)) for one in TEAM] == [1, 1, 1]
    assert len(new_passwords(simulator)) == 1
    assert actions(by_name(done)["team"]["users"]) == dict.fromkeys(TEAM, "removed")
    assert world(simulator) == without("team", identity=identity)


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("retries", [0, 4])
def test_a_password_that_was_written_is_a_change(run: Modules, simulator: Simulator, retries: int) -> None:
    """Its answers are all lost: the credential has another password now, or is gone."""
    simulator.fault(method="PUT", kind="drop_after", times=None)
    result = run("credentials", **order("detach", "jane", api_retries=retries))
    assert credentials_of(simulator).get("jane", {}).get("password") != "secret-of-jane"
    assert result["changed"]


def test_every_answer_is_lost_once(run: Modules, simulator: Simulator) -> None:
    ids = populate(simulator, hashed=True)
    for name in LEAVERS:
        for step in all_steps(ids, name, "detach"):
            method, path = step.split()
            simulator.fault(method=method, path=path, kind="drop_after")
    options = order("detach")
    done = run.good("credentials", **options)
    assert done["summary"] == summary(removed=3)
    assert world(simulator) == without(*LEAVERS)
    assert done["api_requests"] == len(calls(simulator))


# The quota and the budget


@BOTH
@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("number", range(1, 11))
def test_the_quota_ends_in_the_middle(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, concurrency: int, number: int
) -> None:
    simulator.control("PUT", "settings", {"quota": number, "quota_used": 0})
    options = order(identity, concurrency=concurrency)
    stopped = run.bad("credentials", "quota", **options)
    left = [name for name in LEAVERS if name in world(simulator).usernames]
    assert stopped["summary"] == summary(removed=3 - len(left), pending=len(left))
    assert stopped["changed"] is bool([one for one in simulator.requests() if one["status"] == 204])
    assert "again" in stopped["msg"]
    # After the first 429 nothing more is begun.
    assert [one["status"] for one in simulator.requests()].count(429) <= concurrency
    for name, one in by_name(stopped).items():
        told = actions(one.get("users", []))
        assert set(told.values()) <= {"removed", "pending"}
        ended = {id_ for id_ in IDS[name] if id_ not in world(simulator).threema_ids}
        assert {id_ for id_, action in told.items() if action == "removed"} == ended
        assert one["action"] == ("pending" if name in left else "removed")
        if ended and name in left:
            assert all(id_ in one["msg"] for id_ in ended)
    # As long as something of it is left, the credential is there: only it knows whose the IDs are.
    for name in LEAVERS:
        if any(id_ in world(simulator).threema_ids for id_ in IDS[name]):
            assert name in left
    finishes(run, simulator, options)


@BOTH
@pytest.mark.parametrize("budget", range(1, 11))
def test_the_budget_ends_in_the_middle(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, budget: int
) -> None:
    options = order(identity, max_requests=budget)
    stopped = run.bad("credentials", "budget", **options)
    assert stopped["api_requests"] == len(calls(simulator)) <= budget
    left = [name for name in LEAVERS if name in world(simulator).usernames]
    assert stopped["summary"] == summary(removed=3 - len(left), pending=len(left))
    finishes(run, simulator, options)


@pytest.mark.usefixtures("ids")
def test_a_budget_that_suffices(run: Modules, simulator: Simulator) -> None:
    assert run.good("credentials", **order("detach", max_requests=2 + 9))["api_requests"] == 11


# Somebody else


@BOTH
def test_somebody_else_ended_an_id(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_first(monkeypatch, "PUT", at(ids["team"]), lambda: elsewhere(simulator, "POST", f"/users/{TEAM[0]}/detach"))
    done = run.good("credentials", **order(identity, "team"))
    assert done["summary"] == summary(removed=1)
    told = actions(by_name(done)["team"]["users"])
    assert told == {TEAM[0]: "unchanged", TEAM[1]: "removed", TEAM[2]: "removed"}
    assert world(simulator).usernames == without("team").usernames
    assert TEAM[0] not in world(simulator).revoked


@BOTH
@pytest.mark.parametrize("before", ["PUT", "DELETE"])
def test_somebody_else_removed_the_credential(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    """Its IDs are not left alive."""
    where = at(ids["jane"])
    before_first(monkeypatch, before, where, lambda: elsewhere(simulator, "DELETE", where))
    done = run.good("credentials", **order(identity, "jane"))
    assert done["changed"]
    assert actions(by_name(done)["jane"]["users"]) == {"JANE0001": "removed"}
    assert world(simulator) == without("jane", identity=identity)


@BOTH
def test_somebody_else_removed_it_while_an_answer_was_lost(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the credential is gone does not say that its IDs are."""
    method, path = ENDINGS[identity].format(TEAM[0]).split()
    simulator.fault(method=method, path=path, kind="empty")
    before_first(monkeypatch, method, path, lambda: elsewhere(simulator, "DELETE", at(ids["team"])))
    run.good("credentials", **order(identity, "team"))
    assert world(simulator) == without("team", identity=identity)


@BOTH
def test_somebody_else_did_all_of_it(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave() -> None:
        for step in all_steps(ids, "jane", "detach")[1:]:
            elsewhere(simulator, *step.split())

    before_first(monkeypatch, "PUT", at(ids["jane"]), leave)
    done = run.good("credentials", **order(identity, "jane", return_objects="all"))
    assert (done["changed"], done["summary"]) == (False, summary(unchanged=1))
    assert world(simulator) == without("jane")


# Lists that do not come


@BOTH
@EACH
@pytest.mark.parametrize("path", ["/users", "/credentials"])
def test_without_a_list_nothing_is_written(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, kind: str, fault: Result, path: str
) -> None:
    simulator.fault(method="GET", path=path, **fault)
    options = order(identity)
    failed = run.bad("credentials", kind, **options)
    assert (failed["changed"], failed["summary"], writes(simulator)) == (False, summary(pending=3), [])
    finishes(run, simulator, options)


@BOTH
@pytest.mark.usefixtures("ids")
def test_a_list_of_users_that_is_not_whole(run: Modules, simulator: Simulator, identity: str) -> None:
    body = {"users": [], "paging": {"count": 0, "total": 7, "page": 0}}
    simulator.fault(method="GET", path="/users", kind="json", body=body, times=None)
    for names in (LEAVERS, ("jane",)):
        failed = run.bad("credentials", "protocol", **order(identity, *names))
        assert (failed["changed"], failed["summary"]) == (False, summary(pending=len(names)))
    assert writes(simulator) == []


@pytest.mark.parametrize("retries", [0, 4])
@BOTH
def test_each_write_is_answered_with_another_status(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, retries: int
) -> None:
    """What was done although the answer is not the documented one is found out, and the rest follows."""
    for method, path in (("PUT", "/credentials/*"), ("POST", "/users/*"), ("DELETE", "/*")):
        simulator.fault(method=method, path=path, kind="json", status=200, body={}, after_work=True, times=None)
    done = run.good("credentials", **order(identity, *LEAVERS), api_retries=retries)
    assert done["summary"] == summary(removed=3)
    assert not set(LEAVERS) & set(credentials_of(simulator))


@pytest.mark.parametrize("module", ["credentials", "users"])
def test_only_what_is_revoked_is_called_so(
    run: Modules, simulator: Simulator, ids: dict[str, str], module: str
) -> None:
    simulator.fault(method="DELETE", path="/users/TEAM0002", status=500, times=None)
    options = order("revoke", "jane", "team")
    if module == "users":
        options = {"users": [{"username": "jane"}, {"username": "team"}], "state": "revoked"}
    foreseen = run.good(module, **options, check=True)
    failed = run.bad(module, "server", **options, api_retries=0)
    (would,) = (text for text in foreseen["warnings"] if "for good" in text)
    (are,) = (text for text in failed["warnings"] if "for good" in text)
    assert would == "4 Threema ID(s) would be revoked, for good: JANE0001, TEAM0001, TEAM0002, TEAM0003"
    assert are == "3 Threema ID(s) are revoked, for good: JANE0001, TEAM0001, TEAM0003"
    simulator.fault(method="PUT", status=500, times=None)
    simulator.fault(method="DELETE", status=500, times=None)
    nothing = run.bad(module, "server", **options, api_retries=0)
    assert not any("for good" in text for text in nothing["warnings"])
