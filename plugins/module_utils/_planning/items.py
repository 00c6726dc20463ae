# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The form of what tasks are given, checked before any request. Pure."""

from __future__ import annotations

import re
import typing as t

from .._errors import Refused
from .._plan import Object, find_duplicates

#: Longest name or password in characters (contract 3, 4.3, 6.3).
MAX_LENGTH: t.Final = 256
# Contract 1: 8 characters, or those of a gateway: a star and 7.
_FORM: t.Final = re.compile(r"[*A-Z0-9][A-Z0-9]{7}")


def threema_id_problem(value: str) -> str | None:
    """What is wrong with a Threema ID, None if nothing is."""
    if _FORM.fullmatch(value):
        return None
    return f"{value[:40]!r} is no Threema ID: it has 8 characters, A to Z and 0 to 9, or * and 7 of these"


def check_threema_id(value: str) -> str:
    """The Threema ID; :raises Refused: if it cannot be one."""
    problem = threema_id_problem(value)
    if problem:
        raise Refused(f"threema_id: {problem}")
    return value


def check_length(name: str, value: str) -> str:
    """The value; :raises Refused: if it is empty or too long."""
    if not 1 <= len(value) <= MAX_LENGTH:
        raise Refused(f"{name} has {len(value)} characters; 1 to {MAX_LENGTH} are possible")
    return value


def labels(items: t.Sequence[Object], where: str | None, *names: str) -> list[str]:
    """Where each item stands in a task, and what people call it by the first of its fields that is given."""
    called = [next((item[name] for name in names if item.get(name)), "") for item in items]
    if not where:
        return called
    return [f"{where}[{index}]" + (f" ({name})" if name else "") for index, name in enumerate(called)]


def duplicate_problems(items: t.Sequence[Object], where: str | None, *names: str) -> list[str]:
    """A problem for each value of these fields that several items have."""
    problems = []
    for name in names if where else ():
        keys = [(index, item[name]) for index, item in enumerate(items) if item.get(name)]
        problems += find_duplicates(keys, f"the {name}", where or "")
    return problems
