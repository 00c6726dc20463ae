# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Input that a careless play makes, and answers that a careless service gives."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.tests.support.modules import (
    Modules,
    Result,
    add,
    bodies,
    calls,
    credentials_of,
    execute,
    summary,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

LATE: t.Final = {"method": "POST", "path": "/credentials", "kind": "drop_before"}


def test_a_secret_given_as_null_is_not_pruned(run: Modules, simulator: Simulator) -> None:
    settings = {"th_safe_password": "kept-as-it-is", "th_csi": "1", "th_department": "gone"}
    add(simulator, "anna", settings=settings)
    items = [{"username": "anna", "settings": {"th_safe_password": None, "th_csi": "1"}}]
    done = run.good("mdm_settings", credentials=items, prune=True)
    assert done["summary"] == summary(removed=1, unchanged=1)
    assert credentials_of(simulator)["anna"]["settings"] == {"th_safe_password": "kept-as-it-is", "th_csi": "1"}


def test_a_single_secret_given_as_null_is_refused(run: Modules, simulator: Simulator) -> None:
    refused = run("mdm_setting", name="th_safe_password", value=None)
    assert refused["failed"] and "value" in refused["msg"] and "Traceback" not in refused["msg"]
    assert calls(simulator) == []


@pytest.mark.parametrize(
    ("module", "options", "sentence"),
    [
        ("credential", {"username": {"a": 1}, "password": "x"}, "username is a dictionary where a string is expected"),
        ("credential", {"username": ["anna"], "password": "x"}, "username is a list where a string is expected"),
        ("credential", {"username": "anna", "password": True}, "password is a boolean where a string is expected"),
        ("user", {"threema_id": True, "state": "revoked"}, "threema_id is a boolean where a string is expected"),
        ("credentials", {"credentials": [{"username": "a"}, {"id": []}]}, "credentials[1].id is a list where a string"),
        ("credentials", {"credentials": [7]}, "credentials[0] is a number where a dictionary is expected"),
        ("credentials", {"credentials": [["anna"]]}, "credentials[0] is a list where a dictionary is expected"),
        (
            "credentials",
            {"credentials": [{"username": "a"}], "prune": True, "prune_ignore": ["a*", True]},
            "prune_ignore[1] is a boolean where a string is expected",
        ),
    ],
)
def test_what_is_no_text_is_not_made_one(
    run: Modules, simulator: Simulator, module: str, options: Result, sentence: str
) -> None:
    """Ansible would take what Python writes of it for a name."""
    refused = run.bad(module, "refused", **options)
    assert sentence in refused["msg"]
    assert calls(simulator) == []


@pytest.mark.parametrize("limit", [-2, -5])
def test_a_limit_below_minus_one_is_no_limit_at_all(run: Modules, simulator: Simulator, limit: int) -> None:
    add(simulator, "anna", "bert", "carl")
    refused = run.bad("credentials", "refused", credentials=[{"username": "anna"}], prune=True, max_removals=limit)
    assert str(limit) in refused["msg"]
    assert len(credentials_of(simulator)) == 3


