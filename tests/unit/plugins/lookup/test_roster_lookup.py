# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup threema.work.roster, in real playbooks."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.playbook import evaluate

FILES = {
    "many.csv": b"username;first_name;threema_locked;note\r\nanna;Anna;yes;{{ 1 + 1 }}\r\nbeat;M\xfcller;;\r\n",
    "one.csv": b"username\nanna\n",
    "other.csv": b"username,first_name\nbeat,\n",
    "none.csv": b"username,first_name\n",
    "cp850.csv": "Liste\nlogin^Status^Vorname\nanna^active^Jürg\nbeat^left^Bärbel\n^active^\n".encode("cp850"),
    "german.csv": "Kürzel\tVorname\nanna\tAnna\n".encode("utf-16"),
    "wrong.csv": b"username,threema_locked\nanna,perhaps\nanna,\n",
    "empty.csv": b"",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, t.Any]:
    """The value or the message of each lookup below."""
    folder = tmp_path_factory.mktemp("lookup")
    (folder / "files").mkdir()
    for name, content in FILES.items():
        (folder / "files" / name).write_bytes(content)
    (folder / "beside.csv").write_bytes(FILES["one.csv"])
    roster = "'threema.work.roster'"
    expressions = {
        "many": f"lookup({roster}, 'many.csv')",
        "one": f"lookup({roster}, 'one.csv')",
        "none": f"lookup({roster}, 'none.csv')",
        "options": (
            f"lookup({roster}, 'cp850.csv', encoding='cp850', delimiter='^', header_row=2, where=chosen, "
            "where_not={'Vorname': ''}, columns={'Vorname': ['first_name', 'nickname']}, details=true)"
        ),
        "skipped": (
            f"lookup({roster}, 'cp850.csv', encoding='cp850', delimiter='^', bad_rows='skip', details=true).skipped"
        ),
        "unset": (
            f"lookup({roster}, 'one.csv', encoding=none, delimiter=none, header_row=none, where=none, where_not=none, "
            "bad_rows=none, columns=none, details=false)"
        ),
        "absolute": f"lookup({roster}, folder ~ '/files/one.csv')",
        "beside": f"lookup({roster}, 'beside.csv')",
        "queried": f"query({roster}, 'one.csv')",
        "two": f"lookup({roster}, 'one.csv', 'other.csv', wantlist=true)",
        "mapped": f"lookup({roster}, 'german.csv', columns=headings)",
        "again": "result_many",
        "credentials": f"lookup({roster}, 'many.csv') | threema.work.people_to_credentials",
        "dialect": f"lookup({roster}, 'one.csv', bad_rows='ignore')",
        "wrong": f"lookup({roster}, 'wrong.csv')",
        "empty": f"lookup({roster}, 'empty.csv')",
        "missing": f"lookup({roster}, 'missing.csv')",
        "directory": f"lookup({roster}, folder)",
        "nothing": f"lookup({roster})",
        "number": f"lookup({roster}, 7)",
        "blank": f"lookup({roster}, ' ')",
        "columns": f"lookup({roster}, 'one.csv', columns=['x'])",
        "unmapped": f"lookup({roster}, 'one.csv', columns={{'Vorname': 'firstname'}})",
    }
    variables = {
        "folder": str(folder),
        "headings": {"Kürzel": "username", "vorname": "first_name"},
        "chosen": "Status: Active",
    }
    return evaluate(folder, expressions, variables)


PEOPLE = [
    {"username": "anna", "first_name": "Anna", "locked": True, "note": "{{ 1 + 1 }}"},
    {"username": "beat", "first_name": "Müller", "note": ""},
]
SKIPPED = {
    "row": 5,
    "username": None,
    "employee_number": None,
    "problems": ["row 5, column 1 'login': the username is empty; every person needs one"],
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("many", PEOPLE),
        ("one", [{"username": "anna"}]),
        ("absolute", [{"username": "anna"}]),
        ("beside", [{"username": "anna"}]),
        ("queried", [[{"username": "anna"}]]),
        ("two", [[{"username": "anna"}], [{"username": "beat"}]]),
        ("mapped", [{"username": "anna", "first_name": "Anna"}]),
        ("unset", [{"username": "anna"}]),
        ("skipped", [SKIPPED]),
        ("again", PEOPLE),
        (
            "credentials",
            [
                {"username": "anna", "locked": True, "settings": {"th_firstname": "Anna"}},
                {"username": "beat", "settings": {"th_firstname": "Müller"}},
            ],
        ),
    ],
)
def test_values(results: dict[str, t.Any], name: str, value: object) -> None:
    assert results[name] == value


def test_details(results: dict[str, t.Any]) -> None:
    found = results["options"]
    assert found["people"] == [{"username": "anna", "first_name": "Jürg", "nickname": "Jürg", "Status": "active"}]
    assert found["left_out"] == [
        {"row": 4, "username": "beat", "employee_number": None},
        {"row": 5, "username": None, "employee_number": None},
    ]
    source = found["source"]
    assert source["name"].endswith("/files/cp850.csv")
    assert [source[name] for name in ("encoding", "delimiter", "header_row", "rows")] == ["cp850", "^", 2, 3]
    assert source["used"] == {"login": ["username"], "Status": [], "Vorname": ["first_name", "nickname"]}


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        (
            "wrong",
            [
                "files/wrong.csv: 2 errors, so nothing was read from it:",
                "- row 2, column 2 'threema_locked': neither true nor false; write yes or no",
                "- rows 2 and 3: both have the username 'anna'; each needs its own",
            ],
        ),
        ("none", ["files/none.csv: 1 error", "row 1: there are no people on this list"]),
        ("dialect", ["bad_rows"]),
        ("empty", ["files/empty.csv: 1 error", "row 1: the list is empty"]),
        ("missing", ["there is no file 'missing.csv'; it was looked for in"]),
        ("directory", ["is a directory, not a list; specify the file in it"]),
        ("nothing", ["needs the path of a staff list"]),
        ("number", ["takes the path of a staff list, not a value of type int"]),
        ("blank", ["takes the path of a staff list; the one given is empty"]),
        ("columns", ["dict"]),
        ("unmapped", ["columns: 'firstname', for 'Vorname', is not a known column; did you mean 'first_name'?"]),
    ],
)
def test_messages(results: dict[str, t.Any], name: str, sentences: list[str]) -> None:
    message = results[name]["failed"]
    assert [sentence for sentence in sentences if sentence not in message] == []


def test_an_encrypted_file_is_decrypted(tmp_path: Path) -> None:
    secret = VaultSecret(b"secret")
    encrypted = VaultLib([("default", secret)]).encrypt("username,threema_password\nanna,Sommer\n", secret)
    (tmp_path / "people.csv").write_bytes(encrypted)
    expressions = {"people": "lookup('threema.work.roster', 'people.csv')"}
    message = evaluate(tmp_path, expressions, {})["people"]["failed"]
    assert "people.csv cannot be read: " in message
    assert "vault" in message
    (tmp_path / "key").write_text("secret", encoding="utf-8")
    # Looked for by the same task, before Ansible itself cleans up.
    search = f"lookup('ansible.builtin.pipe', 'grep -rlF Sommer {tmp_path}/tmp; true')"
    expressions["both"] = f"[{expressions['people']}, {search}]"
    results = evaluate(tmp_path, expressions, {}, ANSIBLE_VAULT_PASSWORD_FILE="key")
    assert results["people"] == [{"username": "anna", "password": "Sommer"}]
    assert results["both"] == [results["people"], ""], "a decrypted copy is left"
