# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations as the contract describes them, sections 1 to 8."""

from __future__ import annotations

import re

import pytest
import requests
from openapi_spec_validator import validate
from support import Simulator, at, links
from threema_simulator.resources import HANDLERS
from threema_simulator.resources.logos import picture
from threema_simulator.validation import Document

CONTACT = {"firstName": "Jane", "lastName": "Doe", "enabled": True, "directory_enabled": True}


def test_document_is_valid_and_every_operation_is_served(sim: Simulator) -> None:
    document = Document()
    validate(document.content)
    operations = list(document.operations())
    # Those of version 1.7.3; a newer version may have more.
    assert len(operations) >= 33
    assert {operation.id for operation in operations} == set(HANDLERS)
    for operation in operations:
        path = operation.path.replace("{threemaId}", "AAAAAAAA").replace("{property_id}", "th_csi")
        sim.call(operation.method, re.sub(r"\{.*?\}", "dark", path))
    assert [item["operation"] for item in sim.requests()] == [operation.id for operation in operations]


def test_subscription(sim: Simulator) -> None:
    for path in ("", "/"):
        answer = sim.get(path)
        assert answer["licenseAmount"] == 25000 and answer["type"] == "professional"
        assert len(answer["id"]) == 10
        assert re.fullmatch(r"[-0-9]{10}T[:0-9]{8}[+]\d{4}", answer["validUntil"])
        assert links(answer, "ref")["credentials"] == sim.url + "/credentials"
        done = sim.call("PUT", path, json={"name": "New" + path})
        assert (done.status_code, done.content) == (204, b"")
        assert sim.get("/")["name"] == "New" + path
    assert sim.call("PUT", "/", json={}).json() == {"error": "name is required"}
    assert sim.call("PUT", "/", json={"name": "x" * 257}).status_code == 400


def test_key(sim: Simulator) -> None:
    for key in ("", "wrong", None):
        answer = requests.get(sim.url + "/users", headers={"X-Api-Key": key}, timeout=5)
        assert answer.status_code == 401 and answer.json() == {"error": "Invalid API key"}
    assert [item["api_key_ok"] for item in sim.requests()] == [False] * 3
    assert sim.state()["quota"]["used"] == 0


def test_unknown_paths_and_methods(sim: Simulator) -> None:
    for path in ("/nothing", "/credentials/a/b", "/credentials/a/mdm/th_csi/x"):
        answer = sim.call("GET", path)
        assert answer.status_code == 404 and list(answer.json()) == ["error"]
    assert sim.call("PATCH", "/credentials").status_code == 405
    assert sim.get("/credentials", limit=5, json="x")["credentials"] == []


def test_credential(sim: Simulator) -> None:
    answer = sim.call("POST", "/credentials", json={"username": "jane", "password": "secret99", "lock": True})
    made = answer.json()
    assert answer.status_code == 201
    assert all(character in made["id"] for character in "/+=")
    assert answer.headers["Location"] == links(made, "ref")["detail"] == sim.url + at(made)
    fields = {"username": "jane", "password": "secret99", "usage": 0, "hashed": False, "locked": True}
    assert fields.items() <= made.items() and "licenseCount" not in made
    assert sim.get(at(made)) == made
    listed = sim.get("/credentials")["credentials"][0]
    assert list(links(listed, "ref")) == ["detail"] and listed["password"] == "secret99"
    body = {"id": "no harm", "username": "joan", "password": "other", "licenseCount": 9}
    done = sim.call("PUT", at(made), json=body)
    assert (done.status_code, done.content) == (204, b"")
    after = sim.get(at(made))
    assert (after["username"], after["password"], after["locked"]) == ("joan", "other", True)
    assert sim.state()["credentials"][0]["license_count"] is None
    assert sim.call("DELETE", at(made)).status_code == 204
    for method in ("GET", "DELETE"):
        assert sim.call(method, at(made)).status_code == 404
    assert sim.call("PUT", at(made), json=body).status_code == 404


def test_lower_case_percent_encoding(sim: Simulator) -> None:
    made = sim.create()
    lower = re.sub("%..", lambda match: match.group().lower(), at(made))
    assert sim.get(lower)["id"] == made["id"]


