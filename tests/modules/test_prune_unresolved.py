# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pruning beside an item that means nobody is refused: who that was may be one of those who would go."""

from __future__ import annotations

import pytest
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, calls, credentials_of, summary
from ansible_collections.threema.work.tests.support.simulator_process import Simulator


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("credentials", {"credentials": [{"username": "anna"}, {"id": "isGone"}]}),
        ("credentials", {"credentials": [{"username": "anna"}, {"id": "isGone", "password": "x"}]}),
        ("credentials", {"credentials": [{"username": "anna"}, {"id": "isGone", "username": "carl", "password": "x"}]}),
        (
            "mdm_settings",
            {
                "credentials": [
                    {"username": "anna", "settings": {"th_csi": "1"}},
                    {"id": "isGone", "settings": {"th_csi": "1"}},
                ]
            },
        ),
        (
            "mdm_settings",
            {
                "credentials": [
                    {"username": "anna", "settings": {"th_csi": "1"}},
                    {"username": "nobody", "settings": {"th_csi": "1"}},
                ]
            },
        ),
    ],
    ids=str,
)
def test_prune_beside_an_item_that_cannot_be_resolved(
    run: Modules, simulator: Simulator, module: str, options: Result, check: bool
) -> None:
    """Who that was is not known: it may be one of those who would go."""
    add(simulator, "anna", "bert", settings={"th_csi": "2", "th_nickname": "x"})
    before = simulator.state()["credentials"]
    refused = run.bad(module, "refused", prune=True, check=check, **options)
    assert any(name in refused["msg"] for name in ("isGone", "carl", "nobody")), refused["msg"]
    assert (refused["changed"], [call for call in calls(simulator) if not call.startswith("GET ")]) == (False, [])
    assert simulator.state()["credentials"] == before
    # Without prune, only that item fails.
    failed = run.bad(module, "not_found", check=check, **options)
    assert failed["summary"]["failed"] == 1


def test_prune_keeps_whoever_has_a_name_that_an_item_gives(run: Modules, simulator: Simulator) -> None:
    """Also where the item means another one: renamed already, and the old name was given to somebody new."""
    ids = add(simulator, "new", "old", "bert")
    items = [{"id": ids["new"], "username": "old", "new_username": "new"}]
    done = run.good("credentials", credentials=items, prune=True, return_unlisted=True)
    assert (done["summary"], done["unlisted"]) == (summary(removed=1, unchanged=1), ["bert"])
    assert sorted(credentials_of(simulator)) == ["new", "old"]
