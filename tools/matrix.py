# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tests of the collection on each supported ansible-core; ``make matrix`` and ``make matrix-docs``.

Each job has a virtual environment and a copy of the collection of its own. What it found is in
``.build/matrix/<job>.json``, all of it as a table in ``.build/matrix/table.txt``, the output beside them.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import typing as t
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.interpreter import NOT_WANTED
from tests.support.simulator_process import BUILD, ROOT
from tools import matrix_table
from tools.matrix_table import FAILED, NOT_RUN, PASSED, Found, Report

#: The lowest version of requests that README, documentation and tests/integration/requirements.txt name.
LOWEST_REQUESTS: t.Final = "==2.25.0"
RESULTS: t.Final = BUILD / "matrix"
DOCS: t.Final = ROOT / "docs/docsite/rst/versions.rst"
_COLLECTION: t.Final = "ansible_collections/threema/work"
#: What a job tests. Documentation and tests may change, and what was found stays true.
_TESTED: t.Final = ("plugins", "roles", "playbooks", "meta")


@dataclass(frozen=True)
class Job:
    """A combination that is tested.

    :ivar requests: which versions of the library, as pip wants it.
    :ivar faults: whether modules are tested in trouble too. That depends on the library, and hardly on ansible-core.
        These jobs play without the stand-in for Python.
    """

    core: str
    python: str
    requests: str = ">=2.25,<3"
    faults: bool = False

    @property
    def name(self) -> str:
        """As in ``make matrix JOBS=…``."""
        return f"{self.core}-{self.python}"

    @property
    def requirement(self) -> str:
        """Newest release of this ansible-core. A candidate is asked for by name, otherwise pip takes none."""
        return f"ansible-core~={self.core}.0{'rc1' if self.core in CANDIDATES else ''}"

    @property
    def venv(self) -> Path:
        """Its virtual environment."""
        return BUILD / f"venv/matrix-{self.core}-py{self.python}"

    @property
    def collections(self) -> Path:
        """Where its copy of the collection is."""
        return RESULTS / self.name


#: Versions of ansible-core of which there is only a release candidate yet.
CANDIDATES: t.Final = ("2.22",)
#: Each ansible-core and each Python at least once; a row takes more than ten minutes.
JOBS: t.Final = (
    # The oldest of everything.
    Job("2.16", "3.10", LOWEST_REQUESTS, faults=True),
    Job("2.17", "3.12"),
    Job("2.18", "3.11"),
    Job("2.19", "3.11"),
    Job("2.20", "3.12"),
    Job("2.21", "3.14"),
    Job("2.22", "3.13", faults=True),
)


def interpreter(version: str) -> str | None:
    """A Python of this version: on the PATH, or of pyenv. What is found has to say so itself."""
    candidates = [shutil.which(f"python{version}")]
    if pyenv := shutil.which("pyenv"):
        root = Path(subprocess.run([pyenv, "root"], capture_output=True, text=True, check=True).stdout.strip())
        candidates += [str(path / "bin/python") for path in sorted((root / "versions").glob(f"{version}.*"))]
    code = "import sys, venv; print('%d.%d' % sys.version_info[:2])"
    for candidate in filter(None, candidates):
        said = subprocess.run([candidate, "-c", code], capture_output=True, text=True, check=False)
        if said.returncode == 0 and said.stdout.strip() == version:
            return candidate
    return None


def install(job: Job, python: str) -> None:
    """Make the virtual environment, or bring it up to date."""
    quiet = ["--quiet", "--disable-pip-version-check"]
    subprocess.run([python, "-m", "venv", str(job.venv)], check=True)
    wanted = ["-r", str(ROOT / "tests/requirements/test.txt"), job.requirement, f"requests{job.requests}"]
    subprocess.run([str(job.venv / "bin/python"), "-m", "pip", "install", "--upgrade", *quiet, *wanted], check=True)


def take_releases(job: Job) -> list[str]:
    """Let pip take the release of a library of which ansible-test names a state that cannot be fetched.

    Release candidates name states at GitHub. Returns what was replaced, also by an earlier run.
    """
    notes = []
    for file in sorted(job.venv.glob("lib/*/site-packages/ansible_test/_data/requirements/sanity.*.txt")):
        lines = file.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if (match := re.fullmatch(r"(\S+) @ (https://\S+)", line)) and not reachable(match[2]):
                lines[number] = f"{match[1]}  # in place of {match[2].partition('#')[0]}"
            library, replaced, url = lines[number].partition("  # in place of ")
            if replaced:
                notes.append(f"ansible-core {job.core}: sanity tests ran with the released {library} in place of {url}")
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return notes


