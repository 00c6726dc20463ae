# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding people by a setting, such as their employee number: who is meant, who is not, and what is refused."""

from __future__ import annotations

import threading
import time
import typing as t

import pytest
from ansible_collections.threema.work.tests.modules.leaving import activate, writes
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, calls, credentials_of, summary
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

CSI: t.Final[Result] = {"match_setting": "th_csi", "generate_password": True}


def people(**numbers: t.Any) -> list[Result]:
    """Items with employee numbers, None for those without."""
    return [
        {"username": name, **({} if number is None else {"settings": {"th_csi": number}})}
        for name, number in numbers.items()
    ]


def there(simulator: Simulator, **numbers: t.Any) -> dict[str, str]:
    """Credentials with employee numbers, None for those without; returns their ids."""
    ids = {}
    for name, number in numbers.items():
        ids.update(add(simulator, name, **({} if number is None else {"settings": {"th_csi": number}})))
    simulator.forget_requests()
    return ids


def numbers_of(simulator: Simulator) -> dict[str, t.Any]:
    """The employee numbers that there are now."""
    return {name: one["settings"].get("th_csi") for name, one in credentials_of(simulator).items()}


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("present", ["1", None], ids=["same", "none"])
def test_a_username_that_exists(run: Modules, simulator: Simulator, present: str | None, check: bool) -> None:
    """(a) With the same value or none, that one; the value is written."""
    there(simulator, anna=present, bert="2")
    done = run.good("credentials", credentials=people(anna="1"), check=check, **CSI)
    assert (done["matched"], done["changed"]) == ([], present is None)
    assert numbers_of(simulator) == {"anna": present if check else "1", "bert": "2"}
    assert writes(simulator) == ([] if check or present else ["POST /mdm-bulk"])


@pytest.mark.parametrize("check", [True, False])
def test_a_username_that_was_given_to_somebody_else(run: Modules, simulator: Simulator, check: bool) -> None:
    """(b) That item fails, with both values; nobody of that name or value is pruned, the others are done."""
    there(simulator, anna="1", bert="2", old="3", carl="4")
    items = people(anna="2", carl="4", new="5")
    failed = run.bad("credentials", "refused", credentials=items, prune=True, check=check, return_unlisted=True, **CSI)
    assert failed["summary"] == summary(created=1, removed=1, unchanged=1, failed=1)
    assert failed["unlisted"] == ["old"]
    one = next(one for one in failed["credentials"] if one["action"] == "failed")
    assert (one["username"], one["id"]) == ("anna", None)
    assert "th_csi 1" in one["msg"] and "2" in one["msg"] and "somebody else" in one["msg"]
    expected = {"anna": "1", "bert": "2", "carl": "4", "new": "5"}
    assert numbers_of(simulator) == ({"anna": "1", "bert": "2", "old": "3", "carl": "4"} if check else expected)


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("own", ["1", None], ids=["same", "none"])
def test_two_credentials_of_one_person(run: Modules, simulator: Simulator, own: str | None, check: bool) -> None:
    """(c) The username exists, and another credential has its value."""
    there(simulator, anna=own, other="1")
    refused = run.bad("credentials", "refused", credentials=people(anna="1", bert="2"), check=check, **CSI)
    assert "anna (id" in refused["msg"] and "other (id" in refused["msg"] and "th_csi 1" in refused["msg"]
    assert (writes(simulator), refused["summary"]) == ([], summary(pending=2))


@pytest.mark.parametrize("check", [True, False])
def test_another_username_is_kept(run: Modules, simulator: Simulator, check: bool) -> None:
    """(d) It keeps its username, with a warning that names both; its settings are brought in line, and it stays."""
    ids = there(simulator, **{"anna.old": "1", "bert": "2"})
    items = [{"username": "anna.new", "settings": {"th_csi": "1", "th_nickname": "A"}}, *people(bert="2")]
    done = run.good(
        "credentials", credentials=items, prune=True, return_unlisted=True, check=check, return_objects="all", **CSI
    )
    assert done["matched"] == [
        {"id": ids["anna.old"], "username": "anna.old", "listed_as": "anna.new", "renamed": False}
    ]
    assert (done["summary"], done["unlisted"], done["created"]) == (summary(updated=1, unchanged=1), [], [])
    assert done["credentials"][0]["username"] == "anna.old"
    assert [warning for warning in done["warnings"] if "anna.old (listed as anna.new)" in warning]
    assert numbers_of(simulator) == {"anna.old": "1", "bert": "2"}
    nickname = credentials_of(simulator)["anna.old"]["settings"].get("th_nickname")
    assert nickname == (None if check else "A")


