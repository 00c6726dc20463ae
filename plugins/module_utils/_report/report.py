# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The report: from complete lists to figures. Pure."""

from __future__ import annotations

import datetime
import typing as t

from .._errors import Refused
from .._resources.user_search import moment
from .._types import Object
from . import credentials as of_credentials
from . import groups
from . import users as of_users
from .reading import Lists


def check_options(max_names: int, inactive_days: int, *, include_people: bool) -> None:
    """:raises Refused: for numbers that make no sense, and for people although no names are wanted."""
    for name, value in (("max_names", max_names), ("inactive_days", inactive_days)):
        if value < 0:
            raise Refused(f"{name} is {value}; it must be 0 or more")
    if include_people and not max_names:
        raise Refused("include_people returns names, but max_names is 0, which is for no names; leave one of them out")


def report_of(
    lists: Lists, now: datetime.datetime, *, max_names: int, inactive_days: int, include_people: bool
) -> Object:
    """The report, with ages as they are at a point in time.

    :raises ThreemaError: of kind ``protocol``, if a figure cannot be determined.
    """
    ids = of_credentials.ids_by_credential(lists)
    departments, more_departments = groups.departments(lists, ids)
    categories, more_categories = groups.categories(lists, ids)
    report: Object = {
        "api_host": lists.api_host,
        "generated_at": now.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "subscription": _subscription(lists, now),
        "licenses": of_credentials.licenses(lists, ids),
        "credentials": of_credentials.credentials(lists, ids, max_names),
        "users": of_users.users(lists, now, inactive_days, max_names),
        "departments": departments,
        "categories": categories,
        "not_shown": {"departments": more_departments, "categories": more_categories},
        "settings": groups.settings(lists),
        "contacts": of_credentials.contacts(lists),
    }
    return {**report, "people": of_credentials.people(lists, ids)} if include_people else report


def _subscription(lists: Lists, now: datetime.datetime) -> Object:
    told = {name: lists.subscription.get(name) for name in ("id", "name", "type", "valid_until")}
    return {**told, "days_left": days_left(told["valid_until"], now)}


def days_left(valid_until: str | None, now: datetime.datetime) -> int | None:
    """Full days until the end, negative after it; None if the end is unknown."""
    end = end_of(valid_until)
    return None if end is None else (end - now) // datetime.timedelta(days=1)


def end_of(valid_until: str | None) -> datetime.datetime | None:
    """The end of the subscription; None if it is missing, or not a date and time (contract 3)."""
    try:
        return moment(valid_until) if valid_until else None
    except ValueError:
        return None


def warnings_of(report: Object) -> t.Iterator[str]:
    """What the service did not tell in a form that is understood."""
    subscription = report["subscription"]
    if subscription["valid_until"] and subscription["days_left"] is None:
        yield f"GET /: validUntil is {subscription['valid_until']!r:.80}, which is no date and time; days_left is null"
    if report["licenses"]["purchased"] is None:
        yield "GET /: the number of licenses is missing, so it cannot be determined how many are free"
