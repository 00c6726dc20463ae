# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""
An option that chooses or limits and is given without a value is refused: it must never mean everybody.

Which options these are is said here once more, without asking the collection's own code. What is tried is taken from
the documentation and from the cases: modules and options that come later are tried too.
"""

from __future__ import annotations

import copy
import json
import re
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .utils.changes import SAME, case_with, changed, documented_at, holders
from .utils.checks import connection, ready
from .utils.collection import MODULES, NAME, Json, options, paths
from .utils.driver import Driver, Run
from .utils.playbook import Tasks, play
from .utils.resources import PLURAL

_LISTED: t.Final = """
    username id credential_id threema_id category_id query name variant scope usernames inactive_days match_setting
    max_removals max_removals_percent max_creations max_requests expect_subscription prune_ignore protect identity
    threema_ids unknown credential_exists orphaned duplicate unused
"""
SELECTORS: t.Final = frozenset(_LISTED.split())
#: People who are protected may have either missing, and null counts as missing there.
_NO_SELECTORS: t.Final = ("protect.",)
_NO_ID_YET: t.Final = re.compile(r"check mode.*no id yet")


def selectors_of(module: str) -> list[str]:
    """The selectors of a module, and those in the items of its lists."""
    return [
        path
        for path in paths(options(module))
        if path.rpartition(".")[2] in SELECTORS and not path.startswith(_NO_SELECTORS)
    ]


ALL: t.Final = [(module, path) for module in MODULES for path in selectors_of(module)]


def assert_refused(simulator: Simulator, run: Run, key: str) -> str:
    """Refused, with the option's name, before anything was asked for."""
    assert run.failed, f"{key} without a value was taken for a value: {run}"
    assert run.kind == "refused", str(run)
    assert simulator.requests() == []
    assert run.result["api_requests"] == 0
    assert run.result["changed"] is False
    msg = str(run.result["msg"])
    assert re.search(rf"\b{re.escape(key)} is (null|empty)\b", msg), msg
    return msg


@pytest.mark.parametrize(("module", "path"), ALL)
def test_without_a_value(simulator: Simulator, driver: Driver, module: str, path: str) -> None:
    """Refused before any request, null or empty, in check mode and out of it."""
    args, key = changed(ready(simulator, case_with(module, path)), module, path, None)
    said = assert_refused(simulator, driver.run(module, args), key)
    predicted = assert_refused(simulator, driver.run(module, args, check=True), key)
    args, key = changed(args, module, path, "")
    assert_refused(simulator, driver.run(module, args), key)
    if not documented_at(module, path).get("required"):
        assert "leave it out" in said
        assert "leave it out" in predicted
    assert path.rpartition(".")[2] not in SAME or _NO_ID_YET.search(predicted), predicted
    assert not _NO_ID_YET.search(said), said


@pytest.mark.parametrize(("module", "path"), ALL)
def test_left_out(simulator: Simulator, driver: Driver, module: str, path: str) -> None:
    """Leaving it out is no mistake of this kind, whatever else may be missing then."""
    args, key = changed(ready(simulator, case_with(module, path)), module, path, None, left_out=True)
    run = driver.run(module, args, check=True)
    assert not re.search(rf"\b{key} is (null|empty)", str(run.result.get("msg", ""))), str(run)
    needed = path.rpartition(".")[2] in SAME or "required" in str(run.result.get("msg", ""))
    assert needed or run.result["api_requests"] > 0, str(run)


@pytest.mark.parametrize(
    ("module", "path"), [(module, path) for module, path in ALL if documented_at(module, path)["type"] == "list"]
)
def test_an_empty_list_is_a_value(simulator: Simulator, driver: Driver, module: str, path: str) -> None:
    """Nobody, or no pattern."""
    args, _key = changed(ready(simulator, case_with(module, path)), module, path, [])
    assert "leave it out" not in str(driver.run(module, args, check=True).result.get("msg", ""))


def levels(module: str) -> list[str]:
    """Where a module takes several options that choose the same thing: at the top, or in items."""
    found: dict[str, int] = {}
    for path in selectors_of(module):
        where, _dot, name = path.rpartition(".")
        found[where] = found.get(where, 0) + (name in SAME)
    return [where for where, number in found.items() if number > 1]


