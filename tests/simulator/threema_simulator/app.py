# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes: the operations of the document below /api/v1, the control endpoints below /_simulator."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from .control import Control
from .gate import PREFIX, Gate
from .validation import Document, Operation
from .world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# Bulk writes of 1000 credentials stay far below.
_MAXIMUM_BODY = 64 * 1024 * 1024


def make_app(world: World, stop: Callable[[], None]) -> web.Application:
    """The application; stop is called when a client asks for the end."""
    document = Document()
    gate = Gate(world, document)
    control = Control(world, stop)

    @web.middleware
    async def every_request(request: web.Request, handler: Handler) -> web.StreamResponse:
        # The framework's own 404 and 405 are recorded and counted like every request, and have the API's error body.
        refused = request.match_info.http_exception
        if refused is None:
            return await handler(request)
        if request.path.startswith("/_simulator"):
            return control.refusal(refused.status)
        return await gate.answer(request, None, refused.status)

    app = web.Application(middlewares=[every_request], client_max_size=_MAXIMUM_BODY)
    for operation in document.operations():
        _add(app, gate, operation, operation.method, operation.path)
        if operation.id == "updateLogoByVariant":
            _add(app, gate, operation, "POST", operation.path)
        if operation.path == "/":
            _add(app, gate, operation, operation.method, "")
    app.router.add_routes(control.routes())
    return app


def _add(app: web.Application, gate: Gate, operation: Operation, method: str, path: str) -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        return await gate.answer(request, operation, 200)

    app.router.add_route(method, PREFIX + path, serve)
