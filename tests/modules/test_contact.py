# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single contacts: added, changed with all their fields, removed where the service does that."""

from __future__ import annotations

import threading
import typing as t

import pytest
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, bodies, calls
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

DESK: t.Final = {"threema_id": "AB12CD34", "first_name": "Service", "last_name": "Desk"}
BODY: t.Final = {"firstName": "Service", "lastName": "Desk", "enabled": True, "directory_enabled": True}


def contacts_of(simulator: Simulator) -> dict[str, Result]:
    """The contacts of the subscription by Threema ID."""
    return {one["threema_id"]: one for one in simulator.state()["contacts"]}


def automatic(simulator: Simulator, threema_id: str, **settings: str) -> None:
    """A contact that is made from a user."""
    add(simulator, "jane", settings=settings)
    app = {"username": "jane", "password": "secret-of-jane", "threema_id": threema_id}
    simulator.control("POST", "activate", app)
    simulator.control("POST", "sync", {"threema_id": threema_id})
    simulator.forget_requests()


def meanwhile(monkeypatch: pytest.MonkeyPatch, method: str, work: t.Callable[[], t.Any]) -> None:
    """Somebody else does something just before the first request with this method."""
    original = Client.request
    first = threading.Lock()

    def request(self: Client, verb: str, path: str, **options: t.Any) -> t.Any:
        if verb == method and first.acquire(blocking=False):
            work()
        return original(self, verb, path, **options)

    monkeypatch.setattr(Client, "request", request)


def test_create_twice(run: Modules, simulator: Simulator) -> None:
    first = run.good("contact", **DESK)
    assert (first["changed"], first["api_requests"]) == (True, 2)
    assert first["contact"] == {**DESK, "type": "custom", "enabled": True}
    assert bodies(simulator, "POST") == [
        {"threemaId": "AB12CD34", "firstName": "Service", "lastName": "Desk", "enabled": True}
    ]
    again = run.good("contact", **DESK)
    assert (again["changed"], again["api_requests"]) == (False, 1)
    assert again["contact"] == first["contact"]


def test_create_without_names_and_with_a_gateway_id(run: Modules, simulator: Simulator) -> None:
    done = run.good("contact", threema_id="*ALARM01", enabled=False)
    assert done["contact"] == {
        "threema_id": "*ALARM01",
        "type": "custom",
        "first_name": None,
        "last_name": None,
        "enabled": False,
    }
    assert bodies(simulator, "POST") == [{"threemaId": "*ALARM01", "enabled": False}]
    assert not run.good("contact", threema_id="*ALARM01")["changed"]
    assert run.good("contact", threema_id="*ALARM01", state="absent")["changed"]
    assert contacts_of(simulator) == {}


@pytest.mark.parametrize(
    ("change", "body"),
    [
        ({"first_name": "Help"}, {"firstName": "Help"}),
        ({"last_name": "Counter"}, {"lastName": "Counter"}),
        ({"enabled": False}, {"enabled": False}),
        ({"enabled": False, "directory_enabled": False}, {"enabled": False, "directory_enabled": False}),
    ],
    ids=str,
)
def test_an_update_carries_all_fields(
    run: Modules, simulator: Simulator, change: dict[str, t.Any], body: dict[str, t.Any]
) -> None:
    run.good("contact", **DESK)
    options = {"threema_id": "AB12CD34", **change}
    done = run.good("contact", **options)
    assert bodies(simulator, "PUT") == [{**BODY, **body}]
    kept = {name: value for name, value in change.items() if name != "directory_enabled"}
    assert done["contact"] == {**DESK, "type": "custom", "enabled": True, **kept}
    assert (done["changed"], done["api_requests"]) == (True, 2)
    assert not run.good("contact", **options)["changed"]


def test_directory_enabled_is_not_sent_with_a_creation(run: Modules, simulator: Simulator) -> None:
    """Whether the service takes it there is unknown, so that a warning says how to send it."""
    hidden = {**DESK, "enabled": False, "directory_enabled": False}
    for check in (True, False):
        created = run.good("contact", check=check, **hidden)
        assert (created["changed"], created["api_requests"], len(created["warnings"])) == (True, 2 - check, 1)
        for told in ("AB12CD34", "directory_enabled: false", "would be created" if check else "were created"):
            assert told in created["warnings"][0]
    assert run.good("contact", **hidden)["warnings"] == []
    # As it says.
    assert run.good("contact", **{**hidden, "enabled": True})["warnings"] == []
    assert bodies(simulator, "PUT") == [{**BODY, "directory_enabled": False}]


