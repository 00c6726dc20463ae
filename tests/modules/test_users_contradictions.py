# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users by credential where the service contradicts itself, and selectors that mean different people."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.modules.leaving import (
    actions,
    activate,
    forget,
    numbers,
    populate,
    recount,
    relink,
    without,
    world,
    writes,
)
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, summary
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

STATES: t.Final = ("detached", "revoked")
STATE: t.Final = pytest.mark.parametrize("state", STATES)
BY: t.Final = pytest.mark.parametrize("by", ["username", "credential_id"])
IDENTITY: t.Final = {"detached": "detach", "revoked": "revoke"}
LEADING_NOWHERE: t.Final = ["missing", "detail", "twice-encoded", "other-case"]


@pytest.fixture
def ids(simulator: Simulator) -> dict[str, str]:
    """Everybody; the ids of their credentials."""
    return populate(simulator)


def who(ids: dict[str, str], by: str, name: str) -> Result:
    """Somebody, by credential."""
    return {"username": name} if by == "username" else {"credential_id": ids[name]}


# The count of the service against the list of users


@STATE
@BY
def test_more_usage_than_users_fails_that_item(
    run: Modules, simulator: Simulator, ids: dict[str, str], by: str, state: str
) -> None:
    forget(simulator, "TEAM0002")
    items = [who(ids, by, "team"), who(ids, by, "jane"), {"threema_id": "JOHN0001"}]
    for check in (True, False):
        failed = run.bad("users", "protocol", users=items, state=state, check=check)
        assert failed["summary"] == summary(removed=2, failed=1)
        assert {3, 2} <= numbers(failed["msg"])
        assert failed["changed"]
    assert world(simulator) == without(ids=["JANE0001", "JOHN0001"], identity=IDENTITY[state])


@STATE
@BY
def test_of_one(run: Modules, simulator: Simulator, ids: dict[str, str], by: str, state: str) -> None:
    forget(simulator, "JANE0001")
    failed = run.bad("user", "protocol", state=state, **who(ids, by, "jane"))
    many = run.bad("users", "protocol", state=state, users=[who(ids, by, "jane")])
    assert (failed["changed"], many["changed"], writes(simulator)) == (False, False, [])


@BY
def test_one_of_two_is_missing(run: Modules, simulator: Simulator, ids: dict[str, str], by: str) -> None:
    """Not taken for the only one that the credential has."""
    simulator.control("POST", "activate", {"username": "jane", "password": "secret-of-jane", "threema_id": "JANE0002"})
    forget(simulator, "JANE0002")
    failed = run.bad("user", "protocol", state="revoked", **who(ids, by, "jane"))
    assert {2, 1} <= numbers(failed["msg"])
    assert writes(simulator) == []


@BY
def test_an_unknown_usage(run: Modules, simulator: Simulator, ids: dict[str, str], by: str) -> None:
    """It is never concluded that somebody has no ID."""
    recount(simulator, {"jane": None})
    forget(simulator, "JANE0001")
    run.bad("user", "protocol", state="detached", **who(ids, by, "jane"))
    failed = run.bad("users", "protocol", state="detached", users=[who(ids, by, "jane"), {"threema_id": "JOHN0001"}])
    assert failed["summary"] == summary(removed=1, failed=1)
    assert "JANE0001" in world(simulator).threema_ids


@STATE
def test_a_count_that_lags(run: Modules, simulator: Simulator, state: str) -> None:
    simulator.reset(switches={"usage-count": "lagging"})
    populate(simulator)
    assert run.good("user", username="jane", state=state)["changed"]
    run.bad("user", "protocol", username="jane", state=state)
    many = run.bad("users", "protocol", users=[{"username": "jane"}, {"username": "john"}], state=state)
    assert many["summary"] == summary(removed=1, failed=1)
    assert {1, 0} <= numbers(many["msg"])
    simulator.control("PUT", "settings", {"switches": {"usage-count": "linked"}})
    assert run.good("user", username="jane", state=state)["changed"] is False


@STATE
@pytest.mark.usefixtures("ids")
def test_by_its_id_it_is_not_asked(run: Modules, simulator: Simulator, state: str) -> None:
    recount(simulator, {"jane": 7, "john": None})
    relink(simulator, {"JANE0001": None, "JOHN0001": None})
    assert run.good("user", threema_id="JANE0001", state=state)["changed"]
    assert run.good("users", users=[{"threema_id": "JOHN0001"}], state=state)["changed"]
    assert world(simulator) == without(ids=["JANE0001", "JOHN0001"], identity=IDENTITY[state])


