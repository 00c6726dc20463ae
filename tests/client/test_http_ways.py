# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ways to the service that lead nowhere: proxies, TLS and hosts; each is told as what it is, and where."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import typing as t
from pathlib import Path

import pytest
import requests
import urllib3
from ansible_collections.threema.work.plugins.module_utils._connection import Connection
from ansible_collections.threema.work.plugins.module_utils._errors import ThreemaError
from ansible_collections.threema.work.tests.support.clock import Clock
from ansible_collections.threema.work.tests.support.modules import (
    Modules,
    Result,
    client_for,
    connection,
    execute,
    failing,
)
from ansible_collections.threema.work.tests.support.raw import Raw, http
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

HOST: t.Final = "work.threema.example"
URL: t.Final = f"https://{HOST}/api/v1"
KEY: t.Final = "some-key-0123456789"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no certificate but those of the test; and no name is asked for elsewhere."""
    for name in ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    original = socket.getaddrinfo

    def resolve(host: t.Any, *args: t.Any, **kwargs: t.Any) -> t.Any:
        if host in ("127.0.0.1", "localhost"):
            return original(host, *args, **kwargs)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def through(url: str, method: str = "PUT", **options: t.Any) -> tuple[ThreemaError, int]:
    """The error of a request to a URL, and how often it was sent."""
    with client_for(Connection(KEY, url, retries=2, **options)) as client:
        error = failing(lambda: client.request(method, "/x"))
        # Nothing was sent to the service, so nothing can have been carried out.
        assert (error.kind, error.request_sent, error.may_have_been_done) == ("network", False, False), error.msg
        assert "carried out" not in error.msg
        return error, client.requests


@contextlib.contextmanager
def saying(what: bytes) -> t.Iterator[int]:
    """A server that says one thing to whatever it hears first; its port."""

    def serve() -> None:
        while True:
            try:
                sock, _address = listener.accept()
            except OSError:
                return
            with sock, contextlib.suppress(OSError):
                # Older urllib3 closes its end late, and may connect without a word.
                sock.settimeout(0.5)
                sock.recv(65536)
                sock.sendall(what)
                sock.shutdown(socket.SHUT_WR)
                sock.recv(65536)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


ANSWERS: t.Final = {
    "407 Proxy Authentication Required": (1, ("407", "login")),
    "403 Forbidden": (1, ("403",)),
    "502 Bad Gateway": (3, ("502",)),
}


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize(("status", "expected"), ANSWERS.items())
def test_a_proxy_that_lets_nothing_through(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, variable: str, status: str, expected: tuple[int, tuple[str, ...]]
) -> None:
    def answer(sock: socket.socket, _request: str) -> bool:
        sock.sendall(http(b"", status=status))
        return True

    with Raw(answer) as proxy:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
        error, sent = through(URL)
        assert {line.split()[0] for line in proxy.lines} == {"CONNECT"}
    times, words = expected
    assert sent == times
    assert all(word in error.msg for word in ("proxy", "HTTPS_PROXY", *words))


@pytest.mark.parametrize(
    ("proxy", "times", "word"),
    [
        ("http://no-such-proxy.example:3128", 3, "Name or service not known"),
        ("http://127.0.0.1:1", 3, "Connection refused"),
        ("socks5://127.0.0.1:1080", 1, "PySocks"),
        ("socks5h://proxy.example:1080", 1, "PySocks"),
        ("foo://127.0.0.1:3128", 1, "http://proxy.example.com:3128"),
        ("http://", 1, "http://proxy.example.com:3128"),
        ("http://[bad", 1, "HTTPS_PROXY"),
        ("http://proxy:port", 1, "HTTPS_PROXY"),
    ],
)
def test_a_proxy_that_cannot_be_used(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, proxy: str, times: int, word: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    error, sent = through(URL)
    assert sent == times
    assert all(part in error.msg for part in ("proxy", "HTTPS_PROXY", word)), error.msg


def test_a_socks_proxy_that_lets_nothing_through(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """PySocks is not installed for the tests: this is what it raises, and what urllib3 and requests make of it."""
    refused = type("SOCKS5Error", (OSError,), {"__module__": "socks"})("0x02: Connection not allowed by ruleset\x1b")

    def send(*_args: t.Any, **_options: t.Any) -> None:
        pool = urllib3.HTTPSConnectionPool(HOST)
        lost = urllib3.exceptions.NewConnectionError(t.cast(t.Any, pool), "Failed to establish a new connection")
        lost.__cause__ = refused
        raise requests.ConnectionError(urllib3.exceptions.MaxRetryError(pool, "/x", lost))

    monkeypatch.setattr(requests.Session, "send", send)
    error, sent = through(URL)
    assert ("proxy" in error.msg, "not allowed by ruleset\\x1b" in error.msg, sent) == (True, True, 3), error.msg


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 ", b"nonsense\r\n\r\n", b"\x15\x03\x01\x00\x02\x02\x46"])
def test_a_proxy_that_speaks_otherwise(clock: Clock, monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    with saying(answer) as port:
        for scheme in ("http", "https"):
            monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://127.0.0.1:{port}")
            through(URL)


def test_a_proxy_that_never_answers(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def drip(sock: socket.socket, _request: str) -> None:
        while True:
            sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            time.sleep(0.05)

    with Raw(drip) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with client_for(Connection(KEY, URL, timeout=0.4, retries=0)) as client:
            started = time.monotonic()
            error = failing(lambda: client.request("PUT", "/x"))
    assert time.monotonic() - started < 1
    assert (error.kind in ("network", "timeout"), error.request_sent) == (True, False)


@pytest.mark.parametrize(
    "url", [URL, "https://127.0.0.1:1/api/v1", f"https://{'a' * 70}.example/api/v1", "http://127.0.0.1:1/"]
)
def test_a_service_that_cannot_be_reached(clock: Clock, url: str) -> None:
    error, _sent = through(url)
    assert url.split("/")[2] in error.msg or "host" in error.msg


#: What a server says to the first words of TLS, and what is told of it; whether trying again is of use.
HELLOS: t.Final = {
    "an alert about the version": (b"\x15\x03\x01\x00\x02\x02\x46", "does not support any TLS version", 1),
    "TLS 1.0 only": (
        b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01" + b"r" * 32 + b"\x00\x00\x2f\x00",
        "does not support any TLS version",
        1,
    ),
    "TLS 1.1 only": (
        b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02" + b"r" * 32 + b"\x00\x00\x2f\x00",
        "does not support any TLS version",
        1,
    ),
    "no TLS": (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "does not use TLS", 1),
    "another alert": (b"\x15\x03\x03\x00\x02\x02\x28", "cannot establish a TLS connection", 3),
    "nothing": (b"", "cannot establish a TLS connection", 3),
}


@pytest.mark.parametrize(("hello", "word", "times"), HELLOS.values(), ids=HELLOS.keys())
def test_no_tls(clock: Clock, hello: bytes, word: str, times: int) -> None:
    with saying(hello) as port:
        error, sent = through(f"https://127.0.0.1:{port}/api/v1")
    assert (word in error.msg, sent) == (True, times), error.msg
    assert f"127.0.0.1:{port}" in error.msg
    assert "ca_path" not in error.msg


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the certificates are."""
    return tmp_path_factory.mktemp("tls")


