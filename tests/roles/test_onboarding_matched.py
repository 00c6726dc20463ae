# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role onboarding where people are found by their employee number, and what it refuses before any request."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.roles.staff import LEAVERS, person, populate, tonight
from ansible_collections.threema.work.tests.roles.staff import usernames as there
from ansible_collections.threema.work.tests.roles.stage import Host, Object, Outcome, Pool, run_role
from ansible_collections.threema.work.tests.support.modules import summary

FACTS: t.Final = tuple(f"onboarding_{name}" for name in ("summary", "created", "updated", "matched", "removed"))
#: Somebody with a new name; her app has the old one.
MARRIED: t.Final = person(7, username="p07.married")
NUMBERS: t.Final[Object] = {
    "onboarding_match": "employee_number",
    "onboarding_leavers": "remove",
    "onboarding_identity": "detach",
    "onboarding_leavers_ignore": ["svc-*"],
}
MATCHED: t.Final[Object] = {**NUMBERS, "onboarding_people": tonight(MARRIED, without=["p07", *LEAVERS])}
SCENES: t.Final[dict[str, Object]] = {
    "kept": MATCHED,
    "renamed": {**MATCHED, "onboarding_rename_matched": True},
    "predicted": {**MATCHED, "onboarding_rename_matched": True},
    "by username": {**MATCHED, "onboarding_match": "username", "onboarding_rename_matched": True},
    "used again": {**NUMBERS, "onboarding_people": tonight(person(38, employee_number="09038"))},
    "one number": {**NUMBERS, "onboarding_people": tonight(person(7, username="p07.twice"))},
    "two credentials": {**NUMBERS, "onboarding_people": tonight(person(7, username="svc-alarm"), without=["p07"])},
    "emptied": {
        **NUMBERS,
        "onboarding_people": [
            {"username": f"{one['username']}{'.new' if one['username'] in ('p07', 'p08') else ''}"}
            for one in tonight(without=())
        ],
    },
    "wrong word": {**MATCHED, "onboarding_match": "number"},
    "another word": {**MATCHED, "onboarding_leavers": "delete"},
    "wrong identity": {**MATCHED, "onboarding_identity": "destroy"},
    "empty pattern": {**MATCHED, "onboarding_leavers_ignore": ["svc-*", " "]},
    "no pattern": {**MATCHED, "onboarding_leavers_ignore": ""},
    "wrong count": {**MATCHED, "onboarding_max_removals": "few"},
}


@pytest.fixture(scope="module")
def played(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """All scenes, played once."""
    hosts = {}
    for (name, variables), simulator in zip(SCENES.items(), pool.lend(len(SCENES))):
        populate(simulator)
        hosts[name] = Host(simulator, variables, check=name == "predicted")
    return run_role("onboarding", tmp_path_factory.mktemp("matched"), hosts, FACTS)


def matched(one: Outcome) -> list[tuple[str, str, bool]]:
    """Who was found by the number."""
    return [(who["username"], who["listed_as"], who["renamed"]) for who in one.facts["onboarding_matched"]]


def married(state: Object) -> Object:
    """Her credential, by what stays."""
    (one,) = [one for one in state["credentials"] if one["settings"].get("th_csi") == "00007"]
    return t.cast("Object", one)


def test_who_has_another_name_keeps_credential_and_username(played: dict[str, Outcome]) -> None:
    one = played["kept"]
    assert one.failure is None
    assert matched(one) == [("p07", "p07.married", False)]
    assert one.facts["onboarding_summary"] == summary(created=1, updated=1, removed=2, unchanged=37)
    assert there(one.before) - there(one.after) == set(LEAVERS)
    assert married(one.after) == married(one.before)
    assert "p07 (listed as p07.married)" in one.output


def test_who_has_another_name_is_renamed_on_demand(played: dict[str, Outcome]) -> None:
    one = played["renamed"]
    assert one.failure is None
    assert matched(one) == [("p07.married", "p07.married", True)]
    assert sorted(one.facts["onboarding_updated"]) == ["p00", "p07.married"]
    assert there(one.before) - there(one.after) == {"p07", *LEAVERS}
    assert married(one.after) == {**married(one.before), "username": "p07.married"}


def test_check_mode_predicts_who_is_renamed(played: dict[str, Outcome]) -> None:
    one = played["predicted"]
    assert not one.writes and one.after == one.before
    assert one.facts == played["renamed"].facts


def test_without_the_number_she_is_a_leaver_and_a_joiner(played: dict[str, Outcome]) -> None:
    """Three removals of 41 are more than 5 %."""
    one = played["by username"]
    assert "the plan removes 3 of 41, and onboarding_max_removals_percent" in str(one.failure)
    assert not one.writes


def test_a_username_that_is_used_again_fails_for_that_person_alone(played: dict[str, Outcome]) -> None:
    one = played["used again"]
    assert "00038" in str(one.failure) and "09038" in str(one.failure)
    # Nobody of that name leaves, although the one who had it has.
    assert one.facts["onboarding_summary"] == summary(created=1, updated=1, removed=1, unchanged=37, failed=1)
    assert there(one.before) - there(one.after) == {"p39"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("one number", "several items have the same th_csi"),
        ("two credentials", "it cannot be determined by th_csi who is meant"),
        ("two credentials", "may be any of svc-alarm"),
        ("emptied", "pruning is not safe; nothing was written: 3 item(s) have no th_csi"),
        ("wrong count", "onboarding_max_removals"),
    ],
)
def test_a_list_that_looks_wrong_changes_nothing(played: dict[str, Outcome], name: str, said: str) -> None:
    one = played[name]
    assert said in str(one.failure)
    assert not one.writes and one.after == one.before


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("wrong word", "onboarding_match"),
        ("another word", "onboarding_leavers"),
        ("wrong identity", "onboarding_identity"),
        ("empty pattern", "onboarding_leavers_ignore: entry 2 is empty; leave it out. Nothing was written"),
        ("no pattern", "onboarding_leavers_ignore is empty; leave it out, or give a list. Nothing was written"),
    ],
)
def test_what_the_variables_show_costs_no_request(played: dict[str, Outcome], name: str, said: str) -> None:
    one = played[name]
    assert said in str(one.failure)
    assert not one.requests
