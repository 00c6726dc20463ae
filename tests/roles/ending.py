# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ends a play in the middle, with all the processes that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from ansible_collections.threema.work.tests.roles.stage import Host, environment, prepare

_DEADLINE = 60.0


def _children() -> dict[int, list[int]]:
    """The processes of this machine by parent."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            after_name = entry.read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
            children.setdefault(int(after_name[1]), []).append(int(entry.parent.name))
    return children


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL a process and all that it started; workers and modules have sessions of their own."""
    doomed = [process.pid]
    for _generation in range(20):
        for pid in doomed:
            with contextlib.suppress(ProcessLookupError):
                # Stopped, it starts nothing more.
                os.kill(pid, signal.SIGSTOP)
        children = _children()
        more = [child for pid in doomed for child in children.get(pid, []) if child not in doomed]
        if not more:
            break
        doomed += more
    for pid in doomed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait(_DEADLINE)


def kill_after(role: str, folder: Path, name: str, host: Host, number: int) -> int:
    """Play a role until so many requests were carried out, and kill it before it hears of the last one.

    Returns how ansible-playbook ended.
    """
    folder.mkdir()
    simulator = host.simulator
    simulator.forget_requests()
    simulator.fault(kind="slow", after_work=True, seconds=20, skip=number - 1)
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            prepare(role, folder, {name: host}, (), sys.executable),
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            end = time.monotonic() + _DEADLINE
            while time.monotonic() < end and len(simulator.requests()) < number and process.poll() is None:
                time.sleep(0.05)
        finally:
            kill_all(process)
    # Of several that are under way at once, more may have arrived.
    assert len(simulator.requests()) >= number, (folder / "output").read_text(encoding="utf-8")
    return process.returncode
