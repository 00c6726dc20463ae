# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects a subscription consists of; plain data, no rules."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

SettingValue = str | int | bool

# The samples of the documentation carry Central European time (contract 1).
_ZONE = timezone(timedelta(hours=1))


def timestamp(moment: datetime | None = None) -> str:
    """A date-time as the API writes it: numeric offset without colon (contract 1)."""
    return (moment or datetime.now(_ZONE)).astimezone(_ZONE).strftime("%Y-%m-%dT%H:%M:%S%z")


class Password:
    """A password, kept in clear or one-way (contract 4.3, hash)."""

    __slots__ = ("_digest", "_salt", "clear")

    # Few rounds: this protects nobody, it only keeps the text from being read back.
    _ROUNDS = 100

    def __init__(self, text: str, hashed: bool) -> None:
        self.clear: str | None = None if hashed else text
        self._salt = os.urandom(8) if hashed else b""
        self._digest = self._hash(text) if hashed else b""

    def _hash(self, text: str) -> bytes:
        return hashlib.pbkdf2_hmac("sha256", text.encode(), self._salt, self._ROUNDS)

    @property
    def hashed(self) -> bool:
        """Whether the text is gone."""
        return self.clear is None

    def matches(self, text: str) -> bool:
        """What the app's license check does."""
        if self.clear is not None:
            return hmac.compare_digest(self.clear.encode(), text.encode())
        return hmac.compare_digest(self._digest, self._hash(text))


@dataclass(slots=True)
class Credential:
    """What activates the app (contract 4)."""

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


@dataclass(slots=True)
class User:
    """A Threema ID in the subscription (contract 5)."""

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


@dataclass(slots=True)
class Device:
    """An installed app: it presents what was typed into it at each check (contract 4.4)."""

    username: str
    password: str


@dataclass(slots=True)
class Contact:
    """An entry of the contact list (contract 6)."""

    id: str
    type: str
    first_name: str | None = None
    last_name: str | None = None
    enabled: bool = True
    directory_enabled: bool = True
    category_ids: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Category:
    """A category of the Directory feature (contract 6.6)."""

    id: str
    name: str
    source: str
    enabled: bool = True
