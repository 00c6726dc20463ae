# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What several tests check of a run."""

from __future__ import annotations

import typing as t

from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .cases import Case, load, prepare, resolve, set_faults
from .collection import USER_AGENT, Json
from .driver import Driver, Run

#: Parts of the simulator's state that are not the subscription.
_NOT_STATE: t.Final = ("quota", "requests", "latency_ms", "switches")


def connection(simulator: Simulator, **other: t.Any) -> Json:
    """The options that lead to the simulator."""
    return {"api_key": simulator.key, "api_url": simulator.url, "api_retries": 0, **other}


def subscription(simulator: Simulator) -> Json:
    """All that there is in the subscription."""
    return {name: value for name, value in simulator.state().items() if name not in _NOT_STATE}


#: The cases whose state is kept, and by which simulator.
_KEPT: t.Final[set[tuple[str, str, str]]] = set()


def ready(simulator: Simulator, case: Case) -> Json:
    """Bring the simulator into the state of a case and return its arguments."""
    key = (simulator.url, case.module, case.name)
    name = f"{case.module} {case.name}"
    if key in _KEPT:
        simulator.control("POST", "restore", {"name": name})
    else:
        prepare(simulator, case.state)
        simulator.control("POST", "keep", {"name": name})
        _KEPT.add(key)
    args: Json = resolve(simulator, case.get("args"), load(case.module).get("files"))
    return {**connection(simulator), **args}


def run_case(simulator: Simulator, driver: Driver, case: Case, args: Json, *, check: bool) -> tuple[Run, list[str]]:
    """Run a case with its faults; returns also the methods of the requests that it sent."""
    set_faults(simulator, case)
    simulator.forget_requests()
    run = driver.run(case.module, args, check=check, no_log=bool(case.get("reveals")))
    received = simulator.requests()
    assert "Traceback" not in run.text, run.text
    assert {one["headers"].get("User-Agent") for one in received} <= {USER_AGENT}
    assert not any(one["headers"]["Authorization"] for one in received)
    assert run.result.get("api_requests", len(received)) == len(received), str(run)
    return run, [one["method"] for one in received]
