# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Twins: usernames that differ only in case, Unicode form, or what cannot be seen are never taken for two people."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.support.modules import (
    Modules,
    Result,
    add,
    calls,
    credentials_of,
    summary,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

#: Two names that are one, and what a message shows of the second.
PAIRS: t.Final[list[tuple[str, str, str]]] = [
    ("anna.muster", "Anna.Muster", "Anna.Muster"),
    ("zo\u00eb", "zoe\u0308", "zoe"),
    ("strauss", "Strau\u00df", "Strau\u00df"),
    ("anna", "an\u200bna", "an\\u200bna"),
    ("anna", "an\u00adna", "an\\xadna"),
    ("anna", "\u202eanna", "\\u202eanna"),
    ("anna", "\ufeffanna", "\\ufeffanna"),
    ("anna", "anna\u200d", "anna\\u200d"),
    ("anna", "anna ", "anna "),
    ("anna", " Anna", " Anna"),
    # What cannot be seen is taken away before the form is made one.
    ("caf\u00e9", "cafe\u200b\u0301", "\\u200b"),
    # The form is made one again after the case: there is no such letter in upper case.
    ("\u0390an", "\u03aa\u0301an", "an"),
    # And before: there are letters whose parts have an order.
    ("\u1fb4an", "\u03b1\u0345\u0301an", "an"),
    # What cannot be seen may stand beside a blank.
    ("anna", "anna \u200b", "\\u200b"),
]
#: These look alike, or almost, and are two people.
STRANGERS: t.Final = [
    ("anna", "anna.m"),
    ("anna", "\u00e4nna"),
    ("anna muster", "annamuster"),
    ("\u00e4nna muster", "\u00e4nnamuster"),
    ("anna", "\u0430nna"),
    ("i", "\u0131"),
]
CASES: t.Final = ("sensitive", "insensitive")
WRITES: t.Final = ("POST", "PUT", "DELETE")


def begin(simulator: Simulator, case: str = "sensitive", **switches: str) -> None:
    """An empty subscription that compares usernames so."""
    simulator.reset(switches={"username-case": case, **switches})


def present(*usernames: str) -> list[Result]:
    """Items that can be created."""
    return [{"username": name, "password": f"secret of {index}"} for index, name in enumerate(usernames)]


def writes(simulator: Simulator) -> list[str]:
    """What was asked for besides reading."""
    return [call for call in calls(simulator) if call.startswith(WRITES)]


# Among the items


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("one", "other", "_shown"), PAIRS)
def test_two_items(run: Modules, simulator: Simulator, case: str, one: str, other: str, _shown: str) -> None:
    """Refused, with both indexes, before any write: neither exists, or one does."""
    for existing in ((), (one,), (other,)):
        begin(simulator, case)
        add(simulator, *existing)
        refused = run.bad("credentials", "refused", credentials=present("bert", one, other))
        assert "credentials[1]" in refused["msg"] and "credentials[2]" in refused["msg"], refused["msg"]
        assert (refused["changed"], writes(simulator)) == (False, [])
        assert "\u200b" not in refused["msg"] and "\u202e" not in refused["msg"]


@pytest.mark.parametrize(("one", "other", "_shown"), PAIRS)
def test_two_items_that_exist_exactly_so(run: Modules, simulator: Simulator, one: str, other: str, _shown: str) -> None:
    """They are two people after all, whatever somebody once thought of: named, changed, and removed one by one."""
    add(simulator, one, other)
    done = run.good("credentials", credentials=[{"username": one, "locked": True}, {"username": other}])
    assert done["summary"] == summary(updated=1, unchanged=1)
    done = run.good("credentials", credentials=present(one, other), prune=True, return_unlisted=True)
    assert (done["summary"], done["unlisted"]) == (summary(unchanged=2), [])
    items = [{"username": one}, {"username": other, "state": "absent"}]
    assert run.good("credentials", credentials=items)["summary"] == summary(removed=1, unchanged=1)
    assert list(credentials_of(simulator)) == [one]


@pytest.mark.parametrize(("one", "other"), STRANGERS)
def test_strangers(run: Modules, simulator: Simulator, one: str, other: str) -> None:
    add(simulator, one)
    done = run.good("credentials", credentials=present(one, other), prune=True)
    assert done["summary"] == summary(created=1, unchanged=1)
    done = run.good("credentials", credentials=present(other), return_unlisted=True)
    assert done["unlisted"] == [one]


