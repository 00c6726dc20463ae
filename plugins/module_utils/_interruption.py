# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Noticing that a task should end: a signal, or a play that gave up on it.

A task's ``timeout`` and a SIGTERM to ansible-playbook leave the module running. Nobody sees what it writes after that,
so it has to check for itself whether its output is still read, and whether there is still a play.
"""

from __future__ import annotations

import os
import select
import signal
import threading
import types
import typing as t

from ._errors import Refused
from ._play import is_alone, worker_above

_SIGNALS: t.Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Ends the reading of a task, and reports whether a further write may be started; a context manager.

    :ivar writing: whether a signal is only noted, for :meth:`reason`; otherwise it raises :class:`Refused` at once.
    :param wake: set when a signal is noted, so that no thread keeps sleeping.
    """

    def __init__(self, wake: threading.Event) -> None:
        self.writing = False
        self._wake = wake
        self._signal: str | None = None
        self._before: dict[int, t.Any] = {}
        self._worker = worker_above(os.getppid())

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *exc: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, _frame: types.FrameType | None) -> None:
        self._signal = signal.Signals(number).name
        self._wake.set()
        if not self.writing:
            raise Refused(f"{self._told}; nothing was written")

    @property
    def _told(self) -> str:
        return f"the module was asked to stop ({self._signal})"

    def reason(self) -> str | None:
        """Why no further write may be started; None while all is well."""
        if self._signal:
            return self._told
        # A new one for each call: several threads call at once. POLLERR is always reported if the reader of a pipe is
        # gone.
        output = select.poll()
        output.register(1, 0)
        # For a socket whose other end is closed, it is POLLHUP.
        if any(event & (select.POLLERR | select.POLLHUP | select.POLLNVAL) for _fd, event in output.poll(0)):
            return "the module's output is no longer read"
        if self._worker and is_alone(self._worker):
            return "ansible-playbook has ended without waiting for the module"
        return None
