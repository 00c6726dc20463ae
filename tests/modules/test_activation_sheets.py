# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Activation sheets: who gets one, what it says, what a camera reads, and which files are there afterwards."""

from __future__ import annotations

import json
import random
import stat
import typing as t
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from ansible_collections.threema.work.plugins.module_utils._sheets.texts import TEXTS
from ansible_collections.threema.work.tests.modules import sheets
from ansible_collections.threema.work.tests.modules.sheets import activate, files, name_of, people, person
from ansible_collections.threema.work.tests.modules.test_logo import picture
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, calls
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

BASE: t.Final = "https://work.threema.ch/license"
#: Characters that mean something to a link, to HTML, to a file system, to a template, or to a terminal, and letters of
#: several scripts.
HOSTILE: t.Final = [
    *" &=#%+/?.\\'\"<>{}|;:@$,!*()[]^`~-_",
    *"\t\n\r\x00\x07\x1b\x7f\x85\u00a0\u200b\u200d\u202e\u2028\ufeff\ufffd",
    *"aZ09äßéñøİıſKאבשلم漢字かな한😀👩🇨é",
    "../", "</section>", "<b>", "&amp;", "%26", "{{ 7 * 7 }}", "{% raw %}", "-->", "]]>", "javascript:", "con", "nul",
]  # fmt: skip


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    """Where the sheets are to be."""
    return tmp_path / "sheets"


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    """A PNG."""
    path = tmp_path / "logo.png"
    path.write_bytes(picture(20, 10))
    return path


def hostile(generator: random.Random, longest: int) -> str:
    """A text of such characters."""
    return "".join(generator.choices(HOSTILE, k=generator.randint(1, longest)))[:256]


def test_what_a_camera_reads_for_200_people(run: Modules, simulator: Simulator, dest: Path) -> None:
    """Whatever usernames and passwords hold, the code, the button, and what is to be typed say the same."""
    generator = random.Random(21)
    passwords = {"../x": "a b", "A/B": "&", "con": "#", "a" * 256: "+", "İ": "%"}
    while len(passwords) < 200:
        passwords[hostile(generator, 40)] = hostile(generator, 30)
    people(simulator, *[person(username, password) for username, password in passwords.items()])
    result = run.good("activation_sheets", dest=str(dest), language="fr")
    assert {one["username"]: one["file"] for one in result["sheets"]} == {name: name_of(name) for name in passwords}
    pages = sheets.read(dest / "all.html")
    assert len(pages) == 200
    for one, page in zip(result["sheets"], pages):
        (alone,) = sheets.read(dest / one["file"])
        assert vars(alone) == vars(page)
        assert page.code is not None
        scanned = page.scanned()
        assert scanned and {scanned} == set(page.links)
        base, _mark, query = scanned.partition("?")
        assert base == BASE and query.isascii() and query.count("&") == 1 and query.isprintable()
        expected = [("username", one["username"]), ("password", passwords[one["username"]])]
        assert parse_qsl(query, keep_blank_values=True, strict_parsing=True) == expected
        # What HTML cannot contain is not there to be copied.
        assert page.typed == [_without_controls(value) for _name, value in expected]


def _without_controls(text: str) -> str:
    return "".join(one for one in text if ord(one) > 0x9F or 0x20 <= ord(one) < 0x7F)


def test_names_of_files_stay_in_the_folder(run: Modules, simulator: Simulator, dest: Path) -> None:
    """No name climbs, and no two share a file: neither twins nor names that a file name cannot hold."""
    names = ["../x", "..", ".", "/etc/passwd", "A/B", "a/b", "A-B", "con", "all", "ä" * 127, "x" * 255, "x" * 256]
    names += ["Strauß", "strauss", "STRAUSS", "é", "e\u0301", "-rf", ".hidden", "a\nb", "K", "k"]
    people(simulator, *[person(name) for name in names])
    result = run.good("activation_sheets", dest=str(dest))
    assert [path.name for path in dest.parent.iterdir()] == ["sheets"]
    expected = {name: name_of(name) for name in names}
    assert {one["username"]: one["file"] for one in result["sheets"]} == expected
    assert len(set(expected.values())) == len(names)
    assert {path.name for path in dest.iterdir()} == {*expected.values(), "all.html"}
    assert all(len(name.encode()) <= 74 and name.isascii() for name in expected.values())


