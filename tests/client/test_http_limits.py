# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only a server decides has an end: the time of an answer, and its size."""

from __future__ import annotations

import contextlib
import gzip
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.plugins.module_utils import _transport
from ansible_collections.threema.work.plugins.module_utils._errors import ThreemaError
from ansible_collections.threema.work.tests.support.clock import Clock
from ansible_collections.threema.work.tests.support.modules import (
    MODULES,
    Modules,
    arguments,
    client_for,
    connection,
    failing,
    result_of,
)
from ansible_collections.threema.work.tests.support.raw import Raw, http, http_json
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

OK: t.Final = b"HTTP/1.1 200 OK\r\n"
CHUNKED: t.Final = OK + b"Transfer-Encoding: chunked\r\n\r\n"
#: What comes at once, and what then comes again and again.
DRIPS: t.Final = {
    "status line": (b"HTTP/1.1 200 ", b"O"),
    "header": (OK + b"X-Header: ", b"x"),
    "headers": (OK, b"X: y\r\n"),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": (OK + b"Content-Length: 100000\r\n\r\n", b" "),
    "body without length": (OK + b"Connection: close\r\n\r\n", b" "),
    "chunks": (CHUNKED, b"1\r\n \r\n"),
    "extension of a chunk": (CHUNKED + b"1;", b"x"),
    "trailer": (CHUNKED + b"2\r\n{}\r\n0\r\nX-Trailer: ", b"x"),
    "trailers": (CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: y\r\n"),
}


def drip(begin: bytes, again: bytes, seconds: float = 0.05) -> t.Callable[[socket.socket, str], None]:
    """Sends without an end: until the other side gives up."""

    def answer(sock: socket.socket, _request: str) -> None:
        sock.sendall(begin)
        while True:
            sock.sendall(again)
            time.sleep(seconds)

    return answer


@pytest.mark.parametrize("late", [0.0, 0.5, 100.0])
def test_what_comes_after_the_time_is_not_read(
    simulator: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch, late: float
) -> None:
    """The first part comes in time, and then the machine is busy."""

    class Late:
        asked = 0

        def monotonic(self) -> float:
            self.asked += 1
            return 0.0 if self.asked <= 2 else 30.0 + late

    with (
        Raw(lambda sock, _request: sock.sendall(http(b" " * 100_000))) as raw,
        client_for(connection(simulator, url=raw.url, timeout=30, retries=0)) as client,
    ):
        monkeypatch.setattr(_transport, "time", Late())
        error = failing(lambda: client.request("GET", "/x"))
    assert (error.kind, error.request_sent) == ("timeout", True)


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize(("begin", "again"), DRIPS.values(), ids=DRIPS.keys())
def test_an_answer_that_drips(simulator: Simulator, clock: Clock, method: str, begin: bytes, again: bytes) -> None:
    with (
        Raw(drip(begin, again)) as raw,
        client_for(connection(simulator, url=raw.url, timeout=0.4, retries=0)) as client,
    ):
        started = time.monotonic()
        error = failing(lambda: client.request(method, "/x"))
    assert 0.3 < time.monotonic() - started < 1
    assert (error.kind, error.request_sent) == ("timeout", True)
    assert ("may have been carried out" in error.msg) is (method == "PUT")


def test_the_time_is_that_of_one_answer(simulator: Simulator, clock: Clock) -> None:
    """An answer in time leaves the next one on its connection all of its own."""

    def answer(sock: socket.socket, _request: str) -> None:
        for part in (OK, b"Content-Length: 2\r\n\r\n", b"{}"):
            time.sleep(0.2)
            sock.sendall(part)

    with Raw(answer) as raw, client_for(connection(simulator, url=raw.url, timeout=1, retries=0)) as client:
        for _number in range(3):
            assert client.request("PUT", "/x", payload={}).json() == {}


@pytest.mark.parametrize("begin", [b"HTTP/1.1 200 ", OK + b"Content-Length: 2\r\n\r\n{", CHUNKED], ids=range(3))
def test_silence_after_a_late_beginning(simulator: Simulator, clock: Clock, begin: bytes) -> None:
    """What has come begins no new time."""

    def answer(sock: socket.socket, _request: str) -> None:
        time.sleep(0.9)
        sock.sendall(begin)
        sock.recv(1)

    with Raw(answer) as raw, client_for(connection(simulator, url=raw.url, timeout=1.2, retries=0)) as client:
        started = time.monotonic()
        assert failing(lambda: client.request("GET", "/x")).kind == "timeout"
        assert 1.1 < time.monotonic() - started < 1.8


def test_what_sending_takes_is_taken_from_the_answer(simulator: Simulator, clock: Clock) -> None:
    """A server that takes a large body late has the rest of the time, not all of it once more."""
    body = b"x" * 20_000_000

    def serve() -> None:
        sock, _address = listener.accept()
        with sock, contextlib.suppress(OSError):
            time.sleep(1.2)
            left = len(body)
            while left > 0:
                left -= len(sock.recv(1_000_000))
            drip(*DRIPS["header"])(sock, "")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with client_for(connection(simulator, url=url, timeout=2, retries=0)) as client:
            started = time.monotonic()
            assert failing(lambda: client.request("PUT", "/x", content=body)).kind == "timeout"
            assert time.monotonic() - started < 2.8
    thread.join(5)


def test_a_late_answer_leaves_the_next_request_its_time(simulator: Simulator, clock: Clock) -> None:
    """urllib3 1.26.5, which Ubuntu 22.04 has, sends with whatever time the answer before has left on the connection."""
    body = b"x" * 20_000_000

    def serve() -> None:
        sock, _address = listener.accept()
        with sock, contextlib.suppress(OSError):
            sock.recv(65536)
            for part in (OK + b"Content-Length: 2\r\n\r\n", b"{}"):
                time.sleep(1.2)
                sock.sendall(part)
            time.sleep(1.8)
            left = len(body)
            while left > 0:
                left -= len(sock.recv(1_000_000))
            sock.sendall(http(b"{}"))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with client_for(connection(simulator, url=url, timeout=2.8, retries=0)) as client:
            assert client.request("GET", "/x").json() == {}
            assert client.request("PUT", "/x", content=body).json() == {}
    thread.join(5)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """A limit that a test reaches sooner."""
    monkeypatch.setattr(_transport, "MAX_ANSWER", 100_000)
    return 100_000


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize(("begin", "again"), DRIPS.values(), ids=DRIPS.keys())
def test_an_answer_without_an_end(
    simulator: Simulator, clock: Clock, small: int, method: str, begin: bytes, again: bytes
) -> None:
    with Raw(drip(begin, again * 1000, 0)) as raw, client_for(connection(simulator, url=raw.url, retries=0)) as client:
        error = failing(lambda: client.request(method, "/x").json())
        assert client.requests == 1
    # A single line or header that is too long is refused by Python before all of it is.
    assert error.kind == ("protocol" if "100 MB" in error.msg else "network"), error.msg
    assert error.request_sent
    assert ("may have been carried out" in error.msg) is (method == "PUT")


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
@pytest.mark.parametrize(("more", "kind"), [(0, None), (1, "protocol")])
def test_the_size_of_a_body(
    simulator: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch, more: int, kind: str | None, status: str
) -> None:
    head = http(b" " * 5000, status=status)[:-5000]
    monkeypatch.setattr(_transport, "MAX_ANSWER", len(head) + 5000)
    body = b"{}" + b" " * (4998 + more)

    def answer(sock: socket.socket, _request: str) -> None:
        sock.sendall(http(body, status=status))

    with Raw(answer) as raw, client_for(connection(simulator, url=raw.url)) as client:
        if kind is None and status.startswith("200"):
            assert client.request("GET", "/x").json() == {}
        else:
            error = failing(lambda: client.request("GET", "/x"))
            assert error.kind == (kind or "invalid")
        assert client.requests == 1


def packed(body: bytes, encoding: str = "gzip") -> t.Callable[[socket.socket, str], None]:
    """Sends a body that is said to be packed."""
    return lambda sock, _request: sock.sendall(http(body, f"Content-Encoding: {encoding}"))


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", " GZIP"])
def test_gzip_is_asked_for_and_unpacked(simulator: Simulator, encoding: str) -> None:
    asked: list[str] = []

    def answer(sock: socket.socket, request: str) -> None:
        asked.append(next(line for line in request.split("\r\n") if line.lower().startswith("accept-encoding")))
        packed(gzip.compress(b'{"a": "Zo\xc3\xab"}'), encoding)(sock, request)

    with Raw(answer) as raw, client_for(connection(simulator, url=raw.url)) as client:
        assert client.request("GET", "/x").json() == {"a": "Zoë"}
    assert asked == ["Accept-Encoding: gzip"]


def test_a_bomb(simulator: Simulator, clock: Clock) -> None:
    """A thousand times smaller than what it unpacks to; with the real limit."""
    bomb = gzip.compress(b" " * (_transport.MAX_ANSWER + 1), 1)
    with Raw(packed(bomb)) as raw, client_for(connection(simulator, url=raw.url)) as client:
        error = failing(lambda: client.request("GET", "/x"))
        assert client.requests == 1
    assert (error.kind, error.request_sent) == ("protocol", True)
    assert "100 MB" in error.msg


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(b"{}")[:-1], "gzip"),
        (b"{}", "gzip"),
        (gzip.compress(gzip.compress(b"{}")), "gzip, gzip"),
        (b"{}", "br"),
    ],
    # What gzip makes has the time in it.
    ids=["cut", "plain", "twice", "other"],
)
def test_what_cannot_be_unpacked(simulator: Simulator, clock: Clock, body: bytes, encoding: str) -> None:
    with Raw(packed(body, encoding)) as raw, client_for(connection(simulator, url=raw.url, retries=1)) as client:
        error = failing(lambda: client.request("PUT", "/x"))
        assert client.requests == 2
    assert (error.kind, error.request_sent) == ("network", True)
    assert "decompressed" in error.msg and "may have been carried out" in error.msg


