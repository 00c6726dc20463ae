# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Activation links, as https://threema.ch/en/work/support/activation-link has them. Pure."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import parse_qs, quote, urlsplit

DEFAULT_BASE: t.Final = "https://work.threema.ch/license"
#: The forms of the link: the first opens a web page, which hands over to the app; the second opens the app itself.
BASES: t.Final = {"https": DEFAULT_BASE, "threemawork": "threemawork://license"}

#: The characters of a URI (RFC 3986, section 2), without "#": what follows it would not be sent.
_BASE: t.Final = re.compile(r"([a-z][a-z0-9+.-]*)://[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+\Z")
#: These run or show something else than an app, or send the password in plain text.
_UNSAFE: t.Final = frozenset(("http", "ftp", "file", "data", "javascript", "vbscript", "blob", "about", "ws"))


def activation_link(username: str, password: str, base: str = DEFAULT_BASE) -> str:
    """The link that sets up the app; every character that is not a letter, a digit, or one of ``-._~`` is encoded.

    :param base: the link without its username and password; it may have other parameters.
    :raises UnicodeEncodeError: if one of them is not text (half of a character).
    """
    query = f"username={quote(username, safe='')}&password={quote(password, safe='')}"
    return f"{base}{'&' if '?' in base else '?'}{query}"


def check_base(base: str) -> None:
    """:raises ValueError: with a sentence, if no activation link can begin so."""
    found = _BASE.match(base)
    if not found:
        raise ValueError(
            "it must be a URL such as https://work.threema.ch/license, without blanks, quotation marks, or #"
        )
    if found.group(1) in _UNSAFE:
        raise ValueError(f"links with {found.group(1)}: are not safe for a password; use https, or the app's own")
    try:
        parts = urlsplit(base)
        known = parse_qs(parts.query, keep_blank_values=True)
    except ValueError:
        raise ValueError("it is not a valid URL") from None
    if not parts.netloc or "@" in parts.netloc:
        raise ValueError("it must have a host, and no username in front of it")
    if not known.keys().isdisjoint(("username", "password")):
        raise ValueError("it already has a username or a password; each sheet adds its own")


def server_of(base: str) -> str | None:
    """The server of Threema OnPrem that a link names; None for Threema Work."""
    return next(iter(parse_qs(urlsplit(base).query).get("server", ())), None)
