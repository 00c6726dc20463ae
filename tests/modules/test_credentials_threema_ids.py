# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Threema IDs that are ended in the same task as credentials, and what becomes of names that are not there."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.modules.leaving import (
    ENDINGS,
    FOREVER,
    LEAVERS,
    STATES,
    absent,
    actions,
    all_steps,
    at,
    by_name,
    lines,
    nickname,
    numbers,
    populate,
    reads,
    relink,
    steps_of,
    without,
    world,
    writes,
)
from ansible_collections.threema.work.tests.support.modules import Modules, add, calls, summary
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

BOTH: t.Final = pytest.mark.parametrize("identity", ["detach", "revoke"])
CHECK: t.Final = pytest.mark.parametrize("check", [False, True])
ORPHAN: t.Final = "GONE0001"
NOBODY: t.Final = "NOBODY01"


@pytest.fixture
def ids(simulator: Simulator) -> dict[str, str]:
    """Everybody; the ids of their credentials."""
    return populate(simulator)


# Threema IDs


@BOTH
@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("link", ["missing", "dangling"])
@pytest.mark.parametrize("options", [{}, {"credentials": []}], ids=["left out", "empty"])
def test_ids_alone(run: Modules, simulator: Simulator, identity: str, link: str, options: dict[str, t.Any]) -> None:
    simulator.control("PUT", "settings", {"switches": {"orphan-link": link}})
    wanted = {"threema_ids": [ORPHAN], "identity": identity, **options}
    predicted = run.good("credentials", check=True, diff=True, **wanted)
    assert writes(simulator) == []
    done = run.good("credentials", diff=True, **wanted)
    assert writes(simulator) == [ENDINGS[identity].format(ORPHAN)]
    assert len(reads(simulator)) <= 6
    assert (done["changed"], done["summary"], done["credentials"]) == (True, summary(removed=1), [])
    (user,) = done["users"]
    assert {**user, "msg": user.get("msg")} == {
        "threema_id": ORPHAN,
        "nickname": nickname(ORPHAN),
        "state": STATES[identity],
        "action": "removed",
        "msg": None,
    }
    for key in ("summary", "users", "not_found", "diff"):
        assert done[key] == predicted[key]
    (entry,) = done["diff"]
    assert any(ORPHAN in line for line in [entry["before_header"], *lines(entry["before"])])
    assert any(STATES[identity] in line for line in lines(entry["after"]))
    assert world(simulator) == without(ids=[ORPHAN], identity=identity)
    for result in (predicted, done):
        assert any(ORPHAN in warning for warning in result["warnings"]) is (identity == "revoke")
    again = run.good("credentials", diff=True, **wanted)
    assert (again["changed"], again["summary"]["removed"], again["users"]) == (False, 0, [])
    assert again["not_found"] == [ORPHAN]


@BOTH
@pytest.mark.usefixtures("ids")
def test_one_that_is_named_twice_counts_once(run: Modules, simulator: Simulator, identity: str) -> None:
    done = run.good("credentials", threema_ids=[ORPHAN, ORPHAN], identity=identity, max_removals=1)
    assert (done["summary"], actions(done["users"])) == (summary(removed=1), {ORPHAN: "removed"})
    assert writes(simulator) == [ENDINGS[identity].format(ORPHAN)]


@BOTH
def test_an_id_whose_credential_goes_counts_once(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str
) -> None:
    options = {
        "credentials": absent("team", "otto"),
        "threema_ids": ["TEAM0002", ORPHAN, "TEAM0001"],
        "identity": identity,
    }
    refused = run.bad("credentials", "refused", max_removals=4, **options)
    assert {5, 4} <= numbers(refused["msg"]) and writes(simulator) == []
    done = run.good("credentials", max_removals=5, **options)
    assert done["summary"] == summary(removed=3)
    assert set(actions(by_name(done)["team"]["users"])) == {"TEAM0001", "TEAM0002", "TEAM0003"}
    assert actions(done["users"]) == {ORPHAN: "removed"}
    assert steps_of(simulator, ids, "team") == all_steps(ids, "team", identity)
    assert writes(simulator).count(ENDINGS[identity].format("TEAM0002")) == 1
    assert world(simulator) == without("team", "otto", identity=identity, ids=[ORPHAN])


