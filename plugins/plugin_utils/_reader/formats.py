# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Files that are not a list in text form, recognized by how they begin."""

from __future__ import annotations

import re
import typing as t

_SAVE: t.Final = "save the list as .xlsx or CSV UTF-8"
_ENCRYPTED: t.Final = "EncryptedPackage".encode("utf-16-le")
#: Beginnings of files, and what they are.
_BEGINNINGS: t.Final = (
    (b"PK\x03\x04", f"this is a workbook (.xlsx, .ods) or another archive, not text; {_SAVE}"),
    (b"PK\x05\x06", f"this is an empty archive, not text; {_SAVE}"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"this is a workbook of an old Excel (.xls); {_SAVE}"),
    (b"%PDF-", f"this is a PDF, not a list; {_SAVE}"),
    (b"{\\rtf", f"this is a text document (RTF), not a list; {_SAVE}"),
    (b"\x1f\x8b", "this is compressed with gzip; unpack it first"),
    (b"BZh91AY", "this is compressed with bzip2; unpack it first"),
    (b"\xfd7zXZ\x00", "this is compressed with xz; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "this is a 7-Zip archive; unpack it first"),
    (b"Rar!\x1a\x07", "this is a RAR archive; unpack it first"),
    (b"\x89PNG\r\n", f"this is a picture, not a list; {_SAVE}"),
    (b"\xff\xd8\xff", f"this is a picture, not a list; {_SAVE}"),
    (b"SQLite format 3\x00", f"this is a database (SQLite), not a list; {_SAVE}"),
    (b"BEGIN:VCARD", f"these are address cards (vCard), not a list; {_SAVE}"),
    (b"$ANSIBLE_VAULT;", "this is encrypted with Ansible Vault and was not decrypted; give the file to the lookup"),
)
_HTML: t.Final = re.compile(rb"\s*<(?:!doctype|html|head|body|table|\?xml)\b", re.IGNORECASE)
# Comments and the version may come first; each entry begins with its name (RFC 2849).
_LDIF: t.Final = re.compile(rb"(?:\s*(?:#[^\n]*|version:[^\n]*)?\n)*\s*dn::?[ \t]*[^\s,;|]+=", re.IGNORECASE)
_LOOKED_AT: t.Final = 4000


def what_it_is(data: str | bytes) -> str | None:
    """What kind of file it is if it is not a list in text form, and what to do about it; None if it may be text."""
    start = (
        data[:_LOOKED_AT].lstrip("\ufeff").encode("utf-8", "replace") if isinstance(data, str) else data[:_LOOKED_AT]
    )
    start = start.removeprefix(b"\xef\xbb\xbf")
    if _HTML.match(start):
        return "this is a web page or XML, not a list; is it a login page? Get the CSV export"
    if _LDIF.match(start):
        return (
            "this is LDIF, the export of a directory, not a list; search the directory with "
            "community.general.ldap_search and give its results as roster_people, or export CSV"
        )
    if isinstance(data, bytes) and data.startswith(b"\xd0\xcf\x11\xe0") and _ENCRYPTED in data:
        return f"this is an encrypted workbook; remove its password in the spreadsheet, or {_SAVE}"
    return next((meaning for beginning, meaning in _BEGINNINGS if start.startswith(beginning)), None)
