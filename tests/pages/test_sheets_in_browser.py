# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make pages``: activation sheets in a browser and on paper. Look at the pictures and the PDF in ``.build/pages``."""

from __future__ import annotations

import base64
import json
import random
import re
import struct
import typing as t
from pathlib import Path

import pytest
import zxingcpp
from ansible_collections.threema.work.plugins.module_utils import _png
from ansible_collections.threema.work.tests.modules import sheets
from ansible_collections.threema.work.tests.modules.test_logo import picture
from ansible_collections.threema.work.tests.pages.chromium import Browser
from ansible_collections.threema.work.tests.support.modules import Modules, Result
from ansible_collections.threema.work.tests.support.simulator_process import BUILD, Simulator

FOLDER: t.Final = BUILD / "pages"
LANGUAGES: t.Final = ("en", "de", "fr", "it")
_WORST: t.Final = ("serious", "critical")
#: A4 at 96 pixels an inch.
_HEIGHT: t.Final = 297 / 25.4 * 96


def _texts() -> list[str]:
    """Texts of 256 characters: wide ones, some that need escapes, some of several code units, some without a gap."""
    generator = random.Random(1)
    smileys = "".join(chr(0x1F600 + generator.randrange(60)) for _number in range(256))
    mixed = "".join(generator.choice("Ww漢字ÄMQ&< ") for _number in range(255)) + "x"
    return ["W" * 256, smileys, mixed, "مرحبا" * 51 + "x", "a b" * 85 + "c", "\u200b" * 128 + "0O1lI|" * 21 + "ab"]


PEOPLE: t.Final[list[Result]] = [
    sheets.person("jane.doe", "k7Qm2xVbR9tWp4sZcHnE", "Jane", "Doe"),
    sheets.person("beat", "0Ol1I| a\u200bb\u0007", "שלום", "كريم"),
    *[sheets.person(text, text[::-1], text, text) for text in _texts()],
    *[sheets.person(text + "2"[: 256 - len(text)], text) for text in _texts() if len(text) < 256],
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[dict[str, Path]]:
    """The folder of each language, with a logo and an organization as long as can be."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = tmp_path_factory.mktemp("sheets")
    (folder / "logo.png").write_bytes(picture())
    with Simulator() as simulator:
        simulator.reset()
        sheets.people(simulator, *PEOPLE)
        run = Modules(simulator)
        for language in LANGUAGES:
            organization = "W" * 256 if language != "en" else "Example Clinic"
            options = {"language": language, "organization": organization, "logo": str(folder / "logo.png")}
            run.good("activation_sheets", dest=str(folder / language), **options)
        yield {language: folder / language for language in LANGUAGES}


def _jane(folder: Path) -> Path:
    return folder / sheets.name_of("jane.doe")


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_page_each(chromium: Browser, written: dict[str, Path], language: str) -> None:
    """On A4, whatever the names, passwords, and the organization are."""
    chromium.open(written[language] / "all.html", 794)
    chromium.call("Emulation.setEmulatedMedia", media="print")
    script = "[...document.querySelectorAll('section')].map(one => one.getBoundingClientRect().height)"
    heights = chromium.evaluate(script)
    chromium.call("Emulation.setEmulatedMedia", media="")
    assert len(heights) == len(PEOPLE) and max(heights) <= _HEIGHT
    file = FOLDER / f"sheets-{language}.pdf"
    chromium.pdf(file)
    content = file.read_bytes()
    boxes = {tuple(map(round, map(float, box.split()))) for box in re.findall(rb"/MediaBox \[([^\]]+)\]", content)}
    assert boxes == {(0, 0, 595, 842)}
    assert len(re.findall(rb"/Type /Page\b", content)) == len(PEOPLE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone(chromium: Browser, written: dict[str, Path], rules: str, language: str) -> None:
    """It fits, it can be tapped, it can be read by everybody, it loads nothing, and it complains of nothing."""
    for name in ("all.html", _jane(written[language]).name):
        file = written[language] / name
        chromium.open(file, 390)
        assert chromium.complaints() == []
        assert [one for one in chromium.requests() if not one.startswith("data:image/png;")] == [file.as_uri()]
        assert chromium.evaluate("[document.documentElement.scrollWidth, window.innerWidth]") == [390, 390]
        assert chromium.evaluate("document.querySelector('.button').getBoundingClientRect().height") >= 44
    chromium.screenshot(FOLDER / f"sheet-{language}-390.png")
    chromium.evaluate(f"{rules}; true")
    found = chromium.evaluate("axe.run(document, {resultTypes: ['violations']}).then(one => one.violations)")
    assert [one["id"] for one in found if one["impact"] in _WORST] == []


def test_the_password_can_be_copied(chromium: Browser, written: dict[str, Path]) -> None:
    """The gaps between its groups are none, and the marks of blanks are blanks."""
    chromium.open(written["en"] / "all.html", 1280)
    script = """[...document.querySelectorAll('section')].map(one => {
        const last = one.querySelector('dl').lastElementChild
        getSelection().selectAllChildren(last)
        return getSelection().toString()
    })"""
    copied = set(chromium.evaluate(script))
    passwords = {one["password"] for one in PEOPLE}
    assert {one for one in passwords if one.isprintable() and one == one.strip()} <= copied


@pytest.mark.parametrize("width", [390, 794])
def test_a_camera_reads_it_from_the_screen(chromium: Browser, written: dict[str, Path], width: int) -> None:
    chromium.open(_jane(written["en"]), width)
    script = "JSON.stringify(document.querySelector('.code').getBoundingClientRect())"
    box = json.loads(chromium.evaluate(script))
    clip = {**{key: box[key] for key in ("x", "y", "width", "height")}, "scale": 2}
    shot = chromium.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
    (found,) = zxingcpp.read_barcodes(_gray(base64.b64decode(shot["data"])))
    assert found.text == "https://work.threema.ch/license?username=jane.doe&password=k7Qm2xVbR9tWp4sZcHnE"


def _gray(content: bytes) -> memoryview:
    """A picture without its colors, a byte for each pixel."""
    header, lines = _png._open(content)
    width, height, _depth, kind = struct.unpack(">IIBB", header[:10])
    step = {2: 3, 6: 4}[kind]
    return memoryview(b"".join(line[::step] for line in lines)).cast("B", (height, width))


def test_how_they_look(chromium: Browser, written: dict[str, Path]) -> None:
    """What is written is looked at by people; here, only that there is a picture of each kind."""
    for language in LANGUAGES:
        chromium.open(_jane(written[language]), 794)
        file = FOLDER / f"sheet-{language}-794.png"
        chromium.screenshot(file)
        assert file.stat().st_size > 10_000
