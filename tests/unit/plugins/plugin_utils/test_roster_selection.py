# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is on the list: where, where_not, days of entry and leaving, and columns that look like a status."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import details, people, problem, problems

LIST = '''login,Personalnummer,Status,Konto aktiv,first_name
a,1,Active,yes,A
b,2,aktiv ,TRUE,B
c,3,Inactive,no,C
d,,,0,D
e,5,ACTIVE,,E
f,6,"=""Active""",wahr,F
'''


def usernames(**options: object) -> list[str]:
    """Who is on the list."""
    return [person["username"] for person in people(LIST, **options)]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"Status": "active"}, "aef"),
        ({"status": ["Active", "Aktiv"]}, "abef"),
        ({" STA_TUS ": None}, "d"),
        ({"Status": ""}, "d"),
        ({"Status": [None, "inactive"]}, "cd"),
        ({"Konto-aktiv": True}, "abf"),
        ({"Konto aktiv": False}, "cd"),
        ({"Konto aktiv": [True, None]}, "abef"),
        ({"Personalnummer": 3}, "c"),
        ({"Status": "active", "Konto aktiv": True}, "af"),
        ("Status: Active\nKonto aktiv: yes\n", "af"),
        ('{"Status": ["Active", null]}', "adef"),
        ({}, "abcdef"),
        (None, "abcdef"),
    ],
)
def test_where(where: object, expected: str) -> None:
    assert usernames(where=where) == list(expected)


@pytest.mark.parametrize(
    ("where_not", "expected"),
    [
        ({"Status": "active"}, "bcd"),
        ({"Konto aktiv": False}, "abef"),
        ({"Konto aktiv": [False, None]}, "abf"),
        ({"Status": "Inactive", "Konto aktiv": False}, "abef"),
        ({"Status": []}, "abcdef"),
    ],
)
def test_where_not(where_not: object, expected: str) -> None:
    assert usernames(where_not=where_not) == list(expected)


def test_both() -> None:
    assert usernames(where={"Status": "active"}, where_not={"Konto aktiv": None}) == ["a", "f"]


def test_who_was_left_out_is_named_by_raw_cells() -> None:
    found = details(LIST, where={"Status": "active"})
    assert found["left_out"] == [
        {"row": 3, "username": "b", "employee_number": "2"},
        {"row": 4, "username": "c", "employee_number": "3"},
        {"row": 5, "username": "d", "employee_number": None},
    ]
    assert found["source"]["rows"] == 6
    assert found["source"]["used"]["Status"] == []
    assert "Status" not in found["source"]["ignored"]


def test_rows_are_chosen_before_their_cells_are_checked() -> None:
    text = "username,first_name,Active\njo,#N/A,no\n,,no\nli,Li,yes\nli,Li,no\n"
    assert people(text, where={"Active": True}) == [{"username": "li", "first_name": "Li", "Active": "yes"}]
    # A row of another length has no cells to choose by.
    assert problem(text + "x,no\n", where={"Active": True}).startswith("row 6: ")


def test_nobody_is_left() -> None:
    assert problem(LIST, where={"Status": "gone"}).startswith("row 1: nobody is left: 6 of 6 people were left out")
    assert "nobody is left" in problem(LIST, where={"Status": []}, bad_rows="skip")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"where": {"Zustand": "x"}}, "row 1: where: there is no heading 'Zustand'; the headings are 'login', "),
        ({"where_not": {"Zustand": "x"}}, "row 1: where_not: there is no heading 'Zustand'"),
        (
            {"where": {"Status": {"a": 1}}},
            "row 1: where: 'Status': a value must be a string, a number, a boolean, or null",
        ),
        ({"where": "Status"}, "where: "),
        ({"where": " "}, "where: "),
        ({"where_not": ["Status"]}, "where_not: "),
    ],
)
def test_conditions_that_are_none(options: dict[str, object], sentence: str) -> None:
    assert problem(LIST, **options).startswith(sentence)


@pytest.mark.parametrize("name", ["columns", "where", "where_not"])
@pytest.mark.parametrize(
    "text",
    ["Status: active\nStatus: left\n", '{"Status": "active", "Status": "left"}', "'Status': [a]\nStatus: [b]\n"],
)
def test_a_key_twice_in_the_text_of_an_option_is_refused(name: str, text: str) -> None:
    found = problem(LIST, **{name: text})
    assert (
        found == f"{name}: occurs more than once: 'Status'; keep one of each, with a list if several values are meant"
    )


