# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What of a subscription the cells of a list can carry, what only YAML can, and what no file can. Pure.

Each cell is read as the reader of lists reads it: only where the same value comes out, it is written.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._cells import cell_of, text_of
from .._columns import CREDENTIAL_COLUMNS, DOOR_PREFIX, PARAMETER_COLUMNS
from .._parameters import BOOLEAN, INTEGER, PARAMETERS, check_name, coerce, is_secret, mistaken_for
from .._planning.compare import same
from .._planning.items import MAX_LENGTH, threema_id_problem, twin_key
from .._text import extract, spelled
from .._types import Object, Settings, Value
from .text import csv_table

#: The column of a list that says whether somebody is locked: other systems have a column Locked of their own.
_LOCKED: t.Final = DOOR_PREFIX + "locked"
_USERNAME: t.Final = "username"
_CONTACT_COLUMNS: t.Final = ("threema_id", "first_name", "last_name", "enabled")
#: The columns that set a parameter, by its name.
_COLUMNS: t.Final = {parameter: column for column, parameter in PARAMETER_COLUMNS.items()}
_NUMBER: t.Final = PARAMETER_COLUMNS["employee_number"]
#: Headings, without underscores, that a list has for something else than a parameter.
_OTHER_HEADINGS: t.Final = frozenset((DOOR_PREFIX + name).replace("_", "") for name in CREDENTIAL_COLUMNS)
#: What to do about a username that no list can carry. The id selects it, whatever characters its username has.
_RENAME: t.Final = "rename the credential with id and new_username"
_WAY_OUT: t.Final = f"{_RENAME}, or manage it with threema.work.credentials"


@dataclass
class LeftOut:
    """What is in no file, and why; ``username`` is None for what belongs to nobody."""

    entries: list[Object] = field(default_factory=list)

    def add(self, username: str | None, reason: str) -> None:
        """Note one thing."""
        self.entries.append({"username": username, "reason": reason})


@dataclass
class People:
    """The people of a subscription.

    :ivar rows: of the list, by column.
    :ivar settings: those that no cell can carry, as ``mdm_settings`` takes them.
    :ivar secrets: passwords and secret settings, as ``credentials`` takes them; empty if they were not asked for.
    :ivar secret: how many secret settings there are.
    :ivar total: how many settings are in the list and in ``settings``.
    """

    rows: list[dict[str, str]] = field(default_factory=list)
    settings: list[Object] = field(default_factory=list)
    secrets: list[Object] = field(default_factory=list)
    secret: int = 0
    total: int = 0

    def csv(self) -> bytes | None:
        """The list; None if there is nobody on it."""
        occurring = {column for row in self.rows for column in row}
        further = sorted(occurring - {_USERNAME, *PARAMETER_COLUMNS, _LOCKED})
        known = [column for column in PARAMETER_COLUMNS if column in occurring]
        return csv_table((_USERNAME, *known, *further, _LOCKED), self.rows) if self.rows else None


def sort_people(
    credentials: t.Iterable[Object], settings: t.Mapping[str, Settings], left_out: LeftOut, *, secrets: bool
) -> People:
    """Everything about people, each value in the file that can carry it.

    :param credentials: with their passwords if ``secrets``.
    :param settings: by the id of the credential.
    :param left_out: gets what no file can carry.
    """
    people = People()
    for credential in _nameable(credentials, left_out):
        username = credential[_USERNAME]
        own = settings.get(credential["id"], {})
        people.secret += sum(map(is_secret, own))
        kept = _writable(own, username, left_out, secrets=secrets)
        cells = {name: setting_cell(name, value) for name, value in kept.items() if not is_secret(name)}
        people.total += len(cells)
        people.rows.append(
            {
                _USERNAME: cell_of(username),
                **{_COLUMNS.get(name, name): cell for name, cell in cells.items() if cell is not None},
                _LOCKED: _flag(credential["locked"]),
            }
        )
        only_yaml = {name: kept[name] for name, cell in cells.items() if cell is None}
        if only_yaml:
            people.settings.append({_USERNAME: username, "settings": only_yaml})
        if secrets:
            people.secrets += _secrets_of(credential, {name: kept[name] for name in kept if is_secret(name)})
    return people


def _writable(own: Settings, username: str, left_out: LeftOut, *, secrets: bool) -> Settings:
    """The settings of somebody that some file can carry, sorted; without the secret ones unless they are asked for."""
    kept: Settings = {}
    for name, value in sorted(own.items()):
        if is_secret(name) and not secrets:
            continue
        reason = problem_of(name, value)
        if reason:
            left_out.add(username, reason)
        else:
            kept[name] = value
    return kept


