# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Which position of each switch of the simulator the answers of a service show (contract section 9).

Pure functions: ``positions(answers)`` takes what ``reading.read`` saw and returns, for each switch by its name, a
position or None. A position is told only where no other one could have given these answers; what the data of the
subscription does not show for certain is None. What only writing shows is None here: whoever writes adds it::

    looker = Looker(connection, limit=60)
    shown = positions(read(looker, read_root(looker)))
    gone = looker.look(path, method="DELETE")
    shown["second-delete"] = …

Nothing here writes, and nothing here raises for what a service answers.
"""

from __future__ import annotations

import typing as t

from .._types import Object
from . import links, lists
from .looking import Seen
from .parts import link_keys, listed, objects, text
from .reading import Answers, setting_items

#: The fields that the documentation has, old names included (contract 3 to 7); more are those of a newer version.
_FIELDS: t.Final = {
    "root": {"_links", "id", "name", "validUntil", "type", "licenseAmount"},
    "credentials": {
        *("_links", "id", "username", "password", "usage", "hashed", "locked"),
        *("licenseAmount", "hash", "lock"),
    },
    "users": {
        *("_links", "id", "nickname", "firstName", "lastName", "csi", "category", "jobTitle", "department"),
        *("version", "lastCheck", "createdAt"),
    },
    "contacts": {"_links", "id", "threemaId", "type", "firstName", "lastName", "enabled"},
    "bulk": {"_links", "id", "parameters"},
    "settings": {"_links", "id", "name", "value"},
}  # fmt: skip
#: Fields of a user that every version has, and that are texts.
_TEXTS: t.Final = ("nickname", "firstName", "lastName", "csi", "category")


def positions(answers: Answers) -> dict[str, str | None]:
    """The position of each switch, None where reading did not show it."""
    return {name: shows(answers) if shows else None for name, shows in SWITCHES.items()}


def _root_path(answers: Answers) -> str | None:
    both = (answers.root, answers.bare_root)
    if any(seen is not None and seen.status == 404 and not error_key_of(seen) for seen in both):
        # A proxy may say that, too.
        return None
    slash, bare = (seen.status if seen else None for seen in both)
    return {(200, 200): "both", (200, 404): "slash", (404, 200): "no-slash"}.get((slash, bare))  # type: ignore[arg-type]


def _out_of_range(answers: Answers) -> str | None:
    if answers.oversized is None:
        return None
    if answers.oversized.status == 400:
        # A pageSize within the range is answered: it is that which was refused.
        return "400" if answers.contacts and answers.contacts.good else None
    return "clamp" if listed(answers.oversized, "contacts") else None


def _link_key(answers: Answers) -> str | None:
    root = answers.bare_root if answers.root is None or answers.root.good is None else answers.root
    elsewhere = [root.good] if root and root.good else []
    elsewhere += objects(answers.credentials, "credentials") + objects(answers.contacts, "contacts")
    usual, users = link_keys(elsewhere), link_keys(objects(answers.users, "users"))
    bulk = link_keys(objects(answers.bulk, "credentials"))
    if usual == {"rel"} and users | bulk <= {"rel"}:
        return "rel"
    if usual == {"ref"} and users == {"rel"} and bulk <= {"rel"}:
        return "mixed"
    return "ref" if usual == users == {"ref"} and bulk <= {"ref"} else None


def _contact_list_key(answers: Answers) -> str | None:
    kinds = {("id" in item, "threemaId" in item) for item in objects(answers.contacts, "contacts")}
    known = {(True, False): "id", (False, True): "threemaId", (True, True): "both"}
    return known.get(kinds.pop()) if len(kinds) == 1 else None


def _global_setting_key(answers: Answers) -> str | None:
    alone = (answers.setting.good if answers.setting else None) or {}
    in_list = {_name_key(item) for item in setting_items(answers)}
    known = {
        ("name", "id"): "mixed",
        ("name", "name"): "name",
        ("id", "id"): "id",
        ("id", "name"): "swapped",
    }
    return known.get((in_list.pop() or "", _name_key(alone) or "")) if len(in_list) == 1 else None


def _name_key(item: Object) -> str | None:
    keys = [key for key in ("name", "id") if isinstance(item.get(key), str)]
    return keys[0] if len(keys) == 1 else None


def _username_case(answers: Answers) -> str | None:
    """Two usernames that differ in case only are two; that there are none shows nothing."""
    names = [name for item in objects(answers.credentials, "credentials") if (name := text(item, "username"))]
    return "sensitive" if len({name.lower() for name in names}) < len(set(names)) else None


def _unknown_credential_settings(answers: Answers) -> str | None:
    seen = answers.unknown
    if seen and seen.status == 404:
        # Not where nobody answers for settings at all.
        return "404" if error_key_of(seen) else None
    return "empty" if seen and seen.good and seen.good.get("parameters") == [] else None


def _categories_without_directory(answers: Answers) -> str | None:
    seen = answers.categories
    if seen is None or seen.status not in (401, 403, 404) or not error_key_of(seen):
        return None
    # Where the key holds for nothing else either, it says nothing of the feature.
    others = {one.status for one in answers.everything() if seen is not one}
    return None if seen.status != 404 and seen.status in others else str(seen.status)


def _error_key(answers: Answers) -> str | None:
    # What is not found at the root may be told by something before the API.
    beside = [seen for seen in (answers.root, answers.bare_root) if seen and seen.status == 404]
    keys = {key for seen in answers.everything() if seen not in beside and (key := error_key_of(seen))}
    return keys.pop() if len(keys) == 1 else None


def error_key_of(seen: Seen) -> str | None:
    """The key of the text in an error's body (contract 1); None where it has none of the two, or both."""
    if seen.status is None or not 400 <= seen.status < 500 or not isinstance(seen.document, dict):
        return None
    keys = [key for key in ("error", "message") if isinstance(seen.document.get(key), str)]
    return keys[0] if len(keys) == 1 else None


