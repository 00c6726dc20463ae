# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many contacts: one plan, pruning that leaves automatic ones alone, and what goes wrong with some of them."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, bodies, calls, summary, text_of
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

DESK: t.Final = {"threema_id": "DESK0001", "first_name": "Service", "last_name": "Desk"}
NIGHT: t.Final = {"threema_id": "NIGH0001", "first_name": "Night", "last_name": "Watch"}
PORTER: t.Final = {"threema_id": "PORT0001", "first_name": "Main", "last_name": "Gate"}


def contacts_of(simulator: Simulator) -> list[str]:
    """The Threema IDs of the contacts."""
    return sorted(one["threema_id"] for one in simulator.state()["contacts"])


def writes(simulator: Simulator) -> list[str]:
    """What was sent that is not only reading."""
    return sorted(call for call in calls(simulator) if not call.startswith("GET"))


@pytest.fixture
def present(simulator: Simulator) -> None:
    """Two custom contacts and an automatic one."""
    simulator.control("POST", "contacts", [dict(DESK), dict(NIGHT)])
    add(simulator, "jane")
    simulator.control("POST", "activate", {"username": "jane", "password": "secret-of-jane", "threema_id": "AUTO0001"})
    simulator.forget_requests()


@pytest.mark.usefixtures("present")
def test_create_change_and_remove_in_one_task(run: Modules, simulator: Simulator) -> None:
    items = [
        PORTER,
        {**DESK, "last_name": "Counter", "directory_enabled": False},
        {"threema_id": "NIGH0001", "state": "absent"},
        {"threema_id": "AUTO0001", "enabled": True},
    ]
    options = {"contacts": items, "return_objects": "all", "diff": True}
    predicted = run.good("contacts", check=True, **options)
    assert (predicted["api_requests"], writes(simulator)) == (1, [])
    done = run.good("contacts", **options)
    for name in ("changed", "summary", "contacts", "diff"):
        assert done[name] == predicted[name]
    assert done["summary"] == summary(created=1, updated=1, removed=1, unchanged=1)
    assert [one["action"] for one in done["contacts"]] == ["created", "updated", "removed", "unchanged"]
    before = {one["before_header"]: one["before"] for one in done["diff"]}
    assert before["NIGH0001"] == text_of(first_name="Night", last_name="Watch", enabled=True)
    assert done["api_requests"] == 4
    assert writes(simulator) == ["DELETE /contacts/NIGH0001", "POST /contacts", "PUT /contacts/DESK0001"]
    assert bodies(simulator, "PUT") == [
        {"firstName": "Service", "lastName": "Counter", "enabled": True, "directory_enabled": False}
    ]
    again = run.good("contacts", **options)
    assert (again["changed"], again["summary"], again["api_requests"]) == (False, summary(unchanged=4), 1)


@pytest.mark.usefixtures("present")
def test_a_warning_names_who_is_created_without_directory_enabled(run: Modules, simulator: Simulator) -> None:
    unlucky = {**PORTER, "threema_id": "UNLU0001", "directory_enabled": False}
    simulator.fault(method="POST", path="/contacts", status=400)
    assert run.bad("contacts", "invalid", contacts=[unlucky])["warnings"] == []
    items = [PORTER, *({**PORTER, "threema_id": f"HIDE000{number}", "directory_enabled": False} for number in (1, 2))]
    items += [{**DESK, "last_name": "Counter", "directory_enabled": False}]
    (warning,) = run.good("contacts", contacts=items)["warnings"]
    assert "2 contact(s) were created without directory_enabled: false" in warning
    assert "HIDE0001, HIDE0002;" in warning and "PORT0001" not in warning and "DESK0001" not in warning


@pytest.mark.usefixtures("present")
@pytest.mark.parametrize("gateways", ["off", "on"])
def test_prune_leaves_automatic_contacts_alone(run: Modules, simulator: Simulator, gateways: str) -> None:
    simulator.control("PUT", "settings", {"switches": {"gateway-ids": gateways}})
    options = {"contacts": [PORTER], "prune": True}
    assert run.good("contacts", check=True, **options)["summary"] == summary(created=1, removed=2)
    done = run.good("contacts", **options)
    assert done["summary"] == summary(created=1, removed=2)
    assert {one["threema_id"] for one in done["contacts"] if one["action"] == "removed"} == {"DESK0001", "NIGH0001"}
    assert contacts_of(simulator) == ["AUTO0001", "PORT0001"]
    assert not run.good("contacts", **options)["changed"]


@pytest.mark.parametrize("kind", [{}, {"type": None}, {"type": "shared"}], ids=str)
def test_prune_leaves_contacts_of_no_known_kind_alone(run: Modules, simulator: Simulator, kind: Result) -> None:
    contacts = [{"id": "DESK0001", "firstName": "A", "lastName": "B", "enabled": True, **kind}]
    body = {"contacts": contacts, "paging": {"count": 1, "total": 1, "page": 0}}
    simulator.fault(method="GET", path="/contacts", kind="json", body=body)
    done = run.good("contacts", contacts=[PORTER], prune=True)
    assert done["summary"] == summary(created=1)
    assert writes(simulator) == ["POST /contacts"]


