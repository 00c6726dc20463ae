# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""From the header row to the columns: what each of them feeds, what stays with the person, and what is ignored."""

from __future__ import annotations

import collections
import typing as t
import unicodedata
from dataclasses import dataclass, field

from ansible_collections.threema.work.plugins.plugin_utils._columns import is_known, is_opposite, normalized
from ansible_collections.threema.work.plugins.plugin_utils._reader import names
from ansible_collections.threema.work.plugins.plugin_utils._reader.catalogue import catalogue
from ansible_collections.threema.work.plugins.plugin_utils._reader.header import Layout
from ansible_collections.threema.work.plugins.plugin_utils._reader.headings import comparable
from ansible_collections.threema.work.plugins.plugin_utils._reader.kinds import Kind
from ansible_collections.threema.work.plugins.plugin_utils._reader.names import Names
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Problem, few, quoted
from ansible_collections.threema.work.plugins.plugin_utils._reader.records import BLANKS

_HEADINGS_SHOWN: t.Final = 20
_PARAMETER_NAMES: t.Final = (
    "that is th_ followed by letters without accents, digits, and underscores, at most 256 characters in total"
)


@dataclass
class Column:
    """One column of a list.

    :ivar feeds: the columns of a person that its cells are.
    :ivar spare: those that its cells are in rows where the cell that comes before it is empty.
    :ivar kept: whether it stays with the person under its heading.
    :ivar command: whether its cells must not hold a word of ours (present, absent, …).
    :ivar status: whether it looks like a status that nobody uses.
    """

    number: int
    heading: str
    feeds: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()
    kept: bool = False
    command: bool = False
    status: bool = False
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = comparable(self.heading)

    @property
    def label(self) -> str:
        """How messages call it."""
        return f"column {self.number} {quoted(self.heading)}" if self.heading else f"column {self.number}"