NO_JSON: t.Final = {
    "half a character": b'{"a": "\xed\xa0\x80"}',
    "its other half": b'{"a": "\xed\xb0\x80"}',
    "two halves": b'{"a": "\xed\xa0\xbd\xed\xb8\x80"}',
    "an escaped half": b'{"a": "\\udc80"}',
    "Latin-1": '{"a": "Zoë"}'.encode("latin-1"),
    "UTF-16": '{"a": "Zoë"}'.encode("utf-16"),
    "not a number": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "beyond all numbers": b'{"a": 1e999}',
    "a number of too many digits": b'{"a": ' + b"1" * 10_000 + b"}",
    "nested without end": b'{"a": ' + b"[" * 200_000,
}


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON.keys())
def test_what_is_no_json(simulator: Simulator, body: bytes) -> None:
    with (
        Raw(lambda sock, _request: sock.sendall(http(body))) as raw,
        client_for(connection(simulator, url=raw.url)) as client,
    ):
        assert failing(lambda: client.request("GET", "/x").json()).kind == "protocol"


def test_a_mark_of_the_byte_order_is_no_part_of_it(simulator: Simulator) -> None:
    body = b'\xef\xbb\xbf{"a": 1.5, "b": "\\ud83d\\ude00"}'
    with (
        Raw(lambda sock, _request: sock.sendall(http(body))) as raw,
        client_for(connection(simulator, url=raw.url)) as client,
    ):
        assert client.request("GET", "/x").json() == {"a": 1.5, "b": "\U0001f600"}


