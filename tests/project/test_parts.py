# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``tools/parts.py``: whoever forgets a part of something new is told which file lacks what."""

from __future__ import annotations

import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.support.simulator_process import ROOT

_FOLDERS: t.Final = ("docs", "extensions", "meta", "playbooks", "plugins", "roles", "tests", "tools")
_LEFT_OUT: t.Final = shutil.ignore_patterns("__pycache__", "output", ".*")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of this one."""
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=_LEFT_OUT)
    shutil.copy(ROOT / "README.md", tmp_path)
    return tmp_path


def missing(checkout: Path) -> list[str]:
    """What it prints; its exit code says whether that is anything."""
    command = [sys.executable, str(checkout / "tools/parts.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (bool(lines), "")
    return lines


def test_nothing_is_missing(checkout: Path) -> None:
    """In this checkout."""
    assert missing(checkout) == []


def without(path: str, text: str, instead: str = "") -> t.Callable[[Path], None]:
    """Take a text out of a file, and put another in its place."""

    def take(checkout: Path) -> None:
        before = (checkout / path).read_text(encoding="utf-8")
        assert text in before
        (checkout / path).write_text(before.replace(text, instead), encoding="utf-8")

    return take


def gone(path: str) -> t.Callable[[Path], None]:
    """Remove a file or folder."""

    def remove(checkout: Path) -> None:
        shutil.rmtree(checkout / path) if (checkout / path).is_dir() else (checkout / path).unlink()

    return remove


@pytest.mark.parametrize(
    ("forget", "sentence"),
    [
        (
            without("meta/runtime.yml", "    - contact_info\n"),
            "meta/runtime.yml: the action group all lacks contact_info.",
        ),
        (
            without("plugins/modules/user.py", "  - threema.work._attributes\n"),
            "plugins/modules/user.py: extends_documentation_fragment lacks threema.work._attributes.",
        ),
        (
            without("plugins/modules/user.py", "  - threema.work._api.journal\n"),
            "plugins/modules/user.py: modules that write extend threema.work._api.journal, and no others.",
        ),
        (
            without("README.md", "`threema.work.user_info`"),
            "README.md: the table of modules lacks `threema.work.user_info`.",
        ),
        (
            without("tests/generic/resources.yml", "[logo]", "[]"),
            "tests/generic/resources.yml: no kind of object names logo in its modules; its head says how.",
        ),
        (
            without("tests/generic/resources.yml", "  key: username\n"),
            "tests/generic/resources.yml: credential lacks key; the head of the file says what it is.",
        ),
        (
            without("tests/generic/resources.yml", "  api_names: [id, threemaId]\n"),
            "tests/generic/resources.yml: contact lacks api_names; the head of the file says what it is.",
        ),
        (
            without("tests/generic/resources.yml", "  modules: [logo]\n"),
            "tests/generic/resources.yml: logo lacks modules; the head of the file says what it is.",
        ),
        (
            without("tests/generic/resources.yml", "  listed: contacts\n"),
            "tests/generic/resources.yml: contact lacks listed; the head of the file says what it is.",
        ),
        (
            without("tests/generic/resources.yml", "  text: first_name\n"),
            "tests/generic/resources.yml: contact lacks text; the head of the file says what it is.",
        ),
        (
            without("tests/generic/resources.yml", "  api_flags: [enabled]\n"),
            "tests/generic/resources.yml: api_flags of contact lacks enabled, which is a boolean in openapi.yaml.",
        ),
        (
            without("tests/faults/test_two_at_once.py", "def test_users", "def test_people"),
            "tests/generic/resources.yml: user is not plain; say so there if it is, or add test_users to",
        ),
        (
            without("meta/runtime.yml", "    contacts:\n      action_plugin: threema.work._credentials\n"),
            "meta/runtime.yml: plugin_routing lacks contacts;",
        ),
        (
            without("meta/runtime.yml", "    user_info:\n      action_plugin: threema.work._credentials\n"),
            "meta/runtime.yml: plugin_routing lacks user_info;",
        ),
        (
            without("plugins/modules/user.py", "  - threema.work._attributes.writing_group\n"),
            "plugins/modules/user.py: extends_documentation_fragment lacks threema.work._attributes.writing_group.",
        ),
        (
            without("plugins/modules/user_info.py", "  - threema.work._attributes.action_group\n"),
            "plugins/modules/user_info.py: extends_documentation_fragment lacks threema.work._attributes.action_group.",
        ),
        (
            without("plugins/modules/contacts.py", "  - threema.work._api.prune\n"),
            "plugins/modules/contacts.py: extends_documentation_fragment lacks threema.work._api.prune.",
        ),
        (
            without("plugins/modules/users.py", "version_added: 0.1.0\n"),
            "plugins/modules/users.py: DOCUMENTATION lacks version_added.",
        ),
        (
            without("plugins/modules/user_info.py", "seealso:\n", "notes_on:\n"),
            "plugins/modules/user_info.py: DOCUMENTATION lacks seealso.",
        ),
        (
            without("plugins/modules/user.py", "  - module: threema.work.user_info\n"),
            "plugins/modules/user.py: seealso lacks threema.work.user_info.",
        ),
        (
            without("plugins/modules/user_info.py", "  - module: threema.work.users\n"),
            "plugins/modules/user_info.py: seealso lacks threema.work.users.",
        ),
        (
            without("docs/docsite/rst/contract.rst", "- DELETE ``/contacts/{", "- DELETE ``/persons/{"),
            "docs/docsite/rst/contract.rst: the table of section 2 lacks DELETE /contacts/{threemaId}.",
        ),
        (
            without("docs/docsite/rst/contract.rst", "``/users``, ``/contacts``, ", ""),
            "docs/docsite/rst/contract.rst: section 1.1 lacks /users, which is read in pages.",
        ),
        (
            without("tests/simulator/README.md", "`--contacts N`"),
            "tests/simulator/README.md: the table of options lacks `--contacts N` of contacts.py.",
        ),
        (
            without("docs/docsite/rst/contract.rst", "``/logos", "``/pictures"),
            "docs/docsite/rst/contract.rst: nothing on /logos;",
        ),
        (
            without("tests/simulator/openapi.yaml", "  /mdm-bulk:", "  /phones: {}\n  /mdm-bulk:"),
            "tests/simulator/tests: nothing calls /phones;",
        ),
        (
            gone("tests/integration/targets/logos/aliases"),
            "tests/integration/targets/logos/aliases: missing; as the others have it.",
        ),
        (gone("tests/generic/cases/logo.yml"), "tests/generic/cases/logo.yml: missing;"),
        (gone("tests/integration/targets/logos"), "tests/integration/targets: no target runs threema.work.logo;"),
        (gone("tests/modules/test_logo.py"), "tests/modules/test_logo.py: missing;"),
        (gone("plugins/modules/users.py"), "meta/runtime.yml: the action group all names users, which is no module."),
        (
            without("README.md", "`threema.work.names`"),
            "README.md: the section on modules lacks the filter",
        ),
        (
            without("tests/generic/cases/plugins.yml", "  roster:\n"),
            "tests/generic/cases/plugins.yml: lookup lacks roster: state and files of its examples.",
        ),
        (gone("roles/offboarding/README.md"), "roles/offboarding/README.md: missing."),
        (gone("extensions/molecule/offboarding"), "extensions/molecule/offboarding: missing;"),
        (
            gone("plugins/module_utils/_resources/contacts.py"),
            "plugins/module_utils/_resources/contacts.py: missing; plugins/modules/contact.py imports it.",
        ),
        (
            gone("plugins/module_utils/_api/contacts.py"),
            "plugins/module_utils/_api/contacts.py: missing; plugins/module_utils/_resources/contacts.py imports it.",
        ),
        (
            gone("tests/simulator/threema_simulator/listing.py"),
            "tests/simulator/threema_simulator/listing.py: missing; tests/simulator/threema_simulator/",
        ),
        (
            gone("tests/simulator/threema_simulator/resources/phone.py"),
            "tests/simulator/threema_simulator/resources/phone.py: missing; _FILES in __init__.py names it.",
        ),
        (
            without("tests/simulator/threema_simulator/resources/__init__.py", '    "phone",\n'),
            "tests/simulator/threema_simulator/resources/__init__.py: _FILES lacks phone.",
        ),
        (
            without("README.md", "`threema.work.reset`"),
            "README.md: the table of roles and playbooks lacks",
        ),
    ],
)
def test_a_part_is_forgotten(checkout: Path, forget: t.Callable[[Path], None], sentence: str) -> None:
    """The sentence names the file and what it lacks."""
    forget(checkout)
    assert any(line.startswith(sentence) for line in missing(checkout)), missing(checkout)


def test_two_files_of_one_name(checkout: Path) -> None:
    """Which pytest notices only where both are run."""
    (checkout / "tests/roles/test_user.py").touch()
    assert missing(checkout) == [
        "tests/roles/test_user.py: tests/modules/test_user.py has the same name; give it another one."
    ]


def test_a_module_of_which_nothing_is_there_but_its_file(checkout: Path) -> None:
    """Everything is named at once."""
    source = (checkout / "plugins/modules/contact.py").read_text(encoding="utf-8")
    (checkout / "plugins/modules/nonesuch.py").write_text(source, encoding="utf-8")
    (checkout / "playbooks/nonesuches.yml").write_text("---\n", encoding="utf-8")
    places = [line.partition(":")[0] for line in missing(checkout)]
    assert places == [
        "meta/runtime.yml",
        "meta/runtime.yml",
        "tests/generic/resources.yml",
        "README.md",
        "tests/generic/cases/nonesuch.yml",
        "tests/integration/targets",
        "tests/modules/test_nonesuch.py",
        "README.md",
        "tests/playbooks",
    ]
