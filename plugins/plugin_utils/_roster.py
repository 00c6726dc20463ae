# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The reader of the roster: a staff list as spreadsheets write it, in; a list of people, out."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.threema.work.plugins.plugin_utils._columns import (
    KNOWN_COLUMNS,
    contradictions,
    is_known,
    nearly,
    normalized,
    quoted,
    typed,
)
from ansible_collections.threema.work.plugins.plugin_utils._roster_text import Record, decode, not_text, split

_SHOWN: t.Final = 50
_KNOWN_NAMES: t.Final = f"{', '.join(KNOWN_COLUMNS)}, or a parameter th_…"
_PARAMETER_NAMES: t.Final = "that is th_ and then letters without accent, digits and underscores, at most 256 in all"


class RosterError(ValueError):
    """A roster, or a list of people, that cannot be used.

    The message is a sentence and then the problems, at most fifty; C(problems) holds all of them.
    """

    def __init__(self, source: str, problems: t.Sequence[str]) -> None:
        self.source = source
        self.problems = list(problems)
        count = len(self.problems)
        lines = [f"{source}: {count} error{'s' if count != 1 else ''}, so nobody was taken from it:"]
        lines += [f"- {problem}" for problem in self.problems[:_SHOWN]]
        if count > _SHOWN:
            lines.append(f"- and {count - _SHOWN} more")
        super().__init__("\n".join(lines))


@dataclass(frozen=True)
class _Column:
    """One column: its number from 1, its heading as it stands, and its key in a person (None: not usable)."""

    number: int
    heading: str
    key: str | None

    @property
    def label(self) -> str:
        return f"column {self.number} {quoted(self.heading)}" if self.heading else f"column {self.number}"


def read_roster(
    text_or_bytes: str | bytes, *, columns: Mapping[str, str] | None = None, source: str = "roster"
) -> list[dict[str, t.Any]]:
    """Read a roster.

    Rows are numbered as a spreadsheet numbers them: the heading is row 1, blank rows count, and a cell with line
    breaks is in one row.

    :param text_or_bytes: the roster; comma, semicolon or tab, with a heading line.
    :param columns: other headings and the known column each of them stands for.
    :param source: what the roster is called in messages.
    :returns: one dictionary for each person: known columns under their own names, typed, without the empty ones;
        other columns under their heading as text.
    :raises RosterError: with every problem found.
    """
    try:
        text = decode(text_or_bytes)
        mapping, problems = _mapping(columns)
        records = split(text, lambda cells: _score(cells, mapping))
    except ValueError as exc:
        raise RosterError(source, [str(exc)]) from None
    if not records:
        raise RosterError(
            source, ["row 1: there is nothing; at least a heading line with the column username is needed"]
        )
    if not_text(text):
        # What the quoting makes wrong is found again when the characters are right.
        found = list(_wrong_characters(records))
        if found:
            raise RosterError(source, found)
    heading, rows = records[0], records[1:]
    table, found = _table(heading, mapping)
    problems += found
    people: list[dict[str, t.Any]] = []
    seen: dict[str, int] = {}
    if any(column.key == "username" for column in table):
        for record in rows:
            person, found = _person(record, table)
            username = person.get("username")
            if username in seen:
                found.append(
                    f"rows {seen[username]} and {record.number}: both have the username {quoted(username)}; "
                    "each needs its own"
                )
            elif username is not None:
                seen[username] = record.number
            problems += found
            people.append(person)
    if problems:
        raise RosterError(source, problems)
    return people


def _mapping(columns: Mapping[str, str] | None) -> tuple[dict[str, tuple[str, str]], list[str]]:
    """Return the mapped headings, by their casefolded text: as written, and the column that they stand for."""
    mapping: dict[str, tuple[str, str]] = {}
    problems: list[str] = []
    if columns is not None and not isinstance(columns, Mapping):
        raise ValueError("columns must be a dictionary of headings and the columns they stand for")
    for source, target in (columns or {}).items():
        if not isinstance(source, str) or not isinstance(target, str):
            problems.append("columns: headings and columns must be texts; put them into quotation marks")
            continue
        near = nearly(target)
        if near or not is_known(target):
            hint = f"did you mean {near!r}?" if near else f"use one of {_KNOWN_NAMES}"
            problems.append(f"columns: {quoted(target)}, for {quoted(source)}, is not a known column; {hint}")
        folded = source.strip().casefold()
        if folded in mapping:
            problems.append(f"columns: the heading {quoted(source)} is mapped twice; keep one of them")
        mapping[folded] = source.strip(), target
    return mapping, problems


