# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What a list may contain: people, who get credentials, or the contacts of partners."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.threema.work.plugins.module_utils._columns import PARAMETER_COLUMNS
from ansible_collections.threema.work.plugins.module_utils._parameters import is_secret
from ansible_collections.threema.work.plugins.plugin_utils._columns import KNOWN_COLUMNS

#: The first and last day on which a person is on the list; not sent.
DATES: t.Final = ("valid_from", "valid_until")


@dataclass(frozen=True)
class Kind:
    """What the rows of a list are.

    :ivar key: the column that every row has.
    :ivar called: the name of its values in messages.
    :ivar one: the name of a row's object in messages.
    :ivar many: the plural of this name.
    :ivar taken: the columns that are recognized by their own names.
    :ivar doors: columns that are only read if the user maps a heading to them, or under names that no other system
        uses.
    :ivar open: whether any parameter C(th_…) is recognized, and other columns are kept under their headings.
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
        """The possible targets in the option columns."""
        return (*self.taken, *self.doors)


_PEOPLE_TAKEN: t.Final = ("username", *PARAMETER_COLUMNS, *DATES)
PEOPLE: t.Final = Kind(
    "people",
    "username",
    "username",
    "person",
    "people",
    _PEOPLE_TAKEN,
    # Columns that grant or deny access. Exports of other systems have columns with these names that mean something
    # else.
    tuple(name for name in KNOWN_COLUMNS if name not in _PEOPLE_TAKEN),
    open=True,
)
#: The options of the module contacts, and nothing else, because it rejects unknown ones.
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


def is_secret_column(name: str) -> bool:
    """Whether the cells of a column of a person are secret: they are not changed, and never shown."""
    return name == "password" or is_secret(name)
