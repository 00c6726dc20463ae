# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Plans: what a run is going to change. Pure; knows nothing of HTTP or Ansible.

``changed``, the diff and the returned objects come from a plan and from nothing else, in check mode and out of it.
"""

from __future__ import annotations

import collections
import fnmatch
import typing as t
from dataclasses import dataclass, field

from ._errors import Refused, ThreemaError

Object = t.Dict[str, t.Any]

CREATED: t.Final = "created"
UPDATED: t.Final = "updated"
REMOVED: t.Final = "removed"
UNCHANGED: t.Final = "unchanged"
FAILED: t.Final = "failed"
PENDING: t.Final = "pending"
ACTIONS: t.Final = (CREATED, UPDATED, REMOVED, UNCHANGED, FAILED, PENDING)
WRITES: t.Final = (CREATED, UPDATED, REMOVED)

MAX_DIFFS: t.Final = 200
_MAX_NAMED: t.Final = 10


@dataclass
class Change:
    """What happens to one object.

    :ivar key: what people call it, for messages and diffs.
    :ivar action: what is planned: one of the WRITES, ``unchanged``, or ``failed`` where it cannot be done.
    :ivar before: its managed fields as they are, for the diff; None if it does not exist.
    :ivar after: as they will be; None if it will not exist.
    :ivar result: the object as the task returns it.
    :ivar outcome: what became of it; ``pending`` until something did.
    :ivar removes: how much is taken away by it, for the limit.
    :ivar doubt: the error after which it is not known whether it was carried out.
    :ivar perhaps_done: whether an answer to it was lost, in this round or an earlier one.
    :ivar replanned: whether it was planned anew, because somebody else was faster.
    :ivar written: whether a first step was carried out, even if a later one was not.
    """

    key: str
    action: str
    before: Object | None = None
    after: Object | None = None
    result: Object = field(default_factory=dict)
    outcome: str = PENDING
    error: ThreemaError | None = None
    note: str = ""
    removes: int = 0
    doubt: ThreemaError | None = None
    perhaps_done: bool = False
    replanned: bool = False
    written: bool = False

    def fail(self, error: ThreemaError) -> None:
        """It could not be done."""
        self.outcome = FAILED
        self.error = error
        self.doubt = None

    def become(self, other: Change) -> None:
        """Somebody else was faster: it is what it is planned to be now."""
        self.__dict__.update(other.__dict__)
        self.replanned = True
        if not self.is_write and self.outcome == PENDING:
            self.outcome = self.action

    @property
    def label(self) -> str:
        """What messages call it."""
        return self.key

    @property
    def is_write(self) -> bool:
        """Whether something is to be written for it."""
        return self.action in WRITES

    @property
    def may_exist(self) -> bool:
        """Whether the service refuses it if it exists already, so that a refusal may mean that."""
        return False

    @property
    def did_something(self) -> bool:
        """Whether the service now holds something else because of it."""
        return self.outcome in WRITES or self.written

    def carried_out(self, fields: Object | None) -> Object:
        """The fields before or after that were written; some resources write theirs in several steps."""
        return dict(fields or {})

    def as_result(self) -> Object:
        """The object in a plural result."""
        shown = {**self.result, "action": self.outcome}
        msg = self.note or (self.error.msg if self.error else "")
        return {**shown, "msg": msg} if msg and self.outcome in (FAILED, PENDING) else shown


@dataclass
class Plan:
    """All changes of one task, in the order of its items, warnings about them, and the error that ended the run."""

    changes: list[t.Any] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stopped_by: ThreemaError | None = None

    @property
    def writes(self) -> list[t.Any]:
        """The changes for which something is to be written."""
        return [change for change in self.changes if change.is_write]

    @property
    def removals(self) -> int:
        """How much the plan takes away in all."""
        return sum(change.removes for change in self.changes)

    def check_removals(self, limit: int) -> None:
        """:raises Refused: if more would be taken away than ``max_removals`` allows; -1 sets no limit."""
        if limit < -1:
            raise Refused(f"max_removals is {limit}; it must be -1 (no limit), 0 or more. Nothing was written")
        if 0 <= limit < self.removals:
            names = _shorten([change.label for change in self.changes if change.removes])
            raise Refused(
                f"the plan removes {self.removals}, and max_removals allows {limit}; nothing was written. "
                f"It would remove: {names}. If that is right, set max_removals to at least {self.removals}"
            )

    def settle_without_writing(self) -> None:
        """What check mode does: everything that is planned counts as done."""
        for change in self.changes:
            if change.outcome == PENDING:
                change.outcome = change.action

    def settle_unchanged(self) -> None:
        """Where nothing is to be written, the outcome is known."""
        for change in self.changes:
            if not change.is_write and change.outcome == PENDING:
                change.outcome = change.action

    def diff(self) -> list[Object]:
        """A small diff for each object that changed, at most MAX_DIFFS and then their number."""
        by_key: dict[str, tuple[Object, Object]] = {}
        for change in self.changes:
            if change.did_something:
                before, after = by_key.setdefault(change.key, ({}, {}))
                before.update(change.carried_out(change.before))
                after.update(change.carried_out(change.after))
        diffs: list[Object] = [
            {"before_header": key, "after_header": key, "before": before, "after": after}
            for key, (before, after) in list(by_key.items())[:MAX_DIFFS]
        ]
        if len(by_key) > MAX_DIFFS:
            diffs.append({"prepared": f"and {len(by_key) - MAX_DIFFS} more changed objects\n"})
        return diffs

    def summary(self) -> dict[str, int]:
        """How many objects came to which outcome."""
        counted = collections.Counter(change.outcome for change in self.changes)
        return {action: counted[action] for action in ACTIONS}


def report_problems(problems: t.Sequence[str], what: str) -> None:
    """:raises Refused: naming the first problems and counting the rest, if there are any."""
    if problems:
        raise Refused(f"{what}; nothing was written: {_shorten(problems, '; ')}")


def name_failures(changes: t.Sequence[Change]) -> str:
    """The first failed changes with their reasons, and the number of the rest."""
    return _shorten(
        [f"{change.label}: {change.note or (change.error.msg if change.error else '')}" for change in changes], "; "
    )


def name_keys(keys: t.Sequence[str]) -> str:
    """The first keys, and the number of the rest."""
    return _shorten(keys)


def _shorten(texts: t.Sequence[str], separator: str = ", ") -> str:
    shown = separator.join(texts[:_MAX_NAMED])
    more = len(texts) - _MAX_NAMED
    return f"{shown}{separator}and {more} more" if more > 0 else shown


def find_duplicates(keys: t.Iterable[tuple[int, str]], what: str, where: str) -> list[str]:
    """A problem for each key that occurs in several items, with all their indexes (counted from 0)."""
    places: dict[str, list[int]] = {}
    for index, key in keys:
        places.setdefault(key, []).append(index)
    return [
        f"{what} {key!r} occurs more than once, in {' and '.join(f'{where}[{index}]' for index in indexes)}"
        for key, indexes in places.items()
        if len(indexes) > 1
    ]


def is_ignored(key: str, patterns: t.Iterable[str]) -> bool:
    """Whether ``prune_ignore`` protects a key; shell patterns, case included."""
    return any(fnmatch.fnmatchcase(key, pattern) for pattern in patterns)
