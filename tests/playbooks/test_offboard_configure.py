# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks offboard.yml and configure.yml: from variables of a survey to the role, and what they show."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.playbooks.plays import Played, play, play_on_all
from ansible_collections.threema.work.tests.roles.people import ids_of, populate, without
from ansible_collections.threema.work.tests.roles.stage import Object, Pool
from ansible_collections.threema.work.tests.support.modules import execute
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

#: What YAML would take for other values.
TYPED: t.Final = """
# Who types this knows no YAML.
th_department: 010\r
  th_job_title: 12:30 "o'clock": late
th_csi: '007'
th_disable_export:yes
th_nickname: ""
th_firstname: please use 'long words'
th_lastname: O'Neil'
th_safe_password_message: "yes" or "no"
th_safe_password_pattern: 'x
th_category: 'it's here'
th_keep_messages_days: 30
"""
DESCRIBED: t.Final = {"subscription_name": "Example Clinic"}
#: What a survey answers where nothing was typed.
EMPTY: t.Final = dict.fromkeys(
    (
        "subscription_logo_light",
        "subscription_logo_dark",
        "subscription_settings",
        "subscription_settings_text",
        "subscription_settings_prune",
        "subscription_max_removals",
        "threema_work_api_key",
        "threema_work_api_url",
    ),
    "",
)
LIST: t.Final = {
    "roster_text": "username\nnew\nanna\n",
    **dict.fromkeys(
        (
            "roster",
            "roster_columns",
            "onboarding_credentials_locked",
            "onboarding_credentials_hashed",
            "onboarding_concurrency",
            "onboarding_max_requests",
        ),
        "",
    ),
}
ORDERS: t.Final[dict[str, tuple[str, Object]]] = {
    "nobody": ("offboard", {"identity": "detach", "usernames": ""}),
    "commas": ("offboard", {"identity": "detach", "usernames": ", ,", "threema_ids": []}),
    "no identity": ("offboard", {"usernames": "anna"}),
    "no limit": ("offboard", {"usernames": "anna", "identity": "detach", "max_removals": -2}),
    # What a survey of AWX answers: numbers are numbers, and an empty field is an empty text.
    "none allowed": ("offboard", {"usernames": "anna", "identity": "detach", "max_removals": 0}),
    "number": ("offboard", {"usernames": 4711, "identity": "detach", "max_removals": "", "unknown": ""}),
    "nobody in a job": ("offboard", {"identity": "detach", "usernames": "", "awx_job_id": 1}),
    "limit of a job": ("offboard", {"usernames": "anna", "identity": "detach", "max_removals": 1, "awx_job_id": 1}),
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
    "described twice": (
        "configure",
        {"subscription_settings": {}, "subscription_settings_text": "th_csi: 1"},
    ),
    "wrong logo": ("configure", {**DESCRIBED, "subscription_logo_light": "nowhere.png"}),
    "wrong setting": ("configure", {**DESCRIBED, "subscription_settings_text": "th_disable_export: maybe"}),
    "a limit": (
        "configure",
        {
            **DESCRIBED,
            "subscription_settings": {"th_block_unknown": True},
            "subscription_settings_prune": True,
            "subscription_max_removals": 0,
        },
    ),
    "no boolean": ("configure", {"subscription_settings": {"th_csi": "1"}, "subscription_settings_prune": "maybe"}),
    "a secret in a line": ("configure", {"subscription_settings_text": "my-Se9cret: word-of-it"}),
    "empty": ("configure", {**EMPTY, **DESCRIBED}),
    "list": ("onboard", LIST),
    "half a line": ("configure", {"subscription_settings_text": "th_csi: 1\nth_department"}),
    "half a line in a job": ("configure", {"subscription_settings_text": "th_disable_export", "awx_job_id": 1}),
    "no value": ("configure", {"subscription_settings_text": "th_csi: 1\nth_department: "}),
    "a line twice": ("configure", {"subscription_settings_text": "th_csi: 1\nth_csi: 2"}),
    "typed": ("configure", {"subscription_settings_text": TYPED}),
    "described": ("configure", {"subscription_name": "Example Clinic", "subscription_settings": {"th_csi": "1"}}),
}
FAILED: t.Final = {
    "commas": "Give identity (keep, detach or revoke) and usernames or threema_ids",
    "no limit": "max_removals is -2; it must be -1 (no limit), 0 or more",
    "half a line": "subscription_settings_text requires one setting per line, each only once: a name, a colon, and "
    "a value, for example th_disable_export: true; line 2 (th_department): there is no colon. Nothing was written",
    "half a line in a job": "Global settings (subscription_settings_text) requires",
    "no value": 'line 2 (th_department): there is no value; write \\"\\" for an empty one',
    "a line twice": "line 2 (th_csi): it is already in line 1",
    "a secret in a line": "line 1: the part before the colon is not the name of a setting",
    "nobody": "Give identity (keep, detach or revoke) and usernames or threema_ids",
    "nobody in a job": "Give What to do with their Threema IDs (identity)",
    "limit of a job": "set Maximum number of people (max_removals) to at least 2",
    "no identity": "Give identity (keep, detach or revoke) and usernames or threema_ids",
    "none allowed": "the plan removes 2, and max_removals allows 0",
    "number": "not in the subscription: 4711; nothing was written",
    "undescribed": "Describe the subscription with subscription_name",
    "described twice": "Set either subscription_settings or subscription_settings_text",
    "wrong logo": "subscription_logo_light refers to a file that does not exist: nowhere.png. Tried: ",
    "wrong setting": "th_disable_export takes a boolean",
    "a limit": "the plan removes 1, and subscription_max_removals allows 0",
    "no boolean": "argument 'subscription_settings_prune' is of type ",
}