def test_only_their_owner_reads_them(run: Modules, simulator: Simulator, dest: Path) -> None:
    people(simulator, person("anna"))
    run.good("activation_sheets", dest=str(dest))
    assert stat.S_IMODE(dest.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in dest.iterdir()} == {0o600}


def test_again_touches_nothing(run: Modules, simulator: Simulator, dest: Path) -> None:
    people(simulator, person("anna", first="Anna", last="Muster"), person("beat"))
    first = run.good("activation_sheets", dest=str(dest))
    before, folder = files(dest), dest.stat()
    again = run.good("activation_sheets", dest=str(dest), diff=True)
    assert (first["changed"], again["changed"], again["diff"]) == (True, False, [])
    assert files(dest) == before and dest.stat() == folder
    assert again["summary"] == {"created": 0, "updated": 0, "unchanged": 2, "removed": 0, "not_printable": 0}
    assert [one["action"] for one in again["sheets"]] == ["unchanged", "unchanged"]


def test_requests(run: Modules, simulator: Simulator, dest: Path) -> None:
    """One list, the settings' pages, and the subscription only where its name is needed."""
    simulator.reset(credentials=501)
    reading = ["GET /credentials", "GET /mdm-bulk", "GET /mdm-bulk"]
    assert run.good("activation_sheets", dest=str(dest), organization="X", check=True)["api_requests"] == 3
    assert calls(simulator) == reading
    simulator.forget_requests()
    assert run.good("activation_sheets", dest=str(dest), check=True)["api_requests"] == 4
    assert calls(simulator) == [*reading, "GET /"]
    simulator.forget_requests()
    assert run.good("activation_sheets", dest=str(dest), usernames=[])["api_requests"] == 1


def test_check_mode_predicts(run: Modules, simulator: Simulator, dest: Path) -> None:
    people(simulator, person("anna"), person("otto", hashed=True))
    predicted = run.good("activation_sheets", dest=str(dest), check=True, diff=True)
    assert not dest.exists()
    done = run.good("activation_sheets", dest=str(dest), diff=True)
    for name in ("changed", "sheets", "all_file", "not_printable", "summary", "diff"):
        assert done[name] == predicted[name]
    assert [one["after_header"] for one in done["diff"]] == [name_of("anna"), "all.html"]
    assert [(one["before"], one["after"]) for one in done["diff"]] == [("", "action: created\n")] * 2


def test_who_gets_one(run: Modules, simulator: Simulator, dest: Path) -> None:
    """Everybody who has not activated, by name; those who are named, in their order."""
    people(
        simulator,
        person("c", last="Öztürk", first="Cem"),
        person("b", last="Muster", first="Beat", locked=True),
        person("a", last="muster", first="Anna", license_count=3),
        person("used", last="Muster", first="Urs"),
        person("hashed", hashed=True),
    )
    activate(simulator, "used")
    result = run.good("activation_sheets", dest=str(dest))
    assert [one["username"] for one in result["sheets"]] == ["a", "b", "c"]
    assert [page.name for page in sheets.read(dest / "all.html")] == ["Anna muster", "Beat Muster", "Cem Öztürk"]
    (unknown,) = result["not_printable"]
    assert unknown["username"] == "hashed" and "hashed" in unknown["reason"]
    assert result["summary"]["not_printable"] == 1 and result["all_file"] == "all.html"

    named = run.good("activation_sheets", dest=str(dest), usernames=["used", "c", "hashed", "used"])
    assert [(one["username"], one["action"]) for one in named["sheets"]] == [("used", "created"), ("c", "unchanged")]
    assert [page.name for page in sheets.read(dest / "all.html")] == ["Urs Muster", "Cem Öztürk"]
    assert (dest / name_of("a")).exists()


