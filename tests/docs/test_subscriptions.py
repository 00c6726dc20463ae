# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide to several subscriptions, with one simulator for each, and with keys that were mixed up."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from ansible_collections.threema.work.tests.generic.utils.cases import prepare, send
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .pages import blocks_of
from .stage import Shown, Stage

_PAGE: t.Final = "docs/docsite/rst/guide_subscriptions.rst"
_FILES: t.Final = {block.file: block.text for block in blocks_of(_PAGE) if block.file}
_HOSTS: t.Final = yaml.safe_load(_FILES["subscriptions.yml"])["all"]["hosts"]
_SETTINGS: t.Final = {"th_disable_export": True, "th_disable_save_to_gallery": True, "th_keep_messages_days": 365}


@pytest.fixture(scope="module")
def others() -> t.Iterator[list[Simulator]]:
    """The subscriptions besides that of the stage."""
    with Simulator() as school, Simulator() as test:
        yield [school, test]


def _play(stage: Stage, simulators: dict[str, Simulator], mixed_up: t.Sequence[str] = ()) -> Shown:
    """
    Run the guide's last command, with one simulator for each host of its inventory.

    :param mixed_up: two hosts, each of which has what belongs to the other.
    """
    for host, simulator in simulators.items():
        prepare(simulator, {})
        send(simulator, {"method": "PUT", "path": "/", "json": {"name": _HOSTS[host]["expect_subscription"]}})
        simulator.forget_requests()
    stage.lay_out(_PAGE)
    # The simulators have one key but different addresses; subscriptions have one address but different keys.
    holder = dict(simulators) | dict(zip(mixed_up, [simulators[host] for host in reversed(mixed_up)], strict=True))
    keys = {f"{host}_api_key": simulator.key for host, simulator in simulators.items()}
    (stage.folder / "keys.yml").write_text(yaml.safe_dump(keys), encoding="utf-8")
    folder = stage.folder / "host_vars"
    folder.mkdir()
    for host, simulator in holder.items():
        (folder / host).with_suffix(".yml").write_text(f"address: {simulator.url}\n", encoding="utf-8")
    playbook = stage.folder / "all-subscriptions.yml"
    (text, key) = (playbook.read_text(encoding="utf-8"), '      api_key: "{{ threema_work_api_key }}"\n')
    assert text.count(key) == 1
    playbook.write_text(text.replace(key, f'{key}      api_url: "{{{{ address }}}}"\n'), encoding="utf-8")
    return stage.run("ansible-playbook -i subscriptions.yml all-subscriptions.yml", {})


@pytest.fixture
def simulators(stage: Stage, others: list[Simulator]) -> dict[str, Simulator]:
    """One for each host of the inventory."""
    return dict(zip(_HOSTS, [stage.simulator, *others], strict=True))


def test_each_subscription_is_configured(stage: Stage, simulators: dict[str, Simulator]) -> None:
    shown = _play(stage, simulators)
    assert shown.code == 0, shown.output
    assert {host: one.state()["settings"] for host, one in simulators.items()} == dict.fromkeys(_HOSTS, _SETTINGS)


def test_keys_that_were_mixed_up_write_nothing(stage: Stage, simulators: dict[str, Simulator]) -> None:
    shown = _play(stage, simulators, ["hospital", "test"])
    assert shown.code == 2, shown.output
    settings = {host: one.state()["settings"] for host, one in simulators.items()}
    assert settings == {"hospital": {}, "school": _SETTINGS, "test": {}}