def test_hashed_password(sim: Simulator) -> None:
    made = sim.create(hash=True)
    assert made["hashed"] is True and made["password"] is None
    assert sim.state()["credentials"][0]["password"] is None
    assert sim.control("POST", "password", {"username": "jane", "password": "secret99"}) == {"ok": True}
    assert sim.control("POST", "password", {"username": "jane", "password": "wrong"}) == {"ok": False}
    assert sim.call("PUT", at(made), json={"username": "jane", "password": "plain"}).status_code == 204
    assert sim.get(at(made))["password"] == "plain"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"username": "a"},
        {"username": "", "password": "x"},
        {"username": "a", "password": ""},
        {"username": "x" * 257, "password": "x"},
        {"username": "a", "password": 1},
        {"username": "a", "password": "secret-in-body", "lock": "yes"},
        {"username": "a", "password": "b", "licenseCount": 0},
    ],
)
def test_invalid_credentials(sim: Simulator, body: object) -> None:
    for method, path in (("POST", "/credentials"), ("PUT", at(sim.create()))):
        if method == "PUT" and isinstance(body, dict) and "licenseCount" in body:
            continue
        answer = sim.call(method, path, json=body)
        assert answer.status_code == 400 and "secret" not in answer.text and list(answer.json()) == ["error"]


def test_bodies_that_are_no_json(sim: Simulator) -> None:
    for data, kind in ((b"{", "application/json"), (b"", "application/json"), (b"a=b", "text/plain")):
        answer = sim.call("POST", "/credentials", data=data, headers={"Content-Type": kind})
        assert answer.status_code == 400 and list(answer.json()) == ["error"]


def test_duplicate_username_and_licences(sim: Simulator) -> None:
    sim.reset(licenses=3)
    first = sim.create("a")
    assert sim.call("POST", "/credentials", json={"username": "a", "password": "b"}).status_code == 400
    other = sim.create("b")
    assert sim.call("PUT", at(other), json={"username": "a", "password": "b"}).status_code == 400
    sim.activate("a")
    sim.activate("a")
    # Two IDs on one credential take two licenses.
    answer = sim.call("POST", "/credentials", json={"username": "c", "password": "b"})
    assert answer.status_code == 403 and list(answer.json()) == ["error"]
    assert sim.get(at(first))["usage"] == 2
    sim.control("PUT", "settings", {"licenses": 10})
    sim.create("c", licenseCount=6)
    assert sim.control("GET", "settings")["licenses_free"] == 1
    assert (
        sim.call("POST", "/credentials", json={"username": "d", "password": "b", "licenseCount": 2}).status_code == 403
    )


def test_paging_and_page_sizes(sim: Simulator) -> None:
    sim.reset(credentials=45)
    pages = [sim.get("/credentials", **({"page": number} if number else {})) for number in range(4)]
    assert [len(page["credentials"]) for page in pages] == [20, 20, 5, 0]
    assert pages[2]["paging"] == {"count": 5, "total": 45, "page": 2, "_links": []}
    assert len({item["id"] for page in pages for item in page["credentials"]}) == 45
    assert len(sim.get("/credentials", pageSize=5000)["credentials"]) == 45
    for path, sizes in (("/credentials", (0, 5001, "x", "", -1)), ("/mdm-bulk", (0, 501))):
        for size in sizes:
            assert sim.call("GET", path, params={"pageSize": size}).status_code == 400
    assert sim.call("GET", "/users", params={"page": -1}).status_code == 400


def test_users(sim: Simulator) -> None:
    made = sim.create()
    sim.create("bob", "secret99")
    one, two = sim.activate(), sim.activate("bob")
    assert re.fullmatch("[A-Z0-9]{8}", one)
    detail = sim.get("/users/" + one)
    assert links(detail, "rel")["credential"] == sim.url + at(made)
    assert detail["id"] == one and "username" not in detail and len(detail["createdAt"]) == 24
    for query, found in (
        ({}, [one, two]),
        ({"filterCredential": made["id"]}, [one]),
        ({"filterUsername": "bob"}, [two]),
        ({"filterUsername": ""}, [one, two]),
        ({"filterQuery": one.lower()}, [one]),
        ({"filterCredential": "unknown"}, []),
        ({"filterUsername": "bo"}, []),
    ):
        answer = sim.get("/users", **query)
        assert [user["id"] for user in answer["users"]] == found
        assert answer["paging"]["total"] == len(found)
    assert sim.call("GET", "/users/ABCDEFGH").status_code == 404
    assert sim.call("GET", "/users/short").status_code == 400


