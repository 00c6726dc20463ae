# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes collections out of the package that ships them, without installing the hundred others in there."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path


def main() -> None:
    """``get_collection.py REQUIREMENTS FOLDER COLLECTION``: it is in FOLDER/ansible_collections afterwards."""
    requirements, folder, collection = sys.argv[1:]
    prefix = f"ansible_collections/{collection.replace('.', '/')}/"
    with tempfile.TemporaryDirectory() as name:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
        command = [*pip, "--no-deps", "--dest", name, "--requirement", requirements]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            why = next((line for line in done.stderr.splitlines() if line.startswith("ERROR: ")), "ERROR: see pip")
            sys.exit(f"{collection} cannot be fetched: pip failed ({why}). Is a package index reached?")
        (wheel,) = Path(name).glob("ansible-*.whl")
        with zipfile.ZipFile(wheel) as package:
            package.extractall(folder, [entry for entry in package.namelist() if entry.startswith(prefix)])


if __name__ == "__main__":
    main()
