# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""From rows to people: one row after another, and what only all rows together show."""

from __future__ import annotations

import collections
import typing as t
from dataclasses import dataclass, field

from ansible_collections.threema.work.plugins.module_utils._cells import BLANKS, plain
from ansible_collections.threema.work.plugins.module_utils._columns import PARAMETER_COLUMNS
from ansible_collections.threema.work.plugins.module_utils._damage import NO_VALUES
from ansible_collections.threema.work.plugins.plugin_utils._columns import contradictions
from ansible_collections.threema.work.plugins.plugin_utils._reader import names
from ansible_collections.threema.work.plugins.plugin_utils._reader.cells import value_of
from ansible_collections.threema.work.plugins.plugin_utils._reader.columns import Column, Table
from ansible_collections.threema.work.plugins.plugin_utils._reader.guessed import Letters
from ansible_collections.threema.work.plugins.plugin_utils._reader.header import is_ruler, names_columns, repeats
from ansible_collections.threema.work.plugins.plugin_utils._reader.headings import folded
from ansible_collections.threema.work.plugins.plugin_utils._reader.kinds import DATES, Kind
from ansible_collections.threema.work.plugins.plugin_utils._reader.naming import Rule
from ansible_collections.threema.work.plugins.plugin_utils._reader.odd_rows import is_hint, wrong_length
from ansible_collections.threema.work.plugins.plugin_utils._reader.options import Options
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Problem, few
from ansible_collections.threema.work.plugins.plugin_utils._reader.records import Record
from ansible_collections.threema.work.plugins.plugin_utils._reader.selection import Selection, StatusWatch
from ansible_collections.threema.work.plugins.plugin_utils._reader.special import Several, Unusable, place_of
from ansible_collections.threema.work.plugins.plugin_utils._reader.together import Footers, Keys, Passwords
from ansible_collections.threema.work.plugins.plugin_utils._reader.totals import Totals

#: A list with more rows must be another list (the largest subscriptions are far below).
_MOST_ROWS: t.Final = 100_000

Person = t.Dict[str, t.Any]
_VALID_FROM, _VALID_UNTIL = DATES
_NAMES: t.Final = frozenset(
    column for name in ("first_name", "last_name", "nickname") for column in (name, PARAMETER_COLUMNS[name])
)
_EMPLOYEE_NUMBER: t.Final = ("employee_number", PARAMETER_COLUMNS["employee_number"])


@dataclass(frozen=True)
class Row:
    """A row with a person in it; C(person) contains its correct values."""

    number: int
    person: Person

    def named(self, kind: Kind) -> dict[str, t.Any]:
        """Who this is, for users who have to find the row: null if the row does not contain it."""
        named = {"row": self.number, kind.key: self.person.get(kind.key)}
        if kind.open:
            number = next((self.person[name] for name in _EMPLOYEE_NUMBER if name in self.person), None)
            named["employee_number"] = number
        return named


