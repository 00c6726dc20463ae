# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""5,000 changes among 20,000 credentials while 2 % of all requests fail in passing ways: is every one of them right?

Ends with 1 if the state afterwards is not exactly what was asked for, if a write was sent that is not part of the plan,
or if the module took more memory than it may.
"""

from __future__ import annotations

import argparse
import random
import sys
import typing as t
from pathlib import Path
from urllib.parse import unquote

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.simulator_process import Simulator
from tools.bench import module

Json = t.Dict[str, t.Any]

EVERYBODY: t.Final = 20_000
#: How many of the changes are of which sort; together 5,000.
CREATED, RENAMED, LOCKED, NEW_PASSWORD, REMOVED, SETTINGS = 2000, 500, 500, 500, 500, 1000
MAX_MEMORY: t.Final = 250
RATE: t.Final = 0.02
TIMEOUT: t.Final = 2
RETRIES: t.Final = 4
PASSING: t.Final[tuple[Json, ...]] = (
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 500, "after_work": True},
    {"kind": "status", "status": 502, "body": "<html>Bad Gateway</html>", "headers": {"Content-Type": "text/html"}},
    {"kind": "status", "status": 503, "headers": {"Retry-After": "1"}},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
    {"kind": "drop_before"},
    {"kind": "drop_before", "reset": True},
    {"kind": "drop_after"},
    {"kind": "drop_after", "reset": True},
    {"kind": "cut"},
    {"kind": "slow", "seconds": TIMEOUT + 1, "after_work": True},
)


class Task(t.NamedTuple):
    """What is asked for: the items, and how the credentials are to be afterwards, by username."""

    items: list[Json]
    wanted: dict[str, Json]


def _fields(one: Json) -> Json:
    return {name: one[name] for name in ("id", "username", "password", "locked", "hashed", "settings")}


def _renamed(one: Json) -> str:
    return f"{one['username']}.new"


def wanted_of(state: Json) -> Task:
    """A task for the credentials of a subscription: each sort of change for some of them, the rest as it is."""
    present = iter(state["credentials"])
    items: list[Json] = []
    wanted: dict[str, Json] = {}

    def change(number: int, item: t.Callable[[Json], Json], **fields: t.Any) -> None:
        for _each in range(number):
            one = next(present)
            items.append({"username": one["username"], **item(one)})
            after = _fields(one)
            after.update({name: value(one) if callable(value) else value for name, value in fields.items()})
            wanted[after["username"]] = after

    change(
        RENAMED, lambda one: {"new_username": f"{one['username']}.new"}, username=lambda one: f"{one['username']}.new"
    )
    change(LOCKED, lambda one: {"locked": not one["locked"]}, locked=lambda one: not one["locked"])
    change(NEW_PASSWORD, lambda one: {"password": "another-word", "update_password": "always"}, password="another-word")
    change(
        SETTINGS,
        lambda one: {"settings": {"th_job_title": f"Title {one['username']}", "th_disable_export": True}},
        settings=lambda one: {
            **one["settings"],
            "th_job_title": f"Title {one['username']}",
            "th_disable_export": True,
        },
    )
    items.extend({"username": next(present)["username"], "state": "absent"} for _each in range(REMOVED))
    for one in present:
        items.append({"username": one["username"]})
        wanted[one["username"]] = {
            name: one[name] for name in ("id", "username", "password", "locked", "hashed", "settings")
        }
    for number in range(CREATED):
        item = {"username": f"new.person.{number:05}", "settings": {"th_csi": f"N{number}", "th_firstname": "New"}}
        items.append({**item, "password": f"first word {number}"})
        wanted[item["username"]] = {**item, "password": f"first word {number}", "locked": False, "hashed": False}
    return Task(items, wanted)


def set_faults(simulator: Simulator, chance: random.Random) -> int:
    """Passing trouble at random places among the requests; returns for how many."""
    places = [place for place in range(1, 6000) if chance.random() < RATE]
    simulator.control("POST", "faults", [{**chance.choice(PASSING), "skip": place, "times": 1} for place in places])
    return len(places)


def differences(state: Json, wanted: t.Mapping[str, Json]) -> list[str]:
    """What is not as it was asked for."""
    by_name = {one["username"]: one for one in state["credentials"]}
    twice = len(state["credentials"]) - len(by_name)
    found = [f"{twice} usernames are there twice"] if twice else []
    found += [f"{name} is missing" for name in wanted.keys() - by_name.keys()]
    found += [f"{name} is too many" for name in by_name.keys() - wanted.keys()]
    for name in wanted.keys() & by_name.keys():
        found += [
            f"{name}: {field} is not as wanted"
            for field, value in wanted[name].items()
            if by_name[name][field] != value
        ]
    return found


def unplanned(requests: t.Sequence[Json], before: Json, after: Json, task: Task) -> list[str]:
    """Writes that were received and that nobody asked for."""
    ids = {one["id"]: one["username"] for state in (before, after) for one in state["credentials"]}
    removed = {item["username"] for item in task.items if item.get("state") == "absent"}
    old = {one["username"]: one for one in before["credentials"]}
    return [
        f"{one['method']} {one['path']}"
        for one in requests
        if one["method"] != "GET" and not _is_planned(one, ids, removed, old, task.wanted)
    ]


def _is_planned(one: Json, ids: Json, removed: set[str], old: Json, wanted: t.Mapping[str, Json]) -> bool:
    body, operation = one["body"] or {}, one["operation"]
    if operation == "updateBulkIndividualAppConfigurations":
        return all(
            wanted.get(ids.get(item["id"], ""), {}).get("settings", {}).items()
            >= {setting["name"]: setting["value"] for setting in item["parameters"]}.items()
            for item in body["credentials"]
        )
    if operation == "createCredential":
        return body["username"] in wanted and body["username"] not in old
    name = ids.get(one["credential"], "")
    if one["method"] == "DELETE":
        return name in removed
    # The name of a credential afterwards is enough to know its plan.
    target = wanted.get(body.get("username", ""), {})
    return target.get("id") == one["credential"] and (body["password"], body["lock"]) == (
        target["password"],
        target["locked"],
    )


def with_ids(requests: t.Sequence[Json]) -> list[Json]:
    """The requests, each with the id in its path."""
    return [{**one, "credential": unquote(one["path"].rpartition("/credentials/")[2])} for one in requests]


def report(problems: t.Sequence[str], what: str) -> bool:
    """Print the first of them; whether there are any."""
    print(f"{what}: {len(problems)}")
    for problem in problems[:10]:
        print(f"    {problem}")
    return bool(problems)


def main() -> int:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    seed = parser.parse_args().seed
    chance = random.Random(seed)
    print(f"seed {seed} (give it with ARGS='--seed {seed}' for the same faults)", flush=True)
    flags = ("--credentials", str(EVERYBODY), "--settings", "3", "--quota", "0", "--licenses", "50000")
    with Simulator(*flags) as simulator:
        before = simulator.state()
        task = wanted_of(before)
        chance.shuffle(task.items)
        ordered = set_faults(simulator, chance)
        options = {"credentials": task.items, "concurrency": 8, "max_removals": REMOVED, "api_timeout": TIMEOUT}
        seconds, memory, result = module(simulator, "credentials", **options, api_retries=RETRIES)
        met = sum(fault["used"] for fault in simulator.control("GET", "faults"))
        print(f"{len(task.items)} items, {seconds:.1f} s, {memory} MB, {result['api_requests']} requests")
        print(f"{met} of {ordered} faults were met; summary: {result.get('summary')}")
        requests, after = with_ids(simulator.requests()), simulator.state()
        simulator.control("DELETE", "faults")
        again = module(simulator, "credentials", **options)
        print(f"the same again: {again[0]:.1f} s, {again[1]} MB, {again[2]['api_requests']} requests")
    wrong = [
        report([result["msg"]] if "failure" in result else [], "failures"),
        report(differences(after, task.wanted), "differences from what was asked for"),
        report(unplanned(requests, before, after, task), "writes outside of the plan"),
        report([f"{memory} MB"] if memory > MAX_MEMORY else [], f"more than {MAX_MEMORY} MB"),
        report([] if met > RATE / 2 * len(requests) else [f"only {met}"], "too few faults"),
    ]
    return 1 if any(wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
