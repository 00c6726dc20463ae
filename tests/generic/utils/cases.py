# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data in ``cases/<module>.yml``, from which all tests of this directory are made.

============ ==========================================================================================================
``state``    what the simulator holds before each case, see below
``cases``    list of ``name``, ``args``, ``changed`` and, where they differ from their defaults:
             ``idempotent`` (true), ``fails`` (kind of the failure, in check mode and out of it), ``fails_really``
             (kind, only out of check mode), ``same_state`` (false: changed, but nobody can see it in the service),
             ``reveals`` (false: the result holds secrets because an option asked for it), ``faults``,
             ``state`` (in place of the one of the file), ``steps`` (false: one object takes several requests, so that
             the tests of faults try it as they try the first case of ``playbook``)
``playbook`` names of the cases that playbooks run too, with ansible-playbook and the first also with ansible-runner
``paging``   ``state``, ``args``, ``returns`` (key of the list) and ``least`` (so many at least); or ``none`` with the
             reason why this module reads no list in pages
``findings`` why nothing in the service makes this module fail; tests of failures leave it out, it has its own
``files``    files that the cases read, name and content in base64
``examples`` ``state``, ``files`` (name and text, or ``=base64:``), ``variables`` and ``environment`` for the examples,
             ``warnings`` (patterns of those that the examples show)
============ ==========================================================================================================

A state has ``reset`` (for the control endpoint of that name), ``credentials``, ``contacts``, ``activate`` (likewise),
and ``requests`` (``method``, ``path``, ``json`` or ``content`` in base64, sent to the API).

Texts in args and state that begin with ``=`` are looked up in the simulator: ``=id:jane`` is the id of the credential
of that username, ``=id_part:jane`` the beginning of that id, ``=path:jane`` its path, ``=threema_id:jane`` the Threema
ID of its first user.
``=file:logo.png`` is the path of a file with what ``files`` of the module's data has under that name in base64,
``=folder:logos`` that of an empty directory.
"""

from __future__ import annotations

import base64
import functools
import shutil
import tempfile
import typing as t
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from ansible.module_utils.common.yaml import yaml_load
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from .collection import MODULES, Json

FOLDER: t.Final = Path(__file__).absolute().parents[1] / "cases"
_ID_PART: t.Final = 6
_STATE: t.Final = {"reset", "credentials", "contacts", "activate", "requests"}
#: Where the files of cases are; removed when the process ends.
_FILES: t.Final = tempfile.TemporaryDirectory()


class Case(t.NamedTuple):
    """One case of one module."""

    module: str
    data: Json
    state: Json

    @property
    def name(self) -> str:
        """What it shows."""
        return str(self.data["name"])

    def get(self, name: str, default: t.Any = None) -> t.Any:
        """One of its keys."""
        return self.data.get(name, default)


@functools.cache
def load(module: str) -> Json:
    """The data of a module; it fails where there are none."""
    path = FOLDER / f"{module}.yml"
    if not path.is_file():
        pytest.fail(
            f"The module {module} has no case data: add tests/generic/cases/{module}.yml, with at least one case for "
            "each of its options; tests/generic/utils/cases.py says what it holds."
        )
    return t.cast(Json, yaml_load(path.read_text(encoding="utf-8")))


@functools.cache
def modules_with_data() -> tuple[str, ...]:
    """For lists of tests that are made from the data; that a module has data is a test of its own, for each."""
    return tuple(module for module in MODULES if (FOLDER / f"{module}.yml").is_file())


@functools.cache
def failing_modules() -> tuple[str, ...]:
    """The modules that fail where something is wrong with the service: all but those that return it as a finding."""
    return tuple(module for module in MODULES if module not in modules_with_data() or "findings" not in load(module))


@functools.cache
def all_cases() -> tuple[Case, ...]:
    """The cases of all modules that have data."""
    found = []
    for module in modules_with_data():
        data = load(module)
        found += [Case(module, case, case.get("state", data.get("state", {}))) for case in data["cases"]]
    return tuple(found)


def cases_of(module: str) -> list[Case]:
    """The cases of one module."""
    load(module)
    return [case for case in all_cases() if case.module == module]


def playbook_cases(module: str) -> list[Case]:
    """The cases of one module that are run in playbooks too."""
    by_name = {case.name: case for case in cases_of(module)}
    return [by_name[name] for name in load(module)["playbook"]]


def prepare(simulator: Simulator, state: Json) -> None:
    """Bring the simulator into a state, with an empty log of requests."""
    unknown = sorted(state.keys() - _STATE)
    assert not unknown, f"a state in tests/generic/cases has {', '.join(unknown)}; use requests, or reset"
    simulator.reset(**state.get("reset", {}))
    for item in state.get("credentials", []):
        simulator.control("POST", "credentials", resolve(simulator, item))
    for item in state.get("contacts", []):
        simulator.control("POST", "contacts", item)
    for item in state.get("activate", []):
        simulator.control("POST", "activate", resolve(simulator, item))
    for item in state.get("requests", []):
        send(simulator, resolve(simulator, item))
    simulator.forget_requests()


def send(simulator: Simulator, request: Json) -> None:
    """Send one request to the API of the simulator; it has to succeed."""
    content = base64.b64decode(request["content"]) if "content" in request else None
    headers = {"X-Api-Key": simulator.key, **({"Content-Type": "image/png"} if content else {})}
    verify = simulator.environment.get("REQUESTS_CA_BUNDLE", True)
    answer = requests.request(
        request["method"],
        simulator.url + request["path"],
        json=request.get("json"),
        data=content,
        headers=headers,
        timeout=30,
        verify=verify,
    )
    answer.raise_for_status()


def resolve(simulator: Simulator, value: t.Any, files: t.Mapping[str, str] | None = None) -> t.Any:
    """Arguments with what begins with ``=`` looked up."""
    if isinstance(value, dict):
        return {key: resolve(simulator, item, files) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(simulator, item, files) for item in value]
    if isinstance(value, str) and value.startswith("="):
        what, _colon, name = value[1:].partition(":")
        return _place(what, name, files or {}) if what in ("file", "folder") else _identifier(simulator, what, name)
    return value


def _identifier(simulator: Simulator, what: str, username: str) -> str:
    credential = next(one for one in simulator.state()["credentials"] if one["username"] == username)
    id_ = credential["id"]
    found = {
        "id": id_,
        "id_part": id_[:_ID_PART],
        "path": "/credentials/" + quote(id_, safe=""),
        "threema_id": credential["users"][:1],
    }
    return "".join(found[what])


def _place(what: str, name: str, files: t.Mapping[str, str]) -> str:
    place = Path(_FILES.name, name)
    if what == "folder":
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
    else:
        place.write_bytes(base64.b64decode(files[name]))
    return str(place)


def set_faults(simulator: Simulator, case: Case) -> None:
    """The faults of the case, as if they had not been used yet."""
    simulator.control("DELETE", "faults")
    for fault in case.get("faults", []):
        simulator.fault(**fault)
