# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Takes the name of a host out of a report that is made to be sent to somebody else."""

from __future__ import annotations

import ipaddress
import re
import typing as t
from urllib.parse import urlsplit

#: The host of the cloud, which everybody has.
_CLOUD: t.Final = "work.threema.ch"
#: In place of another one; no host can have that name.
MASK: t.Final = "host.invalid"


def without_host(service: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return what M(threema.work.service_info) found, with the host masked.

    The cloud's own host and those that mean this machine stay. Of any other one nothing is left, nor of its port and
    path.
    """
    host = urlsplit(f"//{service.get('api_host') or ''}").hostname or ""
    if not host or host == _CLOUD or _is_this_machine(host):
        return dict(service)
    # An address is in brackets where it has colons, and a port may follow either.
    name = re.compile(rf"(?<![\w.-])\[?{re.escape(host)}\]?(:[0-9]+)?(?![\w-])", re.IGNORECASE)
    masked = {key: _masked(value, name) for key, value in service.items()}
    return {**masked, "api_host": MASK, "api_url": f"https://{MASK}"}


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _masked(value: t.Any, name: re.Pattern[str]) -> t.Any:
    if isinstance(value, str):
        return name.sub(MASK, value)
    if isinstance(value, list):
        return [_masked(item, name) for item in value]
    return {key: _masked(item, name) for key, item in value.items()} if isinstance(value, dict) else value
