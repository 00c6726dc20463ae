# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The figures of licenses, credentials, and contacts. Pure."""

from __future__ import annotations

import collections
import typing as t

from .._api.credentials import in_use
from .._planning.licenses import free_estimate
from .._planning.users import check_orphans
from .._types import Object
from .naming import counted
from .reading import Lists

#: How the service calls contacts that were created from users (contract 6.1).
_AUTOMATIC: t.Final = "auto"


def ids_by_credential(lists: Lists) -> dict[str, int]:
    """How many users are linked to each credential, by its id.

    :raises ThreemaError: of kind ``protocol``, if that cannot be determined: a link is broken, and a credential is used
        by more users than are linked to it; or if a credential has no usage.
    """
    for credential in lists.credentials.values():
        in_use(credential)
    users = lists.users.values()
    check_orphans(users, users, lists.credentials, "some may be among the users without a known credential")
    linked = collections.Counter(user["credential_id"] for user in users)
    return {id_: linked[id_] for id_ in lists.credentials}


def licenses(lists: Lists, ids: t.Mapping[str, int]) -> Object:
    """Purchased and used licenses; the estimate is that of contract 8.2, null where the number purchased is unknown."""
    purchased = lists.subscription.get("license_amount")
    return {
        "purchased": purchased,
        "used": sum(credential["usage"] for credential in lists.credentials.values()),
        "credentials_unused": sum(not number for number in ids.values()),
        "free_estimate": None if purchased is None else free_estimate(purchased, len(lists.users), len(ids)),
    }


def credentials(lists: Lists, ids: t.Mapping[str, int], most: int) -> Object:
    """How many credentials are in use, and those that deserve a look."""

    def which(chosen: t.Callable[[Object], bool]) -> Object:
        return counted((one["username"] for one in lists.credentials.values() if chosen(one)), most, "usernames")

    return {
        "total": len(ids),
        "activated": sum(number > 0 for number in ids.values()),
        "never_activated": which(lambda one: ids[one["id"]] == 0),
        "hashed": which(lambda one: bool(one["hashed"])),
        "unlocked": which(lambda one: not one["locked"]),
        "several_ids": which(lambda one: ids[one["id"]] > 1),
    }


def people(lists: Lists, ids: t.Mapping[str, int]) -> dict[str, int]:
    """The number of Threema IDs of each username."""
    return {one["username"]: ids[id_] for id_, one in lists.credentials.items()}


def contacts(lists: Lists) -> Object:
    """How many contacts there are."""
    enabled = sum(bool(contact["enabled"]) for contact in lists.contacts.values())
    return {
        "total": len(lists.contacts),
        "enabled": enabled,
        "disabled": len(lists.contacts) - enabled,
        "automatic": sum(contact["type"] == _AUTOMATIC for contact in lists.contacts.values()),
    }
