# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Activation sheets and their folder: what is removed, what is in the way, own templates, missing libraries."""

from __future__ import annotations

import errno
import json
import os
import sys
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.plugins.module_utils._sheets import qr, template
from ansible_collections.threema.work.tests.modules import sheets
from ansible_collections.threema.work.tests.modules.sheets import activate, files, name_of, people, person
from ansible_collections.threema.work.tests.modules.test_logo import picture
from ansible_collections.threema.work.tests.support.modules import Modules, Result, calls
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

MARK: t.Final = b"<!-- threema.work.activation_sheets -->\n"


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    """Where the sheets are to be."""
    return tmp_path / "sheets"


def actions(result: Result) -> dict[str | None, str]:
    """What became of each sheet, by username."""
    return {one["username"]: one["action"] for one in result["sheets"]}


def test_prune(run: Modules, simulator: Simulator, dest: Path) -> None:
    """Sheets of people who have activated or are gone: their own, nobody else's files, and only if asked."""
    people(simulator, *[person(name) for name in ("anna", "beat", "cem", "dora", "emil")])
    run.good("activation_sheets", dest=str(dest))
    for name, content in (("notes.html", b"<p>mine"), ("x-00000000.html", b""), ("list.txt", MARK + b"x")):
        (dest / name).write_bytes(content)
    (dest / "folder.html").mkdir()
    activate(simulator, "anna")
    run.good("credential", username="beat", state="absent")
    activate(simulator, "emil")
    before = files(dest)

    kept = run.good("activation_sheets", dest=str(dest), usernames=["cem", "emil"])
    assert [text for text in kept["warnings"] if "contains 2 sheets" in text and "prune: true" in text]
    assert kept["summary"]["removed"] == 0 and before.keys() == files(dest).keys()

    predicted = run.good("activation_sheets", dest=str(dest), usernames=["cem", "emil"], prune=True, check=True)
    result = run.good("activation_sheets", dest=str(dest), usernames=["cem", "emil"], prune=True, diff=True)
    assert predicted["sheets"] == result["sheets"] and result["warnings"] == []
    # Dora has a sheet that she still needs; Emil has activated, and gets one all the same.
    assert actions(result) == {"anna": "removed", None: "removed", "cem": "unchanged", "emil": "unchanged"}
    assert before.keys() - files(dest).keys() == {name_of("anna"), name_of("beat")}
    assert {one["after_header"] for one in result["diff"]} == {name_of("anna"), name_of("beat")}
    again = run.good("activation_sheets", dest=str(dest), usernames=["cem", "emil"], prune=True)
    assert not again["changed"]


def test_the_last_run_had_people_this_one_has_none(run: Modules, simulator: Simulator, dest: Path) -> None:
    """all.html holds exactly the people of the run: where there are none, it goes."""
    people(simulator, person("anna"))
    run.good("activation_sheets", dest=str(dest))
    activate(simulator, "anna")
    result = run.good("activation_sheets", dest=str(dest))
    assert result["changed"] and result["all_file"] is None
    assert set(files(dest)) == {name_of("anna")}
    assert not run.good("activation_sheets", dest=str(dest))["changed"]


def test_a_change_is_written(run: Modules, simulator: Simulator, dest: Path) -> None:
    """A new password, and nothing else."""
    people(simulator, person("anna"), person("beat"))
    run.good("activation_sheets", dest=str(dest))
    before = files(dest)
    run.good("credential", username="anna", password="another-pLank", update_password="always")
    result = run.good("activation_sheets", dest=str(dest))
    assert actions(result) == {"anna": "updated", "beat": "unchanged"}
    assert files(dest)[name_of("beat")] == before[name_of("beat")]
    assert "another-pLank" in [page.typed[1] for page in sheets.read(dest / "all.html")]


