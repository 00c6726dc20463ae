# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup threema.work.empty_variables with the argument specifications of other roles; ours are in tests/roles."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.playbook import evaluate

_SPECS: t.Final = {
    "untyped": "argument_specs: {main: {options: {a: {}, b: {type: list}, c: {default: x}, d: {type: str}}}}",
    "none": "argument_specs: {main: {}}",
    "null": "argument_specs: {main: {options: }}",
    "list": "[]",
    "other": "argument_specs: {other: {options: {a: {}}}}",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, t.Any]:
    """What it returns for each file, or the message."""
    folder = tmp_path_factory.mktemp("specs")
    for name, text in _SPECS.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    expressions = {name: f"query('threema.work.empty_variables', '{folder}/{name}.yml')" for name in _SPECS}
    return evaluate(folder, expressions, {"a": "", "b": "", "c": " ", "d": "x"})


def test_an_option_without_a_type_is_a_string(results: dict[str, t.Any]) -> None:
    assert results["untyped"] == ["a is empty; leave it out", "c is empty; leave it out for its default"]


@pytest.mark.parametrize("name", ["none", "null"])
def test_no_options_are_none_that_are_empty(results: dict[str, t.Any], name: str) -> None:
    assert results[name] == []


@pytest.mark.parametrize("name", ["list", "other"])
def test_what_is_no_specification(results: dict[str, t.Any], name: str) -> None:
    said = f"{name}.yml has no argument specification of tasks/main.yml (argument_specs.main)"
    assert said in " ".join(results[name]["failed"].split())
