# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Plans: what a run is going to change. Pure; knows nothing of HTTP or Ansible.

``changed``, the diff and the returned objects come from a plan and from nothing else, in check mode and out of it. The
outcome of a change is not part of the plan: that is a ``Step`` in ``_apply.py``.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ._errors import ThreemaError
from ._types import Object

CREATED: t.Final = "created"
UPDATED: t.Final = "updated"
REMOVED: t.Final = "removed"
UNCHANGED: t.Final = "unchanged"
FAILED: t.Final = "failed"
PENDING: t.Final = "pending"
ACTIONS: t.Final = (CREATED, UPDATED, REMOVED, UNCHANGED, FAILED, PENDING)
WRITES: t.Final = (CREATED, UPDATED, REMOVED)

_MAX_NAMED: t.Final = 10


@dataclass(frozen=True, eq=False)
class Change:
    """The decision about one object.

    :ivar key: its name for messages and diffs.
    :ivar action: one of the WRITES, ``unchanged``, or ``failed`` if it cannot be done.
    :ivar before: its managed fields as they are, for the diff; None if it does not exist.
    :ivar after: as they will be; None if it will not exist.
    :ivar result: the object as the task returns it.
    :ivar removes: how many removals it counts as, for the limit.
    :ivar error: why it cannot be done, with ``failed``.
    """

    key: str
    action: str
    before: Object | None = None
    after: Object | None = None
    result: Object = field(default_factory=dict)
    removes: int = 0
    error: ThreemaError | None = None

    @property
    def label(self) -> str:
        """Its name in messages."""
        return self.key

    @property
    def entry(self) -> Object:
        """The entry for the object in a journal."""
        return {}

    @property
    def is_write(self) -> bool:
        """Whether something is to be written for it."""
        return self.action in WRITES

    @property
    def removes_object(self) -> bool:
        """Whether it removes one of the objects of which a task may only remove a certain share."""
        return self.action == REMOVED

    @property
    def may_exist(self) -> bool:
        """Whether the service rejects it if the object already exists, so that a rejection may mean that."""
        return False

    @property
    def makes_it(self) -> bool:
        """Whether its write creates a missing object; an upsert does so even if it was meant to change one."""
        return self.action == CREATED

    def same_write(self, other: Change) -> bool:
        """Whether another change would send the same request."""
        return self.action == other.action and self.after == other.after


C = t.TypeVar("C", bound=Change)
C_co = t.TypeVar("C_co", bound=Change, covariant=True)


@dataclass(frozen=True, eq=False)
class Plan(t.Generic[C_co]):
    """All changes of one task, in the order of its items, and warnings about them.

    :ivar before: how many removable objects existed before; None if they were not listed.
    """

    changes: t.Sequence[C_co] = ()
    warnings: t.Sequence[str] = ()
    before: int | None = None

    @property
    def removals(self) -> int:
        """How many removals the plan counts as in total."""
        return sum(change.removes for change in self.changes)


def name_some(texts: t.Sequence[str], separator: str = ", ") -> str:
    """The first strings, and the number of the remaining ones."""
    shown = separator.join(texts[:_MAX_NAMED])
    more = len(texts) - _MAX_NAMED
    return f"{shown}{separator}and {more} more" if more > 0 else shown
