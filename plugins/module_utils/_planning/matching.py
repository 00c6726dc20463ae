# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.


"""Finding the credential of a person whose username has changed, by the value of a setting. Pure."""

from __future__ import annotations

import contextlib
import re
import typing as t

from .._errors import Refused
from .._parameters import PARAMETERS, check_name, coerce, is_secret
from .._plan import name_some
from .._text import extract, spelled
from .._types import Object, Settings, Value
from .credential_items import Wanted
from .items import report_problems, twin_key

#: A value with its type: an employee number ``1`` is neither ``"1"`` nor true.
Key = t.Tuple[type, Value]
#: Spreadsheets take zeros in front away, and other programs add a decimal place.
_NUMBER: t.Final = re.compile(r"0*([0-9]+?)(?:[.,]0+)?")


class Matching(t.NamedTuple):
    """What the values of a setting show about the items.

    :ivar wanted: the items; those that are renamed have the new name, those that do not match have a problem.
    :ivar setting: the setting; None if only usernames count.
    :ivar found: by the index of their items, the credentials that were found by their value.
    :ivar holders: ids of the credentials whose value is in an item, or protected.
    :ivar valued: ids of the credentials that have a value.
    :ivar alike: ids of the credentials whose value is in no item, that value, and a listed one that looks like it.
    """

    wanted: t.Sequence[Wanted]
    setting: str | None = None
    found: t.Mapping[int, Object] = {}
    holders: t.Collection[str] = frozenset()
    valued: t.Collection[str] = frozenset()
    alike: t.Mapping[str, tuple[Key, Key]] = {}

    def warnings(self) -> list[str]:
        """A warning about people who keep a username other than the listed one."""
        kept = [
            f"{spelled(current['username'])} (listed as {spelled(item.username or '')})"
            for index, current in self.found.items()
            if not (item := self.wanted[index]).new_username
        ]
        if not kept:
            return []
        return [
            f"{len(kept)} credential(s) were found by {self.setting} under another username, and keep it: "
            f"{name_some(kept)}; with rename_matched: true they are renamed, which locks out their devices"
        ]


def value_of(setting: str, settings: t.Mapping[str, t.Any]) -> Key | None:
    """The value of the setting in its type; None if there is none, or it is empty."""
    value = settings.get(setting)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    # A value of a type that the apps do not read is used as it is.
    with contextlib.suppress(ValueError):
        value, _told = coerce(setting, value)
    return type(value), value


def check_match(
    setting: str | None, wanted: t.Sequence[Wanted], protect: t.Sequence[Object]
) -> tuple[frozenset[Key], list[str]]:
    """Check the values of the setting in items and protected people, before any request.

    :param protect: with ``username`` and ``value``, either may be None.
    :returns: the protected values, and warnings.
    :raises Refused: with everything that is wrong.
    """
    values = [(index, one["value"]) for index, one in enumerate(protect) if one["value"] is not None]
    if setting is None:
        if values:
            raise Refused("protect has a value, but match_setting does not specify the setting; nothing was written")
        return frozenset(), []
    try:
        check_name(setting)
    except ValueError as problem:
        raise Refused(f"match_setting: {problem}. Nothing was written") from None
    if is_secret(setting):
        raise Refused(
            f"match_setting is {setting}, which is secret and must not appear in messages. Nothing was written"
        )
    told = [] if setting in PARAMETERS else coerce(setting, "")[1]
    protected: set[Key] = set()
    problems: list[str] = []
    for index, value in values:
        try:
            key = value_of(setting, {setting: coerce(setting, value)[0]})
        except ValueError as problem:
            problems.append(f"protect[{index}]: {problem}")
        else:
            problems += [] if key else [f"protect[{index}].value is empty; leave it out"]
            protected |= {key} if key else set()
    report_problems(problems, "some people to protect are wrong")
    places: dict[Key, list[str]] = {}
    for item in wanted:
        if not item.absent and (key := value_of(setting, item.settings)):
            places.setdefault(key, []).append(item.label)
    problems = [
        f"{setting} {extract(str(key[1]))} is on {' and '.join(where)}"
        for key, where in places.items()
        if len(where) > 1
    ]
    report_problems(problems, f"several items have the same {setting}, but are probably different people")
    return frozenset(protected), told


