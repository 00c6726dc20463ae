# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""
A result that is given back to a module does what that task says, and not what the task did that it is out of.

The worst of it: the registered dry run of a revocation, given to a task that is to detach.
"""

from __future__ import annotations

import json
import re
import typing as t

import pytest
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .utils.cases import Case, all_cases
from .utils.checks import connection, ready, run_case
from .utils.collection import Json, options
from .utils.driver import Driver
from .utils.resources import PLURAL, SINGULAR

#: What a task with a state must never do to anybody.
_WRONG_ACTIONS: t.Final = {"present": {"removed"}, "absent": {"created", "updated"}}
#: What is said of an option that chooses and has no value.
_CHOSE_NOTHING: t.Final = re.compile(r"\b(username|id|credential_id|threema_id|scope|name|variant) is (null|empty)\b")
#: A key that only results have, with a value.
MARKS: t.Final[Json] = {
    "action": "unchanged",
    "created_at": "2025-11-20T09:00:00+0100",
    "last_check": None,
    "nickname": "",
    "version": "ios - 7.2k",
    "usage": 0,
    "type": "custom",
}
GIVEN_BACK: t.Final = [
    case
    for case in all_cases()
    if not case.get("fails") and case.module in {*PLURAL, *(module for module, _states in SINGULAR.values())}
]


def objects_in(result: Json) -> t.Iterator[tuple[str, Json]]:
    """All objects in a result with the key that holds them; those of users inside of credentials too."""
    for key in dict.fromkeys((*PLURAL, *SINGULAR)):
        value = result.get(key)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield key, item
                yield from (("users", user) for user in item.get("users", []))


def actions(result: Json, key: str) -> set[str]:
    """What was done to the objects of a plural result."""
    return {str(item["action"]) for item in result.get(key, [])}


def renames_in_vain(case: Case, check: bool) -> bool:
    """After a dry run nobody has the new name: it does not belong to the id, and that is refused."""
    return check and ("new_username" in json.dumps(case.get("args")) or case.get("args").get("rename_matched") is True)


@pytest.mark.parametrize("check", [True, False], ids=["dry", "real"])
@pytest.mark.parametrize("case", GIVEN_BACK, ids=lambda case: f"{case.module}-{case.name}")
def test_given_back(simulator: Simulator, driver: Driver, case: Case, check: bool) -> None:
    """All objects of a result, in tasks with either state: nothing is taken over but who it is."""
    first, _methods = run_case(simulator, driver, case, ready(simulator, case), check=check)
    simulator.control("DELETE", "faults")
    found = list(objects_in(first.result))
    known = not renames_in_vain(case, check)
    for module, states in set(PLURAL.values()):
        items = [item for key, item in found if key in PLURAL and PLURAL[key][0] == module]
        for state in states if items else ():
            given_to_the_plural_module(simulator, driver, module, items, state, known)
    for key, item in found:
        module, states_of_one = SINGULAR.get(key, ("", ()))
        for state in states_of_one:
            given_to_the_singular_module(simulator, driver, module, item, state, known)


def given_to_the_plural_module(
    simulator: Simulator, driver: Driver, module: str, items: list[Json], state: str, known: bool
) -> None:
    """As items, just as they are; unless they are not ``known`` yet, a removal cannot fail."""
    given: Json = {module: items, "state": state, "return_objects": "all", "max_removals": -1}
    run = driver.run(module, {**connection(simulator), **given}, check=True)
    assert run.kind in (None, "refused", "not_found", "invalid"), str(run)
    msg = str(run.result.get("msg", ""))
    assert "nsupported" not in msg and not _CHOSE_NOTHING.search(msg), msg
    assert state == "present" or not run.failed or not known, str(run)
    if module == "users":
        assert {one["state"] for one in run.result["users"] if one["action"] == "removed"} <= {state}, str(run)
        other = next(word for word in PLURAL["users"][1] if word != state)
        assert other not in json.dumps(run.result["diff"]), str(run)
    else:
        assert not actions(run.result, module) & _WRONG_ACTIONS[state], str(run)


def given_to_the_singular_module(
    simulator: Simulator, driver: Driver, module: str, item: Json, state: str, known: bool
) -> None:
    """The keys that are options, whatever is null among those that choose."""
    taken = {name: value for name, value in item.items() if name in options(module)}
    run = driver.run(module, {**connection(simulator), **taken, "state": state}, check=True)
    if taken.get("scope") == "credential" and taken["credential_id"] is None:
        # The setting of nobody: with anything but a refusal it would be the global one.
        assert run.kind == "refused", str(run)
        return
    assert not _CHOSE_NOTHING.search(str(run.result.get("msg", ""))), str(run)
    assert state == "present" or not run.failed or not known, str(run)
    if module == "user" and run.result["changed"]:
        assert run.result["user"]["state"] == state


def somebody(simulator: Simulator) -> Json:
    """One person with a Threema ID, and the options that lead there."""
    simulator.reset()
    simulator.control("POST", "credentials", {"username": "anna", "password": "pw-of-anna"})
    simulator.control("POST", "activate", {"username": "anna", "password": "pw-of-anna", "threema_id": "ANNA0001"})
    return connection(simulator)


@pytest.mark.parametrize("of", ["user", "users", "credential", "credentials"])
def test_a_dry_run_of_a_revocation(simulator: Simulator, driver: Driver, of: str) -> None:
    """Given to ``state: detached`` it detaches; the service is asked for nothing else."""
    to = somebody(simulator)
    tasks: dict[str, Json] = {
        "user": {"threema_id": "ANNA0001", "state": "revoked"},
        "users": {"users": [{"threema_id": "ANNA0001"}], "state": "revoked"},
        "credential": {"username": "anna", "state": "absent", "identity": "revoke"},
        "credentials": {"credentials": [{"username": "anna"}], "state": "absent", "identity": "revoke"},
    }
    dry = driver.run(of, {**to, **tasks[of]}, check=True)
    people = [item for key, item in objects_in(dry.result) if key in ("user", "users")]
    assert [(item["threema_id"], item["state"]) for item in people] == [("ANNA0001", "revoked")], str(dry)
    simulator.forget_requests()
    done = driver.run("users", {**to, "users": people, "state": "detached"})
    assert not done.failed and done.result["changed"], str(done)
    sent = [(one["method"], one["operation"]) for one in simulator.requests() if one["method"] != "GET"]
    assert len(sent) == 1 and simulator.requests()[-1]["path"].endswith("/users/ANNA0001/detach"), sent
    assert [item["state"] for item in done.result["users"]] == ["detached"]


@pytest.mark.parametrize("mark", MARKS)
def test_what_only_results_have(simulator: Simulator, driver: Driver, mark: str) -> None:
    """One such key is enough for an item to be a result: its own state is not listened to."""
    to = somebody(simulator)
    simulator.control("POST", "contacts", {"threema_id": "CONTACT1", "first_name": "A", "last_name": "B"})
    for module, item, state in (
        ("users", {"threema_id": "ANNA0001", "state": "revoked"}, "detached"),
        ("credentials", {"username": "anna", "state": "absent"}, "present"),
        ("contacts", {"threema_id": "CONTACT1", "state": "absent"}, "present"),
    ):
        shown: Json = {module: [{**item, mark: MARKS[mark]}], "state": state, "return_objects": "all"}
        run = driver.run(module, {**to, **shown}, check=True)
        assert not run.failed, str(run)
        if module == "users":
            assert [one["state"] for one in run.result["users"]] == ["detached"]
        else:
            assert actions(run.result, module) == {"unchanged"}, str(run)
        # What nobody can take for a result has a state of its own.
        plain = driver.run(module, {**to, module: [item], "state": state, "return_objects": "all"}, check=True)
        assert actions(plain.result, module) == {"removed"}, str(plain)


def test_what_info_returns(simulator: Simulator, driver: Driver) -> None:
    """Whoever was looked up can be given to a task, with a state that was added for something else."""
    to = somebody(simulator)
    listed = driver.run("user_info", to).result["users"]
    given = [{**item, "state": "revoked"} for item in listed]
    run = driver.run("users", {**to, "users": given, "state": "detached"}, check=True)
    assert [one["state"] for one in run.result["users"]] == ["detached"], str(run)
    listed = driver.run("credential_info", to).result["credentials"]
    run = driver.run("credentials", {**to, "credentials": [{**item, "state": "absent"} for item in listed]}, check=True)
    assert not run.failed and not run.result["changed"], str(run)