def test_revoke_and_detach(sim: Simulator) -> None:
    made = sim.create(lock=True)
    one = sim.activate()
    assert sim.call("POST", f"/users/{one}/detach").status_code == 204
    assert sim.get(at(made))["usage"] == 0
    assert sim.call("POST", f"/users/{one}/detach").status_code == 404
    # The next use brings it back, as long as the credential is good.
    sim.control("POST", "sync", {"threema_id": one})
    assert sim.get(at(made))["usage"] == 1
    assert sim.call("DELETE", f"/users/{one}").status_code == 204
    assert sim.call("DELETE", f"/users/{one}").status_code == 404
    sim.control("POST", "sync", {"threema_id": one}, status=404)
    sim.control("POST", "activate", {"username": "jane", "password": "secret99", "threema_id": one}, status=403)
    assert sim.state()["revoked"] == [one]
    sim.activate()


def test_deleting_a_credential_leaves_orphans(sim: Simulator) -> None:
    made = sim.create()
    one = sim.activate()
    sim.call("DELETE", at(made))
    assert [user["id"] for user in sim.get("/users")["users"]] == [one]
    assert "credential" not in links(sim.get("/users/" + one), "rel")
    sim.control("POST", "sync", {"threema_id": one}, status=401)
    assert sim.call("DELETE", "/users/" + one).status_code == 204


def test_app(sim: Simulator) -> None:
    made = sim.create(lock=True)
    sim.control("POST", "activate", {"username": "jane", "password": "wrong"}, status=401)
    one = sim.activate()
    sim.control("POST", "activate", {"username": "jane", "password": "secret99"}, status=403)
    assert sim.activate(threema_id=one) == one
    sim.call("POST", "/mdm", json={"property": "th_department", "value": "Global"})
    sim.call("POST", "/mdm", json={"property": "th_firstname", "value": "Global"})
    sim.call("POST", at(made) + "/mdm", json={"property": "th_firstname", "value": "Jane"})
    assert sim.get("/users/" + one)["firstName"] == ""
    sim.control("POST", "sync", {"threema_id": one, "nickname": "Jay", "version": "ios - 7.2k", "last_check": None})
    user = sim.get("/users/" + one)
    assert (user["firstName"], user["department"], user["nickname"]) == ("Jane", "Global", "Jay")
    assert (user["version"], user["lastCheck"]) == ("ios - 7.2k", None)
    # A new password cuts the device off until it is typed in again.
    sim.call("PUT", at(made), json={"username": "jane", "password": "new"})
    sim.control("POST", "sync", {"threema_id": one}, status=401)
    sim.activate(password="new", threema_id=one)
    sim.control("POST", "sync", {"threema_id": one})
    other = sim.create("bob", licenseCount=1)
    assert sim.activate("bob", threema_id=one) == one
    assert (sim.get(at(made))["usage"], sim.get(at(other))["usage"]) == (0, 1)
    sim.control("POST", "activate", {"username": "bob", "password": "secret99"}, status=403)


