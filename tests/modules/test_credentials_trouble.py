# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many credentials when something goes wrong: lost answers, no licenses, quota, budget, somebody else."""

from __future__ import annotations

import threading
import typing as t

import pytest
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.tests.support.clock import Clock
from ansible_collections.threema.work.tests.support.modules import (
    LOST_CREATION,
    Modules,
    Result,
    add,
    bodies,
    calls,
    client_for,
    connection,
    credentials_of,
    summary,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

PEOPLE: t.Final = [{"username": f"p{number:02}"} for number in range(40)]


def made(number: int, **fields: t.Any) -> list[Result]:
    """So many items to be created."""
    return [{**item, "password": f"secret-of-{item['username']}", **fields} for item in PEOPLE[:number]]


def meanwhile(monkeypatch: pytest.MonkeyPatch, work: t.Callable[[], t.Any], method: str = "POST") -> None:
    """Somebody else does something just before the first request with this method."""
    original = Client.request
    first = threading.Lock()

    def request(self: Client, verb: str, path: str, **options: t.Any) -> t.Any:
        if verb == method and first.acquire(blocking=False):
            work()
        return original(self, verb, path, **options)

    monkeypatch.setattr(Client, "request", request)


def test_forty_creations_of_which_four_lose_their_answer(run: Modules, simulator: Simulator) -> None:
    simulator.fault(**LOST_CREATION, skip=3, every=9, times=4)
    done = run.good("credentials", credentials=PEOPLE, generate_password=True)
    assert done["summary"] == summary(created=40)
    assert all(one["id"] and one["created"] for one in done["credentials"])
    assert done["created"] == [item["username"] for item in PEOPLE]
    assert sorted(credentials_of(simulator)) == [item["username"] for item in PEOPLE]
    # Those that were lost were looked for once, together.
    assert done["api_requests"] == 42


def test_creations_lost_before_they_arrived_are_sent_again(run: Modules, simulator: Simulator) -> None:
    simulator.fault(method="POST", path="/credentials", kind="drop_before", times=3)
    done = run.good("credentials", credentials=made(6), return_passwords=True)
    assert done["summary"] == summary(created=6)
    assert {one["username"]: one["password"] for one in done["credentials"]} == {
        name: one["password"] for name, one in credentials_of(simulator).items()
    }


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 500, "after_work": True},
        {"kind": "not_json"},
        {"kind": "not_json", "after_work": True},
        {"kind": "empty", "after_work": True},
        {"kind": "cut"},
        {"kind": "drop_after", "reset": True},
        {"kind": "json", "body": {"id": "half"}, "after_work": True},
    ],
    ids=str,
)
def test_a_creation_is_never_sent_blindly_again(run: Modules, simulator: Simulator, fault: dict[str, t.Any]) -> None:
    simulator.fault(method="POST", path="/credentials", **fault)
    done = run.good("credential", username="jane", password="first-password")
    assert done["changed"]
    assert done["credential"]["id"] == credentials_of(simulator)["jane"]["id"]
    called = calls(simulator)
    between = called[called.index("POST /credentials") + 1 :]
    assert between[0].startswith("GET /credentials")
    assert between.count("POST /credentials") == (
        0 if fault.get("after_work") or fault["kind"][:4] in ("cut", "drop") else 1
    )


def test_generated_passwords_survive_a_lost_answer(run: Modules, simulator: Simulator) -> None:
    simulator.fault(**LOST_CREATION, times=2)
    done = run.good("credentials", credentials=PEOPLE[:4], generate_password=True, return_passwords=True)
    state = credentials_of(simulator)
    assert all(one["password"] == state[one["username"]]["password"] for one in done["credentials"])


