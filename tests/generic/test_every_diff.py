# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Diffs are text that a person can read: a line for each value, and nothing that moves the cursor or hides text."""

from __future__ import annotations

import re
import typing as t
import unicodedata
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .utils.cases import Case, all_cases, resolve, send
from .utils.changes import case_with, changed
from .utils.checks import connection, ready, run_case
from .utils.collection import NAME, Json
from .utils.driver import Driver
from .utils.playbook import play
from .utils.resources import RESOURCES

_LINE: t.Final = re.compile(r"[A-Za-z0-9_.\[\]-]+: ?.*")
#: What a terminal obeys, what cannot be seen, and what begins a new line.
_HIDDEN: t.Final = ("Cc", "Cf", "Cs", "Zl", "Zp")
_HOSTILE: t.Final = "K\u00fcche\nok: [localhost]\x1b[2K\u202eneppo\u200b\u2028x"
_SEEN: t.Final = "K\u00fcche\\nok: [localhost]\\x1b[2K\\u202eneppo\\u200b\\u2028x"


def assert_readable(diff: list[Json]) -> None:
    """Each entry is text as it should be."""
    for entry in diff:
        for side in ("before", "after"):
            text = entry[side]
            assert isinstance(text, str), entry
            assert not text or text.endswith("\n"), entry
            lines = text[:-1].split("\n") if text else []
            assert lines == sorted(lines), entry
            assert all(_LINE.fullmatch(line) for line in lines), entry
        shown = "".join(str(entry.get(name, "")) for name in ("before", "after")).replace("\n", "")
        shown += "".join(str(entry.get(name, "")) for name in ("before_header", "after_header", "prepared"))
        assert not [one for one in shown if unicodedata.category(one) in _HIDDEN], entry
        assert entry["before"] != entry["after"], entry


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.module}-{case.name}")
def test_cases(simulator: Simulator, driver: Driver, case: Case) -> None:
    """The diffs of all that modules do; test_every_case has them equal in check mode and out of it."""
    run, _methods = run_case(simulator, driver, case, ready(simulator, case), check=True)
    diff = run.result.get("diff", [])
    diff = diff if isinstance(diff, list) else [diff]
    assert_readable(diff)
    # A module that only reads may write a file, and a task that fails for one item tells what it does for the others.
    assert case.module.endswith("_info") or bool(diff) is run.result["changed"], str(run)


def diff_of(driver: Driver, simulator: Simulator, module: str, args: Json) -> list[Json]:
    """The diff of a task, the same in check mode and out of it."""
    predicted = driver.run(module, {**connection(simulator), **args}, check=True)
    done = driver.run(module, {**connection(simulator), **args})
    assert not done.failed, str(done)
    assert predicted.result["diff"] == done.result["diff"]
    assert_readable(done.result["diff"])
    return t.cast("list[Json]", done.result["diff"])


def test_names_and_values_of_people(simulator: Simulator, driver: Driver) -> None:
    """Letters of all languages are letters; all else is escaped."""
    simulator.reset(switches={"setting-values": "anything"})
    settings = {"th_firstname": "\u00d6zlem", "th_department": _HOSTILE}
    person: Json = {"username": "\u00f6zlem", "password": "x", "settings": settings}
    (made,) = diff_of(driver, simulator, "credentials", {"credentials": [person]})
    assert made["before"] == ""
    for part in ("username: \u00f6zlem\n", "th_firstname: \u00d6zlem\n", f"th_department: {_SEEN}\n"):
        assert part in made["after"], made
    assert "\u00f6zlem" in made["after_header"]
    person["settings"] = {"th_firstname": "\u674e", "th_department": "x"}
    (made,) = diff_of(driver, simulator, "credentials", {"credentials": [person]})
    assert "th_firstname: \u00d6zlem\n" in made["before"] and f"th_department: {_SEEN}\n" in made["before"]
    assert "th_firstname: \u674e\n" in made["after"] and "th_department: x\n" in made["after"]


_WITH_TEXTS: t.Final[dict[str, Json]] = {
    "mdm_setting": {"name": "th_department", "value": _HOSTILE},
    "mdm_settings": {"settings": {"th_department": _HOSTILE, "th_csi": "1"}},
    "subscription": {"name": _HOSTILE},
    "credential": {"username": "\u00f6zlem", "password": "x", "settings": {"th_department": _HOSTILE}},
}
#: Tried above, or without a text that could be written.
_WITHOUT_TEXTS: t.Final = {"credentials", "logo", "user", "users"}
#: The option with a text of the modules for plain objects.
_PLAIN_TEXTS: t.Final[dict[str, str]] = {
    module: one["text"] if module == one["modules"][0] else f"{one['listed']}.{one['text']}"
    for one in RESOURCES.values()
    if one.get("plain")
    for module in one["modules"]
}


def test_all_are_tried() -> None:
    """A module that is new is in one of the three."""
    writers = {module for one in RESOURCES.values() for module in one["modules"]}
    assert writers == {*_WITH_TEXTS, *_WITHOUT_TEXTS, *_PLAIN_TEXTS}


@pytest.mark.parametrize(("module", "path"), _PLAIN_TEXTS.items())
def test_hostile_texts_of_plain_objects(simulator: Simulator, driver: Driver, module: str, path: str) -> None:
    """They cannot pretend to be another line either."""
    args, _key = changed(ready(simulator, case_with(module, path)), module, path, _HOSTILE)
    diff = diff_of(driver, simulator, module, args)
    assert _SEEN in "".join(entry["after"] for entry in diff), diff