def test_contacts(sim: Simulator) -> None:
    body = {"threemaId": "AB12CD34", "firstName": "Jane"}
    made = sim.call("POST", "/contacts", json=body)
    assert (made.status_code, made.content) == (201, b"")
    assert made.headers["Location"] == sim.url + "/contacts/AB12CD34"
    assert sim.call("POST", "/contacts", json=body).status_code == 400
    for wrong in ({"threemaId": "short"}, {}, {"threemaId": "AB12CD35", "firstName": ""}):
        assert sim.call("POST", "/contacts", json=wrong).status_code == 400
    detail = sim.get("/contacts/AB12CD34")
    assert detail["threemaId"] == "AB12CD34" and "id" not in detail
    assert (detail["firstName"], detail["lastName"], detail["enabled"]) == ("Jane", None, True)
    listed = sim.get("/contacts")["contacts"][0]
    assert listed["id"] == "AB12CD34" and "threemaId" not in listed
    assert [link["ref"] for link in listed["_links"]] == ["detail", "detail"]
    path = "/contacts/AB12CD34"
    assert sim.call("PUT", path, json=CONTACT).status_code == 204
    for name in CONTACT:
        shorter = {key: value for key, value in CONTACT.items() if key != name}
        answer = sim.call("PUT", path, json=shorter)
        assert answer.status_code == 400 and answer.json() == {"error": f"{name} is required"}
    assert sim.call("PUT", path, json={**CONTACT, "firstName": ""}).status_code == 400
    assert sim.call("PUT", "/contacts/ZZZZZZZZ", json=CONTACT).status_code == 404
    assert sim.call("DELETE", path).status_code == 204
    assert sim.call("DELETE", path).status_code == 404


def test_automatic_contacts(sim: Simulator) -> None:
    sim.create()
    one = sim.activate()
    assert sim.get("/contacts/" + one)["type"] == "auto"
    refused = sim.call("DELETE", "/contacts/" + one)
    assert refused.status_code == 401 and list(refused.json()) == ["error"]
    assert sim.call("PUT", "/contacts/" + one, json={**CONTACT, "enabled": False}).status_code == 204
    sim.call("DELETE", "/users/" + one)
    assert sim.get("/contacts/" + one)["enabled"] is False


def test_categories(sim: Simulator) -> None:
    made = sim.create()
    one = sim.activate()
    sim.call("POST", at(made) + "/mdm", json={"property": "th_category", "value": "sales,building 2"})
    sim.control("POST", "sync", {"threema_id": one})
    [custom] = sim.control("POST", "contacts", {"threema_id": "AB12CD34", "categories": ["Partners"]})
    found = sim.get(f"/contacts/{one}/categories")
    assert [(item["name"], item["source"]) for item in found["categories"]] == [
        ("sales", "mdm"),
        ("building 2", "mdm"),
    ]
    assert found["paging"]["total"] == 2
    category = sim.get("/contacts/AB12CD34/categories")["categories"][0]
    assert category["id"] == custom["category_ids"][0] and category["source"] == "custom"
    assert sim.get("/contact-categories/" + category["id"]) == category
    assert sim.get("/contact-categories/" + found["categories"][0]["id"])["name"] == "sales"
    assert sim.call("GET", "/contact-categories/unknown").status_code == 404
    assert sim.call("GET", "/contacts/ZZZZZZZZ/categories").status_code == 404
    assert sim.call("PUT", "/contacts/AB12CD34/categories", json={"categories": []}).status_code == 405
    assert [item["id"] for item in sim.get("/contacts", filterCategory=category["id"])["contacts"]] == ["AB12CD34"]


@pytest.mark.parametrize("kind", ["global", "individual"])
def test_settings(sim: Simulator, kind: str) -> None:
    path = ("" if kind == "global" else at(sim.create())) + "/mdm"
    for value in ("Jane", "Joan"):
        done = sim.call("POST", path, json={"property": "th_firstname", "value": value})
        assert (done.status_code, done.content) == (204, b"")
    [item] = sim.get(path)["parameters"]
    assert (item["name"], item["value"]) == ("th_firstname", "Joan")
    detail = sim.get(path + "/th_firstname")
    assert detail["id" if kind == "global" else "name"] == "th_firstname"
    assert links(detail, "ref")["detail"] == sim.url + path + "/th_firstname"
    unchanged = sim.call("PUT", path + "/th_firstname")
    assert unchanged.status_code == 200 and unchanged.json()["value"] == "Joan"
    assert sim.call("PUT", path + "/th_firstname", json={"value": "Jill"}).json()["value"] == "Jill"
    assert sim.call("PUT", path + "/th_lastname", json={"value": "Doe"}).status_code == 404
    assert sim.call("DELETE", path + "/th_firstname").status_code == 204
    for method in ("GET", "DELETE"):
        assert sim.call(method, path + "/th_firstname").status_code == 404
    for body, status in (
        ({"property": "th_x"}, 400),
        ({"value": "x"}, 400),
        ({"name": "th_firstname", "value": "x"}, 400),
        ({"property": "th_", "value": "x"}, 400),
        ({"property": "firstname", "value": "x"}, 400),
        ({"property": "th_unknown", "value": "x"}, 422),
        ({"property": "th_firstname", "value": True}, 422),
        ({"property": "th_firstname", "value": None}, 422),
        ({"property": "th_firstname", "value": ["x"]}, 422),
        ({"property": "th_disable_export", "value": "yes"}, 422),
        ({"property": "th_disable_export", "value": 1}, 422),
        ({"property": "th_keep_messages_days", "value": True}, 422),
        ({"property": "th_keep_messages_days", "value": 3651}, 422),
        ({"property": "th_nickname", "value": "x" * 33}, 422),
    ):
        answer = sim.call("POST", path, json=body)
        assert answer.status_code == status, body
        assert bool(answer.content) == (status == 400)
    assert sim.get(path)["parameters"] == []


