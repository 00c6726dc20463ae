# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a play expects with module_defaults holds for the tasks of roles too, and a role's own variable besides."""

from __future__ import annotations

import json
import subprocess
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.modules.leaving import writes
from ansible_collections.threema.work.tests.roles.stage import Object, Pool, command, environment
from ansible_collections.threema.work.tests.support.interpreter import interpreter
from ansible_collections.threema.work.tests.support.modules import add
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

_ROLES: t.Final[dict[str, Object]] = {
    "onboarding": {"onboarding_people": [{"username": "john"}]},
    "offboarding": {"offboarding_usernames": ["jane"], "offboarding_identity": "keep"},
    "subscription": {"subscription_settings": {"th_disable_export": True}},
}


def run(simulator: Simulator, folder: Path, role: str, defaults: Object, variables: Object) -> tuple[int, str]:
    """Exit status and output of a play of one's own that includes a role."""
    book = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "module_defaults": {"group/threema.work.all": defaults},
        "vars": {"ansible_python_interpreter": interpreter(), **_ROLES[role], **variables},
        "tasks": [{"ansible.builtin.include_role": {"name": f"threema.work.{role}"}}],
    }
    (folder / "book.yml").write_text(json.dumps([book]), encoding="utf-8")
    done = subprocess.run(
        command(str(folder / "book.yml")),
        cwd=folder,
        env={**environment(folder), **simulator.environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("role", _ROLES)
def test_another_subscription_than_expected(pool: Pool, tmp_path: Path, role: str) -> None:
    (simulator,) = pool.lend(1)
    add(simulator, "jane")
    simulator.forget_requests()
    wrong: Object = {"expect_subscription": "Another"}
    for defaults, variables in ((wrong, {}), ({}, wrong)):
        code, output = run(simulator, tmp_path, role, defaults, variables)
        assert code != 0 and "not Another" in output, output
        assert writes(simulator) == []
    name = simulator.state()["subscription"]["name"]
    right: Object = {"expect_subscription": name}
    code, output = run(simulator, tmp_path, role, right, right)
    assert code == 0, output
    assert len(writes(simulator)) == 1
