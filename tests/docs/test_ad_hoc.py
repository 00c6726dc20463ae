# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ad hoc commands, exactly as the pages write them, with the environment and the simulator that the README tells of."""

from __future__ import annotations

import json
import re
import shlex
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.generic.utils.collection import NAME, Json, documentation
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .commands import commands_of, exports_of, words_of
from .pages import all_blocks, blocks_of
from .stage import Shown, Stage, unexpected

_README: t.Final = blocks_of("README.md")
_COMMANDS: t.Final = sorted(
    {
        command
        for block in all_blocks("shell")
        for command in commands_of(block.text)
        if command.startswith("ansible ") and not block.not_run
    }
)
#: What some of them find among the people of ``world.yml``: the key of the result, that of its objects, and the values.
_ANSWERS: t.Final = {
    f"ansible localhost -m {NAME}.user_info -a inactive_days=90": (
        "users",
        "threema_id",
        ["MAXGONE1", "ORPHAN01", "TEAM0001"],
    ),
    f"ansible localhost -m {NAME}.user_info -a duplicate=true": ("users", "threema_id", ["TEAM0001"]),
    f"ansible localhost -m {NAME}.user_info -a orphaned=true": ("users", "threema_id", ["ORPHAN01"]),
    f"ansible localhost -m {NAME}.credential_info -a unused=true": (
        "credentials",
        "username",
        ["nora.new", "svc-alarm"],
    ),
}


def _simulator_arguments() -> list[str]:
    """What `make simulator` of the README starts it with, but for the port."""
    commands = [one for block in _README if block.language == "shell" for one in commands_of(block.text)]
    words = words_of(next(one for one in commands if one.startswith("make simulator")))
    return shlex.split(next(word for word in words if word.startswith("ARGS=")).removeprefix("ARGS="))


@pytest.fixture(scope="module")
def filled() -> t.Iterator[Simulator]:
    """The simulator of the README."""
    with Simulator(*_simulator_arguments()) as running:
        yield running


@pytest.fixture
def at_hand(filled: Simulator, tmp_path: Path) -> Stage:
    """An empty directory beside it."""
    return Stage(filled, tmp_path, world=False)


def _returned(shown: Shown) -> Json:
    """What a module returned, from the output of an ad hoc command."""
    # With --diff, the diff comes first.
    found = re.search(r"^localhost \| (?:SUCCESS|CHANGED) => ", shown.output, re.MULTILINE)
    assert found, shown.output
    return t.cast(Json, json.JSONDecoder().raw_decode(shown.output[found.end() :])[0])


def test_the_readme_exports_what_the_simulator_prints(filled: Simulator) -> None:
    """Who copies both lines reaches the simulator that the command before them starts."""
    exported = exports_of(_README)
    assert exported["THREEMA_WORK_API_KEY"] == filled.key
    port = filled.url.split(":")[2].split("/")[0]
    assert exported["THREEMA_WORK_API_URL"] == filled.url.replace(port, "8025")


def test_the_readme_shows_who_was_not_seen_for_long() -> None:
    """The most common question of all is answered on the first page."""
    asked = f"ansible localhost -m {NAME}.user_info -a inactive_days=90"
    assert asked in [one for block in _README if block.language == "shell" for one in commands_of(block.text)]


def _check(stage: Stage, command: str) -> Json:
    """It succeeds, returns what the documentation of its module says, and writes only if it may."""
    words = words_of(command)
    module = words[words.index("-m") + 1].removeprefix(f"{NAME}.")
    shown = stage.run(command, stage.environment_of("README.md"))
    assert shown.code == 0, shown.output
    returned = _returned(shown)
    documented = documentation()[module]["return"]
    always = {name for name, one in documented.items() if one["returned"].split(",")[0] in ("success", "always")}
    assert always <= set(returned), shown.output
    assert returned["api_requests"] == len(shown.requests) > 0
    assert all(one["api_key_ok"] for one in shown.requests)
    if module.endswith("_info") or "--check" in words:
        assert {one["method"] for one in shown.requests} == {"GET"}
    assert not unexpected(shown), shown.output
    return returned


@pytest.mark.parametrize("command", sorted(set(_COMMANDS).difference(_ANSWERS)))
def test_ad_hoc_command(at_hand: Stage, command: str) -> None:
    """It does what its module promises, in the subscription that the README fills."""
    _check(at_hand, command)


@pytest.mark.parametrize("command", _ANSWERS)
def test_what_is_found(stage: Stage, command: str) -> None:
    """The answer is about the people who are there."""
    assert command in _COMMANDS, f"no page shows {command}"
    key, name, found = _ANSWERS[command]
    assert sorted(one[name] for one in _check(stage, command)[key]) == found


def test_a_command_that_is_wrong_fails(at_hand: Stage) -> None:
    """The tests above can fail: an option that does not exist, and a key that the service does not know."""
    environment = at_hand.environment_of("README.md")
    right = f"ansible localhost -m {NAME}.subscription_info"
    assert at_hand.run(f"{right} -a inactive=90", environment).code != 0
    assert at_hand.run(right, {**environment, "THREEMA_WORK_API_KEY": "another-key"}).code != 0
