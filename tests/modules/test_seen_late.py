# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A write whose answer is lost, and whose effect shows late: what it did is said, or that it may have been done.

That a removal that is not answered as documented is told as one is tried with all modules in ``tests/faults``.
"""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.modules.journals import JournalFile, credential_line
from ansible_collections.threema.work.tests.modules.leaving import (
    STATES,
    absent,
    actions,
    all_steps,
    at,
    before_first,
    by_name,
    elsewhere,
    populate,
    without,
    world,
)
from ansible_collections.threema.work.tests.support.between import Reply
from ansible_collections.threema.work.tests.support.late import Late, LateCreation
from ansible_collections.threema.work.tests.support.modules import (
    Modules,
    Result,
    add,
    credentials_of,
    summary,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

BROKEN: t.Final = Reply(500, {"error": "broken"})
PERHAPS: t.Final = "an earlier attempt may have been carried out"
BOTH: t.Final = pytest.mark.parametrize("identity", ["detach", "revoke"])

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ids(simulator: Simulator) -> dict[str, str]:
    """Everybody; the ids of their credentials."""
    return populate(simulator)


def warnings_about(result: Result, name: str) -> list[str]:
    """The warnings of a result that name somebody."""
    return [text for text in result["warnings"] if name in text and "repeated" not in text]


# Removals


@pytest.mark.parametrize("retries", [0, 2])
@pytest.mark.parametrize("module", ["user", "users"])
@pytest.mark.parametrize("state", ["detached", "revoked"])
@pytest.mark.usefixtures("ids")
def test_it_stays_open_and_the_next_run_names_the_id(
    run: Modules, simulator: Simulator, module: str, state: str, retries: int
) -> None:
    """All attempts fail; the ID is listed until the end, and for the next run too."""
    options: Result = {"threema_id": "JANE0001"} if module == "user" else {"users": [{"username": "jane"}]}
    with Late(simulator, BROKEN) as late:
        failed = run.bad(module, "server", **options, state=state, api_url=late.url, api_retries=0)
        assert not failed["changed"] and "it may have been carried out" in failed["msg"]
        assert warnings_about(failed, "JANE0001") == []
        done = run.good(module, **options, state=state, api_url=late.url, api_retries=retries)
    assert not done["changed"]
    assert warnings_about(done, "JANE0001") == [
        "1 Threema ID(s) are listed, but were already detached or revoked, perhaps by an earlier run: JANE0001"
    ]


@BOTH
@pytest.mark.parametrize("module", ["credential", "credentials"])
@pytest.mark.usefixtures("ids")
def test_a_credential_keeps_apart_what_is_open(run: Modules, simulator: Simulator, module: str, identity: str) -> None:
    """Of the IDs of a credential, one was ended, one perhaps, and one was rejected."""
    items: Result = {"username": "team", "state": "absent", "max_removals": 5}
    options = items if module == "credential" else {"credentials": absent("team")}
    with Late(simulator, Reply(204), BROKEN, Reply(403, {"error": "no"}), Reply(204)) as late:
        failed = run(module, **options, identity=identity, api_url=late.url, api_retries=0)
        assert failed["failed"] and failed["changed"]
        told = f"{STATES[identity]}: TEAM0001; perhaps {STATES[identity]}: TEAM0002; not {STATES[identity]}: TEAM0003"
        assert told in failed["msg"]
        again = run.good(module, **options, identity=identity, api_url=late.url, api_retries=0)
    assert again["changed"]
    assert warnings_about(again, "TEAM0002") == [
        "2 Threema ID(s) are listed, but were already detached or revoked, perhaps by an earlier run: "
        "TEAM0001, TEAM0002"
    ]


@pytest.mark.usefixtures("ids")
def test_a_second_removal_that_is_rejected_in_another_way(run: Modules, simulator: Simulator) -> None:
    """It leaves open who removed it; it is looked for as often as a write is repeated, and then said to be open."""
    for reads, kind in ((2, None), (None, "invalid")):
        with Late(simulator, Reply(202), again=Reply(400, {"error": "No such user"}), reads=reads) as late:
            id_ = "JANE0001" if kind is None else "JOHN0001"
            done = run("users", users=[{"threema_id": id_}], state="revoked", api_url=late.url)
        assert done["failed"] is (kind is not None) and done["changed"] is (kind is None), done.get("msg")
        assert done["summary"] == (summary(failed=1) if kind else summary(removed=1))
        assert kind is None or (done["failure"]["kind"] == kind and done["msg"].count(PERHAPS) == 1)
    assert world(simulator).revoked == ["JANE0001"]


@pytest.mark.usefixtures("ids")
def test_the_quota_ends_what_is_open(run: Modules, simulator: Simulator) -> None:
    with Late(simulator, Reply(202), again=Reply(429, {"error": "quota"})) as late:
        failed = run.bad("users", "quota", users=[{"threema_id": "JANE0001"}], state="revoked", api_url=late.url)
    assert failed["summary"] == summary(pending=1)
    assert PERHAPS in failed["users"][0]["msg"]


@pytest.mark.usefixtures("ids")
def test_the_look_after_a_rejection_fails(run: Modules, simulator: Simulator) -> None:
    """The look after the lost answer succeeds; the one after the rejection does not."""
    simulator.fault(method="GET", path="/users/*", status=500, skip=2, times=None)
    with Late(simulator, Reply(202), again=Reply(400, {"error": "no"})) as late:
        failed = run.bad("users", "invalid", users=[{"threema_id": "JANE0001"}], state="revoked", api_url=late.url)
    assert f"{PERHAPS}; checking what happened to it failed too" in failed["msg"]


@BOTH
def test_somebody_else_did_all_of_it_after_a_lost_answer(
    run: Modules, simulator: Simulator, ids: dict[str, str], identity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was left open of the password leaves nothing open of what somebody else removed."""
    simulator.fault(method="PUT", kind="json", status=200, body={})

    def leave() -> None:
        for step in all_steps(ids, "jane", identity)[1:]:
            elsewhere(simulator, *step.split())

    before_first(monkeypatch, "GET", at(ids["jane"]), leave)
    options: Result = {"credentials": absent("jane"), "identity": identity, "return_objects": "all"}
    done = run.good("credentials", **options)
    assert (done["changed"], done["summary"]) == (False, summary(unchanged=1))
    assert actions(by_name(done)["jane"]["users"]) == {"JANE0001": "unchanged"}
    assert world(simulator) == without("jane", identity=identity)