def _key(heading: str, mapping: Mapping[str, tuple[str, str]]) -> str:
    """The key that a heading has in a person."""
    mapped = mapping.get(heading.casefold())
    if mapped:
        return mapped[1]
    name = normalized(heading)
    return name if is_known(name) else heading


def _score(cells: list[str], mapping: Mapping[str, tuple[str, str]]) -> int:
    """How much cells look like a heading: its known columns; username, which every roster has, outweighs all others."""
    keys = [_key(cell.strip(), mapping) for cell in cells]
    return sum(1 for key in keys if is_known(key)) + (len(keys) + 1 if "username" in keys else 0)


def _table(heading: Record, mapping: Mapping[str, tuple[str, str]]) -> tuple[list[_Column], list[str]]:
    """Return the columns that a heading line names, and what is wrong with it.

    Its texts are repeated only where it surely is one: a first row of data may hold a password.
    """
    row = f"row {heading.number}"
    if heading.problem:
        return [], [f"{row}, {heading.problem}"]
    texts = [cell.strip() for cell in heading.cells]
    keys = [_key(text, mapping) if text else None for text in texts]
    near = [nearly(key) if key and text.casefold() not in mapping else None for text, key in zip(texts, keys)]
    certain = any(key and is_known(key) for key in keys) or sum(1 for known in near if known) > 1
    table = [_Column(number, text, key) for number, (text, key) in enumerate(zip(texts, keys), 1)]
    problems: list[str] = []
    first: dict[str, _Column] = {}
    for column, known in zip(table, near):
        if column.key is None:
            continue
        label = f"{row}, {column.label}" if certain else f"{row}, column {column.number}"
        other = first.setdefault(column.key.casefold(), column)
        if other is not column and certain:
            both = f"are both {column.key!r}" if is_known(column.key) else "have the same heading"
            problems.append(f"{row}: {other.label} and {column.label} {both}; rename or remove one of them")
        elif known:
            problems.append(f"{label} is nearly {known!r}: rename it, or map it with columns")
        elif normalized(column.heading).startswith("th_") and not is_known(column.key):
            problems.append(f"{label} cannot be the name of a parameter; {_PARAMETER_NAMES}")
    shown = "it does not look like a heading line"
    if certain:
        shown = f"the headings are {', '.join(quoted(text) for text in texts if text)}"
    folded = {text.casefold() for text in texts}
    problems += [
        f"columns: there is no heading {quoted(source)} in {row}; {shown}"
        for key, (source, target) in mapping.items()
        if key not in folded
    ]
    if "username" not in (*keys, *near):
        problems.append(f"{row}: there is no column username; {shown}. Name it so, or map its heading with columns")
    return table, problems


def _person(record: Record, table: list[_Column]) -> tuple[dict[str, t.Any], list[str]]:
    """Return the person of a row, and what is wrong with it.

    The cells of a row that is out of step are not looked at.
    """
    row = f"row {record.number}"
    if record.problem:
        return {}, [f"{row}, {record.problem}"]
    problems = []
    surplus = [number for number, cell in enumerate(record.cells, 1) if number > len(table) and cell.strip()]
    if surplus:
        problem = f"{row}, column {surplus[0]}: there are {surplus[-1]} cells, but {len(table)} headings"
        return {}, [f"{problem}; put cells that hold the delimiter into quotation marks"]
    person: dict[str, t.Any] = {}
    for column in table:
        cell = record.cells[column.number - 1] if column.number <= len(record.cells) else ""
        if column.key is None:
            if cell.strip():
                problems.append(f"{row}, {column.label}: there is a value under an empty heading; name it")
            continue
        if column.key != "password":
            cell = cell.strip()
        try:
            if not is_known(column.key):
                person[column.key] = cell
            elif cell or column.key == "username":
                person[column.key] = typed(column.key, cell)
        except ValueError as exc:
            problems.append(f"{row}, {column.label}: {exc}")
    problems += [f"{row}: {problem}" for problem in contradictions(person)]
    return person, problems


def _wrong_characters(records: list[Record]) -> t.Iterator[str]:
    for record in records:
        for number, cell in enumerate(record.cells, 1):
            if not_text(cell):
                yield (
                    f"row {record.number}, column {number}: there is a NUL or a broken character, "
                    "so this is not text or was read in a wrong encoding; save it as CSV in UTF-8"
                )
