# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings that the service rejects, in bulk writes for many: what it received, what it holds, what is returned."""

from __future__ import annotations

import socket
import typing as t

import pytest
from ansible_collections.threema.work.tests.support.modules import (
    Modules,
    Result,
    add,
    bodies,
    calls,
    credentials_of,
    execute,
    summary,
    text_of,
)
from ansible_collections.threema.work.tests.support.raw import Raw, http
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

BOTH: t.Final = ("credentials", "mdm_settings")
#: Kinds of services that tell of a refusal; what they wrote all the same differs.
TELLING: t.Final = ("atomic", "partial", "partial-settings")
GOOD: t.Final = {"th_department": "x", "th_job_title": "y"}
#: A name that the service does not know and so refuses for everybody, between two good ones.
WITH_UNKNOWN: t.Final = {"th_department": "x", "th_not_yet_known": "1", "th_job_title": "y"}


def begin(simulator: Simulator, number: int, manner: str = "atomic") -> list[str]:
    """That many credentials, of a service that refuses texts with an exclamation mark; returns their names."""
    simulator.reset(credentials=number, switches={"bulk-errors": manner, "text-settings": "no-exclamation"})
    return list(held(simulator))


def held(simulator: Simulator) -> dict[str, dict[str, t.Any]]:
    """The settings that the service holds, by username."""
    return {name: one["settings"] for name, one in credentials_of(simulator).items()}


def items_for(names: t.Sequence[str], settings: t.Mapping[str, t.Any]) -> list[Result]:
    """Items with the same settings."""
    return [{"username": name, "settings": dict(settings)} for name in names]


def writes(simulator: Simulator) -> int:
    """How many bulk writes the service received since the last reset."""
    return calls(simulator).count("POST /mdm-bulk")


def outcomes(module: str, people: int, names: int, refused_people: int, refused: int) -> dict[str, int]:
    """The summary after a first run: single settings, or credentials."""
    if module == "mdm_settings":
        return summary(created=people * names - refused, failed=refused)
    return summary(updated=people - refused_people, failed=refused_people)


@pytest.mark.parametrize("module", BOTH)
@pytest.mark.parametrize("settings", [{"th_csi": "1"}, {**GOOD, "th_csi": "1"}, {"th_csi": "1", **GOOD}], ids=len)
@pytest.mark.parametrize("place", [0, 499, 999])
def test_one_refused_of_a_thousand(
    run: Modules, simulator: Simulator, module: str, settings: dict[str, str], place: int
) -> None:
    names = begin(simulator, 1000)
    items = items_for(names, settings)
    items[place]["settings"]["th_csi"] = "no!"
    failed = run.bad(module, "invalid", credentials=items, diff=True)
    assert failed["summary"] == outcomes(module, 1000, len(settings), 1, 1)
    assert writes(simulator) <= 21
    (bad,) = (one for one in failed["credentials"] if one["action"] == "failed")
    assert (bad["username"], "no!" in failed["msg"]) == (names[place], False)
    assert "th_csi" in failed["msg"] and "HTTP 422" in bad["msg"]
    good = {key: value for key, value in settings.items() if key != "th_csi"}
    assert held(simulator) == {name: good if name == names[place] else settings for name in names}
    assert not any(name in bad["msg"] for name in GOOD)
    again = run.bad(module, "invalid", credentials=items)
    assert (again["changed"], again["summary"]["failed"]) == (False, 1)
    assert writes(simulator) <= 22


@pytest.mark.parametrize("module", BOTH)
@pytest.mark.parametrize("manner", TELLING)
@pytest.mark.parametrize("number", [1000, 2300])
def test_a_name_refused_for_everybody(
    run: Modules, simulator: Simulator, module: str, manner: str, number: int
) -> None:
    names = begin(simulator, number, manner)
    items = items_for(names, WITH_UNKNOWN)
    failed = run.bad(module, "invalid", credentials=items)
    assert failed["summary"] == outcomes(module, number, 3, number, number)
    assert failed["changed"]
    assert held(simulator) == dict.fromkeys(names, GOOD)
    assert failed["api_requests"] <= 60
    assert "th_not_yet_known" in failed["msg"]
    assert " others and accepted it for none, so it was not tried" in failed["credentials"][7]["msg"]
    assert "th_department" not in failed["msg"]
    simulator.forget_requests()
    again = run.bad(module, "invalid", credentials=items)
    assert not again["changed"]
    assert again["summary"]["failed"] == number
    assert again["api_requests"] <= 60


