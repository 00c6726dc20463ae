# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The plan for users, and choosing among them. Pure."""

from __future__ import annotations

import datetime
import typing as t
from dataclasses import dataclass

from .._errors import PROTOCOL, ThreemaError
from .._plan import REMOVED, UNCHANGED, Change, Object, Plan, report_problems
from .items import duplicate_problems, labels, threema_id_problem

_KEYS: t.Final = ("threema_id", "username", "credential_id")


@dataclass
class UserChange(Change):
    """``state`` is what is to become of the ID: ``detached`` or ``revoked``."""

    state: str = ""


def check_users(items: t.Sequence[Object], state: str, where: str | None) -> list[Object]:
    """The items with their label and state filled in.

    :raises Refused: naming everything that is wrong with their form.
    """
    problems = []
    checked = []
    for item, label in zip(items, labels(items, where, *_KEYS)):
        if not any(item.get(name) for name in _KEYS):
            problems.append(f"{label}: one of {', '.join(_KEYS)} is required")
        elif item.get("threema_id") and (wrong := threema_id_problem(item["threema_id"])):
            problems.append(f"{label}: {wrong}")
        checked.append({**item, "label": label, "state": item.get("state") or state})
    for name in _KEYS:
        # An object of user_info names its credential too, and several users may have the same.
        named = [item if item.get(name) and name == name_of(item) else {} for item in items]
        problems += duplicate_problems(named, where, name)
    report_problems(problems, "some users are wrong")
    return checked


def name_of(item: Object) -> str:
    """The field by which an item names its users; the Threema ID says most."""
    return next((name for name in _KEYS if item.get(name)), _KEYS[0])


def plan_users(items: t.Sequence[Object], meant: t.Sequence[t.Sequence[Object]]) -> Plan:
    """The plan for all items.

    :param meant: for each item the users that it means; none where the ID or the person is gone.
    :raises Refused: if two items mean the same user.
    """
    plan = Plan()
    problems = []
    seen: dict[str, str] = {}
    for item, users in zip(items, meant):
        if not users:
            name = name_of(item)
            plan.changes.append(UserChange(key=item[name], action=UNCHANGED, result={name: item[name]}))
        for user in users:
            threema_id = user["threema_id"]
            if (other := seen.setdefault(threema_id, item["label"])) != item["label"]:
                problems.append(f"{other} and {item['label']} both mean the user {threema_id}")
            before = {"threema_id": threema_id, "nickname": user.get("nickname")}
            plan.changes.append(
                UserChange(key=threema_id, action=REMOVED, before=before, result=user, removes=1, state=item["state"])
            )
    report_problems(problems, "the items do not fit the subscription")
    return plan


def seen_at(user: Object) -> datetime.datetime | None:
    """When the app of a user was last seen; None if never.

    The API writes ``2026-03-01T08:15:00+0100``, which ``fromisoformat`` of Python 3.10 refuses (contract 1).

    :raises ThreemaError: of kind ``protocol``, if it is no date-time: nobody must count as absent because of that.
    """
    text = user.get("last_check")
    if text is None or text == "":
        return None
    try:
        moment = _moment(str(text))
    except ValueError:
        raise ThreemaError(
            PROTOCOL,
            f"GET /users: lastCheck of {user['threema_id']} is {text!r}, which is no date-time with its offset",
            status=200,
            method="GET",
            path="/users",
            request_sent=True,
        ) from None
    return moment


def _moment(text: str) -> datetime.datetime:
    try:
        return datetime.datetime.strptime(text.replace("Z", "+0000"), "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def inactive(user: Object, days: int, now: datetime.datetime) -> bool:
    """Whether the last check is at least so many days ago, or never was."""
    seen = seen_at(user)
    return seen is None or now - seen >= datetime.timedelta(days=days)


def duplicates(users: t.Iterable[Object]) -> set[str]:
    """The Threema IDs of all users of one credential but the one that was seen last."""
    by_credential: dict[str, list[Object]] = {}
    for user in users:
        if user["credential_id"]:
            by_credential.setdefault(user["credential_id"], []).append(user)
    never = datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)
    old: set[str] = set()
    for group in by_credential.values():
        newest = max(group, key=lambda user: seen_at(user) or never)
        old.update(user["threema_id"] for user in group if user is not newest)
    return old
