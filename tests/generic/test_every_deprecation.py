# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that the tests run is searched for deprecations, and the search finds them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.support import deprecations

from .utils.playbook import play

_MODULE = """
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule({})
module.deprecate("This is old", version="99.0.0", collection_name="threema.work")
module.exit_json()
"""


def test_a_module_that_is_deprecated_fails_the_test_that_plays_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where who runs the tests has turned deprecations off."""
    monkeypatch.setenv("ANSIBLE_DEPRECATION_WARNINGS", "false")
    (tmp_path / "library").mkdir()
    (tmp_path / "library/old.py").write_text(_MODULE, encoding="utf-8")
    with pytest.raises(AssertionError, match="This is old"):
        play(tmp_path, [{"old": {}}], {})


def test_a_result_with_deprecations_is_found() -> None:
    """A module run without Ansible returns them."""
    assert deprecations.found_in(json.dumps({"changed": False, "deprecations": [{"msg": "old"}]}))
    assert not deprecations.found_in(json.dumps({"changed": False, "deprecations": [], "msg": "deprecated"}))


@pytest.mark.parametrize(
    ("prints", "ends", "code"), [("fine", 0, 0), ("[DEPRECATION WARNING]: old", 0, 1), ("fine again", 3, 3)]
)
def test_a_command_that_prints_one_fails(prints: str, ends: int, code: int) -> None:
    """The command's own code stays."""
    program = [sys.executable, "-c", f"print({prints!r}); raise SystemExit({ends})"]
    command = [sys.executable, deprecations.__file__, *program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert prints in done.stdout
