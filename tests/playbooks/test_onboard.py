# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook onboard: how it reads lists, what it shows before it writes, and what it never shows."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.playbooks.plays import Played, play, play_on_all
from ansible_collections.threema.work.tests.roles.stage import Object, Pool

SOMMER: t.Final = "Sommer-am-See-2026"
WINTER: t.Final = "Winter-am-See-2026"
LISTS: t.Final[dict[str, bytes]] = {
    "export.csv": "Personal\r\nKürzel;Rufname;Abteilung;Note;Status;threema_password\r\n"
    f"amu;Zoë;Pflege;x;Active;{SOMMER}\r\nbbe;Jürg;Pflege;y;Active;{WINTER}\r\ncex;Li;;z;Left;\r\n".encode("cp1252"),
    "short.csv": f"login,threema_password,Vorname\njo,{SOMMER},Jo\nli,{WINTER}\n".encode(),
    "bad.csv": f"login,nickname,threema_password\njo,Jo,{SOMMER}\nli,{'x' * 40},{WINTER}\nmo,,\nmo,,\n".encode(),
    "many.csv": ("login,nickname\njo,\n" + "".join(f"p{number},{'x' * 40}\n" for number in range(30))).encode(),
}
#: A survey answers empty fields with an empty text, and has only text.
EMPTY: t.Final = {
    f"roster_{name}": ""
    for name in (
        *("text", "people", "profile", "columns", "username_from", "encoding", "delimiter", "header_row", "sheet"),
        *("where", "where_not", "bad_rows"),
    )
}
MAPPED: t.Final = {"Kürzel": "username", "Rufname": ["first_name", "nickname"], "Note": None}
TEXT: t.Final = LISTS["export.csv"].decode("cp1252")
SCENES: t.Final[dict[str, Object]] = {
    "file": {"roster": "export.csv", "roster_columns": MAPPED, "roster_where": {"Status": ["Active"]}},
    "survey": {
        **EMPTY,
        "roster": "",
        "roster_text": TEXT,
        "roster_columns": "Kürzel: username\nRufname: [first_name, nickname]\nNote: null\n",
        "roster_where_not": '{"Status": ["left", null]}',
        "roster_header_row": "2",
        "roster_delimiter": ";",
    },
    "short": {**EMPTY, "roster": "short.csv"},
    "skip": {"roster": "bad.csv", "roster_bad_rows": "skip"},
    "many": {"roster": "many.csv", "roster_bad_rows": "skip"},
    "both": {"roster": "export.csv", "roster_text": TEXT},
    "none": {**EMPTY, "roster": ""},
    "wrong option": {"roster": "export.csv", "roster_columns": "Kürzel"},
}


@pytest.fixture(scope="module")
def played(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """All scenes, played once, in a folder with all lists: the first as people do it, the others together."""
    folder = tmp_path_factory.mktemp("onboard")
    for name, content in LISTS.items():
        (folder / name).write_bytes(content)
    orders = dict(zip(SCENES, zip(pool.lend(len(SCENES)), SCENES.values())))
    simulator, variables = orders.pop("file")
    return {
        "file": play("onboard", simulator, folder, variables, "-vvv"),
        **play_on_all("onboard", orders, folder, "-vvv"),
    }


def settings(one: Played) -> Object:
    """The settings of everybody afterwards, by username."""
    return {credential["username"]: credential["settings"] for credential in one.after["credentials"]}


@pytest.mark.parametrize("name", ["file", "survey"])
def test_a_list_of_another_system(played: dict[str, Played], name: str) -> None:
    one = played[name]
    assert one.code == 0, one.output
    assert settings(one) == {
        "amu": {"th_firstname": "Zoë", "th_nickname": "Zoë", "th_department": "Pflege"},
        "bbe": {"th_firstname": "Jürg", "th_nickname": "Jürg", "th_department": "Pflege"},
    }
    assert sorted(credential["password"] for credential in one.after["credentials"]) == [SOMMER, WINTER]


def test_what_was_read_is_shown_before_the_first_write(played: dict[str, Played]) -> None:
    shown, _task, rest = played["file"].output.partition("TASK [threema.work.onboarding : Bring credentials")
    assert rest
    for text in (
        "export.csv: 2 people of 3 rows",
        "left out: 1",
        "encoding windows-1252",
        "delimiter ;",
        "header row 2",
        "Usernames: Kürzel",
        "Kürzel (username), Rufname (first_name, nickname), Abteilung (department), Status (choice of rows)",
        "Ignored: Note",
    ):
        assert text in shown
    survey = played["survey"].output
    assert "The list: 2 people of 3 rows" in survey
    assert "encoding none" in survey


@pytest.mark.parametrize("name", sorted(SCENES))
def test_no_password_is_shown(played: dict[str, Played], name: str) -> None:
    assert "am-See" not in played[name].output.replace(TEXT, "")


def test_no_password_is_shown_beside_what_is_shown_of_a_list(played: dict[str, Played]) -> None:
    assert "am-See" not in played["survey"].printed.replace(TEXT, "")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("short", "row 3: there are 2 cells, but 3 headings"),
        ("both", "Give one of roster"),
        ("none", "Give one of roster"),
        ("wrong option", "columns: this must be a dictionary of headings"),
    ],
)
def test_a_list_that_is_refused_sends_nothing(played: dict[str, Played], name: str, text: str) -> None:
    one = played[name]
    assert one.code != 0
    assert text in one.text
    assert one.requests == []
    # The last message speaks of the list, not of the inside of the playbook.
    assert "onboard_roster" not in one.output.rpartition("fatal: ")[2]


def test_bad_rows_are_left_out_and_fail_the_play_in_the_end(played: dict[str, Played]) -> None:
    one = played["skip"]
    assert one.code != 0
    assert list(settings(one)) == ["jo"]
    shown, _task, end = one.output.partition("TASK [threema.work.onboarding : Fail if")
    assert "rows with errors: 3" in shown
    assert "3 people were skipped because of errors in the list" in end
    assert "row 3, column 2 'nickname'" in end
    assert "rows 4 and 5: both have the username 'mo'" in end


def test_at_most_twenty_bad_rows_are_shown(played: dict[str, Played]) -> None:
    end = played["many"].output.partition("TASK [threema.work.onboarding : Fail if")[2]
    assert "30 people were skipped" in end
    assert "row 22, column 2" in end
    assert "row 23, column 2" not in end
    assert "and 10 more" in end
