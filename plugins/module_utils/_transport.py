# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The session: requests and urllib3 with limits that a server cannot bypass.

urllib3 limits the time between two bytes; here, the time for the whole answer is limited, from its status line to its
trailers. Neither limits its size. And only the connection knows whether any part of a request was sent.
"""

from __future__ import annotations

import http.client
import io
import threading
import time
import typing as t
import zlib

from ._connection import Connection

try:
    import requests
    from requests.cookies import RequestsCookieJar
except ImportError:
    # _module.py reports this with missing_required_lib() before anything here is used.
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True

if t.TYPE_CHECKING:
    import http.cookiejar
    import socket

    _Connection = http.client.HTTPConnection
else:
    _Connection = object

#: Maximum size of one answer in bytes, both as received and decompressed: 20 kB for each of the 5,000 objects of the
#: largest page, or 1 kB for each of 100,000 people, if a service returns all of them at once. A page of 5,000
#: credentials has 2 MB.
MAX_ANSWER: t.Final = 100_000_000
_CHUNK: t.Final = 65536


class TooLarge(Exception):
    """An answer has more than :data:`MAX_ANSWER` bytes."""


class _Progress(threading.local):
    """The progress of this thread's request.

    :ivar sent: whether any part of it was sent to the service, so that it may have been carried out.
    """

    sent = False


PROGRESS: t.Final = _Progress()


class _Limited(io.RawIOBase):
    """Reads one answer from a socket, within limits of time and size."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self._raw = sock.makefile("rb", buffering=0)
        self._sock = sock
        # What is left of api_timeout after connecting and sending: urllib3 has set it just before.
        self._timeout = t.cast(float, sock.gettimeout())
        self._deadline = time.monotonic() + self._timeout
        self._left = MAX_ANSWER

    def readable(self) -> bool:
        """As required by the base class."""
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        """Read what has arrived; :raises TimeoutError: after the total time; :raises TooLarge: beyond the size."""
        rest = self._deadline - time.monotonic()
        if rest <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(rest)
        number = self._raw.readinto(buffer)
        self._left -= number or 0
        if self._left < 0:
            raise TooLarge
        return number

    def close(self) -> None:
        """Leave the socket as it was, for the next request on it."""
        if not self.closed:
            if self._sock.fileno() >= 0:
                self._sock.settimeout(self._timeout)
            self._raw.close()
        super().close()

    def makefile(self, _mode: str) -> io.BufferedReader:
        """The file that the response reads from."""
        return io.BufferedReader(self, _CHUNK)


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: t.Any, **kwargs: t.Any) -> None:
        super().__init__(_Limited(sock), *args, **kwargs)  # type: ignore[arg-type]


class _Watched(_Connection):
    """Mixed into urllib3's connections."""

    response_class = _Response
    _connecting = False

    def connect(self) -> None:
        self._connecting = True
        try:
            super().connect()
        finally:
            self._connecting = False

    def send(self, data: t.Any) -> None:
        if self.sock is None:
            self.connect()
        # What is sent while connecting is for a proxy.
        if not self._connecting:
            PROGRESS.sent = True
        super().send(data)


def _watch(manager: t.Any) -> None:
    """Make a pool manager, including one for any kind of proxy, create watched connections."""
    manager.pool_classes_by_scheme = {
        scheme: type(
            pool.__name__,
            (pool,),
            {"ConnectionCls": type(pool.ConnectionCls.__name__, (_Watched, pool.ConnectionCls), {})},
        )
        for scheme, pool in manager.pool_classes_by_scheme.items()
    }


if HAS_REQUESTS:

    class _Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *args: t.Any, **kwargs: t.Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            _watch(self.poolmanager)

        def proxy_manager_for(self, proxy: t.Any, **kwargs: t.Any) -> t.Any:
            known = proxy in self.proxy_manager
            manager = super().proxy_manager_for(proxy, **kwargs)
            if not known:
                _watch(manager)
            return manager

    class _NoCookies(RequestsCookieJar):
        """Keeps no cookies: no request depends on an earlier one, in whatever thread."""

        def set_cookie(self, cookie: http.cookiejar.Cookie, *args: t.Any, **kwargs: t.Any) -> None:
            pass


def session_for(connection: Connection, concurrency: int, user_agent: str) -> requests.Session:
    """A session for this many parallel requests that follows no redirects and uses no login from elsewhere."""
    session = requests.Session()
    adapter = _Adapter(pool_connections=1, pool_maxsize=max(1, concurrency), max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    # An auth that does nothing keeps requests from adding an Authorization header from ~/.netrc.
    session.auth = _no_auth
    # A redirect is an error, whatever its target is.
    session.get_redirect_target = _no_redirect  # type: ignore[method-assign, assignment]
    session.cookies = _NoCookies()
    # Other encodings would be requested if their libraries are installed; gzip is decompressed here, within the limit.
    session.headers.update(
        {
            "X-Api-Key": connection.key,
            "User-Agent": user_agent,
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        }
    )
    return session


def _no_redirect(_response: requests.Response) -> None:
    return None


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def proxies_for(url: str) -> dict[str, str]:
    """The proxies that replace those from the environment."""
    # Plain http is only for the local host: a proxy from the environment would see the key.
    return {"http": "", "all": ""} if url.lower().startswith("http:") else {}


def read_body(response: requests.Response) -> bytes:
    """The whole body.

    :raises TooLarge: if it is too large.
    :raises requests.RequestException: if it is truncated, or compressed in a way that was not requested.
    """
    chunks = []
    while chunk := response.raw.read(_CHUNK, decode_content=False):
        chunks.append(chunk)
    body = b"".join(chunks)
    length = response.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and len(body) < int(length) and response.status_code != 204:
        # Older urllib3 does not report that the answer was truncated.
        raise requests.exceptions.ChunkedEncodingError()
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if not body or encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise requests.exceptions.ContentDecodingError()
    return _unpacked(body)


def _unpacked(body: bytes) -> bytes:
    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        whole = member.decompress(body, MAX_ANSWER + 1)
    except zlib.error:
        raise requests.exceptions.ContentDecodingError() from None
    if len(whole) > MAX_ANSWER:
        raise TooLarge
    if not member.eof:
        raise requests.exceptions.ContentDecodingError()
    return whole