@pytest.mark.usefixtures("present")
def test_prune_ignore(run: Modules, simulator: Simulator) -> None:
    simulator.control("POST", "contacts", [{**PORTER, "threema_id": "*ALARM01"}])
    done = run.good("contacts", contacts=[PORTER], prune=True, prune_ignore=["[*]*", "NIGH*", "desk*"])
    assert done["summary"] == summary(created=1, removed=1)
    assert contacts_of(simulator) == ["*ALARM01", "AUTO0001", "NIGH0001", "PORT0001"]


@pytest.mark.usefixtures("present")
@pytest.mark.parametrize(
    "wrong",
    [
        {"contacts": []},
        {"contacts": [DESK], "state": "absent"},
        {"contacts": [DESK, {**NIGHT, "state": "absent"}]},
    ],
    ids=["empty", "absent", "item absent"],
)
def test_prune_is_refused(run: Modules, simulator: Simulator, wrong: dict[str, t.Any]) -> None:
    refused = run.bad("contacts", "refused", prune=True, **wrong)
    assert "prune" in refused["msg"]
    assert (refused["changed"], writes(simulator)) == (False, [])


@pytest.mark.usefixtures("present")
@pytest.mark.parametrize("limit", [0, 1])
@pytest.mark.parametrize(
    "options",
    [{"contacts": [PORTER], "prune": True}, {"contacts": [DESK, NIGHT], "state": "absent"}],
    ids=["pruned", "absent"],
)
def test_the_limit_of_removals(run: Modules, simulator: Simulator, options: Result, limit: int) -> None:
    for check in (True, False):
        refused = run.bad("contacts", "refused", check=check, max_removals=limit, **options)
        assert f"removes 2, and max_removals allows {limit}" in refused["msg"]
        assert not refused["changed"]
    assert writes(simulator) == []
    assert run.good("contacts", max_removals=2, **options)["summary"]["removed"] == 2


def test_a_duplicate_is_refused_with_both_indexes(run: Modules, simulator: Simulator) -> None:
    refused = run.bad("contacts", "refused", contacts=[DESK, NIGHT, {**DESK, "state": "absent"}])
    assert "contacts[0]" in refused["msg"] and "contacts[2]" in refused["msg"]
    assert "contacts[1]" not in refused["msg"]
    assert (refused["summary"], calls(simulator)) == (summary(pending=3), [])


def test_everything_that_is_wrong_is_named_at_once(run: Modules, simulator: Simulator) -> None:
    refused = run.bad("contacts", "refused", contacts=[{"threema_id": "abc"}, DESK, {**NIGHT, "first_name": ""}])
    assert "contacts[0]" in refused["msg"] and "contacts[2]" in refused["msg"]
    assert calls(simulator) == []


@pytest.mark.usefixtures("present")
def test_an_automatic_contact_fails_alone(run: Modules, simulator: Simulator) -> None:
    items = [{"threema_id": "AUTO0001"}, {"threema_id": "DESK0001"}, {"threema_id": "GONE0001"}]
    for check in (True, False):
        failed = run.bad("contacts", "refused", check=check, contacts=items, state="absent", return_objects="all")
        assert failed["summary"] == summary(removed=1, failed=1, unchanged=1)
        assert failed["changed"]
        # A failed result never lists unchanged objects.
        assert [(one["threema_id"], one["action"]) for one in failed["contacts"]] == [
            ("AUTO0001", "failed"),
            ("DESK0001", "removed"),
        ]
        assert "enabled: false" in failed["contacts"][0]["msg"]
        assert "1 of 3 contacts failed: AUTO0001" in failed["msg"]
    assert contacts_of(simulator) == ["AUTO0001", "NIGH0001"]


@pytest.mark.usefixtures("present")
def test_a_401_of_one_removal_stops_nobody_else(run: Modules, simulator: Simulator) -> None:
    simulator.fault(method="DELETE", path="/contacts/DESK0001", status=401, times=None)
    items = [DESK, NIGHT]
    failed = run.bad("contacts", "permission", contacts=items, state="absent", concurrency=1)
    assert failed["summary"] == summary(removed=1, failed=1)
    assert contacts_of(simulator) == ["AUTO0001", "DESK0001"]


@pytest.mark.usefixtures("present")
def test_a_contact_without_names_fails_alone(run: Modules, simulator: Simulator) -> None:
    items = [{"threema_id": "AUTO0001", "enabled": False}, {"threema_id": "DESK0001", "enabled": False}]
    failed = run.bad("contacts", "refused", contacts=items)
    assert failed["summary"] == summary(updated=1, failed=1)
    assert "first_name and last_name" in failed["msg"]
    assert writes(simulator) == ["PUT /contacts/DESK0001"]


