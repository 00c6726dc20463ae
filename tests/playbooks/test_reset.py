# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook reset.yml: a new phone without a backup."""

from __future__ import annotations

import typing as t

import pytest
import requests
from ansible_collections.threema.work.tests.playbooks.plays import Played, play, play_on_all
from ansible_collections.threema.work.tests.roles.people import comes_back, ids_of, password_of
from ansible_collections.threema.work.tests.roles.stage import Object, Pool
from ansible_collections.threema.work.tests.support.modules import add, credentials_of
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

#: How many Threema IDs use each credential.
PEOPLE: t.Final = {"jane": 1, "team": 2, "hashed": 1, "unused": 0, "other": 1}
ORDERS: t.Final[dict[str, Object]] = {
    "detached": {"username": "jane", "identity": "detach", "new_password": "yes"},
    "revoked": {"username": "jane", "identity": "revoke", "new_password": ""},
    "team member": {"username": "team", "identity": "detach"},
    "unused": {"username": " unused\r\n", "identity": "detach"},
    "predicted": {"username": "jane", "identity": "detach", "new_password": True},
    "half": {"username": "jane", "identity": "detach", "new_password": True},
    "team": {"username": "team", "identity": "revoke", "new_password": True},
    "hashed": {"username": "hashed", "identity": "detach", "new_password": True},
    "unknown": {"username": "Jane", "identity": "detach"},
    "stranger": {"username": "jane", "identity": "revoke"},
    "mistyped": {"username": "jane", "identity": "revoke", "threema_id": "ZZZZ9999"},
    "keep": {"username": "jane", "identity": "keep"},
    "unclear": {"username": "jane", "identity": "detach", "new_password": "ja"},
}
REFUSED: t.Final = {
    "team": "The Threema IDs of team are ",
    "hashed": "The password of hashed is hashed",
    "unknown": "There is no credential Jane; nothing was written",
    "unclear": "new_password takes yes or no",
    "keep": "Give username, and identity (detach",
    "stranger": " is no Threema ID of jane, according to the service; the module threema.work.user detaches",
    "mistyped": "ZZZZ9999 is no Threema ID of jane, according to the service",
}


def _populate(simulator: Simulator) -> None:
    for name, number in PEOPLE.items():
        add(simulator, name, locked=name != "team", hashed=name == "hashed", password=password_of(name))
        for _each in range(number):
            simulator.control("POST", "activate", {"username": name, "password": password_of(name)})


@pytest.fixture(scope="module")
def played(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """All of them."""
    orders = {}
    for (name, variables), simulator in zip(ORDERS.items(), pool.lend(len(ORDERS))):
        _populate(simulator)
        named = {"team member": ("team", 1), "stranger": ("other", 0)}.get(name)
        more = {"threema_id": ids_of(simulator, named[0])[named[1]]} if named else {}
        if name == "half":
            simulator.fault(method="POST", kind="status", status=422, times=None)
        orders[name] = simulator, {**variables, **more}
    simulator, variables = orders.pop("predicted")
    folder = tmp_path_factory.mktemp("plays")
    predicted = play("reset", simulator, folder / "predicted", variables, "--check", "-vvv", "--diff")
    return {"predicted": predicted, **play_on_all("reset", orders, folder, "-vvv", "--diff")}


def _others(state: Object, *usernames: str) -> list[Object]:
    return [one for one in state["credentials"] if one["username"] not in usernames]


def test_the_credential_is_free_and_the_old_phone_does_not_come_back(played: dict[str, Played]) -> None:
    one = played["detached"]
    assert one.code == 0, one.output
    # First the password: nothing brings the ID back between the two.
    assert one.writes == ["PUT", "POST"]
    (old,) = next(credential["users"] for credential in one.before["credentials"] if credential["username"] == "jane")
    jane = credentials_of(one.simulator)["jane"]
    assert jane["users"] == []
    assert jane["locked"]
    assert jane["password"] != password_of("jane")
    assert jane["password"] not in one.printed
    assert not comes_back(one.simulator, old)
    assert one.simulator.control("POST", "activate", {"username": "jane", "password": jane["password"]})
    assert _others(one.after, "jane") == _others(one.before, "jane")


def test_without_new_password_the_old_one_works_on_the_new_phone(played: dict[str, Played]) -> None:
    one = played["revoked"]
    assert one.code == 0, one.output
    assert one.writes == ["DELETE"]
    assert len(one.after["revoked"]) == 1
    assert one.simulator.control("POST", "activate", {"username": "jane", "password": password_of("jane")})


def test_a_locked_credential_is_of_no_use_before(played: dict[str, Played]) -> None:
    simulator = played["predicted"].simulator
    with pytest.raises(requests.HTTPError, match="403"):
        simulator.control("POST", "activate", {"username": "jane", "password": password_of("jane")})


def test_of_several_ids_only_the_one_that_is_named_goes(played: dict[str, Played]) -> None:
    one = played["team member"]
    assert one.code == 0, one.output
    before = next(credential["users"] for credential in one.before["credentials"] if credential["username"] == "team")
    assert ids_of(one.simulator, "team") == before[:1]


@pytest.mark.parametrize(
    "name, state, password",
    [
        ("detached", "detached", "new password set, which the management cockpit shows"),
        ("revoked", "revoked", "password unchanged"),
        ("predicted", "detached", "new password set, which the management cockpit shows"),
    ],
)
def test_it_shows_what_became_of_whom(played: dict[str, Played], name: str, state: str, password: str) -> None:
    one = played[name]
    (old,) = next(credential["users"] for credential in one.before["credentials"] if credential["username"] == "jane")
    assert f'"jane: {old} {state}", "jane: {password}" ]' in one.text
    assert ("check mode: nothing was written" in one.text) == (name == "predicted")


def test_it_shows_that_nobody_was_there(played: dict[str, Played]) -> None:
    assert '"unused: no Threema ID uses it", "unused: password unchanged" ]' in played["unused"].text


def test_a_reset_that_stops_says_how_far_it_came(played: dict[str, Played]) -> None:
    one = played["half"]
    assert one.code == 2
    last = one.text.split("TASK [")[-1]
    assert "Detach or revoke the old Threema ID: " in last and "The management cockpit shows the new password" in last
    assert one.writes == ["PUT", "POST"]


def test_where_nobody_uses_it_there_is_nothing_to_do(played: dict[str, Played]) -> None:
    assert played["unused"].code == 0, played["unused"].output
    assert played["unused"].after == played["unused"].before


def test_check_mode_predicts_and_writes_nothing(played: dict[str, Played]) -> None:
    one = played["predicted"]
    assert one.code == 0, one.output
    assert not one.writes
    assert "changed=2 " in one.output


@pytest.mark.parametrize("name", REFUSED)
def test_refused_before_the_first_write(played: dict[str, Played], name: str) -> None:
    one = played[name]
    assert one.code == 2
    assert REFUSED[name] in one.text
    assert not one.writes
    assert one.after == one.before


def test_a_refusal_names_the_ids_to_choose_from(played: dict[str, Played]) -> None:
    one = played["team"]
    team = next(credential["users"] for credential in one.before["credentials"] if credential["username"] == "team")
    assert f"The Threema IDs of team are {', '.join(team)}; set threema_id to one of them" in one.text
