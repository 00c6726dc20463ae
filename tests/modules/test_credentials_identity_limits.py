# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stops a removal with Threema IDs before its first write, for all or for one, and that removals come first."""

from __future__ import annotations

import typing as t
from urllib.parse import quote

import pytest
from ansible_collections.threema.work.tests.modules.leaving import (
    FOREVER,
    IDS,
    LEAVERS,
    absent,
    all_steps,
    at,
    by_name,
    forget,
    numbers,
    populate,
    recount,
    relink,
    steps_of,
    without,
    world,
    writes,
)
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, calls, credentials_of, summary
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

BOTH: t.Final = pytest.mark.parametrize("identity", ["detach", "revoke"])
CHECK: t.Final = pytest.mark.parametrize("check", [False, True])
#: Links to a credential that lead nowhere; each but the first is that of one user only.
LEADING_NOWHERE: t.Final = ["missing", "detail", "twice-encoded", "other-case"]


@pytest.fixture
def ids(simulator: Simulator) -> dict[str, str]:
    """Everybody; the ids of their credentials."""
    return populate(simulator)


def order(identity: str, *names: str, **options: t.Any) -> Result:
    """The options with which these people leave."""
    return {"credentials": absent(*(names or LEAVERS)), "identity": identity, **options}


# Limits


@BOTH
@CHECK
@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize(("names", "count"), [(LEAVERS, 5), (("team",), 3), (("otto",), 1), (("jane", "john"), 2)])
def test_each_counts_its_ids_and_at_least_one(
    run: Modules, simulator: Simulator, identity: str, check: bool, names: tuple[str, ...], count: int
) -> None:
    for limit in (count - 1, 0):
        refused = run.bad("credentials", "refused", check=check, **order(identity, *names, max_removals=limit))
        assert "max_removals" in refused["msg"]
        assert {count, limit} <= numbers(refused["msg"])
        assert all(name in refused["msg"] for name in names)
        assert (refused["changed"], refused["summary"]["pending"]) == (False, len(names))
    assert writes(simulator) == []
    for limit in (count, -1):
        done = run.good("credentials", check=True, **order(identity, *names, max_removals=limit))
        assert done["summary"] == summary(removed=len(names))


@pytest.mark.usefixtures("ids")
def test_keep_counts_each_credential_once(run: Modules, simulator: Simulator) -> None:
    run.bad("credentials", "refused", **order("keep", max_removals=2))
    assert writes(simulator) == []
    assert run.good("credentials", **order("keep", max_removals=3))["summary"] == summary(removed=3)


@BOTH
@pytest.mark.usefixtures("ids")
def test_prune_counts_them_too(run: Modules, simulator: Simulator, identity: str) -> None:
    options = {"credentials": [{"username": "stays"}], "prune": True, "identity": identity}
    refused = run.bad("credentials", "refused", max_removals=5, **options)
    assert {6, 5} <= numbers(refused["msg"]) and writes(simulator) == []
    ignored = run.good("credentials", check=True, max_removals=3, prune_ignore=["team"], **options)
    assert sorted(by_name(ignored)) == ["jane", "john", "otto"]
    assert run.good("credentials", max_removals=6, **options)["summary"]["removed"] == 4
    assert world(simulator) == without("jane", "john", "team", "otto", identity=identity)


def test_the_limit_is_ten(run: Modules, simulator: Simulator) -> None:
    add(simulator, "crowd")
    for number in range(11):
        app = {"username": "crowd", "password": "secret-of-crowd", "threema_id": f"CROWD{number:03}"}
        simulator.control("POST", "activate", app)
    simulator.forget_requests()
    refused = run.bad("credentials", "refused", **order("detach", "crowd"))
    assert {11, 10} <= numbers(refused["msg"]) and writes(simulator) == []
    assert run.good("credentials", **order("detach", "crowd", max_removals=11))["summary"] == summary(removed=1)


# The count of the service against the list of users


@BOTH
@CHECK
@pytest.mark.usefixtures("ids")
def test_more_usage_than_users_fails_that_one(run: Modules, simulator: Simulator, identity: str, check: bool) -> None:
    forget(simulator, "TEAM0002")
    failed = run.bad("credentials", "protocol", check=check, **order(identity))
    assert failed["summary"] == summary(removed=2, failed=1)
    team = by_name(failed)["team"]
    assert team["action"] == "failed"
    for text in (failed["msg"], team["msg"]):
        assert {3, 2} <= numbers(text), text
        assert "team" in text and "identity: keep" in text and "threema_ids" in text and "users" in text
    if not check:
        # Not even the password.
        assert not any("TEAM" in one or at(credentials_of(simulator)["team"]["id"]) in one for one in writes(simulator))
        assert world(simulator) == without("jane", "otto", identity=identity)


