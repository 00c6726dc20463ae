# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Carries out a plan: the outcome of each change, a bounded number of threads, and checks after lost answers."""

from __future__ import annotations

import abc
import queue
import typing as t

from . import _errors as errors
from ._errors import NOT_FOUND, Refused, ThreemaError
from ._live_progress import CHANGES, Live, LiveStep
from ._plan import FAILED, PENDING, REMOVED, UNCHANGED, WRITES, C, C_co, Change, Plan
from ._text import sentence
from ._types import Object

#: Additional rounds for steps that now need another write: the object already exists, or one part is done; a credential
#: whose Threema IDs are removed has three parts.
_NEW_WRITES: t.Final = 3

#: Records what was done (one of the WRITES) to which object.
Append = t.Callable[[str, Object], None]


class Step(t.Generic[C_co]):
    """A change and its outcome. If it is planned again, it gets another ``change``.

    :ivar outcome: ``pending`` until it has one.
    :ivar error: why it failed, or was left for the next run.
    :ivar note: more details than the error has.
    :ivar doubt: the error that leaves open whether it was carried out.
    :ivar perhaps_done: whether an answer to it was lost, in this round or an earlier one.
    :ivar replanned: whether it was planned again because somebody else was faster.
    :ivar written: whether a first part of it was carried out, even if a later one was not.
    :ivar waits: whether its remaining part is carried out later together with others, so that it is not carried out
        again on its own.
    :ivar result: the object as the service now holds it, if the service returned it.
    :ivar append: records each part as soon as it is known to be done; None if there is no journal.
    :ivar recorded: the parts that have been recorded.
    """

    # Thousands of steps need nothing but these.
    outcome: str = PENDING
    error: ThreemaError | None = None
    note: str = ""
    doubt: ThreemaError | None = None
    perhaps_done: bool = False
    replanned: bool = False
    written: bool = False
    waits: bool = False
    result: Object | None = None
    append: Append | None = None
    recorded: frozenset[str] = frozenset()

    def __init__(self, change: C_co) -> None:
        self.change = change
        if not change.is_write:
            self.outcome, self.error = change.action, change.error

    def done(self) -> None:
        """The step is done as planned."""
        self.outcome = self.change.action
        self.record()

    def removed(self, was_there: bool) -> None:
        """The object no longer exists, because of this step or before it.

        Lists may show it for an hour after its removal (contract 5.3), so that it was sent again after a lost answer.
        """
        self.outcome = REMOVED if was_there or self.perhaps_done else UNCHANGED
        self.record()

    def record(self) -> None:
        """Record what is done and not yet recorded; called after each answer, before the next request."""
        if self.append is None:
            return
        for part, action, entry in self.entries():
            if part not in self.recorded:
                self.recorded |= {part}
                self.append(action, entry)

    def entries(self) -> t.Iterator[tuple[str, str, Object]]:
        """The parts that are done: a name within the step, what was done, and to what."""
        if self.outcome in WRITES:
            yield "", self.outcome, self.change.entry

    def fail(self, error: ThreemaError | None) -> None:
        """The step could not be carried out."""
        self.outcome = FAILED
        self.error = error and self.told(error)
        self.doubt = None

    def told(self, error: ThreemaError) -> ThreemaError:
        """An error of this step, which also says that an earlier attempt may have been carried out if that is so."""
        return error.after_doubt() if self.perhaps_done else error

    @property
    def left(self) -> bool:
        """Whether it still has to be carried out."""
        return self.outcome == PENDING and not self.waits

    @property
    def did_something(self) -> bool:
        """Whether the service now holds something else because of it."""
        return self.outcome in WRITES or self.written

    @property
    def may_pass(self) -> bool:
        """Whether another run may complete it, if it failed, without anything being corrected."""
        return self.error is None or self.error.may_pass

    @property
    def msg(self) -> str:
        """Why it failed or is pending."""
        return sentence(self.note or (self.error.msg if self.error else ""))

    def carried_out(self) -> tuple[Object, Object]:
        """Before and after of what was written; some resources write theirs in several parts."""
        return self.change.before or {}, self.change.after or {}

    def as_object(self) -> Object:
        """The object in a singular result, in its current state."""
        return dict(self.change.result if self.result is None else self.result)

    def as_result(self) -> Object:
        """The object in a plural result."""
        result = {**self.as_object(), "action": self.outcome}
        return {**result, "msg": self.msg} if self.msg and self.outcome in (FAILED, PENDING) else result


S = t.TypeVar("S", bound=Step[Change])
S_co = t.TypeVar("S_co", bound=Step[Change], covariant=True)


