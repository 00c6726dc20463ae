# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists in the shapes of real exports, with invented people, and what must become of each: rosters.json.

Each case is run through the reader and through what makes credentials of people, on an empty subscription as it were;
the playbook itself runs a handful of them (tests/playbooks/test_onboard_lists.py).

============= ===================================================================================
list          the bytes of the file, each as the character of its number
options       the variables of the playbook beside roster
people        these people have at least these settings afterwards, with these values
only          exactly these usernames exist afterwards
refused       nobody is taken, and each text is in the message, in any case
loose         the list may be refused as well
no_password   nobody has this password afterwards
============= ===================================================================================
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible_collections.threema.work.plugins.plugin_utils._people import to_credentials
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import RosterError
from ansible_collections.threema.work.plugins.plugin_utils._roster import read

CASES: t.Final[list[dict[str, t.Any]]] = json.loads(
    Path(__file__).with_name("rosters.json").read_text(encoding="utf-8")
)


@dataclass
class Onboarded:
    """What would be in the subscription: settings and passwords by username, or why nobody is."""

    settings: dict[str, dict[str, t.Any]]
    passwords: list[str]
    refusal: str | None = None


def onboard(case: dict[str, t.Any]) -> Onboarded:
    """Read a list and make credentials of its people, as the playbook does."""
    options = {name.removeprefix("roster_"): value for name, value in case["options"].items()}
    try:
        people = read(case["list"].encode("latin-1"), name=case["file"], **options).people
        credentials = to_credentials(people)
    except RosterError as exc:
        return Onboarded({}, [], str(exc))
    return Onboarded(
        {one["username"]: one.get("settings", {}) for one in credentials},
        [one["password"] for one in credentials if "password" in one],
    )


def lacking(case: dict[str, t.Any], done: Onboarded) -> list[str]:
    """What a case asks for and did not get."""
    if done.refusal is not None:
        wanted = case.get("refused", () if case.get("loose") else ("[not to be refused]",))
        return [text for text in wanted if text.casefold() not in done.refusal.casefold()]
    found = ["[to be refused]"] if "refused" in case else []
    for username, settings in case.get("people", {}).items():
        has = done.settings.get(username, {})
        found += [f"{username}: {name}: {value}" for name, value in settings.items() if has.get(name) != value]
    if "only" in case and sorted(case["only"]) != sorted(done.settings):
        found.append(f"only {case['only']}, but {sorted(done.settings)}")
    if case.get("no_password") in done.passwords:
        found.append("another password")
    return found


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_case(case: dict[str, t.Any]) -> None:
    assert lacking(case, onboard(case)) == []


@pytest.mark.parametrize(
    ("case", "done"),
    [
        ({"people": {"jo": {"th_csi": "1"}}}, Onboarded({"jo": {"th_csi": "2"}}, [])),
        ({"people": {"jo": {"th_csi": "1"}}}, Onboarded({}, [])),
        ({"only": ["jo"]}, Onboarded({"jo": {}, "li": {}}, [])),
        ({"refused": ["row 3"]}, Onboarded({}, [], "row 2")),
        ({"refused": ["row 3"]}, Onboarded({"jo": {}}, [])),
        ({"no_password": "x"}, Onboarded({"jo": {}}, ["x"])),
        ({}, Onboarded({}, [], "row 2")),
    ],
)
def test_the_runner_notices(case: dict[str, t.Any], done: Onboarded) -> None:
    assert lacking(case, done)
