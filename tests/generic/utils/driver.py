# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module as a process of its own and returns all that it said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t
from dataclasses import dataclass

from ansible_collections.threema.work.tests.support import deprecations

from .collection import Json


@dataclass(frozen=True)
class Run:
    """What a run of a module left behind: all texts, and its result."""

    stdout: str
    stderr: str
    log: str
    code: int

    @property
    def result(self) -> Json:
        """What it returned, without what is only for Ansible: from 2.22 on, the secrets that are to be redacted."""
        returned: Json = json.loads(self.stdout)
        return {name: value for name, value in returned.items() if not name.startswith("_ansible_")}

    @property
    def failed(self) -> bool:
        """Whether it ended with a failure."""
        return self.code != 0

    @property
    def kind(self) -> str | None:
        """The kind of its failure."""
        failure: Json = self.result.get("failure", {})
        return failure.get("kind")

    @property
    def text(self) -> str:
        """All it wrote, to whatever."""
        return self.stdout + self.stderr + self.log

    def __str__(self) -> str:
        return f"code {self.code}\n{self.stdout}\n{self.stderr}"


class Driver:
    """The process that runs the modules; a context manager."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("THREEMA_WORK_API")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ansible_collections.threema.work.tests.generic.utils.server"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Driver:
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.communicate(timeout=30)

    def run(
        self,
        module: str,
        args: Json,
        *,
        check: bool = False,
        no_log: bool = False,
        journal: bool = False,
        waits: bool = True,
        environment: t.Mapping[str, str] | None = None,
        seconds: int = 0,
    ) -> Run:
        """
        Run a module with diff mode on, at the verbosity of -vvv. What it ``waits`` for may be had at once.

        :param seconds: after so many it is ended by SIGALRM, and its code is negative; 0 for no end.
        """
        keywords = {"check_mode": check, "no_log": no_log, "diff": True, "verbosity": 3, "module_name": module}
        order = {
            "module": module,
            "args": {**args, **{f"_ansible_{name}": value for name, value in keywords.items()}},
            "journal": journal,
            "waits": waits,
            "environment": dict(environment or {}),
            "seconds": seconds,
        }
        stdin, stdout = t.cast(t.TextIO, self._process.stdin), t.cast(t.TextIO, self._process.stdout)
        stdin.write(json.dumps(order) + "\n")
        stdin.flush()
        run = Run(**json.loads(stdout.readline()))
        assert not deprecations.found_in(run.stdout), run.stdout
        return run
