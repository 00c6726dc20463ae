# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract's table of unknowns as it is printed: what shows each of them, and what each position looks like.

The section below that table in the documentation says the same, which a test checks.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

READING: t.Final = "reading"
WRITING: t.Final = "writing"
NOTHING: t.Final = "nothing"


@dataclass(frozen=True)
class Row:
    """One switch of the simulator.

    :ivar unknown: the row of the contract's table.
    :ivar shown_by: one of the three above.
    :ivar needs: what has to be there, or why nothing shows it.
    :ivar seen: what is found in each position that can be shown; others are not among them.
    """

    unknown: str
    shown_by: str
    needs: str
    seen: t.Mapping[str, str]


#: Stands for any number in a position.
NUMBER: t.Final = "N"
_LOGO: t.Final = "logos are those of all people, so that none is uploaded"
_BULK_NEEDS: t.Final = "two free licenses, and for partial and partial-settings a setting that is rejected"

ROWS: t.Final[t.Mapping[str, Row]] = {
    "page-base": Row("page base", READING, "two objects in a list", {
        "zero": "pages are counted from 0",
        "one": "pages are counted from 1",
        "offset": "page is the number of the first record",
    }),
    "paging-count": Row("paging.count", READING, "a page that is not full, and one of a longer list", {
        "records": "the number of records in the page",
        "page-size": "the size of the page",
    }),
    "page-size-out-of-range": Row("pageSize out of range", READING, "", {
        "400": "it is rejected with 400",
        "clamp": "the list is answered all the same",
    }),
    "max-page-size": Row(
        "pageSize out of range", READING, "two lists that are longer than a page, or a page of 5,000", {
            "none": "a page of 5,000 is answered whole",
            NUMBER: "a page has {position} objects at most",
        }),
    "link-key": Row("link key", READING, "a user", {
        "mixed": "rel with users and settings in bulk, ref elsewhere",
        "ref": "ref everywhere",
        "rel": "rel everywhere",
    }),
    "contact-list-key": Row("contact list key", READING, "a contact", {
        "id": "id",
        "threemaId": "threemaId",
        "both": "id and threemaId",
    }),
    "global-setting-key": Row("GET /mdm item key", READING, "a global setting; none is ever written", {
        "mixed": "name in the list, id in the detail",
        "name": "name",
        "id": "id",
        "swapped": "id in the list, name in the detail",
    }),
    "directory-enabled": Row("directory_enabled", WRITING, "CONTACT", {
        "required": "PUT of a contact without it is rejected",
        "optional": "PUT of a contact without it is accepted",
    }),
    "filter-username": Row("filterUsername", READING, "two credentials whose names do not hold each other", {
        "exact": "part of a username finds nobody",
        "substring": "part of a username finds it, in any case",
        "ignored": "it finds everybody",
    }),
    "username-case": Row("username case", WRITING, "two free licenses", {
        "sensitive": "a username in another case is another one",
        "insensitive": "a username in another case is in use",
    }),
    "duplicate-username-on-update": Row("duplicate username on PUT", WRITING, "two free licenses", {
        "400": "it is rejected with 400",
        "409": "it is rejected with 409",
    }),
    "lock-omitted-on-create": Row("lock omitted", WRITING, "two free licenses", {
        "false": "POST without it creates an unlocked credential",
        "true": "POST without it creates a locked credential",
    }),
    "lock-omitted-on-update": Row("lock omitted", WRITING, "two or three free licenses", {
        "keep": "PUT without it keeps it",
        "false": "PUT without it unlocks",
        "true": "PUT without it locks",
    }),
    "hash-omitted-on-update": Row("hash omitted on PUT", WRITING, "", {
        "plain": "a hashed password is stored in plain text afterwards",
        "keep": "a hashed password stays hashed",
    }),
    "unknown-credential-settings": Row("unknown credential id on its settings", READING, "", {
        "404": "there are no settings, with an error (404)",
        "empty": "the list of settings is empty",
    }),
    "setting-values": Row("MDM: bad names and types", WRITING, "", {
        "strict": "unknown names and wrong types are rejected with 422",
        "anything": "unknown names and wrong types are stored",
    }),
    "text-settings": Row("MDM: bad names and types", WRITING, "", {
        "any": "an exclamation mark is stored",
        "no-exclamation": "an exclamation mark is rejected with 422",
    }),
    "external-only-settings": Row("five external-only parameters", WRITING, "", {
        "accept": "they are stored",
        "refuse": "they are rejected with 422",
    }),
    "bulk-errors": Row("bulk with an unknown id", WRITING, _BULK_NEEDS, {
        "atomic": "an error, and nothing is stored",
        "partial": "an error, and the other credentials are stored",
        "partial-settings": "an error, and all other settings are stored",
        "partial-silent": "no error, and the other credentials are stored",
    }),
    "bulk-unset": Row("credentials without settings in GET /mdm-bulk", READING, "credentials with and without any", {
        "listed": "they are listed with an empty list",
        "left-out": "they are left out",
        "left-out-counted": "they are left out, but counted",
        "left-out-of-pages": "they are taken out of each page, but counted",
    }),
    "second-delete": Row("second DELETE", WRITING, "", {
        "404": "404",
        "204": "204, as the first one",
    }),
    "categories-without-directory": Row(
        "categories without the feature", READING, "a contact, and a subscription without the Directory feature", {
            "404": "404",
            "403": "403",
            "401": "401",
        }),
    "quota-retry-after": Row("429", READING, "a quota that is used up meanwhile", {
        "absent": "no header Retry-After",
        "seconds": "Retry-After with seconds",
        "http-date": "Retry-After with a date",
    }),
    "root-path": Row("trailing slash on root", READING, "", {
        "both": "the root answers with and without it",
        "slash": "the root answers only with it",
        "no-slash": "the root answers only without it",
    }),
    "logo-method": Row("logo upload", NOTHING, _LOGO, {}),
    "logo-status": Row("logo upload", NOTHING, _LOGO, {}),
    "sort-order": Row("sort order", WRITING, "four to seven free licenses; a random order looks like chance", {
        "creation": "new ones come last",
        "reversed": "new ones come first",
        "username": "by username",
    }),
    "usage-count": Row("usage against the number of linked users", READING, "a credential that lost a Threema ID", {
        "lagging": "one more than there are",
    }),
    "logo-reencode": Row("whether a logo is stored as it was sent", NOTHING, _LOGO, {}),
    "error-key": Row("key of the text in error bodies", READING, "an answer that is an error", {
        "error": "error",
        "message": "message",
    }),
    "orphan-link": Row("credential link of a user whose credential was deleted", READING, "such a user", {
        "missing": "missing",
        "dangling": "it leads to no credential",
    }),
    "credential-link": Row("credential link of a user whose credential exists", READING, "a user", {
        "right": "right",
        "detail": "/detail behind the id",
        "twice-encoded": "the id is encoded twice",
        "fragment": "# and more behind the id",
        "other-case": "the id in the other case",
        "missing": "missing",
    }),
    "gateway-ids": Row("contacts with gateway IDs in the list", READING, "a contact", {
        "off": "none",
        "on": "there are some that nobody added",
    }),
    "unset-user-fields": Row("fields of a user without a value", READING, "a user who has such a field", {
        "empty": "an empty string",
        "null": "null",
        "missing": "left out",
    }),
    "future-fields": Row("fields of newer versions", READING, "", {
        "off": "none",
        "on": "there are some",
    }),
}  # fmt: skip


def seen(switch: str, position: str) -> str:
    """What a position looks like."""
    known = ROWS[switch].seen
    return known.get(position, known.get(NUMBER, position)).format(position=position)
