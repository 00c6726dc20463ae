# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""How far a task is, while it runs: the control node's side, which shows it.

The module writes numbers to a file (``plugins/module_utils/_live_progress.py``); a thread reads it once a second and
shows a line from time to time, like a warning. Whatever goes wrong here, the task runs as if nobody followed it.
"""

from __future__ import annotations

import collections
import contextlib
import json
import math
import os
import signal
import tempfile
import threading
import time
import types
import typing as t

from ansible import constants
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display
from ansible_collections.threema.work.plugins.module_utils._live_progress import OPTION, PREFIX, RECORD, WORDS

VARIABLE: t.Final = "threema_work_progress"
ENVIRONMENT: t.Final = "THREEMA_WORK_PROGRESS"
#: Seconds between two lines at the beginning; twice as many pass before the first one.
_INTERVAL: t.Final = 5.0
_LEAST_INTERVAL: t.Final = 1.0
#: The longer a task runs, the rarer the lines: at most so many in the time that it has run.
_LINES: t.Final = 12
#: Seconds between two looks at the file, of which the rate is worked out, and without news after which that is said.
_LOOK: t.Final = 1.0
_WINDOW: t.Final = 30.0
_NO_NEWS: t.Final = 10.0
#: A line takes no longer, unless nobody reads it.
_LINE_SECONDS: t.Final = 1.0
_ON: t.Final = frozenset(("", "true", "yes", "on"))

Result = t.Dict[str, t.Any]


class Record(t.NamedTuple):
    """What the module wrote.

    :ivar words: what the step consists of.
    :ivar of: how many there are, of which ``done`` are done, ``failed`` of them with an error; None if unknown.
    :ivar part: which of how many steps it is; None if unknown.
    """

    words: str
    done: int
    of: int | None
    failed: int
    part: tuple[int, int] | None


def interval_of(value: t.Any) -> float | None:
    """Seconds between two lines, as a variable asks for it; None if none are to be shown."""
    if value is None or value is True or (isinstance(value, str) and value.strip().lower() in _ON):
        return _INTERVAL
    try:
        seconds = 0.0 if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None
    return max(seconds, _LEAST_INTERVAL) if math.isfinite(seconds) and seconds > 0 else None


def record_of(written: bytes) -> Record | None:
    """What the bytes of a file say; None if that is no record."""
    if len(written) != RECORD:
        return None
    try:
        words, done, of, failed, part = json.loads(written)
    except (ValueError, TypeError):
        return None
    if not isinstance(words, str) or words not in WORDS:
        return None
    if not _numbers(done, failed, *([] if of is None else [of])):
        return None
    if part is not None and not (isinstance(part, list) and len(part) == 2 and _numbers(*part)):
        return None
    return Record(words, done, of, failed, (part[0], part[1]) if part else None)


def _numbers(*values: t.Any) -> bool:
    return all(isinstance(value, int) and not isinstance(value, bool) and value >= 0 for value in values)


def duration(seconds: float) -> str:
    """A rest of time: exact where it is short."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{round(seconds / 3600)} h"


def _rate(each_second: float) -> str:
    return f"{each_second:.0f} a second" if each_second >= 0.95 else f"{max(1, round(each_second * 60))} a minute"


class Pace:
    """Which lines are shown, and when: pure, with the times that it is given.

    :param interval: seconds between two lines at least.
    :param begun: when the task began.
    """

    def __init__(self, interval: float, begun: float) -> None:
        self._interval = interval
        self._begun = begun
        self._next = begun + 2 * interval
        self._seen: collections.deque[tuple[float, int]] = collections.deque()
        self._last: Record | None = None
        self._news_at = begun

    def line(self, record: Record | None, now: float) -> str | None:
        """Take a look's record, and return the line that is to be shown now, None for none."""
        if record is None:
            return None
        if record != self._last:
            last = self._last
            # Another step, or a list that is read again.
            if last is None or (last.words, last.part) != (record.words, record.part) or record.done < last.done:
                self._seen.clear()
            self._last, self._news_at = record, now
        self._seen.append((now, record.done))
        while now - self._seen[0][0] > _WINDOW:
            self._seen.popleft()
        if now < self._next or (record.of is not None and record.done >= record.of):
            return None
        self._next = now + max(self._interval, (now - self._begun) / _LINES)
        return self._describe(record, now)

    def _describe(self, record: Record, now: float) -> str:
        total = "" if record.of is None else f" of {record.of}"
        parts = [f"{record.done}{total} {record.words}"]
        if record.failed:
            parts.append(f"{record.failed} with an error")
        if record.part:
            parts.append(f"{record.part[0]} of {record.part[1]} steps")
        if now - self._news_at >= _NO_NEWS:
            return ", ".join([*parts, f"nothing new for {duration(now - self._news_at)}"])
        (since, before), (until, done) = self._seen[0], self._seen[-1]
        each_second = (done - before) / (until - since) if until > since else 0.0
        if each_second > 0:
            parts.append(_rate(each_second))
            # The rest of one step is not the rest.
            if record.of is not None and (record.part is None or record.part[0] == record.part[1]):
                parts.append(f"about {duration((record.of - record.done) / each_second)} left")
        return ", ".join(parts)


