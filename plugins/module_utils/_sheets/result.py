# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What the module returns: no passwords, no links. Pure."""

from __future__ import annotations

from .._folder import Written
from .._plan import CREATED, FAILED, PENDING, REMOVED, UNCHANGED, UPDATED
from .._types import Object
from .names import ALL
from .sheets import Found, Planned


def result_of(written: Written, found: Found, planned: Planned) -> Object:
    """The keys of the result that only this module has."""
    complete = {change.name for change, outcome in written.outcomes() if outcome not in (FAILED, PENDING)}
    sheets = [
        {"username": planned.owners[change.name], "file": change.name, "action": outcome}
        for change, outcome in written.outcomes()
        if change.name != ALL
    ]
    actions = [one["action"] for one in sheets]
    counts = {name: actions.count(name) for name in (CREATED, UPDATED, UNCHANGED, REMOVED)}
    return {
        "sheets": sheets,
        "all_file": ALL if found.sheets and ALL in complete else None,
        "not_printable": list(found.not_printable),
        "summary": {**counts, "not_printable": len(found.not_printable)},
    }
