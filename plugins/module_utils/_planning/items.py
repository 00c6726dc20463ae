# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The rules for the input of tasks, for all kinds of items; checked before any request. Pure."""

from __future__ import annotations

import fnmatch
import re
import typing as t
import unicodedata

from .._errors import Refused
from .._plan import name_some
from .._text import shown
from .._types import Object

#: Longest name or password in characters (contract 3, 4.3, 6.3).
MAX_LENGTH: t.Final = 256
# Contract 1: 8 characters, or an asterisk and 7 characters for a gateway.
_FORM: t.Final = re.compile(r"[*A-Z0-9][A-Z0-9]{7}")
#: Categories of invisible characters.
_UNSEEN: t.Final = ("Cf", "Cc")


def threema_id_problem(value: str) -> str | None:
    """What is wrong with a Threema ID, None if nothing is."""
    if _FORM.fullmatch(value):
        return None
    return f"{value[:40]!r} is not a Threema ID: it has 8 characters, A to Z and 0 to 9, or * and 7 of these"


def check_threema_id(value: str) -> str:
    """The Threema ID; :raises Refused: if it cannot be one."""
    problem = threema_id_problem(value)
    if problem:
        raise Refused(f"threema_id: {problem}")
    return value


def length_problems(item: Object, *names: str) -> list[str]:
    """What is wrong with the lengths of some strings of an item."""
    return [
        f"{name} has {len(item[name])} characters; 1 to {MAX_LENGTH} are allowed"
        for name in names
        if item.get(name) is not None and not 1 <= len(item[name]) <= MAX_LENGTH
    ]


def labels(items: t.Sequence[Object], where: str | None, *names: str) -> list[str]:
    """The position of each item in a task, and its name, which is the first of its fields that is set.

    :param where: name of the list option; None for the singular module, which has only one.
    """
    called = [next((item[name] for name in names if item.get(name)), "") for item in items]
    if not where:
        return [name or "the task" for name in called]
    return [f"{where}[{index}]" + (f" ({name})" if name else "") for index, name in enumerate(called)]


def selector_problem(item: Object, *names: str) -> list[str]:
    """A list with the problem of an item that selects nothing; empty if it selects something."""
    for name in names:
        if item.get(name):
            return []
    return [f"one of {', '.join(names)} is required"]


def duplicates(items: t.Sequence[Object], where: str | None, *names: str) -> list[str]:
    """A problem for each value that occurs in several items in one of these groups of fields.

    :param names: each is a field, or several fields separated by blanks, whose values must not be the same either.
    """
    problems = []
    for group in names if where else ():
        fields = group.split()
        places: dict[str, dict[int, None]] = {}
        for index, item in enumerate(items):
            for name in fields:
                if value := item.get(name):
                    places.setdefault(value, {})[index] = None
        problems += [
            f"the {fields[0]} {value!r} occurs more than once, in "
            f"{' and '.join(f'{where}[{index}]' for index in indexes)}"
            for value, indexes in places.items()
            if len(indexes) > 1
        ]
    return problems


def twin_key(name: str) -> str:
    """What names have in common that only differ in spelling: case, Unicode form, invisible characters."""
    if name.isascii() and name.isprintable():
        return name.lower().strip()
    visible = "".join(character for character in name if unicodedata.category(character) not in _UNSEEN)
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", visible).casefold())
    return folded.strip()


def unseen_problem(name: str) -> str | None:
    """Why a name cannot be used as a new one, None if it can: nobody could type invisible characters."""
    if name.isprintable() or not any(unicodedata.category(character) in _UNSEEN for character in name):
        return None
    return f"{shown(name)} contains invisible characters, which nobody could type; remove them"


def twins(names: t.Iterable[t.Iterable[str]]) -> list[list[tuple[int, str]]]:
    """Groups of names that are twins and belong to different items, each with the index of its item.

    :param names: the names in each item.
    """
    groups: dict[str, list[tuple[int, str]]] = {}
    for index, own in enumerate(names):
        for name in own:
            groups.setdefault(twin_key(name), []).append((index, name))
    return [
        group
        for group in groups.values()
        if len(group) > 1 and len({index for index, _name in group}) > 1 and len({name for _index, name in group}) > 1
    ]


def report_problems(problems: t.Sequence[str], what: str) -> None:
    """:raises Refused: with the first problems and the number of the rest, if there are any."""
    if problems:
        raise Refused(f"{what}; nothing was written: {name_some(problems, '; ')}")


def states(items: t.Sequence[Object], state: str) -> list[str]:
    """The state of each item: its own, or that of the task."""
    return [item.get("state") or state for item in items]


def check_prune(items: t.Sequence[Object], state: str, what: str) -> None:
    """:raises Refused: for an empty list, or one of objects to be removed: it would remove everything else.

    :param state: that of the task.
    :param what: what would be removed, in the singular.
    """
    if not items:
        raise Refused(f"prune with an empty list would remove every {what}; nothing was written")
    if "absent" in (state, *states(items, state)):
        raise Refused(
            "prune and state: absent exclude each other: prune removes what is not listed; nothing was written"
        )


def is_ignored(key: str, patterns: t.Iterable[str]) -> bool:
    """Whether ``prune_ignore`` protects a key; shell patterns, case included."""
    return any(fnmatch.fnmatchcase(key, pattern) for pattern in patterns)
