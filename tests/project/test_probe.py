# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The probe: what it shows of each unknown, what it asks and prints, and when it does not write."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.docs.test_the_contract import sections
from ansible_collections.threema.work.tests.modules.test_service_behavior import POSITIONS, TABLE, rich, wrong
from ansible_collections.threema.work.tests.project.probe import CONTACT, EXAMPLES, MOST_REQUESTS, probe, there_is
from ansible_collections.threema.work.tests.support.simulator_process import Simulator
from ansible_collections.threema.work.tools import probe as tool
from ansible_collections.threema.work.tools.probing.rows import NOTHING, ROWS, WRITING

#: What this subscription does not show, although another one would: a quota that is left, and no list of 5,000.
_NOT_HERE: t.Final = {
    ("max-page-size", "none"),
    *(("quota-retry-after", value) for value in TABLE["quota-retry-after"]),
}
#: Those that only writing shows, and one of the others; the rest is in the tests of what reading shows.
_SOME: t.Final = [(name, value) for name, value in POSITIONS if ROWS[name].shown_by == WRITING or name == "link-key"]
_WRITE: t.Final = {"WRITE": "yes", "CONTACT": CONTACT}


def shows(name: str, value: str) -> bool:
    """Whether the documentation says that a position can be shown."""
    return value in ROWS[name].seen or (value.isdigit() and "N" in ROWS[name].seen)


