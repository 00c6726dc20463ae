# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reader of the roster, through read_roster."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.plugins.plugin_utils._roster import RosterError, read_roster


def problems(text: str | bytes, **kwargs: t.Any) -> list[str]:
    """The problems for which a roster is refused."""
    with pytest.raises(RosterError) as caught:
        read_roster(text, **kwargs)
    for problem in caught.value.problems[:50]:
        assert f"- {problem}" in str(caught.value)
    return caught.value.problems


def test_known_columns_are_typed_and_others_stay_as_text() -> None:
    people = read_roster(
        "username,employee_number,first_name,license_count,locked,hashed,th_keep_messages_days,th_disable_calls,E-Mail\n"
        "anna.muster,007,Anna,2,Yes,off,30,ON,anna@example.com\n"
    )
    assert people == [
        {
            "username": "anna.muster",
            "employee_number": "007",
            "first_name": "Anna",
            "license_count": 2,
            "locked": True,
            "hashed": False,
            "th_keep_messages_days": 30,
            "th_disable_calls": True,
            "E-Mail": "anna@example.com",
        }
    ]


def test_empty_cells_of_known_columns_are_left_out_and_of_others_kept() -> None:
    people = read_roster("username;first_name;locked;th_csi;email\nanna;;;;\nbeat\n")
    assert people == [{"username": "anna", "email": ""}, {"username": "beat", "email": ""}]


@pytest.mark.parametrize("text", ["username", "username\n", "username;first_name\r\n;\r\n\r\n"])
def test_a_roster_of_nobody_is_an_empty_list(text: str) -> None:
    assert read_roster(text) == []


@pytest.mark.parametrize("text", ["", " \n", b"", b"\xef\xbb\xbf", "sep=;\n"])
def test_a_roster_without_heading_is_refused(text: str | bytes) -> None:
    assert problems(text) == ["row 1: there is nothing; at least a heading line with the column username is needed"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_encodings(encoding: str) -> None:
    assert read_roster("username;last_name\njo;Müller-Žák\n".replace("Žá", "ê").encode(encoding))[0] == {
        "username": "jo",
        "last_name": "Müller-êk",
    }


def test_bytes_that_windows_1252_has_and_latin_1_has_not() -> None:
    assert read_roster(b"username\njo\x80\n") == [{"username": "jo€"}]


@pytest.mark.parametrize("data", [b"\xff\xfeu\x00s", b"\xff\xfeu\x00s\x00e", "username\njo\n".encode("utf-16-le")])
def test_broken_or_unmarked_utf_16_is_refused(data: bytes) -> None:
    assert problems(data)


def test_utf_16_cut_off_is_refused_with_what_to_do() -> None:
    assert problems(b"\xff\xfeu") == ["row 1: the file begins like UTF-16 but is not; save it again as CSV in UTF-8"]


def test_a_byte_order_mark_in_text_is_ignored() -> None:
    assert read_roster("\ufeffusername\njo\n") == [{"username": "jo"}]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("username,email\njo,a\0b\n", "row 2, column 2: "),
        ("user\0name\njo\n", "row 1, column 1: "),
        ("username\n\njo\udc80\n", "row 3, column 1: "),
    ],
)
def test_characters_that_are_no_text_are_refused(text: str, place: str) -> None:
    assert [problem[: len(place)] for problem in problems(text)] == [place]


