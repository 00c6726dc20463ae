# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runs where the repository is hosted, and before a commit, is what the project has: targets, scripts, linters."""

from __future__ import annotations

import re
import typing as t

import pytest
import yaml
from ansible_collections.threema.work.tests.docs.commands import TARGETS
from ansible_collections.threema.work.tests.support.simulator_process import ROOT
from ansible_collections.threema.work.tools import release
from ansible_collections.threema.work.tools.matrix import JOBS, main

_WORKFLOWS: t.Final = sorted((ROOT / ".github/workflows").glob("*.yml"))
_LINTERS: t.Final = {"ruff": "ruff check", "ruff-format": "ruff format", "reuse": "reuse lint"}


def test_there_is_one_for_each_occasion() -> None:
    assert [path.stem for path in _WORKFLOWS] == ["matrix", "release", "test"]


@pytest.mark.parametrize("path", _WORKFLOWS, ids=lambda path: path.stem)
def test_what_a_workflow_runs_is_there(path: t.Any) -> None:
    text = path.read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"].values()
    commands = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    assert commands
    for command in commands:
        assert set(re.findall(r"^make ([a-z-]+)", command, re.MULTILINE)) <= TARGETS
        for script in re.findall(r"(?:python3|bash) ([a-z_./]+\.?[a-z]*)", command):
            assert (ROOT / script).is_file(), script
    # A job that hangs is ended, and none may write to the repository without saying so.
    assert "permissions:" in text
    assert all("timeout-minutes" in job or len(job["steps"]) < 4 for job in jobs)


def test_a_release_is_the_tarball_that_was_tried() -> None:
    """`make release` names the tag; whatever is built after `make release-check` is something else."""
    text = (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")
    # YAML 1.1 reads "on" as a truth value.
    (pattern,) = yaml.safe_load(text)[True]["push"]["tags"]
    # In GitHub's patterns, a + repeats what is before it, a * is anything, and a dot is a dot.
    matches = re.compile(pattern.replace(".", r"\.").replace("*", ".*")).fullmatch
    assert matches("1.2.0") and matches("1.2.0-rc.1") and not matches("v1.2.0")
    assert "git tag --annotate {version} " in release._FINISH
    assert "collection build" not in text and "make release-check" in text
    assert "threema-work-$GITHUB_REF_NAME.tar.gz" in text


def test_every_pull_request_runs_all_tests() -> None:
    for name in ("test", "matrix"):
        occasions = yaml.safe_load((ROOT / f".github/workflows/{name}.yml").read_text(encoding="utf-8"))[True]
        assert "pull_request" in occasions, name


def test_the_jobs_of_the_matrix(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["names"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) == [job.name for job in JOBS]


def test_hooks_run_the_linters_of_make_lint() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nlint:")[2].partition("\n.PHONY")[0]
    for hook in hooks:
        program = hook["entry"].split()[0]
        assert program.startswith(".build/venv/dev/bin/")
        assert _LINTERS.get(hook["id"], program.rpartition("/")[2]) in recipe, hook["id"]
