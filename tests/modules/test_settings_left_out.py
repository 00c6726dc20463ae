# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A bulk list that leaves out credentials without settings and counts them is believed; one that is cut is not."""

from __future__ import annotations

import csv
import pathlib
import typing as t

import pytest
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, calls, credentials_of, summary
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

COUNTED: t.Final = ("left-out-counted", "left-out-of-pages")
NUMBERS: t.Final = (3, 500, 1200)
#: How many requests more it may take to believe such a list: pages to see that it ends, because they may be smaller
#: than was asked for, and credentials that are asked for singly.
MORE: t.Final = 6
#: The same where people with settings are everywhere, which shows that it ends: a page, and one credential.
MORE_WHERE_IT_SHOWS: t.Final = 2
#: Where the credentials are not listed otherwise, that is one more: how many there are, and whom to ask for.
LISTED_FOR_IT: t.Final = 1
#: Which of so many credentials have settings.
SHARES: t.Final[dict[str, t.Callable[[int, int], bool]]] = {
    "none": lambda _index, _number: False,
    "some": lambda index, _number: index % 7 == 2,
    "first": lambda index, _number: index == 0,
    "last": lambda index, number: index == number - 1,
    "all": lambda _index, _number: True,
}


def fill(simulator: Simulator, number: int, share: str) -> set[str]:
    """So many credentials, of which some have settings; their usernames."""
    simulator.reset()
    has = SHARES[share]
    people: list[Result] = [
        {"username": f"p{index:04}", "password": "pw", "settings": {"th_csi": "old"} if has(index, number) else {}}
        for index in range(number)
    ]
    simulator.control("POST", "credentials", people)
    return {one["username"] for one in people if one["settings"]}


def with_switch(simulator: Simulator, position: str) -> None:
    """Move the switch, and forget what was received."""
    simulator.control("PUT", "settings", {"switches": {"bulk-unset": position}})
    simulator.forget_requests()


def items(number: int, value: str) -> list[Result]:
    """Everybody with one setting."""
    return [{"username": f"p{index:04}", "settings": {"th_csi": value}} for index in range(number)]


@pytest.mark.parametrize("module", ["credentials", "mdm_settings"])
@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("number", NUMBERS)
def test_many(run: Modules, simulator: Simulator, module: str, number: int, share: str) -> None:
    """What is planned is the same wherever those without settings are, for few requests more."""
    have = fill(simulator, number, share)
    options: Result = {"credentials": items(number, "old"), "check": True, "return_objects": "none"}
    with_switch(simulator, "listed")
    listed = run.good(module, **options)
    missing = "updated" if module == "credentials" else "created"
    assert listed["summary"] == summary(**{"unchanged": len(have), missing: number - len(have)})
    for position in COUNTED:
        with_switch(simulator, position)
        done = run.good(module, **options)
        assert done["summary"] == listed["summary"]
        shows = number >= 500 and share in ("some", "all")
        assert done["api_requests"] <= listed["api_requests"] + (MORE_WHERE_IT_SHOWS if shows else MORE)


@pytest.mark.parametrize("position", COUNTED)
@pytest.mark.parametrize("module", ["credentials", "mdm_settings"])
def test_what_is_written(run: Modules, simulator: Simulator, module: str, position: str) -> None:
    have = fill(simulator, 600, "some")
    with_switch(simulator, position)
    done = run.good(module, credentials=items(600, "new"), return_objects="none")
    assert sum(done["summary"].values()) == done["summary"]["updated"] + done["summary"]["created"] == 600
    assert {one["settings"]["th_csi"] for one in credentials_of(simulator).values()} == {"new"}
    again = run.good(module, credentials=items(600, "new"), return_objects="none")
    assert (again["changed"], len(have)) == (False, 86)


@pytest.mark.parametrize("position", COUNTED)
def test_some_are_named(run: Modules, simulator: Simulator, position: str) -> None:
    """Those who are named may be with settings, without, or new, on any page."""
    have = fill(simulator, 1200, "last")
    with_switch(simulator, position)
    named = [*items(1200, "old")[600:640], *items(1200, "old")[-1:]]
    assert have == {named[-1]["username"]}
    new = {"username": "new", "password": "pw", "settings": {"th_csi": "old"}}
    for module, more, counts in (
        ("credentials", [new], summary(created=1, updated=40, unchanged=1)),
        ("mdm_settings", [], summary(created=40, unchanged=1)),
    ):
        with_switch(simulator, "listed")
        listed = run.good(module, credentials=[*named, *more], check=True)
        with_switch(simulator, position)
        done = run.good(module, credentials=[*named, *more], check=True)
        assert done["summary"] == listed["summary"] == counts
        assert done["api_requests"] <= listed["api_requests"] + MORE


