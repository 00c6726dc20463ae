# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From people to the items of the module credentials, through to_credentials."""

from __future__ import annotations

import time
import types
import typing as t
from collections import UserList

import pytest
from ansible_collections.threema.work.plugins.plugin_utils._people import to_credentials, to_protect
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import RosterError
from ansible_collections.threema.work.plugins.plugin_utils._roster import read_roster


def problems(people: t.Any) -> list[str]:
    """The problems for which people are refused."""
    with pytest.raises(RosterError) as caught:
        to_credentials(people)
    return caught.value.problems


def test_everything_that_a_person_can_have() -> None:
    person = {
        "username": "anna.muster",
        "password": "Sommer 2024",
        "license_count": "2",
        "locked": "no",
        "hashed": True,
        "employee_number": 7,
        "first_name": " Anna ",
        "last_name": "Muster",
        "nickname": "Anni",
        "department": "Care",
        "job_title": "Nurse",
        "categories": ["Bern", "Care", 3],
        "th_disable_calls": "yes",
        "th_keep_messages_days": "30",
        "email": "anna@example.com",
    }
    assert to_credentials([person]) == [
        {
            "username": "anna.muster",
            "password": "Sommer 2024",
            "license_count": 2,
            "locked": False,
            "hashed": True,
            "settings": {
                "th_csi": "7",
                "th_firstname": "Anna",
                "th_lastname": "Muster",
                "th_nickname": "Anni",
                "th_department": "Care",
                "th_job_title": "Nurse",
                "th_category": "Bern,Care,3",
                "th_disable_calls": True,
                "th_keep_messages_days": 30,
            },
        }
    ]


@pytest.mark.parametrize("value", [" Yes", "ON ", "\ttrue\n", 1, True])
def test_words_for_a_boolean(value: object) -> None:
    for column in ("locked", "hashed"):
        assert to_credentials([{"username": "jo", column: value}]) == [{"username": "jo", column: True}]


@pytest.mark.parametrize("value", [" 2 ", "02\n", 2])
def test_words_for_a_number(value: object) -> None:
    assert to_credentials([{"username": "jo", "license_count": value}]) == [{"username": "jo", "license_count": 2}]


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("th_keep_messages_days", 99999, "th_keep_messages_days takes 0 to 3650, not 99999"),
        ("first_name", True, "th_firstname takes a string, not the boolean True; put it in quotation marks"),
        ("th_disable_calls", 7, "th_disable_calls takes a boolean (true or false), not 7"),
    ],
)
def test_a_value_that_is_no_text_is_refused(column: str, value: object, sentence: str) -> None:
    assert problems([{"username": "jo", column: value}]) == [f"person 1 ('jo'): {column}: {sentence}"]


def test_empty_fields_set_nothing() -> None:
    person: dict[str, t.Any] = {
        "username": "jo",
        "first_name": "",
        "nickname": "  ",
        "categories": [],
        "locked": None,
        "password": "",
        "th_csi": None,
        "th_disable_calls": "",
    }
    assert to_credentials([person, {"username": 17, "th_disable_calls": False}]) == [
        {"username": "jo"},
        {"username": "17", "settings": {"th_disable_calls": False}},
    ]


def test_what_the_reader_gives_fits() -> None:
    people = read_roster("username;email;threema_locked;first_name;Department ID;th_newer\njo;x;yes;Jo;7;z\nli;;;;;\n")
    assert to_credentials(people) == [
        {"username": "jo", "locked": True, "settings": {"th_firstname": "Jo", "th_newer": "z"}},
        {"username": "li"},
    ]
    assert to_credentials([]) == []


def test_other_sequences_and_mappings_become_lists_and_dictionaries() -> None:
    items = to_credentials(UserList([types.MappingProxyType({"username": "jo", "categories": UserList(["a", "b"])})]))
    assert items == [{"username": "jo", "settings": {"th_category": "a,b"}}]
    assert isinstance(items, list)
    assert isinstance(items[0], dict)


@pytest.mark.parametrize(
    ("people", "kind"), [({"username": "jo"}, "a dictionary"), ("jo", "string"), (None, "null"), (7, "integer")]
)
def test_a_list_is_needed(people: t.Any, kind: str) -> None:
    (problem,) = problems(people)
    assert problem.startswith("a list of people is needed, but this is ")
    assert problem.endswith(kind)