def test_a_creation_that_arrives_late_is_known_as_ones_own(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Client.request
    lost: list[t.Any] = []

    def request(self: Client, verb: str, path: str, **options: t.Any) -> t.Any:
        if verb == "POST" and path == "/credentials":
            if lost:
                # The service finishes the first one only now.
                body = lost[0]
                names = {"username": body["username"], "password": body["password"], "hashed": body["hash"]}
                simulator.control("POST", "credentials", names)
            lost.append(options["payload"])
        return original(self, verb, path, **options)

    monkeypatch.setattr(Client, "request", request)
    simulator.fault(**LATE, times=1)
    done = run.good("credentials", credentials=[{"username": "anna", "generate_password": True}], return_passwords=True)
    assert done["summary"] == summary(created=1)
    assert done["credentials"][0]["password"] == credentials_of(simulator)["anna"]["password"]


def test_a_field_that_repeats_the_password_is_dropped(
    run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(simulator, "anna", password="Sommer&2026")
    link = "threemawork://license?username=anna&password=Sommer%262026"
    credential = {"id": "a/b+c=", "username": "anna", "password": "Sommer&2026", "usage": 0, "hashed": False}
    credential = {**credential, "locked": False, "activationLink": link, "note": "new", "created": "2026"}
    body = {"credentials": [credential], "paging": {"count": 1, "total": 1, "page": 0}}
    simulator.fault(method="GET", path="/credentials", kind="json", body=body, times=None)
    found = run.good("credential_info")["credentials"][0]
    assert "activation_link" not in found and found["note"] == "new"
    changed = run.good("credentials", credentials=[{"username": "anna", "locked": False}], return_objects="all")
    assert "created" not in changed["credentials"][0]


@pytest.mark.parametrize("echo", ["bad value &quot;Sommer&lt;2026&quot;x&quot;", 'BAD VALUE SOMMER<2026"X'])
def test_an_echo_of_the_password_is_withheld(run: Modules, simulator: Simulator, echo: str) -> None:
    simulator.fault(method="POST", path="/credentials", kind="status", status=400, body={"message": echo}, times=None)
    failed = run.bad("credential", "invalid", username="anna", password='Sommer<2026"x')
    assert "sommer" not in failed["msg"].lower()


def test_what_the_budget_leaves_is_pending_when_the_bulk_write_is_refused_too(
    run: Modules, simulator: Simulator
) -> None:
    items = [{"username": f"p{index}", "settings": {"th_csi": "1"}} for index in range(20)]
    simulator.fault(method="POST", path="/mdm-bulk", kind="status", status=422, times=None)
    stopped = run.bad("credentials", "budget", credentials=items, generate_password=True, max_requests=12)
    assert stopped["summary"] == summary(pending=20)
    assert len(bodies(simulator, "POST", "createCredential")) == 10
    assert stopped["api_requests"] == 12


def test_nesting_beyond_reason_is_no_traceback(run: Modules, simulator: Simulator) -> None:
    simulator.fault(method="GET", path="/credentials", kind="status", status=200, body="[" * 100_000, times=None)
    assert "Traceback" not in run.bad("credential_info", "protocol")["msg"]


@pytest.mark.parametrize(
    ("module", "options", "said"),
    [
        (
            "credentials",
            {"credentials": None, "state": "absent"},
            "credentials is null; leave it out, or give an empty",
        ),
        ("credentials", {"credentials": [], "threema_ids": None}, "threema_ids is null; leave it out"),
        ("users", {"users": None, "state": "revoked"}, "users is null"),
        ("contacts", {"contacts": None, "prune": True}, "contacts is null"),
        (
            "credentials",
            {"credentials": [{"username": "a"}], "prune": True, "prune_ignore": ["x*", ""]},
            "prune_ignore[1] is empty; leave it out",
        ),
        ("contacts", {"contacts": [], "prune_ignore": [" "]}, "prune_ignore[0] is empty"),
        ("user_info", {"query": " "}, "query is empty; leave it out"),
        ("credential", {"username": "\t", "state": "absent"}, "username is empty"),
        (
            "credentials",
            {"credentials": [{"username": "a"}], "protect": [{"username": ""}]},
            "protect[0].username is empty",
        ),
        (
            "mdm_setting",
            {"scope": "credential", "credential_id": None, "name": "th_csi", "value": "1"},
            "credential_id is null; scope: credential needs it",
        ),
    ],
    ids=str,
)
def test_what_is_missing_means_nobody(simulator: Simulator, module: str, options: Result, said: str) -> None:
    """Refused before any request, and said: never taken for an empty list, or for all."""
    add(simulator, "a", "b")
    refused = execute(module, {"api_url": simulator.url, "api_key": simulator.key, **options})
    assert said in refused["msg"]
    assert (refused["failure"]["kind"], refused["api_requests"], calls(simulator)) == ("refused", 0, [])
