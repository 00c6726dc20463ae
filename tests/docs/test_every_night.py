# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook of the guide for every night, as it stands there, when something goes wrong: its mail arrives."""

from __future__ import annotations

import re
import typing as t

import pytest

from .mailbox import Mailbox
from .pages import blocks_of, text_of
from .stage import Shown, Stage

PAGE: t.Final = "docs/docsite/rst/guide_every_night.rst"
LIST: t.Final = "/srv/threema/people.csv"
HEADER: t.Final = "username,employee_number,first_name,last_name,department,valid_from,valid_until"


def night(stage: Stage, mailbox: Mailbox, roster: str | None, *arguments: str) -> Shown:
    """Play it on a list, or without one."""
    stage.lay_out(PAGE)
    place = stage.folder / LIST.lstrip("/")
    if roster is None:
        place.unlink()
    else:
        place.write_text(roster, encoding="utf-8")
    server = f"-e mail_server=127.0.0.1 -e mail_port={mailbox.port}"
    command = " ".join(("ansible-playbook every-night.yml", server, *arguments))
    return stage.run(command, stage.environment_of(PAGE))


def guides_list() -> str:
    """The list as the guide has it."""
    (block,) = [one for one in blocks_of(PAGE) if one.file == LIST]
    return block.text


def only(mailbox: Mailbox) -> tuple[str, str]:
    """Subject and text of the one mail, in one line each."""
    (mail,) = mailbox.mails
    assert (mail["From"], mail["To"]) == ("threema@hospital.example", "it@hospital.example")
    body = mail.get_body()
    assert body is not None
    return mail["Subject"], " ".join(body.get_content().split())


def written(shown: Shown) -> list[str]:
    """The methods of the writing requests."""
    return [one["method"] for one in shown.requests if one["method"] != "GET"]


def test_the_line_of_the_crontab(stage: Stage, mailbox: Mailbox) -> None:
    """It takes the key from the file as the guide writes it, and nobody gets a mail when all went well."""
    page = text_of(PAGE)
    (line,) = re.findall(r"^\| ``15 2 \* \* \* (.+)``$", page, re.MULTILINE)
    (key,) = re.findall(r"``(THREEMA_WORK_API_KEY='…')``", page)
    stage.lay_out(PAGE)
    here = stage.folder / LIST.lstrip("/")
    (here.parent / "key").write_text(f"{key.replace('…', stage.simulator.key)}\n", encoding="utf-8")
    (here.parent / "every-night.yml").symlink_to(stage.folder / "every-night.yml")
    command = line.replace("every-night.yml", f"every-night.yml -e mail_server=127.0.0.1 -e mail_port={mailbox.port}")
    # Cron has no such variable; one that is exported already would stay so, whatever the line does.
    shown = stage.run(f"unset THREEMA_WORK_API_KEY; {command}", {"THREEMA_WORK_API_URL": stage.simulator.url})
    assert shown.code == 0, (here.parent / "last-run.log").read_text(encoding="utf-8")
    assert written(shown) and not mailbox.mails


@pytest.mark.parametrize("arguments", [(), ("--check",)])
def test_a_limit_holds_the_night_back(stage: Stage, mailbox: Mailbox, arguments: tuple[str, ...]) -> None:
    shown = night(stage, mailbox, f"{HEADER}\njane.doe,10003,Jane,Doe,Surgery,,\n", *arguments)
    assert shown.code == 2 and not written(shown), shown.output
    subject, text = only(mailbox)
    assert subject == "Threema Work: stopped by a limit, nothing was written"
    assert "the plan removes 3 of 6, and onboarding_max_removals_percent allows 5 %; nothing was written" in text
    assert "It would remove: john.doe, max.gone, nora.new. Check the list first" in text


@pytest.mark.parametrize(
    ("roster", "reason"),
    [("username,fristname\njane.doe,Jane\n", "fristname"), (None, "there is no file")],
    ids=["misspelled", "missing"],
)
def test_a_list_that_cannot_be_used(stage: Stage, mailbox: Mailbox, roster: str | None, reason: str) -> None:
    shown = night(stage, mailbox, roster)
    assert shown.code == 2 and not shown.requests
    subject, text = only(mailbox)
    assert subject == "Threema Work: the list could not be used, nothing was written"
    assert reason in text


def test_bad_rows_are_in_the_mail_and_the_others_are_done(stage: Stage, mailbox: Mailbox) -> None:
    shown = night(stage, mailbox, f"{guides_list()}new.one,10006,{'x' * 300},One,,,\n")
    assert shown.code == 2 and written(shown), shown.output
    subject, text = only(mailbox)
    assert subject == "Threema Work: not everything was done"
    assert "1 person was skipped because of errors in the list: row 7, column 3 'first_name'" in text
    assert "nora.new" not in stage.found()["credentials"]


def test_what_the_service_refuses_is_in_the_mail(stage: Stage, mailbox: Mailbox) -> None:
    stage.simulator.fault(method="POST", path="/credentials", kind="status", status=403, times=None)
    shown = night(stage, mailbox, guides_list())
    stage.simulator.control("DELETE", "faults")
    assert shown.code == 2
    subject, text = only(mailbox)
    assert subject == "Threema Work: not everything was done"
    assert "anna.muster: no license left" in text
    assert all(one["password"] not in text for one in stage.simulator.state()["credentials"])
