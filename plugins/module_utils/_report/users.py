# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The figures of users: apps, versions, last checks. Pure."""

from __future__ import annotations

import collections
import datetime
import re
import typing as t

from .._resources.user_search import seen_at
from .._types import Object
from .naming import counted, text_of
from .reading import Lists

#: The last day of each period, by the name of its figure. A check of today is 0 days ago.
_PERIODS: t.Final = (("days_7", 7), ("days_30", 30), ("days_90", 90), ("days_180", 180))
_OLDER: t.Final = "older"
_NEVER: t.Final = "never"
#: Where there are more apps or versions than these, or they have longer names, the rest are counted under "other": what
#: apps report is not limited.
_MOST: t.Final = 50
_LONGEST: t.Final = 64
_OTHER: t.Final = "other"
#: The operating system and the version, as in ``android - 6.1k`` (contract 5.1).
_VERSION: t.Final = re.compile(r"([^\W\d_]+)[\s-]*(.*)", re.DOTALL)


def users(lists: Lists, now: datetime.datetime, inactive_days: int, most: int) -> Object:
    """All figures of users.

    :param inactive_days: how many days ago the last check of an inactive user was, at least.
    :raises ThreemaError: of kind ``protocol`` for a field that is not understood.
    """
    all_of_them = list(lists.users.values())
    ages = {user["threema_id"]: age(user, now) for user in all_of_them}
    apps = [_app(user) for user in all_of_them]
    return {
        "total": len(all_of_them),
        "apps": _numbers(system for system, _number in apps),
        "versions": _numbers(" ".join(app).strip() for app in apps),
        "last_check": _periods(ages.values()),
        "inactive": _inactive(lists, ages, inactive_days, most),
        "without_credential": counted(
            (one["threema_id"] for one in all_of_them if one["credential_id"] not in lists.credentials),
            most,
            "threema_ids",
        ),
        "without_name": counted((one["threema_id"] for one in all_of_them if not _named(one)), most, "threema_ids"),
    }


def age(user: Object, now: datetime.datetime) -> int | None:
    """Full days since the last check; None if there was none, 0 if a clock is fast.

    :raises ThreemaError: of kind ``protocol``, if it is not a date and time.
    """
    seen = seen_at(user)
    return None if seen is None else max(0, (now - seen) // datetime.timedelta(days=1))


def _periods(ages: t.Iterable[int | None]) -> dict[str, int]:
    numbers = dict.fromkeys([*(name for name, _last in _PERIODS), _OLDER, _NEVER], 0)
    for days in ages:
        numbers[_period(days)] += 1
    return numbers


def _period(days: int | None) -> str:
    if days is None:
        return _NEVER
    return next((name for name, last in _PERIODS if days <= last), _OLDER)


def _inactive(lists: Lists, ages: t.Mapping[str, int | None], days: int, most: int) -> Object:
    """Those who were never active first, then those who have not been for the longest time."""
    found = sorted((one is not None, -(one or 0), id_) for id_, one in ages.items() if one is None or one >= days)
    return {
        "days": days,
        "count": len(found),
        "users": [
            {"threema_id": id_, "username": _username(lists, id_), "last_check_days": ages[id_]}
            for _known, _age, id_ in found[:most]
        ],
    }


def _username(lists: Lists, threema_id: str) -> str | None:
    credential = lists.credentials.get(lists.users[threema_id]["credential_id"] or "")
    return credential["username"] if credential else None


def _named(user: Object) -> bool:
    return any([text_of(user, "first_name", "firstName"), text_of(user, "last_name", "lastName")])


def _app(user: Object) -> tuple[str, str]:
    """The operating system in lower case, and the version of the app; both are empty if they are not reported."""
    found = _VERSION.match(text_of(user, "version", "version"))
    return (found[1].lower(), found[2].strip()) if found else ("", "")


def _numbers(names: t.Iterable[str]) -> dict[str, int]:
    """How often each name occurs, the most frequent first."""
    numbers = collections.Counter(name if len(name) <= _LONGEST else _OTHER for name in names)
    ordered = sorted(numbers.items(), key=lambda one: (-one[1], one[0]))
    told = dict(ordered[:_MOST])
    if rest := sum(number for _name, number in ordered[_MOST:]):
        told[_OTHER] = told.get(_OTHER, 0) + rest
    return told
