# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What a lost or rejected request means: exceptions and statuses converted to a kind and a message."""

from __future__ import annotations

import email.utils
import json
import re
import ssl
import time
import typing as t

from . import _errors as errors
from ._repeats import PART_OF_A_KEY, PART_OF_A_PASSWORD, contains_part
from ._text import shown

try:
    import requests
    import urllib3
except ImportError:
    # _module.py reports this with missing_required_lib() before anything here is used.
    pass

_MAX_SERVICE_TEXT: t.Final = 300
_TUNNEL: t.Final = re.compile(r"Tunnel connection failed: ([0-9]{3})")
_TLS_VERSION: t.Final = frozenset(
    (
        "UNSUPPORTED_PROTOCOL",
        "NO_PROTOCOLS_AVAILABLE",
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "WRONG_SSL_VERSION",
        "VERSION_TOO_LOW",
    )
)
_NO_TLS: t.Final = frozenset(("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"))
#: Numbers of OpenSSL (x509_vfy.h) for what is wrong with a certificate.
_OTHER_NAME: t.Final = 62
_OTHER_ADDRESS: t.Final = 64
_NOT_YET: t.Final = 9
_EXPIRED: t.Final = 10
_WRONG_NAME: t.Final = "it is for another host: correct the name in api_url"
_UNKNOWN_AUTHORITY: t.Final = "for your own certificate authority, set ca_path"
_ADVICE: t.Final = {
    _OTHER_NAME: _WRONG_NAME,
    _OTHER_ADDRESS: _WRONG_NAME,
    _NOT_YET: "is the clock of the host that executes the module correct?",
    _EXPIRED: "it must be renewed there, unless the clock of the host that executes the module is wrong",
}


def why(exc: Exception, timeout: float, host: str, sent: bool) -> tuple[str, str, bool]:
    """Kind and reason of a request without an answer, and whether another attempt may help.

    :param sent: whether anything of it was sent to the service.
    """
    chain = list(_chain(exc))
    for tell in (_certificate, _proxy, _tls):
        told = tell(exc, chain, host, sent)
        if told is not None:
            return errors.NETWORK, *told
    if isinstance(exc, (requests.Timeout, urllib3.exceptions.TimeoutError)):
        what = "complete response from" if sent else "connection to"
        return errors.TIMEOUT, f"no {what} {host} within {timeout:g} seconds (api_timeout)", True
    if isinstance(exc, (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader)):
        return errors.REFUSED, "the request cannot be sent; check api_url and api_key", False
    if isinstance(exc, requests.exceptions.ContentDecodingError):
        return errors.NETWORK, f"the response from {host} cannot be decompressed", True
    if any(isinstance(link, urllib3.exceptions.InvalidHeader) for link in chain):
        return errors.NETWORK, f"the response from {host} has a header that cannot be read", True
    if not sent:
        return errors.NETWORK, f"cannot connect to {host}{_os_reason(chain)}", True
    return (
        errors.NETWORK,
        f"the connection to {host} was lost before the complete response arrived{_os_reason(chain)}",
        True,
    )


def about_certificate(exc: BaseException | None) -> bool:
    """Whether an exception of :mod:`requests` is about a certificate, or about whom to trust."""
    return isinstance(exc, Exception) and _certificate(exc, list(_chain(exc)), "", False) is not None


_Told = t.Optional[t.Tuple[str, bool]]


def _certificate(exc: Exception, chain: t.Sequence[BaseException], host: str, _sent: bool) -> _Told:
    """A certificate that is not trusted, or none to trust."""
    # urllib3 before 2.0 compares the name in the certificate itself, and raises a ValueError with this name.
    untrusted = next(
        (
            link
            for link in chain
            if isinstance(link, ssl.SSLCertVerificationError) or type(link).__name__ == "CertificateError"
        ),
        None,
    )
    if untrusted is not None:
        reason = shown(str(getattr(untrusted, "verify_message", untrusted)))
        advice = _ADVICE.get(getattr(untrusted, "verify_code", _OTHER_NAME), _UNKNOWN_AUTHORITY)
        return f"the TLS certificate of {host} is not trusted ({reason}); {advice}", False
    if isinstance(exc, OSError) and not isinstance(exc, requests.RequestException) and exc.filename:
        return f"{exc.filename} cannot be read", False
    if isinstance(exc, OSError) and "TLS CA certificate bundle" in str(exc):
        return "the CA file set in the environment (REQUESTS_CA_BUNDLE) does not exist", False
    if _ssl_reason(chain) == "NO_CERTIFICATE_OR_CRL_FOUND":
        return "the CA file set in the environment (REQUESTS_CA_BUNDLE) contains no certificate", False
    return None