def reachable(url: str) -> bool:
    """Whether something can be fetched."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=20):
            return True
    except OSError:
        return False


def versions(job: Job) -> dict[str, str]:
    """The versions that were installed."""
    code = (
        "import importlib.metadata as m, json, platform; names = ('ansible-core', 'requests', 'urllib3'); "
        "print(json.dumps({'python': platform.python_version(), **{name: m.version(name) for name in names}}))"
    )
    done = subprocess.run([str(job.venv / "bin/python"), "-c", code], capture_output=True, text=True, check=True)
    return t.cast("dict[str, str]", json.loads(done.stdout))


def digest(*tests: t.Sequence[str]) -> str:
    """Of what a job tests and of the folders of tests: results for the same digest may stand in one table."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *_TESTED],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    total = hashlib.sha256("\0".join(folder for folders in tests for folder in folders).encode())
    for name in sorted(filter(None, set(listed.split("\0")))):
        if (ROOT / name).is_file():
            total.update(f"{name}\0".encode() + (ROOT / name).read_bytes() + b"\0")
    return total.hexdigest()[:16]


def execute(job: Job, suite: str, command: t.Sequence[str], minutes: int) -> tuple[int | None, str, float]:
    """Run a command of a job in its copy; its code, None after too long a time, its output and its seconds."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("THREEMA_", "ANSIBLE_"))}
    environment = {
        **kept,
        "PATH": f"{job.venv / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(job.collections),
        "ANSIBLE_COLLECTIONS_PATH": str(job.collections),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        "THREEMA_WORK_BUILD": str(BUILD),
        **({NOT_WANTED: "1"} if job.faults else {}),
    }
    log = RESULTS / f"{job.name}-{suite}.log"
    started = time.monotonic()
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=job.collections / _COLLECTION,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        code: int | None = None
        try:
            code = process.wait(minutes * 60)
        except subprocess.TimeoutExpired:
            file.write(f"\nended after {minutes} minutes\n".encode())
        finally:
            if code is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    return code, log.read_text(encoding="utf-8", errors="replace"), time.monotonic() - started


def sanity(job: Job) -> Found:
    """All sanity tests of this ansible-core, nothing ignored."""
    command = ["ansible-test", "sanity", "--venv", "--python", job.python, "--color", "no"]
    code, output, seconds = execute(job, "sanity", command, 30)
    return Found.of(code == 0, output.count("Running sanity test "), 0, seconds)


def unit(job: Job, tests: t.Sequence[str]) -> Found:
    """The tests that pytest runs."""
    report = RESULTS / f"{job.name}-unit.xml"
    report.unlink(missing_ok=True)
    command = ["python", "-m", "pytest", "--numprocesses", "2", "--dist", "loadfile", f"--junitxml={report}", *tests]
    code, _output, seconds = execute(job, "unit", command, 60)
    suites = ElementTree.parse(report).getroot().iter("testsuite") if report.exists() else ()
    counts = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for suite in suites:
        for name in counts:
            counts[name] += int(suite.get(name, "0"))
    failed = counts["failures"] + counts["errors"]
    passed = counts["tests"] - failed - counts["skipped"]
    return Found.of(code == 0 and not failed, passed, counts["skipped"], seconds)


def integration(job: Job) -> Found:
    """The targets of ansible-test, against a simulator; they have to use all operations of the API."""
    folder = job.collections / _COLLECTION
    (folder / "tests/integration/constraints.txt").write_text(f"requests{job.requests}\n", encoding="utf-8")
    targets = f"ansible-test integration --venv --python {job.python} --requirements --color no"
    both = f"{targets} && python -m tools.every_operation"
    command = ["python", "-m", "tests.support.simulator_process", "--", "sh", "-ec", both]
    code, output, seconds = execute(job, "integration", command, 45)
    return Found.of(code == 0, output.count(" integration test role"), 0, seconds)


SUITES: t.Final = ("sanity", "unit", "integration")


def run(job: Job, suites: t.Sequence[str], tests: t.Sequence[str], faults: t.Sequence[str]) -> Report:
    """Run a job, and write down what it found as soon as it is found."""
    python = interpreter(job.python)
    report = earlier(job, digest(tests, faults))
    for suite in suites:
        report.found[suite] = Found(NOT_RUN)
    if python is None:
        print(f"{job.name}: there is no Python {job.python} on this machine, on the PATH or of pyenv", flush=True)
        return save(job, report)
    try:
        install(job, python)
    except subprocess.CalledProcessError as error:
        print(f"{job.name}: {job.venv} cannot be set up: {' '.join(error.cmd[1:4])} failed, see above", flush=True)
        return save(job, report)
    subprocess.run([str(ROOT / "tools/seed-ansible-test-pip")], check=True)
    subprocess.run([str(ROOT / "tools/copy-collection"), str(job.collections / _COLLECTION)], check=True)
    day = datetime.date.today().isoformat()
    report = dataclasses.replace(report, versions=versions(job), notes=take_releases(job), day=day)
    runs: dict[str, t.Callable[[], Found]] = {
        "sanity": lambda: sanity(job),
        "unit": lambda: unit(job, [*(faults if job.faults else ()), *tests]),
        "integration": lambda: integration(job),
    }
    for suite in suites:
        print(f"{job.name}: {suite} …", flush=True)
        found = runs[suite]()
        report.found[suite] = found
        save(job, report)
        print(f"{job.name}: {suite} {found}", flush=True)
        if found.state == FAILED:
            print(f"see {(RESULTS / f'{job.name}-{suite}.log').relative_to(BUILD.parent)}", flush=True)
    return save(job, report)


def save(job: Job, report: Report) -> Report:
    """Write what a job found."""
    (RESULTS / f"{job.name}.json").write_text(json.dumps(dataclasses.asdict(report), indent=2), encoding="utf-8")
    return report


def load(job: Job) -> Report:
    """What a job found last; if it never ran, it is not run."""
    path = RESULTS / f"{job.name}.json"
    if path.exists():
        return Report.load(path)
    return Report(job.core, job.python, job.requests, {}, "", {name: Found(NOT_RUN) for name in SUITES}, [])


def earlier(job: Job, current: str) -> Report:
    """What a job found last with the collection as it is now: suites that are not run again keep it."""
    report = load(job)
    if report.digest == current:
        return report
    return dataclasses.replace(report, digest=current, found={name: Found(NOT_RUN) for name in SUITES})


def chosen(names: str) -> list[Job]:
    """The jobs with these names; all without."""
    known = {job.name: job for job in JOBS}
    unknown = [name for name in names.split() if name not in known]
    if unknown:
        raise SystemExit(f"There is no job {', '.join(unknown)}; there are: {' '.join(known)}.")
    return [known[name] for name in names.split()] or list(JOBS)


def command_run(options: argparse.Namespace) -> int:
    """Run jobs one after the other; 0 if each suite of each of them passed."""
    # So that what a job has started ends with this process, however it is told to.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    jobs = chosen(options.jobs)
    suites = options.suites.split() or list(SUITES)
    RESULTS.mkdir(parents=True, exist_ok=True)
    tests, faults = options.tests.split(), options.faults.split()
    done = [run(job, suites, tests, faults) for job in jobs]
    table = matrix_table.text([load(job) for job in JOBS], digest(tests, faults))
    (RESULTS / "table.txt").write_text(table, encoding="utf-8")
    print(f"\n{table}")
    return 0 if all(one.found[suite].state == PASSED for one in done for suite in suites) else 1


def command_docs(options: argparse.Namespace) -> int:
    """Write the table of the documentation. It is refused where not all jobs have run with the same collection."""
    reports = [load(job) for job in JOBS]
    current = digest(options.tests.split(), options.faults.split())
    stale = [report.name for report in reports if report.digest != current]
    if stale:
        print(f"Not written: {', '.join(stale)} did not run with the collection as it is now. Run make matrix first.")
        return 1
    matrix_table.write_docs(DOCS, reports)
    return 0


def command_names(_options: argparse.Namespace) -> int:
    """The names of all jobs, as a list in JSON, for a workflow that runs each by itself."""
    print(json.dumps([job.name for job in JOBS]))
    return 0


def main(arguments: t.Sequence[str] | None = None) -> int:
    """See the commands."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    runs = commands.add_parser("run", help="run jobs")
    runs.add_argument("--jobs", default="", help="their names, all without")
    runs.add_argument("--suites", default="", help=f"of {' '.join(SUITES)}, all without")
    runs.set_defaults(command=command_run)
    docs = commands.add_parser("docs", help="write the table of the documentation")
    docs.set_defaults(command=command_docs)
    commands.add_parser("names", help="print the names of all jobs").set_defaults(command=command_names)
    for command in (runs, docs):
        command.add_argument("--tests", required=True, help="the folders of tests for pytest")
        command.add_argument("--faults", required=True, help="those that only some jobs run")
    options = parser.parse_args(arguments)
    return t.cast("int", options.command(options))


if __name__ == "__main__":
    sys.exit(main())
