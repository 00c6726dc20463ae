# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The matrix calls nothing passed that did not run, and the documentation says what ran."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.threema.work.tests.support.simulator_process import ROOT
from ansible_collections.threema.work.tools import matrix
from ansible_collections.threema.work.tools.matrix import Job
from ansible_collections.threema.work.tools.matrix_table import FAILED, NOT_RUN, PASSED, Found, Report

_TESTS: t.Final = "tests/unit"
_FOLDERS: t.Final = ("--tests", _TESTS, "--faults", "tests/faults")
_LOWEST: t.Final = matrix.LOWEST_REQUESTS.removeprefix("==").removesuffix(".0")


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for results, and a page to put a table into."""
    monkeypatch.setattr(matrix, "RESULTS", tmp_path / "matrix")
    monkeypatch.setattr(matrix, "DOCS", tmp_path / "versions.rst")
    (tmp_path / "matrix").mkdir()
    (tmp_path / "versions.rst").write_bytes((ROOT / "docs/docsite/rst/versions.rst").read_bytes())
    return tmp_path / "matrix"


def found(job: Job, state: str = PASSED) -> Report:
    """What a job could have found."""
    suites = {name: Found(state, 5, 0, 60) for name in matrix.SUITES}
    versions = {"ansible-core": f"{job.core}.7", "python": f"{job.python}.1", "requests": "2.99.0"}
    state = matrix.digest([_TESTS], ["tests/faults"])
    day = f"2031-02-{1 + matrix.JOBS.index(job):02}" if job in matrix.JOBS else ""
    return Report(job.core, job.python, job.requests, versions, state, suites, [], day)


def test_without_its_python_a_job_is_not_run(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where it has passed before."""
    job = Job("2.16", "3.99")
    monkeypatch.setattr(matrix, "JOBS", (job,))
    matrix.save(job, found(job))
    assert matrix.main(["run", *_FOLDERS]) == 1
    said = capsys.readouterr().out
    assert "there is no Python 3.99" in said
    assert PASSED not in said
    states = {one.state for one in Report.load(results / "2.16-3.99.json").found.values()}
    assert states == {NOT_RUN}
    assert (results / "table.txt").read_text(encoding="utf-8") in said


def test_an_unknown_job(results: Path) -> None:
    with pytest.raises(SystemExit, match=r"no job 1\.0-3\.11; there are: 2\.16-3\.10 "):
        matrix.main(["run", *_FOLDERS, "--jobs", "1.0-3.11"])


@pytest.mark.parametrize(
    ("good", "passed", "state"), [(True, 1, PASSED), (True, 0, FAILED), (False, 1, FAILED), (False, 0, FAILED)]
)
def test_what_ran_nothing_has_not_passed(good: bool, passed: int, state: str) -> None:
    assert Found.of(good, passed, 0, 1.0).state == state


def test_the_page_gets_a_row_for_each_job(results: Path) -> None:
    """The second time changes nothing."""
    for job in matrix.JOBS:
        matrix.save(job, found(job))
    pages = []
    for _time in range(2):
        assert matrix.main(["docs", *_FOLDERS]) == 0
        pages.append(matrix.DOCS.read_text(encoding="utf-8"))
    assert pages[0] == pages[1]
    assert re.findall(r"\* - ([0-9.]+)\n     - ([0-9.]+)\n", pages[0]) == [
        (f"{job.core}.7", f"{job.python}.1") for job in matrix.JOBS
    ]
    assert pages[0].count("passed (5)") == len(matrix.JOBS) * len(matrix.SUITES)
    assert pages[0].count("Run the test matrix yourself") == 1
    assert re.findall(r"(?m)^The jobs ran .*$", pages[0]) == [
        f"The jobs ran from 2031-02-01 to 2031-02-{len(matrix.JOBS):02}."
    ]


@pytest.mark.parametrize("lacks", ["a job", "the same collection", "all tests"])
def test_the_page_is_not_written_with_less(results: Path, capsys: pytest.CaptureFixture[str], lacks: str) -> None:
    for job in matrix.JOBS:
        matrix.save(job, found(job))
    first = matrix.JOBS[0]
    if lacks == "a job":
        (results / f"{first.name}.json").unlink()
    else:
        other = "another" if lacks == "the same collection" else matrix.digest([f"{_TESTS}/plugins"])
        matrix.save(first, dataclasses.replace(found(first), digest=other))
    before = matrix.DOCS.read_text(encoding="utf-8")
    assert matrix.main(["docs", *_FOLDERS]) == 1
    assert first.name in capsys.readouterr().out
    assert matrix.DOCS.read_text(encoding="utf-8") == before