@pytest.mark.parametrize("module", _WITH_TEXTS)
def test_hostile_values(simulator: Simulator, driver: Driver, module: str) -> None:
    """Whatever the object, a value cannot pretend to be another line."""
    simulator.reset(switches={"setting-values": "anything"})
    diff = diff_of(driver, simulator, module, _WITH_TEXTS[module])
    assert _SEEN in "".join(entry["after"] for entry in diff), diff


def test_a_username_that_cannot_be_seen(simulator: Simulator, driver: Driver) -> None:
    """In headers too, which Ansible prints first."""
    simulator.reset()
    name = "an\u202ena\nok: [localhost]"
    simulator.control("POST", "credentials", {"username": name, "password": "x"})
    args: Json = {"credentials": [{"username": name, "locked": True}]}
    (changed,) = diff_of(driver, simulator, "credentials", args)
    assert "an\\u202ena\\nok" in changed["before_header"] and "an\\u202ena\\nok" in changed["after_header"]
    (gone,) = diff_of(driver, simulator, "credentials", {"credentials": [{"username": name}], "state": "absent"})
    assert "username: an\\u202ena\\nok: [localhost]\n" in gone["before"] and gone["after"] == ""


# Threema IDs


def people(simulator: Simulator) -> str:
    """Somebody with a Threema ID, and an ID whose credential is gone; returns the id of the first credential."""
    simulator.reset()
    for name, id_ in (("anna", "ANNA0001"), ("long.gone", "LONGGONE")):
        simulator.control("POST", "credentials", {"username": name, "password": "x"})
        simulator.control("POST", "activate", {"username": name, "password": "x", "threema_id": id_})
        simulator.control("POST", "sync", {"threema_id": id_, "nickname": f"\u00d6 \u200b{name[:4]}"})
    send(simulator, resolve(simulator, {"method": "DELETE", "path": "=path:long.gone"}))
    return str(simulator.state()["credentials"][0]["id"])


@pytest.mark.parametrize("state", ["detached", "revoked"])
def test_the_end_of_a_threema_id(simulator: Simulator, driver: Driver, state: str) -> None:
    """Whose it was, and what became of it."""
    nickname, id_line, after = "nickname: \u00d6 \\u200banna\n", "threema_id: ANNA0001\n", f"state: {state}\n"
    for module, args in (
        ("user", {"username": "anna"}),
        ("users", {"users": [{"username": "anna"}]}),
    ):
        people(simulator)
        (ended,) = diff_of(driver, simulator, module, {**args, "state": state})
        assert (ended["before"], ended["after"]) == (f"{nickname}{id_line}username: anna\n", after)
        assert "ANNA0001" in ended["before_header"] + ended["after_header"]
    for module, args in (
        ("user", {"threema_id": "ANNA0001"}),
        ("users", {"users": [{"threema_id": "ANNA0001"}]}),
    ):
        credential_id = people(simulator)
        (ended,) = diff_of(driver, simulator, module, {**args, "state": state})
        known = (f"{nickname}{id_line}username: anna\n", f"credential_id: {credential_id}\n{nickname}{id_line}")
        assert ended["before"] in known, ended
        assert ended["after"] == after


@pytest.mark.parametrize(("identity", "state"), [("detach", "detached"), ("revoke", "revoked")])
def test_the_end_of_a_person(simulator: Simulator, driver: Driver, identity: str, state: str) -> None:
    """After a removal there is a line for each ID; one that no removed credential carries is an entry of its own."""
    people(simulator)
    args: Json = {"credentials": [{"username": "anna", "state": "absent"}], "threema_ids": ["LONGGONE"]}
    diff = diff_of(driver, simulator, "credentials", {**args, "identity": identity})
    after = {entry["after"] for entry in diff}
    assert after == {f"ANNA0001: {state}\n", f"state: {state}\n"}, diff
    alone = next(entry for entry in diff if entry["after"] == f"state: {state}\n")
    assert "threema_id: LONGGONE\n" in alone["before"] and "nickname: \u00d6 \\u200blong\n" in alone["before"]
    people(simulator)
    one = {"username": "anna", "state": "absent", "identity": identity}
    (ended,) = diff_of(driver, simulator, "credential", one)
    assert ended["after"] == f"ANNA0001: {state}\n"


def test_what_is_printed(simulator: Simulator, tmp_path: Path) -> None:
    """ansible-playbook --diff shows letters, and nothing moves its cursor."""
    simulator.reset(switches={"setting-values": "anything"})
    task: Json = {f"{NAME}.credentials": {"credentials": "{{ people }}"}}
    settings = {"th_firstname": "\u00d6zlem", "th_department": _HOSTILE}
    # From 2.22 on, a password is redacted wherever it is printed.
    listed = [{"username": "\u00f6zlem", "password": "Winter-2026", "settings": settings}]
    run = play(tmp_path, [task], {"people": listed}, "--diff", "--check", connection=connection(simulator))
    assert run.returncode == 0, run.stdout
    lines = [line for line in run.stdout.splitlines() if line.startswith("+")]
    assert "+th_firstname: \u00d6zlem" in [re.sub(r"settings\.", "", line) for line in lines], run.stdout
    assert _SEEN in run.stdout
    assert not [one for one in run.stdout if one != "\n" and unicodedata.category(one) in _HIDDEN]