def test_directory_enabled_is_no_reason_to_update(run: Modules, simulator: Simulator) -> None:
    run.good("contact", **DESK)
    for visible in (False, True):
        assert not run.good("contact", **DESK, directory_enabled=visible)["changed"]
    assert bodies(simulator, "PUT") == []


def test_remove_twice(run: Modules, simulator: Simulator) -> None:
    run.good("contact", **DESK)
    predicted = run.good("contact", check=True, threema_id="AB12CD34", state="absent")
    assert list(contacts_of(simulator)) == ["AB12CD34"]
    done = run.good("contact", threema_id="AB12CD34", state="absent")
    assert (done["changed"], done["contact"], done["api_requests"]) == (True, predicted["contact"], 2)
    assert done["contact"]["first_name"] == "Service"
    again = run.good("contact", threema_id="AB12CD34", state="absent")
    assert (again["changed"], again["contact"], again["api_requests"]) == (False, {"threema_id": "AB12CD34"}, 1)


@pytest.mark.parametrize("options", [DESK, {**DESK, "last_name": "X"}, {"threema_id": "AB12CD34", "state": "absent"}])
@pytest.mark.parametrize("exists", [False, True])
def test_check_mode_predicts(run: Modules, simulator: Simulator, options: Result, exists: bool) -> None:
    if exists:
        run.good("contact", threema_id="AB12CD34", first_name="Old", last_name="Desk")
    before = simulator.state()["contacts"]
    simulator.forget_requests()
    predicted = run.good("contact", check=True, diff=True, **options)
    assert {call.split()[0] for call in calls(simulator)} == {"GET"}
    assert simulator.state()["contacts"] == before
    done = run.good("contact", diff=True, **options)
    for name in ("changed", "contact", "diff"):
        assert done[name] == predicted[name]
    assert done["changed"] is (exists or options.get("state") != "absent")
    assert len(done["diff"]) == done["changed"]


def test_diff_holds_managed_fields(run: Modules) -> None:
    run.good("contact", **DESK)
    done = run.good("contact", diff=True, threema_id="AB12CD34", enabled=False, last_name="Counter")
    assert done["diff"] == [
        {
            "before_header": "AB12CD34",
            "after_header": "AB12CD34",
            "before": "enabled: true\nfirst_name: Service\nlast_name: Desk\n",
            "after": "enabled: false\nfirst_name: Service\nlast_name: Counter\n",
        }
    ]


def test_an_automatic_contact_cannot_be_removed(run: Modules, simulator: Simulator) -> None:
    automatic(simulator, "AUTO0001", th_firstname="Jane", th_lastname="Doe")
    for check in (True, False):
        refused = run.bad("contact", "refused", check=check, threema_id="AUTO0001", state="absent")
        assert "enabled: false" in refused["msg"]
        assert not refused["changed"]
    assert {call.split()[0] for call in calls(simulator)} == {"GET"}
    done = run.good("contact", threema_id="AUTO0001", enabled=False)
    assert done["contact"]["type"] == "auto"
    assert contacts_of(simulator)["AUTO0001"]["enabled"] is False


def test_the_401_of_an_automatic_contact_is_no_wrong_key(run: Modules, simulator: Simulator) -> None:
    automatic(simulator, "AUTO0001")
    # It looks like a custom one, until the service rejects to remove it.
    body = {"_links": [], "threemaId": "AUTO0001", "type": "custom", "firstName": "A", "lastName": "B", "enabled": True}
    simulator.fault(method="GET", path="/contacts/AUTO0001", kind="json", body=body)
    failed = run.bad("contact", "permission", threema_id="AUTO0001", state="absent")
    assert failed["failure"]["status"] == 401
    assert "enabled: false" in failed["msg"] and "key" not in failed["msg"]
    assert not failed["changed"]
    assert calls(simulator)[1] == "DELETE /contacts/AUTO0001"


def test_a_key_that_became_wrong_is_told_as_such(run: Modules, simulator: Simulator) -> None:
    run.good("contact", **DESK)
    simulator.fault(method="*", path="/contacts/*", status=401, skip=1, times=None)
    failed = run.bad("contact", "authentication", threema_id="AB12CD34", state="absent")
    assert "enabled" not in failed["msg"]
    assert list(contacts_of(simulator)) == ["AB12CD34"]