@pytest.mark.parametrize("position", COUNTED)
def test_by_id(run: Modules, simulator: Simulator, position: str) -> None:
    """An id alone is enough, and one that does not exist is found out all the same."""
    fill(simulator, 1200, "some")
    known = [{"id": one["id"], "settings": {"th_csi": "old"}} for one in credentials_of(simulator).values()]
    with_switch(simulator, "left-out")
    expected = run.good("mdm_settings", credentials=known, check=True, return_objects="none")
    with_switch(simulator, position)
    done = run.good("mdm_settings", credentials=known, check=True, return_objects="none")
    assert done["summary"] == expected["summary"]
    # Where they are counted, two pages more are to be read.
    assert done["api_requests"] <= expected["api_requests"] + 2 + MORE
    gone = {"id": "doesNotExist", "settings": {"th_csi": "old"}}
    failed = run.bad("mdm_settings", "not_found", credentials=[*known, gone], check=True, return_objects="none")
    assert failed["summary"]["failed"] == 1


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("number", NUMBERS)
def test_info(run: Modules, simulator: Simulator, number: int, share: str) -> None:
    have = fill(simulator, number, share)
    with_switch(simulator, "listed")
    listed = run.good("mdm_setting_info", scope="credential")
    assert len(listed["settings"]) == len(have)
    for position in COUNTED:
        with_switch(simulator, position)
        found = run.good("mdm_setting_info", scope="credential")
        assert found["settings"] == listed["settings"]
        assert found["api_requests"] <= listed["api_requests"] + MORE + LISTED_FOR_IT


@pytest.mark.parametrize("base", ["zero", "one", "offset"])
@pytest.mark.parametrize("position", COUNTED)
def test_pages_counted_otherwise(run: Modules, simulator: Simulator, position: str, base: str) -> None:
    """Whatever page means, it is the truth or an error."""
    have = fill(simulator, 1200, "some")
    with_switch(simulator, position)
    simulator.control("PUT", "settings", {"switches": {"page-base": base, "paging-count": "page-size"}})
    done = run("credentials", credentials=items(1200, "old"), check=True, return_objects="none")
    if base == "zero" or not done["failed"]:
        assert done["summary"] == summary(unchanged=len(have), updated=1200 - len(have)), done.get("msg")
    else:
        assert done["failure"]["kind"] == "protocol"
        # To run again does not help here, so that is not all that it says.
        assert "counts records instead of pages" in done["msg"]


def people(simulator: Simulator, number: int, having: t.Collection[int], position: str, size: int, **more: str) -> None:
    """So many credentials u0, u1, ..., of whom some have settings, in pages that are smaller than asked for."""
    simulator.reset(switches={"bulk-unset": position, "max-page-size": str(size), **more})
    everybody: list[Result] = [
        {"username": f"u{index}", "password": "pw", "settings": {"th_csi": str(index)} if index in having else {}}
        for index in range(number)
    ]
    simulator.control("POST", "credentials", everybody)
    simulator.forget_requests()


#: How many credentials, in pages of which size, and who has settings.
SMALL: t.Final[dict[str, tuple[int, int, set[int]]]] = {
    "nobody": (7, 2, set()),
    "nobody on a page in the middle": (7, 2, {0, 1, 4, 5}),
    "only on the first and in the middle": (10, 3, {0, 6}),
    "a page each": (9, 1, {0, 4, 7}),
    "two gaps": (40, 3, {0, 1, 18, 19, 38}),
    "none on the first": (40, 10, {25}),
    "every other page": (400, 100, {*range(100), *range(200, 300)}),
}