@pytest.mark.parametrize("name", ["all.html", name_of("anna")])
@pytest.mark.parametrize("check", [True, False])
def test_links_in_the_way(run: Modules, simulator: Simulator, dest: Path, name: str, check: bool) -> None:
    """They are neither followed nor replaced, and nothing is written."""
    people(simulator, person("anna"), person("beat"))
    dest.mkdir()
    target = dest.parent / "target"
    for content in (None, b"not ours"):
        if content:
            target.write_bytes(content)
        (dest / name).unlink(missing_ok=True)
        (dest / name).symlink_to(target)
        refused = run.bad("activation_sheets", "refused", dest=str(dest), check=check)
        assert name in refused["msg"] and (refused["changed"], set(files(dest))) == (False, {name})
    assert target.read_bytes() == b"not ours"


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("name", ["all.html", name_of("anna")])
def test_a_file_of_somebody_else(run: Modules, simulator: Simulator, dest: Path, name: str, check: bool) -> None:
    """It is neither replaced nor removed, and nothing else is written."""
    people(simulator, person("anna"), person("beat"))
    dest.mkdir()
    (dest / name).write_bytes(b"<p>mine")
    refused = run.bad("activation_sheets", "refused", dest=str(dest), check=check)
    assert f"dest: {dest} contains {name}, which this module did not write" in refused["msg"]
    assert {path.name: path.read_bytes() for path in dest.iterdir()} == {name: b"<p>mine"} and not refused["changed"]
    if name == "all.html":
        run.bad("activation_sheets", "refused", dest=str(dest), usernames=[], check=check)
        assert (dest / name).exists()


def test_two_names_with_one_file(run: Modules, simulator: Simulator, dest: Path) -> None:
    """Eight digits of a checksum may be the same: nobody's sheet is replaced by somebody else's."""
    pair = ["\u4e01\u4e1f\u4e24", "\u4e0f\u4e0e\u4e0a"]
    assert name_of(pair[0]) == name_of(pair[1])
    people(simulator, *[person(name) for name in (*pair, "anna")])
    for usernames in (None, pair[:1], pair[1:]):
        refused = run.bad("activation_sheets", "refused", dest=str(dest), usernames=usernames)
        assert all(name in refused["msg"] for name in (*pair, name_of(pair[0]), "rename")) and not dest.exists()
    assert run.good("activation_sheets", dest=str(dest), usernames=["anna"])["changed"]
    # It was written before the other one came; whoever of the two still needs it, it is not removed.
    (dest / name_of(pair[0])).write_bytes(MARK)
    activate(simulator, pair[0])
    assert run.good("activation_sheets", dest=str(dest), usernames=["anna"], prune=True)["summary"]["removed"] == 0
    activate(simulator, pair[1])
    pruned = run.good("activation_sheets", dest=str(dest), usernames=["anna"], prune=True)
    assert actions(pruned) == {None: "removed", "anna": "unchanged"}