@pytest.mark.parametrize("module", BOTH)
@pytest.mark.parametrize("manner", TELLING)
def test_the_only_name_refused_for_everybody(run: Modules, simulator: Simulator, module: str, manner: str) -> None:
    items = items_for(begin(simulator, 1000, manner), {"th_not_yet_known": "1"})
    failed = run.bad(module, "invalid", credentials=items)
    assert (failed["summary"], failed["changed"]) == (summary(failed=1000), False)
    assert failed["api_requests"] <= 60
    assert all(body["credentials"] for body in bodies(simulator, "POST"))


def test_several_names_refused_for_everybody(run: Modules, simulator: Simulator) -> None:
    names = begin(simulator, 400)
    items = items_for(names, {**GOOD, "th_one": "1", "th_csi": "3", "th_two": 2})
    failed = run.bad("mdm_settings", "invalid", credentials=items)
    assert failed["summary"] == summary(created=1200, failed=800)
    assert held(simulator) == {name: {**GOOD, "th_csi": "3"} for name in names}
    assert writes(simulator) <= 60


@pytest.mark.parametrize("module", BOTH)
@pytest.mark.parametrize("manner", TELLING)
@pytest.mark.parametrize("places", [range(140, 150), range(0, 300, 30), range(290, 300)], ids=str)
@pytest.mark.parametrize("number", [1, 3])
def test_ten_refused_of_three_hundred(
    run: Modules, simulator: Simulator, module: str, manner: str, places: range, number: int
) -> None:
    names = begin(simulator, 300, manner)
    settings = {"th_csi": "1", **(GOOD if number > 1 else {})}
    items = items_for(names, settings)
    for place in places:
        items[place]["settings"]["th_csi"] = "no!"
    failed = run.bad(module, "invalid", credentials=items)
    assert failed["summary"] == outcomes(module, 300, number, 10, 10)
    bad = {names[place] for place in places}
    assert {one["username"] for one in failed["credentials"] if one["action"] == "failed"} == bad
    good = {key: value for key, value in settings.items() if key != "th_csi"}
    assert held(simulator) == {name: good if name in bad else settings for name in names}
    assert writes(simulator) <= 101


@pytest.mark.parametrize("manner", TELLING)
def test_every_second_refused_takes_few_requests_each(run: Modules, simulator: Simulator, manner: str) -> None:
    names = begin(simulator, 200, manner)
    items = items_for(names, {**GOOD, "th_csi": "1"})
    for item in items[::2]:
        item["settings"]["th_csi"] = "no!"
    failed = run.bad("mdm_settings", "invalid", credentials=items)
    assert failed["summary"] == summary(created=500, failed=100)
    assert held(simulator)[names[0]] == GOOD
    assert writes(simulator) <= 350


@pytest.mark.parametrize("manner", TELLING)
@pytest.mark.parametrize("place", [0, 120, 199])
def test_a_credential_that_is_gone(run: Modules, simulator: Simulator, manner: str, place: int) -> None:
    names = begin(simulator, 200, manner)
    settings = {**GOOD, "th_csi": "1"}
    # There when the credentials are read, and gone when the settings are written.
    listed = [{"id": "gone", "username": "gone", "password": "x", "usage": 0, "hashed": False, "locked": False}]
    listed += [{**listed[0], "id": one["id"], "username": name} for name, one in credentials_of(simulator).items()]
    paging = {"count": len(listed), "page": 0, "total": len(listed)}
    simulator.fault(method="GET", path="/credentials", kind="json", body={"credentials": listed, "paging": paging})
    with_gone = [*names[:place], "gone", *names[place:]]
    failed = run.bad("mdm_settings", "invalid", credentials=items_for(with_gone, settings))
    assert failed["summary"] == summary(created=600, failed=3)
    assert [one["username"] for one in failed["credentials"] if one["action"] == "failed"] == ["gone"]
    assert held(simulator) == dict.fromkeys(names, settings)
    assert writes(simulator) <= 21


