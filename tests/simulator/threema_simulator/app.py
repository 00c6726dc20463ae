# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes: the operations of the document below /api/v1, the control endpoints below /_simulator."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from .control import Control
from .gate import PREFIX, Gate
from .resource import check_served
from .resources import METHOD_SWITCHES, RESOURCES
from .switches import SWITCHES
from .validation import Document, Operation
from .world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# Bulk writes of 1000 credentials stay far below.
_MAXIMUM_BODY = 64 * 1024 * 1024


def make_app(world: World, document: Document, stop: Callable[[], None]) -> web.Application:
    """
    The application; stop is called when a client asks for the end. ResourceError when the resources do not serve what
    the document describes.
    """
    check_served(RESOURCES, (operation.id for operation in document.operations()))
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
        for method in _methods(operation):
            _add(app, gate, operation, method, operation.path)
        if operation.path == "/":
            _add(app, gate, operation, operation.method, "")
    app.router.add_routes(control.routes())
    return app


def _methods(operation: Operation) -> tuple[str, ...]:
    """The methods that lead to an operation; where a switch decides, the gate turns away all but one."""
    switch = METHOD_SWITCHES.get(operation.id)
    return (operation.method,) if switch is None else SWITCHES[switch].values


def _add(app: web.Application, gate: Gate, operation: Operation, method: str, path: str) -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        return await gate.answer(request, operation, 200)

    app.router.add_route(method, PREFIX + path, serve)
