# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The plan for contacts. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._errors import Refused
from .._plan import (
    CREATED,
    FAILED,
    REMOVED,
    UNCHANGED,
    UPDATED,
    Change,
    Object,
    Plan,
    is_ignored,
    report_problems,
)
from .items import MAX_LENGTH, duplicate_problems, labels, threema_id_problem

_FIELDS: t.Final = ("first_name", "last_name", "enabled")


@dataclass
class ContactChange(Change):
    """
    :ivar wanted: the item, None for one that is pruned.
    :ivar target: the contact as it is to be written.
    """

    wanted: Object | None = None
    target: Object | None = None

    @property
    def may_exist(self) -> bool:
        return self.action == CREATED


def check_contacts(items: t.Sequence[Object], state: str, where: str | None) -> list[Object]:
    """The items with their state filled in.

    :raises Refused: naming everything that is wrong with their form.
    """
    problems = []
    for item, label in zip(items, labels(items, where, "threema_id")):
        wrong = threema_id_problem(item["threema_id"])
        problems += [f"{label}: {wrong}"] if wrong else []
        for name in ("first_name", "last_name"):
            value = item.get(name)
            if value is not None and not 1 <= len(value) <= MAX_LENGTH:
                problems.append(f"{label}: {name} has {len(value)} characters; 1 to {MAX_LENGTH} are possible")
    problems += duplicate_problems(items, where, "threema_id")
    report_problems(problems, "some contacts are wrong")
    return [{**item, "state": item.get("state") or state} for item in items]


def check_prune(items: t.Sequence[Object], state: str) -> None:
    """:raises Refused: for an empty list, or one that says who shall go: it would remove everybody else."""
    if not items:
        raise Refused("prune with an empty list would remove every contact; nothing was written")
    if state == "absent" or any(item["state"] == "absent" for item in items):
        raise Refused(
            "prune and state: absent exclude each other: prune removes what is not listed; nothing was written"
        )


def plan_contacts(
    items: t.Sequence[Object], present: t.Mapping[str, Object], *, prune: bool, ignore: t.Sequence[str]
) -> Plan:
    """The plan for all items, and with ``prune`` for all custom contacts that are on none.

    :param present: contacts by Threema ID; with ``prune`` all of them.
    """
    plan = Plan([plan_contact(item, present.get(item["threema_id"])) for item in items])
    if prune:
        listed = {item["threema_id"] for item in items}
        for threema_id, contact in present.items():
            # Automatic contacts cannot be removed (contract 6.5).
            if threema_id not in listed and contact.get("type") == "custom" and not is_ignored(threema_id, ignore):
                plan.changes.append(_removal(threema_id, contact, None))
    return plan


def plan_contact(item: Object, current: Object | None) -> ContactChange:
    """The change for one item."""
    key = item["threema_id"]
    if item["state"] == "absent":
        return _removal(key, current, item)
    if current is None:
        target = {
            "threema_id": key,
            "type": "custom",
            "first_name": item.get("first_name"),
            "last_name": item.get("last_name"),
            "enabled": True if item.get("enabled") is None else item["enabled"],
        }
        after = {name: target[name] for name in _FIELDS}
        return ContactChange(key=key, action=CREATED, after=after, result=target, wanted=item, target=target)
    given = {name: item[name] for name in _FIELDS if item.get(name) is not None}
    target = {**current, **given}
    if target == current:
        return ContactChange(key=key, action=UNCHANGED, result=current, wanted=item)
    if not (target["first_name"] and target["last_name"]):
        change = ContactChange(key=key, action=FAILED, result=current, wanted=item)
        change.fail(
            Refused(
                f"the contact {key} has not both names, and the service demands them with every change: "
                "give first_name and last_name"
            )
        )
        return change
    before, after = ({name: contact[name] for name in _FIELDS} for contact in (current, target))
    return ContactChange(key=key, action=UPDATED, before=before, after=after, result=target, wanted=item, target=target)


def _removal(key: str, current: Object | None, item: Object | None) -> ContactChange:
    if current is None:
        return ContactChange(key=key, action=UNCHANGED, result={"threema_id": key}, wanted=item)
    if current.get("type") == "auto":
        change = ContactChange(key=key, action=FAILED, result=current, wanted=item)
        change.fail(Refused(not_removable(key)))
        return change
    before = {name: current[name] for name in _FIELDS}
    return ContactChange(key=key, action=REMOVED, before=before, result=current, removes=1, wanted=item)


def not_removable(threema_id: str) -> str:
    """What to do about an automatic contact."""
    return (
        f"the contact {threema_id} was made from a user of the subscription, and the service removes no such contact; "
        "set enabled: false to hide it"
    )
