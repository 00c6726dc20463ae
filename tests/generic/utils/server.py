# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs modules, each in a process of its own, forked from this one, where all that they import is loaded already.

It reads orders from its standard input, a JSON object on each line, and answers each with one line. What a module
writes to the system's log is recorded in place of being sent there.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import runpy
import signal
import sys
import syslog
import tempfile
import traceback
import typing as t
import warnings

from ansible.module_utils import basic
from ansible_collections.threema.work.plugins import module_utils
from ansible_collections.threema.work.tests.support.clock import Clock, stand_still

# Loaded once, before the processes that serve orders part from this one.
importlib.import_module("requests")

Order = t.Dict[str, t.Any]


class _Journal:
    """Stands for systemd.journal, and keeps all that it is sent."""

    def __init__(self, write: t.Callable[[str], object]) -> None:
        self._write = write

    def send(self, *args: t.Any, **fields: t.Any) -> None:
        self._write(repr((args, fields)))


def run_module(order: Order, folder: str) -> t.NoReturn:
    """In the forked process: become the module."""
    signal.alarm(order["seconds"])
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT, 0o600), number)
    os.environ.update(order["environment"])

    def write(*args: t.Any) -> None:
        with open(f"{folder}/log", "a", encoding="utf-8") as log:
            log.write(json.dumps([str(arg) for arg in args]) + "\n")

    syslog.syslog = write  # type: ignore[assignment]
    syslog.openlog = write  # type: ignore[assignment]
    basic.has_journal = order["journal"]
    basic.journal = _Journal(write)
    for name in ("__main__", r"ansible_collections\.threema\."):
        warnings.filterwarnings("error", category=DeprecationWarning, module=name)
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": order["args"]}).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    sys.argv = [order["module"]]
    if not order["waits"]:
        Clock().install(setattr)
    code = 1
    try:
        runpy.run_module(f"ansible_collections.threema.work.plugins.modules.{order['module']}", run_name="__main__")
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def read(path: str) -> str:
    """The text of a file, empty where there is none."""
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def main() -> None:
    """Answer one order after the other."""
    stand_still(setattr)
    for found in pkgutil.walk_packages(module_utils.__path__, f"{module_utils.__name__}."):
        importlib.import_module(found.name)
    for line in sys.stdin:
        with tempfile.TemporaryDirectory() as folder:
            child = os.fork()
            if child == 0:
                run_module(json.loads(line), folder)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            answer = {name: read(f"{folder}/{name}") for name in ("stdout", "stderr", "log")}
        sys.stdout.write(json.dumps({**answer, "code": code}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
