# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules write of their progress for the action plugin, and that nothing else is different then."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.threema.work.plugins.module_utils import _live_progress
from ansible_collections.threema.work.plugins.module_utils._live_progress import OPTION, PREFIX
from ansible_collections.threema.work.tests.generic.utils.collection import ROOT
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, calls
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

#: Those that may take long: each has to be routed as soon as there is one.
_LONG: t.Final = {
    *("activation_sheets", "contact_info", "contacts", "credential_info", "credentials", "mdm_setting_info"),
    *("mdm_settings", "report_info", "subscription_export", "user_info", "users"),
}


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> list[t.Any]:
    """Everything that is written down, without pauses."""
    written: list[t.Any] = []
    monkeypatch.setattr(_live_progress, "_PAUSE", 0)
    monkeypatch.setattr(os, "pwrite", lambda _file, record, at: written.append(json.loads(record)) or at)
    return written


class Followed:
    """Runs a module as the action plugin does."""

    def __init__(self, run: Modules, folder: Path) -> None:
        self._run, self._folder = run, folder
        self._number = 0

    def __call__(self, name: str, **options: t.Any) -> Result:
        self._number += 1
        path = self._folder / f"{PREFIX}{self._number}"
        path.touch()
        return self._run(name, **{**options, OPTION: str(path)})


@pytest.fixture
def followed(run: Modules, tmp_path: Path) -> Followed:
    return Followed(run, tmp_path)


def test_credentials(records: list[t.Any], followed: Followed, simulator: Simulator) -> None:
    """Two steps that write; what is read before them has numbers of its own, and none is of anybody."""
    add(simulator, "old1", "old2")
    people = [{"username": f"new{number}", "settings": {"th_csi": str(number)}} for number in range(3)]
    result = followed(
        "credentials", credentials=[*people, {"username": "old1", "state": "absent"}], generate_password=True
    )
    assert not result["failed"], result
    assert OPTION not in json.dumps(result)
    assert records[0] == ["credentials read", 2, 2, 0, None]
    assert records[1] == ["done", 1, 1, 0, [1, 3]]
    assert records[2:5] == [["done", number, 3, 0, [2, 3]] for number in (1, 2, 3)]
    assert [one for one in records[5:] if one[0] == "settings written"][-1] == ["settings written", 3, 3, 0, [3, 3]]
    # One request is all there is: no step with nothing done.
    assert not [one for one in records if one[1] == 0]


def test_changes_that_fail_or_are_sent_again(records: list[t.Any], followed: Followed, simulator: Simulator) -> None:
    """Each is counted once."""
    simulator.fault(method="POST", path="/credentials", kind="drop_after", skip=1)
    simulator.fault(method="POST", path="/credentials", kind="drop_before", skip=1)
    simulator.fault(method="POST", path="/credentials", kind="status", status=400, skip=2)
    people = [{"username": f"new{number}"} for number in range(5)]
    result = followed("credentials", credentials=people, generate_password=True, concurrency=1)
    assert result["summary"]["failed"] == 1
    changes = [one for one in records if one[0] == "done"]
    assert changes[-1] == ["done", 5, 5, 1, None]
    assert [one[1] for one in changes] == sorted(one[1] for one in changes)


def test_settings_that_are_rejected(records: list[t.Any], followed: Followed, simulator: Simulator) -> None:
    add(simulator, "anna", "bert", "cem")
    credentials = [{"username": name, "settings": {"th_csi": "1"}} for name in ("anna", "bert", "cem")]
    credentials[1]["settings"] = {"th_disable_calls_x": "1"}
    result = followed("mdm_settings", credentials=credentials)
    assert result["summary"]["failed"] == 1
    assert [one for one in records if one[0] == "settings written"][-1] == ["settings written", 3, 3, 1, None]


def test_what_is_read(records: list[t.Any], followed: Followed, simulator: Simulator) -> None:
    simulator.reset(credentials=7, users=3, contacts=3, directory=True, switches={"max-page-size": "3"})
    followed("credential_info", include_settings=True)
    assert [one for one in records if one[0] == "credentials read"] == [
        ["credentials read", number, 7, 0, None] for number in (3, 6, 7)
    ]
    assert ["credentials' settings read", 3, 7, 0, None] in records
    records.clear()
    followed("user_info")
    assert records == [["users read", 3, 3, 0, None]]
    records.clear()
    followed("contact_info", include_categories=True)
    assert records[-1] == ["contacts' categories read", records[0][2], records[0][2], 0, None]


@pytest.mark.parametrize("name", ["report_info", "activation_sheets", "subscription_export"])
def test_what_reads_everything(
    records: list[t.Any], followed: Followed, simulator: Simulator, tmp_path: Path, name: str
) -> None:
    """Each list is a step of its own, with numbers that end where the list does."""
    simulator.reset(credentials=7, users=3, contacts=4, switches={"max-page-size": "3"})
    result = followed(name, **({} if name == "report_info" else {"dest": str(tmp_path / "dest")}))
    assert not result["failed"], result
    ends = {words: (done, of) for words, done, of, _failed, _part in records}
    assert ends["credentials read"] == (7, 7)
    assert all(done == of for done, of in ends.values()) and all(one[1] for one in records)
    assert name == "activation_sheets" or ends["contacts read"] == (7, 7)


def test_it_changes_nothing_else(run: Modules, tmp_path: Path, simulator: Simulator) -> None:
    """Results and requests are those without, also where the file cannot be written."""
    results, sent = [], []
    for path in (None, tmp_path / f"{PREFIX}missing", tmp_path / f"{PREFIX}there"):
        simulator.reset()
        if path and "there" in path.name:
            path.touch()
        options = {OPTION: str(path)} if path else {}
        results.append(run("contacts", diff=True, contacts=[{"threema_id": "PARTNER1"}], **options))
        sent.append(calls(simulator))
    assert results[0] == results[1] == results[2]
    assert sent[0] == sent[1] == sent[2]


def test_an_option_that_a_user_sets_is_unknown(run: Modules, simulator: Simulator) -> None:
    result = run("users", users=[], state="detached", **{OPTION: "/tmp/mine"})
    assert result["failed"]
    assert "Unsupported parameters" in result["msg"]
    assert not simulator.requests()


def test_the_routing() -> None:
    """To one action plugin, of those modules, and of newer ones that write or list many."""
    routing = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))["plugin_routing"]
    assert routing.keys() == {"modules"}
    assert {one["action_plugin"] for one in routing["modules"].values()} == {"threema.work._credentials"}
    there = {path.stem for path in (ROOT / "plugins/modules").glob("*.py")}
    many = {name for name in there if name.endswith("s")}
    assert many | _LONG <= routing["modules"].keys() <= many | _LONG | {name for name in there if "_info" in name}
    assert [path.name for path in (ROOT / "plugins/action").glob("[!_]*.py")] == []
