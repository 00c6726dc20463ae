# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""
Where a text is expected, anything else is refused by its type alone, and never shown.

A list of people is easily given where their names are expected, and people have passwords.
"""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .utils.changes import case_with, changed, documented_at
from .utils.checks import connection, ready
from .utils.collection import MODULES, Json, connection_options, options, paths
from .utils.driver import Driver, Run

_SECRET: t.Final = "Never-pRinted/77"
_PERSON: t.Final = {"username": "who.is.that", "password": _SECRET, "first_name": "Whoever"}
_SHOWN: t.Final = (_SECRET, "who.is.that", "Whoever")
#: What is no text. Numbers are: a username of digits is one in YAML.
WRONG: t.Final[dict[str, t.Any]] = {"dictionary": _PERSON, "list": [_PERSON], "boolean": True}


def of_type(*types: str) -> list[tuple[str, str]]:
    """Modules with the options of them that have one of these types."""
    return [
        (module, path)
        for module in MODULES
        for path in paths(options(module))
        if documented_at(module, path).get("type", "str") in types and path not in connection_options()
    ]


def lists() -> list[tuple[str, str]]:
    """Modules with the options of them that are lists of texts."""
    return [
        (module, path)
        for module, path in of_type("list")
        if documented_at(module, path).get("elements", "str") == "str"
    ]


def assert_refused(simulator: Simulator, run: Run, name: str, kind: str) -> None:
    """Refused with the option's name and the type, before any request; nothing of the value is anywhere."""
    assert not [part for part in _SHOWN if part in run.text], run.text
    assert "Traceback" not in run.text
    assert run.failed and run.kind == "refused", str(run)
    assert simulator.requests() == []
    msg = str(run.result["msg"])
    assert name in msg and kind in msg and "string" in msg, msg


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(("module", "path"), of_type("str", "path"))
def test_one(simulator: Simulator, driver: Driver, module: str, path: str, wrong: str) -> None:
    """An option that is a text."""
    args, key = changed(ready(simulator, case_with(module, path)), module, path, WRONG[wrong])
    # The system's log has two ways, and a dictionary is what shows most.
    assert_refused(simulator, driver.run(module, args, journal=wrong == "dictionary"), key, wrong)


@pytest.mark.parametrize("wrong", [*WRONG, "null"])
@pytest.mark.parametrize(("module", "path"), lists())
def test_one_of_many(simulator: Simulator, driver: Driver, module: str, path: str, wrong: str) -> None:
    """An entry of a list of texts: the message says which."""
    args, key = changed(ready(simulator, case_with(module, path)), module, path, ["right", WRONG.get(wrong)])
    assert_refused(simulator, driver.run(module, args, journal=wrong == "dictionary"), f"{key}[1]", wrong)


@pytest.mark.parametrize(("module", "path"), [(module, path) for module, path in lists() if "." not in path])
def test_a_list_in_place_of_which_a_person_is_given(
    simulator: Simulator, driver: Driver, module: str, path: str
) -> None:
    """One person, and a list of nothing but people."""
    for value in (_PERSON, [_PERSON, _PERSON]):
        args, _key = changed(ready(simulator, case_with(module, path)), module, path, value)
        run = driver.run(module, args)
        assert not [part for part in _SHOWN if part in run.text], run.text
        assert run.failed and simulator.requests() == [], str(run)


@pytest.mark.parametrize("module", MODULES)
def test_items_that_are_no_dictionaries(simulator: Simulator, driver: Driver, module: str) -> None:
    """A list of texts, lists, booleans or nulls where objects are expected."""
    for path in [path for path, option in options(module).items() if option.get("suboptions")]:
        if options(module)[path]["type"] != "list":
            continue
        for value in (_SECRET, [_PERSON], True, None, 7):
            args, _key = changed(ready(simulator, case_with(module, path)), module, path, [value])
            run = driver.run(module, args)
            assert not [part for part in _SHOWN if part in run.text], run.text
            assert run.failed and "Traceback" not in run.text, str(run)
            assert simulator.requests() == []


def test_numbers_are_texts(simulator: Simulator, driver: Driver) -> None:
    """What YAML makes of a username or of an employee number of digits is taken."""
    simulator.reset()
    items: list[Json] = [{"username": 4711, "password": 12345678, "settings": {"th_csi": 42}}]
    run = driver.run("credentials", {**connection(simulator), "credentials": items})
    assert not run.failed, str(run)
    (credential,) = simulator.state()["credentials"]
    assert (credential["username"], credential["settings"]) == ("4711", {"th_csi": "42"})
    assert "12345678" not in json.dumps(run.result)
