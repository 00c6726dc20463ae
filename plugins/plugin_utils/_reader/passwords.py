# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Passwords and other secrets in cells, and what programs write instead of them."""

from __future__ import annotations

import re
import typing as t
import unicodedata

from ansible_collections.threema.work.plugins.module_utils._cells import (
    BLANKS,
    EQUALS,
    check_characters,
    check_has_value,
)
from ansible_collections.threema.work.plugins.module_utils._damage import is_no_value, is_rounded

_MASK: t.Final = re.compile(r"[*.•·●∙‧・⋅⬤∗＊…]+")
#: One character, over and over.
_REPEATED: t.Final = re.compile(r"(.)\1{3,}")
_BRACKETS: t.Final = re.compile(r"(?:\[+([^\[\]]+)\]+|\(+([^()]+)\)+|<+([^<>]+)>+|\{+([^{}]+)\}+)")
_SEPARATORS: t.Final = re.compile(r"[\s_-]+")
#: What programs write in brackets instead of a password. Other words in brackets may be one.
_PLACEHOLDERS: t.Final = frozenset(
    (
        *("redacted", "hidden", "masked", "secret", "removed", "password", "protected", "encrypted", "filtered"),
        *("none", "null", "empty", "blank", "unknown", "deleted", "omitted", "not shown", "not set", "no password"),
        *("passwort", "kennwort", "verborgen", "ausgeblendet", "geheim", "versteckt", "maskiert", "entfernt"),
        *("geschützt", "verschlüsselt", "gelöscht", "leer", "unbekannt", "kein passwort", "nicht gesetzt"),
        *("caché", "masqué", "supprimé", "vide", "inconnu", "mot de passe", "aucun"),
        *("nascosto", "mascherato", "rimosso", "segreto", "vuoto", "nessuno"),
    )
)
_CRYPTED: t.Final = r"[./A-Za-z0-9=+$,-]{20,}"
#: The forms of crypt(3), of its relatives in web applications, and of directories (RFC 2307).
_HASH: t.Final = re.compile(
    rf"(?:\$(?:\d|2[abxy]|[PHSy]|gy|md5|sha1|apr1|argon2(?:id?|d)|s?crypt|bcrypt[\w-]*|pbkdf2[\w-]*)\$"
    rf"|(?:pbkdf2|bcrypt|argon2|scrypt)\w*\$"
    rf"|\{{(?:S?SHA[\d-]*|S?MD5|crypt|argon2\w*|bcrypt|pbkdf2[\w-]*)\}}){_CRYPTED}",
    re.ASCII | re.IGNORECASE,
)
_GET_REAL_ONES: t.Final = "leave the column out, or get the real passwords"


def secret_of(cell: str) -> str:
    """The secret in a cell that is not empty, unchanged.

    :raises ValueError: if it is none, or cannot be sent; the sentence does not repeat it.
    """
    text = cell.strip(BLANKS)
    if not text:
        raise ValueError("this consists of white space only; leave it empty, or set a value")
    if _MASK.fullmatch(text):
        raise ValueError(f"there are asterisks or dots instead of the password; {_GET_REAL_ONES}")
    if is_no_value(text):
        raise ValueError("this is what programs write if there is no value; leave the cell empty, or correct it")
    if _REPEATED.fullmatch(text) or _is_placeholder(text):
        raise ValueError(f"this is what programs show instead of a password; {_GET_REAL_ONES}")
    if _HASH.fullmatch(text):
        raise ValueError(f"this is a hash, from which the password cannot be determined; {_GET_REAL_ONES}")
    check_has_value(text)
    if is_rounded(text):
        raise ValueError("a spreadsheet has rounded this; format the column as text there, and enter it again")
    if EQUALS.fullmatch(cell):
        raise ValueError('="…" encloses this password; it cannot be determined whether it is part of it')
    check_characters(cell, joiners=False)
    return cell


def _is_placeholder(text: str) -> bool:
    """Whether this is a word in brackets that programs write instead of a password."""
    found = _BRACKETS.fullmatch(text)
    if not found:
        return False
    words = unicodedata.normalize("NFC", found[found.lastindex or 0]).casefold()
    return _SEPARATORS.sub(" ", words).strip() in _PLACEHOLDERS
