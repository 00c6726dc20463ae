# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guide for AWX shows is what AWX is given, and jobs do and say what it tells."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils.basic import missing_required_lib
from ansible_collections.threema.work.tests.awx import publish
from ansible_collections.threema.work.tests.awx.job import Workshop, answered
from ansible_collections.threema.work.tests.awx.stand_in import Awx
from ansible_collections.threema.work.tests.awx.test_setup import TEMPLATES
from ansible_collections.threema.work.tests.docs.checks import load_yaml
from ansible_collections.threema.work.tests.docs.commands import commands_of
from ansible_collections.threema.work.tests.docs.pages import all_blocks, blocks_of, text_of
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

PAGE: t.Final = "docs/docsite/rst/guide_awx.rst"
BLOCKS: t.Final = blocks_of(PAGE)
ONBOARDING: t.Final = "Threema Work onboarding"
#: What the guide quotes, and what the job lacks.
MESSAGES: t.Final = {
    "missing required arguments: api_key": "THREEMA_WORK_API_KEY",
    "could not resolve the module_defaults group threema.work.all": "ANSIBLE_COLLECTIONS_PATH",
    "Could not find or access": "ANSIBLE_COLLECTIONS_PATH",
    "there is no file 'people.csv'": "",
}
#: What awx_setup and AWX say; test_setup sees that they do.
OF_AWX: t.Final = {
    "Project update failed",
    "The Project Update - Threema Work, failed",
    "Playbook not found for project",
    "variables_needed_to_start",
}
NO_LIBRARY: t.Final = "Failed to import the required Python library (requests)"


@pytest.fixture
def own_project(tmp_path: Path) -> Path:
    """A project with the files of the guide, and nothing else."""
    for block in BLOCKS:
        if block.file:
            (tmp_path / block.file).parent.mkdir(exist_ok=True)
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
    assert sorted(path.stem for path in (tmp_path / "playbooks").iterdir()) == sorted(TEMPLATES.values())
    return tmp_path


def test_it_shows_the_credential_type_that_awx_is_given(awx: Awx) -> None:
    shown = [load_yaml(block.text) for block in BLOCKS if block.language == "yaml"]
    type_ = awx.one("credential_types", "Threema Work")
    assert type_["inputs"] in shown and type_["injectors"] in shown


def test_the_pages_write_the_command_that_these_tests_run() -> None:
    setups = {
        (block.page, command)
        for block in all_blocks("shell")
        for command in commands_of(block.text)
        if "threema.work.awx_setup" in command
    }
    assert setups == {(page, publish.SETUP) for page in ("README.md", PAGE)}


def test_the_answers_of_a_job_that_is_started_without_the_form_are_complete(awx: Awx) -> None:
    (launch,) = [
        task["awx.awx.job_launch"]
        for block in BLOCKS
        if block.language == "yaml" and "job_launch" in block.text
        for task in load_yaml(block.text)
    ]
    assert answered(awx.survey(launch["job_template"]), launch["extra_vars"]).items() >= launch["extra_vars"].items()


def test_a_project_of_ones_own(workshop: Workshop, simulator: Simulator, own_project: Path) -> None:
    simulator.reset()
    (variables,) = [load_yaml(block.text) for block in BLOCKS if block.playbook]
    assert set(variables["roster_columns"]) == {"Kürzel", "Rufname"}
    roster = "Kürzel;Rufname;Nachname\nanna.muster;Anna;Muster\n"
    (own_project / "people.csv").write_text(roster, encoding="utf-8")
    job = workshop.run(ONBOARDING, {"roster": "people.csv"}, project=own_project, variables=variables)
    assert job.code == 0, job.output
    assert {one["username"]: one["settings"] for one in job.after["credentials"]} == {
        "anna.muster": {"th_firstname": "Anna", "th_lastname": "Muster"}
    }


@pytest.mark.parametrize("message", MESSAGES)
def test_what_a_job_says_that_goes_wrong(
    workshop: Workshop, simulator: Simulator, own_project: Path, message: str
) -> None:
    simulator.reset()
    answers = {"roster_text": "username\nanna.muster"} if MESSAGES[message] else {"roster": "people.csv"}
    project = None if "module_defaults" in message else own_project
    job = workshop.run(ONBOARDING, answers, project=project, without=[MESSAGES[message]])
    assert job.code != 0 and message in job.text, job.output
    assert not job.requests


def test_it_quotes_these_messages_and_no_others() -> None:
    section = " ".join(text_of(PAGE).split("Troubleshooting\n")[1].split())
    assert set(re.findall("``(.+?)``", section)) == {*MESSAGES, *OF_AWX, NO_LIBRARY}
    assert missing_required_lib("requests").startswith(NO_LIBRARY)
