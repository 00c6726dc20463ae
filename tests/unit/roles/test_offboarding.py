# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role offboarding. Every host is a subscription of its own, so that one start of Ansible plays all scenes."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.tools.simulator_process import Simulator
from ansible_collections.threema.work.tests.unit.roles.people import (
    FACTS,
    LEAVERS,
    comes_back,
    ids_of,
    orphans,
    password_of,
    populate,
    remove,
    without,
)
from ansible_collections.threema.work.tests.unit.roles.stage import Host, Object, Outcome, Pool, run_role
from ansible_collections.threema.work.tests.unit.utils import add, credentials_of

FOREVER: t.Final[Object] = {"kind": "status", "status": 500, "times": None}
TEXT: t.Final = " anna ,\r\n\r\nberta\r\n\tcarl ,, \n"


def leave(simulator: Simulator, **changes: t.Any) -> Host:
    """The three leavers go, their Threema IDs are detached."""
    return Host(simulator, {"offboarding_usernames": LEAVERS, "offboarding_identity": "detach", **changes})


def team(simulator: Simulator, limit: int, identity: str = "detach") -> Host:
    """A team's credential with two Threema IDs, and one that nobody uses."""
    names = ["emil", "carl"]
    return leave(
        simulator, offboarding_usernames=names, offboarding_max_removals=limit, offboarding_identity=identity
    )


def identities(simulator: Simulator, ids: t.Sequence[str], **changes: t.Any) -> Host:
    """Only Threema IDs are taken away."""
    return leave(simulator, offboarding_usernames=[], offboarding_threema_ids=ids, **changes)


def failing(simulator: Simulator, method: str, path: str) -> Host:
    """One request fails, as often as it is sent."""
    simulator.fault(method=method, path=path, **FOREVER)
    return leave(simulator)


def detaching_fails(simulator: Simulator) -> Host:
    """One of the two Threema IDs of anna stays."""
    return failing(simulator, "POST", f"/users/{ids_of(simulator, 'anna')[1]}/detach")


def credential_fails(simulator: Simulator, method: str) -> Host:
    """The credential of berta cannot be written."""
    return failing(simulator, method, f"/credentials/{credentials_of(simulator)['berta']['id'].replace('/', '%2F')}*")


def hashed(simulator: Simulator) -> Host:
    """Somebody whose password cannot be read."""
    return leave(simulator, offboarding_usernames=["fritz"])


def eleven(simulator: Simulator, **changes: t.Any) -> Host:
    """One more than the role takes out without being told to."""
    names = [f"many-{number}" for number in range(11)]
    add(simulator, *names)
    return leave(simulator, offboarding_usernames=names, **changes)


def dangling(simulator: Simulator) -> Host:
    """The links of those whose credential is gone lead nowhere."""
    simulator.control("PUT", "settings", {"switches": {"orphan-link": "dangling"}})
    return identities(simulator, orphans(simulator))


def newer(simulator: Simulator) -> Host:
    """A service that says more than we know."""
    simulator.control("PUT", "settings", {"switches": {"future-fields": "on"}})
    return leave(simulator)


def quota(simulator: Simulator) -> Host:
    """The day's requests end after one changed password."""
    simulator.control("PUT", "settings", {"quota": 3, "quota_used": 0})
    return leave(simulator, offboarding_concurrency=1)


def lonely(simulator: Simulator) -> Host:
    """Nobody in the list of users has a credential any more; who leaves never came."""
    for name in ("anna", "berta", "Anna", "dora", "emil"):
        remove(simulator, name)
    return leave(simulator, offboarding_usernames=["carl"])


