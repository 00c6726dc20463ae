# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single credentials: creating, changing, renaming and removing one."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.support.modules import Modules, add, bodies, calls, credentials_of
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

JANE: t.Final = {"username": "jane", "password": "first-password"}


def test_create_twice(run: Modules, simulator: Simulator) -> None:
    first = run.good("credential", **JANE)
    assert first["changed"]
    assert first["credential"]["username"] == "jane"
    assert first["api_requests"] == 2
    again = run.good("credential", **JANE)
    assert not again["changed"]
    assert again["credential"]["id"] == first["credential"]["id"]
    assert again["api_requests"] == 1
    assert calls(simulator) == ["GET /credentials", "POST /credentials", "GET /credentials"]
    assert bodies(simulator, "POST") == [
        {"username": "jane", "password": "first-password", "hash": False, "lock": False}
    ]


def test_check_mode_predicts(run: Modules, simulator: Simulator) -> None:
    options = {**JANE, "locked": True, "settings": {"th_firstname": "Jane"}}
    predicted = run.good("credential", check=True, diff=True, **options)
    assert predicted["credential"]["id"] is None
    assert credentials_of(simulator) == {}
    done = run.good("credential", diff=True, **options)
    assert (done["changed"], done["diff"]) == (predicted["changed"], predicted["diff"])
    assert {**done["credential"], "id": None} == predicted["credential"]
    assert done["api_requests"] == 3


def test_diff_holds_managed_fields_only(run: Modules) -> None:
    run.good("credential", **JANE)
    changed = run.good("credential", diff=True, username="jane", password="other-password", update_password="always")
    assert changed["diff"] == [
        {
            "before_header": "jane",
            "after_header": "jane",
            "before": "hashed: false\nlocked: false\npassword: (old)\nusername: jane\n",
            "after": "hashed: false\nlocked: false\npassword: (new)\nusername: jane\n",
        }
    ]


def test_update_sends_all_four_fields(run: Modules, simulator: Simulator) -> None:
    simulator.reset(switches={"lock-omitted-on-update": "false"})
    add(simulator, "jane", locked=True)
    assert run.good("credential", username="jane", new_username="jane.doe")["changed"]
    assert bodies(simulator, "PUT") == [
        {"username": "jane.doe", "password": "secret-of-jane", "hash": False, "lock": True}
    ]


@pytest.mark.parametrize("alias", [{"lock": True}, {"locked": True}])
def test_lock_and_its_alias(run: Modules, simulator: Simulator, alias: dict[str, bool]) -> None:
    add(simulator, "jane")
    assert run.good("credential", username="jane", **alias)["credential"]["locked"]
    assert not run.good("credential", username="jane", **alias)["changed"]
    assert credentials_of(simulator)["jane"]["locked"]


def test_rename(run: Modules, simulator: Simulator) -> None:
    ids = add(simulator, "old")
    options = {"username": "old", "new_username": "new"}
    assert run.good("credential", check=True, **options)["credential"]["username"] == "new"
    renamed = run.good("credential", **options)
    assert renamed["changed"]
    assert renamed["credential"]["id"] == ids["old"]
    again = run.good("credential", **options)
    assert not again["changed"]
    assert again["credential"]["username"] == "new"
    assert list(credentials_of(simulator)) == ["new"]


def test_rename_where_neither_or_both_are_there(run: Modules, simulator: Simulator) -> None:
    options = {"username": "old", "new_username": "new", "password": "first-password"}
    run.bad("credential", "not_found", **options)
    add(simulator, "old", "new")
    run.bad("credential", "refused", **options)
    assert bodies(simulator, "POST") + bodies(simulator, "PUT") == []


def test_username_and_id_must_belong_together(run: Modules, simulator: Simulator) -> None:
    ids = add(simulator, "jane", "john")
    assert not run.good("credential", username="jane", id=ids["jane"])["changed"]
    for state in ("present", "absent"):
        refused = run.bad("credential", "refused", username="jane", id=ids["john"], state=state)
        assert refused["api_requests"] == 1
    assert len(credentials_of(simulator)) == 2


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("more", [{}, {"identity": "detach"}], ids=str)
def test_an_id_that_is_gone_and_the_username_of_another(
    run: Modules, simulator: Simulator, more: dict[str, str], check: bool
) -> None:
    """Which of the two is to be removed is unknown; that there is none must not be concluded."""
    ids = add(simulator, "jane", "john")
    refused = run.bad("credential", "refused", username="jane", id="no/such+id=", state="absent", check=check, **more)
    assert all(one in refused["msg"] for one in ("no/such+id=", "jane", ids["jane"]))
    assert (refused["changed"], refused["api_requests"]) == (False, 2)
    missing = run.bad("credential", "not_found", username="jane", id="no/such+id=", check=check)
    assert missing["api_requests"] == 1
    assert sorted(credentials_of(simulator)) == ["jane", "john"]


