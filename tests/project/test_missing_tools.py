# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `make` prints where something is missing: one line, with what and what to do, before anything is set up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.support.simulator_process import ROOT

_OLD: t.Final = "#!/bin/sh\necho 3.9\n"
_ABSENT: t.Final = "raise ImportError\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The files that the targets need, copied without Git."""
    tree = tmp_path / "tree"
    for name in ("tools", "tests/requirements", "tests/simulator", "meta"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Makefile", tree)
    return tree


def make(tree: Path, *arguments: str, **environment: str) -> list[str]:
    """What a target prints that has to fail, without the last words of make itself."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MAKE", "PYTHON", "PIP_", "GIT_", "THREEMA_")) and name != "MFLAGS"
    }
    environment = {**kept, "GIT_CEILING_DIRECTORIES": str(tree.parent), **environment}
    command = [shutil.which("make") or "make", "--no-print-directory", f"PYTHON={sys.executable}", *arguments]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    lines = (done.stdout + done.stderr).splitlines()
    return [line for line in lines if not line.startswith(("make:", "Setting up"))]


def programs(folder: Path, *names: str) -> str:
    """A PATH with these programs and no others."""
    folder.mkdir()
    for name in names:
        (folder / name).symlink_to(shutil.which(name) or name)
    return str(folder)


@pytest.mark.parametrize("target", ["demo", "lint", "unit", "release-check", "release", "matrix"])
def test_a_tree_without_git(tree: Path, target: str) -> None:
    (line,) = make(tree, target)
    assert line == f"make needs a checkout: {tree} is no Git repository. Clone it, or run 'git init' there."
    assert not (tree / ".build").exists()


@pytest.mark.parametrize("target", ["demo", "simulator"])
def test_a_tree_that_is_an_installed_collection(tree: Path, target: str) -> None:
    (tree / "MANIFEST.json").write_text("{}", encoding="utf-8")
    (line,) = make(tree, target)
    assert line.endswith("is an installed collection. Clone its repository, which MANIFEST.json names.")
    assert not (tree / ".build").exists()


def test_a_tree_in_the_repository_of_somebody_else(tree: Path) -> None:
    """There, Git would list what their rules let through, and perhaps nothing."""
    subprocess.run(["git", "init", "--quiet", tree.parent], check=True)
    (line,) = make(tree, "demo", GIT_CEILING_DIRECTORIES="")
    assert f"{tree} only lies in the repository {tree.parent}." in line


def test_a_machine_without_git(tree: Path, tmp_path: Path) -> None:
    (line,) = make(tree, "demo", PATH=programs(tmp_path / "bin", "sh", "dirname"))
    assert line == "make needs a checkout: git is not on the PATH. Install it (apt install git, dnf install git)."


def test_a_tree_that_git_does_not_trust(tree: Path, tmp_path: Path) -> None:
    """It belongs to somebody else, for example: then Git's own reason is in the line."""
    path = programs(tmp_path / "bin", "sh", "dirname", "head")
    git = tmp_path / "bin/git"
    git.write_text("#!/bin/sh\necho 'fatal: detected dubious ownership' >&2\necho 'To add …' >&2\nexit 128\n", "utf-8")
    git.chmod(0o755)
    (line,) = make(tree, "demo", PATH=path)
    assert line == f"make needs a checkout: git does not accept {tree}: fatal: detected dubious ownership"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            None,
            "there is no {python}; install Python 3.11 or newer, or name another one, as in 'make PYTHON=python3.13'.",
        ),
        (
            _OLD,
            "{python} is Python 3.9, and 3.11 or newer is needed; name another one, as in 'make PYTHON=python3.13'.",
        ),
        ("#!/bin/sh\nexit 1\n", "{python} is no Python; name another one, as in 'make PYTHON=python3.13'."),
    ],
)
def test_a_python_that_cannot_be_used(tree: Path, script: str | None, said: str) -> None:
    python = tree.parent / "some-python"
    if script:
        python.write_text(script, encoding="utf-8")
        python.chmod(0o755)
    (line,) = make(tree, "simulator", f"PYTHON={python}")
    folder = tree / ".build/venv/simulator"
    assert line == f"{folder} cannot be set up: {said.format(python=python)}"
    assert not folder.exists()


def test_a_python_of_debian_without_its_other_half(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "ensurepip.py").write_text(_ABSENT, encoding="utf-8")
    (line,) = make(tree, "simulator", PYTHONPATH=str(tmp_path))
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert f"has no venv or ensurepip; install it (apt install python{version}-venv), or name another one" in line


def test_a_place_where_no_simulator_is() -> None:
    """What pytest and the demo print in a tree that make has not set up, or with a wrong variable."""
    environment = {**os.environ, "THREEMA_WORK_BUILD": "/nowhere"}
    command = [sys.executable, ROOT / "tools/demo.py"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and not done.stdout
    assert done.stderr == (
        "There is no simulator: /nowhere/venv/simulator/bin/python is missing (its folder is named by the environment "
        "variable THREEMA_WORK_BUILD). Run `make setup` in the checkout.\n"
    )


def test_a_machine_without_a_package_index(tree: Path) -> None:
    """What was begun is no environment yet."""
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    (line,) = make(tree, "simulator", **nowhere)
    folder = tree / ".build/venv/simulator"
    assert line.startswith(f"{folder} cannot be set up: pip ")
    assert "failed (ERROR: " in line
    assert line.endswith(f"Is a package index reached? What pip printed is in {folder}.log.")
    assert "ERROR: " in (tree / ".build/venv/simulator.log").read_text(encoding="utf-8")
    assert not (folder / ".done").exists()
