# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The form in which headings are compared, and how different two of them are."""

from __future__ import annotations

import functools
import re
import unicodedata

# Blanks and line breaks of every kind, and what people write instead of a blank.
_BETWEEN_WORDS = re.compile(r"[\s_.\-‐‑]+")


@functools.lru_cache(maxsize=4096)
def comparable(heading: str) -> str:
    """A heading for comparison: C(FirstName), C(First name), and C(first_name) are the same.

    In NFC, without case, blanks, line breaks, underscores, hyphens, periods, and invisible characters (a byte order
    mark in the middle of a file, for example).
    """
    text = unicodedata.normalize("NFC", heading).casefold()
    text = "".join(character for character in text if unicodedata.category(character) not in ("Cf", "Cc"))
    return unicodedata.normalize("NFC", _BETWEEN_WORDS.sub("", text))


def folded(text: str) -> str:
    """A cell as O(where) compares it: in NFC, without case and surrounding blanks."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).strip()


def one_slip(first: str, second: str) -> bool:
    """Whether two texts differ by one typing error: a letter added, missing, different, or two letters swapped.

    An additional digit is not a typing error: C(Surname 2) is another column.
    """
    if first == second or abs(len(first) - len(second)) > 1:
        return False
    longer, shorter = (first, second) if len(first) >= len(second) else (second, first)
    start = next((i for i, (a, b) in enumerate(zip(longer, shorter)) if a != b), len(shorter))
    if len(longer) > len(shorter):
        return not longer[start].isdigit() and longer[start + 1 :] == shorter[start:]
    if longer[start + 1 :] == shorter[start + 1 :]:
        return not (longer[start].isdigit() or shorter[start].isdigit())
    swapped = longer[start : start + 2] == shorter[start : start + 2][::-1]
    return swapped and longer[start + 2 :] == shorter[start + 2 :]
