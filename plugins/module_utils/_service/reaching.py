# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The lines about the way to a service: address, certificate, key, clock, and quota.

Nothing that a service said is repeated, see ``checks.py``.
"""

from __future__ import annotations

import email.utils
import re
import typing as t

from .. import _errors as errors
from .._diagnosis import about_certificate
from .looking import Seen
from .situation import ERROR, OK, SKIPPED, WARNING, Line, Situation, header, speaks

#: A day has so many requests (contract 1); fewer than a tenth of them are few.
_A_DAY: t.Final = 10_000
#: Seconds that clocks may differ by.
_SKEW: t.Final = 60
#: What services call the number of requests that are left; none is documented here (contract 1).
_REMAINING: t.Final = ("x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining", "x-quota-remaining")


def address(situation: Situation) -> Line:
    """Whether the API answers there."""
    root, host = situation.root, situation.host
    if "address" in situation.wrong:
        return Line("address", ERROR, situation.wrong["address"], "Correct api_url (THREEMA_WORK_API_URL).")
    if root is None:
        return Line("address", SKIPPED, "It was not asked, because of another line.")
    if root.status is None and root.error is not None:
        if about_certificate(root.error.__context__):
            return Line("address", OK, f"{host} was reached.")
        return Line("address", ERROR, _sentence(root.error.msg.partition(": ")[2]), _network_advice(root.error.kind))
    if speaks(root):
        way = ", through a proxy that the environment names" if situation.proxied else ""
        return Line("address", OK, f"{host} answers as the Threema Work API does{way}.")
    return Line("address", ERROR, *_no_api(root, host))


def _network_advice(kind: str) -> str:
    if kind == errors.TIMEOUT:
        return "Check firewall and proxy on the way there; on a slow line raise api_timeout."
    return "Check the host in api_url, the network, and the proxy that the environment names (HTTPS_PROXY, NO_PROXY)."


def _no_api(root: Seen, host: str) -> tuple[str, str]:
    status = root.status or 0
    between = "Log in to the network, or let the proxy pass the host, if one is in between; or correct api_url."
    if 300 <= status < 400:
        return f"{host} answers with a redirect (HTTP {status}), which is not followed because of the key.", between
    if status in (404, 405, 410):
        return (
            f"{host} answers, but has no Threema Work API at this path (HTTP {status}).",
            "Correct the path in api_url; in the cloud it is https://work.threema.ch/api/v1.",
        )
    if status >= 500:
        return (
            f"{host} fails (HTTP {status}), or what is in between.",
            "Run again later; if it stays, check the proxy, and ask Threema.",
        )
    return f"Something answers for {host} (HTTP {status}) that is not the Threema Work API.", between


def certificate(situation: Situation) -> Line:
    """Whether it is the host that it says it is."""
    root = situation.root
    if "certificate" in situation.wrong:
        return Line("certificate", ERROR, situation.wrong["certificate"], "Correct ca_path, or leave it out.")
    if "address" in situation.wrong or root is None:
        return Line("certificate", SKIPPED, "Nothing was asked.")
    if not situation.encrypted:
        return Line("certificate", SKIPPED, "This is plain http, for a simulator on this host; there is none.")
    if root.status is None:
        if root.error and about_certificate(root.error.__context__):
            advice = (
                "Set ca_path to the certificate authority, if it is one of your own; never turn validate_certs off."
            )
            return Line("certificate", ERROR, _sentence(root.error.msg.partition(": ")[2]), advice)
        return Line("certificate", SKIPPED, "No connection came about.")
    if not situation.validated:
        message = "It is not checked (validate_certs is false), so that anybody in between can read the key."
        return Line(
            "certificate", WARNING, message, "Leave validate_certs out; for an authority of your own set ca_path."
        )
    return Line("certificate", OK, f"The certificate of {situation.host} is trusted.")


def key(situation: Situation, way: Line, trust: Line) -> Line:
    """Whether the service accepts the key; which address it sees cannot be known here."""
    root = situation.root
    if "key" in situation.wrong:
        advice = "Put the key of the management cockpit into THREEMA_WORK_API_KEY, or into api_key from a vault."
        return Line("key", ERROR, situation.wrong["key"], advice)
    if root is None or way.status != OK or trust.status == ERROR or root.status in (None, 429):
        return Line("key", SKIPPED, "Whether it is accepted is not known, because of another line.")
    if root.status == 401:
        return Line(
            "key",
            ERROR,
            f"{situation.host} rejected it: it is wrong, or bound to another IP address than the service sees.",
            "Compare it with the management cockpit; which address the service sees cannot be known here (behind a "
            "proxy or a router it is theirs).",
        )
    if root.status == 403:
        return Line(
            "key",
            ERROR,
            f"{situation.host} does not permit it to read the subscription (HTTP 403).",
            "Check in the management cockpit whether the plan has the API.",
        )
    return Line("key", OK, "The service accepts it.")


def clock_skew(situation: Situation) -> int | None:
    """Seconds by which the clock of this host is ahead of the service's; None where the service does not tell."""
    root = situation.root
    if root is None or root.status is None or not speaks(root):
        return None
    try:
        date = email.utils.parsedate_to_datetime(header(root, "date") or "")
        # The header has whole seconds, and so is half a second old on average.
        return round(root.at - date.timestamp() - 0.5)
    except (TypeError, ValueError, OverflowError):
        return None


def clock(situation: Situation, way: Line) -> Line:
    """Whether the clock is right: certificates and days of entry depend on it."""
    skew = clock_skew(situation)
    if skew is None:
        why = "There was no answer." if way.status != OK else "The service does not tell its time."
        return Line("clock", SKIPPED, why)
    if abs(skew) <= _SKEW:
        return Line("clock", OK, "The clocks of this host and of the service agree.")
    told = f"The clock of this host is {abs(skew)} seconds {'ahead of' if skew > 0 else 'behind'} the service's."
    return Line("clock", WARNING, told, "Set the clock, best with NTP: days of entry and leaving depend on it.")


def quota(situation: Situation, way: Line) -> Line:
    """Whether requests are left, as far as the service tells."""
    seen = [one for one in situation.answers.everything() if one.status is not None]
    if way.status != OK or not seen:
        return Line("quota", SKIPPED, "There was no answer.")
    if any(one.status == 429 for one in seen):
        return Line(
            "quota",
            ERROR,
            f"The quota of requests is used up ({_A_DAY:,} a day).",
            "Run again later, and look what else uses the key: all of them share the quota.",
        )
    left = min((number_left for one in seen if (number_left := _left(one)) is not None), default=None)
    spent = f"this check spent {situation.requests} of {_A_DAY:,} a day"
    if left is None:
        return Line("quota", OK, f"The service does not tell how many requests are left; {spent}.")
    if left < _A_DAY // 10:
        return Line("quota", WARNING, f"{left} requests are left; {spent}.", "Look what else uses the key.")
    return Line("quota", OK, f"{left} requests are left; {spent}.")


def _left(seen: Seen) -> int | None:
    values = [value for name in _REMAINING if (value := header(seen, name))]
    return int(values[0]) if values and re.fullmatch(r"[0-9]{1,9}", values[0].strip()) else None


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
