# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking users up: their credential out of their links, who was inactive, who is orphaned, who is a duplicate."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from ansible_collections.threema.work.plugins.module_utils._resources import user_search
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, calls
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

Seen = t.Union[datetime.timedelta, None]
MINUTE: t.Final = datetime.timedelta(minutes=1)
DAY: t.Final = datetime.timedelta(days=1)


def written(ago: datetime.timedelta, hours: int = 1) -> str:
    """A moment as the API writes it, without a colon in its offset."""
    zone = datetime.timezone(datetime.timedelta(hours=hours))
    return (datetime.datetime.now(zone) - ago).strftime("%Y-%m-%dT%H:%M:%S%z")


def activate(simulator: Simulator, username: str, threema_id: str, last_check: str | None = "") -> None:
    """Somebody types the credential into the app, which was last active then; None for never, empty for just now."""
    app = {"username": username, "password": f"secret-of-{username}", "threema_id": threema_id}
    simulator.control("POST", "activate", app)
    if last_check != "":
        simulator.control("POST", "sync", {"threema_id": threema_id, "last_check": last_check})


def names(result: Result) -> list[str]:
    """The Threema IDs of a result."""
    return sorted(user["threema_id"] for user in result["users"])


def answer(simulator: Simulator, *users: Result) -> None:
    """What the service answers to the next request for the list of users."""
    body = {"_links": [], "users": list(users), "paging": {"count": len(users), "total": len(users), "page": 0}}
    simulator.fault(method="GET", path="/users", kind="json", body=body)


def test_the_credential_by_relation_never_by_position(run: Modules, simulator: Simulator) -> None:
    base = simulator.url
    own = {"rel": "detail", "link": f"{base}/users/X"}
    subscription = {"rel": "subscription", "link": base}
    one = {"rel": "credential", "link": f"{base}/credentials/aB3%2Fk9%2BQ%3D%3D"}
    two = {"ref": "credential", "link": f"{base}/credentials/plain12"}
    other = {"rel": "detail", "link": f"{base}/credentials/wrong"}
    answer(
        simulator,
        {"id": "AAAA0001", "_links": [one, own, subscription]},
        {"id": "AAAA0002", "_links": [own, two]},
        {"id": "AAAA0003", "_links": [own, subscription, one]},
        {"id": "AAAA0004", "_links": [own, other]},
        {"id": "AAAA0005", "_links": []},
        {"id": "AAAA0006"},
    )
    found = run.good("user_info")["users"]
    assert [user["credential_id"] for user in found] == ["aB3/k9+Q==", "plain12", "aB3/k9+Q==", None, None, None]


@pytest.mark.parametrize("key", ["mixed", "ref", "rel"])
@pytest.mark.parametrize("single", [False, True])
def test_link_keys_in_lists_and_details(run: Modules, simulator: Simulator, key: str, single: bool) -> None:
    simulator.reset(switches={"link-key": key})
    ids = add(simulator, "jane")
    activate(simulator, "jane", "JANE0001")
    found = run.good("user_info", **({"threema_id": "JANE0001"} if single else {}))["users"]
    assert [(one["threema_id"], one["credential_id"]) for one in found] == [("JANE0001", ids["jane"])]
    assert {"id", "_links"} & set(found[0]) == set()


@pytest.mark.parametrize("hours", [1, 0, -7, 14])
def test_inactive_days_compares_moments(run: Modules, simulator: Simulator, hours: int) -> None:
    add(simulator, "a", "b", "c", "d")
    activate(simulator, "a", "OLDD0001", written(30 * DAY + MINUTE, hours))
    activate(simulator, "b", "YOUN0001", written(30 * DAY - MINUTE, hours))
    activate(simulator, "c", "NEVE0001", None)
    activate(simulator, "d", "TODA0001")
    assert names(run.good("user_info", inactive_days=30)) == ["NEVE0001", "OLDD0001"]
    assert names(run.good("user_info", inactive_days=29)) == ["NEVE0001", "OLDD0001", "YOUN0001"]
    assert names(run.good("user_info", inactive_days=31)) == ["NEVE0001"]
    assert len(run.good("user_info", inactive_days=0)["users"]) == 4


