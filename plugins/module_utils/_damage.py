# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What programs make of a text on its way into a list, and what cannot be a username. Pure.

The sentences do not repeat the text, which could be a password in the wrong column.
"""

from __future__ import annotations

import re
import typing as t
import unicodedata

#: What programs write if there is no value, in exactly this form. As usernames and employee numbers they are errors;
#: elsewhere they may be names of people.
NO_VALUES: t.Final = frozenset(
    (
        *("NULL", "null", "(null)", "(NULL)", "[NULL]", "<null>", "<NULL>", "None", "NaN", "nan", "NaT", "nil", "<NA>"),
        *("N/A", "n/a", r"\N", "undefined", "k.A.", "-", "--", "?"),
    )
)
#: C(nil) is a given name as well.
_NO_NUMBERS: t.Final = NO_VALUES - {"nil"}
_NO_VALUES_IN_ANY_CASE: t.Final = frozenset(word.casefold() for word in NO_VALUES)
#: A number that is too long for a spreadsheet, or that R or pandas has shortened.
_ROUNDED: t.Final = re.compile(r"\d([.,]\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
#: An integer in a column with empty cells, as pandas writes it; C(12.000) is one with a separator.
_DECIMAL: t.Final = re.compile(r"\d+[.,]00?", re.ASCII)
#: The type of an object instead of its value: of .NET, as PowerShell writes it, and of JavaScript; a hash table of
#: PowerShell. Usernames may begin in the same way: C(System.Engineering.Network), C(Microsoft.Dynamics.NAV).
_OBJECT: t.Final = re.compile(
    r"System\.(?:Object|String|Byte|U?Int\d+|DateTime|__ComObject)"
    r"|(?:Selected\.System\.|System\.Collections\.|System\.Management\.Automation\.|(?:Selected\.)?Microsoft\."
    r"(?:ActiveDirectory|PowerShell|Graph\.PowerShell)\.)[^\s@]+"
    r"|(?:System|Microsoft)\.(?:\w+\.)*\w+(?:\[,*\])+|\[object \w+\]|@\{\w+=.*\}",
    re.ASCII | re.DOTALL,
)
#: Bytes, as csvde writes what is not ASCII.
_HEX: t.Final = re.compile(r"X'(?:[0-9A-F]{2})+'", re.IGNORECASE)
#: The usual entities of HTML: of letters, quotation marks, dashes, and blanks.
_ENTITY: t.Final = re.compile(
    r"&(?:#\d{2,7}|#[xX][0-9A-Fa-f]{2,6}|[A-Za-z](?:uml|acute|grave|circ|tilde|cedil|slash|caron)|[AaUu]ring"
    r"|amp|lt|gt|quot|apos|nbsp|shy|szlig|(?:ae|AE|oe|OE)lig|eth|ETH|thorn|THORN"
    r"|[lrb]dquo|[lrb]?squo|sbquo|[lr]aquo|[nm]dash|hellip|middot|bull);"
)
#: RFC 2047, in which mail programs write names.
_ENCODED_WORD: t.Final = re.compile(r"=\?[\w.-]+\?[bq]\?[^?]*\?=", re.ASCII | re.IGNORECASE)
#: Pairs that UTF-8 has as well, but that are usual texts: a capital letter at the end of a word, and a no-break space,
#: a dash, or a soft hyphen; after capitals, also a trademark, which would be a small letter.
_RIGHT_PAIR: t.Final = re.compile("[ÄÅÈ][\xa0\xad\u2013\u2014]|[A-Z]{2}[ÄÅÈ]\u2122")
_LATIN: t.Final = re.compile("[A-Za-z]")
_JAPANESE: t.Final = frozenset(("CJK", "HIRAGANA", "KATAKANA"))
_SCHEMES: t.Final = ("mailto:", "smtp:")


def is_no_value(text: str) -> bool:
    """Whether this is, in any case of its letters, what programs write if there is no value."""
    return text.casefold() in _NO_VALUES_IN_ANY_CASE


def is_rounded(text: str) -> bool:
    """Whether this is how a program shows a number that is too long for it."""
    return bool(_ROUNDED.fullmatch(text))


def check_number(text: str, *, needed: bool) -> None:
    """Reject what no username and no employee number is.

    :param needed: whether each row needs one, so that the cell cannot be left empty.
    :raises ValueError: for a word that stands for no value, and for a number that a program has changed.
    """
    if text in _NO_NUMBERS:
        what = "correct it, or remove the row" if needed else "leave the cell empty, or correct it, or the export"
        raise ValueError(f"{text} is what programs write if there is no value; {what}")
    if is_rounded(text):
        raise ValueError("a spreadsheet has rounded this number; format the column as text there, and enter it again")
    if _DECIMAL.fullmatch(text):
        raise ValueError(
            "a program has probably added decimals to this number, and may have removed zeros in front of it; export "
            "the column as text"
        )


def check_written(text: str) -> None:
    """Reject what a program has written instead of a text.

    :raises ValueError: for the type of an object, bytes in hexadecimal digits, and text that is still encoded for HTML
        or for the header of an email.
    """
    if _OBJECT.fullmatch(text) or _HEX.fullmatch(text):
        raise ValueError(
            "a program has written the type or the bytes of this value instead of its text; correct the export"
        )
    if "&" in text and _ENTITY.search(text):
        raise ValueError("there is a character reference of HTML instead of the character; correct the export")
    if "=?" in text and _ENCODED_WORD.search(text):
        raise ValueError("this text is encoded as in the header of an email; correct the export")


def check_encoded_once(text: str) -> None:
    """Reject UTF-8 that was taken for Windows-1252, and then written in UTF-8: C(JÃ¼rgen).

    :param text: with blanks at its ends, because a no-break space may be a part of a letter.
    :raises ValueError: if it is that.
    """
    # At least one pair must be possible only in UTF-8.
    if text.isascii() or _RIGHT_PAIR.sub("", text).isascii():
        return
    try:
        once = b"".join(map(_byte, text)).decode("utf-8")
    except UnicodeError:
        return
    if all(map(_is_western, once)) or _is_other_script(text, once):
        raise ValueError(
            "this text was encoded twice (UTF-8 that was read as Windows-1252); export the list again as UTF-8, and "
            "specify no other encoding for it, or replace no-break spaces and dashes in this cell"
        )


def _byte(character: str) -> bytes:
    """The byte of a character in Windows-1252, or in Latin-1 for bytes that Windows-1252 leaves undefined."""
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")


def _is_western(character: str) -> bool:
    """Whether a character is usual in texts in Latin letters.

    What others would be in Windows-1252 is usual as well: the C(É–) of C(CAFÉ–BAR) would be a letter of phonetics.
    """
    return character < "\u0180" or character in "ȘșȚț€" or "\u2010" <= character <= "\u2026"


def _is_other_script(text: str, once: str) -> bool:
    """Whether a text without any Latin letter has at least three letters of another script if it is decoded.

    :param once: the decoded text.
    """
    if _LATIN.search(text):
        return False
    # The name of a letter begins with that of its script; Japanese names are in three of them.
    scripts = [unicodedata.name(one, "").partition(" ")[0] for one in once if unicodedata.category(one)[0] == "L"]
    return len(scripts) > 2 and (len(set(scripts)) == 1 or _JAPANESE.issuperset(scripts)) and "LATIN" not in scripts


def check_username(text: str) -> None:
    """Reject what is more than a username.

    :raises ValueError: for several addresses, for an address with a name or a scheme, and for blanks that look like
        others.
    """
    before, _at, after = text.partition("@")
    if "@" in after or ("<" in before and ">" in after) or text.casefold().startswith(_SCHEMES):
        raise ValueError("this is more than one address, or more than an address; keep only the address")
    strange = next((one for one in text if one != " " and unicodedata.category(one) == "Zs"), None)
    if strange:
        raise ValueError(f"there is a blank that is not a space (U+{ord(strange):04X}); replace it")