@pytest.mark.parametrize("check", [True, False])
def test_another_username_is_renamed(run: Modules, simulator: Simulator, check: bool) -> None:
    """(d) With ``rename_matched``: one write, its lock stays, its device loses access, which is said."""
    ids = there(simulator, **{"anna.old": "1"})
    activate(simulator, "anna.old", "ANNA0001")
    before = credentials_of(simulator)["anna.old"]
    simulator.forget_requests()
    options = {"credentials": people(**{"anna.new": "1"}), "rename_matched": True, "prune": True, **CSI}
    done = run.good("credentials", check=check, diff=True, **options)
    id_ = ids["anna.old"]
    assert done["matched"] == [{"id": id_, "username": "anna.new", "listed_as": "anna.new", "renamed": True}]
    assert done["summary"] == summary(updated=1)
    assert done["diff"][0]["before"].startswith("hashed: false") and "username: anna.new" in done["diff"][0]["after"]
    assert [warning for warning in done["warnings"] if "lose access" in warning and "anna.old" in warning]
    assert not [warning for warning in done["warnings"] if "listed as" in warning]
    now = credentials_of(simulator)
    assert len(writes(simulator)) == (0 if check else 1)
    if not check:
        assert {**before, "username": "anna.new"} == now["anna.new"]
        again = run.good("credentials", **options)
        assert (again["matched"], again["changed"]) == ([], False)


def test_a_renaming_that_fails(run: Modules, simulator: Simulator) -> None:
    """A hashed one cannot be renamed without its password; it is told under the name that it still has, and stays."""
    ids = there(simulator, **{"anna.old": "1"})
    id_ = add(simulator, "hash.old", hashed=True, settings={"th_csi": "2"})["hash.old"]
    items = people(**{"anna.new": "1", "hash.new": "2"})
    failed = run.bad("credentials", "refused", credentials=items, rename_matched=True, prune=True, **CSI)
    assert failed["matched"] == [
        {"id": ids["anna.old"], "username": "anna.new", "listed_as": "anna.new", "renamed": True},
        {"id": id_, "username": "hash.old", "listed_as": "hash.new", "renamed": False},
    ]
    assert sorted(credentials_of(simulator)) == ["anna.new", "hash.old"]
    assert "password" in next(one["msg"] for one in failed["credentials"] if one["action"] == "failed")


def test_a_renaming_to_a_twin(run: Modules, simulator: Simulator) -> None:
    """Of its own name it is allowed; of another credential's it fails."""
    there(simulator, **{"Anna": "1", "bert.old": "2", "Bert": "3"})
    items = people(anna="1", bert="2", Bert="3")
    refused = run.bad("credentials", "refused", credentials=items, rename_matched=True, **CSI)
    assert "Bert" in refused["msg"] and writes(simulator) == []
    failed = run.bad("credentials", "refused", credentials=items[:2], rename_matched=True, **CSI)
    assert failed["summary"] == summary(updated=1, failed=1)
    assert numbers_of(simulator) == {"anna": "1", "bert.old": "2", "Bert": "3"}


def test_several_credentials_with_the_value(run: Modules, simulator: Simulator) -> None:
    """(e) Refused; two who have a value that no item has are left alone."""
    there(simulator, one="1", two="1", three="3", four="3")
    refused = run.bad("credentials", "refused", credentials=people(anna="1"), **CSI)
    assert "one (id" in refused["msg"] and "two (id" in refused["msg"] and "three" not in refused["msg"]
    assert writes(simulator) == []
    done = run.good("credentials", credentials=people(one=None, two=None, anna="2"), **CSI)
    assert done["created"] == ["anna"]
    gone = run.good("credentials", credentials=people(one=None, two=None, anna="2"), prune=True, **CSI)
    assert gone["summary"] == summary(unchanged=3, removed=2)


