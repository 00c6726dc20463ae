# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The reader of rosters: it converts a staff list from another system to a list of people.

The result is right, or the list is rejected with row and column; it is never silently wrong. Each step is a file in
C(_reader): the format (sources), bytes (encoding), rows (records, workbook, listed), the header row (header), the
columns (names, columns), who is on the list (selection), cells, people.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.threema.work.plugins.plugin_utils._reader.columns import Table, make_table
from ansible_collections.threema.work.plugins.plugin_utils._reader.encoding import GUESSED
from ansible_collections.threema.work.plugins.plugin_utils._reader.guessed import Letters
from ansible_collections.threema.work.plugins.plugin_utils._reader.header import Layout
from ansible_collections.threema.work.plugins.plugin_utils._reader.names import Names
from ansible_collections.threema.work.plugins.plugin_utils._reader.options import Options, parse_options
from ansible_collections.threema.work.plugins.plugin_utils._reader.people import People, read_people
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import RosterError, Unreadable, few
from ansible_collections.threema.work.plugins.plugin_utils._reader.selection import Selection, headings_of
from ansible_collections.threema.work.plugins.plugin_utils._reader.sources import Source, open_source

#: The options of C(read), which the lookup and the filter share.
OPTIONS: t.Final = (
    "kind",
    "profile",
    "columns",
    "username_from",
    "encoding",
    "delimiter",
    "header_row",
    "sheet",
    "where",
    "where_not",
    "bad_rows",
)


Data = t.Union[str, bytes, t.Sequence[t.Any]]


@dataclass(frozen=True)
class Roster:
    """A list that was read.

    :ivar people: one dictionary for each person: known columns under their own names, typed, without empty ones; other
        columns under their headings as strings.
    :ivar details: what the option C(details) returns, including the people.
    :ivar warnings: what the user should check.
    """

    people: list[dict[str, t.Any]]
    details: dict[str, t.Any]
    warnings: list[str]


def read_roster(data: Data, *, source: str = "roster", **options: t.Any) -> list[dict[str, t.Any]]:
    """Read the people of a roster; see M(read)."""
    return read(data, source=source, **options).people


def read(data: Data, *, source: str = "roster", name: str | None = None, **given: t.Any) -> Roster:
    """Read a roster.

    Rows are numbered like the records of a file in a spreadsheet: from 1, including blank ones and C(sep=), and a cell
    with line breaks is in one row. In a list of dictionaries, each dictionary is a row.

    :param data: the bytes of the list, its text, or a list of dictionaries.
    :param source: the name of the list in messages.
    :param name: the name of its file in the details; its extension distinguishes JSON and YAML.
    :param given: the options, as in C(parse_options).
    :raises RosterError: with every problem found.
    """
    try:
        return _read(data, name, parse_options(**given))
    except Unreadable as exc:
        raise RosterError(source, exc.problems) from None


def _read(data: Data, name: str | None, options: Options) -> Roster:
    known = Names(options)
    opened = open_source(data, name, known, options)
    layout = opened.layout
    table = make_table(layout, known, headings_of(options))
    selection = Selection(table, options)
    letters = Letters(table) if opened.encoding == GUESSED and not options.encoding else None
    people = read_people(() if table.problems else layout.rows(), table, selection, options, letters)
    opened.check_end()
    _judge(table, people, options)
    source = _source(name, opened, table, people, options)
    return Roster([row.person for row in people.now], _details(people, options, source), source["warnings"])


def _judge(table: Table, people: People, options: Options) -> None:
    """Reject the list, or skip the rows with errors.

    :raises Unreadable: with all problems, in the order of their rows.
    """
    problems = sorted([*table.problems, *people.problems], key=lambda problem: problem.row)
    texts = [problem.text for problem in problems]
    if problems and not (options.skip_bad_rows and all(problem.rows for problem in problems)):
        raise Unreadable(*texts)
    people.now = [row for row in people.now if row.number not in people.bad]
    people.not_yet = [row for row in people.not_yet if row.number not in people.bad]
    if not (people.now or people.not_yet):
        raise Unreadable(*texts, _nobody(table, people, options))


def _nobody(table: Table, people: People, options: Options) -> str:
    many = options.kind.many
    nobody = "nobody is left" if options.kind.open else f"no {many} are left"
    if people.left_out:
        count = len(people.left_out)
        profile = f"the profile {options.profile.name}, " if options.profile else ""
        return (
            f"{table.where}: {nobody}: {count} of {people.rows} {many} were left out (by where, where_not, "
            f"{profile}or the last day)"
        )
    return f"{table.where}: {nobody if people.rows else f'there are no {many} on this list'}"


def _details(people: People, options: Options, source: dict[str, t.Any]) -> dict[str, t.Any]:
    return {
        "people": [row.person for row in people.now],
        "not_yet": [row.person for row in people.not_yet],
        "skipped": _skipped(people, options) if options.skip_bad_rows else [],
        "left_out": people.left_out,
        "source": source,
    }


def _skipped(people: People, options: Options) -> list[dict[str, t.Any]]:
    """The rows that were skipped because of errors, and why."""
    problems: dict[int, list[str]] = {}
    for problem in people.problems:
        for row in problem.rows:
            problems.setdefault(row, []).append(problem.text)
    return [{**people.bad[row].named(options.kind), "problems": problems[row]} for row in sorted(problems)]


def _source(name: str | None, opened: Source, table: Table, people: People, options: Options) -> dict[str, t.Any]:
    key = table.feeding(options.kind.key)
    layout = opened.layout
    return {
        "name": name,
        "encoding": opened.encoding,
        "delimiter": layout.delimiter,
        "sheet": layout.sheet,
        "header_row": table.row or None,
        "rows": people.rows,
        "used": table.used,
        "ignored": table.ignored,
        "username_heading": key.heading if key and options.kind.open else None,
        "profile": options.profile.name if options.profile else None,
        "warnings": [*_before(layout), *table.warnings, *people.warnings, *_missing(people)],
    }


def _before(layout: Layout) -> t.Iterator[str]:
    rows = [str(record.number) for record in layout.before]
    if rows:
        label = f"row{'s' if len(rows) > 1 else ''} {', '.join(rows)}"
        yield f"{label}: not read, because the header row is row {layout.header.number}"


def _missing(people: People) -> t.Iterator[str]:
    """Who is on the list but not among the people; this matters if leavers are removed."""
    if people.bad:
        rows = few([str(row) for row in sorted(people.bad)])
        yield f"skipped because their rows contain errors (bad_rows): {len(people.bad)}, in rows {rows}"
    if people.not_yet:
        yield f"not started yet (valid_from): {len(people.not_yet)}"
