# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The naming rule: usernames of lists that have none."""

from __future__ import annotations

import re

import hypothesis
import hypothesis.strategies as st
import pytest
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import RosterError
from ansible_collections.threema.work.plugins.plugin_utils._roster import read
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import details, people, problem, problems
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.test_roster_properties import SETTINGS

RULE = "{first_name}.{last_name}"


def made(first: str, last: str = "X", rule: str = RULE) -> str:
    """The username of a person."""
    (person,) = people([{"first_name": first, "last_name": last, "employee_number": "0042"}], username_from=rule)
    return str(person["username"])


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ("Anna", "anna"),
        ("Jürg", "juerg"),
        ("Ju\u0308rg", "juerg"),
        ("ÄÖÜß", "aeoeuess"),
        ("Åse Bjørn", "aase-bjoern"),
        ("Æsa", "aesa"),
        ("Œuvrard", "oeuvrard"),
        ("Zoë Chloé", "zoe-chloe"),
        ("Łukasz Đặng", "lukasz-dang"),
        ("İbrahim Işık Çağ", "ibrahim-isik-cag"),
        ("Þór Guðrún", "thor-gudrun"),
        ("Dvořák Žižka", "dvorak-zizka"),
        ("O'Brien", "obrien"),
        ("D\u2019Angelo", "dangelo"),
        ("Anna-Maria", "anna-maria"),
        ("Anna\u2011Maria", "anna-maria"),
        ("  Anna \xa0 Maria ", "anna-maria"),
        ("Dr. Max", "dr.-max"),
        ("a_b2", "a_b2"),
        ("x\u030cy", "xy"),
        ("ẞ", "ss"),
    ],
)
def test_transliteration(first: str, name: str) -> None:
    assert made(first) == f"{name}.x"


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("{first_name:1}.{last_name}", "a.mueller"),
        ("{first_name:1}{last_name:3}", "amue"),
        ("{last_name:2}-{employee_number}", "mu-0042"),
        ("Staff_{employee_number}", "staff_0042"),
        ("{ first_name : 1 }{last_name}", "amueller"),
        ("{first_name:999}", "anna"),
        ("{first_name}{first_name:1}", "annaa"),
    ],
)
def test_rules(rule: str, name: str) -> None:
    assert made("Anna", "Müller", rule) == name


def test_after_transliteration_the_first_characters_are_taken() -> None:
    assert made("Özlem", "Ähnlich", "{first_name:2}{last_name:1}") == "oea"


@pytest.mark.parametrize("first", ["Ольга", "明", "محمد", "Anna, Dr.", "a/b", "a@b", "Anna (HR)", "a+b", "🎈"])
def test_other_scripts_and_signs_are_refused_with_the_row(first: str) -> None:
    text = f'Vorname;Nachname\nJo;Lang\n"{first}";X\n'
    message = problem(text, username_from=RULE)
    assert message.startswith(
        "row 3: username_from: first_name has a character that is not allowed in a generated username"
    )
    assert first not in message
    found = details(text, username_from=RULE, bad_rows="skip")
    assert [one["username"] for one in found["people"]] == ["jo.lang"]
    assert [(one["row"], one["username"]) for one in found["skipped"]] == [(3, None)]


def test_an_empty_column_is_refused_with_the_row() -> None:
    message = problem("Vorname;Nachname\n;Lang\n", username_from=RULE)
    assert (
        message
        == "row 2: username_from: first_name is empty, so no username can be generated; fill it in, or leave the "
        "row out"
    )
    assert problem("Vorname;Nachname\n';Lang\n", username_from=RULE).startswith(
        "row 2: username_from: nothing of first_name is left"
    )


def test_a_wrong_cell_is_told_once() -> None:
    assert problems("Vorname;Nachname\n#N/A;Lang\n", username_from=RULE) == [
        "row 2, column 1 'Vorname': this is what a spreadsheet writes if it has no value; correct it there"
    ]


def test_two_people_with_one_name_are_refused_with_both_rows() -> None:
    message = problem("Vorname;Nachname\nJürg;Lang\nX;Y\nJuerg;Lang\n", username_from=RULE)
    assert message == "rows 2 and 4: both have the username 'juerg.lang'; each needs its own"
    found = details("Vorname;Nachname\nJürg;Lang\nX;Y\nJuerg;Lang\n", username_from=RULE, bad_rows="skip")
    assert [one["username"] for one in found["people"]] == ["x.y"]
    assert [one["row"] for one in found["skipped"]] == [2, 4]


