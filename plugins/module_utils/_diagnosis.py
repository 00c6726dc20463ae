# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What a lost or refused request means: exceptions and statuses turned into a kind and words."""

from __future__ import annotations

import email.utils
import json
import re
import ssl
import time
import typing as t

from . import _errors as errors
from ._secrets import contains_secret

try:
    import requests
    import urllib3
except ImportError:
    # _module.py reports this with missing_required_lib() before anything here is used.
    pass

_MAX_SERVICE_TEXT: t.Final = 300


def why(exc: Exception, timeout: float) -> tuple[str, str, bool, bool]:
    """Kind, reason, whether the request may have arrived, and whether trying again may help."""
    chain = list(_chain(exc))
    # urllib3 before 2.0 compares the name in the certificate itself, and says so with a ValueError of this name.
    untrusted = [
        getattr(link, "verify_message", link)
        for link in chain
        if isinstance(link, ssl.SSLCertVerificationError) or type(link).__name__ == "CertificateError"
    ]
    if untrusted:
        return (
            errors.NETWORK,
            f"the service's TLS certificate is not trusted ({untrusted[0]}); for a certificate authority of your own "
            "set ca_path",
            False,
            False,
        )
    if isinstance(exc, requests.ConnectTimeout):
        return errors.TIMEOUT, f"no connection within {timeout:g} seconds", False, True
    if isinstance(exc, (requests.Timeout, urllib3.exceptions.TimeoutError)):
        return errors.TIMEOUT, f"no complete answer within {timeout:g} seconds (api_timeout)", True, True
    if isinstance(exc, requests.exceptions.ProxyError):
        return errors.NETWORK, "the proxy of the environment (HTTPS_PROXY) refused or cut the connection", False, True
    if any(isinstance(link, urllib3.exceptions.NewConnectionError) for link in chain):
        return errors.NETWORK, f"no connection to the service{_os_reason(chain)}", False, True
    if any(isinstance(link, urllib3.exceptions.InvalidHeader) for link in chain):
        return errors.NETWORK, "the answer has a header that cannot be read", True, True
    if isinstance(exc, (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader)):
        return errors.REFUSED, "the request cannot be sent; check api_url and api_key", False, False
    if isinstance(exc, OSError) and not isinstance(exc, requests.RequestException) and exc.filename:
        return errors.NETWORK, f"{exc.filename} cannot be read", False, False
    if isinstance(exc, OSError) and "TLS CA certificate bundle" in str(exc):
        return (
            errors.NETWORK,
            "the CA file that the environment names (REQUESTS_CA_BUNDLE) does not exist",
            False,
            False,
        )
    return errors.NETWORK, f"the connection was cut before the whole answer came{_os_reason(chain)}", True, True


def _chain(exc: BaseException) -> t.Iterator[BaseException]:
    todo: list[t.Any] = [exc]
    seen: set[int] = set()
    while todo:
        link = todo.pop(0)
        if isinstance(link, BaseException) and id(link) not in seen:
            seen.add(id(link))
            yield link
            todo.extend((getattr(link, "reason", None), link.__cause__, link.__context__, *link.args))


def _os_reason(chain: t.Iterable[BaseException]) -> str:
    for link in chain:
        if isinstance(link, OSError) and isinstance(link.errno, int) and link.strerror:
            return f" ({link.strerror})"
    return ""


def meaning(status: int) -> tuple[str, str]:
    if status == 401:
        return errors.AUTHENTICATION, "the service refused the API key, or this address for it"
    if status == 403:
        return errors.PERMISSION, "the service does not permit it"
    if status in (404, 410):
        return errors.NOT_FOUND, "the service knows no such object"
    if status == 429:
        return errors.QUOTA, "the quota of requests is used up (10 000 a day); run again later for the rest"
    if status >= 500:
        return errors.SERVER, "the service failed"
    if status >= 400:
        return errors.INVALID, "the service refused the request"
    return errors.PROTOCOL, "a redirect, which is not followed because of the API key; correct api_url"


def service_text(body: bytes, secrets: t.Sequence[str]) -> str:
    """What the service said (``error``, up to version 1.4.0 ``message``; contract 1), if it repeats no secret."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    said = (
        next((document[key] for key in ("error", "message") if document.get(key)), "")
        if isinstance(document, dict)
        else ""
    )
    if not isinstance(said, str):
        return ""
    if contains_secret(said, secrets):
        return "its explanation is not shown because it repeats a secret"
    return re.sub(r"[\x00-\x1f\x7f]+", " ", said)[:_MAX_SERVICE_TEXT]


def retry_after(headers: t.Mapping[str, str]) -> float | None:
    """Seconds to wait, from seconds or an HTTP date; None where the service does not say it usefully."""
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        date = email.utils.parsedate_to_datetime(value)
        return max(0.0, date.timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None
