# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make ldap``: what the guide shows of directories, word for word, against a real one with 200 people."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.directory.server import (
    PASSWORD,
    SUFFIX,
    Packages,
    Unavailable,
    directory,
)
from ansible_collections.threema.work.tests.docs.pages import blocks_of
from ansible_collections.threema.work.tests.roles.stage import command, environment
from ansible_collections.threema.work.tests.support.simulator_process import BUILD, Simulator

_PAGE: t.Final = "docs/docsite/rst/guide_onboarding.rst"
_ADDRESS: t.Final = "ldaps://directory.hospital.example"
_PEOPLE: t.Final = 200
_GROUP: t.Final = f"CN=Threema,OU=Groups,{SUFFIX}"
_NAMES: t.Final = ("Zoë", "Jürg", "Änne", "François", "Łukasz", "Anna")
#: As the photo of a directory begins.
_PHOTO: t.Final = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\xc3\x28"


def _is_disabled(number: int) -> bool:
    return number % 10 == 9


def person(number: int) -> dict[str, list[str | bytes]]:
    """The attributes of a person: umlauts, missing ones, two titles, two addresses, photos, disabled accounts."""
    one: dict[str, list[str | bytes]] = {
        "objectClass": ["inetOrgPerson", "user"],
        "objectCategory": ["person"],
        "cn": [f"Person {number}"],
        "sAMAccountName": [f"p{number:03}"],
        "sn": [f"Müller {number}"],
        "memberOf": [_GROUP],
        "userAccountControl": ["514" if _is_disabled(number) else "512"],
        "employeeNumber": [f"{number:05}"],
        "mail": [f"p{number}@hospital.example"],
        "title": ["Surgeon"],
    }
    if number % 7:
        one["givenName"] = [_NAMES[number % len(_NAMES)]]
    if number % 5:
        one["department"] = ["Chirurgie & Pflege"]
    if number == 3:
        one["title"] = ["Surgeon", "Head of department"]
    if number == 4:
        one["mail"].append("second@hospital.example")
    if number % 20 == 0:
        one["jpegPhoto"] = [_PHOTO]
    return one


def entries() -> str:
    """All of them, as LDIF."""
    lines = [f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: Hospital\n"]
    lines += [f"dn: OU={unit},{SUFFIX}\nobjectClass: organizationalUnit\n" for unit in ("Staff", "Services", "Groups")]
    for number in range(_PEOPLE):
        lines.append(f"dn: CN=Person {number},OU=Staff,{SUFFIX}")
        for name, values in person(number).items():
            encoded = (value.encode() if isinstance(value, str) else value for value in values)
            lines += [f"{name}:: {base64.b64encode(value).decode()}" for value in encoded]
        lines.append("")
    return "\n".join(lines)


def expected() -> dict[str, dict[str, str]]:
    """The settings of everybody who is not disabled, by username."""
    found = {}
    for number in range(_PEOPLE):
        one = person(number)
        names = {"givenName": "th_firstname", "sn": "th_lastname", "department": "th_department"}
        names.update({"title": "th_job_title", "employeeNumber": "th_csi"})
        if not _is_disabled(number):
            found[f"p{number:03}"] = {after: one[before][0] for before, after in names.items() if before in one}
    return t.cast("dict[str, dict[str, str]]", found)


def cannot_run(reason: str) -> t.NoReturn:
    """Skip the tests with a sentence, or fail with it where somebody says that they must run, as CI does."""
    if os.environ.get("THREEMA_WORK_LDAP_REQUIRED"):
        pytest.fail(f"{reason}; with THREEMA_WORK_LDAP_REQUIRED these tests must not be skipped", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def packages() -> Packages:
    """The packages; where there are none, the tests cannot run."""
    try:
        found = Packages(BUILD / "directory")
    except Unavailable as exc:
        cannot_run(str(exc))
    usable = subprocess.run(
        [sys.executable, "-c", "import ldap"], env={**os.environ, **found.environment}, capture_output=True, check=False
    )
    if usable.returncode:
        cannot_run("Debian's python3-ldap is for another version of Python than this one")
    return found


@pytest.fixture(scope="module")
def address(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[str]:
    """The directory with all people."""
    with directory(packages, tmp_path_factory.mktemp("directory"), entries()) as address:
        yield address


@pytest.fixture(scope="module")
def simulator() -> t.Iterator[Simulator]:
    """A subscription."""
    with Simulator() as simulator:
        yield simulator


def block() -> str:
    """What the guide shows."""
    (found,) = [one.text for one in blocks_of(_PAGE) if "ldap_search" in one.text and one.language == "yaml"]
    assert _ADDRESS in found
    return found


def play(text: str, address: str, packages: Packages, simulator: Simulator, folder: Path) -> tuple[int, str]:
    """Play it against the directory."""
    simulator.reset()
    (folder / "play.yml").write_text(text.replace(_ADDRESS, address), encoding="utf-8")
    env = {**environment(folder), **simulator.environment, "DIRECTORY_PASSWORD": PASSWORD}
    env["PYTHONPATH"] = os.pathsep.join([os.environ.get("PYTHONPATH", ""), packages.environment["PYTHONPATH"]])
    env["LD_LIBRARY_PATH"] = packages.environment["LD_LIBRARY_PATH"]
    done = subprocess.run(
        command("play.yml"), cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=300
    )
    output = done.stdout + done.stderr
    assert "Traceback" not in output, output
    return done.returncode, output


def test_the_block_of_the_guide(address: str, packages: Packages, simulator: Simulator, tmp_path: Path) -> None:
    code, output = play(block(), address, packages, simulator, tmp_path)
    assert code == 0, output
    assert len(expected()) == 180
    assert {one["username"]: one["settings"] for one in simulator.state()["credentials"]} == expected()
    # Two titles of one person refuse nobody.
    assert "several values in a column that takes one: 1;" in " ".join(output.split())
    assert PASSWORD not in output


def test_all_attributes_photos_included(address: str, packages: Packages, simulator: Simulator, tmp_path: Path) -> None:
    without = re.sub(r"(?m)^ +attrs:\n( +- .+\n)+", "", block())
    assert "attrs" not in without
    code, output = play(without, address, packages, simulator, tmp_path)
    assert code == 0, output
    assert {one["username"]: one["settings"] for one in simulator.state()["credentials"]} == expected()


def test_a_search_that_finds_nobody(address: str, packages: Packages, simulator: Simulator, tmp_path: Path) -> None:
    code, output = play(block().replace("CN=Threema,", "CN=Nobody,"), address, packages, simulator, tmp_path)
    assert code != 0
    assert "row 1: there are no people on this list" in output
    assert not simulator.requests()
