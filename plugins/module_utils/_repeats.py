# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Whether a text repeats a secret, in whatever form a service writes it.

How a service escapes what it repeats is not known. Therefore, the secret is not encoded in many ways, but the text is
decoded repeatedly, and both are also compared by their letters and digits.
"""

from __future__ import annotations

import base64
import binascii
import functools
import html
import re
import typing as t
import unicodedata
from urllib.parse import unquote, unquote_plus

#: This many characters of a secret must not be shown: a service may truncate what it repeats. A key has 20 or more, so
#: a word that happens to be part of it does not reveal it.
PART_OF_A_PASSWORD: t.Final = 4
PART_OF_A_KEY: t.Final = 8
#: How many times a text is decoded, and how many readings of it are checked: some decodings produce two from one.
_ROUNDS: t.Final = 4
_MAX_READINGS: t.Final = 64
_ESCAPE: t.Final = re.compile(
    r"\\u\{([0-9a-fA-F]{1,6})\}|\\U([0-9a-fA-F]{8})|[\\%]u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|=([0-9A-F]{2})|\\([0-7]{3})"
    r"|\\([^0-9A-Za-z])"
)
_DOUBLED: t.Final = re.compile(r"(['\"`])\1")
_NOT_ASCII: t.Final = re.compile("[^\x00-\x7f]+")
_BASE64: t.Final = re.compile(r"[A-Za-z0-9+/_-]{6,}")
_HEX: t.Final = re.compile(r"(?:[0-9a-fA-F]{2}){4,}")
_BEFORE_HEX: t.Final = re.compile(r"\b0x|\\x")
_BETWEEN_HEX: t.Final = re.compile(r"(?<=[0-9a-fA-F]{2})[\s:,-]+(?=[0-9a-fA-F]{2})")


def contains_secret(text: str, secrets: t.Iterable[str]) -> bool:
    """Whether a text repeats one of the secrets as a whole."""
    return _repeats(text, secrets, None)


def contains_part(text: str, secrets: t.Iterable[str], part: int) -> bool:
    """Whether a text repeats this many characters of one of the secrets, or all of a shorter one."""
    return _repeats(text, secrets, part)


def _repeats(text: str, secrets: t.Iterable[str], part: int | None) -> bool:
    wanted = [form for secret in secrets if secret for form in _forms(secret)]
    if not wanted:
        return False
    shortest = part or min(map(len, wanted))
    found = [form for reading in _readings(text, shortest) for form in _forms(reading)]
    if part is None:
        return any(one in form for one in wanted for form in found)
    # One set for all: a bulk write has a thousand secrets.
    parts = {some for form in found for some in _parts(form, part)}
    return any(
        any(one in form for form in found) if len(one) < part else not parts.isdisjoint(_parts(one, part))
        for one in wanted
    )


def _parts(text: str, length: int) -> list[str]:
    """All parts of this length."""
    return [text[start:end] for start, end in enumerate(range(length, len(text) + 1))]


def _forms(text: str) -> set[str]:
    """The forms of a text for comparison: without case and blanks, and only its letters and digits without accents."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    seen = "".join(one for one in folded if one.isprintable() and not one.isspace()) or text
    letters = "".join(one for one in unicodedata.normalize("NFKD", seen) if one.isalnum())
    # A secret of symbols with a letter or two in between is not recognized by its letters.
    return {seen, letters} if len(letters) >= PART_OF_A_PASSWORD else {seen}


@functools.lru_cache(maxsize=256)
def _readings(text: str, shortest: int) -> tuple[str, ...]:
    """The text, and the results of decoding it repeatedly in each way.

    :param shortest: shorter strings are not searched for, so shorter words are not decoded.
    """
    found = {text: None}
    new = [text]
    for _round in range(_ROUNDS):
        decoded = [reading for one in new for decode in _DECODERS for reading in decode(one)]
        readings = [*decoded, *(reading for one in new for reading in _unpacked(one, shortest))]
        new = [reading for reading in dict.fromkeys(readings) if reading not in found]
        found.update(dict.fromkeys(new))
        if not new or len(found) > _MAX_READINGS:
            break
    return tuple(found)


def _unescaped(text: str) -> t.Iterator[str]:
    """Escapes of JSON, JavaScript, Python, C, quoted-printable; a byte is read as the character with its number."""

    def character(match: re.Match[str]) -> str:
        *codes, octal, plain = match.groups()
        code = next((int(one, 16) for one in codes if one), None) if octal is None else int(octal, 8)
        return plain or (chr(code) if code is not None and code <= 0x10FFFF else match[0])

    yield _ESCAPE.sub(character, text)


def _misread(text: str) -> t.Iterator[str]:
    """UTF-8 that was read as Latin-1 or Windows-1252."""

    def read_again(match: re.Match[str]) -> str:
        for encoding in ("latin-1", "cp1252"):
            try:
                return match[0].encode(encoding).decode()
            except UnicodeError:
                continue
        return match[0]

    yield _NOT_ASCII.sub(read_again, text)


def _unpacked(text: str, shortest: int) -> t.Iterator[str]:
    """Decoded Base64 (also if truncated, without padding, or from the middle) and hexadecimal digits."""
    for token in _BASE64.findall(text):
        # Three bytes are written as four characters.
        if len(token) * 3 < shortest * 4:
            continue
        plain = token.replace("-", "+").replace("_", "/")
        for start in range(4):
            end = len(plain) - (len(plain) - start) % 4 or None
            whole = plain[start:end]
            rest = plain[start:].removeprefix(whole)
            # Two or three characters at the end hold one or two bytes.
            yield from _as_text(base64.b64decode(whole + (rest + "==")[:4] if len(rest) > 1 else whole))
    for token in _HEX.findall(_BETWEEN_HEX.sub("", _BEFORE_HEX.sub("", text))):
        yield from _as_text(binascii.unhexlify(token))


def _as_text(raw: bytes) -> t.Iterator[str]:
    yield raw.decode("utf-8", "ignore")
    if b"\x00" in raw:
        yield raw.replace(b"\x00", b"").decode("latin-1")


_DECODERS: t.Final[tuple[t.Callable[[str], t.Iterable[str]], ...]] = (
    lambda text: (html.unescape(text), _DOUBLED.sub(r"\1", text)),
    lambda text: (unquote(text), unquote_plus(text), unquote(text, "latin-1")),
    _unescaped,
    _misread,
)
