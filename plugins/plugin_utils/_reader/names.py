# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What a heading is taken for: by the option columns first, then by its own name, then by the catalogue."""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.threema.work.plugins.module_utils._columns import PARAMETER_COLUMNS
from ansible_collections.threema.work.plugins.module_utils._parameters import PARAMETERS
from ansible_collections.threema.work.plugins.plugin_utils._columns import (
    KNOWN_COLUMNS,
    is_known,
    nearly,
    normalized,
)
from ansible_collections.threema.work.plugins.plugin_utils._reader.catalogue import catalogue
from ansible_collections.threema.work.plugins.plugin_utils._reader.header import Known
from ansible_collections.threema.work.plugins.plugin_utils._reader.headings import comparable, one_slip
from ansible_collections.threema.work.plugins.plugin_utils._reader.options import values_of
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import quoted

#: The column that everybody has.
KEY: t.Final = "username"
#: From when until when somebody is on the list; not sent.
DATES: t.Final = ("valid_from", "valid_until")
_DOOR_PREFIX: t.Final = "threema_"
#: What only an option of a module says, never a list: headings that look as if it could.
COMMANDS: t.Final = ("new_username", "state", "identity")
COMMAND_WORDS: t.Final = frozenset(("present", "absent", "keep", "detach", "revoke"))
_TAKEN: t.Final = (KEY, *PARAMETER_COLUMNS, *DATES)
#: Columns that let people in or keep them out: what else the filter people_to_credentials reads. Exports of other
#: systems have columns of these names that mean something else, so that they are taken only under names that no other
#: system has, or where somebody says so.
DOORS: t.Final = tuple(name for name in KNOWN_COLUMNS if name not in _TAKEN)
_TARGETS: t.Final = (*_TAKEN, *DOORS)


@functools.lru_cache(maxsize=1)
def _own_names() -> Mapping[str, str]:
    """The columns by their own names, as these are compared."""
    return {
        **{comparable(name): name for name in (*_TAKEN, *PARAMETERS)},
        **{comparable(_DOOR_PREFIX + name): name for name in DOORS},
    }


@dataclass(frozen=True)
class Mapped:
    """A heading of the option columns, and the columns that it feeds; none: it is ignored."""

    heading: str
    targets: tuple[str, ...]


def parse_columns(columns: Mapping[t.Any, t.Any]) -> tuple[dict[str, Mapped], list[str]]:
    """The option columns, by the headings as they are compared, and what is wrong with it."""
    mapping: dict[str, Mapped] = {}
    problems: list[str] = []
    for heading, value in columns.items():
        given = () if value is None else values_of(value)
        targets = tuple(str(target) for target in given if isinstance(target, str))
        if not isinstance(heading, str) or len(targets) < len(given):
            problems.append("columns: headings and columns must be strings; put them into quotation marks")
            continue
        if value is not None and not targets:
            problems.append(f"columns: {quoted(heading)} has an empty list; write null to ignore that heading")
        problems += [problem for target in targets if (problem := _target_problem(heading, target))]
        if comparable(heading) in mapping:
            problems.append(f"columns: the heading {quoted(heading)} is there twice; keep one of them")
        mapping[comparable(heading)] = Mapped(heading.strip(), targets)
    return mapping, problems


def _target_problem(heading: str, target: str) -> str | None:
    if target in _TARGETS or (is_known(target) and nearly(target) is None):
        return None
    near = nearly(target) or next((name for name in DATES if comparable(name) == comparable(target)), None)
    hint = f"did you mean {near!r}?" if near else f"use one of {', '.join(_TARGETS)}, or a parameter th_…"
    return f"columns: {quoted(target)}, for {quoted(heading)}, is not a known column; {hint}"


class Names:
    """Tells what a heading is taken for."""

    def __init__(self, mapping: Mapping[str, Mapped]) -> None:
        self.mapping = mapping

    def mapped(self, heading: str) -> Mapped | None:
        """What the option columns says of a heading; None where it says nothing."""
        return self.mapping.get(comparable(heading))

    def taken_for(self, heading: str) -> str | None:
        """The column that a heading is by itself: by its own name or by the catalogue."""
        key = comparable(heading)
        column = _own_names().get(key) or catalogue().columns.get(key)
        if column is None and is_known(name := normalized(heading)) and name.startswith("th_") and not nearly(name):
            # A parameter that is newer than the list of parameters.
            return name
        return column

    def known(self, heading: str) -> Known:
        """What a heading is for somebody who looks for the header row."""
        mapped = self.mapped(heading)
        if mapped:
            return Known(KEY in mapped.targets, bool(mapped.targets))
        column = self.taken_for(heading)
        return Known(column == KEY, column is not None)


def door(heading: str) -> str | None:
    """The column that opens doors whose name a heading is or nearly is."""
    key = comparable(heading)
    if key in map(comparable, DOORS):
        return next(name for name in DOORS if comparable(name) == key)
    near = nearly(heading)
    return near if near in DOORS else None


def command(heading: str) -> str | None:
    """The option of a module that a heading is called like."""
    return next((name for name in COMMANDS if comparable(name) == comparable(heading)), None)


def near_name(heading: str) -> str | None:
    """The known name that a heading misses by a slip of the keyboard; nobody would notice that it does nothing."""
    key = comparable(heading)
    prefixed = next((name for name in DOORS if one_slip(key, comparable(_DOOR_PREFIX + name))), None)
    if prefixed:
        return _DOOR_PREFIX + prefixed
    dated = next((name for name in DATES if one_slip(key, comparable(name))), None)
    return dated or nearly(heading) or catalogue().slip_of(key)
