# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is not on the list: when it is safe to remove them, and when the list looks like one of other people."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.modules.leaving import activate, writes
from ansible_collections.threema.work.tests.modules.test_credentials_matching import (
    CSI,
    numbers_of,
    people,
    there,
)
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, calls, credentials_of, summary
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

PRUNE: t.Final[Result] = {"prune": True, "generate_password": True, "max_removals": -1}


# A list of which nobody is found


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("match", [{}, {"match_setting": "th_csi"}], ids=["username", "number"])
def test_nobody_of_the_list_is_there(run: Modules, simulator: Simulator, match: Result, check: bool) -> None:
    there(simulator, anna="1", bert="2")
    items = people(carl="3", dora="4")
    refused = run.bad("credentials", "refused", credentials=items, check=check, **PRUNE, **match)
    assert "none of the 2 items" in refused["msg"] and "2 credentials" in refused["msg"]
    assert (writes(simulator), refused["summary"]) == ([], summary(pending=2))
    # Without prune they are created, and where nobody would go, too.
    assert run.good("credentials", credentials=items, generate_password=True, **match)["created"] == ["carl", "dora"]


def test_nobody_of_the_list_is_there_and_nobody_would_go(run: Modules, simulator: Simulator) -> None:
    """The first run in a new subscription, or beside service accounts."""
    assert run.good("credentials", credentials=people(anna="1"), **PRUNE)["created"] == ["anna"]
    there(simulator, **{"svc-1": None})
    run.good("credentials", credentials=[{"username": "anna", "state": "absent"}])
    done = run.good("credentials", credentials=people(bert="1"), prune_ignore=["svc-*"], **PRUNE)
    assert (done["created"], done["summary"]) == (["bert"], summary(created=1))


@pytest.mark.parametrize(
    "item", [{"username": "anna"}, {"id": None}, {"username": "new", "settings": {"th_csi": "1"}}], ids=str
)
def test_one_of_the_list_is_there(run: Modules, simulator: Simulator, item: Result) -> None:
    """By its name, its id, or its number."""
    ids = there(simulator, anna="1", bert="2")
    item = {**item, "id": ids["anna"]} if "id" in item else item
    done = run.good("credentials", credentials=[item, *people(carl="3")], match_setting="th_csi", **PRUNE)
    assert done["summary"]["removed"] == 1
    assert sorted(credentials_of(simulator)) == ["anna", "carl"]


def test_a_username_with_another_number_is_there(run: Modules, simulator: Simulator) -> None:
    """It cannot be told who that is, but it is a list of these people."""
    there(simulator, anna="1", bert="2")
    failed = run.bad("credentials", "refused", credentials=people(anna="9"), match_setting="th_csi", **PRUNE)
    assert failed["summary"] == summary(failed=1, removed=1)


# A column of numbers that was emptied


@pytest.mark.parametrize("check", [True, False])
def test_a_column_that_was_emptied(run: Modules, simulator: Simulator, check: bool) -> None:
    """Who was renamed would be created anew, and removed under the old name."""
    there(simulator, anna="1", bert="2", carl="3", dora=None)
    items = people(anna="1", bert=None, new=None, new2=None)
    refused = run.bad("credentials", "refused", credentials=items, match_setting="th_csi", check=check, **PRUNE)
    assert "new, new2" in refused["msg"] and "carl" in refused["msg"] and "emptied" in refused["msg"]
    assert (writes(simulator), refused["summary"]) == ([], summary(pending=4))
    # One such person less than would go: a warning, and it is done.
    done = run.good("credentials", credentials=items[:3], match_setting="th_csi", check=check, **PRUNE)
    assert done["summary"] == summary(created=1, removed=2, unchanged=2)
    assert [warning for warning in done["warnings"] if "1 item(s) have no th_csi" in warning and "new" in warning]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("there_is", "listed", "shown"),
    [
        ("0002", "2", "0002, and 2"),
        ("0002", "2.0", "0002, and 2.0"),
        ("2", "2,00", "2, and 2,00"),
        ("0002", "00002", "0002, and 00002"),
        ("2 ", "2", "'2 ', and 2"),
        ("x2", "X2", "x2, and X2"),
        ("x\u200b2", "x2", "x\\u200b2, and x2"),
    ],
)
def test_a_number_in_another_spelling(
    run: Modules, simulator: Simulator, there_is: str, listed: str, shown: str, check: bool
) -> None:
    """A spreadsheet took the zeros in front away, somebody typed a blank: the person is listed, and stays."""
    ids = there(simulator, anna="0001", bert=there_is)
    items = people(anna="0001", bert_new=listed)
    refused = run.bad("credentials", "refused", credentials=items, check=check, **PRUNE, match_setting="th_csi")
    told = f"bert (id {ids['bert']}) would be removed and has the th_csi {shown} is listed"
    assert told in refused["msg"] and "zeros in front" in refused["msg"]
    assert (writes(simulator), refused["summary"]) == ([], summary(pending=2))
    # Who is on the list although there is no item stays too.
    protect = [{"username": None, "value": listed}]
    run.bad(
        "credentials",
        "refused",
        credentials=people(anna="0001"),
        check=check,
        protect=protect,
        match_setting="th_csi",
        **PRUNE,
    )
    assert writes(simulator) == []


