# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time, requests and memory of the module and the role, beside the bare requests, against one simulator.

Bare means: one list, one creation for each person over as many connections as the module uses, one bulk write.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path
from urllib.parse import quote

import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.simulator_process import BUILD, Simulator

MODULE: t.Final = "ansible_collections.threema.work.plugins.modules"
DEPARTMENTS: t.Final = ("Surgery", "Pharmacy", "Care", "IT")


def people(number: int) -> list[dict[str, t.Any]]:
    """People with four settings each, as items of the module."""
    return [
        {
            "username": f"person.{index:05}",
            "settings": {
                "th_firstname": f"First {index}",
                "th_lastname": f"Last {index}",
                "th_csi": f"E{index:05}",
                "th_department": DEPARTMENTS[index % 4],
            },
        }
        for index in range(number)
    ]


def bare(simulator: Simulator, items: list[dict[str, t.Any]], connections: int) -> None:
    """The requests alone."""
    session = requests.Session()
    session.trust_env = False
    session.headers["X-Api-Key"] = simulator.key
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=connections))
    session.get(f"{simulator.url}/credentials?pageSize=5000", timeout=60).json()

    def create(item: dict[str, t.Any]) -> dict[str, t.Any]:
        body = {"username": item["username"], "password": "aB3kZ9qWxY2mN8pRtU4v", "hash": False, "lock": True}
        answer = session.post(f"{simulator.url}/credentials", json=body, timeout=60)
        settings = [{"name": name, "value": value} for name, value in item["settings"].items()]
        return {"id": answer.json()["id"], "parameters": settings}

    with concurrent.futures.ThreadPoolExecutor(connections) as pool:
        created = list(pool.map(create, items))
    for start in range(0, len(created), 1000):
        body = {"credentials": created[start : start + 1000]}
        session.post(f"{simulator.url}/mdm-bulk", json=body, timeout=60).raise_for_status()


def module(simulator: Simulator, name: str, **arguments: t.Any) -> tuple[float, int, dict[str, t.Any]]:
    """Run one module as Ansible does on its host; seconds, peak memory in MB and the result."""
    arguments = {"api_url": simulator.url, "api_key": simulator.key, **arguments}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"ANSIBLE_MODULE_ARGS": arguments}, file)
        file.flush()
        command = [sys.executable, "-m", f"{MODULE}.{name}", file.name]
        env = {**os.environ, "PYTHONPATH": str(BUILD / "collections")}
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=env)
        output = process.stdout.read() if process.stdout else b""
        _pid, _status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
    return seconds, usage.ru_maxrss // 1024, json.loads(output)


