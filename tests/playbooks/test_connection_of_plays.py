# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the playbooks reach the service: the key from the environment or a vault, and never as somebody else."""

from __future__ import annotations

import functools
import json
import subprocess
import typing as t
from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.threema.work.tests.playbooks.plays import play_all
from ansible_collections.threema.work.tests.roles.people import populate
from ansible_collections.threema.work.tests.roles.stage import Object, Pool, command, environment
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

VAULT: t.Final = "the-password-of-the-vault"
PLAYBOOKS: t.Final[dict[str, Object]] = {
    "onboard": {"roster_text": "username\nnew\n"},
    "offboard": {"usernames": "anna", "identity": "detach"},
    "configure": {"subscription_name": "Example Clinic"},
    "reset": {"username": "berta", "identity": "detach"},
}
#: Where the key comes from, or how it is missing; all playbooks have it from the same lines (tests/generic).
MISSING: t.Final = ("none", "empty", "blank")
GIVEN: t.Final = [("onboard", "file"), *((playbook, "value") for playbook in PLAYBOOKS)]
NOT_GIVEN: t.Final = [*(("onboard", key) for key in MISSING), *((playbook, "blank") for playbook in [*PLAYBOOKS][1:])]


def _encrypted(text: str) -> str:
    vault = VaultLib([("default", VaultSecret(VAULT.encode()))])
    return t.cast("bytes", vault.encrypt(text, vault.secrets[0][1])).decode()


def _secrets(simulator: Simulator, key: str) -> str:
    """The file with the key: encrypted as a whole, or the value in it; or without a key."""
    connection = {"threema_work_api_key": simulator.key, "threema_work_api_url": simulator.url}
    if key == "file":
        return _encrypted(json.dumps(connection))
    if key == "value":
        lines = "".join(f"  {line}\n" for line in _encrypted(simulator.key).splitlines())
        return f"threema_work_api_key: !vault |\n{lines}threema_work_api_url: {simulator.url}\n"
    nothing = {"none": None, "empty": "", "blank": " "}[key]
    return json.dumps({**connection, "threema_work_api_key": nothing})


def _run(playbook: str, simulator: Simulator, key: str, folder: Path) -> subprocess.CompletedProcess[str]:
    folder.mkdir()
    (folder / "variables.json").write_text(json.dumps(PLAYBOOKS[playbook]), encoding="utf-8")
    (folder / "secrets.yml").write_text(_secrets(simulator, key), encoding="utf-8")
    (folder / "vault").write_text(VAULT, encoding="utf-8")
    files = ("-e", "@variables.json", "-e", "@secrets.yml", "--vault-password-file", "vault")
    # Without a program to become somebody else, a task that tries to fails; root too, who would not have to.
    become = {
        "ANSIBLE_BECOME": "true",
        "ANSIBLE_BECOME_EXE": "/nonexistent/sudo",
        "ANSIBLE_BECOME_ALLOW_SAME_USER": "1",
    }
    return subprocess.run(
        command(f"threema.work.{playbook}", *files, "-vvv", "--diff"),
        cwd=folder,
        env={**environment(folder), **{f"ANSIBLE_{name}": value for name, value in become.items()}},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def played(
    pool: Pool, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[subprocess.CompletedProcess[str], Simulator]]:
    """Each playbook with and without a key, one of them in all ways."""
    cases = [*GIVEN, *NOT_GIVEN]
    simulators = pool.lend(len(cases))
    orders = {}
    for (playbook, key), simulator in zip(cases, simulators):
        populate(simulator)
        simulator.forget_requests()
        orders[f"{playbook} {key}"] = functools.partial(_run, playbook, simulator, key)
    done = play_all(t.cast("t.Any", orders), tmp_path_factory.mktemp("plays"))
    return {name: (t.cast("t.Any", done[name]), simulator) for name, simulator in zip(orders, simulators)}


@pytest.mark.parametrize(("playbook", "key"), GIVEN)
def test_the_key_comes_from_a_vault_and_is_never_printed(
    played: dict[str, tuple[subprocess.CompletedProcess[str], Simulator]], playbook: str, key: str
) -> None:
    done, simulator = played[f"{playbook} {key}"]
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    assert any(one["method"] != "GET" for one in simulator.requests())
    assert simulator.key not in output
    assert VAULT not in output


@pytest.mark.parametrize(("playbook", "key"), NOT_GIVEN)
def test_without_a_key_it_says_where_one_belongs(
    played: dict[str, tuple[subprocess.CompletedProcess[str], Simulator]], playbook: str, key: str
) -> None:
    done, simulator = played[f"{playbook} {key}"]
    assert done.returncode == 2
    assert not simulator.requests()
    text = " ".join(done.stdout.split())
    assert "in the environment variable THREEMA_WORK_API_KEY, or in the variable threema_work_api_key of a file" in text
