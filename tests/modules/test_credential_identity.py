# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One credential that is removed together with its Threema IDs."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.threema.work.tests.modules.leaving import (
    ENDINGS,
    FOREVER,
    IDS,
    STATES,
    actions,
    all_steps,
    at,
    forget,
    lines,
    new_passwords,
    nickname,
    numbers,
    populate,
    recount,
    steps_of,
    without,
    world,
    writes,
)
from ansible_collections.threema.work.tests.support.modules import Modules, Result, calls
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

BOTH: t.Final = pytest.mark.parametrize("identity", ["detach", "revoke"])
CHECK: t.Final = pytest.mark.parametrize("check", [False, True])


@pytest.fixture
def ids(simulator: Simulator) -> dict[str, str]:
    """Everybody; the ids of their credentials."""
    return populate(simulator)


def order(identity: str, username: str = "jane", **options: t.Any) -> Result:
    """The options with which somebody leaves."""
    return {"username": username, "state": "absent", "identity": identity, **options}


@BOTH
@pytest.mark.parametrize("by", ["username", "id", "both"])
def test_in_order(run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, by: str) -> None:
    who = {"username": "jane", "id": ids["jane"]}
    given = who if by == "both" else {by: who[by]}
    done = run.good("credential", state="absent", identity=identity, **given)
    assert steps_of(simulator, ids, "jane") == all_steps(ids, "jane", identity)
    reading = [call for call in calls(simulator) if call.startswith("GET")]
    assert (len(reading), reading[-1]) == (2, "GET /users")
    assert (done["changed"], done["api_requests"]) == (True, 5)
    users = [{**user, "msg": user.get("msg")} for user in done["credential"]["users"]]
    assert users == [
        {
            "threema_id": "JANE0001",
            "nickname": nickname("JANE0001"),
            "state": STATES[identity],
            "action": "removed",
            "msg": None,
        }
    ]
    assert world(simulator) == without("jane", identity=identity)
    again = run.good("credential", state="absent", identity=identity, **given)
    # An id that is gone does not tell whether there is another credential with the username.
    assert (again["changed"], again["api_requests"], again["warnings"]) == (False, 2 if by == "both" else 1, [])


@pytest.mark.parametrize("options", [{}, {"identity": "keep"}], ids=str)
def test_keep_is_the_default(run: Modules, simulator: Simulator, ids: dict[str, str], options: dict[str, str]) -> None:
    done = run.good("credential", username="team", state="absent", **options)
    assert writes(simulator) == [f"DELETE {at(ids['team'])}"]
    assert "GET /users" not in calls(simulator)
    assert done["changed"]
    assert world(simulator) == without("team", identity="keep")


@BOTH
def test_nobody_uses_it(run: Modules, simulator: Simulator, ids: dict[str, str], identity: str) -> None:
    run.good("credential", **order(identity, "otto"))
    assert writes(simulator) == [f"DELETE {at(ids['otto'])}"]