@pytest.mark.parametrize("value", [None, ""], ids=["null", "empty"])
@pytest.mark.parametrize(("module", "where"), [(module, where) for module in MODULES for where in levels(module)])
def test_where_another_has_a_value(simulator: Simulator, driver: Driver, module: str, where: str, value: t.Any) -> None:
    """What chooses the same thing makes up for it: results hold such."""
    names = [
        path for path in selectors_of(module) if path.rpartition(".")[0] == where and path.rpartition(".")[2] in SAME
    ]
    for path in names:
        case = case_with(module, path)
        args = ready(simulator, case)
        plain, _key = changed(args, module, path, _value_at(args, module, path))
        filled = copy.deepcopy(plain)
        holder, key = next(iter(holders(filled, options(module), path)))
        holder.update({other.rpartition(".")[2]: value for other in names if other.rpartition(".")[2] != key})
        expected = driver.run(module, plain, check=True)
        run = driver.run(module, filled, check=True)
        assert _said(run) == _said(expected), f"{path} alone, and with the others {value!r}"


def _value_at(args: Json, module: str, path: str) -> t.Any:
    where, key = next(iter(holders(args, options(module), path)))
    return where[key]


def _said(run: Run) -> Json:
    return {name: value for name, value in run.result.items() if name not in ("invocation", "warnings")}


@pytest.mark.parametrize(
    ("module", "args", "key"),
    [
        ("user_info", {"query": "x", "username": None}, "username"),
        ("user_info", {"username": "sommer.anna", "query": None}, "query"),
        ("user_info", {"threema_id": "SOMM1ER2", "query": ""}, "query"),
        ("contact_info", {"category_id": "x", "threema_id": None}, "threema_id"),
        ("contact_info", {"threema_id": "SOMM1ER2", "category_id": None}, "category_id"),
        ("contact_info", {"threema_id": "SOMM1ER2", "category": ""}, "category"),
        ("mdm_setting_info", {"name": "th_csi", "credential_id": None}, "credential_id"),
        ("mdm_setting_info", {"username": "sommer.anna", "name": None}, "name"),
        ("mdm_setting_info", {"scope": "credential", "credential_id": None}, "credential_id"),
        ("mdm_setting", {"name": "th_disable_calls", "value": True, "credential_id": None}, "credential_id"),
        ("mdm_setting", {"name": "th_disable_calls", "state": "absent", "credential_id": ""}, "credential_id"),
        ("mdm_setting", {"name": "th_disable_calls", "value": True, "username": None}, "username"),
        ("mdm_setting", {"name": "th_csi", "value": 1, "scope": "credential", "credential_id": None}, "credential_id"),
        ("mdm_setting", {"name": "th_csi", "value": 1, "scope": None, "credential_id": None}, "scope"),
        ("user", {"username": None, "credential_id": "", "threema_id": None, "state": "revoked"}, "username"),
    ],
    ids=str,
)
def test_what_makes_up_for_nothing(simulator: Simulator, driver: Driver, module: str, args: Json, key: str) -> None:
    """Another option, however narrow, does not say what a null was to mean."""
    simulator.reset()
    assert_refused(simulator, driver.run(module, {**connection(simulator), **args}), key)


def test_the_sentence_of_a_setting(simulator: Simulator, driver: Driver) -> None:
    """What would have been switched off for the whole company."""
    simulator.reset()
    args = {**connection(simulator), "name": "th_disable_calls", "value": True, "credential_id": None}
    said = assert_refused(simulator, driver.run("mdm_setting", args), "credential_id")
    assert "credential_id is null; leave it out for a global setting" in said
    assert simulator.state()["settings"] == {}


@pytest.mark.parametrize("value", [None, ""], ids=["null", "empty"])
def test_a_global_setting_is_a_result_that_can_be_given_back(
    simulator: Simulator, driver: Driver, value: t.Any
) -> None:
    """With ``scope: global``, a null ``credential_id`` is ignored, as mdm_setting_info returns it."""
    simulator.reset()
    args = {**connection(simulator), "name": "th_disable_calls", "value": True, "scope": "global"}
    made = driver.run("mdm_setting", {**args, "credential_id": value})
    assert not made.failed, str(made)
    assert simulator.state()["settings"] == {"th_disable_calls": True}
    args = {**connection(simulator), "scope": "global", "credential_id": value}
    listed = driver.run("mdm_setting_info", args).result["settings"]
    again = driver.run("mdm_setting", {**connection(simulator), **listed[0]})
    assert not again.failed, str(again)
    assert again.result["changed"] is False