@dataclass
class Table:
    """The columns of a list, and what is to be said about them.

    :ivar row: the number of the header row; 0 where there is none.
    :ivar where: how messages call it.
    :ivar row_named: whether somebody said which row that is.
    :ivar sheet: whether it is one of a workbook.
    """

    row: int
    where: str
    columns: list[Column]
    row_named: bool = False
    sheet: bool = False
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    used: dict[str, list[str]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """The headings for a message.

        Where somebody named the wrong row, they are those of a person, of which at most one is known.
        """
        headings = [quoted(column.heading) for column in self.columns if column.heading]
        known = [quoted(column.heading) for column in self.columns if column.feeds]
        fed = {name for column in self.columns for name in column.feeds}
        if self.row_named and len(fed) < 2 < len(headings):
            return f"{', '.join(known)}{' and ' * bool(known)}{len(headings) - len(known)} others"
        return few(headings, _HEADINGS_SHOWN)

    def refuse(self, text: str) -> None:
        """Note what is wrong with the header row."""
        self.problems.append(Problem(f"{self.where}: {text}", self.row))

    def feeding(self, name: str) -> Column | None:
        """The column of the list that feeds a column of a person."""
        return next((column for column in self.columns if name in column.feeds), None)

    def sources(self, name: str) -> list[Column]:
        """The columns of the list for a column of a person; of each row the first that is filled."""
        return [
            *(column for column in self.columns if name in column.feeds),
            *(column for column in self.columns if name in column.spare),
        ]

    def with_heading(self, heading: str) -> list[Column]:
        """The columns with a heading, as headings are compared."""
        return [column for column in self.columns if column.heading and column.key == comparable(heading)]


def make_table(layout: Layout, known: Names, selecting: t.Collection[str]) -> Table:
    """The columns of a list.

    :param known: what headings are taken for.
    :param selecting: the headings, as they are compared, by which rows are chosen.
    """
    headings = [unicodedata.normalize("NFC", cell.strip(BLANKS)) for cell in layout.header.cells]
    while headings and not headings[-1]:
        headings.pop()
    columns = [
        Column(number, heading, feeds)
        for number, (heading, feeds) in enumerate(zip(headings, known.feeds(headings)), 1)
    ]
    table = Table(
        layout.header.number,
        layout.where,
        columns,
        row_named=known.header_row is not None,
        sheet=layout.sheet is not None,
    )
    _find_spare(table, known)
    _check_feeding(table, known, layout)
    _check_mapping(table, known)
    _check_profile(table, known)
    _sort_the_rest(table, known, selecting)
    return table


def _find_spare(table: Table, known: Names) -> None:
    """Where the profile has several headings for a column, and the list too, take the first that is filled in a row."""
    for name in known.profile.columns if known.profile else ():
        others = known.others_for(name)
        column = table.feeding(name)
        if column is None or column.key not in others or known.mapped(column.heading):
            continue
        for spare in table.columns:
            if spare.key in others and spare.key != column.key and not known.mapped(spare.heading):
                spare.spare = (*spare.spare, name)


def _check_feeding(table: Table, known: Names, layout: Layout) -> None:
    """Refuse two headings for one column; one without a single value is none, unless somebody named it."""
    feeding: dict[str, list[Column]] = collections.defaultdict(list)
    for column in table.columns:
        for name in column.feeds:
            feeding[name].append(column)
    for name, columns in feeding.items():
        if len(columns) < 2:
            continue
        empty = [one for one in columns if not known.mapped(one.heading) and layout.is_empty(one.number)]
        for column in empty[: len(columns) - 1]:
            column.feeds = ()
            columns.remove(column)
        if len(columns) > 1:
            table.refuse(_doubled(name, columns))


def _doubled(name: str, columns: t.Sequence[Column]) -> str:
    labels = " and ".join(column.label for column in columns)
    if len({column.key for column in columns}) > 1:
        what = f"say which one is with {names.IN_PLAYBOOK}: {{{columns[0].heading!r}: {name!r}}}"
    else:
        what = "rename one of them in the list"
    return f"{labels} would both be the column {name!r}; {what}"


def _check_mapping(table: Table, known: Names) -> None:
    for mapped in known.mapping.values():
        if not table.with_heading(mapped.heading):
            what = f"there is no heading {quoted(mapped.heading)} in {table.where}; the headings are {table.shown}"
            table.problems.append(Problem(f"columns: {what}", table.row))


def _check_profile(table: Table, known: Names) -> None:
    """Refuse a list without a column by which the profile leaves people out, or warn where it is often missing."""
    keys = {column.key for column in table.columns}
    rules = known.profile.rules if known.profile else ()
    lacking = [rule for rule in rules if rule.heading_among(keys) is None]
    needed = [f"the column {quoted(rule.headings[0])}" for rule in lacking if rule.needed]
    name = known.profile.name if known.profile else ""
    if needed:
        table.refuse(
            f"the profile {name} needs {' and '.join(needed)}, which is not here, to know who is left out; export it "
            "as well, or read the list without the profile"
        )
    for rule in lacking:
        if not rule.needed:
            table.warnings.append(
                f"{table.where}: there is no column {quoted(rule.headings[0])}, by which the profile {name} leaves "
                "people out; nobody was left out by it"
            )


def _sort_the_rest(table: Table, known: Names, selecting: t.Collection[str]) -> None:
    """Say what becomes of the columns that feed nothing, and which headings are used and ignored."""
    occurs = collections.Counter(column.heading for column in table.columns)
    for column in table.columns:
        if column.feeds or column.spare:
            table.used[column.heading] = [*column.feeds, *column.spare]
        elif column.heading:
            selects = column.key in selecting
            if selects:
                table.used[column.heading] = []
            else:
                table.ignored.append(column.heading)
            if known.mapped(column.heading):
                continue
            column.status = column.key in catalogue().statuses and not selects
            if known.taken_for(column.heading) or (known.profile and column.key in known.profile.ignored):
                continue
            # A profile says whose columns these are.
            looked_at = selects or known.profile is not None
            column.kept = _stays(table, column, known.kind, looked_at) and occurs[column.heading] == 1


def _stays(table: Table, column: Column, kind: Kind, looked_at: bool) -> bool:
    """Whether a column that feeds nothing stays with the person; what is wrong with its heading is noted.

    :param kind: what the list is of.
    :param looked_at: whether somebody knows what it is: rows are chosen by it, or a profile is given.
    """
    heading = column.heading
    if names.command(heading):
        if heading in names.COMMANDS:
            table.refuse(
                f"{column.label} is an option of the modules, which a list cannot set; leave the column out, rename "
                f"it, or ignore it with {names.IN_PLAYBOOK}: {{{heading!r}: null}}"
            )
        column.command = True
        return False
    door = names.door(heading, kind)
    if door and not looked_at:
        mapped = f"map it with {names.IN_PLAYBOOK}: {{{heading!r}: {door!r}}}"
        what = f"name it threema_{door}, or {mapped}"
        if is_opposite(heading, door):
            what = f"write a column threema_{door} with the opposite values"
        table.warnings.append(
            f"{table.where}: {column.label} was not taken, because other systems have such columns of their own; "
            f"if it is the one for Threema, {what}"
        )
    if door or catalogue().is_secret(column.key):
        return False
    near = names.near_name(heading, kind)
    if near:
        table.refuse(
            f"{column.label} is nearly {near!r}: rename it, or map it with {names.IN_PLAYBOOK}; null ignores it"
        )
    elif kind.open and normalized(heading).startswith("th_") and not is_known(normalized(heading)):
        table.refuse(f"{column.label} cannot be the name of a parameter; {_PARAMETER_NAMES}")
    return kind.open
