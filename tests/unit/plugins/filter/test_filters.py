# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters from_roster and people_to_credentials, in real playbooks."""

from __future__ import annotations

import typing as t
from base64 import b64encode, encodebytes

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.threema.work.plugins.filter.from_roster import from_roster
from ansible_collections.threema.work.plugins.filter.people_to_credentials import people_to_credentials
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.playbook import evaluate

VARIABLES = {
    "survey": "username, first_name, note\nanna, Anna, x\nbeat,,\n",
    "slurped": b64encode("Kürzel;Vorname\r\nanna;Änni\r\n".encode("cp1252")).decode(),
    "braces": b64encode(b"username,first_name\nanna,{{ 1 + 1 }}\n").decode(),
    "headings": {"Kürzel": "username", "vorname": "first_name"},
    "people": [
        {"username": "{{ 'an' ~ 'na' }}", "first_name": "Anna", "categories": ["Bern", "Care"], "locked": "yes"},
        {"username": "beat", "employee_number": "007", "th_disable_calls": "{{ true }}", "nickname": None},
    ],
    "wrong_people": [{"username": "anna", "firstname": "x"}, {"username": "anna"}],
}
EXPRESSIONS = {
    "read": "survey | threema.work.from_roster",
    "mapped": "slurped | threema.work.from_roster(columns=headings)",
    "details": "survey | threema.work.from_roster(where={'note': 'x'}, delimiter=',', details=true)",
    "nobody": "'username\n' | threema.work.from_roster",
    "braced": "braces | b64decode | threema.work.from_roster",
    "braced_again": "result_braced",
    "braced_credentials": "result_braced | threema.work.people_to_credentials",
    "braced_credentials_again": "result_braced_credentials",
    "credentials": "people | threema.work.people_to_credentials",
    "read_credentials": "survey | threema.work.from_roster | threema.work.people_to_credentials",
    "no_credentials": "[] | threema.work.people_to_credentials",
    "chosen": "people | threema.work.people_to_credentials | map(attribute='username') | list",
    "wrong": "'username,threema_locked\nanna,perhaps\n' | threema.work.from_roster",
    "number": "7 | threema.work.from_roster",
    "wrong_credentials": "wrong_people | threema.work.people_to_credentials",
    "not_a_list": "people[0] | threema.work.people_to_credentials",
    "undefined": "not_there | threema.work.from_roster",
    "undefined_people": "not_there | threema.work.people_to_credentials",
    "protected": "people | threema.work.people_to_protect(match='employee_number')",
    "undefined_protected": "not_there | threema.work.people_to_protect",
    "wrong_match": "people | threema.work.people_to_protect(match='csi')",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, t.Any]:
    """The value or the message of each expression."""
    return evaluate(tmp_path_factory.mktemp("filter"), EXPRESSIONS, VARIABLES)


