# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook onboard on the night on which people have left: its variables, what it calls them, and what it shows."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.threema.work.tests.playbooks.plays import Played, play, play_on_all
from ansible_collections.threema.work.tests.roles.staff import LEAVERS, SERVICE, person, populate, tonight
from ansible_collections.threema.work.tests.roles.staff import usernames as there
from ansible_collections.threema.work.tests.roles.stage import Object, Pool

MARRIED: t.Final = tonight(person(7, username="p07.married"), without=["p07", *LEAVERS])
NAMES: t.Final = ("leavers", "identity", "leavers_ignore", "max_removals", "max_removals_percent", "match")
#: A survey answers empty fields with an empty text.
EMPTY: t.Final[Object] = dict.fromkeys((*NAMES, "rename_matched", "max_creations", "journal"), "")
REMOVE: t.Final[Object] = {
    "roster_people": MARRIED,
    "leavers": "remove",
    "identity": "detach",
    "leavers_ignore": "svc-*\n",
    "match": "employee_number",
}
SCENES: t.Final[dict[str, Object]] = {
    "remove": {**EMPTY, **REMOVE},
    "predicted": REMOVE,
    "renamed": {**REMOVE, "rename_matched": "yes", "max_removals_percent": "7.5", "journal": "changes.jsonl"},
    "empty": {**EMPTY, "roster_people": MARRIED},
    "limit": {**EMPTY, **REMOVE, "max_removals": 0},
    "question": {**REMOVE, "max_removals": 2, "awx_job_id": 1},
    "share": {**REMOVE, "max_removals_percent": 0},
    "no identity": {**EMPTY, **REMOVE, "identity": ""},
    "no identity of a survey": {**REMOVE, "identity": "", "awx_job_id": 1},
    "wrong word": {**REMOVE, "leavers": "yes"},
    "wrong match": {**REMOVE, "match": "csi"},
    "others": {**REMOVE, "roster_people": [{"username": "x"}, {"username": "y"}]},
    "bad pattern": {**REMOVE, "leavers_ignore": ["svc-*", None]},
    "bad share": {**REMOVE, "max_removals_percent": "5 %"},
}


@pytest.fixture(scope="module")
def played(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """All scenes, played once."""
    orders = {}
    for (name, variables), simulator in zip(SCENES.items(), pool.lend(len(SCENES))):
        populate(simulator)
        orders[name] = simulator, variables
    folder = tmp_path_factory.mktemp("leavers")
    alone = {}
    for name, arguments in {"predicted": ["--check"], "renamed": []}.items():
        simulator, variables = orders.pop(name)
        alone[name] = play("onboard", simulator, folder / name, variables, *arguments)
    return {**alone, **play_on_all("onboard", orders, folder)}


def test_who_has_left_goes_and_who_is_married_stays(played: dict[str, Played]) -> None:
    one = played["remove"]
    assert one.code == 0, one.output
    assert there(one.after) == there(one.before) - set(LEAVERS) | {"new"}


def test_one_look_shows_who_came_moved_and_left(played: dict[str, Played]) -> None:
    for would, name in (("", "remove"), ("would be ", "predicted")):
        lines = [
            f"credentials: 1 {would}created, 1 {would}updated, 2 {would}removed, 37 unchanged",
            f"joiners: 1 {would}created: new",
            f"movers: 1 {would}updated: p00",
            f"{would}renamed or kept under the old name: 1: p07 (listed as p07.married)",
            f"leavers: 2 {would}removed: p38 (LEFT38AA {would}detached, LEFT38BB {would}detached), "
            f"p39 (LEFT39AA {would}detached)",
            f"not on the list, but kept: 1: {SERVICE}",
        ]
        assert ", ".join(f'"{line}"' for line in lines) in played[name].text


def test_check_mode_writes_nothing(played: dict[str, Played]) -> None:
    one = played["predicted"]
    assert one.code == 0, one.output
    assert not one.writes and one.after == one.before


def test_a_new_name_is_taken_over_on_demand(played: dict[str, Played]) -> None:
    one = played["renamed"]
    assert one.code == 0, one.output
    assert there(one.after) == there(one.before) - {"p07", *LEAVERS} | {"new", "p07.married"}
    assert '"renamed or kept under the old name: 1: p07.married (renamed)"' in one.text


def test_the_journal_remembers_each_change(played: dict[str, Played], tmp_path_factory: pytest.TempPathFactory) -> None:
    # Where the playbook was started.
    (path,) = tmp_path_factory.getbasetemp().glob("leavers[0-9]/renamed/changes.jsonl")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    told = {(line["action"], line.get("username"), line.get("state")) for line in lines}
    assert {("removed", "p38", None), ("removed", "p38", "detached"), ("created", "new", None)} <= told
    assert ("updated", "p07.married", None) in told


def test_what_is_empty_is_not_given_and_removes_nobody(played: dict[str, Played]) -> None:
    one = played["empty"]
    assert one.code == 0, one.output
    assert there(one.after) == there(one.before) | {"new", "p07.married"}
    assert f'"not on the list, but kept: 4: p07, p38, p39, {SERVICE}"' in one.text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("limit", "the plan removes 3, and max_removals allows 0; nothing was written. It would remove: p38, p39."),
        ("limit", "Check the list first; if it is correct, set max_removals to at least 3"),
        (
            "question",
            "and Maximum number of removals (max_removals) allows 2; nothing was written. It would remove: p38, p39.",
        ),
        ("question", "if it is correct, set Maximum number of removals (max_removals) to at least 3"),
        ("share", "the plan removes 2 of 41, and max_removals_percent allows 0 %"),
        ("no identity", "leavers: remove needs identity (keep, detach or revoke)"),
        (
            "no identity of a survey",
            "on the list (leavers): remove needs What to do with the Threema IDs of leavers (identity) (keep,",
        ),
        ("wrong word", "leavers takes report or remove"),
        ("wrong match", "match takes username or employee_number"),
        ("others", "none of the 2 items is in the subscription"),
        ("others", "With leavers: report, missing credentials are created"),
        ("bad pattern", "leavers_ignore: entry 2 is not a string"),
        ("bad share", "max_removals_percent"),
    ],
)
def test_stopped_before_the_first_write_in_the_words_of_the_caller(
    played: dict[str, Played], name: str, said: str
) -> None:
    one = played[name]
    assert one.code == 2
    last = one.text.split("TASK [")[-1]
    assert said in last
    assert "onboarding_" not in last.partition(" : ")[2].partition("FAILED! => ")[2]
    assert not one.writes and one.after == one.before
