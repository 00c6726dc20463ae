# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of contacts: the same rules, a Threema ID in place of the username."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import details, people, problem, problems

PARTNERS = (
    "Partner clinic\nThreema-ID;Vorname;Name;Enabled;Department;Passwort;State\n"
    "ECHOECHO;Zoë;Müller;yes;IT;x;BE\n*PARTNER;;;no;;;\n"
)


def test_contacts() -> None:
    found = details(PARTNERS, kind="contacts")
    assert found["people"] == [
        {"threema_id": "ECHOECHO", "first_name": "Zoë", "last_name": "Müller", "enabled": True},
        {"threema_id": "*PARTNER", "enabled": False},
    ]
    source = found["source"]
    assert source["header_row"] == 2
    assert source["username_heading"] is None
    assert source["ignored"] == ["Department", "Passwort", "State"]


def test_contacts_of_a_variable() -> None:
    given = [{"threema_id": "ECHOECHO", "first_name": "Zoë", "enabled": False}]
    assert people(given, kind="contacts") == given


def test_rules_of_lists_hold() -> None:
    text = "threema_id,first_name,Status\nECHOECHO,#N/A,a\nechoecho,Jo,a\n,Li,a\nABCDEFGH,Mo,a\nABCDEFGH,Mo,b\n"
    found = problems(text, kind="contacts")
    assert [one.split(":")[0] for one in found] == [
        "row 2, column 2 'first_name'",
        "row 3, column 1 'threema_id'",
        "row 4, column 1 'threema_id'",
        "rows 5 and 6",
    ]
    assert "echoecho" not in found[1] and "not a Threema ID: it has 8 characters" in found[1]
    assert found[2].endswith("the Threema ID is empty; every contact needs one")
    assert found[3].endswith("both have the Threema ID 'ABCDEFGH'; each needs its own")
    skipped = details(text, kind="contacts", where={"Status": "a"}, bad_rows="skip")
    assert skipped["people"] == [{"threema_id": "ABCDEFGH", "first_name": "Mo"}]
    assert skipped["left_out"] == [{"row": 6, "threema_id": "ABCDEFGH"}]
    assert [(one["row"], one["threema_id"]) for one in skipped["skipped"]] == [(2, "ECHOECHO"), (3, None), (4, None)]


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        ("username,first_name\njo,Jo\n", {}, "row 1: there is no column threema_id"),
        ("threema_id,enabled\nECHOECHO,perhaps\n", {}, "row 2, column 2 'enabled': neither true nor false"),
        (
            "threema_id,first_name\nECHOECHO," + "x" * 257 + "\n",
            {},
            "row 2, column 2 'first_name': 257 characters are too",
        ),
        ("threema_id,enabeld\nECHOECHO,no\n", {}, "row 1: column 2 'enabeld' is nearly 'enabled'"),
        ("threema_id,fristname\nECHOECHO,Jo\n", {}, "row 1: column 2 'fristname' is nearly 'first_name'"),
        ("threema_id,identity\nECHOECHO,x\n", {}, "row 1: column 2 'identity' is an option of the modules"),
        ("threema_id,State\nECHOECHO,absent\n", {}, "row 2, column 2 'State': this is a value of a module option"),
        (
            "threema_id\nECHOECHO\n",
            {"columns": {"threema_id": "username"}},
            "columns: 'username', for 'threema_id', is not",
        ),
        (
            "threema_id\nECHOECHO\n",
            {"columns": {"threema_id": "th_csi"}},
            "columns: 'th_csi', for 'threema_id', is not",
        ),
        ("threema_id\nECHOECHO\n", {"username_from": "{first_name}"}, "username_from: this is for people"),
        ("threema_id\nECHOECHO\n", {"profile": "ad"}, "profile: this is for people"),
    ],
)
def test_contacts_that_are_refused(text: str, options: dict[str, object], sentence: str) -> None:
    assert problem(text, kind="contacts", **options).startswith(sentence)


@pytest.mark.parametrize("given", ["threema_id,enabled\n", b"[]", []], ids=["csv", "json", "variable"])
def test_an_empty_list_is_one_of_contacts(given: t.Any) -> None:
    assert problem(given, kind="contacts") == "row 1: there are no contacts on this list"


def test_no_contacts_are_left() -> None:
    text = "threema_id,Status\nECHOECHO,old\n"
    message = problem(text, kind="contacts", where={"Status": "new"})
    assert message.startswith("row 1: no contacts are left: 1 of 1 contacts were left out")


def test_what_a_list_may_be_of() -> None:
    assert problem("threema_id\nECHOECHO\n", kind="partners") == "kind: 'partners' is neither people nor contacts"
    ids = {"ID": "threema_id", "Kategorie": ["first_name", "last_name"]}
    assert people("ID,Kategorie\nECHOECHO,X\n", kind="contacts", columns=ids) == [
        {"threema_id": "ECHOECHO", "first_name": "X", "last_name": "X"}
    ]
