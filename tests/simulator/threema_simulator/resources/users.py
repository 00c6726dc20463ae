# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users: the Threema IDs of the subscription (contract 5)."""

from __future__ import annotations

import random
import string
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

from ..errors import existing
from ..listing import listed
from ..render import Json, Renderer
from ..reply import Call, Reply, removed
from ..resource import Number, Resource
from ..state import State, Store
from .credentials import Credential, Credentials, username_matches
from .subscription import Subscription


@dataclass(slots=True)
class User:
    """A Threema ID in the subscription."""

    id: str
    credential_id: str
    nickname: str = ""
    first_name: str = ""
    last_name: str = ""
    csi: str = ""
    category: str = ""
    job_title: str = ""
    department: str = ""
    version: str = ""
    last_check: str | None = None
    created_at: str = ""

    def as_dict(self) -> dict[str, Any]:
        """With the names that this project uses."""
        answer = asdict(self)
        answer["threema_id"] = answer.pop("id")
        return answer


def new_threema_id(source: random.Random) -> str:
    """Eight characters A-Z0-9, beginning with a letter so that spreadsheets leave it alone."""
    return source.choice(string.ascii_uppercase) + "".join(source.choices(string.ascii_uppercase + string.digits, k=7))


class Users(Store):
    """All users, and the IDs that were users and never will be again. Only the app makes users (see phone.py)."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.items: dict[str, User] = {}
        self.revoked: set[str] = set()

    def one(self, threema_id: str) -> User:
        """The user, or 404."""
        return existing(self.items, threema_id, "User")

    def add(self, user: User, credential: Credential) -> None:
        """A Threema ID appears in the subscription."""
        self.items[user.id] = user
        self.state.of(Credentials).link(credential, user.id)
        self._count()

    def move(self, user: User, credential: Credential) -> None:
        """The ID was activated with another credential: the link moves (contract 5.2)."""
        self.state.of(Credentials).unlink(user.credential_id, user.id, ended=False)
        user.credential_id = credential.id
        self.state.of(Credentials).link(credential, user.id)

    def detach(self, threema_id: str) -> None:
        """Off the list, and the lock is free; the next use of a valid credential brings it back (contract 5.3)."""
        user = self.one(threema_id)
        self.state.of(Credentials).unlink(user.credential_id, user.id, ended=True)
        del self.items[threema_id]
        self._count()

    def revoke(self, threema_id: str) -> None:
        """As detached, but it never comes back (contract 5.3)."""
        self.detach(threema_id)
        self.revoked.add(threema_id)

    def _count(self) -> None:
        self.state.of(Subscription).licenses.by_users = len(self.items)

    def snapshot(self) -> dict[str, Any]:
        """All users, and what was revoked."""
        return {"users": [user.as_dict() for user in self.items.values()], "revoked": sorted(self.revoked)}


def _credential_link(render: Renderer, credential: Credential) -> list[dict[str, str]]:
    """The link of a user to its credential, or one that leads to no credential (contract 1, link encoding)."""
    choice = render.switches["credential-link"]
    if choice == "missing":
        return []
    id_ = quote(credential.id.swapcase(), safe="") if choice == "other-case" else credential.quoted_id
    if choice == "twice-encoded":
        id_ = quote(id_, safe="")
    behind = {"detail": "/detail", "fragment": "#y"}.get(choice, "")
    return [render.observed_link("credential", f"/credentials/{id_}{behind}")]


def _written(render: Renderer, user: User, credential: Credential | None, *, detail: bool) -> Json:
    """A user; the link of a deleted credential is missing or leads nowhere (contract 4.5)."""
    links = [render.observed_link("detail", "/users/" + user.id)]
    if detail:
        links.append(render.observed_link("subscription", ""))
    if credential is not None:
        links += _credential_link(render, credential)
    elif render.switches["orphan-link"] == "dangling":
        links.append(render.observed_link("credential", "/credentials/" + quote(user.credential_id, safe="")))
    fields: Json = {
        "nickname": user.nickname,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "csi": user.csi,
        "category": user.category,
        "jobTitle": user.job_title,
        "department": user.department,
        "version": user.version,
        "lastCheck": user.last_check,
        "createdAt": user.created_at,
    }
    unset = render.switches["unset-user-fields"]
    if unset == "null":
        fields = {name: value or None for name, value in fields.items()}
    elif unset == "missing":
        fields = {name: value for name, value in fields.items() if value}
    return render.done({"_links": links, "id": user.id, **fields})


def _matches(call: Call, user: User, credential: Credential | None) -> bool:
    wanted = call.query.get("filterCredential", "")
    if wanted and (credential is None or credential.id != wanted):
        return False
    if call.query.get("filterUsername") and not username_matches(call, credential.username if credential else ""):
        return False
    query = call.query.get("filterQuery", "").casefold()
    fields = (user.id, user.nickname, user.first_name, user.last_name, user.csi, user.category)
    return not query or any(query in text.casefold() for text in fields)


def get_users(call: Call) -> Reply:
    """Contract 5.2; an unknown filter value finds nobody."""
    users = call.state.of(Users).items.values()
    credentials = call.state.of(Credentials).items
    found = [user for user in users if _matches(call, user, credentials.get(user.credential_id))]

    def write(user: User) -> Json:
        return _written(call.render, user, credentials.get(user.credential_id), detail=False)

    def name_of(user: User) -> str:
        credential = credentials.get(user.credential_id)
        return credential.username if credential else ""

    return listed(call, "users", found, write, name_of)


def get_user(call: Call) -> Reply:
    """Contract 5.1."""
    user = call.state.of(Users).one(call.path["threemaId"])
    credential = call.state.of(Credentials).items.get(user.credential_id)
    return Reply(200, _written(call.render, user, credential, detail=True))


def delete_user(call: Call) -> Reply:
    """Contract 5.3: revoked for good."""
    return removed(call, lambda: call.state.of(Users).revoke(call.path["threemaId"]))


def detach_user(call: Call) -> Reply:
    """Contract 5.3: comes back with the next use of a valid credential."""
    return removed(call, lambda: call.state.of(Users).detach(call.path["threemaId"]))


RESOURCE = Resource(
    "users",
    Users,
    operations={
        "getUsers": get_users,
        "getUser": get_user,
        "deleteUser": delete_user,
        "detachUser": detach_user,
    },
    numbers=(Number("users", "of which that many are activated, with settings"),),
)
