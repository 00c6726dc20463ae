# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal as a file: who may read it, what is no place for it, and what becomes of a run that cannot write it."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import resource
import stat
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.plugins.module_utils import _journal
from ansible_collections.threema.work.tests.modules.journals import JournalFile, said
from ansible_collections.threema.work.tests.modules.leaving import absent, populate, writes
from ansible_collections.threema.work.tests.support.modules import (
    MODULES,
    Modules,
    Result,
    arguments,
    result_of,
    summary,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

CONTACTS: t.Final = [f"AB12CD{number:02}" for number in range(6)]
_NOBODY: t.Final = 65534


@pytest.fixture
def journal(simulator: Simulator, tmp_path: Path) -> JournalFile:
    """A journal that is not there yet."""
    return JournalFile(tmp_path / "journal.jsonl", simulator)


def contacts(journal: JournalFile, **options: t.Any) -> Result:
    """The options that create six contacts."""
    items = [{"threema_id": threema_id} for threema_id in CONTACTS]
    return {"contacts": items, "journal": str(journal.path), "concurrency": 1, **options}


@contextlib.contextmanager
def umask(mask: int) -> t.Iterator[None]:
    """Another mask of permissions for new files."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


# Who may read it


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_a_new_one_is_for_its_owner_alone(run: Modules, journal: JournalFile, mask: int) -> None:
    with umask(mask):
        run.good("contacts", **contacts(journal))
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    assert journal.lines("contacts") == [said("created", threema_id=threema_id) for threema_id in CONTACTS]


@pytest.mark.parametrize("mode", [0o640, 0o200])
def test_an_old_one_keeps_its_mode_and_lines(run: Modules, journal: JournalFile, mode: int) -> None:
    journal.path.write_text('{"before": 1}\n', encoding="utf-8")
    journal.path.chmod(mode)
    run.good("contacts", **contacts(journal))
    assert stat.S_IMODE(journal.path.stat().st_mode) == mode
    first, *rest = journal.text.splitlines()
    assert (first, len(rest)) == ('{"before": 1}', 6)


def test_a_link_to_a_file(run: Modules, journal: JournalFile, tmp_path: Path) -> None:
    """Followed, also where the file is not there yet."""
    for there in (True, False):
        place = tmp_path / f"place{there}"
        if there:
            place.write_text("", encoding="utf-8")
        journal.path.symlink_to(place)
        run.good("contact", check=True, threema_id=f"AB12CD3{there:d}", journal=str(journal.path))
        assert place.exists() is there
        run.good("contact", threema_id=f"AB12CD3{there:d}", journal=str(journal.path))
        assert place.read_text(encoding="utf-8").count("\n") == 1
        assert journal.path.is_symlink()
        journal.path.unlink()


def test_the_place_of_a_relative_path(
    run: Modules, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the module runs; ``~`` is the home of who runs it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    for number, path in enumerate(("journal.jsonl", "~/journal.jsonl")):
        run.good("contact", threema_id=f"AB12CD3{number}", journal=path)
    assert sorted(str(found.relative_to(tmp_path)) for found in tmp_path.rglob("*.jsonl")) == [
        "home/journal.jsonl",
        "journal.jsonl",
    ]


# What is no place for it


def _make_fifo(path: Path) -> Path:
    os.mkfifo(path)
    return path


def _make_file(path: Path) -> Path:
    path.write_text("", encoding="utf-8")
    return path


def _make_loop(path: Path) -> Path:
    path.symlink_to(path)
    return path


def _make_link_to_device(path: Path) -> Path:
    path.symlink_to("/dev/null")
    return path


Make = t.Callable[[Path], "Path | str"]
WRONG: t.Final[dict[str, tuple[Make, str]]] = {
    "a directory": (lambda path: path.parent, "is a directory"),
    "a name of a directory": (lambda path: f"{path}/", "is the name of a directory"),
    "a pipe": (_make_fifo, "is not a regular file"),
    "a device": (lambda _path: "/dev/null", "is not a regular file"),
    "a full device": (lambda _path: "/dev/full", "is not a regular file"),
    "a link to a device": (_make_link_to_device, "is not a regular file"),
    "no such directory": (lambda path: path / "missing" / "file", "is not a directory"),
    "a file as a directory": (lambda path: _make_file(path) / "file", "Not a directory"),
    "a loop": (_make_loop, "Too many levels"),
    "too long": (lambda path: path.parent / ("x" * 300), "File name too long"),
    "no name at all": (lambda path: f"{path}\0x", "null byte"),
    "empty": (lambda _path: "", "journal is empty"),
    "blank": (lambda _path: "  ", "journal is empty"),
}


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(("make", "says"), WRONG.values(), ids=WRONG)
def test_what_is_refused_before_any_request(
    run: Modules,
    simulator: Simulator,
    journal: JournalFile,
    make: Make,
    says: str,
    check: bool,
) -> None:
    """At once, in check mode too; nothing is created, and the sentence says what to do."""
    path = make(journal.path)
    before = sorted(journal.path.parent.rglob("*"))
    began = time.monotonic()
    refused = run("contacts", check=check, **{**contacts(journal), "journal": str(path)})
    assert time.monotonic() - began < 5
    # From Python 3.12 on, Ansible itself fails here, because it cannot log such an option to syslog.
    if "no_target_syslog" not in refused["msg"] or "\0" not in str(path):
        assert refused["failed"] and refused["failure"]["kind"] == "refused", refused["msg"]
        assert says in refused["msg"] and "journal" in refused["msg"], refused["msg"]
        assert refused["summary"] == summary(pending=6)
    assert simulator.requests() == []
    assert sorted(journal.path.parent.rglob("*")) == before


def test_a_pipe_that_somebody_reads(run: Modules, simulator: Simulator, journal: JournalFile) -> None:
    os.mkfifo(journal.path)
    reader = os.open(journal.path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        run.bad("contacts", "refused", **contacts(journal))
        assert os.read(reader, 100) == b""
    finally:
        os.close(reader)
    assert simulator.requests() == []


def test_a_pipe_that_takes_its_place(
    run: Modules, simulator: Simulator, journal: JournalFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the first line; refused before any write."""
    real = _journal.Journal.check

    def check(self: _journal.Journal) -> None:
        real(self)
        os.mkfifo(journal.path)

    monkeypatch.setattr(_journal.Journal, "check", check)
    refused = run.bad("contacts", "refused", **contacts(journal))
    assert refused["summary"] == summary(pending=6)
    assert writes(simulator) == []


@pytest.fixture
def folder() -> t.Iterator[Path]:
    """A folder that everybody may enter, and only its owner may write to."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


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
@pytest.mark.parametrize("there", [True, False])
def test_without_permission(run: Modules, simulator: Simulator, folder: Path, check: bool, there: bool) -> None:
    """A file that cannot be written, and a folder in which none can be created."""
    path = folder / "journal.jsonl"
    if there:
        path.write_text("before\n", encoding="utf-8")
        path.chmod(0o444)
    folder.chmod(0o555)
    with nobody():
        refused = run.bad("contact", "refused", threema_id="AB12CD34", journal=str(path), check=check)
    folder.chmod(0o755)
    assert ("Permission denied" if there else "cannot be written to") in refused["msg"]
    assert simulator.requests() == []
    assert path.exists() is there and (not there or path.read_text(encoding="utf-8") == "before\n")


# What becomes of a run that cannot write to it


def limited(simulator: Simulator, tmp_path: Path, module: str, options: Result, size: int) -> Result:
    """A run of a module whose files may not have more bytes than this, as on a full disk."""
    file = tmp_path / "args.json"
    given = {"api_url": simulator.url, "api_key": simulator.key, **options}
    file.write_text(arguments(given), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", f"{MODULES}.{module}", str(file)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    assert "Traceback" not in done.stderr
    result = result_of(done.stdout)
    # Newer ansible-core says more of a warning than its text.
    told = [one if isinstance(one, str) else one["event"]["msg"] for one in result.get("warnings", ())]
    return {**result, "warnings": told}


def size_of_lines(run: Modules, simulator: Simulator, journal: JournalFile, number: int) -> int:
    """How long so many lines are."""
    run.good("contacts", **contacts(journal))
    simulator.reset()
    lines = journal.text.splitlines(keepends=True)[:number]
    journal.path.unlink()
    return len("".join(lines))


@pytest.mark.parametrize("more", [0, 30])
@pytest.mark.parametrize("concurrency", [1, 3])
def test_no_room_for_a_line(
    run: Modules, simulator: Simulator, journal: JournalFile, tmp_path: Path, more: int, concurrency: int
) -> None:
    """Nothing more is written, what was done is told, and the lines that are missing are in a warning."""
    size = size_of_lines(run, simulator, journal, 2)
    options = contacts(journal, concurrency=concurrency)
    failed = limited(simulator, tmp_path, "contacts", options, size + more)
    created = {one["threema_id"] for one in simulator.state()["contacts"]}
    assert 3 <= len(created) < 3 + concurrency and len(writes(simulator)) == len(created)
    assert failed["failed"] and failed["changed"] and failed["failure"]["kind"] == "refused"
    assert failed["summary"] == summary(created=len(created), pending=6 - len(created))
    assert f"journal: {journal.path} cannot be written" in failed["msg"] and "File too large" in failed["msg"]
    assert "no further write was started" in failed["msg"]
    whole = [json.loads(line) for line in journal.text.splitlines(keepends=True) if line.endswith("\n")]
    (warning,) = failed["warnings"]
    missing = json.loads(f"[{warning[warning.index('{') :].replace('} {', '}, {').rstrip('.')}]")
    assert len(whole) == 2 and warning.startswith(f"{len(created) - 2} change(s)")
    assert {line["threema_id"] for line in whole + missing} == created
    again = run.good("contacts", **options)
    assert again["summary"] == summary(created=6 - len(created), unchanged=len(created))
    # What is torn stands alone.
    good = journal.whole_lines()
    assert len(good) == 2 + 6 - len(created)
    assert len(journal.text.splitlines()) == len(good) + bool(more)


def test_no_room_for_the_last_line(run: Modules, simulator: Simulator, journal: JournalFile, tmp_path: Path) -> None:
    """All was done, and the task fails all the same, because something is not written down."""
    size = size_of_lines(run, simulator, journal, 6)
    failed = limited(simulator, tmp_path, "contacts", contacts(journal), size - 1)
    assert failed["summary"] == summary(created=6)
    assert failed["failed"] and failed["failure"]["kind"] == "refused"
    assert "cannot be written" in failed["msg"] and len(failed["warnings"]) == 1
    failed = limited(
        simulator, tmp_path, "contact", {"threema_id": CONTACTS[0], "state": "absent", "journal": str(journal.path)}, 10
    )
    assert failed["failed"] and failed["changed"] and "cannot be written" in failed["msg"]
    assert failed["contact"]["threema_id"] == CONTACTS[0]


def test_no_room_between_the_steps_of_a_removal(
    run: Modules, simulator: Simulator, journal: JournalFile, tmp_path: Path
) -> None:
    """No Threema ID ends after a line is missing; the credential is still there, and a new run completes the rest."""
    populate(simulator)
    options: Result = {"credentials": absent("jane"), "identity": "revoke", "journal": str(journal.path)}
    failed = limited(simulator, tmp_path, "credentials", options, 10)
    assert [call.split()[0] for call in writes(simulator)] == ["PUT"]
    assert failed["changed"] and failed["summary"] == summary(pending=1)
    assert "its password was changed" in json.dumps(failed["credentials"])
    assert run.good("credentials", **options)["summary"] == summary(removed=1)
    assert len(journal.whole_lines()) == 3


def test_no_room_within_a_bulk_write(run: Modules, simulator: Simulator, journal: JournalFile, tmp_path: Path) -> None:
    """What one request wrote is told as written; what follows it is not sent."""
    simulator.reset(credentials=1200)
    names = [one["username"] for one in simulator.state()["credentials"]]
    items = [{"username": name, "settings": {"th_csi": "1"}} for name in names]
    options: Result = {"credentials": items, "journal": str(journal.path)}
    failed = limited(simulator, tmp_path, "mdm_settings", options, 1000)
    assert writes(simulator) == ["POST /mdm-bulk"]
    assert failed["summary"] == summary(created=1000, pending=200)
    assert failed["warnings"][0].count("th_csi") == 10 and "and 9" in failed["warnings"][0]
    assert run.good("mdm_settings", **options)["summary"] == summary(created=200, unchanged=1000)


@pytest.mark.parametrize(("number", "fails"), [(errno.EIO, True), (errno.EINVAL, False)])
def test_a_disk_that_says_so_at_the_end(
    run: Modules, journal: JournalFile, monkeypatch: pytest.MonkeyPatch, number: int, fails: bool
) -> None:
    """Some file systems take a line and lose it later."""

    def fsync(_file: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(_journal.os, "fsync", fsync)
    result = run("contacts", **contacts(journal))
    assert (result["failed"], result["summary"]) == (fails, summary(created=6))
    assert not fails or "Input/output error" in result["msg"]


def test_a_last_line_without_an_end(run: Modules, journal: JournalFile) -> None:
    """Such as an editor leaves behind."""
    journal.path.write_text('{"before": 1}', encoding="utf-8")
    run.good("contacts", **contacts(journal))
    first, *rest = journal.text.splitlines()
    assert first == '{"before": 1}' and len([json.loads(line) for line in rest]) == 6


def test_many_at_once(simulator: Simulator, journal: JournalFile, tmp_path: Path) -> None:
    """Several tasks with several threads append to one file, and no line is torn."""
    running = []
    for number in range(4):
        items = [{"threema_id": f"A{number}00000{one:X}"[:8]} for one in range(16)]
        file = tmp_path / f"args{number}.json"
        options = contacts(journal, contacts=items, concurrency=16, api_url=simulator.url, api_key=simulator.key)
        file.write_text(arguments(options), encoding="utf-8")
        command = [sys.executable, "-m", f"{MODULES}.contacts", str(file)]
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    assert [process.wait(60) for process in running] == [0] * 4
    made = {one["threema_id"] for one in simulator.state()["contacts"]}
    assert {line["threema_id"] for line in journal.lines("contacts")} == made
    assert len(made) == len(journal.text.splitlines()) == 64
