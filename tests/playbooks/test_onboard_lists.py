# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook onboard with lists of every kind: some of rosters.json, a workbook, a variable, a naming rule, days."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.playbooks.plays import Played, play, play_on_all
from ansible_collections.threema.work.tests.roles.stage import Object, Pool
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.test_roster_cases import CASES, Onboarded, lacking
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.workbooks import Cell, Sheet, workbook

#: One of each kind; all of them run through the reader in test_roster_cases.
PLAYED: t.Final = ("ad-type.csv", "cockpit-mdm.csv", "entra-template.csv", "stray-byte.csv", "two-contracts.csv")
BOOK: t.Final = workbook(
    Sheet([("Notes",)], name="Notes"),
    Sheet(
        [
            ("Vorname", "Name", "Personalnummer", "Eintritt", "Austritt"),
            ("Zoë", "Müller", Cell("42", format="00000"), Cell("44562", format="dd.mm.yyyy"), None),
            ("Old", "Gone", Cell("43", format="00000"), None, Cell("44562", format="dd.mm.yyyy")),
            ("New", "Soon", Cell("44", format="00000"), Cell("401768", format="dd.mm.yyyy"), None),
        ],
        name="Staff",
    ),
)
DAYS: t.Final = {"Eintritt": "valid_from", "Austritt": "valid_until"}
DIRECTORY: t.Final = [{"uid": "anna", "givenName": ["Änna", "Anna"], "title": ["Surgeon"]}, {"uid": "beat"}]
SCENES: t.Final[dict[str, Object]] = {
    "workbook": {
        "roster": "staff.xlsx",
        "roster_sheet": "Staff",
        "roster_columns": DAYS,
        "roster_username_from": "{first_name:1}.{last_name}",
    },
    "variable": {"roster": "", "roster_people": DIRECTORY, "roster_columns": {"title": "job_title"}},
    "two": {"roster": "staff.xlsx", "roster_people": DIRECTORY},
    "nobody": {"roster_people": []},
    "wrong profile": {"roster": "staff.xlsx", "roster_profile": "staff"},
}


@pytest.fixture(scope="module")
def played(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """All of them, played once, in a folder with all lists: two as people do it, the others together."""
    folder = tmp_path_factory.mktemp("lists")
    (folder / "staff.xlsx").write_bytes(BOOK)
    given = dict(SCENES)
    for case in CASES:
        if case["file"] in PLAYED:
            (folder / case["file"]).write_bytes(case["list"].encode("latin-1"))
            given[case["file"]] = {"roster": case["file"], **case["options"]}
    orders = dict(zip(given, zip(pool.lend(len(given)), given.values())))
    alone = {}
    # One with a file, and the one with a warning, which names no host.
    for name in ("workbook", "variable"):
        simulator, variables = orders.pop(name)
        alone[name] = play("onboard", simulator, folder, variables)
    return {**alone, **play_on_all("onboard", orders, folder)}


@pytest.mark.parametrize("name", PLAYED)
def test_case(played: dict[str, Played], name: str) -> None:
    one = played[name]
    (case,) = [case for case in CASES if case["file"] == name]
    credentials = one.after["credentials"]
    settings = {credential["username"]: credential["settings"] for credential in credentials}
    refused = one.text if one.code != 0 and not one.writes else None
    assert lacking(case, Onboarded(settings, [credential["password"] for credential in credentials], refused)) == []
    if "refused" in case:
        assert refused is not None
        assert one.after == one.before


def settings(one: Played) -> Object:
    """The settings of everybody afterwards, by username."""
    return {credential["username"]: credential["settings"] for credential in one.after["credentials"]}


def test_a_workbook_without_usernames_and_with_days(played: dict[str, Played]) -> None:
    one = played["workbook"]
    assert one.code == 0, one.output
    assert settings(one) == {
        "z.mueller": {"th_firstname": "Zoë", "th_lastname": "Müller", "th_csi": "00042"},
    }
    shown = one.output.partition("TASK [threema.work.onboarding : Bring credentials")[0]
    for text in (
        "staff.xlsx: 1 people of 3 rows (left out: 1, not started yet: 1, rows with errors: 0)",
        "sheet Staff, header row 1",
        "Usernames: {first_name:1}.{last_name}",
    ):
        assert text in " ".join(shown.split())


def test_what_a_directory_found(played: dict[str, Played]) -> None:
    one = played["variable"]
    assert one.code == 0, one.output
    assert settings(one) == {"anna": {"th_firstname": "Änna", "th_job_title": "Surgeon"}, "beat": {}}
    assert "The list: 2 people of 2 rows" in one.text
    assert "several values in a column that takes one: 1" in one.text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("two", "Give one of roster (a file: CSV, .xlsx, .json, .yml), roster_text (its text), and roster_people"),
        ("nobody", "row 1: there are no people on this list"),
        ("wrong profile", "profile: there is no profile 'staff'; the profiles are ad, bamboohr, entra,"),
    ],
)
def test_what_is_refused_sends_nothing(played: dict[str, Played], name: str, text: str) -> None:
    one = played[name]
    assert one.code != 0
    assert text in one.text
    assert one.requests == []
