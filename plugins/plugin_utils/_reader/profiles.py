# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The profiles: what the exports of systems call their columns, and who in them is left out.

They are in C(profiles.yml), for people who know a system and need not read code.
"""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from ansible_collections.threema.work.plugins.plugin_utils._reader.headings import comparable

_FILE: t.Final = Path(__file__).with_name("profiles.yml")
_NOTHING: t.Final = object()


@dataclass(frozen=True)
class Rule:
    """Who is left out, by the cells of one column.

    :ivar headings: what the column may be called; the first that a list has.
    :ivar values: a value or a list, as in the option where.
    :ivar stays: whether those with one of these values stay, and all others are left out.
    :ivar needed: whether a list without the column is refused.
    :ivar others: the values of all others, as far as the system is known to write them; None where that is not known.
    :ivar reported: what is said of rows that are left out; None where nothing is.
    """

    headings: tuple[str, ...]
    values: object
    stays: bool
    needed: bool
    others: object
    reported: str | None

    def heading_among(self, keys: t.Collection[str]) -> str | None:
        """Its heading in a list, as headings are compared; None where the list has none."""
        return next((key for one in self.headings if (key := comparable(one)) in keys), None)


@dataclass(frozen=True)
class Profile:
    """What a system's export is like.

    :ivar columns: the headings of each column; the first that a list has.
    :ivar ignored: headings, as they are compared, that mean something else there.
    """

    name: str
    title: str
    columns: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    ignored: frozenset[str]


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _rule(data: Mapping[str, t.Any]) -> Rule:
    values = data.get("is", _NOTHING)
    others = [not values] if isinstance(values, bool) else None
    return Rule(
        headings=_texts(data["heading"]),
        values=data["is_not"] if values is _NOTHING else values,
        stays=values is _NOTHING,
        needed=data.get("needed", False),
        others=data.get("others", others),
        reported=data.get("reported"),
    )


@functools.lru_cache(maxsize=1)
def profiles() -> Mapping[str, Profile]:
    """All profiles by their names, read once."""
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {
        name: Profile(
            name=name,
            title=one["title"],
            columns={column: _texts(headings) for column, headings in one["columns"].items()},
            rules=tuple(map(_rule, one.get("left_out", ()))),
            ignored=frozenset(map(comparable, one.get("ignored", ()))),
        )
        for name, one in data.items()
    }


def profile_named(name: str) -> Profile:
    """
    A profile.

    :raises ValueError: with the known ones, where there is none of that name.
    """
    found = profiles().get(name)
    if found is None:
        raise ValueError(f"there is no profile {name[:60]!r}; the profiles are {', '.join(sorted(profiles()))}")
    return found