@pytest.mark.parametrize("base", ["zero", "one"])
@pytest.mark.parametrize("position", COUNTED)
@pytest.mark.parametrize(("number", "size", "having"), SMALL.values(), ids=SMALL)
def test_pages_that_are_smaller_than_asked_for(
    run: Modules, simulator: Simulator, number: int, size: int, having: set[int], position: str, base: str
) -> None:
    """A page without anybody is not the end where pages are small: nobody's settings are overlooked."""
    people(simulator, number, having, position, size, **{"page-base": base})
    found = run.good("mdm_setting_info", scope="credential")
    assert sorted(int(one["value"]) for one in found["settings"]) == sorted(having)
    # The list of credentials once, as many pages of settings, and a few more.
    assert found["api_requests"] <= 2 * -(-number // size) + MORE + 8
    given = [{"username": f"u{index}", "settings": {"th_csi": str(index)}} for index in range(number)]
    done = run.good("credentials", credentials=given, check=True, return_objects="none")
    assert done["summary"] == summary(unchanged=len(having), updated=number - len(having))
    pruned = run.good("mdm_settings", credentials=given, prune=True, max_removals=0, check=True, return_objects="none")
    assert pruned["summary"] == summary(unchanged=len(having), created=number - len(having))


@pytest.mark.parametrize("position", COUNTED)
def test_an_export_from_small_pages(run: Modules, simulator: Simulator, position: str, tmp_path: pathlib.Path) -> None:
    people(simulator, 7, {0, 1, 4, 5}, position, 2)
    run.good("subscription_export", dest=str(tmp_path / "export"))
    text = "".join(one.read_text() for one in (tmp_path / "export").iterdir() if one.suffix == ".csv")
    rows = {row["username"]: row["employee_number"] for row in csv.DictReader(text.splitlines()) if "username" in row}
    assert {name: number for name, number in rows.items() if number} == {
        f"u{index}": str(index) for index in (0, 1, 4, 5)
    }


@pytest.mark.parametrize("position", COUNTED)
def test_somebody_who_was_renamed_is_found_on_small_pages(run: Modules, simulator: Simulator, position: str) -> None:
    """Nobody gets a second credential, and one that belongs to somebody else is not changed."""
    people(simulator, 7, {0, 1, 4, 5}, position, 2)
    renamed = {"username": "renamed", "password": "pw", "settings": {"th_csi": "4"}}
    done = run.good("credentials", credentials=[renamed], match_setting="th_csi", check=True)
    assert [one["username"] for one in done["matched"]] == ["u4"]
    assert done["summary"]["created"] == 0
    other = {"username": "u5", "password": "pw", "settings": {"th_csi": "99"}}
    failed = run.bad("credentials", "refused", credentials=[other], match_setting="th_csi")
    assert "u5" in failed["msg"]
    assert all(call.startswith("GET ") for call in calls(simulator))


@pytest.mark.parametrize("module", ["credentials", "mdm_settings", "mdm_setting_info"])
def test_one_that_is_missing_has_settings(run: Modules, simulator: Simulator, module: str) -> None:
    """A list that was cut is not whole, however its total looks: somebody who is not in it has settings."""
    add(simulator, *(f"p{index:04}" for index in range(20)), settings={"th_csi": "old"})
    body = {"credentials": [], "paging": {"count": 0, "total": 20, "page": 0}}
    simulator.fault(method="GET", path="/mdm-bulk", kind="json", body=body, times=None)
    options: Result = {} if module == "mdm_setting_info" else {"credentials": items(20, "new")}
    failed = run.bad(module, "protocol", **options)
    assert "is incomplete" in failed["msg"]
    assert all(call.startswith("GET ") for call in calls(simulator))


@pytest.mark.parametrize("total", [19, 21, 40])
@pytest.mark.parametrize("module", ["credentials", "mdm_settings", "mdm_setting_info"])
def test_a_total_that_is_not_the_number_of_credentials(
    run: Modules, simulator: Simulator, module: str, total: int
) -> None:
    """Whoever is missing has no settings, but the service counts something else than credentials."""
    add(simulator, *(f"p{index:04}" for index in range(20)))
    body = {"credentials": [], "paging": {"count": 0, "total": total, "page": 0}}
    simulator.fault(method="GET", path="/mdm-bulk", kind="json", body=body, times=None)
    options: Result = {} if module == "mdm_setting_info" else {"credentials": items(20, "new")}
    failed = run.bad(module, "protocol", **options)
    assert "is incomplete" in failed["msg"]
    assert all(call.startswith("GET ") for call in calls(simulator))
