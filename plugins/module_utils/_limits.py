# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""How much a task may take away and create, counted before the first write. Pure."""

from __future__ import annotations

import typing as t

from ._errors import Refused
from ._plan import ACTIONS, CREATED, PENDING, Change, Plan, name_some
from ._types import Object

Options = t.Mapping[str, t.Any]


def check_limits(plan: Plan[Change], options: Options) -> Object:
    """Compare a plan with ``max_removals`` and ``max_creations``, where the module has them.

    :returns: what was counted, for the result: ``removals`` and ``creations``.
    :raises Refused: if it goes beyond a limit; what was counted is in the details.
    """
    counted: Object = {}
    if options.get("max_removals") is not None:
        limit = _limit("max_removals", options, least=-1)
        counted["removals"] = {"planned": plan.removals, "limit": limit, "of": plan.before}
    if options.get("max_creations") is not None:
        number = sum(change.action == CREATED for change in plan.changes)
        counted["creations"] = {"planned": number, "limit": _limit("max_creations", options, least=0)}
    for name, what in (("removals", "remove"), ("creations", "create")):
        if name in counted and 0 <= counted[name]["limit"] < counted[name]["planned"]:
            raise _beyond(plan, f"max_{name}", what, counted)
    return counted


def _limit(name: str, options: Options, *, least: int) -> int:
    number: int = options[name]
    if number < least:
        none = "-1 (no limit), " if least < 0 else ""
        raise Refused(f"{name} is {number}; it must be {none}0 or more. Nothing was written")
    return number


def _beyond(plan: Plan[Change], option: str, what: str, counted: Object) -> Refused:
    one = counted[option.removeprefix("max_")]
    goes = [change for change in plan.changes if (change.removes if what == "remove" else change.action == CREATED)]
    pending = sum(change.is_write for change in plan.changes)
    return Refused(
        f"the plan {what}s {one['planned']}, and {option} allows {one['limit']}; nothing was written. "
        f"It would {what}: {name_some([change.label for change in goes])}. "
        f"Look at the list first; if it is right, set {option} to at least {one['planned']}",
        limit=option,
        details={**counted, "summary": {**dict.fromkeys(ACTIONS, 0), PENDING: pending}},
    )