@STATE
@pytest.mark.parametrize(
    ("username", "credential"), [("jane", "isGone"), ("nobody", "jane"), ("jane", "john"), ("nobody", "isGone")]
)
def test_a_username_and_an_id_that_do_not_belong_together(
    run: Modules, simulator: Simulator, ids: dict[str, str], state: str, username: str, credential: str
) -> None:
    """Also where one of them is gone; where both are, nobody is meant."""
    item = {"username": username, "credential_id": ids.get(credential, credential)}
    if (username, credential) == ("nobody", "isGone"):
        assert run.good("users", users=[item], state=state)["summary"] == summary(unchanged=1)
        return
    refused = run.bad("users", "refused", users=[item], state=state)
    owner = credential if credential in ids else "nobody"
    assert f"belongs to {owner}, not to {username}" in refused["msg"]
    assert writes(simulator) == []


def test_a_credential_id_beside_it_costs_no_request(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    """Whether both belong together, the user tells."""
    done = run.good("user", threema_id="JANE0001", credential_id=ids["jane"], state="detached")
    assert (done["changed"], done["api_requests"]) == (True, 2)


@pytest.mark.parametrize("kind", ["server", "quota", "permission"])
@BY
def test_a_look_that_fails_does_not_say_that_nobody_is_there(
    run: Modules, simulator: Simulator, ids: dict[str, str], by: str, kind: str
) -> None:
    status = {"server": 500, "quota": 429, "permission": 403}[kind]
    recount(simulator, {"jane": 0})
    simulator.fault(method="GET", path="/users", status=status)
    run.bad("user", kind, state="revoked", api_retries=0, **who(ids, by, "jane"))
    assert "JANE0001" in world(simulator).threema_ids


@STATE
@BY
def test_who_has_no_id_is_unchanged(
    run: Modules, simulator: Simulator, ids: dict[str, str], by: str, state: str
) -> None:
    assert run.good("user", state=state, **who(ids, by, "otto"))["changed"] is False
    done = run.good("users", state=state, users=[who(ids, by, "otto"), who(ids, by, "jane")])
    assert done["summary"] == summary(removed=1, unchanged=1)


@STATE
@BY
def test_a_filter_that_finds_nobody_is_not_believed(
    run: Modules, simulator: Simulator, ids: dict[str, str], by: str, state: str
) -> None:
    body = {"users": [], "paging": {"count": 0, "total": 0, "page": 0}}
    simulator.fault(method="GET", path="/users", kind="json", body=body)
    assert run.good("user", state=state, **who(ids, by, "jane"))["user"]["threema_id"] == "JANE0001"
    assert world(simulator) == without(ids=["JANE0001"], identity=IDENTITY[state])


# Links that lead nowhere


@STATE
@BY
@pytest.mark.parametrize("way", LEADING_NOWHERE)
def test_where_no_link_leads_anywhere_the_task_fails(
    run: Modules, simulator: Simulator, way: str, by: str, state: str
) -> None:
    simulator.reset(switches={"credential-link": way})
    ids = populate(simulator)
    failed = run.bad("user", "protocol", state=state, **who(ids, by, "jane"))
    assert "link" in failed["msg"]
    items = [{"threema_id": "JOHN0001"}, who(ids, by, "jane"), who(ids, by, "otto")]
    for check in (True, False):
        many = run.bad("users", "protocol", users=items, state=state, check=check)
        assert (many["changed"], many["summary"]) == (False, summary(pending=3))
    assert writes(simulator) == []


@STATE
@pytest.mark.parametrize("others", [None, (), ({"threema_id": "JOHN0001"},), ({"credential_id": "gone/too"},)], ids=str)
def test_of_a_credential_that_is_gone_nothing_is_concluded_without_any_link(
    run: Modules, simulator: Simulator, others: tuple[Result, ...] | None, state: str
) -> None:
    """In ``users`` with other items, or in ``user``."""
    simulator.reset(switches={"credential-link": "missing"})
    ids = populate(simulator)
    wanted = who(ids, "credential_id", "gone")
    for check in (True, False):
        module, given = ("user", wanted) if others is None else ("users", {"users": [wanted, *others]})
        failed = run.bad(module, "protocol", state=state, check=check, **given)
        assert "link" in failed["msg"] and "threema_id" in failed["msg"]
        assert (failed["changed"], failed["api_requests"] <= 3) == (False, True)
    assert writes(simulator) == []


@STATE
def test_nor_where_nobody_uses_a_credential(run: Modules, simulator: Simulator, state: str) -> None:
    """Who is left may be anybody whose credential was removed."""
    ids = add(simulator, "gone", "otto")
    activate(simulator, "gone", "GONE0001")
    run.good("credential", username="gone", state="absent")
    for others in ([], [{"credential_id": "gone/too"}]):
        run.bad("users", "protocol", users=[{"credential_id": ids["gone"]}, *others], state=state)
    # That nobody uses one that exists, its usage shows.
    assert not run.good("user", username="otto", state=state)["changed"]
    simulator.control("PUT", "settings", {"switches": {"orphan-link": "dangling"}})
    items = [{"credential_id": ids["gone"]}, {"credential_id": "gone/too"}]
    assert run.good("users", users=items, state=state)["summary"] == summary(removed=1, unchanged=1)


@STATE
def test_a_link_of_anybody_shows_that_there_are_links(run: Modules, simulator: Simulator, state: str) -> None:
    ids = populate(simulator)
    assert not run.good("user", credential_id=ids["gone"], state=state)["changed"]
    assert run.good("user_info", credential_id=ids["gone"])["users"] == []


def test_whose_they_were_is_not_told_either(run: Modules, simulator: Simulator) -> None:
    simulator.reset(switches={"credential-link": "missing"})
    ids = populate(simulator)
    assert "link" in run.bad("user_info", "protocol", credential_id=ids["gone"])["msg"]
    assert run.good("user_info", credential_id=ids["otto"])["users"] == []


@BY
@pytest.mark.parametrize("module", ["user", "users"])
def test_a_fragment_is_understood_or_refused(run: Modules, simulator: Simulator, by: str, module: str) -> None:
    simulator.reset(switches={"credential-link": "fragment"})
    ids = populate(simulator)
    wanted = who(ids, by, "jane")
    result = run(module, state="revoked", **(wanted if module == "user" else {"users": [wanted]}))
    if result["failed"]:
        assert (result["failure"]["kind"], writes(simulator)) == ("protocol", [])
    else:
        assert world(simulator) == without(ids=["JANE0001"], identity="revoke")


# Selectors that do not belong together


CONTRADICTIONS: t.Final[list[tuple[str, ...]]] = [
    # Threema ID, username, owner of the credential_id
    ("JANE0001", "john", ""),
    ("JANE0001", "", "john"),
    ("", "jane", "john"),
    ("JANE0001", "jane", "john"),
    ("JANE0001", "john", "jane"),
    ("JANE0001", "otto", ""),
    ("JANE0001", "nobody", ""),
    ("JANE0001", "", "nobody"),
    ("GONE0001", "jane", ""),
    ("GONE0001", "", "jane"),
]


def selectors(ids: dict[str, str], threema_id: str, username: str, owner: str) -> Result:
    """An item with several of them."""
    given = {
        "threema_id": threema_id,
        "username": username,
        "credential_id": ids.get(owner, "no/such+id=") if owner else "",
    }
    return {name: value for name, value in given.items() if value}


@STATE
@pytest.mark.parametrize("case", CONTRADICTIONS, ids=str)
def test_they_mean_different_people(
    run: Modules, simulator: Simulator, ids: dict[str, str], case: tuple[str, str, str], state: str
) -> None:
    item = selectors(ids, *case)
    before = world(simulator)
    for check in (True, False):
        refused = run.bad("user", "refused", state=state, check=check, **item)
        assert not refused["changed"]
        many = run.bad("users", "refused", state=state, check=check, users=[item])
        assert not many["changed"]
    assert world(simulator) == before
    assert writes(simulator) == []


@STATE
@pytest.mark.parametrize("case", [("JANE0001", "jane", ""), ("JANE0001", "", "jane"), ("JANE0001", "jane", "jane")])
@pytest.mark.parametrize("module", ["user", "users"])
def test_they_belong_together(
    run: Modules, simulator: Simulator, ids: dict[str, str], case: tuple[str, str, str], state: str, module: str
) -> None:
    item = selectors(ids, *case)
    done = run.good(module, state=state, **(item if module == "user" else {"users": [item]}))
    assert done["changed"]
    assert world(simulator) == without(ids=["JANE0001"], identity=IDENTITY[state])
    again = run.good(module, state=state, **(item if module == "user" else {"users": [item]}))
    assert not again["changed"]


def test_of_a_team_only_the_one_that_is_named(run: Modules, simulator: Simulator, ids: dict[str, str]) -> None:
    done = run.good("users", users=[{"threema_id": "TEAM0002", "username": "team"}], state="detached")
    assert actions(done["users"]) == {"TEAM0002": "removed"}
    assert run.good("user", threema_id="TEAM0001", credential_id=ids["team"], state="detached")["changed"]
    assert world(simulator) == without(ids=["TEAM0001", "TEAM0002"])


@pytest.mark.usefixtures("ids")
def test_an_item_that_contradicts_itself_ends_nobody(run: Modules, simulator: Simulator) -> None:
    items = [{"threema_id": "JANE0001", "username": "john"}, {"username": "stays"}]
    run.bad("users", "refused", users=items, state="revoked")
    assert not {"JANE0001", "JOHN0001"} & set(world(simulator).revoked)


# What is returned of one


@STATE
@pytest.mark.usefixtures("ids")
def test_user_returns_the_one_it_acted_on_and_nothing_else(run: Modules, state: str) -> None:
    for wanted in ({"threema_id": "JANE0001"}, {"username": "john"}):
        predicted = run.good("user", check=True, state=state, **wanted)
        done = run.good("user", state=state, **wanted)
        assert done["user"] == predicted["user"]
        assert done["user"]["threema_id"] in ("JANE0001", "JOHN0001")
        assert "users" not in done and "users" not in predicted
        again = run.good("user", state=state, **wanted)
        assert (again["changed"], again["user"], "users" in again) == (False, None, False)
