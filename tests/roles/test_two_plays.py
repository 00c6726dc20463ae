# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two plays at once on the same subscription, for the same people."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.roles.people import FACTS, LEAVERS, populate, without
from ansible_collections.threema.work.tests.roles.stage import Host, Pool, run_role, state
from ansible_collections.threema.work.tests.support.modules import credentials_of

PEOPLE: t.Final = [{"username": f"person.{number:02}", "first_name": "Jo"} for number in range(25)]


def test_onboarding(pool: Pool, tmp_path: Path) -> None:
    (simulator,) = pool.lend(1)
    simulator.control("PUT", "settings", {"latency_ms": 20, "jitter_ms": 20})
    hosts = {name: Host(simulator, {"onboarding_people": PEOPLE}) for name in ("one", "two")}
    done = run_role("onboarding", tmp_path, hosts, ("onboarding_created",))
    assert [one.failure for one in done.values()] == [None, None]
    created = [name for one in done.values() for name in one.facts["onboarding_created"]]
    assert sorted(created) == [person["username"] for person in PEOPLE]
    assert {name: one["settings"] for name, one in credentials_of(simulator).items()} == {
        person["username"]: {"th_firstname": "Jo"} for person in PEOPLE
    }


@pytest.mark.parametrize("identity", ["keep", "detach", "revoke"])
def test_offboarding(pool: Pool, tmp_path: Path, identity: str) -> None:
    (simulator,) = pool.lend(1)
    populate(simulator)
    before = state(simulator)
    simulator.control("PUT", "settings", {"latency_ms": 20, "jitter_ms": 20})
    variables = {
        "offboarding_usernames": LEAVERS,
        "offboarding_identity": identity,
        "offboarding_unknown": "ignore",
    }
    done = run_role("offboarding", tmp_path, {name: Host(simulator, variables) for name in ("one", "two")}, FACTS)
    assert [one.failure for one in done.values()] == [None, None]
    after = state(simulator)
    if identity == "keep":
        assert not set(LEAVERS) & set(credentials_of(simulator))
    else:
        assert after == without(before, LEAVERS, revoked=identity == "revoke")
