# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What only all rows of a list together show: people who are there twice, one password for everybody."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.threema.work.plugins.module_utils._planning.items import twin_key
from ansible_collections.threema.work.plugins.plugin_utils._reader.columns import Table
from ansible_collections.threema.work.plugins.plugin_utils._reader.kinds import Kind
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Problem, few, quoted

_Person = t.Dict[str, t.Any]


class Keys:
    """Looks for people, or contacts, who are on the list twice."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.rows: dict[str, list[tuple[int, _Person]]] = {}

    def see(self, row: int, person: _Person) -> None:
        """Note the username of a row."""
        if self.kind.key in person:
            self.rows.setdefault(twin_key(person[self.kind.key]), []).append((row, person))

    def _several(self) -> t.Iterator[list[tuple[int, _Person]]]:
        return (people for people in self.rows.values() if len(people) > 1)

    def problems(self) -> t.Iterator[Problem]:
        """A sentence for each username that several rows have, or nearly have."""
        for people in self._several():
            rows = tuple(row for row, _person in people)
            spellings = list(dict.fromkeys(person[self.kind.key] for _row, person in people))
            shown = few([quoted(name) for name in spellings])
            where = f"rows {few([str(row) for row in rows[:-1]], 20)} and {rows[-1]}"
            if len(spellings) == 1:
                what = f"{'both' if len(rows) == 2 else 'all'} have the {self.kind.called} {shown}; each needs its own"
            else:
                what = (
                    f"the {self.kind.called}s {shown} look alike (but for case or encoding); each {self.kind.one} "
                    "needs a different one"
                )
            yield Problem(f"{where}: {what}", rows[0], rows)

    def bad(self) -> t.Iterator[tuple[int, _Person]]:
        """All rows of the people who are there twice."""
        for people in self._several():
            yield from people


class Passwords:
    """Looks for one password that everybody has."""

    def __init__(self) -> None:
        self.people = 0
        self.different: set[str] = set()

    def see(self, person: Mapping[str, t.Any]) -> None:
        """Note the password of a person."""
        if "password" in person:
            self.people += 1
            if len(self.different) < 2:
                self.different.add(person["password"])

    def problems(self, table: Table) -> t.Iterator[Problem]:
        """The sentence, where everybody who has a password has the same."""
        column = table.feeding("password")
        if column and self.people > 1 and len(self.different) == 1:
            yield Problem(
                f"{table.where}, {column.label}: all {self.people} people have the same password, so that each "
                "could use the credential of another; give each their own, or leave the column out: then passwords "
                "are generated",
                table.row,
            )
