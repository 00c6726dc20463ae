# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The meaning of headings: by the option columns first, then by the profile, their own names, and the catalogue."""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.threema.work.plugins.module_utils._columns import DOOR_PREFIX
from ansible_collections.threema.work.plugins.module_utils._parameters import PARAMETERS, is_secret
from ansible_collections.threema.work.plugins.plugin_utils._columns import (
    is_known,
    is_opposite,
    nearly,
    normalized,
)
from ansible_collections.threema.work.plugins.plugin_utils._reader.catalogue import catalogue
from ansible_collections.threema.work.plugins.plugin_utils._reader.headings import comparable, one_slip
from ansible_collections.threema.work.plugins.plugin_utils._reader.kinds import DATES, Kind
from ansible_collections.threema.work.plugins.plugin_utils._reader.naming import Rule
from ansible_collections.threema.work.plugins.plugin_utils._reader.options import Options, values_of
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Unreadable, quoted

#: What only an option of a module can set, never a list: headings that look as if a list could.
COMMANDS: t.Final = ("new_username", "state", "identity")
COMMAND_WORDS: t.Final = frozenset(("present", "absent", "keep", "detach", "revoke"))
IN_PLAYBOOK: t.Final = "columns (in the playbook: roster_columns)"
_KEY_EXAMPLES: t.Final = {"username": "Email", "threema_id": "ID"}


@functools.lru_cache(maxsize=4)
def _own_names(kind: Kind) -> Mapping[str, str]:
    """The columns by their own names, in the form for comparison."""
    return {
        **{comparable(name): name for name in (*kind.taken, *(PARAMETERS if kind.open else ()))},
        **{comparable(DOOR_PREFIX + name): name for name in kind.doors},
    }


@dataclass(frozen=True)
class Mapped:
    """A heading of the option columns, and the columns that it is mapped to; if there are none, it is ignored."""

    heading: str
    targets: tuple[str, ...]


def parse_columns(columns: Mapping[t.Any, t.Any], kind: Kind) -> tuple[dict[str, Mapped], list[str]]:
    """The option columns, by headings in the form for comparison, and what is wrong with it."""
    mapping: dict[str, Mapped] = {}
    problems: list[str] = []
    for heading, value in columns.items():
        given = () if value is None else values_of(value)
        targets = tuple(str(target) for target in given if isinstance(target, str))
        if not isinstance(heading, str) or len(targets) < len(given):
            problems.append("columns: headings and columns must be strings; put them in quotation marks")
            continue
        if value is not None and not targets:
            problems.append(f"columns: {quoted(heading)} has an empty list; write null to ignore that heading")
        problems += [problem for target in targets if (problem := _target_problem(heading, target, kind))]
        if comparable(heading) in mapping:
            problems.append(f"columns: the heading {quoted(heading)} occurs twice; keep one of them")
        mapping[comparable(heading)] = Mapped(heading.strip(), targets)
    return mapping, problems


def _target_problem(heading: str, target: str, kind: Kind) -> str | None:
    if target in kind.targets or (kind.open and is_known(target) and nearly(target) is None):
        return None
    near = nearly(target) if kind.open else None
    near = near or next((name for name in kind.targets if comparable(name) == comparable(target)), None)
    parameters = ", or a parameter th_…" if kind.open else ""
    if near and is_opposite(target, near):
        return f"columns: {quoted(target)}, for {quoted(heading)}, is the opposite of {near!r}, and no known column"
    hint = f"did you mean {near!r}?" if near else f"use one of {', '.join(kind.targets)}{parameters}"
    return f"columns: {quoted(target)}, for {quoted(heading)}, is not a known column; {hint}"


