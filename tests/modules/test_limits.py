# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Limits: a list that looks wrong is stopped before anything is written, and the message says what would have been."""

from __future__ import annotations

import re
import typing as t

import pytest
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, calls, credentials_of, summary
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

_WRITES: t.Final = ("POST", "PUT", "DELETE")


def names(number: int) -> list[str]:
    """So many usernames, none of which is in another."""
    return [f"person{index:02}" for index in range(number)]


def contact_ids(number: int) -> list[str]:
    """So many Threema IDs of contacts."""
    return [f"CONTAC{index:02}" for index in range(number)]


def new(number: int) -> dict[str, Result]:
    """Tasks that create so many objects, by module."""
    return {
        "credentials": {"credentials": [{"username": name} for name in names(number)], "generate_password": True},
        "contacts": {
            "contacts": [{"threema_id": id_, "first_name": "A", "last_name": "B"} for id_ in contact_ids(number)]
        },
    }


def wrote(simulator: Simulator) -> list[str]:
    """What was asked for besides reading."""
    return [call for call in calls(simulator) if call.startswith(_WRITES)]


def assert_told(msg: str, limit: str, planned: int, allowed: int, people: t.Sequence[str]) -> None:
    """A message of a limit: the first ten, both numbers, the option, and what to do first."""
    found = [name for name in people if name in msg]
    assert found == list(people[:10]), msg
    assert re.search(rf"\b{planned}\b", msg) and re.search(rf"(?<!\d){allowed}\b", msg), msg
    assert limit in msg and "check the list" in msg.lower(), msg
    assert msg.lower().index("check the list") < msg.rindex(limit), msg


# Creations


def test_the_longest_name_and_password(run: Modules, simulator: Simulator) -> None:
    longest = "x" * 256
    assert run.good("credential", username=longest, password=longest)["changed"]
    for options in ({"username": longest + "x", "password": "x"}, {"username": "jane", "password": longest + "x"}):
        assert "256" in run.bad("credential", "refused", **options)["msg"]


def test_a_hashed_password_may_be_generated_where_it_is_returned(run: Modules, simulator: Simulator) -> None:
    options = {"credentials": [{"username": "jane", "hashed": True}], "generate_password": True}
    run.bad("credentials", "refused", **options)
    done = run.good("credentials", return_passwords=True, **options)
    assert (done["created"], len(done["credentials"][0]["password"])) == (["jane"], 20)


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("module", ["credentials", "contacts"])
def test_more_creations_than_allowed(run: Modules, simulator: Simulator, module: str, check: bool) -> None:
    for planned, allowed in ((12, 11), (12, 0), (1, 0)):
        simulator.forget_requests()
        refused = run.bad(module, "refused", **new(planned)[module], max_creations=allowed, check=check)
        assert refused["failure"]["limit"] == "max_creations"
        assert refused["creations"] == {"planned": planned, "limit": allowed}
        assert refused["summary"] == summary(pending=planned)
        assert (refused["changed"], wrote(simulator)) == (False, [])
        people = names(planned) if module == "credentials" else contact_ids(planned)
        assert_told(refused["msg"], "max_creations", planned, allowed, people)
        assert refused.get("created", []) == []
    done = run.good(module, **new(12)[module], max_creations=12, check=True)
    assert (done["creations"], done["summary"]) == ({"planned": 12, "limit": 12}, summary(created=12))
    done = run.good(module, **new(12)[module], check=True)
    assert done.get("creations", {}).get("limit") is None


@pytest.mark.parametrize("module", ["credentials", "contacts"])
def test_only_creations_count(run: Modules, simulator: Simulator, module: str) -> None:
    """Whoever is there may be changed; a negative limit would mean nothing."""
    run.good(module, **new(3)[module])
    done = run.good(module, **new(3)[module], max_creations=0)
    assert done["summary"] == summary(unchanged=3)
    assert done["creations"] == {"planned": 0, "limit": 0}
    simulator.forget_requests()
    refused = run.bad(module, "refused", **new(4)[module], max_creations=-1)
    assert "max_creations" in refused["msg"]
    assert wrote(simulator) == []


