# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""From bytes to text: the character encoding of a list. It is determined with certainty, or the list is rejected."""

from __future__ import annotations

import codecs
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.threema.work.plugins.plugin_utils._reader.formats import what_it_is
from ansible_collections.threema.work.plugins.plugin_utils._reader.plausible import first_implausible
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Unreadable
from ansible_collections.threema.work.plugins.plugin_utils._reader.records import row_at

# The longer marks first: the mark of UTF-32 begins like that of UTF-16.
_MARKS: t.Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: The names of encodings in results, by the beginning of Python's name.
_FAMILIES: t.Final = ("utf-8", "utf-16", "utf-32")
#: The encoding of lists without a mark that are not UTF-8.
GUESSED: t.Final = "windows-1252"
_NAMES: t.Final = {"cp1252": GUESSED}
# A character beyond ASCII in UTF-8 (Unicode standard, table 3-7), or a byte that is not part of one.
_BEYOND_ASCII: t.Final = re.compile(
    rb"(?P<latin>[\xc3-\xc5][\x80-\xbf])"
    rb"|[\xc2\xc6-\xdf][\x80-\xbf]"
    rb"|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
    rb"|(?P<wrong>[\x80-\xff])"
)
_CUT: t.Final = re.compile(rb"(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})\Z")
_WHAT_TO_DO: t.Final = "save it as CSV UTF-8, or specify its encoding with encoding (in the playbook: roster_encoding)"
_ROWS_SHOWN: t.Final = 5


@dataclass(frozen=True)
class Text:
    """The text of a list, and its encoding; None if it was already text."""

    text: str
    encoding: str | None


def decode(data: str | bytes, encoding: str | None) -> Text:
    """The text of a list, without byte order mark.

    :param encoding: the encoding that the user specified, with its name in Python.
    :raises Unreadable: if the bytes are not text, or their encoding cannot be determined, with the row that shows it.
    """
    kind = what_it_is(data)
    if kind:
        raise Unreadable(f"row 1: {kind}")
    if isinstance(data, str):
        return Text(data.lstrip("\ufeff"), None)
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if encoding or marked:
        text, name = _strictly(data, encoding, marked)
    else:
        text, name = _told(data)
    return Text(text.lstrip("\ufeff"), name)


def check_end(text: str) -> None:
    """Reject a file that ends right after a quotation mark.

    A file that was truncated between two doubled quotation marks within a cell (C("5"" disk")) looks the same.

    :raises Unreadable: with the last row.
    """
    if text.rstrip(" \t\xa0").endswith('"'):
        raise Unreadable(
            f"row {row_at(text, len(text) - 1)}: the file ends with a quotation mark and without a line break, so "
            "it may have been truncated there; end its last row with a line break"
        )


def _strictly(data: bytes, encoding: str | None, marked: str | None) -> tuple[str, str]:
    """The text in the specified encoding, or in that of the byte order mark."""
    named = _result_name(encoding or marked or "")
    if marked and encoding and named != marked:
        raise Unreadable(f"row 1: the file begins with the mark of {marked}, but encoding is set to {named}")
    try:
        return data.decode(marked or encoding or ""), named
    except UnicodeDecodeError as exc:
        before = data[: exc.start].decode(marked or encoding or "", "ignore")
        raise Unreadable(
            f"row {row_at(before, len(before))}: there is a character that is not {named}, although the "
            f"{'file begins with its mark' if marked else 'option encoding specifies it'}; {_WHAT_TO_DO}"
        ) from None
    except UnicodeError:
        raise Unreadable(f"row 1: the file is not {named}; {_WHAT_TO_DO}") from None


def _result_name(codec: str) -> str:
    return next((name for name in _FAMILIES if codec.startswith(name)), _NAMES.get(codec, codec))


def _told(data: bytes) -> tuple[str, str]:
    """UTF-8, or else Windows-1252 if the whole file is plausible in it."""
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        _check_mixed(data)
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as exc:
        position, why = exc.start, "is in neither UTF-8 nor Windows-1252"
    else:
        implausible = first_implausible(text)
        if implausible is None:
            return text, GUESSED
        position, why = implausible, "is not in UTF-8, and as Windows-1252 it would be in no Western European word"
    raise Unreadable(
        f"row {_row(data, position)}: the encoding of the file cannot be determined: a character here {why}; "
        f"{_WHAT_TO_DO}"
    )


def _check_mixed(data: bytes) -> None:
    """Reject a file that is in two encodings, or was truncated inside a character.

    :raises Unreadable: with the rows that are in the rarer encoding.
    """
    wrong, right, latin = [], 0, []
    for match in _BEYOND_ASCII.finditer(data):
        if match["wrong"]:
            wrong.append(match.start())
        else:
            right += 1
            if match["latin"]:
                latin.append(match.start())
    cut = _CUT.search(data)
    if cut and wrong[0] >= cut.start():
        raise Unreadable(
            f"row {_row(data, cut.start())}: the file ends in the middle of a UTF-8 character, so it was "
            "truncated; get it again. (If it is in Windows-1252 and ends with that letter, end its last row with a "
            "line break.)"
        )
    if right > len(wrong) or latin:
        rarer = wrong if right > len(wrong) else latin
        rows = list(dict.fromkeys(_row(data, position) for position in rarer[:_ROWS_SHOWN]))
        more = " and more" if len(rarer) > _ROWS_SHOWN else ""
        raise Unreadable(
            f"row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows))}{more}: the encoding changes within the "
            "file: some letters are in UTF-8, others are not; save the whole of it as CSV UTF-8"
        )


def _row(data: bytes, position: int) -> int:
    return row_at(data.decode("latin-1"), position)
