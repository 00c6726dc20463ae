# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single rows that are not people: hints of templates, rows of a wrong length, and what is said of their cause."""

from __future__ import annotations

import pytest
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import people, problem

HINT = (
    "this row says which columns are required, or of which type, as templates do; remove the row. If it is a person, "
    "move it down"
)


@pytest.mark.parametrize(
    "row",
    [
        "Pflichtfeld;optional;optional",
        "PFLICHTFELD*;;(optional)",
        "required;mandatory;",
        "obligatoire;facultatif;facultatif",
        "varchar(20);VARCHAR (64);numeric(10, 2)",
        "string;text;date",
        "integer;;",
        "--;--;--\nstring;string;date",
    ],
)
@pytest.mark.parametrize("bad_rows", ["refuse", "skip"])
def test_a_row_of_hints_below_the_header_row(row: str, bad_rows: str) -> None:
    place = row.count("\n") + 2
    text = f"username;first_name;since\n{row}\na;Anna;2026-01-01\n"
    assert problem(text, bad_rows=bad_rows) == f"row {place}: {HINT}"
    assert problem(text, bad_rows=bad_rows, where={"first_name": "Anna"}) == f"row {place}: {HINT}"


def test_hints_of_contacts() -> None:
    text = "threema_id;first_name\nrequired;optional\nECHOECHO;Zoë\n"
    assert problem(text, kind="contacts") == f"row 2: {HINT}".replace("person", "contact")


@pytest.mark.parametrize("row", ["text;Anna;", "optional;text;x", "varchar;;20", "text(a);;"])
def test_people_who_are_called_like_a_hint(row: str) -> None:
    text = f"username;first_name;note\n{row}\na;Anna;\n"
    assert [one["username"] for one in people(text)] == [row.partition(";")[0], "a"]


def test_hints_further_down_are_people() -> None:
    assert len(people("username;note\na;x\noptional;text\n")) == 2


@pytest.mark.parametrize(
    ("end", "name"),
    [("\r", "a carriage return alone"), ("\x85", "U+0085"), ("\u2028", "U+2028"), ("\u2029", "U+2029")],
    ids=["cr", "nel", "ls", "ps"],
)
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_line_ends_of_another_kind(end: str, name: str, line_break: str) -> None:
    text = f"username;first_name\na;Anna{end}b;Bea\nc;Cora\n".replace("\n", line_break)
    assert problem(text) == (
        "row 2, column 3: there are 3 cells, but 2 headings; there is a line end of another kind in column 2 "
        f"({name}), so this may be several rows; save the list with the same line ends everywhere"
    )
    found = problem(f"username;first_name;x\na{end}b;Bea\nc;Cora;y\n")
    assert found.startswith("row 2: there are 2 cells, but 3 headings; there is a line end of another kind in column 1")


def test_a_quoted_line_break_is_no_other_line_end() -> None:
    text = 'username;note\r\na;"x\r\ny";z;z\r\n'
    assert problem(text).endswith("put cells that contain the delimiter in quotation marks")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("username,first_name\na;Anna\nb,Bea\n", "another delimiter separates the cells of this row"),
        ("username;first_name\na\tAnna\nb;Bea\n", "another delimiter separates the cells of this row"),
        (" username | first_name \n----------+------------\n a | Anna\n", "this row only draws a line; remove it"),
        ("username;first_name\na;Anna\n=====================\n", "this row only draws a line; remove it"),
    ],
)
def test_rows_of_another_list_and_lines(text: str, said: str) -> None:
    found = problem(text)
    assert "there is 1 cell, but 2 headings; " in found and said in found
    assert "Excel" not in found


@pytest.mark.parametrize("row", ["a;Anna;x", "a:Anna", "-", "a;"])
def test_other_rows_that_are_too_short(row: str) -> None:
    found = problem(f"username,first_name\n{row}\nb,Bea\n", delimiter=",")
    if row == "a;":
        assert "another delimiter" in found
    else:
        assert found.startswith("row 2: there is 1 cell, but 2 headings, and the missing one may be any of them; Excel")
