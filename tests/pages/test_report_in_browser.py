# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make pages``: the report in a browser. Pictures and a PDF of each page are in ``.build/pages``, to be looked at."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.pages.chromium import Browser
from ansible_collections.threema.work.tests.support.modules import Modules
from ansible_collections.threema.work.tests.support.reports import Report, a_report, encoded, page_of
from ansible_collections.threema.work.tests.support.simulator_process import BUILD, Simulator

FOLDER: t.Final = BUILD / "pages"
LONG: t.Final = "n" * 256
RIGHT_TO_LEFT: t.Final = "\u0645\u0631\u064a\u0645 \u0639\u0628\u062f \u0627\u0644\u0644\u0647"
EVIL: t.Final = "<script>document.title='x'</script><img src=http://127.0.0.1/x>{{ 1 + 1 }}"
NAMES: t.Final = [LONG, RIGHT_TO_LEFT, EVIL, "a\u202eb", "W" * 256, "jane.doe"]
LANGUAGES: t.Final = ("en", "de")
#: What is in a simulated subscription: credentials, and how many of them are activated.
SIZES: t.Final = {"nobody": (0, 0), "one": (1, 1), "seven": (7, 4), "5000": (5000, 4700)}
PAGES: t.Final = (*SIZES, "names", "everything")
_WORST: t.Final = ("serious", "critical")


def with_names() -> Report:
    """A report whose names are as bad as can be, wherever there is one."""
    names = {"count": 30, "usernames": NAMES}
    ids = {"count": 8, "threema_ids": ["AB12CD34", LONG, EVIL]}
    users = [{"threema_id": "AB12CD34", "username": name, "last_check_days": 400} for name in NAMES]
    group = {"credentials": 30, "activated": 20}
    return a_report(
        200,
        170,
        subscription__name=LONG,
        subscription__type=LONG,
        subscription__days_left=-3,
        licenses__free_estimate=0,
        licenses__purchased=150,
        credentials__never_activated=names,
        credentials__hashed=names,
        credentials__unlocked=names,
        credentials__several_ids=names,
        users__inactive={"days": 90, "count": 12, "users": users},
        users__without_credential=ids,
        users__without_name=ids,
        users__versions={LONG: 100, EVIL: 70},
        users__apps={LONG: 100, RIGHT_TO_LEFT: 70},
        departments={**dict.fromkeys(NAMES, group), "": group},
        categories={**dict.fromkeys(NAMES, group), "": group},
        not_shown={"departments": 3, "categories": 4},
        settings={"global": {"th_" + "x" * 250: LONG, "th_y": EVIL, "th_z": None}, "exceptions": {"th_y": 3}},
        people=dict.fromkeys([*NAMES, "stays"], 1),
    )


def of_a_hospital() -> tuple[Report, Report]:
    """A report as a hospital of 230 people may have one, and one of a month before."""
    unused = [f"{name}.{number}" for number, name in enumerate(("anna.muster", "beat.meier", "carla.rossi"), 1)]
    users = [
        {"threema_id": "AB12CD34", "username": "jane.doe", "last_check_days": None},
        {"threema_id": "EF56GH78", "username": None, "last_check_days": 412},
        {"threema_id": "IJ90KL12", "username": "max.gone", "last_check_days": 120},
    ]
    report = a_report(
        232,
        210,
        23,
        subscription__name="Kantonsspital Musterstadt",
        licenses__purchased=250,
        licenses__free_estimate=18,
        credentials__never_activated={"count": 23, "usernames": unused},
        credentials__several_ids={"count": 1, "usernames": ["team.night"]},
        users__apps={"android": 130, "ios": 80},
        users__versions={"android 6.1k": 100, "ios 7.2k": 62, "android 5.9k": 30, "ios 6.0": 18},
        users__last_check={"days_7": 170, "days_30": 20, "days_90": 8, "days_180": 7, "older": 4, "never": 1},
        users__inactive={"days": 90, "count": 12, "users": users},
        users__without_credential={"count": 1, "threema_ids": ["EF56GH78"]},
        departments={
            "Pflege": {"credentials": 100, "activated": 90},
            "Chirurgie": {"credentials": 80, "activated": 76},
            "Notfallzentrum und Rettungsdienst": {"credentials": 30, "activated": 30},
            "": {"credentials": 22, "activated": 13},
        },
        categories={"Nacht": {"credentials": 40, "activated": 31}, "Haus 2": {"credentials": 60, "activated": 58}},
        settings={
            "global": {"th_disable_export": True, "th_keep_messages_days": 365, "th_safe_password": None},
            "exceptions": {"th_disable_export": 3},
        },
        people={**dict.fromkeys(unused, 0), "nora.new": 1, "stays": 1},
    )
    earlier = a_report(
        220,
        195,
        25,
        generated_at="2026-10-26T08:15:00Z",
        licenses__purchased=250,
        licenses__free_estimate=30,
        people={"nora.new": 0, "stays": 1, "max.gone": 1},
    )
    return report, earlier