ONE: t.Final = {"id": "AAAA", "username": "anna", "password": "pw", "hashed": False, "locked": False, "usage": 0}


def test_half_a_character_stops_a_task_before_it_writes(run: Modules) -> None:
    """Raw bytes of half a character: the username could not be returned once it was removed."""
    listed = json.dumps({"credentials": [ONE, {**ONE, "id": "B", "username": "@"}], "paging": {"total": 2}})
    body = listed.encode().replace(b"@", b"\xed\xa0\x80")
    with Raw(lambda sock, _request: sock.sendall(http(body))) as raw:
        items = [{"username": "anna"}]
        failed = run.bad("credentials", "protocol", api_url=raw.url, credentials=items, prune=True)
        assert [line.split()[0] for line in raw.lines] == ["GET"]
    assert (failed["changed"], failed["summary"]["removed"]) == (False, 0)


def test_told_to_end_while_an_answer_drips(tmp_path: Path) -> None:
    """The request under way ends at its limit, and neither it nor the look after it is sent again."""

    def answer(sock: socket.socket, request: str) -> None:
        if request.startswith("PUT"):
            drip(*DRIPS["header"])(sock, request)
        sock.sendall(http_json({"credentials": [ONE], "paging": {"total": 1}}))

    with Raw(answer) as raw:
        options = {"api_url": raw.url, "api_key": "some-key-0815", "api_timeout": 2}
        options = {**options, "username": "anna", "locked": True}
        file = tmp_path / "args.json"
        file.write_text(arguments(options), encoding="utf-8")
        command = [sys.executable, "-m", f"{MODULES}.credential", str(file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                while not any(line.startswith("PUT") for line in raw.lines):
                    time.sleep(0.02)
                process.send_signal(signal.SIGTERM)
                started = time.monotonic()
                output, _errors = process.communicate(timeout=10)
                assert time.monotonic() - started < 4
            finally:
                process.kill()
        assert [line.split()[0] for line in raw.lines].count("PUT") == 1
    assert result_of(output)["failed"]


def test_nothing_is_sent_again_once_the_task_shall_end(simulator: Simulator, clock: Clock) -> None:
    simulator.fault(status=500, times=None)
    with client_for(connection(simulator)) as client:
        client.stop.set()
        assert failing(lambda: client.request("GET", "/credentials")).kind == "server"
        assert client.requests == 1


@pytest.mark.parametrize("length", ["\xb2", "1" * 5000, "-1", "2, 2", "", " 2 "])
def test_a_length_that_is_none(simulator: Simulator, clock: Clock, length: str) -> None:
    body = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{{}}".encode("latin-1")

    def answer(sock: socket.socket, _request: str) -> bool:
        sock.sendall(body)
        return True

    with Raw(answer) as raw, client_for(connection(simulator, url=raw.url, retries=0)) as client:
        try:
            assert client.request("GET", "/x").json() == {}
        except ThreemaError as error:
            assert (error.kind, error.request_sent) == ("network", True)