def play(simulator: Simulator, folder: Path, text: str, *options: str) -> float:
    """Run a play; seconds for the whole command."""
    path = folder / "play.yml"
    path.write_text(text, encoding="utf-8")
    env = {**os.environ, **simulator.environment}
    started = time.monotonic()
    done = subprocess.run(
        ["ansible-playbook", str(path), *options], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    return time.monotonic() - started


TASK: t.Final = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - threema.work.credentials:
        credentials: "{{ lookup('ansible.builtin.file', folder ~ '/items.json') | from_json }}"
        generate_password: true
        concurrency: %d
"""
ROLE: t.Final = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - ansible.builtin.include_role:
        name: threema.work.onboarding
      vars:
        onboarding_people: "{{ lookup('threema.work.roster', folder ~ '/people.csv') }}"
        onboarding_concurrency: %d
"""
EMPTY: t.Final = """
- hosts: localhost
  connection: local
  gather_facts: false
"""
LOOP: t.Final = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - %s
      loop: "{{ range(30) | list }}"
"""
URI: t.Final = """ansible.builtin.uri:
        url: "{{ lookup('env', 'THREEMA_WORK_API_URL') }}/credentials?filterUsername=person.00001"
        headers:
          X-Api-Key: "{{ lookup('env', 'THREEMA_WORK_API_KEY') }}\""""
CREDENTIAL: t.Final = """threema.work.credential:
        username: person.00001"""


def row(what: str, seconds: float, number: int, reference: float | None = None, memory: int | None = None) -> None:
    """One line of the report."""
    ratio = f"{seconds / reference:5.2f} x" if reference else "       "
    print(
        f"{what:<60} {seconds:7.2f} s  {ratio}  {number:5} requests" + (f"  {memory} MB" if memory else ""), flush=True
    )


def bench_writes(simulator: Simulator, folder: Path, number: int, latency: int, connections: int) -> None:
    """Creating everybody: bare, by the module, by the role; and again without change."""
    items = people(number)
    (folder / "items.json").write_text(json.dumps(items), encoding="utf-8")
    heading = "username,first_name,last_name,employee_number,department"
    lines = [",".join((item["username"], *map(str, item["settings"].values()))) for item in items]
    (folder / "people.csv").write_text("\n".join((heading, *lines)), encoding="utf-8")
    print(f"{number} new people with four settings each, {latency} ms latency, {connections} connections")

    def fresh() -> None:
        simulator.reset(credentials=0, users=0, contacts=0, latency_ms=latency, quota=0)

    fresh()
    started = time.monotonic()
    bare(simulator, items, connections)
    reference = time.monotonic() - started
    row("bare requests", reference, len(simulator.requests()))
    fresh()
    seconds, memory, result = module(
        simulator, "credentials", credentials=items, generate_password=True, concurrency=connections
    )
    row("the module", seconds, result["api_requests"], reference, memory)
    fresh()
    seconds = play(simulator, folder, TASK % connections, "-e", f"folder={folder}")
    row("a play with the module, start of Ansible included", seconds, len(simulator.requests()), reference)
    fresh()
    seconds = play(simulator, folder, ROLE % connections, "-e", f"folder={folder}")
    row("a play with the role, start of Ansible included", seconds, len(simulator.requests()), reference)
    simulator.forget_requests()
    seconds = play(simulator, folder, ROLE % connections, "-e", f"folder={folder}")
    row("the same again, nothing to change", seconds, len(simulator.requests()))
    bench_unchanged(simulator, folder, ROLE % connections)


def bench_unchanged(simulator: Simulator, folder: Path, role: str) -> None:
    """The same people again without latency, beside a play that does nothing: what the way of the list costs."""
    simulator.control("PUT", "settings", {"latency_ms": 0})
    reference = min(play(simulator, folder, EMPTY) for _time in range(3))
    row("a play without tasks, best of three", reference, 0)
    simulator.forget_requests()
    seconds = min(play(simulator, folder, role, "-e", f"folder={folder}") for _time in range(3))
    number = len(simulator.requests()) // 3
    row("the same again, nothing to change, no latency, best of three", seconds, number, reference)


def in_parallel(
    simulator: Simulator, connections: int, list_path: str, send: t.Callable[..., t.Any], work: t.Any
) -> float:
    """One list, and then all the work over so many connections; seconds."""
    session = requests.Session()
    session.trust_env = False
    session.headers["X-Api-Key"] = simulator.key
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=connections))
    started = time.monotonic()
    session.get(f"{simulator.url}/{list_path}?pageSize=5000", timeout=60).json()
    with concurrent.futures.ThreadPoolExecutor(connections) as pool:
        for answer in pool.map(lambda one: send(session, one), work):
            answer.raise_for_status()
    return time.monotonic() - started


