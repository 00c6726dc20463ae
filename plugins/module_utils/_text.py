# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Text from a service or a list, made safe for a terminal."""

from __future__ import annotations

import json
import typing as t
import unicodedata

#: Control characters, invisible characters, halves of characters, and separators of lines and paragraphs: a terminal
#: interprets some of them, others hide or reorder the text next to them, or start a line that looks like Ansible's own.
_ESCAPED: t.Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
#: Longer than any name of the documented length (256 characters).
_MAX_EXTRACT: t.Final = 300
#: Longest message; ten names of 256 characters with their reasons fit into it.
MAX_MESSAGE: t.Final = 10_000
_SHORT: t.Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def shown(text: str) -> str:
    r"""The text with invisible characters and those that a terminal interprets escaped, such as ``\x1b`` or ``\u202e``.

    Escaping a text again does not change it.
    """
    # Characters that have to be escaped are not printable, and nearly every text is.
    if text.isprintable():
        return text
    return "".join(_escaped(one) if unicodedata.category(one) in _ESCAPED else one for one in text)


def spelled(name: str) -> str:
    """A name next to one that looks the same: combining marks are escaped, leading and trailing blanks are visible."""
    text = shown(name)
    if not unicodedata.is_normalized("NFC", text):
        text = "".join(_escaped(one) if unicodedata.combining(one) else one for one in text)
    return text if text == text.strip() else repr(text)


def extract(text: str) -> str:
    """The beginning of a text of arbitrary length from a service, short enough for a message."""
    return shown(text if len(text) <= _MAX_EXTRACT else f"{text[:_MAX_EXTRACT]}\u2026")


def sentence(text: str) -> str:
    """A message that is safe for a terminal; the middle is omitted if text from a service makes it too long."""
    whole = shown(text)
    return whole if len(whole) <= MAX_MESSAGE else f"{whole[: MAX_MESSAGE - 1500]} \u2026 {whole[-1000:]}"


def _escaped(character: str) -> str:
    code = ord(character)
    long = f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
    return _SHORT.get(character) or (f"\\x{code:02x}" if code <= 0xFF else long)


def as_lines(fields: t.Mapping[str, t.Any]) -> str:
    """A line for each field, sorted, for a diff; Ansible would print a dictionary with escapes in place of umlauts."""
    flat = {**fields, **fields.get("settings", {})}
    flat.pop("settings", None)
    return "".join(f"{shown(name)}: {_value(flat[name])}\n" for name in sorted(flat))


def _value(value: t.Any) -> str:
    return shown(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
