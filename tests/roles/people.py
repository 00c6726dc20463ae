# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The subscription in which people leave, and what it has to be afterwards."""

from __future__ import annotations

import typing as t

from ansible_collections.threema.work.tests.roles.stage import Object
from ansible_collections.threema.work.tests.support.modules import credentials_of, execute
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

#: Who leaves: somebody with two Threema IDs, somebody with one, and somebody who never came.
LEAVERS: t.Final = ["anna", "berta", "carl"]
FACTS: t.Final = ("offboarding_removed", "offboarding_not_found")
_IDS: t.Final = {"anna": 2, "berta": 1, "Anna": 1, "dora": 1, "emil": 2, "gone": 1}
_EVERYBODY: t.Final = ("anna", "berta", "carl", "Anna", "dora", "emil", "fritz", "gone")


def password_of(username: str) -> str:
    """The password with which somebody activated the app."""
    return f"{username}-old-password"


def populate(simulator: Simulator) -> None:
    """The leavers, others who resemble them, and somebody whose credential is gone."""
    simulator.control(
        "POST",
        "credentials",
        [
            {
                "username": name,
                "password": password_of(name),
                "hashed": name == "fritz",
                "settings": {"th_firstname": name, "th_disable_export": True},
            }
            for name in _EVERYBODY
        ],
    )
    for name, number in _IDS.items():
        for _each in range(number):
            simulator.control("POST", "activate", {"username": name, "password": password_of(name)})
    remove(simulator, "gone")
    simulator.control("POST", "contacts", {"threema_id": "CONTACT1", "first_name": "Con", "last_name": "Tact"})


def remove(simulator: Simulator, username: str) -> None:
    """Remove a credential, as somebody who knows no better does: its users stay."""
    options = {"api_url": simulator.url, "api_key": simulator.key, "username": username, "state": "absent"}
    assert execute("credential", options)["changed"]


def ids_of(simulator: Simulator, username: str) -> list[str]:
    """The Threema IDs of somebody."""
    return t.cast("list[str]", credentials_of(simulator)[username]["users"])


def orphaned(user: Object, state: Object) -> bool:
    """Whether the credential of a user is gone."""
    return not any(user["threema_id"] in one["users"] for one in state["credentials"])


def orphans(simulator: Simulator) -> list[str]:
    """The Threema IDs whose credential is gone."""
    return orphans_of(simulator.state())


def orphans_of(state: Object) -> list[str]:
    """The Threema IDs whose credential is gone."""
    return [one["threema_id"] for one in state["users"] if orphaned(one, state)]


def without(before: Object, usernames: t.Collection[str], *, revoked: bool, ids: t.Collection[str] = ()) -> Object:
    """The subscription as it has to be when these people have left, and nobody else was touched."""
    gone = {id_ for one in before["credentials"] if one["username"] in usernames for id_ in one["users"]} | set(ids)
    after = {
        **before,
        "credentials": [one for one in before["credentials"] if one["username"] not in usernames],
        "users": [one for one in before["users"] if one["threema_id"] not in gone],
    }
    if revoked:
        after["revoked"] = sorted([*before["revoked"], *gone])
        after["devices"] = {id_: one for id_, one in before["devices"].items() if id_ not in gone}
    return after


def comes_back(simulator: Simulator, threema_id: str) -> bool:
    """Whether the device of a Threema ID that has left gets in again at its next check."""
    try:
        simulator.control("POST", "sync", {"threema_id": threema_id})
    except Exception as refusal:
        if getattr(getattr(refusal, "response", None), "status_code", None) not in (401, 403, 404):
            raise
        return False
    return True