@pytest.fixture(scope="module")
def played(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """All of them."""
    orders: dict[str, dict[str, tuple[Simulator, Object]]] = {}
    for (name, (playbook, variables)), simulator in zip(ORDERS.items(), pool.lend(len(ORDERS))):
        populate(simulator)
        if name == "a limit":
            options = {"api_url": simulator.url, "api_key": simulator.key, "settings": {"th_csi": "old"}}
            assert execute("mdm_settings", options)["changed"]
        if name == "left":
            path = f"/users/{ids_of(simulator, 'anna')[1]}/detach"
            simulator.fault(method="POST", path=path, kind="status", status=422, times=None)
        orders.setdefault(playbook, {})[name] = simulator, variables
    folder = tmp_path_factory.mktemp("plays")
    # By themselves, as people run them: one of each playbook, among them the one whose key is in the environment.
    played = {}
    for playbook, name in {"offboard": "left", "configure": "empty", "onboard": "list"}.items():
        simulator, variables = orders[playbook].pop(name)
        played[name] = play(playbook, simulator, folder / name, variables)
    for playbook in ("offboard", "configure"):
        played |= play_on_all(playbook, orders[playbook], folder / playbook)
    return played


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
    (anna,) = [credential for credential in one.before["credentials"] if credential["username"] == "anna"]
    ids = "".join(f", {threema_id} revoked" for threema_id in anna["users"])
    assert f'"anna: removed{ids}", "xaver: not in the subscription" ]' in one.text


def test_the_failure_is_the_last_that_one_sees(played: dict[str, Played]) -> None:
    one = played["left"]
    assert one.code == 2
    *earlier, last = (" ".join(task.split()) for task in one.output.split("PLAY RECAP")[0].split("TASK ["))
    assert any('"berta: removed, ' in task and '"anna: failed, ' in task for task in earlier)
    assert "fatal: [localhost]: FAILED! " in last and "anna: " in last
    assert "run again with unknown: ignore" in last


def test_an_empty_text_counts_as_not_given(played: dict[str, Played]) -> None:
    one = played["empty"]
    assert one.code == 0, one.output
    assert one.writes == ["PUT"]
    assert one.after == {**one.before, "subscription": {**one.before["subscription"], "name": "Example Clinic"}}
    new = played["list"]
    assert new.code == 0, new.output
    assert [one["locked"] for one in new.after["credentials"] if one["username"].startswith("new")] == [True]


def test_configure_shows_what_was_done(played: dict[str, Played]) -> None:
    shown = '"name: Example Clinic, updated", "global settings: 1 created", "th_csi: created" ]'
    assert shown in played["described"].text
    assert "4 requests" in played["described"].text


def test_a_limit_holds_before_anything_is_written(played: dict[str, Played]) -> None:
    # The name would have been written last.
    assert [one["method"] for one in played["a limit"].requests] == ["GET"]


def test_what_stands_in_a_wrong_line_is_not_repeated(played: dict[str, Played]) -> None:
    one = played["a secret in a line"]
    assert "Se9cret" not in one.printed


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
        "th_firstname": "please use 'long words'",
        "th_lastname": "O'Neil'",
        "th_safe_password_message": '"yes" or "no"',
        "th_safe_password_pattern": "'x",
        "th_category": "it's here",
    }
