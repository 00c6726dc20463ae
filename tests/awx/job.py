# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A job as AWX runs it: a private data directory, and ansible-runner as a user who may write nowhere else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path

import yaml
from ansible_collections.threema.work.tests.awx.stand_in import Awx, Object
from ansible_collections.threema.work.tests.unit.roles.stage import state
from ansible_collections.threema.work.tests.tools.simulator_process import Simulator
from jinja2 import sandbox

_SECONDS: t.Final = 300
#: Who runs the tests as root gives that up for the job: a user of nobody's, who may read everything and write nothing.
_NOBODY: t.Final = 65534
_UNPRIVILEGED: t.Final = (
    *("setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"),
    *(f"--{kind}=-all,+dac_read_search" for kind in ("bounding-set", "inh-caps", "ambient-caps")),
)


class _Unsafe(yaml.SafeDumper):
    """Writes texts as AWX does: marked, so that Ansible fills in no braces."""


_Unsafe.add_representer(str, lambda dumper, value: dumper.represent_scalar("!unsafe", value))


def injected(awx: Awx, template: str) -> dict[str, str]:
    """The environment variables that the credentials of a job template bring."""
    environment: dict[str, str] = {}
    for credential in awx.credentials_of(template):
        (type_,) = [one for one in awx.objects["credential_types"] if one["id"] == credential["credential_type"]]
        inputs = {name: value for name, value in credential["inputs"].items() if value}
        for name, text in type_["injectors"]["env"].items():
            environment[name] = sandbox.ImmutableSandboxedEnvironment().from_string(text).render(inputs)
    return environment


def answered(questions: t.Sequence[Object], answers: Object) -> Object:
    """The variables of a survey: what was answered, and the defaults."""
    for question in questions:
        given = question["variable"] in answers
        assert given or not question["required"] or question.get("default", "") != "", question
        if given:
            check_answer(question, answers[question["variable"]])
    assert set(answers) <= {question["variable"] for question in questions}
    defaults = {question["variable"]: question["default"] for question in questions if "default" in question}
    return {**defaults, **answers}


def check_answer(question: Object, answer: t.Any) -> None:
    """AWX would not start the job."""
    assert type(answer) is {"integer": int}.get(question["type"], str), question
    assert answer in question.get("choices", [answer]), question
    size = answer if question["type"] == "integer" else len(answer)
    assert question.get("min", size) <= size <= question.get("max", size), question


@dataclass
class Job:
    """What a job left behind."""

    code: int
    output: str
    events: list[Object]
    simulator: Simulator
    before: Object
    after: Object
    requests: list[Object]
    folder: Path

    @property
    def text(self) -> str:
        """What it printed, in one line."""
        return " ".join(self.output.split())

    @property
    def writes(self) -> list[str]:
        """The methods of the writing requests, in order."""
        return [one["method"] for one in self.requests if one["method"] != "GET"]

    def results(self, action: str) -> list[Object]:
        """What the job events tell of the tasks with this action, in order."""
        ends = ("runner_on_ok", "runner_on_failed")
        data = [one["event_data"] for one in self.events if one["event"] in ends]
        return [one["res"] for one in data if one["resolved_action"] == action]


def run(awx: Awx, template: str, answers: Object, stage: Stage, *options: str) -> Job:
    """Start a job template with the answers to its survey."""
    one = awx.one("job_templates", template)
    variables = {"awx_job_id": 1, "awx_user_name": "admin", **answered(awx.survey(template), answers)}
    _write(stage, injected(awx, template), variables)
    before = state(stage.simulator)
    stage.simulator.forget_requests()
    command = [sys.executable, "-m", "ansible_runner", "run", str(stage.folder), "--ident", "1", "--playbook", one["playbook"]]
    done = subprocess.run(
        [*(_UNPRIVILEGED if os.geteuid() == 0 else ()), *command, *options],
        cwd=stage.folder,
        env=_system(stage.folder),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    files = (stage.folder / "artifacts/1/job_events").glob("[0-9]*.json")
    events = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    events.sort(key=lambda event: event["counter"])
    simulator = stage.simulator
    output = done.stdout + done.stderr
    return Job(done.returncode, output, events, simulator, before, state(simulator), simulator.requests(), stage.folder)


def _system(folder: Path) -> dict[str, str]:
    """The environment in which the image starts. There is no home; Ansible itself needs a place for its own files."""
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
        "LANG": "C.UTF-8",
        "HOME": "/nonexistent",
        "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"),
        "ANSIBLE_REMOTE_TEMP": str(folder / "tmp"),
    }


@dataclass
class Stage:
    """What a job is run with: a folder of its own, the subscription, the collection as installed, the project."""

    folder: Path
    simulator: Simulator
    collections: Path
    project: Path
    environment: t.Mapping[str, str]


def _write(stage: Stage, credentials: t.Mapping[str, str], variables: Object) -> None:
    """Lay the private data directory out."""
    for name in ("env", "inventory", "cp", "artifacts"):
        (stage.folder / name).mkdir(parents=True)
    shutil.copytree(stage.project, stage.folder / "project")
    environment = {
        "ANSIBLE_COLLECTIONS_PATH": f"/runner/requirements_collections:~/.ansible/collections:{stage.collections}",
        "ANSIBLE_FORCE_COLOR": "False",
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
        "ANSIBLE_RETRY_FILES_ENABLED": "False",
        "MAX_EVENT_RES": "700000",
        **stage.environment,
        **credentials,
    }
    (stage.folder / "env/settings").write_text('{"suppress_env_files": true}', encoding="utf-8")
    (stage.folder / "env/envvars").write_text(json.dumps(environment), encoding="utf-8")
    (stage.folder / "env/extravars").write_text(yaml.dump(variables, Dumper=_Unsafe), encoding="utf-8")
    hosts = {"all": {"hosts": ["localhost"]}, "_meta": {"hostvars": {"localhost": {"ansible_connection": "local"}}}}
    script = stage.folder / "inventory/hosts"
    script.write_text(f"#!/usr/bin/env python3\nprint({json.dumps(hosts)!r})\n", encoding="utf-8")
    script.chmod(0o700)
    writable = [stage.folder, *(path for path in stage.folder.rglob("*") if path.relative_to(stage.folder).parts[0] != "project")]
    for path in writable if os.geteuid() == 0 else ():
        os.chown(path, _NOBODY, _NOBODY)
    for path in (stage.folder / "project", *(stage.folder / "project").rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
