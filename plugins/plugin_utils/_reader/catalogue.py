# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The catalogue: the names of columns, and the words of other rows, in lists of other languages and systems.

The names are in C(headings.yml), so that people who know a system can add them without reading code.
"""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from ansible_collections.threema.work.plugins.plugin_utils._reader.headings import comparable, folded, one_slip

_FILE: t.Final = Path(__file__).with_name("headings.yml")
# Shorter names differ by one letter from too many words.
_SHORTEST_WITH_SLIPS: t.Final = 6


@dataclass(frozen=True)
class Catalogue:
    """The names, in the form for comparison (C(comparable)).

    :ivar totals, hints: the words of a total, and those about columns, in the form for comparison of cells (C(folded)).
    """

    columns: Mapping[str, str]
    beside: Mapping[str, tuple[str, frozenset[str]]]
    secrets: frozenset[str]
    secret_parts: tuple[str, ...]
    statuses: frozenset[str]
    true_words: frozenset[str]
    false_words: frozenset[str]
    totals: frozenset[str]
    hints: frozenset[str]

    def is_secret(self, key: str) -> bool:
        """Whether a heading is known to be that of a password or another secret."""
        return key in self.secrets or any(part in key for part in self.secret_parts)

    def slip_of(self, key: str) -> str | None:
        """The name, in the form for comparison, that a heading misses by one typing error."""
        if key in self.columns or key in self.beside:
            return None
        return next((name for name in self.columns if len(name) >= _SHORTEST_WITH_SLIPS and one_slip(key, name)), None)


@functools.lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue, read once."""
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return Catalogue(
        columns={comparable(name): column for column, names in data["columns"].items() for name in names},
        beside={
            comparable(name): (column, frozenset(map(comparable, others)))
            for column, names in data["beside"].items()
            for name, others in names.items()
        },
        secrets=frozenset(map(comparable, data["secrets"])),
        secret_parts=tuple(map(comparable, data["secret_parts"])),
        statuses=frozenset(map(comparable, data["statuses"])),
        true_words=frozenset(data["words"]["yes"]),
        false_words=frozenset(data["words"]["no"]),
        totals=frozenset(map(folded, data["totals"])),
        hints=frozenset(map(folded, data["hints"])),
    )
