# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks of this directory can fail: what is wrong on a page is found."""

from __future__ import annotations

import pytest

from .checks import load_yaml, yaml_problems
from .commands import command_problems
from .pages import Block, blocks_in

_BLOCK = Block(page="README.md", line=1, language="shell", text="", file="", not_run="", playbook="", recipe="")
_TASK = "- name: A task\n  threema.work.{}\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (_TASK.format("credential:\n    usernam: jane"), "usernam"),
        (_TASK.format("credential:\n    state: gone"), "gone"),
        (_TASK.format("credentials:\n    credentials:\n      - {username: jane, settigns: {}}"), "settigns"),
        (_TASK.format("user:\n    username: jane"), "missing required arguments: state"),
        (_TASK.format("user_infos:"), "no module threema.work.user_infos"),
        ("- name: A task\n  credential:\n    username: jane", "whole name"),
        ("- threema.work.subscription_info:", "a task has a name"),
        ("- name: A task\n  threema.work.user_info:\n  ignore_error: true", "ignore_error"),
        ("- name: A task\n  ansible.builtin.debug:\n    msg: '{{ x | '", "{{ x |"),
        ("- name: A role\n  ansible.builtin.include_role:\n    name: threema.work.onboard", "no role"),
        (
            "- name: A role\n  ansible.builtin.include_role:\n    name: threema.work.onboarding\n  vars:\n"
            "    onboarding_list: []",
            "onboarding_list",
        ),
        ("- hosts: localhost\n  task: []", "task"),
        (
            "- hosts: localhost\n  tasks:\n    - name: A block\n      block:\n        - name: A task\n"
            "          threema.work.logo_info:\n            varriant: light",
            "varriant",
        ),
        ("- hosts: localhost\n  module_defaults:\n    group/threema.work.all: {api_kye: x}", "api_kye"),
        ("subscription_names: Example", "subscription_names"),
        ("- ansible.builtin.import_playbook: threema.work.onbord", "no playbook threema.work.onbord"),
        ("- ansible.builtin.import_playbook: onboard", "no playbook onboard"),
        ("- ansible.builtin.import_playbook: threema.work.onboard\n  vars: {rooster: a.csv}", "no variable rooster"),
        ("- ansible.builtin.import_playbook: threema.work.onboard\n  varss: {}", "varss"),
        ("- name: A play\n  import_playbook: threema.work.onboard", "whole name"),
        ("dependencies:\n  galaxy:\n    collections:\n      - name: threema.wrk", "execution-environment.yml"),
        ("dependencies:\n  galaxy:\n    collection: []", "execution-environment.yml"),
        ("fields: []\nrequired: [api_key]", "awx_credential_type.yml"),
        ("env:\n  THREEMA_WORK_API_KEY: '{{ api_key }}'", "awx_credential_type.yml"),
        ("just a text", "neither a playbook"),
    ],
)
def test_wrong_yaml(text: str, found: str) -> None:
    """An option, a value, a name or a form that does not exist."""
    assert found in " ".join(yaml_problems(load_yaml(text)))


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("ansible localhost -m threema.work.user_info -a inactive=90", "inactive"),
        ("ansible localhost -m threema.work.user_inf", "no module"),
        ("ansible localhost -m user_info", "whole name"),
        ("ansible localhost -m threema.work.user_info --chek", "--chek"),
        ("ansible-playbook threema.work.offbord -e usernames=jane", "no playbook"),
        ("ansible-playbook threema.work.offboard -e user=jane", "no variable user"),
        # A word of its comments, and no variable.
        ("ansible-playbook threema.work.offboard -e interpreter=jane", "no variable interpreter"),
        ("ansible-playbook threema.work.awx_setup -e awx_setup_picture=x", "no variable awx_setup_picture"),
        ("ansible-builder bild --tag x", "ansible-builder does not take"),
        ("podman push x", "built in the same block"),
        ("read -rs CONTROLLER_OAUTH_TOKEN", "not exported"),
        ("read CONTROLLER_OAUTH_TOKEN", "read -rs"),
        ("export CONTROLLER_TOKEN", "CONTROLLER_TOKEN"),
        ("ansible-doc threema.work.usrs", "no module"),
        ("export THREEMA_WORK_KEY=x", "THREEMA_WORK_KEY"),
        ("make tests", "no target tests"),
        ("make simulator PROT=8025", "no variable PROT"),
        ("rm -rf people.csv", "nobody checks the program rm"),
    ],
)
def test_wrong_command(command: str, found: str) -> None:
    """A program, an option, a module, a playbook, a variable or a target that does not exist."""
    assert found in " ".join(command_problems(command, _BLOCK))


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".rst", "Text::\n\n  a block\n"),
        (".rst", ".. code::\n\n  a block\n"),
        (".rst", ".. an-unknown-directive::\n\n  .. code-block:: yaml\n\n    - a\n"),
        (".rst", ".. literalinclude:: people.csv\n"),
        (".rst", ".. not_run: a comment that is misspelled\n.. not ran: a reason\n.. code-block:: yaml\n\n  - a\n"),
    ],
)
def test_no_block_is_overlooked(suffix: str, text: str) -> None:
    """A block of a form that is not known is an error."""
    with pytest.raises(AssertionError):
        blocks_in(text, "page" + suffix)


def test_a_block_is_found() -> None:
    """Language, text, name and comments of a block, in both formats."""
    restructured = ".. not run: a reason\n.. code-block:: yaml\n  :caption: a.yml\n\n  - a\n"
    markdown = "<!-- not run: a reason -->\n<!-- file: a.yml -->\n```yaml\n- a\n```\n"
    for text, page in ((restructured, "page.rst"), (markdown, "page.md")):
        (block,) = blocks_in(text, page)
        assert (block.language, block.text, block.file, block.not_run) == ("yaml", "- a\n", "a.yml", "a reason")
    (without,) = blocks_in("```\na\n```\n", "page.md")
    assert without.language == ""
