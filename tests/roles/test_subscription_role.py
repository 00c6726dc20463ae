# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role subscription, each scene on a subscription of its own."""

from __future__ import annotations

import hashlib
import struct
import typing as t
import zlib
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.roles.stage import Host, Object, Outcome, Pool, run_role
from ansible_collections.threema.work.tests.support.modules import execute
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

PRESENT: t.Final = {"th_disable_export": True, "th_block_unknown": True, "th_keep_messages_days": 30}
WANTED: t.Final = {"th_disable_export": "yes", "th_keep_messages_days": "365", "th_safe_password": "a secret word"}
STORED: t.Final = {"th_disable_export": True, "th_keep_messages_days": 365, "th_safe_password": "a secret word"}


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture(shade: int) -> bytes:
    """The smallest PNG that is large enough."""
    header = struct.pack(">IIBBBBB", 680, 80, 8, 0, 0, 0, 0)
    rows = (b"\x00" + bytes([shade]) * 680) * 80
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def scenes(folder: Path) -> dict[str, Object]:
    """The variables of each scene."""
    (folder / "light.png").write_bytes(picture(10))
    (folder / "dark.png").write_bytes(picture(20))
    (folder / "text.png").write_text("no picture", encoding="utf-8")
    logos = {"subscription_logo_light": f"{folder}/light.png", "subscription_logo_dark": f"{folder}/dark.png"}
    everything = {"subscription_name": "Example Clinic", "subscription_settings": WANTED, **logos}
    return {
        "everything": everything,
        "pruned": {**everything, "subscription_settings_prune": True},
        "check": {**everything, "subscription_settings_prune": True},
        "nothing": {"subscription_name": None, "subscription_logo_light": None, "subscription_settings": None},
        "ignored": {
            "subscription_name": "",
            "subscription_logo_light": "",
            "subscription_settings_text": "",
            "subscription_ignore_empty": True,
        },
        "text": {"subscription_settings_text": "th_csi: '007'\n# x\nth_keep_messages_days: 90"},
        "empty": {**everything, "subscription_name": ""},
        "empty-logo": {**everything, "subscription_logo_dark": ""},
        "long-name": {**everything, "subscription_name": "x" * 257},
        "no-logo": {**everything, "subscription_logo_dark": "nowhere.png"},
        "no-picture": {**everything, "subscription_logo_dark": f"{folder}/text.png"},
        "wrong-setting": {**everything, "subscription_settings": {"th_disable_export": "perhaps"}},
        "wrong-line": {**logos, "subscription_settings_text": "th_csi: 1\nth_nickname"},
        "prune-nothing": {"subscription_settings": {}, "subscription_settings_prune": True},
        "limit": {
            "subscription_settings": {"th_disable_export": False},
            "subscription_settings_prune": True,
            "subscription_max_removals": 1,
        },
        "light-refused": everything,
        "number": {"subscription_name": 2026},
        "wrong": {"subscription_settings": "th_disable_export"},
    }


@pytest.fixture(scope="module")
def hosts(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Host]:
    """Subscriptions with people, contacts and three global settings."""
    variables = scenes(tmp_path_factory.mktemp("logos"))
    hosts = {}
    for (name, values), simulator in zip(variables.items(), pool.lend(len(variables))):
        simulator.reset(credentials=2, users=1, contacts=1)
        _set(simulator)
        if name == "light-refused":
            simulator.fault(method="PUT", path="/logos/light", kind="status", status=400, times=None)
        hosts[name] = Host(simulator, values, check=name == "check")
    return hosts


def _set(simulator: Simulator) -> None:
    options = {"api_url": simulator.url, "api_key": simulator.key, "settings": PRESENT}
    assert execute("mdm_settings", options)["changed"]


