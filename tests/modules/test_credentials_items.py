# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many credentials: what a list of them means, before anything goes wrong."""

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

WRITES: t.Final = ("POST", "PUT", "DELETE")


def written(simulator: Simulator) -> list[str]:
    """The writes that the simulator received."""
    return [call for call in calls(simulator) if call.split()[0] in WRITES]


def actions(result: Result) -> dict[str, str]:
    """What happened to whom."""
    return {one["username"] or one["id"]: one["action"] for one in result["credentials"]}


def named(*names: str, **options: t.Any) -> list[Result]:
    """An item for each name."""
    return [{"username": name, **options} for name in names]


def test_every_state_in_one_task(run: Modules, simulator: Simulator) -> None:
    add(simulator, "old", "locked", "leaver", "same", locked=True)
    items = [
        {"username": "old", "new_username": "renamed"},
        {"username": "locked", "locked": False},
        {"username": "leaver", "state": "absent"},
        {"username": "gone", "state": "absent"},
        {"username": "same"},
        {"username": "fresh", "password": "first-password"},
    ]
    predicted = run.good("credentials", check=True, diff=True, credentials=items, return_objects="all")
    assert written(simulator) == []
    done = run.good("credentials", diff=True, credentials=items, return_objects="all")
    assert actions(done) == {
        "renamed": "updated",
        "locked": "updated",
        "leaver": "removed",
        "gone": "unchanged",
        "same": "unchanged",
        "fresh": "created",
    }
    assert [one["username"] for one in done["credentials"]] == ["renamed", "locked", "leaver", "gone", "same", "fresh"]
    assert done["summary"] == summary(created=1, updated=2, removed=1, unchanged=2)
    assert (done["summary"], done["diff"], done["changed"]) == (
        predicted["summary"],
        predicted["diff"],
        predicted["changed"],
    )
    assert [one["before_header"] for one in done["diff"]] == ["old", "locked", "leaver", "fresh"]
    assert done["api_requests"] == 5
    again = run.good("credentials", credentials=items)
    assert (again["changed"], again["credentials"], again["api_requests"]) == (False, [], 1)
    assert again["summary"] == summary(unchanged=6)


def test_state_of_the_task_is_that_of_items_without_one(run: Modules, simulator: Simulator) -> None:
    add(simulator, "one", "two")
    items = [{"username": "one"}, {"username": "two", "state": "present"}]
    done = run.good("credentials", credentials=items, state="absent")
    assert actions(done) == {"one": "removed"}
    assert list(credentials_of(simulator)) == ["two"]


def test_return_objects(run: Modules, simulator: Simulator) -> None:
    add(simulator, "same", "other")
    items = [{"username": "same"}, {"username": "other", "locked": True}]
    for which, expected in (("none", []), ("changed", ["other"]), ("all", ["same", "other"])):
        done = run.good("credentials", check=True, credentials=items, return_objects=which)
        assert [one["username"] for one in done["credentials"]] == expected
        assert done["summary"] == summary(updated=1, unchanged=1)


def test_a_key_that_occurs_twice_is_refused(run: Modules, simulator: Simulator) -> None:
    ids = add(simulator, "one", "two")
    cases = (
        (named("a", "b", "a", password="x"), "'a'"),
        ([{"id": "q"}, {"username": "b"}, {"id": "q"}], "'q'"),
        ([{"username": "a", "new_username": "c"}, {"username": "b"}, {"username": "c"}], "'c'"),
    )
    for items, key in cases:
        refused = run.bad("credentials", "refused", credentials=items)
        assert all(text in refused["msg"] for text in ("credentials[0]", "credentials[2]", key))
        assert refused["api_requests"] == 0
        assert refused["summary"] == summary(pending=3)
    refused = run.bad("credentials", "refused", credentials=[{"username": "one"}, {"id": ids["one"]}])
    assert "credentials[0]" in refused["msg"]
    assert "credentials[1]" in refused["msg"]
    assert written(simulator) == []


def test_what_the_items_alone_show_refuses_the_whole_task(run: Modules, simulator: Simulator) -> None:
    items = [
        {"username": "good", "password": "x"},
        {"new_username": "x"},
        {"password": "x"},
        {"username": "long", "password": "x" * 257},
        {"username": "settings", "password": "x", "settings": {"th_safe_enable": "perhaps", "Th_csi": "1"}},
    ]
    refused = run.bad("credentials", "refused", credentials=items)
    for text in ("credentials[1]", "credentials[2]", "credentials[3] (long)", "th_safe_enable", "Th_csi"):
        assert text in refused["msg"]
    assert calls(simulator) == []


