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
from .._plan import CREATED, FAILED, REMOVED, UNCHANGED, UPDATED, Change, Plan
from .._types import Object
from .items import duplicates, is_ignored, labels, length_problems, report_problems, states, threema_id_problem

FIELDS: t.Final = ("first_name", "last_name", "enabled")


@dataclass(frozen=True, eq=False)
class ContactChange(Change):
    """
    :ivar wanted: the item, None for one that is pruned.
    :ivar target: the contact to be written; not used for a removal.
    """

    wanted: Object | None = None
    target: Object | None = None

    @property
    def entry(self) -> Object:
        return {"threema_id": self.key}

    @property
    def may_exist(self) -> bool:
        return self.action == CREATED


def check_contacts(items: t.Sequence[Object], state: str, where: str | None) -> list[Object]:
    """The items with their state filled in.

    :raises Refused: with everything that is wrong with their form.
    """
    problems = []
    for item, label in zip(items, labels(items, where, "threema_id")):
        wrong = threema_id_problem(item["threema_id"])
        wrongs = [*([wrong] if wrong else []), *length_problems(item, "first_name", "last_name")]
        problems += [f"{label}: {one}" for one in wrongs]
    problems += duplicates(items, where, "threema_id")
    report_problems(problems, "some contacts are wrong")
    return [{**item, "state": own} for item, own in zip(items, states(items, state))]


def plan_contacts(
    items: t.Sequence[Object],
    present: t.Mapping[str, Object],
    *,
    prune: bool,
    ignore: t.Sequence[str],
    whole: bool = True,
) -> Plan[ContactChange]:
    """The plan for all items, and with ``prune`` for all custom contacts that are not in the list of items.

    :param present: contacts by Threema ID; with ``prune`` all of them.
    :param whole: whether these are all.
    """
    changes = [plan_contact(item, present.get(item["threema_id"])) for item in items]
    if prune:
        listed = {item["threema_id"] for item in items}
        changes += [
            _removal(threema_id, contact, None)
            for threema_id, contact in present.items()
            # Automatic contacts cannot be removed (contract 6.5).
            if threema_id not in listed and contact.get("type") == "custom" and not is_ignored(threema_id, ignore)
        ]
    custom = sum(contact.get("type") == "custom" for contact in present.values())
    return Plan(changes, before=custom if whole else None)


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
        return ContactChange(key=key, action=CREATED, after=_managed(target), result=target, wanted=item, target=target)
    given = {name: item[name] for name in FIELDS if item.get(name) is not None}
    target = {**current, **given}
    if target == current:
        return ContactChange(key=key, action=UNCHANGED, result=current, wanted=item)
    if not (target["first_name"] and target["last_name"]):
        error = Refused(
            f"the contact {key} does not have both names, and the service requires them for every change: "
            "give first_name and last_name"
        )
        return ContactChange(key=key, action=FAILED, result=current, wanted=item, error=error)
    return ContactChange(
        key=key,
        action=UPDATED,
        before=_managed(current),
        after=_managed(target),
        result=target,
        wanted=item,
        target=target,
    )


def _managed(contact: Object) -> Object:
    return {name: contact[name] for name in FIELDS}


def _removal(key: str, current: Object | None, item: Object | None) -> ContactChange:
    if current is None:
        return ContactChange(key=key, action=UNCHANGED, result={"threema_id": key}, wanted=item)
    if current.get("type") == "auto":
        error = Refused(
            f"the contact {key} was created from a user of the subscription, and the service cannot remove such "
            "contacts; set enabled: false to hide it"
        )
        return ContactChange(key=key, action=FAILED, result=current, wanted=item, error=error)
    return ContactChange(key=key, action=REMOVED, before=_managed(current), result=current, removes=1, wanted=item)
