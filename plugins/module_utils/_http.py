# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The transport: one connection pool, one timeout, one retry policy, one count of requests.

It knows HTTP, but nothing about the API's resources; it raises :class:`ThreemaError` and never ends the task.
"""

from __future__ import annotations

import collections
import json
import math
import random
import re
import threading
import time
import traceback
import typing as t
from dataclasses import dataclass
from urllib.parse import urlencode

from . import _errors as errors
from ._connection import Connection
from ._diagnosis import meaning, retry_after, service_text, why
from ._errors import ThreemaError
from ._live_progress import Live
from ._text import extract
from ._transport import MAX_ANSWER, PROGRESS, TooLarge, proxies_for, read_body, session_for

try:
    import requests
    import urllib3
except ImportError:
    # _module.py reports this with missing_required_lib() before anything here is used.
    HAS_REQUESTS = False
    REQUESTS_IMPORT_ERROR: str | None = traceback.format_exc()
else:
    HAS_REQUESTS = True
    REQUESTS_IMPORT_ERROR = None

VERSION: t.Final = "0.1.0"
USER_AGENT: t.Final = f"threema.work/{VERSION}"

#: Maximum time in seconds that one task waits because of all answers of 429 or 503 together.
MAX_WAIT: t.Final = 60.0
_MAX_BACKOFF: t.Final = 8.0
#: A character that JSON writes in two halves; one half alone is not a character.
_SURROGATE: t.Final = re.compile(rb"\\u[dD][89a-fA-F]")


def _no_number(text: str) -> t.Any:
    raise ValueError(f"{text} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


class _Doubled(Exception):
    """An object contains a key twice; it is unknown which value is right, and Python would use the last one."""


def _an_object(pairs: list[tuple[str, t.Any]]) -> dict[str, t.Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = collections.Counter(key for key, _value in pairs)
        raise _Doubled(keys.most_common(1)[0][0])
    return made


#: Python's own decoder accepts NaN and Infinity, which are not JSON: programs that read the result would fail.
_JSON: t.Final = json.JSONDecoder(parse_constant=_no_number, parse_float=_finite, object_pairs_hook=_an_object)


@dataclass(frozen=True)
class Answer:
    """An answer of 2xx. ``repeated`` is true if an earlier attempt of the request may have been carried out, too."""

    status: int
    headers: t.Mapping[str, str]
    body: bytes
    method: str
    path: str
    repeated: bool = False

    def json(self) -> t.Any:
        """:raises ThreemaError: of kind ``protocol``, if the body is empty or not JSON."""
        if not self.body.strip():
            raise self.unexpected("is empty, but an object was expected")
        try:
            document = _JSON.decode(self.body.decode("utf-8-sig"))
            if _SURROGATE.search(self.body):
                json.dumps(document, ensure_ascii=False).encode()
        except UnicodeDecodeError:
            raise self.unexpected("is not UTF-8, or contains half a character, so it cannot be passed on") from None
        except UnicodeEncodeError:
            raise self.unexpected("contains a string with half a character, which cannot be passed on") from None
        except _Doubled as key:
            raise self.unexpected(f"contains an object with two values for {extract(str(key))}") from None
        except (ValueError, RecursionError):
            raise self.unexpected("is not JSON; is the URL correct, or did a proxy return a page of its own?") from None
        return document

    def unexpected(self, what: str) -> ThreemaError:
        """The error for an answer that does not have the documented form; a write may have been carried out anyway."""
        hint = "" if self.method == "GET" else errors.MAYBE
        return ThreemaError(
            errors.PROTOCOL,
            f"{self.method} {self.path}: the response ({self.status}) {what}{hint}",
            status=self.status,
            method=self.method,
            path=self.path,
            request_sent=True,
        )


class Client:
    """Sends requests, from several threads if necessary.

    :param connection: where the service is and how it is reached; checked here.
    :param concurrency: number of connections that are kept open at the same time.
    :param max_requests: maximum number of requests, including retries; None for no limit.
    :raises Refused: if the connection options cannot be used.
    """

    def __init__(self, connection: Connection, *, concurrency: int = 1, max_requests: int | None = None) -> None:
        connection.check()
        self._connection = connection
        #: Host of the service, with its port where the URL has one.
        self.api_host = connection.host
        self._base = connection.url.rstrip("/")
        self._session = session_for(connection, concurrency, USER_AGENT)
        try:
            self._session.prepare_request(requests.Request("GET", self._base))
        except (requests.RequestException, ValueError):
            raise errors.Refused("api_url is not a URL; use the form https://work.threema.ch/api/v1") from None
        # Determined once: for every request, it would take more time than the code of the request itself.
        verify = connection.validate_certs and (connection.ca_path or True)
        self._send_options = self._session.merge_environment_settings(
            self._base, proxies_for(connection.url), True, verify, None
        )
        # The time for the whole request: the time for connecting and sending reduces the time for the answer.
        self._timeout: t.Any = urllib3.Timeout(total=connection.timeout)
        if not connection.validate_certs:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        self._max_requests = max_requests
        self._lock = threading.Lock()
        self._resume_at = 0.0
        self._waited = 0.0
        self.requests = 0
        #: Requests of the budget that are reserved for the last step of a run, and what that step does.
        self._reserved = 0
        self._reserved_for = ""
        self._writes = 0
        self.stop = threading.Event()
        #: Where it is shown how far the task is.
        self.live = Live()
        #: Returns why no further write may be sent, None while all is well; called before each write.
        self.interrupted: t.Callable[[], str | None] = lambda: None
        self._repeated: list[str] = []

    def request(
        self,
        method: str,
        path: str,
        *,
        query: t.Mapping[str, t.Any] | None = None,
        payload: t.Any = None,
        content: bytes | None = None,
        content_type: str = "application/json",
        repeatable: bool = True,
        secrets: t.Sequence[str] = (),
    ) -> Answer:
        """Send one request and return its answer of 2xx.

        :param path: below the base URL, beginning with ``/``, percent-encoded.
        :param payload: sent as JSON; or ``content``, sent as it is with ``content_type``.
        :param repeatable: whether sending it twice has the same effect as sending it once. Otherwise, a request that
            the service may have received is never sent again here: the caller has to check what happened.
        :param secrets: strings that must not be repeated in the text of an error.
        :raises ThreemaError: for everything that is not an answer of 2xx.
        """
        if payload is not None:
            content = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        url = self._base + path + (f"?{urlencode(query)}" if query else "")
        path = path or "/"
        headers = {"Content-Type": content_type} if content is not None else {}
        prepared = self._session.prepare_request(requests.Request(method, url, headers=headers, data=content))
        maybe_done = False
        attempt = 0
        while True:
            self._wait_for_turn()
            if method != "GET" and (reason := self.interrupted()):
                raise ThreemaError(
                    errors.REFUSED,
                    f"{method} {path} was not sent{' again' if attempt else ''}: {reason}"
                    f"{errors.MAYBE_EARLIER if maybe_done else ''}",
                    method=method,
                    path=path,
                    repeated=maybe_done,
                )
            self._count(method, path)
            try:
                return self._accept(self._once(prepared, method, path, maybe_done), secrets)
            except _Passing as passing:
                error = passing.error
                if maybe_done and not error.request_sent and method != "GET":
                    error.msg += errors.MAYBE_EARLIER
                maybe_done = maybe_done or error.may_have_been_done
                # If the last attempt fails to get through, an earlier one may still have been carried out.
                error.request_sent = error.request_sent or maybe_done
                error.exhausted = attempt == self._connection.retries
                # When the task should end, a GET is not sent again; for writes, this is checked before each.
                ending = method == "GET" and self.stop.is_set()
                if error.exhausted or ending or (error.may_have_been_done and not repeatable):
                    # The next request waits as long as the service asked for.
                    self._note_wait(passing)
                    raise error from None
                if not self._has_budget():
                    # Of the two errors, this one shows what may have happened.
                    raise error from None
                self._pause(passing, attempt)
                attempt += 1

    def repeated_requests(self) -> list[str]:
        """A sentence for each request that had to be repeated, for a warning."""
        return list(self._repeated)

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def keep_back(self, number: int, purpose: str = "") -> None:
        """Reserve this many requests of the budget for a later step; 0 ends the reservation."""
        self._reserved, self._reserved_for = number, purpose

    def _has_budget(self) -> bool:
        return self._max_requests is None or self.requests + self._reserved < self._max_requests

    def _count(self, method: str, path: str) -> None:
        with self._lock:
            if not self._has_budget():
                kept_back = f", with {self._reserved} reserved for {self._reserved_for}" if self._reserved else ""
                advice = "run again for the rest"
                if not self._writes:
                    advice = (
                        "nothing was written, and another run would not get any further, because it reads the same "
                        f"again; set max_requests to more than {self.requests + self._reserved}, and run again"
                    )
                raise ThreemaError(
                    errors.BUDGET,
                    f"{method} {path} was not sent: max_requests ({self._max_requests}) is reached{kept_back}; "
                    f"{advice}",
                    method=method,
                    path=path,
                )
            self.requests += 1
            self._writes += method != "GET"

    def _once(self, prepared: requests.PreparedRequest, method: str, path: str, repeated: bool) -> Answer:
        PROGRESS.sent = False
        try:
            response = self._session.send(prepared, timeout=self._timeout, allow_redirects=False, **self._send_options)
            try:
                if response.status_code < 200:
                    # The final answer would still arrive on its connection.
                    response.raw.close()
                    raise requests.exceptions.ChunkedEncodingError()
                body = read_body(response)
            finally:
                response.close()
        # In older versions of requests and urllib3, a proxy that is not a URL raises a ValueError or an AssertionError.
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError, AssertionError) as exc:
            kind, reason, passing = why(exc, self._connection.timeout, self.api_host, PROGRESS.sent)
            lost = self._lost(kind, reason, method, path)
            raise (_Passing(lost) if passing else lost) from None
        except TooLarge:
            reason = (
                f"the response is larger than {MAX_ANSWER // 1_000_000} MB, more than any list; reading was stopped"
            )
            raise self._lost(errors.PROTOCOL, reason, method, path) from None
        return Answer(response.status_code, response.headers, body, method, path, repeated)

    def _lost(self, kind: str, reason: str, method: str, path: str) -> ThreemaError:
        hint = errors.MAYBE if PROGRESS.sent and method != "GET" else ""
        msg = f"{method} {path}: {reason}{hint}"
        return ThreemaError(kind, msg, method=method, path=path, request_sent=PROGRESS.sent)

    def _accept(self, answer: Answer, secrets: t.Sequence[str]) -> Answer:
        status = answer.status
        if 200 <= status < 300:
            return answer
        kind, what = meaning(status, answer.method, answer.path, self.api_host)
        said = service_text(answer.body, self._connection.key, secrets) if status >= 400 else ""
        maybe = errors.MAYBE if status >= 500 else errors.MAYBE_EARLIER if answer.repeated else ""
        error = ThreemaError(
            kind,
            f"{answer.method} {answer.path}: {what} (HTTP {status}{': ' + said if said else ''})"
            f"{maybe if answer.method != 'GET' else ''}",
            status=status,
            method=answer.method,
            path=answer.path,
            request_sent=True,
            repeated=answer.repeated,
        )
        if status == 429:
            wait = retry_after(answer.headers)
            if wait is None:
                raise error
            raise _Passing(error, wait)
        if status >= 500:
            raise _Passing(error, retry_after(answer.headers) if status == 503 else None)
        raise error

    def _pause(self, passing: _Passing, attempt: int) -> None:
        """Wait before the next attempt, or let all threads wait at their next turn if the service asked for it."""
        with self._lock:
            self._repeated.append(passing.error.msg)
        if passing.wait is None:
            self.back_off(attempt)
        elif not self._note_wait(passing):
            raise passing.error from None

    def back_off(self, attempt: int) -> None:
        """Wait before another attempt; longer each time."""
        # Jitter, so that several threads do not retry at the same moment.
        self._sleep(min(_MAX_BACKOFF, 0.5 * 2**attempt) * random.uniform(0.5, 1.0))

    def _note_wait(self, passing: _Passing) -> bool:
        """Let all threads wait as long as the service asked for; false if that is too long in total."""
        if passing.wait is None:
            return True
        with self._lock:
            now = time.monotonic()
            extra = now + passing.wait - max(self._resume_at, now)
            if extra > 0:
                if self._waited + extra > MAX_WAIT:
                    return False
                self._waited += extra
                self._resume_at = now + passing.wait
        return True

    def _wait_for_turn(self) -> None:
        while (rest := self._resume_at - time.monotonic()) > 0 and not self.stop.is_set():
            self._sleep(rest)

    def _sleep(self, seconds: float) -> None:
        self.stop.wait(seconds)


class _Passing(Exception):
    """A transient error. ``wait`` is what the service asked for, in seconds."""

    def __init__(self, error: ThreemaError, wait: float | None = None) -> None:
        super().__init__(error.msg)
        self.error = error
        self.wait = wait