def test_a_workbook_is_refused() -> None:
    assert "save the sheet as CSV" in problems(b"PK\x03\x04\x14\x00")[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_breaks(delimiter: str, line_break: str) -> None:
    rows = [["username", "Note, or; so"], ["jo", '"two\nlines"'], ["li", " x "]]
    text = "".join(delimiter.join('"{}"'.format(cell.replace('"', '""')) for cell in row) + line_break for row in rows)
    assert read_roster(text) == [
        {"username": "jo", "Note, or; so": '"two\nlines"'},
        {"username": "li", "Note, or; so": "x"},
    ]


def test_sep_line_of_spreadsheets() -> None:
    assert read_roster("sep=;\r\nusername;locked\r\njo;on\r\n") == [{"username": "jo", "locked": True}]
    assert problems("SEP=;\nusername;locked\njo;so\n")[0].startswith("row 2, column 2 'locked': ")
    assert "use comma, semicolon or tab" in problems("sep=|\nusername|locked\n")[0]


def test_one_column() -> None:
    assert read_roster('username\nanna\n"b,c"\ndora,\n') == [{"username": name} for name in ("anna", "b,c", "dora")]
    assert [problem[:16] for problem in problems("username\na;b\nc\td\n")] == ["row 2, column 2:", "row 3, column 2:"]


def test_blanks_around_quotation_marks() -> None:
    assert read_roster('username, "first_name" ,"last_name"\njo, "An, na" ,5" Joe\n') == [
        {"username": "jo", "first_name": "An, na", "last_name": '5" Joe'}
    ]


def test_quotation_mark_that_is_never_closed_is_named_where_it_was_opened() -> None:
    assert problems('username,email\n"a\nb",x\njo,"y\nli,z\n') == [
        "row 2, column 1 'username': there is a line break, a tab or another control character; remove it",
        "row 3, column 2: the quotation mark opened here is never closed; close it, or remove it",
    ]
    assert problems('"username,email\n')[0].startswith("row 1, column 1: the quotation mark opened here")


def test_text_after_a_closing_quotation_mark_is_refused() -> None:
    assert problems('username,email\n"jo" x,y\nli,z\n')[0].startswith("row 2, column 1: there is text after a closing")


def test_rows_are_counted_as_in_a_spreadsheet() -> None:
    text = '\nusername,note\n\n"anna","two\nlines"\n,,,\nbeat,x,y\n'
    assert problems(text)[0].startswith("row 6, column 3: there are 3 cells, but 2 headings")


def test_cells_under_no_heading() -> None:
    assert read_roster("username;email;;\njo;x;;;;\n") == [{"username": "jo", "email": "x"}]
    assert problems("username;;email\njo;x;y\n") == [
        "row 2, column 2: there is a value under an empty heading; name it"
    ]


def test_white_space_is_removed_except_in_passwords() -> None:
    assert read_roster("username;first_name;password;note\n\xa0jo\t; An na ; se cret ;\xa0x\n") == [
        {"username": "jo", "first_name": "An na", "password": " se cret ", "note": "x"}
    ]


@pytest.mark.parametrize("heading", ["First Name", "first-name", " FIRST_NAME ", "First\xa0name"])
def test_headings_are_compared_without_case_and_hyphens(heading: str) -> None:
    assert read_roster(f"username,{heading}\njo,Jo\n") == [{"username": "jo", "first_name": "Jo"}]


@pytest.mark.parametrize(
    "heading",
    [
        "email",
        "e-mail",
        "cost centre",
        "phone",
        "location",
        "name",
        "title",
        "gender",
        "manager",
        "Standort",
        "Abteilung",
        "Kostenstelle",
        "surname",
        "Vorname",
        "Nachname",
        "Benutzername",
        "apartment",
        "passport",
        "department_id",
        "Department ID",
        "state",
        "id",
        "country",
        "th_a_newer_parameter",
    ],
)
def test_ordinary_other_headings_pass(heading: str) -> None:
    assert read_roster(f"username,department,{heading}\njo,,x\n") == [{"username": "jo", heading: "x"}]


@pytest.mark.parametrize(
    ("heading", "known"),
    [
        ("user_name", "username"),
        ("firstname", "first_name"),
        ("Lastname", "last_name"),
        ("job titel", "job_title"),
        ("passwort", "password"),
        ("passwd", "password"),
        ("departement", "department"),
        ("category", "categories"),
        ("employee nr", "employee_number"),
        ("licence_count", "license_count"),
        ("lock", "locked"),
        ("th_fristname", "th_firstname"),
        ("th_first_name", "th_firstname"),
    ],
)
def test_headings_that_are_nearly_known_are_refused(heading: str, known: str) -> None:
    assert problems(f"username,email,{heading}\njo,,\n")[0] == (
        f"row 1, column 3 {heading!r} is nearly {known!r}: rename it, or map it with columns"
    )


def test_a_nearly_known_heading_can_be_mapped() -> None:
    assert read_roster("user_name\njo\n", columns={"user_name": "username"}) == [{"username": "jo"}]


def test_impossible_parameter_names_are_refused() -> None:
    assert problems("username,th_größe\n")[0].startswith("row 1, column 2 'th_größe' cannot be the name of a parameter")


def test_columns_map_other_headings() -> None:
    text = "Kürzel;VORNAME ;Anrufe aus\njo;Jo;ja\nli;Li;yes\n".replace("ja", "1")
    assert read_roster(
        text, columns={" kürzel": "username", "Vorname": "first_name", "Anrufe aus": "th_disable_calls"}
    ) == [
        {"username": "jo", "first_name": "Jo", "th_disable_calls": True},
        {"username": "li", "first_name": "Li", "th_disable_calls": True},
    ]


def test_wrong_columns_are_named_together() -> None:
    found = problems(
        "username;Vorname\njo;x\n",
        columns={"Vorname": "firstname", "Nachname": "last_name", "Ort": "town", "x": 1, "vorname": "nickname"},
    )
    assert found[0] == "columns: 'firstname', for 'Vorname', is not a known column; did you mean 'first_name'?"
    assert "'town', for 'Ort', is not a known column; use one of username, employee_number," in found[1]
    assert found[2] == "columns: headings and columns must be texts; put them into quotation marks"
    assert found[3] == "columns: the heading 'vorname' is mapped twice; keep one of them"
    assert found[4] == "columns: there is no heading 'Nachname' in row 1; the headings are 'username', 'Vorname'"
    assert len(found) == 6
    assert problems("username\n", columns=["Vorname"]) == [
        "columns must be a dictionary of headings and the columns they stand for"
    ]


def test_duplicate_headings_are_refused() -> None:
    assert problems("username,Mail,mail,first_name,Vorname\n", columns={"Vorname": "first_name"}) == [
        "row 1: column 2 'Mail' and column 3 'mail' have the same heading; rename or remove one of them",
        "row 1: column 4 'first_name' and column 5 'Vorname' are both 'first_name'; rename or remove one of them",
    ]


def test_the_column_username_is_needed() -> None:
    assert problems("first_name;email\nJo;x\n") == [
        "row 1: there is no column username; the headings are 'first_name', 'email'. Name it so, or map its heading "
        "with columns"
    ]


@pytest.mark.parametrize("line", ["anna.muster,Anna,Sommer2024", "anna.muster;Password1", "Sommer2024"])
def test_a_first_row_of_data_is_not_repeated(line: str) -> None:
    message = " ".join(problems(f"{line}\nbeat.muster,Beat,Winter2024\n"))
    assert "it does not look like a heading line" in message
    assert not any(word in message for word in ("Sommer2024", "Password1", "Winter2024"))


def test_usernames() -> None:
    found = problems("username,email\n,x\na\x07,y\n" + "x" * 257 + ",\n" + "y" * 256 + ",\njo,\nJo,\njo,\n jo ,\n")
    assert found == [
        "row 2, column 1 'username': the username is empty; every person needs one",
        "row 3, column 1 'username': there is a line break, a tab or another control character; remove it",
        "row 4, column 1 'username': 257 characters are too many; at most 256",
        "rows 6 and 8: both have the username 'jo'; each needs its own",
        "rows 6 and 9: both have the username 'jo'; each needs its own",
    ]


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("license_count", "0", "a whole number of at least 1"),
        ("license_count", "1.5", "a whole number of at least 1"),
        ("license_count", "9" * 5000, "a whole number of at least 1"),
        ("locked", "perhaps", "neither true nor false"),
        ("hashed", "2", "neither true nor false"),
        ("nickname", "n" * 33, "0 to 32 characters"),
        ("first_name", "n" * 256, "255 characters"),
        ("th_firstname", "n" * 256, "255 characters"),
        ("th_disable_calls", "perhaps", "boolean"),
        ("th_keep_messages_days", "some", "integer"),
        ("th_keep_messages_days", "3651", "0 to 3650"),
        ("th_safe_password", "Sommer", "8 to 4096 characters"),
        ("password", "Som\x07mer", "control character"),
        ("password", "Som\nmer", "line break"),
        ("password", "S" * 257, "257 characters are too many"),
    ],
)
def test_wrong_values_are_named_by_row_and_column_and_not_repeated(column: str, cell: str, reason: str) -> None:
    (problem,) = problems(f'username;{column};email\njo;"{cell}";\n')
    assert problem.startswith(f"row 2, column 2 {column!r}: ")
    assert reason in problem
    assert len(cell) < 5 or cell not in problem


