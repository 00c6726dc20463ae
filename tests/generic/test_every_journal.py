# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal of every module that writes: a line where something changed, of the documented form, without a secret."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .utils.cases import Case, all_cases, cases_of
from .utils.checks import ready, run_case
from .utils.collection import MODULES, ROOT, Json
from .utils.driver import Driver
from .utils.leaks import Watch
from .utils.resources import written_by

_WRITE: t.Final[list[str]] = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))["action_groups"][
    "write"
]
_MODULE: t.Final = "ansible_collections.threema.work.plugins.modules"


def lines_of(path: Path) -> list[Json]:
    """What a journal says; nothing where there is none."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    assert text == "" or text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def _may_hold(resource: Json) -> set[str]:
    return {*resource["journal"], *resource.get("journal_may", ())}


def assert_form(module: str, line: Json, host: str) -> None:
    """A line says when, where, which module and what, and of what: nothing more."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", line["time"]), line
    assert (line["api_host"], line["module"]) == (host, module)
    assert line["action"] in ("created", "updated", "removed")
    rest = set(line) - {"time", "api_host", "module", "action"}
    fitting = [one for one in written_by(module) if set(one["journal"]) <= rest <= _may_hold(one)]
    assert len(fitting) == 1, line
    assert all(isinstance(line[name], str) or (name == "credential_id" and line[name] is None) for name in rest)


@pytest.mark.parametrize(
    "case", [one for one in all_cases() if one.module in _WRITE], ids=lambda case: f"{case.module}-{case.name}"
)
def test_a_journal_of_each_case(simulator: Simulator, driver: Driver, case: Case, tmp_path: Path) -> None:
    """Check mode creates nothing; otherwise there are lines just where something changed, and none with a secret."""
    path = tmp_path / "journal.jsonl"
    args = {**ready(simulator, case), "journal": str(path)}
    watch = Watch()
    watch.learn(args, simulator.state())
    run_case(simulator, driver, case, args, check=True)
    assert not path.exists()
    done, _methods = run_case(simulator, driver, case, args, check=False)
    watch.learn(simulator.state(), simulator.requests())
    lines = lines_of(path)
    # Where everything that was to be written failed, it is there and empty.
    assert bool(lines) == done.result["changed"], lines
    for line in lines:
        assert_form(case.module, line, simulator.url.split("/")[2])
    assert not watch.found_in(path.read_text(encoding="utf-8") if lines else "")
    if "summary" in done.result and case.module != "credentials":
        # Of a credential there may be more than one.
        summary = done.result["summary"]
        actions = [line["action"] for line in lines]
        for action in ("created", "updated", "removed"):
            assert actions.count(action) == summary[action], lines
    if case.get("idempotent", True) and not done.failed:
        run_case(simulator, driver, case, args, check=False)
        assert lines_of(path) == lines


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("module", _WRITE)
def test_what_cannot_be_opened(simulator: Simulator, driver: Driver, module: str, check: bool, tmp_path: Path) -> None:
    """It is refused before any request."""
    case = next(one for one in cases_of(module) if one.data["changed"])
    for path in (tmp_path, tmp_path / "missing" / "journal.jsonl", "/dev/null", ""):
        args = {**ready(simulator, case), "journal": str(path)}
        run, methods = run_case(simulator, driver, case, args, check=check)
        assert (run.kind, methods) == ("refused", []), str(run)
        assert "journal" in run.result["msg"] and run.result["changed"] is False
        assert "summary" not in run.result or run.result["summary"]["pending"] > 0


@pytest.mark.parametrize("module", MODULES)
def test_who_ships_it(module: str) -> None:
    """Modules that only read do not bring the journal to their host."""
    code = f"import sys, {_MODULE}.{module}; print([one for one in sys.modules if one.endswith('._journal')])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert ("_journal" in shown) is (module in _WRITE)
