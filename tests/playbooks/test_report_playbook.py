# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook report.yml, called as a survey calls it; what the role does is tested with the role."""

from __future__ import annotations

import functools
import json
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.playbooks.plays import Played, play, play_all
from ansible_collections.threema.work.tests.roles.stage import Object, Pool

_EMPTY: t.Final = {
    "report_compare_with": "",
    "report_max_names": "",
    "report_inactive_days": "",
    "report_language": "",
    "expect_subscription": "",
}
ORDERS: t.Final[dict[str, Object]] = {
    "answers": {**_EMPTY, "report_dest": "out"},
    "check": {**_EMPTY, "report_dest": "out", "expect_subscription": "Example Ltd", "report_max_names": 0},
    "job": {"report_dest": "out", "report_max_names": -1, "awx_job_id": 7},
    "nowhere": {"report_dest": " "},
    "french": {"report_dest": "out", "report_language": "fr"},
}


@pytest.fixture(scope="module")
def played(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """All of them."""
    orders: dict[str, t.Callable[[Path], Played]] = {}
    for (name, variables), simulator in zip(ORDERS.items(), pool.lend(len(ORDERS))):
        simulator.reset(credentials=6, users=3)
        arguments = ("--check",) if name == "check" else ()
        orders[name] = functools.partial(_play, simulator, variables, arguments)
    return play_all(orders, tmp_path_factory.mktemp("plays"))


def _play(simulator: t.Any, variables: Object, arguments: t.Sequence[str], folder: Path) -> Played:
    played = play("report", simulator, folder, variables, *arguments)
    files = sorted((folder / "out").glob("*"))
    played.before = {**played.before, "files": {one.name: one.read_text(encoding="utf-8") for one in files}}
    return played


def test_empty_answers_are_defaults(played: dict[str, Played]) -> None:
    """A relative path starts where the play was started."""
    one = played["answers"]
    assert one.code == 0, one.output
    assert list(one.before["files"]) == ["report.html", "report.json"]
    report = json.loads(one.before["files"]["report.json"])
    assert report["users"]["inactive"]["days"] == 90 and len(report["people"]) == 6
    assert '<html lang="en">' in one.before["files"]["report.html"]
    assert "credentials: 6, 3 of them not activated" in one.text
    assert "Threema IDs: 3, 0 of them inactive for 90 days" in one.text
    assert "licenses: 24994 of 25000 are free (estimate)" in one.text
    assert "/answers/out/report.html: created" in one.text
    assert one.writes == []


def test_check_mode(played: dict[str, Played]) -> None:
    one = played["check"]
    assert one.code == 0 and one.before["files"] == {}, one.output
    assert "7 requests, expected subscription: Example Ltd, check mode: nothing was written" in one.text
    assert "/check/out/report.json: would be created" in one.text


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("job", "Maximum number of names (report_max_names) is -1; it must be 0 or more"),
        ("nowhere", "Give a directory for the report with report_dest, for example -e report_dest=/srv/report"),
        ("french", "the language is fr; it must be one of de, en"),
    ],
)
def test_refused(played: dict[str, Played], name: str, reason: str) -> None:
    one = played[name]
    assert one.code != 0 and reason in one.text
    assert one.before["files"] == {}