class Resource(abc.ABC, t.Generic[C, S]):
    """What a task does with one kind of object: read and plan, carry out, and check after a lost answer."""

    @abc.abstractmethod
    def plan(self) -> Plan[C]:
        """Read the current state and plan. :raises ThreemaError: if reading fails or a safety check stops the task."""

    def confirm(self) -> None:
        """Check what is only checked for a plan within its limits, because it may take a request per removed object.

        :raises ThreemaError: if the plan cannot be carried out after all.
        """

    @abc.abstractmethod
    def begin(self, change: C) -> S:
        """The step of a change."""

    def apply(self, steps: t.Sequence[S], runner: Runner) -> None:
        """Carry out the steps that write; each step holds its outcome."""
        runner.run(steps, self)

    def half_done(self, _steps: t.Sequence[S], /) -> str:
        """Which part of the pending steps is done, for the message of a run that had to stop."""
        return ""

    def afterwards(self, _steps: t.Sequence[S], _dry: bool, /) -> t.Sequence[str]:
        """Warnings about what was carried out, or in check mode would be."""
        return ()

    @abc.abstractmethod
    def carry_out(self, step: S) -> None:
        """Send what one step needs. :raises ThreemaError: if that failed."""

    @abc.abstractmethod
    def look(self, steps: t.Sequence[S]) -> t.Sequence[Object | None]:
        """What the service currently holds for each step, None if there is nothing.

        :raises ThreemaError: if reading fails.
        """

    def holds(self, _step: S, _current: Object, /) -> bool:
        """Whether the service holds what the step was supposed to write."""
        return False

    def accept(self, step: S, _current: Object, /) -> None:
        """A step turned out to have been carried out: the service holds the object."""
        step.done()

    def replan(self, _step: S, _current: Object, /) -> C | None:
        """The change for what the service holds now; None to send the same again.

        :raises Refused: if it cannot be done any more.
        """
        return None


class Runner:
    """Carries steps out.

    :param concurrency: number of parallel writes.
    :param rounds: how many times steps whose answer was lost, and which were not carried out, are sent again.
    :param interrupted: returns why no further write may be started, None while all is well.
    :param back_off: waits before steps are sent again.
    :param live: where it is shown how far the run is.
    :ivar stopped_by: the error after which nothing more is sent; None while all is well.
    """

    def __init__(
        self,
        concurrency: int,
        rounds: int,
        interrupted: t.Callable[[], str | None] = lambda: None,
        back_off: t.Callable[[int], None] = lambda _attempt: None,
        live: Live | None = None,
    ) -> None:
        self.live = live or Live()
        self._back_off = back_off
        self._interrupted = interrupted
        self._concurrency = concurrency
        self.rounds = rounds
        self.stopped_by: ThreemaError | None = None

    def run(self, steps: t.Sequence[S], resource: Resource[C, S]) -> None:
        """Carry the steps out; afterward, none is in doubt, and what was not sent is pending."""
        todo: t.Sequence[S] = steps
        if not steps:
            return
        shown = self.live.next_step(CHANGES, len(steps))
        for attempt in range(self.rounds + 1 + _NEW_WRITES):
            self._each(todo, resource.carry_out, shown)
            doubtful = [(step, step.doubt) for step in steps if step.doubt is not None]
            if not self._settle([step for step, _doubt in doubtful], resource):
                return
            for step, doubt in doubtful:
                if step.left:
                    self._send_again_or_give_up(step, doubt, attempt)
            settled = [step for step, _doubt in doubtful if not step.left]
            shown.add(len(settled), sum(step.outcome == FAILED for step in settled))
            todo = [step for step, _doubt in doubtful if step.left]
            if todo and self.stopped_by is None:
                self._back_off(attempt)

    def _send_again_or_give_up(self, step: Step[Change], doubt: ThreemaError, attempt: int) -> None:
        """A step whose result was not found was not carried out, so it may be sent again."""
        # Planned again, it is another write, which has not been attempted yet.
        anew, step.replanned = step.replanned, False
        if self.interrupted() or self.stopped_by is not None:
            step.error = step.told(doubt)
        elif attempt >= self.rounds + _NEW_WRITES or not (anew or (attempt < self.rounds and not doubt.exhausted)):
            step.fail(doubt)

    def _settle(self, doubtful: t.Sequence[S], resource: Resource[C, S]) -> bool:
        """Check what happened to steps; false if there is nothing more to do."""
        if not doubtful:
            return False
        try:
            settle(doubtful, resource)
        except ThreemaError as error:
            self.stop_if_needed(error)
            for step in doubtful:
                if step.doubt is not None or step.left:
                    self._leave_in_doubt(step, error)
            return False
        return True

    def _leave_in_doubt(self, step: Step[Change], error: ThreemaError) -> None:
        """The check failed: report steps that may have been carried out as such; leave the rest for the next run."""
        doubt = step.doubt and step.told(step.doubt)
        if doubt is not None and doubt.may_have_been_done:
            step.note = f"{doubt}; checking what happened to it failed too: {error}"
            step.fail(doubt)
        elif self.stopped_by is not None:
            step.doubt, step.error = None, step.told(error)
        else:
            step.fail(error)

    def _each(self, steps: t.Sequence[S], carry_out: t.Callable[[S], None], shown: LiveStep) -> None:
        """Call ``carry_out`` for each step, and record what it raises; stops if continuing is useless."""
        todo: queue.SimpleQueue[S] = queue.SimpleQueue()
        for step in steps:
            todo.put(step)

        def work() -> None:
            while not self.interrupted() and self.stopped_by is None:
                try:
                    step = todo.get_nowait()
                except queue.Empty:
                    return
                try:
                    carry_out(step)
                except ThreemaError as error:
                    self._record(step, error)
                if not step.left and step.doubt is None:
                    shown.add(failed=step.outcome == FAILED)

        threads = min(self._concurrency, len(steps))
        if threads <= 1:
            work()
            return
        # Imported here because a task with one change does not need it.
        import concurrent.futures

        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            for future in [pool.submit(work) for _number in range(threads)]:
                future.result()

    @property
    def stopped_by_service(self) -> bool:
        """Whether the key or the quota ended the run; a budget may still hold what was reserved for the last part."""
        return self.stopped_by is not None and self.stopped_by.kind in (errors.AUTHENTICATION, errors.QUOTA)

    def interrupted(self) -> bool:
        """Whether the task should end; asked before each write."""
        reason = self._interrupted()
        if reason and self.stopped_by is None:
            self.stopped_by = Refused(f"{reason}; no further write was started")
        return bool(reason)

    def _record(self, step: Step[Change], error: ThreemaError) -> None:
        """Note that a step ended with an error: in doubt, failed, or pending where the run ends with it."""
        if self.interrupted() or error.kind in (errors.QUOTA, errors.BUDGET):
            self.stop_if_needed(error)
            if not error.may_have_been_done:
                step.error = step.told(error)
                return
        self.stop_if_needed(error)
        # Was it rejected because it was created in the meantime, was hidden by a filter, or was done by an attempt
        # whose answer was lost?
        rejected = error.refuses and (step.change.may_exist or step.perhaps_done)
        if error.may_have_been_done or rejected:
            step.doubt = error
            step.perhaps_done = step.perhaps_done or error.may_have_been_done
        else:
            step.fail(error)

    def stop_if_needed(self, error: ThreemaError) -> None:
        """After some errors the next request could only fail in the same way."""
        if error.kind in errors.STOPS_A_RUN and self.stopped_by is None:
            self.stopped_by = error


