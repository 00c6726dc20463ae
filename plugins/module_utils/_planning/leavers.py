# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.


"""Who is not in the list of items, and whether it is safe to remove them. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._errors import Refused
from .._plan import name_some
from .._text import extract, shown, spelled
from .._types import Object
from .credential_items import Wanted
from .items import is_ignored, report_problems, twin_key
from .matching import Matching, value_of
from .twins import check_prune_fits

Resolved = t.Sequence[t.Optional[Object]]


@dataclass(frozen=True, eq=False)
class Leaving:
    """The options of a task that determine who is removed.

    :ivar ignore: patterns of usernames that are never removed.
    :ivar protect: usernames of people who are on the list although they have no item.
    """

    prune: bool = False
    ignore: t.Sequence[str] = ()
    protect: t.Sequence[str] = ()


#: Without ``prune``.
NOBODY: t.Final = Leaving()


def unlisted(
    wanted: t.Sequence[Wanted],
    resolved: Resolved,
    everybody: t.Iterable[Object],
    protect: t.Iterable[str] = (),
    holders: t.Container[str] = (),
) -> list[Object]:
    """The credentials that are neither in the list of items nor protected, whatever the spelling of their names.

    :param holders: ids of those that are listed by a value, whatever their names are.
    """
    ids = {current["id"] for current in resolved if current}
    names = {name for item in wanted for name in item.names}
    protected = {twin_key(name) for name in protect}
    others = [one for one in everybody if one["id"] not in ids and one["id"] not in holders]
    unnamed = [one for one in others if one["username"] not in names]
    return [one for one in unnamed if not (protected and twin_key(one["username"]) in protected)]


def pruned(
    matching: Matching, resolved: Resolved, everybody: t.Sequence[Object], leaving: Leaving
) -> tuple[list[Object], list[str]]:
    """The credentials that are removed because they are not in the list of items, and warnings.

    :param everybody: all credentials of the subscription.
    :raises Refused: if the list does not look like a list of these people.
    """
    if not leaving.prune:
        return [], []
    wanted = matching.wanted
    gone = [
        one
        for one in unlisted(wanted, resolved, everybody, leaving.protect, matching.holders)
        if not is_ignored(one["username"], leaving.ignore)
    ]
    check_prune_fits(wanted, resolved, gone)
    _check_values(matching, gone)
    _check_somebody_found(wanted, resolved, gone, len(everybody))
    return gone, _without_value(matching, resolved, gone)


def _check_values(matching: Matching, gone: t.Sequence[Object]) -> None:
    """Whose value is listed in another spelling is listed: a spreadsheet takes zeros in front away, people add blanks.

    :raises Refused: if somebody would be removed whose value is listed so.
    """
    alike = [(one, *matching.alike[one["id"]]) for one in gone if one["id"] in matching.alike]
    problems = [
        f"{spelled(one['username'])} (id {shown(one['id'])}) would be removed and has the {matching.setting} "
        f"{spelled(extract(str(own[1])))}, and {spelled(extract(str(listed[1])))} is listed"
        for one, own, listed in alike
    ]
    what = (
        "pruning is not safe: values on the list differ from those in the subscription only in zeros in front, decimal "
        "places, case, blanks, or invisible characters. Correct the list (format the column as text), or remove the "
        "people who left by name"
    )
    report_problems(problems, what)


def _check_somebody_found(
    wanted: t.Sequence[Wanted], resolved: Resolved, gone: t.Sequence[Object], number: int
) -> None:
    """A list of which nobody exists is the wrong list: it removes nobody."""
    if gone and not any(resolved) and not any(item.problem for item in wanted):
        raise Refused(
            f"none of the {len(wanted)} items is in the subscription, which has {number} credentials, and "
            f"{len(gone)} of these would be removed; nothing was written. Is this the right list, and does it use the "
            "usernames of the subscription? Without prune, missing credentials are created"
        )


def _without_value(matching: Matching, resolved: Resolved, gone: t.Sequence[Object]) -> list[str]:
    """A warning about new people without a value: people who were renamed cannot be distinguished from new ones.

    :raises Refused: if people who were renamed may be removed because a column was emptied.
    """
    setting = matching.setting
    if not setting:
        return []
    new = [
        item.key
        for item, current in zip(matching.wanted, resolved)
        if current is None and value_of(setting, item.settings) is None
    ]
    if not new:
        return []
    said = f"{len(new)} item(s) have no {setting} and their usernames are not in the subscription: {name_some(new)}"
    known = [one["username"] for one in gone if one["id"] in matching.valued]
    if known and len(new) >= len(gone):
        raise Refused(
            f"pruning is not safe; nothing was written: {said}; and {len(gone)} credential(s) would be removed, of "
            f"which {len(known)} have a {setting}: {name_some(known)}. They may be the same people under other names. "
            f"Was the column emptied? Give the items their {setting}, or remove the people who left by name"
        )
    return [f"{said}; it is unknown whether they were renamed"]
