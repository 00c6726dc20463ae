# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Usernames that probably belong to the same person. Pure."""

from __future__ import annotations

import typing as t

from .._text import shown, spelled
from .._types import Object
from .credential_items import Wanted
from .items import report_problems, twin_key, twins, unseen_problem

_HOW: t.Final = "only in case, Unicode form, leading or trailing blanks, or invisible characters"


def check_twins(wanted: t.Sequence[Wanted], names: t.Container[str]) -> None:
    """Refuse items whose names are twins: they are probably the same person.

    :param names: usernames of the existing credentials; two twins are allowed if both exist.
    :raises Refused: with the names of the items.
    """
    problems = []
    for group in twins([item.names for item in wanted]):
        if not all(name in names for _index, name in group):
            who = " and ".join(f"{spelled(name)} (credentials[{index}])" for index, name in group)
            problems.append(f"{who} differ {_HOW}")
    report_problems(problems, "some usernames probably belong to the same person")


def check_prune_fits(
    wanted: t.Sequence[Wanted], resolved: t.Sequence[Object | None], pruned: t.Iterable[Object]
) -> None:
    """Refuse to prune if it is not known whom the items select.

    :param pruned: the credentials that would be removed because they are not in the list of items.
    :raises Refused: for an item without a credential, or a credential that would be removed and has a twin among the
        items.
    """
    problems = [
        f"{item.label}: there is no such credential, so it cannot be determined who must be kept"
        for item, current in zip(wanted, resolved)
        if current is None and (item.id or item.new_username)
    ]
    listed = {twin_key(name): name for name in _listed(wanted, resolved)}
    problems += [
        f"{spelled(one['username'])} (id {shown(one['id'])}) would be removed, and {spelled(listed[key])} is listed"
        for one in pruned
        if (key := twin_key(one["username"])) in listed
    ]
    report_problems(problems, "pruning is not safe")


def new_name_problem(name: str, own: Object | None, by_twin: t.Mapping[str, t.Sequence[Object]]) -> str | None:
    """Why a new name should not be used, None if it can be.

    :param own: the credential that is renamed; None for a new one.
    :param by_twin: the known credentials, by what their names have in common.
    """
    unseen = unseen_problem(name)
    if unseen:
        return unseen
    for one in by_twin.get(twin_key(name), ()):
        if one["username"] != name and (own is None or one["id"] != own["id"]):
            return f"{spelled(name)} would be a twin: {twin_hint(one)}"
    return None


def twin_hint(twin: Object) -> str:
    """What to do about a name whose twin exists."""
    return (
        f"there is a credential {spelled(twin['username'])} (id {shown(twin['id'])}), whose name differs {_HOW}; give "
        "its username as it is there, or, to rename that one, its id and new_username"
    )


def without_twins(
    wanted: t.Sequence[Wanted], resolved: t.Sequence[Object | None], credentials: t.Iterable[Object]
) -> list[Object]:
    """Those of the credentials that have no twin among the items."""
    listed = {twin_key(name) for name in _listed(wanted, resolved)}
    return [one for one in credentials if twin_key(one["username"]) not in listed]


def _listed(wanted: t.Sequence[Wanted], resolved: t.Sequence[Object | None]) -> list[str]:
    """The names in the items, and those of the credentials that items select by an id."""
    meant = [current["username"] for current in resolved if current]
    return [*(name for item in wanted for name in item.names), *meant]
