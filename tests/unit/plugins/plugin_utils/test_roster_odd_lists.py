# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that look right and are not: second header rows, footers, values of several, what is no text."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.threema.work.plugins.filter.from_roster import from_roster


def refused(given: t.Any, **options: t.Any) -> str:
    """What is said of a list that is not taken."""
    with pytest.raises(AnsibleFilterError) as caught:
        from_roster(given, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "username;first_name\nBenutzername;Vorname\na;A\n",
        "username;first_name;phone\na;A;1\nusername;first_name;Telefon\nb;B;2\n",
        "UID;CHE-123.456.789\nBenutzername;Vorname\na;A\n",
        "login;Name\nusername;first_name\na;A\n",
    ],
)
def test_a_second_header_row(text: str) -> None:
    assert "this row names columns, as a header row does" in refused(text)


@pytest.mark.parametrize("locked", ["yes", "no", "TRUE", "0"])
def test_a_row_that_says_who_is_locked_is_a_person(locked: str) -> None:
    """An export has such a row for a test credential, for example."""
    (one,) = from_roster(f"username,first_name,threema_locked\nlogin,Vorname,{locked}\n")
    assert (one["username"], one["first_name"], one["locked"]) == ("login", "Vorname", locked in ("yes", "TRUE"))


@pytest.mark.parametrize("locked", ["", "threema_locked", "perhaps"])
def test_any_other_row_of_names_is_a_header_row(locked: str) -> None:
    text = f"username,first_name,threema_locked\na,A,yes\nlogin,Vorname,{locked}\n"
    assert "this row names columns, as a header row does" in refused(text)
    assert "this row names columns" in refused("username,first_name,threema_locked\nlogin,Vorname\n")


def test_a_person_who_is_called_like_a_heading() -> None:
    (one,) = from_roster("username;first_name\nlogin;Anna\n")
    assert (one["username"], one["first_name"]) == ("login", "Anna")


PEOPLE_OF_THREE: t.Final = "username;first_name;note\na.x;Anna;\nb.y;;night\nc.z;Carla;x\n"


@pytest.mark.parametrize("footer", ["Total: 42 staff", "Stand: 1.1.2026", "Confidential - internal", "Stand:2026"])
def test_a_footer_in_place_of_a_username(footer: str) -> None:
    said = refused(f"{PEOPLE_OF_THREE}{footer};;\n")
    assert "row 5: only the username is filled, and it is a phrase" in said and footer not in said
    found = from_roster(f"{PEOPLE_OF_THREE}{footer};;\n", bad_rows="skip", details=True)
    assert len(found["people"]) == 3
    # It counts as listed, so that nobody is a leaver because of it.
    assert [(one["row"], one["username"]) for one in found["skipped"]] == [(5, footer)]


def test_a_footer_of_one_word_brings_a_warning() -> None:
    found = from_roster(f"{PEOPLE_OF_THREE}Confidential;;\n", details=True)
    assert found["source"]["warnings"] == [
        "row 5: only the username is filled, unlike in most rows; check whether each is a person and not a footer"
    ]
    assert len(found["people"]) == 4
    many = "username;first_name\n" + "".join(f"u{number};{'N' * (number > 12)}\n" for number in range(60))
    (warning,) = from_roster(many, details=True)["source"]["warnings"]
    assert warning.startswith("rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 3 more: only the username is filled")


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        # Usernames alone are lists too, and so are usernames that are phrases.
        ("username\na\nTotal 2\n", 0),
        ("username;first_name\na;\nb b;\nc;C\n", 0),
        ("username;Raum\na;\nb;1\nc;2\nd;\n", 0),
        ("username;first_name\nTotal;\nb;B\n", 0),
        ("username;first_name\nanna muster;Anna\nb;B\nbeat beispiel;\n", 1),
        ("username;first_name\nanna muster;Anna\nbeat beispiel;\n", 0),
        ("username;first_name\nx:anna;Anna\nb;B\nx:beat;\n", 1),
        # What another column says is a value.
        ("username;note\na;x\nb b;x\n", 0),
    ],
)
def test_what_is_no_footer(text: str, warnings: int) -> None:
    found = from_roster(text, details=True)
    assert len(found["people"]) == text.count("\n") - 1
    assert len(found["source"]["warnings"]) == warnings


