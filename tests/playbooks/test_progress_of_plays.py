# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Progress as ansible-playbook shows it: which tasks have lines, and that nothing else is different with them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.roles.stage import Object, command, environment
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

_SECONDS: t.Final = 120
_PEOPLE: t.Final = 28
_NAME: t.Final = "sommer"
_LINE: t.Final = re.compile(
    r"progress: \[(?P<host>[a-z]+)(?P<to> -> localhost)?\] => credentials: \d+ of 28 done"
    r"(, \d+ with an error)?(, nothing new for \d+ s|, \d+ a (second|minute), about \d+ s left)?"
)
#: A connection that is local, but not Ansible's own.
_CONNECTION: t.Final = '''
from ansible.plugins.connection.local import Connection as Local
DOCUMENTATION = """
name: other
short_description: runs here
description: Runs here.
options: {}
"""
class Connection(Local):
    transport = "other"
'''
#: All ways in which a task runs, each on a host of its own, at once.
_HOSTS: t.Final[dict[str, Object]] = {
    "plain": {},
    "secret": {"secret": True},
    "other": {"ansible_connection": "other"},
    "delegated": {"ansible_connection": "other", "to": "localhost"},
    "off": {"threema_work_progress": False},
    "broken": {"threema_work_progress": "{{ nobody_set_this }}"},
    "background": {"seconds": 60},
}
#: As another user, who may read everything (Python may be in a directory of root's) and write nothing of root's.
_BECOME: t.Final = """#!/bin/sh
shift 2
exec setpriv --reuid nobody --inh-caps +dac_read_search --ambient-caps +dac_read_search -- "$@"
"""
#: Only root becomes somebody without a password.
if os.geteuid() == 0:
    _HOSTS |= {
        "root": {"ansible_become": True, "ansible_become_method": "su"},
        "nobody": {
            "ansible_become": True,
            "ansible_become_exe": "{{ playbook_dir }}/become",
            "ansible_become_flags": "",
            "ansible_become_user": "nobody",
            "ansible_remote_tmp": "{{ playbook_dir }}/everybody",
            "ansible_pipelining": True,
        },
    }
_WITH: t.Final = {"plain", "secret", "delegated", "root"} & _HOSTS.keys()


def _play(folder: Path, hosts: t.Mapping[str, Object], people: int = _PEOPLE) -> list[str]:
    folder.mkdir()
    (folder / "connection_plugins").mkdir()
    (folder / "connection_plugins/other.py").write_text(_CONNECTION, encoding="utf-8")
    (folder / "become").write_text(_BECOME, encoding="utf-8")
    (folder / "become").chmod(0o755)
    (folder / "everybody").mkdir()
    (folder / "everybody").chmod(0o777)
    everybody = {
        name: {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "people": [{"username": f"{_NAME}.{name}{number}"} for number in range(people)],
            **variables,
        }
        for name, variables in hosts.items()
    }
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": everybody}}), encoding="utf-8")
    task = {
        "name": "Add people",
        "threema.work.credentials": {"credentials": "{{ people }}", "generate_password": True},
        "no_log": "{{ secret | default(false) }}",
        "delegate_to": "{{ to | default(omit) }}",
        "async": "{{ seconds | default(0) }}",
        "poll": 1,
        "register": "done",
    }
    show = {
        "name": "Show what was done",
        "ansible.builtin.debug": {"msg": "{{ done.summary }} {{ done.api_requests }}"},
    }
    localhost = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    play = {"hosts": "all", "gather_facts": False, "tasks": [task, show]}
    (folder / "play.yml").write_text(json.dumps([play]), encoding="utf-8")
    (folder / "host_vars").mkdir()
    (folder / "host_vars/localhost.json").write_text(json.dumps(localhost), encoding="utf-8")
    return command("play.yml", "-i", "hosts.json", "--forks", "10", python=sys.executable)


