# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process: command line, TLS, wire, end."""

from __future__ import annotations

import signal
import socket
import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from support import KEY, Simulator, command


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_quickly(number: signal.Signals) -> None:
    with Simulator() as sim:
        # A connection that is kept alive, and a request under way.
        sim.control("POST", "faults", {"kind": "slow", "seconds": 30})
        idle = socket.create_connection((urlsplit(sim.url).hostname, urlsplit(sim.url).port))
        busy = socket.create_connection((urlsplit(sim.url).hostname, urlsplit(sim.url).port))
        busy.sendall(b"GET /api/v1/ HTTP/1.1\r\nHost: x\r\n\r\n")
        while not sim.requests():
            time.sleep(0.01)
        started = time.monotonic()
        sim.process.send_signal(number)
        assert sim.process.wait(5) == 0
        assert time.monotonic() - started < 2
        idle.close()
        busy.close()


def test_shutdown_by_request() -> None:
    with Simulator() as sim:
        sim.control("POST", "shutdown")
        assert sim.process.wait(5) == 0


def test_what_is_printed_and_the_options() -> None:
    arguments = ["--credentials", "4", "--users", "2", "--contacts", "1", "--settings", "3", "--licenses", "9"]
    arguments += ["--quota", "50", "--latency-ms", "2.5", "--jitter-ms", "1", "--no-directory", "--api-key", "k" * 20]
    arguments += ["--switch", "page-base=one", "--switch", "max-page-size=3", "--seed", "5"]
    with Simulator(*arguments) as sim:
        assert sim.url.startswith("http://127.0.0.1:") and sim.url.endswith("/api/v1")
        assert sim.printed["THREEMA_WORK_API_KEY"] == "k" * 20
        state = sim.state()
        assert [len(state[name]) for name in ("credentials", "users", "contacts")] == [4, 2, 3]
        assert (state["switches"]["page-base"], state["switches"]["max-page-size"]) == ("one", "3")
        assert (state["quota"]["limit"], state["latency_ms"]) == (50, 2.5)
        assert state["licenses"] == {"bought": 9, "free": 5}
        # A reset without a body is the start of the process again.
        sim.call("DELETE", "/users/" + state["users"][0]["threema_id"])
        assert sim.reset()["directory"] is False
        again = sim.state()
        assert [item["id"] for item in again["credentials"]] == [item["id"] for item in state["credentials"]]
        assert again["switches"] == state["switches"]
        assert sim.reset(switches={"error-key": "message"})["switches"]["page-base"] == "one"


def test_several_subscriptions_know_nothing_of_each_other() -> None:
    with Simulator("--subscriptions", "2") as sim:
        assert sim.process.stdout
        other = requests.Session()
        other.headers["X-Api-Key"] = KEY
        url = sim.process.stdout.readline().strip().removeprefix("THREEMA_WORK_API_URL=")
        assert url != sim.url and url.endswith("/api/v1")
        assert sim.process.stdout.readline() == f"THREEMA_WORK_API_KEY={KEY}\n"
        sim.control("POST", "faults", {"kind": "status", "status": 503, "times": None})
        assert other.put(url, json={"name": "Other Ltd"}, timeout=5).status_code == 204
        assert other.get(url, timeout=5).json()["name"] == "Other Ltd"
        assert sim.state()["subscription"]["name"] == "Example Ltd"
        assert sim.requests() == []


def test_demo_key_and_host() -> None:
    with Simulator("--host", "localhost") as sim:
        assert sim.printed["THREEMA_WORK_API_KEY"] == KEY
        assert sim.get("/")["name"] == "Example Ltd"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--host", "0.0.0.0"], "not a loopback address"),
        (["--host", "example.com"], "not a loopback address"),
        (["--switch", "page-base=two"], "known are: zero, one, offset"),
        (["--switch", "nothing=two"], "known are: bulk-errors"),
        (["--switch", "nothing"], "is not NAME=VALUE"),
        (["--credentials", "-1"], "must not be negative"),
        (["--subscriptions", "0"], "must be at least 1"),
        (["--latency-ms", "nan"], "between 0 and an hour"),
        (["--credentials", "2", "--licenses", "1"], "more credentials or users than licenses"),
    ],
)
def test_wrong_options(arguments: list[str], text: str) -> None:
    process = command(*arguments)
    _output, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert text in errors


def test_a_busy_port_is_refused_with_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = command("--port", str(taken.getsockname()[1]))
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, output) == (1, "")
    assert errors.count("\n") == 1 and "Address already in use" in errors


def test_tls(tmp_path: Path) -> None:
    with Simulator("--tls", "--tls-dir", str(tmp_path)) as sim:
        bundle = sim.printed["REQUESTS_CA_BUNDLE"]
        assert bundle == str(tmp_path / "ca.pem")
        assert sim.get("/")["_links"][0]["link"] == sim.url and sim.url.startswith("https://127.0.0.1:")
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(sim.url, timeout=5)
        sim.control("POST", "faults", [{"kind": kind, "reset": True} for kind in ("drop_before", "cut")])
        for _number in range(2):
            with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
                sim.get("/")
        assert sim.get("/")["name"] == "Example Ltd"


def test_tls_directory_is_private_and_removed() -> None:
    with Simulator("--tls") as sim:
        directory = Path(sim.printed["REQUESTS_CA_BUNDLE"]).parent
        assert directory.stat().st_mode & 0o777 == 0o700
    assert not directory.exists()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [(["--tls-host", "other.example"], "doesn't match|not valid for|mismatch"), (["--tls-expired"], "expired")],
)
def test_bad_certificates(arguments: list[str], text: str) -> None:
    with Simulator("--tls", *arguments) as sim:
        with pytest.raises(requests.exceptions.SSLError, match=text):
            sim.get("/")
        # It is the certificate, not the server.
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        parts = urlsplit(sim.url)
        plain = socket.create_connection((parts.hostname, parts.port))
        with context.wrap_socket(plain) as connection:
            request = f"GET /api/v1/ HTTP/1.1\r\nHost: x\r\nX-Api-Key: {KEY}\r\n\r\n"
            connection.sendall(request.encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 200")


def test_answers_go_out_in_one_write() -> None:
    with Simulator("--credentials", "30") as sim:
        parts = urlsplit(sim.url)
        with socket.create_connection((parts.hostname, parts.port)) as connection:
            for path in ("/", "/credentials?pageSize=30", "/nothing", "/mdm"):
                request = f"GET /api/v1{path} HTTP/1.1\r\nHost: x\r\nX-Api-Key: {KEY}\r\n\r\n"
                connection.sendall(request.encode())
                # A second write would come separately: the receiver is waiting already when the first arrives.
                head, _separator, body = connection.recv(1 << 20).partition(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split()[0])
                assert len(body) == length
        started = time.monotonic()
        for _number in range(50):
            sim.get("/mdm")
        # With delayed acknowledgments this would take two seconds.
        assert time.monotonic() - started < 1.5


def test_a_client_that_goes_away_does_not_stop_the_work() -> None:
    with Simulator("--latency-ms", "150") as sim:
        parts = urlsplit(sim.url)
        body = b'{"username":"a","password":"b"}'
        head = (
            f"POST /api/v1/credentials HTTP/1.1\r\nHost: x\r\nX-Api-Key: {KEY}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection((parts.hostname, parts.port)) as connection:
            connection.sendall(head.encode() + body)
            while not sim.requests():
                time.sleep(0.01)
        time.sleep(0.3)
        assert len(sim.state()["credentials"]) == 1