def test_a_person_without_a_name_has_the_username(run: Modules, simulator: Simulator, dest: Path) -> None:
    people(
        simulator, person("anna"), person("beat", first=" Beat "), {**person("cem"), "settings": {"th_lastname": True}}
    )
    run.good("activation_sheets", dest=str(dest))
    assert [page.name for page in sheets.read(dest / "all.html")] == ["anna", "cem", "Beat"]


@pytest.mark.parametrize("language", ["en", "de", "fr", "it"])
def test_languages(run: Modules, simulator: Simulator, dest: Path, language: str) -> None:
    """Each sheet is in one language, and says where to get the app for both kinds of phones."""
    words = {"en": "Username", "de": "Benutzername", "fr": "Nom d\u2019utilisateur", "it": "Nome utente"}
    people(simulator, person("anna"), person("beat"))
    other = "de" if language == "en" else "en"
    run.good("activation_sheets", dest=str(dest), language=language, languages={"beat": other}, organization="Klinik X")
    own, different = sheets.read(dest / "all.html")
    assert (own.language, different.language) == (language, other)
    assert f'<html lang="{language}">' in (dest / "all.html").read_text(encoding="utf-8")
    assert f'<html lang="{other}">' in (dest / name_of("beat")).read_text(encoding="utf-8")
    for page in (own, different):
        assert all(one in page.text for one in ("App Store", "Google Play", "Threema Work", "Klinik X"))
        assert words[page.language] in page.text and "{" not in page.text
    assert not [words[one] for one in words if one != language and words[one] in own.text]
    # The name is only there where there is one.
    alone = TEXTS[language].lead_alone.format(app="Threema Work")
    for organization in ("", " "):
        run.good("activation_sheets", dest=str(dest), language=language, organization=organization)
        text = sheets.read(dest / "all.html")[0].text
        assert "Klinik X" not in text and alone in text


def test_the_organization_is_that_of_the_subscription(run: Modules, simulator: Simulator, dest: Path) -> None:
    people(simulator, person("anna"))
    run.good("activation_sheets", dest=str(dest))
    assert "Example Ltd" in sheets.read(dest / "all.html")[0].text


@pytest.mark.parametrize(
    "markup", ["<script>alert(1)</script>", '"><img src=x onerror=y>', "</section><b>", "&lt;", "{app}"]
)
def test_markup_is_text(run: Modules, simulator: Simulator, dest: Path, markup: str) -> None:
    people(simulator, person(f"u{markup}", markup, first=markup, last="Muster"))
    run.good("activation_sheets", dest=str(dest), organization=markup)
    (page,) = sheets.read(dest / "all.html")
    assert page.name == f"{markup} Muster" and page.typed == [f"u{markup}", markup]
    assert page.text.count(markup) >= 4


def test_names_of_all_scripts(run: Modules, simulator: Simulator, dest: Path) -> None:
    """Right to left, and with characters that would turn the text around them: those are shown escaped."""
    people(simulator, person("a", first="יעל", last="כהן"), person("b", first="سارة"), person("c", first="x\u202ey"))
    run.good("activation_sheets", dest=str(dest))
    pages = sheets.read(dest / "all.html")
    assert [page.name for page in pages] == ["x\\u202ey", "سارة", "יעל כהן"]
    assert '<h1 dir="auto">' in (dest / "all.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("password", "explained"),
    [
        ("kQm2xVbR", []),
        ("0", ["0 = digit zero"]),
        ("O0", ["0 = digit zero", "O = capital letter O"]),
        (
            "oIl|1",
            ["o = small letter O", "1 = digit one", "l = small letter L", "I = capital letter i", "| = vertical bar"],
        ),
        ("a b", ["= space"]),
        ("a\u200bb", ["cannot be typed"]),
        ("a\x07b", ["cannot be typed"]),
    ],
    ids=ascii,
)
def test_what_looks_alike_is_explained(
    run: Modules, simulator: Simulator, dest: Path, password: str, explained: list[str]
) -> None:
    people(simulator, person("anna", password))
    run.good("activation_sheets", dest=str(dest))
    (page,) = sheets.read(dest / "all.html")
    assert ("legend" in page.classes) is bool(explained)
    assert [text for text in explained if text not in page.text] == []
    assert page.text.count(" = ") == len([text for text in explained if "=" in text])