def test_a_result_of_a_removal_removes_nobody_again(run: Modules, simulator: Simulator) -> None:
    add(simulator, "jane")
    removed = run.good("credential", username="jane", state="absent")["credential"]
    again = run.good("credential", username=removed["username"], id=removed["id"], state="absent")
    assert (again["changed"], again["warnings"], again["api_requests"]) == (False, [], 2)


def test_by_id(run: Modules, simulator: Simulator) -> None:
    ids = add(simulator, "jane")
    assert run.good("credential", id=ids["jane"], new_username="jane.doe")["changed"]
    assert not run.good("credential", id=ids["jane"], new_username="jane.doe")["changed"]
    assert run.good("credential", id=ids["jane"], state="absent")["changed"]
    again = run.good("credential", id=ids["jane"], state="absent")
    assert not again["changed"]
    missing = run.bad("credential", "not_found", id=ids["jane"], password="first-password")
    assert ids["jane"] in missing["msg"]


def test_usernames_are_exact(run: Modules, simulator: Simulator) -> None:
    simulator.reset(switches={"filter-username": "substring"})
    add(simulator, "mary-jane", "jane.doe")
    assert not run.good("credential", username="jane", state="absent")["changed"]
    assert run.good("credential", **JANE)["changed"]
    assert sorted(credentials_of(simulator)) == ["jane", "jane.doe", "mary-jane"]


def test_password_is_changed_only_on_demand(run: Modules, simulator: Simulator) -> None:
    add(simulator, "jane")
    assert not run.good("credential", **JANE)["changed"]
    assert run.good("credential", **JANE, update_password="always")["changed"]
    assert credentials_of(simulator)["jane"]["password"] == "first-password"
    assert not run.good("credential", **JANE, update_password="always")["changed"]


def test_password_is_needed_only_for_a_new_one(run: Modules, simulator: Simulator) -> None:
    refused = run.bad("credential", "refused", username="jane")
    assert "password" in refused["msg"]
    assert bodies(simulator, "POST") == []
    add(simulator, "jane")
    assert not run.good("credential", username="jane")["changed"]


def test_generated_password(run: Modules, simulator: Simulator) -> None:
    done = run.good("credential", username="jane", generate_password=True)
    password = credentials_of(simulator)["jane"]["password"]
    assert len(password) == 20
    assert not set(password) & set("0O1lI")
    assert password not in str(done)
    assert not run.good("credential", username="jane", generate_password=True)["changed"]
    assert run.good("credential", username="jane", generate_password=True, update_password="always")["changed"]
    assert credentials_of(simulator)["jane"]["password"] != password


def test_given_password_wins_over_a_generated_one(run: Modules, simulator: Simulator) -> None:
    run.good("credential", **JANE, generate_password=True)
    assert credentials_of(simulator)["jane"]["password"] == "first-password"


def test_generated_and_hashed_at_once_needs_return_passwords(run: Modules, simulator: Simulator) -> None:
    options = {"username": "jane", "generate_password": True, "hashed": True}
    run.bad("credential", "refused", **options)
    done = run.good("credential", **options, return_passwords=True)
    answer = simulator.control("POST", "password", {"username": "jane", "password": done["credential"]["password"]})
    assert answer == {"ok": True}


def test_an_existing_hashed_one_may_be_given_a_generated_password(run: Modules, simulator: Simulator) -> None:
    add(simulator, "jane", hashed=True)
    assert run.good("credential", username="jane", generate_password=True, update_password="always")["changed"]
    assert credentials_of(simulator)["jane"]["hashed"]


def test_returned_passwords_and_their_warning(run: Modules, simulator: Simulator) -> None:
    done = run.good("credential", **JANE, return_passwords=True)
    assert done["credential"]["password"] == "first-password"
    assert any("no_log" in warning for warning in done["warnings"])
    quiet = run.good("credential", username="john", password="x1", return_passwords=True, no_log=True)
    assert quiet["warnings"] == []
    unchanged = run.good("credential", **JANE, return_passwords=True)
    assert "password" not in unchanged["credential"]
    assert unchanged["warnings"] == []


