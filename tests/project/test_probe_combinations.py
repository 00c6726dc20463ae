# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any switches in any subscription: whatever the probe tells is so, and what it created is gone.

The same few at each run; ``THREEMA_WORK_EXAMPLES=200`` tries so many.
"""

from __future__ import annotations

import random
import sys
import typing as t
from collections import Counter
from pathlib import Path

from ansible_collections.threema.work.tests.modules.test_service_behavior import TABLE, any_world, wrong
from ansible_collections.threema.work.tests.project.probe import (
    CONTACT,
    EXAMPLES,
    MOST_REQUESTS,
    any_positions,
    probe,
    there_is,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator
from ansible_collections.threema.work.tools.probing.rows import NOTHING, ROWS

_SEED: t.Final = 1926
_FEW: t.Final = 8


def test_any_combination(simulator: Simulator, tmp_path: Path) -> None:
    told: Counter[tuple[str, str]] = Counter()
    for number in range(EXAMPLES or _FEW):
        chance = random.Random(_SEED + number)
        any_world(simulator, chance)
        if chance.random() < 0.3:
            few = len(simulator.state()["credentials"]) + chance.randint(0, 4)
            simulator.control("PUT", "settings", {"licenses": few})
        simulator.control("PUT", "settings", {"switches": any_positions(chance)})
        simulator.forget_requests()
        before = there_is(simulator)
        wishes = {"WRITE": "yes"} if chance.random() < 0.9 else {}
        if wishes and chance.random() < 0.7:
            wishes["CONTACT"] = CONTACT
        ran = probe(simulator, tmp_path, FORCE="yes", **wishes)
        true = simulator.control("GET", "settings")["switches"]
        assert not wrong(ran.switches, true), (number, true, ran.printed)
        assert ran.found is not None
        assert ran.found["left_behind"] == []
        assert ran.found["requests"] == len(simulator.requests()) <= MOST_REQUESTS
        assert there_is(simulator) == before, (number, true)
        told.update(
            (name, "N" if name == "max-page-size" and one != "none" else one)
            for name, one in ran.switches.items()
            if one
        )
    if EXAMPLES:
        # How often each position was told, for whoever runs it with -rP.
        for name, values in TABLE.items():
            sys.stdout.write(f"{name}: {', '.join(f'{value} {told[name, value]}' for value in values)}\n")
    never = {name for name, row in ROWS.items() if row.shown_by == NOTHING} | {"quota-retry-after"}
    assert not {name for name, _one in told} & never
    assert len({name for name, _one in told}) > len(TABLE) / 2
