# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials: what activates the app (contract 4)."""

from __future__ import annotations

import hashlib
import hmac
import os
import random
import string
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ..catalogue import SettingValue
from ..errors import ApiError, existing
from ..listing import listed
from ..orders import anything, each, mapping, read_order, text
from ..people import person
from ..render import Json, Renderer
from ..reply import Call, Reply, removed
from ..resource import Number, Resource
from ..state import State, Store
from .subscription import Licenses, Subscription

_CHARACTERS = string.ascii_letters + string.digits


class Password:
    """A password, kept in plain text or hashed (contract 4.3, hash)."""

    __slots__ = ("_digest", "_salt", "clear")

    # Few rounds: this protects nobody, it only keeps the text from being read back.
    _ROUNDS = 100

    def __init__(self, plain: str, hashed: bool) -> None:
        self.clear: str | None = None if hashed else plain
        self._salt = os.urandom(8) if hashed else b""
        self._digest = self._hash(plain) if hashed else b""

    def _hash(self, plain: str) -> bytes:
        return hashlib.pbkdf2_hmac("sha256", plain.encode(), self._salt, self._ROUNDS)

    @property
    def hashed(self) -> bool:
        """Whether the text is gone."""
        return self.clear is None

    def matches(self, plain: str) -> bool:
        """What the app's license check does."""
        if self.clear is not None:
            return hmac.compare_digest(self.clear.encode(), plain.encode())
        return hmac.compare_digest(self._digest, self._hash(plain))


@dataclass(slots=True)
class Credential:
    """One credential."""

    id: str
    username: str
    password: Password
    locked: bool
    # None: not said at creation. Then the number of IDs is not limited, which is how unlocked credentials come to
    # several IDs (contract 4.3, 8.1), while it counts as one license.
    license_count: int | None = None
    user_ids: dict[str, None] = field(default_factory=dict)
    # Whether one of its IDs was detached or revoked, and none came since: what a count that lags goes by (contract 9).
    ended: bool = False
    settings: dict[str, SettingValue] = field(default_factory=dict)
    quoted_id: str = ""

    def __post_init__(self) -> None:
        self.quoted_id = quote(self.id, safe="")

    @property
    def usage(self) -> int:
        """Number of Threema IDs linked now (contract 4.1)."""
        return len(self.user_ids)

    @property
    def seats(self) -> int:
        """Licenses this credential takes (contract 8.2)."""
        return max(self.license_count or 1, self.usage)


def _new_id(source: random.Random) -> str:
    """Opaque, with the characters that break a path when they are not encoded (contract 1)."""
    letters = source.choices(_CHARACTERS, k=19)
    letters[source.randrange(1, 9)] = "/"
    letters[source.randrange(10, 18)] = "+"
    return "".join(letters) + "="


