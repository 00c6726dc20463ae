# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into an operation and what comes out, without the web framework."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .errors import ApiError
from .render import Renderer
from .state import State
from .switches import Switches


@dataclass(frozen=True)
class Call:
    """A request that has been found valid."""

    state: State
    render: Renderer
    path: dict[str, str]
    query: dict[str, str]
    body: bytes
    json: Any

    @property
    def switches(self) -> Switches:
        """The positions of the switches."""
        return self.state.switches


@dataclass
class Reply:
    """An answer; json None and data empty is no body."""

    status: int = 204
    json: Any = None
    data: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def removed(call: Call, remove: Callable[[], object]) -> Reply:
    """The answer to a removal. The second time it is 404, or 204 where the switch says so (contract 9)."""
    try:
        remove()
    except ApiError as error:
        if error.status != 404 or call.switches["second-delete"] != "204":
            raise
    return Reply()
