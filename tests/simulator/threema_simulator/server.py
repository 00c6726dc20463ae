# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listens, says so, and ends cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import ssl
from collections.abc import Callable, Sequence

from aiohttp import web

from .app import make_app
from .gate import PREFIX
from .validation import Document
from .world import World

# Running requests get this long to end; idle connections are closed at once.
_PATIENCE = 0.2


async def serve(
    worlds: Sequence[World], host: str, port: int, context: ssl.SSLContext | None, announce: Callable[[], None]
) -> None:
    """
    Serve each world on a port of its own, the first on the given one and the others on those after it (any free ones
    for 0), until SIGINT, SIGTERM or the control endpoint of one of them ends all.
    """
    ended = asyncio.Event()
    document = Document()
    async with contextlib.AsyncExitStack() as running:
        for number, world in enumerate(worlds):
            runner = web.AppRunner(
                make_app(world, document, ended.set), access_log=None, handle_signals=False, shutdown_timeout=_PATIENCE
            )
            running.push_async_callback(runner.cleanup)
            await runner.setup()
            site = web.TCPSite(runner, host, port + number if port else 0, ssl_context=context, backlog=1024)
            await site.start()
            scheme = "https" if context else "http"
            name = f"[{host}]" if ":" in host else host
            world.base_url = f"{scheme}://{name}:{runner.addresses[0][1]}{PREFIX}"
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            # Not possible outside the main thread, where tests may run it.
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, ended.set)
        announce()
        await ended.wait()