@BOTH
@pytest.mark.usefixtures("ids")
def test_so_does_one_without_any_user(run: Modules, simulator: Simulator, identity: str) -> None:
    """There are others whose links are right."""
    forget(simulator, "JANE0001")
    failed = run.bad("credentials", "protocol", **order(identity, "jane", "john"))
    assert failed["summary"] == summary(removed=1, failed=1)
    assert {1, 0} <= numbers(by_name(failed)["jane"]["msg"])
    assert world(simulator) == without("john", identity=identity)
    simulator.forget_requests()
    run.bad("credentials", "protocol", **order(identity, "jane"))
    assert (writes(simulator), world(simulator)) == ([], without("john", identity=identity))


@pytest.mark.usefixtures("ids")
def test_both_ways_out_work(run: Modules, simulator: Simulator) -> None:
    forget(simulator, "TEAM0002")
    run.bad("credentials", "protocol", **order("detach", "team", "jane"))
    # The ID that is known otherwise; afterwards the count is right.
    simulator.control("DELETE", "faults")
    relink(simulator, {"TEAM0002": None})
    done = run.good("credentials", threema_ids=["TEAM0002"], identity="detach")
    assert done["summary"] == summary(removed=1)
    simulator.control("DELETE", "faults")
    run.good("credentials", **order("detach", "team"))
    assert world(simulator) == without("team", "jane")
    forget(simulator, "JOHN0001")
    run.bad("credentials", "protocol", **order("detach", "john"))
    assert run.good("credentials", **order("keep", "john"))["summary"] == summary(removed=1)


@BOTH
@pytest.mark.usefixtures("ids")
def test_more_users_than_usage_are_ended_all(run: Modules, simulator: Simulator, identity: str) -> None:
    recount(simulator, {"team": 1, "jane": 0})
    run.good("credentials", **order(identity))
    assert world(simulator) == without(*LEAVERS, identity=identity)


@BOTH
@pytest.mark.usefixtures("ids")
def test_an_unknown_usage_fails_that_one(run: Modules, simulator: Simulator, identity: str) -> None:
    recount(simulator, {"team": None})
    failed = run.bad("credentials", "protocol", **order(identity))
    assert failed["summary"] == summary(removed=2, failed=1)
    assert by_name(failed)["team"]["action"] == "failed"
    assert "usage" in failed["msg"] and "identity: keep" in failed["msg"]
    assert world(simulator) == without("jane", "otto", identity=identity)
    simulator.forget_requests()
    run.bad("credentials", "protocol", **order(identity, "team"))
    assert writes(simulator) == []
    assert run.good("credentials", **order("keep", "team"))["summary"] == summary(removed=1)


@BOTH
def test_a_count_that_lags(run: Modules, simulator: Simulator, identity: str) -> None:
    simulator.reset(switches={"usage-count": "lagging"})
    ids = populate(simulator)
    # In one go it does not matter.
    assert run.good("credentials", **order(identity, "jane", "otto"))["summary"] == summary(removed=2)
    simulator.fault(method="DELETE", path=at(ids["team"]), **FOREVER)
    run.bad("credentials", "server", **order(identity))
    simulator.control("DELETE", "faults")
    simulator.forget_requests()
    failed = run.bad("credentials", "protocol", **order(identity))
    assert failed["summary"] == summary(unchanged=2, failed=1)
    assert {1, 0} <= numbers(by_name(failed)["team"]["msg"])
    assert "identity: keep" in failed["msg"] and "threema_ids" in failed["msg"]
    assert writes(simulator) == []
    simulator.control("PUT", "settings", {"switches": {"usage-count": "linked"}})
    assert run.good("credentials", **order(identity))["summary"] == summary(unchanged=2, removed=1)
    assert world(simulator) == without(*LEAVERS, identity=identity)


# Links that lead nowhere


@BOTH
@CHECK
@pytest.mark.parametrize("way", LEADING_NOWHERE)
@pytest.mark.parametrize("names", [LEAVERS, ("jane",), ("otto", "jane")], ids=str)
def test_where_no_link_leads_anywhere_nothing_is_written(
    run: Modules, simulator: Simulator, identity: str, check: bool, way: str, names: tuple[str, ...]
) -> None:
    simulator.reset(switches={"credential-link": way})
    populate(simulator)
    failed = run.bad("credentials", "protocol", check=check, **order(identity, *names))
    assert failed["changed"] is False
    # Of one alone it is the same whether it fails or the task.
    assert failed["summary"] in (summary(pending=len(names)), *([summary(failed=1)] if len(names) == 1 else []))
    assert "link" in failed["msg"]
    assert writes(simulator) == []