def test_one_leaves_and_its_twin_comes(run: Modules, simulator: Simulator) -> None:
    """In one list, that is a renaming, and it is not guessed."""
    add(simulator, "Anna")
    items = [{"username": "Anna", "state": "absent"}, *present("anna")]
    refused = run.bad("credentials", "refused", credentials=items)
    assert "credentials[0]" in refused["msg"] and "credentials[1]" in refused["msg"]
    assert writes(simulator) == []


# Beside a credential


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("new", "existing", "shown"), PAIRS)
def test_creation(
    run: Modules, simulator: Simulator, case: str, new: str, existing: str, shown: str, check: bool
) -> None:
    """The item fails, the others do not; the message says what is there, escaped, with its id, and what to write."""
    begin(simulator, case)
    ids = add(simulator, existing)
    result = run("credentials", credentials=present(new, "bert"), check=check, return_objects="all")
    assert result["failed"]
    assert result["summary"] == summary(failed=1, created=1)
    assert result["created"] == ["bert"]
    (bad,) = (one for one in result["credentials"] if one["action"] == "failed")
    for part in (shown, ids[existing], "new_username"):
        assert part in bad["msg"], bad["msg"]
    assert sorted(credentials_of(simulator)) == sorted([existing] if check else [existing, "bert"])
    # And so it is done.
    items = [{"id": ids[existing], "new_username": new}]
    assert run.good("credentials", credentials=items, check=check)["summary"] == summary(updated=1)


@pytest.mark.parametrize(("new", "existing", "shown"), PAIRS)
def test_renaming(run: Modules, simulator: Simulator, new: str, existing: str, shown: str) -> None:
    ids = add(simulator, existing, "bert", "carl")
    items = [{"username": "bert", "new_username": new}, {"username": "carl", "locked": True}]
    result = run("credentials", credentials=items, return_objects="all")
    assert result["failed"]
    assert result["summary"] == summary(failed=1, updated=1)
    (bad,) = (one for one in result["credentials"] if one["action"] == "failed")
    assert shown in bad["msg"] and ids[existing] in bad["msg"], bad["msg"]
    assert sorted(credentials_of(simulator)) == sorted([existing, "bert", "carl"])


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("new", "existing", "_shown"), PAIRS)
def test_renaming_to_a_twin_of_its_own_name(
    run: Modules, simulator: Simulator, case: str, new: str, existing: str, _shown: str
) -> None:
    begin(simulator, case)
    add(simulator, existing)
    items = [{"username": existing, "new_username": new}]
    assert run.good("credentials", credentials=items)["summary"] == summary(updated=1)
    assert list(credentials_of(simulator)) == [new]
    assert run.good("credentials", credentials=items)["summary"] == summary(unchanged=1)


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_creation_and_renaming_of_one_alone(run: Modules, simulator: Simulator, case: str, check: bool) -> None:
    """A list of one is a list: only the module for one does not list for this."""
    begin(simulator, case)
    ids = add(simulator, "Anna", "bert")
    for item in ({"username": "anna", "password": "x"}, {"username": "bert", "new_username": "ANNA"}):
        result = run("credentials", credentials=[item], check=check)
        assert result["failed"], item
        assert result["summary"] == summary(failed=1)
        assert "Anna" in result["msg"] and ids["Anna"] in result["msg"]
    assert sorted(credentials_of(simulator)) == ["Anna", "bert"]


# Pruning


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("listed", "existing", "shown"), PAIRS)
def test_prune(run: Modules, simulator: Simulator, case: str, listed: str, existing: str, shown: str) -> None:
    """Whoever would be removed and is on the list in other letters is not removed, and nobody else is."""
    begin(simulator, case)
    add(simulator, existing, "gone")
    for check in (True, False):
        refused = run.bad(
            "credentials", "refused", credentials=present(listed, "bert"), prune=True, max_removals=-1, check=check
        )
        assert shown in refused["msg"], refused["msg"]
        assert (refused["changed"], writes(simulator)) == (False, [])
    assert sorted(credentials_of(simulator)) == sorted([existing, "gone"])


def test_prune_beside_an_item_by_id(run: Modules, simulator: Simulator) -> None:
    """Twins of whoever an id means count, and of the name that somebody is given."""
    ids = add(simulator, "anna", "Anna", "bert")
    for items in (
        [{"username": "anna"}, {"username": "bert"}],
        [{"id": ids["anna"]}, {"username": "bert"}],
        [{"username": "bert", "new_username": "ANNA"}],
        [{"id": ids["bert"], "new_username": "ANNA"}, {"id": ids["anna"]}],
    ):
        refused = run.bad("credentials", "refused", credentials=items, prune=True)
        assert "Anna" in refused["msg"]
    assert writes(simulator) == []


