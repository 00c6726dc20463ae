# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A subscription of forty people and a service account, and the list of the night on which two of them have left."""

from __future__ import annotations

import typing as t

from ansible_collections.threema.work.tests.roles.stage import Object
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

NUMBER: t.Final = 40
SERVICE: t.Final = "svc-alarm"
#: Who has left the list: somebody with two Threema IDs, and somebody with one.
LEAVERS: t.Final = ("p38", "p39")
IDS: t.Final = {"p38": ["LEFT38AA", "LEFT38BB"], "p39": ["LEFT39AA"], "p07": ["STAY07AA"]}
#: Nobody is this person yet.
JOINER: t.Final[Object] = {"username": "new", "employee_number": "09000", "department": "Care"}


def number_of(index: int) -> str:
    """The employee number of a person, which is none of the usernames."""
    return f"{index:05}"


def person(index: int, **other: t.Any) -> Object:
    """A person as the list has one."""
    return {"username": f"p{index:02}", "employee_number": number_of(index), "department": "Care", **other}


def populate(simulator: Simulator) -> None:
    """Everybody is there as the list of yesterday had them."""
    people = [person(index) for index in range(NUMBER)]
    credentials: list[Object] = [
        {
            "username": one["username"],
            "password": f"secret-of-{one['username']}",
            "settings": {"th_csi": one["employee_number"], "th_department": one["department"]},
        }
        for one in people
    ]
    simulator.control("POST", "credentials", [*credentials, {"username": SERVICE, "password": "secret-of-svc"}])
    for username, ids in IDS.items():
        for threema_id in ids:
            user = {"username": username, "password": f"secret-of-{username}", "threema_id": threema_id}
            simulator.control("POST", "activate", user)


def tonight(*more: Object, without: t.Collection[str] = LEAVERS) -> list[Object]:
    """The list: somebody joins, one moves, and the leavers are no longer on it.

    :param more: people besides.
    """
    stay = [person(index) for index in range(1, NUMBER)]
    moved = person(0, department="Surgery")
    return [moved, *(one for one in stay if one["username"] not in without), JOINER, *more]


def usernames(state: Object) -> set[str]:
    """Whose credentials there are."""
    return {one["username"] for one in state["credentials"]}
