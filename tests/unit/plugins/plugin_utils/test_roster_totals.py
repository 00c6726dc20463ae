# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Totals below a list, which are not people."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import details, people, problem, problems

PEOPLE: t.Final = "username;first_name;hours\na.x;Anna;8\nb.y;Bea;4\n"
SENTENCE: t.Final = "this row at the end of the list is a word such as Total with numbers, so this looks like a total"
WORDS: t.Final = (
    "Summe Gesamt Gesamtsumme Total Totale Totals Grand_total Somme Anzahl Count Sum Anzahl_Datensätze Nombre Numero"
)


@pytest.mark.parametrize("word", [*WORDS.split(), "SUMME", "total:", "Anzahl_:"])
def test_a_word_with_a_number_is_a_total(word: str) -> None:
    word = word.replace("_", " ")
    text = f"{PEOPLE}{word};;12\n"
    assert (
        problem(text)
        == f"row 4: {SENTENCE}; remove the row. If it is a person, move it up, or fill another cell with text"
    )
    found = details(text, bad_rows="skip")
    assert [one["username"] for one in found["people"]] == ["a.x", "b.y"]
    # It counts as listed, as a footer does.
    assert [(one["row"], one["username"]) for one in found["skipped"]] == [(4, word)]


@pytest.mark.parametrize(
    "cell", ["2", "-2.5", "1'200", "1 200,50", "100 %", "2026-11-27", "27.11.2026 14:05", "14:05", "1/2", '="02"']
)
def test_numbers_and_dates_of_a_total(cell: str) -> None:
    assert SENTENCE in problem(f"username;last\na;x\nSumme;{cell}\n")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        # The first cell is not that of the username, and the other way round.
        ("Team;username;hours\nA;a;8\nSumme;3;12\n", {}),
        ("no;username;hours\n1;a;8\n2;Summe;12\n", {}),
        ("Vorname;Nachname\nAnna;Muster\nSumme;2\n", {"username_from": "{first_name}.{last_name}"}),
        ("Vorname;x\nAnna;y\nSumme;2\n", {"username_from": "{first_name}"}),
        # Only footers and rows of nobody follow.
        (f"{PEOPLE}Total;;12\nStand: 1.1.2026;;\n\n;;\n", {"bad_rows": "skip"}),
        (f"{PEOPLE}Total;;12\nTotal 2026\n", {"bad_rows": "skip"}),
        (f"{PEOPLE}Anzahl Datensätze;;2\nStand: 1.1.2026;;\nSumme;;12\n", {"bad_rows": "skip"}),
        ("username;Status;hours\na;in;8\nb;out;8\nSumme;;16\n", {"where_not": {"Status": "out"}}),
        ("username;hours\na;8\nSumme;8\n", {"columns": {"hours": None}}),
        # A number, but not a username of this list; no column of names; no username.
        ("last_name;username;hours\nMuster;a.x;8\nSumme;1;8\n", {}),
        ("Team;username;hours\nA;4710;8\nSumme;4711;8\n", {}),
        ("last_name;username;hours\nMuster;4710;8\nSumme;;8\n", {}),
        ("Name;hours\nSumme;8\n", {"columns": {"Name": ["username", "last_name"]}}),
    ],
)
def test_totals_of_many_lists(text: str, options: dict[str, t.Any]) -> None:
    if options.get("bad_rows"):
        assert SENTENCE in str(details(text, **options)["skipped"])
        assert all(one["username"] in ("a.x", "b.y") for one in people(text, **options))
        options = {}
    assert any(SENTENCE in one for one in problems(text, **options))


def test_totals_of_contacts_and_of_variables() -> None:
    assert any(SENTENCE in one for one in problems("threema_id;x\nECHOECHO;a\nSumme;1\n", kind="contacts"))
    assert SENTENCE in problem([{"username": "a", "x": 1}, {"username": "Sum", "x": 1}])  # type: ignore[arg-type]
    # A value that cannot be determined, as that of a formula in a workbook.
    given = [{"username": "a", "x": 1}, {"username": "Sum", "x": float("nan")}]
    assert SENTENCE in problem(given)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["last_name", "Vorname", "nickname", "th_lastname"])
@pytest.mark.parametrize("before", ["", "Muster;4710;8\n", "Muster;a.x;8\nMuster;4710;8\n"])
@pytest.mark.parametrize("username", ["4711", "079 123 45 67", "somme@x.ch"])
def test_somebody_with_the_name_of_a_total_and_a_number(name: str, before: str, username: str) -> None:
    found = people(f"{name};username;hours\n{before}Somme;{username};8\n")
    assert found[-1]["username"] == username


@pytest.mark.parametrize(
    ("row", "options"),
    [
        ("Total;;", {}),
        ("Total;Toni;4", {}),
        ("Total;;x4", {}),
        ("Totalli;;4", {}),
        ("d;Total;4", {}),
        # Somebody follows.
        ("sum;;4\nd.z;Dora;4", {}),
        ("sum;;4\nd.z;;", {}),
        ("sum;;4\nd.z;Dora;out", {"where_not": {"hours": "out"}}),
    ],
)
def test_people_who_are_called_like_a_total(row: str, options: dict[str, t.Any]) -> None:
    found = people(f"{PEOPLE}{row}\n", **options)
    assert [one["username"] for one in found[2:]] == [
        line.partition(";")[0] for line in row.splitlines() if "out" not in line
    ]
