# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role offboarding. Every host is a subscription of its own, so that one start of Ansible plays all scenes."""

from __future__ import annotations

import typing as t
from urllib.parse import quote

import pytest
from ansible_collections.threema.work.tests.roles.people import (
    FACTS,
    LEAVERS,
    comes_back,
    ids_of,
    orphaned,
    orphans,
    orphans_of,
    password_of,
    populate,
    remove,
    without,
)
from ansible_collections.threema.work.tests.roles.stage import Host, Object, Outcome, Pool, run_role
from ansible_collections.threema.work.tests.support.modules import add, credentials_of
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

FOREVER: t.Final[Object] = {"kind": "status", "status": 500, "times": None}
MANY: t.Final = [f"many {number}" for number in range(8)]
TEXT: t.Final = " anna ,\r\n\r\nAnna\r\n\tfritz ,, anna\n" + "\r\n".join(MANY)
FAILING: t.Final = ["anna", "berta", "carl", "dora"]


def leave(simulator: Simulator, **changes: t.Any) -> Host:
    """The three leavers go, their Threema IDs are detached."""
    return Host(simulator, {"offboarding_usernames": LEAVERS, "offboarding_identity": "detach", **changes})


def team(simulator: Simulator, limit: int, identity: str = "detach") -> Host:
    """A team's credential with two Threema IDs, and one that nobody uses."""
    names = ["emil", "carl"]
    return leave(simulator, offboarding_usernames=names, offboarding_max_removals=limit, offboarding_identity=identity)


def identities(simulator: Simulator, ids: t.Any, **changes: t.Any) -> Host:
    """Only Threema IDs are taken away."""
    return leave(simulator, offboarding_usernames=[], offboarding_threema_ids=ids, **changes)


def failing(simulator: Simulator) -> Host:
    """One of anna's IDs cannot be detached, berta gets no password, dora's credential cannot be removed."""
    berta, dora = (quote(credentials_of(simulator)[name]["id"], safe="") for name in ("berta", "dora"))
    simulator.fault(method="POST", path=f"/users/{ids_of(simulator, 'anna')[1]}/detach", **FOREVER)
    simulator.fault(method="PUT", path=f"/credentials/{berta}", **FOREVER)
    simulator.fault(method="DELETE", path=f"/credentials/{dora}", **FOREVER)
    return leave(simulator, offboarding_usernames=FAILING)


def hashed(simulator: Simulator) -> Host:
    """Somebody whose password nobody can read has activated the app."""
    simulator.control("POST", "activate", {"username": "fritz", "password": password_of("fritz")})
    return leave(simulator, offboarding_usernames=["fritz"])


def text(simulator: Simulator, limit: int) -> Host:
    """What somebody typed into a survey: eleven people."""
    add(simulator, *MANY)
    return leave(simulator, offboarding_usernames=TEXT, offboarding_max_removals=limit)


def switched(simulator: Simulator, name: str, value: str, host: Host) -> Host:
    """In a service that behaves otherwise."""
    simulator.control("PUT", "settings", {"switches": {name: value}})
    return host


def quota(simulator: Simulator) -> Host:
    """The day's requests end after one changed password."""
    simulator.control("PUT", "settings", {"quota": 3, "quota_used": 0})
    return leave(simulator, offboarding_concurrency=1)


def unlinked(simulator: Simulator) -> Host:
    """In the list of users the link of dora's is missing, so that it looks like that of somebody who has left."""
    ids = {one["username"]: one["id"] for one in simulator.state()["credentials"]}
    users = [
        {
            "id": one["threema_id"],
            "_links": [{"rel": "credential", "link": f"https://example.org/credentials/{one['credential_id']}"}]
            if one["credential_id"] != ids["dora"]
            else [],
        }
        for one in simulator.state()["users"]
    ]
    body = {"users": users, "paging": {"count": len(users), "total": len(users), "page": 0}}
    simulator.fault(method="GET", path="/users", kind="json", body=body, times=None)
    return leave(simulator, offboarding_usernames=["dora"])


def uncounted(simulator: Simulator) -> Host:
    """The service does not say how many Threema IDs a credential has."""
    people = [{"id": one["id"], "username": one["username"]} for one in simulator.state()["credentials"]]
    body = {"credentials": people, "paging": {"count": len(people), "total": len(people), "page": 0}}
    simulator.fault(method="GET", path="/credentials", kind="json", body=body, times=None)
    return leave(simulator)


def lonely(simulator: Simulator) -> Host:
    """Nobody in the list of users has a credential any more; who leaves never came."""
    for name in ("anna", "berta", "Anna", "dora", "emil"):
        remove(simulator, name)
    return leave(simulator, offboarding_usernames=["carl"])


