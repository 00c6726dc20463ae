# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Installing the collection as somebody who downloads it, and preparing AWX with its playbook."""

from __future__ import annotations

import subprocess
import sys
import typing as t
from pathlib import Path

from ansible_collections.threema.work.tests.awx.stand_in import Awx
from ansible_collections.threema.work.tests.roles import stage
from ansible_collections.threema.work.tests.support import simulator_process

ROOT: t.Final = Path(simulator_process.__file__).parents[2]
#: What AWX finds in the repository of the collection.
PLAYBOOKS: t.Final = [str(path.relative_to(ROOT)) for path in (ROOT / "playbooks").glob("*.yml")]
KEY: t.Final = "Key-of-the-subscription-0815"
IMAGE: t.Final = "registry.example.com/threema-work-ee:1"
PROJECT: t.Final = "https://git.example.com/threema.git"
#: As the README and the guide write it.
SETUP: t.Final = (
    f"ansible-playbook threema.work.awx_setup -e awx_setup_image={IMAGE} -e awx_setup_project_url={PROJECT}"
)
_SECONDS: t.Final = 120


def install(folder: Path) -> Path:
    """Build the archive of the collection and install it below the folder; returns the path for Ansible."""
    _galaxy(folder, "build", str(ROOT), "--output-path", str(folder))
    (archive,) = folder.glob("*.tar.gz")
    _galaxy(folder, "install", str(archive), "--collections-path", str(folder), "--offline", "--no-deps")
    return folder


def _galaxy(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "ansible", "galaxy", "collection", *arguments]
    # Somewhere else it may be installed already.
    env = {**stage.environment(folder), "ANSIBLE_COLLECTIONS_PATH": str(folder)}
    subprocess.run(command, check=True, timeout=_SECONDS, stdout=subprocess.DEVNULL, env=env)


def prepare(awx: Awx, folder: Path, *arguments: str, key: str = KEY, url: str = "") -> subprocess.CompletedProcess[str]:
    """Run the playbook awx_setup."""
    return subprocess.run(
        stage.command(*SETUP.split()[1:], "-vvv", "--diff", *arguments),
        cwd=folder,
        env={**stage.environment(folder), **awx.environment, "THREEMA_WORK_API_KEY": key, "THREEMA_WORK_API_URL": url},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
