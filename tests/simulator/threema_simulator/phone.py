# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays the app: activation and synchronization (contract 8.1). Not part of the API."""

from __future__ import annotations

from typing import Any

from .catalogue import EXTERNAL_ONLY
from .errors import ApiError
from .models import Credential, Device, SettingValue, User, timestamp
from .state import Subscription

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


def _licence_check(subscription: Subscription, username: str, password: str) -> Credential:
    credential = subscription.find_username(username)
    if credential is None or not credential.password.matches(password):
        raise ApiError(401, "Invalid username or password")
    return credential


def _join(subscription: Subscription, credential: Credential, threema_id: str) -> User:
    """Link the ID with the credential, making the user where there is none (contract 8.1, 2)."""
    if threema_id in subscription.revoked:
        raise ApiError(403, "This Threema ID has been revoked")
    if threema_id not in credential.user_ids:
        if credential.locked and credential.user_ids:
            raise ApiError(403, "The credential is locked to another Threema ID")
        if credential.license_count is not None and credential.usage >= credential.license_count:
            raise ApiError(403, "All licenses of the credential are in use")
    user = subscription.users.get(threema_id)
    if user is None:
        now = timestamp()
        user = User(threema_id, credential.id, version=DEFAULT_VERSION, last_check=now, created_at=now)
        subscription.add_user(user)
    elif user.credential_id != credential.id:
        subscription.move_user(user, credential)
    return user


def activate(subscription: Subscription, username: str, password: str, threema_id: str | None = None) -> User:
    """Somebody types the credential into the app; with an ID, it is restored from a backup."""
    credential = _licence_check(subscription, username, password)
    while threema_id is None:
        candidate = subscription.ids.threema()
        if candidate not in subscription.users and candidate not in subscription.contacts:
            threema_id = candidate
    user = _join(subscription, credential, threema_id)
    subscription.devices[threema_id] = Device(username, password)
    return user


def _merged(subscription: Subscription, credential: Credential) -> dict[str, SettingValue]:
    """The individual value wins; the apps drop the five external ones (contract 7)."""
    merged = {**subscription.settings, **credential.settings}
    return {name: value for name, value in merged.items() if name not in EXTERNAL_ONLY}


def sync(subscription: Subscription, threema_id: str, fields: dict[str, Any]) -> User:
    """
    The app's daily check: it presents what was typed into it (so that a changed password locks it out, contract 4.4),
    a detached ID comes back (contract 5.3), the settings are applied and reported (contract 8.1, 3).
    """
    device = subscription.devices.get(threema_id)
    if device is None:
        raise ApiError(404, "No device with this Threema ID")
    credential = _licence_check(subscription, device.username, device.password)
    user = _join(subscription, credential, threema_id)
    settings = _merged(subscription, credential)
    for name, attribute in _REPORTED.items():
        value = settings.get(name, "")
        setattr(user, attribute, value if isinstance(value, str) else "")
    user.nickname = fields.get("nickname") or user.nickname or str(settings.get("th_nickname", ""))
    user.version = fields.get("version") or user.version
    # An explicit null means: never checked.
    user.last_check = fields["last_check"] if "last_check" in fields else timestamp()
    contact = subscription.contacts.get(threema_id)
    if contact is not None and contact.type == "auto":
        contact.first_name = contact.first_name or user.first_name or None
        contact.last_name = contact.last_name or user.last_name or None
    return user