@pytest.mark.parametrize("listed", ["20", "2.5", "2a", "-2", "0x02", "2.0.0"])
def test_another_number(run: Modules, simulator: Simulator, listed: str) -> None:
    """Is that of another person."""
    there(simulator, anna="0001", bert="0002")
    items = people(anna="0001", carl=listed)
    done = run.good("credentials", credentials=items, **PRUNE, match_setting="th_csi")
    assert sorted(credentials_of(simulator)) == ["anna", "carl"]
    assert done["summary"]["removed"] == 1


@pytest.mark.parametrize(("anna", "bert"), [("0042", "42"), ("a1", "A1"), ("1", "1.00")])
def test_a_number_that_somebody_else_has_exactly_so(run: Modules, simulator: Simulator, anna: str, bert: str) -> None:
    """It is that person's, however similar that of the one who leaves is."""
    there(simulator, anna=anna, bert=bert, carl="7")
    done = run.good("credentials", credentials=people(anna=anna, carl="7"), **PRUNE, match_setting="th_csi")
    assert (done["summary"]["removed"], sorted(credentials_of(simulator))) == (1, ["anna", "carl"])


def test_two_people_whose_numbers_differ_in_zeros(run: Modules, simulator: Simulator) -> None:
    """Both are listed as they are."""
    there(simulator, anna="1", bert="01", carl="3")
    done = run.good("credentials", credentials=people(anna="1", bert="01"), **PRUNE, match_setting="th_csi")
    assert (done["summary"]["removed"], sorted(credentials_of(simulator))) == (1, ["anna", "bert"])


def test_people_without_numbers_beside_leavers_without(run: Modules, simulator: Simulator) -> None:
    """Nobody who goes has a number: they cannot have been found by one before."""
    there(simulator, anna="1", bert=None)
    done = run.good("credentials", credentials=people(anna="1", new=None), match_setting="th_csi", **PRUNE)
    assert done["summary"] == summary(created=1, removed=1, unchanged=1)


def test_no_warning_without_prune(run: Modules, simulator: Simulator) -> None:
    there(simulator, anna="1")
    done = run.good("credentials", credentials=people(new=None), **CSI)
    assert (done["created"], done["warnings"]) == (["new"], [])


# People who are listed although they are no items


@pytest.mark.parametrize("check", [True, False])
def test_who_is_protected_by_a_number(run: Modules, simulator: Simulator, check: bool) -> None:
    """Everybody who has it, whatever their names; unknown numbers and names do no harm."""
    there(simulator, anna="1", bert="2", bertie="2", carl="3", dora="4")
    protect = [{"value": 2}, {"value": "9", "username": "nobody"}, {"username": "CARL", "value": None}, {}]
    done = run.good(
        "credentials",
        credentials=people(anna="1"),
        protect=protect,
        match_setting="th_csi",
        return_unlisted=True,
        check=check,
        **PRUNE,
    )
    assert (done["unlisted"], done["summary"]) == (["dora"], summary(removed=1, unchanged=1))
    assert ("dora" in numbers_of(simulator)) is check