def test_the_lowest_requests_is_tested_and_told_everywhere() -> None:
    """One job has exactly the version that users, ansible-doc and ansible-test are told of."""
    assert [job.name for job in matrix.JOBS if job.requests == matrix.LOWEST_REQUESTS] == ["2.16-3.10"]
    namespace: dict[str, t.Any] = {}
    source = (ROOT / "plugins/doc_fragments/_api.py").read_text(encoding="utf-8")
    exec(compile(source, "_api.py", "exec"), namespace)
    documented = yaml.safe_load(namespace["ModuleDocFragment"].DOCUMENTATION)["requirements"]
    assert documented == ["python >= 3.10", f"requests >= {_LOWEST}"]
    required = (ROOT / "tests/integration/requirements.txt").read_text(encoding="utf-8").splitlines()
    assert f"requests>={_LOWEST},<3" in required
    assert f"`requests`, {_LOWEST} or newer" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"``requests``, {_LOWEST} or newer" in (ROOT / "docs/docsite/rst/versions.rst").read_text(encoding="utf-8")


def test_without_a_package_index_a_job_is_not_run(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor does it end the others."""
    jobs = (Job("2.16", sys.version[:4]), Job("2.17", sys.version[:4]))
    monkeypatch.setattr(matrix, "JOBS", jobs)

    def install(*_arguments: object) -> None:
        raise subprocess.CalledProcessError(1, ["python", "-m", "pip", "install"])

    monkeypatch.setattr(matrix, "interpreter", lambda _version: "python")
    monkeypatch.setattr(matrix, "install", install)
    assert matrix.main(["run", *_FOLDERS]) == 1
    said = capsys.readouterr().out
    for job in jobs:
        assert f"{job.name}: {job.venv} cannot be set up: -m pip install failed, see above" in said
        assert {one.state for one in matrix.load(job).found.values()} == {NOT_RUN}


def ranges(name: str) -> dict[str, str]:
    """The ranges of versions in a file of requirements."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    matches = (re.fullmatch(r"([a-zA-Z-]+)([><=~].*)", line) for line in lines)
    return {match[1]: match[2] for match in matches if match}


def test_ansible_test_installs_what_unit_tests_need() -> None:
    """`ansible-test units --requirements` reads a file of its own, which must not fall behind."""
    given = ranges("tests/unit/requirements.txt")
    assert given.pop("requests") == Job("2.19", "3.11").requests
    used = ranges("tests/requirements/test.txt")
    assert given and given.items() <= used.items()
    imported = {
        match
        for path in [ROOT / "tests/conftest.py", *(ROOT / "tests/unit").rglob("*.py")]
        for match in re.findall(r"^(?:import|from) ([a-z0-9_]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    # Its module has another name; segno is what the collection imports where it draws.
    imported = {{"zxingcpp": "zxing-cpp"}.get(name, name) for name in imported} | {"segno"}
    brought = {"ansible", "ansible_collections", "jinja2", "yaml", "pytest", *sys.stdlib_module_names}
    assert imported - brought == given.keys()


def test_every_supported_core_has_a_job() -> None:
    """All from the lowest of meta/runtime.yml to the newest that the tools use, and candidates."""
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
    assert runtime["requires_ansible"] == f">={matrix.JOBS[0].core}.0"
    assert len({job.name for job in matrix.JOBS}) == len(matrix.JOBS)
    cores = sorted({tuple(map(int, job.core.split("."))) for job in matrix.JOBS})
    (first, lowest), (last, highest) = cores[0], cores[-1]
    assert first == last and cores == [(first, minor) for minor in range(lowest, highest + 1)]
    used = (ROOT / "tests/requirements/dev.txt").read_text(encoding="utf-8")
    (newest,) = re.findall(r'^ansible-core>=(\d+\.\d+)\.0,<.*python_version >= "', used, re.MULTILINE)
    released = [job.core for job in matrix.JOBS if job.core not in matrix.CANDIDATES]
    assert newest == released[-1]


def test_the_workflow_has_every_python() -> None:
    """The last one it names is the one that make sets up its tools with, which have to run there."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/matrix.yml").read_text(encoding="utf-8"))
    steps = workflow["jobs"]["matrix"]["steps"]
    (pythons,) = (step["with"]["python-version"].split() for step in steps if "python-version" in step.get("with", {}))
    assert set(pythons) == {job.python for job in matrix.JOBS}
    assert pythons[-1] == "3.13"
