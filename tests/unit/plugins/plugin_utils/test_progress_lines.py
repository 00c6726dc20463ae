# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which lines of progress are shown, and when; and that nothing that is wrong disturbs the task."""

from __future__ import annotations

import json
import os
import signal
import threading
import typing as t
from pathlib import Path
from types import SimpleNamespace

import pytest
from ansible import constants
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.plugins.connection.local import Connection
from ansible_collections.threema.work.plugins.module_utils._live_progress import OPTION, PREFIX, RECORD
from ansible_collections.threema.work.plugins.plugin_utils import _progress
from ansible_collections.threema.work.plugins.plugin_utils._progress import (
    ActionWithProgress,
    Follower,
    Pace,
    Record,
    duration,
    interval_of,
    record_of,
)


@pytest.mark.parametrize(
    ("value", "interval"),
    [
        *((value, 5.0) for value in (None, "", " ", "true", "True", "yes", "on", " ON ", True)),
        *((value, 1.0) for value in (1, "1", 0.2, "0.2")),
        *((value, 30.0) for value in (30, "30", "30.0")),
        *((value, None) for value in (False, "false", "no", "off", 0, "0", -1, "-5", "nan", "inf", "often", [], {})),
    ],
)
def test_the_switch(value: t.Any, interval: float | None) -> None:
    assert interval_of(value) == interval


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.1, "1 s"), (16.6, "17 s"), (99.4, "99 s"), (130, "2 min"), (5900, "98 min"), (7300, "2 h")],
)
def test_durations(seconds: float, told: str) -> None:
    assert duration(seconds) == told


def _written(*record: t.Any) -> bytes:
    return json.dumps(record).encode().ljust(RECORD)


@pytest.mark.parametrize(
    "written",
    [
        *(b"", b"[]", b"\0" * RECORD, b"x" * RECORD, b" " * RECORD, b"7".ljust(RECORD), b"[" * RECORD),
        _written("done", 1, 2, 0, None) + b" ",
        _written("done", 1, 2, 0, None)[:-1],
        _written("sommer.anna", 1, 2, 0, None),
        _written(["done"], 1, 2, 0, None),
        _written("done", "1", 2, 0, None),
        _written("done", 1, 2.5, 0, None),
        _written("done", -1, 2, 0, None),
        _written("done", True, 2, 0, None),
        _written("done", 1, 2, None, None),
        _written("done", 1, 2, 0, [1]),
        _written("done", 1, 2, 0, ["1", 2]),
        _written("done", 1, 2, 0),
    ],
)
def test_what_is_no_record(written: bytes) -> None:
    assert record_of(written) is None


def test_a_record() -> None:
    assert record_of(_written("done", 1, 2, 0, [1, 2])) == Record("done", 1, 2, 0, (1, 2))
    assert record_of(_written("users read", 1, None, 0, None)) == Record("users read", 1, None, 0, None)


def _shown(interval: float, end: int, record_at: t.Callable[[int], Record | None]) -> dict[int, str]:
    """The lines of so many seconds, by their second."""
    pace = Pace(interval, 0.0)
    lines = ((now, pace.line(record_at(now), float(now))) for now in range(1, end))
    return {now: line for now, line in lines if line}


def test_when_lines_come() -> None:
    """None before 10 s; one per 5 s in the first minute, per 50 s after ten minutes, per 5 min after an hour."""
    shown = list(_shown(5, 8000, lambda now: Record("done", now, 9000, 0, None)))
    assert shown[0] == 10
    gaps = {shown[index]: shown[index + 1] - shown[index] for index in range(len(shown) - 1)}
    assert {gap for second, gap in gaps.items() if second < 55} == {5}
    assert all(45 <= gap <= 60 for second, gap in gaps.items() if 590 <= second <= 660)
    assert all(290 <= gap <= 340 for second, gap in gaps.items() if 3550 <= second <= 3950)
    assert list(gaps.values()) == sorted(gaps.values())


