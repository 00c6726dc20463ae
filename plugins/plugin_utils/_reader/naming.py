# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Usernames for lists without them, generated from other columns by a rule: C({first_name}.{last_name})."""

from __future__ import annotations

import re
import typing as t
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.threema.work.plugins.module_utils._parameters import is_secret
from ansible_collections.threema.work.plugins.plugin_utils._columns import is_known
from ansible_collections.threema.work.plugins.plugin_utils._reader.kinds import DATES, PEOPLE

_PART: t.Final = re.compile(r"\{(?P<column>[^{}:]*)(?::(?P<length>[^{}]*))?\}|(?P<text>[^{}]+)")
_MAY_COME_OUT: t.Final = re.compile(r"[a-z0-9._-]*")
_BLANKS: t.Final = re.compile(r"\s+")
_APOSTROPHES: t.Final = dict.fromkeys(map(ord, "'`´\u2018\u2019\u02bc\u02bb\u02b9\u02bd\uff07"))
# As in passports (ICAO Doc 9303, part 3, section 6), in lowercase. For other letters, the accent is dropped.
_LETTERS: t.Final = str.maketrans(
    {
        "ä": "ae",
        "å": "aa",
        "æ": "ae",
        "ö": "oe",
        "ø": "oe",
        "œ": "oe",
        "ü": "ue",
        "ß": "ss",
        "ð": "d",
        "đ": "d",
        "þ": "th",
        "ł": "l",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
        "ı": "i",
        "ĳ": "ij",
        # Hyphens that are not a hyphen-minus.
        "\u2010": "-",
        "\u2011": "-",
    }
)


@dataclass(frozen=True)
class Part:
    """A part of a rule: a string, or a column with the number of its first characters that are used; None: all."""

    text: str
    column: str | None = None
    length: int | None = None


@dataclass(frozen=True)
class Rule:
    """A rule that generates usernames."""

    parts: tuple[Part, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it needs."""
        return tuple(dict.fromkeys(part.column for part in self.parts if part.column))

    def username(self, person: Mapping[str, t.Any]) -> str:
        """
        The username of a person.

        :raises ValueError: with a sentence, if the person lacks a value, or has one in another script.
        """
        return "".join(_value(part, person) if part.column else part.text for part in self.parts)


def parse_rule(text: str) -> Rule:
    """
    Parse a rule.

    :raises ValueError: with what is wrong with it.
    """
    parts: list[Part] = []
    position = 0
    while position < len(text):
        match = _PART.match(text, position)
        if match is None:
            raise ValueError("a brace is not closed or not opened; write columns as in {first_name}.{last_name}")
        position = match.end()
        parts.append(Part(_literal(match["text"])) if match["text"] else _column(match["column"], match["length"]))
    rule = Rule(tuple(parts))
    if not rule.columns:
        raise ValueError("it contains no column, so everyone would get the same name; write {first_name}.{last_name}")
    return rule


def _literal(text: str) -> str:
    lowered = text.lower()
    if not _MAY_COME_OUT.fullmatch(lowered):
        raise ValueError("besides columns, only a to z, 0 to 9, periods, hyphens, and underscores are allowed")
    return lowered


def _column(name: str, length: str | None) -> Part:
    name = name.strip()
    usable = name.startswith("th_") and is_known(name) and not is_secret(name)
    if not usable and (name == PEOPLE.key or name in DATES or name not in PEOPLE.taken):
        known = ", ".join(one for one in PEOPLE.taken if one != PEOPLE.key and one not in DATES)
        raise ValueError(
            f"{name[:60]!r} is not a column for generating usernames; use one of {known}, or a parameter th_…"
        )
    if length is None:
        return Part("", name)
    if not re.fullmatch(r"[0-9]{1,3}", length.strip(), re.ASCII) or int(length) < 1:
        raise ValueError(f"after {name}: a number of characters is needed, as in {{{name}:1}}")
    return Part("", name, int(length))


def _value(part: Part, person: Mapping[str, t.Any]) -> str:
    name = part.column or ""
    if name not in person:
        raise ValueError(f"{name} is empty, so no username can be generated; fill it in, or leave the row out")
    made = transliterated(str(person[name]))
    if not _MAY_COME_OUT.fullmatch(made):
        raise ValueError(
            f"{name} has a character that is not allowed in a generated username (only a to z, 0 to 9, periods, "
            "hyphens, and underscores, after transliteration from Latin letters); provide usernames in a column"
        )
    if not made:
        raise ValueError(f"nothing of {name} is left for a username; provide usernames in a column")
    return made[: part.length]


def transliterated(text: str) -> str:
    """A text in lowercase ASCII, as far as it is in Latin letters; other characters are kept."""
    text = unicodedata.normalize("NFC", text).lower()
    text = unicodedata.normalize("NFC", text).translate(_LETTERS).translate(_APOSTROPHES)
    text = "".join(_plain(character) for character in text)
    return _BLANKS.sub("-", text.strip())


def _plain(character: str) -> str:
    """A letter without its accents; a letter that has none, or is not Latin, is unchanged."""
    base = "".join(one for one in unicodedata.normalize("NFD", character) if unicodedata.category(one) != "Mn")
    return base if base.isascii() else character