@pytest.mark.parametrize("retries", [0, 4])
def test_lost_creations_are_looked_for_together(run: Modules, simulator: Simulator, retries: int) -> None:
    simulator.fault(method="POST", path="/contacts", kind="drop_after", skip=2, every=3, times=3)
    items = [{**DESK, "threema_id": f"DESK{number:04}"} for number in range(12)]
    done = run.good("contacts", contacts=items, api_retries=retries)
    assert done["summary"] == summary(created=12)
    assert len(contacts_of(simulator)) == 12
    assert len(bodies(simulator, "POST")) == 12
    assert done["api_requests"] == 14


@pytest.mark.usefixtures("present")
def test_lost_before_they_arrived(run: Modules, simulator: Simulator) -> None:
    for method in ("POST", "PUT", "DELETE"):
        simulator.fault(method=method, kind="drop_before")
    items = [PORTER, {**DESK, "enabled": False}, {**NIGHT, "state": "absent"}]
    done = run.good("contacts", contacts=items)
    assert done["summary"] == summary(created=1, updated=1, removed=1)
    assert contacts_of(simulator) == ["AUTO0001", "DESK0001", "PORT0001"]


@pytest.mark.usefixtures("present")
def test_nothing_is_decided_on_a_list_that_is_not_whole(run: Modules, simulator: Simulator) -> None:
    body = {"contacts": [{"id": "DESK0001", "type": "custom"}], "paging": {"count": 1, "total": 3, "page": 0}}
    simulator.fault(method="GET", path="/contacts", kind="json", body=body, times=None)
    failed = run.bad("contacts", "protocol", contacts=[PORTER], prune=True)
    assert (failed["changed"], failed["summary"]) == (False, summary(pending=1))
    assert writes(simulator) == []


@pytest.mark.usefixtures("present")
@pytest.mark.parametrize("key", ["id", "threemaId", "both"])
@pytest.mark.parametrize("future", ["off", "on"], ids=["now", "future"])
@pytest.mark.parametrize("categories", [False, True])
def test_what_is_read_can_be_given_back(
    run: Modules, simulator: Simulator, key: str, future: str, categories: bool
) -> None:
    simulator.control("PUT", "settings", {"switches": {"contact-list-key": key, "future-fields": future}})
    found = run.good("contact_info", include_categories=categories)["contacts"]
    assert len(found) == 3
    unchanged = run.good("contacts", contacts=found, prune=True, return_objects="all")
    assert (unchanged["changed"], unchanged["summary"]) == (False, summary(unchanged=3))
    assert not run.good("contacts", contacts=unchanged["contacts"])["changed"]
    custom = [one for one in found if one["type"] == "custom"]
    removed = run.good("contacts", contacts=custom, state="absent")
    assert removed["summary"] == summary(removed=2)
    assert run.good("contacts", contacts=removed["contacts"])["summary"] == summary(created=2)
    # Only their categories are lost: the API cannot set these.
    left = {one["threema_id"]: one for one in run.good("contact_info")["contacts"]}
    assert left == {
        one["threema_id"]: {key: value for key, value in one.items() if key != "categories"} for one in found
    }


@pytest.mark.usefixtures("present")
def test_the_budget_ends(run: Modules, simulator: Simulator) -> None:
    items = [PORTER, {**DESK, "enabled": False}, {**NIGHT, "enabled": False}]
    stopped = run.bad("contacts", "budget", contacts=items, max_requests=3, concurrency=1)
    assert (stopped["summary"], stopped["api_requests"]) == (summary(created=1, updated=1, pending=1), 3)
    assert stopped["contacts"][-1]["action"] == "pending"
    assert stopped["changed"]
    rest = run.good("contacts", contacts=items)
    assert rest["summary"] == summary(updated=1, unchanged=2)


def test_a_thousand_unchanged_contacts_are_one_request(run: Modules, simulator: Simulator) -> None:
    simulator.reset(contacts=1000)
    found = run.good("contact_info")
    assert found["api_requests"] == 1
    unchanged = run.good("contacts", contacts=found["contacts"], prune=True)
    assert (unchanged["summary"], unchanged["api_requests"]) == (summary(unchanged=1000), 1)


def test_none_at_all(run: Modules, simulator: Simulator) -> None:
    result = run.good("contacts", contacts=[])
    assert (result["changed"], result["summary"], result["contacts"]) == (False, summary(), [])
    assert calls(simulator) == []


@pytest.mark.usefixtures("present")
@pytest.mark.parametrize(
    ("objects", "actions"), [("changed", ["updated"]), ("all", ["updated", "unchanged"]), ("none", [])]
)
def test_return_objects(run: Modules, objects: str, actions: list[str]) -> None:
    done = run.good("contacts", contacts=[{**DESK, "enabled": False}, NIGHT], return_objects=objects)
    assert [one["action"] for one in done["contacts"]] == actions