def test_a_scope_that_contradicts(simulator: Simulator, driver: Driver) -> None:
    """A global setting has no credential, and that of a credential has one."""
    simulator.reset(credentials=1)
    (credential,) = simulator.state()["credentials"]
    args = {**connection(simulator), "name": "th_disable_calls", "value": True}
    for wrong in (
        {"scope": "global", "credential_id": credential["id"]},
        {"scope": "global", "username": credential["username"]},
        {"scope": "credential"},
    ):
        run = driver.run("mdm_setting", {**args, **wrong})
        assert run.failed and simulator.requests() == [], str(run)
    assert simulator.state()["settings"] == {}


def everything_without(module: str, value: str) -> tuple[Json, list[str]]:
    """A task with each selector of a module, at the top and in one item of each list, and their names."""
    args: Json = {}
    named = []
    for path in selectors_of(module):
        *above, name = path.split(".")
        holder = args
        for part in above:
            several = documented_at(module, ".".join(above[: above.index(part) + 1]))["type"] == "list"
            inner = holder.setdefault(part, [{}] if several else {})
            holder = inner[0] if several else inner
            if module == "mdm_settings":
                holder["settings"] = {"th_csi": "1"}
        holder[name] = value
        named.append(name)
    return args, named


#: How a value is missing in playbooks.
_FORMS: t.Final = ("{% if false %}x{% endif %}", "{{ nothing | default(none, true) }}", "{{ None }}")


#: All that there are at the top and in items; the tests above have the rest. A task takes half a second.
_IN_PLAYBOOKS: t.Final = (
    *("contact_info", "credential_info", "mdm_setting_info", "mdm_settings", "user_info"),
    *sorted({plural for plural, _states in PLURAL.values()}),
)


def test_in_playbooks(simulator: Simulator, tmp_path: Path) -> None:
    """Whatever templates make of a value that is missing, each of them is refused; ``omit`` is not."""
    simulator.reset(credentials=2, users=2, contacts=1)
    tasks: Tasks = []
    expected: dict[str, list[str]] = {}
    for number, module in enumerate(_IN_PLAYBOOKS):
        args, named = everything_without(module, _FORMS[number % len(_FORMS)])
        for form in ("null", "omit") if module.startswith(("user", "mdm_setting")) else ("null",):
            variable = f"{module}_{form}"
            expected[variable] = named if form == "null" else []
            given = args if form == "null" else _omitted(module)
            needed = {"state": "detached"} if module in ("user", "users") else {}
            task = {f"{NAME}.{module}": {**needed, **given}, "register": variable, "ignore_errors": True}
            tasks.append({**task, "check_mode": number % 2 == 0})
    for number, form in enumerate(_FORMS):
        variable = f"narrow_{number}"
        expected[variable] = ["credential_id"]
        args = {"name": "th_disable_calls", "state": "absent", "credential_id": form}
        tasks.append({f"{NAME}.mdm_setting": args, "register": variable, "ignore_errors": True})
    found = tmp_path / "results.json"
    content = "{{ {" + ", ".join(f"'{one}': {one}" for one in expected) + "} | to_json }}"
    tasks.append({"ansible.builtin.copy": {"content": content, "dest": str(found)}, "diff": False, "no_log": True})
    run = play(tmp_path, tasks, {"nothing": ""}, connection=connection(simulator))
    assert run.returncode == 0, run.stdout
    results = json.loads(found.read_text(encoding="utf-8"))
    wrong = {}
    for variable, named in expected.items():
        result = results[variable]
        said = str(result.get("msg", ""))
        unsaid = [name for name in named if not re.search(rf"\b{name} is (null|empty)\b", said)]
        # A message names ten, and counts the rest.
        uncounted = len(unsaid) > (int(more[1]) if (more := re.search(r"and (\d+) more$", said)) else 0)
        if uncounted or (named and result.get("failure", {}).get("kind") != "refused"):
            wrong[variable] = (unsaid, said)
        elif not named and re.search(r" is (null|empty)\b", said):
            wrong[variable] = ([], said)
    assert not wrong
    read_only = all(request["method"] == "GET" for request in simulator.requests())
    assert read_only


def _omitted(module: str) -> Json:
    """A task in which each selector at the top is left out by ``omit``."""
    return {path: "{{ omit }}" for path in selectors_of(module) if "." not in path}