def _environment(folder: Path, simulator: Simulator, progress: str) -> dict[str, str]:
    return {**environment(folder), **simulator.environment, "THREEMA_WORK_PROGRESS": progress}


class _Ended(t.NamedTuple):
    code: int
    stdout: list[str]
    stderr: list[str]
    requests: int


def _run(simulator: Simulator, folder: Path, progress: str, hosts: t.Mapping[str, Object]) -> _Ended:
    simulator.reset()
    simulator.fault(method="POST", kind="slow", after_work=True, seconds=0.4, times=None)
    arguments = _play(folder, hosts)
    done = subprocess.run(
        arguments,
        cwd=folder,
        env=_environment(folder, simulator, progress),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert not list(folder.rglob("threema-work-progress-*"))
    lines = sorted(line for line in done.stdout.splitlines() if not line.startswith("ASYNC "))
    return _Ended(done.returncode, lines, done.stderr.splitlines(), len(simulator.requests()))


def test_a_play(simulator: Simulator, tmp_path: Path) -> None:
    """Lines are on stderr, of the tasks that can be followed; results, output and requests are those without."""
    with_lines = _run(simulator, tmp_path / "with", "1", _HOSTS)
    lines = [line for line in with_lines.stderr if "progress" in line]
    found = [_LINE.fullmatch(line) for line in lines]
    assert all(found), lines
    assert {(one["host"], bool(one["to"])) for one in found if one} == {(name, name == "delegated") for name in _WITH}
    assert not [line for line in lines if _NAME in line]
    without = _run(simulator, tmp_path / "without", "0", _HOSTS)
    assert not [line for line in without.stderr if "progress" in line]
    assert (with_lines.code, without.code) == (0, 0), with_lines
    assert with_lines.requests == without.requests
    assert with_lines.stdout == without.stdout


def test_ad_hoc(simulator: Simulator, tmp_path: Path) -> None:
    """With ``--one-line``, the only line of stdout is still the result."""
    simulator.reset(credentials=300, switches={"max-page-size": "20"})
    simulator.fault(kind="slow", seconds=0.2, times=None)
    options = ["-i", "localhost,", "-c", "local", "localhost", "-m", "threema.work.credential_info", "-o"]
    arguments = [*options, "-e", f"ansible_python_interpreter={sys.executable}"]
    done = subprocess.run(
        [*command(python=sys.executable)[:-1], "adhoc", *arguments],
        env=_environment(tmp_path, simulator, "1"),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert re.fullmatch(r"localhost \| SUCCESS => \{.*\}\n", done.stdout), done.stdout
    lines = [line for line in done.stderr.splitlines() if line.startswith("progress: ")]
    assert lines and all("credential_info: " in line and " of 300 credentials read" in line for line in lines)


def _end(running: subprocess.Popen[str], sent: signal.Signals) -> None:
    """Ansible loses an interruption that comes where it cannot be raised; whoever is at the keyboard repeats it."""
    for _turn in range(_SECONDS):
        running.send_signal(sent)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(1)
            return


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_play_that_is_ended(simulator: Simulator, tmp_path: Path, sent: signal.Signals) -> None:
    """The file has no name any more by then."""
    simulator.reset()
    simulator.fault(method="POST", kind="slow", after_work=True, seconds=0.4, times=None)
    folder = tmp_path / "play"
    people = 10 * _PEOPLE
    arguments = _play(folder, {"plain": {}}, people)
    with subprocess.Popen(
        arguments,
        cwd=folder,
        env=_environment(folder, simulator, "1"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stderr
        assert any(line.startswith("progress: [plain]") for line in running.stderr)
        _end(running, sent)
        running.stderr.read()
    assert not list(folder.rglob("threema-work-progress-*"))
    end = time.monotonic() + _SECONDS
    number = -1
    while number != (number := len(simulator.requests())):
        assert time.monotonic() < end
        time.sleep(1)
    assert number < people