def settle(steps: t.Sequence[S], resource: Resource[C, S]) -> None:
    """Check what happened to steps whose answer was lost, or which were rejected because somebody else was faster.

    The one rule for all resources. Afterward, each is done, failed, planned again, or left to be carried out again.

    :raises ThreemaError: if a check fails; what was settled until then stays settled, and the rest is in doubt.
    """
    for step, current in zip(steps, resource.look(steps)):
        _settle_one(step, current, resource)
        step.doubt = None


def _settle_one(step: S, current: Object | None, resource: Resource[C, S]) -> None:
    if step.change.action == REMOVED:
        if current is None:
            step.done()
    elif current is None:
        # The rejection had another reason, then, unless an earlier attempt created what is not shown yet; and an object
        # that no longer exists cannot be changed.
        if step.doubt is not None and step.doubt.refuses and not step.perhaps_done:
            step.fail(step.doubt)
        elif not step.change.makes_it:
            step.fail(_gone(step.change, step.doubt))
    elif step.perhaps_done and resource.holds(step, current):
        resource.accept(step, current)
    else:
        _plan_anew(step, current, resource)


def _gone(change: Change, doubt: ThreemaError | None) -> ThreemaError:
    method, path = (doubt.method, doubt.path) if doubt else (None, None)
    return ThreemaError(
        NOT_FOUND,
        f"{method} {path}: {change.key} no longer exists: somebody else removed it in the meantime",
        method=method,
        path=path,
        request_sent=True,
    )


def _plan_anew(step: S, current: Object, resource: Resource[C, S]) -> None:
    try:
        new = resource.replan(step, current)
    except Refused as error:
        step.fail(error)
        return
    # If nobody else changed it, the same request is sent again.
    if new is not None and not new.same_write(step.change):
        step.change = new
        step.replanned, step.perhaps_done = True, False
        if not new.is_write:
            step.outcome, step.error = new.action, new.error
