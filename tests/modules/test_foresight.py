# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Warnings of what cannot be undone and of who is not there, and what check mode and a quota tell of the rest."""

from __future__ import annotations

import datetime
import re
import typing as t

import pytest
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, calls, credentials_of, summary
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

IDS: t.Final = [f"PERSON{index:02}" for index in range(12)]
NAMES: t.Final = [f"person{index:02}" for index in range(12)]


def people(simulator: Simulator) -> None:
    """Twelve people, each with a Threema ID."""
    add(simulator, *NAMES)
    for name, id_ in zip(NAMES, IDS):
        activation = {"username": name, "password": f"secret-of-{name}", "threema_id": id_}
        simulator.control("POST", "activate", activation)


def ending(word: str) -> dict[str, Result]:
    """Tasks that end all twelve IDs, by module."""
    identity = {"detached": "detach", "revoked": "revoke"}[word]
    listed = [{"username": name} for name in NAMES]
    return {
        "users": {"users": [{"threema_id": id_} for id_ in IDS], "state": word, "max_removals": -1},
        "credentials": {"credentials": listed, "state": "absent", "identity": identity, "max_removals": -1},
    }


# What cannot be undone


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("module", ["users", "credentials"])
def test_who_revokes(run: Modules, simulator: Simulator, module: str, check: bool) -> None:
    """The number and the first ten, once, in check mode too."""
    people(simulator)
    done = run.good(module, **ending("revoked")[module], check=check)
    (warning,) = (one for one in done["warnings"] if "revok" in one.lower())
    assert re.search(r"\b12\b", warning)
    assert [id_ for id_ in IDS if id_ in warning] == IDS[:10]
    if not check:
        assert not any("revok" in one.lower() for one in run.good(module, **ending("revoked")[module])["warnings"])


@pytest.mark.parametrize("check", [True, False])
def test_who_revokes_one(run: Modules, simulator: Simulator, check: bool) -> None:
    for module, options in (
        ("user", {"threema_id": IDS[0], "state": "revoked"}),
        ("credential", {"username": NAMES[0], "state": "absent", "identity": "revoke"}),
        ("credentials", {"threema_ids": [IDS[0]], "identity": "revoke"}),
        ("credentials", {"credentials": [{"username": one} for one in NAMES[1:]], "prune": True, "identity": "revoke"}),
    ):
        simulator.reset()
        people(simulator)
        done = run.good(module, **options, check=check)
        (warning,) = (one for one in done["warnings"] if "revok" in one.lower())
        assert IDS[0] in warning and re.search(r"\b(1|one|a|the)\b", warning.lower()), warning


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("module", ["users", "credentials"])
def test_who_detaches(run: Modules, simulator: Simulator, module: str, check: bool) -> None:
    """That can be undone."""
    people(simulator)
    done = run.good(module, **ending("detached")[module], check=check)
    assert not any("revok" in one.lower() for one in done["warnings"])


# Who is not there


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("state", ["detached", "revoked"])
def test_users_that_are_not_there(run: Modules, simulator: Simulator, state: str, check: bool) -> None:
    """It may be a typing error: each is named."""
    people(simulator)
    add(simulator, "unused")
    for options in ({"threema_id": "WRONG001"}, {"username": "nobody"}):
        (wrong,) = options.values()
        done = run.good("user", **options, state=state, check=check)
        assert done["changed"] is False
        assert [wrong in one for one in done["warnings"]] == [True]
    items = [{"threema_id": "WRONG001"}, {"username": "nobody"}, {"threema_id": IDS[0]}]
    done = run.good("users", users=items, state=state, check=check)
    told = " ".join(one for one in done["warnings"] if "revok" not in one.lower() or "WRONG001" in one)
    assert "WRONG001" in told and "nobody" in told and IDS[0] not in told
    assert done["summary"] == summary(removed=1, unchanged=2)


def test_a_typing_error_that_cannot_be_seen(run: Modules, simulator: Simulator) -> None:
    (warning,) = run.good("user", username="no\u200bbody\n", state="revoked")["warnings"]
    assert "no\\u200bbody\\n" in warning


