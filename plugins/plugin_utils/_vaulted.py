# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The same values for a plugin on every ansible-core: strings, lists, and dictionaries.

Up to core 2.18, a value with C(!vault) is not a string but a sequence of characters that is decrypted when it is read,
and C(dict.values()) is not a list. From 2.19 on, templating decrypts and converts both before a plugin sees them.
"""

from __future__ import annotations

import typing as t
from collections.abc import KeysView, Mapping, Sequence, ValuesView


def plain(value: t.Any) -> t.Any:
    """Return a value with vaulted strings decrypted, and list-like and dictionary-like values converted.

    :raises AnsibleError: if a vaulted string cannot be decrypted; the message does not repeat the string.
    """
    if isinstance(value, (str, bytes)):
        return value
    # Undefined values of templates have every attribute, but none of them is True.
    if getattr(value, "__ENCRYPTED__", False) is True:
        return str(value)
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (Sequence, KeysView, ValuesView)):
        return [plain(item) for item in value]
    return value
