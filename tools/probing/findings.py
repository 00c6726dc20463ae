# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was found out: a position for each switch, and none where two experiments contradict each other."""

from __future__ import annotations

import typing as t


class Findings:
    """Positions as they are told; whoever cannot tell says None, which is no contradiction."""

    def __init__(self) -> None:
        self._told: dict[str, set[str]] = {}

    def tell(self, switch: str, position: str | None) -> None:
        """One more experiment shows a position."""
        if position is not None:
            self._told.setdefault(switch, set()).add(position)

    def with_those(self, read: t.Mapping[str, str | None]) -> dict[str, str | None]:
        """All positions, for those that reading showed."""
        for switch, position in read.items():
            self.tell(switch, position)
        return {switch: self._only(switch) for switch in read}

    def _only(self, switch: str) -> str | None:
        told = self._told.get(switch, set())
        return next(iter(told)) if len(told) == 1 else None
