# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Who is on the list at all: rows chosen by their raw cells (where, where_not), and columns that look like a status."""

from __future__ import annotations

import collections
import datetime
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.threema.work.plugins.module_utils._parameters import FALSE_WORDS, TRUE_WORDS
from ansible_collections.threema.work.plugins.plugin_utils._reader.catalogue import catalogue
from ansible_collections.threema.work.plugins.plugin_utils._reader.cells import plain
from ansible_collections.threema.work.plugins.plugin_utils._reader.columns import Column, Table
from ansible_collections.threema.work.plugins.plugin_utils._reader.headings import comparable, folded
from ansible_collections.threema.work.plugins.plugin_utils._reader.options import Options, values_of
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import few, quoted

_VALUES_SHOWN: t.Final = 10


def boolean_words(value: bool) -> frozenset[str]:
    """The words that mean a boolean in a cell: those of the modules, and those of spreadsheets in other languages."""
    words = catalogue()
    if value:
        return TRUE_WORDS | words.true_words
    return FALSE_WORDS | words.false_words


@dataclass(frozen=True)
class Condition:
    """The cells of one column that meet a condition, as they are compared."""

    column: Column
    cells: frozenset[str]

    def holds(self, cells: t.Sequence[str]) -> bool:
        """Whether the cell of a row meets it."""
        return folded(plain(cells[self.column.number - 1])) in self.cells


def headings_of(options: Options) -> frozenset[str]:
    """The headings by which rows are chosen, as they are compared."""
    return frozenset(comparable(str(heading)) for heading in (*options.where, *options.where_not))


class Selection:
    """Chooses rows; all conditions of where must hold, none of where_not may."""

    def __init__(self, table: Table, options: Options) -> None:
        """
        Find the columns of the conditions.

        What is wrong with them is noted in the table.
        """
        self.wanted = list(_conditions("where", options.where, table))
        self.unwanted = list(_conditions("where_not", options.where_not, table))

    def takes(self, cells: t.Sequence[str]) -> bool:
        """Whether a row is chosen."""
        return all(one.holds(cells) for one in self.wanted) and not any(one.holds(cells) for one in self.unwanted)


def _conditions(name: str, given: Mapping[t.Any, t.Any], table: Table) -> t.Iterator[Condition]:
    for heading, value in given.items():
        found = table.with_heading(str(heading))
        if len(found) != 1:
            shown = ", ".join(quoted(column.heading) for column in table.columns if column.heading)
            what = f"{len(found)} columns have the heading" if found else "there is no heading"
            table.refuse(f"{name}: {what} {quoted(str(heading))}; the headings are {shown}")
            continue
        try:
            yield Condition(found[0], frozenset().union(*(_cells(one) for one in values_of(value))))
        except ValueError as exc:
            table.refuse(f"{name}: {quoted(str(heading))}: {exc}")


def _cells(value: object) -> frozenset[str]:
    """The cells, as they are compared, that are equal to a value of a condition."""
    if value is None:
        return frozenset(("",))
    if isinstance(value, bool):
        return boolean_words(value)
    if isinstance(value, (str, int, float, datetime.date)):
        return frozenset((folded(str(value)),))
    raise ValueError(f"a value must be text, a number, a boolean or null, not of the type {type(value).__name__}")


class StatusWatch:
    """Counts the values of columns that look like a status and that nobody uses."""

    def __init__(self, table: Table) -> None:
        self.counts = [
            (column, collections.Counter[str](), dict[str, str]()) for column in table.columns if column.status
        ]

    def see(self, cells: t.Sequence[str]) -> None:
        """Count the cells of a row that is taken."""
        for column, counter, shown in self.counts:
            cell = plain(cells[column.number - 1])
            counter[folded(cell)] += 1
            shown.setdefault(folded(cell), cell)

    def warnings(self) -> t.Iterator[str]:
        """A sentence for each column with more than one value."""
        for column, counter, shown in self.counts:
            if len(counter) > 1:
                values = [f"{quoted(shown[key]) if key else 'empty'} ({count})" for key, count in counter.most_common()]
                yield (
                    f"{column.label} looks like a status and was not used: {few(values, _VALUES_SHOWN)}; choose with "
                    f"where or where_not (in the playbook: roster_where, roster_where_not), as in "
                    f"{{{column.heading!r}: …}}"
                )
