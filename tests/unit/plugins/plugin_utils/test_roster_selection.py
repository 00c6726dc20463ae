# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is on the list: where, where_not, days of entry and leaving, and columns that look like a status."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import details, people, problem, problems
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.workbooks import Cell, Sheet, workbook

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


def doubtful(cell: object, condition: object, **options: object) -> str:
    """Why a cell cannot select, whichever of where and where_not the condition is; who is named is protected."""
    rows = [{"username": "jo", "Status": cell}, {"username": "li", "Status": "active"}, {"username": "mo"}]
    rows.append({"username": "no", "Status": "left"})
    found = set()
    for option in ("where", "where_not"):
        found.add(problem(rows, **{option: {"Status": condition}, **options}))
        both = {option: {"Status": condition}, "bad_rows": "skip", **options}
        assert [(one["row"], one["username"]) for one in details(rows, **both)["skipped"]] == [(1, "jo")]
    (text,) = found
    assert text.startswith("row 1, column 2 'Status': ")
    return text.removeprefix("row 1, column 2 'Status': ")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("#N/A", "this is what a spreadsheet writes if it has no value"),
        ("#NV", "this is what a spreadsheet writes if it has no value"),
        ("Err:502", "this is what a spreadsheet writes if it has no value"),
        ("active\u200b", "there is an invisible character (U+200B)"),
        ("\ufeffactive", "there is an invisible character (U+FEFF)"),
        ("act\x07ive", "another control character (U+0007)"),
        ("act\nive\u200b", "there is an invisible character (U+200B)"),
        ("act\x85ive", "another control character (U+0085)"),
        ("gek\ufffdndigt", "a character was lost here"),
        ("gekÃ¼ndigt", "this text was encoded twice"),
        ("gek&uuml;ndigt", "a character reference of HTML"),
        ("System.String[]", "a program has written the type"),
        (["active", "#REF!"], "this is what a spreadsheet writes if it has no value"),
    ],
    ids=str,
)
def test_cells_that_cannot_select(cell: object, reason: str) -> None:
    assert reason in doubtful(cell, "active")


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\t", "\u2028", "\u2029"])
def test_a_remark_of_several_lines_is_not_empty(line_break: str) -> None:
    rows = [{"username": "jo", "Bemerkung": f"a{line_break}b"}, {"username": "li", "Bemerkung": ""}]
    assert [one["username"] for one in people(rows, where={"Bemerkung": None})] == ["li"]
    assert [one["username"] for one in people(rows, where_not={"Bemerkung": None})] == ["jo"]


def test_an_error_value_of_a_workbook_cannot_select() -> None:
    rows = [("username", "Status"), ("jo", Cell("#N/A", type="e")), ("li", "active")]
    book = workbook(Sheet(rows))
    assert problem(book, where={"Status": "active"}).startswith("row 2, column 2 'Status': this is what a spreadsheet")
    found = details(book, where={"Status": "active"}, bad_rows="skip")
    assert (found["left_out"], found["skipped"][0]["username"]) == ([], "jo")


@pytest.mark.parametrize("condition", [None, "", [None, "active"], ["", "active"]], ids=str)
@pytest.mark.parametrize(
    "cell",
    ["NULL", "Null", "n/a", "N/A", "-", "--", "None", "k.A.", "(null)", "?", "0000-00-00 00:00:00", "1900-01-01"],
)
def test_a_word_for_no_value_where_the_empty_cell_is_named(cell: str, condition: object) -> None:
    text = doubtful(cell, condition)
    assert "empty this cell, or name its value in the condition as well" in text and cell not in text.split(", but")[1]


def test_a_word_that_the_condition_names_selects() -> None:
    rows = [{"username": "jo", "Ende": "NULL"}, {"username": "li", "Ende": ""}, {"username": "mo", "Ende": "2020"}]

    def chosen(**options: object) -> str:
        return " ".join(one["username"] for one in people(rows, **options))

    assert chosen(where={"Ende": [None, "null"]}) == "jo li"
    assert chosen(where_not={"Ende": ["NULL", ""]}) == "mo"
    # In either of the two.
    assert chosen(where={"Ende": None}, where_not={"Ende": "NULL"}) == "li"
    assert chosen(where={"Ende": "NULL"}, where_not={"Ende": None}) == "jo"
    # Where it does not matter whether it is empty.
    assert chosen(where={"Ende": "2020"}) == "mo"
    assert chosen(where_not={"Ende": "2020"}) == "jo li"
    day = [("username", "Ende"), ("jo", Cell("1", format="dd.mm.yyyy")), ("li", None), ("mo", "2020")]
    for value in ("01.01.1900", "1900-01-01"):
        assert [one["username"] for one in people(workbook(Sheet(day)), where_not={"Ende": [None, value]})] == ["mo"]
    errors = [{"username": "jo", "Status": "#N/A"}, {"username": "li", "Status": "x"}]
    assert [one["username"] for one in people(errors, where_not={"Status": "#N/A"})] == ["li"]


def test_who_is_excluded_anyway_needs_no_second_reason() -> None:
    rows = [{"username": "jo", "Status": "left", "Team": "#NV"}, {"username": "li", "Status": "active", "Team": "A"}]
    for where in ({"Status": "active", "Team": "A"}, {"Team": "A", "Status": "active"}):
        assert [one["username"] for one in people(rows, where=where)] == ["li"]
    assert "row 1, column 3 'Team'" in problem(rows, where={"Team": "A"})


def test_profiles_also_say_what_an_empty_cell_is() -> None:
    text = "Email Address,Status\na@x.ch,Active\nb@x.ch,NULL\nc@x.ch,\nd@x.ch,Suspended\n"
    assert problem(text, profile="google_workspace") == (
        "row 3, column 2 'Status': this is what programs write if there is no value, but the profile looks for empty "
        "cells in this column; empty this cell if it has no value, or correct it"
    )
    # Somebody who has a condition of their own can name the value in it.
    where_not = {"Status": "Suspended"}
    assert "name its value in the condition" in problem(text, profile="google_workspace", where_not=where_not)
    where_not["Status"] = "NULL"
    assert [one["username"] for one in people(text, profile="google_workspace", where_not=where_not)] == [
        "a@x.ch",
        "c@x.ch",
    ]


@pytest.mark.parametrize("options", [{"profile": "threema_cockpit"}, {"where_not": {"license": None}}], ids=str)
def test_a_username_that_stands_for_no_value_is_not_to_be_emptied(options: dict[str, t.Any]) -> None:
    """If the cell were empty, its person would be excluded."""
    head = "license,th_department\n"
    options = {"columns": {"license": "username"}, **options}
    text = problem(f"{head}a,A\nNULL,B\n,C\n", **options)
    assert text.startswith("row 3, column 1 'license': NULL is what programs write") and "empty" not in text
    found = people(f"{head}a,A\nNull,B\n,C\n", **options)
    assert [one["username"] for one in found] == ["a", "Null"]


def test_a_username_of_the_rule_is_protected_too() -> None:
    rows = [{"first_name": "Jo", "Status": "#N/A"}, {"first_name": "Li", "Status": "x"}]
    found = details(rows, username_from="{first_name}", where={"Status": "x"}, bad_rows="skip")
    assert [one["username"] for one in found["skipped"]] == ["jo"]
