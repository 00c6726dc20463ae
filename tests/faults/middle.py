# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server between module and simulator: what is done is done there, what is answered is spoiled here."""

from __future__ import annotations

import http.client
import http.server
import json
import threading
import typing as t
from dataclasses import dataclass
from urllib.parse import urlsplit

from .contract import Operation, operation_of
from .odd import Spoil, spoiled, written

_BASE: t.Final = "/api/v1"
_PASSED_ON: t.Final = ("X-Api-Key", "Content-Type", "Accept", "User-Agent")
_PASSED_BACK: t.Final = ("Content-Type", "Location", "Retry-After")
#: An answer without JSON that is spoiled holds some, and this status where it was 204.
_OTHER_STATUS: t.Final = 200
#: By the number of answers to the same operation before.
_MOMENTS: t.Final[dict[str, t.Callable[[int], bool]]] = {
    "always": lambda _before: True,
    "first": lambda before: before == 0,
    "later": lambda before: before > 0,
}


@dataclass(frozen=True)
class Exchange:
    """A request, and what the simulator answered; ``served`` is what the module got in its place."""

    method: str
    path: str
    operation: Operation
    sent: bytes
    status: int
    served: bytes

    @property
    def carried_out(self) -> bool:
        """Whether it is a write that the service carried out."""
        return self.method != "GET" and 200 <= self.status < 300

    @property
    def payload(self) -> t.Any:
        """What was sent, None where that is no JSON."""
        try:
            return json.loads(self.sent)
        except ValueError:
            return None


class Middle:
    """A context manager.

    :param target: the simulator's URL.
    :param most: requests that are passed on; after that the key is refused, so that the run ends.
    """

    def __init__(self, target: str, most: int) -> None:
        self._target = urlsplit(target)
        self._most = most
        self._plan: t.Sequence[Spoil] = ()
        self._lock = threading.Lock()
        #: What went wrong in this server itself.
        self.problems: list[BaseException] = []
        self.exchanges: list[Exchange] = []
        middle = self

        class Handler(_Handler):
            serves = middle

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 50

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}{_BASE}"

    def __enter__(self) -> Middle:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def begin(self, plan: t.Sequence[Spoil]) -> None:
        """Forget what was, and spoil from now on what the plan says."""
        with self._lock:
            self._plan = tuple(plan)
            self.exchanges = []
            self.problems = []

    def connect(self) -> http.client.HTTPConnection:
        """A connection to the simulator."""
        return http.client.HTTPConnection(self._target.hostname or "", self._target.port, timeout=60)

    def record(self, method: str, target: str, sent: bytes, status: int, body: bytes) -> tuple[int, bytes]:
        """Spoil an answer of 2xx as the plan says; returns status and body for the module."""
        path = target.removeprefix(_BASE).partition("?")[0]
        with self._lock:
            operation = operation_of(method, path)
            before = sum(one.operation.name == operation.name for one in self.exchanges)
            wrong = [one for one in self._plan if one.operation == operation.name and _MOMENTS[one.when](before)]
            told = status, body
            if wrong and 200 <= status < 300:
                told = _OTHER_STATUS if status == 204 else status, _spoiled(body, wrong)
            self.exchanges.append(Exchange(method, path, operation, sent, status, told[1]))
            return (401, b'{"error": "enough"}') if len(self.exchanges) > self._most else told


def _spoiled(body: bytes, wrong: t.Sequence[Spoil]) -> bytes:
    try:
        right = json.loads(body) if body else None
    except ValueError:
        # It is a picture.
        right = body.decode("latin-1")
    document = right
    for one in wrong:
        document = spoiled(document, one.place, one.odd, one.item)
    if isinstance(right, str) and isinstance(document, str):
        return document.encode("latin-1", "replace")
    return written(document)


class _Handler(http.server.BaseHTTPRequestHandler):
    serves: Middle
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60

    def setup(self) -> None:
        super().setup()
        self._onward = self.serves.connect()

    def finish(self) -> None:
        self._onward.close()
        super().finish()

    def answer(self) -> None:
        try:
            self._pass_on()
        except OSError:
            # The module is gone, or ended by its deadline.
            self.close_connection = True
        except BaseException as problem:
            self.serves.problems.append(problem)
            raise

    def _pass_on(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
        self._onward.request(self.command, self.path, body=sent or None, headers=headers)
        answer = self._onward.getresponse()
        status, body = self.serves.record(self.command, self.path, sent, answer.status, answer.read())
        self.send_response(status)
        for name in _PASSED_BACK:
            if answer.headers[name] is not None:
                self.send_header(name, answer.headers[name])
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: t.Any) -> None:
        pass

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815
