# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The transport on the wire: headers, proxies, cookies, redirects, answers that drip, and TLS."""

from __future__ import annotations

import http.server
import threading
import typing as t
from pathlib import Path

import pytest
import requests
from ansible_collections.threema.work.plugins.module_utils._http import USER_AGENT
from ansible_collections.threema.work.tests.support.clock import Clock
from ansible_collections.threema.work.tests.support.modules import (
    Modules,
    Result,
    client_for,
    connection,
    execute,
    failing,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

Answering = t.Callable[[http.server.BaseHTTPRequestHandler], None]


class Handler(http.server.BaseHTTPRequestHandler):
    """Remembers the headers and leaves the answer to its server."""

    protocol_version = "HTTP/1.1"
    server: WireServer

    def do_GET(self) -> None:
        self.server.received.append(self.headers)
        self.server.answering(self)

    def log_message(self, *args: t.Any) -> None:
        pass


class WireServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answering: Answering) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answering = answering
        self.received: list[t.Any] = []


class Wire:
    """A server that answers as it is told, and remembers what it was sent."""

    def __init__(self, answering: Answering) -> None:
        self._server = WireServer(answering)
        self.received = self._server.received
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v1"

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def ok(handler: http.server.BaseHTTPRequestHandler, *headers: tuple[str, str], body: bytes = b"{}") -> None:
    """An answer at once."""
    handler.send_response(200)
    for name, value in (*headers, ("Content-Length", str(len(body)))):
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def test_headers(simulator: Simulator) -> None:
    with Wire(ok) as wire, client_for(connection(simulator, url=wire.url)) as client:
        client.request("GET", "/x")
    (headers,) = wire.received
    assert headers["X-Api-Key"] == simulator.key
    assert headers["User-Agent"] == USER_AGENT
    assert headers["Accept"] == "application/json"
    assert headers["Authorization"] is None
    assert headers["Content-Type"] is None


def test_cookies_are_not_kept(simulator: Simulator) -> None:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        ok(handler, ("Set-Cookie", "session=1; Path=/"))

    with Wire(answer) as wire, client_for(connection(simulator, url=wire.url)) as client:
        for _number in range(3):
            client.request("GET", "/x")
    assert [headers["Cookie"] for headers in wire.received] == [None, None, None]


