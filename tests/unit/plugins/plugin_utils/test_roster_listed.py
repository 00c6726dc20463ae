# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that are no table: JSON, YAML, a variable; and attributes with several values, as directories have them."""

from __future__ import annotations

import base64
import datetime
import json
import typing as t

import pytest
from ansible_collections.threema.work.plugins.plugin_utils._reader.base64_text import from_base64
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import details, people, problem, problems

DIRECTORY: t.Final[list[t.Any]] = [
    {"dn": "uid=anna,dc=x", "uid": "anna", "givenName": ["Änna", "Anna"], "title": ["Surgeon", "Head"], "mail": ["a"]},
    {"dn": "uid=beat,dc=x", "uid": "beat", "givenName": "Beat", "title": [], "categories": ["Bern", " Care ", ""]},
    {"dn": "uid=carl,dc=x", "uid": ["carl"], "photo": "\udcff\0", "categories": "Bern,Chur"},
]
TITLES: t.Final = {"title": "job_title"}


def test_the_answer_of_a_directory() -> None:
    found = details(DIRECTORY, columns=TITLES)
    assert [{key: one[key] for key in one if key not in ("dn", "mail", "photo")} for one in found["people"]] == [
        {"username": "anna", "first_name": "Änna", "job_title": "Surgeon"},
        {"username": "beat", "first_name": "Beat", "categories": "Bern,Care"},
        {"username": "carl", "categories": "Bern,Chur"},
    ]
    source = found["source"]
    assert source["warnings"] == [
        "several values in a column that takes one: 2; the first of each was taken, as the directory orders them"
    ]
    assert source["username_heading"] == "uid"
    assert source["rows"] == 3
    for name in ("name", "encoding", "delimiter", "sheet", "header_row"):
        assert source[name] is None


def test_values_of_categories_hold_no_comma() -> None:
    found = problem([{"uid": "jo", "categories": ["Bern, Chur", "Care"]}])
    assert found.startswith("row 1, column 2 'categories': categories must be strings without commas")
    assert problem([{"uid": "jo", "categories": ["a", "#N/A"]}]).startswith(
        "row 1, column 2 'categories': this is what"
    )


def test_the_same_rules_hold() -> None:
    found = problems(
        [
            {"login": "jo", "first_name": "J\u200bo", "Status": "a"},
            {"login": "JO", "employee_number": "1E+05"},
            {"first_name": "Li"},
            {},
            {"login": None, "first_name": ""},
        ]
    )
    assert [text.split(":")[0] for text in found] == [
        "row 1, column 2 'first_name'",
        "rows 1 and 2",
        "row 2, column 4 'employee_number'",
        "row 3, column 1 'login'",
    ]
    with_status = [{"login": "jo", "Status": "Active"}, {"login": "li", "Status": None}]
    assert people(with_status, where={"Status": "active"}) == [{"username": "jo", "Status": "Active"}]
    assert "looks like a status" in details(with_status)["source"]["warnings"][0]
    assert people([{"userName": "jo", "password": "x"}]) == [{"username": "jo"}]


def test_two_keys_for_one_column() -> None:
    message = problem([{"login": "jo", "username": "li"}])
    assert message.startswith("the keys: column 1 'login' and column 2 'username' would both be the column 'username'")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (42, "42"),
        (4.5, "4.5"),
        (datetime.date(2026, 1, 2), "2026-01-02"),
        (" x\xa0", "x"),
        (["x"], "x"),
        ([None, "x"], "x"),
    ],
)
def test_values_of_a_variable(value: object, text: str) -> None:
    assert people([{"login": "jo", "nickname": value}]) == [{"username": "jo", "nickname": text}]


