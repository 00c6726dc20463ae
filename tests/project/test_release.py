# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Releases of a checkout: one that is made, and those that are refused and leave the checkout as it was."""

from __future__ import annotations

import subprocess
import tarfile
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.threema.work.tests.support.simulator_process import ROOT
from ansible_collections.threema.work.tools import address, release, release_importer, release_tarball

_VERSION: t.Final = "99.1.0"
#: A changelog with a version that tells little.
_CHANGELOG: t.Final = "ancestor: null\nreleases:\n  {}:\n    fragments: [0.1.0.yml]\n    release_date: '2026-01-01'\n"


def git(root: Path, *arguments: str) -> str:
    """Git, as somebody."""
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *arguments], cwd=root, capture_output=True, text=True, check=True).stdout


def commit(root: Path) -> None:
    """Commit all."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "A state")


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the collection. The version to come has a draft in the changelog, another one is released."""
    root = tmp_path_factory.mktemp("origin")
    subprocess.run([ROOT / "tools/copy-collection", root], check=True)
    address.write(root, "https://git.example.com/hospital/threema")
    (root / "changelogs/changelog.yaml").write_text(_CHANGELOG.format(_VERSION), encoding="utf-8")
    commit(root)
    git(root, "tag", "99.0.0")
    return root


@pytest.fixture
def checkout(origin: Path, tmp_path: Path) -> Path:
    """A clone of it."""
    git(tmp_path, "clone", "--quiet", str(origin), "checkout")
    return tmp_path / "checkout"


