# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one way to the service: within the limit of requests, and no further once somebody asked to end."""

from __future__ import annotations

import signal
import types
import typing as t

from ansible_collections.threema.work.plugins.module_utils import _errors as errors
from ansible_collections.threema.work.plugins.module_utils._connection import Connection
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.plugins.module_utils._service.looking import Looker, Seen

#: Most requests in all, repeated ones and those that remove included.
LIMIT: t.Final = 60
_SIGNALS: t.Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: So many lost answers in a row are no coincidence.
_LOST: t.Final = 2


class Stopped(Exception):
    """Nothing more is tried; the message is why."""


class Prober(Looker):
    """A looker that can be stopped, but not while it removes what was created; a context manager.

    :ivar told: the name of the signal that asked to end; None while there was none.
    :ivar removing: whether it removes: then it goes on whatever happens, and waits where the service asks for it.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, limit=LIMIT)
        self.told: str | None = None
        self.removing = False
        self._in_a_row = 0
        self._over = ""

    def __enter__(self) -> Prober:
        for number in _SIGNALS:
            signal.signal(number, self._note)
        return self

    def __exit__(self, *exc: object) -> None:
        # What comes later finds nothing to remove; it should not end what is still printed.
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        self.close()

    def _note(self, number: int, _frame: types.FrameType | None) -> None:
        self.told = signal.Signals(number).name
        if not self.removing:
            # Nobody waits on for another try; what is on its way is waited for, so that it is known what became of it.
            self.stop.set()

    def begin_removing(self, kept_back: int = 0) -> None:
        """From now on a signal is only noted."""
        self.removing = True
        self.stop.clear()
        self.keep_back(kept_back)

    def look(
        self, path: str, query: t.Mapping[str, t.Any] | None = None, method: str = "GET", payload: t.Any = None
    ) -> Seen:
        """As :class:`Looker`. :raises Stopped: where no more is to be tried."""
        if not self.removing and (why := self._why_not()):
            raise Stopped(why)
        seen = super().look(path, query, method, payload)
        kind = seen.error.kind if seen.error else None
        self._in_a_row = self._in_a_row + 1 if kind in (errors.NETWORK, errors.TIMEOUT) else 0
        if kind == errors.QUOTA:
            self._over = "the quota of requests is used up"
        elif kind == errors.BUDGET:
            self._over = f"the {LIMIT} requests are used"
        elif self._in_a_row >= _LOST:
            self._over = "the service answers no more"
        return seen

    def _why_not(self) -> str:
        if self.told:
            return f"it was told to end ({self.told})"
        return self._over

    def _note_wait(self, passing: t.Any) -> bool:
        return Client._note_wait(self, passing) if self.removing else super()._note_wait(passing)
