# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every switch, in every position."""

from __future__ import annotations

import hashlib
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import pytest
from support import Simulator, at, links
from threema_simulator.resources.logos import picture
from threema_simulator.switches import SWITCHES

CONTACT = {"firstName": "Jane", "lastName": "Doe", "enabled": True}


def usernames(sim: Simulator, **query: Any) -> list[str]:
    return [item["username"] for item in sim.get("/credentials", **query)["credentials"]]


def fill(sim: Simulator) -> None:
    for name in ("c", "a", "e", "b", "d"):
        sim.create(name)


def test_defaults_are_those_of_the_contract(sim: Simulator) -> None:
    assert sim.state()["switches"] == {name: switch.default for name, switch in SWITCHES.items()}


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("zero", {None: "ca", 0: "ca", 1: "eb", 2: "d"}),
        ("one", {None: "ca", 0: "ca", 1: "ca", 2: "eb", 3: "d"}),
        ("offset", {None: "ca", 0: "ca", 1: "ae", 2: "eb", 4: "d"}),
    ],
)
def test_page_base(sim: Simulator, base: str, expected: dict[int | None, str]) -> None:
    fill(sim)
    sim.switch(page_base=base)
    for page, names in expected.items():
        query = {} if page is None else {"page": page}
        assert "".join(usernames(sim, pageSize=2, **query)) == names
        number = page if page is not None else int(base == "one")
        assert sim.get("/credentials", pageSize=2, **query)["paging"]["page"] == number


def test_paging_count_and_sizes(sim: Simulator) -> None:
    fill(sim)
    sim.switch(paging_count="page-size")
    assert sim.get("/credentials", pageSize=9)["paging"]["count"] == 9
    sim.switch(max_page_size="2", paging_count="records")
    for path in ("/credentials", "/mdm-bulk"):
        paging = sim.get(path, pageSize=500, page=2)["paging"]
        assert (paging["count"], paging["total"]) == (1, 5)
    sim.switch(max_page_size="none", page_size_out_of_range="clamp")
    assert [len(usernames(sim, pageSize=size)) for size in (0, 9999, "x")] == [1, 5, 5]


def test_sort_order(sim: Simulator) -> None:
    fill(sim)
    found = {}
    for order in SWITCHES["sort-order"].values:
        sim.switch(sort_order=order)
        found[order] = "".join(usernames(sim))
        assert found[order] == "".join(name for page in range(3) for name in usernames(sim, pageSize=2, page=page))
    assert (found["creation"], found["reversed"], found["username"]) == ("caebd", "dbeac", "abcde")
    assert sorted(found["random"]) == list("abcde")


def test_link_key(sim: Simulator) -> None:
    sim.create()
    sim.activate()
    for choice, ordinary, observed in (("mixed", "ref", "rel"), ("ref", "ref", "ref"), ("rel", "rel", "rel")):
        sim.switch(link_key=choice)
        for path, key, name in (
            ("/users", observed, "users"),
            ("/mdm-bulk", observed, "credentials"),
            ("/credentials", ordinary, "credentials"),
            ("/contacts", ordinary, "contacts"),
        ):
            assert set(sim.get(path)[name][0]["_links"][0]) == {key, "link"}


def test_keys(sim: Simulator) -> None:
    sim.call("POST", "/contacts", json={"threemaId": "AB12CD34"})
    for choice, keys in (("id", {"id"}), ("threemaId", {"threemaId"}), ("both", {"id", "threemaId"})):
        sim.switch(contact_list_key=choice)
        assert {"id", "threemaId"} & set(sim.get("/contacts")["contacts"][0]) == keys
    sim.call("POST", "/mdm", json={"property": "th_csi", "value": "1"})
    for choice, listed, detail in (
        ("mixed", "name", "id"),
        ("name", "name", "name"),
        ("id", "id", "id"),
        ("swapped", "id", "name"),
    ):
        sim.switch(global_setting_key=choice)
        assert sim.get("/mdm")["parameters"][0][listed] == "th_csi"
        assert sim.get("/mdm/th_csi")[detail] == "th_csi"
        assert {"id", "name"} & set(sim.get("/mdm/th_csi")) == {detail}