def _retry_after(answers: Answers) -> str | None:
    over = next((seen for seen in answers.everything() if seen.status == 429), None)
    if over is None or not error_key_of(over):
        return None
    told = {name.lower(): value for name, value in over.headers.items()}.get("retry-after")
    if told is None:
        return "absent"
    return "seconds" if told.strip().isdigit() else "http-date" if told.strip().endswith("GMT") else None


def _gateway_ids(answers: Answers) -> str | None:
    contacts = answers.list_of("/contacts")
    if contacts is None:
        return None
    gateways = [item for item, id_ in zip(contacts.items, contacts.ids) if id_.startswith("*")]
    if any(item.get("type") != "custom" for item in gateways):
        return "on"
    # One that an administrator has added shows nothing.
    return "off" if contacts.whole and contacts.ids and not gateways else None


def _unset_user_fields(answers: Answers) -> str | None:
    users = objects(answers.users, "users")
    kinds = {
        "missing" if name not in user else "null" if user[name] is None else "empty" if user[name] == "" else None
        for user in users
        for name in _TEXTS
        if not user.get(name)
    }
    return kinds.pop() if len(kinds) == 1 else None


def _future_fields(answers: Answers) -> str | None:
    seen = {
        "root": [document for one in (answers.root, answers.bare_root) if one and (document := one.good)],
        "credentials": objects(answers.credentials, "credentials"),
        "users": objects(answers.users, "users"),
        "contacts": objects(answers.contacts, "contacts"),
        "bulk": objects(answers.bulk, "credentials"),
        "settings": setting_items(answers),
    }
    more = [bool(set(item) - _FIELDS[kind]) for kind, items in seen.items() for item in items]
    # In one object alone there may be what only that one has.
    if len({kind for kind, items in seen.items() if items}) < 2 or len(set(more)) != 1:
        return None
    return "on" if more[0] else "off"


#: All switches, in the simulator's order, and what shows their position; None where reading never does.
SWITCHES: t.Final[dict[str, t.Callable[[Answers], str | None] | None]] = {
    "page-base": lists.page_base,
    "paging-count": lists.paging_count,
    "page-size-out-of-range": _out_of_range,
    "max-page-size": lists.max_page_size,
    "sort-order": lists.sort_order,
    "link-key": _link_key,
    "contact-list-key": _contact_list_key,
    "global-setting-key": _global_setting_key,
    "directory-enabled": None,
    "filter-username": lists.filter_username,
    "username-case": _username_case,
    "duplicate-username-on-update": None,
    "lock-omitted-on-create": None,
    "lock-omitted-on-update": None,
    "hash-omitted-on-update": None,
    "unknown-credential-settings": _unknown_credential_settings,
    "setting-values": None,
    "text-settings": None,
    "external-only-settings": None,
    "bulk-errors": None,
    "bulk-unset": lists.bulk_unset,
    "second-delete": None,
    "categories-without-directory": _categories_without_directory,
    "quota-retry-after": _retry_after,
    "logo-method": None,
    "logo-status": None,
    "logo-reencode": None,
    "error-key": _error_key,
    "orphan-link": links.orphan_link,
    "credential-link": links.credential_link,
    "usage-count": links.usage_count,
    "gateway-ids": _gateway_ids,
    "unset-user-fields": _unset_user_fields,
    "root-path": _root_path,
    "future-fields": _future_fields,
}

#: The positions that the contract expects, of the switches that reading shows.
EXPECTED: t.Final[t.Mapping[str, str]] = {
    "page-base": "zero",
    "paging-count": "records",
    "page-size-out-of-range": "400",
    "max-page-size": "none",
    "sort-order": "creation",
    "link-key": "mixed",
    "contact-list-key": "id",
    "global-setting-key": "mixed",
    "filter-username": "exact",
    "username-case": "sensitive",
    "unknown-credential-settings": "404",
    "bulk-unset": "listed",
    "categories-without-directory": "404",
    "quota-retry-after": "absent",
    "error-key": "error",
    "orphan-link": "missing",
    "credential-link": "right",
    "usage-count": "linked",
    "gateway-ids": "off",
    "unset-user-fields": "empty",
    "root-path": "both",
    "future-fields": "off",
}
