# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From text to rows: delimiters, quotation marks, line breaks, the header row, and rows of a wrong length."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.plugins.plugin_utils._reader import people as people_module
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import details, people, problem, problems

JO = [{"username": "jo", "first_name": "Jo"}]


def test_one_column_with_a_delimiter_that_was_given() -> None:
    """What would part cells otherwise is part of them."""
    assert people("first_name,username\nAnna,a;b\n", delimiter=",") == [{"first_name": "Anna", "username": "a;b"}]
    found = details("username\na;b\nc,d\n", delimiter="\t")
    assert ([one["username"] for one in found["people"]], found["source"]["delimiter"]) == (["a;b", "c,d"], "\t")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_breaks(delimiter: str, line_break: str) -> None:
    rows = [["username", "Note, or; so"], ["jo", '"two\nlines"'], ["li", " x "]]
    text = "".join(delimiter.join('"{}"'.format(cell.replace('"', '""')) for cell in row) + line_break for row in rows)
    found = details(text)
    assert found["people"] == [
        {"username": "jo", "Note, or; so": '"two\nlines"'},
        {"username": "li", "Note, or; so": "x"},
    ]
    assert found["source"]["delimiter"] == delimiter
    assert people(text.replace('"two\nlines"', "y").replace('""', "")) == people(
        text.replace('"two\nlines"', "y").replace('"', "").replace("Note, or; so", '"Note, or; so"')
    )


@pytest.mark.parametrize(("line_break", "other"), [("\n", "\r"), ("\r\n", "\r"), ("\r", "\n")])
def test_line_breaks_of_another_kind_belong_to_the_cell(line_break: str, other: str) -> None:
    """Python's csv does not quote them before version 3.13."""
    text = line_break.join(["username;note", f"jo;a{other}b", "li;c", ""])
    assert people(text) == [{"username": "jo", "note": f"a{other}b"}, {"username": "li", "note": "c"}]


def test_the_delimiter_is_the_one_with_which_the_header_row_is_known() -> None:
    assert people("Liste; Bern, Chur\nusername,first_name\njo,Jo\n") == JO
    assert people("username;first_name;cost,center\njo;Jo;a,b\n") == [{**JO[0], "cost,center": "a,b"}]


@pytest.mark.parametrize(("delimiter", "character"), [("^", "^"), ("tab", "\t"), ("\\t", "\t"), (":", ":"), ("~", "~")])
def test_the_option_delimiter(delimiter: str, character: str) -> None:
    found = details(f"username{character}first_name\njo{character}Jo\n", delimiter=delimiter)
    assert found["people"] == JO
    assert found["source"]["delimiter"] == character


@pytest.mark.parametrize("delimiter", ["", ";;", "a", '"', "\n", 7])
def test_what_cannot_separate_cells(delimiter: object) -> None:
    assert problem("username\njo\n", delimiter=delimiter).startswith("delimiter: ")


def test_the_line_that_names_the_delimiter() -> None:
    text = "sep=;\r\nusername;th_disable_web\r\njo;on\r\n"
    assert people(text) == [{"username": "jo", "th_disable_web": True}]
    assert details(text)["source"]["header_row"] == 2
    # It counts as a row, as it does in a spreadsheet.
    assert problem("SEP=;\nusername;th_disable_web\njo;so\n").startswith("row 3, column 2 'th_disable_web': ")
    assert people("sep=|\nusername|first_name\njo|Jo\n") == JO
    assert "name it with delimiter" in problem("sep=^\nusername^first_name\njo^Jo\n")
    assert people("sep=^\nusername^first_name\njo^Jo\n", delimiter="^") == JO


def test_one_column() -> None:
    found = details('username\nanna\n"b,c"\ndora,\n')
    assert found["people"] == [{"username": name} for name in ("anna", "b,c", "dora")]
    assert found["source"]["delimiter"] is None
    rows = [text.split(",")[0] for text in problems("username\na;b\nc\td\ne|f\ng,h\n")]
    assert rows == ["row 2", "row 3", "row 4", "row 5"]


def test_blanks_around_quotation_marks() -> None:
    assert people('username, "first_name" ,"last_name"\njo, "An, na" ,5" Joe\n') == [
        {"username": "jo", "first_name": "An, na", "last_name": '5" Joe'}
    ]


def test_a_quotation_mark_that_is_never_closed_is_named_where_it_was_opened() -> None:
    assert problem('username,email\njo,"y\nli,z\n') == (
        "row 2, column 2: the quotation mark opened here is never closed; close it, or remove it"
    )
    assert problem('"username,email\njo,x\n').startswith("row 1, column 1: the quotation mark opened here")


def test_text_after_a_closing_quotation_mark_is_refused() -> None:
    assert problem('username,email\n"jo" x,y\nli,z\n').startswith("row 2, column 1: there is text after a closing")


@pytest.mark.parametrize("text", ["", " \n", b"", b"\xef\xbb\xbf", "sep=;\n", "\n\n;;\n"])
def test_a_list_of_nothing(text: str | bytes) -> None:
    assert problem(text).startswith("row 1: the list is empty")


@pytest.mark.parametrize("text", ["username", "username\n", "username;first_name\r\n;\r\n\r\n"])
def test_a_list_of_nobody(text: str) -> None:
    assert problem(text) == "row 1: there are no people on this list"


