# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The address of the repository is in one place, and whoever forgets another one is told."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from ansible_collections.threema.work.tests.support.simulator_process import ROOT
from ansible_collections.threema.work.tools import address

_NEW = "https://git.example.com/hospital/threema"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of this one."""
    subprocess.run([ROOT / "tools/copy-collection", tmp_path / "copy"], check=True)
    return tmp_path / "copy"


def told(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code, and what it prints."""
    return address.main(["--root", str(root), *arguments]), capsys.readouterr().out


def test_it_is_the_same_everywhere(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(checkout, capsys) == (0, "")


def test_another_one_is_written_everywhere(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As an address, as owner and name, and as the handle of the owner."""
    old = address.address_of(checkout)
    code, said = told(checkout, capsys, _NEW)
    assert code == 0
    assert {"galaxy.yml", "README.md", "docs/docsite/links.yml", "MAINTAINERS.md", "plugins/modules/user.py"} <= {
        *said.splitlines()
    }
    galaxy = yaml.safe_load((checkout / "galaxy.yml").read_text(encoding="utf-8"))
    assert galaxy["repository"] == galaxy["homepage"] == _NEW
    assert (galaxy["issues"], galaxy["documentation"]) == (f"{_NEW}/issues", f"{_NEW}#readme")
    assert "hospital/threema" in (checkout / "docs/docsite/links.yml").read_text(encoding="utf-8")
    assert "`@hospital/maintainers`" in (checkout / "MAINTAINERS.md").read_text(encoding="utf-8")
    left = subprocess.run(["git", "grep", "--files-with-matches", old.slug], cwd=checkout, check=False, text=True)
    assert not left.stdout
    assert told(checkout, capsys, "--publishable") == (0, "")


@pytest.mark.parametrize(
    ("line", "new"),
    [
        (f"https://github.com/threema-work/{'ansible-collection-threema.work'}", _NEW),
        ("@threema-work", _NEW),
        (f"https://github.com/somebody/{'ansible-collection-threema.work'}/issues", ""),
    ],
)
def test_one_that_was_forgotten(checkout: Path, capsys: pytest.CaptureFixture[str], line: str, new: str) -> None:
    if new:
        told(checkout, capsys, new)
    (checkout / "MAINTAINERS.md").write_text(f"See {line}.\n", encoding="utf-8")
    code, said = told(checkout, capsys)
    assert code == 1
    assert said.startswith("MAINTAINERS.md: the repository has another address, ") and len(said.splitlines()) == 1


def test_the_invented_one_is_not_to_be_published(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The checklist of CONTRIBUTING.md follows."""
    address.write(checkout, address._INVENTED)
    code, said = told(checkout, capsys, "--publishable")
    assert code == 1
    assert "nobody owns" in said and "1. **Namespace.**" in said and "6. **Pages.**" in said


@pytest.mark.parametrize("wrong", ["github.com/a/b", "https://github.com/a", "http://github.com/a/b", "a/b", ""])
def test_no_address(checkout: Path, capsys: pytest.CaptureFixture[str], wrong: str) -> None:
    with pytest.raises(SystemExit) as ended:
        told(checkout, capsys, wrong)
    assert ended.value.code == 2
    assert told(checkout, capsys) == (0, "")