def test_the_text_of_an_option_means_what_it_says() -> None:
    text = "login,Code,No,Day\na,00042,x,2026-01-01\nb,34,,1:30\n"
    assert [one["username"] for one in people(text, where="Code: 00042")] == ["a"]
    assert [one["username"] for one in people(text, where="No: x")] == ["a"]
    assert [one["username"] for one in people(text, where="Day: 2026-01-01")] == ["a"]
    assert [one["username"] for one in people(text, where="Day: 1:30")] == ["b"]
    assert [one["username"] for one in people(text, where='{\n\t"Code": 34,\n\t"No": null\n}')] == ["b"]
    assert people(text, columns="No: employee_number")[0]["employee_number"] == "x"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Status: !!python/name:os.system x", "line 1: there is a custom tag"),
        ("Status: [[[[a]]]]", "line 1: values are nested too deeply"),
        ("[" * 10_000, "line 1: this is not YAML"),
        ("<<: {Status: active}", "line 1: a key must be a name"),
        ("Status: {a: 1}", "a value must be a string, a number, a boolean, or null"),
    ],
    ids=["tag", "nested", "deep", "merge", "dictionary"],
)
def test_texts_of_options_that_are_refused(text: str, sentence: str) -> None:
    assert sentence in problem(LIST, where=text)


def test_a_heading_that_is_there_twice_chooses_nobody() -> None:
    text = "username,active,Active\njo,yes,no\n"
    assert problem(text, where={"active": True}).startswith("row 1: where: 2 columns have the heading 'active'")


def test_a_column_that_looks_like_a_status_brings_a_warning() -> None:
    (first, second) = details(LIST)["source"]["warnings"]
    assert first.startswith("column 3 'Status' looks like a status and was not used: 'Active' (3), 'aktiv' (1), ")
    assert "empty (1)" in first
    assert second.startswith("column 4 'Konto aktiv' looks like a status and was not used")
    uses: list[dict[str, t.Any]] = [{"where": {"Status": "Active"}}, {"columns": {"Status": None}}]
    for used in (*uses, {"columns": {"Status": "nickname"}}):
        assert not details(LIST, where_not={"Konto aktiv": False}, **used)["source"]["warnings"]


def test_a_door_that_is_used_to_choose_brings_none() -> None:
    found = details("username,Locked\njo,no\nli,yes\n", where_not={"Locked": True})
    assert found["people"] == [{"username": "jo"}]
    assert found["source"]["warnings"] == []


def test_a_status_of_one_value_says_nothing() -> None:
    assert details("username,Status\njo,active\nli,Active \n")["source"]["warnings"] == []
    assert details("username,Status,x\njo,active,1\nli,,1\n")["source"]["warnings"]


def test_at_most_ten_values_of_a_status_are_shown_and_escaped() -> None:
    rows = "".join(f"u{number},2026-01-{number + 10}\u202e{'x' * 99}\n" for number in range(13))
    (warning,) = details("username,Austritt\n" + rows)["source"]["warnings"]
    assert warning.count("(1)") == 10
    assert "and 3 more" in warning
    assert "\u202e" not in warning
    assert "x" * 60 not in warning


DAYS = "username,valid_from,valid_until,note\n"


def on(day: int) -> str:
    """A day, so many days from today."""
    return (datetime.date.today() + datetime.timedelta(day)).isoformat()


def test_days_of_entry_and_leaving() -> None:
    found = details(
        f"{DAYS}past,{on(-9)},{on(-1)},\nlast,,{on(0)},\nfirst,{on(0)},,\nsoon,{on(1)},,\nalways,,,x\n"
        f"odd,{on(-9)},{on(9)},\n"
    )
    assert [person["username"] for person in found["people"]] == ["last", "first", "always", "odd"]
    assert [person["username"] for person in found["not_yet"]] == ["soon"]
    assert found["left_out"] == [{"row": 2, "username": "past", "employee_number": None}]
    assert found["source"]["warnings"] == ["not started yet (valid_from): 1"]


def test_who_has_left_may_have_wrong_cells_and_twins() -> None:
    text = f"username,valid_until,first_name\njo,{on(-1)},#N/A\nJO,{on(1)},Jo\n"
    assert [person["username"] for person in people(text)] == ["JO"]


def test_wrong_days() -> None:
    found = problems(DAYS + "a,03/04/2026,,\nb,2026-02-30,,\nc,2099-12-31,2098-12-31,\n")
    assert found[0].startswith("row 2, column 2 'valid_from': this is not a date")
    assert found[1].startswith("row 3, column 2 'valid_from': there is no such date")
    assert found[2] == "row 4, column 3 'valid_until': valid_from is after valid_until"


def test_days_in_the_wrong_order_are_refused_also_where_both_are_past() -> None:
    text = f"username,Eintritt,Austritt\na,{on(-1)},{on(-9)}\nb,{on(-9)},{on(-1)}\nc,{on(-3)},{on(-3)}\nd,,\n"
    days = {"Eintritt": "valid_from", "Austritt": "valid_until"}
    assert problem(text, columns=days) == "row 2, column 3 'Austritt': valid_from is after valid_until"
    found = details(text, columns=days, bad_rows="skip")
    assert [one["row"] for one in found["left_out"]] == [3, 4] and [one["row"] for one in found["skipped"]] == [2]
