# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""
The jobs that the playbook awx_setup prepares, run with their surveys as AWX runs them.

What a playbook refuses in the words of a survey is in tests/playbooks, where it costs no job; here is one of each.
"""

from __future__ import annotations

import shutil
import typing as t

import pytest
from ansible_collections.threema.work.tests.awx import publish
from ansible_collections.threema.work.tests.awx.job import Job, Workshop
from ansible_collections.threema.work.tests.roles import staff
from ansible_collections.threema.work.tests.roles.people import populate, without
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

ONBOARDING: t.Final = "Threema Work onboarding"
OFFBOARDING: t.Final = "Threema Work offboarding"
CONFIGURATION: t.Final = "Threema Work configuration"
EXPORT_JOB: t.Final = "Threema Work export"
ROSTER: t.Final = (
    "Benutzername;username;first_name;department\r\n;anna.muster;Änna;{{ 1 + 1 }}\r\n;bert.bau;Bert;IT\r\n"
)
EXPORT: t.Final = (
    "First Name,Last Name,Email Address,Status,valid_from,valid_until\n"
    "Änna,Müller,a@x.example,Active,2020-01-01,\nBert,Bau,b@x.example,Suspended,,\n"
    "Carl,Zorn,c@x.example,,,2020-12-31\nDora,Neu,d@x.example,Active,2999-01-01,\n"
)
LOGO: t.Final = publish.ROOT / "extensions/molecule/subscription/files/logo.png"


def leaks(job: Job) -> list[str]:
    """Where the key or a password is in what was printed, or in what ansible-runner keeps."""
    secrets = [publish.KEY, *(one["password"] for one in job.after["credentials"] if one["password"])]
    places = {"output": job.output, **{str(path): text for path, text in job.kept()}}
    assert len(places) > 1
    return [name for name, text in places.items() for secret in secrets if secret in text]


@pytest.fixture(scope="module")
def onboarded(workshop: Workshop, simulator: Simulator) -> list[Job]:
    """The same onboarding twice."""
    simulator.reset()
    first = {"roster_text": ROSTER, "onboarding_credentials_locked": "no"}
    return [workshop.run(ONBOARDING, answers) for answers in (first, {"roster_text": ROSTER, "roster": ""})]


def test_onboarding_from_the_text_in_the_survey(onboarded: list[Job]) -> None:
    job, again = onboarded
    assert job.code == 0, job.output
    made = {one["username"]: one for one in job.after["credentials"]}
    assert {name: one["settings"] for name, one in made.items()} == {
        "anna.muster": {"th_firstname": "Änna", "th_department": "{{ 1 + 1 }}"},
        "bert.bau": {"th_firstname": "Bert", "th_department": "IT"},
    }
    assert not any(one["locked"] for one in made.values())
    assert not leaks(job)
    assert again.code == 0, again.output
    assert again.after == job.after and not again.writes
    assert not leaks(again)


def test_a_job_wants_one_list(workshop: Workshop, simulator: Simulator) -> None:
    simulator.reset()
    job = workshop.run(ONBOARDING, {})
    assert job.code == 2 and not job.requests
    # By the questions of the survey, which are all that somebody sees who starts a job.
    assert (
        "Give one of File with the staff list (roster) (a file: CSV, .xlsx, .json, .yml), Staff list (roster_text) "
        "(its text), and roster_people" in job.text
    )


def test_a_list_of_a_system_without_usernames(workshop: Workshop, simulator: Simulator) -> None:
    simulator.reset()
    answers = {
        "roster_text": EXPORT,
        "roster_profile": "google_workspace",
        "roster_username_from": "{first_name:1}.{last_name}",
    }
    job = workshop.run(ONBOARDING, answers)
    assert job.code == 0, job.output
    assert {one["username"]: one["settings"] for one in job.after["credentials"]} == {
        "a.mueller": {"th_firstname": "Änna", "th_lastname": "Müller"}
    }
    assert "left out: 2, not started yet: 1" in job.text
    assert "profile google_workspace" in job.text and "Usernames: {first_name:1}.{last_name}" in job.text


def leaving() -> dict[str, str]:
    """The answers on the night on which two people have left."""
    rows = [f"{one['username']},{one['employee_number']},{one['department']}" for one in staff.tonight()]
    return {
        "roster_text": "\r\n".join(["username,employee_number,department", *rows]),
        "leavers": "remove",
        "identity": "detach",
        "leavers_ignore": "svc-*\r\n",
        "match": "employee_number",
    }


def test_check_mode_of_a_job_writes_nothing(workshop: Workshop, simulator: Simulator) -> None:
    simulator.reset()
    staff.populate(simulator)
    job = workshop.run(ONBOARDING, {**leaving(), "leavers": "report"}, "--cmdline=--check --diff")
    assert job.code == 0, job.output
    assert not job.writes and '"created": 1' in job.text
    assert "leavers: 0 would be removed" in job.text


def test_leavers_by_the_survey(workshop: Workshop, simulator: Simulator) -> None:
    simulator.reset()
    staff.populate(simulator)
    job = workshop.run(ONBOARDING, leaving())
    assert job.code == 0, job.output
    assert staff.usernames(job.after) == staff.usernames(job.before) - set(staff.LEAVERS) | {"new"}
    assert "leavers: 2 removed: p38 (LEFT38AA detached, LEFT38BB detached), p39 (LEFT39AA detached)" in job.text
    assert not leaks(job)


def test_offboarding_by_the_survey(workshop: Workshop, simulator: Simulator) -> None:
    simulator.reset()
    populate(simulator)
    answers = {"usernames": "anna\nxaver\n", "identity": "detach", "unknown": "ignore"}
    predicted = workshop.run(OFFBOARDING, answers, "--cmdline=--check")
    assert predicted.code == 0 and not predicted.writes, predicted.output
    job = workshop.run(OFFBOARDING, answers)
    assert job.code == 0, job.output
    assert job.after == without(job.before, ["anna"], revoked=False)
    (anna,) = [one for one in job.before["credentials"] if one["username"] == "anna"]
    ids = "".join(f", {threema_id} detached" for threema_id in anna["users"])
    for done in (predicted, job):
        assert f'"anna: removed{ids}", "xaver: not in the subscription"' in done.text
    assert "check mode: nothing was written" in predicted.text and "check mode" not in job.text
    assert not leaks(job)


def test_offboarding_is_refused(workshop: Workshop, simulator: Simulator) -> None:
    simulator.reset()
    populate(simulator)
    job = workshop.run(OFFBOARDING, {"usernames": "anna\nxaver", "identity": "keep"})
    assert job.code == 2, job.output
    assert "not in the subscription: xaver; nothing was written" in job.text
    assert "run again with Unknown names (unknown): ignore" in job.text
    assert not job.writes and job.after == job.before


def test_configuration_by_the_survey(workshop: Workshop, simulator: Simulator) -> None:
    simulator.reset()
    shutil.copy(LOGO, workshop.project / "logo.png")
    answers = {
        "subscription_name": "Example Clinic",
        "subscription_logo_dark": "logo.png",
        "subscription_settings_text": "th_disable_export: true\r\nth_keep_messages_days: 365\r\nth_csi: '{{ 7 }}'\r\n",
    }
    job = workshop.run(CONFIGURATION, answers)
    assert job.code == 0, job.output
    assert job.after["subscription"]["name"] == "Example Clinic"
    assert list(job.after["logos"]) == ["dark"]
    assert job.after["settings"] == {"th_disable_export": True, "th_keep_messages_days": 365, "th_csi": "{{ 7 }}"}
    less = {"subscription_settings_text": "th_disable_export: false", "subscription_settings_prune": "yes"}
    pruned = workshop.run(CONFIGURATION, less)
    assert pruned.code == 0, pruned.output
    assert pruned.after == {**job.after, "settings": {"th_disable_export": False}}


def test_configuration_is_refused(workshop: Workshop, simulator: Simulator) -> None:
    simulator.reset()
    job = workshop.run(CONFIGURATION, {})
    assert job.code == 2, job.output
    assert "Describe the subscription with Name of the subscription (subscription_name)" in job.text
    assert not job.writes


def test_export_by_the_survey(workshop: Workshop, simulator: Simulator) -> None:
    """A directory that outlasts the job; the project itself cannot be written to."""
    simulator.reset(credentials=2)
    refused = workshop.run(EXPORT_JOB, {"export_dest": "export"})
    assert refused.code == 2 and not refused.requests
    assert "Directory for the files (export_dest): " in refused.text and "cannot be written to" in refused.text
    job = workshop.run(EXPORT_JOB, {"export_dest": "../artifacts/export", "export_secrets": "yes"})
    assert job.code == 0, job.output
    written = {path.name for path in (job.folder / "artifacts/export").iterdir()}
    # Passwords are where they were asked for, and nowhere else.
    assert not job.writes and {leak.rpartition("/")[2] for leak in leaks(job)} == {"secrets.yml"}
    assert written == {".gitignore", "people.csv", "secrets.yml", "subscription.yml"}


def test_the_job_may_write_nowhere_else(onboarded: list[Job]) -> None:
    for job in onboarded:
        assert {path.name for path in job.folder.iterdir()} == {"env", "inventory", "cp", "artifacts", "project", "tmp"}
        assert not list((job.folder / "tmp").iterdir())
        with_writing = job.folder / "project"
        assert all(not path.stat().st_mode & 0o222 for path in (with_writing, *with_writing.rglob("*")))
