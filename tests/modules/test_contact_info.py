# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking contacts and their categories up."""

from __future__ import annotations

import pytest
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, calls
from ansible_collections.threema.work.tests.support.simulator_process import Simulator


@pytest.fixture
def category(simulator: Simulator) -> str:
    """Two custom contacts, of which one has two categories, and an automatic one with an own one; a category's id."""
    contacts = [
        {"threema_id": "DESK0001", "first_name": "Service", "last_name": "Desk", "categories": ["Partners", "Help"]},
        {"threema_id": "NIGH0001", "first_name": "Night", "last_name": "Watch", "enabled": False},
    ]
    simulator.control("POST", "contacts", contacts)
    add(simulator, "jane", settings={"th_category": "Ward 7"})
    app = {"username": "jane", "password": "secret-of-jane", "threema_id": "AUTO0001"}
    simulator.control("POST", "activate", app)
    simulator.control("POST", "sync", {"threema_id": "AUTO0001"})
    simulator.forget_requests()
    return str(next(one["id"] for one in simulator.state()["categories"] if one["name"] == "Partners"))


def names(result: Result) -> list[str]:
    """The Threema IDs of a result."""
    return sorted(one["threema_id"] for one in result["contacts"])


@pytest.mark.usefixtures("category")
@pytest.mark.parametrize("key", ["id", "threemaId", "both"])
def test_all_and_one_have_the_same_form(run: Modules, simulator: Simulator, key: str) -> None:
    simulator.control("PUT", "settings", {"switches": {"contact-list-key": key}})
    found = run.good("contact_info")
    assert (names(found), found["api_requests"]) == (["AUTO0001", "DESK0001", "NIGH0001"], 1)
    for contact in found["contacts"]:
        one = run.good("contact_info", threema_id=contact["threema_id"])
        assert (one["contacts"], one["api_requests"]) == ([contact], 1)
    by_id = {one["threema_id"]: one for one in found["contacts"]}
    assert by_id["AUTO0001"] == {
        "threema_id": "AUTO0001",
        "type": "auto",
        "first_name": None,
        "last_name": None,
        "enabled": True,
    }
    assert by_id["NIGH0001"]["enabled"] is False


def test_by_category(run: Modules, category: str) -> None:
    assert names(run.good("contact_info", category=category)) == ["DESK0001"]
    assert names(run.good("contact_info", category="0000000000")) == []


@pytest.mark.usefixtures("category")
def test_with_their_categories(run: Modules) -> None:
    found = run.good("contact_info", include_categories=True)
    assert found["api_requests"] == 4
    labels = {
        one["threema_id"]: [(item["name"], item["source"], item["enabled"]) for item in one["categories"]]
        for one in found["contacts"]
    }
    assert labels == {
        "AUTO0001": [("Ward 7", "mdm", True)],
        "DESK0001": [("Partners", "custom", True), ("Help", "custom", True)],
        "NIGH0001": [],
    }
    assert not any("categories" in one for one in run.good("contact_info")["contacts"])


def test_categories_of_a_contact_and_by_id(run: Modules, category: str) -> None:
    found = run.good("contact_category_info", threema_id="DESK0001")
    assert [one["name"] for one in found["categories"]] == ["Partners", "Help"]
    assert found["api_requests"] == 1
    assert found["categories"][0]["id"] == category
    assert run.good("contact_category_info", category_id=category)["categories"] == found["categories"][:1]


@pytest.mark.usefixtures("category")
@pytest.mark.parametrize(
    ("module", "key", "options"),
    [
        ("contact_info", "contacts", {"threema_id": "GONE0001"}),
        ("contact_info", "contacts", {"threema_id": "GONE0001", "include_categories": True}),
        ("contact_category_info", "categories", {"threema_id": "GONE0001"}),
        ("contact_category_info", "categories", {"threema_id": "NIGH0001"}),
        ("contact_category_info", "categories", {"category_id": "unknown/id"}),
    ],
    ids=str,
)
@pytest.mark.parametrize("check", [False, True])
def test_nothing_found_is_an_empty_list(
    run: Modules, module: str, key: str, options: dict[str, str], check: bool
) -> None:
    result = run.good(module, check=check, **options)
    assert (result["changed"], result[key]) == (False, [])