def test_prune_that_ignores_the_twin(run: Modules, simulator: Simulator) -> None:
    """It would not be removed."""
    add(simulator, "anna", "Anna", "gone")
    items = [{"username": "anna"}]
    done = run.good("credentials", credentials=items, prune=True, prune_ignore=["Anna"])
    assert done["summary"] == summary(removed=1, unchanged=1)
    assert sorted(credentials_of(simulator)) == ["Anna", "anna"]


@pytest.mark.parametrize(("listed", "existing", "_shown"), PAIRS)
def test_unlisted(run: Modules, simulator: Simulator, listed: str, existing: str, _shown: str) -> None:
    """Without prune, it is not told as missing from the list."""
    add(simulator, existing, "gone")
    result = run("credentials", credentials=present(listed), return_unlisted=True)
    assert result["unlisted"] == ["gone"]
    add(simulator, listed)
    assert run.good("credentials", credentials=present(listed), return_unlisted=True)["unlisted"] == ["gone"]


def test_unlisted_beside_an_item_by_id(run: Modules, simulator: Simulator) -> None:
    """The name of whoever is meant by an id is on the list too."""
    ids = add(simulator, "anna", "Anna", "gone")
    done = run.good("credentials", credentials=[{"id": ids["anna"]}], return_unlisted=True)
    assert done["unlisted"] == ["gone"]


# What cannot be seen

UNSEEN: t.Final = ["\u200b", "\u00ad", "\u202e", "\ufeff", "\u2066", "\u0007", "\u0085", "\n", "\t"]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
def test_new_usernames(run: Modules, simulator: Simulator, unseen: str, check: bool) -> None:
    """They fail their item, escaped, before they are sent; the others are created."""
    name = f"an{unseen}na"
    add(simulator, "carl")
    items = [*present(name, "bert"), {"username": "carl", "new_username": f"carl{unseen}a"}]
    result = run("credentials", credentials=items, check=check, return_objects="all")
    assert result["failed"]
    assert result["summary"] == summary(failed=2, created=1)
    for bad in (one for one in result["credentials"] if one["action"] == "failed"):
        assert unseen not in bad["msg"] and "\\" in bad["msg"], bad["msg"]
    assert unseen not in result["msg"]
    assert sorted(credentials_of(simulator)) == (["carl"] if check else ["bert", "carl"])


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
def test_existing_usernames(run: Modules, simulator: Simulator, unseen: str) -> None:
    """They can be named, renamed, and removed, in both modules."""
    name = f"an{unseen}na"
    for module in ("credentials", "credential"):
        add(simulator, name)

        def task(_module: str = module, **item: t.Any) -> Result:
            return run.good(_module, **({"credentials": [item]} if _module == "credentials" else item))

        assert task(username=name, locked=True)["changed"]
        assert not task(username=name, locked=True)["changed"]
        assert task(username=name, new_username="anna")["changed"]
        assert task(username="anna", state="absent")["changed"]
        add(simulator, name)
        assert task(username=name, state="absent")["changed"]
        assert credentials_of(simulator) == {}


# One credential


def lists(simulator: Simulator) -> int:
    """How often all credentials were listed."""
    return calls_of(simulator, "GET", "/credentials", "filterUsername")


def calls_of(simulator: Simulator, method: str, path: str, without: str) -> int:
    """How many requests with this method and path had nothing of this in their query."""
    return len(
        [
            one
            for one in simulator.requests()
            if one["method"] == method and one["path"].split("?")[0].endswith(path) and without not in str(one)
        ]
    )


@pytest.mark.parametrize(("new", "existing", "shown"), PAIRS)
def test_one_that_the_look_up_shows(run: Modules, simulator: Simulator, new: str, existing: str, shown: str) -> None:
    """A service that filters loosely shows the twin, and nothing more is asked for."""
    begin(simulator, "sensitive", **{"filter-username": "ignored"})
    ids = add(simulator, existing)
    for check in (True, False):
        failed = run("credential", username=new, password="x", check=check)
        assert failed["failed"] and not failed["changed"]
        for part in (shown, ids[existing], "new_username"):
            assert part in failed["msg"], failed["msg"]
    assert writes(simulator) == []
    assert run.good("credential", id=ids[existing], new_username=new)["changed"]


def test_one_that_nobody_sees(run: Modules, simulator: Simulator) -> None:
    """A service that finds exactly this name, and takes it for another person: it does not list for this."""
    add(simulator, "Anna")
    done = run.good("credential", username="anna", password="x")
    assert (done["changed"], done["api_requests"]) == (True, 2)
    assert lists(simulator) == 0