def test_two_items_with_one_value(run: Modules, simulator: Simulator) -> None:
    items = [*people(anna="1", bert="2"), {"id": "some", "settings": {"th_csi": "1"}}]
    refused = run.bad("credentials", "refused", credentials=items, **CSI)
    assert "credentials[0] (anna)" in refused["msg"] and "credentials[2]" in refused["msg"], refused["msg"]
    assert "bert" not in refused["msg"]
    assert calls(simulator) == []


@pytest.mark.parametrize("empty", ["", " ", None])
def test_an_empty_value_is_none(run: Modules, simulator: Simulator, empty: str | None) -> None:
    """Neither of items nor of credentials: nobody is found by nothing."""
    there(simulator, anna="", bert=" ", carl="3")
    items = people(anna=empty, bert=empty, dora=empty)
    done = run.good("credentials", credentials=items, **CSI)
    assert (done["created"], done["matched"]) == (["dora"], [])


@pytest.mark.parametrize(
    ("present", "listed", "found"),
    [("00042", "42", False), ("42", 42, True), ("x1", "X1", False), ("1 ", "1", False), ("1", True, None)],
)
def test_values_are_compared_exactly(
    run: Modules, simulator: Simulator, present: str, listed: t.Any, found: bool | None
) -> None:
    """In the type of the parameter: a number is the text that is sent."""
    there(simulator, old=present)
    items = people(new=listed)
    if found is None:
        run.bad("credentials", "refused", credentials=items, **CSI)
        return
    done = run.good("credentials", credentials=items, **CSI)
    assert [one["username"] for one in done["matched"]] == (["old"] if found else [])


def test_a_number_of_the_service_is_the_same_text(run: Modules, simulator: Simulator) -> None:
    """A setting that somebody wrote as a number is found, and written as the text that the apps read."""
    there(simulator, old=42)
    done = run.good("credentials", credentials=people(new="42"), **CSI)
    assert [one["username"] for one in done["matched"]] == ["old"]
    assert numbers_of(simulator) == {"old": "42"}


def test_a_parameter_that_is_not_known(run: Modules, simulator: Simulator) -> None:
    """Its values have the type that they have; a warning names the nearest known one."""
    add(simulator, "one", settings={"th_cis": 1})
    add(simulator, "yes", settings={"th_cis": True})
    items = [{"username": "new", "settings": {"th_cis": 1}}]
    done = run.good("credentials", credentials=items, generate_password=True, match_setting="th_cis")
    assert [one["username"] for one in done["matched"]] == ["one"]
    assert [warning for warning in done["warnings"] if "th_csi" in warning]


@pytest.mark.parametrize("name", ["csi", "th_", "th_Csi", "th_safe_password", "th_my_secret", "x" * 500])
def test_what_cannot_be_matched_by(run: Modules, simulator: Simulator, name: str) -> None:
    """No parameter; a secret, which no message may name."""
    items = [{"username": "anna", "settings": {"th_safe_password": "hush-hush"}}]
    refused = run.bad("credentials", "refused", credentials=items, generate_password=True, match_setting=name)
    assert "match_setting" in refused["msg"] and "hush" not in str(refused)
    assert calls(simulator) == []


def test_who_is_named_otherwise_is_not_matched(run: Modules, simulator: Simulator) -> None:
    """An item with an id or a new username says whom it means; one that is to go is not looked for by a value."""
    ids = there(simulator, anna="1", bert="2", carl="3")
    items = [
        {"id": ids["anna"], "settings": {"th_csi": "3"}},
        {"username": "bert", "new_username": "dora", "settings": {"th_csi": "1"}},
        {"username": "gone", "state": "absent", "settings": {"th_csi": "3"}},
    ]
    done = run.good("credentials", credentials=items, **CSI)
    assert (done["matched"], done["not_found"]) == ([], ["gone"])
    assert numbers_of(simulator) == {"anna": "3", "dora": "1", "carl": "3"}
    unknown = [{"username": "nobody", "new_username": "new", "settings": {"th_csi": "1"}}]
    assert run.bad("credentials", "not_found", credentials=unknown, **CSI)["matched"] == []


def test_a_username_and_a_value_that_mean_two_items(run: Modules, simulator: Simulator) -> None:
    """One is listed by the username, another one has the value: it cannot be told which of them it is."""
    there(simulator, anna="1", bert="2")
    refused = run.bad("credentials", "refused", credentials=people(anna=None, new="1", bert="2"), **CSI)
    assert "credentials[0] (anna)" in refused["msg"] and "credentials[1] (new)" in refused["msg"]
    assert writes(simulator) == []


