# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs as AWX runs them: a private data directory, and ansible-runner as a user who may write nowhere else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

import yaml
from ansible_collections.threema.work.tests.awx import publish
from ansible_collections.threema.work.tests.awx.stand_in import ANSWERS, Awx, Object, Refused
from ansible_collections.threema.work.tests.roles.stage import state
from ansible_collections.threema.work.tests.support.simulator_process import Simulator
from jinja2 import sandbox

_SECONDS: t.Final = 300
#: Who runs the tests as root gives that up for the job: nobody's user, who may read everything, but not write.
_NOBODY: t.Final = 65534
_UNPRIVILEGED: t.Final = (
    *("setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"),
    *(f"--{kind}=-all,+dac_read_search" for kind in ("bounding-set", "inh-caps", "ambient-caps")),
)


class _Unsafe(yaml.SafeDumper):
    """Writes texts as AWX does: marked, so that Ansible fills in no braces."""


_Unsafe.add_representer(str, lambda dumper, value: dumper.represent_scalar("!unsafe", value))


@dataclass
class Job:
    """What a job left behind."""

    code: int
    output: str
    events: list[Object]
    before: Object
    after: Object
    requests: list[Object]
    folder: Path
    seconds: float

    @property
    def text(self) -> str:
        """What it printed, in one line."""
        return " ".join(self.output.split())

    @property
    def writes(self) -> list[str]:
        """The methods of the writing requests, in order."""
        return [one["method"] for one in self.requests if one["method"] != "GET"]

    def results(self) -> dict[str, Object]:
        """What the job events hold of each task that ran, by its name and in order."""
        ends = ("runner_on_ok", "runner_on_failed")
        data = [one["event_data"] for one in self.events if one["event"] in ends]
        return {one["task"]: one["res"] for one in data}

    def kept(self) -> t.Iterator[tuple[Path, str]]:
        """What ansible-runner keeps of the job, but the environment that it was given (the file command)."""
        for path in (self.folder / "artifacts").rglob("*"):
            if path.is_file() and path.name != "command":
                yield path, path.read_text(encoding="utf-8", errors="replace")