@pytest.mark.parametrize("status", ["400", "409"])
def test_one_whose_name_is_taken(run: Modules, simulator: Simulator, status: str) -> None:
    """The service says that the name is taken: all are listed once, and the twin is named."""
    begin(simulator, "insensitive", **{"duplicate-username-on-update": status})
    ids = add(simulator, "ANNA", "bert")
    failed = run("credential", username="anna", password="x")
    assert failed["failed"] and not failed["changed"]
    assert "ANNA" in failed["msg"] and ids["ANNA"] in failed["msg"] and "new_username" in failed["msg"]
    assert lists(simulator) == 1
    assert failed["api_requests"] <= 4
    simulator.forget_requests()
    failed = run("credential", username="bert", new_username="anna")
    assert failed["failed"] and not failed["changed"]
    assert "ANNA" in failed["msg"] and ids["ANNA"] in failed["msg"]
    assert lists(simulator) == 1
    assert "bert" in credentials_of(simulator)


def test_one_that_is_refused_for_another_reason(run: Modules, simulator: Simulator) -> None:
    """Where there is no twin, the service's own words stay."""
    add(simulator, "bert")
    simulator.fault(method="POST", path="/credentials", status=400, times=None)
    failed = run.bad("credential", "invalid", username="anna", password="x")
    assert "bert" not in failed["msg"] and "new_username" not in failed["msg"]


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
def test_one_that_is_new(run: Modules, simulator: Simulator, unseen: str) -> None:
    add(simulator, "bert")
    for options in (
        {"username": f"an{unseen}na", "password": "x"},
        {"username": "bert", "new_username": f"be{unseen}rt"},
    ):
        failed = run("credential", **options)
        assert failed["failed"] and not failed["changed"]
        assert unseen not in failed["msg"] and "\\" in failed["msg"], failed["msg"]
    assert writes(simulator) == []


def test_one_renamed_to_a_twin_of_its_own_name(run: Modules, simulator: Simulator) -> None:
    for case in CASES:
        begin(simulator, case)
        add(simulator, "Anna")
        done = run.good("credential", username="Anna", new_username="anna")
        assert (done["changed"], done["api_requests"]) == (True, 2)
        assert list(credentials_of(simulator)) == ["anna"]


@pytest.mark.parametrize("name", ["Anna", "anna", "ANNA\u200b", " anna"])
@pytest.mark.parametrize("check", [True, False])
def test_who_is_protected_stays(run: Modules, simulator: Simulator, name: str, check: bool) -> None:
    """Neither pruned nor unlisted, whatever the spelling; the others are."""
    add(simulator, "anna", "bert", "carl")
    options: Result = {
        "credentials": present("carl"),
        "prune": True,
        "return_unlisted": True,
        "protect": [{"username": name}],
    }
    done = run.good("credentials", **options, check=check)
    assert (done["summary"], done["unlisted"]) == (summary(unchanged=1, removed=1), ["bert"])
    assert sorted(credentials_of(simulator)) == (["anna", "bert", "carl"] if check else ["anna", "carl"])


def test_who_is_protected_and_unknown(run: Modules, simulator: Simulator) -> None:
    """Null counts as missing, and protects nobody; somebody who is not there does no harm."""
    add(simulator, "anna", "bert")
    protect = [{"username": None}, {}, {"username": "nobody"}]
    done = run.good("credentials", credentials=present("anna"), protect=protect, return_unlisted=True)
    assert (done["unlisted"], done["changed"]) == (["bert"], False)


def test_who_is_protected_may_be_removed_by_name(run: Modules, simulator: Simulator) -> None:
    """It protects from pruning; an item says who is meant."""
    add(simulator, "anna", "bert")
    items = [{"username": "anna", "state": "absent"}]
    done = run.good("credentials", credentials=items, protect=[{"username": "anna"}])
    assert (done["summary"], list(credentials_of(simulator))) == (summary(removed=1), ["bert"])


@pytest.mark.parametrize(
    ("there", "new", "told"),
    [
        ("A\u0308nna", "\u00c4nna", ["A\\u0308nna", "\u00c4nna would be a twin"]),
        ("anna ", "anna", ["'anna '", "anna would be a twin"]),
    ],
    ids=["form", "blank"],
)
def test_twins_that_look_the_same_are_told_apart(
    run: Modules, simulator: Simulator, there: str, new: str, told: list[str]
) -> None:
    add(simulator, there)
    failed = run.bad("credentials", "refused", credentials=[{"username": new}], generate_password=True)
    assert all(text in failed["msg"] for text in told), failed["msg"]