SCENES: t.Final[dict[str, t.Callable[[Simulator], Host]]] = {
    "detach": lambda s: leave(s, offboarding_threema_ids="\n".join(orphans(s))),
    "revoke": lambda s: switched(s, "future-fields", "on", leave(s, offboarding_identity="revoke")),
    "hashed": hashed,
    "keep": lambda s: leave(s, offboarding_identity="keep"),
    "check": lambda s: Host(s, leave(s).variables, check=True),
    "text": lambda s: text(s, -1),
    "default-limit": lambda s: text(s, 10),
    "unknown": lambda s: leave(s, offboarding_usernames="anna,hans,xaver", offboarding_threema_ids="ZZZZZZZZ"),
    # An ID of somebody who is named by username too counts once.
    "ignored": lambda s: leave(
        s,
        offboarding_usernames=["anna", 4711],
        offboarding_threema_ids=f"ZZZZZZZZ, {ids_of(s, 'anna')[0]}",
        offboarding_unknown="ignore",
        offboarding_max_removals=2,
    ),
    "team-refused": lambda s: team(s, 2),
    "team": lambda s: team(s, 3),
    "team-kept": lambda s: team(s, 2, "keep"),
    "none-allowed": lambda s: leave(s, offboarding_max_removals=0),
    "failing": failing,
    "quota": quota,
    "dangling": lambda s: switched(s, "orphan-link", "dangling", identities(s, orphans(s))),
    "living": lambda s: identities(s, [*ids_of(s, "emil"), *orphans(s)]),
    "living-revoked": lambda s: identities(s, ids_of(s, "emil")[:1], offboarding_identity="revoke"),
    "ids-kept": lambda s: identities(s, orphans(s), offboarding_identity="keep"),
    "lonely": lonely,
    "unlinked": unlinked,
    "uncounted": uncounted,
    "people": lambda s: leave(s, offboarding_usernames=[{"username": "anna", "password": password_of("anna")}]),
    "person": lambda s: leave(s, offboarding_usernames={"username": "anna", "password": password_of("anna")}),
    "written": lambda s: leave(
        s,
        offboarding_usernames=f' {{"username": "anna", "password": "{password_of("anna")}"}} ',
        offboarding_unknown="ignore",
    ),
    "null": lambda s: leave(s, offboarding_threema_ids=None),
    "hole": lambda s: leave(s, offboarding_usernames=["anna", ""]),
    "no-identity": lambda s: leave(s, offboarding_identity="delete"),
    "empty": lambda s: leave(s, offboarding_usernames="", offboarding_threema_ids=orphans(s)),
    "blank": lambda s: leave(s, offboarding_threema_ids=" ,\n"),
}
REFUSED: t.Final = {
    "unknown": ["not in the subscription: hans, xaver, ZZZZZZZZ;", "offboarding_unknown: ignore"],
    "team-refused": ["removes 3, and offboarding_max_removals allows 2", "at least 3", "emil, carl"],
    "none-allowed": ["removes 4, and offboarding_max_removals allows 0"],
    "default-limit": ["removes 12, and offboarding_max_removals allows 10"],
    "living": ["belong to credentials that are kept", ": emil; remove these credentials"],
    "ids-kept": ["offboarding_threema_ids cannot be combined with offboarding_identity: keep"],
    "uncounted": ["was returned without its usage", "anna", "offboarding_identity: keep"],
    "people": ["is not a string", "map(attribute='username')"],
    "person": ["offboarding_usernames: neither a list nor a string"],
    "written": ["offboarding_usernames: the string looks like a list or a dictionary"],
    "null": ["offboarding_threema_ids: null; leave it out, or set an empty list, if it should be empty"],
    "hole": ["offboarding_usernames: entry 2 is empty"],
    "empty": ["offboarding_usernames is empty; leave it out"],
    "blank": ["offboarding_threema_ids: the string contains no names"],
    "no-identity": ["offboarding_identity", "must be one of: keep, detach, revoke, got: delete"],
}
#: Who has left afterwards; of those whose credential was gone before, in which scenes the ID leaves.
GONE: t.Final = {
    "detach": LEAVERS,
    "revoke": LEAVERS,
    "text": ["anna", "Anna", "fritz", *MANY],
    "ignored": ["anna"],
    "team": ["emil", "carl"],
    "dangling": [],
    "lonely": ["carl"],
}
ORPHANS_TOO: t.Final = ("detach", "dangling")
AGAIN: t.Final = ("detach", "keep", "failing", "quota")


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
    """All scenes, played once."""
    return run_role("offboarding", tmp_path_factory.mktemp("first"), hosts, FACTS)


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
    ids = [user["threema_id"] for user in one.before["users"] if name in ORPHANS_TOO and orphaned(user, one.before)]
    assert len(ids) == (name in ORPHANS_TOO)
    assert one.after == without(one.before, GONE[name], revoked=name == "revoke", ids=ids)
    assert sorted(one.facts["offboarding_removed"]) == sorted(GONE[name])


@pytest.mark.parametrize("name", REFUSED)
def test_refused_before_the_first_write(first: dict[str, Outcome], name: str) -> None:
    one = first[name]
    assert not one.writes
    assert one.after == one.before
    for part in REFUSED[name]:
        assert part in str(one.failure)


