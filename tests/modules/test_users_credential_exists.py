# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users whose credential exists: detaching them may be refused, because their devices would come back."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.modules.leaving import (
    numbers,
    populate,
    recount,
    relink,
    without,
    world,
    writes,
)
from ansible_collections.threema.work.tests.support.modules import Modules, Result, summary
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

CHECK: t.Final = pytest.mark.parametrize("check", [False, True])
ORPHAN: t.Final = {"threema_id": "GONE0001"}
STATES: t.Final = ("detached", "revoked")


@pytest.fixture(params=["missing", "dangling"])
def ids(simulator: Simulator, request: pytest.FixtureRequest) -> dict[str, str]:
    """Everybody; the ids of their credentials."""
    simulator.reset(switches={"orphan-link": request.param})
    return populate(simulator)


def order(*users: Result, state: str = "detached", credential_exists: str = "refuse") -> Result:
    """The options."""
    return {"users": [*users], "state": state, "credential_exists": credential_exists}


@CHECK
@pytest.mark.usefixtures("ids")
def test_an_id_whose_credential_exists(run: Modules, simulator: Simulator, check: bool) -> None:
    items = (ORPHAN, {"threema_id": "JANE0001"}, {"threema_id": "TEAM0002"})
    refused = run.bad("users", "refused", check=check, **order(*items))
    assert all(one in refused["msg"] for one in ("jane", "team"))
    assert "GONE0001" not in refused["msg"]
    assert (refused["changed"], refused["summary"]["pending"]) == (False, 3)
    assert writes(simulator) == []


@CHECK
@pytest.mark.parametrize("by", ["username", "credential_id"])
def test_by_credential_it_is_always_refused(
    run: Modules, simulator: Simulator, ids: dict[str, str], by: str, check: bool
) -> None:
    # Also of somebody who has no Threema ID, and of nobody.
    for name in ("jane", "otto", "nobody"):
        item = {"username": name} if by == "username" else {"credential_id": ids.get(name, "no/such+id=")}
        refused = run.bad("users", "refused", check=check, **order(ORPHAN, item))
        assert "credential_exists" in refused["msg"]
        assert not refused["changed"]
    assert writes(simulator) == []


@pytest.mark.usefixtures("ids")
def test_whose_credential_is_gone(run: Modules, simulator: Simulator) -> None:
    done = run.good("users", **order(ORPHAN, {"threema_id": "NOBODY01"}))
    assert done["summary"] == summary(removed=1, unchanged=1)
    assert writes(simulator) == ["POST /users/GONE0001/detach"]
    assert world(simulator) == without(ids=["GONE0001"])
    again = run.good("users", **order(ORPHAN))
    assert (again["changed"], again["summary"]) == (False, summary(unchanged=1))


def test_revoking_is_not_affected(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    items = (ORPHAN, {"threema_id": "JANE0001"}, {"username": "john"}, {"credential_id": ids["team"]})
    done = run.good("users", **order(*items, state="revoked"))
    assert done["summary"] == summary(removed=6)
    everybody = ["GONE0001", "JANE0001", "JOHN0001", "TEAM0001", "TEAM0002", "TEAM0003"]
    assert world(simulator).revoked == everybody


@pytest.mark.usefixtures("ids")
def test_the_state_of_an_item_decides(run: Modules, simulator: Simulator) -> None:
    revoked = {"threema_id": "JANE0001", "state": "revoked"}
    assert run.good("users", **order(ORPHAN, revoked))["summary"] == summary(removed=2)
    assert world(simulator).revoked == ["JANE0001"]
    simulator.forget_requests()
    detached = {"threema_id": "JOHN0001", "state": "detached"}
    refused = run.bad("users", "refused", **order({"threema_id": "STAY0001"}, detached, state="revoked"))
    assert "john" in refused["msg"] and "STAY0001" not in refused["msg"]
    assert writes(simulator) == []


def test_allow_is_the_default(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    items = [{"threema_id": "JANE0001"}, {"username": "john"}, {"credential_id": ids["team"]}]
    predicted = run.good("users", users=items, state="detached", check=True)
    assert run.good("users", **order(*items, credential_exists="allow"))["summary"] == predicted["summary"]
    assert world(simulator) == without(ids=["JANE0001", "JOHN0001", "TEAM0001", "TEAM0002", "TEAM0003"])


@pytest.mark.usefixtures("ids")
def test_another_word_is_refused(run: Modules, simulator: Simulator) -> None:
    refused = run("users", **order(ORPHAN, credential_exists="keep"))
    assert refused["failed"] and "credential_exists" in refused["msg"]
    assert simulator.requests() == []


@pytest.mark.parametrize("way", ["missing", "detail", "twice-encoded", "other-case"])
def test_it_is_not_guessed_from_links_that_lead_nowhere(run: Modules, simulator: Simulator, way: str) -> None:
    simulator.reset(switches={"credential-link": way})
    populate(simulator)
    failed = run("users", **order({"threema_id": "JANE0001"}))
    assert failed["failed"] and failed["failure"]["kind"] in ("protocol", "refused")
    assert (failed["changed"], writes(simulator)) == (False, [])


@CHECK
@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("link", [None, "/credentials/no%2Fsuch"])
@pytest.mark.parametrize("who", ["JANE0001", "GONE0001"])
def test_one_link_that_leads_nowhere(
    run: Modules, simulator: Simulator, link: str | None, who: str, check: bool
) -> None:
    """Of the two without a credential either may be jane's, whose device would bring it back."""
    relink(simulator, {"JANE0001": link and simulator.url + link})
    items = ({"threema_id": who}, {"threema_id": "NOBODY01"})
    failed = run.bad("users", "protocol", check=check, **order(*items))
    assert all(one in failed["msg"] for one in ("credential of jane", who, "credential_exists: allow"))
    assert {1, 0} <= numbers(failed["msg"]) and "NOBODY01" not in failed["msg"]
    assert (failed["changed"], failed["api_requests"], writes(simulator)) == (False, 2, [])


@pytest.mark.usefixtures("ids")
def test_an_unknown_usage_neither(run: Modules, simulator: Simulator) -> None:
    recount(simulator, {"jane": None})
    assert "usage" in run.bad("users", "protocol", **order(ORPHAN))["msg"]
    assert writes(simulator) == []


@pytest.mark.usefixtures("ids")
def test_a_link_that_leads_nowhere_concerns_only_who_is_detached(run: Modules, simulator: Simulator) -> None:
    relink(simulator, {"JANE0001": None})
    assert run.good("users", **order({"threema_id": "NOBODY01"}))["summary"] == summary(unchanged=1)
    assert "john" in run.bad("users", "refused", **order({"threema_id": "JOHN0001"}))["msg"]
    assert writes(simulator) == []
    assert run.good("users", **order(ORPHAN, state="revoked"))["changed"]
    assert run.good("users", **order({"threema_id": "JANE0001"}, credential_exists="allow"))["changed"]
    assert "GONE0001" in world(simulator).revoked and "JANE0001" not in world(simulator).threema_ids
