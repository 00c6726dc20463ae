# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoints, and filling."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from support import Simulator


def test_fill(sim: Simulator) -> None:
    answer = sim.reset(credentials=5, users=3, contacts=2)
    assert answer["licenses_free"] == 25000 - 5
    state = sim.state()
    assert [len(item["settings"]) for item in state["credentials"]] == [6, 6, 6, 0, 0]
    assert [item["usage"] for item in state["credentials"]] == [1, 1, 1, 0, 0]
    assert len(state["contacts"]) == 5
    assert all(user["first_name"] and user["csi"] and user["nickname"] for user in state["users"])
    sim.reset(credentials=5, users=7, settings=12)
    assert [len(item["settings"]) for item in sim.state()["credentials"]] == [12] * 7
    sim.reset(credentials=5, seed=2)
    other = [item["id"] for item in sim.state()["credentials"]]
    sim.reset(credentials=5)
    assert other != [item["id"] for item in sim.state()["credentials"]]
    assert [item["id"] for item in sim.state()["credentials"]] == [item["id"] for item in state["credentials"]]


def test_filled_settings_are_valid(sim: Simulator) -> None:
    sim.reset(credentials=1, settings=12)
    [credential] = sim.state()["credentials"]
    for name, value in credential["settings"].items():
        assert sim.call("POST", "/mdm", json={"property": name, "value": value}).status_code == 204


def test_reset(sim: Simulator) -> None:
    sim.control("POST", "faults", {"status": 500, "times": None})
    sim.call("GET", "/")
    answer = sim.reset(switches={"error-key": "message"}, quota=7, licenses=3, latency_ms=1)
    assert (answer["quota"], answer["quota_used"], answer["licenses"], answer["latency_ms"]) == (7, 0, 3, 1)
    assert answer["switches"]["error-key"] == "message"
    assert sim.requests() == [] and sim.control("GET", "faults") == []
    assert sim.reset()["quota"] == 10000
    for wrong in (
        {"credential": 1},
        {"credentials": "x"},
        {"credentials": -1},
        {"switches": {"x": "y"}},
        {"quota": 1.5},
    ):
        assert "error" in sim.control("POST", "reset", wrong, status=400)
    assert "error" in sim.control("POST", "reset", {"credentials": 5, "licenses": 4}, status=403)


def test_a_state_that_is_kept_comes_back(sim: Simulator) -> None:
    """Objects, identifiers, settings and switches; not the faults, and not what was received."""
    sim.reset(credentials=2, users=1, quota=50, switches={"error-key": "message"})
    sim.call("POST", "/mdm", json={"property": "th_safe_enable", "value": True})
    before = sim.state()
    sim.control("POST", "keep", {"name": "one"})
    for _twice in range(2):
        sim.control("POST", "faults", {"status": 500, "skip": 3, "times": None})
        sim.call("DELETE", f"/credentials/{quote(before['credentials'][0]['id'], safe='')}")
        sim.call("DELETE", "/mdm/th_safe_enable")
        sim.control("PUT", "settings", {"switches": {"error-key": "error"}, "latency_ms": 1})
        assert sim.state() != before
        assert sim.control("POST", "restore", {"name": "one"})["quota_used"] == 1
        assert sim.state() == {**before, "requests": 0}
        assert sim.requests() == [] and sim.control("GET", "faults") == []
    for wrong in ({"name": "another"}, {}, {"name": 1}, {"names": "one"}):
        assert "error" in sim.control("POST", "restore", wrong, status=400)


def test_latency(sim: Simulator) -> None:
    sim.control("PUT", "settings", {"latency_ms": 120, "jitter_ms": 10})
    started = time.monotonic()
    sim.get("/mdm")
    assert 0.12 <= time.monotonic() - started < 1
    started = time.monotonic()
    sim.state()
    assert time.monotonic() - started < 0.12


def test_adding_objects(sim: Simulator) -> None:
    people = [
        {"username": "a", "password": "x", "hashed": True, "locked": True, "license_count": 3},
        {"username": "b", "password": "y", "settings": {"th_new": "z"}},
    ]
    made = sim.control("POST", "credentials", people)
    assert [item["username"] for item in made] == ["a", "b"]
    first, second = sim.state()["credentials"]
    assert (first["hashed"], first["locked"], first["license_count"]) == (True, True, 3)
    assert (second["id"], second["settings"]) == (made[1]["id"], {"th_new": "z"})
    sim.control("POST", "contacts", [{"threema_id": "AB12CD34", "type": "auto", "first_name": "A"}])
    assert sim.get("/contacts/AB12CD34")["type"] == "auto"
    for path, body in (
        ("credentials", {"username": "c"}),
        ("credentials", {"username": "c", "password": "x", "hash": True}),
        ("credentials", {"username": 1, "password": "x"}),
        ("contacts", {}),
        ("activate", {"username": "a"}),
        ("sync", []),
        ("settings", None),
    ):
        method = "PUT" if path == "settings" else "POST"
        if body is None:
            sim.control(method, path, {"nothing": 1}, status=400)
        else:
            assert "error" in sim.control(method, path, body, status=400)
    sim.control("POST", "credentials", {"username": "a", "password": "x"}, status=400)
    sim.control("GET", "nothing", status=404)


def test_control_requests_are_neither_recorded_nor_counted(sim: Simulator) -> None:
    sim.state()
    sim.control("GET", "settings")
    assert sim.requests() == []
    assert sim.control("GET", "settings")["quota_used"] == 0


def test_many_credentials(sim: Simulator) -> None:
    sim.reset(credentials=20000, quota=0)
    names: set[str] = set()
    started = time.monotonic()
    for page in range(4):
        part = sim.get("/credentials", pageSize=5000, page=page)["credentials"]
        assert len(part) == 5000
        names.update(item["username"] for item in part)
    assert len(names) == 20000
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("size", [1000])
def test_large_bulk_writes_are_quick(sim: Simulator, size: int) -> None:
    sim.reset(credentials=size)
    values = {"th_firstname": "A", "th_lastname": "B", "th_csi": "1", "th_disable_export": True}
    parameters = [{"name": name, "value": value} for name, value in values.items()]
    items = [{"id": item["id"], "parameters": parameters} for item in sim.state()["credentials"]]
    started = time.monotonic()
    assert sim.call("POST", "/mdm-bulk", json={"credentials": items}).status_code == 204
    assert time.monotonic() - started < 3
    assert all(item["settings"] == values for item in sim.state()["credentials"])