@dataclass
class People:
    """The content of a list's rows: current people, future people, rows that were excluded, and what is wrong.

    :ivar hidden: rows with people that a spreadsheet does not show.
    :ivar markers: how many times a column, by its label, contains what programs write if there is no value.
    :ivar differing: in how many rows several columns have different values for the same column of a person, by its
        name.
    :ivar cut: how many cells had several values of which only one was used.
    """

    now: list[Row] = field(default_factory=list)
    not_yet: list[Row] = field(default_factory=list)
    left_out: list[dict[str, t.Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    bad: dict[int, Row] = field(default_factory=dict)
    rows: int = 0
    hidden: list[int] = field(default_factory=list)
    cut: int = 0
    markers: collections.Counter[tuple[str, str]] = field(default_factory=collections.Counter)
    differing: collections.Counter[str] = field(default_factory=collections.Counter)
    warnings: list[str] = field(default_factory=list)


def read_people(
    rows: t.Iterable[Record], table: Table, selection: Selection, options: Options, letters: Letters | None
) -> People:
    """Read the people from the rows after the header row.

    All problems are in the result; nothing is raised.

    :param letters: checks the words of a list whose encoding was determined from them.
    """
    reader = _Reader(table, selection, options, letters)
    for record in rows:
        if reader.people.rows >= _MOST_ROWS:
            reader.refuse(record.number, f"there are more than {_MOST_ROWS} rows; this is not a staff list")
            break
        reader.read(record)
    return reader.finish()


class _Reader:
    def __init__(self, table: Table, selection: Selection, options: Options, letters: Letters | None) -> None:
        self.table = table
        self.letters = letters
        self.selection = selection
        self.options = options
        self.kind = options.kind
        self.today = options.today.isoformat()
        self.people = People()
        self.headings = [column.key for column in table.columns]
        self.width = len(table.columns)
        self.sources = {name: table.sources(name) for column in table.columns for name in column.feeds}
        self.key = table.feeding(options.kind.key)
        self.locked = table.feeding("locked")
        self.since = table.feeding(_VALID_FROM)
        self.until = table.feeding(_VALID_UNTIL)
        self.kept = [column for column in table.columns if column.kept]
        self.nameless = [column for column in table.columns if not column.heading]
        self.commands = [column for column in table.columns if column.command]
        self.keys = Keys(options.kind)
        self.passwords = Passwords()
        self.footers = Footers(self.kind, self.key.number - 1 if self.key else None)
        named = [column.number - 1 for column in table.columns if not _NAMES.isdisjoint(column.feeds)]
        self.totals = Totals(self.footers, named)
        self.statuses = StatusWatch(table)

    def refuse(self, row: int, text: str, *, bad: Person | None = None) -> None:
        """Note what is wrong with a row; C(bad) has its correct values if its person can be skipped."""
        self.people.problems.append(
            Problem(f"row {row}{text if text[:1] in ',:' else f': {text}'}", row, (row,) if bad is not None else ())
        )
        if bad is not None:
            self.people.bad[row] = Row(row, bad)

    def read(self, record: Record) -> None:
        """Read one row."""
        other = self._is_nobody(record)
        if other:
            self.refuse(record.number, other)
            return
        if not self.people.rows and is_ruler(record, self.headings):
            self.people.warnings.append(f"row {record.number}: not read, because it only draws a line")
            return
        self.people.rows += 1
        if record.hidden:
            self.people.hidden.append(record.number)
        cells = self._cells(record)
        if cells is None or not self._can_choose(record.number, cells):
            return
        if not self.selection.takes(record.number, cells) or self._has_left(cells):
            self._leave_out(record.number, cells)
            return
        person, wrong = self._person(record.number, cells)
        self.statuses.see(cells)
        if self.letters:
            self.letters.see(cells)
        self._look_for_commands(record.number, cells)
        for text in wrong:
            self.refuse(record.number, text, bad=person)
        self.passwords.see(person)
        self.keys.see(record.number, person)
        self.totals.see(record.number, cells, person)
        come = person.get(_VALID_FROM, self.today) <= self.today
        (self.people.now if come else self.people.not_yet).append(Row(record.number, person))

    def _is_nobody(self, record: Record) -> str | None:
        """What is wrong with a row that cannot be skipped, because it is not that of a person."""
        if record.problem:
            return f", {record.problem}"
        if repeats(record, self.headings):
            return "this is the header row again; there are several lists in one file, read them one by one"
        if self.key and self._names_columns(record, self.key):
            return (
                "this row names columns, as a header row does; name the one that counts with header_row (in the "
                "playbook: roster_header_row), and read several lists one by one"
            )
        if not self.people.rows and is_hint(record):
            return (
                "this row says which columns are required, or of which type, as templates do; remove the row. If it "
                f"is a {self.kind.one}, move it down"
            )
        return None

    def _names_columns(self, record: Record, key: Column) -> bool:
        """Whether a row is another header row. Not if it says whether somebody is locked: the export has such rows for
        people whose username and department, for example, are names of columns.
        """
        return names_columns(record, key.number - 1, key.heading, self.kind.key) and not self._says_locked(record)

    def _says_locked(self, record: Record) -> bool:
        if not self.locked or self.locked.number > len(record.cells):
            return False
        try:
            return value_of("locked", record.cells[self.locked.number - 1], self.kind) is not None
        except ValueError:
            return False

    def _cells(self, record: Record) -> list[str] | None:
        """As many cells as there are headings; None if the row has more or fewer."""
        cells = record.cells
        filled = len(cells)
        while filled > self.width and not cells[filled - 1].strip(BLANKS):
            filled -= 1
        if filled == self.width:
            return cells if len(cells) == filled else cells[:filled]
        text = wrong_length(cells[:filled], self.width, is_sheet=self.table.sheet)
        self.refuse(record.number, text, bad={})
        return None

    def _can_choose(self, row: int, cells: list[str]) -> bool:
        """Whether the cells by which rows are selected can decide about this one."""
        wrong = self.selection.doubts(cells)
        person = self._known_of(cells) if wrong else {}
        for text in wrong:
            self.refuse(row, text, bad=person)
        return not wrong

    def _known_of(self, cells: list[str]) -> Person:
        """The correct values of somebody who may be on the list or not, by which they are protected."""
        person: Person = {}
        wrong = self._feed(person, cells)
        if self.options.username_from:
            self._make_username(person, wrong)
        return person

    def _has_left(self, cells: list[str]) -> bool:
        """Whether the last day is in the past, and not before the first one; the last day itself still counts."""
        until = self._day(self.until, _VALID_UNTIL, cells)
        return bool(until) and until < self.today and self._day(self.since, _VALID_FROM, cells) <= until

    def _day(self, column: Column | None, name: str, cells: list[str]) -> str:
        """The date in a cell; empty if there is none. Errors in it are found when the cells are checked."""
        try:
            return (value_of(name, cells[column.number - 1]) or "") if column else ""
        except ValueError:
            return ""

    def _leave_out(self, row: int, cells: list[str]) -> None:
        """Note who was excluded, from the raw cells."""
        self.totals.see_somebody()
        columns = {name: self.table.sources(name) for name in (self.kind.key, *_EMPLOYEE_NUMBER)}
        raw = {
            name: next((text for one in sources if (text := cells[one.number - 1])), "")
            for name, sources in columns.items()
        }
        named = {name: plain(cell) for name, cell in raw.items() if plain(cell) and not isinstance(cell, Unusable)}
        self.people.left_out.append(Row(row, named).named(self.kind))

    def _person(self, row: int, cells: list[str]) -> tuple[Person, list[str]]:
        """The person in a row, without the wrong cells, and what is wrong with these."""
        kept = ((column.heading, cells[column.number - 1]) for column in self.kept)
        person: Person = {heading: plain(cell) for heading, cell in kept if not isinstance(cell, Unusable)}
        wrong = self._feed(person, cells)
        if self.options.username_from:
            wrong += self._make_username(person, wrong)
        for column in self.nameless:
            if cells[column.number - 1].strip(BLANKS):
                self.refuse(row, f", {column.label}: there is a value under an empty heading; name it")
        wrong += contradictions(person)
        if self.until and person.get(_VALID_FROM, "") > person.get(_VALID_UNTIL, "9999"):
            wrong.append(f", {self.until.label}: {_VALID_FROM} is after {_VALID_UNTIL}")
        return person, wrong

    def _feed(self, person: Person, cells: list[str]) -> list[str]:
        """Set the values of the cells in a person; returns what is wrong with them."""
        wrong: list[str] = []
        for name, sources in self.sources.items():
            column = self._filled(name, sources, cells)
            cell = cells[column.number - 1]
            if isinstance(cell, Several) and name not in ("categories", *DATES):
                self.people.cut += 1
            try:
                value = value_of(name, cell, self.kind)
            except ValueError as exc:
                wrong.append(f", {column.label}{place_of(cell)}: {exc}")
            else:
                if value is not None:
                    person[name] = value
                    if isinstance(value, str) and value in NO_VALUES and not column.secret:
                        self.people.markers[column.label, value] += 1
        return wrong

    def _filled(self, name: str, sources: t.Sequence[Column], cells: list[str]) -> Column:
        """The first of the columns for a column of a person that is filled in a row."""
        if len(sources) == 1:
            return sources[0]
        filled = [column for column in sources if cells[column.number - 1].strip(BLANKS)]
        self.people.differing[name] += len({plain(cells[column.number - 1]) for column in filled}) > 1
        return (filled or sources)[0]

    def _make_username(self, person: Person, wrong: list[str]) -> list[str]:
        """Set the username from the rule in a person; returns what prevents it, unless a cell is wrong anyway."""
        try:
            person[self.kind.key] = value_of(self.kind.key, t.cast(Rule, self.options.username_from).username(person))
        except ValueError as exc:
            return [] if wrong else [f": username_from: {exc}"]
        return []

    def _look_for_commands(self, row: int, cells: list[str]) -> None:
        """Reject a column that has the name of a module option and contains one of its values."""
        for column in self.commands:
            if folded(plain(cells[column.number - 1])) in names.COMMAND_WORDS:
                self.refuse(row, f", {column.label}: {_COMMAND}")

    def finish(self) -> People:
        """What only all rows together show, and the result."""
        people = self.people
        people.problems += self.keys.problems()
        for row, person in self.keys.bad():
            people.bad[row] = Row(row, person)
        for below in (self.footers, self.totals):
            people.problems += below.problems()
            for row, person in below.bad():
                people.bad[row] = Row(row, person)
        people.problems += self.passwords.problems(self.table)
        people.warnings += self.letters.warnings() if self.letters else ()
        people.warnings += self.selection.warnings(self.options)
        people.warnings += self.statuses.warnings()
        people.warnings += self.footers.warnings()
        people.warnings += _told(people, self.sources)
        return people


def _told(people: People, sources: t.Mapping[str, t.Sequence[Column]]) -> t.Iterator[str]:
    """What users may not expect about the rows."""
    if people.hidden:
        rows = few([str(row) for row in people.hidden])
        yield f"hidden rows were read like the others: {len(people.hidden)}, the rows {rows}"
    for (label, value), count in people.markers.items():
        yield (
            f"{label}: {count} times {value}, which programs write if there is no value; it was used as it is, "
            "because people may have this name"
        )
    for name, count in people.differing.items():
        if count:
            labels = " and ".join(column.label for column in sources[name])
            yield (
                f"{labels} have different values in {count} row{'s' if count > 1 else ''}; of each row the first was "
                f"taken as the column {name!r}"
            )
    if people.cut:
        yield (
            f"several values in a column that takes one: {people.cut}; the first of each was taken, as the directory "
            "orders them"
        )


_COMMAND: t.Final = (
    "this is a value of a module option, which a list cannot set; use the variables of the role, or ignore the "
    "column with columns (in the playbook: roster_columns) and null"
)
