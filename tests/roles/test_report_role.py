# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role report: its files, what it refuses, and that nothing is written where nothing changed."""

from __future__ import annotations

import json
import os
import re
import stat
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.roles.stage import Host, Object, Outcome, Pool, run_role
from ansible_collections.threema.work.tests.support.modules import add
from ansible_collections.threema.work.tests.support.reports import a_report, text_of

FILES: t.Final = ("report.html", "report.json")
#: A name with everything that is dangerous in a page and in a template.
EVIL: t.Final = "<script>alert(1)</script>{{ 1 + 1 }}"
#: What is written, in the first run of each host.
WRITTEN: t.Final = ("fresh", "bare", "compared", "stale")
#: What is said before a request, and after the figures were read.
EARLY: t.Final = {
    "no parent": "report_dest: {0}/no parent/none is not a directory; create it first, or give another path",
    "file": "report_dest: {0}/file/file is not a directory; give another path",
    "link": "{0}/link/report.json is a link or not a regular file, and is not overwritten",
    "no earlier": "report_compare_with: {0}/no earlier/old.json is missing, or not a regular file; give",
    "pipe": "report_compare_with: {0}/pipe/old.json is missing, or not a regular file; give",
    "large": "report_compare_with: {0}/large/old.json is too large for a report; give",
}
LATE: t.Final = {
    "proc": "/proc cannot be written: No such file or directory",
    "other": "report_compare_with: {0}/other/old.json is a report of another subscription (Else, ELSE000001)",
    "another": "not Another Ltd, the expected one",
    "not whole": "GET /users: the list is incomplete",
}
REFUSED: t.Final = {**EARLY, **LATE}


def scenes(folder: Path) -> dict[str, Object]:
    """The variables of each host; each has a folder of its own, with what is in the way in it."""
    names = (*WRITTEN, *REFUSED, "check")
    found: dict[str, Object] = {name: {"report_dest": str(folder / name)} for name in names}
    for name in names:
        (folder / name).mkdir()
    for name in ("fresh", "check"):
        found[name] = {"report_dest": f"{folder / name}/new/"}
    found["bare"] |= {"report_max_names": 0, "report_inactive_days": 30}
    found["no parent"] = {"report_dest": str(folder / "no parent/none/none")}
    (folder / "file/file").write_text("mine", encoding="utf-8")
    found["file"] = {"report_dest": str(folder / "file/file")}
    (folder / "mine").write_text("mine", encoding="utf-8")
    (folder / "link/report.json").symlink_to(folder / "mine")
    (folder / "stale/report.json").write_text("{", encoding="utf-8")
    (folder / "stale/report.html").write_text("old", encoding="utf-8")
    (folder / "stale/report.html").chmod(0o644)
    found["proc"] = {"report_dest": "/proc"}
    # A folder may be a link, as long as its files are none.
    (folder / "compared").rmdir()
    (folder / "real").mkdir()
    (folder / "compared").symlink_to(folder / "real")
    texts = {"compared": "earlier", "other": json.dumps(EARLIER), "no earlier": None}
    os.mkfifo(folder / "pipe/old.json")
    with (folder / "large/old.json").open("wb") as file:
        file.truncate(50_000_000)
    found |= {
        name: {**found[name], "report_compare_with": str(folder / name / "old.json")} for name in ("pipe", "large")
    }
    for name, text in texts.items():
        path = folder / name / "old.json"
        if text is not None:
            path.write_text(text, encoding="utf-8")
        found[name]["report_compare_with"] = str(path)
    found["another"]["expect_subscription"] = "Another Ltd"
    return found