def test_changing_a_hashed_one_needs_its_password(run: Modules, simulator: Simulator) -> None:
    add(simulator, "jane", hashed=True)
    for change in ({"locked": True}, {"new_username": "jane.doe"}):
        refused = run.bad("credential", "refused", username="jane", **change)
        assert "password" in refused["msg"]
    assert bodies(simulator, "PUT") == []
    done = run.good("credential", username="jane", locked=True, password="secret-of-jane")
    assert done["changed"]
    assert len(done["warnings"]) == 1
    assert bodies(simulator, "PUT") == [{"username": "jane", "password": "secret-of-jane", "hash": True, "lock": True}]


def test_hashed_password_cannot_be_compared(run: Modules, simulator: Simulator) -> None:
    add(simulator, "jane", hashed=True)
    assert not run.good("credential", username="jane", password="secret-of-jane")["changed"]
    for _time in range(2):
        done = run.good("credential", username="jane", password="secret-of-jane", update_password="always")
        assert done["changed"]
    assert credentials_of(simulator)["jane"]["hashed"]


def test_hashing_a_plain_one_hashes_the_password_it_has(run: Modules, simulator: Simulator) -> None:
    add(simulator, "jane")
    assert run.good("credential", username="jane", hash=True)["changed"]
    assert credentials_of(simulator)["jane"]["hashed"]
    body = {"username": "jane", "password": "secret-of-jane"}
    assert simulator.control("POST", "password", body) == {"ok": True}
    assert not run.good("credential", username="jane", hashed=True)["changed"]


def test_license_count_is_for_creation_only(run: Modules, simulator: Simulator) -> None:
    run.good("credential", **JANE, license_count=3)
    assert credentials_of(simulator)["jane"]["license_count"] == 3
    assert not run.good("credential", **JANE, license_count=5)["changed"]


def test_devices_that_are_cut_off_are_warned_of(run: Modules, simulator: Simulator) -> None:
    add(simulator, "jane")
    simulator.control("POST", "activate", {"username": "jane", "password": "secret-of-jane"})
    assert run.good("credential", username="jane", locked=True)["warnings"] == []
    for options in ({"password": "other", "update_password": "always"}, {"new_username": "jane.doe"}):
        warnings = run.good("credential", check=True, username="jane", **options)["warnings"]
        assert len(warnings) == 1
        assert "jane" in warnings[0]
        assert "1 credential" in warnings[0]


def test_absent(run: Modules, simulator: Simulator) -> None:
    add(simulator, "jane", "john")
    predicted = run.good("credential", check=True, username="jane", state="absent")
    assert predicted["changed"]
    assert len(credentials_of(simulator)) == 2
    done = run.good("credential", username="jane", state="absent")
    assert (done["changed"], done["api_requests"]) == (True, 2)
    again = run.good("credential", username="jane", state="absent")
    assert (again["changed"], again["api_requests"]) == (False, 1)
    assert list(credentials_of(simulator)) == ["john"]


def test_settings_are_merged(run: Modules, simulator: Simulator) -> None:
    add(simulator, "jane", settings={"th_csi": "7", "th_firstname": "Jane"})
    options = {"username": "jane", "settings": {"th_firstname": "Janet", "th_safe_enable": "no"}}
    done = run.good("credential", **options)
    assert done["credential"]["settings"] == {"th_csi": "7", "th_firstname": "Janet", "th_safe_enable": False}
    assert credentials_of(simulator)["jane"]["settings"] == done["credential"]["settings"]
    assert done["api_requests"] == 3
    again = run.good("credential", **options)
    assert (again["changed"], again["api_requests"]) == (False, 2)


def test_settings_of_a_new_one_are_not_read(run: Modules, simulator: Simulator) -> None:
    run.good("credential", **JANE, settings={"th_csi": "7"})
    assert calls(simulator) == ["GET /credentials", "POST /credentials", "POST /mdm-bulk"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": ""},
        {"username": "x" * 257},
        {"username": "jane", "password": ""},
        {"username": "jane", "password": "x" * 257},
        {"username": "jane", "new_username": ""},
        {"username": "jane", "license_count": 0},
        {"username": "jane", "new_username": "x", "state": "absent"},
        {"username": "jane", "settings": {"firstname": "Jane"}},
        {"username": "jane", "settings": {"th_firstname": ["Jane"]}},
        {"password": "x"},
    ],
)
def test_what_is_wrong_is_refused_before_any_request(
    run: Modules, simulator: Simulator, wrong: dict[str, t.Any]
) -> None:
    refused = run.bad("credential", "refused", **wrong)
    assert (refused["changed"], refused["api_requests"]) == (False, 0)
    assert calls(simulator) == []


def test_username_of_256_characters(run: Modules) -> None:
    run.good("credential", username="ü" * 256, password="p" * 256)
    assert not run.good("credential", username="ü" * 256)["changed"]
