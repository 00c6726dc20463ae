# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs what the pages show in an empty directory, against a simulated subscription as ``world.yml`` describes it."""

from __future__ import annotations

import base64
import os
import re
import shlex
import subprocess
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from urllib.parse import quote

from ansible.module_utils.common.yaml import yaml_load
from ansible_collections.threema.work.tests.generic.utils.cases import prepare, send
from ansible_collections.threema.work.tests.generic.utils.collection import Json
from ansible_collections.threema.work.tests.generic.utils.leaks import Watch
from ansible_collections.threema.work.tests.generic.utils.playbook import SETTINGS
from ansible_collections.threema.work.tests.support.interpreter import interpreter
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .checks import form_of, load_yaml
from .commands import commands_of, exports_of, program_of, runs
from .pages import Block, blocks_of

WORLD: t.Final[Json] = yaml_load(Path(__file__).with_name("world.yml").read_text(encoding="utf-8"))
#: The pages say the port of `make simulator`; the tests take a free one.
_WRITTEN: t.Final = "127.0.0.1:8025"
#: Where the pages say that an administrator keeps files.
_SERVER_FILES: t.Final = "/srv/"
_SECONDS: t.Final = 120
#: What Ansible says on every machine without an inventory is no sign of a wrong page.
_QUIET: t.Final = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}


@dataclass(frozen=True)
class Shown:
    """What a run printed, and what the service received."""

    code: int
    output: str
    requests: list[Json]


#: The simulators that have kept the world.
_KEPT: t.Final[set[str]] = set()


def _become_the_world(simulator: Simulator) -> None:
    """Bring a simulator into the state of ``world.yml``, by thirty requests for the first time and then by one."""
    if simulator.url in _KEPT:
        simulator.control("POST", "restore", {"name": "world"})
        return
    prepare(simulator, WORLD["state"])
    for sync in WORLD["sync"]:
        simulator.control("POST", "sync", sync)
    for credential in simulator.state()["credentials"]:
        if credential["username"] in WORLD["removed"]:
            send(simulator, {"method": "DELETE", "path": f"/credentials/{quote(credential['id'], safe='')}"})
    simulator.control("POST", "keep", {"name": "world"})
    _KEPT.add(simulator.url)


