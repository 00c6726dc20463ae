# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that is as careless with secrets as can be: its errors repeat what it was sent."""

from __future__ import annotations

import http.server
import json
import threading
import typing as t
from urllib.parse import quote

import requests


class Mirror:
    """
    Its addresses begin with a status and what it is answered to: ``/400-writes/api/v1`` lets GET through to a simulator
    and answers all other methods with 400, ``/500-all/api/v1`` answers everything with 500. The error repeats headers
    and body.

    :param target: the simulator's URL.
    """

    def __init__(self, target: str) -> None:
        received: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def answer(self) -> None:
                received.append(self.requestline)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                how, _slash, path = self.path[1:].partition("/api/v1")
                status, _hyphen, what = how.partition("-")
                key = self.headers.get("X-Api-Key", "")
                if what == "writes" and self.command == "GET":
                    passed = requests.get(target + path, headers={"X-Api-Key": key}, timeout=30)
                    self.reply(passed.status_code, passed.content)
                    return
                said = f"{body.decode(errors='replace')} {_values(body)} {key} {quote(self.path)}"
                self.reply(int(status), json.dumps({"error": said}).encode())

            def reply(self, status: int, content: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: t.Any) -> None:
                pass

            do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

        #: The first line of each request.
        self.received = received
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def url(self, how: str) -> str:
        """The API's URL for one way to fail."""
        return f"http://127.0.0.1:{self._server.server_port}/{how}/api/v1"

    def __enter__(self) -> Mirror:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _values(body: bytes) -> str:
    """The texts in a JSON body without the marks of JSON, as a service would quote them."""
    try:
        document = json.loads(body)
    except ValueError:
        return ""
    todo, texts = [document], []
    while todo:
        item = todo.pop()
        if isinstance(item, (dict, list)):
            todo.extend(item.values() if isinstance(item, dict) else item)
        else:
            texts.append(str(item))
    return " ".join(texts)
