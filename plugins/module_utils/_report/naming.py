# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Lists of names beside their number: at most so many, and none where names are not wanted."""

from __future__ import annotations

import typing as t

from .._errors import PROTOCOL, ThreemaError
from .._text import shown
from .._types import Object


def counted(names: t.Iterable[str], most: int, key: str) -> Object:
    """The number of names as ``count``, and the first ones in alphabetical order.

    :param most: how many names at most.
    :param key: the key of the names.
    """
    ordered = sorted(names, key=lambda name: (name.casefold(), name))
    return {"count": len(ordered), key: ordered[:most]}


def text_of(user: Object, field: str, key: str) -> str:
    """A text that an app reported; empty if there is none (contract 5.1).

    :param key: the API's name of the field, for the message.
    :raises ThreemaError: of kind ``protocol`` for something else: nothing can be counted by it.
    """
    value = user.get(field)
    if value is None or isinstance(value, str):
        return (value or "").strip()
    raise ThreemaError(
        PROTOCOL,
        f"GET /users: {key} of {shown(user['threema_id'])} is not a string; such a response cannot be used",
        status=200,
        method="GET",
        path="/users",
        request_sent=True,
    )
