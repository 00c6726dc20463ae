# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The checklist: what the answers of a service show, turned into lines with one sentence what to do.

Nothing in a line names a person, a Threema ID, a key or the subscription, and nothing that a service said is repeated:
a checklist is made to be sent to somebody else.
"""

from __future__ import annotations

import datetime
import re
import typing as t

from .._types import Object
from .behavior import EXPECTED
from .looking import Seen
from .parts import listed, number, objects
from .reaching import address, certificate, clock, key, quota
from .reading import LISTS, Answers
from .situation import ERROR, OK, SKIPPED, WARNING, Line, Situation, plan_of, when

#: Days before its end, licenses, and their percentage, below which a line is a warning.
_DAYS: t.Final = 60
_FREE: t.Final = 10
_PERCENT: t.Final = 2
_OLDEST: t.Final = {"ansible_core": (2, 16), "python": (3, 10), "requests": (2, 25)}


def lines(situation: Situation) -> list[Line]:
    """All lines, in their order."""
    way = address(situation)
    trust = certificate(situation)
    access = key(situation, way, trust)
    root = situation.root
    subscription = root.good if access.status == OK and root else None
    known = None if situation.other else subscription
    return [
        way,
        trust,
        access,
        _subscription(situation, subscription),
        _licenses(situation, known),
        _directory(situation, known),
        clock(situation, way),
        quota(situation, way),
        _versions(situation),
        _behavior(situation, known),
    ]


def _subscription(situation: Situation, found: Object | None) -> Line:
    if found is None:
        return Line("subscription", SKIPPED, "It could not be read.")
    if situation.other:
        return Line(
            "subscription",
            ERROR,
            "The key belongs to another subscription than the expected one (expect_subscription); no more was read.",
            "Check the key, api_url, and expect_subscription.",
        )
    plan = plan_of(found)
    named = f"The plan is {plan}" if plan else "The plan is not told"
    if not found.get("validUntil"):
        return Line("subscription", OK, f"{named}, and no end.")
    end = when(found.get("validUntil"))
    if end is None:
        return Line(
            "subscription", WARNING, f"{named}; its end cannot be read.", "Look at it in the management cockpit."
        )
    days = (end - situation.now) // datetime.timedelta(days=1)
    told = f"{named}, valid until {end:%Y-%m-%d}"
    renew = "Renew it in the management cockpit."
    if end <= situation.now:
        return Line("subscription", ERROR, f"{named}, and ended on {end:%Y-%m-%d}.", renew)
    if days < _DAYS:
        return Line("subscription", WARNING, f"{told}, which is in {days} day{'' if days == 1 else 's'}.", renew)
    return Line("subscription", OK, f"{told}.")


def _licenses(situation: Situation, known: Object | None) -> Line:
    if known is None:
        return Line("licenses", SKIPPED, "They could not be read.")
    bought, used = number(known.get("licenseAmount")), used_licenses(situation.answers)
    if bought is None or used is None:
        what = "how many were bought" if bought is None else "how many are used"
        return Line("licenses", SKIPPED, f"It is not known {what}.")
    free = bought - used
    told = f"{max(free, 0)} of {bought} licenses are free ({used} are used, by credentials or by Threema IDs)."
    if free < _FREE or free * 100 < bought * _PERCENT:
        return Line(
            "licenses", WARNING, told, "Buy more, or remove credentials and detach Threema IDs that nobody uses."
        )
    return Line("licenses", OK, told)


def used_licenses(answers: Answers) -> int | None:
    """The larger one of the numbers of credentials and of uses (contract 8.2); of uses there are as many as users."""
    credentials = answers.list_of("/credentials")
    users = answers.list_of("/users")
    if credentials is None:
        return None
    uses = [number(item.get("usage", item.get("licenseAmount"))) for item in credentials.items]
    if credentials.whole and None not in uses:
        return max(credentials.total, sum(one or 0 for one in uses))
    return None if users is None else max(credentials.total, users.total)


def _directory(situation: Situation, known: Object | None) -> Line:
    seen = situation.answers.categories
    if known is None or seen is None:
        why = "There is no contact that could be asked about." if known else "It could not be asked."
        return Line("directory", SKIPPED, why)
    if objects(seen, "categories"):
        return Line("directory", OK, "The subscription has the Directory feature.")
    if listed(seen, "categories"):
        return Line("directory", OK, "Categories are answered, but the contact that was asked about has none.")
    if seen.status in (401, 403, 404):
        return Line(
            "directory",
            OK,
            f"The subscription seems to be without the Directory feature (HTTP {seen.status}).",
            "Categories of contacts need it; all else works without.",
        )
    return Line("directory", WARNING, f"Categories could not be read ({_outcome(seen)}).", "Run again later.")


def _versions(situation: Situation) -> Line:
    if not situation.versions["requests"]:
        message = "The Python library requests is missing on the host that executes the module."
        return Line(
            "versions", ERROR, message, "Install it for the Python that executes modules: pip install requests."
        )
    old = [name for name, least in _OLDEST.items() if _parts(situation.versions[name]) < least]
    told = ", ".join(f"{name.replace('_', '-')} {version}" for name, version in situation.versions.items())
    if old:
        least = ", ".join(f"{name.replace('_', '-')} {'.'.join(map(str, _OLDEST[name]))}" for name in old)
        return Line("versions", WARNING, f"{told}.", f"Needed is at least {least}.")
    return Line("versions", OK, f"{told}.")


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


def _behavior(situation: Situation, known: Object | None) -> Line:
    if known is None:
        return Line("behavior", SKIPPED, "Nothing could be read.")
    shown = {name: position for name, position in situation.positions.items() if position is not None}
    told = f"{len(shown)} of {len(situation.positions)} unknowns show"
    bad = [
        f"{path} ({_outcome(seen) if seen else 'not asked'})"
        for path in LISTS
        if situation.answers.list_of(path) is None
        for seen in [getattr(situation.answers, LISTS[path])]
    ]
    if bad:
        message = f"{told}; what the modules need could not be read: {', '.join(bad)}."
        return Line("behavior", WARNING, message, "Run again; if it stays, report it with this checklist.")
    unlike = [f"{name}={position}" for name, position in shown.items() if EXPECTED.get(name) != position]
    if unlike:
        message = f"{told}, some otherwise than assumed: {', '.join(unlike)}. The modules work either way."
        return Line("behavior", OK, message, "Please report it, with this checklist, so that others know.")
    return Line("behavior", OK, f"{told}, all as assumed.")


def _outcome(seen: Seen) -> str:
    """What came of a request, without anything that the service said."""
    if seen.status is None:
        return "no answer"
    return f"HTTP {seen.status}" if seen.status != 200 else "another form than documented"
