# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The transport: what is repeated, how long is waited, and what each end of a request is called."""

from __future__ import annotations

import email.utils
import socket
import time
import typing as t

import pytest
from ansible_collections.threema.work.plugins.module_utils._errors import ThreemaError
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.tests.support.clock import Clock
from ansible_collections.threema.work.tests.support.modules import (
    Modules,
    calls,
    client_for,
    connection,
    failing,
)
from ansible_collections.threema.work.tests.support.raw import Raw
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

BODY: t.Final = {"username": "jane", "password": "first-password"}


@pytest.fixture
def client(simulator: Simulator, clock: Clock) -> t.Iterator[Client]:
    with client_for(connection(simulator)) as client:
        yield client


def get(client: Client) -> t.Any:
    return client.request("GET", "/credentials").json()


def create(client: Client) -> t.Any:
    return client.request("POST", "/credentials", payload=BODY, repeatable=False)


def end(client: Client, simulator: Simulator, **fault: t.Any) -> ThreemaError:
    """The error that a fault for ever ends with."""
    simulator.fault(**{"times": None, **fault})
    return failing(lambda: get(client))


KINDS: t.Final = {
    302: "protocol",
    400: "invalid",
    401: "authentication",
    403: "permission",
    404: "not_found",
    405: "invalid",
    409: "invalid",
    422: "invalid",
    429: "quota",
}


@pytest.mark.parametrize(("status", "kind"), KINDS.items())
def test_statuses_that_are_not_repeated(
    client: Client, simulator: Simulator, clock: Clock, status: int, kind: str
) -> None:
    error = end(client, simulator, status=status)
    assert (error.kind, error.status, error.method, error.path) == (kind, status, "GET", "/credentials")
    assert (client.requests, clock.waits, error.request_sent) == (1, [], True)
    assert not error.may_have_been_done


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
def test_5xx_is_repeated_where_that_is_safe(
    client: Client, simulator: Simulator, clock: Clock, status: int, method: str
) -> None:
    simulator.fault(status=status, times=None)
    error = failing(lambda: client.request(method, "/credentials/x", repeatable=method != "POST"))
    assert (error.kind, error.status) == ("server", status)
    assert error.may_have_been_done
    assert client.requests == (1 if method == "POST" else 5)
    assert len(clock.waits) == client.requests - 1
    assert all(0 < wait <= 8 for wait in clock.waits)


def test_repeated_until_it_works(client: Client, simulator: Simulator) -> None:
    simulator.fault(status=503, times=4)
    assert get(client)["credentials"] == []
    assert client.requests == 5
    assert len(client.repeated_requests()) == 4


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_number_of_retries(simulator: Simulator, clock: Clock, retries: int) -> None:
    simulator.fault(status=500, times=None)
    with client_for(connection(simulator, retries=retries)) as client:
        failing(lambda: get(client))
        assert client.requests == retries + 1


def test_waits_grow(client: Client, simulator: Simulator, clock: Clock) -> None:
    end(client, simulator, status=500)
    assert [0.5 * 2**number * 0.5 <= wait <= 0.5 * 2**number for number, wait in enumerate(clock.waits)] == [True] * 4


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("send", [get, create])
def test_retry_after_in_seconds(
    client: Client, simulator: Simulator, clock: Clock, status: int, send: t.Callable[[Client], t.Any]
) -> None:
    simulator.fault(status=status, headers={"Retry-After": "20"}, times=2)
    if (status, send) == (503, create):
        assert failing(lambda: send(client)).kind == "server"
        return
    send(client)
    assert client.requests == 3
    assert clock.waited == pytest.approx(40, abs=1)


def test_retry_after_as_date(client: Client, simulator: Simulator, clock: Clock) -> None:
    simulator.fault(status=429, headers={"Retry-After": email.utils.formatdate(time.time() + 30, usegmt=True)})
    get(client)
    assert clock.waited == pytest.approx(30, abs=1.5)
    simulator.fault(status=429, headers={"Retry-After": email.utils.formatdate(time.time() - 30, usegmt=True)})
    get(client)
    assert clock.waited == pytest.approx(30, abs=1.5)


@pytest.mark.parametrize("header", ["", "soon", "-5", "1.5.2026", "61", "86400", "999999999999"])
def test_429_that_is_not_waited_for(client: Client, simulator: Simulator, clock: Clock, header: str) -> None:
    error = end(client, simulator, status=429, headers={"Retry-After": header})
    assert (error.kind, client.requests, clock.waits) == ("quota", 1, [])


def test_sixty_seconds_in_all(client: Client, simulator: Simulator, clock: Clock) -> None:
    error = end(client, simulator, status=429, headers={"Retry-After": "25"})
    assert (error.kind, client.requests) == ("quota", 3)
    assert clock.waited == pytest.approx(50, abs=1)
    simulator.control("DELETE", "faults")
    error = end(client, simulator, status=503, headers={"Retry-After": "25"})
    assert (error.kind, client.requests) == ("server", 4)
    assert clock.waited == pytest.approx(50, abs=1)


def test_the_simulators_own_quota(run: Modules, simulator: Simulator, clock: Clock) -> None:
    for manner in ("absent", "seconds", "http-date"):
        simulator.reset(quota=1, switches={"quota-retry-after": manner})
        run.good("credential_info")
        failed = run.bad("credential_info", "quota")
        assert (failed["api_requests"], failed["failure"]["status"]) == (1, 429)
        assert "quota" in failed["msg"]
    assert clock.waits == []


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "drop_before"}, "network"),
        ({"kind": "drop_after"}, "network"),
        ({"kind": "drop_after", "reset": True}, "network"),
        ({"kind": "cut"}, "network"),
    ],
    ids=str,
)
def test_cut_connections(client: Client, simulator: Simulator, fault: dict[str, t.Any], kind: str) -> None:
    simulator.fault(**fault, times=2)
    assert get(client)["credentials"] == []
    assert client.requests == 3
    simulator.fault(**fault)
    error = failing(lambda: create(client))
    assert (error.kind, error.request_sent, error.status, client.requests) == (kind, True, None, 4)
    assert "may have been carried out" in error.msg
    assert "first-password" not in error.msg