def test_directory_enabled(sim: Simulator) -> None:
    sim.call("POST", "/contacts", json={"threemaId": "AB12CD34"})
    assert sim.call("PUT", "/contacts/AB12CD34", json=CONTACT).status_code == 400
    sim.switch(directory_enabled="optional")
    assert sim.call("PUT", "/contacts/AB12CD34", json=CONTACT).status_code == 204
    assert sim.call("PUT", "/contacts/AB12CD34", json={"enabled": True}).status_code == 400
    assert sim.call("PUT", "/contacts/AB12CD34", json={**CONTACT, "directory_enabled": 1}).status_code == 400


def test_usernames(sim: Simulator) -> None:
    for name in ("Anna", "Joanna"):
        sim.create(name)
        sim.activate(name)
    for manner, query, found in (
        ("exact", "Anna", ["Anna"]),
        ("exact", "anna", []),
        ("substring", "anna", ["Anna", "Joanna"]),
        ("ignored", "anna", ["Anna", "Joanna"]),
    ):
        sim.switch(filter_username=manner)
        assert usernames(sim, filterUsername=query) == found
        assert len(sim.get("/users", filterUsername=query)["users"]) == len(found)
    sim.create("anna")
    sim.reset()
    sim.create("Anna")
    sim.switch(username_case="insensitive")
    assert sim.call("POST", "/credentials", json={"username": "ANNA", "password": "x"}).status_code == 400
    other = sim.create("bob")
    sim.switch(duplicate_username_on_update="409")
    assert sim.call("PUT", at(other), json={"username": "anna", "password": "x"}).status_code == 409


def test_what_is_left_out(sim: Simulator) -> None:
    for choice in ("false", "true"):
        sim.switch(lock_omitted_on_create=choice)
        assert sim.create(choice)["locked"] is (choice == "true")
    made = sim.create("x", lock=True, hash=True)
    body = {"username": "x", "password": "y"}
    for lock, locked in (("keep", True), ("false", False), ("true", True)):
        sim.switch(lock_omitted_on_update=lock, hash_omitted_on_update="keep")
        sim.call("PUT", at(made), json=body)
        after = sim.get(at(made))
        assert (after["locked"], after["hashed"]) == (locked, True)
    sim.switch(hash_omitted_on_update="plain")
    sim.call("PUT", at(made), json=body)
    assert sim.get(at(made))["password"] == "y"


def test_unknown_credential_settings(sim: Simulator) -> None:
    sim.switch(unknown_credential_settings="empty")
    body = {"property": "th_csi", "value": "1"}
    assert sim.call("POST", "/credentials/unknown/mdm", json=body).status_code == 204
    assert sim.get("/credentials/unknown/mdm")["parameters"] == []
    assert sim.call("GET", "/credentials/unknown/mdm/th_csi").status_code == 404


def test_setting_values(sim: Simulator) -> None:
    sim.switch(setting_values="anything")
    for name, value in (("th_unknown", 1), ("th_csi", True), ("th_nickname", "x" * 99)):
        assert sim.call("POST", "/mdm", json={"property": name, "value": value}).status_code == 204
        assert sim.get("/mdm/" + name)["value"] == value
    body = {"property": "th_safe_password", "value": "long enough"}
    assert sim.call("POST", "/mdm", json=body).status_code == 204
    sim.switch(external_only_settings="refuse", setting_values="strict")
    assert sim.call("POST", "/mdm", json=body).status_code == 422


@pytest.mark.parametrize(
    ("mode", "applied", "statuses"),
    [("atomic", False, (400, 422)), ("partial", True, (400, 422)), ("partial-silent", True, (204, 204))],
)
def test_bulk_errors(sim: Simulator, mode: str, applied: bool, statuses: tuple[int, int]) -> None:
    sim.switch(bulk_errors=mode)
    first, second = sim.create("a"), sim.create("b")
    good = {"name": "th_csi", "value": "1"}
    for bad, status in (
        ({"id": "unknown", "parameters": [good]}, statuses[0]),
        ({"id": second["id"], "parameters": [good, {"name": "th_unknown", "value": "1"}]}, statuses[1]),
    ):
        items = [bad, {"id": first["id"], "parameters": [good]}]
        assert sim.call("POST", "/mdm-bulk", json={"credentials": items}).status_code == status
        assert bool(sim.get(at(first) + "/mdm")["parameters"]) is applied
        assert sim.get(at(second) + "/mdm")["parameters"] == []