@CHECK
@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("others", [[], absent(*LEAVERS)], ids=["alone", "with credentials"])
def test_detaching_one_whose_credential_stays_is_refused(
    run: Modules, simulator: Simulator, check: bool, others: list[dict[str, t.Any]]
) -> None:
    options = {"credentials": others, "threema_ids": [ORPHAN, "STAY0001", "JOHN0001"], "max_removals": -1}
    refused = run.bad("credentials", "refused", check=check, identity="detach", **options)
    assert "stays" in refused["msg"] and "john" in refused["msg"]
    assert (refused["changed"], writes(simulator)) == (False, [])


def test_revoking_one_whose_credential_stays_is_not(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    done = run.good("credentials", credentials=absent("jane"), threema_ids=["STAY0001"], identity="revoke")
    assert actions(done["users"]) == {"STAY0001": "removed"}
    left = without("jane", identity="revoke", ids=["STAY0001"])
    assert world(simulator) == left and "stays" in left.usernames
    assert not any(at(ids["stays"]) in one for one in writes(simulator))


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("options", [{}, {"identity": "keep"}], ids=str)
def test_with_keep_they_are_refused(run: Modules, simulator: Simulator, options: dict[str, str]) -> None:
    refused = run.bad("credentials", "refused", credentials=absent("jane"), threema_ids=[ORPHAN], **options)
    assert "threema_ids" in refused["msg"] and "identity" in refused["msg"]
    assert (refused["changed"], refused["api_requests"], calls(simulator)) == (False, 0, [])


@BOTH
@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("wrong", ["gone0001", "GONE001", "GONE00012", "../users", "GONE000*", "GONE 001"])
def test_what_is_no_threema_id_is_refused(run: Modules, simulator: Simulator, identity: str, wrong: str) -> None:
    refused = run.bad("credentials", "refused", threema_ids=[ORPHAN, wrong], identity=identity)
    assert wrong in refused["msg"]
    assert (refused["api_requests"], calls(simulator)) == (0, [])


@pytest.mark.usefixtures("ids")
def test_without_credentials_there_must_be_ids(run: Modules, simulator: Simulator) -> None:
    for options in ({}, {"identity": "detach"}):
        result = run("credentials", **options)
        assert result["failed"] and "credentials" in result["msg"]
    for options in ({}, {"credentials": []}):
        refused = run.bad("credentials", "refused", threema_ids=[ORPHAN], identity="detach", prune=True, **options)
        assert "prune" in refused["msg"]
    assert calls(simulator) == []


@pytest.mark.usefixtures("ids")
def test_no_ids_are_nobody(run: Modules, simulator: Simulator) -> None:
    done = run.good("credentials", credentials=absent("jane"), threema_ids=[], identity="detach")
    assert (done["summary"], done.get("users", [])) == (summary(removed=1), [])
    assert world(simulator) == without("jane")


@BOTH
@pytest.mark.usefixtures("ids")
def test_with_prune_too(run: Modules, simulator: Simulator, identity: str) -> None:
    items = [{"username": name} for name in ("stays", "john", "otto")]
    options = {"credentials": items, "prune": True, "threema_ids": [ORPHAN, "JANE0001"], "identity": identity}
    run.bad("credentials", "refused", max_removals=4, **options)
    assert writes(simulator) == []
    done = run.good("credentials", max_removals=5, **options)
    assert (actions(done["users"]), done["summary"]) == ({ORPHAN: "removed"}, summary(removed=3, unchanged=3))
    assert world(simulator) == without("jane", "team", identity=identity, ids=[ORPHAN])


@BOTH
@pytest.mark.usefixtures("ids")
def test_an_id_that_fails_stops_nobody_else(run: Modules, simulator: Simulator, identity: str) -> None:
    method, path = ENDINGS[identity].format(ORPHAN).split()
    simulator.fault(method=method, path=path, **FOREVER)
    options = {"credentials": absent("jane"), "threema_ids": [ORPHAN], "identity": identity}
    failed = run.bad("credentials", "server", **options)
    assert failed["summary"] == summary(removed=1, failed=1)
    (user,) = failed["users"]
    assert (user["action"], bool(user["msg"])) == ("failed", True)
    assert ORPHAN in failed["msg"]
    assert world(simulator) == without("jane", identity=identity)
    simulator.control("DELETE", "faults")
    done = run.good("credentials", **options)
    assert done["summary"] == summary(removed=1, unchanged=1)
    assert world(simulator) == without("jane", identity=identity, ids=[ORPHAN])


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("retries", [0, 4])
@BOTH
def test_a_lost_answer(run: Modules, simulator: Simulator, identity: str, retries: int) -> None:
    method, path = ENDINGS[identity].format(ORPHAN).split()
    simulator.fault(method=method, path=path, kind="drop_after")
    done = run.good("credentials", threema_ids=[ORPHAN], identity=identity, api_retries=retries)
    assert (done["summary"], actions(done["users"])) == (summary(removed=1), {ORPHAN: "removed"})


@BOTH
@pytest.mark.usefixtures("ids")
def test_the_quota_leaves_ids_for_later(run: Modules, simulator: Simulator, identity: str) -> None:
    options = {"credentials": absent("jane"), "threema_ids": [ORPHAN], "identity": identity, "concurrency": 1}
    requests = run.good("credentials", check=True, **options)["api_requests"]
    for spent in range(requests, requests + 4):
        simulator.control("PUT", "settings", {"quota": spent, "quota_used": 0})
        simulator.forget_requests()
        stopped = run.bad("credentials", "quota", **options)
        assert stopped["summary"]["failed"] == 0 and stopped["summary"]["pending"] >= 1
        left = ORPHAN in world(simulator).threema_ids
        assert actions(stopped["users"])[ORPHAN] == ("pending" if left else "removed")
        simulator.reset()
        populate(simulator)
    simulator.control("PUT", "settings", {"quota": 0})
    run.good("credentials", **options)
    assert world(simulator) == without("jane", identity=identity, ids=[ORPHAN])


@pytest.mark.parametrize("way", ["missing", "detail", "twice-encoded", "other-case"])
def test_whether_a_credential_stays_is_not_guessed(run: Modules, simulator: Simulator, way: str) -> None:
    simulator.reset(switches={"credential-link": way})
    populate(simulator)
    failed = run("credentials", threema_ids=["STAY0001"], identity="detach")
    assert failed["failed"] and failed["failure"]["kind"] in ("protocol", "refused")
    assert (failed["changed"], writes(simulator)) == (False, [])


@CHECK
@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("others", [[], absent("john"), absent("john", "team")], ids=["alone", "one", "several"])
@pytest.mark.parametrize("who", ["JANE0001", ORPHAN])
def test_one_link_that_leads_nowhere(
    run: Modules, simulator: Simulator, who: str, others: list[dict[str, t.Any]], check: bool
) -> None:
    """Of the two without a credential either may be that of jane, whose credential stays; whose it is may be known."""
    relink(simulator, {"JANE0001": None})
    done = run.good("credentials", credentials=others, threema_ids=[who], identity="detach", check=check)
    (warning,) = [one for one in done["warnings"] if "credential of jane" in one]
    assert {1, 0} <= numbers(warning) and f"({who})" in warning
    assert actions(done["users"]) == {who: "removed"}


@CHECK
@pytest.mark.usefixtures("ids")
def test_no_doubt_where_all_links_are_right(run: Modules, simulator: Simulator, check: bool) -> None:
    """Nor about IDs whose credential goes with them."""
    done = run.good("credentials", credentials=absent("jane"), threema_ids=[ORPHAN], identity="detach", check=check)
    assert not any("cannot be determined" in one for one in done["warnings"])


@pytest.mark.usefixtures("ids")
def test_a_link_that_leads_nowhere_stops_no_revocation(run: Modules, simulator: Simulator) -> None:
    relink(simulator, {"JANE0001": None})
    done = run.good("credentials", credentials=absent("john"), threema_ids=["JANE0001"], identity="revoke")
    assert (actions(done["users"]), done["summary"]) == ({"JANE0001": "removed"}, summary(removed=2))


# Names that are not there


@CHECK
@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("identity", ["keep", "detach", "revoke"])
def test_unknown_fails_with_all_of_them(run: Modules, simulator: Simulator, identity: str, check: bool) -> None:
    items = [*absent("jane", "xaver", "hans", "otto"), {"id": "no/such+id=", "state": "absent"}]
    more = {} if identity == "keep" else {"threema_ids": [NOBODY, ORPHAN]}
    missing = ["xaver", "hans", "no/such+id=", *([NOBODY] if more else [])]
    options = {"credentials": items, "identity": identity, **more}
    refused = run.bad("credentials", "refused", check=check, unknown="fail", **options)
    assert all(name in refused["msg"] for name in missing)
    assert "unknown" in refused["msg"]
    assert ORPHAN not in refused["msg"] and "otto" not in refused["msg"]
    assert (refused["changed"], writes(simulator)) == (False, [])


@pytest.mark.usefixtures("ids")
def test_a_refusal_lists_them_in_the_result_too(run: Modules) -> None:
    refused = run.bad("credentials", "refused", credentials=absent("jane", "xaver", "hans"), unknown="fail")
    assert sorted(refused["not_found"]) == ["hans", "xaver"]


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("identity", ["keep", "detach", "revoke"])
@pytest.mark.parametrize("unknown", [{}, {"unknown": "ignore"}], ids=str)
def test_unknown_is_ignored_by_default(
    run: Modules, simulator: Simulator, identity: str, unknown: dict[str, str]
) -> None:
    items = [*absent("jane", "xaver"), {"id": "no/such+id=", "state": "absent"}]
    done = run.good("credentials", credentials=items, identity=identity, **unknown)
    assert done["summary"] == summary(removed=1, unchanged=2)
    assert sorted(done["not_found"]) == ["no/such+id=", "xaver"]
    assert world(simulator) == without("jane", identity=identity)


@pytest.mark.usefixtures("ids")
def test_unknown_concerns_only_those_who_are_to_be_removed(run: Modules, simulator: Simulator) -> None:
    items = [{"username": "new", "password": "x"}, *absent("jane")]
    done = run.good("credentials", credentials=items, identity="detach", unknown="fail")
    assert (done["summary"], done["not_found"]) == (summary(created=1, removed=1), [])
    assert "new" in world(simulator).usernames


@pytest.mark.usefixtures("ids")
def test_a_long_list_of_unknown_names(run: Modules, simulator: Simulator) -> None:
    names = [f"unknown.{number:02}" for number in range(15)]
    refused = run.bad("credentials", "refused", credentials=absent("jane", *names), unknown="fail")
    assert all(name in refused["msg"] for name in names)
    assert writes(simulator) == []


def test_nobody_is_unknown_where_all_are_there(run: Modules, simulator: Simulator) -> None:
    add(simulator, "one", "two")
    done = run.good("credentials", credentials=absent("one", "two"), unknown="fail")
    assert (done["summary"], done["not_found"]) == (summary(removed=2), [])
    # Running it again is refused: nobody of them is there any more.
    run.bad("credentials", "refused", credentials=absent("one", "two"), unknown="fail")
