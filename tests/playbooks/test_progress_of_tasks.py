# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Progress of tasks with keywords of all kinds, in ansible-runner, and what ansible-lint still finds."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.threema.work.tests.generic.utils.collection import ROOT, options
from ansible_collections.threema.work.tests.roles.stage import Object, command, environment
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

_SECONDS: t.Final = 180
#: A list of so many takes long, in pages of so many that take so many seconds each.
_CREDENTIALS: t.Final = 240
_PAGE: t.Final = 20
_SLOW: t.Final = 0.4
_READ: t.Final = {"threema.work.credential_info": {}}
_LINE: t.Final = re.compile(
    r"progress: \[(?P<host>[a-z]+)\] => (credential_info|credentials): \d+ of 240 credentials(' settings)? read"
    r"(, nothing new for \d+ s|(, \d+ a (second|minute)(, about \d+ s left)?)?)"
)
#: One task each, on a host of its own, all at once; ``ignore_errors`` for all of them.
_TASKS: t.Final[dict[str, Object]] = {
    "loop": {**_READ, "loop": ["once"]},
    "until": {**_READ, "until": False, "retries": 1, "delay": 0},
    "defaults": {**_READ, "module_defaults": {"group/threema.work.all": {"expect_subscription": "Example Ltd"}}},
    "unpiped": {**_READ, "vars": {"ansible_pipelining": False}},
    "check": {
        "threema.work.credentials": {
            "credentials": [{"username": "summer.new"}],
            "generate_password": True,
            "return_unlisted": True,
        },
        "check_mode": True,
    },
    "fails": {"threema.work.credentials": {"credentials": [], "return_unlisted": True, "max_requests": 9}},
    "unknown": {"threema.work.credential_info": {"nonsense": 1}},
    "set": {"threema.work.credential_info": {"_threema_work_progress": "/mine"}},
}
_SILENT: t.Final = {"unknown", "set"}
#: Its end depends on the time, so it is only in the run with lines.
_ENDED: t.Final[dict[str, Object]] = {
    "ended": {"threema.work.credential_info": {"include_settings": True}, "timeout": 8},
}


class _Ended(t.NamedTuple):
    code: int
    results: dict[str, Object]
    stdout: str
    stderr: list[str]
    log: str


