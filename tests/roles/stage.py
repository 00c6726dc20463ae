# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays roles with the real ansible-playbook: each host is a simulated subscription of its own, all in one run."""

from __future__ import annotations

import json
import os
import subprocess
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.threema.work.tests.support import deprecations, simulator_process
from ansible_collections.threema.work.tests.support.interpreter import interpreter
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

Object = t.Dict[str, t.Any]
_COLLECTIONS: t.Final = Path(simulator_process.__file__).parents[5]
_SECONDS: t.Final = 300
#: What every request changes, and what tests set themselves.
_COUNTERS: t.Final = ("requests", "quota", "licenses", "switches", "latency_ms")
#: Writes what a host found to a file, and shows nothing of it; the module copy would start two processes for each host.
_KEEP: t.Final = """
import json
from ansible.plugins.action import ActionBase
class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        content = self._task.args["content"]
        with open(self._task.args["dest"], "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))
        return {"changed": True}
"""


class Pool:
    """Subscriptions of simulators, started when they are needed, begun anew each time they are lent."""

    def __init__(self) -> None:
        self._all: list[Simulator] = []

    def lend(self, number: int) -> list[Simulator]:
        """So many empty simulators. What was lent before is taken back."""
        if number > len(self._all):
            # In one process: to start one takes a second.
            self._all += Simulator.several(number - len(self._all))
        for simulator in self._all[:number]:
            simulator.control("DELETE", "faults")
            simulator.reset()
        return self._all[:number]

    def stop(self) -> None:
        """End them all."""
        for simulator in self._all:
            simulator.stop()


@dataclass
class Host:
    """A subscription, and the variables with which the role is called on it."""

    simulator: Simulator
    variables: Object
    check: bool = False


@dataclass
class Outcome:
    """What one run did to one subscription.

    :ivar failure: the message with which the role failed, None if it did not.
    :ivar facts: what the role set, by name.
    """

    failure: str | None
    facts: Object
    requests: list[Object]
    before: Object
    after: Object
    output: str = field(repr=False, default="")

    @property
    def methods(self) -> list[str]:
        """The methods of the requests, in order."""
        return [one["method"] for one in self.requests]

    @property
    def writes(self) -> list[str]:
        """The methods of the writing requests, in order."""
        return [method for method in self.methods if method != "GET"]


def environment(folder: Path) -> dict[str, str]:
    """For ansible-playbook: nothing of who runs the tests, little to start."""
    settings = {
        "ANSIBLE_COLLECTIONS_PATH": str(_COLLECTIONS),
        "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false",
        "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"),
        "ANSIBLE_REMOTE_TEMP": str(folder / "tmp"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PIPELINING": "true",
        "ANSIBLE_FORKS": "4",
        **deprecations.ENVIRONMENT,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("THREEMA_", "ANSIBLE_"))}
    return {**kept, **settings}


def command(*arguments: str, python: str | None = None) -> list[str]:
    """ansible-playbook.

    :param python: what runs it; a test that sends signals to processes, or depends on their parents, needs Python.
    """
    return [python or interpreter(), "-m", "ansible", "playbook", *arguments]


def prepare(
    role: str, folder: Path, hosts: t.Mapping[str, Host], facts: t.Sequence[str], python: str | None = None
) -> list[str]:
    """Write inventory and playbook; returns the command that plays them, see `command`."""
    names = ", ".join(f"'{name}': {name} | default(none)" for name in ("failure", *facts))
    play = {
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": python or interpreter()},
        "module_defaults": {
            "group/threema.work.all": {
                "api_url": "{{ simulator_url }}",
                "api_key": "{{ simulator_key }}",
                "api_retries": "{{ simulator_retries | default(0) }}",
            }
        },
        "tasks": [
            {
                "block": [
                    {
                        "ansible.builtin.include_role": {
                            "name": f"threema.work.{role}",
                            "apply": {"check_mode": "{{ simulator_check }}"},
                        }
                    }
                ],
                "rescue": [{"ansible.builtin.set_fact": {"failure": "{{ ansible_failed_result.msg }}"}}],
            },
            {
                "keep": {
                    "content": "{{ {" + names + "} | to_json }}",
                    "dest": f"{folder}/" + "{{ inventory_hostname }}.json",
                },
            },
        ],
    }
    inventory = {
        name: {
            **host.variables,
            "simulator_url": host.simulator.url,
            "simulator_key": host.simulator.key,
            "simulator_check": host.check,
        }
        for name, host in hosts.items()
    }
    (folder / "action_plugins").mkdir(exist_ok=True)
    (folder / "action_plugins/keep.py").write_text(_KEEP, encoding="utf-8")
    (folder / "playbook.yml").write_text(json.dumps([play]), encoding="utf-8")
    (folder / "inventory.json").write_text(json.dumps({"all": {"hosts": inventory}}), encoding="utf-8")
    return command("-i", str(folder / "inventory.json"), str(folder / "playbook.yml"), python=python)


def run_role(
    role: str, folder: Path, hosts: t.Mapping[str, Host], facts: t.Sequence[str], *arguments: str
) -> dict[str, Outcome]:
    """Call the role on all hosts at once."""
    before = {}
    for name, host in hosts.items():
        before[name] = state(host.simulator)
        host.simulator.forget_requests()
        (folder / f"{name}.json").unlink(missing_ok=True)
    done = subprocess.run(
        [*prepare(role, folder, hosts, facts), *arguments],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    assert "Traceback" not in output, output
    assert not deprecations.found_in(output), output
    outcomes = {}
    for name, host in hosts.items():
        told = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        failure = told.pop("failure")
        outcomes[name] = Outcome(failure, told, host.simulator.requests(), before[name], state(host.simulator), output)
    return outcomes


def state(simulator: Simulator) -> Object:
    """The whole subscription, without counters."""
    return {name: value for name, value in simulator.state().items() if name not in _COUNTERS}
