# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listens, says so, and ends cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import ssl
from collections.abc import Callable

from aiohttp import web

from .app import make_app
from .gate import PREFIX
from .world import World

# Running requests get this long to end; idle connections are closed at once.
_PATIENCE = 0.2


async def serve(
    world: World, host: str, port: int, context: ssl.SSLContext | None, announce: Callable[[], None]
) -> None:
    """Serve until SIGINT, SIGTERM or the control endpoint ends it."""
    ended = asyncio.Event()
    runner = web.AppRunner(
        make_app(world, ended.set), access_log=None, handle_signals=False, shutdown_timeout=_PATIENCE
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, ssl_context=context, backlog=1024)
        await site.start()
        real_port = runner.addresses[0][1]
        scheme = "https" if context else "http"
        name = f"[{host}]" if ":" in host else host
        world.base_url = f"{scheme}://{name}:{real_port}{PREFIX}"
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            # Not possible outside the main thread, where tests may run it.
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, ended.set)
        announce()
        await ended.wait()
    finally:
        await runner.cleanup()
