# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The subscription itself, and its licenses (contract 3 and 8.2)."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import Any

from ..render import Json
from ..reply import Call, Reply
from ..resource import Resource
from ..state import State, Store


@dataclass
class Licenses:
    """How many were bought, and how many are taken; whoever takes them keeps the number up to date."""

    bought: int
    by_credentials: int = 0
    by_users: int = 0

    @property
    def free(self) -> int:
        """Bought minus what credentials and users take, whichever is more (contract 8.2)."""
        return self.bought - max(self.by_credentials, self.by_users)


class Subscription(Store):
    """What is known of the customer."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        # Exactly ten characters (contract 3).
        self.id = "".join(state.random.choices(string.ascii_uppercase + string.digits, k=10))
        self.name = "Example Ltd"
        self.type = "professional"
        self.valid_until = "2099-12-31T23:59:59+0100"
        self.licenses = Licenses(state.start.licenses)
        self.directory = state.start.directory

    def snapshot(self) -> dict[str, Any]:
        """Name and licenses."""
        return {
            "subscription": {"id": self.id, "name": self.name},
            "licenses": {"bought": self.licenses.bought, "free": self.licenses.free},
        }


def get_subscription(call: Call) -> Reply:
    """Contract 3."""
    subscription = call.state.of(Subscription)
    links = [call.render.link("detail")]
    links += [call.render.link(name, "/" + name) for name in ("credentials", "users", "contacts")]
    answer: Json = {
        "_links": links,
        "id": subscription.id,
        "name": subscription.name,
        "validUntil": subscription.valid_until,
        "type": subscription.type,
        "licenseAmount": subscription.licenses.bought,
    }
    return Reply(200, call.render.done(answer))


def update_subscription(call: Call) -> Reply:
    """Contract 3: the name only."""
    call.state.of(Subscription).name = call.json["name"]
    return Reply()


RESOURCE = Resource(
    "subscription",
    Subscription,
    operations={"getSubscription": get_subscription, "updateSubscription": update_subscription},
)
