# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What only all rows of a list together show: people who are listed twice, one password for everyone, footers."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.threema.work.plugins.module_utils._cells import BLANKS
from ansible_collections.threema.work.plugins.module_utils._planning.items import twin_key
from ansible_collections.threema.work.plugins.plugin_utils._reader.columns import Table
from ansible_collections.threema.work.plugins.plugin_utils._reader.kinds import Kind
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Problem, few, numbered, quoted

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
        """A sentence for each username that is in several rows, exactly or almost."""
        for people in self._several():
            rows = tuple(row for row, _person in people)
            spellings = list(dict.fromkeys(person[self.kind.key] for _row, person in people))
            shown = few([quoted(name) for name in spellings])
            where = f"rows {few([str(row) for row in rows[:-1]], 20)} and {rows[-1]}"
            if len(spellings) == 1:
                what = f"{'both' if len(rows) == 2 else 'all'} have the {self.kind.called} {shown}; each needs its own"
            else:
                what = (
                    f"the {self.kind.called}s {shown} look alike (except for case or encoding); each {self.kind.one} "
                    "needs a different one"
                )
            yield Problem(f"{where}: {what}", rows[0], rows)

    def bad(self) -> t.Iterator[tuple[int, _Person]]:
        """All rows of the people who are listed twice."""
        for people in self._several():
            yield from people


class Passwords:
    """Looks for one password that everyone has."""

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
        """A sentence if everyone who has a password has the same one."""
        column = table.feeding("password")
        if column and self.people > 1 and len(self.different) == 1:
            yield Problem(
                f"{table.where}, {column.label}: all {self.people} people have the same password, so each "
                "could use the credential of another; set a different one for each, or leave the column out: then "
                "passwords are generated",
                table.row,
            )


class Footers:
    """Looks for lines below a list, or between its people, that are not people: a total, a date, a notice.

    They fill one cell, which may be that of the username, while the other cells of the row are empty.
    """

    def __init__(self, kind: Kind, key: int | None) -> None:
        """
        Look at the rows of a list.

        :param key: the index of the cell of the column that each person has; None if there is none.
        """
        self.kind = kind
        self.key = key
        self.alone: list[tuple[int, str, _Person]] = []
        self.others = 0
        self.phrases = 0

    def see(self, row: int, cells: t.Sequence[str], person: _Person) -> None:
        """Note which cells of a row are filled."""
        if self.key is None:
            return
        text = str(person.get(self.kind.key, ""))
        if any(cell.strip(BLANKS) for place, cell in enumerate(cells) if place != self.key):
            self.others += 1
            self.phrases += _is_phrase(text)
        elif text:
            self.alone.append((row, text, person))

    def bad(self) -> t.Iterator[tuple[int, _Person]]:
        """Rows with a phrase, in a list whose usernames are single words and that has more values for each person."""
        if not self.phrases and len(self.alone) <= self.others:
            yield from ((row, person) for row, text, person in self.alone if _is_phrase(text))

    def problems(self) -> t.Iterator[Problem]:
        """A sentence for each of them."""
        for row, _person in self.bad():
            yield Problem(
                f"row {row}: only the {self.kind.called} is filled, and it is a phrase, unlike in the other rows, so "
                f"this looks like a footer; remove the row, or fill another cell of this {self.kind.one}",
                row,
                (row,),
            )

    def warnings(self) -> t.Iterator[str]:
        """A sentence for the rows that may be footers of one word."""
        bad = {row for row, _person in self.bad()}
        rows = [row for row, _text, _person in self.alone if row not in bad]
        # If there are many of them, the other columns are just filled for few people.
        if rows and len(rows) * 2 <= self.others:
            yield (
                f"{numbered(rows)}: only the {self.kind.called} is filled, unlike in most rows; check whether each "
                f"is a {self.kind.one} and not a footer"
            )


def _is_phrase(text: str) -> bool:
    """Whether a text is more than one word: C(Total: 42), C(Stand: 1.1.2026)."""
    return ":" in text or len(text.split()) > 1
