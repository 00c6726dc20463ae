# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services that behave as no switch of the simulator does: the probe tells no position for them, and leaves nothing."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.modules.test_service_behavior import rich, wrong
from ansible_collections.threema.work.tests.project.probe import CONTACT, Ran, probe, there_is
from ansible_collections.threema.work.tests.support.between import Between, Change, Pass, Reply
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

Json = t.Dict[str, t.Any]


def run(simulator: Simulator, folder: Path, change: Change, **wishes: str) -> Ran:
    """A run that ends as it should, with nothing left."""
    before = there_is(simulator)
    with Between(simulator, change) as between:
        ran = probe(simulator, folder, THREEMA_WORK_API_URL=between.url, **wishes)
    assert ran.found is not None, ran.printed
    assert ran.found["left_behind"] == []
    assert there_is(simulator) == before
    return ran


def _until_something_is_wrong(send: Pass, method: str, path: str, payload: t.Any) -> Reply:
    if (method, path) != ("POST", "/mdm-bulk"):
        return send(method, path, payload)
    reply = Reply(204)
    for one in payload["credentials"]:
        if reply.status == 204:
            reply = send(method, path, {"credentials": [one]})
    return reply


def _with_a_list_of_errors(send: Pass, method: str, path: str, payload: t.Any) -> Reply:
    if (method, path) != ("POST", "/mdm-bulk"):
        return send(method, path, payload)
    statuses = [send(method, path, {"credentials": [one]}).status for one in payload["credentials"]]
    return Reply(200, {"errors": [status for status in statuses if status != 204]})


def _without_errors(send: Pass, method: str, path: str, payload: t.Any) -> Reply:
    reply = send(method, path, payload)
    return Reply(204) if (method, path) == ("POST", "/mdm-bulk") else reply


@pytest.mark.parametrize("licenses", [2, 100])
@pytest.mark.parametrize("change", [_until_something_is_wrong, _with_a_list_of_errors, _without_errors])
def test_settings_in_bulk(simulator: Simulator, tmp_path: Path, change: Change, licenses: int) -> None:
    """Carried out until one is wrong; with the errors in the answer; or nothing is carried out without any error."""
    simulator.reset(licenses=licenses)
    ran = run(simulator, tmp_path, change, WRITE="yes")
    assert ran.switches["bulk-errors"] is None
    assert ran.switches["setting-values"] == "strict"


