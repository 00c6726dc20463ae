# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What changed between two reports. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.threema.work.plugins.module_utils._text import extract
from ansible_collections.threema.work.plugins.plugin_utils._report.form import Report, Unusable

#: The figures that are compared: their name in the words of the page, and where they are in a report.
_FIGURES: t.Final = (
    ("purchased", ("licenses", "purchased")),
    ("free", ("licenses", "free_estimate")),
    ("credentials", ("credentials", "total")),
    ("activated", ("credentials", "activated")),
    ("not_activated", ("credentials", "never_activated", "count")),
    ("several_ids", ("credentials", "several_ids", "count")),
    ("unlocked", ("credentials", "unlocked", "count")),
    ("users", ("users", "total")),
    ("inactive", ("users", "inactive", "count")),
    ("without_credential", ("users", "without_credential", "count")),
    ("without_name", ("users", "without_name", "count")),
    ("contacts", ("contacts", "total")),
)


@dataclass(frozen=True)
class Figure:
    """A figure then and now; None where it is not known."""

    name: str
    then: int | None
    now: int | None

    @property
    def difference(self) -> int | None:
        """By how much it grew; None if that is not known."""
        return None if self.then is None or self.now is None else self.now - self.then


@dataclass(frozen=True)
class Group:
    """People to whom the same happened: all of them by number, some by name."""

    name: str
    count: int
    usernames: t.Sequence[str]


@dataclass(frozen=True)
class Changes:
    """What changed since an earlier report.

    :ivar since: when that was generated.
    :ivar groups: who came, who activated, who went; None if one of the reports has no people.
    """

    since: str
    figures: t.Sequence[Figure]
    groups: t.Sequence[Group] | None

    @property
    def same(self) -> bool:
        """Whether nothing changed."""
        return not any(one.then != one.now for one in self.figures) and not any(one.count for one in self.groups or ())


def compare(report: Report, earlier: Report, most: int) -> Changes:
    """What changed.

    :param most: how many names each group contains at most; 0 if nobody is compared by name.
    :raises Unusable: if the earlier report is about another subscription, or is not earlier.
    """
    _check_same(report["subscription"], earlier["subscription"])
    if earlier["generated_at"] > report["generated_at"]:
        raise Unusable(f"is a report of {earlier['generated_at']}, which is later than this one")
    figures = [Figure(name, _value(earlier, path), _value(report, path)) for name, path in _FIGURES]
    if earlier["users"]["inactive"]["days"] != report["users"]["inactive"]["days"]:
        figures = [one for one in figures if one.name != "inactive"]
    then, now = earlier.get("people"), report.get("people")
    groups = None if then is None or now is None or not most else _groups(then, now, most)
    return Changes(earlier["generated_at"], figures, groups)


def _check_same(now: t.Mapping[str, t.Any], then: t.Mapping[str, t.Any]) -> None:
    # Old versions of the API have no id (contract 3); then the name has to be the same.
    key = "id" if now["id"] is not None and then["id"] is not None else "name"
    if now[key] != then[key]:
        raise Unusable(
            f"is a report of another subscription ({_told(then['name'])}, {_told(then['id'])}), "
            f"not of {_told(now['name'])} ({_told(now['id'])})"
        )


def _told(value: str | None) -> str:
    """A name or id as a message can hold it, however long it is."""
    return extract(str(value))


def _value(report: Report, path: t.Sequence[str]) -> int | None:
    value: t.Any = report
    for key in path:
        value = value[key]
    return t.cast("int | None", value)


def _groups(then: t.Mapping[str, int], now: t.Mapping[str, int], most: int) -> list[Group]:
    found = {
        "came": now.keys() - then.keys(),
        # Also those who came: that nobody has activated the app would be wrong of them.
        "activated": {name for name in now if now[name] and not then.get(name)},
        "went": then.keys() - now.keys(),
    }
    return [
        Group(group, len(names), sorted(names, key=lambda name: (name.casefold(), name))[:most])
        for group, names in found.items()
    ]
