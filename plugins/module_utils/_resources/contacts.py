# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Contacts: read, plan, carry out."""

from __future__ import annotations

import typing as t

from .._api._common import Object
from .._api.contacts import ContactApi
from .._apply import Runner
from .._http import Client
from .._plan import CREATED, REMOVED, UNCHANGED, Plan
from .._planning.contacts import ContactChange, plan_contact, plan_contacts

_FIELDS: t.Final = ("first_name", "last_name", "enabled")


class Contacts:
    """What a task does with contacts; ``items`` are checked."""

    def __init__(
        self, client: Client, items: t.Sequence[Object], *, prune: bool = False, ignore: t.Sequence[str] = ()
    ) -> None:
        self._items = items
        self._prune = prune
        self._ignore = ignore
        self._api = ContactApi(client)

    def plan(self) -> Plan:
        """Read what is there and plan. :raises ThreemaError: if reading fails or a rule refuses the task."""
        ids = [item["threema_id"] for item in self._items]
        found = self._api.fetch(ids, everything=self._prune) if ids else None
        present = found.by_id if found else {}
        return plan_contacts(self._items, present, prune=self._prune, ignore=self._ignore)

    def apply(self, plan: Plan, runner: Runner) -> None:
        """Carry the plan out; what became of each change stands in it."""
        runner.run(plan.writes, self)

    def carry_out(self, change: ContactChange) -> None:
        """See :class:`.._apply.Actor`."""
        if change.action == REMOVED:
            change.outcome = REMOVED if self._api.delete(change.key) else UNCHANGED
        elif change.target is not None:
            if change.action == CREATED:
                self._api.create(change.target)
            else:
                visible = (change.wanted or {}).get("directory_enabled")
                self._api.update(change.target, directory_enabled=visible is not False)
            change.outcome = change.action

    def settle(self, changes: t.Sequence[ContactChange]) -> None:
        """See :class:`.._apply.Actor`."""
        present = self._api.fetch([change.key for change in changes]).by_id
        for change in changes:
            doubt, change.doubt = change.doubt, None
            current = present.get(change.key)
            if change.action == REMOVED:
                change.outcome = change.outcome if current else REMOVED
            elif current is None:
                if doubt is not None and (doubt.refuses or change.action != CREATED):
                    change.fail(doubt)
            elif change.perhaps_done and _same(current, change.target or {}):
                change.result = current
                change.outcome = change.action
            else:
                new = plan_contact(change.wanted or {}, current)
                # Where nobody else changed it, the same is sent again.
                if (new.action, new.target) != (change.action, change.target):
                    change.become(new)


def _same(current: Object, target: Object) -> bool:
    return all(current[name] == target[name] for name in _FIELDS)
