# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Who is on the list: rows selected by their raw cells (where, where_not), and columns that look like a status."""

from __future__ import annotations

import collections
import datetime
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.threema.work.plugins.module_utils._cells import check_characters, check_has_value, plain
from ansible_collections.threema.work.plugins.module_utils._damage import check_encoded_once, check_written, is_no_value
from ansible_collections.threema.work.plugins.module_utils._parameters import FALSE_WORDS, TRUE_WORDS
from ansible_collections.threema.work.plugins.plugin_utils._reader.catalogue import catalogue
from ansible_collections.threema.work.plugins.plugin_utils._reader.columns import Column, Table
from ansible_collections.threema.work.plugins.plugin_utils._reader.dates import is_no_day
from ansible_collections.threema.work.plugins.plugin_utils._reader.headings import comparable, folded
from ansible_collections.threema.work.plugins.plugin_utils._reader.options import Options, values_of
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import few, numbered, quoted
from ansible_collections.threema.work.plugins.plugin_utils._reader.special import Day, Several, check_usable, place_of

_VALUES_SHOWN: t.Final = 10
#: Line breaks and tabs, which are no sign of damage: a remark of two lines is not empty, and not a value.
_BREAKS: t.Final = dict.fromkeys(map(ord, "\t\n\r\u2028\u2029"), " ")


def boolean_words(value: bool) -> frozenset[str]:
    """The words for a boolean in a cell: those of the modules, and those of spreadsheets in other languages."""
    words = catalogue()
    if value:
        return TRUE_WORDS | words.true_words
    return FALSE_WORDS | words.false_words


@dataclass(frozen=True)
class Condition:
    """The cells of one column that meet a condition, in the form for comparison.

    :ivar wanted: whether rows that meet it are selected, or those that do not.
    :ivar reported: what is reported about rows that it excludes; None if nothing is.
    :ivar known: the possible cells of people who are kept; None if they are not known.
    :ivar given: whether the user gave it, who can change it; otherwise, it is that of the profile.
    """

    column: Column
    cells: frozenset[str]
    wanted: bool
    reported: str | None = None
    known: frozenset[str] | None = None
    given: bool = True

    def leaves_out(self, cells: t.Sequence[str]) -> bool:
        """Whether it excludes a row."""
        cell = cells[self.column.number - 1]
        # For an attribute with several values, any of them may meet it: a group that somebody is in, for example.
        values: tuple[str, ...] = cell.values if isinstance(cell, Several) else (cell,)
        if isinstance(cell, Day):
            # As it is shown, or as this collection writes dates.
            values += cell.spellings
        return any(folded(plain(value)) in self.cells for value in values) is not self.wanted


def headings_of(options: Options) -> frozenset[str]:
    """The headings by which the user or the profile selects rows, in the form for comparison."""
    said = frozenset(comparable(str(heading)) for heading in (*options.where, *options.where_not))
    rules = options.profile.rules if options.profile else ()
    return said.union(comparable(heading) for rule in rules for heading in rule.headings) - (_ignored(options) - said)


def _ignored(options: Options) -> frozenset[str]:
    """The headings, in the form for comparison, that the user ignores; profiles ignore them, too."""
    return frozenset(comparable(str(heading)) for heading, value in options.columns.items() if value is None)


class Selection:
    """Selects rows; all conditions of where and none of where_not must be met, and those of the profile.

    :ivar reported: what is reported about rows that were excluded, with their numbers.
    """

    def __init__(self, table: Table, options: Options) -> None:
        """
        Find the columns of the conditions.

        What is wrong with them is noted in the table.
        """
        self.conditions = [
            *_conditions("where", options.where, table, wanted=True),
            *_conditions("where_not", options.where_not, table, wanted=False),
            *_of_profile(options, table),
        ]
        key = table.feeding(options.kind.key)
        self.named: dict[int, _Named] = {}
        for condition in self.conditions:
            named = self.named.setdefault(condition.column.number, _Named(is_key=condition.column is key))
            named.cells |= condition.cells
            named.given = named.given or condition.given
        self.reported: dict[str, list[int]] = {}
        self.unknown = [(one, Values(one.column)) for one in self.conditions if one.known is not None]

    def doubts(self, cells: t.Sequence[str]) -> list[str]:
        """What is wrong with the cells that decide about a row; nothing if another cell excludes it anyway."""
        wrong: dict[str, str] = {}
        for condition in self.conditions:
            column = condition.column
            cell = cells[column.number - 1]
            try:
                _check(cell, self.named[column.number])
            except ValueError as exc:
                wrong[f", {column.label}{place_of(cell)}"] = str(exc)
            else:
                if condition.leaves_out(cells):
                    return []
        return [f"{where}: {reason}" for where, reason in wrong.items()]

    def takes(self, row: int, cells: t.Sequence[str]) -> bool:
        """Whether a row is selected."""
        against = next((one for one in self.conditions if one.leaves_out(cells)), None)
        if against and against.reported:
            self.reported.setdefault(against.reported, []).append(row)
        if against is None:
            for condition, values in self.unknown:
                values.see(cells, known=condition.known or ())
        return against is None

    def warnings(self, options: Options) -> t.Iterator[str]:
        """A sentence for rows that are excluded for a reason that not everyone expects."""
        profile = options.profile.name if options.profile else ""
        for what, rows in self.reported.items():
            yield f"{numbered(rows)}: left out by the profile {profile}: {what}"
        for _condition, values in self.unknown:
            if values.counter:
                yield (
                    f"{values.column.label} has values that the profile {profile} does not know, and by which it left "
                    f"nobody out: {values}; select rows with where or where_not (in the playbook: roster_where, "
                    "roster_where_not) if these people should not be on the list"
                )


