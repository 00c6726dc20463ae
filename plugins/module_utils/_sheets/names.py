# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The names of sheets in their folder, and how a sheet is recognized. Pure."""

from __future__ import annotations

import hashlib
import typing as t

#: What each file of the module begins with; a file without it belongs to somebody else.
MARK: t.Final = "<!-- threema.work.activation_sheets -->\n"
#: All sheets of a run in one file.
ALL: t.Final = "all.html"
SUFFIX: t.Final = ".html"

_LONGEST: t.Final = 60
_DIGITS: t.Final = 8
_KEPT: t.Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
_LOWER: t.Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def file_name(username: str) -> str:
    """The name of the file for a username: it never leaves the folder, and no two usernames share one.

    :raises UnicodeEncodeError: for a username that is not text (half of a character).
    """
    digest = hashlib.sha256(username.encode()).hexdigest()[:_DIGITS]
    # Only ASCII is lowered: other letters may become ASCII ones, or several.
    kept = "".join(one if one in _KEPT else "-" for one in username[:_LONGEST].translate(_LOWER))
    return f"{kept}-{digest}{SUFFIX}"