def test_bulk_errors_within_one_credential(sim: Simulator) -> None:
    sim.switch(bulk_errors="partial-settings", text_settings="no-exclamation")
    only = sim.create("a")
    parameters = [{"name": "th_csi", "value": "1"}, {"name": "th_nickname", "value": "Jay!"}]
    items = [{"id": only["id"], "parameters": parameters}]
    assert sim.call("POST", "/mdm-bulk", json={"credentials": items}).status_code == 422
    assert [one["name"] for one in sim.get(at(only) + "/mdm")["parameters"]] == ["th_csi"]


@pytest.mark.parametrize(
    ("choice", "pages", "total"),
    [
        ("listed", ["ab", "cd", "e"], 5),
        ("left-out", ["be", "", ""], 2),
        ("left-out-counted", ["be", "", ""], 5),
        ("left-out-of-pages", ["b", "", "e"], 5),
    ],
)
def test_bulk_unset(sim: Simulator, choice: str, pages: list[str], total: int) -> None:
    names = {sim.create(name)["id"]: name for name in "abcde"}
    for id_, name in names.items():
        if name in "be":
            sim.call("POST", at({"id": id_}) + "/mdm", json={"property": "th_csi", "value": "1"})
    sim.switch(bulk_unset=choice)
    answers = [sim.get("/mdm-bulk", pageSize=2, page=page) for page in range(3)]
    assert ["".join(names[item["id"]] for item in answer["credentials"]) for answer in answers] == pages
    assert [answer["paging"]["total"] for answer in answers] == [total] * 3
    assert [answer["paging"]["count"] for answer in answers] == [len(page) for page in pages]
    sim.switch(paging_count="page-size")
    assert sim.get("/mdm-bulk", pageSize=2, page=1)["paging"]["count"] == 2


def test_second_delete(sim: Simulator) -> None:
    sim.switch(second_delete="204")
    for method, path in (
        ("DELETE", "/credentials/unknown"),
        ("DELETE", "/users/AAAAAAAA"),
        ("POST", "/users/AAAAAAAA/detach"),
        ("DELETE", "/contacts/AAAAAAAA"),
        ("DELETE", "/mdm/th_csi"),
        ("DELETE", "/credentials/unknown/mdm/th_csi"),
        ("DELETE", "/logos/dark"),
    ):
        assert sim.call(method, path).status_code == 204


def test_categories_without_directory(sim: Simulator) -> None:
    sim.reset(directory=False)
    sim.control("POST", "contacts", {"threema_id": "AB12CD34", "categories": ["Partners"]})
    for path in ("/contacts/AB12CD34/categories", "/contact-categories/x"):
        for choice, status in (("404", 404), ("403", 403), ("401", 401), ("empty", 200)):
            sim.switch(categories_without_directory=choice)
            assert sim.call("GET", path).status_code == status


def test_quota(sim: Simulator) -> None:
    sim.control("PUT", "settings", {"quota": 2})
    for _number in range(2):
        sim.get("/mdm")
    for choice in SWITCHES["quota-retry-after"].values:
        sim.switch(quota_retry_after=choice)
        for method, path in (("GET", "/"), ("POST", "/credentials"), ("GET", "/nothing")):
            answer = sim.call(method, path)
            assert answer.status_code == 429 and list(answer.json()) == ["error"]
        waiting = answer.headers.get("Retry-After")
        if choice == "absent":
            assert waiting is None
        elif choice == "seconds":
            assert waiting is not None and 86000 < int(waiting) <= 86400
        else:
            assert waiting is not None and parsedate_to_datetime(waiting).year >= 2024
    sim.control("PUT", "settings", {"quota_used": 0})
    sim.get("/mdm")
    sim.control("PUT", "settings", {"quota": 0})
    for _number in range(3):
        sim.get("/mdm")


def test_logos(sim: Simulator) -> None:
    data = picture(700, 100)
    headers = {"Content-Type": "image/png"}
    assert sim.call("POST", "/logos/dark", data=data, headers=headers).status_code == 405
    for status in ("200", "201", "204"):
        sim.switch(logo_method="POST", logo_status=status)
        assert sim.call("POST", "/logos/dark", data=data, headers=headers).status_code == int(status)
        assert sim.call("PUT", "/logos/dark", data=data, headers=headers).status_code == 405
    sim.switch(logo_method="PUT", logo_reencode="on")
    sim.call("PUT", "/logos/dark", data=data, headers=headers)
    stored = sim.call("GET", "/logos/dark").content
    assert stored != data and stored.startswith(data[:33])
    assert sim.state()["logos"]["dark"]["sha256"] == hashlib.sha256(stored).hexdigest()