def test_the_header_row_has_all_columns_of_the_rule() -> None:
    text = "Klasse;10a\nVorname;Bemerkung\nVorname;Name;Klasse\nJo;Lang;10a\n"
    found = details(text, username_from=RULE)
    assert found["source"]["header_row"] == 3
    assert found["source"]["username_heading"] is None
    assert found["source"]["used"] == {"Vorname": ["first_name"], "Name": ["last_name"]}
    message = problem("Vorname;Klasse\nJo;10a\n", username_from="{first_name}.{last_name}.{nickname}")
    assert message.startswith(
        "row 1: there is no column last_name and no column nickname, which username_from needs, nor in another of the "
    )
    assert "Name the headings with columns" in message
    assert problem("", username_from=RULE).startswith(
        "row 1: the list is empty; a header row with the column first_name and"
    )


def test_it_goes_before_the_catalogue_and_the_profile() -> None:
    found = details("login;Vorname;Nachname\nzz9;Jo;Lang\n;Li;Off\n", username_from=RULE)
    assert [one["username"] for one in found["people"]] == ["jo.lang", "li.off"]
    assert found["source"]["username_heading"] is None
    assert found["source"]["ignored"] == ["login"]
    text = "Work Email,First Name,Last Name,Status\nj@x.example,Jo,Lang,Active\nl@x.example,Li,Off,Inactive\n"
    found = details(text, username_from=RULE, profile="bamboohr")
    assert [one["username"] for one in found["people"]] == ["jo.lang"]
    assert "Work Email" in found["source"]["ignored"]


def test_beside_columns_that_name_the_username_it_is_refused() -> None:
    message = problem("Kürzel;Vorname;Nachname\nz;Jo;Lang\n", username_from=RULE, columns={"Kürzel": "username"})
    assert message == "username_from: columns already maps a heading to the usernames; keep one of the two"
    (jo,) = people("Rufname;Nachname\nJo;Lang\n", username_from=RULE, columns={"Rufname": "first_name"})
    assert jo["username"] == "jo.lang"


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("staff", "username_from: it contains no column"),
        ("", "username_from: it contains no column"),
        ("{first_name", "username_from: a brace is not closed"),
        ("first_name}", "username_from: a brace is not closed"),
        ("{{ first_name }}", "username_from: a brace is not closed"),
        (
            "{Vorname}",
            "username_from: 'Vorname' is not a column for generating usernames; use one of employee_number, first_name",
        ),
        ("{username}", "username_from: 'username' is not a column"),
        ("{password}", "username_from: 'password' is not a column"),
        ("{threema_password}", "username_from: 'threema_password' is not a column"),
        ("{valid_from}", "username_from: 'valid_from' is not a column"),
        ("{}", "username_from: '' is not a column"),
        ("{first_name:0}", "username_from: after first_name: a number of characters is needed"),
        ("{first_name:}", "username_from: after first_name: a number of characters is needed"),
        ("{first_name:-1}", "username_from: after first_name: a number of characters is needed"),
        ("{first_name:x}", "username_from: after first_name: a number of characters is needed"),
        ("{first_name}@x.example", "username_from: besides columns, only a to z"),
        ("{first_name} {last_name}", "username_from: besides columns, only a to z"),
        (["{first_name}"], "username_from: this must be a string"),
    ],
)
def test_rules_that_are_none(rule: object, sentence: str) -> None:
    assert problem("Vorname;Nachname\nJo;Lang\n", username_from=rule).startswith(sentence)


def test_a_parameter_may_be_in_the_rule_but_no_secret() -> None:
    assert people("th_csi\n0042\n", username_from="u{th_csi}")[0]["username"] == "u0042"
    assert "is not a column" in problem("th_safe_password\nSommer\n", username_from="{th_safe_password}")


@hypothesis.given(st.text(max_size=20), st.text(max_size=20))
@SETTINGS
def test_only_these_characters_come_out(first: str, last: str) -> None:
    try:
        (person,) = read([{"first_name": first, "last_name": last}], username_from=RULE).people
    except RosterError as exc:
        # The words of the message itself may be names.
        assert first not in str(exc) or len(first) < 5 or first in "username_from first_name last_name"
        return
    assert re.fullmatch(r"[a-z0-9._-]+\.[a-z0-9._-]+", person["username"])
    again = read([{"first_name": first.upper(), "last_name": last}], username_from=RULE).people
    assert again[0]["username"] == person["username"] or first.upper().lower() != first.lower()
