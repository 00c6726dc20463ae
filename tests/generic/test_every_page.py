# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of three pages and more arrive whole, however the service counts pages."""

from __future__ import annotations

import json

import pytest
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .utils.cases import load, modules_with_data, prepare
from .utils.checks import connection
from .utils.driver import Driver

_PAGING = [module for module in modules_with_data() if load(module).get("paging", {}).get("returns")]
_PAGE_SIZE = 2


@pytest.mark.parametrize("base", ["zero", "one", "offset"])
@pytest.mark.parametrize("module", _PAGING)
def test_all_pages_are_read(simulator: Simulator, driver: Driver, module: str, base: str) -> None:
    """At least three pages of a list hold what the same list holds on one page."""
    data = load(module)["paging"]
    prepare(simulator, data["state"])
    args = {**connection(simulator), **data["args"]}
    whole = driver.run(module, args)
    assert len(simulator.requests()) >= 1
    simulator.control("PUT", "settings", {"switches": {"page-base": base, "max-page-size": str(_PAGE_SIZE)}})
    simulator.forget_requests()
    in_pages = driver.run(module, args)
    assert not in_pages.failed, str(in_pages)
    received = simulator.requests()
    assert len({(one["path"], one["query"]) for one in received if "page=" in one["query"]}) >= 3, received
    assert in_pages.result["api_requests"] == len(received)
    listed = in_pages.result[data["returns"]]
    assert len(listed) >= data["least"] >= 3 * _PAGE_SIZE
    assert sorted(map(json.dumps, listed)) == sorted(map(json.dumps, whole.result[data["returns"]]))
