# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks offboard.yml and configure.yml: from variables of a survey to the role, and what they show."""

from __future__ import annotations

import functools
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.unit.playbooks.plays import Played, play, play_all
from ansible_collections.threema.work.tests.unit.roles.people import ids_of, populate, without
from ansible_collections.threema.work.tests.unit.roles.stage import Object, Pool

#: What YAML would take for other values.
TYPED: t.Final = """
# Who types this knows no YAML.
th_department: 010\r
  th_job_title: 12:30 "o'clock": late
th_csi: '007'
th_disable_export:yes
th_nickname: ""
th_keep_messages_days: 30
"""
ORDERS: t.Final[dict[str, tuple[str, Object]]] = {
    "nobody": ("offboard", {"identity": "detach", "usernames": ""}),
    "commas": ("offboard", {"identity": "detach", "usernames": ", ,", "threema_ids": []}),
    "no identity": ("offboard", {"usernames": "anna"}),
    "no limit": ("offboard", {"usernames": "anna", "identity": "detach", "max_removals": -2}),
    # What a survey of AWX answers: numbers are numbers, and an empty field is an empty text.
    "none allowed": ("offboard", {"usernames": "anna", "identity": "detach", "max_removals": 0}),
    "number": ("offboard", {"usernames": 4711, "identity": "detach", "max_removals": "", "unknown": ""}),
    "survey": (
        "offboard",
        {
            "usernames": "anna\r\nxaver\r\n",
            "threema_ids": "",
            "identity": "revoke",
            "max_removals": "",
            "unknown": "ignore",
        },
    ),
    "left": ("offboard", {"usernames": "anna,berta", "identity": "detach"}),
    "undescribed": ("configure", {"name": "Example Clinic"}),
    "described twice": ("configure", {"subscription_settings": {}, "subscription_settings_text": "th_csi: 1"}),
    "half a line": ("configure", {"subscription_settings_text": "th_csi: 1\nth_department"}),
    "no value": ("configure", {"subscription_settings_text": "th_csi: 1\nth_department: "}),
    "a line twice": ("configure", {"subscription_settings_text": "th_csi: 1\nth_csi: 2"}),
    "typed": ("configure", {"subscription_settings_text": TYPED}),
    "described": ("configure", {"subscription_name": "Example Clinic", "subscription_settings": {"th_csi": "1"}}),
}
FAILED: t.Final = {
    "commas": "Give identity (keep, detach or revoke) and usernames or threema_ids",
    "no limit": "offboarding_max_removals is -2; it must be -1 (no limit), 0 or more",
    "half a line": "one setting in each line",
    "no value": "one setting in each line",
    "a line twice": "one setting in each line, each once",
    "nobody": "Give identity (keep, detach or revoke) and usernames or threema_ids",
    "no identity": "Give identity (keep, detach or revoke) and usernames or threema_ids",
    "none allowed": "2 people would be taken out, and offboarding_max_removals allows 0",
    "number": "Not in the subscription: 4711.",
    "undescribed": "Describe the subscription with subscription_name",
    "described twice": "Give either subscription_settings or subscription_settings_text",
}


@pytest.fixture(scope="module")
def played(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """All of them."""
    orders: dict[str, t.Callable[[Path], Played]] = {}
    for (name, (playbook, variables)), simulator in zip(ORDERS.items(), pool.lend(len(ORDERS))):
        populate(simulator)
        if name == "left":
            path = f"/users/{ids_of(simulator, 'anna')[1]}/detach"
            simulator.fault(method="POST", path=path, kind="status", status=422, times=None)
        orders[name] = functools.partial(_play, playbook, simulator, variables)
    return play_all(orders, tmp_path_factory.mktemp("plays"))


def _play(playbook: str, simulator: t.Any, variables: Object, folder: Path) -> Played:
    return play(playbook, simulator, folder, variables)


@pytest.mark.parametrize("name", FAILED)
def test_refused_before_the_first_write(played: dict[str, Played], name: str) -> None:
    one = played[name]
    assert one.code == 2
    assert FAILED[name] in one.text
    assert not one.writes
    assert one.after == one.before


def test_a_survey_takes_people_out_and_shows_who_they_were(played: dict[str, Played]) -> None:
    one = played["survey"]
    assert one.code == 0, one.output
    assert one.after == without(one.before, ["anna"], revoked=True)
    assert '"offboarding_removed": [ "anna" ]' in one.text
    assert '"offboarding_not_found": [ "xaver" ]' in one.text


def test_who_was_not_there_is_shown_also_when_that_is_an_error(played: dict[str, Played]) -> None:
    assert '"offboarding_not_found": [ "4711" ]' in played["number"].text


@pytest.mark.parametrize(
    "name, shown, message",
    [
        ("number", '"offboarding_not_found": [ "4711" ]', FAILED["number"]),
        ("left", '"offboarding_removed": [ "berta" ]', "Credentials that are still there: anna."),
    ],
)
def test_the_failure_is_the_last_that_one_sees(played: dict[str, Played], name: str, shown: str, message: str) -> None:
    one = played[name]
    assert one.code == 2
    *earlier, last = (" ".join(task.split()) for task in one.output.split("PLAY RECAP")[0].split("TASK ["))
    assert any(shown in task for task in earlier)
    assert "fatal: [localhost]: FAILED! " in last and message in last


def test_the_subscription_is_configured_from_a_file(played: dict[str, Played]) -> None:
    one = played["described"]
    assert one.code == 0, one.output
    assert one.after["subscription"]["name"] == "Example Clinic"
    assert one.after["settings"] == {"th_csi": "1"}


def test_what_somebody_typed_into_a_form_is_taken_as_it_is(played: dict[str, Played]) -> None:
    one = played["typed"]
    assert one.code == 0, one.output
    assert one.after["settings"] == {
        "th_department": "010",
        "th_job_title": '12:30 "o\'clock": late',
        "th_csi": "007",
        "th_nickname": "",
        "th_disable_export": True,
        "th_keep_messages_days": 30,
    }