def test_slow_answers(simulator: Simulator, clock: Clock) -> None:
    simulator.fault(kind="slow", seconds=5, times=2)
    with client_for(connection(simulator, timeout=0.2, retries=1)) as client:
        begin = time.monotonic()
        error = failing(lambda: get(client))
        assert time.monotonic() - begin < 2
        assert (error.kind, error.request_sent, client.requests) == ("timeout", True, 2)
        assert "0.2" in error.msg
        get(client)


@pytest.mark.parametrize("kind", ["not_json", "empty", "redirect"])
def test_answers_of_another_form(client: Client, simulator: Simulator, kind: str) -> None:
    simulator.fault(kind=kind)
    error = failing(lambda: get(client))
    assert (error.kind, client.requests) == ("protocol", 1)
    assert not error.msg.endswith("None")


@pytest.mark.parametrize("send", [get, create])
def test_connection_refused(simulator: Simulator, clock: Clock, send: t.Callable[[Client], t.Any]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/api/v1"
        with client_for(connection(simulator, url=url, retries=2)) as client:
            error = failing(lambda: send(client))
    assert (error.kind, error.request_sent, error.status, client.requests) == ("network", False, None, 3)


def test_max_requests_counts_repeated_ones(simulator: Simulator, clock: Clock) -> None:
    simulator.fault(status=500, times=None)
    with client_for(connection(simulator), max_requests=3) as client:
        assert failing(lambda: get(client)).kind == "server"
        error = failing(lambda: get(client))
    assert (error.kind, error.request_sent, client.requests) == ("budget", False, 3)
    assert len(calls(simulator)) == 3


@pytest.mark.parametrize("key", ["error", "message"])
def test_words_of_the_service(client: Client, simulator: Simulator, key: str) -> None:
    error = end(client, simulator, status=400, body={key: "No\nsuch\x1b thing" + "!" * 1000})
    assert "No such" in error.msg
    assert error.msg.isprintable()
    assert len(error.msg) < 500


@pytest.mark.parametrize("body", ["<html>", [], {"error": 7}, {"error": {"a": 1}}, {"other": "x"}, ""])
def test_other_error_bodies(client: Client, simulator: Simulator, body: t.Any) -> None:
    assert end(client, simulator, status=400, body=body).kind == "invalid"


def test_failure_of_a_module(run: Modules, simulator: Simulator) -> None:
    simulator.fault(status=502, times=None)
    failed = run.bad("credential_info", "server", api_retries=1)
    assert failed["failure"] == {
        "kind": "server",
        "status": 502,
        "method": "GET",
        "path": "/credentials",
        "request_sent": True,
        "host": failed["api_host"],
        "msg": failed["msg"],
    }
    assert failed["api_host"] == simulator.url.split("/")[2]
    assert (failed["api_requests"], failed["changed"]) == (2, False)
    assert "credentials" not in failed


def test_no_more_connections_than_writes_at_once(run: Modules, simulator: Simulator) -> None:
    simulator.reset(latency_ms=10)
    items = [{"username": f"p{number}", "password": "x"} for number in range(30)]
    run.good("credentials", credentials=items, concurrency=3)
    assert len({one["connection"] for one in simulator.requests()}) == 3


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
@pytest.mark.parametrize("retries", [0, 1])
def test_5xx_leaves_a_write_open(simulator: Simulator, clock: Clock, status: int, method: str, retries: int) -> None:
    """However often it was sent; that it was only read leaves nothing open."""
    simulator.fault(status=status, times=None)
    with client_for(connection(simulator, retries=retries)) as client:
        error = failing(lambda: client.request(method, "/credentials/x"))
    assert error.msg.endswith("; it may have been carried out") is (method != "GET")
    assert error.msg.count("carried out") == (method != "GET")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429])
@pytest.mark.parametrize("first", ["500", "connection"])
def test_a_rejection_after_a_lost_answer(simulator: Simulator, clock: Clock, status: int, first: str) -> None:
    """The rejection itself leaves nothing open, but the attempt before it does."""
    with client_for(connection(simulator, retries=1)) as client:
        simulator.fault(status=status, times=None, method="DELETE")
        assert "carried out" not in failing(lambda: client.request("DELETE", "/credentials/x")).msg
        simulator.control("DELETE", "faults")
        simulator.fault(**({"status": 500} if first == "500" else {"kind": "drop_after"}))
        simulator.fault(status=status, times=None, method="DELETE")
        error = failing(lambda: client.request("DELETE", "/credentials/x"))
    assert error.status == status
    assert error.msg.endswith("; an earlier attempt may have been carried out")


def test_no_connection_after_a_lost_answer(simulator: Simulator, clock: Clock) -> None:
    """What is not sent leaves nothing open, but the attempt before it does."""

    def fail_and_end(to: socket.socket, _request: str) -> bool:
        raw.stop()
        to.sendall(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        return True

    with Raw(fail_and_end) as raw, client_for(connection(simulator, url=raw.url, retries=1)) as client:
        error = failing(lambda: client.request("DELETE", "/credentials/x"))
    assert (error.kind, error.status, client.requests) == ("network", None, 2)
    assert "cannot connect" in error.msg
    assert error.msg.endswith("; an earlier attempt may have been carried out")