def match(
    wanted: t.Sequence[Wanted],
    credentials: t.Mapping[str, Object],
    settings: t.Mapping[str, Settings],
    setting: str,
    *,
    protect: t.Collection[Key],
    rename: bool,
) -> Matching:
    """Find the credentials of the items that have only a username and a value; the username is looked up first.

    :param credentials: all of the subscription, by id.
    :param settings: their settings.
    :param protect: values of people who are on the list although they have no item.
    :param rename: whether credentials that are found under another username get the listed one.
    :raises Refused: if an item may apply to several credentials.
    """
    values = {id_: key for id_ in credentials if (key := value_of(setting, settings.get(id_, {})))}
    by_value: dict[Key, list[Object]] = {}
    for id_, key in values.items():
        by_value.setdefault(key, []).append(credentials[id_])
    by_username = {one["username"]: one for one in credentials.values()}
    found: dict[int, Object] = {}
    given_away: dict[int, Object] = {}
    problems = []
    listed = set()
    for index, item in enumerate(wanted):
        key = None if item.absent else value_of(setting, item.settings)
        if key is None:
            continue
        listed.add(key)
        if item.id or item.new_username:
            continue
        current = by_username.get(item.username or "")
        own = values.get(current["id"]) if current else None
        others = [one for one in by_value.get(key, ()) if current is None or one["id"] != current["id"]]
        if current and own not in (None, key):
            given_away[index] = current
        elif others and (current or len(others) > 1):
            problems.append(_several(item, setting, key, [*([current] if current else []), *others]))
        elif others:
            found[index] = others[0]
    report_problems(problems, f"it cannot be determined by {setting} who is meant")
    matched = list(wanted)
    for index in found if rename else ():
        matched[index] = wanted[index]._replace(new_username=wanted[index].username)
    owners = {one["id"]: wanted[index].username for index, one in found.items()}
    for index, one in given_away.items():
        problem = given_away_problem(wanted[index], setting, settings[one["id"]], owners.get(one["id"]))
        matched[index] = wanted[index]._replace(problem=problem)
    holders = frozenset(id_ for id_, key in values.items() if key in listed or key in protect)
    # A value that somebody has exactly so is that person's.
    looks = {_look(key): key for key in (*listed, *protect) if key not in by_value}
    alike = {
        id_: (key, looks[look]) for id_, key in values.items() if id_ not in holders and (look := _look(key)) in looks
    }
    return Matching(matched, setting, found, holders, values.keys(), alike)


def _look(key: Key) -> Key:
    """What values have in common that probably mean the same: as numbers, or as usernames have twins."""
    if not isinstance(key[1], str):
        return key
    look = twin_key(key[1])
    found = _NUMBER.fullmatch(look)
    return str, found[1] if found else look


def given_away_problem(
    item: Wanted, setting: str, present: t.Mapping[str, t.Any], listed_as: str | None = None
) -> str | None:
    """Why an item does not apply to the credential with its username; None if it does.

    :param present: the settings of that credential.
    :param listed_as: the username under which its owner is listed, if there is one.
    """
    own, key = value_of(setting, present), value_of(setting, item.settings)
    if None in (own, key) or own == key:
        return None
    if listed_as:
        what = f"its owner is listed as {spelled(listed_as)}; rename_matched: true frees the username for the next run"
    else:
        what = (
            "the username was perhaps given to somebody else. Give the new person another username, or remove the "
            f"credential first; if it is the same person, change its {setting} with mdm_setting"
        )
    return (
        f"the credential {spelled(item.username or '')} has the {setting} {extract(str(own and own[1]))}, and the item "
        f"{extract(str(key and key[1]))}: {what}"
    )


def _several(item: Wanted, setting: str, key: Key, credentials: t.Sequence[Object]) -> str:
    who = " and ".join(f"{spelled(one['username'])} (id {one['id']})" for one in credentials)
    return (
        f"{item.label} has the {setting} {extract(str(key[1]))}, and may be any of {who}; remove the credential that "
        f"nobody uses, or correct the {setting}"
    )
