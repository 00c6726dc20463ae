# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters activation_link and qr_svg; that Ansible finds them is shown by their examples."""

from __future__ import annotations

import re
import sys
import typing as t
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
import zxingcpp
from ansible.errors import AnsibleFilterError
from ansible_collections.threema.work.plugins.filter.activation_link import link_of
from ansible_collections.threema.work.plugins.filter.qr_svg import qr_svg
from ansible_collections.threema.work.plugins.module_utils._sheets import qr
from ansible_collections.threema.work.tests.modules.sheets import pixels
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import StrictUndefined

#: What a link can contain: no halves of characters.
TEXTS: t.Final = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=256)


@given(TEXTS, TEXTS, st.sampled_from(["https", "threemawork"]))
def test_whatever_they_hold(username: str, password: str, scheme: str) -> None:
    link = link_of(username, password, scheme=scheme)
    base, query = link.split("?")
    assert base == {"https": "https://work.threema.ch/license", "threemawork": "threemawork://license"}[scheme]
    assert re.fullmatch("[A-Za-z0-9._~%&=-]+", query)
    assert parse_qsl(urlsplit(link).query, keep_blank_values=True) == [("username", username), ("password", password)]


def test_a_link() -> None:
    assert link_of("jane.doe", "a+b &#%/é") == (
        "https://work.threema.ch/license?username=jane.doe&password=a%2Bb%20%26%23%25%2F%C3%A9"
    )


@pytest.mark.parametrize(
    ("username", "password", "scheme", "why"),
    [
        ("anna", "x", "http", "scheme must be one of https, threemawork"),
        ("", "x", "https", "the username must be a string"),
        ("anna", None, "https", "the password must be a string"),
        ("anna", 7, "https", "the password must be a string"),
        ("anna", "sEcret\ud83d", "https", "half of a character"),
    ],
)
def test_links_that_cannot_be(username: t.Any, password: t.Any, scheme: str, why: str) -> None:
    with pytest.raises(AnsibleFilterError, match=why) as caught:
        link_of(username, password, scheme=scheme)
    assert "sEcret" not in str(caught.value)


def test_what_is_undefined_stays_so() -> None:
    missing = StrictUndefined(name="password")
    assert link_of("anna", missing) is missing
    assert link_of(missing, "x") is missing
    assert qr_svg(missing) is missing


@pytest.mark.parametrize("text", ["x", "https://work.threema.ch/license?username=a&password=%20", "é漢😀", "x" * 2953])
def test_a_code(text: str) -> None:
    drawing = ElementTree.fromstring(qr_svg(text))
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    width = int(drawing.attrib["viewBox"].split()[2])
    light, dark = drawing.findall("{http://www.w3.org/2000/svg}path")
    assert (light.attrib["fill"], dark.attrib["stroke"]) == ("#fff", "#000")
    (found,) = zxingcpp.read_barcodes(pixels(width, dark.attrib["d"]))
    assert found.text == text


@pytest.mark.parametrize(
    ("text", "why"), [("x" * 2954, "2,953 bytes"), ("", "not empty"), (7, "must be a string"), ("\ud83d", "half of a")]
)
def test_codes_that_cannot_be(text: t.Any, why: str) -> None:
    with pytest.raises(AnsibleFilterError, match=why):
        qr_svg(text)


def test_without_segno(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qr, "HAS_SEGNO", False)
    with pytest.raises(AnsibleFilterError, match=re.escape(f"{sys.executable} -m pip install segno")):
        qr_svg("x")