@pytest.fixture(scope="module")
def pages(simulator_process: Simulator) -> dict[tuple[str, str], Path]:
    """The files, by name and language. Those of a size are out of what the module returns."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made: dict[str, tuple[Report, Report | None]] = {}
    for name, (credentials, users) in SIZES.items():
        simulator_process.reset(credentials=credentials, users=users, settings=6)
        made[name] = Modules(simulator_process).good("report_info")["report"], None
    report = with_names()
    earlier = {**report, "generated_at": "2026-10-26T08:15:00Z", "people": {LONG * 2: 1, "stays": 0}}
    made["names"] = report, earlier
    made["everything"] = of_a_hospital()
    files = {}
    for (name, (report, earlier)), language in ((one, language) for one in made.items() for language in LANGUAGES):
        file = FOLDER / f"{name}-{language}.html"
        compared = {} if earlier is None else {"earlier": encoded(earlier)}
        file.write_text(page_of(report, language=language, **compared), encoding="utf-8")
        files[name, language] = file
    return files


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_it_loads_nothing_and_complains_of_nothing(
    chromium: Browser, pages: dict[tuple[str, str], Path], name: str, language: str
) -> None:
    file = pages[name, language]
    chromium.open(file, 1280)
    assert chromium.complaints() == []
    assert chromium.requests() == [file.as_uri()]
    assert chromium.evaluate("document.querySelectorAll('script, img').length") == 0


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_it_is_accessible(
    chromium: Browser, pages: dict[tuple[str, str], Path], rules: str, name: str, language: str, dark: bool
) -> None:
    chromium.open(pages[name, language], 1280, dark=dark)
    chromium.evaluate(f"{rules}; true")
    found = chromium.evaluate("axe.run(document, {resultTypes: ['violations']}).then(one => one.violations)")
    worst = [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found if one["impact"] in _WORST]
    assert worst == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_the_window(
    chromium: Browser, pages: dict[tuple[str, str], Path], name: str, language: str, width: int
) -> None:
    chromium.open(pages[name, language], width)
    assert chromium.evaluate("[document.documentElement.scrollWidth, window.innerWidth]") == [width, width]
    outside = (
        "[...document.body.querySelectorAll('*')].filter(one => !one.closest('caption') && "
        "(one.getBoundingClientRect().right > innerWidth + 1 || one.scrollWidth > one.clientWidth + 1 && "
        "getComputedStyle(one).display !== 'inline' && one.clientWidth > 0)).map(one => one.outerHTML.slice(0, 80))"
    )
    assert chromium.evaluate(outside) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_color_scheme(chromium: Browser, pages: dict[tuple[str, str], Path], dark: bool) -> None:
    chromium.open(pages["everything", "en"], 390, dark=dark)
    color = chromium.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(map(int, re.findall(r"\d+", color)))
    assert brightness < 150 if dark else brightness > 600


def test_names_have_their_own_direction(chromium: Browser, pages: dict[tuple[str, str], Path]) -> None:
    chromium.open(pages["names", "en"], 1280)
    script = f"[...document.querySelectorAll('bdi')].filter(one => one.textContent === '{RIGHT_TO_LEFT}')"
    assert chromium.evaluate(f"{script}.length") >= 4
    assert chromium.evaluate(f"{script}.every(one => one.matches(':dir(rtl)'))")
    assert chromium.evaluate("document.title").startswith("Threema Work report: nnn")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_pictures_and_print(chromium: Browser, pages: dict[tuple[str, str], Path], name: str, language: str) -> None:
    """What is written is looked at by people; here, only that it is whole, and that it fits on few pages."""
    for width in (390, 1280):
        for dark in (False, True):
            chromium.open(pages[name, language], width, dark=dark)
            picture = FOLDER / f"{name}-{language}-{width}{'-dark' if dark else ''}.png"
            chromium.screenshot(picture)
            assert picture.stat().st_size > 10_000
    file = FOLDER / f"{name}-{language}.pdf"
    chromium.pdf(file)
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    # A4 in points.
    boxes = {tuple(map(round, map(float, box.split()))) for box in re.findall(rb"/MediaBox \[([^\]]+)\]", content)}
    assert boxes == {(0, 0, 595, 842)}
    number = len(re.findall(rb"/Type /Page\b", content))
    assert 1 <= number <= (16 if name == "names" else 5)
