# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The quota or ``max_requests`` ends a plural run at each of its requests: what it says is true."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.faults.stage import (
    Stage,
    check_actions,
    clean_run,
    finish,
    in_trouble,
    title,
)
from ansible_collections.threema.work.tests.generic.utils.cases import Case, playbook_cases
from ansible_collections.threema.work.tests.generic.utils.checks import subscription
from ansible_collections.threema.work.tests.generic.utils.collection import MODULES, Json, options
from ansible_collections.threema.work.tests.generic.utils.driver import Driver
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

PLURAL: t.Final = [name for name in MODULES if "max_requests" in options(name)]


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("kind", ["quota", "budget"])
@pytest.mark.parametrize("case", in_trouble(PLURAL), ids=title)
def test_it_ends_at_each_request(simulator: Simulator, driver: Driver, case: Case, kind: str, concurrency: int) -> None:
    stage = Stage(simulator, driver, case)
    clean = clean_run(stage)
    for number in range(1, len(clean.requests)):
        args = {**stage.begin(), "concurrency": concurrency}
        args.pop("max_requests", None)
        before = subscription(simulator)
        if kind == "quota":
            simulator.control("PUT", "settings", {"quota": number, "quota_used": 0})
            run = stage.run(args)
        else:
            run = stage.run({**args, "max_requests": number})
        # After the first 429 nothing more is begun; those that were under way get one too.
        allowed = number + (concurrency if kind == "quota" else 0)
        assert len(stage.received()) <= allowed, stage.received()
        assert run.kind == kind, str(run)
        check_summary(run.result, number, clean.requests)
        check_actions(run.result, before, subscription(simulator))
        simulator.control("PUT", "settings", {"quota": 0, "quota_used": 0})
        finish(stage, args, clean)


def check_summary(result: Json, number: int, requests: list[tuple[str, str]]) -> None:
    """Nothing failed; what was not done is pending."""
    assert result["summary"]["failed"] == 0, result
    assert result["summary"]["pending"] > 0
    assert "running again" in result["msg"] or "run again" in result["msg"]
    # Where not even reading came to its end, nothing was done.
    if all(method == "GET" for method, _path in requests[:number]):
        assert result["changed"] is False
        assert not any(result["summary"][action] for action in ("created", "updated", "removed"))


@pytest.mark.parametrize("free", range(5))
def test_licences_for_some(simulator: Simulator, driver: Driver, free: int) -> None:
    """What fits is created, the rest is named, and created once there are licenses."""
    stage = Stage(simulator, driver, playbook_cases("credentials")[0])
    people = [{"username": f"p{number}", "settings": {"th_csi": str(number)}} for number in range(5)]
    args = {**stage.begin(), "credentials": people, "generate_password": True, "concurrency": 2}
    bought = subscription(simulator)["licenses"]["bought"]
    used = bought - subscription(simulator)["licenses"]["free"]
    simulator.control("PUT", "settings", {"licenses": used + free})
    before = subscription(simulator)
    run = stage.run(args)
    assert run.kind == "permission"
    assert run.result["summary"] == {**dict.fromkeys(run.result["summary"], 0), "created": free, "failed": 5 - free}
    check_actions(run.result, before, subscription(simulator))
    created = set(run.result["created"])
    assert all((f"{one['username']}: " in run.result["msg"]) == (one["username"] not in created) for one in people)
    assert "license" in run.result["msg"]
    simulator.control("PUT", "settings", {"licenses": bought})
    again = stage.run(args)
    assert again.result["summary"]["created"] == 5 - free
    assert again.result["summary"]["unchanged"] == free
