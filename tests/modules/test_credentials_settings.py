# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many credentials with their settings: bulk writes, and what the service rejects of them."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.support.modules import (
    Modules,
    Result,
    add,
    bodies,
    calls,
    credentials_of,
    summary,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

#: Not known to the service, so that it refuses it (422).
REFUSED: t.Final = {"th_not_yet_known": "1"}


def people(number: int, **settings: t.Any) -> list[Result]:
    """Items with settings."""
    return [{"username": f"p{index:02}", "settings": {"th_csi": str(index), **settings}} for index in range(number)]


def test_only_differences_are_written(run: Modules, simulator: Simulator) -> None:
    ids = add(simulator, "p00", "p01", settings={"th_csi": "1", "th_nickname": "x"})
    done = run.good("credentials", credentials=people(2, th_nickname="x"), diff=True)
    assert done["summary"] == summary(updated=1, unchanged=1)
    assert bodies(simulator, "POST") == [
        {"credentials": [{"id": ids["p00"], "parameters": [{"name": "th_csi", "value": "0"}]}]}
    ]
    (diff,) = done["diff"]
    assert ("th_csi: 1\n" in diff["before"], "th_csi: 0\n" in diff["after"]) == (True, True)
    assert (diff["before"].count("th_"), diff["after"].count("th_")) == (1, 1)
    assert bodies(simulator, "PUT") == []


def test_a_value_of_another_type_is_a_difference(run: Modules, simulator: Simulator) -> None:
    add(simulator, "p00", settings={"th_csi": 0, "th_keep_messages_days": "30", "th_safe_enable": 1})
    items = [{"username": "p00", "settings": {"th_csi": 0, "th_keep_messages_days": "30", "th_safe_enable": "yes"}}]
    assert run.good("credentials", credentials=items)["changed"]
    stored = credentials_of(simulator)["p00"]["settings"]
    assert [(type(value), value) for value in stored.values()] == [(str, "0"), (int, 30), (bool, True)]
    assert not run.good("credentials", credentials=items)["changed"]


def test_more_than_a_thousand_take_two_bulk_writes(run: Modules, simulator: Simulator) -> None:
    simulator.reset(credentials=1001)
    items = [{"id": one["id"], "settings": {"th_csi": "1"}} for one in simulator.state()["credentials"]]
    done = run.good("credentials", credentials=items, return_objects="none")
    assert done["summary"] == summary(updated=1001)
    # One list of credentials, three pages of settings, two bulk writes.
    assert done["api_requests"] == 6
    assert not run.good("credentials", credentials=items)["changed"]


@pytest.mark.parametrize("manner", ["atomic", "partial"])
@pytest.mark.parametrize("existing", [False, True])
def test_refused_settings_of_one_person(run: Modules, simulator: Simulator, manner: str, existing: bool) -> None:
    simulator.reset(switches={"bulk-errors": manner})
    items = people(20)
    items[13]["settings"] = REFUSED
    if existing:
        add(simulator, *(item["username"] for item in items))
    failed = run.bad("credentials", "invalid", credentials=items, generate_password=True)
    done = {"updated" if existing else "created": 19}
    assert failed["summary"] == summary(failed=1, **done)
    assert failed["changed"]
    (bad,) = (one for one in failed["credentials"] if one["action"] == "failed")
    assert bad["username"] == "p13"
    assert bad.get("created", False) is not existing
    assert bad["id"]
    if not existing:
        assert "was created" in bad["msg"]
        assert "settings" in bad["msg"]
    state = credentials_of(simulator)
    assert [state[item["username"]]["settings"] for item in items if item is not items[13]] == [
        item["settings"] for item in items if item is not items[13]
    ]
    assert calls(simulator).count("POST /mdm-bulk") <= 21
    again = run.bad("credentials", "invalid", credentials=items)
    assert again["summary"] == summary(failed=1, unchanged=19)
    assert not again["changed"]


def test_at_most_twenty_more_requests_for_each_refused(run: Modules, simulator: Simulator) -> None:
    simulator.reset(credentials=600)
    items: list[Result] = [{"id": one["id"], "settings": {"th_csi": "1"}} for one in simulator.state()["credentials"]]
    items[77]["settings"] = REFUSED
    items[431]["settings"] = REFUSED
    failed = run.bad("credentials", "invalid", credentials=items)
    assert failed["summary"] == summary(updated=598, failed=2)
    assert calls(simulator).count("POST /mdm-bulk") <= 41


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "cut", "empty"])
def test_lost_bulk_answers(run: Modules, simulator: Simulator, kind: str) -> None:
    simulator.fault(method="POST", path="/mdm-bulk", kind=kind)
    done = run.good("credentials", credentials=people(3), generate_password=True, api_retries=1)
    assert done["summary"] == summary(created=3)
    # It may simply be sent again; an answer of another form is looked after, for all together in one request.
    assert done["api_requests"] == (7 if kind == "empty" else 6)
    state = credentials_of(simulator)
    assert [state[one["username"]]["settings"] for one in people(3)] == [one["settings"] for one in people(3)]


