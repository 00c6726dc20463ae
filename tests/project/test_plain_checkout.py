# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""pytest in a checkout that is nowhere where Ansible looks for collections, with nothing set up by make."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.support.simulator_process import ROOT

_PREPARED: t.Final = ("ANSIBLE_COLLECTIONS_PATH", "PYTHONPATH", "THREEMA_WORK_BUILD")
_SHORT: t.Final = "tests/unit/plugins/plugin_utils/test_names.py"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy without what make has set up."""
    folder = tmp_path_factory.mktemp("plain") / "checkout"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns("__pycache__", "output", ".git", ".build"))
    return folder


def run_pytest(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """As somebody who has only cloned it."""
    env = {name: value for name, value in os.environ.items() if name not in _PREPARED and "PYTEST" not in name}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True, check=False)


def test_what_needs_no_server_runs(checkout: Path) -> None:
    """It finds the collection by itself, and leaves nothing behind."""
    done = run_pytest(checkout, _SHORT)
    assert done.returncode == 0, done.stdout
    assert "passed" in run_pytest(checkout, "-v", _SHORT).stdout
    assert not (checkout / ".build").exists()


def test_without_a_simulator_a_sentence(checkout: Path) -> None:
    """One, and no test is run."""
    done = run_pytest(checkout, "tests/client/test_paging.py", _SHORT)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    (said,) = [line for line in lines if "Run `make setup` in the checkout." in line]
    assert "venv/simulator/bin/python is missing." in said
    assert len(lines) < 5, done.stdout


def test_what_a_helper_asserts_shows_what_it_compared(checkout: Path) -> None:
    """As in the tests themselves."""
    helper = checkout / "tests/support/broken.py"
    helper.write_text("def same(one, other):\n    assert one == other\n", encoding="utf-8")
    test = checkout / "tests/unit/test_broken.py"
    name = "ansible_collections.threema.work.tests.support.broken"
    test.write_text(f"from {name} import same\n\n\ndef test_it():\n    same('first', 'second')\n", encoding="utf-8")
    try:
        done = run_pytest(checkout, "tests/unit/test_broken.py")
    finally:
        helper.unlink()
        test.unlink()
    assert done.returncode == 1
    assert "AssertionError: assert 'first' == 'second'" in done.stdout