@BOTH
@pytest.mark.usefixtures("ids")
def test_what_was_gone_already_is_not_called_left(run: Modules, simulator: Simulator, identity: str) -> None:
    options: Result = {"credentials": absent("jane"), "identity": identity, "api_retries": 0}
    with Late(simulator, BROKEN, Reply(403, {"error": "no"})) as late:
        run.bad("credentials", "server", **options, api_url=late.url)
        failed = run.bad("credentials", "permission", **options, api_url=late.url)
    assert f"{STATES[identity]}: none; already gone: JANE0001; the credential is still there" in failed["msg"]


# Creations


@pytest.mark.parametrize("answer", [BROKEN, Reply(202)], ids=["500", "202"])
@pytest.mark.parametrize("module", ["credential", "credentials"])
def test_a_new_credential_that_is_never_shown(run: Modules, simulator: Simulator, module: str, answer: Reply) -> None:
    """The service rejects it as a duplicate of itself: that is not the reason of the failure."""
    options: Result = {"username": "anna"} if module == "credential" else {"credentials": [{"username": "anna"}]}
    with LateCreation(simulator, answer, reads=100) as late:
        failed = run.bad(module, "invalid", **options, generate_password=True, api_url=late.url)
    assert list(credentials_of(simulator)) == ["anna"]
    assert failed["msg"].count(PERHAPS) == failed["failure"]["msg"].count(PERHAPS) == 1
    assert failed["failure"]["request_sent"] and not failed["changed"]


def test_a_new_contact_that_is_never_shown(run: Modules, simulator: Simulator) -> None:
    with LateCreation(simulator, BROKEN, reads=100) as late:
        failed = run.bad("contacts", "invalid", contacts=[{"threema_id": "ABCD1234"}], api_url=late.url, api_retries=1)
    assert [one["threema_id"] for one in simulator.state()["contacts"]] == ["ABCD1234"]
    assert failed["msg"].count(PERHAPS) == 1


@pytest.mark.parametrize("reads", [1, 2, 3])
def test_a_new_credential_that_is_shown_late(run: Modules, simulator: Simulator, tmp_path: Path, reads: int) -> None:
    """It is looked for as often as a write is repeated; found, it is this task's own, and gets its settings."""
    journal = JournalFile(tmp_path / "journal.jsonl", simulator)
    items = [{"username": "anna", "settings": {"th_csi": "1"}}]
    with LateCreation(simulator, BROKEN, reads=reads) as late:
        options: Result = {"credentials": items, "generate_password": True, "return_passwords": True}
        done = run.good("credentials", **options, journal=str(journal.path), api_url=late.url)
    made = credentials_of(simulator)["anna"]
    assert (done["created"], made["settings"]) == (["anna"], {"th_csi": "1"})
    assert done["credentials"][0]["password"] == made["password"]
    written = journal.path.read_text(encoding="utf-8")
    assert written.count('"action": "created"') == 2 and credential_line("created", "anna", made["id"])["id"] in written


def test_a_rejection_without_a_lost_answer_leaves_nothing_open(run: Modules, simulator: Simulator) -> None:
    """Neither where nothing was lost, nor of the settings of a credential whose creation was."""
    simulator.fault(method="POST", path="/credentials", status=422)
    failed = run.bad("credentials", "invalid", credentials=[{"username": "anna", "password": "first-password"}])
    assert "carried out" not in failed["msg"]
    simulator.fault(method="POST", path="/credentials", kind="drop_after")
    simulator.fault(method="POST", path="/mdm-bulk", status=422, times=None)
    item = {"username": "bert", "password": "first-password", "settings": {"th_csi": "1"}}
    failed = run.bad("credentials", "invalid", credentials=[item])
    assert failed["changed"] and "carried out" not in failed["msg"] + failed["failure"]["msg"]
    assert "were not written" in failed["msg"]


def test_a_twin_and_a_lost_answer(run: Modules, simulator: Simulator) -> None:
    simulator.reset(switches={"username-case": "insensitive"})
    add(simulator, "Anna")
    simulator.fault(method="POST", path="/credentials", status=500)
    failed = run.bad("credential", "invalid", username="anna", generate_password=True, api_retries=1)
    assert failed["msg"].count(PERHAPS) == failed["msg"].count("HTTP 400") == 1 and "Anna" in failed["msg"]