def bench_others(simulator: Simulator, number: int, latency: int, connections: int) -> None:
    """Contacts that are added, users that are detached: bare and by the modules."""
    print(f"\n{number} contacts and users, {latency} ms latency, {connections} connections")
    contacts = [{"threema_id": f"C{index:07}", "first_name": "A", "last_name": "B"} for index in range(number)]

    def post_contact(session: requests.Session, one: dict[str, t.Any]) -> requests.Response:
        body = {"threemaId": one["threema_id"], "firstName": "A", "lastName": "B", "enabled": True}
        return session.post(f"{simulator.url}/contacts", json=body, timeout=60)

    def post_detach(session: requests.Session, one: str) -> requests.Response:
        return session.post(f"{simulator.url}/users/{one}/detach", timeout=60)

    simulator.reset(latency_ms=latency, quota=0)
    reference = in_parallel(simulator, connections, "contacts", post_contact, contacts)
    row("bare requests, contacts added", reference, len(simulator.requests()))
    simulator.reset(latency_ms=latency, quota=0)
    seconds, memory, result = module(simulator, "contacts", contacts=contacts, concurrency=connections)
    row("threema.work.contacts", seconds, result["api_requests"], reference, memory)
    simulator.reset(credentials=number, users=number, latency_ms=latency, quota=0)
    users = [user["threema_id"] for user in simulator.state()["users"]]
    reference = in_parallel(simulator, connections, "users", post_detach, users)
    row("bare requests, users detached", reference, len(simulator.requests()))
    simulator.reset(credentials=number, users=number, latency_ms=latency, quota=0)
    users = [{"threema_id": user["threema_id"]} for user in simulator.state()["users"]]
    seconds, memory, result = module(
        simulator, "users", users=users, state="detached", max_removals=-1, concurrency=connections
    )
    row("threema.work.users", seconds, result["api_requests"], reference, memory)


def populate_for_a_night(simulator: Simulator) -> list[dict[str, t.Any]]:
    """4 900 people of whom 10 left, with one Threema ID each, and 40 moved; returns the list with 20 who join."""
    simulator.reset(latency_ms=0, licenses=50000, quota=0)
    listed = people(4920)
    before = [{**one, "password": "pw"} for one in listed[:4900]]
    for one in before[:40]:
        one["settings"] = {**one["settings"], "th_department": "elsewhere"}
    leavers = [
        {"username": f"leaver.{number}", "settings": {"th_csi": f"L{number}"}, "password": "pw"} for number in range(10)
    ]
    simulator.control("POST", "credentials", [*before, *leavers])
    for number, one in enumerate(leavers):
        app = {"username": one["username"], "password": "pw", "threema_id": f"LEAVER{number:02}"}
        simulator.control("POST", "activate", app)
    return listed


def bare_night(simulator: Simulator, connections: int) -> float:
    """The requests of a night alone; seconds."""
    state = simulator.state()
    leavers = [(one["id"], one["username"]) for one in state["credentials"] if one["username"].startswith("leaver.")]
    moved = [one["id"] for one in state["credentials"] if one["settings"].get("th_department") == "elsewhere"]
    url = simulator.url

    def leave(session: requests.Session, number: int) -> requests.Response:
        path = f"{url}/credentials/{quote(leavers[number][0], safe='')}"
        body = {"username": leavers[number][1], "password": "another", "hash": False, "lock": False}
        session.put(path, json=body, timeout=60)
        session.post(f"{url}/users/LEAVER{leavers[number][1][7:]:>02}/detach", timeout=60)
        return session.delete(path, timeout=60)

    def join(session: requests.Session, number: int) -> requests.Response:
        body = {"username": f"joiner.{number}", "password": "another", "hash": False, "lock": False}
        return session.post(f"{url}/credentials", json=body, timeout=60)

    session = requests.Session()
    session.trust_env = False
    session.headers["X-Api-Key"] = simulator.key
    started = time.monotonic()
    for page in range(10):
        session.get(f"{url}/mdm-bulk?pageSize=500&page={page}", timeout=60).json()
    settings = [{"name": "th_department", "value": "Care"}]
    in_parallel(simulator, connections, "credentials", leave, range(10))
    in_parallel(simulator, connections, "users", join, range(20))
    body = {"credentials": [{"id": id_, "parameters": settings} for id_ in moved]}
    session.post(f"{url}/mdm-bulk", json=body, timeout=60).raise_for_status()
    return time.monotonic() - started