BRACED = [{"username": "anna", "first_name": "{{ 1 + 1 }}"}]
BRACED_CREDENTIALS = [{"username": "anna", "settings": {"th_firstname": "{{ 1 + 1 }}"}}]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("read", [{"username": "anna", "first_name": "Anna", "note": "x"}, {"username": "beat", "note": ""}]),
        ("mapped", [{"username": "anna", "first_name": "Änni"}]),
        ("braced", BRACED),
        ("braced_again", BRACED),
        ("braced_credentials", BRACED_CREDENTIALS),
        ("braced_credentials_again", BRACED_CREDENTIALS),
        (
            "credentials",
            [
                {"username": "anna", "locked": True, "settings": {"th_firstname": "Anna", "th_category": "Bern,Care"}},
                {"username": "beat", "settings": {"th_csi": "007", "th_disable_calls": True}},
            ],
        ),
        ("read_credentials", [{"username": "anna", "settings": {"th_firstname": "Anna"}}, {"username": "beat"}]),
        ("no_credentials", []),
        ("chosen", ["anna", "beat"]),
        ("protected", [{"username": "anna"}, {"username": "beat", "value": "007"}]),
    ],
)
def test_values(results: dict[str, t.Any], name: str, value: object) -> None:
    assert results[name] == value


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        (
            "wrong",
            ["threema.work.from_roster: roster: 1 error", "- row 2, column 2 'threema_locked': neither true nor false"],
        ),
        ("nobody", ["threema.work.from_roster: roster: 1 error", "there are no people on this list"]),
        (
            "number",
            [
                "threema.work.from_roster takes a string with a roster or a list of dictionaries, not a value of "
                "type int"
            ],
        ),
        (
            "wrong_credentials",
            [
                "threema.work.people_to_credentials: people: 2 errors",
                "- person 1 ('anna'): the key 'firstname' is nearly 'first_name': rename it",
                "- persons 1 and 2: both have the username 'anna'",
            ],
        ),
        ("not_a_list", ["a list of people is needed, but this is a dictionary"]),
        ("undefined", ["'not_there' is undefined"]),
        ("undefined_people", ["'not_there' is undefined"]),
        ("undefined_protected", ["'not_there' is undefined"]),
        ("wrong_match", ["threema.work.people_to_protect: match is one of username, employee_number, not 'csi'"]),
    ],
)
def test_messages(results: dict[str, t.Any], name: str, sentences: list[str]) -> None:
    message = results[name]["failed"]
    assert [sentence for sentence in sentences if sentence not in message] == []


def test_details(results: dict[str, t.Any]) -> None:
    found = results["details"]
    assert found["people"] == [{"username": "anna", "first_name": "Anna", "note": "x"}]
    assert found["left_out"] == [{"row": 3, "username": "beat", "employee_number": None}]
    assert found["source"]["name"] is None


@pytest.mark.parametrize("value", ["false", "no", False, 0])
def test_details_is_a_boolean(value: object) -> None:
    assert from_roster("username\njo\n", details=value) == [{"username": "jo"}]
    assert from_roster("username\njo\n", details="yes")["people"] == [{"username": "jo"}]


LIST = "username;first_name\r\njo;Jö\r\n"


@pytest.mark.parametrize(
    "data",
    [
        LIST,
        LIST.encode(),
        LIST.encode("cp1252"),
        *(b64encode(LIST.encode(encoding)).decode() for encoding in ("utf-8", "cp1252", "utf-16", "utf-32")),
        encodebytes((LIST + "li;" + "x" * 200 + "\r\n").encode("cp1252")).decode(),
        encodebytes((LIST + "li;" + "x" * 200 + "\r\n").encode("cp1252")).decode().replace("\n", "\r\n"),
    ],
)
def test_bytes_and_base64_are_decoded_as_files_are(data: str | bytes) -> None:
    assert from_roster(data)[0] == {"username": "jo", "first_name": "Jö"}


@pytest.mark.parametrize("text", ["username\nanna", "login\nabcd\nefgh", "username\n" + "a" * 64 + "\n" + "b" * 64])
def test_lists_that_could_be_base64_are_lists(text: str) -> None:
    assert len(from_roster(text)) == text.count("\n")


def test_the_encoding_of_base64_can_be_named() -> None:
    data = b64encode("username;first_name\njo;Łukasz\n".encode("cp1250")).decode()
    assert from_roster(data, encoding="cp1250") == [{"username": "jo", "first_name": "Łukasz"}]
    with pytest.raises(AnsibleFilterError, match="row 2: the encoding of the file cannot be determined"):
        from_roster(data)


def test_base64_of_nothing_is_no_list() -> None:
    for text in ("Sommer2026ab", b64encode(b"\n\n").decode(), b64encode(b"\x89PNG\r\n\x1a\n\0").decode()):
        with pytest.raises(AnsibleFilterError, match="row 1") as caught:
            from_roster(text)
        assert "Sommer" not in str(caught.value)
    with pytest.raises(AnsibleFilterError, match="there are no people on this list"):
        from_roster("username")


def test_errors_are_those_of_filters() -> None:
    with pytest.raises(AnsibleFilterError, match="type NoneType"):
        from_roster(None)
    with pytest.raises(AnsibleFilterError, match="type null"):
        people_to_credentials(None)
