# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup threema.work.description, in real playbooks: where it finds logos."""

from __future__ import annotations

import base64
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.roles.test_subscription_role import picture
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.playbook import evaluate

LOGO: t.Final = "subscription_logo_light"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A playbook's folder with logos."""
    folder: Path = tmp_path_factory.mktemp("lookup")
    (folder / "files").mkdir()
    (folder / "start").mkdir()
    names = ("files/in-files.png", "beside.png", "files/both.png", "both.png", "start/here.png", "start/beside.png")
    for number, name in enumerate(names):
        (folder / name).write_bytes(picture(number))
    return folder


@pytest.fixture(scope="module")
def results(folder: Path) -> dict[str, t.Any]:
    """What each lookup gives."""

    def described(value: str, more: str = "") -> str:
        return f"lookup('threema.work.description', {{'{LOGO}': {value}}}{more})"

    expressions = {
        "files": described("'in-files.png'"),
        "beside": described("'beside.png'"),
        "both": described("'both.png'"),
        "here": described("'here.png'"),
        "absolute": described(f"'{folder}/beside.png'"),
        "missing": described("'missing.png'"),
        "null": described("none"),
        "empty": described("''"),
        "ignored": described("''", ", ignore_empty=true"),
        "two": "query('threema.work.description', {}, {'subscription_name': ''})",
        "string": "lookup('threema.work.description', 'x')",
        "nothing": "lookup('threema.work.description')",
    }
    return evaluate(folder, expressions, {}, folder / "start")


@pytest.mark.parametrize(("name", "number"), [("files", 0), ("beside", 1), ("both", 2), ("absolute", 1), ("here", 4)])
def test_a_logo_is_found_as_a_staff_list_is(results: dict[str, t.Any], name: str, number: int) -> None:
    assert results[name]["problems"] == []
    assert results[name]["logos"] == {LOGO: base64.b64encode(picture(number)).decode()}


def test_the_paths_that_were_tried_are_named(results: dict[str, t.Any], folder: Path) -> None:
    (problem,) = results["missing"]["problems"]
    assert problem == (
        f"{LOGO} refers to a file that does not exist: missing.png. Tried: {folder}/files/missing.png, "
        f"{folder}/missing.png, {folder}/start/missing.png"
    )


def test_empty_is_refused_unless_it_is_to_be_ignored(results: dict[str, t.Any]) -> None:
    assert results["null"]["problems"] == results["ignored"]["problems"] == []
    assert results["empty"]["problems"] == [f"{LOGO} is empty; leave it out to keep the current state"]
    assert [len(one["problems"]) for one in results["two"]] == [0, 1]


@pytest.mark.parametrize("name", ["string", "nothing"])
def test_what_is_no_description_fails(results: dict[str, t.Any], name: str) -> None:
    assert "takes a dictionary" in results[name]["failed"]
