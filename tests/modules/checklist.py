# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checklist of service_info, as tests look at it."""

from __future__ import annotations

import typing as t

from ansible_collections.threema.work.tests.support.modules import Result

NAMES: t.Final = (
    *("address", "certificate", "key", "subscription", "licenses"),
    *("directory", "clock", "quota", "versions", "behavior"),
)
OK: t.Final = "ok"
WARNING: t.Final = "warning"
ERROR: t.Final = "error"
SKIPPED: t.Final = "skipped"


def lines(result: Result) -> dict[str, Result]:
    """The lines of a result by name; there are always all of them, in order, each a sentence that says what to do."""
    assert not result["failed"], result
    service = result["service"]
    assert tuple(one["name"] for one in service["checks"]) == NAMES
    for one in service["checks"]:
        assert one["status"] in (OK, WARNING, ERROR, SKIPPED)
        assert one["message"].endswith(".") and " " in one["message"]
        assert one["advice"] or one["status"] not in (WARNING, ERROR), one
    assert service["ok"] is (ERROR not in [one["status"] for one in service["checks"]])
    assert (service["behavior"] and result["api_host"] == service["api_host"]) or service["api_host"] is None
    assert result["api_requests"] <= 10 and not result["warnings"]
    return {one["name"]: one for one in service["checks"]}


def unlike(result: Result, **statuses: str) -> dict[str, Result]:
    """The lines, after a look whether these and no others are neither ``ok`` nor ``skipped``."""
    found = lines(result)
    assert {name: one["status"] for name, one in found.items() if one["status"] not in (OK, SKIPPED)} == statuses
    return found


def skipped(result: Result) -> set[str]:
    """The lines that could not be checked; plain http has no certificate."""
    return {name for name, one in lines(result).items() if one["status"] == SKIPPED} - {"certificate"}


#: What cannot be known without an answer of the API, and what cannot without a key.
NO_ANSWER: t.Final = {"key", "subscription", "licenses", "directory", "clock", "quota", "behavior"}
NO_KEY: t.Final = {"subscription", "licenses", "directory", "behavior"}