@pytest.mark.parametrize("check", [True, False])
def test_others_are_silent(run: Modules, simulator: Simulator, check: bool) -> None:
    """A second run of a list of leavers warns of nothing; whoever was not there is in the result."""
    people(simulator)
    done = run.good("credentials", credentials=[{"username": "nobody"}], state="absent", check=check)
    assert (done["warnings"], done["not_found"]) == ([], ["nobody"])
    done = run.good("credentials", threema_ids=["WRONG001"], identity="detach", check=check)
    assert (done["warnings"], done["not_found"]) == ([], ["WRONG001"])
    for module, options in (
        ("credential", {"username": "nobody"}),
        ("credential", {"username": "nobody", "identity": "revoke"}),
        ("contact", {"threema_id": "WRONG001"}),
        ("contacts", {"contacts": [{"threema_id": "WRONG001"}]}),
    ):
        assert run.good(module, **options, state="absent", check=check)["warnings"] == []


# Licenses, in check mode


def new(number: int) -> list[Result]:
    """So many that do not exist."""
    return [{"username": f"new{index}", "password": "x"} for index in range(number)]


def licenses(result: Result) -> list[str]:
    """The warnings of licenses."""
    return [one for one in result["warnings"] if "licen" in one.lower()]


def test_fewer_licenses_than_people(run: Modules, simulator: Simulator) -> None:
    """Both numbers, for one request on the root; out of check mode the service says it."""
    simulator.reset(licenses=5)
    add(simulator, "anna", "bert", "carl")
    simulator.forget_requests()
    predicted = run.good("credentials", credentials=new(5), check=True)
    assert predicted["summary"] == summary(created=5)
    (warning,) = licenses(predicted)
    assert re.search(r"\b2\b", warning) and re.search(r"\b5\b", warning), warning
    assert sorted(calls(simulator)) == ["GET /", "GET /credentials"]
    simulator.forget_requests()
    failed = run.bad("credentials", "permission", credentials=new(5), concurrency=1)
    assert failed["summary"]["created"] == 2
    assert "GET /" not in calls(simulator)


@pytest.mark.parametrize("number", [1, 2])
def test_as_many_licenses_as_people(run: Modules, simulator: Simulator, number: int) -> None:
    simulator.reset(licenses=5)
    add(simulator, "anna", "bert", "carl")
    simulator.forget_requests()
    done = run.good("credentials", credentials=new(number), return_unlisted=True, check=True)
    assert (licenses(done), sorted(calls(simulator))) == ([], ["GET /", "GET /credentials"])


def test_the_root_is_not_asked_for_nothing(run: Modules, simulator: Simulator) -> None:
    """Where nobody would be created, not all are listed, or it is no dry run."""
    simulator.reset(licenses=3)
    add(simulator, "anna", "bert", "carl")
    for options in (
        {
            "credentials": [{"username": "anna", "locked": True}, {"username": "bert"}],
            "return_unlisted": True,
            "check": True,
        },
        {"credentials": [{"username": "anna", "state": "absent"}, {"username": "bert"}], "prune": True, "check": True},
    ):
        simulator.forget_requests()
        done = run("credentials", **options)
        assert licenses(done) == [] and "GET /" not in calls(simulator), options


def test_licenses_that_removals_free(run: Modules, simulator: Simulator) -> None:
    """They come first: two go and three come, with none or one free."""
    for bought, short in ((4, True), (5, False)):
        simulator.reset(licenses=bought)
        add(simulator, "anna", "bert", "carl", "dora")
        items = [{"username": "anna", "state": "absent"}, {"username": "bert", "state": "absent"}, *new(3)]
        done = run.good("credentials", credentials=items, check=True)
        assert bool(licenses(done)) is short, done["warnings"]
        real = run("credentials", credentials=items, concurrency=1)
        assert real["failed"] is short
    simulator.reset(licenses=4)
    add(simulator, "anna", "bert", "carl", "dora")
    done = run.good("credentials", credentials=[{"username": "anna"}, *new(4)], prune=True, check=True)
    (warning,) = licenses(done)
    assert re.search(r"\b3\b", warning) and re.search(r"\b4\b", warning), warning


