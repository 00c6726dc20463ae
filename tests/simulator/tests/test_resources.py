# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resources serve what openapi.yaml describes, or the simulator does not start and names what is wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT

RESOURCES = "threema_simulator/resources/"
NEW = "paths:\n  /nobody:\n    get:\n      operationId: getNobody\n      responses: {}\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("openapi.yaml", "paths:\n", NEW, ["No resource", "getNobody", "openapi.yaml"]),
        (RESOURCES + "logos.py", '"getLogoByVariant"', '"getUser"', ["getUser", "users", "logos"]),
        (RESOURCES + "logos.py", '"getLogoByVariant"', '"getLogos"', ["getLogos", "logos", "openapi.yaml"]),
        (RESOURCES + "__init__.py", '    "logos",\n', "", ["No resource", "LogoByVariant", "__init__.py"]),
    ],
    ids=["not served", "served twice", "not described", "not registered"],
)
def test_it_starts_only_when_each_operation_is_served_once(
    tmp_path: Path, file: str, old: str, new: str, named: list[str]
) -> None:
    shutil.copytree(ROOT / "threema_simulator", tmp_path / "threema_simulator")
    shutil.copy(ROOT / "openapi.yaml", tmp_path)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "threema_simulator", "--port", "0"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    [sentence] = ended.stderr.splitlines()
    assert all(word in sentence for word in named)
