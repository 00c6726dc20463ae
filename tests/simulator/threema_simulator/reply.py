# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into an operation and what comes out, without the web framework."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .render import Renderer
from .state import Subscription


@dataclass(frozen=True)
class Call:
    """A request that has been found valid."""

    subscription: Subscription
    render: Renderer
    path: dict[str, str]
    query: dict[str, str]
    body: bytes
    json: Any


@dataclass
class Reply:
    """An answer; json None and data empty is no body."""

    status: int = 204
    json: Any = None
    data: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
