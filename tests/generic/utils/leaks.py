# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds secrets in texts. What is a secret is said here once more, without asking the collection's own code."""

from __future__ import annotations

import base64
import json
import typing as t
from urllib.parse import quote, quote_plus

from .collection import Json

SECRET_SETTINGS: t.Final = frozenset(
    {
        "th_safe_password",
        "th_license_password",
        "th_safe_server_password",
        "th_id_backup_password",
        "th_id_backup",
    }
)
#: Keys of options, of the simulator's state and of bodies of requests whose values are secrets.
_SECRET_KEYS: t.Final = SECRET_SETTINGS | {"password", "pasword", "api_key"}
_NAME_KEYS: t.Final = frozenset({"username", "new_username", "id", "credential_id", "threema_id"})


def secrets_in(value: t.Any) -> set[str]:
    """All secrets anywhere in options, in the simulator's state or in bodies of requests."""
    found: set[str] = set()
    if isinstance(value, dict):
        if (value.get("name") or value.get("property")) in SECRET_SETTINGS and value.get("value") is not None:
            found.add(str(value["value"]))
        for key, item in value.items():
            if key in _SECRET_KEYS and isinstance(item, (str, int)):
                found.add(str(item))
            else:
                found |= secrets_in(item)
    elif isinstance(value, list):
        for item in value:
            found |= secrets_in(item)
    return {secret for secret in found if secret}


def names_in(value: t.Any) -> set[str]:
    """All usernames and ids anywhere in options or in the simulator's state."""
    found: set[str] = set()
    if isinstance(value, dict):
        for key, item in value.items():
            found |= {item} if key in _NAME_KEYS and isinstance(item, str) else names_in(item)
    elif isinstance(value, list):
        for item in value:
            found |= names_in(item)
    return found


def forms(secret: str) -> set[str]:
    """How a secret may look in an output."""
    inner = json.dumps(secret)[1:-1]
    return {
        secret,
        inner,
        json.dumps(inner)[1:-1],
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        base64.b64encode(secret.encode()).decode().rstrip("="),
    }


class Watch:
    """Collects secrets, and names that may contain one of them, and then looks through texts."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._names: set[str] = set()

    def learn(self, *values: t.Any) -> None:
        """Options, states and requests."""
        for value in values:
            self._secrets |= secrets_in(value)
            self._names |= names_in(value)

    @property
    def secrets(self) -> set[str]:
        """All that it watches for."""
        return set(self._secrets)

    def found_in(self, text: str) -> set[str]:
        """The secrets that occur in a text, other than inside of a username or an id of which they are a part."""
        hiding = {form for name in self._names for form in forms(name) if any(one in name for one in self._secrets)}
        for form in sorted(hiding - self._secrets, key=len, reverse=True):
            text = text.replace(form, "")
        return {secret for secret in self._secrets if any(form in text for form in forms(secret))}


def without_revealed(result: Json) -> Json:
    """A result without the secrets that an option asked for; its invocation, warnings and diff stay as they are."""
    kept = {"invocation", "diff", "warnings", "msg", "failure"}
    return {key: value if key in kept else _stripped(value) for key, value in result.items()}


def _stripped(value: t.Any) -> t.Any:
    if isinstance(value, list):
        return [_stripped(item) for item in value]
    if isinstance(value, dict):
        secret = {"value"} if value.get("name") in SECRET_SETTINGS else set()
        return {key: _stripped(item) for key, item in value.items() if key not in _SECRET_KEYS | secret}
    return value
