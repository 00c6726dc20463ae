# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Profiles: of several columns the first that is filled in a row, and states that a system is not known to write."""

from __future__ import annotations

import pytest
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import details, people, problem


def test_of_several_headings_the_first_that_is_filled_in_each_row() -> None:
    head = "SamAccountName,Enabled,EmployeeID,EmployeeNumber\n"
    found = details(head + "jo,True,E1,N1\nli,True,E2,\nmo,True,,N3\nno,True,,\n", profile="ad")
    assert [one.get("employee_number") for one in found["people"]] == ["N1", "E2", "N3", None]
    assert found["source"]["used"] == {
        "SamAccountName": ["username"],
        "Enabled": [],
        "EmployeeID": ["employee_number"],
        "EmployeeNumber": ["employee_number"],
    }
    assert found["source"]["ignored"] == []
    # One of two different ones is taken, and that is said; two that are the same say nothing.
    assert found["source"]["warnings"] == [
        "column 4 'EmployeeNumber' and column 3 'EmployeeID' have different values in 1 row; "
        "of each row the first was taken as the column 'employee_number'"
    ]
    assert not details(head + "jo,True,N1,N1 \nli,True,E2,\n", profile="ad")["source"]["warnings"]
    assert problem(head + "jo,True,#N/A,\n", profile="ad").startswith("row 2, column 3 'EmployeeID': ")
    (gone,) = details(head + "jo,False,E1,\nli,True,E2,\n", profile="ad")["left_out"]
    assert gone["employee_number"] == "E1"
    (jo,) = people("SamAccountName,Enabled,EmployeeID\njo,True,E1\n", profile="ad")
    assert jo["employee_number"] == "E1"
    (jo,) = people(head + "jo,True,E1,N1\n", profile="ad", columns={"EmployeeNumber": None})
    assert jo["employee_number"] == "E1"
    (jo,) = people(head + "jo,True,E1,N1\n", profile="ad", columns={"EmployeeID": "employee_number"})
    assert jo["employee_number"] == "E1"


def test_the_numbers_of_personio_by_row() -> None:
    text = "Email,Status,Employee ID,Personnel number\na@x.example,Active,77,\nb@x.example,Active,78,0042\n"
    found = details(text, profile="personio")
    assert [one["employee_number"] for one in found["people"]] == ["77", "0042"]
    assert "different values in 1 row" in found["source"]["warnings"][0]


@pytest.mark.parametrize(
    ("name", "head", "rows", "values"),
    [
        ("entra", "userPrincipalName,accountEnabled,userType", ["True,Member", "maybe,", "maybe,Robot", ","], 2),
        ("ad", "SamAccountName,Enabled", ["True", "maybe", "maybe", "", "WAHR"], 1),
        ("moodle", "username,suspended,deleted", ["0,", ",0", "maybe,0", "maybe,0"], 1),
        ("oneroster", "username,status,enabledUser", ["active,true", ",true", "maybe,true", "maybe,true"], 1),
        ("okta", "login,status", ["STAGED", "locked_out", "maybe", "maybe"], 1),
        ("bamboohr", "Work Email,Status", ["Active", "maybe", "maybe"], 1),
        ("personio", "Email,Status", ["Leave", "Aktiv", "maybe", "maybe"], 1),
    ],
)
def test_a_status_that_the_profile_does_not_know_brings_a_warning(
    name: str, head: str, rows: list[str], values: int
) -> None:
    text = "\n".join([head, *(f"u{number},{row}" for number, row in enumerate(rows)), ""])
    found = details(text, profile=name)
    assert len(found["people"]) == len(rows)
    warnings = [one for one in found["source"]["warnings"] if f"values that the profile {name} does not know" in one]
    assert len(warnings) == values
    assert "'maybe' (2)" in warnings[0] and "'Robot' (1)" in "".join([*warnings, "'Robot' (1)"][:2])
    assert "empty (1)" in warnings[0] if name in ("entra", "ad") else "empty" not in warnings[0]
    known = "\n".join([head, f"u0,{rows[0]}", ""])
    assert not [one for one in details(known, profile=name)["source"]["warnings"] if "does not know" in one]


def test_at_most_ten_unknown_values_are_shown() -> None:
    text = "SamAccountName,Enabled\n" + "".join(f"u{number},m{number}\n" for number in range(13))
    (warning,) = details(text, profile="ad")["source"]["warnings"]
    assert warning.count("(1)") == 10 and "and 3 more" in warning
    assert warning.startswith("column 2 'Enabled' has values that the profile ad does not know")