class Credentials(Store):
    """All credentials, with usernames that are unique, and no more of them than there are licenses."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.items: dict[str, Credential] = {}
        self._by_username: dict[str, str] = {}

    @property
    def _licenses(self) -> Licenses:
        return self.state.of(Subscription).licenses

    def _username_key(self, username: str) -> str:
        return username.casefold() if self.switches["username-case"] == "insensitive" else username

    def switched(self) -> None:
        """The case of usernames may count now, or count no more."""
        self._by_username = {self._username_key(item.username): item.id for item in self.items.values()}

    def _forget_username(self, credential: Credential) -> None:
        """Unless it is that of another one: two may differ in case only, from before case did not count."""
        key = self._username_key(credential.username)
        if self._by_username.get(key) == credential.id:
            del self._by_username[key]

    def one(self, credential_id: str) -> Credential:
        """The credential, or 404."""
        return existing(self.items, credential_id, "Credential")

    def find_username(self, username: str) -> Credential | None:
        """The credential with this username."""
        found = self._by_username.get(self._username_key(username))
        return None if found is None else self.items[found]

    def add(
        self,
        username: str,
        password: str,
        *,
        hashed: bool = False,
        locked: bool | None = None,
        license_count: int | None = None,
    ) -> Credential:
        """A new one: the username must be unique, and licenses left (contract 4.3 and 8.2)."""
        if self.find_username(username) is not None:
            raise ApiError(400, "Username already in use")
        licenses = self._licenses
        if licenses.free < (license_count or 1):
            raise ApiError(403, "No credential credits left")
        if locked is None:
            locked = self.switches["lock-omitted-on-create"] == "true"
        credential = Credential(_new_id(self.state.random), username, Password(password, hashed), locked, license_count)
        self.items[credential.id] = credential
        self._by_username[self._username_key(username)] = credential.id
        licenses.by_credentials += credential.seats
        return credential

    def replace(
        self, credential_id: str, username: str, password: str, *, hashed: bool | None, locked: bool | None
    ) -> None:
        """Username and password always, the rest may be left out (contract 4.4)."""
        credential = self.one(credential_id)
        other = self.find_username(username)
        if other is not None and other.id != credential_id:
            raise ApiError(int(self.switches["duplicate-username-on-update"]), "Username already in use")
        if hashed is None:
            hashed = credential.password.hashed and self.switches["hash-omitted-on-update"] == "keep"
        if locked is None:
            choice = self.switches["lock-omitted-on-update"]
            locked = credential.locked if choice == "keep" else choice == "true"
        self._forget_username(credential)
        credential.username = username
        credential.password = Password(password, hashed)
        credential.locked = locked
        self._by_username[self._username_key(username)] = credential.id

    def delete(self, credential_id: str) -> None:
        """The users stay, without a resolvable credential; the settings go (contract 4.5)."""
        credential = self.one(credential_id)
        self._licenses.by_credentials -= credential.seats
        self._forget_username(credential)
        del self.items[credential_id]

    def link(self, credential: Credential, threema_id: str) -> None:
        """A Threema ID uses it from now on."""
        self._licenses.by_credentials -= credential.seats
        credential.user_ids[threema_id] = None
        credential.ended = False
        self._licenses.by_credentials += credential.seats

    def unlink(self, credential_id: str, threema_id: str, *, ended: bool) -> None:
        """A Threema ID uses it no more; ended: because it was detached or revoked."""
        credential = self.items.get(credential_id)
        if credential is None:
            return
        self._licenses.by_credentials -= credential.seats
        credential.user_ids.pop(threema_id, None)
        credential.ended = credential.ended or ended
        self._licenses.by_credentials += credential.seats

    def fill(self) -> None:
        """So many credentials as are asked for, and at least as many as users."""
        numbers = self.state.start.numbers
        # A sequence of their own, so that the identifiers do not depend on the passwords.
        source = random.Random(10)
        for number in range(max(numbers.get("credentials", 0), numbers.get("users", 0))):
            # As administrators hand them out: ten letters and digits (contract 4.3).
            self.add(person(number).username, "".join(source.choices(_CHARACTERS, k=10)))

    def snapshot(self) -> dict[str, Any]:
        """All of them, with passwords and settings."""
        return {
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
                for item in self.items.values()
            ]
        }


def _written(render: Renderer, credential: Credential, *, detail: bool) -> Json:
    """List items carry the detail link only (contract 4.1)."""
    links = [render.link("detail", "/credentials/" + credential.quoted_id)]
    if detail:
        links.append(render.link("subscription"))
    lagging = credential.ended and render.switches["usage-count"] == "lagging"
    return render.done(
        {
            "_links": links,
            "id": credential.id,
            "username": credential.username,
            "password": credential.password.clear,
            "usage": credential.usage + lagging,
            "hashed": credential.password.hashed,
            "locked": credential.locked,
        }
    )


def username_matches(call: Call, username: str) -> bool:
    """filterUsername, whose manner is a switch (contract 4.2)."""
    wanted = call.query.get("filterUsername", "")
    manner = call.switches["filter-username"]
    if not wanted or manner == "ignored":
        return True
    if manner == "substring":
        return wanted.casefold() in username.casefold()
    return wanted == username


def get_credentials(call: Call) -> Reply:
    """Contract 4.1 and 4.2."""
    found = [item for item in call.state.of(Credentials).items.values() if username_matches(call, item.username)]

    def write(credential: Credential) -> Json:
        return _written(call.render, credential, detail=False)

    return listed(call, "credentials", found, write, lambda item: item.username)


def create_credential(call: Call) -> Reply:
    """Contract 4.3."""
    body = call.json
    credential = call.state.of(Credentials).add(
        body["username"],
        body["password"],
        hashed=body.get("hash", False),
        locked=body.get("lock"),
        license_count=body.get("licenseCount"),
    )
    location = f"{call.render.base}/credentials/{credential.quoted_id}"
    return Reply(201, _written(call.render, credential, detail=True), headers={"Location": location})


def get_credential(call: Call) -> Reply:
    """Contract 4.1."""
    return Reply(200, _written(call.render, call.state.of(Credentials).one(call.path["id"]), detail=True))


def update_credential(call: Call) -> Reply:
    """Contract 4.4; an extra id or licenseCount in the body is ignored."""
    body = call.json
    call.state.of(Credentials).replace(
        call.path["id"], body["username"], body["password"], hashed=body.get("hash"), locked=body.get("lock")
    )
    return Reply()


def delete_credential(call: Call) -> Reply:
    """Contract 4.5."""
    return removed(call, lambda: call.state.of(Credentials).delete(call.path["id"]))


def add_credentials(state: State, body: Any) -> list[dict[str, Any]]:
    """Credentials as they are, with settings that are not checked."""
    unchecked = dict.fromkeys(("hashed", "locked", "license_count"), anything)
    checks = {"username": text, "password": text, "settings": mapping, **unchecked}
    made = []
    for item in each(body):
        order = read_order(item, checks, ("username", "password"))
        credential = state.of(Credentials).add(
            order["username"],
            order["password"],
            hashed=order.get("hashed", False),
            locked=order.get("locked", False),
            license_count=order.get("license_count"),
        )
        credential.settings.update(order.get("settings", {}))
        made.append({"id": credential.id, "username": credential.username})
    return made


def check_password(state: State, body: Any) -> dict[str, bool]:
    """Whether this is the password, also of a hashed one."""
    order = read_order(body, {"username": text, "password": text}, ("username", "password"))
    credential = state.of(Credentials).find_username(order["username"])
    return {"ok": credential is not None and credential.password.matches(order["password"])}


RESOURCE = Resource(
    "credentials",
    Credentials,
    operations={
        "getCredentials": get_credentials,
        "createCredential": create_credential,
        "getCredential": get_credential,
        "updateCredential": update_credential,
        "deleteCredential": delete_credential,
    },
    control={"/credentials": add_credentials, "/password": check_password},
    numbers=(Number("credentials", "start with that many credentials"),),
)