def test_error_key(sim: Simulator) -> None:
    sim.switch(error_key="message")
    assert list(sim.call("GET", "/nothing").json()) == ["message"]


def test_orphan_link(sim: Simulator) -> None:
    made = sim.create()
    one = sim.activate()
    sim.call("DELETE", at(made))
    sim.switch(orphan_link="dangling")
    assert links(sim.get("/users/" + one), "rel")["credential"] == sim.url + at(made)


def test_credential_link(sim: Simulator) -> None:
    made = sim.create()
    one = sim.activate()
    quoted = quote(made["id"], safe="")
    for choice, end in (
        ("right", quoted),
        ("detail", quoted + "/detail"),
        ("twice-encoded", quote(quoted, safe="")),
        ("fragment", quoted + "#y"),
        ("other-case", quote(made["id"].swapcase(), safe="")),
    ):
        sim.switch(credential_link=choice)
        for user in (sim.get("/users/" + one), sim.get("/users")["users"][0]):
            assert links(user, "rel")["credential"] == f"{sim.url}/credentials/{end}"
        assert (end == quoted) is (choice == "right")
    sim.switch(credential_link="missing")
    for user in (sim.get("/users/" + one), sim.get("/users")["users"][0]):
        assert "credential" not in links(user, "rel")
    assert len(sim.get("/users", filterCredential=made["id"])["users"]) == 1


def test_usage_count(sim: Simulator) -> None:
    made = sim.create()
    first, second = sim.activate(), sim.activate()
    sim.switch(usage_count="lagging")

    def usage() -> tuple[int, int]:
        return sim.get(at(made))["usage"], sim.get("/credentials")["credentials"][0]["usage"]

    assert usage() == (2, 2)
    sim.call("POST", f"/users/{first}/detach")
    assert usage() == (2, 2)
    sim.call("DELETE", "/users/" + second)
    assert usage() == (1, 1)
    assert sim.state()["credentials"][0]["usage"] == 0
    sim.switch(usage_count="linked")
    assert usage() == (0, 0)
    sim.switch(usage_count="lagging")
    sim.activate()
    assert usage() == (1, 1)


def test_usage_does_not_lag_where_an_id_only_moves(sim: Simulator) -> None:
    sim.switch(usage_count="lagging")
    old, new = sim.create("old"), sim.create("new")
    one = sim.activate("old")
    sim.activate("new", threema_id=one)
    assert (sim.get(at(old))["usage"], sim.get(at(new))["usage"]) == (0, 1)


def test_gateway_ids(sim: Simulator) -> None:
    sim.switch(gateway_ids="on")
    names = [item["id"] for item in sim.get("/contacts")["contacts"]]
    assert names == ["*THREEMA", "*SUPPORT"]
    for path in ("/contacts/*THREEMA", "/contacts/%2ATHREEMA"):
        assert sim.get(path)["threemaId"] == "*THREEMA"


def test_unset_user_fields(sim: Simulator) -> None:
    sim.create()
    one = sim.activate()
    assert sim.get("/users/" + one)["csi"] == ""
    sim.switch(unset_user_fields="null")
    assert sim.get("/users/" + one)["csi"] is None
    sim.switch(unset_user_fields="missing")
    assert "csi" not in sim.get("/users/" + one)


def test_root_path(sim: Simulator) -> None:
    for choice, with_slash, without in (("both", 200, 200), ("slash", 200, 404), ("no-slash", 404, 200)):
        sim.switch(root_path=choice)
        assert (sim.call("GET", "/").status_code, sim.call("GET", "").status_code) == (with_slash, without)


def test_future_fields(sim: Simulator) -> None:
    sim.reset(credentials=1, users=1, contacts=1)
    sim.switch(future_fields="on")
    assert sim.get("/")["futureField"] == "new"
    for path, key in (("/credentials", "credentials"), ("/users", "users"), ("/contacts", "contacts")):
        assert sim.get(path)[key][0]["futureObject"] == {"nested": [1, 2]}
    assert sim.get("/mdm-bulk")["credentials"][0]["parameters"][0]["futureField"] == "new"


def test_unknown_switches_are_refused_and_nothing_is_changed(sim: Simulator) -> None:
    for changes in ({"nothing": "x"}, {"page-base": "two"}, {"max-page-size": "0"}, {"max-page-size": "N"}):
        answer = sim.control("PUT", "settings", {"switches": {"error-key": "message", **changes}}, status=400)
        assert "known are" in answer["error"]
    assert sim.state()["switches"]["error-key"] == "error"
