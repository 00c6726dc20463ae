# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The cells of a list: what the reader of lists takes from a cell, and what the export writes into one. Pure.

Both are here, so that the export can ask what the reader would make of a cell.
"""

from __future__ import annotations

import functools
import re
import typing as t
import unicodedata

from ._damage import check_encoded_once, check_number, check_username, check_written

#: Blanks around cells: those of every width (Zs), tabs, and line breaks. Other control characters are kept, and are
#: errors.
BLANKS: t.Final = (
    " \t\r\n\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
#: What a spreadsheet writes if a formula failed, in its languages; without case.
_ERROR_VALUES: t.Final = (
    "#N/A #N/V #NV #N/D #NAME? #NOM? #NOME? #¿NOMBRE? #REF! #BEZUG! #RIF! #¡REF! #VALUE! #WERT! #VALEUR! #VALORE! "
    "#¡VALOR! #DIV/0! #¡DIV/0! #NULL! #NUL! #NULLO! #¡NULO! #NUM! #ZAHL! #NOMBRE! #¡NUM! #SPILL! #ÜBERLAUF! "
    "#PROPAGATION! #EPARS! #ESPANSIONE! #CALC! #KALK! #CALCUL! #CALCOLO! #FIELD! #FELD! #CHAMP! #CAMPO! #BLOCKED! "
    "#BLOCKIERT! #BLOQUE! #BLOQUÉ! #BLOCCATO! #CONNECT! #VERBINDEN! #CONNEXION! #CONNETTI! #UNKNOWN! #UNBEKANNT! "
    "#INCONNU! #SCONOSCIUTO! #BUSY! #PYTHON! #EXTERNAL! #TIMEOUT! #ERROR! #GETTING_DATA #DATEN_ABRUFEN #LOADING "
)
_ERROR: t.Final = re.compile(r"#{3,}|Err:\d{3}")
#: ="00042" is how people keep Excel from removing the zeros.
EQUALS: t.Final = re.compile(r'="((?:[^"]|"")*)"')
#: What a spreadsheet would calculate, or the export has marked as text. A tab or carriage return is a blank here.
_FORMULA: t.Final = re.compile(r"'*[=+\-@]")
_JOINERS: t.Final = "\u200c\u200d"
_REPLACEMENT: t.Final = "\ufffd"


def cell_of(text: str) -> str:
    """A cell for a text, for which :func:`plain` returns it: a spreadsheet would calculate some if unmarked."""
    return f"'{text}" if _FORMULA.match(text) else text


def plain(cell: str) -> str:
    """A cell without what spreadsheets need around it: surrounding blanks, C(="…"), an apostrophe before a formula."""
    text = cell.strip(BLANKS)
    if text[:1] == "=":
        equals = EQUALS.fullmatch(text)
        return equals[1].replace('""', '"').strip(BLANKS) if equals else text
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text


def text_of(cell: str, *, number: bool = False, name: bool = False) -> str:
    """The text of a cell in NFC, without what a spreadsheet adds around it.

    :param number: whether it identifies people, so that it is always a value.
    :param name: whether it is the name of an object, which has no invisible characters.
    :raises ValueError: if it contains something that cannot be sent; the sentence does not repeat the cell, which could
        be a password in the wrong column.
    """
    # Before blanks are removed, because a no-break space may be a part of a letter.
    check_encoded_once(cell)
    text = plain(cell)
    check_has_value(text)
    check_written(text)
    if number:
        check_number(text, needed=name)
    check_characters(text, joiners=not name)
    if number and name:
        check_username(text)
    return unicodedata.normalize("NFC", text)


@functools.lru_cache(maxsize=1)
def _error_values() -> frozenset[str]:
    return frozenset(_ERROR_VALUES.casefold().split())


def check_has_value(text: str) -> None:
    """:raises ValueError: for what a spreadsheet writes if a formula failed."""
    if text[:1] in ("#", "E") and (text.casefold() in _error_values() or _ERROR.fullmatch(text)):
        raise ValueError("this is what a spreadsheet writes if it has no value; correct it there")


def check_characters(text: str, *, joiners: bool) -> None:
    """Reject invisible and lost characters.

    :param joiners: whether characters that join letters (Persian, Indian scripts) and emojis are allowed.
    """
    # All printable characters at once; otherwise, this would take most of the reader's time.
    if text.isprintable() and _REPLACEMENT not in text:
        return
    for place, character in enumerate(text):
        if character == _REPLACEMENT:
            raise ValueError(
                "a character was lost here earlier (U+FFFD); export the list again in its original encoding"
            )
        category = unicodedata.category(character)
        if category in ("Cc", "Zl", "Zp"):
            raise ValueError(
                f"there is a line break, a tab, or another control character ({_code(character)}); remove it"
            )
        if category == "Cf" and not (joiners and character in _JOINERS and _joins(text, place)):
            raise ValueError(f"there is an invisible character ({_code(character)}); remove it")


def _joins(text: str, place: int) -> bool:
    """Whether the characters on both sides belong to a word or an emoji."""
    before, after = max(0, place - 1), place + 1
    end = place + 2
    sides = text[before:place], text[after:end]
    return all(side and unicodedata.category(side)[0] in "LMS" for side in sides)


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