def test_what_was_done_for_a_credential_is_said(run: Modules, simulator: Simulator) -> None:
    simulator.reset()
    settings = {"th_csi": "1", **WITH_UNKNOWN, "th_safe_server_password": "secret-word"}
    items = [{"username": "anna", "settings": settings}, {"username": "bert", "settings": GOOD}]
    failed = run.bad("credentials", "invalid", credentials=items, generate_password=True, diff=True)
    assert failed["summary"] == summary(created=1, failed=1)
    (anna,) = (one for one in failed["credentials"] if one["action"] == "failed")
    assert anna["created"]
    assert anna["msg"].startswith(
        "the credential was created and 4 of its settings were written, but its settings (th_not_yet_known) were not "
        "written: POST /mdm-bulk: "
    )
    after = next(one["after"] for one in failed["diff"] if one["after_header"] == "anna")
    written = [line.split(":")[0] for line in after.splitlines() if line.startswith("th_")]
    assert written == ["th_csi", "th_department", "th_job_title", "th_safe_server_password"]
    assert "secret-word" not in str(failed)


@pytest.mark.parametrize("manner", TELLING)
def test_changed_is_true_where_only_a_part_was_written(run: Modules, simulator: Simulator, manner: str) -> None:
    simulator.reset(switches={"bulk-errors": manner})
    add(simulator, "anna", settings={"th_job_title": "old"})
    item = {"username": "anna", "settings": WITH_UNKNOWN}
    failed = run.bad("credential", "invalid", **item, diff=True)
    assert failed["changed"]
    assert failed["credential"]["settings"] == GOOD
    (diff,) = failed["diff"]
    managed = {"username": "anna", "hashed": False, "locked": False}
    assert (diff["before"], diff["after"]) == (text_of(**managed, th_job_title="old"), text_of(**managed, **GOOD))
    assert "2 of its settings were written, but its settings (th_not_yet_known) were not written" in failed["msg"]
    again = run.bad("credential", "invalid", **item, diff=True)
    assert (again["changed"], again["diff"], "credential" in again) == (False, [], False)


def test_a_partly_written_credential_of_mdm_settings(run: Modules, simulator: Simulator) -> None:
    names = begin(simulator, 2, "partial-settings")
    failed = run.bad("mdm_settings", "invalid", credentials=items_for(names, WITH_UNKNOWN), diff=True)
    assert failed["summary"] == summary(created=4, failed=2)
    for one in failed["credentials"]:
        assert (one["action"], one["settings"]) == ("failed", list(GOOD))
        assert one["msg"].startswith("th_not_yet_known: POST /mdm-bulk: ")
    assert [one["after"] for one in failed["diff"]] == [text_of(**GOOD)] * 2


@pytest.mark.parametrize("manner", TELLING)
def test_a_name_refused_by_value_only_is_not_given_up(run: Modules, simulator: Simulator, manner: str) -> None:
    names = begin(simulator, 300, manner)
    items = items_for(names, {**GOOD, "th_csi": "no!"})
    for item in items[10:290:7]:
        item["settings"]["th_csi"] = "yes"
    failed = run.bad("mdm_settings", "invalid", credentials=items)
    assert failed["summary"] == summary(created=640, failed=260)
    assert [settings["th_csi"] for settings in held(simulator).values() if "th_csi" in settings] == ["yes"] * 40
    assert all(settings.items() >= GOOD.items() for settings in held(simulator).values())


def two_good_among(names: t.Sequence[str]) -> list[Result]:
    """Everybody has a value of their own for one name; only two of them are accepted."""
    items = items_for(names, GOOD)
    for number, item in enumerate(items):
        item["settings"]["th_csi"] = "yes" if number in (20, 21) else f"no {number}!"
    return items