def test_an_interval_of_ones_own() -> None:
    assert list(_shown(1, 8, lambda now: Record("done", now, 90, 0, None))) == [2, 3, 4, 5, 6, 7]


def test_no_line_without_a_record_or_where_a_step_is_done() -> None:
    assert _shown(1, 60, lambda now: None) == {}
    assert _shown(1, 60, lambda now: Record("done", 7, 7, 0, None)) == {}
    assert _shown(1, 60, lambda now: Record("done", 0, 0, 0, None)) == {}


@pytest.mark.parametrize(
    ("second", "record_at", "line"),
    [
        (20, lambda now: Record("done", now * 40, 1000, 0, None), "800 of 1000 done, 40 a second, about 5 s left"),
        (
            20,
            lambda now: Record("done", now * 40, 1000, 3, None),
            "800 of 1000 done, 3 with an error, 40 a second, about 5 s left",
        ),
        (20, lambda now: Record("done", now // 2, 400, 0, None), "10 of 400 done, 32 a minute, about 12 min left"),
        (
            40,
            lambda now: Record("credentials read", min(now, 15), 60, 0, None),
            "15 of 60 credentials read, nothing new for 25 s",
        ),
        (20, lambda now: Record("users read", 500, None, 0, None), "500 users read, nothing new for 19 s"),
        # The rest of the first step is not the rest; that of the last one is.
        (20, lambda now: Record("done", now * 40, 1000, 0, (1, 2)), "800 of 1000 done, 1 of 2 steps, 40 a second"),
        (
            20,
            lambda now: Record("settings written", now, 40, 0, (2, 2)),
            "20 of 40 settings written, 2 of 2 steps, 1 a second, about 20 s left",
        ),
        # What another step did is not its rate.
        (
            20,
            lambda now: (
                Record("done", 900, 1000, 0, (1, 2))
                if now < 16
                else Record("settings written", (now - 15) * 10, 900, 0, (2, 2))
            ),
            "50 of 900 settings written, 2 of 2 steps, 10 a second, about 85 s left",
        ),
        # A list that is read a second time begins anew.
        (
            20,
            lambda now: Record("credentials read", now * 5 if now < 12 else (now - 10) * 10, 900, 0, None),
            "100 of 900 credentials read, 10 a second, about 80 s left",
        ),
    ],
)
def test_a_line(second: int, record_at: t.Callable[[int], Record], line: str) -> None:
    assert _shown(5, second + 1, record_at)[second] == line


class Action(ActionWithProgress):
    """As Ansible makes it, for a module that is not run."""

    def __init__(self, task: t.Any, connection: t.Any) -> None:
        self._task, self._connection = task, connection
        self._templar = SimpleNamespace(template=self._template)

    @staticmethod
    def _template(value: t.Any) -> t.Any:
        if value == "{{ missing }}":
            raise ValueError("undefined")
        return value


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, t.Any]]:
    """What the modules got, each time that one was run."""
    calls: list[dict[str, t.Any]] = []

    def execute(_self: t.Any, **kwargs: t.Any) -> dict[str, t.Any]:
        path = (kwargs.get("module_args") or {}).get(OPTION)
        calls.append({**kwargs, "file": path and Path(path).stat().st_size})
        if kwargs["task_vars"].get("fails"):
            raise RuntimeError("module")
        return {"changed": True}

    monkeypatch.setattr(NormalAction, "_execute_module", execute)
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.delenv("THREEMA_WORK_PROGRESS", raising=False)
    return calls


def _action(**task: t.Any) -> Action:
    whole = {"args": {"state": "present"}, "async_val": 0, "action": "threema.work.users", "delegate_to": None, **task}
    return Action(SimpleNamespace(**whole), object.__new__(Connection))


def test_a_module_that_is_followed(ran: list[dict[str, t.Any]], tmp_path: Path) -> None:
    action = _action()
    assert action._execute_module(task_vars={}, wrap_async=False) == {"changed": True}
    (call,) = ran
    assert os.path.basename(call["module_args"].pop(OPTION)).startswith(PREFIX)
    assert call == {"task_vars": {}, "wrap_async": False, "module_args": {"state": "present"}, "file": 0}
    assert action._task.args == {"state": "present"}
    assert not list(tmp_path.iterdir())