def _run(simulator: Simulator, folder: Path, progress: str, tasks: t.Mapping[str, Object]) -> _Ended:
    """A play of these tasks, whose results are printed as JSON."""
    folder.mkdir()
    variables = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = {"all": {"hosts": {name: {} for name in tasks}, "vars": variables}}
    (folder / "hosts.json").write_text(json.dumps(inventory), encoding="utf-8")
    for name, task in tasks.items():
        (folder / f"{name}.yml").write_text(json.dumps([{"ignore_errors": True, **task}]), encoding="utf-8")
    include = {"ansible.builtin.include_tasks": "{{ inventory_hostname }}.yml"}
    play = {"hosts": "all", "gather_facts": False, "strategy": "ansible.builtin.free", "tasks": [include]}
    (folder / "play.yml").write_text(json.dumps([play]), encoding="utf-8")
    done = subprocess.run(
        command("play.yml", "-i", "hosts.json", "--forks", str(len(tasks)), python=sys.executable),
        cwd=folder,
        env={
            **environment(folder),
            **simulator.environment,
            "THREEMA_WORK_PROGRESS": progress,
            "ANSIBLE_STDOUT_CALLBACK": "minimal",
            "ANSIBLE_LOG_PATH": str(folder / "log"),
        },
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert not list(folder.rglob("threema-work-progress-*"))
    found = re.findall(r"^([a-z]+) \| [A-Z]+!? => (\{\n.*?^\})$", done.stdout, re.DOTALL | re.MULTILINE)
    results = {host: json.loads(result) for host, result in found}
    log = (folder / "log").read_text(encoding="utf-8")
    return _Ended(done.returncode, results, done.stdout, done.stderr.splitlines(), log)


def _make_slow(simulator: Simulator, seconds: float = _SLOW) -> None:
    simulator.reset(credentials=_CREDENTIALS, switches={"max-page-size": str(_PAGE)})
    if seconds:
        simulator.fault(kind="slow", seconds=seconds, times=None)


def test_keywords(simulator: Simulator, tmp_path: Path) -> None:
    """Loops, retries, timeouts, defaults of the group, check mode, failures: lines, and results as without."""
    _make_slow(simulator)
    shown = _run(simulator, tmp_path / "with", "1", {**_TASKS, **_ENDED})
    lines = [line for line in shown.stderr if "progress" in line]
    found = [_LINE.fullmatch(line) for line in lines]
    assert all(found), lines
    with_lines = {one["host"] for one in found if one}
    assert with_lines == {*_TASKS, *_ENDED} - _SILENT, lines
    assert "progress: [" not in shown.stdout
    assert all(line in shown.log for line in lines)
    # As older and newer versions of Ansible say it.
    assert re.search("expected time frame|Timed out", shown.results["ended"]["msg"]), shown.results["ended"]
    _make_slow(simulator, 0)
    silent = _run(simulator, tmp_path / "without", "0", _TASKS)
    assert not [line for line in silent.stderr if "progress" in line]
    assert silent.code == shown.code == 0
    shown.results.pop("ended")
    assert set(silent.results) == set(_TASKS)
    assert shown.results == silent.results
    requests = {name: one.get("api_requests") for name, one in silent.results.items()}
    pages = _CREDENTIALS // _PAGE
    assert requests["unpiped"] == pages and requests["defaults"] == pages + 1 and requests["fails"] == 9
    assert [one["api_requests"] for one in silent.results["loop"]["results"]] == [pages]
    assert silent.results["until"]["attempts"] == 1 and silent.results["check"]["summary"]["created"] == 1
    assert "Unsupported parameters" in silent.results["unknown"]["msg"]
    assert "_threema_work_progress. Supported" in silent.results["set"]["msg"]


def test_in_ansible_runner(simulator: Simulator, tmp_path: Path) -> None:
    """Each line is an event of its own, with the task that it belongs to; no event is missing or torn."""
    _make_slow(simulator)
    (tmp_path / "project").mkdir()
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": sys.executable},
        "tasks": [{"name": "Read all", **_READ}],
    }
    (tmp_path / "project/play.yml").write_text(json.dumps([play]), encoding="utf-8")
    told = {**environment(tmp_path), **simulator.environment, "THREEMA_WORK_PROGRESS": "1"}
    folder = os.path.dirname(sys.executable)
    subprocess.run(
        [sys.executable, "-m", "ansible_runner", "run", str(tmp_path), "-p", "play.yml", "-i", "one", "-q"],
        env={**told, "PATH": f"{folder}:{told['PATH']}"},
        timeout=_SECONDS,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    paths = (tmp_path / "artifacts/one/job_events").glob("*-*.json")
    events = sorted((json.loads(path.read_text(encoding="utf-8")) for path in paths), key=lambda one: one["counter"])
    assert [one["counter"] for one in events] == list(range(1, len(events) + 1))
    assert len({one["uuid"] for one in events}) == len(events)
    assert all(one["end_line"] == after["start_line"] for one, after in itertools.pairwise(events))
    (begun,) = [one for one in events if one["event"] == "playbook_on_task_start"]
    lines = [one for one in events if "progress: " in one["stdout"]]
    assert lines
    for one in lines:
        assert one["event"] == "verbose" and one["event_data"]["task"] == "Read all", one
        assert one["parent_uuid"] == begun["uuid"]
        assert re.fullmatch(r"progress: \[localhost\] => credential_info: [ \w,']+", one["stdout"])


def _needed(module: str) -> Object:
    """A value for each option that a module requires, and for the list of a module for many, which has its name."""
    required = {name: one for name, one in options(module).items() if one.get("required") or name == module}
    return {
        name: [] if one["type"] == "list" else one.get("choices", ["/srv"])[0]
        for name, one in required.items()
        if name != "api_key"
    }


def test_ansible_lint_still_knows_the_options(tmp_path: Path) -> None:
    """Of each module that is routed; with an action plugin of the module's own name, nothing would be found."""
    pytest.importorskip("ansiblelint")
    routed = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))["plugin_routing"]["modules"]
    usual = {"api_key": "key-of-nobody"}
    tasks: list[Object] = [
        {"name": f"Try {name}", f"threema.work.{name}": {**usual, **_needed(name), "nonsense": 1}} for name in routed
    ]
    tasks.append({"name": "Try a value", "threema.work.users": {**usual, "users": [], "state": "nowhere"}})
    play = {"name": "Try", "hosts": "localhost", "tasks": tasks}
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play], sort_keys=False, explicit_start=True), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ansiblelint", "--offline", "--nocolor", "--format=json", "play.yml"],
        cwd=tmp_path,
        env={**environment(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    found = [one["description"] for one in json.loads(done.stdout) if one["check_name"] == "args[module]"]
    assert len(found) == len(tasks), done.stdout + done.stderr
    assert not [one for one in found[:-1] if ": nonsense." not in one]
    assert "value of state must be one of: detached, revoked, got: nowhere" in found[-1]