def _secrets_of(credential: Object, secret: Settings) -> list[Object]:
    """What is secret of a credential, as ``credentials`` takes it; empty if nothing is, or only a hashed password."""
    password = credential.get("password")
    found = {**({"password": password} if password else {}), **({"settings": secret} if secret else {})}
    return [{_USERNAME: credential[_USERNAME], **found}] if found else []


def _nameable(credentials: t.Iterable[Object], left_out: LeftOut) -> list[Object]:
    """Those whose usernames a list can carry, sorted by them."""
    twins: dict[str, list[Object]] = {}
    for credential in sorted(credentials, key=lambda one: str(one[_USERNAME])):
        reason = _username_problem(credential[_USERNAME])
        if reason:
            left_out.add(credential[_USERNAME], reason)
        else:
            twins.setdefault(twin_key(credential[_USERNAME]), []).append(credential)
    for group in twins.values():
        for one in group if len(group) > 1 else ():
            others = " and ".join(spelled(other[_USERNAME]) for other in group if other is not one)
            reason = f"a list cannot have it together with {others}: they look alike"
            left_out.add(one[_USERNAME], f"{reason}; {_WAY_OUT}")
    return [group[0] for group in twins.values() if len(group) == 1]


def _username_problem(username: str) -> str | None:
    """Why a list cannot carry a username, and what to do; None if it can."""
    if len(username) > MAX_LENGTH:
        # Whatever else changes, the username is sent, too, and is too long for the service (contract 4.4).
        return f"the username has {len(username)} characters, but a list takes at most {MAX_LENGTH}; {_RENAME}"
    try:
        found = text_of(cell_of(username), number=True, name=True)
    except ValueError as exc:
        # After the semicolon, the reader advises how to correct a list. Here, there is none, and its finding is only
        # what a list would show: a credential may really be called 4.0.
        mistake = str(exc).partition("; ")[0]
        return f"a list cannot have this username, because it looks like this mistake: {mistake}; {_WAY_OUT}"
    if found != username:
        return f"a list cannot have this username: blanks at its ends, or its Unicode form, would be lost; {_WAY_OUT}"
    return None


def problem_of(name: str, value: Value | None) -> str | None:
    """Why no file can carry a setting, because no module would write it as it is; None if one can."""
    try:
        check_name(name)
    except ValueError:
        return f"the setting {extract(name)}: no module writes a setting of this name"
    if value is None:
        return f"the setting {name} has no value"
    try:
        typed = coerce(name, value)[0]
    except ValueError:
        # The message of the exception repeats the value.
        return f"the setting {name}: its value has a type or a length that the parameter does not take"
    return None if same(typed, value) else f"the setting {name}: its value does not have the type of the parameter"


def setting_cell(name: str, value: Value) -> str | None:
    """The cell for a setting; None if a list cannot carry it exactly."""
    known = PARAMETERS.get(name)
    if known is None and (mistaken_for(name) or name.replace("_", "") in _OTHER_HEADINGS):
        return None
    if isinstance(value, bool):
        return _flag(value) if known and known.type == BOOLEAN else None
    if not isinstance(value, str):
        return str(value) if known and known.type == INTEGER else None
    cell = cell_of(value)
    return cell if cell and _reads(cell, number=name == _NUMBER) == value else None


def _reads(cell: str, *, number: bool = False) -> str | None:
    """What the reader of lists takes from a cell; None if it rejects it."""
    try:
        return text_of(cell, number=number)
    except ValueError:
        return None


def _flag(value: bool) -> str:
    """A spreadsheet in another language translates C(true), but not this."""
    return "yes" if value else "no"


def sort_contacts(contacts: t.Iterable[Object], left_out: LeftOut) -> list[dict[str, str]]:
    """The rows of the list of contacts, sorted, without those that were created from users.

    :param left_out: gets what the list cannot carry.
    """
    rows = []
    for contact in sorted(contacts, key=lambda one: str(one["threema_id"])):
        if contact.get("type") == "auto":
            continue
        if threema_id_problem(contact["threema_id"]):
            left_out.add(None, f"the contact {extract(contact['threema_id'])}: this is not a Threema ID")
            continue
        row = {"threema_id": contact["threema_id"], "enabled": _flag(contact["enabled"])}
        for name in ("first_name", "last_name"):
            value = contact[name]
            if value and (len(value) > MAX_LENGTH or _reads(cell_of(value)) != value):
                left_out.add(None, f"the contact {contact['threema_id']}: a list cannot have its {name}")
            elif value:
                row[name] = cell_of(value)
        rows.append(row)
    return rows


def contacts_csv(rows: t.Sequence[t.Mapping[str, str]]) -> bytes | None:
    """The list of contacts; None if there is nobody on it."""
    return csv_table(_CONTACT_COLUMNS, rows) if rows else None
