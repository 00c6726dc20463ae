# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What a sheet says about one person. Pure."""

from __future__ import annotations

import typing as t
import unicodedata
from dataclasses import dataclass, field

from .._text import shown
from .._types import Object, Settings
from . import qr
from .link import activation_link, server_of

_GROUP: t.Final = 4
#: Marks belong to the character before them, and so does what a joiner joins.
_MARKS: t.Final = frozenset(("Mn", "Me", "Mc", "Cf", "Sk"))

HASHED: t.Final = "the password is hashed, so nobody knows it; give the credential a new password, and run again"
NO_TEXT: t.Final = "the username or the password contains half of a character, which no link can contain"


@dataclass(frozen=True)
class Sheet:
    """One person's sheet.

    :ivar server: the server that has to be typed in with Threema OnPrem.
    :ivar code: the QR code of the link; None if the link is too long for one.
    :ivar settings: the settings of the credential that are no secrets.
    """

    username: str
    password: str = field(repr=False)
    first_name: str
    last_name: str
    language: str
    link: str = field(repr=False)
    server: str | None
    code: qr.Code | None = field(repr=False)
    settings: Settings

    @property
    def name(self) -> str:
        """The person's name; the username where there is none."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or self.username


def why_not(credential: Object) -> str | None:
    """Why there cannot be a sheet for a credential; None if there can be.

    :param credential: with its password, None if that is hashed.
    """
    if credential["password"] is None:
        return HASHED
    try:
        activation_link(credential["username"], credential["password"])
    except UnicodeEncodeError:
        return NO_TEXT
    return None


def sheet_of(credential: Object, settings: Settings, language: str, base: str) -> Sheet:
    """The sheet of a credential whose password is known.

    :param settings: those of the credential that are no secrets.
    :param base: the beginning of its activation link.
    """
    username, password = credential["username"], credential["password"]
    link = activation_link(username, password, base)
    try:
        code = qr.qr_code(link)
    except qr.TooLong:
        code = None
    return Sheet(
        username=username,
        password=password,
        first_name=_name(settings, "th_firstname"),
        last_name=_name(settings, "th_lastname"),
        language=language,
        link=link,
        server=server_of(base),
        code=code,
        settings=settings,
    )


def _name(settings: Settings, key: str) -> str:
    value = settings.get(key)
    return value.strip() if isinstance(value, str) else ""


def grouped(password: str) -> list[str]:
    """The password in groups of four characters as a person counts them."""
    groups: list[str] = []
    count = 0
    for index, character in enumerate(password):
        joined = index > 0 and (unicodedata.category(character) in _MARKS or password[index - 1] == "\u200d")
        if not joined and count % _GROUP == 0:
            groups.append("")
        count += not joined
        groups[-1] += character
    return groups


def can_be_typed(password: str) -> bool:
    """Whether a keyboard has all its characters: no controls, nothing invisible."""
    return shown(password) == password


def order(sheet: Sheet) -> tuple[str, str, str]:
    """What sheets are sorted by, as a stack of paper is handed out."""
    return sheet.last_name.casefold(), sheet.first_name.casefold(), sheet.username
