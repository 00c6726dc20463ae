# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checking the description of a subscription without the service."""

from __future__ import annotations

import base64
import os
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.plugins.plugin_utils._description import check_description
from ansible_collections.threema.work.tests.roles.test_subscription_role import picture


def _find(path: str) -> tuple[str | None, list[str]]:
    return (path, []) if os.path.exists(path) else (None, ["/first/place", "/second/place"])


def _problems(given: dict[str, t.Any], *, ignore_empty: bool = False) -> list[str]:
    return check_description(given, _find, ignore_empty=ignore_empty)["problems"]


def test_what_is_right_is_returned(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(picture(1))
    given = {
        "subscription_name": 2026,
        "subscription_logo_dark": str(tmp_path / "logo.png"),
        "subscription_settings": {"th_disable_export": "yes"},
    }
    assert check_description(given, _find, ignore_empty=False) == {
        "problems": [],
        "name": "2026",
        "logos": {"subscription_logo_dark": base64.b64encode(picture(1)).decode()},
        "settings": {"th_disable_export": "yes"},
    }


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"subscription_name": "x" * 257}, "subscription_name has 257 characters; 1 to 256 are allowed"),
        ({"subscription_name": ["x"]}, "subscription_name is not a string"),
        ({"subscription_logo_light": "nowhere"}, "nowhere. Tried: /first/place, /second/place"),
        ({"subscription_logo_light": 7}, "subscription_logo_light is not the path of a PNG file"),
        ({"subscription_logo_dark": "text"}, "the image must be a PNG file"),
        ({"subscription_logo_dark": "small.png"}, "the image must be a PNG file, but this is empty"),
        ({"subscription_logo_dark": "pipe"}, "it is not a regular file"),
        ({"subscription_logo_dark": "large"}, "larger than 10000000 bytes"),
        ({"subscription_logo_dark": "."}, "cannot be read"),
        ({"subscription_settings": {"th_disable_export": "perhaps"}}, "th_disable_export takes a boolean"),
        ({"subscription_settings": "se9cret"}, "subscription_settings is not a dictionary"),
        ({"subscription_settings": ["se9cret"]}, "subscription_settings is not a dictionary"),
        ({"subscription_settings": {"th_safe_password": "se9cret"}}, "th_safe_password"),
        ({"subscription_settings_text": "th_disable_export: perhaps"}, "th_disable_export takes a boolean"),
        (
            {"subscription_settings": {"th_csi": 1}, "subscription_settings_text": "th_csi: 1"},
            "subscription_settings_text and subscription_settings exclude each other",
        ),
        (
            {"subscription_settings": {}, "subscription_settings_text": "th_csi: 1"},
            "Set either subscription_settings or subscription_settings_text",
        ),
    ],
)
def test_what_is_wrong_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, t.Any], problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text").write_text("se9cret", encoding="utf-8")
    (tmp_path / "small.png").write_bytes(b"")
    (tmp_path / "large").write_bytes(b"\0" * 10_000_001)
    os.mkfifo(tmp_path / "pipe")
    (told,) = _problems(given)
    assert told.startswith(tuple(given)) and problem in told
    assert "se9cret" not in told


@pytest.mark.parametrize(
    "name",
    [
        "subscription_name",
        "subscription_logo_light",
        "subscription_logo_dark",
        "subscription_settings",
        "subscription_settings_text",
    ],
)
def test_an_empty_text_is_refused_or_counts_as_not_given(name: str) -> None:
    assert _problems({name: None}) == []
    assert _problems({name: ""}) == [f"{name} is empty; leave it out to keep the current state"]
    assert _problems({name: " "}, ignore_empty=True) == []


def test_all_problems_at_once() -> None:
    assert len(_problems({"subscription_name": "", "subscription_logo_dark": "x", "subscription_settings": 1})) == 3
