# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operation answers when it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

Item = TypeVar("Item")


class ApiError(Exception):
    """A refusal: its status and, unless the contract says "no body", a text."""

    def __init__(self, status: int, text: str | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {text or ''}".strip())
        self.status = status
        self.text = text
        self.headers = headers or {}


def unprocessable() -> ApiError:
    """The 422 of the settings calls, which is documented without a body (contract 1)."""
    return ApiError(422)


def not_found(what: str) -> ApiError:
    """404 with the error body (contract 1)."""
    return ApiError(404, f"{what} not found")


def existing(items: Mapping[str, Item], key: str, what: str) -> Item:
    """What is there under this key, or 404."""
    if key not in items:
        raise not_found(what)
    return items[key]