class Stage:
    """A directory and a subscription, both as new."""

    def __init__(self, simulator: Simulator, folder: Path, *, world: bool = True) -> None:
        """
        Begin anew.

        :param world: whether the subscription is that of ``world.yml``; otherwise as the simulator was started.
        """
        self.simulator = simulator
        self.folder = folder
        self._address = simulator.url.removeprefix("http://").split("/")[0]
        if world:
            _become_the_world(simulator)
        else:
            prepare(simulator, {})
        for name, content in WORLD["files"].items():
            encoded = content.removeprefix("=base64:")
            self._write(name, content.encode() if encoded == content else base64.b64decode(encoded))
        #: Keys that the pages take from variables of other names are that of the simulator too.
        self._variables = dict.fromkeys(WORLD["keys"], simulator.key)
        self._watch = Watch()
        self._watch.learn(simulator.state(), {"api_key": simulator.key})

    def set_global_settings(self, settings: Json) -> None:
        """Give the subscription these global settings, and no others."""
        for name in self.simulator.state()["settings"]:
            send(self.simulator, {"method": "DELETE", "path": f"/mdm/{name}"})
        for name, value in settings.items():
            send(self.simulator, {"method": "POST", "path": "/mdm", "json": {"property": name, "value": value}})

    def add_own_settings(self, settings: t.Mapping[str, Json]) -> None:
        """Give credentials settings besides those of the world, by username."""
        ids = {one["username"]: quote(one["id"], safe="") for one in self.simulator.state()["credentials"]}
        for username, values in settings.items():
            for name, value in values.items():
                body = {"property": name, "value": value}
                send(self.simulator, {"method": "POST", "path": f"/credentials/{ids[username]}/mdm", "json": body})

    def found(self) -> Json:
        """What there is in the subscription now, as the recipes tell it."""
        state = self.simulator.state()
        return {
            "contacts": sorted(one["threema_id"] for one in state["contacts"] if one["type"] == "custom"),
            "credentials": sorted(one["username"] for one in state["credentials"]),
            "own settings": {one["username"]: one["settings"] for one in state["credentials"] if one["settings"]},
            "revoked": state["revoked"],
            "settings": state["settings"],
            "users": sorted(one["threema_id"] for one in state["users"]),
        }

    def _write(self, name: str, content: bytes) -> None:
        place = self.folder / name.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    def _here(self, text: str) -> str:
        """A text of a page, with the addresses that it has in a test."""
        return text.replace(_WRITTEN, self._address).replace(_SERVER_FILES, f"{self.folder}{_SERVER_FILES}")

    def run(self, script: str, environment: t.Mapping[str, str]) -> Shown:
        """Run commands in one shell, which ends with the first that fails."""
        self.simulator.forget_requests()
        temporary = {"ANSIBLE_LOCAL_TEMP": str(self.folder / ".tmp"), "ANSIBLE_REMOTE_TEMP": str(self.folder / ".tmp")}
        folders = [str(Path(python).parent) for python in (interpreter(), sys.executable)]
        path = os.pathsep.join([*folders, os.environ["PATH"]])
        run = subprocess.run(
            ["bash", "-eu", "-c", self._here(script)],
            cwd=self.folder,
            env={**os.environ, **SETTINGS, **_QUIET, **temporary, "PATH": path, **self._variables, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
        requests = self.simulator.requests()
        self._watch.learn(self.simulator.state(), requests)
        output = run.stdout + run.stderr
        assert not self._watch.found_in(output), f"a secret was printed:\n{output}"
        return Shown(run.returncode, output, requests)

    def environment_of(self, page: str) -> dict[str, str]:
        """The variables that a page says to export; what it leaves to the reader is that of the simulator."""
        return {**self.simulator.environment, **{k: self._here(v) for k, v in exports_of(blocks_of(page)).items()}}

    def lay_out(self, page: str) -> None:
        """Write the files of a page."""
        for other in blocks_of(page):
            if other.file:
                self._write(other.file, self._here(other.text).encode())

    def run_block(self, block: Block) -> Shown:
        """Run a block with the files and the environment of its page."""
        self.lay_out(block.page)
        script = script_of(block)
        if block.language == "yaml":
            self._write(_name_of(block), self._here(_playbook(block)).encode())
        return self.run(script, self.environment_of(block.page))


def unexpected(shown: Shown) -> list[str]:
    """Lines of a successful run that nobody wants to see, but for warnings that the pages speak of."""
    known = [re.compile(text) for text in WORLD["warnings"]]
    lines = [line for line in shown.output.splitlines() if re.match(r"\[(WARNING|DEPRECATION)|\.\.\.ignoring", line)]
    return [line for line in lines if not any(text.search(line) for text in known)]


def script_of(block: Block) -> str:
    """The shell script that runs a block; empty where nothing of it can be run."""
    if block.language == "shell":
        commands: list[str] = []
        for command in commands_of(block.text):
            # A directory is only there if a command before it in the block has made it.
            if runs(command) or (commands and program_of(command) == "cd"):
                commands.append(command)
        # Ad hoc commands are a test of their own, one by one.
        return "\n".join(commands) if any(not command.startswith("ansible ") for command in commands) else ""
    if block.language == "yaml" and form_of(load_yaml(block.text)) in ("playbook", "tasks"):
        return f"ansible-playbook {shlex.quote(_name_of(block))}"
    return ""


def _name_of(block: Block) -> str:
    return block.file or "block.yml"


def _playbook(block: Block) -> str:
    if form_of(load_yaml(block.text)) == "playbook":
        return block.text
    return "- name: The tasks of a page\n  hosts: localhost\n  gather_facts: false\n  tasks:\n" + indent(
        block.text.removeprefix("---\n"), "    "
    )
