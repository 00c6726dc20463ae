# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The subscription from which people are removed with their Threema IDs, and what the tests look at in it."""

from __future__ import annotations

import re
import threading
import typing as t
from urllib.parse import quote

import pytest
import requests
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.tests.support.modules import (
    Result,
    add,
    calls,
    client_for,
    connection,
    credentials_of,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

#: Who has which Threema IDs. Nobody uses otto's credential; that of gone does not exist any more.
IDS: t.Final[dict[str, tuple[str, ...]]] = {
    "jane": ("JANE0001",),
    "john": ("JOHN0001",),
    "team": ("TEAM0001", "TEAM0002", "TEAM0003"),
    "otto": (),
    "stays": ("STAY0001",),
    "gone": ("GONE0001",),
}
#: The three who leave in most tests, with four Threema IDs.
LEAVERS: t.Final = ("jane", "team", "otto")
ENDINGS: t.Final = {"detach": "POST /users/{}/detach", "revoke": "DELETE /users/{}"}
STATES: t.Final = {"detach": "detached", "revoke": "revoked"}
FOREVER: t.Final[Result] = {"status": 500, "times": None}


def populate(simulator: Simulator, **fields: t.Any) -> dict[str, str]:
    """Bring the people into the subscription; returns the ids of their credentials.

    :param fields: of all credentials, as the control endpoint takes them.
    """
    ids = add(simulator, *IDS, **fields)
    for username, threema_ids in IDS.items():
        for threema_id in threema_ids:
            activate(simulator, username, threema_id)
            simulator.control("POST", "sync", {"threema_id": threema_id, "nickname": nickname(threema_id)})
    with client_for(connection(simulator)) as client:
        client.request("DELETE", at(ids["gone"]))
    simulator.forget_requests()
    return ids


def activate(simulator: Simulator, username: str, threema_id: str) -> None:
    """Somebody types the credential into the app."""
    app = {"username": username, "password": f"secret-of-{username}", "threema_id": threema_id}
    simulator.control("POST", "activate", app)


def nickname(threema_id: str) -> str:
    """What the holder of an ID is called."""
    return f"Nick of {threema_id}"


def absent(*usernames: str) -> list[Result]:
    """An item for each."""
    return [{"username": name, "state": "absent"} for name in usernames]


def at(credential_id: str) -> str:
    """The path of a credential."""
    return "/credentials/" + quote(credential_id, safe="")


def writes(simulator: Simulator) -> list[str]:
    """What was received that is not only reading, in order."""
    return [call for call in calls(simulator) if not call.startswith("GET ")]


def reads(simulator: Simulator) -> list[str]:
    """The reading that was received, in order."""
    return [call for call in calls(simulator) if call.startswith("GET ")]


def steps_of(simulator: Simulator, ids: t.Mapping[str, str], username: str) -> list[str]:
    """What was written of a credential and its IDs, in order; which ID comes first does not matter."""
    paths = {at(ids[username])}
    for threema_id in IDS[username]:
        paths |= {f"/users/{threema_id}", f"/users/{threema_id}/detach"}
    found = [call for call in writes(simulator) if call.split()[1] in paths]
    return [*found[:1], *sorted(found[1:-1]), *found[1:][-1:]]


def all_steps(ids: t.Mapping[str, str], username: str, identity: str) -> list[str]:
    """What has to be written of a credential: a new password, its IDs, and the credential last."""
    last = f"DELETE {at(ids[username])}"
    if not IDS[username] or identity == "keep":
        return [last]
    return [f"PUT {at(ids[username])}", *(ENDINGS[identity].format(one) for one in IDS[username]), last]


class World(t.NamedTuple):
    """What is left of the people."""

    usernames: list[str]
    threema_ids: list[str]
    revoked: list[str]


def world(simulator: Simulator) -> World:
    """The subscription as it is."""
    state = simulator.state()
    return World(
        sorted(one["username"] for one in state["credentials"]),
        sorted(one["threema_id"] for one in state["users"]),
        state["revoked"],
    )


def without(*usernames: str, identity: str = "detach", ids: t.Sequence[str] = ()) -> World:
    """The subscription as it has to be when these people and these IDs have left, and nobody else was touched."""
    ended = {one for name in usernames for one in IDS[name]} if identity != "keep" else set()
    ended |= set(ids)
    return World(
        sorted(name for name in IDS if name not in {*usernames, "gone"}),
        sorted(one for of in IDS.values() for one in of if one not in ended),
        sorted(ended) if identity == "revoke" else [],
    )


def by_name(result: Result) -> dict[str, Result]:
    """The credentials of a result by username."""
    return {one["username"]: one for one in result.get("credentials", ())}


def actions(users: t.Iterable[Result]) -> dict[str, str]:
    """What became of each Threema ID."""
    return {one["threema_id"]: one["action"] for one in users}


def lines(side: t.Any) -> list[str]:
    """One side of an entry of a diff, as lines."""
    return side.splitlines() if isinstance(side, str) else [f"{name}: {value}" for name, value in side.items()]


def numbers(text: str) -> set[int]:
    """The numbers in a text, but not those within an ID."""
    return {int(one) for one in re.findall(r"(?<!\w)\d+(?!\w)", text)}


def new_passwords(simulator: Simulator) -> list[str]:
    """Those that were written to credentials that existed."""
    return [one["body"]["password"] for one in simulator.requests() if one["method"] == "PUT"]


def relink(simulator: Simulator, links: t.Mapping[str, str | None]) -> None:
    """From now on these users have these links to credentials, or none, whether listed or looked up."""
    body = _listed(simulator, "users")
    for user in body["users"]:
        if user["id"] in links:
            user["_links"] = [link for link in user["_links"] if link["rel"] != "credential"]
            if (link := links[user["id"]]) is not None:
                user["_links"].append({"rel": "credential", "link": link})
            simulator.fault(method="GET", path=f"/users/{user['id']}", kind="json", body=user, times=None)
    simulator.fault(method="GET", path="/users", kind="json", body=body, times=None)


def forget(simulator: Simulator, *threema_ids: str) -> None:
    """From now on these are missing in the list of users, as if there were so many less."""
    body = _listed(simulator, "users")
    body["users"] = [user for user in body["users"] if user["id"] not in threema_ids]
    body["paging"].update(total=len(body["users"]), count=len(body["users"]))
    simulator.fault(method="GET", path="/users", kind="json", body=body, times=None)


def recount(simulator: Simulator, usage: t.Mapping[str, int | None]) -> None:
    """From now on credentials come with this usage, or without any, whether listed or looked up."""
    body = _listed(simulator, "credentials")
    for credential in body["credentials"]:
        if credential["username"] in usage:
            credential["usage"] = usage[credential["username"]]
            path = at(credential["id"])
            simulator.fault(method="GET", path=path, kind="json", body=credential, times=None)
    simulator.fault(method="GET", path="/credentials", kind="json", body=body, times=None)


def _listed(simulator: Simulator, what: str) -> t.Any:
    answer = requests.get(f"{simulator.url}/{what}?pageSize=5000", headers={"X-Api-Key": simulator.key}, timeout=30)
    simulator.forget_requests()
    return answer.json()


def before_first(monkeypatch: pytest.MonkeyPatch, method: str, path: str, work: t.Callable[[], t.Any]) -> None:
    """Somebody else does something just before the first request with this method and this beginning of the path."""
    original = Client.request
    first = threading.Lock()

    def request(self: Client, verb: str, where: str, **options: t.Any) -> t.Any:
        if verb == method and where.startswith(path) and first.acquire(blocking=False):
            work()
        return original(self, verb, where, **options)

    monkeypatch.setattr(Client, "request", request)


def elsewhere(simulator: Simulator, method: str, path: str) -> None:
    """Somebody else sends this."""
    requests.request(method, simulator.url + path, headers={"X-Api-Key": simulator.key}, timeout=30).raise_for_status()


def password_is(simulator: Simulator, username: str, password: str) -> bool:
    """Whether that is the password of a credential, also of a hashed one."""
    assert username in credentials_of(simulator)
    answer = simulator.control("POST", "password", {"username": username, "password": password})
    return bool(answer["ok"])