def test_bulk_that_never_comes_through(run: Modules, simulator: Simulator) -> None:
    simulator.fault(method="POST", path="/mdm-bulk", status=500, times=None)
    failed = run.bad("credentials", "server", credentials=people(3), generate_password=True, api_retries=1)
    assert failed["summary"] == summary(failed=3)
    assert failed["changed"]
    assert all(one["created"] and "was created" in one["msg"] for one in failed["credentials"])
    assert calls(simulator).count("POST /mdm-bulk") == 2
    simulator.control("DELETE", "faults")
    assert run.good("credentials", credentials=people(3))["summary"] == summary(updated=3)


@pytest.mark.parametrize(("refused", "doubt"), [(False, "may not have been written"), (True, "were not written")])
def test_what_is_not_known_of_settings_is_said(run: Modules, simulator: Simulator, refused: bool, doubt: str) -> None:
    """The answer is lost, and so is the look at what became of it."""
    fault = {"kind": "status", "status": 403} if refused else {"kind": "drop_after"}
    simulator.fault(method="POST", path="/mdm-bulk", times=None, **fault)
    for path in ("/mdm-bulk", "/credentials/*/mdm"):
        simulator.fault(method="GET", path=path, kind="status", status=500, times=None)
    failed = run("credentials", credentials=people(2), generate_password=True, api_retries=0)
    assert failed["summary"] == summary(failed=2)
    assert all(doubt in one["msg"] for one in failed["credentials"])
    assert ("failed too: GET " in failed["msg"]) is not refused


def test_settings_are_written_for_neighbours_of_the_failed(run: Modules, simulator: Simulator) -> None:
    simulator.reset(licenses=2)
    failed = run.bad("credentials", "permission", credentials=people(4), generate_password=True, concurrency=1)
    assert failed["summary"] == summary(created=2, failed=2)
    assert [one["settings"] for one in credentials_of(simulator).values()] == [one["settings"] for one in people(2)]


def test_budget_used_up_by_settings_of_existing(run: Modules, simulator: Simulator) -> None:
    add(simulator, "p00", "p01")
    failed = run.bad("credentials", "budget", credentials=people(2), max_requests=2)
    assert failed["summary"] == summary(pending=2)
    assert not failed["changed"]
    assert run.good("credentials", credentials=people(2), max_requests=3)["summary"] == summary(updated=2)


def test_warnings_and_problems_of_settings(run: Modules, simulator: Simulator) -> None:
    simulator.reset(switches={"setting-values": "anything"})
    items = [
        {"username": "one", "password": "x", "settings": {"th_first_name": "x", "th_id_backup": "ABCD"}},
        {"username": "two", "password": "x", "settings": {"th_first_name": "x"}},
    ]
    warnings = run.good("credentials", credentials=items)["warnings"]
    assert len(warnings) == 2
    assert any("th_firstname" in warning for warning in warnings)
    assert any("th_id_backup" in warning for warning in warnings)
    items[1]["settings"] = {"th_keep_messages_days": 4000}
    assert "credentials[1] (two)" in run.bad("credentials", "refused", credentials=items)["msg"]


@pytest.mark.parametrize(
    "switches",
    [
        {"bulk-unset": "left-out"},
        {"link-key": "ref"},
        {"link-key": "rel"},
        {"paging-count": "page-size"},
        {"future-fields": "on"},
        {"sort-order": "random"},
        {"second-delete": "204"},
        {"hash-omitted-on-update": "keep", "lock-omitted-on-update": "true"},
        {"error-key": "message"},
    ],
    ids=str,
)
def test_switches_do_not_matter(run: Modules, simulator: Simulator, switches: dict[str, str]) -> None:
    simulator.reset(switches=switches, credentials=3)
    items = people(4)
    assert run.good("credentials", credentials=items, generate_password=True)["summary"] == summary(created=4)
    items[2]["settings"] = {"th_csi": "new"}
    items[3] = {"username": "p03", "locked": True, "new_username": "p03.new"}
    assert run.good("credentials", credentials=items)["summary"] == summary(updated=2, unchanged=2)
    assert run.good("credentials", credentials=items)["summary"] == summary(unchanged=4)
    assert run.good("credentials", credentials=people(3), prune=True)["summary"] == summary(
        removed=4, updated=1, unchanged=2
    )


def test_bulk_errors_that_nobody_tells_are_seen_next_time(run: Modules, simulator: Simulator) -> None:
    simulator.reset(switches={"bulk-errors": "partial-silent"})
    items = [{"username": "p00", "settings": {"th_csi": "1", **REFUSED}}]
    run.good("credentials", credentials=items, generate_password=True)
    assert run("credentials", credentials=items, check=True)["summary"] == summary(updated=1)


def test_unknown_fields_of_newer_versions_are_passed_on(run: Modules, simulator: Simulator) -> None:
    simulator.reset(switches={"future-fields": "on"}, credentials=1)
    (credential,) = run.good("credential_info")["credentials"]
    assert set(credential) > {"id", "username", "hashed", "locked", "usage"}
    assert all(name == name.lower() for name in credential)