def test_a_username_that_goes_on_to_somebody_else(run: Modules, simulator: Simulator) -> None:
    """Who got another name is renamed first; whoever gets the free one follows in the next run."""
    there(simulator, smith="1", other="9")
    items = people(jones="1", smith="2", other="9")
    options = {"credentials": items, "rename_matched": True, "prune": True, **CSI}
    kept = run.bad("credentials", "refused", check=True, **{**options, "rename_matched": False})
    first = run.bad("credentials", "refused", **options)
    # Removing the credential would hit its owner.
    for result in (kept, first):
        assert "listed as jones; rename_matched: true" in result["msg"] and "remove" not in result["msg"]
    assert (first["summary"], first["created"]) == (summary(updated=1, failed=1, unchanged=1), [])
    second = run.good("credentials", **options)
    assert second["summary"] == summary(created=1, unchanged=2)
    assert numbers_of(simulator) == {"jones": "1", "smith": "2", "other": "9"}


@pytest.mark.parametrize("switches", [{}, {"bulk-unset": "left-out"}, {"sort-order": "random"}], ids=str)
def test_requests(run: Modules, simulator: Simulator, switches: dict[str, str]) -> None:
    """The lists, each once; only what differs is written."""
    simulator.reset(switches=switches)
    there(simulator, **{f"person{number}": str(number) for number in range(30)}, nobody=None)
    items = people(**{f"person{number}": str(number) for number in range(29)}, renamed="29", nobody=None)
    done = run.good("credentials", credentials=items, prune=True, return_unlisted=True, **CSI)
    assert (done["changed"], len(done["matched"])) == (False, 1)
    got = calls(simulator)
    assert (got.count("GET /credentials"), got.count("GET /mdm-bulk"), writes(simulator)) == (1, 1, [])
    assert len(got) <= 3


def test_somebody_else_gets_the_username_first(run: Modules, simulator: Simulator) -> None:
    """Between our lists and our creation: the number of another person is not overwritten."""
    there(simulator, anna="1")
    simulator.fault(method="GET", path="/mdm-bulk", kind="slow", seconds=0.5, after_work=True)
    thread = threading.Thread(target=lambda: (_wait(simulator), add(simulator, "new", settings={"th_csi": "99"})))
    thread.start()
    failed = run.bad("credentials", "refused", credentials=people(new="10"), **CSI)
    thread.join()
    assert "th_csi 99" in failed["msg"] and failed["summary"] == summary(failed=1)
    assert numbers_of(simulator) == {"anna": "1", "new": "99"}


def _wait(simulator: Simulator) -> None:
    """Until the settings were asked for."""
    end = time.monotonic() + 20
    while "GET /mdm-bulk" not in calls(simulator) and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.1)


@pytest.mark.parametrize("unset", ["listed", "left-out"])
def test_somebody_slips_between_two_pages_of_settings(run: Modules, simulator: Simulator, unset: str) -> None:
    """Whoever is in none of the pages has a number all the same, and does not go for being missed."""
    simulator.reset(switches={"bulk-unset": unset, "max-page-size": "4"})
    ids = there(simulator, **{f"p{number}": str(number) for number in range(9)})
    answer = [{"id": id_, "parameters": [{"name": "th_csi", "value": name[1:]}]} for name, id_ in ids.items()]
    # The list has as many as it counts, but in place of p5 somebody whom nobody asked for.
    shifted = [one for one in answer if one["id"] != ids["p5"]] + [{"id": "another", "parameters": []}]
    paging = {"count": 9, "total": 9, "page": 0}
    body = {"credentials": shifted, "paging": paging}
    simulator.fault(method="GET", path="/mdm-bulk", kind="json", body=body, times=None)
    items = people(new="5", **{f"p{number}": str(number) for number in range(9) if number != 5})
    failed = run.bad("credentials", "protocol", credentials=items, prune=True, **CSI)
    assert "changed while it was read" in failed["msg"] and writes(simulator) == []
    # Beyond a limit nobody is read singly: a wrong list must not use up the quota.
    simulator.forget_requests()
    run.bad("credentials", "refused", credentials=items, prune=True, max_removals=0, **CSI)
    assert not [call for call in calls(simulator) if call.endswith("/mdm")]
