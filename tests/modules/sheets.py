# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Activation sheets as a person meets them: what a page says, and what a camera reads in its code."""

from __future__ import annotations

import hashlib
import re
import typing as t
from html.parser import HTMLParser
from pathlib import Path

import zxingcpp
from ansible_collections.threema.work.tests.support.modules import Result
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

#: What the page is made of; everything else that a browser would take for markup came from a name.
TAGS: t.Final = frozenset(
    ("html", "head", "meta", "title", "style", "body", "section", "div", "svg", "symbol", "image", "use", "path",
     "bdi", "bdo", "h1", "h2", "p", "ol", "li", "b", "dl", "dt", "dd", "span", "i", "wbr", "a", "strong")
)  # fmt: skip
ATTRIBUTES: t.Final = frozenset(
    ("lang", "charset", "http-equiv", "content", "name", "class", "dir", "role", "aria-label", "aria-hidden", "style",
     "xmlns", "viewbox", "fill", "stroke", "d", "href", "id", "width", "height", "preserveaspectratio", "title")
)  # fmt: skip
#: Pixels for each module of a code.
_SCALE: t.Final = 4
_STEP: t.Final = re.compile(r"([Mmh])\s*(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?")


class Sheet:
    """One page.

    :ivar name: the heading.
    :ivar typed: what is to be typed, in its order: perhaps the server, the username, and the password.
    :ivar links: where one can tap.
    :ivar code: the SVG of the code: its width, and the path of its dark modules; None if there is none.
    :ivar text: all of its text.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.name = ""
        self.typed: list[str] = []
        self.links: list[str] = []
        self.code: tuple[int, str] | None = None
        self.text = ""
        self.classes: set[str] = set()

    def scanned(self) -> str | None:
        """What a camera reads."""
        if self.code is None:
            return None
        found = zxingcpp.read_barcodes(pixels(*self.code))
        assert len(found) == 1
        return str(found[0].text)


def pixels(width: int, path: str) -> memoryview:
    """The drawing of a code as an image, a byte for each pixel: lines of the height of one module."""
    side = width * _SCALE
    image = bytearray(b"\xff" * side * side)
    x = y = 0.0
    for command, one, other in _STEP.findall(path):
        if command == "h":
            end = x + float(one)
            for row in range(int((y - 0.5) * _SCALE), int((y + 0.5) * _SCALE)):
                start, stop = row * side + int(x * _SCALE), row * side + int(end * _SCALE)
                image[start:stop] = bytes(stop - start)
            x = end
        elif command == "m":
            x, y = x + float(one), y + float(other)
        else:
            x, y = float(one), float(other)
    return memoryview(image).cast("B", (side, side))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sheets: list[Sheet] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        assert tag in TAGS, f"<{tag}> is no part of a sheet"
        assert given.keys() <= ATTRIBUTES, f"<{tag} {' '.join(given)}>"
        if tag == "section":
            self.sheets.append(Sheet(given["lang"]))
        if self.sheets:
            self._start(self.sheets[-1], tag, given)
        if tag not in ("meta", "path", "image", "use", "wbr"):
            self._open.append((tag, given.get("class", "")))

    def _start(self, sheet: Sheet, tag: str, given: dict[str, str]) -> None:
        sheet.classes.update(given.get("class", "").split())
        if tag == "a":
            sheet.links.append(given["href"])
        elif tag == "dd":
            sheet.typed.append("")
        elif tag == "svg" and "viewbox" in given:
            sheet.code = (int(given["viewbox"].split()[2]), "")
        elif tag == "path" and "stroke" in given:
            assert sheet.code and given["stroke"] == "#000"
            sheet.code = (sheet.code[0], given["d"])

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()
        else:
            # Its start closed itself.
            assert tag in ("path", "image", "use"), f"</{tag}> was never opened"

    def handle_data(self, data: str) -> None:
        if not any(tag == "section" for tag, _kind in self._open):
            return
        sheet = self.sheets[-1]
        sheet.text += data
        names = [tag for tag, _kind in self._open]
        if "h1" in names:
            sheet.name += data
        if "dd" in names:
            sheet.typed[-1] += data


def read(path: Path) -> list[Sheet]:
    """The pages of a file, as a browser would find them."""
    content = path.read_bytes().decode()
    mark, _line, page = content.partition("\n")
    assert mark == "<!-- threema.work.activation_sheets -->" and page.startswith("<!DOCTYPE html>\n")
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert not reader._open
    return reader.sheets


def people(simulator: Simulator, *items: Result) -> None:
    """Add credentials, ``password`` included."""
    simulator.control("POST", "credentials", list(items))


def person(username: str, password: str = "pLank-7/quArtz", first: str = "", last: str = "", **more: t.Any) -> Result:
    """A credential with the name of its person."""
    settings = {name: value for name, value in (("th_firstname", first), ("th_lastname", last)) if value}
    return {"username": username, "password": password, "settings": settings, **more}


def activate(simulator: Simulator, username: str, password: str = "pLank-7/quArtz") -> None:
    """Use a credential."""
    simulator.control("POST", "activate", {"username": username, "password": password})


def name_of(username: str) -> str:
    """The file of a username, as the documentation says it."""
    kept = [one if one.isascii() and (one.isalnum() or one in "._-") else "-" for one in username[:60]]
    return f"{''.join(kept).lower()}-{hashlib.sha256(username.encode()).hexdigest()[:8]}.html"


def files(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """What is in a folder: inode, time, and content."""
    found = {}
    for path in sorted(folder.iterdir()) if folder.exists() else ():
        status = path.lstat()
        found[path.name] = (status.st_ino, status.st_mtime_ns, path.read_bytes() if path.is_file() else b"")
    return found