@pytest.fixture(scope="module")
def first(hosts: dict[str, Host], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """All scenes."""
    return run_role("subscription", tmp_path_factory.mktemp("first"), hosts, (), "-vvv", "--diff")


@pytest.fixture(scope="module")
def second(
    hosts: dict[str, Host], first: dict[str, Outcome], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Outcome]:
    """Those that changed something, again."""
    again = {name: hosts[name] for name in ("everything", "pruned")}
    return run_role("subscription", tmp_path_factory.mktemp("second"), again, ())


@pytest.mark.parametrize(("name", "settings"), [("everything", {**PRESENT, **STORED}), ("pruned", STORED)])
def test_it_is_as_described_and_the_rest_is_left_alone(first: dict[str, Outcome], name: str, settings: Object) -> None:
    one = first[name]
    assert one.failure is None
    assert one.after["subscription"] == {**one.before["subscription"], "name": "Example Clinic"}
    assert one.after["settings"] == settings
    shown = {variant: logo["sha256"] for variant, logo in one.after["logos"].items()}
    assert shown == {
        "light": hashlib.sha256(picture(10)).hexdigest(),
        "dark": hashlib.sha256(picture(20)).hexdigest(),
    }
    described = ("subscription", "settings", "logos")
    assert {**one.after, **{key: one.before[key] for key in described}} == one.before


@pytest.mark.parametrize("name", ["everything", "pruned"])
def test_running_again_changes_nothing(second: dict[str, Outcome], name: str) -> None:
    one = second[name]
    assert one.failure is None
    assert not one.writes
    # Only the file with the result of this run is new.
    assert one.output.split(f"\n{name} ", 1)[1].split("changed=", 1)[1].split()[0] == "1"


def test_check_mode_writes_nothing_and_predicts(first: dict[str, Outcome]) -> None:
    one = first["check"]
    assert one.failure is None
    assert set(one.methods) == {"GET"}
    assert one.after == one.before
    # Name, two logos, settings, and the file with the result.
    assert one.output.split("\ncheck ", 1)[1].split("changed=", 1)[1].split()[0] == "5"


@pytest.mark.parametrize("name", ["nothing", "ignored"])
def test_what_is_not_given_is_not_even_looked_at(first: dict[str, Outcome], name: str) -> None:
    assert first[name].failure is None
    assert first[name].requests == []


def test_settings_may_be_text(first: dict[str, Outcome]) -> None:
    assert first["text"].failure is None
    assert first["text"].after["settings"] == {**PRESENT, "th_csi": "007", "th_keep_messages_days": 90}


def test_the_name_is_last_and_nothing_is_asked_twice(first: dict[str, Outcome]) -> None:
    calls = [(one["method"], one["path"].removeprefix("/api/v1")) for one in first["everything"].requests]
    assert calls == [
        ("GET", "/mdm"),
        *[("POST", "/mdm")] * 2,
        *(("GET", "/logos/light"), ("PUT", "/logos/light")),
        *(("GET", "/logos/dark"), ("PUT", "/logos/dark")),
        *(("GET", "/"), ("PUT", "/")),
    ]


def test_what_the_service_refuses_ends_it_and_the_name_is_kept(first: dict[str, Outcome]) -> None:
    one = first["light-refused"]
    assert str(one.failure).startswith("Set the logo for light backgrounds: ")
    assert "Changes made before this task are kept" in str(one.failure)
    assert one.after["settings"] == {**PRESENT, **STORED}
    assert (one.after["subscription"], one.after["logos"]) == (one.before["subscription"], one.before["logos"])


def test_it_shows_what_was_done_and_where(first: dict[str, Outcome], hosts: dict[str, Host]) -> None:
    shown = [
        f"{hosts['everything'].simulator.url.split('/')[2]}, 9 requests, no expected subscription was named",
        "name: Example Clinic, updated",
        "logo for light backgrounds: updated",
        "logo for dark backgrounds: updated",
        "global settings: 1 created, 1 updated, 1 unchanged",
        "th_keep_messages_days: updated",
        "th_safe_password: created",
    ]
    text = " ".join(first["everything"].output.split())
    assert ", ".join(f'"{line}"' for line in shown) in text


def test_a_number_is_a_name_too(first: dict[str, Outcome]) -> None:
    assert first["number"].after["subscription"]["name"] == "2026"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("prune-nothing", "prune"),
        ("limit", "the plan removes 2, and subscription_max_removals allows 1"),
        ("limit", "set subscription_max_removals to at least 2"),
        ("wrong", "subscription_settings"),
        ("empty", "subscription_name is empty; leave it out"),
        ("empty-logo", "subscription_logo_dark is empty; leave it out"),
        ("long-name", "subscription_name has 257 characters; 1 to 256 are allowed"),
        ("no-logo", "subscription_logo_dark refers to a file that does not exist: nowhere.png. Tried: "),
        ("no-logo", "/nowhere.png. Nothing was written"),
        ("no-picture", "text.png: the image must be a PNG file"),
        ("wrong-setting", "th_disable_export takes a boolean"),
        ("wrong-line", "line 2 (th_nickname): there is no colon"),
    ],
)
def test_refused_before_the_first_write(first: dict[str, Outcome], name: str, part: str) -> None:
    one = first[name]
    assert part in str(one.failure)
    assert not one.writes
    assert one.after == one.before


def test_a_secret_setting_is_not_in_the_output(first: dict[str, Outcome]) -> None:
    output = first["everything"].output
    assert "th_keep_messages_days" in output
    # The inventory of this test is no output; a module's invocation and results are.
    assert STORED["th_safe_password"] not in output
