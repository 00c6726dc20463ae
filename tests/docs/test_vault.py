# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands of the guide to Ansible Vault, with an encrypted file, whose password is in a file, too."""

from __future__ import annotations

import typing as t

from .commands import commands_of
from .pages import blocks_of
from .stage import Stage

_PAGE: t.Final = "docs/docsite/rst/guide_vault.rst"
_ASKS: t.Final = "--ask-vault-pass"
_COMMANDS: t.Final = [
    command
    for block in blocks_of(_PAGE)
    if block.language == "shell"
    for command in commands_of(block.text)
    if _ASKS in command
]


def test_the_commands_take_the_key_from_the_encrypted_file(stage: Stage) -> None:
    """There is no key in the environment, and each command reaches the subscription."""
    stage.lay_out(_PAGE)
    secrets = stage.folder / "secrets.yml"
    content = secrets.read_text(encoding="utf-8")
    for placeholder, real in {
        "the key from the management cockpit": stage.simulator.key,
        "https://onprem.example.com/api/v1": stage.simulator.url,
    }.items():
        assert content.count(placeholder) == 1
        content = content.replace(placeholder, real)
    secrets.write_text(content, encoding="utf-8")
    (stage.folder / "password").write_text("Vault-pLank/1\n", encoding="utf-8")
    encrypted = stage.run("ansible-vault encrypt secrets.yml --vault-password-file password", {})
    assert encrypted.code == 0, encrypted.output
    assert secrets.read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT;")
    # The guide's ad hoc command is for the default address.
    environment = {"THREEMA_WORK_API_KEY": "", "THREEMA_WORK_API_URL": stage.simulator.url}
    for command in _COMMANDS:
        shown = stage.run(command.replace(_ASKS, "--vault-password-file password"), environment)
        assert shown.code == 0, f"{command}\n{shown.output}"
        assert shown.requests and all(one["api_key_ok"] for one in shown.requests), shown.output
    assert len(_COMMANDS) == 3 and stage.found()["settings"]["th_disable_export"] is True
