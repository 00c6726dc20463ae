# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the playbooks of the collection, each on a subscription of its own, or one on many subscriptions at once."""

from __future__ import annotations

import concurrent.futures
import json
import re
import subprocess
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.threema.work.tests.roles.stage import Object, command, environment, state
from ansible_collections.threema.work.tests.support import deprecations
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

_SECONDS: t.Final = 120


#: What begins what is printed of one host; from core 2.19 on, the reason of a failure stands above it.
_OF_A_HOST: t.Final = re.compile(r"^(?=\[ERROR\]|(?:ok|changed|fatal|skipping|failed|included): )", re.MULTILINE)
_REASON: t.Final = "[ERROR]"


@dataclass
class Played:
    """How a playbook ended.

    :ivar output: what was printed of this subscription.
    :ivar printed: all that was printed.
    """

    code: int
    output: str
    simulator: Simulator
    before: Object
    after: Object
    requests: list[Object]
    printed: str = field(repr=False, default="")

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
    name = playbook if playbook.endswith(".yml") else f"threema.work.{playbook}"
    code, output = _run(folder, simulator.environment, name, "-e", "@variables.json", *arguments)
    return Played(code, output, simulator, before, state(simulator), simulator.requests(), output)


def _run(folder: Path, variables: t.Mapping[str, str], *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        command(*arguments),
        cwd=folder,
        env={**environment(folder), **variables},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    output = done.stdout + done.stderr
    assert "Traceback" not in output, output
    assert not deprecations.found_in(output), output
    return done.returncode, output


def play_on_all(
    playbook: str, orders: t.Mapping[str, tuple[Simulator, Object]], folder: Path, *arguments: str
) -> dict[str, Played]:
    """Run a playbook of the collection once, on a host for each order.

    The hosts are a group of the name for which the playbooks are written, localhost. Each has the variables of its
    order, and its subscription in those variables that every playbook takes.
    """
    folder.mkdir(exist_ok=True)
    hosts = {
        name: {"threema_work_api_url": simulator.url, "threema_work_api_key": simulator.key, **variables}
        for name, (simulator, variables) in orders.items()
    }
    inventory = {"all": {"children": {"localhost": {"hosts": hosts}}}}
    (folder / "hosts.json").write_text(json.dumps(inventory), encoding="utf-8")
    before = {}
    for name, (simulator, _variables) in orders.items():
        before[name] = state(simulator)
        simulator.forget_requests()
    _code, printed = _run(folder, {}, f"threema.work.{playbook}", "-i", "hosts.json", *arguments)
    played = {}
    for name, (simulator, _variables) in orders.items():
        output = printed_of(name, printed)
        recap = re.search(rf"^{re.escape(name)} +: ok=.*? unreachable=0 +failed=(\d+)", output, re.MULTILINE)
        assert recap, printed
        code = 2 if int(recap[1]) else 0
        played[name] = Played(code, output, simulator, before[name], state(simulator), simulator.requests(), printed)
    return played


def printed_of(name: str, printed: str) -> str:
    """What would have been printed if the playbook had run on this host alone, but for warnings, which name no host."""
    tasks, recap, end = printed.partition("PLAY RECAP")
    found = []
    for task in tasks.split("TASK ["):
        head, *pieces = _OF_A_HOST.split(task)
        whole = [
            (pieces[number - 1] if number and pieces[number - 1].startswith(_REASON) else "") + piece
            for number, piece in enumerate(pieces)
            if re.match(rf"[a-z]+: \[{re.escape(name)}\]", piece)
        ]
        if whole:
            found.append("".join(["TASK [", head, *whole]))
    lines = [line for line in end.splitlines(keepends=True) if line.startswith(f"{name} ") and " : ok=" in line]
    return "".join([*found, recap, "\n", *lines])


def play_all(orders: t.Mapping[str, t.Callable[[Path], Played]], folder: Path) -> dict[str, Played]:
    """Play several at a time, each with a start of ansible-playbook: what they share, `play_on_all` plays."""
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        played = {name: threads.submit(order, folder / name) for name, order in orders.items()}
        return {name: one.result() for name, one in played.items()}
