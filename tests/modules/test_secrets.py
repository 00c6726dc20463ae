# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets: they are in no result, diff, invocation or message, and mask nothing that is no secret."""

from __future__ import annotations

import json
import typing as t
from importlib.util import find_spec

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible_collections.threema.work.plugins.module_utils._parameters import SECRET_PARAMETERS
from ansible_collections.threema.work.plugins.module_utils._secrets import HIDDEN
from ansible_collections.threema.work.tests.support.modules import (
    Modules,
    add,
    credentials_of,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

SECRET: t.Final = "Winter-2031!"


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What modules write to the system's log."""
    messages: list[str] = []
    monkeypatch.setattr(AnsibleModule, "log", lambda _self, msg, log_args=None: messages.append(f"{msg} {log_args}"))
    return messages


@pytest.mark.parametrize("check", [False, True])
def test_password_that_is_part_of_a_username(run: Modules, simulator: Simulator, check: bool) -> None:
    items = [{"username": "sommer.anna", "password": "sommer", "settings": {"th_csi": "sommer"}}]
    done = run.good("credentials", credentials=items, check=check, diff=True)
    assert done["credentials"][0]["username"] == "sommer.anna"
    assert "th_csi: sommer\n" in done["diff"][0]["after"]
    assert "********" not in json.dumps(done)
    # With no_log Ansible logs nothing, and what is returned to the play is the same.
    for no_log in (False, True):
        options = {"username": "sommer.bert", "password": "sommer", "return_passwords": True}
        single = run.good("credential", check=check, no_log=no_log, **options)
        assert single["credential"]["username"] == "sommer.bert"


def test_options_that_ansible_refuses(run: Modules) -> None:
    """It masks by text; what would be left of an option that contains a password tells that."""
    failed = run("credential", username="sommer.anna", password="sommer", locked="perhaps")
    assert "perhaps" in failed["msg"]
    shown = failed["invocation"]["module_args"]
    assert shown["username"] == shown["password"] == HIDDEN


@pytest.mark.parametrize("name", sorted(SECRET_PARAMETERS))
def test_secret_parameters(run: Modules, simulator: Simulator, logged: list[str], name: str) -> None:
    add(simulator, "jane", settings={name: "Herbst-2030?"})
    results = [
        run.good("mdm_setting", name=name, value=SECRET, diff=True),
        run.good("mdm_setting", name=name, value=SECRET, username="jane", check=True, diff=True),
        run.good("mdm_settings", settings={name: SECRET + "1"}, credentials=[], diff=True, return_objects="all"),
        run.good("mdm_settings", credentials=[{"username": "jane", "settings": {name: SECRET}}], diff=True),
        run.good("credential", username="john", password="x", settings={name: SECRET}, diff=True),
        run.good("credentials", credentials=[{"username": "jane", "settings": {name: SECRET + "2"}}], diff=True),
        run.good("mdm_setting_info"),
        run.good("credential_info", include_settings=True),
        run("mdm_setting", name=name, value=[SECRET]),
        run("mdm_setting", name=name, value=SECRET * 400),
    ]
    assert results[0]["setting"]["value"] is None
    assert {one["value"] for one in results[6]["settings"]} == {None}
    assert credentials_of(simulator)["john"]["settings"] == {name: SECRET}
    for text in (json.dumps(results), *logged):
        assert "Winter" not in text
        assert "Herbst" not in text
    assert len(logged) >= len(results)


def test_other_values_stay_in_the_invocation(run: Modules, simulator: Simulator) -> None:
    done = run.good("mdm_settings", settings={"th_safe_password": SECRET, "th_safe_enable": "true"})
    shown = done["invocation"]["module_args"]
    assert shown["settings"]["th_safe_enable"] == "true"
    assert shown["settings"]["th_safe_password"] != SECRET
    assert shown["api_url"] == simulator.url
    assert simulator.key not in json.dumps(done)
    done = run.good("mdm_setting", name="th_keep_messages_days", value=30)
    assert done["invocation"]["module_args"]["value"] == 30
    created = {"locked": True, "hashed": False, "license_count": 2}
    done = run.good("credentials", credentials=[{"username": "x"}], generate_password=True, create_with=created)
    assert done["invocation"]["module_args"]["create_with"] == created


def test_passwords_are_in_no_result(run: Modules, simulator: Simulator, logged: list[str]) -> None:
    add(simulator, "there", "used")
    items = [
        {"username": "new", "password": SECRET},
        {"username": "there", "password": SECRET, "update_password": "always"},
        {"username": "bad", "password": SECRET * 40},
    ]
    results = [
        run("credentials", credentials=items, diff=True),
        run("credentials", credentials=items[:2], diff=True, return_objects="all", check=True),
        run("credentials", credentials=items[:2], diff=True, return_objects="all"),
        run("credential", username="one", password=SECRET, hashed=True, diff=True),
        run("credential", username="one", locked=True, password=SECRET, diff=True),
        run("credential_info"),
    ]
    assert [one["failed"] for one in results] == [True, False, False, False, False, False]
    for text in (json.dumps(results), *logged):
        assert "Winter" not in text
        assert "secret-of" not in text
        assert simulator.key not in text


def test_a_service_that_repeats_secrets(run: Modules, simulator: Simulator) -> None:
    for method, path in (("POST", "/credentials"), ("POST", "/mdm-bulk"), ("GET", "/credentials")):
        body = {"error": f"no: {SECRET} {simulator.key}"}
        simulator.fault(method=method, path=path, status=422, body=body)
        failed = run("credential", username="jane", password=SECRET, settings={"th_safe_password": SECRET})
        assert failed["failed"]
        assert "Winter" not in json.dumps(failed)
        assert simulator.key not in json.dumps(failed)
        assert "no:" not in failed["msg"]


def test_the_key_in_what_the_service_holds(run: Modules, simulator: Simulator) -> None:
    add(simulator, f"a {simulator.key} b")
    results = [run.good("credential_info"), run.good("credential_info", username=f"a {simulator.key} b")]
    assert [len(result["credentials"]) for result in results] == [1, 1]
    # From 2.22 on, results stay complete, and Ansible redacts the key wherever it prints.
    masked = find_spec("ansible.module_utils.secrets") is None
    assert (simulator.key not in json.dumps([result["credentials"] for result in results])) is masked
    # Where it is part of an option, the rest of it is shown.
    assert results[1]["invocation"]["module_args"]["username"] == f"a {'********' if masked else simulator.key} b"


@pytest.mark.parametrize("include", [False, True])
def test_info_returns_secrets_only_on_demand(run: Modules, simulator: Simulator, include: bool) -> None:
    add(simulator, "jane", settings={"th_safe_password": SECRET})
    add(simulator, "john", hashed=True)
    credentials = run.good("credential_info", include_passwords=include)
    settings = run.good("mdm_setting_info", include_secrets=include)
    for result in (credentials, settings):
        assert any("no_log" in warning for warning in result["warnings"]) is include
    assert [one["value"] for one in settings["settings"]] == [SECRET if include else None]
    assert [one.get("password") for one in credentials["credentials"]] == ["secret-of-jane" if include else None, None]
    assert ("password" in credentials["credentials"][1]) is include
    quiet = run.good("credential_info", include_passwords=include, no_log=True)
    assert quiet["warnings"] == []


def test_long_lists_are_not_repeated_in_the_invocation(run: Modules) -> None:
    items = [{"username": f"p{number:04}", "password": "x"} for number in range(500)]
    done = run.good("credentials", credentials=items, check=True, return_objects="none")
    assert len(json.dumps(done)) < 10_000
    for number, shown in ((100, list), (101, str)):
        done = run.good("credentials", credentials=items[:number], check=True, return_objects="none")
        assert isinstance(done["invocation"]["module_args"]["credentials"], shown)