def test_settings_of_unknown_credentials(sim: Simulator) -> None:
    for method, path in (("GET", "/mdm"), ("POST", "/mdm"), ("GET", "/mdm/th_csi"), ("DELETE", "/mdm/th_csi")):
        body = {"property": "th_csi", "value": "1"} if method == "POST" else None
        answer = sim.call(method, "/credentials/unknown" + path, json=body)
        assert answer.status_code == 404 and list(answer.json()) == ["error"]


def test_bulk(sim: Simulator) -> None:
    first, second = sim.create("a"), sim.create("b")
    name = {"name": "th_nickname", "value": "Jay"}
    sim.call("POST", at(first) + "/mdm", json={"property": "th_csi", "value": "1"})
    done = sim.call("POST", "/mdm-bulk", json={"credentials": [{"id": first["id"], "parameters": [name]}]})
    assert (done.status_code, done.content) == (204, b"")
    listed = sim.get("/mdm-bulk")
    assert [item["id"] for item in listed["credentials"]] == [first["id"], second["id"]]
    values = {item["name"]: item["value"] for item in listed["credentials"][0]["parameters"]}
    assert values == {"th_csi": "1", "th_nickname": "Jay"}
    assert links(listed["credentials"][0], "rel")["credential"] == sim.url + at(first)
    assert listed["credentials"][1]["parameters"] == [] and listed["paging"]["total"] == 2
    many = [{"id": first["id"], "parameters": []}] * 1001
    for items, status in (
        (many, 400),
        (many[:1000], 204),
        ([{"id": "unknown", "parameters": [name]}], 400),
        ([{"id": first["id"]}], 400),
        ([{"id": first["id"], "parameters": [{"property": "th_csi", "value": "1"}]}], 400),
        ([{"id": first["id"], "parameters": [{"name": "th_csi", "value": 1}]}], 422),
        ([{"id": first["id"], "parameters": [{"name": "th_csi", "value": {}}]}], 422),
    ):
        answer = sim.call("POST", "/mdm-bulk", json={"credentials": items})
        assert answer.status_code == status
        assert bool(answer.content) == (status == 400)
    assert sim.call("POST", "/mdm-bulk", json={}).status_code == 400


def test_logos(sim: Simulator) -> None:
    data = picture(680, 80)
    for variant in ("dark", "light"):
        assert sim.call("GET", "/logos/" + variant).status_code == 404
        sent = sim.call("PUT", "/logos/" + variant, data=data, headers={"Content-Type": "image/png"})
        assert sent.status_code == 204
        answer = sim.call("GET", "/logos/" + variant)
        assert (answer.headers["Content-Type"], answer.content) == ("image/png", data)
        assert sim.call("DELETE", "/logos/" + variant).status_code == 204
        assert sim.call("DELETE", "/logos/" + variant).status_code == 404
    for wrong in (b"", b"GIF89a", picture(679, 80), picture(680, 79), data[:20]):
        answer = sim.call("PUT", "/logos/dark", data=wrong, headers={"Content-Type": "image/png"})
        assert answer.status_code == 400 and list(answer.json()) == ["error"]
    assert sim.call("PUT", "/logos/dark", data=data).status_code == 400
    assert sim.call("PUT", "/logos/blue", data=data, headers={"Content-Type": "image/png"}).status_code == 404