@pytest.mark.parametrize("manner", TELLING)
def test_few_good_values_of_a_name(run: Modules, simulator: Simulator, manner: str) -> None:
    failed = run.bad("mdm_settings", "invalid", credentials=two_good_among(begin(simulator, 51, manner)))
    assert failed["summary"] == summary(created=104, failed=49)
    assert sum("th_csi" in settings for settings in held(simulator).values()) == 2
    assert writes(simulator) <= 49 * 2


@pytest.mark.parametrize("manner", TELLING)
def test_what_is_given_up_and_was_written_all_the_same(run: Modules, simulator: Simulator, manner: str) -> None:
    failed = run.bad("mdm_settings", "invalid", credentials=two_good_among(begin(simulator, 300, manner)))
    there = sum(len(settings) for settings in held(simulator).values())
    # No write of a lone one was accepted, and an atomic service did nothing for the two beside their neighbors.
    assert there == (600 if manner == "atomic" else 602)
    assert failed["summary"] == summary(created=there, failed=900 - there)
    assert writes(simulator) <= (80 if manner == "atomic" else 298 * 2)


@pytest.mark.parametrize("manner", ["atomic", "partial"])
@pytest.mark.parametrize("left", range(1, 12))
def test_max_requests_in_the_middle(run: Modules, simulator: Simulator, manner: str, left: int) -> None:
    names = begin(simulator, 30, manner)
    items = items_for(names, {**GOOD, "th_csi": "1"})
    items[11]["settings"]["th_csi"] = "no!"
    stopped = run("mdm_settings", credentials=items, max_requests=2 + left)
    assert stopped["failed"]
    assert stopped["api_requests"] <= 2 + left
    counted = stopped["summary"]
    assert counted["created"] + counted["pending"] + counted["failed"] == 90
    assert counted["failed"] <= 1
    there = sum(len(settings) for settings in held(simulator).values())
    assert counted["created"] <= there
    if manner == "atomic":
        assert counted["created"] == there
    last = run.bad("mdm_settings", "invalid", credentials=items)
    assert (last["summary"]["failed"], last["summary"]["pending"]) == (1, 0)
    assert sum(len(settings) for settings in held(simulator).values()) == 89


@pytest.mark.parametrize("module", BOTH)
@pytest.mark.parametrize("skip", range(9))
def test_the_quota_ends_in_the_middle(run: Modules, simulator: Simulator, module: str, skip: int) -> None:
    names = begin(simulator, 30)
    items = items_for(names, {**GOOD, "th_csi": "1"})
    items[11]["settings"]["th_csi"] = "no!"
    simulator.fault(method="POST", path="/mdm-bulk", kind="status", status=429, skip=skip, times=None)
    stopped = run(module, credentials=items)
    assert stopped["failed"]
    assert stopped["summary"]["pending"]
    assert writes(simulator) == skip + 1
    assert stopped["changed"] is any(held(simulator).values())
    for one in stopped["credentials"]:
        if one["action"] == "pending" and module == "credentials" and held(simulator)[one["username"]]:
            assert "are not written yet; run again" in one["msg"]
    simulator.control("DELETE", "faults")
    last = run.bad(module, "invalid", credentials=items)
    assert (last["summary"]["failed"], last["summary"]["pending"]) == (1, 0)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "cut"])
@pytest.mark.parametrize("skip", range(0, 9, 2))
def test_answers_lost_while_a_refused_setting_is_looked_for(
    run: Modules, simulator: Simulator, kind: str, skip: int
) -> None:
    names = begin(simulator, 30)
    items = items_for(names, {**GOOD, "th_csi": "1"})
    items[11]["settings"]["th_csi"] = "no!"
    simulator.fault(method="POST", path="/mdm-bulk", kind=kind, skip=skip)
    failed = run.bad("mdm_settings", "invalid", credentials=items)
    assert failed["summary"] == summary(created=89, failed=1)
    assert sum(len(settings) for settings in held(simulator).values()) == 89


