# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role onboarding on the night on which people have left: who goes, within which limits, and who must not."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.roles.staff import IDS, LEAVERS, SERVICE, person, populate, tonight
from ansible_collections.threema.work.tests.roles.staff import usernames as there
from ansible_collections.threema.work.tests.roles.stage import Host, Object, Outcome, Pool, run_role
from ansible_collections.threema.work.tests.support.modules import summary
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

FACTS: t.Final = tuple(
    f"onboarding_{name}" for name in ("summary", "created", "updated", "matched", "removed", "unlisted", "limit")
)
#: Removal of whoever is not on the list.
REMOVE: t.Final[Object] = {
    "onboarding_people": tonight(),
    "onboarding_leavers": "remove",
    "onboarding_identity": "detach",
    "onboarding_leavers_ignore": ["svc-*"],
}
DONE: t.Final = summary(created=1, updated=1, removed=2, unchanged=37)


def bad(number: int, **named: t.Any) -> Object:
    """A row that was left out."""
    return {"row": number, "username": None, "employee_number": None, "problems": [f"row {number}: wrong"], **named}


def skipped(*rows: Object, **more: t.Any) -> Object:
    """Removal, with a list some of whose rows were left out."""
    return {**REMOVE, "onboarding_roster": {"skipped": list(rows), **more}}


NUMBERS: t.Final = {"onboarding_match": "employee_number"}
SCENES: t.Final[dict[str, Object]] = {
    "remove": REMOVE,
    "predicted": REMOVE,
    "text": {**REMOVE, "onboarding_leavers_ignore": "svc-*\nx-*, y-*"},
    "keep": {**REMOVE, "onboarding_identity": "keep", "onboarding_max_removals": 2},
    "revoke": {**REMOVE, "onboarding_identity": "revoke", "onboarding_max_removals": -1},
    "by number": {**REMOVE, **NUMBERS},
    "report": {**REMOVE, "onboarding_leavers": "report", "onboarding_max_removals": 0, "onboarding_identity": "revoke"},
    "report again": {"onboarding_people": tonight()},
    "count": {**REMOVE, "onboarding_max_removals": 2},
    "share": {**REMOVE, "onboarding_people": tonight(without=["p37", *LEAVERS])},
    "fraction": {**REMOVE, "onboarding_max_removals_percent": 4.87},
    "a larger share": {
        **REMOVE,
        "onboarding_people": tonight(without=["p37", *LEAVERS]),
        "onboarding_max_removals_percent": 7.4,
    },
    "everybody is ignored": {**REMOVE, "onboarding_leavers_ignore": ["svc-*", "p3[0-9]"], "onboarding_max_removals": 0},
    "row": skipped(bad(7, username="P39"), left_out=[{"username": "P38", "row": 3}]),
    "nameless row": skipped(bad(7, employee_number="00038")),
    "row by number": {**skipped(bad(7, employee_number="00039")), **NUMBERS},
    "numberless row": {**skipped(bad(7, username="p39")), **NUMBERS},
    "not yet": skipped(not_yet=[person(39)]),
    "not yet by number": {**skipped(not_yet=[person(39, username="p39.again")]), **NUMBERS},
    "no identity": {key: value for key, value in REMOVE.items() if key != "onboarding_identity"},
    "nobody is found": {**REMOVE, "onboarding_people": [{"username": f"x{number}"} for number in range(41)]},
    "nobody on it": {**REMOVE, "onboarding_people": []},
    "too much": {**REMOVE, "onboarding_max_removals_percent": 101},
    "full": REMOVE,
}
REMOVED: t.Final = ("remove", "text", "keep", "revoke", "by number", "full")