SCENES: t.Final[dict[str, t.Callable[[Simulator], Host]]] = {
    "detach": leave,
    "revoke": lambda s: leave(s, offboarding_identity="revoke"),
    "keep": lambda s: leave(s, offboarding_identity="keep"),
    "check": lambda s: Host(s, leave(s).variables, check=True),
    "hashed": hashed,
    "text": lambda s: leave(s, offboarding_usernames=TEXT),
    "number": lambda s: leave(s, offboarding_usernames=4711, offboarding_unknown="ignore"),
    "nobody": lambda s: leave(s, offboarding_usernames=None, offboarding_threema_ids=""),
    "case": lambda s: leave(s, offboarding_usernames=["anna", "Anna", "anna"]),
    "unknown": lambda s: leave(s, offboarding_usernames="anna,ANNA,xaver", offboarding_threema_ids="ZZZZZZZZ"),
    "ignored": lambda s: leave(
        s, offboarding_usernames="anna,xaver", offboarding_threema_ids="ZZZZZZZZ", offboarding_unknown="ignore"
    ),
    "team-refused": lambda s: team(s, 2),
    "team": lambda s: team(s, 3),
    "team-kept": lambda s: team(s, 2, "keep"),
    "none-allowed": lambda s: leave(s, offboarding_max_removals=0),
    "eleven": eleven,
    "no-limit": lambda s: eleven(s, offboarding_max_removals=-1),
    "detaching-fails": detaching_fails,
    "password-fails": lambda s: credential_fails(s, "PUT"),
    "removal-fails": lambda s: credential_fails(s, "DELETE"),
    "quota": quota,
    "orphan": lambda s: identities(s, "\n".join(orphans(s))),
    "dangling": dangling,
    "living": lambda s: identities(s, [*ids_of(s, "emil"), *orphans(s)]),
    "living-revoked": lambda s: identities(s, ids_of(s, "emil")[:1], offboarding_identity="revoke"),
    "ids-kept": lambda s: identities(s, orphans(s), offboarding_identity="keep"),
    "both": lambda s: leave(s, offboarding_threema_ids=ids_of(s, "anna")[:1], offboarding_max_removals=4),
    "newer": newer,
    "lonely": lonely,
    "no-identity": lambda s: leave(s, offboarding_identity="delete"),
}
REFUSED: t.Final = {
    "unknown": ["Not in the subscription: ANNA, xaver, ZZZZZZZZ.", "offboarding_unknown: ignore"],
    "team-refused": ["3 people would be taken out, and offboarding_max_removals allows 2", "at least 3"],
    "none-allowed": ["4 people would be taken out, and offboarding_max_removals allows 0"],
    "eleven": ["11 people would be taken out, and offboarding_max_removals allows 10"],
    "living": ["belong to credentials that still exist", ": emil. Name these usernames"],
    "ids-kept": ["only makes sense with offboarding_identity detach or revoke"],
    "no-identity": ["offboarding_identity", "must be one of: keep, detach, revoke, got: delete"],
}
#: Who has left afterwards, and which Threema IDs without their credential.
GONE: t.Final = {
    "detach": LEAVERS,
    "revoke": LEAVERS,
    "hashed": ["fritz"],
    "text": LEAVERS,
    "nobody": [],
    "number": [],
    "case": ["anna", "Anna"],
    "ignored": ["anna"],
    "team": ["emil", "carl"],
    "no-limit": [f"many-{number}" for number in range(11)],
    "both": LEAVERS,
    "newer": LEAVERS,
    "lonely": ["carl"],
}
AGAIN: t.Final = ("detach", "revoke", "keep", "orphan", "detaching-fails", "password-fails", "removal-fails", "quota")


@pytest.fixture(scope="module")
def hosts(pool: Pool) -> dict[str, Host]:
    """A populated subscription for each scene."""
    simulators = pool.lend(len(SCENES))
    hosts = {}
    for (name, scene), simulator in zip(SCENES.items(), simulators):
        populate(simulator)
        hosts[name] = scene(simulator)
    return hosts