#: A report of another subscription.
EARLIER: t.Final = a_report(
    5,
    3,
    generated_at="2026-01-01T08:00:00Z",
    people={"anna": 0, "gone.gustav": 1},
    subscription__id="ELSE000001",
    subscription__name="Else",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where everything is written."""
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def hosts(pool: Pool, folder: Path) -> dict[str, Host]:
    """All of them read the same subscription, except where something is wrong with it, or nothing is to be read."""
    usual, broken, silent = pool.lend(3)
    for simulator in (usual, broken, silent):
        add(simulator, "anna", EVIL)
        simulator.control("POST", "activate", {"username": "anna", "password": "secret-of-anna"})
    body = {"users": [], "paging": {"count": 0, "total": 3, "page": 0}}
    broken.fault(method="GET", path="/users", kind="json", body=body, times=None)
    kinds = {"not whole": broken, **dict.fromkeys(EARLY, silent)}
    variables = scenes(folder)
    subscription = {**EARLIER["subscription"], "id": usual.state()["subscription"]["id"]}
    earlier = json.dumps({**EARLIER, "subscription": subscription})
    (folder / "compared/old.json").write_text(earlier, encoding="utf-8")
    return {name: Host(kinds.get(name, usual), values, check=name == "check") for name, values in variables.items()}


@pytest.fixture(scope="module")
def first(hosts: dict[str, Host], folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """A run on all of them."""
    return run_role("report", tmp_path_factory.mktemp("first"), hosts, (), "--diff")


def changed(outcome: Outcome, name: str) -> int:
    """How many tasks of a host changed something, but for the one of the stage that writes what it found."""
    found = re.search(rf"^{re.escape(name)} +: ok=\d+ +changed=(\d+)", outcome.output, re.MULTILINE)
    assert found, outcome.output
    return int(found[1]) - 1


def read(path: Path) -> Object:
    """The figures."""
    found: Object = json.loads((path / "report.json").read_text(encoding="utf-8"))
    return found


def place(hosts: dict[str, Host], name: str) -> Path:
    """The folder of a host."""
    return Path(hosts[name].variables["report_dest"])


@pytest.mark.parametrize("name", WRITTEN)
def test_two_files_for_nobody_else(first: dict[str, Outcome], hosts: dict[str, Host], name: str) -> None:
    outcome = first[name]
    assert outcome.failure is None
    assert changed(outcome, name) == (3 if name == "fresh" else 2)
    path = place(hosts, name)
    assert sorted(one.name for one in path.iterdir() if one.name != "old.json") == list(FILES)
    assert [stat.S_IMODE((path / one).stat().st_mode) for one in FILES] == [0o600, 0o600]
    assert outcome.writes == [] and outcome.before == outcome.after
    host = hosts[name].simulator.url.split("/")[2]
    report = read(path)
    assert report["api_host"] == host and report["subscription"]["name"] == "Example Ltd"
    assert f'"{host}, 6 requests, no expected subscription was named"' in outcome.output


def test_a_new_folder_is_for_nobody_else(first: dict[str, Outcome], hosts: dict[str, Host]) -> None:
    path = place(hosts, "fresh")
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    # The one that was there keeps its mode.
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o755
    for name, action in {"fresh": "created", "stale": "updated"}.items():
        for file in FILES:
            assert f"{place(hosts, name)}/{file}: {action}" in first[name].output


def test_what_is_in_the_files(first: dict[str, Outcome], hosts: dict[str, Host]) -> None:
    report = read(place(hosts, "fresh"))
    assert report["people"] == {"anna": 1, EVIL: 0}
    page = (place(hosts, "fresh") / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page and "{{ 1 + 1 }}" in page
    assert "1 credential is not activated: it takes 1 license." in text_of(page)


def test_without_names(first: dict[str, Outcome], hosts: dict[str, Host]) -> None:
    for file in FILES:
        text = (place(hosts, "bare") / file).read_text(encoding="utf-8")
        assert "anna" not in text and "alert" not in text
    assert "people" not in read(place(hosts, "bare")) and read(place(hosts, "bare"))["users"]["inactive"]["days"] == 30


def test_compared(first: dict[str, Outcome], hosts: dict[str, Host]) -> None:
    text = text_of((place(hosts, "compared") / "report.html").read_text(encoding="utf-8"))
    assert "Since January 1, 2026" in text
    assert "1 person has activated the app. anna 1 person has no credential anymore. gone.gustav" in text


def test_no_content_is_printed(first: dict[str, Outcome]) -> None:
    """Names of people are in the files, not in the output; a diff shows names of files."""
    output = first["fresh"].output
    assert "<script" not in output and "DOCTYPE" not in output and "gone.gustav" not in output


@pytest.mark.parametrize("name", REFUSED)
def test_refused(first: dict[str, Outcome], hosts: dict[str, Host], folder: Path, name: str) -> None:
    """In one sentence, and nothing is written."""
    outcome = first[name]
    assert outcome.failure is not None and "\n" not in outcome.failure
    assert REFUSED[name].format(folder) in outcome.failure
    assert changed(outcome, name) == 0
    left = {"file": ["file"], "link": ["report.json"]}
    expected = left.get(name, ["old.json"] if (folder / name / "old.json").exists() else [])
    assert sorted(one.name for one in (folder / name).iterdir()) == expected


def test_what_was_in_the_way_is_as_it_was(first: dict[str, Outcome], folder: Path) -> None:
    assert (folder / "mine").read_text(encoding="utf-8") == "mine"
    assert (folder / "file/file").read_text(encoding="utf-8") == "mine"


def test_places_are_checked_before_anything_is_read(first: dict[str, Outcome]) -> None:
    for name in EARLY:
        assert first[name].requests == []


def test_check_mode(first: dict[str, Outcome], hosts: dict[str, Host], folder: Path) -> None:
    outcome = first["check"]
    assert outcome.failure is None and changed(outcome, "check") == 3
    assert list((folder / "check").iterdir()) == []
    assert f"{place(hosts, 'check')}/report.html: created" in outcome.output


@pytest.fixture(scope="module")
def second(
    first: dict[str, Outcome], hosts: dict[str, Host], folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Outcome]:
    """The same again, but one in German, one for another service, and one in check mode where files are."""
    again = {name: hosts[name] for name in (*WRITTEN, "check")}
    again["stale"] = Host(hosts["not whole"].simulator, hosts["stale"].variables)
    hosts["not whole"].simulator.control("DELETE", "faults")
    hosts["bare"].variables["report_language"] = "de"
    again["check"].variables["report_dest"] = hosts["compared"].variables["report_dest"]
    return run_role("report", tmp_path_factory.mktemp("second"), again, ())


@pytest.mark.parametrize(
    ("name", "page", "figures"),
    [
        ("fresh", "unchanged", "unchanged"),
        ("compared", "unchanged", "unchanged"),
        ("bare", "updated", "unchanged"),
        ("stale", "updated", "updated"),
    ],
)
def test_again(second: dict[str, Outcome], hosts: dict[str, Host], name: str, page: str, figures: str) -> None:
    """What is the same is not written, unless it is midnight."""
    outcome = second[name]
    assert outcome.failure is None
    assert changed(outcome, name) == [page, figures].count("updated")
    assert f"{place(hosts, name)}/report.html: {page}" in outcome.output
    assert f"{place(hosts, name)}/report.json: {figures}" in outcome.output


def test_in_german(second: dict[str, Outcome], hosts: dict[str, Host]) -> None:
    text = text_of((place(hosts, "bare") / "report.html").read_text(encoding="utf-8"))
    assert "1 Zugang ist nicht aktiviert: Er belegt 1 Lizenz." in text and "seit mindestens 30 Tagen" in text


def test_check_mode_of_what_is_there(second: dict[str, Outcome], hosts: dict[str, Host]) -> None:
    """Without a comparison, the page would be another one."""
    assert second["check"].failure is None and changed(second["check"], "check") == 1
    assert "Since January 1, 2026" in text_of((place(hosts, "compared") / "report.html").read_text(encoding="utf-8"))
