# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service whose answers to reading show for a while what was there before a removal (contract 5.3)."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.threema.work.tests.support.between import Between, Pass, Reply
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

_GONE: t.Final = Reply(404, {"error": "Not found"})
_DETACHING: t.Final = re.compile(r"POST /users/[^/]+/detach")


def removes(method: str, path: str) -> bool:
    """Whether a request removes something."""
    return method == "DELETE" or bool(_DETACHING.match(f"{method} {path}"))


class Late(Between):
    """Each removal is carried out at once, but does not show; whoever removes it again is told that it is not there.

    :param first: the answers to the removals that are carried out, in order; the last one to all that follow. One of
        4xx means that it is not carried out.
    :param again: the answer to a removal of what was removed.
    :param reads: how many answers to reading still show what was removed; None for all until :meth:`show`.
    :ivar carried_out: the removals, as ``METHOD /path``.
    """

    def __init__(self, simulator: Simulator, *first: Reply, again: Reply = _GONE, reads: int | None = None) -> None:
        self._first = list(first)
        self._again = again
        self._reads = reads
        self.carried_out: list[str] = []
        super().__init__(simulator, self._answer)

    def _answer(self, pass_on: Pass, method: str, path: str, payload: t.Any) -> Reply:
        if not removes(method, path):
            if self.carried_out and self._reads is not None:
                self._reads -= 1
                if self._reads == -1:
                    self.show()
            return pass_on(method, path, payload)
        if f"{method} {path}" in self.carried_out:
            return self._again
        answer = self._first.pop(0) if len(self._first) > 1 else self._first[0]
        if not 400 <= answer.status < 500:
            self.carried_out.append(f"{method} {path}")
        return answer

    def show(self) -> None:
        """What was removed is not shown any more."""
        for request in self.carried_out:
            assert self._pass(*request.split(), None).status == 204


class LateCreation(Between):
    """The first credential or contact that is created is not shown at first, and the answer to its creation is lost.

    :param answer: in place of the one that says that it was created.
    :param reads: how many answers to reading do not show it.
    """

    def __init__(self, simulator: Simulator, answer: Reply, reads: int) -> None:
        self._lost = answer
        self._reads = reads
        self._hidden: str | None = None
        super().__init__(simulator, self._answer)

    def _answer(self, pass_on: Pass, method: str, path: str, payload: t.Any) -> Reply:
        reply = pass_on(method, path, payload)
        if method == "POST" and self._hidden is None:
            assert reply.status == 201, reply
            self._hidden = payload.get("username") or payload["threemaId"]
            return self._lost
        if method != "GET" or self._hidden is None or self._reads <= 0:
            return reply
        self._reads -= 1
        if path.endswith(f"/{self._hidden}"):
            return _GONE
        document = reply.document or {}
        for key in ("credentials", "contacts"):
            shown = [one for one in document.get(key, ()) if self._hidden not in (one.get("username"), one.get("id"))]
            missing = len(document.get(key, ())) - len(shown)
            if missing:
                document[key] = shown
                document["paging"]["total"] -= missing
                document["paging"]["count"] -= missing
        return reply
