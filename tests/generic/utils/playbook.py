# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs tasks with ansible-playbook."""

from __future__ import annotations

import json
import os
import subprocess
import typing as t
from pathlib import Path

from ansible_collections.threema.work.tests.support import deprecations
from ansible_collections.threema.work.tests.support.interpreter import interpreter

from .cases import Case
from .collection import NAME, ROOT, Json

Tasks = t.List[Json]
#: Ansible's own settings must not depend on who runs the tests.
SETTINGS: t.Final = {
    "ANSIBLE_COLLECTIONS_PATH": str(ROOT.parents[2]),
    "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false",
    "ANSIBLE_LOCALHOST_WARNING": "false",
    "ANSIBLE_NOCOLOR": "true",
    "ANSIBLE_FORCE_COLOR": "false",
    # One process for a task in place of five.
    "ANSIBLE_PIPELINING": "true",
    **deprecations.ENVIRONMENT,
}


def write(folder: Path, tasks: Tasks, variables: Json, connection: Json | None = None) -> str:
    """
    Write a playbook and its variables, and return the playbook's path.

    Values of options are in a file of variables and not in the tasks: Ansible 2.19 and newer shows the source of a
    task that fails, which no module can prevent.

    :param connection: defaults for all modules of the collection, through its action group.
    """
    (folder / "variables.json").write_text(json.dumps({**variables, "service": connection}), encoding="utf-8")
    play: Json = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": interpreter()},
        "vars_files": ["variables.json"],
        "tasks": tasks,
    }
    if connection:
        play["module_defaults"] = {f"group/{NAME}.all": {name: f"{{{{ service.{name} }}}}" for name in connection}}
    playbook = folder / "playbook.yml"
    playbook.write_text(json.dumps([play]), encoding="utf-8")
    return str(playbook)


def play(
    folder: Path, tasks: Tasks, variables: Json, *args: str, connection: Json | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run tasks in a folder with ansible-playbook; nothing in it may be deprecated."""
    playbook = write(folder, tasks, variables, connection)
    temporary = {"ANSIBLE_LOCAL_TEMP": str(folder / "tmp"), "ANSIBLE_REMOTE_TEMP": str(folder / "tmp")}
    run = subprocess.run(
        [interpreter(), "-m", "ansible", "playbook", "-i", "localhost,", *args, playbook],
        cwd=folder,
        env={**os.environ, **SETTINGS, **temporary, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not deprecations.found_in(run.stdout + run.stderr), run.stdout + run.stderr
    return run


def task_of(case: Case, variable: str, args: Json, **keywords: t.Any) -> Json:
    """A task that runs a case with arguments from a variable."""
    return {
        "name": f"{case.name} ({', '.join(keywords)})",
        f"{NAME}.{case.module}": {name: f"{{{{ {variable}['{name}'] }}}}" for name in args},
        "ignore_errors": True,
        **({"no_log": True} if case.get("reveals") else {}),
        **keywords,
    }
