# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests share: running a module inside this process, and looking at what the simulator received."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import typing as t

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common.parameters import PASS_VARS
from ansible_collections.threema.work.plugins.module_utils import _http
from ansible_collections.threema.work.plugins.module_utils._connection import Connection
from ansible_collections.threema.work.plugins.module_utils._errors import ThreemaError
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

Result = t.Dict[str, t.Any]
MODULES: t.Final = "ansible_collections.threema.work.plugins.modules"
LOST_CREATION: t.Final = {"method": "POST", "path": "/credentials", "kind": "drop_after"}
SETTINGS: t.Final = "/credentials/*/mdm"


def arguments(options: Result, **internal: t.Any) -> str:
    """What Ansible gives a module."""
    # Since ansible-core 2.20 a module is asked for its invocation; before, it always gives it.
    shown = {"_ansible_inject_invocation": True} if "inject_invocation" in PASS_VARS else {}
    return json.dumps({"ANSIBLE_MODULE_ARGS": {**options, **shown, "_ansible_remote_tmp": "/tmp", **internal}})


def result_of(output: str) -> Result:
    """What a module answered; ``failed`` is always in it."""
    result: Result = json.loads(output)
    # What newer ansible-core is told apart from the result, to redact it: no part of what anybody sees.
    result.pop("_ansible_new_secrets", None)
    return {"failed": False, **result}


def execute(name: str, options: Result, *, check: bool = False, diff: bool = False, no_log: bool = False) -> Result:
    """Run a module's main() in this process and return its result."""
    args = arguments(options, _ansible_check_mode=check, _ansible_diff=diff, _ansible_no_log=no_log)
    module = importlib.import_module(f"{MODULES}.{name}")
    warnings: dict[str, None] = {}
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(basic, "_ANSIBLE_ARGS", args.encode())
        patch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        # In a process that has loaded Ansible's controller, warnings would go to its display instead of the result.
        patch.setattr(basic.AnsibleModule, "deprecate", lambda _self, text, *_more, **_most: pytest.fail(text))
        patch.setattr(basic.AnsibleModule, "warn", lambda _self, text, **_more: warnings.setdefault(text))
        with contextlib.redirect_stdout(out), pytest.raises(SystemExit):
            module.main()
    return {**result_of(out.getvalue()), "warnings": list(warnings)}


class Modules:
    """Runs modules against the simulator: ``run.credentials(...)``; ``run("credentials", check=True, ...)``."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    def __call__(
        self, name: str, /, *, check: bool = False, diff: bool = False, no_log: bool = False, **o: t.Any
    ) -> Result:
        options = {"api_url": self.simulator.url, "api_key": self.simulator.key, **o}
        given = {key: value for key, value in options.items() if value is not None}
        return execute(name, given, check=check, diff=diff, no_log=no_log)

    def good(self, name: str, /, **options: t.Any) -> Result:
        """A run that has to succeed."""
        result = self(name, **options)
        assert not result["failed"], result["msg"]
        assert "failure" not in result
        return result

    def bad(self, name: str, kind: str, /, **options: t.Any) -> Result:
        """A run that has to fail with this kind."""
        result = self(name, **options)
        assert result["failed"]
        assert result["failure"]["kind"] == kind, result["msg"]
        return result


def summary(**counts: int) -> dict[str, int]:
    """The summary of a plural result: all six, 0 where nothing is said."""
    return {**dict.fromkeys(("created", "updated", "removed", "unchanged", "failed", "pending"), 0), **counts}


def text_of(**fields: t.Any) -> str:
    """One side of an entry of a diff."""
    lines = [f"{name}: {value if isinstance(value, str) else json.dumps(value)}" for name, value in fields.items()]
    return "".join(f"{line}\n" for line in sorted(lines))


def calls(simulator: Simulator) -> list[str]:
    """What the simulator received, as ``METHOD /path``."""
    return [f"{one['method']} {one['path'].split('/api/v1', 1)[1]}" for one in simulator.requests()]


def bodies(simulator: Simulator, method: str, operation: str = "") -> list[t.Any]:
    """The bodies of what it received with this method."""
    return [
        one["body"]
        for one in simulator.requests()
        if one["method"] == method and (not operation or one["operation"] == operation)
    ]


def credentials_of(simulator: Simulator) -> dict[str, Result]:
    """The credentials of the subscription by username."""
    listed = simulator.state()["credentials"]
    by_name = {one["username"]: one for one in listed}
    assert len(by_name) == len(listed)
    return by_name


def add(simulator: Simulator, *usernames: str, **fields: t.Any) -> dict[str, str]:
    """Add credentials with the password ``secret-of-<username>``; returns their ids."""
    items = [{"username": name, "password": f"secret-of-{name}", **fields} for name in usernames]
    return {one["username"]: one["id"] for one in simulator.control("POST", "credentials", items)}


def connection(simulator: Simulator, **changes: t.Any) -> Connection:
    """How the simulator is reached."""
    return Connection(**{"key": simulator.key, "url": simulator.url, **changes})


@contextlib.contextmanager
def client_for(to: Connection, **options: t.Any) -> t.Iterator[_http.Client]:
    """A client that is closed afterwards."""
    client = _http.Client(to, **options)
    try:
        yield client
    finally:
        client.close()


def failing(call: t.Callable[[], t.Any]) -> ThreemaError:
    """The error that a call raises."""
    with pytest.raises(ThreemaError) as caught:
        call()
    return caught.value
