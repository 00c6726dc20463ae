# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook export.yml: its files go through the other playbooks and change nothing, or bring everything back."""

from __future__ import annotations

import functools
import re
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.modules.test_subscription_export import ALL_FILES, fill
from ansible_collections.threema.work.tests.playbooks.plays import Played, play, play_all
from ansible_collections.threema.work.tests.roles.stage import Object, Pool
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

#: All files of an export, as the guide applies them.
APPLY: t.Final = """
- name: Create the credentials with their passwords
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Read the secrets
      ansible.builtin.include_vars:
        file: secrets.yml
        name: secrets
      no_log: true
    - name: Apply those of people
      threema.work.credentials:
        credentials: "{{ secrets.credentials }}"
        generate_password: true
    - name: Apply the global ones
      threema.work.mdm_settings:
        settings: "{{ secrets.subscription_settings }}"

- name: The people
  import_playbook: threema.work.onboard

- name: The subscription
  import_playbook: threema.work.configure

- name: The rest
  hosts: localhost
  gather_facts: false
  vars_files: [settings.yml]
  tasks:
    - name: Apply the settings that no cell can carry
      threema.work.mdm_settings:
        credentials: "{{ credentials }}"
    - name: Apply the contacts
      threema.work.contacts:
        contacts: "{{ lookup('threema.work.roster', 'contacts.csv', kind='contacts') }}"
"""
LAST: t.Final = """
- name: And once more
  import_playbook: threema.work.export
"""


def begin(simulator: Simulator, folder: Path) -> Played:
    """Export, in the folder itself."""
    fill(simulator)
    folder.mkdir()
    return run(simulator, folder, "- import_playbook: threema.work.export\n")


def run(simulator: Simulator, folder: Path, text: str, *arguments: str) -> Played:
    """Run a playbook in the folder of the files."""
    (folder / "site.yml").write_text(f"---{text if text[:1] == chr(10) else chr(10) + text}", encoding="utf-8")
    variables = {"export_dest": ".", "export_secrets": "yes", "expect_subscription": ""}
    return play("site.yml", simulator, folder, variables, *arguments)


def changes(played: Played) -> int:
    """How many tasks changed something, or would."""
    return int(re.findall(r"localhost +: ok=\d+ +changed=(\d+)", played.output)[-1])


def files(folder: Path) -> dict[str, bytes]:
    """The files of the export, among those that a run leaves there."""
    return {name: (folder / name).read_bytes() for name in ALL_FILES if (folder / name).exists()}


def test_round(pool: Pool, tmp_path: Path) -> None:
    [simulator] = pool.lend(1)
    folder = tmp_path / "export"
    first = begin(simulator, folder)
    assert first.code == 0, first.output
    before = files(folder)
    assert sorted(before) == ALL_FILES
    host = simulator.url.split("/")[2]
    assert f'"{host}, 7 requests, no expected subscription was named"' in first.text
    assert '"people: 5, contacts: 2, settings: 21"' in first.text
    assert '"people.csv: created"' in first.text and first.writes == []
    for secret in ("secret-of", "hunter2", "p4ssw0rd", "s3cret"):
        assert secret not in first.output

    same = run(simulator, folder, APPLY, "-e", "roster=people.csv", "-e", "@subscription.yml", "--check", "--diff")
    assert same.code == 0, same.output
    assert changes(same) == 0, same.output
    assert same.before == same.after and same.writes == []

    simulator.reset(licenses=100, switches={"setting-values": "anything", "gateway-ids": "on"})
    back = run(simulator, folder, APPLY + LAST, "-e", "roster=people.csv", "-e", "@subscription.yml")
    assert back.code == 0, back.output
    assert changes(back) > 5
    after = files(folder)
    # Nobody knows the password that was stored hashed: there is a new one, in plain text.
    assert after.pop("secrets.yml") != before.pop("secrets.yml")
    assert after == before
    assert {one["username"]: one["password"] for one in back.after["credentials"]}["beat"] == "secret-of-beat"


@pytest.fixture(scope="module")
def refused(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """Runs without a directory, and with one that is none."""
    folder = tmp_path_factory.mktemp("plays")
    orders: dict[str, Object] = {
        "none": {"export_dest": " ", "export_secrets": ""},
        "link": {"export_dest": "link", "export_secrets": "", "awx_job_id": 7},
    }
    made: dict[str, t.Callable[[Path], Played]] = {}
    for (name, variables), simulator in zip(orders.items(), pool.lend(len(orders))):
        made[name] = functools.partial(_linked, simulator, variables)
    return play_all(made, folder)


def _linked(simulator: Simulator, variables: Object, folder: Path) -> Played:
    (folder / "real").mkdir(parents=True)
    (folder / "link").symlink_to("real")
    played = play("export", simulator, folder, variables)
    assert list((folder / "real").iterdir()) == []
    return played


def test_no_directory(refused: dict[str, Played]) -> None:
    one = refused["none"]
    assert one.code != 0 and one.requests == []
    assert "Give export_dest, the directory for the files, for example -e export_dest=subscription" in one.text


def test_a_link_in_place_of_the_directory(refused: dict[str, Played]) -> None:
    """A relative path starts where the playbook was started, and is not followed before the module sees it."""
    one = refused["link"]
    assert one.code != 0 and one.requests == []
    assert "Directory for the files (export_dest): " in one.text
    assert "/link is a symbolic link on the host that executes the module, and is not followed" in one.text
