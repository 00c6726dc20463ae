# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields of answers that a service may fill otherwise: with other types, with secrets, or not at all."""

from __future__ import annotations

import json
import time
import typing as t

import pytest
from ansible_collections.threema.work.plugins.module_utils._api.credentials import CredentialApi
from ansible_collections.threema.work.tests.support.modules import (
    Modules,
    Result,
    add,
    bodies,
    calls,
    client_for,
    connection,
    credentials_of,
    failing,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

ONE: t.Final = {"id": "AAAA", "username": "anna", "password": "pw", "hashed": False, "locked": False, "usage": 0}
CONTACT: t.Final = {"id": "ABCD1234", "type": "custom", "firstName": "A", "lastName": "B", "enabled": True}
ROOT: t.Final = {"id": "QX7K2M9P0A", "name": "Example", "type": "professional", "licenseAmount": 5, "validUntil": "x"}


def listed(key: str, *items: Result) -> Result:
    """An order for a list of these."""
    body = {key: list(items), "paging": {"count": len(items), "total": len(items), "page": 0}}
    return {"method": "GET", "path": f"/{key}", "kind": "json", "body": body, "times": None}


SECRET_FIELDS: t.Final = (
    "passwordHash",
    "initialPassword",
    "activationCode",
    "activationLink",
    "loginToken",
    "clientSecret",
    "apiKey",
    "PIN",
    "oneTimePin",
    "otp",
    "passphrase",
    "PASSWD",
)


@pytest.mark.parametrize("name", SECRET_FIELDS)
@pytest.mark.parametrize("value", ["Secret-4711", 4711471147114711, {"x": "Secret-4711"}, ["Secret-4711"]])
def test_a_field_that_sounds_secret_is_dropped(run: Modules, simulator: Simulator, name: str, value: t.Any) -> None:
    field = {name: value, "note": "new", "nested": [{name: value, "note": "new"}]}
    simulator.fault(**listed("credentials", {**ONE, **field}))
    simulator.fault(**listed("contacts", {**CONTACT, **field}))
    simulator.fault(method="GET", path="/", kind="json", body={**ROOT, **field}, times=None)
    results = [
        run.good("credential_info"),
        run.good("credential_info", username="anna", include_passwords=True),
        run.good("credential", username="anna"),
        run.good("credentials", credentials=[{"username": "anna"}], return_objects="all"),
        run.good("contact_info"),
        run.good("subscription_info"),
    ]
    for result in results:
        shown = json.dumps(result)
        assert "Secret-4711" not in shown and "47114711" not in shown
    assert results[0]["credentials"][0]["note"] == "new"
    assert results[0]["credentials"][0]["nested"] == [{"note": "new"}]


def test_a_created_credential_shows_no_secret_field(run: Modules, simulator: Simulator) -> None:
    """Hashed, so that its password is null; and a link holds it all the same."""
    made = {**ONE, "password": None, "hashed": True, "link": "threema://x?a=Sommer%262026", "initialPassword": "other"}
    simulator.fault(method="POST", path="/credentials", kind="status", status=201, body=made)
    done = run.good("credential", username="anna", password="Sommer&2026", hashed=True)
    assert done["credential"]["id"] == "AAAA"
    assert not {"link", "initial_password"} & done["credential"].keys()


def test_a_created_credential_comes_without_its_password(simulator: Simulator) -> None:
    """Also where passwords are kept of what is read, and where the service tells another one than was sent."""
    body = {**ONE, "password": "of-the-service"}
    simulator.fault(method="POST", path="/credentials", kind="status", status=201, body=body)
    target = {"username": "anna", "password": "first-password", "hashed": False, "locked": True}
    with client_for(connection(simulator)) as client:
        made = CredentialApi(client, keep_passwords=True).create(target)
    assert made == {"id": "AAAA", "username": "anna", "hashed": False, "locked": False, "usage": 0}


@pytest.mark.parametrize("name", ["passwordExpired", "hasPassword", "tokenUsed"])
@pytest.mark.parametrize("value", [True, False, None])
def test_whether_there_is_a_secret_is_none(run: Modules, simulator: Simulator, name: str, value: bool | None) -> None:
    simulator.fault(**listed("credentials", {**ONE, name: value}))
    (found,) = run.good("credential_info")["credentials"]
    assert value in [found.get(key) for key in found if key not in ONE]


@pytest.mark.parametrize("depth", [20, 21, 100])
def test_a_field_that_is_nested_beyond_reason(run: Modules, simulator: Simulator, depth: int) -> None:
    nested: t.Any = "x"
    for _level in range(depth):
        nested = [nested]
    simulator.fault(**listed("credentials", {**ONE, "note": nested}))
    if depth == 20:
        assert run.good("credential_info")["credentials"][0]["note"] == nested
    else:
        assert "nested" in run.bad("credential_info", "protocol")["msg"]
    simulator.fault(method="GET", path="/", kind="json", body={**ROOT, "note": nested})
    assert run("subscription_info")["failed"] is (depth > 20)
    simulator.fault(method="GET", path="/contact-categories/*", kind="json", body={"id": "c", "note": nested})
    assert run("contact_category_info", category_id="c")["failed"] is (depth > 20)


@pytest.mark.parametrize("key", ["hashed", "locked"])
@pytest.mark.parametrize("value", ["false", "true", "", [], {}, 2, 1.0, 0.5])
def test_a_boolean_that_is_none(run: Modules, simulator: Simulator, key: str, value: t.Any) -> None:
    """Taken for true, a text "false" would lock, hash or show somebody."""
    simulator.fault(**listed("credentials", {**ONE, key: value}))
    assert key in run.bad("credential", "protocol", username="anna", locked=True)["msg"]
    simulator.fault(**listed("contacts", {**CONTACT, "enabled": value}))
    contacts = [{"threema_id": "ABCD1234", "enabled": True}, {"threema_id": "ABCD1235", "enabled": True}]
    assert "enabled" in run.bad("contacts", "protocol", contacts=contacts)["msg"]
    assert bodies(simulator, "PUT") == []


@pytest.mark.parametrize(("value", "shown"), [(None, False), (0, False), (1, True), (True, True)])
def test_a_boolean_in_other_words(run: Modules, simulator: Simulator, value: t.Any, shown: bool) -> None:
    simulator.fault(**listed("credentials", {**ONE, "locked": value, "hashed": value}))
    (found,) = run.good("credential_info")["credentials"]
    assert (found["locked"], found["hashed"]) == (shown, shown)
    simulator.fault(**listed("contacts", {**CONTACT, "enabled": value}))
    assert run.good("contact_info")["contacts"][0]["enabled"] is shown


def test_a_hashed_password_is_known_by_its_absence(run: Modules, simulator: Simulator) -> None:
    """Without ``hashed``, a null password is one: its lock is not changed without another one."""
    without = {name: value for name, value in ONE.items() if name != "hashed"}
    simulator.fault(**listed("credentials", {**without, "password": None}))
    assert "password" in run.bad("credential", "refused", username="anna", locked=True)["msg"]
    run.bad("credentials", "refused", credentials=[{"username": "anna", "locked": True}])
    assert bodies(simulator, "PUT") == []
    assert run.good("credential_info")["credentials"][0]["hashed"] is True
    simulator.control("DELETE", "faults")
    simulator.fault(**listed("credentials", without))
    assert run.good("credential_info")["credentials"][0]["hashed"] is False


@pytest.mark.parametrize("usage", [True, -1, "1", 1.5, None, [1]])
def test_usage_that_is_no_number(run: Modules, simulator: Simulator, usage: t.Any) -> None:
    simulator.fault(**listed("credentials", {**ONE, "usage": usage}))
    assert run.good("credential_info")["credentials"][0]["usage"] is None
    assert "usage" in run.bad("credential_info", "protocol", unused=True)["msg"]


@pytest.mark.parametrize("key", ["id", "type", "validUntil", "licenseAmount"])
@pytest.mark.parametrize("value", [[1], {"a": 1}, True, 1.5, "text", 7, None])
@pytest.mark.parametrize("include", [False, True])
def test_the_subscription_of_other_types(
    run: Modules, simulator: Simulator, key: str, value: t.Any, include: bool
) -> None:
    simulator.fault(method="GET", path="/", kind="json", body={**ROOT, key: value})
    fits = value is None or (isinstance(value, int if key == "licenseAmount" else str) and value is not True)
    result = run("subscription_info", include_usage=include)
    assert result["failed"] is not fits
    if not fits:
        assert result["failure"]["kind"] == "protocol"
        assert key in result["msg"]


@pytest.mark.parametrize("value", ["", None])
def test_a_contact_without_a_name(run: Modules, simulator: Simulator, value: t.Any) -> None:
    simulator.fault(**listed("contacts", {**CONTACT, "_links": [{"rel": "detail", "link": "x"}], "firstName": value}))
    shown = {"threema_id": "ABCD1234", "type": "custom", "first_name": None, "last_name": "B", "enabled": True}
    assert run.good("contact_info")["contacts"] == [shown]


@pytest.mark.parametrize("value", [["A"], {"a": 1}, 7, True])
@pytest.mark.parametrize("name", ["firstName", "lastName"])
def test_a_name_of_a_contact_that_is_no_text(run: Modules, simulator: Simulator, name: str, value: t.Any) -> None:
    simulator.fault(**listed("contacts", {**CONTACT, name: value}))
    assert "name" in run.bad("contact_info", "protocol")["msg"]


LINKS: t.Final = ("{}", "{}/", "{}?x=1", "{}/?x=1", "{}?x=/y/")


@pytest.mark.parametrize("form", LINKS)
def test_a_link_to_a_credential(run: Modules, simulator: Simulator, form: str) -> None:
    link = form.format("https://example.org/api/v1/credentials/a%2Fb%2Bc%3D")
    user = {"id": "ABCD1234", "_links": [{"rel": "detail", "link": "x"}, {"rel": "credential", "link": link}]}
    simulator.fault(**listed("users", user))
    assert run.good("user_info")["users"][0]["credential_id"] == "a/b+c="


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("status", [404, 400])
@pytest.mark.parametrize("number", [1, 3])
def test_settings_of_a_credential_that_is_gone(
    run: Modules, simulator: Simulator, check: bool, status: int, number: int
) -> None:
    simulator.fault(path="/credentials/gone*", kind="status", status=status, times=None)
    items = [{"id": f"gone{index}", "settings": {"th_csi": "1"}} for index in range(number)]
    failed = run.bad("mdm_settings", "not_found", credentials=items, check=check)
    assert (failed["changed"], failed["summary"]["failed"]) == (False, number)
    assert bodies(simulator, "POST") == []


@pytest.mark.parametrize("body", [{}, {"parameters": None}, {"parameters": {"name": "th_csi", "value": "1"}}], ids=str)
def test_settings_that_are_no_list(run: Modules, simulator: Simulator, body: Result) -> None:
    simulator.fault(method="GET", path="/mdm", kind="json", body=body)
    assert "no list 'parameters'" in run.bad("mdm_setting_info", "protocol", scope="global")["msg"]


def test_a_setting_twice(run: Modules, simulator: Simulator) -> None:
    """Which of the two values holds is not told."""
    twice = [{"name": "th_csi", "value": "1"}, {"id": "th_csi", "value": "2"}]
    simulator.fault(method="GET", path="/mdm", kind="json", body={"parameters": twice}, times=None)
    assert "th_csi" in run.bad("mdm_setting_info", "protocol", scope="global")["msg"]
    run.bad("mdm_settings", "protocol", settings={"th_csi": "1", "th_department": "x"})
    assert bodies(simulator, "POST") == []


@pytest.mark.parametrize("key", [{"name": "th_csi"}, {"id": "th_csi"}, {"id": "17"}, {}])
def test_one_setting_by_whatever_key(run: Modules, simulator: Simulator, key: Result) -> None:
    simulator.fault(method="GET", path="/mdm/th_csi", kind="json", body={**key, "value": "1"}, times=None)
    assert not run.good("mdm_setting", name="th_csi", value="1")["changed"]
    assert bodies(simulator, "POST") == []


def test_another_setting_than_the_one_asked_for(run: Modules, simulator: Simulator) -> None:
    body = {"name": "th_category", "value": "1"}
    simulator.fault(method="GET", path="/mdm/th_csi", kind="json", body=body, times=None)
    assert "another setting" in run.bad("mdm_setting", "protocol", name="th_csi", value="1")["msg"]
    run.bad("mdm_setting", "protocol", name="th_csi", state="absent")
    assert {call.split()[0] for call in calls(simulator)} == {"GET"}


@pytest.mark.parametrize("value", [1.5, [1], {"a": 1}])
def test_a_setting_of_another_type(run: Modules, simulator: Simulator, value: t.Any) -> None:
    body = {"parameters": [{"name": "th_csi", "value": value}]}
    simulator.fault(method="GET", path="/mdm", kind="json", body=body)
    run.bad("mdm_setting_info", "protocol", scope="global")


NAME: t.Final = "ann\x1b[2J\u202e\nfatal: fake"


def test_a_name_of_the_service_in_a_message(run: Modules, simulator: Simulator) -> None:
    without = {name: value for name, value in ONE.items() if name != "usage"}
    simulator.fault(**listed("credentials", {**without, "username": NAME}))
    messages = [run.bad("credential_info", "protocol", unused=True)["msg"]]
    simulator.fault(method="GET", path="/credentials/*", kind="json", body={**ONE, "id": NAME})
    messages.append(run.bad("credential_info", "protocol", id="BBBB")["msg"])
    twice = [{"name": NAME, "value": "1"}, {"name": NAME, "value": "2"}]
    simulator.fault(method="GET", path="/mdm", kind="json", body={"parameters": twice})
    messages.append(run.bad("mdm_setting_info", "protocol", scope="global")["msg"])
    simulator.fault(method="POST", path="/credentials", kind="status", status=400, body={"error": NAME}, times=None)
    messages.append(run.bad("credential", "invalid", username="bert", password="Qk7vZp3xNw")["msg"])
    for msg in messages:
        assert "\\x1b[2J\\u202e" in msg
        assert msg.isprintable()


@pytest.mark.parametrize(
    ("method", "path", "module", "options"),
    [
        ("PUT", "/credentials/*", "credential", {"username": "anna", "locked": True}),
        ("DELETE", "/credentials/*", "credential", {"username": "anna", "state": "absent"}),
        ("POST", "/credentials", "credential", {"username": "bert", "password": "x"}),
        ("PUT", "/", "subscription", {"name": "Other"}),
        ("POST", "/mdm", "mdm_setting", {"name": "th_csi", "value": "1"}),
    ],
)
def test_another_status_than_the_documented_one(
    run: Modules, simulator: Simulator, method: str, path: str, module: str, options: Result
) -> None:
    """Whether an empty 200 of something in between was carried out nobody knows."""
    add(simulator, "anna", locked=False)
    simulator.fault(method=method, path=path, kind="status", status=200, body="", times=None)
    failed = run.bad(module, "protocol", **options)
    assert "documented status" in failed["msg"] and "may have been carried out" in failed["msg"]
    assert failed["failure"]["request_sent"] is True
    assert "anna" in credentials_of(simulator)
    assert any(call.startswith(method) for call in calls(simulator))


@pytest.mark.parametrize(
    "body",
    [
        '{"credentials": [{"id": "AAAA", "id": "BBBB", "username": "anna"}], "paging": {"total": 1}}',
        '{"credentials": [{"id": "AAAA", "username": "anna", "username": null}], "paging": {"total": 1}}',
        '{"credentials": [], "credentials": [{"id": "AAAA", "username": "anna"}], "paging": {"total": 1}}',
        '{"credentials": [{"id": "AAAA", "username": "anna", "x": [{"\\u202e": 1, "\\u202e": 1}]}]}',
    ],
)
def test_a_key_twice(run: Modules, simulator: Simulator, body: str) -> None:
    """Which of the two values holds nobody can tell, and it may be who is meant."""
    simulator.fault(method="GET", path="/credentials", kind="status", status=200, body=body, times=None)
    failed = run.bad("credential", "protocol", username="anna", state="absent")
    assert "two values for" in failed["msg"] and failed["msg"].isprintable()
    run.bad("credential_info", "protocol")
    assert {call.split()[0] for call in calls(simulator)} == {"GET"}


def test_an_object_of_very_many_keys(simulator: Simulator) -> None:
    """Looking for the one that is there twice takes no time that grows with their square."""
    keys = ",".join(f'"k{number}":0' for number in range(200_000))
    simulator.fault(method="GET", path="/mdm", kind="status", status=200, body=f'{{{keys},"k199999":0}}')
    with client_for(connection(simulator)) as client:
        answer = client.request("GET", "/mdm")
        started = time.process_time()
        assert "k199999" in failing(answer.json).msg
        assert time.process_time() - started < 20


@pytest.mark.parametrize("value", [["custom"], {"a": 1}, 7, True])
def test_a_type_of_a_contact_that_is_no_text(run: Modules, simulator: Simulator, value: t.Any) -> None:
    """Of which sort a contact is decides whether it may be removed."""
    simulator.fault(**listed("contacts", {**CONTACT, "type": value}))
    assert "type" in run.bad("contact_info", "protocol")["msg"]
    run.bad("contacts", "protocol", contacts=[{"threema_id": "ABCD1235", "enabled": True}], prune=True)
    assert {call.split()[0] for call in calls(simulator)} == {"GET"}


@pytest.mark.parametrize(
    ("key", "value"),
    [("id", 7), ("id", ["c"]), ("name", [None]), ("source", True), ("enabled", "false"), ("enabled", 7)],
)
def test_a_category_of_other_types(run: Modules, simulator: Simulator, key: str, value: t.Any) -> None:
    category = {"id": "c", "name": "Partners", "source": "custom", "enabled": True, key: value}
    simulator.fault(method="GET", path="/contact-categories/*", kind="json", body=category, times=None)
    assert key in run.bad("contact_category_info", "protocol", category_id="c")["msg"]
    simulator.fault(
        method="GET",
        path="/contacts/*/categories",
        kind="json",
        body={"categories": [category], "paging": {"total": 1}},
        times=None,
    )
    assert key in run.bad("contact_category_info", "protocol", threema_id="ABCD1234")["msg"]


def test_a_category_without_what_may_be_missing(run: Modules, simulator: Simulator) -> None:
    body = {"id": "c", "name": None, "enabled": None}
    simulator.fault(method="GET", path="/contact-categories/*", kind="json", body=body)
    assert run.good("contact_category_info", category_id="c")["categories"] == [body]


def test_a_text_of_the_service_that_never_ends(run: Modules, simulator: Simulator) -> None:
    """It fills no screen; what the message says besides is still there."""
    simulator.fault(method="GET", path="/users/*", kind="json", body={"id": "x" * 1000}, times=None)
    failed = run.bad("user_info", "protocol", threema_id="ABCD1234")
    assert "another object (xxxx" in failed["msg"] and len(failed["msg"]) < 500
    simulator.fault(method="GET", path="/", kind="json", body={**ROOT, "name": f"{'x' * 100_000}!"}, times=None)
    failed = run.bad("subscription_info", "refused", expect_subscription="Example")
    assert "! (QX7K2M9P0A), not Example" in failed["msg"] and failed["msg"].endswith("Check api_key and api_url")
    assert len(failed["msg"]) <= 10_000 and len(failed["failure"]["msg"]) <= 10_000


@pytest.mark.parametrize("key", ["id", "username"])
def test_a_name_that_never_ends(run: Modules, simulator: Simulator, key: str) -> None:
    """It is not sent back to the service as a part of a path, and no message holds it."""
    simulator.fault(**listed("credentials", {**ONE, key: "x" * 1001}))
    failed = run.bad("mdm_settings", "protocol", credentials=[{"username": "anna", "settings": {"th_csi": "1"}}])
    assert f"{key} has 1001 characters, and at most 1000" in failed["msg"]
    simulator.control("DELETE", "faults")
    simulator.fault(**listed("credentials", {**ONE, key: "x" * 1000}))
    assert run.good("credential_info")["credentials"][0][key] == "x" * 1000


def test_an_answer_to_a_creation_that_cannot_be_read_and_no_request_left(run: Modules, simulator: Simulator) -> None:
    """Then nobody looks what became of it, and the message says so."""
    simulator.fault(method="POST", path="/credentials", kind="not_json", after_work=True)
    items = [{"username": "anna", "password": "first-password"}]
    failed = run.bad("credentials", "protocol", credentials=items, max_requests=3)
    assert "anna" in credentials_of(simulator)
    assert failed["failure"]["request_sent"] is True
    assert "may have been carried out" in failed["msg"]
