# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""After the integration tests: was every operation of the API used by some module?"""

from __future__ import annotations

import os
import sys
import typing as t
from pathlib import Path

import requests
import yaml

DOCUMENT: t.Final = Path(__file__).resolve().parents[1] / "tests/simulator/openapi.yaml"
#: Operations that no module uses, and why.
UNUSED: t.Final = {
    "updateGlobalAppConfiguration": "documented without a request body; POST creates and changes",
    "updateIndividualAppConfiguration": "documented without a request body; POST creates and changes",
}


def main() -> int:
    """Return 1 and name them if some were not used, or if one is listed as unused that is used."""
    paths = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))["paths"]
    known = {
        operation["operationId"]
        for path in paths.values()
        for operation in path.values()
        if isinstance(operation, dict) and "operationId" in operation
    }
    control = os.environ["THREEMA_WORK_API_URL"].replace("/api/v1", "/_simulator")
    session = requests.Session()
    session.trust_env = False
    used = set(session.get(f"{control}/operations", timeout=30).json())
    missing = sorted(known - used - UNUSED.keys())
    needless = sorted(UNUSED.keys() & used)
    for name in missing:
        print(f"no module used the operation {name}: add a task that does to a target of tests/integration/targets")
    for name in needless:
        print(f"the operation {name} is used, but listed as unused")
    if not missing and not needless:
        print(f"{len(used)} of {len(known)} operations were used, the others are listed with their reason")
    return 1 if missing or needless or not used else 0


if __name__ == "__main__":
    sys.exit(main())
