# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook awx_setup, with the real modules of awx.awx, against a stand-in that refuses what AWX refuses."""

from __future__ import annotations

import json
import subprocess
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.awx import publish
from ansible_collections.threema.work.tests.awx.job import answered, injected, rendered
from ansible_collections.threema.work.tests.awx.stand_in import Awx, Refused, check_credential_type, check_survey
from ansible_collections.threema.work.tests.docs.checks import playbook_variables
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

TEMPLATES: t.Final = {
    "Threema Work onboarding": "onboard",
    "Threema Work offboarding": "offboard",
    "Threema Work configuration": "configure",
    "Threema Work handover": "handover",
    "Threema Work export": "export",
    "Threema Work report": "report",
}
_QUESTION: t.Final = {
    "question_name": "A",
    "variable": "a",
    "type": "multiplechoice",
    "required": True,
    "choices": ["x"],
}


def test_everything_is_there_afterwards(awx: Awx) -> None:
    assert {name: len(made) for name, made in awx.objects.items()} == {
        **dict.fromkeys(("organizations", "credential_types", "credentials", "execution_environments"), 1),
        **dict.fromkeys(("projects", "inventories", "hosts"), 1),
        "job_templates": len(TEMPLATES),
    }
    assert awx.one("execution_environments", "Threema Work")["image"] == publish.IMAGE


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_job_template_has_all_that_a_job_needs(awx: Awx, name: str) -> None:
    template = awx.one("job_templates", name)
    for field, endpoint in (("project", "projects"), ("inventory", "inventories"), ("organization", "organizations")):
        assert template[field] == awx.objects[endpoint][0]["id"]
    assert template["execution_environment"] == awx.one("execution_environments", "Threema Work")["id"]
    assert template["playbook"] == f"playbooks/{TEMPLATES[name]}.yml"
    assert template["survey_enabled"] and template["ask_job_type_on_launch"]
    assert injected(awx, name)["THREEMA_WORK_API_KEY"] == publish.KEY


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_playbook_or_its_role_knows_every_variable(awx: Awx, name: str) -> None:
    assert {question["variable"] for question in awx.survey(name)} <= playbook_variables(TEMPLATES[name])


def test_the_key_is_a_secret_and_the_address_has_a_default(awx: Awx) -> None:
    type_ = awx.one("credential_types", "Threema Work")
    assert next(field for field in type_["inputs"]["fields"] if field["id"] == "api_key")["secret"]
    assert rendered(type_, {"api_key": "key", "api_url": ""}) == {
        "THREEMA_WORK_API_KEY": "key",
        "THREEMA_WORK_API_URL": "https://work.threema.ch/api/v1",
    }


def test_run_again_it_only_writes_the_key(awx: Awx, simulator: Simulator, tmp_path: Path) -> None:
    awx.writes.clear()
    done = publish.prepare(awx, tmp_path, url=simulator.url)
    assert done.returncode == 0, done.stdout
    assert publish.KEY not in done.stdout + done.stderr
    key, project = (awx.one(kind, "Threema Work")["url"] for kind in ("credentials", "projects"))
    # The playbooks are fetched anew, which changes nothing where they are the same.
    assert awx.writes == [f"PATCH {key}", f"POST {project}update/"]
    assert "changed=1 " in done.stdout


@pytest.fixture(scope="module")
def repaired(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[tuple[Awx, subprocess.CompletedProcess[str]]]:
    """AWX that could not fetch the project twice, and the third run, all with the key from a file."""
    folder = tmp_path_factory.mktemp("repaired")
    secrets = {"threema_work_api_key": publish.KEY, "threema_work_api_url": "https://onprem.example.com/api/v1"}
    (folder / "secrets.json").write_text(json.dumps(secrets), encoding="utf-8")
    arguments = ("-e", "@secrets.json")
    with Awx(publish.PLAYBOOKS) as awx:
        awx.unreachable = True
        for said in ("Project update failed", "The Project Update - Threema Work, failed"):
            done = publish.prepare(awx, folder, *arguments, key="")
            assert done.returncode == 2 and said in done.stdout, done.stdout
            assert not awx.objects["job_templates"]
        awx.unreachable = False
        yield awx, publish.prepare(awx, folder, *arguments, key="")


def test_run_again_it_repairs_a_project_that_awx_could_not_fetch(
    repaired: tuple[Awx, subprocess.CompletedProcess[str]],
) -> None:
    """No proxy, a wrong branch: once the cause is gone, the same command is enough."""
    awx, done = repaired
    assert done.returncode == 0, done.stdout
    assert len(awx.objects["job_templates"]) == len(TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_by_the_api_all_required_answers_have_to_be_given(awx: Awx, name: str) -> None:
    """The form has the defaults; a schedule, or a job that something else starts, has not."""
    questions = awx.survey(name)
    required = {question["variable"] for question in questions if question["required"]}
    with pytest.raises(Refused) as refused:
        answered(questions, {})
    assert set(str(refused.value).removeprefix("variables_needed_to_start: ").split(", ")) == required
    given = {question["variable"]: question.get("default", "keep") for question in questions if question["required"]}
    assert answered(questions, given).keys() >= required


@pytest.mark.parametrize(
    "arguments, key",
    [((), ""), (("-e", "awx_setup_image="), "key"), (("-e", "awx_setup_project_url="), "key")],
    ids=["key", "image", "project"],
)
def test_without_key_image_or_project_nothing_is_made(tmp_path: Path, arguments: tuple[str, ...], key: str) -> None:
    with Awx(publish.PLAYBOOKS) as awx:
        done = publish.prepare(awx, tmp_path, *arguments, key=key)
        assert done.returncode == 2
        assert "Set the key of the subscription in the environment variable THREEMA_WORK_API_KEY" in " ".join(
            done.stdout.split()
        )
        assert not awx.writes


def test_the_key_may_come_from_a_file_of_variables(repaired: tuple[Awx, subprocess.CompletedProcess[str]]) -> None:
    awx, done = repaired
    assert awx.one("credentials", "Threema Work")["inputs"] == {
        "api_key": publish.KEY,
        "api_url": "https://onprem.example.com/api/v1",
    }
    assert publish.KEY not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "change",
    [
        {"type": "choice"},
        {"required": "yes"},
        {"choices": []},
        {"default": "y"},
        {"type": "integer", "default": "10"},
        {"type": "text", "max": "10"},
        {"variable": ""},
    ],
)
def test_the_stand_in_refuses_a_survey(change: dict[str, t.Any]) -> None:
    check_survey({"name": "", "description": "", "spec": [_QUESTION]})
    with pytest.raises(Refused):
        check_survey({"name": "", "description": "", "spec": [{**_QUESTION, **change}]})


@pytest.mark.parametrize("env", [{"ANSIBLE_X": "y"}, {"A": "{{ other }}"}, {"A": "{{ api_key"}, {"A B": "x"}])
def test_the_stand_in_refuses_a_credential_type(awx: Awx, env: dict[str, str]) -> None:
    type_ = awx.one("credential_types", "Threema Work")
    check_credential_type(type_)
    with pytest.raises(Refused):
        check_credential_type({**type_, "injectors": {"env": env}})
