# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Offboarding 50 people of 5,000, as verbosely as can be: what it costs, and what it says."""

from __future__ import annotations

import pytest
from ansible_collections.threema.work.tests.roles.people import FACTS, remove
from ansible_collections.threema.work.tests.roles.stage import Host, Outcome, Pool, run_role

PEOPLE = 50
ORPHANS = 2


@pytest.fixture(scope="module")
def played(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """50 people, and 50 with Threema IDs whose credentials are gone."""
    hosts = {}
    for name, simulator in zip(("people", "ids"), pool.lend(2)):
        simulator.reset(credentials=5000, users=5000)
        state = simulator.state()
        usernames = [one["username"] for one in state["credentials"][1000 : 1000 + PEOPLE]]
        ids: list[str] = []
        for credential in state["credentials"][:ORPHANS] if name == "ids" else ():
            remove(simulator, credential["username"])
            ids += credential["users"]
        variables = {
            "offboarding_usernames": "\n".join(usernames),
            "offboarding_threema_ids": ids,
            "offboarding_identity": "detach",
            "offboarding_max_removals": PEOPLE + len(ids),
        }
        hosts[name] = Host(simulator, variables)
    return run_role("offboarding", tmp_path_factory.mktemp("many"), hosts, FACTS, "-vvv", "--diff")


@pytest.mark.parametrize(("name", "lists", "more"), [("people", 2, 0), ("ids", 2, ORPHANS)])
def test_two_lists_and_three_writes_a_person(played: dict[str, Outcome], name: str, lists: int, more: int) -> None:
    one = played[name]
    assert one.failure is None
    assert len(one.facts["offboarding_removed"]) == PEOPLE
    assert one.methods.count("GET") <= lists
    assert len(one.writes) == 3 * PEOPLE + more
    assert len(one.after["users"]) == len(one.before["users"]) - PEOPLE - more


def test_passwords_are_nowhere_in_the_output(played: dict[str, Outcome]) -> None:
    one = played["people"]
    generated = [request["body"]["password"] for request in one.requests if request["method"] == "PUT"]
    old = [credential["password"] for credential in one.before["credentials"]]
    assert len(set(generated)) == PEOPLE
    assert one.facts["offboarding_removed"][0] in one.output
    assert [password for password in [*generated, *old] if password in one.output] == []
