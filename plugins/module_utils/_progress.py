# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The outcome of a plan: which step had which outcome, for results, diffs, and messages."""

from __future__ import annotations

import collections
import typing as t
from dataclasses import dataclass, field

from ._apply import S_co
from ._errors import ThreemaError
from ._plan import ACTIONS, FAILED, PENDING, UNCHANGED
from ._text import as_lines, shown
from ._types import Object

MAX_DIFFS: t.Final = 200


@dataclass(frozen=True)
class Progress(t.Generic[S_co]):
    """The outcome of a plan, the error that ended the run, and what was counted for limits.

    :ivar half_done: which part of the pending changes is done.
    :ivar unrecorded: why changes could not be recorded, which is a failure even if all of them were carried out.
    """

    steps: t.Sequence[S_co]
    stopped_by: ThreemaError | None = None
    half_done: str = ""
    counted: Object = field(default_factory=dict)
    unrecorded: ThreemaError | None = None

    def having(self, outcome: str) -> list[S_co]:
        """The steps with this outcome."""
        return [step for step in self.steps if step.outcome == outcome]

    @property
    def incomplete(self) -> bool:
        """Whether something failed or is pending. A run that was asked to stop when all was done is complete."""
        return self.unrecorded is not None or any(step.outcome in (FAILED, PENDING) for step in self.steps)

    @property
    def may_pass(self) -> bool:
        """Whether another run may complete the rest, or a part of it, without anything being corrected."""
        left = self.having(PENDING) or self.unrecorded
        return bool(left) or any(step.may_pass for step in self.having(FAILED))

    @property
    def changed(self) -> bool:
        """Whether the service now holds something else."""
        return any(step.did_something for step in self.steps)

    def returned(self, which: str) -> t.Collection[str]:
        """The outcomes whose objects ``return_objects`` selects; a failed result never lists unchanged objects."""
        if which == "none":
            return ()
        everything = which == "all" and not self.incomplete
        return [outcome for outcome in ACTIONS if everything or outcome != UNCHANGED]

    def summary(self) -> dict[str, int]:
        """The number of objects with each outcome."""
        counted = collections.Counter(step.outcome for step in self.steps)
        return {action: counted[action] for action in ACTIONS}

    def diff(self) -> list[Object]:
        """A small diff for each object that changed, at most MAX_DIFFS and then their number."""
        by_key: dict[str, tuple[Object, Object]] = {}
        for step in self.steps:
            if step.did_something:
                for whole, part in zip(by_key.setdefault(step.change.key, ({}, {})), step.carried_out()):
                    whole.update(part)
        diffs: list[Object] = [
            {
                "before_header": shown(key),
                "after_header": shown(key),
                "before": as_lines(before),
                "after": as_lines(after),
            }
            for key, (before, after) in list(by_key.items())[:MAX_DIFFS]
        ]
        if len(by_key) > MAX_DIFFS:
            diffs.append({"prepared": f"and {len(by_key) - MAX_DIFFS} more changed objects\n"})
        return diffs
