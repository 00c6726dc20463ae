# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The parts that a page consists of, without any markup."""

from __future__ import annotations

import typing as t
import unicodedata
from dataclasses import dataclass

from ansible_collections.threema.work.plugins.module_utils._text import shown

#: Marks that Arabic, Persian, Indic, and emoji names need; a browser shows nothing of them, and each name stands alone.
_JOINERS: t.Final = frozenset("\u200c\u200d\u200e\u200f\u061c")
_HIDDEN: t.Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


@dataclass(frozen=True)
class Name:
    """A name of somebody or something, and what is said of it."""

    text: str
    note: str = ""


@dataclass(frozen=True)
class Names:
    """Some names, and how many there are besides."""

    named: t.Sequence[Name]
    more: str = ""


NOBODY: t.Final = Names(())


@dataclass(frozen=True)
class Tile:
    """A figure that comes first."""

    number: str
    label: str
    note: str
    #: C(good), C(watch), or C(bad).
    tone: str


@dataclass(frozen=True)
class Finding:
    """Something to do."""

    text: str
    advice: str
    tone: str
    names: Names = NOBODY


@dataclass(frozen=True)
class Row:
    """A figure with its bar.

    :ivar width: of the bar, in percent of the longest possible one.
    :ivar filled: how much of the bar is filled, in percent.
    """

    label: str
    number: str
    share: str
    width: float
    filled: float = 100
    #: Whether the label comes from elsewhere, such as the name of a department.
    is_name: bool = False


@dataclass(frozen=True)
class Table:
    """Figures of one kind."""

    caption: str
    rows: t.Sequence[Row]
    more: str = ""


def safe(text: str) -> str:
    """A text from elsewhere as a page can hold it: what cannot be seen is escaped, but for what scripts need."""
    return "".join(one if one in _JOINERS or unicodedata.category(one) not in _HIDDEN else shown(one) for one in text)