@pytest.fixture
def without_changelog(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made before anything that these tests are about, by a program that takes long; one release makes it."""
    monkeypatch.setattr(release, "write_changelog", lambda _tree, _version: None)


def make(checkout: Path, *arguments: str) -> int:
    """What ``make release`` runs."""
    return release.main(["--root", str(checkout), "--work", str(checkout.parent / "work"), *arguments])


def refusal(checkout: Path, version: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The reason of a refusal, which must have changed nothing."""
    before = git(checkout, "status", "--porcelain", "--ignored")
    assert make(checkout, version) == 1
    assert git(checkout, "status", "--porcelain", "--ignored") == before
    return capsys.readouterr().err


def test_a_release(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Version and changelog are in the checkout and in the tarball; nothing is committed."""
    head = git(checkout, "rev-parse", "HEAD")
    assert make(checkout, _VERSION) == 0, capsys.readouterr().err
    said = capsys.readouterr().out
    assert f"git tag --annotate {_VERSION}" in said and "ansible-galaxy collection publish" in said
    assert git(checkout, "rev-parse", "HEAD") == head
    changed = {line[3:] for line in git(checkout, "status", "--porcelain").splitlines()}
    assert {"galaxy.yml", "plugins/module_utils/_http.py", "changelogs/changelog.yaml", "CHANGELOG.md"} <= changed
    assert changed <= set(release._CHANGED)
    assert release.version_of(checkout) == _VERSION
    changes = yaml.safe_load((checkout / "changelogs/changelog.yaml").read_text(encoding="utf-8"))
    assert list(changes["releases"]) == [_VERSION]
    told = (checkout / "CHANGELOG.md").read_text(encoding="utf-8").replace("\\", "")
    assert f"## v{_VERSION}" in told and "### Release Summary" in told
    with tarfile.open(checkout.parent / f"work/threema-work-{_VERSION}.tar.gz") as archive:
        code = archive.extractfile("plugins/module_utils/_http.py")
        assert code is not None and f'"{_VERSION}"' in code.read().decode()
    assert "not to be published" not in said
    # The version that was made and not committed is no clean state for another one.
    assert "not committed" in refusal(checkout, "99.2.0", capsys)


@pytest.mark.usefixtures("without_changelog")
def test_a_release_that_nobody_may_publish(
    checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the invented address, the checklist stands where the last steps would."""
    monkeypatch.setattr(release, "make", lambda _tree, work, _importer: work / "x.tar.gz")
    address.write(checkout, address._INVENTED)
    commit(checkout)
    assert make(checkout, _VERSION) == 0
    said = capsys.readouterr().out
    assert "not to be published" in said and "python3 tools/address.py" in said and "**Namespace.**" in said
    assert "collection publish" not in said and "git tag" not in said


@pytest.mark.parametrize("version", ["1", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "latest", ""])
def test_versions_that_are_not_semantic(checkout: Path, capsys: pytest.CaptureFixture[str], version: str) -> None:
    assert "is not a semantic version" in refusal(checkout, version, capsys)


@pytest.mark.parametrize("version", ["99.0.0", "98.9.9", "99.0.0-rc.1"])
def test_versions_that_are_not_newer(checkout: Path, capsys: pytest.CaptureFixture[str], version: str) -> None:
    assert f"{version} is not newer than 99.0.0" in refusal(checkout, version, capsys)


def test_a_version_older_than_announced(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(checkout, "tag", "--delete", "99.0.0")
    (checkout / "changelogs/changelog.yaml").write_text("ancestor: null\nreleases: {}\n", encoding="utf-8")
    commit(checkout)
    assert "is older than" in refusal(checkout, "0.0.1", capsys)


def test_a_draft_is_not_passed_over(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"has {_VERSION} without a tag" in refusal(checkout, "99.2.0", capsys)


def test_nothing_new(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A fragment that is kept from a release before tells nothing new."""
    for fragment in (checkout / "changelogs/fragments").iterdir():
        if fragment.name != "0.1.0.yml":
            fragment.unlink()
    (checkout / "changelogs/changelog.yaml").write_text(_CHANGELOG.format("99.0.0"), encoding="utf-8")
    commit(checkout)
    assert "no fragment" in refusal(checkout, _VERSION, capsys)


@pytest.mark.parametrize("change", ["new", "changed"])
def test_a_tree_with_changes(checkout: Path, capsys: pytest.CaptureFixture[str], change: str) -> None:
    file = checkout / {"new": "notes.txt", "changed": "README.md"}[change]
    file.write_text("mine", encoding="utf-8")
    assert file.name in refusal(checkout, _VERSION, capsys)
    assert file.read_text(encoding="utf-8") == "mine"


def test_versions_out_of_step(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    galaxy = checkout / "galaxy.yml"
    galaxy.write_text(galaxy.read_text(encoding="utf-8").replace("\nversion: ", "\nversion: 9"), encoding="utf-8")
    commit(checkout)
    assert "The versions differ" in refusal(checkout, _VERSION, capsys)


@pytest.mark.usefixtures("without_changelog")
def test_secrets_that_were_committed(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By their name, and by what is in them."""
    for name, text in (("api.key", "anything"), ("notes.md", "-----BEGIN EC " + "PRIVATE KEY-----")):
        (checkout / "docs/examples" / name).write_text(text, encoding="utf-8")
    commit(checkout)
    assert "look like secrets: docs/examples/api.key, docs/examples/notes.md" in refusal(checkout, _VERSION, capsys)


@pytest.mark.usefixtures("without_changelog")
def test_a_module_that_does_not_load(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The tarball is tried where it was installed."""
    module = checkout / "plugins/modules/credential_info.py"
    module.write_text(module.read_text(encoding="utf-8").replace("def main()", "def mani()"), encoding="utf-8")
    commit(checkout)
    assert "threema.work.credential_info" in refusal(checkout, _VERSION, capsys)


@pytest.fixture
def importer(tmp_path: Path) -> t.Callable[[str], Path]:
    """Makes a stand-in for the Python that has galaxy-importer, which prints a text, and what it was asked."""

    def make_one(said: str) -> Path:
        python = tmp_path / "python"
        (tmp_path / "said").write_text(said, encoding="utf-8")
        asked = f"{{ echo \"$@\"; env; }} > '{tmp_path}/asked'"
        python.write_text(f"#!/bin/sh\n{asked}\ncat '{tmp_path}/said'\n", encoding="utf-8")
        python.chmod(0o755)
        return python

    return make_one


def test_an_importer_that_accepts(importer: t.Callable[[str], Path], tmp_path: Path) -> None:
    """It is asked with flake8, about this tarball, where no other ansible-lint changes what it finds."""
    python = importer("Loading module user\nImporter processing completed successfully\n")
    release_importer.judge(tmp_path / "threema-work-1.0.0.tar.gz", python, tmp_path / "work")
    asked = (tmp_path / "asked").read_text(encoding="utf-8")
    assert asked.startswith(f"-m galaxy_importer.main {tmp_path}/threema-work-1.0.0.tar.gz\n")
    assert "\nGALAXY_IMPORTER_RUN_FLAKE8=true\n" in asked and "\nGALAXY_IMPORTER_RUN_ANSIBLE_LINT=true\n" in asked
    assert f"\nHOME={tmp_path}/work\n" in asked


@pytest.mark.parametrize(
    "complaint",
    [
        "WARNING: plugins/modules/user.py:1:1: F401 'os' imported but unused",
        "WARNING: flake8 not found, skipping",
        "ERROR: Error running ansible-doc",
    ],
)
def test_an_importer_that_complains(importer: t.Callable[[str], Path], tmp_path: Path, complaint: str) -> None:
    """With its words, and no others, though it says that it has completed."""
    python = importer(f"Loading module user\n{complaint}\nImporter processing completed successfully\n")
    with pytest.raises(release.Refused) as refused:
        release_importer.judge(tmp_path / "threema-work-1.0.0.tar.gz", python, tmp_path)
    assert str(refused.value).splitlines() == [
        "galaxy-importer complains about threema-work-1.0.0.tar.gz:",
        complaint,
    ]


@pytest.mark.usefixtures("without_changelog")
def test_a_release_that_the_importer_complains_of(
    checkout: Path,
    importer: t.Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is not made, although the tarball works where it is installed, and the checkout stays as it was."""
    for tried in ("install", "smoke"):
        monkeypatch.setattr(release_tarball, tried, lambda *_given: None)
    before = git(checkout, "status", "--porcelain", "--ignored")
    assert make(checkout, "--importer", str(importer("ERROR: no such tag\n")), _VERSION) == 1
    assert "galaxy-importer complains" in capsys.readouterr().err
    assert git(checkout, "status", "--porcelain", "--ignored") == before


def test_an_importer_that_ends_early(importer: t.Callable[[str], Path], tmp_path: Path) -> None:
    with pytest.raises(release.Refused, match="did not accept"):
        release_importer.judge(tmp_path / "threema-work-1.0.0.tar.gz", importer("Importing\n"), tmp_path)
    with pytest.raises(release.Refused, match="cannot be run"):
        release_importer.judge(tmp_path / "threema-work-1.0.0.tar.gz", tmp_path / "nothing", tmp_path)


def test_what_the_formatter_must_not_make(importer: t.Callable[[str], Path], tmp_path: Path) -> None:
    """Where ruff format and flake8 want the opposite of each other, the refusal has a way out."""
    python = importer("WARNING: plugins/modules/user.py:9:1: W503 line break before binary operator\n")
    with pytest.raises(release.Refused, match="have names"):
        release_importer.judge(tmp_path / "threema-work-1.0.0.tar.gz", python, tmp_path)


def test_what_tools_leave_behind_is_not_in_the_tarball(checkout: Path) -> None:
    """All that .gitignore names is left out by galaxy.yml too, if somebody builds in the checkout itself."""
    ignored = (checkout / ".gitignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in ignored if line and not line.startswith("#")]
    for pattern in patterns:
        path = checkout / pattern.lstrip("/").replace("*", "left-behind")
        if pattern.endswith("/"):
            path = path / "left-behind"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("left behind", encoding="utf-8")
    (checkout / "plugins/modules/__pycache__").mkdir()
    (checkout / "plugins/modules/__pycache__/credential.txt").write_text("left behind", encoding="utf-8")
    assert not git(checkout, "status", "--porcelain"), "not all of this is ignored by git"
    tarball = release_tarball.build(checkout, checkout.parent)
    assert release_tarball.check(tarball, checkout) > 100
    assert len(patterns) > 5
