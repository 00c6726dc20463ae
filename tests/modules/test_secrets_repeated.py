# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets that a service repeats, that are misspelled or nested, and what Ansible is told of them."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.threema.work.plugins.module_utils import _secrets
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, calls
from ansible_collections.threema.work.tests.support.simulator_process import Simulator
from ansible_collections.threema.work.tests.unit.plugins.module_utils.test_repeats import FORMS, SECRETS

SECRET: t.Final = "Winter-2031!"


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_password_that_the_service_repeats(run: Modules, simulator: Simulator, form: t.Callable[[str], str]) -> None:
    secret = SECRETS[0]
    body = {"error": f"the value {form(secret)} is no password"}
    simulator.fault(method="POST", path="/credentials", kind="status", status=400, body=body, times=None)
    failed = run.bad("credential", "invalid", username="anna", password=secret)
    assert "not shown" in failed["msg"]
    assert form(secret) not in failed["msg"] and "is no password" not in failed["msg"]


def test_a_new_password_that_the_service_repeats(run: Modules, simulator: Simulator) -> None:
    add(simulator, "anna")
    simulator.fault(method="PUT", kind="status", status=400, body={"error": f"no: {SECRET}"}, times=None)
    failed = run.bad("credential", "invalid", username="anna", password=SECRET, update_password="always")
    assert "Winter" not in json.dumps(failed) and "not shown" in failed["msg"]


def test_only_what_is_shown_counts(run: Modules, simulator: Simulator) -> None:
    """A long text is cut before it is looked at, and shown where nothing of the secret is in the rest."""
    body = {"error": "no. " * 75 + SECRET}
    simulator.fault(method="POST", path="/credentials", kind="status", status=400, body=body, times=None)
    failed = run.bad("credential", "invalid", username="anna", password=SECRET)
    assert "no. no." in failed["msg"] and "Winter" not in failed["msg"]
    assert len(failed["msg"]) < 400


@pytest.mark.parametrize("name", ["th_safe_password", "th_safe_pasword"])
@pytest.mark.parametrize(
    ("path", "module", "options"),
    [
        ("/mdm", "mdm_setting", {"name": "{}", "value": SECRET}),
        ("/credentials/*/mdm", "mdm_setting", {"name": "{}", "value": SECRET, "username": "anna"}),
        (
            "/mdm-bulk",
            "mdm_settings",
            {"credentials": [{"username": name, "settings": {"{}": SECRET}} for name in ("anna", "bert")]},
        ),
    ],
)
def test_a_setting_that_the_service_repeats(
    run: Modules, simulator: Simulator, path: str, module: str, options: Result, name: str
) -> None:
    add(simulator, "anna", "bert")
    # What is not about the content is not sent again in parts.
    body = {"error": f"no: {SECRET}"}
    simulator.fault(method="POST", path=path, kind="status", status=403, body=body, times=None)
    failed = run(module, **json.loads(json.dumps(options).replace("{}", name)))
    assert failed["failed"]
    assert any(call.startswith("POST") and call.endswith(path[-4:]) for call in calls(simulator))
    assert "Winter" not in json.dumps(failed)
    assert "not shown" in json.dumps(failed)


@pytest.mark.parametrize("status", [400, 401, 403])
def test_the_key_that_the_service_repeats(run: Modules, simulator: Simulator, status: int) -> None:
    """A word that happens to be in it tells nothing of it."""
    for length, shown in ((8, False), (len(simulator.key), False), (7, True)):
        simulator.control("DELETE", "faults")
        said = simulator.key[-length:]
        simulator.fault(kind="status", status=status, body={"error": f"({said}) is wrong"}, times=None)
        msg = run("credential_info")["msg"]
        assert (f"({said}) is wrong" in msg, "not shown" in msg) == (shown, not shown)


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("mdm_settings", {"settings": {"th_csi": {"x": SECRET}}}),
        ("mdm_settings", {"settings": {"th_csi": [SECRET]}}),
        ("credential", {"username": "anna", "settings": {"th_csi": {"x": SECRET}}}),
        ("mdm_setting", {"name": "th_safe_pasword", "value": SECRET, "username": ""}),
        ("mdm_settings", {"settings": {"th_safe_pasword": SECRET, "th_csi": {}}}),
        ("mdm_settings", {"settings": {"th_new_token": SECRET, "th_csi": {}}}),
        ("mdm_settings", {"settings": {"th_id_bakcup": SECRET, "th_csi": {}}}),
    ],
)
def test_a_refused_setting_is_not_in_the_invocation(
    run: Modules, simulator: Simulator, module: str, options: Result
) -> None:
    failed = run(module, **options)
    assert failed["failed"]
    assert calls(simulator) == []
    assert "Winter" not in json.dumps(failed)


def test_known_settings_that_only_sound_secret_are_shown(run: Modules) -> None:
    settings = {"th_safe_password_message": "8 characters", "th_disable_ios_system_backups_id_key_inclusion": True}
    done = run.good("mdm_settings", settings=settings, check=True)
    assert done["invocation"]["module_args"]["settings"] == settings
    # So is what has no value.
    failed = run.bad("mdm_settings", "refused", settings={"th_csi": None})
    assert failed["invocation"]["module_args"]["settings"] == {"th_csi": None}


class Register:
    """Stands in for ``ansible.module_utils.secrets`` of ansible-core 2.22."""

    def __init__(self) -> None:
        self.values: list[str] = []

    def register_secrets(self, values: t.Iterable[str]) -> None:
        self.values.extend(values)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    """What Ansible is told."""
    register = Register()
    monkeypatch.setattr(_secrets, "_register", register)
    return register


@pytest.mark.parametrize(
    ("module", "options", "expected"),
    [
        ("mdm_setting", {"name": "th_safe_password", "value": SECRET}, [SECRET]),
        ("mdm_setting", {"name": "th_safe_pasword", "value": SECRET}, [SECRET]),
        ("mdm_setting", {"name": "th_csi", "value": "1"}, []),
        ("mdm_settings", {"settings": {"th_id_backup": SECRET, "th_csi": "1"}}, [SECRET]),
        ("mdm_settings", {"credentials": [{"username": "anna", "settings": {"th_a_token": SECRET}}]}, [SECRET]),
        ("credential", {"username": "anna", "settings": {"th_safe_password": SECRET}}, [SECRET]),
        # Thousands of passwords would cost seconds.
        ("credentials", {"credentials": [{"username": "anna", "password": SECRET}]}, []),
    ],
)
def test_secrets_of_the_options_are_registered(
    run: Modules, simulator: Simulator, register: Register, module: str, options: Result, expected: list[str]
) -> None:
    add(simulator, "anna")
    run.good(module, check=True, **options)
    assert register.values == expected


def test_returned_secrets_are_registered(run: Modules, simulator: Simulator, register: Register) -> None:
    add(simulator, "anna", settings={"th_safe_password": SECRET})
    run.good("credential_info", include_passwords=True)
    assert register.values == ["secret-of-anna"]
    run.good("mdm_setting_info", include_secrets=True)
    assert register.values == ["secret-of-anna", SECRET]
    (made,) = run.good(
        "credentials", credentials=[{"username": "bert", "generate_password": True}], return_passwords=True
    )["credentials"]
    assert register.values[2:] == [made["password"]]