def test_it_starts_by_itself(simulator: Simulator, tmp_path: Path) -> None:
    """As ``make probe`` starts it; all others are forked from a process that has it loaded."""
    simulator.reset(credentials=3)
    ran = subprocess.run(
        [sys.executable, "-m", tool.__name__],
        env={**os.environ, **simulator.environment, "OUT": "probe.json"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stderr == ""
    forked = probe(simulator, tmp_path)
    assert ran.stdout == forked.printed.replace(str(tmp_path / "probe.json"), "probe.json")


def test_the_table_in_the_documentation() -> None:
    rows = sections()["9.1"].rpartition("\n\n.. _")[0].split("    * - ")[2:]
    told = [tuple(cell.strip() for cell in re.split(r"\n      - ", row.strip())) for row in rows]
    assert [name.strip("`") for name, *_rest in told] == list(TABLE)
    for name, by, needs, hidden in told:
        row = ROWS[name.strip("`")]
        assert by == row.shown_by
        assert needs.lower() == (row.needs or "nothing").lower()
        assert row.seen.keys() <= set(TABLE[name.strip("`")])
        left = [value for value in TABLE[name.strip("`")] if value not in row.seen]
        expected = "All" if by == NOTHING else ", ".join(f"``{value}``" for value in left) or "None"
        assert hidden == expected


@pytest.mark.parametrize(("name", "value"), POSITIONS if EXAMPLES else _SOME)
def test_each_position(simulator: Simulator, tmp_path: Path, name: str, value: str) -> None:
    rich(simulator)
    simulator.control("PUT", "settings", {"switches": {name: value}})
    before = there_is(simulator)
    ran = probe(simulator, tmp_path, FORCE="yes", **_WRITE)
    assert ran.code == 0, ran.printed
    assert not wrong(ran.switches, simulator.control("GET", "settings")["switches"])
    told = shows(name, value) and (name, value) not in _NOT_HERE
    assert ran.switches[name] == (value if told else None)
    assert there_is(simulator) == before
    if told:
        assert f"--switch {name}={value}\n" in ran.printed


def test_everything_that_can_be_shown_is(simulator: Simulator, tmp_path: Path) -> None:
    rich(simulator)
    ran = probe(simulator, tmp_path, FORCE="yes", **_WRITE)
    true = simulator.control("GET", "settings")["switches"]
    for name, position in true.items():
        assert ran.switches[name] == (position if shows(name, position) and (name, position) not in _NOT_HERE else None)


@pytest.mark.parametrize("number", range(6) if EXAMPLES else (0, 3))
def test_the_order_of_a_small_subscription(simulator: Simulator, tmp_path: Path, number: int) -> None:
    """Of few credentials it takes more throw-away ones to be certain."""
    for order, told in (("creation", "creation"), ("reversed", "reversed"), ("username", "username"), ("random", None)):
        simulator.reset(credentials=number, switches={"sort-order": order})
        ran = probe(simulator, tmp_path, WRITE="yes")
        assert (ran.code, ran.switches["sort-order"]) == (0, told)
        assert not simulator.state()["credentials"][number:]


@pytest.mark.parametrize("licenses", range(1, 6))
def test_few_licenses(simulator: Simulator, tmp_path: Path, licenses: int) -> None:
    """As many credentials are created as there are free licenses, and what can be known with these is told.

    Four are no proof of their order.
    """
    simulator.reset(licenses=licenses)
    ran = probe(simulator, tmp_path, WRITE="yes")
    assert ran.code == 0, ran.printed
    assert not wrong(ran.switches, simulator.control("GET", "settings")["switches"])
    assert ran.switches["hash-omitted-on-update"] == "plain"
    assert ran.switches["text-settings"] == "any"
    assert ran.switches["sort-order"] is None
    assert ran.switches["second-delete"] == "404"
    for name in ("username-case", "duplicate-username-on-update", "lock-omitted-on-create", "bulk-errors"):
        assert (ran.switches[name] is not None) == (licenses > 1)
    created = [one for one in simulator.requests() if one["operation"] == "createCredential"]
    assert len(created) == min(licenses, 4)
    assert all(one["status"] == 201 for one in created)
    assert not simulator.state()["credentials"]


def test_lists_that_are_cut(simulator: Simulator, tmp_path: Path) -> None:
    """What a list leaves out is asked for one by one."""
    simulator.reset(credentials=3, switches={"max-page-size": "2", "lock-omitted-on-update": "true"})
    ran = probe(simulator, tmp_path, WRITE="yes")
    assert (ran.switches["lock-omitted-on-update"], ran.switches["hash-omitted-on-update"]) == ("true", "plain")
    assert (ran.switches["bulk-errors"], ran.switches["username-case"]) == ("atomic", "sensitive")


@pytest.mark.parametrize("when", TABLE["quota-retry-after"])
def test_the_quota_tells_of_its_header(simulator: Simulator, tmp_path: Path, when: str) -> None:
    simulator.reset(credentials=3, quota=5, switches={"quota-retry-after": when})
    ran = probe(simulator, tmp_path)
    assert ran.switches["quota-retry-after"] == when
    assert len(simulator.requests()) == 6


def test_reading_only_reads(simulator: Simulator, tmp_path: Path) -> None:
    rich(simulator)
    ran = probe(simulator, tmp_path)
    assert ran.code == 0, ran.printed
    requests = simulator.requests()
    assert {one["method"] for one in requests} == {"GET"}
    assert ran.found is not None
    assert ran.found["requests"] == len(requests) <= MOST_REQUESTS
    assert ran.found["left_behind"] == []
    told = {name for name, position in ran.switches.items() if position is not None}
    assert {ROWS[name].shown_by for name in told} == {"reading"}
    assert f"{len(told)} of {len(TABLE)} unknowns show, after {len(requests)} requests." in ran.printed


def test_what_is_written_and_printed(simulator: Simulator, tmp_path: Path) -> None:
    """Nobody else is written to, in whatever way, and nobody is named."""
    rich(simulator)
    before = there_is(simulator)
    ran = probe(simulator, tmp_path, FORCE="yes", **_WRITE)
    assert ran.code == 0, ran.printed
    requests = simulator.requests()
    assert ran.found is not None
    assert ran.found["requests"] == len(requests) <= MOST_REQUESTS
    others = {one["id"] for one in before["credentials"]}
    writes = [one for one in requests if one["method"] != "GET"]
    assert {one["operation"] for one in writes} == {
        *("createCredential", "updateCredential", "deleteCredential", "createIndividualAppConfiguration"),
        *("deleteIndividualAppConfiguration", "updateBulkIndividualAppConfigurations"),
        *("createContact", "updateContact", "deleteContact"),
    }
    for one in writes:
        if "/contacts" in one["path"]:
            assert one["path"].endswith((CONTACT, "/contacts"))
            assert one["body"] is None or one["body"]["enabled"] is False
        elif one["operation"] == "updateBulkIndividualAppConfigurations":
            assert not {item["id"] for item in one["body"]["credentials"]} & others
        elif one["path"] != "/api/v1/credentials":
            assert not any(f"/credentials/{id_}" in one["path"] for id_ in others)
    everything = ran.printed + (tmp_path / "probe.json").read_text(encoding="utf-8")
    secret = [simulator.key, CONTACT, *(one["username"] for one in before["credentials"]), *others]
    secret += [one["threema_id"] for one in (*before["users"], *before["contacts"])]
    assert not [text for text in secret if text in everything and text != "team"]


@pytest.mark.parametrize(
    ("state", "wishes", "said"),
    [
        ({"credentials": 6}, _WRITE, "has 6 credentials, more than 5"),
        ({"credentials": 4, "licenses": 4}, _WRITE, "no license is free"),
        ({"credentials": 9, "licenses": 9}, {**_WRITE, "FORCE": "yes"}, "no license is free"),
    ],
)
def test_nothing_is_written(
    simulator: Simulator, tmp_path: Path, state: dict[str, int], wishes: dict[str, str], said: str
) -> None:
    """What reading shows is told all the same."""
    simulator.reset(**state)
    ran = probe(simulator, tmp_path, **wishes)
    assert ran.code == 1
    assert "Nothing was written: " in ran.printed
    assert said in ran.printed
    assert {one["method"] for one in simulator.requests()} == {"GET"}
    assert ran.switches["page-base"] == "zero"


@pytest.mark.parametrize("type_", ["custom", "auto"])
def test_who_is_a_contact_already_stays_one(simulator: Simulator, tmp_path: Path, type_: str) -> None:
    """Also where the list of contacts is cut before."""
    simulator.control("PUT", "settings", {"switches": {"max-page-size": "1"}})
    simulator.control("POST", "contacts", {"threema_id": "PARTNER1"})
    simulator.control("POST", "contacts", {"threema_id": CONTACT, "type": type_, "last_name": "Roth"})
    before = there_is(simulator)
    ran = probe(simulator, tmp_path, **_WRITE)
    assert ran.code == 1
    assert "Nothing was written: what CONTACT names is a contact already" in ran.printed
    assert CONTACT not in ran.printed
    assert {one["method"] for one in simulator.requests()} == {"GET"}
    assert there_is(simulator) == before


def test_whether_it_is_a_contact_has_to_be_known(simulator: Simulator, tmp_path: Path) -> None:
    simulator.fault(method="GET", path=f"/contacts/{CONTACT}", status=500, times=None)
    ran = probe(simulator, tmp_path, **_WRITE)
    assert "Nothing was written: whether what CONTACT names" in ran.printed
    assert {one["method"] for one in simulator.requests()} == {"GET"}


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"THREEMA_WORK_API_KEY": ""}, "there is no API key; set the environment variable THREEMA_WORK_API_KEY"),
        ({"THREEMA_WORK_API_KEY": "ab cd"}, "api_key contains white space"),
        ({"THREEMA_WORK_API_URL": "http://192.0.2.1/api/v1"}, "does not use https"),
        # Nothing that is empty means the real service, or any subscription.
        ({"THREEMA_WORK_API_URL": "", "WRITE": "yes"}, "api_url"),
        ({"THREEMA_WORK_EXPECT_SUBSCRIPTION": "", "WRITE": "yes"}, "THREEMA_WORK_EXPECT_SUBSCRIPTION is empty"),
        ({"THREEMA_WORK_EXPECT_SUBSCRIPTION": " ", "WRITE": "yes"}, "THREEMA_WORK_EXPECT_SUBSCRIPTION is empty"),
        ({"THREEMA_WORK_API_TIMEOUT": "soon"}, "THREEMA_WORK_API_TIMEOUT is not a number"),
        ({"WRITE": "perhaps"}, "WRITE is neither yes nor no"),
        ({"WRITE": "yes", "FORCE": "please"}, "FORCE is neither yes nor no"),
        ({"CONTACT": CONTACT}, "CONTACT is for writing"),
        ({"WRITE": "yes", "CONTACT": "*GATEWAY"}, "CONTACT is not a Threema ID"),
        ({"WRITE": "yes", "CONTACT": "../users"}, "CONTACT is not a Threema ID"),
        ({"OUT": "no/such/folder/x.json"}, "OUT cannot be written"),
        ({"OUT": "."}, "OUT cannot be written"),
    ],
)
def test_nothing_is_asked(simulator: Simulator, tmp_path: Path, wishes: dict[str, str], said: str) -> None:
    ran = probe(simulator, tmp_path, **wishes)
    assert (ran.code, ran.found) == (2, None)
    assert ran.printed.startswith("Nothing was asked: ")
    assert said in ran.printed
    assert not simulator.requests()


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"THREEMA_WORK_API_KEY": "another-key-0123456789"}, "key: 127.0.0.1"),
        ({"THREEMA_WORK_EXPECT_SUBSCRIPTION": "Another Ltd"}, "another subscription"),
    ],
)
def test_no_more_is_asked(simulator: Simulator, tmp_path: Path, wishes: dict[str, str], said: str) -> None:
    ran = probe(simulator, tmp_path, WRITE="yes", **wishes)
    assert ran.code == 1
    assert said in ran.printed.rpartition("Nothing was written: ")[2]
    assert len(simulator.requests()) == 1
    assert not any("another-key" in text for text in (ran.printed, str(ran.found)))


def test_the_expected_subscription(simulator: Simulator, tmp_path: Path) -> None:
    ran = probe(simulator, tmp_path, THREEMA_WORK_EXPECT_SUBSCRIPTION="Example Ltd")
    assert ran.code == 0, ran.printed


def test_a_fault_of_its_own_is_a_sentence_without_what_the_service_sent(
    monkeypatch: pytest.MonkeyPatch, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the service sent may hold anything."""

    def broken(*_args: object) -> None:
        raise ValueError("sommer.anna and her Pass-word/1")

    monkeypatch.setattr(tool, "read_basics", broken)
    # Some libraries set it for the whole process.
    monkeypatch.setattr(sys, "tracebacklimit", 0, raising=False)
    for name, value in {"THREEMA_WORK_API_KEY": simulator.key, "THREEMA_WORK_API_URL": simulator.url}.items():
        monkeypatch.setenv(name, value)
    # It takes the signals over, and this process goes on.
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        assert tool.main() == 1
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    printed = capsys.readouterr().out
    assert "It ended early: the probe has a fault (ValueError in test_probe.py, line " in printed
    assert "sommer" not in printed and "Traceback" not in printed