def test_the_look_at_what_was_given_up_fails(run: Modules, simulator: Simulator) -> None:
    names = begin(simulator, 40)
    simulator.fault(method="GET", path="/mdm-bulk", kind="status", status=500, skip=1, times=None)
    failed = run.bad("mdm_settings", "invalid", credentials=items_for(names, WITH_UNKNOWN), api_retries=0)
    assert failed["summary"] == summary(created=80, failed=40)
    assert any("failed too: GET /mdm-bulk" in one["msg"] for one in failed["credentials"])
    assert any(
        "the service rejected the name for 6 others and accepted it for none" in one["msg"]
        for one in failed["credentials"]
    )


def test_a_permission_that_is_missing_is_not_asked_for_each(run: Modules, simulator: Simulator) -> None:
    names = begin(simulator, 500)
    simulator.fault(method="POST", path="/mdm-bulk", kind="status", status=403, times=None)
    failed = run.bad("mdm_settings", "permission", credentials=items_for(names, {**GOOD, "th_csi": "1"}))
    assert (failed["summary"], failed["changed"]) == (summary(failed=1500), False)
    assert failed["api_requests"] <= 70


@pytest.mark.parametrize("status", [403, 404, 422])
@pytest.mark.parametrize("number", [1, 10, 45])
@pytest.mark.parametrize("own", [True, False], ids=["own values", "one value"])
def test_a_service_that_refuses_everything(
    run: Modules, simulator: Simulator, status: int, number: int, own: bool
) -> None:
    names = begin(simulator, 300)
    simulator.fault(method="POST", path="/mdm-bulk", kind="status", status=status, times=None)
    items = [
        {"username": name, "settings": {f"th_x{one}": f"{place if own else ''}v" for one in range(number)}}
        for place, name in enumerate(names)
    ]
    failed = run("mdm_settings", credentials=items, return_objects="none")
    assert (failed["summary"], failed["changed"]) == (summary(failed=300 * number), False)
    assert failed["failure"]["status"] == status
    assert failed["api_requests"] <= 80


@pytest.mark.parametrize("manner", TELLING)
@pytest.mark.parametrize("good", range(0, 12, 3))
def test_one_good_name_among_many_with_bad_values(run: Modules, simulator: Simulator, manner: str, good: int) -> None:
    """It is found, although at first everything is refused."""
    names = begin(simulator, 200, manner)
    bad = ["firstname", "lastname", "nickname", "csi", "category", "job_title", "web_hosts", "linked_email"]
    items = []
    for place, name in enumerate(names):
        settings = [(f"th_{one}", f"{place} no!") for one in bad]
        settings.insert(good, ("th_department", "Care"))
        items.append({"username": name, "settings": dict(settings)})
    failed = run.bad("mdm_settings", "invalid", credentials=items, return_objects="none")
    assert failed["summary"] == summary(created=200, failed=1600)
    assert all(settings == {"th_department": "Care"} for settings in held(simulator).values())
    assert failed["api_requests"] <= 130


@pytest.mark.parametrize("manner", ["partial", "partial-settings"])
@pytest.mark.parametrize("skip", range(1, 6))
def test_stopped_after_a_write_that_was_refused_and_done_in_part(
    run: Modules, simulator: Simulator, manner: str, skip: int
) -> None:
    names = begin(simulator, 30, manner)
    items = items_for(names, {**GOOD, "th_csi": "1"})
    items[11]["settings"]["th_csi"] = "no!"
    simulator.fault(method="POST", path="/mdm-bulk", kind="status", status=429, skip=skip, times=None)
    stopped = run.bad("mdm_settings", "quota", credentials=items, diff=True)
    there = sum(len(settings) for settings in held(simulator).values())
    assert there and stopped["changed"]
    assert stopped["summary"]["created"] == there
    assert sum(one["after"].count("\n") for one in stopped["diff"]) == there


@pytest.mark.parametrize("manner", ["partial", "partial-settings"])
@pytest.mark.parametrize("left", range(2, 12))
def test_max_requests_after_a_write_that_was_refused_and_done_in_part(
    run: Modules, simulator: Simulator, manner: str, left: int
) -> None:
    """A request for the look is kept back."""
    names = begin(simulator, 30, manner)
    items = items_for(names, {**GOOD, "th_csi": "1"})
    items[11]["settings"]["th_csi"] = "no!"
    stopped = run("mdm_settings", credentials=items, max_requests=2 + left)
    there = sum(len(settings) for settings in held(simulator).values())
    assert stopped["changed"] and there
    assert stopped["summary"]["created"] == there
    assert stopped["api_requests"] <= 2 + left


