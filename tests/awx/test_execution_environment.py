# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-builder makes of the collection's metadata and of the definition beside it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import yaml
from ansible_collections.threema.work.tests.awx import publish
from ansible_collections.threema.work.tests.awx.job import Workshop

DEFINITION: t.Final = publish.ROOT / "execution-environment.yml"


def builder(*arguments: str) -> str:
    """Run ansible-builder and return what it prints."""
    command = [sys.executable, "-m", "ansible_builder", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_published_collection_says_what_it_needs(workshop: Workshop) -> None:
    told = yaml.safe_load(builder("introspect", str(workshop.collections)))
    assert told["python"] == [
        "requests>=2.25  # from collection threema.work",
        "openpyxl>=3.1,<3.2  # from collection threema.work",
        "segno>=1.6,<2  # from collection threema.work",
    ]
    assert not told.get("system")


def test_the_definition_makes_an_image_with_the_collection(tmp_path: Path) -> None:
    shutil.copy(DEFINITION, tmp_path)
    context = tmp_path / "context"
    name = "Containerfile"
    builder("create", "--file", str(tmp_path / DEFINITION.name), "--context", str(context), "--output-filename", name)
    made = yaml.safe_load((context / "_build/requirements.yml").read_text(encoding="utf-8"))
    assert [one["name"] for one in made["collections"]] == ["threema.work"]
    steps = (context / name).read_text(encoding="utf-8")
    assert yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))["images"]["base_image"]["name"] in steps
    for part in ('PYCMD="/usr/bin/python3.12"', "ansible-core>=2.19", "ansible-runner>=2.4", "collection install"):
        assert part in steps