@pytest.mark.parametrize(
    ("before", "row", "skipped"),
    [
        ("Klassenliste 10a\nStand: 25.11.2026\n\n", 4, "rows 1, 2"),
        ("#TYPE Selected.Microsoft.ActiveDirectory.Management.ADUser\n", 2, "row 1"),
        ("version:v1.0,,,,\n", 2, "row 1"),
        ("\n\n", 3, None),
        ("x\n" * 9, 10, "rows 1, 2, 3, 4, 5, 6, 7, 8, 9"),
    ],
)
def test_rows_before_the_header_row(before: str, row: int, skipped: str | None) -> None:
    found = details(before + "username,first_name\njo,Jo\n")
    assert found["people"] == JO
    assert found["source"]["header_row"] == row
    warnings = found["source"]["warnings"]
    assert warnings == ([f"{skipped}: not read, because the header row is row {row}"] if skipped else [])


@pytest.mark.parametrize("line", ["--------;----------", "|:---|---:|", "========;=="])
def test_a_line_below_the_header_row_is_nobody(line: str) -> None:
    mark = line.strip(":-=")[0]
    rows = ["username", "first_name"], ["jo", "Jo"]
    header, row = (mark.join(("", *cells, "") if line[0] == mark else cells) for cells in rows)
    found = details(f"{header}\n{line}\n{row}\n")
    assert found["people"] == JO
    assert found["source"]["warnings"] == ["row 2: not read, because it only draws a line"]
    assert found["source"]["rows"] == 1
    assert len(people(f"{header}\n{row}\n{line}\n")) == 2


def test_the_header_row_is_one_of_the_first_ten() -> None:
    assert "nor in another of the first 10 rows" in problem("x\n" * 10 + "username,first_name\njo,Jo\n")
    assert people("x\n" * 10 + "username,first_name\njo,Jo\n", header_row=11) == JO


def test_the_option_header_row() -> None:
    text = "username,first_name\nlogin,Vorname\njo,Jo\n"
    assert people(text, header_row="2") == JO
    assert "row 3: there is no column username" in problem(text, header_row=3)
    assert problem(text + "\n", header_row=4) == "row 4: this row, which header_row names, is empty"
    assert problem(text, header_row=9) == "row 9: this row, which header_row names, is empty"


@pytest.mark.parametrize("row", [0, -1, "two", "", True, 1.5])
def test_numbers_that_name_no_row(row: object) -> None:
    assert problem("username\njo\n", header_row=row).startswith("header_row: ")


def test_a_list_that_was_sorted_with_its_header_row() -> None:
    text = "a.bern,Aa,1\nb.chur,,2\nusername,first_name,note\nz.zug,Zz,3\n"
    assert problem(text).startswith(
        "row 1: this row is before the header row (row 3), but as full as a row of a person"
    )
    assert people(text, header_row=3) == [{"username": "z.zug", "first_name": "Zz", "note": "3"}]
    assert people("Stand,25.11.2026\nusername,first_name\njo,Jo\n") == JO


@pytest.mark.parametrize(
    "again", ["username,first_name", "User Name, First-Name", "first_name,username", "username,first_name,,"]
)
def test_the_header_row_again(again: str) -> None:
    text = f"username,first_name\na,Aa\n{again}\nb,Bb\n"
    assert problem(text).startswith("row 3: this is the header row again")
    assert problem(text, bad_rows="skip").startswith("row 3: this is the header row again")


def test_without_a_column_username_the_headings_are_shown_only_where_they_are_some() -> None:
    assert problem("first_name;Abteilung;email\nJo;IT;x\n") == (
        "row 1: there is no column username, nor in another of the first 10 rows; the headings are 'first_name', "
        "'Abteilung', 'email'. Name the heading of the usernames with columns (in the playbook: roster_columns), as in "
        "{'Email': 'username'}"
    )


@pytest.mark.parametrize("line", ["anna.muster,Anna,Sommer2024", "anna.muster;Password1", "Sommer2024"])
def test_a_first_row_of_data_is_not_repeated(line: str) -> None:
    message = problem(f"{line}\nbeat.muster,Beat,Winter2024\n")
    assert "it does not look like a header row" in message
    assert not any(word in message for word in ("Sommer2024", "Password1", "Winter2024"))


def test_rows_are_counted_as_in_a_spreadsheet() -> None:
    text = '\nusername,note\n\n"anna","two\nlines"\n,,,\nbeat,x,y\n'
    assert problem(text).startswith("row 6, column 3: there are 3 cells, but 2 headings")


def test_empty_names_at_the_end_of_the_header_row_do_not_count() -> None:
    assert people("username;email;;\njo;x\nli;y;;;;\n") == [
        {"username": "jo", "email": "x"},
        {"username": "li", "email": "y"},
    ]


def test_a_value_under_an_empty_heading() -> None:
    text = "username;;email\njo;x;y\nli;;z\n"
    assert problem(text) == "row 2, column 2: there is a value under an empty heading; name it"
    assert problem(text, bad_rows="skip") == "row 2, column 2: there is a value under an empty heading; name it"


@pytest.mark.parametrize("row", ["jo", "jo,Jo", "Confidential Information - Do Not Distribute", "Total: 25"])
def test_a_row_that_is_too_short(row: str) -> None:
    found = problem(f"dept,username,first_name\nIT,li,Li\n{row}\n")
    cells = "there are 2 cells" if "," in row else "there is 1 cell"
    assert found.startswith(f"row 3: {cells}, but 3 headings")
    assert "save as .xlsx" in found


def test_more_rows_than_any_staff_list_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_module, "_MOST_ROWS", 3)
    text: t.Final = "username\na\n\nb\nc\n"
    assert len(people(text)) == 3
    assert problem(text + "d\n") == "row 6: there are more than 3 rows; this is not a staff list"
