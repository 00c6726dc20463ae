# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Noticing that a task shall end: a signal, or a play that gave up on it.

A task's ``timeout`` and a SIGTERM to ansible-playbook leave the module running. What it writes then nobody sees, so
that it has to look for itself whether somebody still reads its output.
"""

from __future__ import annotations

import select
import signal
import threading
import types
import typing as t

from ._errors import Refused

_SIGNALS: t.Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Ends the reading of a task, and tells whether a further write may be started; a context manager.

    :ivar writing: whether a signal is only noted, for :meth:`reason`; otherwise it raises :class:`Refused` at once.
    :param wake: set when a signal is noted, so that nobody sleeps on.
    """

    def __init__(self, wake: threading.Event) -> None:
        self.writing = False
        self._wake = wake
        self._signal: str | None = None
        self._before: dict[int, t.Any] = {}

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
        return f"the module was told to end ({self._signal})"

    def reason(self) -> str | None:
        """Why no further write may be started; None while all is well."""
        if self._signal:
            return self._told
        # One for each call: several threads ask at once. Of a pipe whose reader is gone, POLLERR is told unasked.
        output = select.poll()
        output.register(1, 0)
        # Of a socket, whose other end is closed, POLLHUP.
        if any(event & (select.POLLERR | select.POLLHUP | select.POLLNVAL) for _fd, event in output.poll(0)):
            return "nobody reads the module's output any more"
        return None
