# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remembers what was received, for tests."""

from __future__ import annotations

import json
import time
import weakref
from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass(slots=True)
class Entry:
    """One request. The body stays as it came, which is the smallest form; it is read when somebody looks."""

    index: int
    method: str
    path: str
    query: str
    user_agent: str | None
    content_type: str | None
    authorization: bool
    api_key_ok: bool
    body: bytes
    connection: int
    started: float
    status: int | None = None
    fault: str | None = None
    operation: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The form of GET /_simulator/requests."""
        body: Any = None
        if self.body and (self.content_type or "").startswith("application/json"):
            try:
                body = json.loads(self.body)
            except ValueError:
                body = None
        return {
            "index": self.index,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "operation": self.operation,
            "headers": {
                "User-Agent": self.user_agent,
                "Content-Type": self.content_type,
                "Authorization": self.authorization,
            },
            "api_key_ok": self.api_key_ok,
            "body": body,
            "body_length": len(self.body),
            "status": self.status,
            "fault": self.fault,
            "connection": self.connection,
            "started": self.started,
        }


class Recorder:
    """The list of requests and the numbers of connections."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._operations: set[str] = set()
        self._connections: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._last_connection = 0

    def _connection(self, request: web.Request) -> int:
        transport = request.transport
        if transport is None:
            return 0
        if transport not in self._connections:
            self._last_connection += 1
            self._connections[transport] = self._last_connection
        return self._connections[transport]

    def add(self, request: web.Request, body: bytes, *, api_key_ok: bool) -> Entry:
        """Note a request as it arrives; status and fault are filled in when it is answered."""
        path, _separator, query = request.raw_path.partition("?")
        entry = Entry(
            index=len(self.entries),
            method=request.method,
            path=path,
            query=query,
            user_agent=request.headers.get("User-Agent"),
            content_type=request.headers.get("Content-Type"),
            authorization="Authorization" in request.headers,
            api_key_ok=api_key_ok,
            body=body,
            connection=self._connection(request),
            started=time.monotonic(),
        )
        self.entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget the requests; the connections keep their numbers."""
        self._operations.update(self._seen())
        self.entries.clear()

    def operations(self) -> list[str]:
        """The operations that were carried out since the start, whatever was forgotten or reset since."""
        return sorted(self._operations | self._seen())

    def _seen(self) -> set[str]:
        done = (entry for entry in self.entries if entry.status is not None and entry.status < 300)
        return {entry.operation for entry in done if entry.operation is not None}