def test_a_subscription_without_contacts(run: Modules) -> None:
    assert run.good("contact_info")["contacts"] == []


@pytest.mark.usefixtures("category")
@pytest.mark.parametrize(("switch", "kind"), [("404", "not_found"), ("403", "permission"), ("401", "authentication")])
def test_without_the_directory_feature(run: Modules, simulator: Simulator, switch: str, kind: str) -> None:
    simulator.control("PUT", "settings", {"directory": False, "switches": {"categories-without-directory": switch}})
    failed = run.bad("contact_category_info", kind, threema_id="DESK0001")
    assert "Directory" in failed["msg"]
    if kind != "authentication":
        assert run.good("contact_category_info", threema_id="GONE0001")["categories"] == []


@pytest.mark.parametrize(("switch", "kind"), [("403", "permission"), ("401", "authentication")])
def test_one_category_without_the_directory_feature(run: Modules, simulator: Simulator, switch: str, kind: str) -> None:
    simulator.control("PUT", "settings", {"directory": False, "switches": {"categories-without-directory": switch}})
    assert "Directory" in run.bad("contact_category_info", kind, category_id="c0ffee")["msg"]


def test_without_the_directory_feature_and_an_empty_answer(run: Modules, simulator: Simulator, category: str) -> None:
    simulator.control("PUT", "settings", {"directory": False, "switches": {"categories-without-directory": "empty"}})
    assert run.good("contact_category_info", threema_id="DESK0001")["categories"] == []
    assert run.good("contact_category_info", category_id=category)["categories"] == []


@pytest.mark.parametrize("wrong", ["", "desk0001", "DESK00011", "../users", "DESK0001/categories", ".."])
@pytest.mark.parametrize("module", ["contact_info", "contact_category_info"])
def test_what_is_no_threema_id_is_refused(run: Modules, simulator: Simulator, module: str, wrong: str) -> None:
    assert run.bad(module, "refused", threema_id=wrong)["api_requests"] == 0
    assert calls(simulator) == []


@pytest.mark.parametrize("id_", [".", "..", "...", "../credentials", "a/../../x"])
def test_an_id_that_climbs_is_refused(run: Modules, simulator: Simulator, id_: str) -> None:
    result = run("contact_category_info", category_id=id_)
    paths = [call.split("/")[2] for call in calls(simulator)]
    assert all(path.strip(".") and "%2F" in path for path in paths)
    assert result["failed"] or result["categories"] == []
    assert paths or result["failure"]["kind"] == "refused"


@pytest.mark.parametrize(
    ("module", "options", "word"),
    [
        ("contact_info", {"threema_id": "DESK0001", "category": "1"}, "mutually exclusive"),
        ("contact_category_info", {"threema_id": "DESK0001", "category_id": "1"}, "mutually exclusive"),
        ("contact_category_info", {}, "one of the following is required"),
    ],
)
def test_options_that_exclude_each_other(run: Modules, module: str, options: dict[str, str], word: str) -> None:
    result = run(module, **options)
    assert result["failed"] and word in result["msg"]


@pytest.mark.usefixtures("category")
def test_fields_of_newer_versions_are_passed_on(run: Modules, simulator: Simulator) -> None:
    simulator.control("PUT", "settings", {"switches": {"future-fields": "on"}})
    assert run.good("contact_info")["contacts"][0]["future_field"] == "new"
    assert run.good("contact_category_info", threema_id="DESK0001")["categories"][0]["future_field"] == "new"


@pytest.mark.usefixtures("category")
def test_gateway_ids_are_listed(run: Modules, simulator: Simulator) -> None:
    simulator.control("PUT", "settings", {"switches": {"gateway-ids": "on"}})
    found = run.good("contact_info")
    assert [name for name in names(found) if name.startswith("*")] == ["*SUPPORT", "*THREEMA"]
    assert names(run.good("contact_info", threema_id="*SUPPORT")) == ["*SUPPORT"]