@pytest.fixture(scope="module")
def played(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """All scenes, played once."""
    hosts = {}
    for (name, variables), simulator in zip(SCENES.items(), pool.lend(len(SCENES))):
        populate(simulator)
        if name == "full":
            # Each of the 43 that are counted has its license, and nobody else can have one.
            simulator.control("PUT", "settings", {"licenses": 41})
        hosts[name] = Host(simulator, variables, check=name == "predicted")
    return run_role("onboarding", tmp_path_factory.mktemp("leavers"), hosts, FACTS)


def people(outcome: Outcome) -> set[str]:
    """Whose credentials are gone."""
    return there(outcome.before) - there(outcome.after)


@pytest.mark.parametrize("name", REMOVED)
def test_who_has_left_goes_in_the_same_run(played: dict[str, Outcome], name: str) -> None:
    one = played[name]
    assert one.failure is None
    assert one.facts["onboarding_summary"] == DONE
    assert people(one) == set(LEAVERS)
    assert one.facts["onboarding_created"] == ["new"]
    assert one.facts["onboarding_updated"] == ["p00"]
    assert sorted(one.facts["onboarding_unlisted"]) == [*LEAVERS, SERVICE]
    state = {"keep": None, "revoke": "revoked"}.get(name, "detached")
    gone = [threema_id for leaver in LEAVERS for threema_id in IDS[leaver]]
    assert one.after["revoked"] == (gone if state == "revoked" else [])
    left = {user["threema_id"] for user in one.after["users"]}
    assert left == ({*IDS["p07"]} if state else {*IDS["p07"], *gone})
    told = {leaver["username"]: leaver.get("users") for leaver in one.facts["onboarding_removed"]}
    for leaver in LEAVERS:
        ids = [(user["threema_id"], user["state"], user["action"]) for user in told[leaver] or ()]
        assert ids == [(threema_id, state, "removed") for threema_id in IDS[leaver] if state]


def test_leavers_go_before_joiners(played: dict[str, Outcome]) -> None:
    """No license is free before they have gone."""
    writes = [(one["method"], one["operation"]) for one in played["full"].requests if one["method"] != "GET"]
    assert writes.index(("POST", "createCredential")) > max(
        index for index, (method, _operation) in enumerate(writes) if method == "DELETE"
    )


def test_check_mode_says_the_same_and_writes_nothing(played: dict[str, Outcome]) -> None:
    predicted, done = played["predicted"], played["remove"]
    assert not predicted.writes and predicted.after == predicted.before
    assert predicted.facts == done.facts


@pytest.mark.parametrize("name", ["report", "report again"])
def test_with_report_nobody_goes_and_nothing_said_of_leavers_counts(played: dict[str, Outcome], name: str) -> None:
    one = played[name]
    assert one.failure is None
    assert one.facts["onboarding_summary"] == summary(created=1, updated=1, unchanged=37)
    assert sorted(one.facts["onboarding_unlisted"]) == [*LEAVERS, SERVICE]
    assert one.facts["onboarding_removed"] == []
    assert people(one) == set()
    # The credentials, their settings, one creation, one bulk write.
    assert [request["method"] for request in one.requests] == ["GET", "GET", "POST", "POST"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("count", "the plan removes 3, and onboarding_max_removals allows 2; nothing was written. It would remove: "),
        ("share", "the plan removes 3 of 41, and onboarding_max_removals_percent allows 5 %; nothing was written"),
        ("fraction", "removes 2 of 41, and onboarding_max_removals_percent allows 4.87 %"),
        ("nobody is found", "none of the 41 items is in the subscription, which has 41 credentials"),
        ("nobody is found", "With onboarding_leavers: report, missing credentials are created"),
        ("nobody on it", "onboarding_leavers: remove with an empty list would remove every credential"),
        ("too much", "onboarding_max_removals_percent is 101; it must be 0 to 100"),
        ("no identity", "onboarding_leavers: remove needs onboarding_identity (keep, detach or revoke)"),
    ],
)
def test_a_list_that_is_stopped_changes_nothing_at_all(played: dict[str, Outcome], name: str, said: str) -> None:
    one = played[name]
    assert said in str(one.failure)
    assert not one.writes and one.after == one.before


