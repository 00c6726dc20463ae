# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All rows together: usernames that are there twice, one password for everybody, bad rows, and what is returned."""

from __future__ import annotations

import pytest
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import RosterError
from ansible_collections.threema.work.plugins.plugin_utils._roster import read
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import details, people, problem, problems


def test_known_columns_are_typed_and_others_stay_as_text() -> None:
    assert people(
        "username,employee_number,first_name,th_keep_messages_days,th_disable_calls,E-Mail,Raum\n"
        'anna.muster,007,Anna,30,ON,anna@example.com,="007"\nbeat,,,,,,\n'
    ) == [
        {
            "username": "anna.muster",
            "employee_number": "007",
            "first_name": "Anna",
            "th_keep_messages_days": 30,
            "th_disable_calls": True,
            "E-Mail": "anna@example.com",
            "Raum": "007",
        },
        {"username": "beat", "E-Mail": "", "Raum": ""},
    ]


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("jo", "jo", "both have the username 'jo'; each needs its own"),
        ("jo", " jo ", "both have the username 'jo'"),
        ("rene\u0301", "ren\u00e9", "both have the username 'ren\u00e9'"),
        ("Anna", "anna", "the usernames 'Anna', 'anna' look alike"),
        ("Strau\u00df", "STRAUSS", "the usernames 'Strau\u00df', 'STRAUSS' look alike"),
    ],
)
def test_usernames_that_are_there_twice(first: str, second: str, what: str) -> None:
    found = problem(f"username,x\n{first},1\nli,2\n{second},3\n")
    assert found.startswith(f"rows 2 and 4: {what}")


def test_usernames_that_are_there_more_than_twice_are_one_problem() -> None:
    assert problem("username\njo\njo\nli\nJo\n") == (
        "rows 2, 3 and 5: the usernames 'jo', 'Jo' look alike (except for case or encoding); each person needs a "
        "different one"
    )


@pytest.mark.parametrize("bad_rows", ["refuse", "skip"])
def test_one_password_for_everybody(bad_rows: str) -> None:
    text = "username,threema_password\njo,Sommer-2026\nli,Sommer-2026\nmo,\nno,#N/A\n"
    found = problems(text.replace("no,#N/A\n", ""), bad_rows=bad_rows)
    assert found[0].startswith("row 1, column 2 'threema_password': all 2 people have the same password")
    assert "Sommer" not in found[0]
    assert len(people(text.replace("mo,", "mo,Winter-2026").replace("no,#N/A\n", ""))) == 3
    assert people("username,threema_password\njo,Sommer-2026\n") == [{"username": "jo", "password": "Sommer-2026"}]


BAD = """username,employee_number,first_name,nickname
a.one,1,Aa,
b.two,2,Bb,
b.two,3,Bb,
c.three,4,Cc,nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
d.four,5
,6,Ee,
f\u200bix,7,#N/A,
g.seven,#N/A,Gg,
h.eight,9,Hh,,x
"""


def test_bad_rows_are_all_reported() -> None:
    assert [text[:7].strip(",: ") for text in problems(BAD)] == [
        "rows 3",
        "row 5",
        "row 6",
        "row 7",
        "row 8",
        "row 8",
        "row 9",
        "row 10",
    ]


def test_bad_rows_can_be_left_out() -> None:
    found = details(BAD, bad_rows="skip")
    assert found["people"] == [{"username": "a.one", "employee_number": "1", "first_name": "Aa"}]
    assert [(one["row"], one["username"], one["employee_number"]) for one in found["skipped"]] == [
        (3, "b.two", "2"),
        (4, "b.two", "3"),
        (5, "c.three", "4"),
        # A cell that is itself wrong, and any cell of a row of a wrong length, counts as missing.
        (6, None, None),
        (7, None, "6"),
        (8, None, "7"),
        (9, "g.seven", None),
        (10, None, None),
    ]
    assert len(found["skipped"][5]["problems"]) == 2
    assert found["skipped"][0]["problems"] == ["rows 3 and 4: both have the username 'b.two'; each needs its own"]
    assert found["source"]["rows"] == 9
    assert found["source"]["warnings"] == [
        "skipped because their rows contain errors (bad_rows): 8, in rows 3, 4, 5, 6, 7, 8, 9, 10"
    ]


def test_a_number_under_the_name_of_its_parameter_counts_too() -> None:
    found = details("username,th_csi,nickname\njo,7,\nli,8," + "n" * 40 + "\n", bad_rows="skip")
    assert found["skipped"][0]["employee_number"] == "8"


@pytest.mark.parametrize(
    "text",
    [
        'username,note\njo,x\n"li,y\n',
        'username,note\njo,x\n"li" o,y\n',
        "username,firstnmae\njo,x\n",
        "username,note\njo,x\nusername,note\n",
        "username,threema_password\njo,Sommer-2026\nli,Sommer-2026\n",
        "username,note\njo,\n,x\njo,y\n",
        b"username,note\njo,\xc3\xab\nli,\xfc\xc3\xab\n",
    ],
)
def test_what_can_never_be_left_out(text: str | bytes) -> None:
    assert problems(text, bad_rows="skip")


def test_nobody_is_left_out_where_the_list_is_refused_for_bad_rows() -> None:
    found = details("username\njo\n")
    assert found["skipped"] == found["left_out"] == found["not_yet"] == []
    assert problems("username,note\njo,\njo,\n", bad_rows="skip")[-1] == "row 1: nobody is left"


@pytest.mark.parametrize("bad_rows", ["", "ignore", True, ["skip"]])
def test_the_option_bad_rows(bad_rows: object) -> None:
    assert problem("username\njo\n", bad_rows=bad_rows).startswith("bad_rows: ")


def test_what_was_done() -> None:
    found = read(b"Liste\nlogin;Vorname;Mail;password\njo;Jo;x;y\n", name="/tmp/people.csv", source="roster")
    assert found.details["source"] == {
        "name": "/tmp/people.csv",
        "encoding": "utf-8",
        "delimiter": ";",
        "sheet": None,
        "header_row": 2,
        "rows": 1,
        "used": {"login": ["username"], "Vorname": ["first_name"]},
        "ignored": ["Mail", "password"],
        "username_heading": "login",
        "profile": None,
        "warnings": found.warnings,
    }
    assert found.warnings[0] == "row 1: not read, because the header row is row 2"
    assert found.warnings[1].startswith(
        "row 2: column 4 'password' was not taken, because other systems have such columns"
    )
    assert found.details["people"] == found.people == [{"username": "jo", "first_name": "Jo", "Mail": "x"}]


def test_all_problems_are_carried_and_twenty_are_shown() -> None:
    with pytest.raises(RosterError) as caught:
        read("username,nickname\n" + "".join(f"p{number},{'x' * 40}\n" for number in range(60)), source="roster a.csv")
    assert len(caught.value.problems) == 60
    lines = str(caught.value).splitlines()
    assert lines[0] == "roster a.csv: 60 errors, so nothing was read from it:"
    assert len(lines) == 22
    assert lines[-1] == "- and 40 more"


def test_usernames_are_shown_escaped_and_cut() -> None:
    name = "x" * 90
    found = problem(f"username,note\n{name}\u00a0,\n{name},\n")
    assert "x" * 60 not in found
    assert "…" in found
