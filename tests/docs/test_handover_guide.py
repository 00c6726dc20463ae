# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks of the guide to handing out access that need a mail server or a second host, as they stand there."""

from __future__ import annotations

from ansible_collections.threema.work.tests.modules.sheets import name_of, read

from .mailbox import Mailbox
from .stage import Stage

PAGE = "docs/docsite/rst/guide_handover.rst"


def test_a_sheet_is_sent_once(stage: Stage, mailbox: Mailbox) -> None:
    """To its person only, and not again."""
    stage.lay_out(PAGE)
    (stage.folder / "srv/threema").mkdir(parents=True, exist_ok=True)
    command = f"ansible-playbook by-mail.yml -e mail_server=127.0.0.1 -e mail_port={mailbox.port}"
    shown = stage.run(f"{command} --check && {command} && {command}", stage.environment_of(PAGE))
    assert shown.code == 0, shown.output
    (mail,) = mailbox.mails
    assert (mail["From"], mail["To"]) == ("it@hospital.example", "nora@mail.example")
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == name_of("nora.new")
    sheet = stage.folder / "srv/threema/sheets" / name_of("nora.new")
    assert attached.get_payload(decode=True) == sheet.read_bytes()
    (page,) = read(sheet)
    assert page.typed == ["nora.new", "Nora-pLank/2"]


def test_another_host(stage: Stage) -> None:
    stage.lay_out(PAGE)
    (stage.folder / "srv/threema").mkdir(parents=True, exist_ok=True)
    inventory = (
        "files.hospital.example ansible_connection=local ansible_python_interpreter='{{ ansible_playbook_python }}'\n"
    )
    (stage.folder / "hosts").write_text(inventory, encoding="utf-8")
    shown = stage.run("ansible-playbook -i hosts on-the-file-server.yml", stage.environment_of(PAGE))
    assert shown.code == 0, shown.output
    assert "localhost -> files.hospital.example" in shown.output
    assert (stage.folder / "srv/threema/sheets/all.html").exists()
