# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The profiles: the names of columns in the exports of systems, and who in them is excluded.

They are in C(profiles.yml), so that people who know a system can add one without reading code.
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
    """Who is excluded, by the cells of one column.

    :ivar headings: the possible headings of the column; the first one that a list has is used.
    :ivar values: a value or a list, as in the option where.
    :ivar stays: whether those with one of these values are kept, and all others are excluded.
    :ivar needed: whether a list without the column is rejected.
    :ivar others: the values of all others that the system is known to write; None if they are not known.
    :ivar reported: what is reported about rows that are excluded; None if nothing is.
    """

    headings: tuple[str, ...]
    values: object
    stays: bool
    needed: bool
    others: object
    reported: str | None

    def heading_among(self, keys: t.Collection[str]) -> str | None:
        """Its heading in a list, in the form for comparison; None if the list has none."""
        return next((key for one in self.headings if (key := comparable(one)) in keys), None)


@dataclass(frozen=True)
class Profile:
    """The properties of a system's export.

    :ivar columns: the possible headings of each column; the first one that a list has is used.
    :ivar ignored: headings, in the form for comparison, that mean something else there.
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

    :raises ValueError: with the known ones, if there is none with that name.
    """
    found = profiles().get(name)
    if found is None:
        raise ValueError(f"there is no profile {name[:60]!r}; the profiles are {', '.join(sorted(profiles()))}")
    return found
