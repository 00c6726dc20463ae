# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Where the service is and how it is reached; options that cannot be used are rejected before any request."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ._errors import Refused
from ._text import shown

#: One day; sockets do not support much longer timeouts.
_MAX_TIMEOUT = 86400
#: What OpenSSL looks for in a directory.
_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")


@dataclass(frozen=True)
class Connection:
    """How the service is reached. ``timeout`` is in seconds for one attempt, ``retries`` are additional attempts."""

    key: str = field(repr=False)
    url: str
    timeout: float = 30.0
    retries: int = 4
    validate_certs: bool = True
    ca_path: str | None = None

    def check(self) -> None:
        """:raises Refused: if the key or the URL cannot be used; the message never repeats the key."""
        _check_key(self.key)
        _check_url(self.url)
        if not 0 < self.timeout <= _MAX_TIMEOUT:
            raise Refused(f"api_timeout is {self.timeout:g}; it must be more than 0 and at most {_MAX_TIMEOUT} seconds")
        if self.retries < 0:
            raise Refused(f"api_retries is {self.retries}; it must be 0 or more")
        if self.ca_path:
            _check_ca(self.ca_path)

    @property
    def host(self) -> str:
        """Where the service is, after :meth:`check`."""
        return host_of(self.url) or ""


def host_of(url: str) -> str | None:
    """Where the service is: the host of the URL, and ``:port`` where it has one. None if it is not a URL."""
    try:
        _scheme, host, port = _split(url)
    except ValueError:
        return None
    if not host:
        return None
    # Without a username and password before it.
    name = f"[{host}]" if ":" in host else host
    return shown(name if port is None else f"{name}:{port}")


def _split(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host, and port.

    :raises ValueError: it is no URL; that its port is none, only asking for it finds out.
    """
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _check_key(key: str) -> None:
    if not key.strip():
        raise Refused(
            "missing required arguments: api_key; set it, or the environment variable THREEMA_WORK_API_KEY on the host "
            "that executes the module; the playbooks of this collection also take the variable threema_work_api_key"
        )
    if not re.fullmatch(r"[\x21-\x7e]+", key):
        raise Refused(
            "api_key contains white space, a line break or another character that cannot be part of a key; "
            "was it read from a file with a line break at the end, or copied with something around it?"
        )


def _check_url(url: str) -> None:
    hint = "use the form https://work.threema.ch/api/v1"
    if not re.fullmatch(r"[\x21-\x5b\x5d-\x7e]+", url):
        raise Refused(
            f"api_url is empty or contains white space or other characters that cannot be part of a URL; {hint}"
        )
    try:
        scheme, host, _port = _split(url)
    except ValueError:
        raise Refused(f"api_url is not a URL; {hint}") from None
    if "@" in url or "?" in url or "#" in url:
        raise Refused(f"api_url must not contain a user, a query or a fragment; {hint}")
    if scheme not in ("https", "http") or not host or host.startswith(".") or ".." in host:
        raise Refused(f"api_url: {url} is not an https URL; {hint}")
    if scheme == "http" and not _is_loopback(host):
        raise Refused(
            f"api_url: {url} does not use https, so the API key would be sent in plain text; plain http is only "
            f"accepted for a simulator on this host (127.0.0.1, [::1], or localhost); {hint}"
        )


def _check_ca(path: str) -> None:
    """:raises Refused: if it contains nothing to trust, so that each request would fail with an unrelated message."""
    where = f"ca_path: {shown(path)}"
    if not os.access(path, os.R_OK):
        raise Refused(f"{where} does not exist or cannot be read on the host that executes the module")
    if os.path.isdir(path):
        if not any(_HASHED.fullmatch(name) for name in os.listdir(path)):
            raise Refused(
                f"{where} is a directory without certificates for OpenSSL; give a file, or run openssl rehash there"
            )
    elif not os.path.isfile(path) or not _certificates_in(path):
        raise Refused(f"{where} contains no certificate; set it to a file with certificate authorities in PEM format")


def _certificates_in(path: str) -> int:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(path)
    except (OSError, ValueError):
        return 0
    return context.cert_store_stats()["x509"]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