class Workshop:
    """Runs jobs; a context manager. Its folder can be reached, but not written to, by everybody.

    :ivar collections: what is in the image: the collection, installed from its archive.
    :ivar project: what AWX fetched: at first the playbooks of the collection's repository.
    """

    def __init__(self, awx: Awx, simulator: Simulator) -> None:
        self._awx = awx
        self._simulator = simulator
        # pytest's own folders are closed to others.
        self._folder = Path(tempfile.mkdtemp(prefix="threema-work-awx-"))
        self._folder.chmod(0o711)
        self.collections = self._folder / "collections"
        self.project = self._folder / "project"

    def __enter__(self) -> Workshop:
        try:
            self.collections.mkdir()
            published = publish.install(self.collections) / "ansible_collections/threema/work"
            shutil.copytree(published / "playbooks", self.project / "playbooks")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        shutil.rmtree(self._folder)

    def run(
        self,
        template: str,
        answers: Object,
        *options: str,
        max_event: int = 700_000,
        project: Path | None = None,
        variables: Object | None = None,
        without: t.Collection[str] = (),
    ) -> Job:
        """
        Start a job template with answers to its survey.

        :param project: another one than that with the playbooks of the collection.
        :param variables: those of the job template.
        :param without: names of environment variables that image and credential do not bring.
        """
        folder = Path(tempfile.mkdtemp(prefix="job-", dir=self._folder))
        playbook = self._awx.one("job_templates", template)["playbook"]
        questions = self._awx.survey(template)
        given = {**(variables or {}), **answered(questions, in_the_form(questions, answers))}
        environment = {
            "ANSIBLE_COLLECTIONS_PATH": f"/runner/requirements_collections:~/.ansible/collections:{self.collections}",
            "ANSIBLE_FORCE_COLOR": "False",
            "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
            "ANSIBLE_RETRY_FILES_ENABLED": "False",
            "MAX_EVENT_RES": str(max_event),
            **injected(self._awx, template),
        }
        environment = {name: value for name, value in environment.items() if name not in without}
        given = {"awx_job_id": 1, "awx_user_name": "admin", **given}
        _write(folder, project or self.project, environment, given)
        before = state(self._simulator)
        self._simulator.forget_requests()
        started = time.monotonic()
        command = [sys.executable, "-m", "ansible_runner", "run", str(folder), "--ident", "1", "--playbook", playbook]
        done = subprocess.run(
            [*(_UNPRIVILEGED if os.geteuid() == 0 else ()), *command, *options],
            cwd=folder,
            env=_system(folder),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        seconds = time.monotonic() - started
        files = (folder / "artifacts/1/job_events").glob("[0-9]*.json")
        events = [json.loads(path.read_text(encoding="utf-8")) for path in files]
        events.sort(key=lambda event: event["counter"])
        after = state(self._simulator)
        output = done.stdout + done.stderr
        return Job(done.returncode, output, events, before, after, self._simulator.requests(), folder, seconds)


def injected(awx: Awx, template: str) -> dict[str, str]:
    """The environment variables that the credentials of a job template bring."""
    environment: dict[str, str] = {}
    for credential in awx.credentials_of(template):
        (type_,) = [one for one in awx.objects["credential_types"] if one["id"] == credential["credential_type"]]
        environment |= rendered(type_, credential["inputs"])
    return environment


def rendered(type_: Object, inputs: t.Mapping[str, str]) -> dict[str, str]:
    """The environment variables that a credential of this type brings. AWX knows nothing of an input that is empty."""
    given = {name: value for name, value in inputs.items() if value}
    jinja = sandbox.ImmutableSandboxedEnvironment()
    return {name: jinja.from_string(text).render(given) for name, text in type_["injectors"]["env"].items()}


def in_the_form(questions: t.Sequence[Object], answers: Object) -> Object:
    """What the form sends, in which the defaults of all questions stand already."""
    return {**{one["variable"]: one["default"] for one in questions if one["required"] and "default" in one}, **answers}


def answered(questions: t.Sequence[Object], answers: Object) -> Object:
    """The variables of a job, whoever starts it: what was answered, and the defaults of questions that need no answer.

    :raises Refused: an answer that is needed is missing, or one does not fit; no job is started.
    """
    assert set(answers) <= {question["variable"] for question in questions}
    needed = [one["variable"] for one in questions if one["required"] and one["variable"] not in answers]
    if needed:
        raise Refused(f"variables_needed_to_start: {', '.join(needed)}")
    defaults = {one["variable"]: one["default"] for one in questions if not one["required"] and "default" in one}
    variables = {**defaults, **answers}
    for question in questions:
        if question["variable"] not in variables:
            continue
        answer = variables[question["variable"]]
        assert isinstance(answer, ANSWERS[question["type"]]), question
        assert answer in question.get("choices", [answer]), question
        size = answer if question["type"] == "integer" else len(answer)
        assert question.get("min", size) <= size <= question.get("max", size), question
    return variables


def _system(folder: Path) -> dict[str, str]:
    """The environment in which the image starts. There is no home; Ansible itself needs a place for its own files."""
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
        "LANG": "C.UTF-8",
        "HOME": "/nonexistent",
        "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"),
        "ANSIBLE_REMOTE_TEMP": str(folder / "tmp"),
    }


def _write(folder: Path, project: Path, environment: t.Mapping[str, str], variables: Object) -> None:
    """Lay the private data directory out."""
    for name in ("env", "inventory", "cp", "artifacts"):
        (folder / name).mkdir()
    (folder / "env/envvars").write_text(json.dumps(environment), encoding="utf-8")
    (folder / "env/extravars").write_text(yaml.dump(variables, Dumper=_Unsafe), encoding="utf-8")
    hosts = {"all": {"hosts": ["localhost"]}, "_meta": {"hostvars": {"localhost": {"ansible_connection": "local"}}}}
    script = folder / "inventory/hosts"
    script.write_text(f"#!/usr/bin/env python3\nprint({json.dumps(hosts)!r})\n", encoding="utf-8")
    script.chmod(0o700)
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY)
    shutil.copytree(project, folder / "project")
    for path in (folder / "project", *(folder / "project").rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
