# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of fault, and what is recorded."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from support import Simulator, at
from threema_simulator.faults import KINDS

BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
NEW = {"username": "jane", "password": "x"}


def count(sim: Simulator) -> int:
    return len(sim.state()["credentials"])


def order(sim: Simulator, **fault: Any) -> None:
    sim.control("POST", "faults", {"method": "POST", "path": "/credentials", **fault})


@pytest.mark.parametrize("after", [False, True])
def test_status(sim: Simulator, after: bool) -> None:
    order(sim, kind="status", status=503, headers={"Retry-After": "1"}, after_work=after)
    answer = sim.call("POST", "/credentials", json=NEW)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json() == {"error": "Simulated fault"}
    assert count(sim) == int(after)
    assert sim.call("POST", "/credentials", json=NEW).status_code == (400 if after else 201)
    recorded = sim.requests()
    assert next((item["status"], item["fault"]) for item in recorded) == (503, "status")


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize(("kind", "made"), [("drop_before", 0), ("drop_after", 1)])
def test_drop(sim: Simulator, kind: str, made: int, reset: bool) -> None:
    order(sim, kind=kind, reset=reset)
    with pytest.raises(requests.ConnectionError) as caught:
        sim.call("POST", "/credentials", json=NEW)
    assert ("reset by peer" in str(caught.value)) is reset
    assert count(sim) == made
    assert sim.requests()[0]["status"] is None and sim.requests()[0]["fault"] == kind
    assert sim.call("GET", "/credentials").status_code == 200
    first, second = sim.requests()
    assert first["connection"] != second["connection"]


def test_slow(sim: Simulator) -> None:
    order(sim, kind="slow", seconds=0.3)
    started = time.monotonic()
    assert sim.call("POST", "/credentials", json=NEW).status_code == 201
    assert time.monotonic() - started >= 0.3
    order(sim, kind="slow", seconds=0.5, after_work=True)
    with pytest.raises(requests.ReadTimeout):
        requests.post(
            sim.url + "/credentials", json={**NEW, "username": "b"}, headers=dict(sim.session.headers), timeout=0.2
        )
    assert count(sim) == 2


def test_what_waits_is_answered_when_the_faults_are_removed(sim: Simulator) -> None:
    order(sim, kind="slow", seconds=20)
    with ThreadPoolExecutor(1) as threads:
        held = threads.submit(sim.call, "POST", "/credentials", json=NEW)
        while not sim.requests():
            assert not held.done()
        assert count(sim) == 0 and not held.done()
        sim.control("DELETE", "faults")
        # A call is given up after less than what was ordered.
        assert held.result().status_code == 201
    assert count(sim) == 1


def test_spoilt_answers(sim: Simulator) -> None:
    order(sim, kind="not_json")
    answer = sim.call("POST", "/credentials", json=NEW)
    assert answer.status_code == 200 and answer.text.startswith("<html>")
    order(sim, kind="not_json", status=201, body="surprise", after_work=True)
    answer = sim.call("POST", "/credentials", json=NEW)
    assert (answer.status_code, answer.text) == (201, "surprise")
    assert count(sim) == 1
    order(sim, kind="empty", status=201)
    answer = sim.call("POST", "/credentials", json=NEW)
    assert (answer.status_code, answer.content) == (201, b"")
    for body in ([], None, {"credentials": "x"}, "text", 1):
        order(sim, kind="json", body=body)
        answer = sim.call("POST", "/credentials", json=NEW)
        assert (answer.status_code, answer.json()) == (200, body)
    order(sim, kind="redirect", headers={"Location": "http://127.0.0.1:9/"})
    answer = sim.call("POST", "/credentials", json=NEW)
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://127.0.0.1:9/")
    order(sim, kind="redirect", status=307)
    assert sim.call("POST", "/credentials", json=NEW).headers["Location"] == sim.url + "/elsewhere"
    order(sim, kind="status", status=400, body={"message": "old"})
    assert sim.call("POST", "/credentials", json=NEW).json() == {"message": "old"}
    order(sim, kind="status", status=422, body="")
    assert sim.call("POST", "/credentials", json=NEW).content == b""