@pytest.mark.parametrize("kind", ["parent", "file", "link", "unwritable", "empty"])
def test_folders_that_cannot_be_used(
    run: Modules, simulator: Simulator, dest: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused before the first request."""
    people(simulator, person("anna"))
    path = str(dest)
    if kind == "parent":
        path = str(dest / "missing")
    elif kind == "file":
        dest.write_bytes(b"")
    elif kind == "link":
        dest.symlink_to(dest.parent)
    elif kind == "empty":
        path = ""
    else:
        monkeypatch.setattr(os, "access", lambda *_args, **_options: False)
    refused = run.bad("activation_sheets", "refused", dest=path)
    assert refused["msg"].startswith("dest") and calls(simulator) == []


def test_a_full_disk(run: Modules, simulator: Simulator, dest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file is whole or as it was, the result says which, and running again completes the rest."""
    people(simulator, *[person(name) for name in ("anna", "beat", "cem")])
    original, synced = os.fsync, []

    def fail(number: int) -> None:
        synced.append(number)
        if len(synced) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        original(number)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        failed = run.bad("activation_sheets", "refused", dest=str(dest), diff=True)
    assert "No space left on device. 1 of 4 files were changed" in failed["msg"]
    assert actions(failed) == {"anna": "created", "beat": "failed", "cem": "pending"}
    assert failed["changed"] and failed["summary"]["created"] == 1
    assert set(files(dest)) == {name_of("anna")}
    # Nobody is sent to print what is not there.
    assert failed["all_file"] is None
    result = run.good("activation_sheets", dest=str(dest))
    assert actions(result) == {"anna": "unchanged", "beat": "created", "cem": "created"}
    assert result["all_file"] == "all.html"


TEMPLATE: t.Final = """<!DOCTYPE html>
<title>{{ organization }} {{ language }} {{ logo }}</title>
{% for one in sheets %}<p>{{ one.username }}|{{ one.password }}|{{ one.password_groups | join(' ') }}|{{ one.name }}|
{{ one.first_name }}|{{ one.last_name }}|{{ one.language }}|
{{- one.link }}|{{ one.server }}|{{ one.settings | dictsort }}</p>{{ one.qr_svg }}{% endfor %}
"""


def test_an_own_template(run: Modules, simulator: Simulator, dest: Path, tmp_path: Path) -> None:
    """It gets what the documentation lists, escaped, without secret settings, for one and for all."""
    settings = {"th_firstname": "<i>", "th_lastname": "M", "th_csi": "007", "th_safe_password": "pLank-Safe/7"}
    people(simulator, {**person("a&b", "x<y>z&"), "settings": settings}, person("beat"))
    path = tmp_path / "sheet.html.j2"
    path.write_text(TEMPLATE, encoding="utf-8")
    result = run.good("activation_sheets", dest=str(dest), template=str(path), organization="A & B", language="it")
    text = (dest / name_of("a&b")).read_bytes()
    assert text.startswith(MARK + b"<!DOCTYPE html>\n<title>A &amp; B it None</title>")
    assert (
        "<p>a&amp;b|x&lt;y&gt;z&amp;|x&lt;y&gt; z&amp;|&lt;i&gt; M|\n&lt;i&gt;|M|it|"
        "https://work.threema.ch/license?username=a%26b&amp;password=x%3Cy%3Ez%26|None|"
        "[(&#39;th_csi&#39;, &#39;007&#39;), (&#39;th_firstname&#39;, &#39;&lt;i&gt;&#39;), "
        "(&#39;th_lastname&#39;, &#39;M&#39;)]</p><svg xmlns="
    ) in text.decode()
    assert text.count(b"<p>") == 1 and (dest / "all.html").read_bytes().count(b"<p>") == 2
    assert b"pLank-Safe" not in text
    again = run.good("activation_sheets", dest=str(dest), template=str(path), organization="A & B", language="it")
    assert (result["changed"], again["changed"]) == (True, False)
    activate(simulator, "beat")
    # They begin with the mark, so that pruning finds them.
    pruned = run.good("activation_sheets", dest=str(dest), template=str(path), prune=True)
    assert actions(pruned) == {"beat": "removed", "a&b": "updated"}


@pytest.mark.parametrize(
    ("source", "line", "why"),
    [
        ("<p>\n{% for one in sheets %}\n</p>\n", 2, "Unexpected end of template"),
        ("\n{{ one }}", 2, "'one' is undefined"),
        ("\n\n{{ sheets[0].surname }}", 3, "has no attribute 'surname'"),
        ("{{ sheets[0][sheets[0].password] }}", 1, "an error of the type UndefinedError"),
        ("{{ sheets[0][sheets[0].password_groups[0]] }}", 1, "an error of the type UndefinedError"),
        ("\n{{ (sheets[0].password ~ '9') | int(default=none) / 0 }}", 2, "TypeError"),
        ("\n{{ 1 / 0 }}", 2, "ZeroDivisionError"),
        ("{% macro one() %}\n{{ 1 / 0 }}\n{% endmacro %}\n{{ one() }}", 2, "ZeroDivisionError"),
        ("{{ sheets.__class__.__mro__ }}", 1, "unsafe"),
        ("\n{{ sheets.append(1) }}", 2, "is unsafe"),
        ("\n{% include '/etc/hostname' %}", 2, ""),
        ("{{ lipsum() }}", 1, "'lipsum' is undefined"),
        ("\n{{ sheets | random }}", 2, "No filter named 'random'"),
        (b"\n\xff", 2, "it is not UTF-8"),
        ("{{ '\\ud83d' }}", None, "half of a character"),
    ],
    ids=ascii,
)
def test_errors_in_a_template(
    run: Modules, simulator: Simulator, dest: Path, tmp_path: Path, source: str | bytes, line: int | None, why: str
) -> None:
    """File and line, before anything is written, and no password in the message."""
    people(simulator, person("anna", "pLank-7/quArtz"))
    path = tmp_path / "own.j2"
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    refused = run.bad("activation_sheets", "refused", dest=str(dest), template=str(path))
    assert refused["msg"].startswith(f"template: {path}, line {line}: " if line else "template: ")
    assert why in refused["msg"] and "nothing was written" in refused["msg"]
    assert "pLank" not in json.dumps(refused) and not dest.exists()


def test_a_template_is_written_as_it_is(run: Modules, simulator: Simulator, dest: Path, tmp_path: Path) -> None:
    """Without the mark that some editors begin a file with, which would come after the module's own."""
    people(simulator, person("anna"))
    path = tmp_path / "own.j2"
    path.write_bytes(b"\xef\xbb\xbf<p>\n{{ sheets[0].name }}\n\n")
    run.good("activation_sheets", dest=str(dest), template=str(path))
    assert (dest / "all.html").read_bytes() == MARK + b"<p>\nanna\n\n"


def test_a_template_that_is_not_there(run: Modules, simulator: Simulator, dest: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "missing.j2", tmp_path, Path("/dev/zero")):
        refused = run.bad("activation_sheets", "refused", dest=str(dest), template=str(path))
        assert refused["msg"].startswith(f"template: {path} ") and calls(simulator) == []


def test_a_logo(run: Modules, simulator: Simulator, dest: Path, tmp_path: Path) -> None:
    """Once in each file, whole, and its size as it is."""
    people(simulator, person("anna"), person("beat"))
    path = tmp_path / "logo.png"
    path.write_bytes(picture(20, 10))
    run.good("activation_sheets", dest=str(dest), logo=str(path))
    text = (dest / "all.html").read_text(encoding="utf-8")
    assert text.count("data:image/png;base64,") == 1 and text.count('href="#logo"') == 2
    assert 'viewBox="0 0 20 10"' in text
    assert len(sheets.read(dest / "all.html")) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff",
        picture(20, 10)[:-13],
        picture(0, 10),
        picture(10, 0),
        b"\x89PNG\r\n\x1a\n",
        picture(9, 9) + b"x" * 200_000,
    ],
    ids=len,
)
def test_logos_that_are_refused(run: Modules, simulator: Simulator, dest: Path, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(content)
    refused = run.bad("activation_sheets", "refused", dest=str(dest), logo=str(path))
    assert refused["msg"].startswith(f"logo: {path}") and calls(simulator) == []


def test_without_segno(run: Modules, simulator: Simulator, dest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the interpreter that lacks it, and what to run."""
    monkeypatch.setattr(qr, "HAS_SEGNO", False)
    refused = run.bad("activation_sheets", "refused", dest=str(dest))
    assert f"{sys.executable} -m pip install segno" in refused["msg"] and calls(simulator) == []


def test_without_jinja2(
    run: Modules, simulator: Simulator, dest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is only needed for an own template."""
    people(simulator, person("anna"))
    monkeypatch.setattr(template, "HAS_JINJA2", False)
    path = tmp_path / "own.j2"
    path.write_text("x", encoding="utf-8")
    refused = run.bad("activation_sheets", "refused", dest=str(dest), template=str(path))
    assert f"{sys.executable} -m pip install jinja2" in refused["msg"] and calls(simulator) == []
    assert run.good("activation_sheets", dest=str(dest))["changed"]


def test_the_wrong_subscription(run: Modules, simulator: Simulator, dest: Path) -> None:
    people(simulator, person("anna"))
    run.bad("activation_sheets", "refused", dest=str(dest), expect_subscription="Another Ltd")
    assert (calls(simulator), dest.exists()) == (["GET /"], False)


def test_a_service_that_does_not_say_who_has_activated(run: Modules, simulator: Simulator, dest: Path) -> None:
    """Nobody is taken for not activated, and no sheet for one that nobody needs."""
    people(simulator, person("anna"))
    run.good("activation_sheets", dest=str(dest))
    body = {"credentials": [{"id": "a", "username": "anna", "password": "x"}], "paging": {"total": 1}}
    simulator.fault(method="GET", path="/credentials", kind="json", body=body, times=None)
    run.bad("activation_sheets", "protocol", dest=str(dest))
    assert set(files(dest)) == {name_of("anna"), "all.html"}
    # Who is named gets one; the sheet of somebody who may not have activated stays.
    body["credentials"] = [{**body["credentials"][0], "id": name, "username": name} for name in ("anna", "beat")]
    body["paging"] = {"total": 2}
    simulator.control("DELETE", "faults")
    simulator.fault(method="GET", path="/credentials", kind="json", body=body, times=None)
    pruned = run.good("activation_sheets", dest=str(dest), usernames=["beat"], organization="X", prune=True)
    assert actions(pruned) == {"beat": "created"}
