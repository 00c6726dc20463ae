# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What a list may be of: people, who get credentials, or the contacts of partners."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.threema.work.plugins.module_utils._columns import PARAMETER_COLUMNS
from ansible_collections.threema.work.plugins.plugin_utils._columns import KNOWN_COLUMNS

#: From when until when somebody is on the list; not sent.
DATES: t.Final = ("valid_from", "valid_until")


@dataclass(frozen=True)
class Kind:
    """What the rows of a list are.

    :ivar key: the column that every row has.
    :ivar called: how messages call a value of it.
    :ivar one: how messages call what a row is.
    :ivar many: how messages call several of them.
    :ivar taken: the columns that are taken by their own names.
    :ivar doors: those that are taken only where somebody says so, or under names that no other system has.
    :ivar open: whether any parameter C(th_…) is taken, and other columns stay under their headings.
    """

    name: str
    key: str
    called: str
    one: str
    many: str
    taken: tuple[str, ...]
    doors: tuple[str, ...]
    open: bool

    @property
    def targets(self) -> tuple[str, ...]:
        """What the option columns may name."""
        return (*self.taken, *self.doors)


_PEOPLE_TAKEN: t.Final = ("username", *PARAMETER_COLUMNS, *DATES)
PEOPLE: t.Final = Kind(
    "people",
    "username",
    "username",
    "person",
    "people",
    _PEOPLE_TAKEN,
    # Columns that let people in or keep them out. Exports of other systems have columns of these names that mean
    # something else.
    tuple(name for name in KNOWN_COLUMNS if name not in _PEOPLE_TAKEN),
    open=True,
)
#: As the module contacts takes them, and nothing else, because it refuses what it does not know.
CONTACTS: t.Final = Kind(
    "contacts",
    "threema_id",
    "Threema ID",
    "contact",
    "contacts",
    ("threema_id", "first_name", "last_name", "enabled"),
    (),
    open=False,
)
KINDS: t.Final[t.Mapping[str, Kind]] = {kind.name: kind for kind in (PEOPLE, CONTACTS)}
