# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order of lists, shown by where new and renamed credentials stand in it (contract 1.1)."""

from __future__ import annotations

import math
import typing as t

from ansible_collections.threema.work.plugins.module_utils._service.parts import Listed

from .bench import Throwaway
from .credentials import letter_of

#: A random order looks like one of these two once in so many cases.
CERTAIN: t.Final = 2000
#: So many show an order of names: they stand otherwise in it before one of them is renamed, and afterwards.
_NAMED: t.Final = 3


def chances(before: int, new: int) -> int:
    """In how many ways new ones can stand in a list of others."""
    return math.factorial(before + new) // math.factorial(before)


def sort_order(
    before: Listed | None, after: Listed | None, renamed: Listed | None, throwaways: t.Sequence[Throwaway]
) -> str | None:
    """The order that three whole lists show.

    :param before: without the throw-away credentials; ``after`` with them; ``renamed`` when some had other names.
    :param throwaways: in the order of their creation, with their names as they are in ``renamed``.
    """
    if before is None or after is None or renamed is None:
        return None
    ids = [one.id for one in throwaways]
    if set(after.ids) != {*before.ids, *ids} or set(renamed.ids) != set(after.ids):
        return None
    if _by_name(after, renamed, throwaways):
        return "username"
    if list(after.ids) != list(renamed.ids) or chances(len(before.ids), len(ids)) < CERTAIN:
        return None
    if list(after.ids) == [*before.ids, *ids]:
        return "creation"
    return "reversed" if list(after.ids) == [*ids[::-1], *before.ids] else None


def _by_name(after: Listed, renamed: Listed, throwaways: t.Sequence[Throwaway]) -> bool:
    # Names with capitals stand elsewhere, depending on the language of whoever sorts.
    named = [one for one in throwaways if one.username.islower()]
    first = [one for id_ in after.ids for one in named if one.id == id_]
    then = [one for id_ in renamed.ids for one in named if one.id == id_]
    return (
        len(named) >= _NAMED
        and first != then
        and first == sorted(named, key=lambda one: one.thing.mark)
        and then == sorted(named, key=lambda one: one.username)
        and any(letter_of(one) == "b" for one in named)
    )
