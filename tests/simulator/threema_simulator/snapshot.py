# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole state as JSON, for tests to look at."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import asdict
from typing import Any

from .models import User
from .world import World


def user_dict(user: User) -> dict[str, Any]:
    """A user with the names this project uses."""
    answer = asdict(user)
    answer["threema_id"] = answer.pop("id")
    return answer


def snapshot(world: World) -> dict[str, Any]:
    """Everything, passwords included."""
    subscription = world.subscription
    contacts = []
    for contact in subscription.contacts.values():
        item = asdict(contact)
        item["threema_id"] = item.pop("id")
        contacts.append(item)
    return {
        "subscription": {"id": subscription.id, "name": subscription.name},
        "credentials": [
            {
                "id": item.id,
                "username": item.username,
                "password": item.password.clear,
                "hashed": item.password.hashed,
                "locked": item.locked,
                "license_count": item.license_count,
                "usage": item.usage,
                "users": list(item.user_ids),
                "settings": item.settings,
            }
            for item in subscription.credentials.values()
        ],
        "users": [user_dict(user) for user in subscription.users.values()],
        "contacts": contacts,
        "categories": [asdict(item) for item in subscription.custom_categories.values()],
        "settings": subscription.settings,
        "logos": {
            variant: {
                "size": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "content": base64.b64encode(data).decode(),
            }
            for variant, data in subscription.logos.items()
        },
        "devices": {threema_id: asdict(device) for threema_id, device in subscription.devices.items()},
        "revoked": sorted(subscription.revoked),
        "switches": world.switches.as_dict(),
        "quota": {"limit": world.quota.limit, "used": world.quota.used},
        "licenses": {"bought": subscription.licenses, "free": subscription.free_licenses},
        "latency_ms": world.latency_ms,
        "requests": len(world.recorder.entries),
    }