@pytest.fixture(scope="module")
def first(hosts: dict[str, Host], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """All scenes, played once, as verbosely as can be."""
    return run_role("offboarding", tmp_path_factory.mktemp("first"), hosts, FACTS, "-vvv", "--diff")


@pytest.fixture(scope="module")
def second(
    hosts: dict[str, Host], first: dict[str, Outcome], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Outcome]:
    """Some played again, in a service that is well."""
    again = {}
    for name in AGAIN:
        simulator = hosts[name].simulator
        simulator.control("DELETE", "faults")
        simulator.control("PUT", "settings", {"quota": 10000})
        again[name] = Host(simulator, {**hosts[name].variables, "offboarding_unknown": "ignore"})
    return run_role("offboarding", tmp_path_factory.mktemp("second"), again, FACTS)


@pytest.mark.parametrize("name", GONE)
def test_leavers_are_gone_and_nobody_else_is_touched(first: dict[str, Outcome], name: str) -> None:
    one = first[name]
    assert one.failure is None
    assert one.after == without(one.before, GONE[name], revoked=name == "revoke")
    assert sorted(one.facts["offboarding_removed"]) == sorted(GONE[name])


@pytest.mark.parametrize("name", REFUSED)
def test_refused_before_the_first_write(first: dict[str, Outcome], name: str) -> None:
    one = first[name]
    assert not one.writes
    assert one.after == one.before
    for part in REFUSED[name]:
        assert part in str(one.failure)


def test_first_the_passwords_then_the_ids_the_credentials_last(first: dict[str, Outcome]) -> None:
    assert first["detach"].writes == ["PUT"] * 3 + ["POST"] * 3 + ["DELETE"] * 3
    assert first["revoke"].writes == ["PUT"] * 3 + ["DELETE"] * 6
    paths = [one["path"] for one in first["revoke"].requests if one["method"] == "DELETE"]
    assert [("/users/" in path) for path in paths] == [True] * 3 + [False] * 3


@pytest.mark.parametrize("name", ["detach", "revoke"])
def test_no_device_comes_back(first: dict[str, Outcome], hosts: dict[str, Host], name: str) -> None:
    mine = [id_ for one in first[name].before["credentials"] if one["username"] in LEAVERS for id_ in one["users"]]
    assert len(mine) == 3
    assert not any(comes_back(hosts[name].simulator, id_) for id_ in mine)


def test_each_gets_another_random_password(first: dict[str, Outcome]) -> None:
    passwords = [one["body"]["password"] for one in first["detach"].requests if one["method"] == "PUT"]
    assert len(set(passwords)) == 3
    assert {len(one) for one in passwords} == {20}


def test_hashed_stays_hashed_until_it_is_gone(first: dict[str, Outcome]) -> None:
    (body,) = [one["body"] for one in first["hashed"].requests if one["method"] == "PUT"]
    assert body["hash"] is True


def test_passwords_are_nowhere_in_the_output(first: dict[str, Outcome]) -> None:
    output = first["detach"].output
    generated = [
        one["body"]["password"]
        for outcome in first.values()
        for one in outcome.requests
        if one["method"] == "PUT" and one["body"]
    ]
    assert len(generated) > 20
    for password in [*generated, *map(password_of, LEAVERS)]:
        assert password not in output


def test_keep_only_removes_the_credentials(first: dict[str, Outcome]) -> None:
    one = first["keep"]
    assert one.failure is None
    assert one.writes == ["DELETE"] * 3
    assert len(one.after["users"]) == len(one.before["users"])
    assert one.after["contacts"] == one.before["contacts"]
    left = without(one.before, LEAVERS, revoked=False)
    assert one.after["credentials"] == left["credentials"]


def test_keep_counts_a_credential_once(first: dict[str, Outcome]) -> None:
    assert first["team-kept"].failure is None
    assert sorted(first["team-kept"].facts["offboarding_removed"]) == ["carl", "emil"]


def test_check_mode_predicts_and_writes_nothing(first: dict[str, Outcome]) -> None:
    one = first["check"]
    assert set(one.methods) == {"GET"}
    assert one.after == one.before
    assert one.failure is None
    assert one.facts == first["detach"].facts


def test_unknown_names_are_reported_where_they_are_ignored(first: dict[str, Outcome]) -> None:
    assert first["ignored"].facts["offboarding_not_found"] == ["xaver", "ZZZZZZZZ"]
    assert first["number"].facts["offboarding_not_found"] == ["4711"]


def test_a_failed_detaching_keeps_that_credential_only(first: dict[str, Outcome]) -> None:
    one = first["detaching-fails"]
    (stays,) = [user for user in one.after["users"] if user["threema_id"] in _ids(one.before, "anna")]
    assert sorted(one.facts["offboarding_removed"]) == ["berta", "carl"]
    assert [c["users"] for c in one.after["credentials"] if c["username"] == "anna"] == [[stays["threema_id"]]]
    assert stays["threema_id"] in str(one.failure)
    assert "HTTP 500" in str(one.failure)
    assert "still there: anna. Run again" in str(one.failure)


def test_without_another_password_neither_ids_nor_credential_are_touched(first: dict[str, Outcome]) -> None:
    one = first["password-fails"]
    assert one.after == without(one.before, ["anna", "carl"], revoked=False)
    assert "still there: berta. Run again" in str(one.failure)
    assert "berta: PUT /credentials/" in str(one.failure)


def test_a_failed_removal_is_told(first: dict[str, Outcome]) -> None:
    one = first["removal-fails"]
    assert sorted(one.facts["offboarding_removed"]) == ["anna", "carl"]
    assert "still there: berta. Run again" in str(one.failure)


def test_the_end_of_the_quota_removes_nobody(first: dict[str, Outcome]) -> None:
    one = first["quota"]
    assert one.writes.count("PUT") >= 1
    assert set(one.writes) == {"PUT"}
    assert one.facts["offboarding_removed"] == []
    assert "429" in str(one.failure)
    assert "still there: anna, berta, carl. Run again" in str(one.failure)


@pytest.mark.parametrize("name", ["orphan", "dangling"])
def test_an_id_whose_credential_is_gone_is_taken_away(first: dict[str, Outcome], name: str) -> None:
    one = first[name]
    assert one.failure is None
    (path,) = [request["path"] for request in one.requests if request["method"] == "POST"]
    assert one.after == without(one.before, [], revoked=False, ids=[path.split("/")[-2]])


def test_an_id_of_a_living_credential_may_be_revoked(first: dict[str, Outcome]) -> None:
    one = first["living-revoked"]
    assert one.failure is None
    assert one.writes == ["DELETE"]
    (revoked,) = set(one.after["revoked"]) - set(one.before["revoked"])
    assert revoked in _ids(one.before, "emil")
    names = [credential["username"] for credential in one.after["credentials"]]
    assert names == [credential["username"] for credential in one.before["credentials"]]


@pytest.mark.parametrize("name", AGAIN)
def test_running_again_ends_at_the_same(first: dict[str, Outcome], second: dict[str, Outcome], name: str) -> None:
    one = second[name]
    assert one.failure is None
    if first[name].failure is None:
        assert not one.writes
        assert one.after == one.before
    else:
        assert one.after == without(first[name].before, LEAVERS, revoked=False)
    gone_before = first[name].facts["offboarding_removed"]
    assert set(one.facts["offboarding_not_found"]) >= set(gone_before)


def _ids(state: Object, username: str) -> list[str]:
    return t.cast("list[str]", next(one["users"] for one in state["credentials"] if one["username"] == username))
