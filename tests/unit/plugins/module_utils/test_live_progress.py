# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module writes of its progress, and that no file that is wrong disturbs it."""

from __future__ import annotations

import json
import os
import threading
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.plugins.module_utils import _live_progress
from ansible_collections.threema.work.plugins.module_utils._live_progress import (
    CHANGES,
    OPTION,
    PREFIX,
    READ,
    RECORD,
    SETTINGS_WRITTEN,
    Live,
    take_progress,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file that an action plugin makes."""
    path = tmp_path / f"{PREFIX}x"
    path.touch(0o600)
    return path


@pytest.fixture
def live(file: Path, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[Live]:
    """Followed, with each single change written down."""
    monkeypatch.setattr(_live_progress, "_PAUSE", 0)
    live = take_progress({OPTION: str(file)})
    yield live
    live.close()


def written(file: Path) -> t.Any:
    """The record, which always has one size."""
    record = file.read_bytes()
    assert len(record) == RECORD
    return json.loads(record)


def test_steps(live: Live, file: Path) -> None:
    """A list that is read in the middle of writing changes no number of it."""
    read = live.step(READ["users"])
    read.at(100, 250)
    assert written(file) == ["users read", 100, 250, 0, None]
    live.expect(2)
    writing = live.next_step(CHANGES, 3)
    writing.add()
    writing.add(failed=1)
    assert written(file) == ["done", 2, 3, 1, [1, 2]]
    live.step(READ["credentials"]).at(5000, 5000)
    assert written(file) == ["credentials read", 5000, 5000, 0, None]
    writing.add()
    assert written(file) == ["done", 3, 3, 1, [1, 2]]
    live.next_step(SETTINGS_WRITTEN, 7).add(4, 2)
    assert written(file) == ["settings written", 4, 7, 2, [2, 2]]
    # More than were expected: which one it is is not known.
    live.next_step(CHANGES, 1).add()
    assert written(file)[-1] is None


def test_a_step_that_is_alone_has_no_number(live: Live, file: Path) -> None:
    live.expect(1)
    live.next_step(CHANGES, 3).add()
    assert written(file) == ["done", 1, 3, 0, None]


def test_single_changes_are_not_written_each(file: Path) -> None:
    """Half a second apart; what was not written is in the next record."""
    live = take_progress({OPTION: str(file)})
    step = live.next_step(CHANGES, 5000)
    for _each in range(1000):
        step.add()
    assert written(file)[1] < 1000
    step.at(2000, 5000)
    assert written(file)[1] == 2000
    live.close()


def test_threads(live: Live, file: Path) -> None:
    step = live.next_step(CHANGES, 4000)
    threads = [threading.Thread(target=lambda: [step.add() for _each in range(1000)]) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert written(file) == ["done", 4000, 4000, 0, None]


def test_the_largest_numbers_fit(live: Live, file: Path) -> None:
    live.step(READ["/mdm-bulk"]).at(10**18, 10**18, 10**18)
    assert written(file)[1:4] == [10**18, 10**18, 10**18]


def _missing(path: Path) -> None:
    path.unlink()


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _link(path: Path) -> None:
    path.rename(path.with_name("other"))
    path.symlink_to("other")


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _not_empty(path: Path) -> None:
    path.write_text("kept", encoding="utf-8")


@pytest.mark.parametrize("spoil", [_missing, _folder, _link, _fifo, _not_empty])
def test_a_file_that_is_not_as_it_should_be(file: Path, spoil: t.Callable[[Path], None]) -> None:
    """Nobody is told, nothing is written, and the option is gone all the same."""
    spoil(file)
    before = sorted((one.name, one.lstat().st_size) for one in file.parent.iterdir() if not one.is_dir())
    options = {OPTION: str(file), "state": "present"}
    live = take_progress(options)
    live.next_step(CHANGES, 1).at(1, 1)
    live.close()
    assert options == {"state": "present"}
    assert before == sorted((one.name, one.lstat().st_size) for one in file.parent.iterdir() if not one.is_dir())


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has it")
def test_a_full_disk() -> None:
    live = Live(os.open("/dev/full", os.O_WRONLY))
    step = live.next_step(CHANGES, 2)
    step.at(1, 2)
    step.at(2, 2)
    live.close()


@pytest.mark.parametrize("value", [None, 7, "", "/tmp/other", f"{PREFIX}x/other", ["a"], "\0"])
def test_what_somebody_else_wrote_stays(value: t.Any) -> None:
    """So that it is rejected as an unknown option."""
    options = {OPTION: value}
    take_progress(options)
    assert options == {OPTION: value}


def test_a_name_that_cannot_be_opened() -> None:
    options = {OPTION: f"/nowhere/{PREFIX}\0"}
    take_progress(options).next_step(CHANGES, 1).at(1, 1)
    assert not options


def test_after_its_end(live: Live, file: Path) -> None:
    """The descriptor may be another file's then."""
    step = live.next_step(CHANGES, 2)
    live.close()
    step.at(1, 2)
    assert file.read_bytes() == b""
