# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the playbooks of the collection, each on a subscription of its own."""

from __future__ import annotations

import concurrent.futures
import json
import subprocess
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.threema.work.tests.roles.stage import Object, command, environment, state
from ansible_collections.threema.work.tests.support import deprecations
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

_SECONDS: t.Final = 120


@dataclass
class Played:
    """How a playbook ended."""

    code: int
    output: str
    simulator: Simulator
    before: Object
    after: Object
    requests: list[Object]

    @property
    def writes(self) -> list[str]:
        """The methods of the writing requests, in order."""
        return [one["method"] for one in self.requests if one["method"] != "GET"]

    @property
    def text(self) -> str:
        """The output in one line, so that wrapped messages are found."""
        return " ".join(self.output.split())


def play(playbook: str, simulator: Simulator, folder: Path, variables: Object, *arguments: str) -> Played:
    """Run a playbook as AWX does: with variables that have types.

    :param playbook: one of the collection, or the name of a file in the folder.
    :param folder: the working directory; it is created where it is missing.
    """
    folder.mkdir(exist_ok=True)
    (folder / "variables.json").write_text(json.dumps(variables), encoding="utf-8")
    before = state(simulator)
    simulator.forget_requests()
    done = subprocess.run(
        command(
            playbook if playbook.endswith(".yml") else f"threema.work.{playbook}", "-e", "@variables.json", *arguments
        ),
        cwd=folder,
        env={**environment(folder), **simulator.environment},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    output = done.stdout + done.stderr
    assert "Traceback" not in output, output
    assert not deprecations.found_in(output), output
    return Played(done.returncode, output, simulator, before, state(simulator), simulator.requests())


def play_all(orders: t.Mapping[str, t.Callable[[Path], Played]], folder: Path) -> dict[str, Played]:
    """Play several at a time."""
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        played = {name: threads.submit(order, folder / name) for name, order in orders.items()}
        return {name: one.result() for name, one in played.items()}