def test_passwords_are_in_groups(run: Modules, simulator: Simulator, dest: Path) -> None:
    """To be read, not to be copied: nothing is between them. What belongs together stays together."""
    family = "👩\u200d👩\u200d👧"
    people(simulator, person("anna", "abcdefghij"), person("beat", "e\u0301" * 5), person("cem", f"abc{family}de"))
    run.good("activation_sheets", dest=str(dest))
    text = (dest / name_of("anna")).read_text(encoding="utf-8")
    groups = [f'<span class="group">{one}</span>' for one in ("abcd", "efgh", "ij")]
    assert "<wbr>".join(groups) in text
    four = "e\u0301" * 4
    assert f'<span class="group">{four}</span>' in (dest / name_of("beat")).read_text(encoding="utf-8")
    text = (
        (dest / name_of("cem"))
        .read_text(encoding="utf-8")
        .replace('<i class="odd" title="U+200D">\u200d</i>', "\u200d")
    )
    assert f"abc{family}</span><wbr>" in text and '<span class="group">de</span>' in text


def test_a_link_that_no_code_can_hold(run: Modules, simulator: Simulator, dest: Path) -> None:
    """The sheet says to type, and the button is still there."""
    long = "😀" * 256
    people(simulator, person(long, long[::-1]))
    run.good("activation_sheets", dest=str(dest))
    (page,) = sheets.read(dest / "all.html")
    assert page.code is None and "code" not in page.classes
    assert "Enter your details" in page.text and "Scan" not in page.text
    assert dict(parse_qsl(urlsplit(page.links[0]).query)) == {"username": long, "password": long}


def test_a_link_that_just_fits_into_a_code(run: Modules, simulator: Simulator, dest: Path) -> None:
    """With less redundancy, a code holds more."""
    people(simulator, person("😀" * 100, "🐟" * 100))
    run.good("activation_sheets", dest=str(dest))
    (page,) = sheets.read(dest / "all.html")
    assert 2331 < len(page.links[0]) <= 2953 and page.scanned() == page.links[0]


def test_a_long_link_is_not_printed(run: Modules, simulator: Simulator, dest: Path) -> None:
    """It is there to be tapped: printed, it would fill the page, and nobody types it."""
    usernames = ["anna", "x" * 256]
    people(simulator, *[person(name) for name in usernames])
    run.good("activation_sheets", dest=str(dest), usernames=usernames)
    short, long = sheets.read(dest / "all.html")
    assert ("link" in short.classes, len(short.links)) == (True, 2)
    assert ("link" in long.classes, len(long.links)) == (False, 1)
    assert long.scanned() == long.links[0]


def test_another_link(run: Modules, simulator: Simulator, dest: Path) -> None:
    people(simulator, person("anna", "a&b"))
    run.good("activation_sheets", dest=str(dest), link_base="threemawork://license")
    (page,) = sheets.read(dest / "all.html")
    assert page.scanned() == "threemawork://license?username=anna&password=a%26b"
    base = "https://onprem.example.com/license?server=https%3A%2F%2Fonprem.example.com%2Fx"
    run.good("activation_sheets", dest=str(dest), link_base=base)
    (page,) = sheets.read(dest / "all.html")
    assert page.scanned() == f"{base}&username=anna&password=a%26b"
    # With OnPrem, the server is typed too, and the app is another one.
    assert page.typed == ["https://onprem.example.com/x", "anna", "a&b"]
    assert "Threema OnPrem" in page.text and "Threema Work" not in page.text


