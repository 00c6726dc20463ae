# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what the control endpoints are sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

# Takes a key and its value; raises ControlError.
Check = Callable[[str, Any], None]


class ControlError(ValueError):
    """A control request that makes no sense; the message says why."""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def count(name: str, value: Any) -> None:
    """Check a number of things."""
    if not (_is_number(value) and isinstance(value, int) and value >= 0):
        raise ControlError(f"{name} is a whole number of at least 0")


def milliseconds(name: str, value: Any) -> None:
    """Check a time to wait."""
    if not (_is_number(value) and 0 <= value < 3_600_000):
        raise ControlError(f"{name} is a number from 0 to an hour")


def text(name: str, value: Any) -> None:
    """Check a string."""
    if not isinstance(value, str):
        raise ControlError(f"{name} is a string")


def mapping(name: str, value: Any) -> None:
    """Check an object."""
    if not isinstance(value, dict):
        raise ControlError(f"{name} is an object")


def anything(name: str, value: Any) -> None:
    """Check nothing."""


def read_order(body: Any, known: Mapping[str, Check], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """The keys of one order with their values; a null is as good as not given."""
    if not isinstance(body, dict):
        raise ControlError("the body is an object")
    unknown = sorted(set(body) - set(known))
    if unknown:
        raise ControlError(f"unknown keys {', '.join(unknown)}; known are: {', '.join(sorted(known))}")
    missing = [name for name in required if name not in body]
    if missing:
        raise ControlError(f"missing: {', '.join(missing)}")
    order = {name: value for name, value in body.items() if value is not None}
    for name, value in order.items():
        known[name](name, value)
    return order


def each(body: Any) -> list[Any]:
    """One order or a list of them."""
    return body if isinstance(body, list) else [body]
