# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The export in trouble: no room, no permission, a signal, 5,000 people. Each file is as before, or the new one."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.plugins.module_utils import _folder
from ansible_collections.threema.work.plugins.module_utils._api.contacts import ContactApi
from ansible_collections.threema.work.tests.modules.exports import content
from ansible_collections.threema.work.tests.support.modules import MODULES, Modules, Result, add, arguments, result_of
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

_NOBODY: t.Final = 65534


@pytest.fixture
def dest() -> t.Iterator[Path]:
    """A folder with an export of one person, in one that everybody may enter; afterwards there is another person."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name) / "export"


@pytest.fixture
def before(run: Modules, simulator: Simulator, dest: Path) -> dict[str, bytes]:
    """The files of an earlier export, with secrets; the subscription has become another one since."""
    add(simulator, "anna", settings={"th_nickname": "", "th_csi": "1"})
    run.good("subscription_export", dest=str(dest), secrets=True)
    add(simulator, *(f"person{number}" for number in range(200)), settings={"th_csi": "7", "th_nickname": ""})
    simulator.control("POST", "contacts", {"threema_id": "AB12CD34"})
    return content(dest)


def limited(simulator: Simulator, dest: Path, size: int) -> Result:
    """A run whose files may not have more bytes than this, as on a full disk."""
    given = {"api_url": simulator.url, "api_key": simulator.key, "dest": str(dest)}
    done = subprocess.run(
        [sys.executable, "-m", f"{MODULES}.subscription_export"],
        input=arguments(given),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    assert "Traceback" not in done.stderr
    return result_of(done.stdout)


def test_no_room(simulator: Simulator, run: Modules, dest: Path, before: dict[str, bytes]) -> None:
    """What is not needed any more is gone first; the file that did not fit is as before, and so are those after it."""
    failed = limited(simulator, dest, 1000)
    assert failed["failed"] and failed["changed"] and failed["failure"]["kind"] == "refused"
    assert f"dest: {dest}/people.csv cannot be written" in failed["msg"] and "File too large" in failed["msg"]
    assert "3 of 6 files were changed" in failed["msg"]
    assert [(one["name"], one["action"]) for one in failed["files"]] == [
        # If it were stopped in between, Git would still ignore the passwords.
        ("secrets.yml", "removed"),
        (".gitignore", "removed"),
        ("subscription.yml", "updated"),
        ("people.csv", "failed"),
        ("settings.yml", "pending"),
        ("contacts.csv", "pending"),
    ]
    kept = {name: before[name] for name in ("people.csv", "settings.yml")}
    assert {**content(dest), "subscription.yml": b""} == {**kept, "subscription.yml": b""}
    again = run.good("subscription_export", dest=str(dest))
    assert sorted(content(dest)) == ["contacts.csv", "people.csv", "settings.yml", "subscription.yml"]
    assert again["summary"]["people"] == 201


@contextlib.contextmanager
def nobody() -> t.Iterator[None]:
    """As somebody who may write to nothing, where the tests run as root."""
    if os.geteuid() == 0:
        os.seteuid(_NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)
    else:
        yield


@pytest.mark.parametrize("check", [True, False])
def test_no_permission(run: Modules, dest: Path, before: dict[str, bytes], check: bool) -> None:
    """Known before anything is written; where nothing would be, it does not matter."""
    dest.chmod(0o755)
    for path in dest.iterdir():
        path.chmod(0o644)
    dest.chmod(0o555)
    with nobody():
        refused = run.bad("subscription_export", "refused", dest=str(dest), check=check)
        parent = run.bad("subscription_export", "refused", dest=str(dest / "below"), check=check)
    dest.chmod(0o755)
    assert refused["msg"] == f"dest: {dest} cannot be written to on the host that executes the module"
    assert f"{dest} cannot be written to" in parent["msg"] and parent["api_requests"] == 0
    assert content(dest) == before and not refused["changed"]


@pytest.mark.parametrize("check", [True, False])
def test_a_signal_while_it_reads(
    run: Modules, dest: Path, before: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, check: bool
) -> None:
    original = ContactApi.fetch

    def fetch(self: ContactApi, *args: t.Any, **options: t.Any) -> t.Any:
        signal.raise_signal(signal.SIGTERM)
        return original(self, *args, **options)

    monkeypatch.setattr(ContactApi, "fetch", fetch)
    failed = run.bad("subscription_export", "refused", dest=str(dest), check=check)
    assert "asked to stop (SIGTERM); nothing was written" in failed["msg"]
    assert content(dest) == before and not failed["changed"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_while_it_writes(
    run: Modules, dest: Path, before: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """The file that is being written is finished, and the rest is as before; another run does it."""
    original = _folder.write_file

    def write(path: str, *args: t.Any) -> None:
        if path.endswith("people.csv"):
            signal.raise_signal(number)
        original(path, *args)

    with monkeypatch.context() as patch:
        patch.setattr(_folder, "write_file", write)
        failed = run.bad("subscription_export", "refused", dest=str(dest), secrets=True)
    assert f"asked to stop ({number.name}). 3 of 5 files were changed" in failed["msg"] and failed["changed"]
    after = content(dest)
    assert [(one["name"], one["action"]) for one in failed["files"]] == [
        ("subscription.yml", "updated"),
        (".gitignore", "unchanged"),
        ("secrets.yml", "updated"),
        ("people.csv", "updated"),
        ("settings.yml", "pending"),
        ("contacts.csv", "pending"),
    ]
    assert {name for name in after if after[name] != before[name]} == {"subscription.yml", "secrets.yml", "people.csv"}
    assert after["people.csv"].count(b"\n") == 202
    run.good("subscription_export", dest=str(dest), secrets=True)
    assert sorted(content(dest)) == sorted([*before, "contacts.csv"])


def test_five_thousand_people(simulator: Simulator, dest: Path) -> None:
    """As many requests as reading takes, far from the limits of 15 seconds and 150 MB; again, no file is touched."""
    simulator.reset(licenses=5000)
    settings = {"th_firstname": "Zo\u00eb", "th_lastname": "\u00d6z, B.", "th_category": "Bern,Care", "th_nickname": ""}
    people = [
        {"username": f"p{n}", "password": "x", "settings": {**settings, "th_csi": f"{n:05}"}} for n in range(5000)
    ]
    simulator.control("POST", "credentials", people)
    given = {"api_url": simulator.url, "api_key": simulator.key, "dest": str(dest)}
    for changed in (True, False):
        before = stamps(dest)
        started = time.monotonic()
        output, memory = measured(arguments(given))
        result = result_of(output)
        assert (result["failed"], result["changed"], result["api_requests"]) == (False, changed, 1 + 1 + 10 + 1 + 1 + 2)
        assert result["summary"] == {"people": 5000, "contacts": 0, "settings": 25000}
        assert time.monotonic() - started < 15 and memory < 150_000
        assert changed or stamps(dest) == before


#: Starts the module from a small process: what a process took before it became another one counts, too.
_MEASURE: t.Final = """
import json, resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", sys.argv[1]], stdout=subprocess.PIPE, text=True)
print(json.dumps([done.stdout, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""


def measured(order: str) -> tuple[str, int]:
    """What the module answers as a process of its own, and how many kB of memory it took."""
    command = [sys.executable, "-c", _MEASURE, f"{MODULES}.subscription_export"]
    done = subprocess.run(command, input=order, stdout=subprocess.PIPE, text=True, check=True)
    output, size = json.loads(done.stdout)
    return output, size


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """What changes if something is touched."""
    found = [folder, *folder.iterdir()] if folder.exists() else []
    return {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in found}
