# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text of others: what a terminal obeys, and what cannot be seen, is shown escaped."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from ansible_collections.threema.work.plugins.module_utils._text import shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("Özlem Küçük, 東京 \U0001f600", "Özlem Küçük, 東京 \U0001f600"),
        ("a\u00a0b", "a\u00a0b"),
        ("ann\x1b]0;PWNED\x07\x1b[2J\nfatal: fake", "ann\\x1b]0;PWNED\\x07\\x1b[2J\\nfatal: fake"),
        ("a\tb\rc\x00\x7f\x9bd", "a\\tb\\rc\\x00\\x7f\\x9bd"),
        ("bob\u202ecod\u200b\u00ad\ufeff", "bob\\u202ecod\\u200b\\xad\\ufeff"),
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("\U000e0041", "\\U000e0041"),
        ("half \ud800", "half \\ud800"),
        ("C:\\new", "C:\\new"),
    ],
)
def test_shown(text: str, expected: str) -> None:
    assert shown(text) == expected
    assert shown(expected) == expected


def test_every_character() -> None:
    for code in range(sys.maxunicode + 1):
        one = chr(code)
        category = unicodedata.category(one)
        if category in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            assert shown(one).isascii() and shown(one).isprintable(), hex(code)
        else:
            assert shown(one) == one, hex(code)