def test_who_is_listed_by_a_number_only(run: Modules, simulator: Simulator) -> None:
    """An item that means somebody by an id gives a number too: whoever has it now stays."""
    ids = there(simulator, anna="1", bert="2", carl="3")
    items = [{"id": ids["anna"], "settings": {"th_csi": "2"}}]
    done = run.good("credentials", credentials=items, match_setting="th_csi", return_unlisted=True, **PRUNE)
    assert (done["unlisted"], sorted(numbers_of(simulator))) == (["carl"], ["anna", "bert"])


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"protect": [{"value": "1"}]}, "match_setting"),
        ({"protect": [{"value": ""}], "match_setting": "th_csi"}, "protect[0].value is empty"),
        ({"protect": [{"value": " "}], "match_setting": "th_csi"}, "protect[0].value is empty"),
        ({"protect": [{"value": ["1"]}], "match_setting": "th_csi"}, "protect[0]"),
        ({"protect": [{"value": {"a": "1"}}], "match_setting": "th_csi"}, "protect[0]"),
        ({"protect": [{"value": True}], "match_setting": "th_csi"}, "protect[0]"),
        ({"protect": [{"username": "anna"}, {"value": False}], "match_setting": "th_csi"}, "protect[1]"),
    ],
    ids=str,
)
def test_what_protects_nobody(run: Modules, simulator: Simulator, options: Result, word: str) -> None:
    refused = run.bad("credentials", "refused", credentials=people(anna="1"), **PRUNE, **options)
    assert word in refused["msg"]
    assert calls(simulator) == []


# Joiners, movers, leavers in one plan


@pytest.mark.parametrize("check", [True, False])
def test_one_plan(run: Modules, simulator: Simulator, check: bool) -> None:
    """No license is free: who leaves goes first, with the Threema ID, and makes room for who joins."""
    simulator.reset(licenses=5)
    there(simulator, stays="1", moves="2", **{"named.old": "3", "kept": "4"}, leaves="5")
    activate(simulator, "leaves", "LEAV0001")
    simulator.forget_requests()
    items = people(stays="1", **{"named.new": "3"}, joins="6")
    items.append({"username": "moves", "settings": {"th_csi": "2", "th_department": "Ward 7"}})
    options: Result = {"protect": [{"value": "4"}], "identity": "detach", "rename_matched": True, **CSI, **PRUNE}
    done = run.good("credentials", credentials=items, check=check, diff=True, **options)
    assert done["summary"] == summary(created=1, updated=2, removed=1, unchanged=1)
    assert {one["before_header"]: one["after"] for one in done["diff"]}["leaves"] == "LEAV0001: detached\n"
    assert [one["username"] for one in done["matched"]] == ["named.new"]
    if check:
        assert writes(simulator) == []
        return
    assert numbers_of(simulator) == {"stays": "1", "moves": "2", "named.new": "3", "kept": "4", "joins": "6"}
    wrote = writes(simulator)
    assert next(i for i, call in enumerate(wrote) if call.startswith("DELETE /credentials/")) < wrote.index(
        "POST /credentials"
    )
    again = run.good("credentials", credentials=items, **options)
    assert (again["changed"], again["api_requests"]) == (False, 2)


def test_a_limit_holds_joiners_back_too(run: Modules, simulator: Simulator) -> None:
    there(simulator, stays="1", **{f"leaves{number}": f"9{number}" for number in range(3)})
    for limit in ({"max_removals": 2}, {"max_removals_percent": 74}):
        options = {**PRUNE, **CSI, **limit}
        refused = run.bad("credentials", "refused", credentials=people(stays="1", joins="2"), **options)
        assert all(f"leaves{number}" in refused["msg"] for number in range(3)), refused["msg"]
        assert "Check the list first" in refused["msg"] and writes(simulator) == []
        assert refused["failure"]["limit"] == next(iter(limit))
    assert add(simulator, "free")
