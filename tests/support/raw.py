# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that sends the bytes that it is told to, however wrong: what the simulator would never send."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import typing as t

#: Gets the connection, and the request's line and headers; true closes the connection.
Answering = t.Callable[[socket.socket, str], "bool | None"]


class Raw:
    """:param answering: called for each request."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/api/v1"
        #: The lines of the requests, such as ``GET /api/v1/x HTTP/1.1``.
        self.lines: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Listen no more; who is connected stays so."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, contextlib.suppress(OSError):
            while request := _request(connection):
                self.lines.append(request.split("\r\n")[0])
                if self._answering(connection, request):
                    return


def _request(connection: socket.socket) -> str:
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            return ""
        received += part
    head, _end, body = received.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head.decode("latin-1")


def always(answer: bytes) -> Answering:
    """The same answer to each request, on one connection after the other."""

    def answering(connection: socket.socket, _request: str) -> None:
        connection.sendall(answer)

    return answering


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """An answer as it should be."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def http_json(document: t.Any, status: str = "200 OK") -> bytes:
    """An answer with a document."""
    return http(json.dumps(document).encode(), status=status)