def test_licenses_that_several_ids_take(run: Modules, simulator: Simulator) -> None:
    """A credential with four Threema IDs takes as many licenses as it has IDs."""
    simulator.reset(licenses=6)
    add(simulator, "team")
    for id_ in IDS[:4]:
        activation = {"username": "team", "password": "secret-of-team", "threema_id": id_}
        simulator.control("POST", "activate", activation)
    assert licenses(run.good("credentials", credentials=new(2), check=True)) == []
    (warning,) = licenses(run.good("credentials", credentials=new(3), check=True))
    assert re.search(r"\b2\b", warning) and re.search(r"\b3\b", warning), warning


# A quota in the middle


@pytest.mark.parametrize("kind", ["quota", "budget"])
@pytest.mark.parametrize("number", [1, 4, 9])
def test_credentials_whose_settings_are_pending(run: Modules, simulator: Simulator, kind: str, number: int) -> None:
    """How many exist already, in the message; who, in ``created``."""
    items = [{**one, "settings": {"th_csi": one["username"]}} for one in new(10)]
    allowed = 1 + number
    options: Result = {"credentials": items, "concurrency": 1, "return_objects": "all"}
    if kind == "quota":
        simulator.control("PUT", "settings", {"quota": allowed, "quota_used": 0})
    else:
        # The request of the bulk write is kept back.
        options["max_requests"] = allowed + 1
        simulator.fault(method="POST", path="/mdm-bulk", status=429, times=None)
    failed = run("credentials", **options)
    exist = sorted(credentials_of(simulator))
    assert failed["failed"] and len(exist) == number
    assert sorted(failed["created"]) == exist
    assert re.search(rf"\b{number}\b[^.;]*settings", failed["msg"]), failed["msg"]
    told = {one["username"] for one in failed["credentials"] if one.get("created")}
    assert sorted(told) == exist
    assert failed["changed"] is True


@pytest.mark.parametrize("limit", [1, 2])
def test_a_budget_that_reading_uses_up(run: Modules, simulator: Simulator, limit: int) -> None:
    """Another run would come no further: what is left of one is kept back for the settings."""
    items = [{**one, "settings": {"th_csi": one["username"]}} for one in new(3)]
    failed = run.bad("credentials", "budget", credentials=items, concurrency=1, max_requests=limit)
    assert credentials_of(simulator) == {} and failed["changed"] is False
    assert failed["summary"] == summary(pending=3)
    assert (
        f"max_requests ({limit}) is reached, with 1 reserved for settings; nothing was written, and another run would "
        "not get any further, because it reads the same again; set max_requests to more than 2, and run again"
    ) in failed["msg"]
    on = run.bad("credentials", "budget", credentials=items, concurrency=1, max_requests=3)
    assert on["created"] and "run again for the rest" in on["msg"]


def test_credentials_without_settings(run: Modules, simulator: Simulator) -> None:
    """Where nothing is pending for those who exist, nothing is told of settings."""
    simulator.control("PUT", "settings", {"quota": 4, "quota_used": 0})
    failed = run.bad("credentials", "quota", credentials=new(10), concurrency=1)
    assert sorted(failed["created"]) == sorted(credentials_of(simulator))
    assert len(failed["created"]) == 3 and failed["summary"] == summary(created=3, pending=7)
    assert "settings" not in failed["msg"]


# Moments


@pytest.mark.parametrize("fraction", ["", ".1", ".12", ".123", ".123456", ".1234567", ".000000001"])
@pytest.mark.parametrize("zone", ["+0100", "-0330", "+01:00", "Z"])
def test_last_checks_with_fractions_of_seconds(run: Modules, simulator: Simulator, fraction: str, zone: str) -> None:
    """Whatever the service's clock adds, and on the oldest Python too."""
    people(simulator)
    now = datetime.datetime.now(datetime.timezone.utc)
    for id_, days in zip(IDS, (10, 89, 91, 400)):
        moment = (now - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S")
        simulator.control("POST", "sync", {"threema_id": id_, "last_check": f"{moment}{fraction}{zone}"})
    found = run.good("user_info", inactive_days=90)["users"]
    assert [one["threema_id"] for one in found if one["threema_id"] in IDS[:4]] == IDS[2:4]
