# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files: read whole or not at all, written whole or not at all, and nothing but regular ones."""

from __future__ import annotations

import errno
import os
import socket
import stat
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.plugins.module_utils._errors import Refused
from ansible_collections.threema.work.plugins.module_utils._files import holds, read_file, write_file

OLD: t.Final = b"what was there before"


def refused(call: t.Callable[[], t.Any]) -> str:
    """The message of a refusal."""
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.msg


def left(folder: Path) -> list[str]:
    """The names in a folder."""
    return sorted(os.listdir(folder))


@pytest.fixture
def odd(tmp_path: Path) -> t.Iterator[dict[str, str]]:
    """Paths that are no regular files."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "target").write_bytes(OLD)
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        names = ("folder", "link", "dangling", "pipe", "socket")
        yield {**{name: str(tmp_path / name) for name in names}, "device": "/dev/zero", "null": "/dev/null"}


def test_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    path = str(tmp_path / "none")
    message = refused(lambda: read_file(path, "src", 10))
    assert message.endswith(": No such file or directory") and message.count(path) == 1


@pytest.mark.parametrize("length", [0, 1, 10])
def test_a_file_is_read(tmp_path: Path, length: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * length)
    (tmp_path / "link").symlink_to(path)
    for name in ("file", "link"):
        assert read_file(str(tmp_path / name), "src", 10) == b"x" * length


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 5001)
    msg = refused(lambda: read_file(str(path), "src", 5000))
    assert msg.startswith(f"src: {path}")
    assert "5,000 bytes" in msg


@pytest.mark.parametrize("name", ["folder", "dangling", "pipe", "socket", "device", "null", "missing", "nul\0"])
def test_what_cannot_be_read(odd: dict[str, str], name: str) -> None:
    msg = refused(lambda: read_file(odd.get(name, name), "src", 100))
    assert msg.startswith("src: ")
    assert "on the host that executes the module" in msg
    assert "None" not in msg


@pytest.mark.parametrize("call", [lambda path: holds(path, OLD), lambda path: write_file(path, b"new")])
@pytest.mark.parametrize("name", ["folder", "link", "dangling", "pipe", "socket", "device"])
def test_what_is_no_regular_file_is_left_alone(
    odd: dict[str, str], tmp_path: Path, name: str, call: t.Callable[[str], t.Any]
) -> None:
    before = left(tmp_path)
    msg = refused(lambda: call(odd[name]))
    assert msg.startswith(f"dest: {odd[name]} is ")
    kinds = {"link": "symbolic link", "dangling": "symbolic link", "folder": "directory"}
    assert kinds.get(name, "not a regular file") in msg
    assert left(tmp_path) == before
    assert (tmp_path / "target").read_bytes() == OLD
    assert stat.S_IFMT(os.lstat(odd["pipe"]).st_mode) == stat.S_IFIFO


@pytest.mark.parametrize(
    ("there", "expected"), [(None, False), (OLD, True), (OLD[:-1], False), (OLD + b"!", False), (b"", False)]
)
def test_whether_a_file_holds_something(tmp_path: Path, there: bytes | None, expected: bool) -> None:
    path = tmp_path / "file"
    if there is not None:
        path.write_bytes(there)
    assert holds(str(path), OLD) is expected


@pytest.mark.parametrize("there", [None, OLD])
@pytest.mark.parametrize(("options", "mode"), [({}, 0o600), ({"mode": 0o644}, 0o644)])
def test_a_file_is_written(tmp_path: Path, there: bytes | None, options: dict[str, int], mode: int) -> None:
    path = tmp_path / "file"
    if there is not None:
        path.write_bytes(there)
        path.chmod(0o666)
        os.link(path, tmp_path / "other")
    mask = os.umask(0o077)
    try:
        write_file(str(path), b"new", **options)
    finally:
        os.umask(mask)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == mode
    if there is not None:
        # A new file took the name; what else the old one is called stays.
        assert (tmp_path / "other").read_bytes() == OLD
    assert left(tmp_path) == (["file"] if there is None else ["file", "other"])


def test_a_file_beside_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_file("file", b"new")
    assert left(tmp_path) == ["file"]


@pytest.mark.parametrize("there", [None, OLD])
@pytest.mark.parametrize("function", ["fsync", "replace", "fchmod"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()], ids=repr)
def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bytes | None, function: str, error: BaseException
) -> None:
    path = tmp_path / "file"
    if there is not None:
        path.write_bytes(there)
    before = left(tmp_path)

    def fail(*_args: t.Any) -> None:
        # Readable to its owner alone from its first moment, and never in place before it is whole.
        new = [name for name in left(tmp_path) if name not in before]
        assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in new] in ([0o600], [0o644])
        assert path.read_bytes() == there if there is not None else not path.exists()
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, function, fail)
        if isinstance(error, OSError):
            assert "No space left" in refused(lambda: write_file(str(path), b"new", 0o644))
        else:
            with pytest.raises(KeyboardInterrupt):
                write_file(str(path), b"new", 0o644)
    assert left(tmp_path) == before
    assert there is None or path.read_bytes() == there


def test_it_is_on_the_disk_before_it_takes_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    for name in ("fchmod", "fsync", "replace"):
        original = getattr(os, name)

        def note(*args: t.Any, name: str = name, original: t.Any = original) -> None:
            if name == "fsync":
                assert os.fstat(args[0]).st_size == 3
            done.append(name)
            original(*args)

        monkeypatch.setattr(os, name, note)
    write_file(str(tmp_path / "file"), b"new")
    assert done == ["fchmod", "fsync", "replace"]


@pytest.mark.parametrize("path", ["/no/such/folder/file", "nul\0", "a" * 300])
def test_what_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.chdir(tmp_path)
    msg = refused(lambda: write_file(path, b"new", option="report_dest"))
    assert msg.startswith("report_dest: ")
    assert msg.isprintable()
    assert left(tmp_path) == []
