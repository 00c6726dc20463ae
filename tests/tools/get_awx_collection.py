# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes the collection awx.awx out of the package that ships it, without installing the hundred others in there."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PREFIX = "ansible_collections/awx/awx/"


def main() -> None:
    """``get_awx_collection.py REQUIREMENTS FOLDER``: below FOLDER is ansible_collections/awx/awx afterwards."""
    requirements, folder = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
        subprocess.run([*pip, "--no-deps", "--dest", name, "--requirement", requirements], check=True)
        (wheel,) = Path(name).glob("ansible-*.whl")
        with zipfile.ZipFile(wheel) as package:
            package.extractall(folder, [entry for entry in package.namelist() if entry.startswith(PREFIX)])


if __name__ == "__main__":
    main()
