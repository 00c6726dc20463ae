# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that may go wrong with one request, and what the contract and the design make of it."""

from __future__ import annotations

import email.utils
import time
import typing as t
from dataclasses import dataclass, field

from ansible_collections.threema.work.tests.faults.contract import lists

Json = t.Dict[str, t.Any]


@dataclass(frozen=True)
class Fault:
    """What happens to a request.

    :ivar order: for the simulator, see its README.
    :ivar kind: of the failure, where the fault stays.
    :ivar passes: whether the same request may be right at the next try, so that once is no failure.
    :ivar done: whether a write is carried out all the same.
    """

    name: str
    kind: str
    order: Json = field(default_factory=dict)
    passes: bool = False
    done: bool = False

    def __str__(self) -> str:
        return self.name


def _status(status: int, kind: str, name: str = "", **more: t.Any) -> Fault:
    order = {"kind": "status", "status": status}
    passes = more.pop("passes", False)
    return Fault(name or str(status), kind, {**order, **more}, passes=passes)


def _json(name: str, body: t.Any) -> Fault:
    return Fault(f"json {name}", "protocol", {"kind": "json", "body": body})


def _list_of(*items: t.Any, **paging: t.Any) -> Json:
    total = {"paging": {"total": len(items), "count": len(items), "page": 0, **paging}}
    return {**{key: list(items) for key in lists()}, **total}


def _soon() -> str:
    return email.utils.formatdate(time.time() + 2, usegmt=True)


_PAGE: t.Final = "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1><p>key: none of yours</p></body></html>"

FAULTS: t.Final = (
    _status(401, "authentication"),
    _status(403, "permission"),
    _status(404, "not_found"),
    _status(422, "invalid", "422 without a body", body=""),
    _status(429, "quota", "429"),
    _status(429, "quota", "429 for a second", headers={"Retry-After": "1"}, passes=True),
    _status(429, "quota", "429 until a date", headers={"Retry-After": _soon()}, passes=True),
    _status(429, "quota", "429 for a day", headers={"Retry-After": "86400"}),
    _status(500, "server", passes=True),
    _status(502, "server", "502 of a proxy", body=_PAGE, headers={"Content-Type": "text/html"}, passes=True),
    Fault("dropped before", "network", {"kind": "drop_before"}, passes=True),
    Fault("reset before", "network", {"kind": "drop_before", "reset": True}, passes=True),
    Fault("dropped after", "network", {"kind": "drop_after"}, passes=True, done=True),
    Fault("cut", "network", {"kind": "cut"}, passes=True, done=True),
    Fault("too slow", "timeout", {"kind": "slow", "seconds": 1, "after_work": True}, passes=True, done=True),
    Fault("redirect", "protocol", {"kind": "redirect"}),
    Fault("not JSON", "protocol", {"kind": "not_json"}),
    Fault("not JSON, but done", "protocol", {"kind": "not_json", "after_work": True}, done=True),
    Fault("empty", "protocol", {"kind": "empty"}),
    Fault("empty, but done", "protocol", {"kind": "empty", "after_work": True}, done=True),
    _json("null", "null"),
    _json("list", []),
    _json("text", '"credentials"'),
    _json("number", 7),
    _json("empty object", {}),
    _json("items of other types", _list_of(1, "two", None, [])),
    _json("items without an id", _list_of({"username": "somebody", "name": 1})),
    _json("an item twice", _list_of(*[{"id": "AB12CD34", "username": "b", "name": "th_a", "value": "c"}] * 2)),
    _json("no paging", {key: [] for key in lists()}),
    _json("short of its total", _list_of(total=3)),
    _json("total of another type", _list_of(total="3")),
    _json("deep", "[" * 100_000),
)
