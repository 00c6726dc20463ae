# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of modules and plugins is complete; that it fits the code is what ansible-test sanity checks."""

from __future__ import annotations

import re
import typing as t

import pytest
from ansible_collections.threema.work.tests.generic.utils.collection import (
    GALAXY,
    MODULES,
    NAME,
    PLUGINS,
    Json,
    documentation,
    paths,
    reads_only,
)

from .checks import texts

_ALL: t.Final = [("module", name) for name in MODULES] + PLUGINS
_ATTRIBUTES: t.Final = ("action_group", "check_mode", "diff_mode", "idempotent")


def _doc(kind: str, name: str) -> Json:
    return t.cast(Json, documentation(kind)[name]["doc"])


def _returned(values: dict[str, Json], where: str = "") -> t.Iterator[tuple[str, Json, bool]]:
    """Path and documentation of each returned value, and whether those below it are told one by one."""
    for name, value in values.items():
        yield where + name, value, "contains" in value
        yield from _returned(value.get("contains") or {}, f"{where}{name}.")


@pytest.mark.parametrize("module", MODULES)
def test_attributes(module: str) -> None:
    """Check mode, diff mode, idempotency and the action group, each with a reason where it is not whole."""
    attributes = _doc("module", module)["attributes"]
    lacking = sorted(set(_ATTRIBUTES) - set(attributes))
    assert not lacking, (
        f"plugins/modules/{module}.py: no {', '.join(lacking)}; extend what documents them in _attributes.py"
    )
    for name, attribute in attributes.items():
        assert attribute["description"], name
        assert attribute["support"] == "full" or attribute.get("details"), f"{name}: say why it is not full"
    groups = ("all",) if reads_only(module) else ("all", "write")
    assert attributes["action_group"]["membership"] == [f"{NAME}.{group}" for group in groups]


@pytest.mark.parametrize(("kind", "name"), _ALL)
def test_where_to_go_on(kind: str, name: str) -> None:
    """It says since when it is there, who made it, and what else to look at."""
    doc = _doc(kind, name)
    assert doc["version_added"] and doc["author"] and doc["short_description"] and doc["description"]
    assert tuple(map(int, doc["version_added"].split("."))) <= tuple(map(int, GALAXY["version"].split(".")))
    assert doc["seealso"]
    own = f"{NAME}.{name}"
    assert all(own not in (one.get("module"), one.get("plugin")) for one in doc["seealso"])


@pytest.mark.parametrize(("kind", "name"), _ALL)
def test_returned_values(kind: str, name: str) -> None:
    """Each returned value has a type and a description, and a sample, itself or in its parts."""
    for path, value, parted in _returned(documentation(kind)[name]["return"]):
        assert value.get("type") and value.get("description"), path
        assert "sample" in value or parted, f"{path} has no sample"
        assert value["type"] != "list" or value.get("elements"), f"{path}: of what is it a list?"


@pytest.mark.parametrize(("kind", "name"), _ALL)
def test_semantic_markup(kind: str, name: str) -> None:
    """Names of options and environment variables, and values, are marked as what they are and not as mere code."""
    doc = _doc(kind, name)
    known = {path.rpartition(".")[2] for path in paths(doc["options"])} - {"_input", "_terms"}
    about_options = [*texts(doc["options"]), *texts(doc["description"]), *texts(documentation(kind)[name]["return"])]
    for text in about_options:
        for code in re.findall(r"\bC\(([^)]*)\)", text):
            option, _equals, value = code.partition("=")
            assert option not in known or not value, f"write O({code}): {text}"
            assert not code.startswith("THREEMA_WORK_"), f"write E({code}): {text}"
            assert code not in ("true", "false", "null"), f"write V({code}): {text}"
