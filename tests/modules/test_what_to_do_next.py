# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of the message of a failed task: to run again only where that may help."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.modules.leaving import absent, at, before_first, elsewhere, forget, populate
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

AGAIN: t.Final = "Completed changes are kept; run again to complete the rest"
CORRECT: t.Final = "Completed changes are kept; correct the items named, or the reasons given, before you run again"
NEW: t.Final[list[Result]] = [{"username": name, "password": f"secret-of-{name}"} for name in ("anna", "bert")]

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        ({"status": 400}, CORRECT),
        ({"status": 403}, CORRECT),
        ({"status": 422}, CORRECT),
        ({"status": 500}, AGAIN),
        ({"status": 429}, AGAIN),
        ({"kind": "drop_before"}, AGAIN),
        ({"kind": "not_json"}, AGAIN),
        ({"kind": "redirect"}, AGAIN),
    ],
    ids=str,
)
@pytest.mark.parametrize("module", ["credentials", "contacts", "mdm_settings"])
def test_each_reason(run: Modules, simulator: Simulator, module: str, fault: Result, end: str) -> None:
    simulator.fault(method="POST", times=None, **fault)
    options: Result = {
        "credentials": {"credentials": NEW},
        "contacts": {"contacts": [{"threema_id": "ABCD1234"}]},
        "mdm_settings": {"settings": {"th_disable_export": True}},
    }[module]
    failed = run(module, **options, api_retries=0)
    assert failed["failed"] and failed["msg"].endswith(f". {end}"), failed["msg"]


def test_one_of_several_that_may_pass_is_enough(run: Modules, simulator: Simulator) -> None:
    simulator.fault(method="POST", path="/credentials", status=422)
    simulator.fault(method="POST", path="/credentials", status=500, times=None)
    failed = run.bad("credentials", "invalid", credentials=NEW, concurrency=1, api_retries=0)
    assert failed["summary"]["failed"] == 2
    assert failed["msg"].endswith(AGAIN)


def test_pending_items_are_enough(run: Modules, simulator: Simulator) -> None:
    simulator.fault(method="POST", path="/credentials", status=403)
    failed = run.bad("credentials", "permission", credentials=NEW, concurrency=1, max_requests=2)
    assert (failed["summary"]["failed"], failed["summary"]["pending"]) == (1, 1)
    assert failed["msg"].endswith(AGAIN)


def test_an_item_that_cannot_be_right(run: Modules, simulator: Simulator) -> None:
    """A twin, and an id that does not exist: found while planning."""
    add(simulator, "Anna")
    failed = run.bad("credentials", "refused", credentials=[NEW[0]])
    assert "Anna" in failed["msg"] and failed["msg"].endswith(CORRECT)
    assert run.bad("credentials", "not_found", credentials=[{"id": "nobody"}])["msg"].endswith(CORRECT)


def test_links_that_are_missing(run: Modules, simulator: Simulator) -> None:
    """They are missing at the next run too."""
    populate(simulator)
    forget(simulator, "TEAM0002")
    failed = run.bad("credentials", "protocol", credentials=absent("team", "jane"), identity="detach", max_removals=5)
    assert failed["summary"]["failed"] == 1
    assert failed["msg"].endswith(CORRECT)


def test_an_object_that_vanished(run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else removed it since it was read: another run sees that."""
    ids = populate(simulator)
    before_first(monkeypatch, "PUT", at(ids["otto"]), lambda: elsewhere(simulator, "DELETE", at(ids["otto"])))
    item = {"username": "otto", "locked": True}
    assert run.bad("credentials", "not_found", credentials=[item])["msg"].endswith(AGAIN)


@pytest.mark.parametrize(("status", "again"), [(403, False), (500, True)])
def test_an_id_that_cannot_be_revoked(run: Modules, simulator: Simulator, status: int, again: bool) -> None:
    populate(simulator)
    simulator.fault(method="DELETE", path="/users/TEAM0002", status=status, times=None)
    failed = run("credentials", credentials=absent("team"), identity="revoke", api_retries=0)
    assert failed["msg"].endswith(AGAIN if again else CORRECT)
    assert ("run again for the rest" in failed["msg"]) is again
    assert "the credential is still there" in failed["msg"]


@pytest.mark.parametrize(("second", "end"), [(422, CORRECT), (500, AGAIN)])
def test_settings_of_which_one_may_pass(run: Modules, simulator: Simulator, second: int, end: str) -> None:
    """Both are rejected together; then the first for good, and the second as given."""
    settings = {"th_csi": "1", "th_firstname": "Anna"}
    simulator.fault(method="POST", path="/mdm-bulk", status=422, times=2)
    simulator.fault(method="POST", path="/mdm-bulk", status=second, times=None)
    failed = run("credentials", credentials=[{**NEW[0], "settings": settings}], api_retries=0)
    assert failed["failed"] and failed["msg"].endswith(end), failed["msg"]
