# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Contacts: read, plan, carry out."""

from __future__ import annotations

import typing as t

from .._api.contacts import ContactApi
from .._apply import Resource, Step
from .._http import Client
from .._plan import CREATED, Plan, name_some
from .._planning.contacts import FIELDS, ContactChange, plan_contact, plan_contacts
from .._types import Object

ContactStep = Step[ContactChange]


class Contacts(Resource[ContactChange, ContactStep]):
    """What a task does with contacts; ``items`` are checked.

    :param list_all: read the whole list, however many requests it takes, for a limit that is a share of it.
    """

    def __init__(
        self,
        client: Client,
        items: t.Sequence[Object],
        *,
        prune: bool = False,
        ignore: t.Sequence[str] = (),
        list_all: bool = False,
    ) -> None:
        self._items = items
        self._prune = prune
        self._ignore = ignore
        self._list_all = list_all or prune
        self._api = ContactApi(client)

    def plan(self) -> Plan[ContactChange]:
        ids = [item["threema_id"] for item in self._items]
        found = self._api.fetch(ids, everything=self._list_all)
        return plan_contacts(self._items, found.by_id, prune=self._prune, ignore=self._ignore, whole=found.whole)

    def begin(self, change: ContactChange) -> ContactStep:
        return Step(change)

    def afterwards(self, steps: t.Sequence[ContactStep], dry: bool, /) -> list[str]:
        """Whether the creation takes ``directory_enabled`` is unknown, and it cannot be read back (contract 6.4)."""
        unsent = [step.change.key for step in steps if step.outcome == CREATED and _hidden(step.change)]
        if not unsent:
            return []
        return [
            f"{len(unsent)} contact(s) {'would be' if dry else 'were'} created without directory_enabled: false, which "
            f"is only sent when a contact is changed: {name_some(unsent)}; to send it, change first_name, last_name, "
            "or enabled of these contacts in a task with directory_enabled: false"
        ]

    def carry_out(self, step: ContactStep) -> None:
        change = step.change
        if change.target is None:
            step.removed(self._api.delete(change.key))
            return
        if change.action == CREATED:
            self._api.create(change.target)
        else:
            self._api.update(change.target, directory_enabled=not _hidden(change))
        step.done()

    def look(self, steps: t.Sequence[ContactStep]) -> list[Object | None]:
        present = self._api.fetch([step.change.key for step in steps]).by_id
        return [present.get(step.change.key) for step in steps]

    def holds(self, step: ContactStep, current: Object, /) -> bool:
        target = step.change.target or {}
        return all(current[name] == target.get(name) for name in FIELDS)

    def accept(self, step: ContactStep, current: Object, /) -> None:
        step.result = current
        step.done()

    def replan(self, step: ContactStep, current: Object, /) -> ContactChange | None:
        return plan_contact(step.change.wanted, current) if step.change.wanted else None


def _hidden(change: ContactChange) -> bool:
    """Whether a task sets ``directory_enabled: false`` for a contact."""
    return change.wanted is not None and change.wanted.get("directory_enabled") is False