def test_a_password_of_white_space_is_refused() -> None:
    assert "white space only" in problems("username,password\njo,   \n")[0]


def test_a_password_is_not_repeated_when_cells_are_out_of_step() -> None:
    text = "username;password;locked;th_disable_calls\njo;a;Sommer;2024;x\nli;a;Sommer;2024\n"
    message = "\n".join(problems(text))
    assert "row 2, column 5" in message
    assert "row 3, column 3" in message
    assert "Sommer" not in message
    assert "2024" not in message


def test_a_parameter_given_twice() -> None:
    text = "username,first_name,th_firstname\njo,Jo,Jo\nli,Li,\nmo,Mo,Moritz\n"
    assert problems(text) == [
        "row 4: first_name and th_firstname set the same parameter to different values; keep one of them"
    ]
    assert len(read_roster(text.replace("Moritz", "Mo"))) == 3


def test_all_problems_are_carried_and_fifty_are_named() -> None:
    with pytest.raises(RosterError) as caught:
        read_roster("username,locked\n" + "".join(f"p{number},x\n" for number in range(60)), source="roster a.csv")
    assert len(caught.value.problems) == 60
    lines = str(caught.value).splitlines()
    assert lines[0] == "roster a.csv: 60 errors, so nobody was taken from it:"
    assert len(lines) == 52
    assert lines[-1] == "- and 10 more"
