# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Text of a service or a list, as a terminal may be given it."""

from __future__ import annotations

import json
import typing as t
import unicodedata

#: Controls, what cannot be seen, halves of characters, and the separators of lines and paragraphs: a terminal obeys
#: some of them, others hide or reorder what stands beside them, or begin a line that looks like Ansible's own.
_ESCAPED: t.Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
#: Longer than any name of the documented length (256 characters).
_MAX_EXTRACT: t.Final = 300
#: Longest message; ten names of 256 characters with their reasons fit into it.
MAX_MESSAGE: t.Final = 10_000
_SHORT: t.Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def shown(text: str) -> str:
    r"""The text with everything escaped that cannot be seen or that a terminal obeys, such as ``\x1b`` or ``\u202e``.

    What is shown once stays as it is when it is shown again.
    """
    # Nothing that is to be escaped is printable, and nearly every text is.
    if text.isprintable():
        return text
    return "".join(_escaped(one) if unicodedata.category(one) in _ESCAPED else one for one in text)


def spelled(name: str) -> str:
    """A name beside one that looks the same: marks of letters in another form are escaped, blanks at the ends seen."""
    text = shown(name)
    if not unicodedata.is_normalized("NFC", text):
        text = "".join(_escaped(one) if unicodedata.combining(one) else one for one in text)
    return text if text == text.strip() else repr(text)


def extract(text: str) -> str:
    """The beginning of a text that a service may make as long as it likes, as a message may hold it."""
    return shown(text if len(text) <= _MAX_EXTRACT else f"{text[:_MAX_EXTRACT]}\u2026")


def sentence(text: str) -> str:
    """A message as a terminal may be given it; the middle is left out where what a service sent makes it endless."""
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
