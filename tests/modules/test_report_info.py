# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""report_info: the form of the report, and what each figure counts."""

from __future__ import annotations

import datetime
import json
import typing as t

import pytest
from ansible_collections.threema.work.tests.modules.subscriptions import DAY, NOW, SECOND, Subscription, at
from ansible_collections.threema.work.tests.support.modules import Modules, add, calls
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

EMPTY: t.Final = {
    "licenses": {"purchased": 25000, "used": 0, "credentials_unused": 0, "free_estimate": 25000},
    "credentials": {
        "total": 0,
        "activated": 0,
        **{name: {"count": 0, "usernames": []} for name in ("never_activated", "hashed", "unlocked", "several_ids")},
    },
    "users": {
        "total": 0,
        "apps": {},
        "versions": {},
        "last_check": {"days_7": 0, "days_30": 0, "days_90": 0, "days_180": 0, "older": 0, "never": 0},
        "inactive": {"days": 90, "count": 0, "users": []},
        "without_credential": {"count": 0, "threema_ids": []},
        "without_name": {"count": 0, "threema_ids": []},
    },
    "departments": {},
    "categories": {},
    "not_shown": {"departments": 0, "categories": 0},
    "settings": {"global": {}, "exceptions": {}},
    "contacts": {"total": 0, "enabled": 0, "disabled": 0, "automatic": 0},
}