def test_a_module_that_raises(ran: list[dict[str, t.Any]], tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="module"):
        _action()._execute_module(task_vars={"fails": True})
    assert len(ran) == 1
    assert not list(tmp_path.iterdir())
    assert threading.active_count() == 1 or not any(one.name.startswith("threema") for one in threading.enumerate())


@pytest.mark.parametrize(
    ("task", "variables", "environment"),
    [
        ({"async_val": 10}, {}, None),
        ({"args": {OPTION: "/x"}}, {}, None),
        ({}, {"threema_work_progress": False}, None),
        ({}, {"threema_work_progress": "{{ missing }}"}, None),
        ({}, {"threema_work_progress": "no"}, "yes"),
        ({}, {}, "0"),
    ],
)
def test_a_module_that_is_not(
    ran: list[dict[str, t.Any]], monkeypatch: pytest.MonkeyPatch, task: t.Any, variables: t.Any, environment: str | None
) -> None:
    """It gets what it would get without progress, once."""
    if environment:
        monkeypatch.setenv("THREEMA_WORK_PROGRESS", environment)
    _action(**task)._execute_module(task_vars=variables)
    assert ran == [{"task_vars": variables, "file": None}]


def test_another_connection(ran: list[dict[str, t.Any]]) -> None:
    action = _action()
    action._connection = SimpleNamespace(transport="ssh")
    action._execute_module(task_vars={})
    assert ran == [{"task_vars": {}, "file": None}]


def test_another_action_plugin_that_runs_it(ran: list[dict[str, t.Any]]) -> None:
    _action()._execute_module(module_name="threema.work.users", module_args={}, task_vars={})
    assert ran == [{"module_name": "threema.work.users", "module_args": {}, "task_vars": {}, "file": None}]


def test_no_folder(ran: list[dict[str, t.Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / "missing"))
    _action()._execute_module(task_vars={})
    assert ran == [{"task_vars": {}, "file": None}]


def test_no_thread(ran: list[dict[str, t.Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", broken)
    assert _action()._execute_module(task_vars={}) == {"changed": True}
    assert len(ran) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_a_line_is_on_its_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sent: signal.Signals
) -> None:
    """It waits for the line, and is then what it was: a worker that ends in it would keep the lock of all lines."""
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.setattr(_progress, "_LOOK", 0.001)
    happened: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def show(_line: str) -> None:
        begun.set()
        go_on.wait(0.1)
        happened.append("shown")

    before = signal.signal(sent, lambda *_args: happened.append("signal"))
    try:
        with Follower(Pace(0.001, 0.0), show) as follower:
            Path(follower.path).write_bytes(_written("done", 3, 9, 0, None))
            assert begun.wait(10)
            os.kill(os.getpid(), sent)
        assert happened == ["shown", "signal"]
        os.kill(os.getpid(), sent)
        assert happened == ["shown", "signal", "signal"]
    finally:
        signal.signal(sent, before)


@pytest.mark.parametrize("show_fails", [False, True])
def test_what_is_shown_of_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, show_fails: bool) -> None:
    """The name is gone as soon as the module wrote, and a display that fails ends the following only."""
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.setattr(_progress, "_LOOK", 0.001)
    shown, seen = [], threading.Event()

    def show(line: str) -> None:
        shown.append(line)
        seen.set()
        if show_fails:
            raise OSError("closed")

    with Follower(Pace(0.001, 0.0), show) as follower:
        assert Path(follower.path).stat().st_mode & 0o777 == 0o600
        Path(follower.path).write_bytes(_written("done", 3, 9, 0, None))
        assert seen.wait(10)
        assert not list(tmp_path.iterdir())
    assert shown[0].startswith("3 of 9 done")
    assert not show_fails or len(shown) == 1