class Names:
    """Determines the meaning of the headings of a list.

    :ivar needed: the columns that a header row must have.
    """

    def __init__(self, options: Options) -> None:
        """
        Use the options for the list.

        :raises Unreadable: with everything that is wrong with them.
        """
        self.kind = options.kind
        self.profile = options.profile
        self.header_row = options.header_row
        self.rule: Rule | None = options.username_from
        self.mapping, problems = parse_columns(options.columns, options.kind)
        key = self.kind.key
        if self.rule and any(key in mapped.targets for mapped in self.mapping.values()):
            problems.append("username_from: columns already maps a heading to the usernames; keep one of the two")
        if problems:
            raise Unreadable(*problems)
        self.needed = frozenset(self.rule.columns if self.rule else (key,))

    def mapped(self, heading: str) -> Mapped | None:
        """The entry of the option columns for a heading; None if there is none."""
        return self.mapping.get(comparable(heading))

    def taken_for(self, heading: str) -> str | None:
        """The column that a heading stands for by itself: by its own name or by the catalogue."""
        key = comparable(heading)
        column = _own_names(self.kind).get(key) or catalogue().columns.get(key)
        if not self.kind.open:
            return column if column in self.kind.taken else None
        if column is None and is_known(name := normalized(heading)) and name.startswith("th_") and not nearly(name):
            # A parameter that is newer than the catalogue of parameters.
            return name
        return column

    def feeds(self, headings: t.Sequence[str]) -> list[tuple[str, ...]]:
        """The columns that each heading of a row is mapped to, depending on the others."""
        keys = [comparable(heading) for heading in headings]
        said = {name for key in keys if (mapped := self.mapping.get(key)) for name in mapped.targets}
        chosen = self._by_profile(keys, said)
        said.update(name for columns in chosen.values() for name in columns)
        if self.rule:
            # The rule takes precedence over everything except the option columns, with which it cannot be combined.
            said.add(self.kind.key)
        feeding = [self._feeds(heading, key, chosen, said) for heading, key in zip(headings, keys)]
        fed = {name for columns in feeding for name in columns}
        return [columns or self._beside(key, keys, fed | said) for key, columns in zip(keys, feeding)]

    def _by_profile(self, keys: t.Sequence[str], said: t.Collection[str]) -> dict[str, list[str]]:
        """The columns to which the profile maps headings of a row."""
        chosen: dict[str, list[str]] = {}
        for name, headings in self.profile.columns.items() if self.profile else ():
            here = [key for one in headings if (key := comparable(one)) in keys and key not in self.mapping]
            if here and name not in said:
                chosen.setdefault(here[0], []).append(name)
        return chosen

    def _feeds(
        self, heading: str, key: str, chosen: Mapping[str, list[str]], said: t.Collection[str]
    ) -> tuple[str, ...]:
        if key in self.mapping:
            return self.mapping[key].targets
        if key in chosen:
            return tuple(name for name in chosen[key] if not (self.rule and name == self.kind.key))
        if not heading or (self.profile and key in self.profile.ignored):
            return ()
        name = self.taken_for(heading)
        if name is None or name in said or (name == self.kind.key and self.profile) or self._is_kept_back(name):
            return ()
        return (name,)

    def _is_kept_back(self, name: str) -> bool:
        """Whether a column is a secret in the export of another system, which is then not a secret for Threema."""
        return self.profile is not None and name.startswith("th_") and is_secret(name)

    def _beside(self, key: str, keys: t.Collection[str], fed: t.Collection[str]) -> tuple[str, ...]:
        """A column that a heading only stands for next to another one: Name next to Vorname is the last name."""
        name, others = catalogue().beside.get(key, ("", frozenset()))
        ignored = key in self.mapping or (self.profile and key in self.profile.ignored)
        taken = name and name in self.kind.taken and name not in fed and not ignored and others & set(keys)
        return (name,) if taken else ()

    def others_for(self, name: str) -> tuple[str, ...]:
        """All headings in the profile for a column, in the form for comparison; the first one is preferred."""
        headings = self.profile.columns.get(name, ()) if self.profile else ()
        return tuple(map(comparable, headings))

    def lacking(self, headings: t.Sequence[str]) -> str:
        """What is missing for a row to be a header row, in a sentence."""
        fed = {name for columns in self.feeds(headings) for name in columns}
        missing = [name for name in (self.rule.columns if self.rule else self.needed) if name not in fed]
        if self.rule:
            return f"there is no column {' and no column '.join(missing)}, which username_from needs"
        by_columns = any(self.kind.key in mapped.targets for mapped in self.mapping.values())
        if self.profile and missing and not by_columns:
            return f"the profile {self.profile.name} needs {self._by_their_headings(headings)}, which is not here"
        return f"there is no column {self.kind.key}"

    def _by_their_headings(self, headings: t.Sequence[str]) -> str:
        """The columns that the profile requires but a row does not have, by their first headings."""
        profile = t.cast("t.Any", self.profile)
        keys = {comparable(heading) for heading in headings}
        username = profile.columns[self.kind.key]
        lacking = [] if keys.intersection(map(comparable, username)) else [username[0]]
        lacking += [rule.headings[0] for rule in profile.rules if rule.needed and not rule.heading_among(keys)]
        return " and ".join(f"the column {quoted(heading)}" for heading in dict.fromkeys(lacking))

    @property
    def hint(self) -> str:
        """What to do about a list in which no header row was found."""
        key = self.kind.key
        if self.rule:
            return f"Name the headings with {IN_PLAYBOOK}, as in {{'Rufname': 'first_name'}}"
        if self.profile:
            return f"Choose another profile, or name the headings with {IN_PLAYBOOK}, as in {{'Email': '{key}'}}"
        return (
            f"Name the heading of the {self.kind.called}s with {IN_PLAYBOOK}, as in {{'{_KEY_EXAMPLES[key]}': '{key}'}}"
        )


def door(heading: str, kind: Kind) -> str | None:
    """The column that grants access whose name a heading is or almost is."""
    key = comparable(heading)
    exact = next((name for name in kind.doors if comparable(name) == key), None)
    if exact:
        return exact
    near = nearly(heading)
    return near if near in kind.doors else None


def command(heading: str) -> str | None:
    """The option of a module that has the same name as a heading."""
    return next((name for name in COMMANDS if comparable(name) == comparable(heading)), None)


def near_name(heading: str, kind: Kind) -> str | None:
    """The known name that a heading misses by a typing error; nobody would notice that it has no effect."""
    key = comparable(heading)
    prefixed = next((name for name in kind.doors if one_slip(key, comparable(DOOR_PREFIX + name))), None)
    if prefixed:
        return DOOR_PREFIX + prefixed
    if not kind.open:
        slip = catalogue().slip_of(key)
        near = next((name for name in kind.taken if one_slip(key, comparable(name))), None)
        return near or (slip if slip and catalogue().columns[slip] in kind.taken else None)
    dated = next((name for name in DATES if one_slip(key, comparable(name))), None)
    return dated or nearly(heading) or catalogue().slip_of(key)
