# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""From the header row to the columns: what each is mapped to, which are kept as they are, and which are ignored."""

from __future__ import annotations

import collections
import typing as t
import unicodedata
from dataclasses import dataclass, field

from ansible_collections.threema.work.plugins.module_utils._cells import BLANKS
from ansible_collections.threema.work.plugins.plugin_utils._columns import is_known, is_opposite, normalized
from ansible_collections.threema.work.plugins.plugin_utils._reader import names
from ansible_collections.threema.work.plugins.plugin_utils._reader.catalogue import catalogue
from ansible_collections.threema.work.plugins.plugin_utils._reader.header import Layout
from ansible_collections.threema.work.plugins.plugin_utils._reader.headings import comparable
from ansible_collections.threema.work.plugins.plugin_utils._reader.kinds import Kind, is_secret_column
from ansible_collections.threema.work.plugins.plugin_utils._reader.names import Names
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Problem, few, quoted

_HEADINGS_SHOWN: t.Final = 20
_PARAMETER_NAMES: t.Final = (
    "that is th_ followed by letters without accents, digits, and underscores, at most 256 characters in total"
)


@dataclass
class Column:
    """One column of a list.

    :ivar feeds: the columns of a person that it is mapped to.
    :ivar spare: those that it is mapped to in rows where the preferred cell is empty.
    :ivar kept: whether it is returned with the person under its heading.
    :ivar command: whether its cells must not contain a value of a module option (present, absent, …).
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
        """Its name in messages."""
        return f"column {self.number} {quoted(self.heading)}" if self.heading else f"column {self.number}"

    @property
    def secret(self) -> bool:
        """Whether its cells are passwords or other secrets for Threema."""
        return any(map(is_secret_column, (*self.feeds, *self.spare)))


@dataclass
class Table:
    """The columns of a list, and their problems and warnings.

    :ivar row: the number of the header row; 0 if there is none.
    :ivar where: its name in messages.
    :ivar row_named: whether the user specified the row.
    :ivar sheet: whether it is in a workbook.
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

        If the user specified the wrong row, these are values of a person, of which at most one is a known heading.
        """
        headings = [quoted(column.heading) for column in self.columns if column.heading]
        known = [quoted(column.heading) for column in self.columns if column.feeds]
        fed = {name for column in self.columns for name in column.feeds}
        if self.row_named and len(fed) < 2 < len(headings):
            return f"{', '.join(known)}{' and ' * bool(known)}{len(headings) - len(known)} others"
        return few(headings, _HEADINGS_SHOWN)

    def refuse(self, text: str) -> None:
        """Note a problem of the header row."""
        self.problems.append(Problem(f"{self.where}: {text}", self.row))

    def feeding(self, name: str) -> Column | None:
        """The column of the list that is mapped to a column of a person."""
        return next((column for column in self.columns if name in column.feeds), None)

    def sources(self, name: str) -> list[Column]:
        """The columns of the list for a column of a person; in each row, the first one that is filled is used."""
        return [
            *(column for column in self.columns if name in column.feeds),
            *(column for column in self.columns if name in column.spare),
        ]

    def with_heading(self, heading: str) -> list[Column]:
        """The columns with a heading, in the form for comparison."""
        return [column for column in self.columns if column.heading and column.key == comparable(heading)]


def make_table(layout: Layout, known: Names, selecting: t.Collection[str]) -> Table:
    """The columns of a list.

    :param known: the meaning of headings.
    :param selecting: the headings, in the form for comparison, by which rows are selected.
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
    """If the profile and the list have several headings for a column, use the first one that is filled in a row."""
    for name in known.profile.columns if known.profile else ():
        others = known.others_for(name)
        column = table.feeding(name)
        if column is None or column.key not in others or known.mapped(column.heading):
            continue
        for spare in table.columns:
            if spare.key in others and spare.key != column.key and not known.mapped(spare.heading):
                spare.spare = (*spare.spare, name)


def _check_feeding(table: Table, known: Names, layout: Layout) -> None:
    """Reject two headings for one column; one without any value does not count, unless the user mapped it."""
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
        what = f"specify which one it is with {names.IN_PLAYBOOK}: {{{columns[0].heading!r}: {name!r}}}"
    else:
        what = "rename one of them in the list"
    return f"{labels} would both be the column {name!r}; {what}"


def _check_mapping(table: Table, known: Names) -> None:
    for mapped in known.mapping.values():
        if not table.with_heading(mapped.heading):
            what = f"there is no heading {quoted(mapped.heading)} in {table.where}; the headings are {table.shown}"
            table.problems.append(Problem(f"columns: {what}", table.row))


def _check_profile(table: Table, known: Names) -> None:
    """Reject a list without a column by which the profile excludes people, or warn if it is often missing."""
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
    """Decide what happens to columns that are not mapped, and which headings are used and ignored."""
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
            # The profile determines the meaning of these columns.
            looked_at = selects or known.profile is not None
            column.kept = _stays(table, column, known.kind, looked_at) and occurs[column.heading] == 1


def _stays(table: Table, column: Column, kind: Kind, looked_at: bool) -> bool:
    """Whether a column that is not mapped is returned with the person; problems with its heading are noted.

    :param kind: what the list contains.
    :param looked_at: whether its meaning is known: rows are selected by it, or a profile is used.
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
