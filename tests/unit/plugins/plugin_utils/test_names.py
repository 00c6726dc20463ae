# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that somebody lists or types: what is read, and what is refused without being repeated."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.plugins.filter.names import names
from jinja2 import Undefined


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["anna", " bert ", "anna"], ["anna", "bert"]),
        ("anna\r\n bert ,\n\ncarl muster,anna", ["anna", "bert", "carl muster"]),
        ("007", ["007"]),
        (4711, ["4711"]),
        ([7, "b"], ["7", "b"]),
        ([], []),
        ({"anna": 1}.keys(), ["anna"]),
        ("a[1],{b}", ["a[1]", "{b}"]),
    ],
    ids=str,
)
def test_names(given: t.Any, expected: list[str]) -> None:
    found = names(given)
    assert found == {"names": expected, "credentials": [{"username": name} for name in expected], "problems": []}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (None, "null; leave it out, or set an empty list"),
        ("", "the string contains no names"),
        (" ,\r\n,", "the string contains no names"),
        ({"username": "S3cret"}, "neither a list nor a string"),
        (True, "neither a list nor a string"),
        (1.5, "neither a list nor a string"),
        (
            ["a", {"username": "S3cret"}],
            "entry 2 is not a string; if these are people or credentials, specify only their names",
        ),
        ([True], "entry 1 is not a string"),
        (["a", None], "entry 2 is not a string"),
        (["a", " "], "entry 2 is empty"),
        ('{"username": "S3cret"}', "the string looks like a list or a dictionary"),
        ("\n['S3cret', 'b']", "the string looks like a list or a dictionary"),
    ],
    ids=str,
)
def test_problems(given: t.Any, problem: str) -> None:
    found = names(given)
    (told,) = found["problems"]
    assert told.startswith(problem)
    assert (found["names"], found["credentials"], "S3cret" in told) == ([], [], False)


def test_undefined_stays_undefined() -> None:
    missing = Undefined(name="usernames")
    assert names(missing) is missing
