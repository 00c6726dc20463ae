# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What is wrong with a list: problems, and the error that carries all of them."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

#: How many problems a message shows; the rest is counted.
_SHOWN: t.Final = 20
_LONGEST: t.Final = 60


class RosterError(ValueError):
    """A roster, or a list of people, that cannot be used.

    The message is a sentence followed by the problems, at most twenty; C(problems) contains all of them.
    """

    def __init__(self, source: str, problems: t.Sequence[str]) -> None:
        self.source = source
        self.problems = list(problems)
        count = len(self.problems)
        lines = [f"{source}: {count} error{'s' if count != 1 else ''}, so nothing was read from it:"]
        lines += [f"- {problem}" for problem in self.problems[:_SHOWN]]
        if count > _SHOWN:
            lines.append(f"- and {count - _SHOWN} more")
        super().__init__("\n".join(lines))


class Unreadable(ValueError):
    """The bytes, the rows, or the header row cannot be read at all, so individual people cannot be skipped."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, in a sentence that begins with its row, and the row by which it is sorted.

    C(rows) are the rows of the people who can be skipped because of it (O(bad_rows=skip)); if empty, nobody can.
    """

    text: str
    row: int
    rows: tuple[int, ...] = ()


def quoted(text: str) -> str:
    """A text from the list for a message: in quotation marks, escaped, on one line, at most 60 characters."""
    return repr(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def few(texts: t.Sequence[str], limit: int = 10) -> str:
    """The first of some texts, separated by commas, and how many more there are."""
    more = f" and {len(texts) - limit} more" if len(texts) > limit else ""
    return ", ".join(texts[:limit]) + more


def numbered(rows: t.Sequence[int]) -> str:
    """Rows for the beginning of a message: the first ten, and how many more there are."""
    return f"row{'s' if len(rows) > 1 else ''} {few([str(row) for row in rows])}"
