# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The figures of departments, categories, and settings. Pure."""

from __future__ import annotations

import collections
import typing as t

from .._planning.compare import public, same
from .._types import Object
from .reading import Lists

#: How many departments or categories are shown, besides those who have none.
_MOST: t.Final = 50
#: What stands for those who have none.
_NONE: t.Final = ""

Groups = t.Tuple[t.Dict[str, t.Dict[str, int]], int]


def departments(lists: Lists, ids: t.Mapping[str, int]) -> Groups:
    """Credentials by department, and how many departments are not shown."""
    return _grouped(lists, ids, "th_department", lambda text: {text.strip()})


def categories(lists: Lists, ids: t.Mapping[str, int]) -> Groups:
    """Credentials by category, and how many categories are not shown. A credential counts in each of its own."""

    def split(text: str) -> set[str]:
        return {part.strip() for part in text.split(",")} - {_NONE} or {_NONE}

    return _grouped(lists, ids, "th_category", split)


def _grouped(
    lists: Lists, ids: t.Mapping[str, int], setting: str, names_in: t.Callable[[str], t.Collection[str]]
) -> Groups:
    """The largest groups first, and those without one last.

    The value of a credential takes precedence over the global one (contract 7), also where it is empty.
    """
    total: collections.Counter[str] = collections.Counter()
    activated: collections.Counter[str] = collections.Counter()
    for id_, number in ids.items():
        value = {**lists.global_settings, **lists.own_settings.get(id_, {})}.get(setting)
        for name in names_in("" if value is None else str(value)):
            total[name] += 1
            activated[name] += number > 0
    named = sorted(total.keys() - {_NONE}, key=lambda name: (-total[name], name.casefold(), name))
    shown = named[:_MOST] + ([_NONE] if _NONE in total else [])
    groups = {name: {"credentials": total[name], "activated": activated[name]} for name in shown}
    return groups, len(named) - len(named[:_MOST])


def settings(lists: Lists) -> Object:
    """The global settings, secrets as null, and for how many credentials each has another value."""
    exceptions: collections.Counter[str] = collections.Counter()
    for id_ in lists.credentials:
        for name, value in lists.own_settings.get(id_, {}).items():
            if name in lists.global_settings and not same(value, lists.global_settings[name]):
                exceptions[name] += 1
    return {
        "global": public(dict(sorted(lists.global_settings.items()))),
        "exceptions": dict(sorted(exceptions.items())),
    }
