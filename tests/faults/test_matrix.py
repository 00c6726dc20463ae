# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each fault for each module, at each of its requests: it fails as the design says, or does what it was asked."""

from __future__ import annotations

import itertools
import typing as t

import pytest
from ansible_collections.threema.work.tests.faults.catalogue import FAULTS, Fault
from ansible_collections.threema.work.tests.faults.stage import (
    Stage,
    clean_run,
    finish,
    in_trouble,
    result_shape,
    title,
)
from ansible_collections.threema.work.tests.generic.utils.cases import Case, cases_of, failing_modules
from ansible_collections.threema.work.tests.generic.utils.collection import MODULES, options, reads_only
from ansible_collections.threema.work.tests.generic.utils.driver import Driver
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

_WRITES: t.Final = ("POST", "PUT", "DELETE")
PASSING: t.Final = [fault for fault in FAULTS if fault.passes]
#: Where each request is tried: of the answers of another form, two stand for all.
ONCE: t.Final = [
    fault
    for fault in FAULTS
    if not fault.passes and (fault.order["kind"] != "json" or fault.name in ("json null", "json no paging"))
]
#: Of faults that a module cannot tell from each other, one; all of them meet the first case of each module.
FEW: t.Final = [
    *[fault for fault in ONCE if fault.name not in ("429 for a day", "redirect", "empty", "empty, but done")],
    *[fault for fault in PASSING if fault.name in ("500", "dropped after")],
]


def met(modules: t.Iterable[str], faults: t.Sequence[Fault]) -> list[t.Any]:
    """The first case of each module with each fault, and those of many steps with some."""
    return [
        pytest.param(case, fault, id=f"{title(case)}-{fault}")
        for case in in_trouble(modules)
        for fault in faults
        if fault in FEW or not case.get("steps")
    ]


def positions(requests: t.Sequence[tuple[str, str]]) -> list[str]:
    """Reading and, if the module writes, writing."""
    return [
        what for what in ("reads", "writes") if any((how != "GET") == (what == "writes") for how, _path in requests)
    ]


def numbers(requests: t.Sequence[tuple[str, str]], fault: Fault) -> list[int]:
    """At which requests a fault that passes is met: at each one.

    What is too slow, which takes its time, at the first that reads and the first that writes: the transport sends
    again, and all that a module sees is that an earlier attempt may have been carried out, as with "dropped after".
    """
    methods = [method for method, _path in requests]
    if fault.kind != "timeout":
        return list(range(len(methods)))
    reading = next((number for number, method in enumerate(methods) if method == "GET"), None)
    writing = next((number for number, method in enumerate(methods) if method != "GET"), None)
    return [number for number in (reading, writing) if number is not None]


def patience(fault: Fault) -> float:
    """api_timeout: longer than a busy machine takes, but where that is what is tried."""
    return 0.4 if fault.kind == "timeout" else 20


@pytest.mark.parametrize(("case", "fault"), met(failing_modules(), FAULTS))
def test_trouble_that_stays(simulator: Simulator, driver: Driver, case: Case, fault: Fault) -> None:
    """For all reading requests, then for all writing ones."""
    stage = Stage(simulator, driver, case)
    clean = clean_run(stage)
    for where in positions(clean.requests):
        args = stage.begin()
        before = stage.shape(args)
        tried = {**args, "api_timeout": patience(fault)}
        if fault.kind == "timeout":
            # Each attempt takes its time. The transport counts them, with this fault as with all that pass.
            tried["api_retries"] = 0
        for method in ("GET",) if where == "reads" else _WRITES:
            simulator.fault(**fault.order, method=method, times=None)
        run = stage.run(tried)
        now = stage.shape(args)
        if run.failed:
            assert run.kind == fault.kind, str(run)
            assert run.result["changed"] == (now != before), str(run)
        elif where == "reads":
            # 404 for one object says that there is none.
            assert fault.order.get("status") == 404, str(run)
            assert all(path.count("/") > 1 for how, path in clean.requests if how == "GET")
            continue
        else:
            assert fault.done or fault.order.get("status") == 404, str(run)
            assert now == clean.after or fault.order.get("status") == 404
        if where == "reads":
            assert now == before
        finish(stage, args, clean)


def assert_no_difference(stage: Stage, fault: Fault, number: int) -> None:
    """Once, at one of the requests: the subscription is as it would be without, and so is what is returned."""
    clean = clean_run(stage)
    args = stage.begin()
    args["api_timeout"] = patience(fault)
    # A repeated request counts too.
    args.pop("max_requests", None)
    stage.simulator.fault(**fault.order, skip=number)
    run = stage.run(args)
    assert not run.failed, str(run)
    assert stage.shape(args) == clean.after, (number, clean.requests[number])
    assert result_shape(run.result) == clean.result, (number, clean.requests[number])
    # A line for each change, however often it was sent.
    assert sorted(stage.journal()) == sorted(clean.journal), (number, clean.requests[number])


@pytest.mark.parametrize(("case", "fault"), met(failing_modules(), PASSING))
def test_trouble_that_passes(simulator: Simulator, driver: Driver, case: Case, fault: Fault) -> None:
    """At each request of one case, or at some."""
    stage = Stage(simulator, driver, case)
    for number in numbers(clean_run(stage).requests, fault):
        assert_no_difference(stage, fault, number)


@pytest.mark.parametrize("module", failing_modules())
def test_trouble_that_passes_in_all_cases(simulator: Simulator, driver: Driver, module: str) -> None:
    """At each request of all cases, another fault each time."""
    faults = itertools.cycle(fault for fault in PASSING if fault.kind != "timeout")
    unusual = ("fails", "fails_really", "faults")
    for case in cases_of(module):
        if case.data["changed"] and not any(case.get(key) for key in unusual):
            stage = Stage(simulator, driver, case)
            for number in range(len(clean_run(stage).requests)):
                assert_no_difference(stage, next(faults), number)


@pytest.mark.parametrize(("case", "fault"), met((name for name in MODULES if not reads_only(name)), ONCE))
def test_trouble_at_one_request(simulator: Simulator, driver: Driver, case: Case, fault: Fault) -> None:
    """Once, at each request: what was done is said, and running again completes the rest."""
    stage = Stage(simulator, driver, case)
    clean = clean_run(stage)
    for number in range(len(clean.requests)):
        args = stage.begin()
        before = stage.shape(args)
        if "concurrency" in options(case.module):
            # One after the other, so that the number tells the request.
            args["concurrency"] = 1
        simulator.fault(**fault.order, skip=number)
        run = stage.run(args)
        method, path = stage.received()[number]
        now = stage.shape(args)
        if fault.order.get("status") == 404 and (method == "DELETE" or path.count("/") > 1):
            # The service says that it is not there.
            continue
        assert run.result["changed"] == (now != before), (number, str(run))
        if run.failed:
            # That may also mean an automatic contact, and then says so (contract 2).
            kinds = {fault.kind, "permission"} if "/contacts/" in run.result["msg"] else {fault.kind}
            assert run.kind in kinds, (number, str(run))
        else:
            assert now == clean.after
        finish(stage, args, clean)
