# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Something between a client and the simulator that changes what is asked or answered: what no switch does."""

from __future__ import annotations

import json
import threading
import typing as t
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from ansible_collections.threema.work.tests.support.simulator_process import Simulator


class Reply(t.NamedTuple):
    """An answer; ``document`` is its JSON, bytes that are none (an image), or None for an empty body."""

    status: int
    document: t.Any = None


#: Passes on a request (path below the base URL, query included) and returns its answer.
Pass = t.Callable[[str, str, t.Any], Reply]
#: Answers a request, with the means to pass it on as it is or otherwise.
Change = t.Callable[[Pass, str, str, t.Any], Reply]


class Between:
    """:param change: answers each request; one after the other, whatever thread they come in."""

    def __init__(self, simulator: Simulator, change: Change) -> None:
        self._simulator, self._change = simulator, change
        self._lock = threading.Lock()
        self._session = requests.Session()
        between = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_args: object) -> None:
                """Nothing is printed."""

            def do_GET(self) -> None:
                between._serve(self)

            do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api/v1"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self) -> Between:
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._session.close()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        sent = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        with self._lock:
            path = handler.path.partition("/api/v1")[2]
            is_json = "json" in handler.headers.get("Content-Type", "")
            payload = json.loads(sent) if is_json else sent or None
            reply = self._change(self._pass, handler.command, path, payload)
        document = reply.document
        body = document if isinstance(document, bytes) else b"" if document is None else json.dumps(document).encode()
        handler.send_response(reply.status)
        if reply.status != 204:
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _pass(self, method: str, path: str, payload: t.Any) -> Reply:
        headers = {"X-Api-Key": self._simulator.key}
        sent = {"data": payload} if isinstance(payload, bytes) else {"json": payload}
        headers |= {"Content-Type": "image/png"} if isinstance(payload, bytes) else {}
        answer = self._session.request(method, self._simulator.url + path, headers=headers, timeout=30, **sent)
        is_json = "json" in answer.headers.get("Content-Type", "")
        return Reply(answer.status_code, answer.json() if is_json else answer.content or None)
