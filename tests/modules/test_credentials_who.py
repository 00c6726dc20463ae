# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who was changed and removed, by names alone, as a role tells it of thousands of people."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, summary
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

ITEMS: t.Final[list[Result]] = [
    {"username": "new", "password": "new-password"},
    {"username": "anna", "settings": {"th_department": "Care"}},
    {"username": "berta", "new_username": "berta.new"},
    {"username": "carl"},
]


@pytest.fixture(autouse=True)
def there(simulator: Simulator) -> None:
    """Four people; Dora's Threema ID is known."""
    simulator.reset()
    add(simulator, "anna", "berta", "carl", "dora", "emil")
    user = {"username": "dora", "password": "secret-of-dora", "threema_id": "DORA0001"}
    simulator.control("POST", "activate", user)


def names(result: Result) -> tuple[list[str], list[Result]]:
    """Who was changed, and who was removed, without nicknames."""
    removed = [
        {**one, "users": [{name: user[name] for name in ("threema_id", "state", "action")} for user in one["users"]]}
        if "users" in one
        else one
        for one in result["removed"]
    ]
    return result["updated"], removed


@pytest.mark.parametrize("check", [True, False])
def test_each_is_named_although_no_object_is_returned(run: Modules, check: bool) -> None:
    options = {"credentials": ITEMS, "prune": True, "identity": "detach", "return_objects": "none"}
    done = run.good("credentials", check=check, **options)
    assert (done["credentials"], done["created"]) == ([], ["new"])
    dora = {"threema_id": "DORA0001", "state": "detached", "action": "removed"}
    removed = [{"username": "dora", "users": [dora]}, {"username": "emil", "users": []}]
    assert names(done) == (["anna", "berta.new"], removed)


def test_of_who_keeps_the_threema_id_only_the_name_is_known(run: Modules) -> None:
    done = run.good("credentials", credentials=ITEMS, prune=True)
    assert names(done) == (["anna", "berta.new"], [{"username": "dora"}, {"username": "emil"}])


def test_what_failed_is_neither_changed_nor_removed(run: Modules, simulator: Simulator) -> None:
    simulator.fault(method="PUT", path="/credentials/*", kind="status", status=400, times=None)
    simulator.fault(method="DELETE", path="/credentials/*", kind="status", status=400, times=None)
    failed = run.bad("credentials", "invalid", credentials=ITEMS, prune=True)
    assert failed["summary"] == summary(created=1, updated=1, unchanged=1, failed=3)
    assert names(failed) == (["anna"], [])
    assert names(run.good("credentials", credentials=ITEMS[:1])) == ([], [])
