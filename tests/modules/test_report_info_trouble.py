# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""report_info where something is missing, not whole, or of another form: right, or refused, never a wrong number."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.modules.subscriptions import DAY, NOW, SECOND, Subscription, at
from ansible_collections.threema.work.tests.support.modules import Modules
from ansible_collections.threema.work.tests.support.simulator_process import Simulator


@pytest.fixture
def subscription(run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Subscription:
    """A subscription without anything in it."""
    return Subscription(run, simulator, monkeypatch.setattr)


@pytest.mark.parametrize("path", ["/users", "/credentials", "/mdm-bulk", "/contacts"])
def test_a_list_that_is_not_whole(subscription: Subscription, path: str) -> None:
    """Never a number that is too small."""
    subscription.person("anna", "ANNA0001", settings={"th_department": "Care"})
    key = {"/mdm-bulk": "credentials"}.get(path, path[1:])
    body = {key: [], "paging": {"count": 0, "total": 3, "page": 0}}
    subscription.simulator.fault(method="GET", path=path, kind="json", body=body, times=None)
    result = subscription.run.bad("report_info", "protocol")
    assert path in result["msg"] and "report" not in result


def test_pages_of_any_size(subscription: Subscription) -> None:
    subscription.simulator.reset(credentials=23, users=17, contacts=9, switches={"max-page-size": "5"})
    found = subscription.report()
    assert found["credentials"]["total"] == 23 and found["users"]["total"] == 17
    assert found["contacts"] == {"total": 26, "enabled": 26, "disabled": 0, "automatic": 17}


@pytest.mark.parametrize("link", ["missing", "other-case", "twice-encoded"])
def test_links_that_lead_nowhere(subscription: Subscription, link: str) -> None:
    """Whose IDs they are cannot be told, so nobody is called unused or without a credential."""
    subscription.person("anna", "ANNA0001")
    subscription.simulator.control("PUT", "settings", {"switches": {"credential-link": link}})
    assert "cannot be determined whose" in subscription.run.bad("report_info", "protocol")["msg"]


def test_a_usage_that_lags(subscription: Subscription) -> None:
    """Links that all lead somewhere are believed; the sum of the usage is what the service says."""
    subscription.simulator.control("PUT", "settings", {"switches": {"usage-count": "lagging"}})
    subscription.person("anna", "ANNA0001", "ANNA0002")
    subscription.person("beat", "BEAT0001")
    for threema_id in ("ANNA0002", "BEAT0001"):
        subscription.run.good("user", threema_id=threema_id, state="detached")
    found = subscription.report(include_people=True)
    assert found["people"] == {"anna": 1, "beat": 0}
    assert found["credentials"]["several_ids"]["count"] == 0
    assert found["credentials"]["never_activated"]["usernames"] == ["beat"]
    assert found["licenses"]["used"] == 3 and found["licenses"]["credentials_unused"] == 1


def test_a_usage_that_lags_beside_an_orphan(subscription: Subscription) -> None:
    """Whose the ID is cannot be told then, and the page would advise to detach it: no report, but the reason."""
    subscription.simulator.control("PUT", "settings", {"switches": {"usage-count": "lagging"}})
    subscription.person("anna", "ANNA0001", "ANNA0002")
    gone = subscription.person("gone", "GONE0001")
    subscription.run.good("user", threema_id="ANNA0002", state="detached")
    subscription.run.good("credential", id=gone, state="absent")
    result = subscription.run.bad("report_info", "protocol")
    assert "the credential of anna has a usage of 2, but 1 user(s) are linked to it" in result["msg"]
    assert "report" not in result
    subscription.run.good("user", threema_id="GONE0001", state="detached")
    assert subscription.report()["users"]["without_credential"]["count"] == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("lastCheck", "yesterday"), ("lastCheck", "2026-11-26"), ("version", 7), ("firstName", ["A"]), ("lastName", {})],
    ids=["text", "day", "version", "list", "object"],
)
def test_a_field_that_is_not_understood(subscription: Subscription, field: str, value: t.Any) -> None:
    """Nobody counts as inactive, or as nameless, because of that."""
    user = {"id": "AAAA0001", "_links": [], field: value}
    subscription.answer("/users", {"users": [user], "paging": {"count": 1, "total": 1, "page": 0}})
    result = subscription.run.bad("report_info", "protocol")
    assert field in result["msg"] and "AAAA0001" in result["msg"]


def test_a_credential_without_its_usage(subscription: Subscription) -> None:
    body = {"credentials": [{"id": "a", "username": "anna", "password": "x"}], "paging": {"count": 1, "total": 1}}
    subscription.answer("/credentials", body)
    assert "without its usage" in subscription.run.bad("report_info", "protocol")["msg"]


@pytest.mark.parametrize(
    ("valid_until", "days", "warned"),
    [
        (at(NOW), 0, False),
        (at(NOW + DAY - SECOND), 0, False),
        (at(NOW + DAY), 1, False),
        (at(NOW - SECOND), -1, False),
        (at(NOW - 3 * DAY), -3, False),
        (None, None, False),
        ("soon", None, True),
    ],
    ids=["now", "today", "tomorrow", "just ended", "ended", "no end", "unknown form"],
)
def test_the_end_of_the_subscription(
    subscription: Subscription, valid_until: str | None, days: int | None, warned: bool
) -> None:
    body = {"id": "QX7K2M9P0A", "name": "Example", "type": "basic", "validUntil": valid_until, "licenseAmount": 5}
    subscription.answer("/", body)
    result = subscription.run.good("report_info")
    assert result["report"]["subscription"]["days_left"] == days
    assert result["report"]["subscription"]["valid_until"] == valid_until
    assert any("validUntil is 'soon'" in warning for warning in result["warnings"]) is warned


def test_a_subscription_of_an_old_version(subscription: Subscription) -> None:
    """Before 1.4.2 there was no id; how many licenses there are may be missing too."""
    subscription.answer("/", {"name": "Example"})
    result = subscription.run.good("report_info")
    told = {"id": None, "name": "Example", "type": None, "valid_until": None, "days_left": None}
    assert result["report"]["subscription"] == told
    assert result["report"]["licenses"]["purchased"] is None and result["report"]["licenses"]["free_estimate"] is None
    assert any("the number of licenses is missing" in warning for warning in result["warnings"])