@pytest.mark.parametrize("manner", TELLING)
def test_max_requests_that_are_just_enough(run: Modules, simulator: Simulator, manner: str) -> None:
    """What is kept back for a look is there for the look at what was given up."""
    items = items_for(begin(simulator, 40, manner), WITH_UNKNOWN)
    free = run.bad("mdm_settings", "invalid", credentials=items)
    items = items_for(begin(simulator, 40, manner), WITH_UNKNOWN)
    limited = run.bad("mdm_settings", "invalid", credentials=items, max_requests=free["api_requests"])
    assert (limited["summary"], limited["msg"]) == (free["summary"], free["msg"])
    assert limited["api_requests"] == free["api_requests"]


def test_a_look_that_fails_after_a_write_that_was_refused_and_done_in_part(run: Modules, simulator: Simulator) -> None:
    names = begin(simulator, 30, "partial")
    items = items_for(names, {**GOOD, "th_csi": "1"})
    items[11]["settings"]["th_csi"] = "no!"
    simulator.fault(method="POST", path="/mdm-bulk", kind="status", status=429, skip=1, times=None)
    simulator.fault(method="GET", path="/mdm-bulk", kind="status", status=429, skip=1, times=None)
    stopped = run.bad("mdm_settings", "quota", credentials=items)
    assert "may have been carried out in part, and checking failed too: GET /mdm-bulk" in stopped["msg"]


def test_a_redirect_is_not_about_what_was_sent(run: Modules, simulator: Simulator) -> None:
    names = begin(simulator, 20)
    simulator.fault(method="POST", path="/mdm-bulk", kind="redirect", times=None)
    failed = run.bad("mdm_settings", "protocol", credentials=items_for(names, GOOD))
    assert (failed["summary"], writes(simulator)) == (summary(failed=40), 1)


def test_nobody_listens_any_more() -> None:
    """What was not sent is not sent again in parts."""

    def answer(connection: socket.socket, _request: str) -> bool:
        if len(server.lines) == 2:
            server.stop()
        connection.sendall(http(b'{"parameters": [{"name": "th_csi", "value": "old"}]}', "Connection: close"))
        return True

    items = [{"id": id_, "settings": {"th_csi": "new"}} for id_ in ("AAAA", "BBBB")]
    with Raw(answer) as server:
        options = {"api_url": server.url, "api_key": "some-key-0815", "api_retries": 0}
        failed = execute("mdm_settings", {**options, "credentials": items})
    assert failed["failure"]["kind"] == "network" and not failed["failure"]["request_sent"]
    assert (failed["summary"], failed["api_requests"], len(server.lines)) == (summary(failed=2), 3, 2)


@pytest.mark.parametrize("module", BOTH)
def test_a_look_that_ends_the_run(run: Modules, simulator: Simulator, module: str) -> None:
    """The quota ends with the look after the first of two bulk writes: the second is left for the next run."""
    names = begin(simulator, 1001)
    simulator.fault(method="POST", path="/mdm-bulk", kind="empty")
    simulator.fault(method="GET", path="/mdm-bulk", status=429, skip=3, times=None)
    failed = run(module, credentials=items_for(names, {"th_csi": "1"}), return_objects="none")
    assert (failed["summary"], writes(simulator)) == (summary(failed=1000, pending=1), 1)
    assert failed["failure"]["kind"] in ("quota", "protocol")


def test_everybody_s_bulk_writes_keep_to_the_limit(run: Modules, simulator: Simulator) -> None:
    names = begin(simulator, 1500)
    items = items_for(names, WITH_UNKNOWN)
    run.bad("credentials", "invalid", credentials=items, return_objects="none")
    assert max(len(body["credentials"]) for body in bodies(simulator, "POST")) == 1000
