# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""One request whose answer is looked at as it came: status, headers, document. No answer raises."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from .._connection import Connection
from .._errors import ThreemaError
from .._http import Answer, Client
from .._types import Object

#: What stands for a key where none is sent.
_NO_KEY: t.Final = "none"


@dataclass(frozen=True)
class Seen:
    """What came of one request.

    :ivar status: None where no answer came.
    :ivar document: the JSON of the answer; None where it is none.
    :ivar error: why it is no answer of 2xx; its ``msg`` may repeat what the service said, so never show it.
    :ivar at: when the answer came, by the clock of this host, in seconds since 1970.
    """

    path: str
    query: t.Mapping[str, t.Any] = field(default_factory=dict)
    status: int | None = None
    headers: t.Mapping[str, str] = field(default_factory=dict)
    document: t.Any = None
    error: ThreemaError | None = None
    at: float = 0.0

    @property
    def good(self) -> Object | None:
        """The object of an answer of 200; None for every other answer."""
        return self.document if self.status == 200 and isinstance(self.document, dict) else None

    @property
    def asked(self) -> int:
        """The pageSize that was asked for; the service's own where none was (contract 1.1)."""
        return int(self.query.get("pageSize", 20))


class Looker(Client):
    """A client that keeps each answer, those that are errors too, and never waits for a quota.

    :param connection: as for :class:`Client`; its key is not looked at where ``keyless``.
    :param limit: most requests in all, repeated ones included.
    :param keyless: send no key at all.
    :raises Refused: as :class:`Client`.
    """

    def __init__(self, connection: Connection, *, limit: int | None = None, keyless: bool = False) -> None:
        super().__init__(replace(connection, key=_NO_KEY) if keyless else connection, max_requests=limit)
        if keyless:
            del self._session.headers["X-Api-Key"]
        self._limit = limit
        self._last: tuple[Answer, float] | None = None

    @property
    def left(self) -> int:
        """Requests that may still be sent, without those that are kept back; very many without a limit."""
        return (10_000 if self._limit is None else self._limit) - self.requests - self._reserved

    @property
    def proxied(self) -> bool:
        """Whether the environment names a proxy for the address."""
        proxies = self._send_options["proxies"]
        return bool(proxies.get(urlsplit(self._base).scheme) or proxies.get("all"))

    def look(
        self, path: str, query: t.Mapping[str, t.Any] | None = None, method: str = "GET", payload: t.Any = None
    ) -> Seen:
        """Send one request and return what came of it.

        What writes is sent once only: whoever writes looks what became of it.
        """
        self._last = None
        error = None
        try:
            self.request(method, path, query=query, payload=payload, repeatable=method == "GET")
        except ThreemaError as reason:
            error = reason
        if self._last is None or (error is not None and error.status is None):
            return Seen(path, query or {}, error=error, at=time.time())
        answer, at = self._last
        return Seen(path, query or {}, answer.status, answer.headers, _document(answer), error, at)

    def _accept(self, answer: Answer, secrets: t.Sequence[str]) -> Answer:
        self._last = answer, time.time()
        return super()._accept(answer, secrets)

    def _note_wait(self, passing: t.Any) -> bool:
        # A quota that is used up is what is to be told, not to be waited for.
        return passing.wait is None


def _document(answer: Answer) -> t.Any:
    try:
        return answer.json()
    except ThreemaError:
        return None