def test_who_is_left_out_is_no_footer() -> None:
    (found,) = from_roster("username;Status\na;active\nTotal: 1;\n", where={"Status": "active"})
    assert found["username"] == "a"


def test_a_heading_that_ends_with_a_sign() -> None:
    (one,) = from_roster("username,Employee #\na,0042\n")
    assert one["employee_number"] == "0042"
    assert "is nearly 'employee#'" in refused("username,Employee\na,Anna Muster\n")


@pytest.mark.parametrize("cell", ["#N/A", "#NV", "1.23457E+11"])
def test_what_a_spreadsheet_made_of_a_password(cell: str) -> None:
    said = refused(f"username;threema_password\na;{cell}\nb;geheim-1234\n")
    assert "row 2, column 2" in said and cell not in said


PEOPLE: t.Final = [{"uid": "a", "memberOf": ["cn=staff", "cn=suspended"]}, {"uid": "b", "memberOf": ["cn=staff"]}]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"where_not": {"memberOf": "cn=suspended"}}, ["b"]),
        ({"where": {"memberOf": "cn=suspended"}}, ["a"]),
        ({"where": {"memberOf": "cn=staff"}}, ["a", "b"]),
    ],
    ids=str,
)
def test_any_of_several_values_meets_a_condition(options: dict[str, t.Any], expected: list[str]) -> None:
    assert [one["username"] for one in from_roster(PEOPLE, **options)] == expected


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ({"username": True}, "a username must be a string"),
        ({"username": "a", "last_name": False}, "takes a string, not the boolean"),
        ({"username": "a", "threema_password": 342391}, "a password must be a string"),
    ],
    ids=str,
)
def test_what_is_no_text(person: dict[str, t.Any], said: str) -> None:
    assert said in refused([person]) and "342391" not in refused([person])


NO_VALUES: t.Final = ("NULL", "null", "None", "NaN", "nan", "N/A", "n/a", "(null)", "\\N", "undefined")


@pytest.mark.parametrize("cell", NO_VALUES)
def test_what_programs_write_where_there_is_no_value(cell: str) -> None:
    assert f"row 3, column 1 'username': {cell} is what programs write" in refused(f"username\na\n{cell}\n")
    assert "row 2, column 2 'employee_number'" in refused(f"username;employee_number\na;{cell}\n")
    # People may be called so.
    found = from_roster(f"username;last_name;x\na;{cell};\nb;{cell};\nc;C;{cell}\n", details=True)
    assert [one["last_name"] for one in found["people"]] == [cell, cell, "C"]
    assert found["source"]["warnings"] == [
        f"column 2 'last_name': 2 times {cell}, which programs write if there is no value; it was used as it "
        "is, because people may have this name"
    ]


@pytest.mark.parametrize("name", ["Nan", "Null", "nano", "n.a.", "none.b", "NULLI", "Undefined"])
def test_names_that_are_like_them(name: str) -> None:
    found = from_roster(f"username;last_name\n{name};{name}\n", details=True)
    assert found["people"] == [{"username": name, "last_name": name}]
    assert not found["source"]["warnings"]


@pytest.mark.parametrize("column", ["valid_from", "valid_until"])
def test_several_days_are_no_day(column: str) -> None:
    assert "row 1, column 2" in refused([{"uid": "a", column: ["2026-01-01", "2027-01-01"]}])
    assert "there are several dates here" in refused([{"uid": "a", column: ["2026-01-01", "2027-01-01"]}])
    found = from_roster([{"uid": "a", column: ["2099-01-01", "01.01.2099"]}], details=True)
    (one,) = (*found["people"], *found["not_yet"])
    assert one[column] == "2099-01-01"
    assert not [warning for warning in found["source"]["warnings"] if "several values" in warning]


def test_booleans_and_numbers_that_are_meant() -> None:
    people = [{"username": 7, "threema_locked": False, "th_disable_calls": True, "employee_number": 42, "x": 1.5}]
    (one,) = from_roster(people)
    assert (one["username"], one["locked"], one["th_disable_calls"], one["employee_number"]) == ("7", False, True, "42")


def test_the_template_of_entra_as_the_portal_shows_it() -> None:
    text = "User name [userPrincipalName],Block sign in (Yes/No) [accountEnabled]\na@b.ch,No\nc@b.ch,Yes\n"
    assert [one["username"] for one in from_roster(text, profile="entra_template")] == ["a@b.ch"]
