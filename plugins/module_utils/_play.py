# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Noticing that ansible-playbook was killed, although the worker that reads the module's output goes on.

Ansible forks a worker for each task. If ansible-playbook is killed (SIGKILL), its workers live on, on all versions, and
wait for their modules; nobody would see what these write. The worker is the process above the module that has the same
command line as its parent; once that parent is another one, ansible-playbook has ended. Where processes cannot be seen
(another host, or no ``/proc``), nothing is noticed.
"""

from __future__ import annotations

import os
import typing as t

#: Between a module and the worker there are shells, and programs such as sudo.
_MOST: t.Final = 12
#: Parts of a command line that may name Ansible: ``ansible-playbook``, or ``python -m ansible``.
_PARTS: t.Final = 3
#: Places behind the name of the program (proc_pid_stat(5)).
_PARENT: t.Final = 1
_STARTED: t.Final = 19


class Worker(t.NamedTuple):
    """A process that was forked by ansible-playbook; ``started`` tells it from another one with its number."""

    number: int
    parent: int
    started: str


def worker_above(number: int) -> Worker | None:
    """The worker that a process belongs to; None if that cannot be seen.

    :param number: the parent of the process.
    """
    for _each in range(_MOST):
        found = _stat(number)
        if found is None or number <= 1:
            return None
        own = _command(number)
        if own == _command(found.parent) and _is_ansible(own):
            return found
        number = found.parent
    return None


def is_alone(worker: Worker) -> bool:
    """Whether a worker is still there, but ansible-playbook is not; a worker that has ended did so by itself."""
    now = _stat(worker.number)
    return now is not None and now.started == worker.started and now.parent != worker.parent


def _stat(number: int) -> Worker | None:
    try:
        with open(f"/proc/{number}/stat", encoding="utf-8", errors="replace") as file:
            # The name of the program is in parentheses, and may contain anything.
            fields = file.read().rpartition(")")[2].split()
        return Worker(number, int(fields[_PARENT]), fields[_STARTED])
    except (OSError, ValueError, IndexError):
        return None


def _command(number: int) -> list[bytes]:
    try:
        with open(f"/proc/{number}/cmdline", "rb") as file:
            return file.read().split(b"\0")
    except OSError:
        return []


def _is_ansible(command: t.Sequence[bytes]) -> bool:
    return any(os.path.basename(part).partition(b"-")[0] == b"ansible" for part in command[:_PARTS])
