# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a request: recorded, delayed, spoilt, its key checked, counted, validated, carried out."""

from __future__ import annotations

import asyncio
import hmac
import json
import random
import socket
import struct
from typing import Any

from aiohttp import web

from .errors import ApiError
from .faults import Fault
from .recorder import Entry
from .render import Renderer
from .reply import Call, Reply
from .resources import HANDLERS, METHOD_SWITCHES
from .validation import Document, Operation, Violation, refuse
from .world import World

PREFIX = "/api/v1"


def encoded(value: Any) -> bytes:
    """JSON as it goes out."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _response(reply: Reply) -> web.Response:
    data = reply.data if reply.json is None else encoded(reply.json)
    headers = dict(reply.headers)
    if data and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = reply.content_type
    # The body is given as a whole: framework and kernel then send it in one write with the headers.
    return web.Response(status=reply.status, body=data, headers=headers)


class Gate:
    """Answers everything below /api/v1."""

    def __init__(self, world: World, document: Document) -> None:
        self._world = world
        self._document = document
        # Only spreads waiting times.
        self._random = random.Random(0)

    async def answer(self, request: web.Request, operation: Operation | None, status: int) -> web.Response:
        """The answer to a request; without an operation, status says why there is none (404 or 405)."""
        world = self._world
        body = await request.read()
        sent_key = request.headers.get("X-Api-Key", "")
        key_ok = hmac.compare_digest(sent_key.encode("utf-8", "surrogateescape"), world.api_key.encode())
        entry = world.recorder.add(request, body, api_key_ok=key_ok)
        entry.operation = operation.id if operation else None
        await self._wait((world.latency_ms + self._random.random() * world.jitter_ms) / 1000)
        below = entry.path.removeprefix(PREFIX) or "/"
        fault = world.faults.pick(request.method, below)
        if fault is None:
            reply = self._work(request, operation, status, body, key_ok=key_ok)
            entry.status = reply.status
            return _response(reply)
        return await self._spoil(fault, entry, request, operation, status, body)

    async def _wait(self, seconds: float) -> None:
        if seconds > 0:
            await asyncio.sleep(seconds)

    def _work(
        self, request: web.Request, operation: Operation | None, status: int, body: bytes, *, key_ok: bool
    ) -> Reply:
        """Carry the request out. Nothing in here waits, so requests cannot mix."""
        world = self._world
        try:
            if not key_ok:
                raise ApiError(401, "Invalid API key")
            world.quota.take(world.switches)
            self._check_root(request)
            if operation is None:
                raise ApiError(status, "Not found" if status == 404 else "Method not allowed")
            switch = METHOD_SWITCHES.get(operation.id)
            if switch is not None and request.method != world.switches[switch]:
                raise ApiError(405, "Method not allowed")
            return HANDLERS[operation.id](self._checked(request, operation, body))
        except ApiError as error:
            value = None if error.text is None else {world.switches["error-key"]: error.text}
            return Reply(error.status, value, headers=error.headers)

    def _check_root(self, request: web.Request) -> None:
        """Whether both forms of the root answer is unknown (contract 1)."""
        only = self._world.switches["root-path"]
        if (only == "slash" and request.path == PREFIX) or (only == "no-slash" and request.path == PREFIX + "/"):
            raise ApiError(404, "Not found")

    def _checked(self, request: web.Request, operation: Operation, body: bytes) -> Call:
        path = dict(request.match_info)
        query = dict(request.query)
        refuse(
            self._document.violations(operation, path=path, query=query, headers=request.headers, body=body),
            self._tolerated,
        )
        is_json = body and request.content_type == "application/json"
        return Call(
            state=self._world.state,
            render=Renderer(self._world.switches, self._world.base_url),
            path=path,
            query=query,
            body=body,
            json=json.loads(body) if is_json else None,
        )

    def _tolerated(self, violation: Violation) -> bool:
        """What the document demands and a switch lifts."""
        switches = self._world.switches
        if violation.where == "pageSize" or violation.where.startswith("pageSize."):
            return switches["page-size-out-of-range"] == "clamp"
        missing = violation.keyword == "required" and violation.where == "body.directory_enabled"
        return missing and switches["directory-enabled"] == "optional"

    async def _spoil(
        self,
        fault: Fault,
        entry: Entry,
        request: web.Request,
        operation: Operation | None,
        status: int,
        body: bytes,
    ) -> web.Response:
        entry.fault = fault.kind
        reply: Reply | None = None
        if fault.works and fault.after_work:
            reply = self._work(request, operation, status, body, key_ok=entry.api_key_ok)
        if fault.seconds > 0:
            await self._world.faults.wait(fault)
        if fault.works and reply is None:
            reply = self._work(request, operation, status, body, key_ok=entry.api_key_ok)
        if fault.kind in ("drop_before", "drop_after"):
            _drop(request, reset=fault.reset)
            return web.Response()
        if fault.kind == "cut" and reply is not None:
            entry.status = reply.status
            _cut(request, _response(reply), reset=fault.reset)
            return web.Response()
        if fault.kind == "slow" and reply is not None:
            entry.status = reply.status
            return _response(reply)
        spoilt = _spoilt(fault, self._world)
        entry.status = spoilt.status
        return _response(spoilt)


def _spoilt(fault: Fault, world: World) -> Reply:
    """The answer that a fault puts in place of the right one."""
    headers = {str(name): str(value) for name, value in fault.headers.items()}
    reply = Reply(fault.effective_status, headers=headers)
    body = fault.body
    if fault.kind == "empty":
        return reply
    if fault.kind == "not_json" and body is None:
        body = "<html><body>Please log in to the network</body></html>"
    if fault.kind == "redirect":
        reply.headers.setdefault("Location", world.base_url + "/elsewhere")
        return reply
    if fault.kind == "status" and body is None:
        body = {world.switches["error-key"]: "Simulated fault"}
    if fault.kind == "json":
        reply.data = encoded(body)
    elif isinstance(body, str):
        reply.data = body.encode()
        reply.content_type = "text/html"
    else:
        reply.json = body
    return reply


def _drop(request: web.Request, *, reset: bool) -> None:
    """Close the connection without a word: with FIN, or with RST."""
    transport = request.transport
    if transport is None:
        return
    if reset:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            # Lingering for 0 seconds makes the kernel send RST instead of FIN.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _cut(request: web.Request, response: web.Response, *, reset: bool) -> None:
    """Announce the whole body and send half of it."""
    transport = request.transport
    if transport is None:
        return
    body = response.body if isinstance(response.body, bytes) else b""
    lines = [f"HTTP/1.1 {response.status} {response.reason}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items() if name.lower() != "content-length"]
    head = "\r\n".join(lines).encode()
    # An answer without a body breaks off in its first line: clients take an end within the headers for their end.
    part = head + b"\r\n\r\n" + body[: len(body) // 2] if body else head[: len("HTTP/1.1")]
    transport.write(part)
    if reset:
        _drop(request, reset=True)
    else:
        transport.close()
