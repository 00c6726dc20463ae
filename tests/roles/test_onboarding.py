# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role onboarding: its limits, and what the list says of people who are there already."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.roles.stage import Host, Object, Outcome, Pool, run_role
from ansible_collections.threema.work.tests.support.modules import add, summary
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

FACTS: t.Final = ("onboarding_summary", "onboarding_created", "onboarding_unlisted")
PEOPLE: t.Final[list[Object]] = [
    {"username": "anna", "department": "Surgery", "e-mail": "anna@example.com"},
    {"username": "berta"},
    {"username": "carl", "password": "pw of carl", "license_count": 3, "locked": False},
]


def onboard(simulator: Simulator, **variables: t.Any) -> Host:
    """Anna, whose credential is there, Berta and Carl, who are new; Dora is not on the list."""
    add(simulator, "anna", "dora", locked=True)
    return Host(simulator, {"onboarding_people": PEOPLE, **variables})


BAD: t.Final = {"row": 7, "username": "nobody", "employee_number": None, "problems": ["row 7: no number"]}
SCENES: t.Final[dict[str, dict[str, t.Any]]] = {
    "new": {},
    "unlocked": {"onboarding_credentials_locked": False},
    "hashed": {"onboarding_credentials_hashed": True},
    "three at once": {"onboarding_concurrency": 3},
    "nine requests": {"onboarding_max_requests": 9},
    "three requests": {"onboarding_max_requests": 3},
    "null": {"onboarding_max_requests": None},
    "null creations": {"onboarding_max_creations": None},
    "one creation": {"onboarding_max_creations": 1},
    "two creations": {"onboarding_max_creations": 2},
    "bad rows": {"onboarding_roster": {"skipped": [BAD], "not_yet": [{"username": "Dora"}]}},
    "nameless": {"onboarding_roster": {"skipped": [BAD, {**BAD, "username": None}]}},
    "no request": {"onboarding_max_requests": 0},
    "nobody": {"onboarding_people": []},
    "no number": {"simulator_retries": "many"},
    "the list unlocks": {"onboarding_people": [{"username": "anna", "locked": "no"}]},
}


@pytest.fixture(scope="module")
def played(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """All scenes, played once."""
    simulators = pool.lend(len(SCENES))
    hosts = {name: onboard(simulator, **SCENES[name]) for name, simulator in zip(SCENES, simulators)}
    return run_role("onboarding", tmp_path_factory.mktemp("played"), hosts, FACTS)


def people(one: Outcome) -> dict[str, Object]:
    """The credentials after it, by username."""
    return {credential["username"]: credential for credential in one.after["credentials"]}


@pytest.mark.parametrize("name", ["new", "unlocked", "three at once", "nine requests", "two creations"])
def test_who_is_new_gets_a_credential(played: dict[str, Outcome], name: str) -> None:
    one = played[name]
    assert one.failure is None
    assert one.facts["onboarding_summary"] == summary(created=2, updated=1)
    assert sorted(one.facts["onboarding_created"]) == ["berta", "carl"]
    assert one.facts["onboarding_unlisted"] == ["dora"]
    now = people(one)
    assert [now[who]["locked"] for who in ("anna", "berta", "carl")] == [True, name != "unlocked", False]
    assert (now["carl"]["password"], now["carl"]["license_count"]) == ("pw of carl", 3)
    assert now["anna"]["settings"] == {"th_department": "Surgery"}
    assert now["dora"] == next(
        credential for credential in one.before["credentials"] if credential["username"] == "dora"
    )


def test_hashed_needs_a_password_for_everybody_who_is_new(played: dict[str, Outcome]) -> None:
    one = played["hashed"]
    assert "berta" in str(one.failure)
    assert one.after == one.before


def test_a_limit_leaves_the_rest_for_the_next_run(played: dict[str, Outcome]) -> None:
    one = played["three requests"]
    assert len(one.requests) <= 3
    assert "max_requests" in str(one.failure)
    assert one.facts["onboarding_summary"]["pending"] > 0


def test_no_request_is_not_no_limit(played: dict[str, Outcome]) -> None:
    one = played["no request"]
    assert not one.requests
    assert "max_requests" in str(one.failure)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("null", "onboarding_max_requests is null"),
        ("null creations", "onboarding_max_creations is null"),
        ("one creation", "the plan creates 2, and onboarding_max_creations allows 1"),
    ],
)
def test_refused_before_the_first_write(played: dict[str, Outcome], name: str, said: str) -> None:
    one = played[name]
    assert not one.writes
    # Up to core 2.18, a template makes an empty text of null.
    assert said.replace("null", "empty") in str(one.failure).replace("is null", "is empty")


def test_who_is_listed_all_the_same_is_not_unlisted(played: dict[str, Outcome]) -> None:
    one = played["bad rows"]
    assert one.facts["onboarding_unlisted"] == []
    assert one.facts["onboarding_summary"] == summary(created=2, updated=1)
    assert "row 7: no number" in str(one.failure)


def test_a_bad_row_without_a_name_may_be_anybody_s(played: dict[str, Outcome]) -> None:
    one = played["nameless"]
    assert one.facts["onboarding_unlisted"] == []
    assert (
        "it is unknown who is missing from the list, so nobody is removed: 1 bad row(s) without a username"
        in one.output
    )


def test_what_ansible_refuses_is_what_the_role_says(played: dict[str, Outcome]) -> None:
    """Such a task ends without a summary."""
    one = played["no number"]
    assert not one.requests
    assert "api_retries" in str(one.failure) and "summary" not in str(one.failure)


def test_an_empty_list_changes_nothing(played: dict[str, Outcome]) -> None:
    one = played["nobody"]
    assert one.failure is None
    assert not one.writes
    assert sorted(one.facts["onboarding_unlisted"]) == ["anna", "dora"]


def test_what_the_list_says_of_a_lock_holds_for_everybody(played: dict[str, Outcome]) -> None:
    one = played["the list unlocks"]
    assert one.facts["onboarding_summary"] == summary(updated=1)
    assert people(one)["anna"]["locked"] is False
    assert people(one)["anna"]["password"] == "secret-of-anna"
