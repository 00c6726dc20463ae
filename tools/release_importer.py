# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Galaxy's importer has to say about the tarball: no warning and no error, or there is no release.

The importer calls flake8 with ``--isolated``, so that no configuration in the tarball is read, and selects all of
``E``, ``F``, and ``W``: a line break before an operator (W503) is a warning, and so is one after it (W504), and so are
the blanks around the colon of a slice (E203) that ruff format demands. So there is nothing to switch off, and the code
in ``plugins`` has none of them: parts of a long condition, and calculated ends of a slice, have names.
"""

from __future__ import annotations

import os
import re
import subprocess
import typing as t
from pathlib import Path

from tools.release_tarball import Refused

#: As on Galaxy, and flake8 on top. ansible-test would need containers; `make sanity` and `make integration` run it.
_SETTINGS: t.Final = {
    "RUN_ANSIBLE_DOC": "true",
    "RUN_ANSIBLE_LINT": "true",
    "OFFLINE_ANSIBLE_LINT": "true",
    "RUN_FLAKE8": "true",
    "RUN_ANSIBLE_TEST": "false",
    "CHECK_CHANGELOG": "true",
    "CHECK_REQUIRED_TAGS": "true",
    "LOG_LEVEL_MAIN": "INFO",
}
_SECONDS: t.Final = 600
_COMPLAINT: t.Final = re.compile(r"^(WARNING|ERROR|CRITICAL): ")
_DONE: t.Final = "Importer processing completed successfully"
_FORMAT: t.Final = re.compile(r": (W503|W504|E203) ")
_HINT: t.Final = "W503, W504, and E203 go away where the parts of the condition, or the ends of the slice, have names."


def judge(tarball: Path, python: Path, folder: Path) -> None:
    """Let the importer look at a tarball.

    :param python: of the virtual environment that has galaxy-importer, and flake8 and ansible-lint beside it.
    :param folder: where the importer may leave its result.
    :raises Refused: it complained, with its own words, or did not come to an end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Not resolved: a virtual environment is known by its link. The importer is run in another folder.
    output = _run(tarball.absolute(), python.absolute(), folder)
    found = complaints(output)
    if found:
        hint = [_HINT] if any(map(_FORMAT.search, found)) else []
        raise Refused("\n".join([f"galaxy-importer complains about {tarball.name}:", *found, *hint]))
    if _DONE not in output.splitlines():
        raise Refused(f"galaxy-importer did not accept {tarball.name}:\n{output.rstrip()}")


def complaints(output: str) -> list[str]:
    """The warnings and errors in what the importer prints."""
    return [line for line in output.splitlines() if _COMPLAINT.match(line)]


def _run(tarball: Path, python: Path, folder: Path) -> str:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ANSIBLE_", "THREEMA_", "PYTHON", "GALAXY_"))
    }
    environment = {
        **kept,
        **{f"GALAXY_IMPORTER_{name}": value for name, value in _SETTINGS.items()},
        "GALAXY_IMPORTER_ANSIBLE_LOCAL_TMP": str(folder / "ansible"),
        # Another ansible-lint, as of `make lint`, would change below ~/.ansible which modules there are.
        "HOME": str(folder),
        # It looks for ansible-doc, ansible-lint and flake8 there.
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
    }
    command = [str(python), "-m", "galaxy_importer.main", str(tarball)]
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Refused(f"galaxy-importer cannot be run: {error}") from None
    return done.stdout + done.stderr