@BOTH
@pytest.mark.parametrize("way", LEADING_NOWHERE)
def test_nor_by_prune(run: Modules, simulator: Simulator, identity: str, way: str) -> None:
    simulator.reset(switches={"credential-link": way})
    populate(simulator)
    options = {"credentials": [{"username": "stays"}, {"username": "new", "password": "x"}], "prune": True}
    failed = run.bad("credentials", "protocol", identity=identity, **options)
    assert (failed["changed"], writes(simulator)) == (False, [])


@BOTH
@pytest.mark.parametrize("names", [LEAVERS, ("jane",)], ids=str)
def test_a_fragment_is_understood_or_refused(
    run: Modules, simulator: Simulator, identity: str, names: tuple[str, ...]
) -> None:
    simulator.reset(switches={"credential-link": "fragment"})
    ids = populate(simulator)
    result = run("credentials", **order(identity, *names))
    if result["failed"]:
        assert (result["failure"]["kind"], writes(simulator)) == ("protocol", [])
    else:
        assert [steps_of(simulator, ids, name) for name in names] == [all_steps(ids, name, identity) for name in names]


@BOTH
@pytest.mark.parametrize("way", LEADING_NOWHERE)
def test_where_one_leads_nowhere_that_one_fails(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, way: str
) -> None:
    quoted = quote(ids["jane"], safe="")
    links = {
        "missing": None,
        "detail": f"{simulator.url}/credentials/{quoted}/detail",
        "twice-encoded": f"{simulator.url}/credentials/{quote(quoted)}",
        "other-case": f"{simulator.url}{at(ids['jane'].swapcase())}",
    }
    relink(simulator, {"JANE0001": links[way]})
    failed = run.bad("credentials", "protocol", **order(identity))
    assert failed["summary"] == summary(removed=2, failed=1)
    assert by_name(failed)["jane"]["action"] == "failed"
    assert steps_of(simulator, ids, "jane") == []
    assert world(simulator) == without("team", "otto", identity=identity)
    simulator.forget_requests()
    run.bad("credentials", "protocol", **order(identity, "jane"))
    assert writes(simulator) == []
    assert run.good("credentials", **order("keep", "jane"))["changed"]


@BOTH
@pytest.mark.parametrize("link", ["missing", "dangling"])
def test_whose_credential_is_gone_is_nobodys(run: Modules, simulator: Simulator, identity: str, link: str) -> None:
    simulator.reset(switches={"orphan-link": link})
    populate(simulator)
    run.good("credentials", **order(identity))
    assert world(simulator) == without(*LEAVERS, identity=identity)


@BOTH
@pytest.mark.parametrize("link", ["missing", "dangling"])
def test_nobody_is_missed_where_nobody_is_in_use(run: Modules, simulator: Simulator, identity: str, link: str) -> None:
    """The only users are those whose credentials are gone, and no credential is in use."""
    simulator.reset(switches={"orphan-link": link})
    ids = populate(simulator)
    run.good("credentials", credentials=absent(*(name for name in IDS if IDS[name])), identity="keep")
    simulator.forget_requests()
    done = run.good("credentials", **order(identity, "otto"))
    assert done["summary"] == summary(removed=1)
    assert writes(simulator) == [f"DELETE {at(ids['otto'])}"]


# Removals come first


@pytest.mark.parametrize("prune", [False, True])
@pytest.mark.parametrize("identity", ["keep", "detach", "revoke"])
def test_removals_make_room_for_creations(run: Modules, simulator: Simulator, identity: str, prune: bool) -> None:
    """No license is free before, and with ``keep`` as many as credentials that nobody used."""
    simulator.reset(licenses=3)
    add(simulator, "one", "two", "three")
    if identity != "keep":
        for name in ("one", "two"):
            app = {"username": name, "password": f"secret-of-{name}", "threema_id": f"{name.upper():0<8}"}
            simulator.control("POST", "activate", app)
    simulator.forget_requests()
    new = [{"username": name, "password": "x", "settings": {"th_csi": name}} for name in ("four", "five")]
    items = [*new, {"username": "three"}] if prune else [*new, *absent("one", "two")]
    done = run.good("credentials", credentials=items, identity=identity, prune=prune)
    assert done["summary"] == summary(created=2, removed=2, unchanged=int(prune))
    state = credentials_of(simulator)
    assert (sorted(state), state["five"]["settings"]) == (["five", "four", "three"], {"th_csi": "five"})
    sent = writes(simulator)
    first_creation = sent.index("POST /credentials")
    assert not any(one.startswith("DELETE") or "/detach" in one for one in sent[first_creation:])


def test_a_removal_that_fails_stops_no_creation(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    simulator.fault(method="PUT", path=at(ids["jane"]), status=403, times=None)
    items = [{"username": "new", "password": "x"}, *absent("jane", "otto")]
    failed = run.bad("credentials", "permission", credentials=items, identity="detach")
    assert failed["summary"] == summary(created=1, removed=1, failed=1)
    assert failed["created"] == ["new"]
    assert calls(simulator)[-1] == "POST /credentials"