def test_first_the_password_then_the_ids_the_credential_last(first: dict[str, Outcome]) -> None:
    assert first["team"].methods.count("GET") == 2
    for name, verb in (("detach", "POST"), ("revoke", "DELETE")):
        one = first[name]
        assert sorted(one.writes) == sorted(["PUT"] * 2 + [verb] * (4 if name == "detach" else 3) + ["DELETE"] * 3)
        for credential in one.before["credentials"]:
            if credential["username"] in LEAVERS:
                mine = [quote(credential["id"], safe=""), *credential["users"]]
                sent = [call["method"] for call in one.requests if any(part in call["path"] for part in mine)]
                users = len(credential["users"])
                assert sent == (["PUT"] if users else []) + [verb] * users + ["DELETE"]


def test_it_shows_what_became_of_whom(first: dict[str, Outcome]) -> None:
    one = first["detach"]
    for credential in one.before["credentials"]:
        if credential["username"] in LEAVERS:
            ids = "".join(f", {id_} detached" for id_ in credential["users"])
            assert f'"{credential["username"]}: removed{ids}"' in one.output
    assert f'"{orphans_of(one.before)[0]}: detached"' in one.output
    assert '"4711: not in the subscription"' in one.output


def test_a_person_is_never_printed(first: dict[str, Outcome]) -> None:
    assert not any(password_of("anna") in first[name].output for name in ("people", "person", "written"))


@pytest.mark.parametrize("name", ["detach", "revoke"])
def test_no_device_comes_back(first: dict[str, Outcome], hosts: dict[str, Host], name: str) -> None:
    mine = [id_ for one in first[name].before["credentials"] if one["username"] in LEAVERS for id_ in one["users"]]
    assert len(mine) == 3
    assert not any(comes_back(hosts[name].simulator, id_) for id_ in mine)


def test_each_gets_another_random_password(first: dict[str, Outcome]) -> None:
    passwords = [one["body"]["password"] for one in first["detach"].requests if one["method"] == "PUT"]
    assert len(set(passwords)) == 2
    assert {len(one) for one in passwords} == {20}


def test_hashed_stays_hashed_until_it_is_gone(first: dict[str, Outcome]) -> None:
    hashed = [one["body"]["hash"] for one in first["hashed"].requests if one["method"] == "PUT"]
    assert hashed == [True]
    assert first["hashed"].facts["offboarding_removed"] == ["fritz"]


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
    assert one.facts == {"offboarding_removed": LEAVERS, "offboarding_not_found": []}


def test_unknown_names_are_reported_where_they_are_ignored(first: dict[str, Outcome]) -> None:
    assert first["ignored"].facts["offboarding_not_found"] == ["4711", "ZZZZZZZZ"]


def test_who_fails_keeps_the_credential_and_the_others_go(first: dict[str, Outcome]) -> None:
    one = first["failing"]
    after = {credential["username"]: credential for credential in one.after["credentials"]}
    before = {credential["username"]: credential for credential in one.before["credentials"]}
    assert one.facts["offboarding_removed"] == ["carl"]
    assert "carl" not in after
    # One ID of anna is left, and the credential knows it.
    assert after["anna"]["users"] == before["anna"]["users"][1:]
    # Without another password neither ID nor credential are touched.
    assert after["berta"] == before["berta"]
    assert after["dora"]["users"] == []


def test_whose_ids_cannot_be_found_keeps_the_credential(first: dict[str, Outcome]) -> None:
    one = first["unlinked"]
    assert one.writes == []
    assert "dora has a usage of 1, but 0 user(s)" in str(one.failure)
    assert one.facts["offboarding_removed"] == []


def test_one_failure_names_them_with_reasons(first: dict[str, Outcome]) -> None:
    failure = str(first["failing"].failure)
    anna = next(one["users"][1] for one in first["failing"].before["credentials"] if one["username"] == "anna")
    assert f"3 of 4 credentials failed: anna: POST /users/{anna}/detach" in failure
    assert "berta: PUT /credentials/" in failure
    assert "dora: DELETE /credentials/" in failure
    assert failure.count("HTTP 500") == 3
    ended = next(one["users"][0] for one in first["failing"].before["credentials"] if one["username"] == "anna")
    assert f"detached: {ended}; perhaps detached: {anna}; the credential is still there" in failure
    assert "run again with offboarding_unknown: ignore" in failure


def test_the_end_of_the_quota_removes_nobody(first: dict[str, Outcome]) -> None:
    one = first["quota"]
    assert one.writes.count("PUT") == 1
    assert set(one.writes) <= {"PUT", "POST"}
    assert one.facts["offboarding_removed"] == []
    assert "429" in str(one.failure)
    assert "3 of 3 credentials are pending" in str(one.failure)


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
        assert one.after == without(first[name].before, FAILING if name == "failing" else LEAVERS, revoked=False)
    assert set(one.facts["offboarding_not_found"]) >= set(first[name].facts["offboarding_removed"])
    changed = int(one.output.split(f"\n{name} ", 1)[1].split("changed=", 1)[1].split()[0])
    # The file with the result is written anew.
    assert changed == (1 if first[name].failure is None else 2)


def _ids(state: Object, username: str) -> list[str]:
    return t.cast("list[str]", next(one["users"] for one in state["credentials"] if one["username"] == username))
