# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Converting people, from a roster or a handwritten list, to items of the module M(threema.work.credentials)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.threema.work.plugins.module_utils._columns import CREDENTIAL_COLUMNS, PARAMETER_COLUMNS
from ansible_collections.threema.work.plugins.plugin_utils._columns import (
    contradictions,
    is_known,
    is_opposite,
    nearly,
    normalized,
    typed,
)
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import RosterError, quoted
from ansible_collections.threema.work.plugins.plugin_utils._vaulted import plain

#: The fields that identify people: their username or, if that does not exist, their employee number.
MATCHES: t.Final = ("username", "employee_number")
#: Columns with the employee number; a list may have it under the name of the setting.
_NUMBER: t.Final = ("employee_number", PARAMETER_COLUMNS["employee_number"])


def to_credentials(people: object, *, source: str = "people") -> list[dict[str, t.Any]]:
    """Convert people to credentials with their settings.

    An empty field (null or an empty string) sets nothing. Unknown fields are ignored.

    :param people: a list of dictionaries with the columns of a roster as keys; vaulted strings are decrypted.
    :returns: one dictionary for each person: C(username), and those of C(password), C(license_count), C(locked),
        C(hashed), and C(settings) that the person has.
    :raises RosterError: with every problem found; people are counted from 1.
    """
    people = plain(people)
    if not isinstance(people, list):
        kind = "a dictionary" if isinstance(people, dict) else f"of type {_kind(people)}"
        raise RosterError(source, [f"a list of people is needed, but this is {kind}"])
    items: list[dict[str, t.Any]] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for number, person in enumerate(people, 1):
        if not isinstance(person, dict):
            hint = "; a list of lists, as query() gives it, needs | first" if isinstance(person, list) else ""
            problems.append(f"person {number}: this is not a dictionary but of type {_kind(person)}{hint}")
            continue
        values, found = _values(person)
        username = values.get("username")
        label = f"person {number}" + (f" ({quoted(username)})" if username is not None else "")
        problems += [f"{label}: {problem}" for problem in found]
        if username in seen:
            problems.append(
                f"persons {seen[username]} and {number}: both have the username {quoted(str(username))}; "
                "each needs its own"
            )
        elif username is not None:
            seen[username] = number
        items.append(_item(values))
    if problems:
        raise RosterError(source, problems)
    return items


def to_protect(people: object, *, match: str = "username") -> list[dict[str, t.Any]]:
    """Entries of C(protect) for people who are on the list but have no item; those without any name are ignored.

    :param people: dictionaries with C(username) and C(employee_number), such as the rows that were skipped because of
        errors; other keys are ignored.
    :param match: one of C(MATCHES); with C(employee_number), the numbers also protect, which requires C(match_setting).
    :raises ValueError: for an unknown value of match.
    """
    if match not in MATCHES:
        raise ValueError(f"match is one of {', '.join(MATCHES)}, not {match!r}")
    entries = []
    for one in t.cast("list[dict[str, t.Any]]", plain(people) or []):
        entry = {"username": one["username"]} if one.get("username") else {}
        number = next((one[name] for name in _NUMBER if one.get(name) not in (None, "")), None)
        if match == "employee_number" and number is not None:
            entry["value"] = str(number).strip()
        if entry:
            entries.append(entry)
    return entries


def _values(person: Mapping[t.Any, object]) -> tuple[dict[str, t.Any], list[str]]:
    """Return the known fields of a person, typed and without the empty ones, and what is wrong with them."""
    values: dict[str, t.Any] = {}
    problems: list[str] = []
    for key, value in person.items():
        name = str(key)
        near = nearly(name)
        if near:
            what = "the opposite of" if is_opposite(name, near) else "nearly"
            do = f"write {near} with the other value" if is_opposite(name, near) else "rename it"
            problems.append(f"the key {quoted(name)} is {what} {near!r}: {do}")
        elif not is_known(name):
            if normalized(name).startswith("th_"):
                problems.append(f"the key {quoted(name)} cannot be the name of a parameter")
        else:
            if isinstance(value, str) and name in PARAMETER_COLUMNS:
                value = value.strip()
            if value is None or value in ("", []):
                continue
            try:
                values[name] = typed(name, value)
            except ValueError as exc:
                problems.append(f"{name}: {exc}")
    if "username" not in values and not any(problem.startswith("username: ") for problem in problems):
        problems.insert(0, "there is no username; every person needs one")
    return values, problems + contradictions(values)


def _item(values: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Split typed values into a credential and its settings."""
    item = {column: values[column] for column in CREDENTIAL_COLUMNS if column in values}
    settings = {PARAMETER_COLUMNS.get(key, key): value for key, value in values.items() if key not in item}
    if settings:
        item["settings"] = settings
    return item


def _kind(value: object) -> str:
    """The type of a value, with its name in YAML if there is one."""
    names = {"NoneType": "null", "bool": "boolean", "int": "integer", "str": "string", "list": "list"}
    for parent in type(value).__mro__:
        if parent.__name__ in names:
            return names[parent.__name__]
    return type(value).__name__
