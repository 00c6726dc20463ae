# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variable journal of the playbooks and roles that write."""

from __future__ import annotations

import functools
import json
import subprocess
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.playbooks.plays import Played, play, play_all
from ansible_collections.threema.work.tests.roles.stage import Object, Pool, command, environment
from ansible_collections.threema.work.tests.support.interpreter import interpreter
from ansible_collections.threema.work.tests.support.modules import add
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

_JOURNAL: t.Final = "journal.jsonl"
_REVOKE: t.Final = {"usernames": "jane", "identity": "revoke"}
_DESCRIBED: t.Final = {"subscription_name": "Example Clinic", "subscription_settings": {"th_disable_export": True}}
#: The playbooks with their variables, and the arguments of the command.
_ORDERS: t.Final[dict[str, tuple[str, Object, tuple[str, ...]]]] = {
    "offboard": ("offboard", {**_REVOKE, "journal": _JOURNAL}, ()),
    "configure": ("configure", {**_DESCRIBED, "journal": _JOURNAL}, ()),
    "reset": ("reset", {"username": "jane", "identity": "detach", "new_password": "yes", "journal": _JOURNAL}, ()),
    "empty": ("offboard", {**_REVOKE, "journal": ""}, ()),
    "predicted": ("offboard", {**_REVOKE, "journal": _JOURNAL}, ("--check",)),
    "refused": ("offboard", {**_REVOKE, "journal": "missing/journal.jsonl"}, ()),
    "relative": (
        "reset",
        {"username": "jane", "identity": "detach", "journal": "relative.jsonl"},
        (),
    ),
    "refused later": ("configure", {**_DESCRIBED, "journal": "/dev/null"}, ()),
}


def populate(simulator: Simulator) -> None:
    """Somebody with one Threema ID."""
    add(simulator, "jane")
    simulator.control("POST", "activate", {"username": "jane", "password": "secret-of-jane", "threema_id": "JANE0001"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the plays run, each in a folder of its own."""
    return tmp_path_factory.mktemp("plays")


@pytest.fixture(scope="module")
def played(pool: Pool, folder: Path) -> dict[str, Played]:
    """All of them."""
    orders: dict[str, t.Callable[[Path], Played]] = {}
    for (name, (playbook, variables, arguments)), simulator in zip(_ORDERS.items(), pool.lend(len(_ORDERS))):
        populate(simulator)
        orders[name] = functools.partial(_play, playbook, simulator, variables, arguments)
    return play_all(orders, folder)


def _play(playbook: str, simulator: Simulator, variables: Object, arguments: t.Sequence[str], folder: Path) -> Played:
    given = variables.get("journal")
    place = {"journal": str(folder / given)} if given and _JOURNAL in given else {}
    return play(playbook, simulator, folder, {**variables, **place}, *arguments)


def changes(folder: Path) -> list[list[str]]:
    """Module, action and object of each line."""
    lines = [json.loads(line) for line in (folder / _JOURNAL).read_text(encoding="utf-8").splitlines()]
    return [
        [line["module"], line["action"], line.get("threema_id") or line.get("username") or line["name"]]
        for line in lines
    ]


def test_offboard(played: dict[str, Played], folder: Path) -> None:
    assert played["offboard"].code == 0, played["offboard"].output
    assert changes(folder / "offboard") == [
        ["credentials", "updated", "jane"],
        ["credentials", "removed", "JANE0001"],
        ["credentials", "removed", "jane"],
    ]


def test_configure(played: dict[str, Played], folder: Path) -> None:
    assert played["configure"].code == 0, played["configure"].output
    assert changes(folder / "configure") == [
        ["mdm_settings", "created", "th_disable_export"],
        ["subscription", "updated", "Example Clinic"],
    ]


def test_reset(played: dict[str, Played], folder: Path) -> None:
    assert played["reset"].code == 0, played["reset"].output
    assert changes(folder / "reset") == [["credential", "updated", "jane"], ["user", "removed", "JANE0001"]]


@pytest.mark.parametrize("name", ["empty", "predicted"])
def test_without_a_file(played: dict[str, Played], folder: Path, name: str) -> None:
    """An empty text of a survey counts as not given; check mode creates nothing."""
    assert played[name].code == 0, played[name].output
    assert [path.name for path in (folder / name).iterdir() if path.suffix == ".jsonl"] == []
    assert bool(played[name].writes) is (name == "empty")


def test_a_relative_path(played: dict[str, Played], folder: Path) -> None:
    """It begins where the playbook was started, and not beside the playbook, in the folder of the collection."""
    assert played["relative"].code == 0, played["relative"].output
    lines = (folder / "relative" / "relative.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["threema_id"] for line in lines] == ["JANE0001"]


@pytest.mark.parametrize("name", ["refused", "refused later"])
def test_what_cannot_be_opened(played: dict[str, Played], name: str) -> None:
    assert played[name].code != 0
    assert "journal: " in played[name].text and "othing was written" in played[name].text
    assert played[name].writes == []


@pytest.mark.parametrize("role", ["offboarding", "subscription"])
def test_one_variable_for_all_roles(pool: Pool, tmp_path: Path, role: str) -> None:
    """It has no prefix."""
    (simulator,) = pool.lend(1)
    populate(simulator)
    variables: Object = {"offboarding_usernames": ["jane"], "offboarding_identity": "keep", **_DESCRIBED}
    include: Object = {"ansible.builtin.include_role": {"name": f"threema.work.{role}"}}
    book = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": interpreter(), "journal": str(tmp_path / _JOURNAL), **variables},
        "tasks": [include],
    }
    (tmp_path / "book.yml").write_text(json.dumps([book]), encoding="utf-8")
    done = subprocess.run(
        command(str(tmp_path / "book.yml")),
        cwd=tmp_path,
        env={**environment(tmp_path), **simulator.environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(changes(tmp_path)) == (1 if role == "offboarding" else 2)