@pytest.mark.parametrize("given", [{}, {"first_name": "Jane"}, {"last_name": "Doe"}], ids=str)
def test_a_contact_without_names_needs_both(run: Modules, simulator: Simulator, given: dict[str, str]) -> None:
    automatic(simulator, "AUTO0001")
    failed = run.bad("contact", "refused", threema_id="AUTO0001", enabled=False, **given)
    assert "first_name" in failed["msg"] and "last_name" in failed["msg"]
    assert bodies(simulator, "PUT") == []
    names = {"first_name": "Jane", "last_name": "Doe"}
    done = run.good("contact", threema_id="AUTO0001", enabled=False, **names)
    assert bodies(simulator, "PUT") == [
        {"firstName": "Jane", "lastName": "Doe", "enabled": False, "directory_enabled": True}
    ]
    assert done["contact"]["first_name"] == "Jane"


LOST: t.Final = [{"kind": "drop_after"}, {"kind": "drop_before"}, {"status": 500, "after_work": True}, {"status": 500}]


@pytest.mark.parametrize("fault", LOST, ids=str)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("retries", [0, 4])
def test_lost_answers_are_told_truly(
    run: Modules, simulator: Simulator, method: str, fault: dict[str, t.Any], retries: int
) -> None:
    if method != "POST":
        run.good("contact", **{**DESK, "last_name": "Old"})
    options = {"threema_id": "AB12CD34", "state": "absent"} if method == "DELETE" else DESK
    simulator.fault(method=method, path="/contacts*", **fault)
    result = run("contact", api_retries=retries, **options)
    present = contacts_of(simulator).get("AB12CD34")
    happened = present is None if method == "DELETE" else present is not None and present["last_name"] == "Desk"
    assert result["failed"] is not happened
    assert result["changed"] is happened
    assert happened or retries == 0
    assert result["api_requests"] == len(calls(simulator)) - (2 if method != "POST" else 0)
    if method == "POST" and fault in LOST[::2]:
        assert len(bodies(simulator, "POST")) == 1


def test_created_by_somebody_else_meanwhile(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {"threema_id": "AB12CD34", "type": "custom", "first_name": "Other", "last_name": "Name", "enabled": True}
    meanwhile(monkeypatch, "POST", lambda: simulator.control("POST", "contacts", other))
    assert run.good("contact", **DESK)["changed"]
    assert contacts_of(simulator)["AB12CD34"]["first_name"] == "Service"
    assert bodies(simulator, "PUT") == [BODY]


def test_removed_by_somebody_else_meanwhile(run: Modules, simulator: Simulator) -> None:
    run.good("contact", **DESK)
    simulator.fault(method="DELETE", status=404, after_work=True)
    assert not run.good("contact", threema_id="AB12CD34", state="absent")["changed"]


@pytest.mark.parametrize(
    "wrong",
    [
        *({"threema_id": one} for one in ("", "ABC", "ab12cd34", "AB12CD345", "ÄB12CD34", "AB12*D34", "AB12CD34\n")),
        *({"threema_id": one} for one in ("../users", "..", "AB12CD3/", "%2E%2E/A")),
        {"threema_id": "AB12CD34", "first_name": ""},
        {"threema_id": "AB12CD34", "last_name": ""},
        {"threema_id": "AB12CD34", "first_name": "x" * 257},
    ],
    ids=lambda wrong: str(wrong)[:60],
)
def test_what_is_wrong_is_refused_before_any_request(run: Modules, simulator: Simulator, wrong: dict[str, str]) -> None:
    for state in ("present", "absent"):
        refused = run.bad("contact", "refused", state=state, **wrong)
        assert (refused["changed"], refused["api_requests"]) == (False, 0)
        many = run.bad("contacts", "refused", state=state, contacts=[wrong])
        assert "contacts[0]" in many["msg"]
    assert calls(simulator) == []


def test_names_of_256_characters(run: Modules) -> None:
    names = {"threema_id": "AB12CD34", "first_name": "ü" * 256, "last_name": "x" * 256}
    assert run.good("contact", **names)["changed"]
    assert not run.good("contact", **names)["changed"]