@dataclass
class _Named:
    """What the conditions of a column name, in the form for comparison.

    :ivar is_key: whether the column is that of the usernames, for which such words are rejected later.
    :ivar given: whether one of the conditions is that of the user.
    """

    is_key: bool
    cells: frozenset[str] = frozenset()
    given: bool = False

    def check_value(self, text: str) -> None:
        """Reject what only stands for no value if the conditions name the empty cell; :raises ValueError: for that."""
        if self.is_key or "" not in self.cells or not (is_no_value(text) or is_no_day(text)):
            return
        if self.given:
            raise ValueError(
                "this is what programs write if there is no value, but the condition of this column names the empty "
                "cell; empty this cell, or name its value in the condition as well"
            )
        raise ValueError(
            "this is what programs write if there is no value, but the profile looks for empty cells in this column; "
            "empty this cell if it has no value, or correct it"
        )


def _check(cell: str, named: _Named) -> None:
    """Reject a cell that cannot decide whether a row is selected.

    :raises ValueError: if it is damaged in a way that the conditions do not name, or if it only stands for no value
        while they name the empty cell.
    """
    check_usable(cell)
    spellings = cell.spellings if isinstance(cell, Day) else ()
    for value in cell.values if isinstance(cell, Several) else (cell,):
        text = plain(value)
        if any(folded(one) in named.cells for one in (text, *spellings)):
            continue
        check_encoded_once(value)
        check_has_value(text)
        check_written(text)
        check_characters(text.translate(_BREAKS), joiners=True)
        named.check_value(text)


def _of_profile(options: Options, table: Table) -> t.Iterator[Condition]:
    """The conditions of the profile; headings that the option columns ignores are not used."""
    ignored = _ignored(options)
    keys = {column.key for column in table.columns}
    for rule in options.profile.rules if options.profile else ():
        key = rule.heading_among(keys)
        if key is None or key in ignored:
            continue
        found = [column for column in table.columns if column.key == key]
        if len(found) > 1:
            table.refuse(f"{len(found)} columns have the heading {quoted(found[0].heading)}; rename one of them")
            continue
        known = None if rule.others is None else _all_cells(rule.others)
        yield Condition(found[0], _all_cells(rule.values), rule.stays, rule.reported, known, given=False)


def _conditions(name: str, given: Mapping[t.Any, t.Any], table: Table, *, wanted: bool) -> t.Iterator[Condition]:
    for heading, value in given.items():
        found = table.with_heading(str(heading))
        if len(found) != 1:
            what = f"{len(found)} columns have the heading" if found else "there is no heading"
            table.refuse(f"{name}: {what} {quoted(str(heading))}; the headings are {table.shown}")
            continue
        try:
            yield Condition(found[0], _all_cells(value), wanted)
        except ValueError as exc:
            table.refuse(f"{name}: {quoted(str(heading))}: {exc}")


def _all_cells(value: object) -> frozenset[str]:
    """The cells that are equal to one of the values of a condition."""
    return frozenset().union(*(_cells(one) for one in values_of(value)))


def _cells(value: object) -> frozenset[str]:
    """The cells, in the form for comparison, that are equal to a value of a condition."""
    if value is None:
        return frozenset(("",))
    if isinstance(value, bool):
        return boolean_words(value)
    if isinstance(value, (str, int, float, datetime.date)):
        return frozenset((folded(str(value)),))
    raise ValueError(f"a value must be a string, a number, a boolean, or null, not of type {type(value).__name__}")


class Values:
    """Counts the values of a column."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.counter = collections.Counter[str]()
        self.shown: dict[str, str] = {}

    def see(self, cells: t.Sequence[str], known: t.Collection[str] = ()) -> None:
        """Count the cell of a row, unless it is a known one."""
        cell = plain(cells[self.column.number - 1])
        key = folded(cell)
        if key not in known:
            self.counter[key] += 1
            self.shown.setdefault(key, cell)

    def __str__(self) -> str:
        """The values with their counts, the most frequent first."""
        counted = self.counter.most_common()
        return few(
            [f"{quoted(self.shown[key]) if key else 'empty'} ({count})" for key, count in counted], _VALUES_SHOWN
        )


class StatusWatch:
    """Counts the values of columns that look like a status and that nobody uses."""

    def __init__(self, table: Table) -> None:
        self.columns = [Values(column) for column in table.columns if column.status]

    def see(self, cells: t.Sequence[str]) -> None:
        """Count the cells of a row that is selected."""
        for values in self.columns:
            values.see(cells)

    def warnings(self) -> t.Iterator[str]:
        """A sentence for each column with more than one value."""
        for values in self.columns:
            if len(values.counter) > 1:
                yield (
                    f"{values.column.label} looks like a status and was not used: {values}; select rows with "
                    f"where or where_not (in the playbook: roster_where, roster_where_not), as in "
                    f"{{{values.column.heading!r}: …}}"
                )
