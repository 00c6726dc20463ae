# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""How much a task may remove and create, counted before the first write. Pure."""

from __future__ import annotations

import fractions
import math
import typing as t

from ._errors import Refused
from ._plan import ACTIONS, CREATED, PENDING, Change, Plan, name_some
from ._types import Object

Options = t.Mapping[str, t.Any]


def check_limits(plan: Plan[Change], options: Options) -> Object:
    """Compare a plan with ``max_removals``, ``max_removals_percent``, and ``max_creations``, if the module has them.

    :returns: what was counted, for the result: ``removals`` and ``creations``.
    :raises Refused: if it exceeds a limit; what was counted is in the details.
    """
    counted: Object = {}
    if options.get("max_removals") is not None:
        counted["removals"] = {"planned": plan.removals, "limit": options["max_removals"], "of": plan.before}
    if options.get("max_creations") is not None:
        number = sum(change.action == CREATED for change in plan.changes)
        counted["creations"] = {"planned": number, "limit": options["max_creations"]}
    for name, what in (("removals", "remove"), ("creations", "create")):
        if name in counted and 0 <= counted[name]["limit"] < counted[name]["planned"]:
            raise _beyond(plan, f"max_{name}", what, counted)
        if name == "removals" and options.get("max_removals_percent") is not None:
            _check_share(plan, options["max_removals_percent"], counted)
    return counted


def check_given_limits(options: Options) -> None:
    """:raises Refused: for invalid limits, before any request."""
    for name, least in (("max_removals", -1), ("max_creations", 0)):
        number = options.get(name)
        if number is not None and number < least:
            none = "-1 (no limit), " if least < 0 else ""
            raise Refused(f"{name} is {number}; it must be {none}0 or more. Nothing was written")
    percent = options.get("max_removals_percent")
    if percent is not None and not 0 <= percent <= 100:
        raise Refused(f"max_removals_percent is {percent:g}; it must be 0 to 100. Nothing was written")


def _check_share(plan: Plan[Change], percent: float, counted: Object) -> None:
    """:raises Refused: if a larger share of the objects would be removed; above 0, one may always be removed."""
    # The number as it is written: in binary, 4.35 is slightly less.
    share = fractions.Fraction(repr(percent))
    gone = sum(change.removes_object for change in plan.changes)
    before = plan.before or 0
    if gone * 100 <= share * before or (gone == 1 and share > 0):
        return
    counted = {**counted, "removals": {"planned": gone, "limit": percent, "of": plan.before}}
    raise _beyond(plan, "max_removals_percent", "remove", counted)


def _beyond(plan: Plan[Change], option: str, what: str, counted: Object) -> Refused:
    one = counted["creations" if what == "create" else "removals"]
    goes = [change for change in plan.changes if (change.removes if what == "remove" else change.action == CREATED)]
    pending = sum(change.is_write for change in plan.changes)
    if option == "max_removals_percent":
        needed = f"{math.ceil(fractions.Fraction(100 * 100 * one['planned'], one['of'] or 1)) / 100:g}"
        number, allowed = f"{one['planned']} of {one['of']}", f"{one['limit']:g} %"
    else:
        needed, number, allowed = str(one["planned"]), str(one["planned"]), str(one["limit"])
    return Refused(
        f"the plan {what}s {number}, and {option} allows {allowed}; nothing was written. "
        f"It would {what}: {name_some([change.label for change in goes])}. "
        f"Check the list first; if it is correct, set {option} to at least {needed}",
        limit=option,
        details={**counted, "summary": {**dict.fromkeys(ACTIONS, 0), PENDING: pending}},
    )