class _Late:
    """Lists are those before the last write."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._known: dict[str, Reply] = {}

    def __call__(self, send: Pass, method: str, path: str, payload: t.Any) -> Reply:
        if method != "GET":
            self._known = {asked: send("GET", asked, None) for asked in self._known}
        elif path.partition("?")[0] == self._path:
            return self._known.setdefault(path, send(method, path, payload))
        return send(method, path, payload)


@pytest.mark.parametrize("licenses", [2, 100])
@pytest.mark.parametrize(
    ("path", "switches"),
    [
        ("/credentials", {"lock-omitted-on-update": "true", "hash-omitted-on-update": "keep"}),
        ("/mdm-bulk", {"bulk-errors": "partial-settings"}),
    ],
)
def test_lists_that_lag_behind(simulator: Simulator, tmp_path: Path, path: str, switches: Json, licenses: int) -> None:
    """What was written last is not in them yet."""
    simulator.reset(licenses=licenses, switches=switches)
    ran = run(simulator, tmp_path, _Late(path), WRITE="yes")
    assert not wrong({name: ran.switches[name] for name in switches}, switches)


def test_the_number_of_all_records_as_count(simulator: Simulator, tmp_path: Path) -> None:
    simulator.reset()
    simulator.control("POST", "contacts", {"threema_id": "PARTNER1"})

    def change(send: Pass, method: str, path: str, payload: t.Any) -> Reply:
        reply = send(method, path, payload)
        if reply.document and "paging" in reply.document:
            reply.document["paging"]["count"] = reply.document["paging"]["total"]
        return reply

    assert run(simulator, tmp_path, change).switches["paging-count"] is None


def test_links_of_another_form(simulator: Simulator, tmp_path: Path) -> None:
    """That none can be read is no sign that none is there."""
    rich(simulator)

    def change(send: Pass, method: str, path: str, payload: t.Any) -> Reply:
        reply = send(method, path, payload)
        for user in (reply.document or {}).get("users", ()):
            user["_links"] = [{"relation": link["rel"], "link": link["link"]} for link in user["_links"]]
        return reply

    ran = run(simulator, tmp_path, change)
    assert (ran.switches["credential-link"], ran.switches["link-key"]) == (None, None)


def test_a_page_in_place_of_one_root(simulator: Simulator, tmp_path: Path) -> None:
    """A proxy may have sent it."""
    simulator.fault(method="GET", path="/", kind="not_json", status=404)
    ran = probe(simulator, tmp_path)
    assert ran.code == 0, ran.printed
    assert ran.switches["root-path"] is None


@pytest.mark.parametrize("skip", [3, 4])
def test_a_page_in_place_of_a_name_that_is_in_use(simulator: Simulator, tmp_path: Path, skip: int) -> None:
    """Nor is what a proxy says of a renaming what the service says: the same name, or the name in capitals."""
    simulator.fault(method="PUT", path="/credentials/*", kind="not_json", status=[409, 400][skip - 3], skip=skip)
    switches = probe(simulator, tmp_path, WRITE="yes").switches
    assert switches["username-case"] is None
    assert switches["duplicate-username-on-update"] == (None if skip == 3 else "400")


def test_settings_of_nobody_that_are_not_there_but_can_be_written(simulator: Simulator, tmp_path: Path) -> None:
    simulator.control("PUT", "settings", {"switches": {"unknown-credential-settings": "empty"}})

    def change(send: Pass, method: str, path: str, payload: t.Any) -> Reply:
        if method == "GET" and path.startswith("/credentials/there%20is%20no"):
            return Reply(404, {"error": {"message": "Not found"}})
        return send(method, path, payload)

    assert run(simulator, tmp_path, change, WRITE="yes").switches["unknown-credential-settings"] is None


def test_removals_that_are_answered_with_200(simulator: Simulator, tmp_path: Path) -> None:
    """They count, so that the second one is tried too."""
    simulator.reset()

    def change(send: Pass, method: str, path: str, payload: t.Any) -> Reply:
        reply = send(method, path, payload)
        if method != "DELETE" or "/mdm/" in path:
            return reply
        return Reply(200, {}) if reply.status == 204 else Reply(204)

    ran = run(simulator, tmp_path, change, WRITE="yes", CONTACT=CONTACT)
    # Settings say 404.
    assert ran.switches["second-delete"] is None


def test_creations_without_a_body(simulator: Simulator, tmp_path: Path) -> None:
    """One is enough to see that what is created cannot be used; it is found by its name."""
    simulator.reset()
    simulator.fault(method="POST", path="/credentials", kind="empty", status=201, after_work=True, times=None)
    ran = probe(simulator, tmp_path, WRITE="yes")
    assert ran.found is not None
    assert ran.found["left_behind"] == []
    assert sum(one["method"] == "POST" for one in simulator.requests()) == 1
    assert not simulator.state()["credentials"]


def test_what_was_surely_created_is_named_where_no_list_has_it(simulator: Simulator, tmp_path: Path) -> None:
    simulator.reset()
    simulator.fault(method="POST", path="/credentials", kind="empty", status=201, after_work=True, times=None)
    nobody = {"credentials": [], "paging": {"count": 0, "total": 0, "page": 0}, "_links": []}
    simulator.fault(method="GET", path="/credentials", kind="json", body=nobody, times=None)
    ran = probe(simulator, tmp_path, WRITE="yes")
    (left,) = simulator.state()["credentials"]
    assert ran.found is not None
    assert ran.found["left_behind"] == [f"the credential {left['username']}"]
    assert ran.code == 1
