# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""How far a task is, while it runs, for whoever follows it: the module's side.

The action plugin (``plugins/plugin_utils/_progress.py``) names a file; the number of what is done is written there, one
record over the one before. Numbers and fixed words only. Nothing here waits, nothing is read, and no error of the file
reaches anybody: a task that cannot be followed runs as if nobody followed it.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import threading
import time
import typing as t

#: The option that the action plugin adds, and how the name of its file begins.
OPTION: t.Final = "_threema_work_progress"
PREFIX: t.Final = "threema-work-progress-"
#: A record always has so many bytes, so that a shorter one leaves nothing of a longer one.
RECORD: t.Final = 256
#: What a step consists of. There are no others: whoever reads a record accepts only these.
CHANGES: t.Final = "done"
SETTINGS_WRITTEN: t.Final = "settings written"
READ: t.Final = {
    "credentials": "credentials read",
    "users": "users read",
    "contacts": "contacts read",
    "/mdm-bulk": "credentials' settings read",
}
CATEGORIES_READ: t.Final = "contacts' categories read"
WORDS: t.Final = frozenset((CHANGES, SETTINGS_WRITTEN, CATEGORIES_READ, *READ.values()))
#: Seconds between two records of single changes.
_PAUSE: t.Final = 0.5
_FLAGS: t.Final = (
    os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
)


class Live:
    """How far a task is.

    :param descriptor: of the file that records are written to; None if nobody follows.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._written_at = 0.0
        self._expected = self._begun = 0

    def expect(self, steps: int) -> None:
        """So many steps that write will follow; without this, their number is not known."""
        self._expected, self._begun = steps, 0

    def step(self, words: str, of: int | None = None) -> LiveStep:
        """One step that reads.

        :param words: one of :data:`WORDS`.
        :param of: how many there are in all, None while that is not known.
        """
        return LiveStep(self, words, of) if self._descriptor is not None else UNSEEN

    def next_step(self, words: str, of: int) -> LiveStep:
        """The next step that writes."""
        self._begun += 1
        step = self.step(words, of)
        if step is not UNSEEN and 1 < self._expected >= self._begun:
            step.part = [self._begun, self._expected]
        return step

    def close(self) -> None:
        """Nothing more is written."""
        with self._lock, contextlib.suppress(OSError):
            descriptor, self._descriptor = self._descriptor, None
            if descriptor is not None:
                os.close(descriptor)

    def _write(self, step: LiveStep, done: int, failed: int, at_once: bool) -> None:
        """Add to what a step has done, and write it down unless that was done a moment ago."""
        with self._lock:
            step.done += done
            step.failed += failed
            now = time.monotonic()
            if self._descriptor is None or not (at_once or now - self._written_at >= _PAUSE):
                return
            self._written_at = now
            record = json.dumps([step.words, step.done, step.of, step.failed, step.part])
            try:
                os.pwrite(self._descriptor, record.encode().ljust(RECORD), 0)
            except OSError:
                self._descriptor = None


class LiveStep:
    """One step of a task, with numbers of its own: a list that is read in the middle of writing changes none."""

    def __init__(self, live: Live, words: str, of: int | None) -> None:
        self._live = live
        self.words, self.of = words, of
        self.done = self.failed = 0
        self.part: list[int] | None = None

    def add(self, done: int = 1, failed: int = 0) -> None:
        """So many more are done, so many of them with an error; may be called by several threads."""
        self._live._write(self, done, failed, False)

    def at(self, done: int, of: int | None, failed: int = 0) -> None:
        """So many are done now."""
        self.of = of
        self._live._write(self, done - self.done, failed - self.failed, True)


class _Unseen(LiveStep):
    """A step that nobody follows."""

    def __init__(self) -> None:
        super().__init__(Live(), CHANGES, None)

    def add(self, done: int = 1, failed: int = 0) -> None:
        """Nothing."""

    def at(self, done: int, of: int | None, failed: int = 0) -> None:
        """Nothing."""


UNSEEN: t.Final[LiveStep] = _Unseen()


def take_progress(options: dict[str, t.Any]) -> Live:
    """Remove the option that the action plugin adds, and open its file.

    What somebody else wrote under that name stays, and is rejected as unknown.
    """
    path = options.get(OPTION)
    if not isinstance(path, str) or not os.path.basename(path).startswith(PREFIX):
        return Live()
    del options[OPTION]
    with contextlib.suppress(OSError, ValueError):
        descriptor = os.open(path, _FLAGS)
        found = os.fstat(descriptor)
        if stat.S_ISREG(found.st_mode) and found.st_size == 0:
            return Live(descriptor)
        os.close(descriptor)
    return Live()
