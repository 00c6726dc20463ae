# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoints below /_simulator: not part of the API, without key, neither counted nor recorded."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiohttp import web

from .errors import ApiError
from .faults import FaultError
from .orders import Check, ControlError, anything, count, mapping, milliseconds, read_order, text
from .resource import Endpoint
from .resources import RESOURCES
from .resources.subscription import Subscription
from .switches import SwitchError
from .world import World

_Handler = Callable[[web.Request], Awaitable[web.Response]]

# What both a reset and a change while it runs take.
_COMMON: dict[str, Check] = {
    "switches": mapping,
    "quota": count,
    "licenses": count,
    "directory": anything,
    "latency_ms": milliseconds,
    "jitter_ms": milliseconds,
}


def _served(function: Callable[[Any], Any]) -> _Handler:
    """Reads the JSON, answers JSON, and answers mistakes with a sentence."""

    async def serve(request: web.Request) -> web.Response:
        try:
            sent = await request.text()
            value = function(json.loads(sent) if sent.strip() else {})
        except ApiError as error:
            return web.json_response({"error": error.text}, status=error.status)
        except (ControlError, FaultError, SwitchError, json.JSONDecodeError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({} if value is None else value)

    return serve


def _name(body: Any) -> str:
    name: str = read_order(body, {"name": text}, required=("name",)).get("name", "")
    return name


class Control:
    """The handlers of the control endpoints."""

    def __init__(self, world: World, stop: Callable[[], None]) -> None:
        self._world = world
        self._stop = stop

    def routes(self) -> list[web.RouteDef]:
        """All control endpoints: those of everything, then those of the resources."""
        table: list[tuple[str, str, Callable[[Any], Any]]] = [
            ("DELETE", "/requests", self.delete_requests),
            ("GET", "/operations", self.get_operations),
            ("GET", "/state", self.get_state),
            ("POST", "/reset", self.reset),
            ("POST", "/keep", self.keep),
            ("POST", "/restore", self.restore),
            ("GET", "/faults", self.get_faults),
            ("POST", "/faults", self.add_faults),
            ("DELETE", "/faults", self.delete_faults),
            ("GET", "/settings", self.get_settings),
            ("PUT", "/settings", self.change_settings),
            ("POST", "/shutdown", self.shutdown),
        ]
        for resource in RESOURCES:
            table += [("POST", path, self._of_resource(endpoint)) for path, endpoint in resource.control.items()]
        routes = [web.route(method, "/_simulator" + path, _served(function)) for method, path, function in table]
        return [web.get("/_simulator/requests", self.get_requests), *routes]

    def _of_resource(self, endpoint: Endpoint) -> Callable[[Any], Any]:
        """With the state of the moment; a reset brings another."""
        return lambda body: endpoint(self._world.state, body)

    def refusal(self, status: int) -> web.Response:
        """An unknown control endpoint."""
        return web.json_response({"error": "no such control endpoint"}, status=status)

    async def get_requests(self, request: web.Request) -> web.Response:
        """What was received, oldest first; ?since=N leaves out the first N."""
        since = request.query.get("since", "0")
        start = int(since) if since.isdigit() else 0
        return web.json_response([entry.as_dict() for entry in self._world.recorder.entries[start:]])

    def delete_requests(self, _body: Any) -> None:
        """Forget what was received."""
        self._world.recorder.clear()

    def get_operations(self, _body: Any) -> list[str]:
        """The operations of the OpenAPI document that were carried out since the start."""
        return self._world.recorder.operations()

    def get_state(self, _body: Any) -> dict[str, Any]:
        """Everything, passwords included."""
        world = self._world
        return {
            **world.state.snapshot(),
            "switches": world.switches.as_dict(),
            "quota": {"limit": world.quota.limit, "used": world.quota.used},
            "latency_ms": world.latency_ms,
            "requests": len(world.recorder.entries),
        }

    def reset(self, body: Any) -> dict[str, Any]:
        """A fresh state; what is not given is as at the start of the process, switches included."""
        names = [number.name for resource in RESOURCES for number in resource.numbers]
        changes = read_order(body, {**_COMMON, "seed": anything, **dict.fromkeys(names, count)})
        begin = self._world.first_start
        given = {name: changes.pop(name) for name in names if name in changes}
        changes["numbers"] = {**begin.numbers, **given}
        changes["switches"] = {**begin.switches, **changes.get("switches", {})}
        self._world.begin(replace(begin, **changes))
        return self._settings()

    def keep(self, body: Any) -> None:
        """Remember the state under a name, for ``restore``."""
        self._world.keep(_name(body))

    def restore(self, body: Any) -> dict[str, Any]:
        """The state that was kept under a name; no faults, an empty log."""
        name = _name(body)
        try:
            self._world.bring_back(name)
        except KeyError:
            raise ControlError(f"nothing is kept under the name {name!r}") from None
        return self._settings()

    def get_faults(self, _body: Any) -> list[dict[str, Any]]:
        """The faults, with how often each was met and used."""
        return self._world.faults.as_list()

    def add_faults(self, body: Any) -> list[dict[str, Any]]:
        """One fault or a list of them."""
        self._world.faults.add(body)
        return self._world.faults.as_list()

    def delete_faults(self, _body: Any) -> None:
        """No more faults; what waits because of one is answered at once."""
        self._world.faults.remove()

    def _settings(self) -> dict[str, Any]:
        world = self._world
        subscription = world.state.of(Subscription)
        return {
            "switches": world.switches.as_dict(),
            "quota": world.quota.limit,
            "quota_used": world.quota.used,
            "licenses": subscription.licenses.bought,
            "licenses_free": subscription.licenses.free,
            "directory": subscription.directory,
            "latency_ms": world.latency_ms,
            "jitter_ms": world.jitter_ms,
        }

    def get_settings(self, _body: Any) -> dict[str, Any]:
        """What can be changed while it runs."""
        return self._settings()

    def change_settings(self, body: Any) -> dict[str, Any]:
        """Switches, quota, licenses, latency; what is not given stays."""
        changes = read_order(body, {**_COMMON, "quota_used": count})
        world = self._world
        subscription = world.state.of(Subscription)
        world.state.switch(changes.get("switches", {}))
        world.quota.limit = changes.get("quota", world.quota.limit)
        world.quota.used = changes.get("quota_used", world.quota.used)
        subscription.licenses.bought = changes.get("licenses", subscription.licenses.bought)
        subscription.directory = bool(changes.get("directory", subscription.directory))
        world.latency_ms = changes.get("latency_ms", world.latency_ms)
        world.jitter_ms = changes.get("jitter_ms", world.jitter_ms)
        return self._settings()

    def shutdown(self, _body: Any) -> None:
        """End the process, as SIGTERM does."""
        self._stop()
