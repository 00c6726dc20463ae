# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every case of every module: check mode only reads and tells the truth, and a second run does nothing."""

from __future__ import annotations

import pytest
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .utils.cases import Case, all_cases, cases_of
from .utils.checks import ready, run_case, subscription
from .utils.collection import MODULES, Json, documentation, reads_only
from .utils.driver import Driver

#: What Ansible itself adds to results.
_ANSIBLE_KEYS = {"changed", "diff", "failed", "msg", "invocation", "warnings", "deprecations"}


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.module}-{case.name}")
def test_check_mode_reads_only_and_tells_the_truth(simulator: Simulator, driver: Driver, case: Case) -> None:
    """Check mode sends nothing but GET; `changed`, `diff` and `summary` are those of the real run, and true."""
    args = ready(simulator, case)
    before = subscription(simulator)
    predicted, methods = run_case(simulator, driver, case, args, check=True)
    assert set(methods) <= {"GET"}
    assert predicted.kind == case.get("fails"), str(predicted)
    assert subscription(simulator) == before

    done, methods = run_case(simulator, driver, case, args, check=False)
    assert done.kind == case.get("fails_really", case.get("fails")), str(done)
    if not case.get("fails_really"):
        assert done.result.get("diff") == predicted.result.get("diff")
    else:
        # What could not be done is not shown as changed.
        shown = {one["before_header"] for one in done.result["diff"]}
        assert shown <= {one["before_header"] for one in predicted.result["diff"]}
        assert bool(shown) == done.result["changed"]
    assert predicted.result["changed"] is case.data["changed"]
    assert _documented(case.module, done.result)
    assert _documented(case.module, predicted.result)
    changed = done.result["changed"]
    if not case.get("fails_really"):
        assert changed is case.data["changed"], str(done)
        assert done.result.get("summary") == predicted.result.get("summary")
    if reads_only(case.module):
        assert set(methods) <= {"GET"}
    else:
        assert set(methods) - {"GET"} or not changed
    assert (subscription(simulator) != before) is (changed and not case.get("same_state"))

    if case.get("idempotent", True) and not done.failed:
        again, methods = run_case(simulator, driver, case, args, check=False)
        assert (again.result["changed"], again.result.get("diff") or []) == (False, []), str(again)
        assert set(methods) <= {"GET"}


@pytest.mark.parametrize("module", MODULES)
def test_there_are_cases_that_could_fail(module: str) -> None:
    """A module that only reads changes nothing in the service; another has a case that does and one that does not."""
    cases = cases_of(module)
    if reads_only(module):
        assert not any(case.data["changed"] and not case.get("same_state") for case in cases)
    else:
        assert {case.data["changed"] for case in cases} == {False, True}
        assert any(case.data["changed"] and case.get("idempotent", True) for case in cases)


def _documented(module: str, result: Json) -> bool:
    """Every key of a result is documented, also inside of its objects."""
    returned = documentation()[module]["return"]
    unknown = _unknown(result, returned, "")
    assert not unknown - _ANSIBLE_KEYS
    return True


def _unknown(value: Json, documented: Json, where: str) -> set[str]:
    unknown = {where + key for key in value if key not in documented}
    for key, item in value.items():
        contains = documented.get(key, {}).get("contains")
        for one in item if isinstance(item, list) else [item]:
            if contains and isinstance(one, dict):
                unknown |= _unknown(one, contains, f"{where}{key}.")
    return unknown
