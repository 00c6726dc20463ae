# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists in pages: whatever page means, all of it or an error."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.tests.tools.simulator_process import Simulator
from ansible_collections.threema.work.tests.unit.utils import (
    Modules,
    Result,
    add,
    calls,
    client_for,
    connection,
    credentials_of,
)

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
    "total too small": page([one(1), one(2)], 1),
    "the same twice": page([one(1), one(1)], 2),
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
