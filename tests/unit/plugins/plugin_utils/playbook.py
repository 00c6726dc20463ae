# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs tasks with the real ansible-playbook, for the tests of plugins."""

from __future__ import annotations

import json
import os
import subprocess
import typing as t
from pathlib import Path

import yaml
from ansible_collections.threema.work.plugins.plugin_utils import _roster
from ansible_collections.threema.work.tests.support import deprecations
from ansible_collections.threema.work.tests.support.interpreter import interpreter

COLLECTIONS: t.Final = Path(_roster.__file__).parents[5]


def evaluate(
    folder: Path,
    expressions: t.Mapping[str, str],
    variables: t.Mapping[str, t.Any],
    start: Path | None = None,
    **settings: str,
) -> dict[str, t.Any]:
    """Template expressions in a playbook in a folder; each gives its value, or the message with which it failed.

    The value of an earlier one is the variable result_ and its name. Ansible is started in ``start``, or in the folder.
    Settings are environment variables.
    """
    tasks: list[dict[str, t.Any]] = []
    for name, expression in expressions.items():
        fact = f"result_{name}"
        tasks.append(
            {
                "block": [{"ansible.builtin.set_fact": {fact: "{{ " + expression + " }}"}}],
                "rescue": [{"ansible.builtin.set_fact": {fact: "{{ {'failed': ansible_failed_result.msg} }}"}}],
            }
        )
    names = ", ".join(f"'{name}': result_{name}" for name in expressions)
    result = folder / "result.json"
    tasks.append({"ansible.builtin.copy": {"content": "{{ {" + names + "} | to_json }}", "dest": str(result)}})
    variables = {"ansible_python_interpreter": interpreter(), **variables}
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "vars": variables, "tasks": tasks}
    playbook = folder / "playbook.yml"
    # In YAML: before 2.19, JSON has no place, and relative paths are searched for where Ansible was started.
    playbook.write_text(yaml.safe_dump([play]), encoding="utf-8")
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false",
        "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"),
        "ANSIBLE_REMOTE_TEMP": str(folder / "tmp"),
        "ANSIBLE_NOCOLOR": "1",
        **deprecations.ENVIRONMENT,
        **settings,
    }
    # Not python -m ansible: in ansible-test's environment, ansible-core is not installed, and only lies on the path.
    run = subprocess.run(
        [interpreter(), "-m", "ansible.cli.playbook", "-i", "localhost,", str(playbook)],
        cwd=start or folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    output = run.stdout + run.stderr
    assert run.returncode == 0, output
    assert "Traceback" not in output
    assert not deprecations.found_in(output), output
    return t.cast("dict[str, t.Any]", json.loads(result.read_text(encoding="utf-8")))
