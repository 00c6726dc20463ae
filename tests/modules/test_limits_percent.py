# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The limit of removals that is a share of what was there before: exact, of the right things, beside the other one."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.modules.leaving import activate
from ansible_collections.threema.work.tests.modules.test_limits import assert_told, wrote
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, calls, summary
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

ALL: t.Final[Result] = {"max_removals": -1}


def share_of(run: Modules, removed: int, total: int, percent: float, **options: t.Any) -> Result:
    """Prune so many of so many, in check mode."""
    listed = [{"username": f"person{number:04}"} for number in range(total - removed)]
    options = {**ALL, "prune": True, "max_removals_percent": percent, **options}
    return run("credentials", credentials=listed, check=True, **options)


@pytest.mark.parametrize(
    ("removed", "total", "percent", "allowed"),
    [
        (5, 100, 5, True),
        (6, 100, 5, False),
        (5, 100, 4.99, False),
        # In binary, 100 * 1.1 and 100 * 4.35 are a little beside what is written.
        (11, 1000, 1.1, True),
        (12, 1000, 1.1, False),
        (87, 2000, 4.35, True),
        (88, 2000, 4.35, False),
        (2, 3, 66.666, False),
        (2, 3, 66.667, True),
        # Above 0, one may always go.
        (1, 100, 0.0001, True),
        (1, 100, 0, False),
        (2, 100, 0.0001, False),
        (0, 100, 0, True),
        (99, 100, 100, True),
    ],
)
def test_the_share(run: Modules, simulator: Simulator, removed: int, total: int, percent: float, allowed: bool) -> None:
    add(simulator, *(f"person{number:04}" for number in range(total)))
    done = share_of(run, removed, total, percent)
    assert done["failed"] is not allowed
    if allowed:
        assert done["removals"] == {"planned": removed, "limit": -1, "of": total}
        return
    assert done["removals"] == {"planned": removed, "limit": percent, "of": total}
    assert done["failure"]["limit"] == "max_removals_percent"
    assert done["summary"] == summary(pending=removed)
    gone = [f"person{number:04}" for number in range(total - removed, total)]
    assert_told(done["msg"], "max_removals_percent", removed, total, gone)
    # What the message says to set is enough.
    enough = float(done["msg"].rsplit("at least ", 1)[1].split(" ")[0].rstrip("."))
    assert not share_of(run, removed, total, enough)["failed"]


@pytest.mark.parametrize("percent", [-0.1, 100.5, 101, float("nan"), float("inf"), "many"])
@pytest.mark.parametrize("module", ["credentials", "contacts", "mdm_settings"])
def test_what_is_no_share(run: Modules, simulator: Simulator, module: str, percent: t.Any) -> None:
    options = {"settings": {"th_csi": "1"}} if module == "mdm_settings" else {module: []}
    result = run(module, max_removals_percent=percent, **options)
    assert result["failed"] and "max_removals_percent" in result["msg"]
    assert calls(simulator) == []


def test_both_limits_hold(run: Modules, simulator: Simulator) -> None:
    add(simulator, *(f"person{number:04}" for number in range(10)))
    for limits, told in (
        ({"max_removals": 3, "max_removals_percent": 40}, None),
        ({"max_removals": 2, "max_removals_percent": 40}, "max_removals"),
        ({"max_removals": 3, "max_removals_percent": 29.9}, "max_removals_percent"),
        ({"max_removals": 0, "max_removals_percent": 0}, "max_removals"),
    ):
        done = share_of(run, 3, 10, **{"percent": limits["max_removals_percent"], **limits})
        assert done.get("failure", {}).get("limit") == told, limits


def test_threema_ids_do_not_count(run: Modules, simulator: Simulator) -> None:
    """Credentials are counted, not their IDs, nor IDs that end besides."""
    add(simulator, *(f"person{number:04}" for number in range(4)), license_count=3)
    for number in range(3):
        activate(simulator, "person0003", f"IDENT00{number}")
    done = share_of(run, 1, 4, 25, identity="detach")
    assert done["removals"] == {"planned": 3, "limit": -1, "of": 4}
    absent = [{"username": "person0003", "state": "absent"}]
    options: Result = {"identity": "revoke", "threema_ids": ["IDENT000"], "max_removals_percent": 25, **ALL}
    done = run.good("credentials", credentials=absent, check=True, **options)
    assert done["removals"] == {"planned": 3, "limit": -1, "of": 4}
    options = {"identity": "revoke", "threema_ids": ["IDENT000"], "max_removals_percent": 0, **ALL}
    assert run.good("credentials", check=True, **options)["removals"]["planned"] == 1


@pytest.mark.parametrize("percent", [50, 49])
def test_absent_items_count_too(run: Modules, simulator: Simulator, percent: float) -> None:
    """All are listed for it, although each could be looked up by itself."""
    add(simulator, *(f"person{number:04}" for number in range(4)))
    absent = [{"username": f"person000{number}", "state": "absent"} for number in (0, 1)]
    result = run("credentials", credentials=absent, max_removals_percent=percent)
    assert result["failed"] is (percent < 50)
    assert result["removals"]["of"] == 4


def custom(simulator: Simulator, number: int) -> list[Result]:
    """So many custom contacts, beside an automatic one."""
    contacts = [
        {"threema_id": f"CONTAC{index:02}", "first_name": "A", "last_name": "B", "type": "custom"}
        for index in range(number)
    ]
    simulator.control("POST", "contacts", [*contacts, {"threema_id": "AUTO0001", "type": "auto"}])
    return [{"threema_id": one["threema_id"]} for one in contacts]


@pytest.mark.parametrize("prune", [True, False])
def test_contacts(run: Modules, simulator: Simulator, prune: bool) -> None:
    """The custom ones count."""
    contacts = custom(simulator, 4)
    gone = [{**one, "state": "absent"} for one in contacts[2:]]
    options: Result = {"contacts": contacts[:2] if prune else gone, "prune": prune, "check": True}
    refused = run.bad("contacts", "refused", max_removals_percent=49, **options)
    assert refused["removals"] == {"planned": 2, "limit": 49, "of": 4}
    assert wrote(simulator) == []
    assert run.good("contacts", max_removals_percent=50, **options)["removals"]["of"] == 4


@pytest.mark.parametrize("prune", [True, False])
def test_settings(run: Modules, simulator: Simulator, prune: bool) -> None:
    """Those of the listed credentials and, where they are managed, the global ones."""
    add(simulator, "anna", settings={"th_csi": "1", "th_nickname": "A"})
    add(simulator, "bert", settings={"th_csi": "2", "th_nickname": "B", "th_department": "C"})
    run.good("mdm_settings", settings={"th_nickname": "x"})
    own = [{"username": "anna", "settings": {"th_csi": "1"} if prune else {"th_nickname": ""}}]
    state = "present" if prune else "absent"
    options: Result = {"credentials": own, "prune": prune, "state": state, "check": True}
    done = run.good("mdm_settings", max_removals_percent=0.5, **options)
    assert done["removals"] == {"planned": 1, "limit": 10, "of": 2}
    assert run.bad("mdm_settings", "refused", max_removals_percent=0, **options)["removals"]["of"] == 2
    both = {**options, "settings": {"th_nickname": "x"}} if prune else {**options, "settings": {"th_department": ""}}
    assert run.good("mdm_settings", max_removals_percent=50, **both)["removals"]["of"] == 3
