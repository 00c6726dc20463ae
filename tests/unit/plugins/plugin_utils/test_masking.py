# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host in a report: masked wherever it is, unless everybody has it."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.threema.work.plugins.plugin_utils._masking import without_host

Service = t.Dict[str, t.Any]


def service(host: str | None, *messages: str) -> Service:
    """What was found about a host."""
    url = None if host is None else f"https://{host}/secret-path/api/v1"
    checks = [{"name": "address", "status": "ok", "message": message, "advice": ""} for message in messages]
    return {"ok": True, "api_host": host, "api_url": url, "checks": checks, "versions": {"python": "3.12.3"}}


@pytest.mark.parametrize("host", ["work.threema.ch", "work.threema.ch:8443", "127.0.0.1:80", "[::1]:8443", "localhost"])
def test_what_everybody_has_stays(host: str) -> None:
    found = service(host, f"{host} answers.")
    assert without_host(found) == found


@pytest.mark.parametrize("host", ["onprem.example.com", "onprem.example.com:8443", "[fd00::7]:8443", "10.0.0.7", "ok"])
def test_any_other_is_masked(host: str) -> None:
    """With port and path, in whatever case, and as a word only."""
    name = host.partition("]")[0].strip("[") if "]" in host else host.partition(":")[0]
    found = without_host(
        service(host, f"No connection to {host} (refused).", f"See {host.upper()}.", f"{name}x and x{name} stay.")
    )
    assert (found["api_host"], found["api_url"]) == ("host.invalid", "https://host.invalid")
    said = [one["message"] for one in found["checks"]]
    assert said == ["No connection to host.invalid (refused).", "See host.invalid.", f"{name}x and x{name} stay."]
    assert (found["versions"], set(found)) == ({"python": "3.12.3"}, set(service(host)))
    assert "secret-path" not in json.dumps(found)


def test_where_there_is_none_nothing_is_masked() -> None:
    found = service(None, "api_url is missing or no URL.")
    assert without_host(found) == found