@pytest.mark.parametrize(
    ("wrong", "word", "never"),
    [
        (("--tls-host", "other.example"), "correct the name in api_url", "ca_path"),
        (("--tls-host", "10.0.0.1"), "correct the name in api_url", "ca_path"),
        (("--tls-expired",), "renewed", "ca_path"),
        ((), "ca_path", "api_url"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_certificate(
    clock: Clock, tmp_path: Path, wrong: tuple[str, ...], word: str, never: str
) -> None:
    with Simulator("--tls", "--tls-dir", str(tmp_path), *wrong) as simulator:
        error, sent = through(simulator.url, ca_path=str(tmp_path / "ca.pem") if wrong else None)
    assert word in error.msg and never not in error.msg, error.msg
    assert sent == 1
    assert simulator.url.split("/")[2] in error.msg


def test_an_environment_without_a_certificate(clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing\n")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(empty))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        error, sent = through(f"https://127.0.0.1:{listener.getsockname()[1]}/api/v1")
    assert ("REQUESTS_CA_BUNDLE" in error.msg, sent) == (True, 1), error.msg


def failed(url: str, **options: t.Any) -> Result:
    """The failed result of a module."""
    return execute("subscription_info", {"api_url": url, "api_key": KEY, "api_retries": 0, **options})


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WORK.threema.ch/api/v1", "work.threema.ch"),
        ("https://work.threema.ch:8443/api/v1/", "work.threema.ch:8443"),
        ("https://work.threema.ch:/api/v1", "work.threema.ch"),
        ("http://[::1]:8025/api/v1", "[::1]:8025"),
    ],
)
def test_the_host_of_a_client(url: str, host: str) -> None:
    with client_for(Connection(KEY, url)) as client:
        assert client.api_host == host


@pytest.mark.parametrize("status", [401, 404])
def test_messages_that_name_the_host(run: Modules, simulator: Simulator, status: int) -> None:
    simulator.fault(kind="status", status=status, times=None)
    host = simulator.url.split("/")[2]
    msg = run("subscription_info")["msg"]
    assert host in msg
    assert ("api_url" in msg) is (status == 404)
    # Of another object it says nothing of the address.
    assert (host in run("user", threema_id="ABCD1234", state="revoked", api_retries=0).get("msg", "")) is (
        status == 401
    )


def test_messages_of_the_network_name_the_host(run: Modules, simulator: Simulator) -> None:
    host = simulator.url.split("/")[2]
    for fault in ({"kind": "drop_after"}, {"kind": "cut"}, {"kind": "slow", "seconds": 2}):
        simulator.control("DELETE", "faults")
        simulator.fault(times=None, **fault)
        assert host in run("credential_info", api_retries=0, api_timeout=0.3)["msg"]


def test_the_first_try_was_perhaps_carried_out(simulator: Simulator, clock: Clock) -> None:
    """Then nobody listens: what the first try may have done, the later ones do not undo."""
    listening = []

    def answer(_sock: socket.socket, _request: str) -> bool:
        listening.pop().stop()
        return True

    for method in ("PUT", "DELETE"):
        with Raw(answer) as raw, client_for(connection(simulator, url=raw.url, retries=2)) as client:
            listening.append(raw)
            error = failing(lambda client=client, method=method: client.request(method, "/x"))
            assert client.requests == 3
        assert (error.kind, error.request_sent, error.may_have_been_done) == ("network", True, True)


def test_what_an_earlier_request_sent_is_not_that_of_the_next(simulator: Simulator, clock: Clock) -> None:
    def answer(sock: socket.socket, _request: str) -> bool:
        sock.sendall(http(b"{}", "Connection: close"))
        return True

    with Raw(answer) as raw, client_for(connection(simulator, url=raw.url, retries=0)) as client:
        client.request("PUT", "/x")
        raw.stop()
        error = failing(lambda: client.request("PUT", "/x"))
    assert (error.kind, error.request_sent, error.may_have_been_done) == ("network", False, False)


def test_what_goes_through_a_proxy_is_sent(clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Behind a proxy too a lost answer may be that of a write that was carried out."""

    def pipe(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while part := source.recv(65536):
                target.sendall(part)
            target.shutdown(socket.SHUT_RDWR)

    def tunnel(sock: socket.socket, _request: str) -> bool:
        with socket.create_connection(("127.0.0.1", int(simulator.url.split(":")[2].split("/")[0]))) as service:
            sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=pipe, args=(service, sock), daemon=True).start()
            pipe(sock, service)
        return True

    with Simulator("--tls", "--tls-dir", str(tmp_path)) as simulator, Raw(tunnel) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        simulator.fault(method="PUT", kind="drop_after", times=None)
        to = connection(simulator, ca_path=str(tmp_path / "ca.pem"), retries=0)
        with client_for(to) as client:
            assert client.request("GET", "/credentials").status == 200
            error = failing(lambda: client.request("PUT", "/", payload={"name": "Other"}))
        assert {line.split()[0] for line in proxy.lines} == {"CONNECT"}
    assert (error.kind, error.request_sent, error.may_have_been_done) == ("network", True, True)
