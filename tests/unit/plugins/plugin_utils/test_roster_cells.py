# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From cells to values: what is taken away around them, what is refused, and that no cell is repeated in a message."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import people, problem, problems


def value(column: str, cell: str) -> t.Any:
    """What a cell is as a column of a person."""
    quoted = cell.replace('"', '""')
    (person,) = people(f'username;x;note\njo;"{quoted}";\n', columns={"x": column})
    return person.get(column)


def refusal(column: str, cell: str) -> str:
    """Why a cell is refused as a column of a person."""
    quoted = cell.replace('"', '""')
    found = problem(f'username;x;note\njo;"{quoted}";\nli;;\n', columns={"x": column})
    assert found.startswith("row 2, column 2 'x': ")
    assert len(cell) < 5 or cell not in found
    return found.removeprefix("row 2, column 2 'x': ")


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("first_name", " \t\xa0Anna Maria\u2003\u202f\r\n", "Anna Maria"),
        ("first_name", "Zoe\u0308", "Zoë"),
        ("employee_number", '="00042"', "00042"),
        ("employee_number", "00042", "00042"),
        ("nickname", '="say ""hi"""', 'say "hi"'),
        ("nickname", "=5", "=5"),
        ("nickname", "'=5", "=5"),
        ("nickname", "'+41", "+41"),
        ("nickname", "'-x", "-x"),
        ("nickname", "'@x", "@x"),
        ("nickname", "''=5", "'=5"),
        ("nickname", "'s Gravenhage", "'s Gravenhage"),
        ("nickname", "a\u200db \U0001f469\u200d\u2695\ufe0f", "a\u200db \U0001f469\u200d\u2695\ufe0f"),
        ("nickname", "\u0646\u200c\u0645", "\u0646\u200c\u0645"),
        ("nickname", "#1", "#1"),
        ("nickname", "", None),
        ("nickname", " \xa0\t", None),
        ("password", " se cret ", " se cret "),
        ("password", "e\u0301e\u0301", "e\u0301e\u0301"),
        ("password", "'=5", "'=5"),
        ("password", "", None),
        ("th_safe_password", " e\u0301 secret ", " e\u0301 secret "),
        ("th_new_token", " e\u0301 secret ", " e\u0301 secret "),
        ("license_count", "2", 2),
        ("locked", "Yes", True),
        ("hashed", "off", False),
        ("th_keep_messages_days", "30", 30),
        ("th_disable_calls", "ON", True),
        ("valid_until", "31.12.2099", "2099-12-31"),
        ("valid_until", "2099-12-31", "2099-12-31"),
    ],
)
def test_values(column: str, cell: str, expected: object) -> None:
    found = value(column, cell)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("column", ["username", "first_name", "department", "th_newer", "password", "th_safe_password"])
@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("An\u200bna-Maria", "an invisible character (U+200B)"),
        ("An\u00adna-Maria", "an invisible character (U+00AD)"),
        ("\ufeffAnna-Maria", "an invisible character (U+FEFF)"),
        ("r\u202eevil-Maria", "an invisible character (U+202E)"),
        ("An\x07na-Maria", "another control character (U+0007)"),
        ("Anna-Maria\x1c", "another control character (U+001C)"),
        ("Anna-Maria\x85", "another control character (U+0085)"),
        ("Anna\tMaria", "a tab, or another control character (U+0009)"),
        ("Anna\nMaria", "there is a line break"),
        ("Anna\u2028Maria", "there is a line break"),
        ("Anna\u2029Maria", "there is a line break"),
        ("M\ufffdller", "a character was lost"),
        ("Anna \u200d", "an invisible character (U+200D)"),
    ],
)
def test_characters_that_are_refused_in_every_column_that_is_sent(column: str, cell: str, reason: str) -> None:
    if column == "username":
        assert reason in problem(f'username,note\n"{cell}",x\nli,y\n')
    else:
        assert reason in refusal(column, cell)
    assert people(f'username,note\njo,"{cell}"\n')


@pytest.mark.parametrize("column", ["password", "username"])
def test_joiners_are_refused_in_names_that_are_typed(column: str) -> None:
    text = "x,y\na\u200db,1\nc,2\n"
    other = {"y": "username"} if column == "password" else {}
    assert "an invisible character (U+200D)" in problem(text, columns={"x": column, **other})


@pytest.mark.parametrize(
    "cell",
    [
        "#N/A",
        "#NAME?",
        "#REF!",
        "#n/a",
        "#WERT!",
        "#BEZUG!",
        "#NV",
        "#VALEUR!",
        "#NOM?",
        "#RIF!",
        "#DIV/0!",
        "Err:502",
        "######",
    ],
)
@pytest.mark.parametrize("column", ["employee_number", "department"])
def test_error_values_of_spreadsheets(column: str, cell: str) -> None:
    assert refusal(column, cell).startswith("this is what a spreadsheet writes if it has no value")


@pytest.mark.parametrize("cell", ["1.23457E+12", "1,23E+05", "4E+10"])
def test_numbers_that_a_spreadsheet_has_rounded(cell: str) -> None:
    assert refusal("employee_number", cell).startswith("a spreadsheet has rounded this number")
    assert value("department", cell) == cell


@pytest.mark.parametrize("cell", ["****", "••••••••", "........", "*", "●●●●", '="Sommer-2026"', "   "])
def test_passwords_that_are_none(cell: str) -> None:
    assert refusal("password", cell)
    assert refusal("th_safe_password", cell)


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("license_count", "0", "an integer of at least 1"),
        ("license_count", "1.5", "an integer of at least 1"),
        ("license_count", "9" * 5000, "an integer of at least 1"),
        ("locked", "perhaps", "neither true nor false"),
        ("nickname", "n" * 33, "0 to 32 characters"),
        ("th_firstname", "n" * 256, "255 characters"),
        ("th_disable_calls", "perhaps", "boolean"),
        ("th_keep_messages_days", "some", "integer"),
        ("th_keep_messages_days", "3651", "0 to 3650"),
        ("th_safe_password", "Sommer", "8 to 4096 characters"),
        ("password", "S" + "So" * 128, "257 characters are too many"),
        ("valid_until", "03/04/2026", "not a date such as 2026-12-31 or 31.12.2026"),
        ("valid_until", "1.02.2026", "not a date"),
        ("valid_until", "01.2.2026", "not a date"),
        ("valid_until", "2026-1-31", "not a date"),
        ("valid_from", "31.02.2026", "there is no such date"),
    ],
)
def test_wrong_values(column: str, cell: str, reason: str) -> None:
    assert reason in refusal(column, cell)


def test_usernames() -> None:
    assert problems("username,email\n,x\n" + "x" * 257 + ",\n" + "y" * 256 + ",\n17,\n") == [
        "row 2, column 1 'username': the username is empty; every person needs one",
        "row 3, column 1 'username': 257 characters are too many; the maximum is 256",
    ]


def test_a_password_is_not_repeated_when_cells_are_out_of_step() -> None:
    text = "username;threema_password;threema_locked;th_disable_calls\njo;a;Sommer;2024;x\nli;b;Sommer;2024\n"
    message = "\n".join(problems(text))
    assert "row 2, column 5" in message
    assert "row 3, column 3" in message
    assert "Sommer" not in message
    assert "2024" not in message
