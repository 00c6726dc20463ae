# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Base64, as M(ansible.builtin.slurp) returns the bytes of a file: distinguished from the text of a list."""

from __future__ import annotations

import base64
import binascii
import re
import typing as t

from ansible_collections.threema.work.plugins.plugin_utils._reader.archive import is_archive

_ONE_LINE: t.Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")
# Tools wrap it after 64 or 76 characters; no heading is a word of that length.
_WRAPPED: t.Final = re.compile(r"(?:[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{76})\r?\n[A-Za-z0-9+/\r\n]+={0,2}")


def from_base64(text: str) -> bytes | None:
    """The bytes that are encoded in a Base64 text; None if it is not Base64.

    A list has a header row and people, so a single word without a line break is not a list, and the decoded bytes must
    contain a line break, or be a workbook or JSON.
    """
    stripped = text.strip()
    if not (_ONE_LINE.fullmatch(stripped) or _WRAPPED.fullmatch(stripped)):
        return None
    try:
        data = base64.b64decode(re.sub(r"[\r\n]", "", stripped), validate=True)
    except binascii.Error:
        return None
    return data if re.search(rb"[\r\n]", data) or is_archive(data) or data.startswith(b"[") else None