class Follower:
    """Shows how far a module is; a context manager around its run. Nothing that goes wrong in it is raised.

    :param show: shows one line.
    :raises OSError: if there can be no file.
    """

    def __init__(self, pace: Pace, show: t.Callable[[str], None]) -> None:
        self._pace, self._show = pace, show
        self._descriptor, self.path = tempfile.mkstemp(prefix=PREFIX, dir=constants.DEFAULT_LOCAL_TMP)
        self._named = True
        self._end = threading.Event()
        self._thread: threading.Thread | None = None
        self._showing = threading.Lock()
        self._before: dict[int, t.Any] = {}

    def __enter__(self) -> Follower:
        with contextlib.suppress(Exception):
            thread = threading.Thread(target=self._follow, name=PREFIX.strip("-"), daemon=True)
            thread.start()
            self._thread = thread
            self._take_signals()
        return self

    def __exit__(self, *exc: object) -> None:
        with contextlib.suppress(Exception):
            for number, handler in self._before.items():
                signal.signal(number, handler)
        with contextlib.suppress(Exception):
            self._end.set()
            if self._thread:
                self._thread.join()
        self._unlink()
        with contextlib.suppress(OSError):
            os.close(self._descriptor)

    def _take_signals(self) -> None:
        """Let no signal end the process while a line is on its way.

        In a worker, a line goes through a queue of all workers, whose lock would never be released: ansible-playbook
        would wait for it when it ends.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            handler = signal.getsignal(number)
            if callable(handler) or handler == signal.SIG_DFL:
                self._before[number] = handler
                signal.signal(number, self._end_by)

    def _end_by(self, number: int, frame: types.FrameType | None) -> None:
        self._end.set()
        shown = self._showing.acquire(timeout=_LINE_SECONDS)
        try:
            handler = self._before[number]
            signal.signal(number, handler)
            if callable(handler):
                handler(number, frame)
            else:
                os.kill(os.getpid(), number)
        finally:
            if shown:
                self._showing.release()

    def _unlink(self) -> None:
        if self._named:
            self._named = False
            with contextlib.suppress(OSError):
                os.unlink(self.path)

    def _follow(self) -> None:
        with contextlib.suppress(Exception):
            # Signals are for the thread that runs the task.
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            parent = os.getppid()
            while not self._end.wait(_LOOK) and os.getppid() == parent:
                self._look()

    def _look(self) -> None:
        record = record_of(os.pread(self._descriptor, RECORD + 1, 0))
        if record:
            # The module has it open; nobody else needs its name.
            self._unlink()
        line = self._pace.line(record, time.monotonic())
        with self._showing:
            if line and not self._end.is_set():
                self._show(line)


class ActionWithProgress(NormalAction):  # type: ignore[misc,unused-ignore]
    """Runs a module as every module is run, and shows how far it is where that can be followed."""

    def _execute_module(self, *args: t.Any, **kwargs: t.Any) -> Result:
        follower = None
        with contextlib.suppress(Exception):
            follower = self._follower(*args, **kwargs)
        if follower is None:
            return t.cast(Result, super()._execute_module(*args, **kwargs))
        with follower:
            options = {**self._task.args, OPTION: follower.path}
            return t.cast(Result, super()._execute_module(**{**kwargs, "module_args": options}))

    def _follower(self, *args: t.Any, **kwargs: t.Any) -> Follower | None:
        """None where the module's progress cannot be followed, or is not to be shown."""
        local = type(self._connection).__module__ == "ansible.plugins.connection.local"
        usual = not args and kwargs.get("module_name") is None and kwargs.get("module_args") is None
        if not (local and usual) or self._task.async_val or OPTION in self._task.args:
            return None
        variables = kwargs.get("task_vars") or {}
        interval = self._interval(variables)
        if interval is None:
            return None
        head = f"progress: [{self._host(variables)}] => {self._task.action.rpartition('.')[2]}: "
        display = Display()
        pace = Pace(interval, time.monotonic())
        return Follower(pace, lambda line: display.display(head + line, color=constants.COLOR_VERBOSE, stderr=True))

    def _interval(self, variables: t.Mapping[str, t.Any]) -> float | None:
        """:raises Exception: for a variable that cannot be templated."""
        if VARIABLE in variables:
            return interval_of(self._templar.template(variables[VARIABLE]))
        return interval_of(os.environ.get(ENVIRONMENT))

    def _host(self, variables: t.Mapping[str, t.Any]) -> str:
        """As Ansible's own lines name it."""
        host, delegated = variables.get("inventory_hostname"), self._task.delegate_to
        return f"{host} -> {delegated}" if delegated else f"{host}"
