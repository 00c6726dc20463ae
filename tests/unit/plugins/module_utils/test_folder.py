# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A folder of files for people: nothing is half written, nobody else's file is touched, and nothing is followed."""

from __future__ import annotations

import errno
import os
import signal
import stat
import threading
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.plugins.module_utils._errors import Refused
from ansible_collections.threema.work.plugins.module_utils._folder import FileChange, Folder, Written
from ansible_collections.threema.work.plugins.module_utils._interruption import Interruption

FILES: t.Final = {"one.csv": b"1", "two.yml": "zwei, Özlem\n".encode(), "three.png": b"\x89PNG"}


def refused(call: t.Callable[[], t.Any]) -> str:
    """The message of a refusal; it is one sentence on one line, and not in the plural of a defect."""
    with pytest.raises(Refused) as caught:
        call()
    assert caught.value.msg.isprintable()
    return caught.value.msg


def actions(changes: t.Iterable[FileChange]) -> dict[str, str]:
    """What is planned, by name."""
    return {change.name: change.action for change in changes}


def content(folder: Path) -> dict[str, bytes]:
    """The files in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def modes(folder: Path) -> set[int]:
    """The modes of the files in a folder."""
    return {stat.S_IMODE(path.lstat().st_mode) for path in folder.iterdir()}


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """What changes if a file is touched."""
    return {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in [folder, *folder.iterdir()]}


def write(folder: Path, files: t.Mapping[str, bytes], obsolete: t.Iterable[str] = ()) -> Written:
    """Plan and apply."""
    one = Folder(str(folder))
    return one.apply(one.plan(files, obsolete))


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    """A folder with the files."""
    folder = tmp_path / "dest"
    written = write(folder, FILES)
    assert (written.error, written.done) == (None, 3)
    return folder


def test_a_folder_is_created(dest: Path) -> None:
    assert content(dest) == FILES
    assert stat.S_IMODE(dest.stat().st_mode) == 0o700
    assert modes(dest) == {0o600}


def test_what_is_planned(dest: Path) -> None:
    (dest / "mine.txt").write_bytes(b"mine")
    for name in ("old.csv", "older.csv"):
        (dest / name).write_bytes(b"old")
    wanted = {**FILES, "one.csv": b"other", "four.csv": b"4"}
    plan = Folder(str(dest)).plan(wanted, ("older.csv", "old.csv", "never.csv", "two.yml", "old.csv"))
    assert [(change.name, change.action) for change in plan] == [
        ("older.csv", "removed"),
        ("old.csv", "removed"),
        ("one.csv", "updated"),
        ("two.yml", "unchanged"),
        ("three.png", "unchanged"),
        ("four.csv", "created"),
    ]
    assert content(dest) == {**FILES, "mine.txt": b"mine", "old.csv": b"old", "older.csv": b"old"}
    written = Folder(str(dest)).apply(plan)
    assert written.changed and written.error is None
    assert content(dest) == {**wanted, "mine.txt": b"mine"}
    assert written.files() == [{"name": change.name, "action": change.action} for change in plan]
    assert [(one["before_header"], one["before"], one["after"]) for one in written.diff()] == [
        ("older.csv", "", "action: removed\n"),
        ("old.csv", "", "action: removed\n"),
        ("one.csv", "", "action: updated\n"),
        ("four.csv", "", "action: created\n"),
    ]


def test_nothing_is_touched_where_nothing_changed(dest: Path) -> None:
    before = stamps(dest)
    written = write(dest, FILES, ("old.csv",))
    assert set(actions(written.changes).values()) == {"unchanged"}
    assert not written.changed and written.diff() == []
    assert stamps(dest) == before


def test_a_folder_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    write(tmp_path, FILES)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o400])
def test_a_mode_is_corrected(dest: Path, mode: int) -> None:
    (dest / "one.csv").chmod(mode)
    assert actions(write(dest, FILES).changes)["one.csv"] == "updated"
    assert modes(dest) == {0o600}
    assert content(dest) == FILES


def test_nothing_is_created_before_there_is_something_to_write(tmp_path: Path) -> None:
    written = write(tmp_path / "dest", {})
    assert not written.changed and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["one.csv", "old.csv"])
@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("link", "a symbolic link"),
        ("dangling", "a symbolic link"),
        ("folder", "a directory"),
        ("pipe", "not a regular file"),
    ],
)
def test_what_is_in_the_way(dest: Path, name: str, kind: str, what: str) -> None:
    target = dest.parent / "target"
    target.write_bytes(b"somebody else's")
    (dest / name).unlink(missing_ok=True)
    {
        "link": lambda: (dest / name).symlink_to(target),
        "dangling": lambda: (dest / name).symlink_to(dest.parent / "nowhere"),
        "folder": (dest / name).mkdir,
        "pipe": lambda: os.mkfifo(dest / name),
    }[kind]()
    before = stamps_of_entries(dest)
    message = refused(lambda: Folder(str(dest)).plan({**FILES, "two.yml": b"new"}, ("old.csv",)))
    assert message.startswith(f"dest: {dest / name} is {what}")
    assert stamps_of_entries(dest) == before
    assert target.read_bytes() == b"somebody else's" and not (dest.parent / "nowhere").exists()


def stamps_of_entries(folder: Path) -> dict[str, tuple[int, int, int]]:
    """The entries of a folder themselves, links not followed."""
    found = {path.name: path.lstat() for path in folder.iterdir()}
    return {name: (one.st_mtime_ns, one.st_ino, one.st_mode) for name, one in found.items()}


@pytest.mark.parametrize("end", ["", "/", "//", "/.", "/.//./"])
@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("link", "is a symbolic link"),
        ("dangling", "is a symbolic link"),
        ("file", "is not a directory"),
        ("orphan", "cannot be created"),
        ("below_file", "cannot be used"),
        ("nul\0", "cannot be used"),
    ],
)
def test_what_is_no_folder(tmp_path: Path, kind: str, what: str, end: str) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "file").write_bytes(b"")
    path = {"orphan": "no/dest", "below_file": "file/dest"}.get(kind, kind)
    folder = Folder(f"{tmp_path / path}{end}")
    for call in (folder.check, folder.names, lambda: folder.plan(FILES)):
        message = refused(call)
        assert what in message and message.startswith("dest: ")
        assert "on the host that executes the module" in message
    assert list((tmp_path / "real").iterdir()) == []
    assert sorted(os.listdir(tmp_path)) == ["dangling", "file", "link", "real"]


@pytest.mark.parametrize("path", ["", " "])
def test_no_path(path: str) -> None:
    assert "handover_dest is empty" in refused(Folder(path, "handover_dest").check)


def test_a_path_beside_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("dest"), FILES)
    assert content(tmp_path / "dest") == FILES
    for path in ("dest/", "dest/.", "./dest", str(tmp_path / "dest" / ".")):
        assert Folder(path).names() == sorted(FILES)
    assert [Folder(path).names() for path in (".", "./", "./.")] == [["dest"]] * 3
    assert "dest" not in Folder("/.").names() and Folder("//").check()


@pytest.mark.parametrize("exists", [True, False])
def test_what_cannot_be_written_is_known_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exists: bool) -> None:
    # Nothing keeps root from writing to a folder, so the question is answered here.
    place = tmp_path / "dest"
    if exists:
        place.mkdir()
    asked: list[str] = []

    def no(path: str, mode: int, **_options: t.Any) -> bool:
        asked.append(path)
        assert mode == os.W_OK | os.X_OK
        return False

    monkeypatch.setattr(os, "access", no)
    message = refused(lambda: Folder(str(place)).plan(FILES))
    assert "cannot be written to" in message and str(place) in message
    assert asked == [str(place if exists else tmp_path)]
    assert list(place.iterdir()) == [] if exists else not place.exists()


def test_a_folder_that_cannot_be_written_is_enough_where_nothing_changes(
    dest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_args, **_options: False)
    assert set(actions(Folder(str(dest)).plan(FILES)).values()) == {"unchanged"}


@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_a_full_disk(dest: Path, monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    """The second of three files does not fit: the first is new, the others are as they were, and nothing else."""
    original, calls = getattr(os, function), []

    def fail(*args: t.Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        original(*args)

    wanted = dict.fromkeys(FILES, b"new")
    folder = Folder(str(dest))
    plan = folder.plan({**wanted, "two.yml": b"longer"})
    with monkeypatch.context() as patch:
        patch.setattr(os, function, fail)
        written = folder.apply(plan)
    assert content(dest) == {**FILES, "one.csv": b"new"}
    assert isinstance(written.error, Refused)
    assert f"dest: {dest}/two.yml cannot be written" in written.error.msg
    assert "No space left on device. 1 of 3 files were changed" in written.error.msg
    assert [one["action"] for one in written.files()] == ["updated", "failed", "pending"]
    assert written.changed and [one["after_header"] for one in written.diff()] == ["one.csv"]


def test_a_file_that_is_gone_by_itself(dest: Path) -> None:
    folder = Folder(str(dest))
    plan = folder.plan({}, FILES)
    (dest / "two.yml").unlink()
    written = folder.apply(plan)
    assert written.error is None and list(dest.iterdir()) == []


def test_a_file_that_cannot_be_removed(dest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(str(dest))
    plan = folder.plan({}, FILES)

    def fail(_path: str) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "unlink", fail)
    written = folder.apply(plan)
    assert "one.csv cannot be removed on the host that executes the module: Operation not permitted" in str(
        written.error
    )
    assert [one["action"] for one in written.files()] == ["failed", "pending", "pending"]
    assert content(dest) == FILES


def test_a_link_that_comes_in_between(dest: Path) -> None:
    folder = Folder(str(dest))
    plan = folder.plan({"one.csv": b"new", "two.yml": b"new", "three.png": b"new"})
    target = dest.parent / "target"
    target.write_bytes(b"somebody else's")
    (dest / "two.yml").unlink()
    (dest / "two.yml").symlink_to(target)
    written = folder.apply(plan)
    assert "is a symbolic link" in str(written.error)
    assert target.read_bytes() == b"somebody else's" and (dest / "two.yml").is_symlink()
    assert (dest / "three.png").read_bytes() == FILES["three.png"]


def test_a_folder_that_becomes_a_link_in_between(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "dest"))
    plan = folder.plan(FILES)
    (tmp_path / "real").mkdir()
    (tmp_path / "dest").symlink_to("real")
    assert "is a symbolic link" in str(folder.apply(plan).error)
    assert list((tmp_path / "real").iterdir()) == []


def test_a_signal_between_two_files(dest: Path) -> None:
    """A SIGTERM while the first file is written: that file is whole, the others are as they were."""
    interruption = Interruption(threading.Event())
    folder = Folder(str(dest))
    plan = folder.plan(dict.fromkeys(FILES, b"new"))
    asked = 0

    def reason() -> str | None:
        nonlocal asked
        asked += 1
        if asked == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return interruption.reason()

    with interruption:
        interruption.writing = True
        written = folder.apply(plan, reason)
    assert content(dest) == {**FILES, "one.csv": b"new"}
    assert "SIGTERM" in str(written.error) and "1 of 3 files were changed" in str(written.error)
    assert [one["action"] for one in written.files()] == ["updated", "pending", "pending"]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../a", "nul\0"])
def test_no_name_leaves_the_folder(tmp_path: Path, name: str) -> None:
    for files, obsolete in (({name: b""}, ()), ({}, (name,))):
        with pytest.raises(ValueError, match="is not the name of a file"):
            Folder(str(tmp_path)).plan(files, obsolete)


def test_whose_a_file_is(dest: Path) -> None:
    folder = Folder(str(dest))
    (dest / "link").symlink_to("one.csv")
    os.mkfifo(dest / "pipe")
    (dest / "sub").mkdir()
    names = ("two.yml", "one.csv", "link", "pipe", "sub", "none")
    assert [folder.beginning(name, 4) for name in names] == [b"zwei", b"1", None, None, None, None]


def test_a_diff_of_thousands() -> None:
    changes = [FileChange(f"{number}.html", "created") for number in range(5000)]
    diff = Written(changes, 5000).diff()
    assert len(diff) == 201 and diff[-1] == {"prepared": "and 4800 more changed files\n"}
