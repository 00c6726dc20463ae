# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings that somebody typed, one per line."""

from __future__ import annotations

import pytest
from ansible_collections.threema.work.plugins.plugin_utils._settings_text import SettingsTextError, read_settings


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("010", "010"),
        ("a: b", "a: b"),
        ("'007'", "007"),
        ('"a b"', "a b"),
        ("''", ""),
        ('""', ""),
        ("'it's here'", "it's here"),
        # What is no pair around the whole value belongs to it.
        ("please use 'long words'", "please use 'long words'"),
        ("'long words' please", "'long words' please"),
        ("O'Neil'", "O'Neil'"),
        ("'x", "'x"),
        ("'", "'"),
        ("'x\"", "'x\""),
        ("'yes' or 'no'", "'yes' or 'no'"),
        ("\u201ex\u201c", "\u201ex\u201c"),
        ("# x", "# x"),
    ],
)
def test_a_value_is_taken_as_it_is(typed: str, value: str) -> None:
    for blank in ("", " ", "\t "):
        assert read_settings(f"\n# a comment\r\n  th_csi{blank}:{blank}{typed}{blank}\r") == {"th_csi": value}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("th_csi", "line 1 (th_csi): there is no colon"),
        ("# x\n\nth_csi = 1", "line 3 (th_csi): there is no colon"),
        ("th_csi:", "line 1 (th_csi): there is no value"),
        ("TH_csi: 1", "line 1: the part before the colon is not the name"),
        ("th_Csi: 1", "line 1 (th_Csi): the part before the colon is not the name"),
        ("th_csi: 1\rth_nickname: 2\rth_csi: 1", "line 3 (th_csi): it is already in line 1"),
    ],
)
def test_a_wrong_line_is_named(text: str, problem: str) -> None:
    with pytest.raises(SettingsTextError) as caught:
        read_settings(text)
    assert problem in str(caught.value)


def test_all_wrong_lines_are_named_and_no_value() -> None:
    with pytest.raises(SettingsTextError) as caught:
        read_settings("th_csi se9cret\nse9cret: 1\nth_csi: se9cret\nth_csi: se9cret\nse9cret")
    assert [number for number in range(1, 6) if f"line {number}" in str(caught.value)] == [1, 2, 3, 4, 5]
    assert "line 3 (" not in str(caught.value)
    assert "se9cret" not in str(caught.value)
