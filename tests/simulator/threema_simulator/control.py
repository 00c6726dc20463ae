# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoints below /_simulator: not part of the API, without key, neither counted nor recorded."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from functools import wraps
from typing import Any

from aiohttp import web

from .errors import ApiError
from .faults import FaultError
from .models import Contact
from .phone import activate, sync
from .snapshot import snapshot, user_dict
from .switches import SwitchError
from .world import Start, World

_Endpoint = Callable[["Control", Any], Any]
_Handler = Callable[["Control", web.Request], Awaitable[web.Response]]


class ControlError(ValueError):
    """A control request that makes no sense; the message says why."""


def _endpoint(function: _Endpoint) -> _Handler:
    """Reads the JSON, answers JSON, and answers mistakes with a sentence."""

    @wraps(function)
    async def serve(self: Control, request: web.Request) -> web.Response:
        try:
            text = await request.text()
            value = function(self, json.loads(text) if text.strip() else {})
        except ApiError as error:
            return web.json_response({"error": error.text}, status=error.status)
        except (ControlError, FaultError, SwitchError, json.JSONDecodeError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({} if value is None else value)

    return serve


def _object(body: Any, allowed: list[str], required: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise ControlError("the body is an object")
    unknown = sorted(set(body) - set(allowed))
    if unknown:
        raise ControlError(f"unknown keys {', '.join(unknown)}; known are: {', '.join(sorted(allowed))}")
    missing = [name for name in required if name not in body]
    if missing:
        raise ControlError(f"missing: {', '.join(missing)}")
    _check_types(body)
    return {name: value for name, value in body.items() if value is not None or name == "last_check"}


def _list(body: Any) -> list[Any]:
    return body if isinstance(body, list) else [body]


_COUNTS = ("credentials", "users", "contacts", "settings", "licenses", "quota", "quota_used")
_TIMES = ("latency_ms", "jitter_ms")
_TEXTS = ("username", "password", "threema_id", "nickname", "version")


def _check_types(values: dict[str, Any]) -> None:
    """Numbers and texts; a null is as good as not given."""
    for name, value in values.items():
        if value is None:
            continue
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if name in _COUNTS and not (number and isinstance(value, int) and value >= 0):
            raise ControlError(f"{name} is a whole number of at least 0")
        if name in _TIMES and not (number and 0 <= value < 3_600_000):
            raise ControlError(f"{name} is a number from 0 to an hour")
        if name in _TEXTS and not isinstance(value, str):
            raise ControlError(f"{name} is a text")
        if name == "switches" and not isinstance(value, dict):
            raise ControlError("switches is an object")


class Control:
    """The handlers of the control endpoints."""

    def __init__(self, world: World, stop: Callable[[], None]) -> None:
        self._world = world
        self._stop = stop

    def routes(self) -> list[web.RouteDef]:
        """All control endpoints."""
        table = [
            ("GET", "/requests", self.get_requests),
            ("DELETE", "/requests", self.delete_requests),
            ("GET", "/operations", self.get_operations),
            ("GET", "/state", self.get_state),
            ("POST", "/reset", self.reset),
            ("GET", "/faults", self.get_faults),
            ("POST", "/faults", self.add_faults),
            ("DELETE", "/faults", self.delete_faults),
            ("GET", "/settings", self.get_settings),
            ("PUT", "/settings", self.change_settings),
            ("POST", "/activate", self.activate),
            ("POST", "/sync", self.sync),
            ("POST", "/password", self.check_password),
            ("POST", "/credentials", self.add_credentials),
            ("POST", "/contacts", self.add_contacts),
            ("POST", "/shutdown", self.shutdown),
        ]
        return [web.route(method, "/_simulator" + path, handler) for method, path, handler in table]

    def refusal(self, status: int) -> web.Response:
        """An unknown control endpoint."""
        return web.json_response({"error": "no such control endpoint"}, status=status)

    async def get_requests(self, request: web.Request) -> web.Response:
        """What was received, oldest first; ?since=N leaves out the first N."""
        since = request.query.get("since", "0")
        start = int(since) if since.isdigit() else 0
        return web.json_response([entry.as_dict() for entry in self._world.recorder.entries[start:]])

    @_endpoint
    def delete_requests(self, _body: Any) -> None:
        """Forget what was received."""
        self._world.recorder.clear()

    @_endpoint
    def get_operations(self, _body: Any) -> list[str]:
        """The operations of the OpenAPI document that were carried out since the start."""
        return self._world.recorder.operations()

    @_endpoint
    def get_state(self, _body: Any) -> dict[str, Any]:
        """Everything, passwords included."""
        return snapshot(self._world)

    @_endpoint
    def reset(self, body: Any) -> dict[str, Any]:
        """A fresh state; what is not given is as at the start of the process, switches included."""
        known = [item.name for item in fields(Start)]
        changes = _object(body, known)
        begin = self._world.first_start
        changes["switches"] = {**begin.switches, **changes.get("switches", {})}
        self._world.begin(replace(begin, **changes))
        return self._settings()

    @_endpoint
    def get_faults(self, _body: Any) -> list[dict[str, Any]]:
        """The faults, with how often each was seen and used."""
        return self._world.faults.as_list()

    @_endpoint
    def add_faults(self, body: Any) -> list[dict[str, Any]]:
        """One fault or a list of them."""
        self._world.faults.add(body)
        return self._world.faults.as_list()

    @_endpoint
    def delete_faults(self, _body: Any) -> None:
        """No more faults."""
        self._world.faults.clear()

    def _settings(self) -> dict[str, Any]:
        world = self._world
        return {
            "switches": world.switches.as_dict(),
            "quota": world.quota.limit,
            "quota_used": world.quota.used,
            "licenses": world.subscription.licenses,
            "licenses_free": world.subscription.free_licenses,
            "directory": world.subscription.directory,
            "latency_ms": world.latency_ms,
            "jitter_ms": world.jitter_ms,
        }

    @_endpoint
    def get_settings(self, _body: Any) -> dict[str, Any]:
        """What can be changed while it runs."""
        return self._settings()

    @_endpoint
    def change_settings(self, body: Any) -> dict[str, Any]:
        """Switches, quota, licenses, latency; what is not given stays."""
        names = ["switches", "quota", "quota_used", "licenses", "directory", "latency_ms", "jitter_ms"]
        changes = _object(body, names)
        world = self._world
        world.switches.update(changes.get("switches", {}))
        world.subscription.reindex()
        world.quota.limit = changes.get("quota", world.quota.limit)
        world.quota.used = changes.get("quota_used", world.quota.used)
        world.subscription.licenses = changes.get("licenses", world.subscription.licenses)
        world.subscription.directory = bool(changes.get("directory", world.subscription.directory))
        world.latency_ms = changes.get("latency_ms", world.latency_ms)
        world.jitter_ms = changes.get("jitter_ms", world.jitter_ms)
        return self._settings()

    @_endpoint
    def activate(self, body: Any) -> dict[str, Any]:
        """Plays the app: type a credential into it; with threema_id, restore that ID."""
        order = _object(body, ["username", "password", "threema_id"], ("username", "password"))
        user = activate(self._world.subscription, order["username"], order["password"], order.get("threema_id"))
        return user_dict(user)

    @_endpoint
    def sync(self, body: Any) -> dict[str, Any]:
        """Plays the app: the daily check."""
        order = _object(body, ["threema_id", "nickname", "version", "last_check"], ("threema_id",))
        return user_dict(sync(self._world.subscription, order["threema_id"], order))

    @_endpoint
    def check_password(self, body: Any) -> dict[str, bool]:
        """Whether this is the password, also of a hashed one."""
        order = _object(body, ["username", "password"], ("username", "password"))
        credential = self._world.subscription.find_username(order["username"])
        return {"ok": credential is not None and credential.password.matches(order["password"])}

    @_endpoint
    def add_credentials(self, body: Any) -> list[dict[str, Any]]:
        """Credentials as they are, with settings that are not checked."""
        names = ["username", "password", "hashed", "locked", "license_count"]
        made = []
        for item in _list(body):
            settings = item.pop("settings", None) if isinstance(item, dict) else None
            if not isinstance(settings, (dict, type(None))):
                raise ControlError("settings is an object")
            order = _object(item, names, ("username", "password"))
            credential = self._world.subscription.add_credential(
                order["username"],
                order["password"],
                hashed=order.get("hashed", False),
                locked=order.get("locked", False),
                license_count=order.get("license_count"),
            )
            credential.settings.update(settings or {})
            made.append({"id": credential.id, "username": credential.username})
        return made

    @_endpoint
    def add_contacts(self, body: Any) -> list[dict[str, Any]]:
        """Contacts as they are; categories by name are made where they do not exist."""
        names = ["threema_id", "type", "first_name", "last_name", "enabled", "directory_enabled", "categories"]
        subscription = self._world.subscription
        made = []
        for item in _list(body):
            order = _object(item, names, ("threema_id",))
            categories = [subscription.add_custom_category(name) for name in order.pop("categories", [])]
            contact = Contact(order.pop("threema_id"), order.pop("type", "custom"), **order)
            contact.category_ids = [category.id for category in categories]
            subscription.add_contact(contact)
            made.append({"threema_id": contact.id, "category_ids": contact.category_ids})
        return made

    @_endpoint
    def shutdown(self, _body: Any) -> None:
        """End the process, as SIGTERM does."""
        self._stop()
