# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets in what a service says: found in whatever form it writes them."""

from __future__ import annotations

import base64
import html
import json
import quopri
import typing as t
import unicodedata
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.threema.work.plugins.module_utils._repeats import PART_OF_A_PASSWORD, contains_secret
from ansible_collections.threema.work.plugins.module_utils._repeats import contains_part as contains


def contains_part(text: str, secrets: t.Iterable[str]) -> bool:
    """As it is asked of passwords."""
    return contains(text, secrets, PART_OF_A_PASSWORD)


SECRETS: t.Final = (
    "Wi'nt\"er<&>é/2031",
    'pä"ss/w+rd=',
    "a/b+c!d",
    "O'Neil's",
    "Zürich 2031",
    "!$§%&/()?",
    "aB3kZ9qWxY2mN8pRtU4v",
    "日本語パスワード",
    "back\\slash\\n",
)


def coded(text: str, form: str) -> str:
    """Each character by its number."""
    return "".join(form % ord(one) for one in text)


def basic(user: str) -> t.Callable[[str], str]:
    """As a login of HTTP is written."""
    return lambda secret: base64.b64encode(f"{user}:{secret}".encode()).decode()


def dumped(text: str) -> str:
    """As JSON."""
    return json.dumps(text)


#: How a service may write it.
FORMS: t.Final[dict[str, t.Callable[[str], str]]] = {
    "plain": lambda secret: secret,
    "in capitals": str.upper,
    "Python's HTML": html.escape,
    "PHP's HTML": lambda secret: html.escape(secret).replace("&#x27;", "&#039;"),
    "Go's HTML": lambda secret: html.escape(secret).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
    "XML": lambda secret: html.escape(secret).replace("&#x27;", "&apos;"),
    "HTML with entities": lambda secret: html.escape(secret).replace("é", "&eacute;").replace("ü", "&uuml;"),
    "HTML of numbers": lambda secret: coded(secret, "&#x%x;"),
    "HTML twice": lambda secret: html.escape(html.escape(secret)),
    "HTML without quotes": lambda secret: html.escape(secret, quote=False),
    "HTML, angles only": lambda secret: secret.replace("<", "&lt;").replace(">", "&gt;"),
    "JSON": dumped,
    "PHP's JSON": lambda secret: dumped(secret).replace("/", "\\/"),
    "Go's JSON": lambda secret: dumped(secret).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"),
    "JSON twice": lambda secret: dumped(dumped(secret)),
    "JSON three times": lambda secret: dumped(dumped(dumped(secret))),
    "JSON in HTML": lambda secret: html.escape(dumped(secret)),
    "SQL": lambda secret: secret.replace("'", "''").replace('"', '""'),
    "with backslashes": lambda secret: secret.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"'),
    "shell": lambda secret: secret.replace("'", "'\\''"),
    "Python": repr,
    "Python in ASCII": ascii,
    "bytes of Python": lambda secret: repr(secret.encode()),
    "JavaScript": lambda secret: coded(secret, "\\u{%x}"),
    "C": lambda secret: "".join(f"\\{byte:03o}" for byte in secret.encode()),
    "percent": lambda secret: quote(secret, safe=""),
    "percent, lower case": lambda secret: quote(secret, safe="").lower(),
    "percent twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "percent three times": lambda secret: quote(quote(quote(secret, safe=""), safe=""), safe=""),
    "a form": quote_plus,
    "percent with u": lambda secret: coded(secret, "%%u%04X"),
    "mail": lambda secret: quopri.encodestring(secret.encode()).decode(),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64 without padding": lambda secret: base64.b64encode(secret.encode()).decode().rstrip("="),
    "base64 for URLs": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
    "base64 twice": lambda secret: base64.b64encode(base64.b64encode(secret.encode())).decode(),
    "base64 in percent": lambda secret: quote(base64.b64encode(secret.encode()).decode(), safe=""),
    "a login": basic("a"),
    "another login": basic("an"),
    "a longer login": basic("ann"),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "hexadecimal in capitals": lambda secret: secret.encode().hex().upper(),
    "hexadecimal with blanks": lambda secret: secret.encode().hex(" "),
    "hexadecimal with colons": lambda secret: secret.encode().hex(":"),
    "hexadecimal with 0x": lambda secret: ", ".join(f"0x{byte:02x}" for byte in secret.encode()),
    "hexadecimal as one number": lambda secret: f"0x{secret.encode().hex()}",
    "hexadecimal with x": lambda secret: "".join(f"\\x{byte:02x}" for byte in secret.encode()),
    "decomposed": lambda secret: unicodedata.normalize("NFD", secret),
    "without accents": lambda secret: secret.translate({0xE9: "e", 0xFC: "u", 0xE4: "a"}),
    "UTF-8 read as Latin-1": lambda secret: secret.encode().decode("latin-1"),
    "UTF-8 read as Latin-1 twice": lambda secret: secret.encode().decode("latin-1").encode().decode("latin-1"),
    "with invisible characters": "\u200b".join,
    "with blanks": " ".join,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("secret", SECRETS)
def test_forms(secret: str, form: t.Callable[[str], str]) -> None:
    for text in (form(secret), f"the value '{form(secret)}' is bad"):
        assert contains_part(text, ["other-secret", secret]), text
        assert contains_secret(text, ["other-secret", secret]), text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("secret", ["Zürich 2031", "aB3kZ9qWxY2mN8pRtU4v"])
def test_utf_16_that_is_packed(secret: str, encoding: str) -> None:
    raw = f"the value {secret} is bad".encode(encoding)
    assert contains_part(base64.b64encode(raw).decode(), [secret])
    assert contains_part(raw.hex(), [secret])
    assert contains_secret(base64.b64encode(raw).decode(), [secret])


def test_a_blank_that_is_written_as_plus() -> None:
    """Of a secret of signs, whose letters tell nothing."""
    assert contains_part(f"no: {quote_plus('!? &%')}", ["!? &%"])
    assert contains_secret(f"no: {quote_plus('!? &%')}", ["!? &%"])


@pytest.mark.parametrize("secret", SECRETS)
def test_a_part_is_enough(secret: str) -> None:
    for part in (secret[:4], secret[-4:], secret[2:6], base64.b64encode(secret.encode()).decode()[:16]):
        assert contains_part(f"no: {part}…", [secret]), part
    assert not contains_secret(f"no: {secret[:-3]}…", [secret])


@pytest.mark.parametrize("start", range(6))
def test_base64_that_was_cut_at_its_beginning(start: int) -> None:
    written = base64.b64encode(b"jane.doe:aB3kZ9qWxY2mN8pRtU4v").decode()
    assert contains_part(written[start:], ["aB3kZ9qWxY2mN8pRtU4v"])


@pytest.mark.parametrize("secret", ["a", "ab", "x1!"])
def test_short_secrets(secret: str) -> None:
    assert contains_part(f"no {secret} here", [secret])
    assert not contains_part("01234 56789", [secret])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "username already in use",
        "the password is too short, it needs at least 8 characters",
        "no license is left (403)",
        "invalid value for th_csi; expected a text of at most 256 characters",
        "request 5f3e9a70-1111-4222-8333-abcdefabcdef of 2026-11-26T08:15:00Z failed",
        "%zz \\q &bogus; =ZZ \ud800",
    ],
)
def test_other_texts_are_shown(text: str) -> None:
    secrets = ["", "aB3kZ9qWxY2mN8pRtU4v", "Winter-2031!", "Zürich 2031", "日本語パスワード", "!$§%&/()?"]
    assert not contains_part(text, secrets)
    assert not contains_secret(text, secrets)


def test_no_secrets() -> None:
    for secrets in ([], [""]):
        assert not contains_part("anything", secrets)
        assert not contains_secret("anything", secrets)


@pytest.mark.parametrize(
    "text", ["%25" * 100, "\\" * 300, "&amp;" * 60, "''" * 150, "4d" * 150, "=" * 300, "TWpv" * 75]
)
def test_a_text_that_decodes_to_many(text: str) -> None:
    """It ends soon, whatever it finds."""
    contains_part(text[:300], [f"{secret}{number}" for number in range(100) for secret in SECRETS])