def test_netrc_adds_no_authorization(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password geheim\ndefault login x password y\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    run.good("credential_info")
    assert [one["headers"].get("Authorization", False) for one in simulator.requests()] == [False]


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_no_proxy_sees_what_is_for_this_machine(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Wire(ok) as proxy:
        monkeypatch.setenv(variable, proxy.url.replace("/api/v1", ""))
        assert run.good("credential_info", api_retries=0)["credentials"] == []
    assert proxy.received == []


def test_no_proxy_whatever_the_case_of_the_url(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    url = simulator.url.replace("http://", "HTTP://")
    with Wire(ok) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("/api/v1", ""))
        result = run("credential_info", api_url=url, api_retries=0)
    # Whether that is taken for a URL or not: the key went nowhere else.
    assert proxy.received == []
    assert not result["failed"], result["msg"]


@pytest.mark.parametrize("target", ["http://[bad", "//", "\x00", "http://h:port/", "x" * 5000])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_target_of_a_redirect_is_not_read(simulator: Simulator, clock: Clock, status: int, target: str) -> None:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Location", target)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with Wire(answer) as wire, client_for(connection(simulator, url=wire.url)) as client:
        error = failing(lambda: client.request("GET", "/x"))
        assert (error.kind, error.status, client.requests) == ("protocol", status, 1)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_redirects_are_not_followed(run: Modules, simulator: Simulator, clock: Clock, status: int, method: str) -> None:
    with Wire(ok) as other:
        simulator.fault(kind="redirect", status=status, headers={"Location": other.url}, times=None)
        with client_for(connection(simulator)) as client:
            error = failing(lambda: client.request(method, "/credentials"))
            assert client.requests == 1
    assert (error.kind, error.status) == ("protocol", status)
    assert other.received == []
    assert not error.may_have_been_done


@pytest.mark.parametrize("sent", [b"", b'{"a": 1'])
def test_an_answer_shorter_than_announced(simulator: Simulator, clock: Clock, sent: bytes) -> None:
    def cut(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(sent)
        handler.close_connection = True

    with Wire(cut) as wire, client_for(connection(simulator, url=wire.url, retries=1)) as client:
        error = failing(lambda: client.request("GET", "/x").json())
        assert client.requests == 2
    assert (error.kind, error.request_sent) == ("network", True)


def test_an_answer_that_has_no_body_may_announce_one(simulator: Simulator, clock: Clock) -> None:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(204)
        handler.send_header("Content-Length", "100")
        handler.end_headers()

    with Wire(answer) as wire, client_for(connection(simulator, url=wire.url)) as client:
        assert (client.request("GET", "/x").body, client.requests) == (b"", 1)


def test_an_interim_answer_shifts_no_later_one(simulator: Simulator, clock: Clock) -> None:
    """Its connection is given up: the final answer that follows must not be taken for that of another request."""
    asked: list[str] = []

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        if len(asked) == 1:
            handler.wfile.write(b"HTTP/1.1 102 Processing\r\n\r\n")
            handler.wfile.flush()
        ok(handler, body=f'{{"for": "{handler.path}"}}'.encode())

    with Wire(answer) as wire, client_for(connection(simulator, url=wire.url)) as client:
        for path in ("/a", "/b", "/c"):
            assert client.request("GET", path).json() == {"for": f"/api/v1{path}"}
    assert asked == ["/api/v1/a", "/api/v1/a", "/api/v1/b", "/api/v1/c"]


def test_answers_are_utf8_whatever_the_header_says(simulator: Simulator) -> None:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        ok(handler, ("Content-Type", "application/json; charset=latin-1"), body='{"name": "Zoë"}'.encode())

    with Wire(answer) as wire, client_for(connection(simulator, url=wire.url)) as client:
        assert client.request("GET", "/x").json() == {"name": "Zoë"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file with the authority of the simulator over TLS."""
    return str(tmp_path_factory.mktemp("tls") / "ca.pem")


@pytest.fixture(scope="module")
def secure(authority: str) -> t.Iterator[Simulator]:
    """A simulator with a certificate of an authority that nobody knows."""
    with Simulator("--tls", "--tls-dir", str(Path(authority).parent)) as simulator:
        yield simulator


@pytest.fixture
def info(secure: Simulator, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> t.Callable[..., Result]:
    """Runs credential_info against it."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    return lambda **options: execute("credential_info", {"api_url": secure.url, "api_key": secure.key, **options})


def test_unknown_authority(info: t.Callable[..., Result], clock: Clock) -> None:
    failed = info()
    assert failed["failure"]["kind"] == "network"
    assert failed["failure"]["request_sent"] is False
    assert failed["api_requests"] == 1
    assert clock.waits == []
    assert "ca_path" in failed["msg"]


def test_ca_path(info: t.Callable[..., Result], authority: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not info(ca_path=authority)["failed"]
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", requests.certs.where())
    assert not info(ca_path=authority)["failed"]


def test_ca_bundle_of_the_environment(
    info: t.Callable[..., Result], authority: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authority)
    assert not info()["failed"]
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/bundle.pem")
    failed = info()
    assert failed["failure"]["kind"] == "network"
    assert "REQUESTS_CA_BUNDLE" in failed["msg"]


@pytest.mark.parametrize("bundle", ["other", "missing", "none"])
def test_without_validation(info: t.Callable[..., Result], monkeypatch: pytest.MonkeyPatch, bundle: str) -> None:
    if bundle != "none":
        file = requests.certs.where() if bundle == "other" else "/no/such/bundle.pem"
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", file)
    done = info(validate_certs=False)
    assert not done["failed"], done.get("msg")
    assert done["credentials"] == []


@pytest.mark.parametrize("wrong", [("--tls-host", "other.example"), ("--tls-expired",)], ids=str)
def test_wrong_certificates(
    info: t.Callable[..., Result], clock: Clock, tmp_path: Path, wrong: tuple[str, ...]
) -> None:
    with Simulator("--tls", "--tls-dir", str(tmp_path), *wrong) as simulator:
        options = {"api_url": simulator.url, "api_key": simulator.key, "ca_path": str(tmp_path / "ca.pem")}
        failed = info(**options)
    assert failed["failure"]["kind"] == "network"
    assert "certificate" in failed["msg"]
    assert (failed["api_requests"], clock.waits) == (1, [])