def test_cut(sim: Simulator) -> None:
    order(sim, kind="cut")
    with pytest.raises(BROKEN):
        sim.call("POST", "/credentials", json=NEW)
    assert count(sim) == 1
    sim.control("POST", "faults", {"method": "DELETE", "path": "/users/*", "kind": "cut", "reset": True})
    with pytest.raises(BROKEN):
        sim.call("DELETE", "/users/AAAAAAAA")
    # An answer without a body breaks off in its first line.
    made = sim.create("bob")
    sim.control("POST", "faults", {"method": "DELETE", "kind": "cut"})
    with pytest.raises(BROKEN):
        sim.call("DELETE", at(made))
    assert count(sim) == 1


def statuses(sim: Simulator, number: int, method: str = "GET", path: str = "/mdm") -> list[int]:
    return [sim.call(method, path).status_code for _number in range(number)]


def test_how_often(sim: Simulator) -> None:
    fault: dict[str, Any] = {"path": "/mdm", "status": 500}
    sim.control("POST", "faults", {**fault, "times": 2, "skip": 1})
    assert statuses(sim, 5) == [200, 500, 500, 200, 200]
    sim.control("DELETE", "faults")
    sim.control("POST", "faults", {**fault, "times": None, "every": 3})
    assert statuses(sim, 7) == [200, 200, 500, 200, 200, 500, 200]
    [known] = sim.control("GET", "faults")
    assert (known["seen"], known["used"]) == (7, 2)
    sim.control("DELETE", "faults")
    assert statuses(sim, 3) == [200] * 3


def test_which_requests(sim: Simulator) -> None:
    made = sim.create()
    faults = [
        {"method": "get", "path": "/credentials/*%2F*", "status": 500},
        {"method": "*", "path": "/", "status": 501},
        {"path": "/users*", "status": 502},
    ]
    sim.control("POST", "faults", faults)
    assert sim.call("GET", "/credentials").status_code == 200
    assert sim.call("GET", "/credentials/" + made["id"]).status_code == 404
    path = sim.get("/credentials")["credentials"][0]["_links"][0]["link"].removeprefix(sim.url)
    assert statuses(sim, 2, path=path) == [500, 200]
    assert statuses(sim, 2, path="/users?page=0") == [502, 200]
    assert statuses(sim, 2, path="") == [501, 200]


def test_mistakes_in_orders(sim: Simulator) -> None:
    for fault in ({"kind": "nonsense"}, {"tiems": 2}, {"status": "x"}, {"times": 0}, {"every": 0}, {"seconds": -1}, 1):
        assert "error" in sim.control("POST", "faults", fault, status=400)
    assert sim.control("GET", "faults") == []
    assert len(KINDS) == 9


def test_what_is_recorded(sim: Simulator) -> None:
    headers = {"User-Agent": "test/1", "Authorization": "Basic x"}
    sim.call("POST", "/credentials?page=1", json=NEW, headers=headers)
    sim.call("PUT", "/logos/dark", data=b"1234", headers={"Content-Type": "image/png"})
    first, second = sim.requests()
    assert first["headers"] == {"User-Agent": "test/1", "Content-Type": "application/json", "Authorization": True}
    assert (first["index"], first["method"], first["path"]) == (0, "POST", "/api/v1/credentials")
    assert (first["query"], first["body"], first["status"]) == ("page=1", NEW, 201)
    assert (first["operation"], first["api_key_ok"], first["fault"]) == ("createCredential", True, None)
    assert (second["body"], second["body_length"], second["status"]) == (None, 4, 400)
    assert second["started"] > first["started"] and second["connection"] == first["connection"]
    assert sim.control("GET", "requests?since=1") == [second]
    sim.control("DELETE", "requests")
    assert sim.requests() == []