def test_the_last_of_the_inactive_days(run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exactly so long ago is long enough."""

    class Still(datetime.datetime):
        @classmethod
        def now(cls, _zone: t.Any = None) -> t.Any:
            return datetime.datetime(2026, 3, 31, 8, 15, tzinfo=datetime.timezone.utc)

    add(simulator, "a", "b")
    activate(simulator, "a", "OLDD0001", "2026-03-01T09:15:00+0100")
    activate(simulator, "b", "YOUN0001", "2026-03-01T09:15:01+0100")
    monkeypatch.setattr(user_search.datetime, "datetime", Still)
    assert names(run.good("user_info", inactive_days=30)) == ["OLDD0001"]


def test_whose_users_are_found_needs_no_look_at_the_credential(run: Modules, simulator: Simulator) -> None:
    ids = add(simulator, "jane")
    activate(simulator, "jane", "JANE0001")
    found = run.good("user_info", credential_id=ids["jane"])
    assert (names(found), found["api_requests"]) == (["JANE0001"], 1)


def test_a_count_that_lags_makes_nobody_an_orphan(run: Modules, simulator: Simulator) -> None:
    """Where every link leads to a credential, it does not matter who else uses one."""
    simulator.reset(switches={"usage-count": "lagging"})
    add(simulator, "jane")
    activate(simulator, "jane", "JANE0001")
    activate(simulator, "jane", "JANE0002")
    run.good("user", threema_id="JANE0001", state="detached")
    assert run.good("user_info", orphaned=True)["users"] == []


@pytest.mark.parametrize("unset", ["empty", "null", "missing"])
def test_never_seen(run: Modules, simulator: Simulator, unset: str) -> None:
    simulator.reset(switches={"unset-user-fields": unset})
    add(simulator, "jane")
    activate(simulator, "jane", "JANE0001", None)
    assert names(run.good("user_info", inactive_days=10000)) == ["JANE0001"]


@pytest.mark.parametrize("link", ["missing", "dangling"])
def test_orphaned(run: Modules, simulator: Simulator, link: str) -> None:
    simulator.reset(switches={"orphan-link": link})
    ids = add(simulator, "gone", "jane")
    activate(simulator, "gone", "GONE0001")
    activate(simulator, "jane", "JANE0001")
    assert names(run.good("user_info", orphaned=True)) == []
    run.good("credential", username="gone", state="absent")
    found = run.good("user_info", orphaned=True, include_usernames=True)
    assert names(found) == ["GONE0001"]
    assert found["users"][0]["username"] is None
    assert found["users"][0]["credential_id"] == (None if link == "missing" else ids["gone"])
    assert found["api_requests"] == 2
    assert names(run.good("user_info", orphaned=True, threema_id="JANE0001")) == []
    assert names(run.good("user_info", orphaned=True, threema_id="GONE0001")) == ["GONE0001"]


def test_without_any_link_nobody_is_called_orphaned(run: Modules, simulator: Simulator) -> None:
    add(simulator, "jane")
    activate(simulator, "jane", "JANE0001")
    answer(simulator, {"id": "JANE0001", "_links": [{"rel": "detail", "link": f"{simulator.url}/users/JANE0001"}]})
    assert "link" in run.bad("user_info", "protocol", orphaned=True)["msg"]


#: Other conditions; each leaves the living person of the test below.
BESIDES: t.Final[list[Result]] = [
    {"threema_id": "JANE0001"},
    {"threema_id": "JANE0001", "duplicate": True},
    {"credential_id": "jane"},
    {"username": "jane"},
    {"query": "JANE0001"},
    {"inactive_days": 0},
    {"duplicate": True},
    {"threema_id": "JANE0001", "inactive_days": 0, "include_usernames": True},
]


@pytest.mark.parametrize("link", ["missing", "other-case"])
@pytest.mark.parametrize("besides", BESIDES, ids=str)
def test_nor_with_another_condition(run: Modules, simulator: Simulator, link: str, besides: Result) -> None:
    """Whether links are missing, only the whole lists show; a condition must not hide it."""
    simulator.reset(switches={"credential-link": link})
    ids = add(simulator, "jane")
    activate(simulator, "jane", "JANE0001")
    given = {**besides, **({"credential_id": ids["jane"].swapcase()} if "credential_id" in besides else {})}
    assert "usage of 1" in run.bad("user_info", "protocol", orphaned=True, **given)["msg"]


@pytest.mark.parametrize("besides", BESIDES, ids=str)
def test_another_condition_beside_it_costs_no_request(run: Modules, simulator: Simulator, besides: Result) -> None:
    ids = add(simulator, "jane")
    activate(simulator, "jane", "JANE0001")
    given = {**besides, **({"credential_id": ids["jane"]} if "credential_id" in besides else {})}
    found = run.good("user_info", orphaned=True, **given)
    # The service's own search is another list.
    assert (found["users"], found["api_requests"]) == ([], 3 if "query" in besides else 2)


def test_orphans_of_one_credential(run: Modules, simulator: Simulator) -> None:
    """A link that leads nowhere still tells which of them had the same."""
    simulator.reset(switches={"orphan-link": "dangling"})
    ids = add(simulator, "gone", "jane")
    activate(simulator, "gone", "GONE0001", written(2 * DAY))
    activate(simulator, "gone", "GONE0002")
    activate(simulator, "jane", "JANE0001")
    run.good("credential", username="gone", state="absent")
    assert names(run.good("user_info", orphaned=True, credential_id=ids["gone"])) == ["GONE0001", "GONE0002"]
    assert names(run.good("user_info", orphaned=True, credential_id=ids["gone"], duplicate=True)) == ["GONE0001"]
    assert names(run.good("user_info", orphaned=True, duplicate=True, threema_id="GONE0001")) == ["GONE0001"]
    assert names(run.good("user_info", orphaned=True, duplicate=True, threema_id="GONE0002")) == []
    for who in ({"credential_id": ids["jane"]}, {"username": "jane"}, {"username": "gone"}):
        assert names(run.good("user_info", orphaned=True, **who)) == []


def test_duplicate(run: Modules, simulator: Simulator) -> None:
    ids = add(simulator, "jane", "john", "team")
    activate(simulator, "jane", "JANE0001", written(5 * DAY))
    # 23:00 at the one place is later than 23:30 at the other, whatever the texts say.
    activate(simulator, "team", "TEAM0001", written(2 * DAY, 14))
    activate(simulator, "team", "TEAM0002", written(1 * DAY, -7))
    activate(simulator, "team", "TEAM0003", None)
    assert names(run.good("user_info", duplicate=True)) == ["TEAM0001", "TEAM0003"]
    assert names(run.good("user_info", duplicate=True, inactive_days=3)) == ["TEAM0003"]
    for who in ({"username": "team"}, {"credential_id": ids["team"]}):
        assert names(run.good("user_info", duplicate=True, **who)) == ["TEAM0001", "TEAM0003"]
    assert names(run.good("user_info", duplicate=True, username="jane")) == []
    # Which of several is the last one, all of them together tell.
    assert names(run.good("user_info", duplicate=True, threema_id="TEAM0002")) == []
    assert names(run.good("user_info", duplicate=True, threema_id="TEAM0001")) == ["TEAM0001"]
    assert names(run.good("user_info", duplicate=True, query="TEAM0002")) == []


def test_users_without_credential_are_nobodys_duplicates(run: Modules, simulator: Simulator) -> None:
    add(simulator, "gone")
    activate(simulator, "gone", "GONE0001")
    activate(simulator, "gone", "GONE0002")
    run.good("credential", username="gone", state="absent")
    assert names(run.good("user_info", duplicate=True)) == []


@pytest.mark.parametrize("switch", ["exact", "substring", "ignored"])
def test_username_is_exact(run: Modules, simulator: Simulator, switch: str) -> None:
    simulator.reset(switches={"filter-username": switch})
    add(simulator, "jane", "JANE", "jane.doe")
    for number, username in enumerate(("jane", "JANE", "jane.doe")):
        activate(simulator, username, f"JANE000{number}")
    assert names(run.good("user_info", username="jane")) == ["JANE0000"]
    assert names(run.good("user_info", username="JANE")) == ["JANE0001"]
    assert names(run.good("user_info", username="ane")) == []


def test_usernames_cost_one_listing(run: Modules, simulator: Simulator) -> None:
    ids = add(simulator, "jane", "team")
    activate(simulator, "jane", "JANE0001")
    activate(simulator, "team", "TEAM0001")
    activate(simulator, "team", "TEAM0002")
    plain = run.good("user_info")
    assert (plain["api_requests"], {"username"} & set(plain["users"][0])) == (1, set())
    found = run.good("user_info", include_usernames=True)
    assert found["api_requests"] == 2
    by_id = {one["threema_id"]: (one["username"], one["credential_id"]) for one in found["users"]}
    assert by_id == {
        "JANE0001": ("jane", ids["jane"]),
        "TEAM0001": ("team", ids["team"]),
        "TEAM0002": ("team", ids["team"]),
    }
    assert "secret-of" not in str(found["users"])


@pytest.mark.parametrize(
    "nothing",
    [
        {},
        {"threema_id": "GONE0001"},
        {"username": "nobody"},
        {"credential_id": "unknown/id"},
        {"query": "nobody"},
        {"inactive_days": 1},
        {"orphaned": True},
        {"duplicate": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("check", [False, True])
def test_nothing_found_is_an_empty_list(run: Modules, nothing: dict[str, t.Any], check: bool) -> None:
    result = run.good("user_info", check=check, **nothing)
    assert (result["changed"], result["users"]) == (False, [])


def test_query_asks_the_service(run: Modules, simulator: Simulator) -> None:
    add(simulator, "jane", "john")
    activate(simulator, "jane", "JANE0001")
    activate(simulator, "john", "JOHN0001")
    simulator.forget_requests()
    found = run.good("user_info", query="JANE0001")
    assert (names(found), found["api_requests"]) == (["JANE0001"], 1)
    assert "filterQuery=JANE0001" in simulator.requests()[0]["query"]
    assert names(run.good("user_info", query="JANE0001", username="john")) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"inactive_days": -1},
        *({"threema_id": one} for one in ("", "jane0001", "JANE00011", "../users", "JANE0001/detach", "..")),
    ],
    ids=str,
)
def test_what_is_wrong_is_refused(run: Modules, simulator: Simulator, wrong: dict[str, t.Any]) -> None:
    assert run.bad("user_info", "refused", **wrong)["api_requests"] == 0
    assert calls(simulator) == []


def test_ten_thousand_users_are_two_requests(run: Modules, simulator: Simulator) -> None:
    simulator.reset(credentials=10_000, users=10_000)
    found = run.good("user_info")
    assert (len(found["users"]), found["api_requests"]) == (10_000, 2)
    assert len({one["credential_id"] for one in found["users"]} - {None}) == 10_000
    usage = run.good("subscription_info", include_usage=True)
    assert usage["subscription"]["usage"]["users"] == usage["subscription"]["usage"]["credentials"] == 10_000
    # The subscription, two pages of credentials, and the number of the users.
    assert usage["api_requests"] == 4


def test_fields_of_newer_versions_are_passed_on(run: Modules, simulator: Simulator) -> None:
    simulator.reset(switches={"future-fields": "on"}, credentials=1, users=1)
    assert run.good("user_info")["users"][0]["future_field"] == "new"
