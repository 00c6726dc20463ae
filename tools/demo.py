# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Onboard the example staff list into a simulated subscription, twice, and say what it cost."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
import typing as t
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.simulator_process import ROOT, Simulator, missing

ROSTER: t.Final = ROOT / "docs/examples/people.csv"


def onboard(simulator: Simulator) -> tuple[int, int, float]:
    """Run the playbook; its exit code, the requests it took and its seconds."""
    simulator.forget_requests()
    started = time.monotonic()
    command = ["ansible-playbook", "threema.work.onboard", "-e", f"roster={ROSTER}"]
    print(f"$ {' '.join(command[:-1])} roster={ROSTER.relative_to(ROOT)}", flush=True)
    code = subprocess.call(command, env={**os.environ, **simulator.environment})
    return code, len(simulator.requests()), time.monotonic() - started


def main() -> int:
    """Return 0 if both runs went well and the second one found nothing to do."""
    if missing():
        sys.exit(missing())
    with ROSTER.open(encoding="utf-8", newline="") as file:
        people = sum(1 for _row in csv.DictReader(file))
    print(f"A simulated subscription starts here; {people} people are onboarded into it, twice.\n", flush=True)
    with Simulator() as simulator:
        first, first_requests, first_seconds = onboard(simulator)
        before = simulator.state()
        second, second_requests, second_seconds = onboard(simulator)
        after = simulator.state()
    credentials = len(after["credentials"])
    unchanged = before["credentials"] == after["credentials"]
    print(
        f"{people} people have {credentials} credentials.\n"
        f"First run:  {first_requests:4} requests, {first_seconds:.1f} seconds.\n"
        f"Second run: {second_requests:4} requests, {second_seconds:.1f} seconds, "
        f"{'nothing was changed' if unchanged else 'SOMETHING WAS CHANGED'}.\n"
        "The simulator has been stopped."
    )
    return 0 if first == second == 0 and unchanged and credentials == people else 1


if __name__ == "__main__":
    sys.exit(main())