def _proxy(exc: Exception, chain: t.Sequence[BaseException], host: str, sent: bool) -> _Told:
    """A proxy from the environment that cannot be used, or does not let the request through."""
    name = f"the proxy set in the environment for {host} (HTTPS_PROXY, ALL_PROXY)"
    if isinstance(exc, requests.exceptions.InvalidSchema):
        return (
            f"{name} is a SOCKS proxy; install the Python library PySocks on the host that executes the module",
            False,
        )
    # Older urllib3 only has one of the SchemeUnknown classes, newer ones only the other, and even older ones neither.
    unknown = any(type(link).__name__.endswith("SchemeUnknown") for link in chain)
    of_requests = isinstance(exc, (requests.RequestException, urllib3.exceptions.HTTPError, OSError))
    if isinstance(exc, requests.exceptions.InvalidProxyURL) or unknown or not (sent or of_requests):
        return f"{name} is not a URL; use the form http://proxy.example.com:3128", False
    if any(isinstance(link, urllib3.exceptions.LocationValueError) for link in chain):
        return f"the host in api_url, or in {name}, is not a valid host name", False
    # PySocks may not be installed, so its classes are not imported.
    for link in chain:
        if type(link).__module__ == "socks":
            return f"cannot connect through {name} ({shown(str(link))})", True
    if not any(isinstance(link, (requests.exceptions.ProxyError, urllib3.exceptions.ProxyError)) for link in chain):
        return None
    answered = next((found for link in chain if (found := _TUNNEL.search(str(link)))), None)
    if answered is None:
        return f"cannot connect to {name}{_os_reason(chain)}", True
    if answered[1] == "407":
        return (
            f"{name} requires a login (HTTP 407); add it to the URL, for example http://user:password@host:3128",
            False,
        )
    return f"{name} rejected the connection (HTTP {answered[1]})", answered[1].startswith("5")


def _tls(_exc: Exception, chain: t.Sequence[BaseException], host: str, sent: bool) -> _Told:
    """A server that does not use TLS, or no version that is supported here."""
    reason = _ssl_reason(chain)
    if reason is None or sent:
        return None
    if reason in _TLS_VERSION:
        return (
            f"{host} does not support any TLS version that is accepted here ({reason}); it needs TLS 1.2 or newer",
            False,
        )
    if reason in _NO_TLS:
        return f"{host} does not use TLS there ({reason}); are the port and https in api_url correct?", False
    return f"cannot establish a TLS connection to {host} ({reason})", True


def _ssl_reason(chain: t.Iterable[BaseException]) -> str | None:
    """OpenSSL's word for what went wrong; it has none where the server just ends the connection."""
    links = [link for link in chain if isinstance(link, ssl.SSLError)]
    ended = any(isinstance(link, (ssl.SSLEOFError, ssl.SSLZeroReturnError)) for link in links)
    reasons = (str(link.reason) for link in links if link.reason)
    return next(reasons, "the server closed the connection" if ended else None)


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


def meaning(status: int, method: str, path: str, host: str) -> tuple[str, str]:
    """Kind and message for an answer that is not 2xx."""
    if status == 401:
        return errors.AUTHENTICATION, f"{host} rejected the API key, or does not accept it from this IP address"
    if status == 403:
        return errors.PERMISSION, "the service does not permit it"
    if status in (404, 410):
        if path == "/":
            return errors.NOT_FOUND, f"{host} has no Threema Work API at this address; correct api_url"
        if method == "GET" and path.count("/") == 1:
            # Every subscription has these lists.
            return errors.NOT_FOUND, f"{host} has no such list, so api_url is probably wrong"
        return errors.NOT_FOUND, "the object does not exist"
    if status == 429:
        return errors.QUOTA, "the quota of requests is used up (10,000 a day); run again later for the rest"
    if status >= 500:
        return errors.SERVER, "the service failed"
    if status >= 400:
        return errors.INVALID, "the service rejected the request"
    return errors.PROTOCOL, "a redirect, which is not followed because of the API key; correct api_url"


def service_text(body: bytes, key: str, secrets: t.Sequence[str]) -> str:
    """The service's own message (``error``, up to version 1.4.0 ``message``; contract 1), if it repeats no secret.

    :param key: the API key, which is long.
    :param secrets: those in the request; even a few characters of one are too many, in whatever form they are written.
    """
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
    said = said[:_MAX_SERVICE_TEXT]
    if contains_part(said, secrets, PART_OF_A_PASSWORD) or contains_part(said, (key,), PART_OF_A_KEY):
        return "its explanation is not shown because it may repeat a secret"
    return shown(" ".join(said.split()))


def retry_after(headers: t.Mapping[str, str]) -> float | None:
    """Seconds to wait, from seconds or an HTTP date; None if the service does not specify it in a usable way."""
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        date = email.utils.parsedate_to_datetime(value)
        return max(0.0, date.timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None