def test_with_present_it_does_nothing(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    done = run.good("credential", username="jane", locked=True, identity="revoke")
    assert writes(simulator) == [f"PUT {at(ids['jane'])}"]
    assert done["changed"] and "GET /users" not in calls(simulator)
    assert world(simulator) == without()


@BOTH
@CHECK
@pytest.mark.usefixtures("ids")
def test_one_removal_is_allowed_by_default(run: Modules, simulator: Simulator, identity: str, check: bool) -> None:
    for limit in ({}, {"max_removals": 1}, {"max_removals": 2}):
        refused = run.bad("credential", "refused", check=check, **order(identity, "team", **limit))
        assert {3, limit.get("max_removals", 1)} <= numbers(refused["msg"])
        assert "max_removals" in refused["msg"] and "team" in refused["msg"]
        assert not refused["changed"]
    assert writes(simulator) == []
    for limit in ({"max_removals": 3}, {"max_removals": -1}):
        assert run.good("credential", check=True, **order(identity, "team", **limit))["changed"]
    done = run.good("credential", **order(identity, "team", max_removals=3))
    assert actions(done["credential"]["users"]) == dict.fromkeys(IDS["team"], "removed")


@pytest.mark.usefixtures("ids")
def test_keep_counts_it_once_and_zero_allows_none(run: Modules, simulator: Simulator) -> None:
    for name, identity in (("team", "keep"), ("otto", "detach"), ("jane", "revoke")):
        refused = run.bad("credential", "refused", **order(identity, name, max_removals=0))
        assert {1, 0} <= numbers(refused["msg"])
    assert writes(simulator) == []
    assert run.good("credential", username="nobody", state="absent", max_removals=0)["changed"] is False
    assert run.good("credential", username="stays", locked=True, max_removals=0)["changed"]
    assert run.good("credential", **order("keep", "team"))["changed"]
    assert world(simulator) == without("team", identity="keep")


@BOTH
@pytest.mark.usefixtures("ids")
def test_check_mode_and_diff(run: Modules, simulator: Simulator, identity: str) -> None:
    options = order(identity, "team", max_removals=3, diff=True)
    predicted = run.good("credential", check=True, **options)
    assert writes(simulator) == []
    done = run.good("credential", **options)
    for key in ("changed", "credential", "diff"):
        assert done[key] == predicted[key]
    entries = done["diff"] if isinstance(done["diff"], list) else [done["diff"]]
    assert [sorted(lines(one["after"])) for one in entries] == [[f"{one}: {STATES[identity]}" for one in IDS["team"]]]
    shown = json.dumps([predicted, done])
    assert not any(password in shown for password in [*new_passwords(simulator), "secret-of-team"])
    assert [len(one) for one in new_passwords(simulator)] == [20]


@pytest.mark.parametrize("hashed", [False, True])
@pytest.mark.parametrize("locked", [False, True])
def test_name_lock_and_hash_stay(run: Modules, simulator: Simulator, hashed: bool, locked: bool) -> None:
    simulator.reset()
    credential = {"username": "lone", "password": "secret-of-lone", "hashed": hashed, "locked": locked}
    simulator.control("POST", "credentials", credential)
    app = {"username": "lone", "password": "secret-of-lone", "threema_id": "LONE0001"}
    simulator.control("POST", "activate", app)
    run.good("credential", **order("detach", "lone"))
    (sent,) = [one["body"] for one in simulator.requests() if one["method"] == "PUT"]
    password = sent.pop("password")
    assert sent == {"username": "lone", "hash": hashed, "lock": locked}
    assert len(password) == 20 and password != "secret-of-lone"
    assert simulator.state()["users"] == []


@BOTH
@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("permission", {"status": 403, "times": None}),
        ("server", FOREVER),
        ("network", {"kind": "drop_before", "times": None}),
    ],
    ids=["403", "500", "dropped"],
)
def test_it_fails_in_a_step(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, step: int, kind: str, fault: Result
) -> None:
    simulator.control("POST", "activate", {"username": "jane", "password": "secret-of-jane", "threema_id": "JANE0002"})
    ends = [ENDINGS[identity].format(one) for one in ("JANE0001", "JANE0002")]
    method, path = [f"PUT {at(ids['jane'])}", *ends, f"DELETE {at(ids['jane'])}"][step].split()
    simulator.fault(method=method, path=path, **fault)
    options = order(identity, max_removals=2)
    failed = run.bad("credential", kind, **options)
    assert failed["changed"] is any(one["status"] == 204 for one in simulator.requests())
    left = world(simulator)
    assert "jane" in left.usernames
    done = [one for one in ("JANE0001", "JANE0002") if one not in left.threema_ids]
    assert all(one in failed["msg"] for one in done)
    assert (step != 0 or not done) and (step != 3 or len(done) == 2)
    simulator.control("DELETE", "faults")
    assert run.good("credential", **options)["changed"]
    assert world(simulator).usernames == without("jane").usernames
    assert "JANE" not in "".join(world(simulator).threema_ids)


@BOTH
@pytest.mark.parametrize("retries", [0, 4])
@pytest.mark.parametrize("step", range(3))
def test_a_lost_answer(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, retries: int, step: int
) -> None:
    method, path = all_steps(ids, "jane", identity)[step].split()
    simulator.fault(method=method, path=path, kind="drop_after")
    options = order(identity, api_retries=retries)
    done = run("credential", **options)
    if done["failed"]:
        # What was lost is not sent again, nor what comes after it.
        assert (retries, done["failure"]["kind"]) == (0, "network")
        assert "jane" in world(simulator).usernames
        done = run.good("credential", **options)
    assert done["changed"]
    assert world(simulator) == without("jane", identity=identity)


@BOTH
@CHECK
@pytest.mark.usefixtures("ids")
def test_more_usage_than_users(run: Modules, simulator: Simulator, identity: str, check: bool) -> None:
    forget(simulator, "TEAM0002")
    failed = run.bad("credential", "protocol", check=check, **order(identity, "team", max_removals=-1))
    assert {3, 2} <= numbers(failed["msg"])
    assert "identity: keep" in failed["msg"] and "threema_ids" in failed["msg"]
    assert (failed["changed"], writes(simulator)) == (False, [])
    simulator.control("DELETE", "faults")
    recount(simulator, {"team": None})
    failed = run.bad("credential", "protocol", check=check, **order(identity, "team", max_removals=-1))
    assert (failed["changed"], writes(simulator)) == (False, [])


@BOTH
@pytest.mark.parametrize("way", ["missing", "detail", "twice-encoded", "other-case"])
def test_links_that_lead_nowhere(run: Modules, simulator: Simulator, identity: str, way: str) -> None:
    simulator.reset(switches={"credential-link": way})
    populate(simulator)
    failed = run.bad("credential", "protocol", **order(identity))
    assert (failed["changed"], writes(simulator)) == (False, [])
    assert "JANE0001" in world(simulator).threema_ids


def test_a_count_that_lags(run: Modules, simulator: Simulator) -> None:
    simulator.reset(switches={"usage-count": "lagging"})
    ids = populate(simulator)
    simulator.fault(method="DELETE", path=at(ids["jane"]), **FOREVER)
    run.bad("credential", "server", **order("detach"))
    simulator.control("DELETE", "faults")
    simulator.forget_requests()
    run.bad("credential", "protocol", **order("detach"))
    assert writes(simulator) == []
    simulator.control("PUT", "settings", {"switches": {"usage-count": "linked"}})
    run.good("credential", **order("detach"))
    assert world(simulator) == without("jane")


@pytest.mark.usefixtures("ids")
def test_who_revokes_is_warned(run: Modules) -> None:
    for check in (True, False):
        (warning,) = [
            one for one in run.good("credential", check=check, **order("revoke"))["warnings"] if "JANE0001" in one
        ]
        assert "revoke" in warning.lower()