def test_creations_beside_other_changes(run: Modules, simulator: Simulator) -> None:
    """All that was planned is pending, and nothing of it is done."""
    add(simulator, "anna", "bert", "carl")
    items = [{"username": "anna", "locked": True}, {"username": "bert", "state": "absent"}, {"username": "carl"}]
    refused = run.bad(
        "credentials",
        "refused",
        credentials=[*items, *new(2)["credentials"]["credentials"]],
        generate_password=True,
        max_creations=1,
    )
    assert refused["summary"] == summary(pending=4)
    assert refused["removals"]["planned"] == 1
    assert refused["creations"] == {"planned": 2, "limit": 1}
    assert wrote(simulator) == []


# Removals


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("prune", [True, False])
def test_credentials(run: Modules, simulator: Simulator, prune: bool, check: bool) -> None:
    add(simulator, "stays", *names(12))
    task: Result = (
        {"credentials": [{"username": "stays"}], "prune": True}
        if prune
        else {"credentials": [{"username": name} for name in names(12)], "state": "absent"}
    )
    refused = run.bad("credentials", "refused", **task, check=check)
    assert refused["failure"]["limit"] == "max_removals"
    assert refused["removals"] == {"planned": 12, "limit": 10, "of": 13}
    assert refused["summary"] == summary(pending=12)
    assert (refused["changed"], wrote(simulator)) == (False, [])
    assert_told(refused["msg"], "max_removals", 12, 10, names(12))
    for limit in (12, -1):
        done = run.good("credentials", **task, max_removals=limit, check=True)
        assert done["removals"] == {"planned": 12, "limit": limit, "of": 13}
    none = run.bad("credentials", "refused", **task, max_removals=0, check=check)
    assert none["removals"]["limit"] == 0


@pytest.mark.parametrize("identity", ["keep", "detach", "revoke"])
def test_threema_ids_count(run: Modules, simulator: Simulator, identity: str) -> None:
    """A credential with two IDs counts two where they end with it, one without any counts one."""
    add(simulator, "team", "unused", "stays")
    for id_ in ("TEAM0001", "TEAM0002"):
        simulator.control("POST", "activate", {"username": "team", "password": "secret-of-team", "threema_id": id_})
    task: Result = {
        "credentials": [{"username": "team"}, {"username": "unused"}],
        "state": "absent",
        "identity": identity,
    }
    planned = 2 if identity == "keep" else 3
    refused = run.bad("credentials", "refused", **task, max_removals=planned - 1)
    assert refused["removals"]["planned"] == planned
    assert refused["summary"]["pending"] == 2
    assert (refused["failure"]["limit"], wrote(simulator)) == ("max_removals", [])
    done = run.good("credentials", **task, max_removals=planned)
    assert (done["removals"]["planned"], done["removals"]["limit"]) == (planned, planned)
    assert list(credentials_of(simulator)) == ["stays"]


def test_what_is_not_listed(run: Modules, simulator: Simulator) -> None:
    """One that is looked for alone does not report how many there are."""
    add(simulator, "anna", "bert")
    done = run.good("credentials", credentials=[{"username": "anna", "state": "absent"}], check=True)
    assert done["removals"] == {"planned": 1, "limit": 10, "of": None}
    done = run.good("credentials", credentials=[{"username": "anna"}], return_unlisted=True)
    assert done["removals"] == {"planned": 0, "limit": 10, "of": 2}


@pytest.mark.parametrize("prune", [True, False])
def test_contacts(run: Modules, simulator: Simulator, prune: bool) -> None:
    """Automatic ones are none that could be removed: only the custom ones are what they are of."""
    listed: list[Result] = [
        {"threema_id": id_, "first_name": "A", "last_name": "B"} for id_ in (*contact_ids(12), "STAYS001")
    ]
    simulator.control("POST", "contacts", listed)
    simulator.control("POST", "contacts", {"threema_id": "AUTOMAT1", "type": "auto"})
    task: Result = (
        {"contacts": [{"threema_id": "STAYS001"}], "prune": True}
        if prune
        else {"contacts": [{"threema_id": id_} for id_ in contact_ids(12)], "state": "absent"}
    )
    refused = run.bad("contacts", "refused", **task)
    assert "GET /contacts" in calls(simulator)
    assert refused["failure"]["limit"] == "max_removals"
    assert refused["removals"] == {"planned": 12, "limit": 10, "of": 13}
    assert refused["summary"] == summary(pending=12)
    assert wrote(simulator) == []
    assert_told(refused["msg"], "max_removals", 12, 10, contact_ids(12))


