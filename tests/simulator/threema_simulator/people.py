# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invented people, for what a simulator starts with."""

from __future__ import annotations

from typing import NamedTuple

_FIRST = ("Anna", "Beat", "Carla", "David", "Elena", "Felix", "Greta", "Hannes", "Ines", "Jonas", "Karin", "Luca")
_LAST = ("Huber", "Meier", "Rossi", "Weber", "Keller", "Frei", "Brunner", "Graf", "Moser", "Vogel", "Zimmer")


class Person(NamedTuple):
    """Somebody who does not exist."""

    first: str
    last: str
    username: str


def person(number: int) -> Person:
    """The same number is the same person."""
    first = _FIRST[number % len(_FIRST)]
    last = _LAST[number // len(_FIRST) % len(_LAST)]
    return Person(first, last, f"{first}.{last}.{number + 1:05d}".lower())
