# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Removals that are not answered as documented, and that lists show late: they are told as removals all the same."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.faults.stage import Stage, clean_run, result_shape
from ansible_collections.threema.work.tests.generic.utils.cases import Case, all_cases
from ansible_collections.threema.work.tests.generic.utils.collection import options, reads_only
from ansible_collections.threema.work.tests.generic.utils.driver import Driver
from ansible_collections.threema.work.tests.support.between import Reply
from ansible_collections.threema.work.tests.support.late import Late, removes
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

ANSWERS: t.Final = {"accepted": Reply(202), "page": Reply(200, "<html>please log in</html>")}
_UNUSUAL: t.Final = ("fails", "fails_really", "faults")
#: The cases that write and do not fail; whether they remove something only their clean run tells.
CASES: t.Final = [
    case
    for case in all_cases()
    if case.data["changed"] and not reads_only(case.module) and not any(case.get(key) for key in _UNUSUAL)
]


def _title(case: Case) -> str:
    return f"{case.module} {case.name}"


@pytest.mark.parametrize("case", CASES, ids=_title)
def test_removals_that_are_seen_late(simulator: Simulator, driver: Driver, case: Case) -> None:
    """The result, the journal, and the subscription are those of a run whose removals are answered and seen at once."""
    stage = Stage(simulator, driver, case)
    clean = clean_run(stage)
    removals = [(how, path) for how, path in clean.requests if removes(how, path)]
    for answer in ANSWERS.values() if removals else ():
        args = stage.begin()
        args.pop("max_requests", None)
        if "concurrency" in options(case.module):
            args["concurrency"] = 1
        with Late(simulator, answer) as late:
            run = driver.run(case.module, {**args, "api_url": late.url}, waits=False)
            assert not run.failed, str(run)
            assert len(late.carried_out) == len(removals)
            late.show()
        stage.moved()
        assert result_shape(run.result) == clean.result
        assert sorted(stage.journal()) == sorted(clean.journal)
        assert stage.shape(args) == clean.after


def test_each_module_that_removes_is_tried(simulator: Simulator, driver: Driver) -> None:
    """A module whose documentation has a state that takes something away has a case that removes."""
    states = {"absent", "detached", "revoked"}
    wanted = {
        case.module
        for case in all_cases()
        if not reads_only(case.module) and states & {*options(case.module).get("state", {}).get("choices", ())}
    }
    tried = set()
    for case in CASES:
        if case.module in wanted - tried:
            requests = clean_run(Stage(simulator, driver, case)).requests
            tried |= {case.module} if any(removes(how, path) for how, path in requests) else set()
    assert wanted == tried and wanted