@pytest.fixture
def subscription(run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Subscription:
    """A subscription without anything in it."""
    return Subscription(run, simulator, monkeypatch.setattr)


def test_the_form_of_a_report(subscription: Subscription) -> None:
    """Exactly these keys, also where there is nobody."""
    found = subscription.report()
    assert {name: found.pop(name) for name in EMPTY} == EMPTY
    assert found.pop("api_host") == subscription.simulator.url.split("/")[2]
    assert found.pop("generated_at") == "2026-11-26T08:15:00Z"
    state = subscription.simulator.state()["subscription"]
    told = found.pop("subscription")
    end = datetime.datetime.strptime(told["valid_until"], "%Y-%m-%dT%H:%M:%S%z")
    assert (told["id"], told["name"], told["type"]) == (state["id"], "Example Ltd", "professional")
    assert list(told) == ["id", "name", "type", "valid_until", "days_left"]
    assert told["days_left"] == (end - NOW).days
    assert found == {}
    assert calls(subscription.simulator) == [
        "GET /", "GET /users", "GET /credentials", "GET /mdm-bulk", "GET /mdm", "GET /contacts"
    ]  # fmt: skip


def test_licenses_and_credentials(subscription: Subscription) -> None:
    subscription.person("one", "ONE00001", locked=True)
    subscription.person("two", "TWO00001", "TWO00002", "TWO00003", hashed=True)
    subscription.person("unused", locked=True)
    subscription.person("Another", locked=True, hashed=True)
    subscription.simulator.control("PUT", "settings", {"licenses": 10})
    found = subscription.report(include_people=True)
    assert found["licenses"] == {"purchased": 10, "used": 4, "credentials_unused": 2, "free_estimate": 6}
    assert found["credentials"] == {
        "total": 4,
        "activated": 2,
        "never_activated": {"count": 2, "usernames": ["Another", "unused"]},
        "hashed": {"count": 2, "usernames": ["Another", "two"]},
        "unlocked": {"count": 1, "usernames": ["two"]},
        "several_ids": {"count": 1, "usernames": ["two"]},
    }
    assert found["users"]["total"] == 4
    assert found["people"] == {"one": 1, "two": 3, "unused": 0, "Another": 0}


def test_more_users_than_credentials_and_than_licenses(subscription: Subscription) -> None:
    """Each Threema ID takes a license too (contract 8.2); fewer than none are never free."""
    subscription.person("team", "TEAM0001", "TEAM0002", "TEAM0003")
    subscription.simulator.control("PUT", "settings", {"licenses": 5})
    assert subscription.report()["licenses"]["free_estimate"] == 2
    subscription.simulator.control("PUT", "settings", {"licenses": 2})
    assert subscription.report()["licenses"]["free_estimate"] == 0


@pytest.mark.parametrize(
    ("ago", "period", "days"),
    [
        (0 * DAY, "days_7", 0),
        (-400 * DAY, "days_7", 0),
        (8 * DAY - SECOND, "days_7", 7),
        (8 * DAY, "days_30", 8),
        (31 * DAY - SECOND, "days_30", 30),
        (31 * DAY, "days_90", 31),
        (91 * DAY - SECOND, "days_90", 90),
        (91 * DAY, "days_180", 91),
        (181 * DAY - SECOND, "days_180", 180),
        (181 * DAY, "older", 181),
        (4000 * DAY, "older", 4000),
        (None, "never", None),
    ],
    ids=["now", "future", "7", "8", "30", "31", "90", "91", "180", "181", "4000", "never"],
)
def test_the_last_check(
    subscription: Subscription, ago: datetime.timedelta | None, period: str, days: int | None
) -> None:
    """Each in one period; full days, whatever the zone; a fast clock of somebody is no age."""
    subscription.person("anna", "ANNA0001")
    subscription.seen("ANNA0001", None if ago is None else at(NOW - ago, hours=-7))
    users = subscription.report(inactive_days=0)["users"]
    assert {name: number for name, number in users["last_check"].items() if number} == {period: 1}
    assert users["inactive"]["users"] == [{"threema_id": "ANNA0001", "username": "anna", "last_check_days": days}]


@pytest.mark.parametrize(("days", "count"), [(29, 3), (30, 3), (31, 2), (90, 2), (91, 1)])
def test_who_is_inactive(subscription: Subscription, days: int, count: int) -> None:
    """At least so many days ago, or never; who was never active comes first, then the longest."""
    ages = {"AAAA0001": 30 * DAY, "BBBB0001": 91 * DAY - SECOND, "CCCC0001": 29 * DAY - SECOND}
    for threema_id, age in ages.items():
        subscription.person(threema_id[:4].lower(), threema_id)
        subscription.seen(threema_id, at(NOW - age))
    subscription.person("zzzz", "ZZZZ0001")
    subscription.seen("ZZZZ0001", None)
    inactive = subscription.report(inactive_days=days)["users"]["inactive"]
    ordered = ["ZZZZ0001", "BBBB0001", "AAAA0001"]
    assert inactive["days"] == days and inactive["count"] == count
    assert [one["threema_id"] for one in inactive["users"]] == ordered[:count]


def test_inactive_without_a_credential(subscription: Subscription) -> None:
    id_ = subscription.person("gone", "GONE0001")
    subscription.seen("GONE0001", at(NOW - 200 * DAY))
    subscription.run.good("credential", id=id_, state="absent")
    users = subscription.report()["users"]
    assert users["inactive"]["users"] == [{"threema_id": "GONE0001", "username": None, "last_check_days": 200}]
    assert users["without_credential"] == {"count": 1, "threema_ids": ["GONE0001"]}


@pytest.mark.parametrize("orphan", ["missing", "dangling"])
def test_users_without_a_credential_both_ways(subscription: Subscription, orphan: str) -> None:
    subscription.person("stays", "STAY0001")
    id_ = subscription.person("gone", "GONE0001", "GONE0002")
    subscription.run.good("credential", id=id_, state="absent")
    subscription.simulator.control("PUT", "settings", {"switches": {"orphan-link": orphan}})
    found = subscription.report()
    assert found["users"]["without_credential"] == {"count": 2, "threema_ids": ["GONE0001", "GONE0002"]}
    assert found["credentials"]["activated"] == 1 and found["licenses"]["used"] == 1


@pytest.mark.parametrize("unset", ["empty", "null", "missing"])
def test_apps_and_names(subscription: Subscription, unset: str) -> None:
    """The most frequent first; a name is a first or a last one, and blanks are none."""
    subscription.simulator.control("PUT", "settings", {"switches": {"unset-user-fields": unset}})
    people: dict[str, tuple[str, dict[str, str]]] = {
        "AAAA0001": ("ios - 7.2k", {"th_firstname": "Anna"}),
        "BBBB0001": ("android - 6.1k", {"th_lastname": "Beat"}),
        "CCCC0001": ("Android - 6.1k", {"th_firstname": " "}),
        "DDDD0001": ("android - 6.4", {}),
        "EEEE0001": ("android", {"th_nickname": "Eva"}),
        "FFFF0001": ("x" * 65, {"th_firstname": "F"}),
        "GGGG0001": ("7.2", {"th_firstname": "G"}),
    }
    for threema_id, (version, settings) in people.items():
        subscription.person(threema_id[:4], threema_id, settings=settings)
        subscription.seen(threema_id, at(NOW), version=version)
    users = subscription.report()["users"]
    assert users["apps"] == {"android": 4, "": 1, "ios": 1, "other": 1}
    assert users["versions"] == {"android 6.1k": 2, "": 1, "android": 1, "android 6.4": 1, "ios 7.2k": 1, "other": 1}
    assert next(iter(users["apps"])) == "android" and next(iter(users["versions"])) == "android 6.1k"
    assert users["without_name"] == {"count": 3, "threema_ids": ["CCCC0001", "DDDD0001", "EEEE0001"]}


def test_more_versions_than_are_shown(subscription: Subscription) -> None:
    users = [
        {"id": f"AAAA{number:04}", "_links": [], "version": f"ios - {number // 2}", "firstName": "A"}
        for number in range(104)
    ]
    paging = {"count": 104, "total": 104, "page": 0}
    subscription.answer("/users", {"users": [*users[:-1]], "paging": {**paging, "total": 103}})
    versions = subscription.report()["users"]["versions"]
    # 51 versions of two, and one of a single user.
    assert len(versions) == 51 and versions["other"] == 3 and sum(versions.values()) == 103


def test_departments_and_categories(subscription: Subscription) -> None:
    """Split at commas; a credential counts once in each; its own value, also an empty one, before the global one."""
    subscription.set(th_department="Care", th_category="staff")
    subscription.person("a", "AAAA0001", settings={"th_department": " Surgery ", "th_category": "night, day ,night,"})
    subscription.person("b", settings={"th_department": "Surgery", "th_category": "day"})
    subscription.person("c", "CCCC0001", settings={"th_department": "", "th_category": " , "})
    subscription.person("d")
    found = subscription.report()
    assert found["departments"] == {
        "Surgery": {"credentials": 2, "activated": 1},
        "Care": {"credentials": 1, "activated": 0},
        "": {"credentials": 1, "activated": 1},
    }
    assert found["categories"] == {
        "day": {"credentials": 2, "activated": 1},
        "night": {"credentials": 1, "activated": 1},
        "staff": {"credentials": 1, "activated": 0},
        "": {"credentials": 1, "activated": 1},
    }
    assert found["not_shown"] == {"departments": 0, "categories": 0}


def test_the_50_largest_departments(subscription: Subscription) -> None:
    """Those without one come on top; among equals the alphabet decides."""
    items = [
        {"username": f"p{number}", "password": "x", "settings": {"th_department": f"D{number // 2:02}"}}
        for number in range(105)
    ]
    items.append({"username": "nowhere", "password": "x", "settings": {"th_category": ",".join(map(str, range(60)))}})
    subscription.simulator.control("POST", "credentials", items)
    found = subscription.report()
    # D00 to D51 have two each, D52 has one.
    assert sorted(found["departments"]) == ["", *(f"D{number:02}" for number in range(50))]
    assert found["not_shown"] == {"departments": 3, "categories": 10}
    assert found["departments"][""] == {"credentials": 1, "activated": 0}
    assert len(found["categories"]) == 51 and found["categories"][""]["credentials"] == 105


def test_settings_and_their_exceptions(subscription: Subscription) -> None:
    """Only where there is a global value; apps drop a value of another type; secrets are null, and counted too."""
    subscription.set(th_disable_export=True, th_keep_messages_days=30, th_safe_password="Glob-pLanke/9")
    subscription.person("a", settings={"th_disable_export": False, "th_firstname": "A", "th_keep_messages_days": 30})
    subscription.person("b", settings={"th_disable_export": True, "th_safe_password": "Own-pLanke/1"})
    subscription.person("c", settings={"th_disable_export": 1, "th_keep_messages_days": 60})
    found = subscription.report()
    assert found["settings"] == {
        "global": {"th_disable_export": True, "th_keep_messages_days": 30, "th_safe_password": None},
        "exceptions": {"th_disable_export": 2, "th_keep_messages_days": 1, "th_safe_password": 1},
    }
    assert "pLanke" not in json.dumps(found)


@pytest.mark.parametrize("unset", ["listed", "left-out", "left-out-counted", "left-out-of-pages"])
def test_credentials_without_settings_both_ways(subscription: Subscription, unset: str) -> None:
    subscription.simulator.control("PUT", "settings", {"switches": {"bulk-unset": unset}})
    subscription.set(th_disable_export=True)
    subscription.person("a", settings={"th_disable_export": False})
    subscription.person("b")
    found = subscription.report()
    assert found["settings"]["exceptions"] == {"th_disable_export": 1}
    assert found["departments"] == {"": {"credentials": 2, "activated": 0}}


def test_contacts(subscription: Subscription) -> None:
    subscription.person("anna", "ANNA0001")
    others = [{"threema_id": "DESK0001", "enabled": False}, {"threema_id": "DESK0002"}, {"threema_id": "DESK0003"}]
    subscription.simulator.control("POST", "contacts", [{"type": "custom", **one} for one in others])
    assert subscription.report()["contacts"] == {"total": 4, "enabled": 3, "disabled": 1, "automatic": 1}


@pytest.mark.parametrize("most", [0, 1, 2, 20])
def test_at_most_so_many_names(subscription: Subscription, most: int) -> None:
    """The numbers count all; with 0 nobody can be told from the report."""
    for number in range(3):
        subscription.person(f"whoever-{number}", f"AAAA000{number}", f"BBBB000{number}", hashed=True)
        subscription.seen(f"AAAA000{number}", None)
        id_ = subscription.person(f"left-{number}", f"CCCC000{number}")
        subscription.run.good("credential", id=id_, state="absent")
    subscription.person("unused-1")
    found = subscription.report(max_names=most)
    names = min(most, 3)
    for group in ("hashed", "several_ids"):
        assert found["credentials"][group] == {
            "count": 3, "usernames": [f"whoever-{number}" for number in range(names)]
        }  # fmt: skip
    assert found["credentials"]["unlocked"]["count"] == 4 and len(found["credentials"]["unlocked"]["usernames"]) == min(
        most, 4
    )
    assert found["users"]["without_credential"]["count"] == 3
    assert len(found["users"]["without_credential"]["threema_ids"]) == names
    assert found["users"]["without_name"]["count"] == 9
    assert len(found["users"]["without_name"]["threema_ids"]) == min(most, 9)
    assert found["users"]["inactive"]["count"] == 3 and len(found["users"]["inactive"]["users"]) == names
    text = json.dumps(found)
    everybody = ("whoever", "left-", "unused-", "AAAA0", "BBBB0", "CCCC0")
    assert "people" not in found
    assert most or not [part for part in everybody if part in text]


@pytest.mark.parametrize(
    ("options", "msg"),
    [
        ({"max_names": -1}, "max_names is -1; it must be 0 or more"),
        ({"inactive_days": -1}, "inactive_days is -1; it must be 0 or more"),
        ({"max_names": 0, "include_people": True}, "max_names is 0, which is for no names"),
        ({"expect_subscription": "Another Ltd"}, "not Another Ltd, the expected one"),
    ],
    ids=["max_names", "inactive_days", "people without names", "another subscription"],
)
def test_refused(run: Modules, simulator: Simulator, options: dict[str, t.Any], msg: str) -> None:
    add(simulator, "anna")
    result = run.bad("report_info", "refused", **options)
    assert msg in result["msg"] and "report" not in result
    assert calls(simulator) == (["GET /"] if "expect_subscription" in options else [])


def test_the_expected_subscription(run: Modules, simulator: Simulator) -> None:
    assert run.good("report_info", expect_subscription="Example Ltd")["api_requests"] == 7


def test_5000_people_with_long_names(subscription: Subscription) -> None:
    """At most 16 requests, and a result that AWX keeps: below 100 kB."""
    items = [
        {
            "username": f"{number:05}-{'n' * 250}",
            "password": "x",
            "hashed": True,
            "settings": {
                "th_department": f"{number % 60:02}{'d' * 254}",
                "th_category": f"{number % 70:02}{'c' * 254}",
            },
        }
        for number in range(5000)
    ]
    subscription.simulator.control("POST", "credentials", items)
    result = subscription.run.good("report_info")
    assert result["report"]["credentials"]["hashed"]["count"] == 5000
    assert result["report"]["not_shown"] == {"departments": 10, "categories": 20}
    assert result["api_requests"] <= 16
    assert 40_000 < len(json.dumps(result)) < 100_000