def test_more_than_ten_problems_are_counted(run: Modules) -> None:
    refused = run.bad("credentials", "refused", credentials=[{"password": "x"}] * 14)
    assert "credentials[9]" in refused["msg"]
    assert "credentials[10]" not in refused["msg"]
    assert "4 more" in refused["msg"]


def test_a_new_one_without_a_password_refuses_the_whole_task(run: Modules, simulator: Simulator) -> None:
    add(simulator, "there")
    refused = run.bad("credentials", "refused", credentials=[{"username": "new"}, {"username": "there", "lock": True}])
    assert "new" in refused["msg"]
    assert not refused["changed"]
    assert written(simulator) == []


def test_what_depends_on_one_existing_object_fails_that_item_only(run: Modules, simulator: Simulator) -> None:
    add(simulator, "hashed", hashed=True)
    add(simulator, "plain", "same")
    items = [
        {"id": "unknown/id", "locked": True},
        {"username": "hashed", "locked": True},
        {"username": "plain", "locked": True},
        {"username": "same"},
    ]
    failed = run.bad("credentials", "not_found", credentials=items, return_objects="all")
    assert failed["changed"]
    assert failed["summary"] == summary(failed=2, updated=1, unchanged=1)
    assert failed["failure"]["count"] == 2
    assert actions(failed) == {"unknown/id": "failed", "hashed": "failed", "plain": "updated"}
    assert all(one["msg"] for one in failed["credentials"] if one["action"] == "failed")
    assert "unknown/id" in failed["msg"]
    assert "hashed" in failed["msg"]
    predicted = run("credentials", check=True, credentials=items)
    assert predicted["summary"] == summary(failed=2, unchanged=2)


@pytest.mark.parametrize("unknown", ["ignore", "fail"])
@pytest.mark.parametrize("identity", ["keep", "revoke"])
def test_an_id_that_is_gone_and_the_username_of_another(
    run: Modules, simulator: Simulator, identity: str, unknown: str
) -> None:
    ids = add(simulator, "jane", "john", "mary")
    wrong = {"id": "no/such+id=", "username": "jane", "state": "absent"}
    for others in ([], [{"username": "john", "state": "absent"}, {"username": "mary", "locked": True}]):
        simulator.forget_requests()
        items = [*others, wrong]
        refused = run.bad("credentials", "refused", credentials=items, identity=identity, unknown=unknown)
        assert all(one in refused["msg"] for one in ("no/such+id=", "jane", ids["jane"]))
        assert refused["msg"].count(f"credentials[{len(others)}]") == 1
        assert (refused["changed"], written(simulator)) == (False, [])
        # Alone it is looked up; among others it is in the list, with identity after that of the users.
        several = identity != "keep" and bool(others)
        assert refused["api_requests"] == (2 if several or not others else 1)


def test_results_of_removals_remove_nobody_again(run: Modules, simulator: Simulator) -> None:
    add(simulator, "jane", "john", "mary")
    items = [{"username": name} for name in ("jane", "john")]
    done = run.good("credentials", credentials=items, state="absent")["credentials"]
    again = run.good("credentials", credentials=done, state="absent", return_objects="all")
    assert (again["summary"], again["warnings"], again["api_requests"]) == (summary(unchanged=2), [], 1)
    assert again["not_found"] == ["jane", "john"]


def test_ten_failures_are_named_and_the_rest_counted(run: Modules, simulator: Simulator) -> None:
    add(simulator, "anna")
    failed = run.bad("credentials", "not_found", credentials=[{"id": f"id-{n}/x"} for n in range(12)])
    assert "id-9/x" in failed["msg"]
    assert "id-10/x" not in failed["msg"]
    assert "2 more" in failed["msg"]
    assert (failed["changed"], failed["failure"]["count"]) == (False, 12)


