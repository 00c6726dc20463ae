# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Carries a plan out: a bounded number of threads, what happened to each change, and looking after lost answers."""

from __future__ import annotations

import queue
import typing as t

from . import _errors as errors
from ._errors import Refused, ThreemaError
from ._plan import PENDING, Change

C = t.TypeVar("C", bound=Change)
C_contra = t.TypeVar("C_contra", bound=Change, contravariant=True)


class Actor(t.Protocol[C_contra]):
    """What a resource has to offer."""

    def carry_out(self, change: C_contra) -> None:
        """Send what the change needs; :raises ThreemaError: if that failed."""

    def settle(self, changes: t.Sequence[C_contra]) -> None:
        """Look what became of changes whose ``doubt`` is set.

        For each: set the ``outcome``; or call ``fail``; or clear the doubt, and it is carried out again.
        """


class Runner:
    """Carries changes out.

    :param concurrency: writes under way at once.
    :param interrupted: says why no further write may be started, None while all is well.
    :param back_off: waits before changes are sent again.
    :param rounds: how often changes whose answer was lost, and which were not carried out, are sent again.
    :ivar stopped_by: the error after which nothing more is sent; None while all is well.
    """

    def __init__(
        self,
        concurrency: int,
        rounds: int,
        interrupted: t.Callable[[], str | None] = lambda: None,
        back_off: t.Callable[[int], None] = lambda _attempt: None,
    ) -> None:
        self._back_off = back_off
        self._interrupted = interrupted
        self._concurrency = concurrency
        self.rounds = rounds
        self.stopped_by: ThreemaError | None = None

    def run(self, changes: t.Sequence[C], actor: Actor[C]) -> None:
        """Carry the changes out; afterwards none is in doubt, and what was not sent is pending."""
        todo: t.Sequence[C] = changes
        # One round more than there are, for what turned out to be there already and needs another write now.
        for attempt in range(self.rounds + 2):
            self.each(todo, actor.carry_out)
            doubts = {id(change): change.doubt for change in changes if change.doubt is not None}
            doubtful = [change for change in changes if id(change) in doubts]
            if not self._settle(doubtful, actor):
                return
            # What was looked for and is not there was not carried out, so that it may be sent again.
            todo = [change for change in doubtful if change.outcome == PENDING and not change.written]
            for change in todo:
                doubt = doubts[id(change)]
                # Planned anew, it is another write, which has had no try yet.
                anew, change.replanned = change.replanned, False
                if self.interrupted() or self.stopped_by is not None:
                    change.error = doubt
                elif attempt > self.rounds or not (anew or (attempt < self.rounds and not doubt.exhausted)):
                    change.fail(doubt)
            todo = [change for change in todo if change.outcome == PENDING]
            if todo and self.stopped_by is None:
                self._back_off(attempt)

    def _settle(self, doubtful: t.Sequence[C], actor: Actor[C]) -> bool:
        """Look what became of changes; false if there is nothing more to do."""
        if not doubtful:
            return False
        try:
            actor.settle(doubtful)
        except ThreemaError as error:
            self.stop_if_needed(error)
            for change in doubtful:
                if change.outcome == PENDING and not (change.doubt is None and change.written):
                    self._leave_in_doubt(change, error)
            return False
        return True

    def _leave_in_doubt(self, change: Change, error: ThreemaError) -> None:
        """The look failed: what may have been carried out is said to be so, and the rest is left for the next run."""
        doubt = change.doubt
        if doubt is not None and doubt.may_have_been_done:
            change.note = f"{doubt}; looking what became of it failed too: {error}"
            change.fail(doubt)
        elif self.stopped_by is not None:
            change.doubt, change.error = None, error
        else:
            change.fail(error)

    def each(self, changes: t.Sequence[C], carry_out: t.Callable[[C], None]) -> None:
        """Call ``carry_out`` for each change, and record what it raises; stops where going on is of no use."""
        todo: queue.SimpleQueue[C] = queue.SimpleQueue()
        for change in changes:
            todo.put(change)

        def work() -> None:
            while not self.interrupted() and self.stopped_by is None:
                try:
                    change = todo.get_nowait()
                except queue.Empty:
                    return
                try:
                    carry_out(change)
                except ThreemaError as error:
                    self.record(change, error)

        threads = min(self._concurrency, len(changes))
        if threads <= 1:
            work()
            return
        # Imported here because a task with one change would wait for it in vain.
        import concurrent.futures

        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            for future in [pool.submit(work) for _number in range(threads)]:
                future.result()

    @property
    def stopped_by_service(self) -> bool:
        """Whether the key or the quota ended the run; a budget may still hold what was kept back for the last step."""
        return self.stopped_by is not None and self.stopped_by.kind in (errors.AUTHENTICATION, errors.QUOTA)

    def interrupted(self) -> bool:
        """Whether the task shall end; asked before each write."""
        reason = self._interrupted()
        if reason and self.stopped_by is None:
            self.stopped_by = Refused(f"{reason}; no further write was started")
        return bool(reason)

    def record(self, change: Change, error: ThreemaError) -> None:
        """Note that a change ended with an error: in doubt, failed, or pending where the run ends with it."""
        if self.interrupted() or error.kind in (errors.QUOTA, errors.BUDGET):
            self.stop_if_needed(error)
            if not error.may_have_been_done:
                change.error = error
                return
        self.stop_if_needed(error)
        if error.may_have_been_done or (error.refuses and change.may_exist):
            # Refused, because it was made meanwhile, or hidden by a filter?
            change.doubt = error
            change.perhaps_done = change.perhaps_done or error.may_have_been_done
        else:
            change.fail(error)

    def stop_if_needed(self, error: ThreemaError) -> None:
        """After some errors the next request could only fail in the same way."""
        if error.kind in errors.STOPS_A_RUN and self.stopped_by is None:
            self.stopped_by = error