@pytest.mark.parametrize(
    "base",
    [
        "", " ", "x", "http://work.threema.ch/license", "javascript://%0aalert(1)", "data:text/html,x", "https://",
        "https:x", "https://a b/", 'https://a/"onclick=x', "https://a/#x", "https://user@a/", "https://a/?password=x", "https://a/?username",
        "https://a/\n", "HTTPS://a/<b>", "https://[a/", "ws://a/license",
    ],
    ids=ascii,
)  # fmt: skip
def test_links_that_are_refused(run: Modules, simulator: Simulator, dest: Path, base: str) -> None:
    people(simulator, person("anna"))
    refused = run.bad("activation_sheets", "refused", dest=str(dest), link_base=base)
    assert refused["msg"].startswith("link_base: ")
    assert (calls(simulator), dest.exists()) == ([], False)


def test_nothing_is_loaded_from_elsewhere(run: Modules, simulator: Simulator, dest: Path, logo: Path) -> None:
    people(simulator, person("anna"))
    run.good("activation_sheets", dest=str(dest), logo=str(logo))
    text = (dest / "all.html").read_text(encoding="utf-8")
    (page,) = sheets.read(dest / "all.html")
    text = text.replace(page.links[0].replace("&", "&amp;"), "").replace("http://www.w3.org/2000/svg", "")
    assert "//" not in text.replace("data:image/png;base64," + text.split("base64,")[1].split('"')[0], "")
    assert "default-src 'none'" in text and "no-referrer" in text


def test_no_password_anywhere_else(
    run: Modules, simulator: Simulator, dest: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    people(simulator, person("anna", "qUartz&9/Mk", first="Anna"))
    for check in (True, False):
        shown = json.dumps(run.good("activation_sheets", dest=str(dest), check=check, diff=True))
        assert "qUartz" not in shown and "license?" not in shown
    assert "qUartz" not in "".join(capfd.readouterr())
    assert {path.name for path in dest.iterdir()} == {name_of("anna"), "all.html"}


def test_names_that_are_not_there(run: Modules, simulator: Simulator, dest: Path) -> None:
    add(simulator, "anna")
    refused = run.bad("activation_sheets", "refused", dest=str(dest), usernames=["anna", "Anna", "otto\x1b", "Anna"])
    assert "usernames: 2 do not exist; nothing was written: Anna, otto\\x1b" in refused["msg"]
    assert not dest.exists() and "sheets" not in refused


@pytest.mark.parametrize("languages", [{"anna": "es"}, {"anna": None}, {"otto": "DE"}, {"anna": ["de"]}], ids=str)
def test_languages_that_do_not_exist(run: Modules, simulator: Simulator, dest: Path, languages: Result) -> None:
    add(simulator, "anna")
    refused = run.bad("activation_sheets", "refused", dest=str(dest), languages=languages)
    assert "not one of en, de, fr, it" in refused["msg"]
    assert (calls(simulator), dest.exists()) == ([], False)


def test_a_language_for_nobody_is_a_warning(run: Modules, simulator: Simulator, dest: Path) -> None:
    add(simulator, "anna")
    result = run.good("activation_sheets", dest=str(dest), languages={"ana": "de", "anna": "it"})
    assert result["warnings"] == ["languages has 1 usernames that do not exist: ana"]


def test_a_long_organization_is_refused(run: Modules, simulator: Simulator, dest: Path) -> None:
    assert "257 characters" in run.bad("activation_sheets", "refused", dest=str(dest), organization="x" * 257)["msg"]
    assert calls(simulator) == []
    people(simulator, person("anna"))
    assert run.good("activation_sheets", dest=str(dest), organization="x" * 256, check=True)["changed"]