def test_create_with_holds_for_new_ones_that_do_not_say_themselves(run: Modules, simulator: Simulator) -> None:
    add(simulator, "there")
    items = [
        {"username": "new", "password": "x"},
        {"username": "own", "password": "x", "locked": False, "hash": False, "license_count": 1},
        {"username": "there"},
    ]
    done = run.good("credentials", credentials=items, create_with={"lock": True, "hashed": True, "license_count": 2})
    assert done["summary"] == summary(created=2, unchanged=1)
    state = credentials_of(simulator)
    assert [(state[name]["locked"], state[name]["hashed"]) for name in ("new", "own", "there")] == [
        (True, True),
        (False, False),
        (False, False),
    ]
    assert [state[name]["license_count"] for name in ("new", "own", "there")] == [2, 1, None]


def test_creations_always_send_all_fields(run: Modules, simulator: Simulator) -> None:
    simulator.reset(switches={"lock-omitted-on-create": "true"})
    run.good("credentials", credentials=named("jane", password="x"))
    assert bodies(simulator, "POST") == [{"username": "jane", "password": "x", "hash": False, "lock": False}]


def test_generated_passwords_differ(run: Modules, simulator: Simulator) -> None:
    run.good("credentials", credentials=named(*"abcdefgh"), generate_password=True)
    passwords = {one["password"] for one in credentials_of(simulator).values()}
    assert len(passwords) == 8
    assert {len(password) for password in passwords} == {20}


def test_items_may_say_themselves_what_holds_for_all(run: Modules, simulator: Simulator) -> None:
    add(simulator, "one", "two")
    items = [
        {"username": "one", "password": "new-password"},
        {"username": "two", "password": "new-password", "update_password": "on_create"},
    ]
    assert actions(run.good("credentials", credentials=items, update_password="always")) == {"one": "updated"}
    items = [{"username": "three", "generate_password": False}]
    run.bad("credentials", "refused", credentials=items, generate_password=True)


def test_prune(run: Modules, simulator: Simulator) -> None:
    add(simulator, "keep", "svc.monitor", "one", "two", "SVC.other")
    options = {"credentials": named("keep"), "prune": True, "prune_ignore": ["svc.*"]}
    done = run.good("credentials", **options)
    assert actions(done) == {"one": "removed", "two": "removed", "SVC.other": "removed"}
    assert done["api_requests"] == 4
    assert sorted(credentials_of(simulator)) == ["keep", "svc.monitor"]
    assert not run.good("credentials", **options)["changed"]


def test_without_prune_nobody_else_is_touched(run: Modules, simulator: Simulator) -> None:
    add(simulator, "one", "two")
    run.good("credentials", credentials=named("three", password="x"))
    assert sorted(credentials_of(simulator)) == ["one", "three", "two"]


def test_prune_keeps_both_ends_of_a_rename(run: Modules, simulator: Simulator) -> None:
    add(simulator, "old", "other")
    items = [{"username": "old", "new_username": "new"}]
    assert actions(run.good("credentials", credentials=items, prune=True)) == {"new": "updated", "other": "removed"}
    assert not run.good("credentials", credentials=items, prune=True)["changed"]


@pytest.mark.parametrize(
    "options",
    [
        {"credentials": []},
        {"credentials": [{"username": "one"}], "state": "absent"},
        {"credentials": [{"username": "one"}, {"username": "two", "state": "absent"}]},
    ],
)
def test_prune_that_would_remove_everybody_is_refused(
    run: Modules, simulator: Simulator, options: dict[str, t.Any]
) -> None:
    add(simulator, "one", "two")
    assert run.bad("credentials", "refused", prune=True, max_removals=-1, **options)["api_requests"] == 0
    assert len(credentials_of(simulator)) == 2


def test_max_removals(run: Modules, simulator: Simulator) -> None:
    names = [f"p{number:02}" for number in range(12)]
    add(simulator, *names, "stays")
    refused = run.bad("credentials", "refused", credentials=named(*names), state="absent")
    assert "12" in refused["msg"]
    assert "10" in refused["msg"]
    assert refused["summary"] == summary(pending=12)
    run.bad("credentials", "refused", credentials=named("stays"), prune=True, max_removals=11)
    run.bad("credentials", "refused", check=True, credentials=named("p00"), state="absent", max_removals=0)
    assert written(simulator) == []
    assert not run.good("credentials", credentials=named("stays"), max_removals=0)["failed"]
    done = run.good("credentials", credentials=named("p00", "p01"), state="absent", max_removals=2)
    assert done["summary"] == summary(removed=2)
    done = run.good("credentials", credentials=named("stays"), prune=True, max_removals=-1)
    assert done["summary"] == summary(removed=10, unchanged=1)


