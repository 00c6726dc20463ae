# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What became of a plan: which step came to what, for results, diffs and messages."""

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
    """What became of a plan, the error that ended the run, and what was counted for limits.

    :ivar half_done: of what is pending, which part is done.
    :ivar unrecorded: why what was done could not be written down, which is a failure even where all was done.
    """

    steps: t.Sequence[S_co]
    stopped_by: ThreemaError | None = None
    half_done: str = ""
    counted: Object = field(default_factory=dict)
    unrecorded: ThreemaError | None = None

    def having(self, outcome: str) -> list[S_co]:
        """The steps that came to this."""
        return [step for step in self.steps if step.outcome == outcome]

    @property
    def incomplete(self) -> bool:
        """Whether something failed or is left. Told to end when all was done, a run did what it had to."""
        return self.unrecorded is not None or any(step.outcome in (FAILED, PENDING) for step in self.steps)

    @property
    def changed(self) -> bool:
        """Whether the service now holds something else."""
        return any(step.did_something for step in self.steps)

    def returned(self, which: str) -> t.Collection[str]:
        """The outcomes whose objects ``return_objects`` wants; a failed result never lists the unchanged."""
        if which == "none":
            return ()
        everything = which == "all" and not self.incomplete
        return [outcome for outcome in ACTIONS if everything or outcome != UNCHANGED]

    def summary(self) -> dict[str, int]:
        """How many objects came to which outcome."""
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