def bench_night(simulator: Simulator, latency: int, connections: int) -> None:
    """The staff list every night, by employee number: the requests alone, and the module."""
    print(f"\n4900 people, 20 join, 40 move, 10 leave, {latency} ms latency, {connections} connections")
    populate_for_a_night(simulator)
    simulator.control("PUT", "settings", {"latency_ms": latency})
    simulator.forget_requests()
    reference = bare_night(simulator, connections)
    row("bare requests", reference, len(simulator.requests()))
    listed = populate_for_a_night(simulator)
    simulator.control("PUT", "settings", {"latency_ms": latency})
    options = {"credentials": listed, "match_setting": "th_csi", "prune": True, "identity": "detach"}
    for what in ("the module", "the same again, nothing to change"):
        seconds, memory, result = module(
            simulator, "credentials", generate_password=True, concurrency=connections, **options
        )
        row(what, seconds, result["api_requests"], reference, memory)


def bench_reads(simulator: Simulator) -> None:
    """Large subscriptions in which nothing is to be changed."""
    print("\nnothing to change, no latency")
    for number in (1000, 2000, 4000):
        simulator.reset(credentials=number, settings=4, latency_ms=0, quota=0)
        present = simulator.state()["credentials"]
        names = [{"username": one["username"]} for one in present]
        seconds, memory, result = module(simulator, "credentials", credentials=names)
        row(f"{number} credentials", seconds, result["api_requests"], memory=memory)
        items = [{"username": one["username"], "settings": one["settings"]} for one in present]
        seconds, memory, result = module(simulator, "credentials", credentials=items)
        row(f"{number} credentials with their settings", seconds, result["api_requests"], memory=memory)
    simulator.reset(credentials=20000, settings=0, latency_ms=0, quota=0, licenses=50000)
    seconds, memory, result = module(simulator, "credential_info")
    row(f"{len(result['credentials'])} credentials listed", seconds, result["api_requests"], memory=memory)
    simulator.reset(credentials=10000, users=10000, settings=0, latency_ms=0, quota=0, licenses=50000)
    seconds, memory, result = module(simulator, "user_info")
    row(f"{len(result['users'])} users listed", seconds, result["api_requests"], memory=memory)
    simulator.reset(credentials=5000, users=5000, settings=12, latency_ms=0, quota=0, licenses=50000)
    seconds, memory, result = module(simulator, "report_info")
    size = len(json.dumps(result)) / 1000
    row(f"a report of 5000 people, {size:.1f} kB", seconds, result["api_requests"], memory=memory)


def bench_loop(simulator: Simulator, folder: Path) -> None:
    """A loop of the singular module beside a loop of ansible.builtin.uri."""
    print("\na loop of 30")
    simulator.reset(credentials=0, latency_ms=0, quota=0)
    module(simulator, "credential", username="person.00001", generate_password=True)
    simulator.forget_requests()
    reference = play(simulator, folder, LOOP % URI)
    row("ansible.builtin.uri", reference, len(simulator.requests()))
    simulator.forget_requests()
    row("threema.work.credential", play(simulator, folder, LOOP % CREDENTIAL), len(simulator.requests()), reference)


def main() -> None:
    """Run everything and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--latency-ms", type=int, default=50)
    parser.add_argument("--concurrency", type=int, default=4)
    options = parser.parse_args()
    with Simulator("--licenses", "50000") as simulator, tempfile.TemporaryDirectory() as name:
        bench_writes(simulator, Path(name), options.people, options.latency_ms, options.concurrency)
        bench_others(simulator, options.people, options.latency_ms, options.concurrency)
        bench_night(simulator, options.latency_ms, options.concurrency)
        bench_reads(simulator)
        bench_loop(simulator, Path(name))


if __name__ == "__main__":
    main()