def test_all_problems_at_once_by_number_and_username() -> None:
    assert problems(
        [
            {"username": "jo", "firstname": "Jo", "locked": "perhaps"},
            "jo",
            [{"username": "x"}],
            {"first_name": "Li"},
            {"username": "jo", "th_disable_calls": "perhaps", "th_größe": 1, "license_count": True},
            {"username": "mo", "first_name": "Mo", "th_firstname": "Moritz", "password": 123456},
            {"username": True},
            {"username": "categorical", "categories": ["a,b"]},
            {"username": "nested", "categories": [{"a": 1}], "th_csi": ["x"]},
        ]
    ) == [
        "person 1 ('jo'): the key 'firstname' is nearly 'first_name': rename it",
        "person 1 ('jo'): locked: neither true nor false; write yes or no",
        "person 2: this is not a dictionary but of type string",
        "person 3: this is not a dictionary but of type list; a list of lists, as query() gives it, needs | first",
        "person 4: there is no username; every person needs one",
        "person 5 ('jo'): th_disable_calls: th_disable_calls takes a boolean (true or false), not this value",
        "person 5 ('jo'): the key 'th_größe' cannot be the name of a parameter",
        "person 5 ('jo'): license_count: license_count must be an integer of at least 1",
        "persons 1 and 5: both have the username 'jo'; each needs its own",
        "person 6 ('mo'): password: a password must be a string; put it in quotation marks",
        "person 6 ('mo'): first_name and th_firstname set the same parameter to different values; keep one of them",
        "person 7: username: a username must be a string; put it in quotation marks",
        "person 8 ('categorical'): categories: categories must be strings without commas, because commas separate them",
        "person 9 ('nested'): categories: categories must be strings without commas, because commas separate them",
        "person 9 ('nested'): th_csi: the value of th_csi is a list; it must be a string, an integer, or a boolean",
    ]


def test_secrets_are_not_repeated() -> None:
    people = [{"username": "jo", "password": "Som\nmer", "th_safe_password": "Sommer", "th_disable_web": "Sommer"}]
    message = "\n".join(problems(people))
    assert message.count("person 1 ('jo')") == 3
    assert "Som" not in message


@pytest.mark.parametrize("column", ["first_name", "nickname"])
def test_no_part_of_a_value_that_is_too_long_is_repeated(column: str) -> None:
    """It may be a secret in the wrong column."""
    (problem,) = problems([{"username": "jo", column: "Sommer" * 50}])
    assert "takes 0 to " in problem and "300 of this value" in problem
    assert "Som" not in problem


@pytest.mark.parametrize("column", ["username", "password"])
@pytest.mark.parametrize("character", ["\n", "\t", "\x9b", "\u2028", "\u2029"])
def test_what_breaks_a_line_is_refused(column: str, character: str) -> None:
    (problem,) = problems([{"username": "jo", column: f"an{character}na"}])
    assert "there is a line break, a tab, or another control character" in problem


def test_five_thousand_people_take_no_time() -> None:
    text = "username,employee_number,first_name,last_name,department,job_title,categories,email\n" + "".join(
        f'p{number},{number},Anna,Muster,Care,Nurse,"Bern,Care",p{number}@example.com\n' for number in range(5000)
    )
    start = time.process_time()
    items = to_credentials(read_roster(text))
    assert len(items) == 5000
    assert time.process_time() - start < 2


ROWS: t.Final = [
    {"row": 2, "username": "jo", "employee_number": " 007 ", "problems": ["wrong"]},
    {"row": 3, "username": None, "employee_number": 8},
    {"row": 4, "username": "li", "employee_number": ""},
    {"row": 5, "username": "", "employee_number": None},
    {"username": "mo", "th_csi": "9"},
]


def test_who_is_listed_without_being_an_item_is_protected_by_username() -> None:
    assert to_protect(ROWS) == [{"username": "jo"}, {"username": "li"}, {"username": "mo"}]
    assert to_protect(None) == to_protect([]) == []


def test_or_by_username_and_employee_number() -> None:
    assert to_protect(ROWS, match="employee_number") == [
        {"username": "jo", "value": "007"},
        {"value": "8"},
        {"username": "li"},
        {"username": "mo", "value": "9"},
    ]


def test_people_are_told_by_nothing_else() -> None:
    with pytest.raises(ValueError, match="match is one of username, employee_number, not 'first_name'"):
        to_protect(ROWS, match="first_name")