@pytest.mark.parametrize("name", ["no identity", "too much", "nobody on it"])
def test_what_the_variables_alone_show_costs_no_request(played: dict[str, Outcome], name: str) -> None:
    assert not played[name].requests


def test_a_limit_names_who_would_go_and_says_to_look_first(played: dict[str, Outcome]) -> None:
    assert played["share"].facts["onboarding_limit"] == "onboarding_max_removals_percent"
    assert played["remove"].facts["onboarding_limit"] == played["too much"].facts["onboarding_limit"] == ""
    failure = str(played["share"].failure)
    assert "It would remove: p37, p38, p39. Check the list first" in failure


def test_a_share_may_be_raised(played: dict[str, Outcome]) -> None:
    one = played["a larger share"]
    assert one.failure is None
    assert people(one) == {"p37", *LEAVERS}


def test_who_is_ignored_stays(played: dict[str, Outcome]) -> None:
    one = played["everybody is ignored"]
    assert one.failure is None
    assert people(one) == set() and one.facts["onboarding_removed"] == []
    assert one.facts["onboarding_created"] == ["new"]


@pytest.mark.parametrize(
    ("name", "goes"),
    [
        # Under whatever spelling.
        ("row", {"p38"}),
        ("row by number", {"p38"}),
        ("not yet", {"p38"}),
        ("not yet by number", {"p38"}),
        # Such a row may be anybody's.
        ("nameless row", set()),
        ("numberless row", set()),
    ],
)
def test_nobody_leaves_for_a_bad_row_or_a_day_to_come(played: dict[str, Outcome], name: str, goes: set[str]) -> None:
    one = played[name]
    assert people(one) == goes
    assert one.facts["onboarding_created"] == ["new"]
    assert "p39" not in one.facts["onboarding_unlisted"]
    # In the end it fails for bad rows, and only for them.
    rows = not name.startswith("not yet")
    assert one.failure == ("1 person was skipped because of errors in the list: row 7: wrong" if rows else None)


def test_the_closing_message_says_why_nobody_leaves(played: dict[str, Outcome]) -> None:
    output = played["nameless row"].output
    for lacks in ("a username", "an employee number"):
        assert (
            f"it is unknown who is missing from the list, so nobody is removed: 1 bad row(s) without {lacks}" in output
        )


def test_the_closing_message_tells_who_was_left_out_of_the_list(played: dict[str, Outcome]) -> None:
    said = "left out of the list by a condition or a date, although they have a credential: 1: p38"
    assert said in played["row"].output


def test_a_night_without_leavers_costs_no_request_more(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> None:
    whole: Object = {"onboarding_people": [person(index) for index in range(40)]}
    hosts = {}
    for name, simulator in zip(("report", "remove"), pool.lend(2)):
        populate(simulator)
        variables = {**REMOVE, **whole} if name == "remove" else whole
        hosts[name] = Host(simulator, variables)
    played = run_role("onboarding", tmp_path_factory.mktemp("nobody"), hosts, FACTS)
    report, remove = played["report"], played["remove"]
    assert remove.failure is None and remove.facts["onboarding_summary"] == summary(unchanged=40)
    assert len(remove.requests) == len(report.requests) == 2


def test_what_a_budget_leaves_the_next_run_does(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> None:
    simulator: Simulator
    (simulator,) = pool.lend(1)
    populate(simulator)
    folder = tmp_path_factory.mktemp("budget")
    small = {"one": Host(simulator, {**REMOVE, "onboarding_max_requests": 7})}
    first = run_role("onboarding", folder, small, FACTS)["one"]
    assert len(first.requests) <= 7 and first.facts["onboarding_summary"]["pending"] > 0
    assert "onboarding_max_requests" in str(first.failure)
    second = run_role("onboarding", folder, {"one": Host(simulator, REMOVE)}, FACTS)["one"]
    assert second.failure is None
    assert there(second.after) == there(first.before) - set(LEAVERS) | {"new"}
