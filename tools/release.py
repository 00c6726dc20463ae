# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prepares a release, ``make release VERSION=x``, and tries whether one could be made, ``make release-check``.

Everything happens in a copy. The checkout is changed when all checks have passed, and not before.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import typing as t
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import semantic_version
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.simulator_process import BUILD, ROOT
from tools import address, release_importer, release_tarball
from tools.release_tarball import Refused

_GALAXY: t.Final = "galaxy.yml"
_CHANGES: t.Final = "changelogs/changelog.yaml"
_CODE: t.Final = "plugins/module_utils/_http.py"
#: Where the version is written by us, and what stands around it.
_VERSIONS: t.Final = {
    _GALAXY: re.compile(r"^(version: )(\S+)()$", re.MULTILINE),
    _CODE: re.compile(r'^(VERSION: t\.Final = ")([^"]+)(")$', re.MULTILINE),
}
#: What a release changes in the checkout.
_CHANGED: t.Final = (*_VERSIONS, _CHANGES, "CHANGELOG.md", "CHANGELOG.rst")
_FINISH: t.Final = """
{tarball} is built, installed and tried.
The version and the changelog are in the checkout; nothing was committed or uploaded. What is left to do:

    git diff
    git commit --all --message "Release {version}"
    git tag --annotate {version} --message "Release {version}"
    git push --follow-tags
    ansible-galaxy collection publish {tarball}
"""
_UNPUBLISHABLE: t.Final = """
{tarball} is built, installed and tried, but not to be published: the address of the repository in galaxy.yml is
invented, and nobody owns it. The version and the changelog are in the checkout; nothing was committed or uploaded.
What is left to do before the first publication, from CONTRIBUTING.md:

{checklist}
"""


def run(command: t.Sequence[str | Path], folder: Path, why: str) -> str:
    """What a command prints; without success the release is refused."""
    # antsibull-changelog looks for ansible-doc there.
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = [str(one) for one in command]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"{why}\n{done.stdout}{done.stderr}".rstrip())
    return done.stdout


def parse(version: str) -> semantic_version.Version:
    """A version; refused if it is not a semantic one."""
    try:
        return semantic_version.Version(version)
    except ValueError:
        hint = "make release VERSION=1.2.0"
        raise Refused(f"{version or 'Nothing'} is not a semantic version, as in {hint}") from None


def check_clean(root: Path) -> None:
    """A release is made of what is committed."""
    changed = run(["git", "status", "--porcelain"], root, "The checkout is no git repository.")
    if changed:
        raise Refused(f"The checkout has changes that are not committed:\n{changed.rstrip()}")


def check_version(root: Path, version: str) -> None:
    """Newer than all that was released, which has a tag, and not older than what galaxy.yml announces.

    What the changelog has without a tag is a draft: it can be made anew, and it cannot be passed over.
    """
    wanted = parse(version)
    tags = run(["git", "tag", "--list"], root, "git cannot list the tags.").split()
    released = {tag for tag in tags if semantic_version.validate(tag)}
    newest = max(map(semantic_version.Version, released), default=None)
    if newest is not None and wanted <= newest:
        raise Refused(f"{version} is not newer than {newest}, which has been released.")
    if drafts := sorted(releases(root).keys() - released - {version}):
        raise Refused(f"The changelog has {', '.join(drafts)} without a tag: fetch the tags, or release that first.")
    announced = version_of(root)
    if wanted < semantic_version.Version(announced):
        raise Refused(f"{version} is older than {announced}, the version in {_GALAXY}.")


def releases(root: Path) -> dict[str, t.Any]:
    """What the changelog has, by version."""
    return t.cast("dict[str, t.Any]", yaml.safe_load((root / _CHANGES).read_text(encoding="utf-8"))["releases"])


def check_fragments(root: Path, version: str) -> None:
    """There has to be something new to tell. Fragments of earlier releases are kept."""
    earlier = [release for name, release in releases(root).items() if name != version]
    told = {name for release in earlier for name in release.get("fragments", ())}
    new = [path.name for path in (root / "changelogs/fragments").glob("*.y*ml") if path.name not in told]
    if not new:
        raise Refused("There is no fragment in changelogs/fragments that no release has used: what is new?")


