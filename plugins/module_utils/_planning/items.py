# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The rules of what tasks are given, for all kinds of items; checked before any request. Pure."""

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
# Contract 1: 8 characters, or those of a gateway: a star and 7.
_FORM: t.Final = re.compile(r"[*A-Z0-9][A-Z0-9]{7}")
#: Categories of characters that cannot be seen.
_UNSEEN: t.Final = ("Cf", "Cc")


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


def length_problems(item: Object, *names: str) -> list[str]:
    """What is wrong with the lengths of some texts of an item."""
    return [
        f"{name} has {len(item[name])} characters; 1 to {MAX_LENGTH} are possible"
        for name in names
        if item.get(name) is not None and not 1 <= len(item[name]) <= MAX_LENGTH
    ]


def labels(items: t.Sequence[Object], where: str | None, *names: str) -> list[str]:
    """Where each item stands in a task, and what people call it by the first of its fields that is given.

    :param where: name of the list option; None for the singular module, which has but one.
    """
    called = [next((item[name] for name in names if item.get(name)), "") for item in items]
    if not where:
        return [name or "the task" for name in called]
    return [f"{where}[{index}]" + (f" ({name})" if name else "") for index, name in enumerate(called)]


def selector_problem(item: Object, *names: str) -> list[str]:
    """That an item names nothing, in a list that is empty where it does."""
    for name in names:
        if item.get(name):
            return []
    return [f"one of {', '.join(names)} is required"]


def duplicates(items: t.Sequence[Object], where: str | None, *names: str) -> list[str]:
    """A problem for each value that several items have in one of these groups of fields.

    :param names: each a field, or several with blanks between them whose values must not meet either.
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
    """What names that are only spelled in different ways have in common: case, Unicode form, what cannot be seen."""
    if name.isascii() and name.isprintable():
        return name.lower().strip()
    visible = "".join(character for character in name if unicodedata.category(character) not in _UNSEEN)
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", visible).casefold())
    return folded.strip()


def unseen_problem(name: str) -> str | None:
    """Why a name cannot be a new one, None if it can: nobody could ever type what cannot be seen."""
    if name.isprintable() or not any(unicodedata.category(character) in _UNSEEN for character in name):
        return None
    return f"{shown(name)} has characters that cannot be seen, which nobody could type; leave them out"


def twins(names: t.Iterable[t.Iterable[str]]) -> list[list[tuple[int, str]]]:
    """Groups of names that are twins and stand in different items, each with the index of its item.

    :param names: for each item those that it gives.
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
    """:raises Refused: naming the first problems and counting the rest, if there are any."""
    if problems:
        raise Refused(f"{what}; nothing was written: {name_some(problems, '; ')}")


def states(items: t.Sequence[Object], state: str) -> list[str]:
    """The state of each item: its own, or that of the task."""
    return [item.get("state") or state for item in items]


def check_prune(items: t.Sequence[Object], state: str, what: str) -> None:
    """:raises Refused: for an empty list, or one that says who should go: it would remove everything else.

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
