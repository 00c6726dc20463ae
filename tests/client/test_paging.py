# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists in pages: whatever page means, all of it or an error."""

from __future__ import annotations

import re
import socket
import typing as t

import pytest
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.tests.support.modules import (
    Modules,
    Result,
    add,
    calls,
    client_for,
    connection,
    credentials_of,
)
from ansible_collections.threema.work.tests.support.raw import Raw, http_json
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

BASES: t.Final = ("zero", "one", "offset")


def names(result: Result) -> list[str]:
    """The usernames in a result, sorted."""
    return sorted(one["username"] for one in result["credentials"])


@pytest.mark.parametrize("order", ["creation", "random"])
@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_every_length(run: Modules, simulator: Simulator, base: str, size: int, order: str) -> None:
    simulator.reset(switches={"page-base": base, "max-page-size": str(size), "sort-order": order})
    for length in range(11):
        found = run.good("credential_info")
        assert names(found) == [f"p{number:02}" for number in range(length)]
        least = max(1, -(-length // size))
        assert found["api_requests"] in (least, least + 1), length
        add(simulator, f"p{length:02}")


@pytest.mark.parametrize("base", BASES)
def test_settings_in_pages(run: Modules, simulator: Simulator, base: str) -> None:
    simulator.reset(credentials=10, settings=2, switches={"page-base": base, "max-page-size": "3"})
    found = run.good("mdm_setting_info", scope="credential")
    state = simulator.state()["credentials"]
    assert {(one["credential_id"], one["name"], one["value"]) for one in found["settings"]} == {
        (one["id"], *setting) for one in state for setting in one["settings"].items()
    }
    assert len(found["settings"]) == 20
    assert found["api_requests"] in (4, 5)


@pytest.mark.parametrize("base", BASES)
def test_modules_over_pages(run: Modules, simulator: Simulator, base: str) -> None:
    simulator.reset(switches={"page-base": base, "max-page-size": "2", "paging-count": "page-size"})
    items = [{"username": f"p{number}", "settings": {"th_csi": str(number)}} for number in range(7)]
    assert run.good("credentials", credentials=items, generate_password=True)["summary"]["created"] == 7
    assert run.good("credentials", credentials=items)["summary"]["unchanged"] == 7
    done = run.good("credentials", credentials=items[2:], prune=True, return_unlisted=True)
    assert sorted(done["unlisted"]) == ["p0", "p1"]
    assert sorted(credentials_of(simulator)) == ["p2", "p3", "p4", "p5", "p6"]


def test_who_is_not_on_the_first_page_is_looked_up(run: Modules, simulator: Simulator) -> None:
    """One look-up instead of three more pages; who is on the first page is not asked for again."""
    simulator.reset(switches={"max-page-size": "2"})
    add(simulator, *(f"p{number}" for number in range(8)))
    done = run.good("credentials", credentials=[{"username": "p0"}, {"username": "p7"}])
    assert (done["summary"]["unchanged"], done["api_requests"]) == (2, 2)
    ids = [f"DESK000{number}" for number in range(8)]
    contacts = [{"threema_id": one, "first_name": "A", "last_name": "B"} for one in ids]
    simulator.control("POST", "contacts", contacts)
    done = run.good("contacts", contacts=[contacts[0], contacts[7]])
    assert (done["summary"]["unchanged"], done["api_requests"]) == (2, 2)
    for one in ids:
        app = {"username": "p0", "password": "secret-of-p0", "threema_id": one}
        simulator.control("POST", "activate", app)
    done = run.good("users", users=[{"threema_id": ids[0]}, {"threema_id": ids[7]}], state="detached", check=True)
    assert (done["summary"]["removed"], done["api_requests"]) == (2, 2)


@pytest.mark.parametrize("manner", ["exact", "substring", "ignored"])
def test_one_by_username_over_pages(run: Modules, simulator: Simulator, manner: str) -> None:
    simulator.reset(switches={"filter-username": manner, "max-page-size": "2"})
    add(simulator, "anna.a", "anna.b", "Anna", "anna.c", "anna")
    (found,) = run.good("credential_info", username="anna")["credentials"]
    assert found["username"] == "anna"
    assert run.good("credential_info", username="ann")["credentials"] == []


def one(number: int, **changes: t.Any) -> dict[str, t.Any]:
    """A credential as the API shows it."""
    shown = {"_links": [], "id": f"i{number}", "username": f"p{number}", "password": "x", "usage": 0}
    return {**shown, "hashed": False, "locked": False, **changes}


def page(items: t.Any, total: t.Any = None) -> dict[str, t.Any]:
    """A page of credentials."""
    return {"_links": [], "credentials": items, "paging": {"count": 1, "total": total, "page": 0, "_links": []}}


BROKEN: t.Final[dict[str, t.Any]] = {
    "no paging": {"credentials": [one(1)]},
    "paging null": {"credentials": [one(1)], "paging": None},
    "no total": page([one(1)]),
    "total a text": page([one(1)], "1"),
    "total a boolean": page([one(1)], True),
    "total negative": page([one(1)], -1),
    "total negative, and nobody": page([], -1),
    "total too small": page([one(1), one(2)], 1),
    "the same twice": page([one(1), one(1)], 2),
    "the same twice, counted once": page([one(1), one(1)], 1),
    "no list": {"paging": {"total": 0}},
    "list null": page(None, 0),
    "no objects": page(["one"], 1),
    "no id": page([one(1, id=None)], 1),
    "no username": page([one(1, username="")], 1),
    "another form": [one(1)],
    "empty page": page([], 3),
    "null": None,
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_list_of_another_form(run: Modules, simulator: Simulator, body: t.Any) -> None:
    simulator.fault(kind="json", body="null" if body is None else body, times=None)
    failure = run.bad("credential_info", "protocol")["failure"]
    assert (failure["method"], failure["path"], failure["status"]) == ("GET", "/credentials", 200)
    assert len(calls(simulator)) == 1


def test_a_list_that_ends_early(run: Modules, simulator: Simulator) -> None:
    add(simulator, "p1", "leaver")
    simulator.fault(kind="json", body=page([one(1)], 3))
    simulator.fault(kind="json", body=page([], 3))
    failed = run.bad("credentials", "protocol", credentials=[{"username": "p1"}], prune=True)
    assert (failed["changed"], failed["api_requests"]) == (False, 2)
    assert len(credentials_of(simulator)) == 2


def test_pages_that_repeat_for_ever(run: Modules, simulator: Simulator) -> None:
    simulator.fault(kind="json", body=page([one(1), one(2)], 9), times=None)
    assert run.bad("credential_info", "protocol")["api_requests"] < 20


def test_unknown_fields_and_old_names(run: Modules, simulator: Simulator) -> None:
    old = {"id": "i1", "username": "p1", "password": "x", "licenseAmount": 2, "hash": False, "lock": True}
    simulator.fault(kind="json", body=page([{**old, "validUntil": "2027"}], 1))
    assert run.good("credential_info")["credentials"] == [
        {
            "id": "i1",
            "username": "p1",
            "usage": 2,
            "hashed": False,
            "locked": True,
            "valid_until": "2027",
        }
    ]


def change_at(monkeypatch: pytest.MonkeyPatch, works: list[t.Callable[[], t.Any]]) -> None:
    """Somebody else changes something before each of these later pages."""
    original = Client.request

    def request(self: Client, method: str, path: str, **options: t.Any) -> t.Any:
        if "page" in (options.get("query") or {}) and works:
            works.pop(0)()
        return original(self, method, path, **options)

    monkeypatch.setattr(Client, "request", request)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("order", ["creation", "reversed"])
def test_a_list_that_grows_while_it_is_read(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, base: str, order: str
) -> None:
    simulator.reset(switches={"page-base": base, "max-page-size": "3", "sort-order": order})
    add(simulator, *(f"p{number}" for number in range(8)))
    change_at(monkeypatch, [lambda: add(simulator, "p8")])
    found = run("credential_info")
    if found["failed"]:
        # One that looks like pages counted from 1; it cannot be told apart, and is no reason for a wrong answer.
        assert (base, order, found["failure"]["kind"]) == ("offset", "reversed", "protocol")
        found = run.good("credential_info")
    assert names(found) == [f"p{number}" for number in range(9)]


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("gone", [0, 4, 7])
def test_a_list_that_shrinks_while_it_is_read(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, base: str, gone: int
) -> None:
    simulator.reset(switches={"page-base": base, "max-page-size": "3"})
    ids = add(simulator, *(f"p{number}" for number in range(8)))

    def remove() -> None:
        with client_for(connection(simulator)) as other:
            other.request("DELETE", "/credentials/" + ids[f"p{gone}"].replace("/", "%2F").replace("+", "%2B"))

    change_at(monkeypatch, [lambda: None, remove])
    found = names(run.good("credential_info"))
    assert set(credentials_of(simulator)) <= set(found)


def test_a_list_that_never_stands_still(run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    simulator.reset(switches={"max-page-size": "3", "sort-order": "reversed"})
    add(simulator, *(f"p{number}" for number in range(8)))
    change_at(monkeypatch, [lambda number=number: add(simulator, f"q{number}") for number in range(50)])
    failed = run.bad("credentials", "protocol", credentials=[{"username": "p1"}], prune=True)
    assert not failed["changed"]
    assert "DELETE" not in "".join(calls(simulator))


class Pages:
    """Lists of credentials as no simulator gives them. ``total`` is called with the number of the request, from 0."""

    def __init__(self, size: int, number: t.Callable[[int, int], int], total: t.Callable[[int], int]) -> None:
        self.sent = 0
        self._size = size
        self._first = number
        self._total = total

    def __call__(self, sock: socket.socket, request: str) -> None:
        page_ = int(next(iter(re.findall(r"[?&]page=([0-9]+)", request)), 0))
        total = self._total(self.sent)
        first = self._first(page_, self._size)
        self.sent += 1
        sock.sendall(http_json(page([one(number) for number in range(first, min(first + self._size, total))], total)))


def by_page(number: int, size: int) -> int:
    """Pages counted from 0."""
    return number * size


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("length", range(12))
def test_page_as_the_number_of_a_record_from_1(run: Modules, size: int, length: int) -> None:
    pages = Pages(size, lambda number, _size: max(number - 1, 0), lambda _sent: length)
    with Raw(pages) as raw:
        found = run("credential_info", api_url=raw.url)
    assert not found["failed"], found["msg"]
    assert [one["id"] for one in found["credentials"]] == [f"i{number}" for number in range(length)]
    assert pages.sent <= max(1, -(-length // size)) + 2


@pytest.mark.parametrize("module", ["credential_info", "credentials", "credential"])
def test_a_total_that_runs_away(run: Modules, module: str) -> None:
    options = (
        {"credentials": [{"username": "p1"}], "prune": True, "max_removals": -1} if module == "credentials" else {}
    )
    pages = Pages(20, by_page, lambda sent: 20 * (sent + 2))
    with Raw(pages) as raw:
        username = {"username": "nobody", "password": "x"} if module == "credential" else {}
        failed = run.bad(module, "protocol", api_url=raw.url, **options, **username)
        assert {line.split()[0] for line in raw.lines} == {"GET"}
    # Two pages were promised, and 20 more are read.
    assert pages.sent == failed["api_requests"] == 22
    assert "20 pages more" in failed["msg"]


def test_a_list_may_grow_by_twenty_pages(run: Modules) -> None:
    pages = Pages(20, by_page, lambda sent: 20 * min(sent + 2, 22))
    with Raw(pages) as raw:
        assert len(run.good("credential_info", api_url=raw.url)["credentials"]) == 440
    assert pages.sent == 22


@pytest.mark.parametrize(
    ("size", "total", "kind", "sent", "limit"),
    [
        (20, 10**12, "protocol", 1, "1000000 "),
        (5000, 1_000_001, "protocol", 1, "1000000 "),
        (5000, 1_000_000, "budget", 3, ""),
        (20, 200_001, "protocol", 1, "10000 "),
        (20, 200_000, "budget", 3, ""),
    ],
)
def test_more_than_any_subscription_has(run: Modules, size: int, total: int, kind: str, sent: int, limit: str) -> None:
    """One page too many is refused at once; the most that there may be are read, here until the budget is spent."""
    pages = Pages(size, by_page, lambda _sent: total)
    with Raw(pages) as raw:
        options = {"credentials": [{"username": "p1"}], "return_unlisted": True, "max_requests": 3}
        failed = run.bad("credentials", kind, api_url=raw.url, **options)
    assert (pages.sent, failed["api_requests"]) == (sent, sent)
    assert kind == "budget" or (f"{limit}are" in failed["msg"] and str(total) in failed["msg"])