def version_of(root: Path) -> str:
    """The version in galaxy.yml. That of the code has to be the same."""
    texts = {name: pattern.search((root / name).read_text(encoding="utf-8")) for name, pattern in _VERSIONS.items()}
    found = {name: match.group(2) if match else "no version" for name, match in texts.items()}
    if len(set(found.values())) != 1:
        raise Refused("The versions differ: " + ", ".join(f"{name} has {one}" for name, one in found.items()))
    return found[_GALAXY]


def copy(root: Path, work: Path) -> Path:
    """A copy of what git knows, where Ansible takes it for a collection."""
    tree = work / "ansible_collections/threema/work"
    shutil.rmtree(work, ignore_errors=True)
    run([root / "tools/copy-collection", tree], root, "The checkout cannot be copied.")
    return tree


def set_version(tree: Path, version: str) -> None:
    """Write it wherever it stands."""
    for name, pattern in _VERSIONS.items():
        text = (tree / name).read_text(encoding="utf-8")
        (tree / name).write_text(pattern.sub(rf"\g<1>{version}\g<3>", text), encoding="utf-8")


def write_changelog(tree: Path, version: str) -> None:
    """Turn fragments into the changelog of this version, in place of a draft of it."""
    document = yaml.safe_load((tree / _CHANGES).read_text(encoding="utf-8"))
    document["releases"].pop(version, None)
    (tree / _CHANGES).write_text(yaml.safe_dump(document), encoding="utf-8")
    command = [sys.executable, "-m", "antsibull_changelog", "release", "--version", version]
    run(command, tree, "antsibull-changelog cannot make the changelog.")


def check_changes(root: Path, tree: Path) -> None:
    """A release changes what is known, and nothing else."""
    names = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], tree, "git fails.").split("\0")
    changed = [
        name
        for name in sorted(filter(None, set(names)))
        if not all((place / name).exists() for place in (root, tree))
        or (root / name).read_bytes() != (tree / name).read_bytes()
    ]
    if unexpected := [name for name in changed if name not in _CHANGED]:
        raise Refused(f"Making the release changed what it should not: {', '.join(unexpected)}")


def make(tree: Path, work: Path, importer: Path | None) -> Path:
    """The tarball of a copy, looked through, installed and tried.

    :param importer: the Python that has galaxy-importer; without, its judgment is left out.
    """
    tarball = release_tarball.build(tree, work)
    files = release_tarball.check(tarball, tree)
    installed = work / "installed"
    # The importer takes half a minute, and needs nothing of what is tried meanwhile.
    with ThreadPoolExecutor(1) as beside:
        judging = beside.submit(release_importer.judge, tarball, importer, work / "importer") if importer else None
        release_tarball.install(tarball, installed)
        release_tarball.smoke(installed, version_of(tree))
        if judging:
            judging.result()
    size = tarball.stat().st_size // 1024
    print(f"{tarball.name}: {files} files, {size} kB; it installs, its documentation can be read, and it works.")
    print("galaxy-importer accepts it without a warning." if importer else "galaxy-importer was not asked.")
    return tarball


def release(root: Path, work: Path, version: str, importer: Path | None) -> None:
    """Check, build, and then write version and changelog into the checkout."""
    check_clean(root)
    check_version(root, version)
    check_fragments(root, version)
    tree = copy(root, work)
    set_version(tree, version)
    write_changelog(tree, version)
    check_changes(root, tree)
    tarball = make(tree, work, importer)
    # Somebody may have worked on meanwhile.
    check_clean(root)
    for name in _CHANGED:
        shutil.copyfile(tree / name, root / name)
    shown = os.path.relpath(tarball, root) if tarball.is_relative_to(root) else tarball
    if address.is_invented(root):
        print(_UNPUBLISHABLE.format(tarball=shown, checklist=address.checklist(root)))
    else:
        print(_FINISH.format(tarball=shown, version=version))


def main(arguments: t.Sequence[str] | None = None) -> int:
    """0, or 1 and the reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout")
    parser.add_argument("--work", type=Path, default=BUILD / "release", help="a folder, emptied first")
    parser.add_argument("--importer", type=Path, help="the Python that has galaxy-importer; without, it is not asked")
    parser.add_argument("version", nargs="?", help="of the release; without, it is only tried whether one can be made")
    options = parser.parse_args(arguments)
    try:
        if options.version is None:
            make(copy(options.root, options.work), options.work, options.importer)
        else:
            release(options.root, options.work, options.version, options.importer)
    except Refused as refused:
        print(f"No release: {refused}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
