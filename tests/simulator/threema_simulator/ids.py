# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identifiers that look like the real ones, the same again for the same seed."""

from __future__ import annotations

import hashlib
import random
import string

_THREEMA = string.ascii_uppercase + string.digits
_OPAQUE = string.ascii_letters + string.digits


class Ids:
    """Makes the identifiers of one subscription."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def credential(self) -> str:
        """Opaque, with the characters that break a path when they are not encoded (contract 1)."""
        letters = self._random.choices(_OPAQUE, k=19)
        letters[self._random.randrange(1, 9)] = "/"
        letters[self._random.randrange(10, 18)] = "+"
        return "".join(letters) + "="

    def threema(self) -> str:
        """Eight characters A-Z0-9, beginning with a letter so that spreadsheets leave it alone."""
        return self._random.choice(string.ascii_uppercase) + "".join(self._random.choices(_THREEMA, k=7))

    def subscription(self) -> str:
        """Exactly ten characters (contract 3)."""
        return "".join(self._random.choices(_THREEMA, k=10))

    def password(self) -> str:
        """As administrators hand them out: ten letters and digits (contract 4.3)."""
        return "".join(self._random.choices(_OPAQUE, k=10))


def category_id(name: str, source: str) -> str:
    """The same name is the same category."""
    return hashlib.sha256(f"{source}:{name}".encode()).hexdigest()[:10]


def shuffled_key(identifier: str) -> str:
    """A sort key for the order that looks random but stays."""
    return hashlib.sha256(identifier.encode()).hexdigest()
