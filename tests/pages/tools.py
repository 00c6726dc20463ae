# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pages are looked at with: Debian's Chromium, and axe-core from the npm registry."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import typing as t
from pathlib import Path

#: The rules for accessible pages, in one file of JavaScript.
AXE: t.Final = "axe-core@4.14.1"
_SCRIPT: t.Final = "package/axe.min.js"
_SECONDS: t.Final = 600


class Unavailable(Exception):
    """Pages cannot be looked at on this system, with the reason."""


def browser() -> str:
    """The path of Chromium, which is installed if it is missing.

    :raises Unavailable: if there is none.
    """
    return _program("chromium", "chromium")


def axe(folder: Path) -> str:
    """The script of axe-core, which is downloaded once. :raises Unavailable: if it cannot be had."""
    script = folder / f"{AXE}.js"
    if not script.exists():
        npm = _program("npm", "npm")
        folder.mkdir(parents=True, exist_ok=True)
        name = _run(npm, "pack", "--silent", "--ignore-scripts", AXE, cwd=folder).split()[-1]
        with tarfile.open(fileobj=io.BytesIO((folder / name).read_bytes())) as archive:
            content = archive.extractfile(_SCRIPT)
            assert content is not None
            script.write_bytes(content.read())
        (folder / name).unlink()
    return script.read_text(encoding="utf-8")


def _program(name: str, package: str) -> str:
    """A program, of a package of Debian if it is missing."""
    found = shutil.which(name)
    if found:
        return found
    if not shutil.which("apt-get"):
        raise Unavailable(f"pages are looked at with {name} from Debian's packages, and this is another system")
    if os.geteuid() != 0:
        raise Unavailable(f"{name} is missing, and only root can install it: apt-get install {package}")
    try:
        _install(package)
    except Unavailable:
        # A new machine has no lists of packages yet.
        _run("apt-get", "update")
        _install(package)
    found = shutil.which(name)
    if not found:
        raise Unavailable(f"the package {package} does not contain {name}")
    return found


def _install(package: str) -> None:
    _run("apt-get", "install", "--yes", "--no-install-recommends", package)


def _run(*command: str, cwd: Path | None = None) -> str:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{' '.join(command[:2])} did not end within {_SECONDS} seconds") from None
    if done.returncode:
        raise Unavailable(f"{' '.join(command[:2])} failed: {done.stderr.strip()[-500:]}")
    return done.stdout
