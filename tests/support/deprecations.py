# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing that Ansible runs of this collection may be deprecated: the one place that looks for it.

Tests that play something use ENVIRONMENT, and give what was printed to :func:`found_in`. Other commands are run by
``deprecations.py command …``, which fails where the command does and where it prints a deprecation.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import typing as t

#: Somebody may have turned them off.
ENVIRONMENT: t.Final = {"ANSIBLE_DEPRECATION_WARNINGS": "true"}
#: What Ansible prints, and what a module returns.
_PATTERN: t.Final = re.compile(r'^.*(?:\[DEPRECATION WARNING\]|"deprecations": \[(?!\])).*$', re.MULTILINE)


def found_in(output: str) -> list[str]:
    """The lines of an output that tell of something deprecated."""
    return _PATTERN.findall(output)


def main() -> int:
    """Run a command, show what it prints, and return its code, or 1 if it printed a deprecation."""
    found: list[str] = []
    with subprocess.Popen(
        sys.argv[1:],
        env={**os.environ, **ENVIRONMENT},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            found += found_in(line)
    for line in dict.fromkeys(found):
        print(f"deprecated: {line}")
    return process.returncode or (1 if found else 0)


if __name__ == "__main__":
    sys.exit(main())