def ignoring(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    """A service that takes a wish of a creation for false, whatever is sent."""
    original = Client.request

    def request(self: Client, verb: str, path: str, *, payload: t.Any = None, **options: t.Any) -> t.Any:
        payload = {**payload, field: False} if verb == "POST" and path == "/credentials" else payload
        return original(self, verb, path, payload=payload, **options)

    monkeypatch.setattr(Client, "request", request)


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize(("field", "sent"), [("locked", "lock"), ("hashed", "hash")])
@pytest.mark.parametrize("module", ["credential", "credentials"])
def test_a_service_that_ignores_a_wish(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, module: str, field: str, sent: str, lost: bool
) -> None:
    """It is said; and its own password tells that a creation whose answer was lost is this task's own."""
    ignoring(monkeypatch, sent)
    if lost:
        simulator.fault(**LOST_CREATION)
    item = {"username": "anna", field: True}
    options = {"credentials": [item]} if module == "credentials" else item
    done = run.good(module, **options, generate_password=True, return_passwords=True)
    one = done["credentials"][0] if module == "credentials" else done["credential"]
    assert (one[field], one["created"]) == (False, True)
    assert one["password"] == credentials_of(simulator)["anna"]["password"]
    (warning,) = (text for text in done["warnings"] if "anna" in text)
    assert warning == f"1 credential(s) were created, but not as requested: anna ({field}: false)"
    assert calls(simulator).count("POST /credentials") == 1
    assert "PUT /credentials/*" not in calls(simulator)


@pytest.mark.parametrize("body", [{}, {"hash": None, "lock": None}, {"hash": True, "lock": True}], ids=str)
def test_a_creation_whose_answer_says_little(run: Modules, simulator: Simulator, body: Result) -> None:
    """What it does not say is as asked for; old names count."""
    answer = {"id": "AAAA", "username": "anna", **body}
    simulator.fault(method="POST", path="/credentials", kind="json", status=201, body=answer)
    done = run.good("credential", username="anna", password="pw", locked=True, hashed=True)
    assert (done["credential"]["locked"], done["credential"]["hashed"]) == (True, True)
    assert not any("asked for" in text for text in done.get("warnings", ()))


def test_lost_for_ever(run: Modules, simulator: Simulator) -> None:
    simulator.fault(method="POST", path="/credentials", kind="drop_before", times=None)
    failed = run.bad("credentials", "network", credentials=made(2), api_retries=2)
    assert failed["summary"] == summary(failed=2)
    assert not failed["changed"]
    assert failed["failure"]["request_sent"]
    assert calls(simulator).count("POST /credentials") == 6


def test_lost_updates_and_removals(run: Modules, simulator: Simulator) -> None:
    add(simulator, "lock", "leave", "hashed")
    simulator.fault(method="PUT", kind="drop_after", times=1)
    simulator.fault(method="DELETE", kind="drop_after", times=1)
    items = [{"username": "lock", "locked": True}, {"username": "leave", "state": "absent"}]
    done = run.good("credentials", credentials=items)
    assert done["summary"] == summary(updated=1, removed=1)
    state = credentials_of(simulator)
    assert sorted(state) == ["hashed", "lock"]
    assert state["lock"]["locked"]


def test_a_hashed_password_whose_answer_is_lost(run: Modules, simulator: Simulator) -> None:
    """Nobody can look whether it was changed, so it does not count as done."""
    add(simulator, "jane", hashed=True)
    simulator.fault(method="PUT", kind="drop_before")
    failed = run.bad("credential", "network", username="jane", password="x", update_password="always", api_retries=0)
    assert "may have been carried out" in failed["msg"]
    assert failed["failure"]["request_sent"] and not failed["changed"]


def test_no_licences_left(run: Modules, simulator: Simulator) -> None:
    simulator.reset(licenses=5)
    failed = run.bad("credentials", "permission", credentials=made(20, settings={"th_csi": "1"}), concurrency=1)
    assert failed["changed"]
    assert failed["summary"] == summary(created=5, failed=15)
    assert failed["failure"]["status"] == 403
    assert "license" in failed["msg"]
    assert "p05" in failed["msg"]
    assert "and 5 more" in failed["msg"]
    state = credentials_of(simulator)
    assert len(state) == 5
    assert all(one["settings"] == {"th_csi": "1"} for one in state.values())
    assert len(bodies(simulator, "POST", "createCredential")) < 12
    simulator.control("PUT", "settings", {"licenses": 20})
    assert run.good("credentials", credentials=made(20, settings={"th_csi": "1"}))["summary"] == summary(
        created=15, unchanged=5
    )


def test_three_refusals_in_a_row_are_enough(run: Modules, simulator: Simulator) -> None:
    simulator.fault(method="POST", path="/credentials", status=403, times=None)
    run.bad("credentials", "permission", credentials=made(6), concurrency=1)
    assert calls(simulator).count("POST /credentials") == 3
    simulator.control("DELETE", "faults")
    simulator.forget_requests()
    # Two, one that is accepted, two more: the next is tried.
    simulator.fault(method="POST", path="/credentials", status=403, times=2)
    simulator.fault(method="POST", path="/credentials", status=403, skip=1, times=2)
    failed = run.bad("credentials", "permission", credentials=made(6), concurrency=1)
    assert failed["summary"] == summary(created=2, failed=4)


def test_what_needs_fewer_licences_still_fits(run: Modules, simulator: Simulator) -> None:
    simulator.reset(licenses=4)
    items = [*made(4, license_count=10), {"username": "one", "password": "x"}, {"username": "two", "password": "x"}]
    failed = run.bad("credentials", "permission", credentials=items, concurrency=1)
    assert failed["summary"] == summary(created=2, failed=4)


def test_licences_freed_by_removals_of_the_same_task(run: Modules, simulator: Simulator) -> None:
    simulator.reset(licenses=3)
    add(simulator, "one", "two", "three")
    items = [*made(2), {"username": "one", "state": "absent"}, {"username": "two", "state": "absent"}]
    first = run("credentials", credentials=items)
    second = run.good("credentials", credentials=items)
    assert first["summary"]["removed"] == 2
    assert first["summary"]["created"] + second["summary"]["created"] == 2


def test_quota(run: Modules, simulator: Simulator) -> None:
    simulator.reset(quota=6)
    failed = run.bad("credentials", "quota", credentials=made(20), concurrency=2)
    assert failed["changed"]
    assert failed["failure"]["status"] == 429
    assert failed["summary"] == summary(created=5, pending=15)
    assert "pending" in failed["msg"]
    assert len(credentials_of(simulator)) == 5
    simulator.control("PUT", "settings", {"quota": 0})
    assert run.good("credentials", credentials=made(20))["summary"] == summary(created=15, unchanged=5)


def test_quota_before_the_first_answer(run: Modules, simulator: Simulator) -> None:
    simulator.reset(quota=1)
    run.good("credential_info")
    failed = run.bad("credentials", "quota", credentials=made(2))
    assert (failed["changed"], failed["api_requests"]) == (False, 1)
    assert failed["summary"] == summary(pending=2)


def test_quota_between_creation_and_settings(run: Modules, simulator: Simulator) -> None:
    simulator.reset(quota=4)
    items = made(3, settings={"th_csi": "1"})
    failed = run.bad("credentials", "quota", credentials=items)
    assert "of them exist already" in failed["msg"] and "removal" not in failed["msg"]
    assert failed["changed"]
    assert failed["summary"] == summary(pending=3)
    assert all(one["created"] and "created" in one["msg"] for one in failed["credentials"])
    simulator.control("PUT", "settings", {"quota": 0})
    assert run.good("credentials", credentials=items)["summary"] == summary(updated=3)


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("budget", [1, 2, 3, 5, 8, 12, 13])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_budget_is_never_exceeded_and_bulk_is_kept_back(
    run: Modules, simulator: Simulator, budget: int, concurrency: int, lost: bool
) -> None:
    items = made(12, settings={"th_csi": "1"})
    if lost:
        simulator.fault(method="POST", path="/credentials", kind="drop_before", skip=1, every=3, times=2)
    failed = run("credentials", credentials=items, max_requests=budget, concurrency=concurrency)
    assert failed["failed"]
    assert "max_requests" in failed["msg"]
    assert failed["api_requests"] == len(calls(simulator)) <= budget
    state = credentials_of(simulator)
    assert all(one["settings"] == {"th_csi": "1"} for one in state.values())
    assert failed["summary"]["created"] == len(state)
    if not lost:
        assert failed["failure"]["kind"] == "budget"
        assert failed["summary"] == summary(created=max(0, budget - 2), pending=12 - max(0, budget - 2))
    done = run.good("credentials", credentials=items)
    assert done["summary"]["created"] + done["summary"]["unchanged"] == 12
    assert len(credentials_of(simulator)) == 12


def test_budget_that_suffices(run: Modules, simulator: Simulator) -> None:
    items = made(5, settings={"th_csi": "1"})
    assert run.good("credentials", credentials=items, max_requests=7)["api_requests"] == 7
    assert run.good("credentials", credentials=items, max_requests=2)["api_requests"] == 2


def test_wrong_key_stops_at_once(run: Modules, simulator: Simulator) -> None:
    failed = run.bad("credentials", "authentication", credentials=made(5), api_key="wrong-key-0815")
    assert (failed["api_requests"], failed["changed"]) == (1, False)
    simulator.fault(method="POST", path="/credentials", status=401, skip=2, times=None)
    failed = run.bad("credentials", "authentication", credentials=made(20), concurrency=1)
    assert failed["changed"]
    assert failed["summary"]["created"] == 2
    assert calls(simulator).count("POST /credentials") == 3


def test_neighbors_of_a_failure_are_carried_out(run: Modules, simulator: Simulator) -> None:
    simulator.fault(method="POST", path="/credentials", status=422, skip=2)
    failed = run.bad("credentials", "invalid", credentials=made(6), concurrency=1, return_objects="all")
    assert failed["changed"]
    assert failed["summary"] == summary(created=5, failed=1)
    assert [one["action"] for one in failed["credentials"]].count("failed") == 1
    assert "p02" in failed["msg"]
    assert run.good("credentials", credentials=made(6))["summary"] == summary(created=1, unchanged=5)


def test_somebody_else_created_the_same(run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile(monkeypatch, lambda: add(simulator, "p00", "p01"))
    done = run.good("credentials", credentials=made(3), concurrency=1)
    assert done["summary"] == summary(created=1, unchanged=2)
    assert len(credentials_of(simulator)) == 3


def test_somebody_else_created_another(run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile(monkeypatch, lambda: add(simulator, "p00", locked=True, settings={"th_csi": "9"}))
    done = run.good("credentials", credentials=made(2, locked=False, settings={"th_csi": "1"}), concurrency=1)
    assert done["summary"] == summary(created=1, updated=1)
    state = credentials_of(simulator)["p00"]
    assert (state["locked"], state["settings"]) == (False, {"th_csi": "1"})


def test_a_password_tells_whose_creation_was_lost(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two of the same name, one of which was lost, the other's is not taken for our own."""
    meanwhile(monkeypatch, lambda: add(simulator, "jane"))
    simulator.fault(method="POST", path="/credentials", kind="drop_before")
    items = [{"username": "jane", "generate_password": True}]
    done = run.good("credentials", credentials=items, return_passwords=True, return_objects="all")
    assert (done["created"], done["summary"]) == ([], summary(unchanged=1))
    assert "password" not in done["credentials"][0]
    assert credentials_of(simulator)["jane"]["password"] == "secret-of-jane"


def test_somebody_else_removed_it(run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = add(simulator, "p00", "p01")

    def remove() -> None:
        with client_for(connection(simulator)) as client:
            client.request("DELETE", f"/credentials/{ids['p00']}")

    meanwhile(monkeypatch, remove, "PUT")
    failed = run.bad("credentials", "not_found", credentials=[{**one, "locked": True} for one in PEOPLE[:2]])
    assert failed["summary"] == summary(updated=1, failed=1)
    assert "p00" in failed["msg"]


def test_removing_what_somebody_else_removed(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = add(simulator, "p00")

    def remove() -> None:
        with client_for(connection(simulator)) as client:
            client.request("DELETE", f"/credentials/{ids['p00']}")

    meanwhile(monkeypatch, remove, "DELETE")
    done = run.good("credentials", credentials=PEOPLE[:1], state="absent")
    assert (done["changed"], done["summary"]) == (False, summary(unchanged=1))


@pytest.mark.parametrize("number", [0, 2])
def test_a_name_whose_twin_the_list_shows(run: Modules, simulator: Simulator, number: int) -> None:
    simulator.reset(switches={"username-case": "insensitive"})
    add(simulator, "JANE")
    failed = run.bad("credentials", "refused", credentials=[{"username": "jane", "password": "x"}, *made(number)])
    assert failed["summary"] == summary(failed=1, created=number)
    assert "there is a credential JANE (id " in failed["msg"]


def test_a_name_that_the_filter_hid(run: Modules, simulator: Simulator) -> None:
    """The service says that it is taken; then the list shows by whom."""
    simulator.reset(switches={"username-case": "insensitive"})
    add(simulator, "JANE")
    failed = run.bad("credential", "invalid", username="jane", password="x")
    assert failed["failure"]["status"] == 400
    assert "in use" in failed["msg"]
    assert "there is a credential JANE (id " in failed["msg"]


def test_a_credential_that_the_filter_hid(run: Modules, simulator: Simulator) -> None:
    ids = add(simulator, "jane")
    empty = {"_links": [], "credentials": [], "paging": {"count": 0, "total": 0, "page": 0, "_links": []}}
    simulator.fault(method="GET", path="/credentials", kind="json", body=empty)
    done = run.good("credential", username="jane", password="x", locked=True)
    assert done["changed"]
    assert done["credential"]["id"] == ids["jane"]
    state = credentials_of(simulator)
    assert (list(state), state["jane"]["locked"]) == (["jane"], True)


def test_redirect_and_html_are_no_lists(run: Modules, simulator: Simulator) -> None:
    for kind in ("redirect", "not_json", "empty"):
        simulator.fault(method="GET", kind=kind)
        failed = run.bad("credentials", "protocol", credentials=made(3))
        assert (failed["changed"], failed["api_requests"]) == (False, 1)
        assert failed["summary"] == summary(pending=3)


def test_repeated_requests_are_warned_of(run: Modules, simulator: Simulator, clock: Clock) -> None:
    simulator.fault(method="GET", status=503, times=2)
    done = run.good("credential_info")
    assert done["api_requests"] == 3
    (warning,) = done["warnings"]
    assert "2 request" in warning
    assert len(clock.waits) == 2


def test_a_bug_in_a_thread_is_no_success(run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody expected, in a thread that is not the first one, must not be lost."""
    simulator.reset(latency_ms=5)
    original = Client.request

    def request(self: Client, *args: t.Any, **options: t.Any) -> t.Any:
        if threading.current_thread() is not threading.main_thread():
            raise LookupError("nobody expected this")
        return original(self, *args, **options)

    monkeypatch.setattr(Client, "request", request)
    try:
        result = run("credentials", credentials=made(12))
    except LookupError:
        return
    assert result["failed"]
    assert "nobody expected this" in str(result)


@pytest.mark.parametrize("retries", [0, 4])
def test_the_slower_one_writes_what_the_faster_one_left_out(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, retries: int
) -> None:
    """Its lock and its settings differ, so that the item is planned anew and written, however few tries there are."""
    meanwhile(monkeypatch, lambda: add(simulator, "anna", locked=False))
    item = {"username": "anna", "generate_password": True, "locked": True, "settings": {"th_csi": "1"}}
    done = run.good("credentials", credentials=[item], api_retries=retries)
    assert done["summary"] == summary(updated=1)
    anna = credentials_of(simulator)["anna"]
    assert anna["locked"] and anna["settings"] == {"th_csi": "1"}
