# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The failures of a task: one exception with what happened, where, and whether the request may have been carried out.

Only ``_module.py`` turns it into a failed result; everything else raises or records it.
"""

from __future__ import annotations

import typing as t

AUTHENTICATION: t.Final = "authentication"
PERMISSION: t.Final = "permission"
NOT_FOUND: t.Final = "not_found"
INVALID: t.Final = "invalid"
QUOTA: t.Final = "quota"
SERVER: t.Final = "server"
NETWORK: t.Final = "network"
TIMEOUT: t.Final = "timeout"
PROTOCOL: t.Final = "protocol"
BUDGET: t.Final = "budget"
REFUSED: t.Final = "refused"

#: After one of these the next request would fail in the same way: a run of many changes stops.
STOPS_A_RUN: t.Final = frozenset((AUTHENTICATION, QUOTA, BUDGET))


#: After one of these the same request may succeed at another time.
_PASSES: t.Final = frozenset((NETWORK, TIMEOUT, SERVER, PROTOCOL, QUOTA, BUDGET))

#: What the message of a failed write ends with where it, or an earlier attempt, may have been carried out anyway.
MAYBE: t.Final = "; it may have been carried out"
MAYBE_EARLIER: t.Final = "; an earlier attempt may have been carried out"


class ThreemaError(Exception):
    """A request that failed, or options that were rejected before any request.

    :ivar kind: one of the constants above.
    :ivar status: the HTTP status of the answer, None without an answer.
    :ivar method: HTTP method of the request, None if it was never about one request.
    :ivar path: its path below the base URL, percent-encoded, without the query.
    :ivar request_sent: whether the service may have received the request, and so may have carried it out.
    :ivar exhausted: whether the same request was sent as many times as allowed; sending it again is useless.
    :ivar repeated: whether an earlier attempt of the same request may have been carried out.
    :ivar lasting: whether what the service returned will not change by itself.
    """

    def __init__(
        self,
        kind: str,
        msg: str,
        *,
        status: int | None = None,
        method: str | None = None,
        path: str | None = None,
        request_sent: bool = False,
        repeated: bool = False,
    ) -> None:
        super().__init__(msg)
        self.kind = kind
        self.msg = msg
        self.status = status
        self.method = method
        self.path = path
        self.request_sent = request_sent
        self.repeated = repeated
        self.exhausted = False
        self.lasting = False

    def __str__(self) -> str:
        return self.msg

    @property
    def may_have_been_done(self) -> bool:
        """Whether a write that ended with this error may have been carried out anyway.

        An answer of 4xx (or a redirect) means that it was not; a lost, unreadable, or 5xx answer leaves it open.
        """
        redirected = self.status is not None and 300 <= self.status < 400
        lost = self.request_sent and not redirected and self.kind in (NETWORK, TIMEOUT, SERVER, PROTOCOL)
        return lost or self.repeated

    def after_doubt(self) -> ThreemaError:
        """The same error of a write of which an earlier attempt may have been carried out; its message says so."""
        if self.may_have_been_done:
            return self
        return ThreemaError(
            self.kind,
            f"{self.msg}{MAYBE_EARLIER}",
            status=self.status,
            method=self.method,
            path=self.path,
            request_sent=True,
            repeated=True,
        )

    @property
    def may_pass(self) -> bool:
        """Whether another run may complete what failed, without anything being corrected.

        If a write is answered with 404, the object was removed since it was read; another run plans that anew.
        """
        if self.lasting:
            return False
        vanished = self.kind == NOT_FOUND and self.method not in (None, "GET")
        return self.kind in _PASSES or vanished or self.may_have_been_done

    @property
    def refuses(self) -> bool:
        """Whether the service rejected what was sent; for a creation, perhaps because the object exists."""
        return self.kind == INVALID

    def as_result(self) -> dict[str, t.Any]:
        """The ``failure`` of a module's result."""
        return {
            "kind": self.kind,
            "status": self.status,
            "method": self.method,
            "path": self.path,
            "request_sent": self.request_sent,
            "msg": self.msg,
        }


class Refused(ThreemaError):
    """A safety check of the collection stopped the task, or the input cannot be right: nothing was written.

    :param limit: name of the option that set a limit, if that is the reason.
    :param details: further keys of the result.
    """

    def __init__(self, msg: str, *, limit: str | None = None, details: t.Mapping[str, t.Any] | None = None) -> None:
        super().__init__(REFUSED, msg)
        self.limit = limit
        self.details = dict(details or {})

    def as_result(self) -> dict[str, t.Any]:
        return {**super().as_result(), **({"limit": self.limit} if self.limit else {})}