@pytest.mark.parametrize("value", [{"a": 1}, [["x"]], [{"a": 1}], ("x", {})])
def test_a_value_that_is_none_is_refused_where_it_is_used(value: object) -> None:
    message = problem([{"login": "jo", "nickname": value}])
    assert message.startswith("row 1, column 2 'nickname': there is a dictionary or a list in place of a value")
    assert people([{"login": "jo", "nested": value}]) == [{"username": "jo"}]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (b"x", "these are bytes, not text"),
        ({"x"}, "this is of type set; use a string"),
        ([b"x"], "these are bytes, not text"),
        (float("nan"), "this is NaN or an infinity"),
        (float("-inf"), "this is NaN or an infinity"),
        (1e22, "this number was rounded"),
        (2.0**53, "this number was rounded"),
        (1e-9, "this number was rounded"),
    ],
)
def test_numbers_and_bytes_that_are_no_text(value: object, sentence: str) -> None:
    assert problem([{"login": "jo", "nickname": value}]).startswith(f"row 1, column 2 'nickname': {sentence}")
    assert problem([{"login": value}]).startswith(f"row 1, column 1 'login': {sentence}")
    assert people([{"login": "jo", "cost": value}])[0]["username"] == "jo"


@pytest.mark.parametrize(
    ("value", "text"), [(42.0, "42"), (-3.0, "-3"), (0.0, "0"), (2.0**52, str(2**52)), (0.1, "0.1")]
)
def test_a_number_without_decimals_is_a_whole_one(value: float, text: str) -> None:
    assert people([{"login": "jo", "employee_number": value}])[0]["employee_number"] == text


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_json_does_not_know_is_refused_where_it_is_used(word: str) -> None:
    text = f'[{{"login": "jo", "employee_number": {word}, "x": 1}}]'
    assert problem(text).startswith("row 1, column 2 'employee_number': this is NaN or an infinity")
    assert people(text.replace("employee_number", "cost"))[0]["username"] == "jo"
    yaml = {"NaN": ".nan", "Infinity": ".inf", "-Infinity": "-.Inf"}[word]
    found = problem(f"- {{login: jo, employee_number: {yaml}}}\n", name="a.yml")
    assert found.startswith("row 1, column 2 'employee_number': this is NaN or an infinity")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([], "row 1: there are no people on this list"),
        (["jo"], "row 1: this must be a list of dictionaries, one for each person; not dictionaries: rows 1"),
        ([{"login": "jo"}, None, []], "row 2: this must be a list of dictionaries"),
        ([{1: "jo"}], "row 1: a key is not a string"),
        ([{" ": "jo", "login": "jo"}], "row 1: a key is not a string"),
        ([{"mail": "jo@x.example"}], "the keys: there is no column username; they are 'mail'. Name the heading"),
        ([{"login": "j\0o"}], "row 1, column 1 'login': there is a NUL or a broken character"),
        ([{"login": ["jo", "\udcff"]}], "row 1, column 1 'login': there is a NUL or a broken character"),
        ([{"login": "jo", "x\ud800": "y"}], "row 1: a key is not a string, or is empty or broken"),
    ],
)
def test_variables_that_are_refused(given: t.Any, sentence: str) -> None:
    assert problem(given).startswith(sentence)


def test_options_that_a_variable_cannot_have() -> None:
    found = problems([{"login": "jo"}], encoding="utf-8", delimiter=";", header_row=1, sheet="x")
    assert len(found) == 4
    assert found[0].startswith("encoding (in the playbook: roster_encoding): the list is a list of dictionaries")


JSON: t.Final = (
    '[{"login": "jo", "employee_number": 4711, "nickname": 1.50, "th_disable_calls": true}, {"login": "li"}]'
)
READ: t.Final = [
    {"username": "jo", "employee_number": "4711", "nickname": "1.50", "th_disable_calls": True},
    {"username": "li"},
]


@pytest.mark.parametrize("name", ["people.json", "PEOPLE.JSON", "people.txt", None])
@pytest.mark.parametrize("data", [JSON, JSON.encode(), JSON.encode("utf-8-sig"), JSON.encode("utf-16"), f"\n {JSON}"])
def test_json(data: str | bytes, name: str | None) -> None:
    assert people(data, name=name) == READ


def test_json_from_another_host_comes_in_base64() -> None:
    assert from_base64(base64.b64encode(JSON.encode()).decode()) == JSON.encode()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[{]", "line 1: this is not JSON"),
        (JSON[:-5], "line 1: this is not JSON, or not the whole of it"),
        ('{"people": []}', "line 1: this must be a list of dictionaries, one for each person; a list within"),
        ('"x"', "line 1: this must be a list of dictionaries"),
        ("[]", "row 1: there are no people on this list"),
        ('[{"login": "jo", "login": "li"}]', "row 1: the key 'login' occurs twice"),
        ("[" * 100_000, "line 1: this"),
        ("login\njo\n", "line 1: this is not JSON"),
    ],
)
def test_json_that_is_refused(text: str, sentence: str) -> None:
    assert problem(text, name="people.json").startswith(sentence)


