# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Examines a service: the checklist, and how the service behaves. Knows nothing of Ansible."""

from __future__ import annotations

import contextlib
import datetime
import platform
import typing as t
from dataclasses import replace
from urllib.parse import urlsplit

from .. import _http
from .._api.subscription import is_expected
from .._connection import Connection
from .._errors import Refused
from .._text import shown
from .._types import Object
from .behavior import positions
from .checks import lines
from .looking import Looker
from .parts import number
from .reaching import clock_skew
from .reading import Answers, read, read_root
from .situation import ERROR, Line, Situation, plan_of, speaks, when

# That it is missing is told in the line of the versions.
with contextlib.suppress(ImportError):
    import requests

#: Most requests of a check, repeated ones included.
LIMIT: t.Final = 10
#: Stand for what is not looked at while something else is.
_ANY_KEY: t.Final = "any"
_ANY_URL: t.Final = "https://work.threema.ch/api/v1"


class Examination(t.NamedTuple):
    """What is returned as ``service``, and how many requests it took."""

    service: Object
    requests: int


def examine(connection: Connection, expected: str | None, ansible_core: str) -> Examination:
    """Ask a service, and say whether all is well.

    :param connection: as it was given; what is wrong with key, address and authorities is a line.
    :param expected: id or exact name of the subscription, None where any will do.
    :raises Refused: for what is wrong with the other options of the connection.
    """
    replace(connection, key=_ANY_KEY, url=_ANY_URL, ca_path=None).check()
    wrong = _wrong(connection)
    situation = Situation(
        host="" if "address" in wrong else connection.host,
        encrypted=urlsplit(connection.url).scheme == "https" if "address" not in wrong else False,
        validated=connection.validate_certs,
        versions=versions(ansible_core),
        now=datetime.datetime.now(datetime.timezone.utc),
        wrong=wrong,
    )
    if _http.HAS_REQUESTS and not {"address", "certificate"} & set(wrong):
        _ask(situation, connection, expected)
    root = situation.root
    # What another server answers shows nothing of the service.
    situation.positions = positions(situation.answers if root and speaks(root) else Answers())
    return Examination(_service(situation, connection), situation.requests)


def _wrong(connection: Connection) -> dict[str, str]:
    """What the other modules refuse, by the line that it belongs to."""
    tried = {
        "address": replace(connection, key=_ANY_KEY, ca_path=None),
        "certificate": replace(connection, key=_ANY_KEY, url=_ANY_URL),
        "key": replace(connection, url=_ANY_URL, ca_path=None),
    }
    found = {}
    for name, one in tried.items():
        try:
            one.check()
        except Refused as reason:
            # A path may hold the name of whoever has an account here.
            said = reason.msg.replace(f"ca_path: {shown(connection.ca_path or '')}", "ca_path")
            found[name] = f"{said.partition(';')[0]}."
    if "address" in found:
        # What it says may hold the URL, which may hold a password.
        plain = urlsplit(connection.url).scheme.lower() == "http"
        what = "is plain http, so that the API key would be readable on its way" if plain else "is missing or no URL"
        found["address"] = f"api_url {what}; it is like https://work.threema.ch/api/v1."
    if "key" in found and not connection.key.strip():
        found["key"] = "There is none."
    return found


def _ask(situation: Situation, connection: Connection, expected: str | None) -> None:
    # Once more is enough to see whether trouble passes; more would make whoever waits wait long.
    patient = replace(connection, retries=min(connection.retries, 1))
    try:
        looker = Looker(patient, limit=LIMIT, keyless="key" in situation.wrong)
    except Refused as reason:
        situation.wrong = {**situation.wrong, "address": f"{reason.msg.partition(';')[0]}."}
        return
    try:
        situation.proxied = looker.proxied
        situation.answers = read_root(looker)
        root = situation.root
        found = root.good if root and speaks(root) else None
        if found is not None and "key" not in situation.wrong:
            situation.other = not is_expected(found, expected)
            if not situation.other:
                read(looker, situation.answers)
        situation.requests = looker.requests
    finally:
        looker.close()


def versions(ansible_core: str) -> dict[str, str]:
    """Of all that matters; empty for a library that is missing."""
    library = requests.__version__ if _http.HAS_REQUESTS else ""
    return {
        "collection": _http.VERSION,
        "ansible_core": ansible_core,
        "python": platform.python_version(),
        "requests": library,
    }


def _service(situation: Situation, connection: Connection) -> Object:
    checklist = lines(situation)
    return {
        "ok": not any(line.status == ERROR for line in checklist),
        "api_host": situation.host or None,
        "api_url": connection.url if situation.host else None,
        "checks": [line.as_result() for line in checklist],
        "subscription": _subscription(situation, checklist),
        "clock_skew_seconds": clock_skew(situation),
        "versions": dict(situation.versions),
        "behavior": dict(situation.positions),
    }


def _subscription(situation: Situation, checklist: t.Sequence[Line]) -> Object | None:
    readable = any(line.name == "key" and line.status == "ok" for line in checklist)
    found = situation.root.good if readable and situation.root and not situation.other else None
    if found is None:
        return None
    end = when(found.get("validUntil"))
    return {
        "type": plan_of(found),
        "valid_until": found["validUntil"] if end else None,
        "licenses": number(found.get("licenseAmount")),
    }