def test_unlisted(run: Modules, simulator: Simulator) -> None:
    ids = add(simulator, "one", "two", "three", "old")
    items = [{"username": "one"}, {"id": ids["two"]}, {"username": "old", "new_username": "new"}]
    done = run.good("credentials", credentials=items, return_unlisted=True)
    assert done["unlisted"] == ["three"]
    assert "unlisted" not in run.good("credentials", credentials=items)
    single = run.good("credentials", credentials=named("one"), return_unlisted=True)
    assert sorted(single["unlisted"]) == ["new", "three", "two"]
    assert single["api_requests"] == 1


def test_nothing_to_do_costs_nothing(run: Modules, simulator: Simulator) -> None:
    done = run.good("credentials", credentials=[])
    assert (done["changed"], done["summary"], done["api_requests"]) == (False, summary(), 0)


def test_the_fewest_requests(run: Modules, simulator: Simulator) -> None:
    add(simulator, *(f"p{number:04}" for number in range(60)), settings={"th_csi": "1"})
    simulator.forget_requests()
    items = named("p0001", "p0002", "p0003", settings={"th_csi": "1"})
    assert run.good("credentials", credentials=items)["api_requests"] == 2
    assert calls(simulator) == ["GET /credentials", "GET /mdm-bulk"]
    assert run.good("credentials", credentials=items[:1])["api_requests"] == 2
    simulator.control("PUT", "settings", {"switches": {"max-page-size": "10"}})
    # Six pages: the first and two look-ups are less.
    assert run.good("credentials", credentials=named("p0001", "p0055", "p0056"))["api_requests"] == 3


def test_a_result_can_be_given_back(run: Modules, simulator: Simulator) -> None:
    simulator.reset(credentials=6, users=3, settings=4, switches={"future-fields": "off"})
    read = run.good("credential_info", include_passwords=True, include_settings=True)["credentials"]
    done = run.good("credentials", credentials=read, update_password="always", return_objects="all")
    assert done["summary"] == summary(unchanged=6)
    again = run.good("credentials", credentials=done["credentials"], prune=True)
    assert again["summary"] == summary(unchanged=6)
    assert written(simulator) == []


def test_what_was_created_can_be_given_back(run: Modules) -> None:
    done = run.good("credentials", credentials=named("one", "two", password="x"))
    assert [one["created"] for one in done["credentials"]] == [True, True]
    assert run.good("credentials", credentials=done["credentials"])["summary"] == summary(unchanged=2)


def test_secret_settings_read_as_null_can_be_given_back(run: Modules, simulator: Simulator) -> None:
    add(simulator, "jane", settings={"th_safe_password": "very-secret-0815", "th_csi": "1"})
    read = run.good("credential_info", include_settings=True)["credentials"]
    assert read[0]["settings"] == {"th_safe_password": None, "th_csi": "1"}
    assert run.good("credentials", credentials=read)["summary"] == summary(unchanged=1)


def test_diff_is_limited_to_200_objects(run: Modules, simulator: Simulator) -> None:
    names = [f"p{number:03}" for number in range(203)]
    done = run.good("credentials", check=True, diff=True, credentials=named(*names, password="x"))
    assert len(done["diff"]) == 201
    assert "3" in done["diff"][-1]["prepared"]


def test_cut_off_devices_are_warned_of_once(run: Modules, simulator: Simulator) -> None:
    simulator.reset(users=12, credentials=13)
    names = list(credentials_of(simulator))
    done = run.good("credentials", credentials=named(*names, password="new"), update_password="always")
    (warning,) = done["warnings"]
    assert "12" in warning
    assert names[9] in warning
    assert names[10] not in warning


def test_unknown_option_of_an_item(run: Modules) -> None:
    refused = run("credentials", credentials=[{"username": "jane", "passwort": "geheim-0815"}])
    assert refused["failed"]
    assert "passwort" in refused["msg"]
    assert "geheim-0815" not in str(refused)
    assert not {"failure", "api_requests"} & set(refused)


@pytest.mark.parametrize("option", [{"concurrency": 0}, {"concurrency": 17}, {"max_requests": 0}, {"api_timeout": 0}])
def test_limits_of_options(run: Modules, simulator: Simulator, option: dict[str, t.Any]) -> None:
    refused = run.bad("credentials", "refused", credentials=named("jane", password="x"), **option)
    assert next(iter(option)) in refused["msg"]
    assert calls(simulator) == []