@pytest.mark.parametrize("state", ["detached", "revoked"])
def test_users(run: Modules, simulator: Simulator, state: str) -> None:
    add(simulator, *names(13))
    ids = [f"PERSON{index:02}" for index in range(13)]
    people = [
        {"username": name, "password": f"secret-of-{name}", "threema_id": id_} for name, id_ in zip(names(13), ids)
    ]
    for one in people:
        simulator.control("POST", "activate", one)
    task: Result = {"users": [{"threema_id": id_} for id_ in ids[:12]], "state": state}
    refused = run.bad("users", "refused", **task)
    assert "GET /users" in calls(simulator)
    assert refused["failure"]["limit"] == "max_removals"
    assert refused["removals"] == {"planned": 12, "limit": 10, "of": 13}
    assert refused["summary"] == summary(pending=12)
    assert wrote(simulator) == []
    assert_told(refused["msg"], "max_removals", 12, 10, ids[:12])


def test_settings(run: Modules, simulator: Simulator) -> None:
    """Those of the listed credentials, and the global ones where they are managed."""
    settings = dict.fromkeys(("th_csi", "th_nickname", "th_firstname", "th_lastname"), "x")
    add(simulator, "anna", "bert", "carl", "dora", settings=settings)
    run.good("mdm_settings", settings={"th_csi": "1", "th_department": "x"})
    simulator.forget_requests()
    listed = [{"username": name, "settings": {"th_csi": "x"}} for name in ("anna", "bert", "carl")]
    options: Result = {"credentials": listed, "prune": True}
    refused = run.bad("mdm_settings", "refused", **options, settings={"th_csi": "1"}, max_removals=9)
    assert refused["failure"]["limit"] == "max_removals"
    assert refused["removals"] == {"planned": 10, "limit": 9, "of": 14}
    assert refused["summary"] == summary(pending=10)
    assert wrote(simulator) == []
    assert "check the list" in refused["msg"].lower()
    done = run.good("mdm_settings", **options, check=True)
    assert done["removals"] == {"planned": 9, "limit": 10, "of": 12}


def test_one_credential(run: Modules, simulator: Simulator) -> None:
    """The singular module has the limit too, and with it the name of the option."""
    add(simulator, "team")
    for id_ in ("TEAM0001", "TEAM0002"):
        simulator.control("POST", "activate", {"username": "team", "password": "secret-of-team", "threema_id": id_})
    refused = run.bad("credential", "refused", username="team", state="absent", identity="revoke")
    assert refused["failure"]["limit"] == "max_removals"
    assert "TEAM" in refused["msg"] or "team" in refused["msg"]
    assert wrote(simulator) == []


# Refused for another reason


def test_what_is_pending_in_a_refused_task(run: Modules, simulator: Simulator) -> None:
    """Planned writes, or items where no plan could be made; no limit is to blame."""
    add(simulator, "anna", "bert")
    refused = run.bad("credentials", "refused", credentials=[{"username": "anna"}] * 3)
    assert refused["summary"] == summary(pending=3)
    assert "limit" not in refused["failure"] or refused["failure"]["limit"] is None
    items = [{"username": "anna", "locked": True}, {"username": "bert"}, {"username": "new"}]
    refused = run.bad("credentials", "refused", credentials=items)
    assert "password" in refused["msg"]
    assert refused["summary"]["pending"] in (2, 3)
    assert wrote(simulator) == []
    assert "Jane" not in refused["msg"]


def test_both_limits(run: Modules, simulator: Simulator) -> None:
    """Whichever is named, the numbers of both are in the result."""
    add(simulator, *names(3))
    items = [*({"username": name, "state": "absent"} for name in names(3)), {"username": "neo", "password": "x"}]
    refused = run.bad("credentials", "refused", credentials=items, max_removals=2, max_creations=0)
    assert refused["removals"]["planned"] == 3
    assert refused["creations"] == {"planned": 1, "limit": 0}
    assert refused["failure"]["limit"] in ("max_removals", "max_creations")
    assert refused["summary"] == summary(pending=4)
    assert wrote(simulator) == []


def test_names_that_cannot_be_seen_are_escaped(run: Modules, simulator: Simulator) -> None:
    add(simulator, "an\u202ena", "be\nrt")
    items = [{"username": "an\u202ena"}, {"username": "be\nrt"}]
    refused = run.bad("credentials", "refused", credentials=items, state="absent", max_removals=1)
    assert "an\\u202ena" in refused["msg"] and "be\\nrt" in refused["msg"]
    assert "\u202e" not in refused["msg"] and "\n" not in refused["msg"]
