# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook handover.yml, as a job of AWX and from the command line."""

from __future__ import annotations

import functools
import json
import stat
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.modules.sheets import name_of, people, person, read
from ansible_collections.threema.work.tests.playbooks.plays import Played, play, play_all
from ansible_collections.threema.work.tests.roles.stage import Object, Pool
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

PASSWORD: t.Final = "pLank-7/quArtz"
ORDERS: t.Final[dict[str, Object]] = {
    # Relative to where the playbook was started.
    "well": {
        "handover_dest": "sheets",
        "handover_prune": "",
        "handover_languages": "",
        "handover_language": "de",
        "handover_usernames": "anna, beat",
    },
    "job": {"awx_job_id": 7, "handover_dest": "sheets", "handover_link_base": "http://x", "handover_prune": "no"},
    "nowhere": {"handover_dest": " "},
}


@pytest.fixture(scope="module")
def played(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """All of them."""
    orders: dict[str, t.Callable[[Path], Played]] = {}
    for (name, variables), simulator in zip(ORDERS.items(), pool.lend(len(ORDERS))):
        people(simulator, person("anna", PASSWORD, first="Anna"), person("beat"), person("cem"))
        orders[name] = functools.partial(_play, simulator, variables)
    return play_all(orders, tmp_path_factory.mktemp("plays"))


def _play(simulator: Simulator, variables: Object, folder: Path) -> Played:
    played = play("handover", simulator, folder, variables, "-vvv", "--diff")
    sheets = folder / "sheets"
    played.after = {**played.after, "sheets": sheets if sheets.exists() else None}
    return played


def test_it_writes_and_says_where(played: dict[str, Played]) -> None:
    """With all that Ansible can print, no password is printed."""
    one = played["well"]
    assert one.code == 0, one.output
    folder = one.after["sheets"]
    assert {path.name for path in folder.iterdir()} == {name_of("anna"), name_of("beat"), "all.html"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [page.language for page in read(folder / "all.html")] == ["de", "de"]
    host = one.simulator.url.split("/")[2]
    assert f'"{host}, 3 requests, no expected subscription was named"' in one.text
    assert f"print all of them: {folder}/all.html" in one.text
    assert PASSWORD not in one.output and "license?" not in one.output and json.dumps(PASSWORD) not in one.output
    assert one.writes == []


def test_a_job_names_the_question(played: dict[str, Played]) -> None:
    one = played["job"]
    assert one.code == 2 and one.after["sheets"] is None
    assert "Activation link (handover_link_base): " in one.text


def test_a_directory_is_needed(played: dict[str, Played]) -> None:
    one = played["nowhere"]
    assert one.code == 2 and one.requests == []
    assert "Give a directory for the sheets with handover_dest, for example -e handover_dest=sheets" in one.text
