# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules as Ansible runs them: in a process of their own, which may be told to end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.modules.test_credentials_trouble import meanwhile
from ansible_collections.threema.work.tests.support.modules import (
    MODULES,
    Modules,
    arguments,
    calls,
    credentials_of,
    result_of,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator


def run_as_process(name: str, options: dict[str, t.Any], tmp_path: Path, *python: str) -> dict[str, t.Any]:
    """A module as Ansible runs it: in a process of its own."""
    file = tmp_path / "args.json"
    file.write_text(arguments(options), encoding="utf-8")
    command = [sys.executable, *(python or ("-m", f"{MODULES}.{name}")), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return result_of(done.stdout)


def test_in_a_process_of_its_own(simulator: Simulator, tmp_path: Path) -> None:
    options = {"api_url": simulator.url, "api_key": simulator.key, "username": "sommer.anna", "password": "sommer"}
    done = run_as_process("credential", {**options, "_ansible_check_mode": False}, tmp_path)
    assert done["changed"]
    assert done["credential"]["username"] == "sommer.anna"
    assert simulator.key not in json.dumps(done)


def test_a_diff_only_where_it_was_asked_for(run: Modules, simulator: Simulator) -> None:
    for diff in (False, True):
        results = [
            run.good("credential", username=f"jane{diff}", password="x", diff=diff),
            run.good("credentials", credentials=[{"username": f"john{diff}", "password": "x"}], diff=diff),
            run.good("subscription", name=f"Example {diff}", diff=diff),
        ]
        assert [(result["changed"], "diff" in result) for result in results] == [(True, diff)] * 3


def test_without_requests(tmp_path: Path) -> None:
    code = (
        "import runpy, sys; sys.modules['requests'] = None; "
        f"sys.argv = ['x', sys.argv[1]]; runpy.run_module('{MODULES}.credential_info', run_name='__main__')"
    )
    failed = run_as_process("credential_info", {"api_key": "some-key-0815"}, tmp_path, "-c", code)
    assert failed["failed"]
    assert "Failed to import the required Python library (requests)" in failed["msg"]
    assert "some-key-0815" not in json.dumps(failed)


@pytest.fixture
def running(simulator: Simulator, tmp_path: Path) -> t.Iterator[subprocess.Popen[str]]:
    """A module that creates 60 credentials, 2 at a time, 20 ms each, and has made a few already."""
    simulator.reset(latency_ms=20)
    file = tmp_path / "args.json"
    items = [{"username": f"p{number:02}", "password": "x", "settings": {"th_csi": "1"}} for number in range(60)]
    options = {"api_url": simulator.url, "api_key": simulator.key, "credentials": items, "concurrency": 2}
    file.write_text(arguments(options), encoding="utf-8")
    command = [sys.executable, "-m", f"{MODULES}.credentials", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        for _number in range(200):
            if len(credentials_of(simulator)) > 3:
                break
            time.sleep(0.02)
        yield process
        process.kill()


def test_told_to_end(running: subprocess.Popen[str], simulator: Simulator) -> None:
    running.send_signal(signal.SIGTERM)
    output, _errors = running.communicate(timeout=20)
    result = result_of(output)
    state = credentials_of(simulator)
    assert result["failed"]
    assert result["changed"]
    assert 3 < len(state) < 60
    assert result["summary"]["pending"] >= 60 - len(state)
    assert result["summary"]["created"] + result["summary"]["pending"] == 60
    assert result["failure"]["kind"] == "refused" and "SIGTERM" in result["msg"]


@pytest.mark.parametrize("module", ["credential_info", "credential"])
def test_told_to_end_while_it_reads(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    """It ends at once: what it would read is of no use to anybody."""
    meanwhile(monkeypatch, lambda: signal.raise_signal(signal.SIGTERM), "GET")
    failed = run.bad(module, "refused", username="jane", **({"password": "x"} if module == "credential" else {}))
    assert "asked to stop (SIGTERM); nothing was written" in failed["msg"]
    assert (failed["changed"], calls(simulator)) == (False, [])


def test_nobody_reads_the_output(running: subprocess.Popen[str], simulator: Simulator) -> None:
    assert running.stdout
    running.stdout.close()
    running.wait(timeout=20)
    assert 3 < len(credentials_of(simulator)) < 60


def test_the_other_end_of_its_output_is_closed(simulator: Simulator, tmp_path: Path) -> None:
    """A socket, as ssh and job runners have: of it POLLHUP is told, not POLLERR. No further write is sent."""
    simulator.reset(latency_ms=20)
    file = tmp_path / "args.json"
    items = [{"username": f"p{number:02}", "password": "x"} for number in range(60)]
    options = {"api_url": simulator.url, "api_key": simulator.key, "credentials": items, "concurrency": 1}
    file.write_text(arguments(options), encoding="utf-8")
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", f"{MODULES}.credentials", str(file)]
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL) as process:
        theirs.close()
        try:
            while len(credentials_of(simulator)) < 4:
                time.sleep(0.02)
            ours.close()
            process.wait(timeout=20)
        finally:
            process.kill()
    assert 3 < len(credentials_of(simulator)) < 60


@pytest.mark.parametrize(
    ("module", "options", "where"),
    [
        (
            "credentials",
            {"credentials": [{"username": "a", "password": "x"}, {"username": "p\udcfc"}]},
            "credentials[1]",
        ),
        ("credentials", {"credentials": [{"username": "a", "password": "p\udcfc"}]}, "credentials[0]"),
        ("contacts", {"contacts": [{"threema_id": "ABCD1234", "first_name": "\udcfc"}]}, "contacts[0]"),
        ("mdm_settings", {"settings": {"th_csi": "\udcfc"}}, "settings"),
    ],
)
def test_what_is_no_text_is_refused_before_any_request(
    simulator: Simulator, tmp_path: Path, module: str, options: dict[str, t.Any], where: str
) -> None:
    refused = run_as_process(module, {"api_url": simulator.url, "api_key": simulator.key, **options}, tmp_path)
    assert refused["failure"]["kind"] == "refused"
    assert where in refused["msg"]
    assert calls(simulator) == []
