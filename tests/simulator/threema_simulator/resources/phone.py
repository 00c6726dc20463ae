# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays the app: activation and synchronization (contract 8.1). No resource of the API, but where users come from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from ..catalogue import EXTERNAL_ONLY, SettingValue
from ..errors import ApiError
from ..orders import anything, read_order, text
from ..resource import Resource
from ..state import State, Store
from ..timestamps import timestamp
from .contacts import Contacts
from .credentials import Credential, Credentials
from .settings import Settings
from .users import User, Users, new_threema_id

DEFAULT_VERSION = "android - 6.1k"

# What the device reports from the settings it has applied (contract 5.1).
_REPORTED = {
    "th_firstname": "first_name",
    "th_lastname": "last_name",
    "th_csi": "csi",
    "th_category": "category",
    "th_job_title": "job_title",
    "th_department": "department",
}


@dataclass(slots=True)
class Device:
    """An installed app: it presents what was typed into it at each check (contract 4.4)."""

    username: str
    password: str


class Phones(Store):
    """The devices by the Threema ID on them."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._devices: dict[str, Device] = {}

    def _device(self, threema_id: str) -> Device | None:
        """What the ID is on; a revoked one is on nothing."""
        return None if threema_id in self.state.of(Users).revoked else self._devices.get(threema_id)

    def activate(self, username: str, password: str, threema_id: str | None = None) -> User:
        """Somebody types the credential into the app; with an ID, it is restored from a backup."""
        credential = self._license_check(username, password)
        user = self._join(credential, self._new_id() if threema_id is None else threema_id)
        self._devices[user.id] = Device(username, password)
        return user

    def sync(self, threema_id: str, fields: dict[str, Any]) -> User:
        """
        The app's daily check: it presents what was typed into it (so that a changed password locks it out, contract
        4.4), a detached ID comes back (contract 5.3), the settings are applied and reported (contract 8.1, 3).
        """
        device = self._device(threema_id)
        if device is None:
            raise ApiError(404, "No device with this Threema ID")
        credential = self._license_check(device.username, device.password)
        user = self._join(credential, threema_id)
        _report(user, self._merged(credential), fields)
        self.state.of(Contacts).name_automatic(threema_id, user.first_name, user.last_name)
        return user

    def _license_check(self, username: str, password: str) -> Credential:
        credential = self.state.of(Credentials).find_username(username)
        if credential is None or not credential.password.matches(password):
            raise ApiError(401, "Invalid username or password")
        return credential

    def _new_id(self) -> str:
        """An ID that nobody has."""
        users, contacts = self.state.of(Users).items, self.state.of(Contacts).items
        while True:
            candidate = new_threema_id(self.state.random)
            if candidate not in users and candidate not in contacts:
                return candidate

    def _join(self, credential: Credential, threema_id: str) -> User:
        """Link the ID with the credential, adding the user where there is none (contract 8.1, 2)."""
        users = self.state.of(Users)
        if threema_id in users.revoked:
            raise ApiError(403, "This Threema ID has been revoked")
        if threema_id not in credential.user_ids:
            if credential.locked and credential.user_ids:
                raise ApiError(403, "The credential is locked to another Threema ID")
            if credential.license_count is not None and credential.usage >= credential.license_count:
                raise ApiError(403, "All licenses of the credential are in use")
        user = users.items.get(threema_id)
        if user is None:
            now = timestamp()
            user = User(threema_id, credential.id, version=DEFAULT_VERSION, last_check=now, created_at=now)
            users.add(user, credential)
            self.state.of(Contacts).add_automatic(threema_id)
        elif user.credential_id != credential.id:
            users.move(user, credential)
        return user

    def _merged(self, credential: Credential) -> dict[str, SettingValue]:
        """The individual value takes precedence; the apps drop the five external ones (contract 7)."""
        merged = {**self.state.of(Settings).values, **credential.settings}
        return {name: value for name, value in merged.items() if name not in EXTERNAL_ONLY}

    def fill(self) -> None:
        """So many credentials are activated, and have synchronized."""
        amount = self.state.start.numbers.get("users", 0)
        for credential in islice(self.state.of(Credentials).items.values(), amount):
            user = self.activate(credential.username, credential.password.clear or "")
            self.sync(user.id, {"nickname": str(credential.settings.get("th_firstname", ""))})

    def snapshot(self) -> dict[str, Any]:
        """What was typed into each."""
        revoked = self.state.of(Users).revoked
        devices = {name: asdict(device) for name, device in self._devices.items() if name not in revoked}
        return {"devices": devices}


def _report(user: User, settings: dict[str, SettingValue], fields: dict[str, Any]) -> None:
    """What the service learns at a check; the fields of the order take precedence over what the settings say."""
    for name, attribute in _REPORTED.items():
        value = settings.get(name, "")
        setattr(user, attribute, value if isinstance(value, str) else "")
    user.nickname = fields.get("nickname") or user.nickname or str(settings.get("th_nickname", ""))
    user.version = fields.get("version") or user.version
    # An explicit null means: never checked.
    user.last_check = fields["last_check"] if "last_check" in fields else timestamp()


def activate(state: State, body: Any) -> dict[str, Any]:
    """Type a credential into the app; with threema_id, restore that ID."""
    checks = {"username": text, "password": text, "threema_id": text}
    order = read_order(body, checks, ("username", "password"))
    return state.of(Phones).activate(order["username"], order["password"], order.get("threema_id")).as_dict()


def sync(state: State, body: Any) -> dict[str, Any]:
    """The daily check."""
    checks = {"threema_id": text, "nickname": text, "version": text, "last_check": anything}
    order = read_order(body, checks, ("threema_id",))
    if "last_check" in body:
        order["last_check"] = body["last_check"]
    return state.of(Phones).sync(order["threema_id"], order).as_dict()


RESOURCE = Resource("phone", Phones, control={"/activate": activate, "/sync": sync})
