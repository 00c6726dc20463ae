# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in the tarball of the collection, and whether it works where it is installed."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import typing as t
from pathlib import Path

from tests.support import deprecations
from tests.support.simulator_process import Simulator

#: Made by ansible-galaxy, in place of galaxy.yml.
_MADE: t.Final = frozenset(("MANIFEST.json", "FILES.json"))
#: What git knows and nobody needs who has no checkout. The tests are there: who packages or certifies it runs them.
_LEFT_OUT: t.Final = frozenset(("galaxy.yml", ".gitignore", ".ci/run", ".pre-commit-config.yaml"))
#: What may be needed where it is installed: the community's rules let everything else be deleted there.
_NEEDED: t.Final = frozenset(("meta", "plugins", "roles", "playbooks", "MANIFEST.json", "FILES.json"))
#: What is for where the repository is hosted.
_HOSTED: t.Final = ".github/"
_SECRET_NAMES: t.Final = re.compile(r"(^|/)(\.env|\.netrc|id_[a-z0-9]+|[^/]*\.(pem|key|p12|pfx|kdbx))$")
_SECRET_TEXT: t.Final = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_SECONDS: t.Final = 120


class Refused(Exception):
    """The release must not be made; the text says why."""


def build(tree: Path, folder: Path) -> Path:
    """Build the tarball into a folder."""
    command = [
        sys.executable,
        "-m",
        "ansible",
        "galaxy",
        "collection",
        "build",
        "--output-path",
        str(folder),
        str(tree),
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"The tarball cannot be built:\n{done.stdout}{done.stderr}")
    return max(folder.glob("threema-work-*.tar.gz"), key=lambda path: path.stat().st_mtime)


def _stays(name: str) -> bool:
    """Whether a file is in the repository and in no tarball."""
    return name in _LEFT_OUT or name.startswith(_HOSTED)


def check(tarball: Path, tree: Path) -> int:
    """It holds what git knows and nothing else, and no secret; returns the number of files."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached"], cwd=tree, capture_output=True, text=True, check=True)
    known = set(filter(None, listed.stdout.split("\0")))
    with tarfile.open(tarball) as archive:
        members = [member for member in archive if not member.isdir()]
        names = {member.name for member in members}
        contents = {member.name: archive.extractfile(member) for member in members if member.isfile()}
        secret = [name for name, file in contents.items() if file and _SECRET_TEXT.search(file.read())]
    secret += filter(_SECRET_NAMES.search, names)
    _refuse("The tarball holds what git does not know", names - known - _MADE)
    _refuse("The tarball lacks", {name for name in known - names if not _stays(name)})
    _refuse("The tarball holds what is no part of the collection", set(filter(_stays, names)))
    _refuse("The tarball holds files that look like secrets", secret)
    return len(names)


def _refuse(why: str, names: t.Iterable[str]) -> None:
    if found := sorted(set(names)):
        raise Refused(f"{why}: {', '.join(found)}")


def ansible(installed: Path, *command: str, **environment: str) -> str:
    """Run Ansible with the collections of a folder and no others; what it prints."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "THREEMA_", "PYTHON"))
    }
    settings = {
        **deprecations.ENVIRONMENT,
        "ANSIBLE_COLLECTIONS_PATH": str(installed),
        "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
    }
    done = subprocess.run(
        [sys.executable, "-m", "ansible", *command],
        cwd=installed,
        env={**kept, **settings, **environment},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode or deprecations.found_in(done.stdout + done.stderr):
        raise Refused(f"ansible {' '.join(command)} fails where it is installed:\n{done.stdout}{done.stderr}")
    return done.stdout


def install(tarball: Path, installed: Path) -> None:
    """Install it into an empty folder. What else is on this machine must not stand for it."""
    installed.mkdir()
    ansible(installed, "galaxy", "collection", "install", str(tarball), "--offline", "-p", str(installed))


def smoke(installed: Path, version: str) -> None:
    """Documentation of everything, one module and one playbook with a role, from where it was installed.

    Of the collection only what may be needed is left there.
    """
    collection = installed / "ansible_collections/threema/work"
    roster = installed / "people.csv"
    shutil.copyfile(collection / "docs/examples/people.csv", roster)
    for path in collection.iterdir():
        if path.name not in _NEEDED:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for kind, folder in (("module", "modules"), ("lookup", "lookup"), ("filter", "filter")):
        names = [f"threema.work.{path.stem}" for path in (collection / "plugins" / folder).glob("[a-z]*.py")]
        documented = json.loads(ansible(installed, "doc", "--json", "--type", kind, *names))
        _refuse(f"No documentation of the {kind}", {name for name in names if not documented.get(name, {}).get("doc")})
    with roster.open(encoding="utf-8", newline="") as file:
        people = {row["username"] for row in csv.DictReader(file)}
    with Simulator() as simulator:
        at = simulator.environment
        module = ("--module-name", "threema.work.credential_info", "--args", "unused=true")
        ansible(installed, "adhoc", "localhost", *module, **at)
        variables = json.dumps({"roster": str(roster)})
        ansible(installed, "playbook", "threema.work.onboard", "--extra-vars", variables, **at)
        onboarded = {one["username"] for one in simulator.state()["credentials"]}
        agents = {one["headers"]["User-Agent"] for one in simulator.requests()}
    _refuse("The playbook threema.work.onboard left out", people - onboarded)
    _refuse(f"Requests did not come from version {version}, but from", agents - {f"threema.work/{version}"})
