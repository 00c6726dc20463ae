# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the jobs of the matrix found, as a table in text and in the documentation."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass
from pathlib import Path

PASSED: t.Final = "passed"
FAILED: t.Final = "FAILED"
NOT_RUN: t.Final = "not run"
_BEGIN: t.Final = ".. The table is written by make matrix-docs.\n"
_END: t.Final = ".. End of the table.\n"


@dataclass(frozen=True)
class Found:
    """What a suite found."""

    state: str
    passed: int = 0
    skipped: int = 0
    seconds: int = 0

    @classmethod
    def of(cls, good: bool, passed: int, skipped: int, seconds: float) -> Found:
        """Nothing that ran is nothing that passed, whatever the command says."""
        return cls(PASSED if good and passed else FAILED, passed, skipped, round(seconds))

    def __str__(self) -> str:
        if self.state == NOT_RUN:
            return self.state
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.state} ({self.passed}{skipped})"


@dataclass(frozen=True)
class Report:
    """What a job found.

    :ivar digest: of the collection that it tested.
    :ivar notes: what was not as it should be, and does not make it fail.
    :ivar day: on which it ran, as YYYY-MM-DD; empty if it did not.
    """

    core: str
    python: str
    requests: str
    versions: dict[str, str]
    digest: str
    found: dict[str, Found]
    notes: list[str]
    day: str = ""

    @property
    def name(self) -> str:
        """The job's name."""
        return f"{self.core}-{self.python}"

    @classmethod
    def load(cls, path: Path) -> Report:
        """From its file."""
        data = json.loads(path.read_text(encoding="utf-8"))
        found = {name: Found(**one) for name, one in data.pop("found").items()}
        return cls(**data, found=found)

    def cells(self) -> list[str]:
        """Its row."""
        core, python = self.versions.get("ansible-core", self.core), self.versions.get("python", self.python)
        return [core, python, self.versions.get("requests", "")] + [str(one) for one in self.found.values()]


def _header(reports: t.Sequence[Report]) -> list[str]:
    return ["ansible-core", "Python", "requests", *reports[0].found]


def text(reports: t.Sequence[Report], digest: str) -> str:
    """For a terminal. A star says that a job ran with another state of the collection than the present one."""
    rows = [_header(reports)]
    for report in reports:
        cells = report.cells()
        outdated = report.digest not in ("", digest)
        rows.append([cells[0] + (" *" if outdated else ""), *cells[1:]])
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    if any(report.digest not in ("", digest) for report in reports):
        lines.append("* before the collection was changed")
    lines += [note for report in reports for note in report.notes]
    return "\n".join(lines) + "\n"


def rst(reports: t.Sequence[Report]) -> str:
    """For the documentation."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in [_header(reports), *(report.cells() for report in reports)]:
        lines += [f"   {'* -' if number == 0 else '  -'} {cell}" for number, cell in enumerate(row)]
    days = sorted({report.day for report in reports if report.day})
    if days:
        when = f"on {days[0]}" if len(days) == 1 else f"from {days[0]} to {days[-1]}"
        lines += ["", f"The jobs ran {when}."]
    for note in (note for report in reports for note in report.notes):
        lines += ["", note]
    return "\n".join(lines) + "\n"


def write_docs(path: Path, reports: t.Sequence[Report]) -> None:
    """Put the table where the one from before was."""
    before, _begin, rest = path.read_text(encoding="utf-8").partition(_BEGIN)
    _old, _end, after = rest.partition(_END)
    path.write_text(f"{before}{_BEGIN}\n{rst(reports)}\n{_END}{after}", encoding="utf-8")