YAML: t.Final = """---
# Staff
- login: 00042
  first_name: No
  last_name: Null Island
  nickname: 2026-01-01
  employee_number: 0x1F
  categories: [Bern, Care]
  department: ~
  job_title: null
  th_disable_calls: yes
- {login: 'true', first_name: "null", last_name: 1.50}
"""


@pytest.mark.parametrize("name", ["people.yml", "people.yaml", "people.YML"])
def test_scalars_of_yaml_are_as_they_are_written(name: str) -> None:
    assert people(YAML.encode("utf-16"), name=name) == [
        {
            "username": "00042",
            "first_name": "No",
            "last_name": "Null Island",
            "nickname": "2026-01-01",
            "employee_number": "0x1F",
            "categories": "Bern,Care",
            "th_disable_calls": True,
        },
        {"username": "true", "first_name": "null", "last_name": "1.50"},
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- login: jo\n  x: [\n", "line 3: this is not YAML; "),
        ("login: jo\n", "line 1: this must be a list of dictionaries"),
        ("", "row 1: there are no people on this list"),
        ("- jo\n", "row 1: this must be a list of dictionaries"),
        ("- login: jo\n  login: li\n", "row 1: the key 'login' occurs twice"),
        ("- &a {login: jo}\n- {<<: *a, first_name: Jo}\n", "line 2: a key must be a name"),
        ("- login: !vault |\n    abc\n", "line 1: there is a custom tag (!vault)"),
        ("- login: !!python/object/apply:os.system [x]\n", "line 1: there is a custom tag (!!python/object/apply:"),
        ("- login: !!python/name:os.system x\n", "line 1: there is a custom tag (!!python/name:os.system)"),
        ("- login: !!binary am8=\n", "line 1: there is a custom tag (!!binary)"),
        ("- !!set {login}\n", "line 1: there is a custom tag (!!set)"),
        ("- {!!python/str login: jo}\n", "line 1: a key must be a name"),
        ("- [[[[[x]]]]]\n", "line 1: values are nested too deeply; write each person in full"),
        ("- {? [a, b] : c}\n", "line 1: a key must be a name"),
        ("a\tb: [\n\x07", "line 1: this is not YAML"),
        ("---\n- login: jo\n---\n- login: li\n", "line 3: this is not YAML"),
    ],
)
def test_yaml_that_is_refused(text: str, sentence: str) -> None:
    assert problem(text, name="people.yml").startswith(sentence)


def test_aliases_do_not_unfold() -> None:
    bomb = "- &a [x, x]\n" + "".join(f"- &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20))
    message = problem(bomb, name="people.yml")
    assert "nested too deeply; write each person in full" in message and "encrypt" not in message
    # Wide in place of deep: 3,000 times 3,000 values.
    wide = "- &a {login: jo, categories: &c [" + "x, " * 3000 + "x]}\n" + "- {login: jo, categories: *c}\n" * 3000
    message = problem(wide, name="people.yml")
    assert "there are more values than a staff list has; write each person in full, without aliases" in message


def test_plain_tags_and_aliases_of_values_are_read() -> None:
    text = "- {login: !!str null, employee_number: !!int '42', department: &d Care}\n- {login: li, department: *d}\n"
    assert [one.get("department") for one in people(text.replace("null", "jo"), name="a.yml")] == ["Care", "Care"]
    assert "null is what programs write if there is no value" in problem(text, name="a.yml")


def test_a_table_of_people_has_the_same_people() -> None:
    rows = [["login", "first_name"], ["jo", "Jo"], ["li", ""]]
    table = people("\n".join(",".join(row) for row in rows) + "\n")
    listed = [dict(zip(rows[0], row)) for row in rows[1:]]
    assert people(listed) == people(json.dumps(listed)) == table
