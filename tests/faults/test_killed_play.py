# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-playbook is killed outright: its worker lives on, and the module stops between two writes all the same."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.plugins.module_utils._play import worker_above
from ansible_collections.threema.work.tests.roles.stage import command, environment
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="processes can only be seen on Linux")

_SECONDS: t.Final = 60
_PEOPLE: t.Final = 60
_BEFORE: t.Final = 8
#: As many writes as are under way at once, and those that began while the play was being killed.
_MORE: t.Final = 4 + 4

_MODULE: t.Final = """
import os, sys, time
from ansible_collections.threema.work.plugins.module_utils._play import is_alone, worker_above
worker = worker_above(os.getppid())
print(worker is not None, worker is not None and is_alone(worker), flush=True)
for _each in range(1000):
    time.sleep(0.02)
    if worker is None or is_alone(worker) or not os.path.exists(f"/proc/{worker.number}"):
        break
print(worker is not None and is_alone(worker), flush=True)
"""
_PLAY: t.Final = """
import os, subprocess, sys, time
if os.fork():
    # It does not wait for its worker, of which nothing is left then.
    import signal
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    time.sleep(60)
module = subprocess.Popen([sys.executable, "-c", os.environ["MODULE"]])
sys.stdin.readline()
os._exit(0)
"""


@pytest.mark.parametrize(
    ("name", "worker_ends", "lines"),
    [
        ("ansible-playbook", False, ["True False", "True"]),
        ("ansible-playbook", True, ["True False", "False"]),
        ("ansible_something", False, ["False False", "False"]),
    ],
)
def test_who_is_gone(tmp_path: Path, name: str, worker_ends: bool, lines: list[str]) -> None:
    """A play that was killed; a worker that ended by itself, as that of a task in the background; another program."""
    (tmp_path / name).write_text(_PLAY, encoding="utf-8")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(
        [sys.executable, str(tmp_path / name)], env={**os.environ, "MODULE": _MODULE}, **pipes
    ) as play:
        try:
            assert play.stdin and play.stdout
            first = play.stdout.readline().strip()
            if worker_ends:
                play.stdin.write("\n")
                play.stdin.flush()
            else:
                play.kill()
            assert select.select([play.stdout], [], [], _SECONDS)[0]
            assert [first, play.stdout.readline().strip()] == lines
        finally:
            play.kill()


def test_who_was_not_started_by_ansible_has_no_worker() -> None:
    assert worker_above(os.getppid()) is None
    assert worker_above(1) is None
    assert worker_above(-1) is None


def test_a_killed_play(simulator: Simulator, tmp_path: Path) -> None:
    people = [{"username": f"p{number:02}"} for number in range(_PEOPLE)]
    task = {"threema.work.credentials": {"credentials": people, "generate_password": True}}
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}
    play["vars"] = {"ansible_python_interpreter": sys.executable}
    (tmp_path / "play.yml").write_text(json.dumps([play]), encoding="utf-8")
    simulator.fault(method="POST", kind="slow", after_work=True, seconds=0.2, times=None)
    running = subprocess.Popen(
        command("play.yml", python=sys.executable),
        cwd=tmp_path,
        env={**environment(tmp_path), **simulator.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with running:
        _wait(lambda: len(simulator.requests()) >= _BEFORE)
        running.kill()
    killed_at = len(simulator.requests())
    _wait(lambda: not _is_at_work(tmp_path))
    assert len(simulator.requests()) <= killed_at + _MORE
    assert len(simulator.state()["credentials"]) < _PEOPLE


def _wait(until: t.Callable[[], bool]) -> None:
    end = time.monotonic() + _SECONDS
    while not until():
        assert time.monotonic() < end
        time.sleep(0.05)


def _is_at_work(folder: Path) -> bool:
    """Whether a module or worker of the play is still there: they work in its folder."""
    return any(_folder_of(number) == str(folder) for number in os.listdir("/proc") if number.isdigit())


def _folder_of(number: str) -> str:
    try:
        return os.readlink(f"/proc/{number}/cwd")
    except OSError:
        return ""
