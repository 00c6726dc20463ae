# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is printed, and what is written to a file: no key, no Threema ID, and of usernames only those of this run."""

from __future__ import annotations

import json
import typing as t

from .rows import NOTHING, ROWS, WRITING, seen


def rows(positions: t.Mapping[str, str | None], *, wrote: bool) -> t.Iterator[str]:
    """The contract's table of unknowns, with what was found."""
    for switch, position in positions.items():
        row = ROWS[switch]
        yield row.unknown
        if position is not None:
            yield f"    seen:      {seen(switch, position)}"
            yield f"    simulator: --switch {switch}={position}"
            continue
        why = f"it takes {row.needs}" if row.needs else "the answers do not show it for certain"
        if row.shown_by == NOTHING:
            why = row.needs
        elif row.shown_by == WRITING and not wrote:
            why = f"only writing shows it (WRITE=yes{', with ' + row.needs if row.needs else ''})"
        yield f"    not shown: {why}"
        yield f"    simulator: {switch}"


def announcement(run: str, *, contact: bool) -> t.Iterator[str]:
    """What has to be removed by hand if it is killed outright (SIGKILL), before anything is written."""
    too = f" The contact is the one that CONTACT names (last name probe-{run})." if contact else ""
    yield (
        f"It creates credentials whose usernames have probe- at the beginning, and -{run}- in the middle, also in "
        f"capitals.{too}"
    )
    yield "They are removed at the end; if this is killed outright, remove them in the management cockpit."


def summary(positions: t.Mapping[str, str | None], requests: int, left: t.Sequence[str]) -> t.Iterator[str]:
    """The last lines."""
    shown = sum(position is not None for position in positions.values())
    yield f"{shown} of {len(positions)} unknowns show, after {requests} requests."
    for one in left:
        yield f"LEFT BEHIND, remove it in the management cockpit: {one}"


def write(path: str, positions: t.Mapping[str, str | None], requests: int, left: t.Sequence[str]) -> None:
    """The same for programs."""
    found = {"switches": dict(positions), "requests": requests, "left_behind": list(left)}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(found, file, indent=2)
        file.write("\n")
