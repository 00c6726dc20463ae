# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What reading shows of the unknowns: each switch of the simulator in each position, told right or not at all."""

from __future__ import annotations

import importlib.util
import random
import sys
import typing as t
from urllib.parse import quote

import pytest
import requests
from ansible_collections.threema.work.plugins.module_utils._service import behavior
from ansible_collections.threema.work.plugins.module_utils._service.looking import Looker
from ansible_collections.threema.work.plugins.module_utils._service.reading import read, read_root
from ansible_collections.threema.work.tests.generic.utils.collection import ROOT
from ansible_collections.threema.work.tests.support.modules import Modules, add, connection, credentials_of
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

#: Most requests of the module, and so many that nothing stays unasked.
_LIMIT: t.Final = 10
_ENOUGH: t.Final = 30
_SEED: t.Final = 19
_COMBINATIONS: t.Final = 40


def _table() -> dict[str, tuple[str, ...]]:
    """The positions of each switch, the default first, from the simulator's own table."""
    path = ROOT / "tests/simulator/threema_simulator/switches.py"
    spec = importlib.util.spec_from_file_location("simulator_switches", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return {name: switch.values for name, switch in module.SWITCHES.items()}


TABLE: t.Final = _table()
POSITIONS: t.Final = [(name, "5" if value == "N" else value) for name, values in TABLE.items() for value in values]
#: What the rich subscription shows when nothing stays unasked. Of the others only one position shows, or none.
SHOWN: t.Final = {
    *("page-base", "paging-count", "page-size-out-of-range", "link-key", "contact-list-key", "global-setting-key"),
    *("filter-username", "unknown-credential-settings", "bulk-unset", "error-key", "orphan-link", "credential-link"),
    *("gateway-ids", "unset-user-fields", "root-path", "future-fields"),
}
ALSO_SHOWN: t.Final = {
    ("max-page-size", "5"),
    ("usage-count", "lagging"),
    ("categories-without-directory", "404"),
    ("categories-without-directory", "403"),
    ("categories-without-directory", "401"),
}


def rich(simulator: Simulator) -> None:
    """A subscription that has something of everything: orphans, counts that lag, people without settings."""
    simulator.reset(directory=False)
    names = ["otto.zahn", "anna.berg", "zoe.adler", "maria.kunz", "bert.wild", "cem.oezer", "team", "nina.roth", "emil"]
    for number, name in enumerate(names):
        add(simulator, name, **({"settings": {"th_csi": str(number)}} if number % 2 else {}))
    users = {}
    for name in ("otto.zahn", "anna.berg", "zoe.adler", "maria.kunz", "team", "team", "emil"):
        order = {"username": name, "password": f"secret-of-{name}"}
        users[name] = simulator.control("POST", "activate", order)["threema_id"]
    simulator.control("POST", "contacts", [{"threema_id": "PARTNER1"}, {"threema_id": "PARTNER2"}])
    for name in ("th_disable_calls", "th_disable_export"):
        _send(simulator, "POST", "/mdm", {"property": name, "value": True})
    for name in ("anna.berg", "maria.kunz"):
        _send(simulator, "POST", f"/users/{users[name]}/detach")
    _send(simulator, "DELETE", f"/credentials/{quote(credentials_of(simulator)['emil']['id'], safe='')}")
    simulator.forget_requests()


def _send(simulator: Simulator, method: str, path: str, payload: t.Any = None) -> None:
    key = {"X-Api-Key": simulator.key}
    requests.request(method, simulator.url + path, json=payload, headers=key, timeout=30).raise_for_status()


def look(simulator: Simulator, limit: int) -> dict[str, str | None]:
    """What is shown within so many requests."""
    looker = Looker(connection(simulator), limit=limit)
    try:
        answers = read(looker, read_root(looker))
    finally:
        looker.close()
    assert looker.requests == len(simulator.requests()) <= limit
    assert {one["method"] for one in simulator.requests()} == {"GET"}
    return behavior.positions(answers)


def wrong(shown: t.Mapping[str, str | None], true: t.Mapping[str, str]) -> dict[str, t.Any]:
    """What is told otherwise than it is."""
    return {name: (told, true[name]) for name, told in shown.items() if told not in (None, true[name])}


def test_the_switches_are_those_of_the_simulator(simulator: Simulator) -> None:
    assert list(behavior.SWITCHES) == list(TABLE)
    never = {name for name, shows in behavior.SWITCHES.items() if shows is None}
    assert {name: values[0] for name, values in TABLE.items() if name not in never} == behavior.EXPECTED
    assert simulator.control("GET", "settings")["switches"].keys() == TABLE.keys()


@pytest.mark.parametrize(("name", "value"), POSITIONS)
def test_each_position(simulator: Simulator, name: str, value: str) -> None:
    rich(simulator)
    simulator.control("PUT", "settings", {"switches": {name: value}})
    shown = look(simulator, _ENOUGH)
    assert not wrong(shown, simulator.control("GET", "settings")["switches"])
    told = name in SHOWN or (name, value) in ALSO_SHOWN
    assert shown[name] == (value if told else None)


def test_within_ten_requests(run: Modules, simulator: Simulator) -> None:
    """The module shows what most depends on; what it leaves out is null."""
    rich(simulator)
    result = run.good("service_info")
    assert result["api_requests"] == len(simulator.requests()) == _LIMIT
    shown = {name for name, told in result["service"]["behavior"].items() if told is not None}
    assert shown == (SHOWN | {"categories-without-directory"}) - {"global-setting-key", "root-path"}
    assert result["service"]["behavior"]["page-base"] == "zero"


def test_a_second_credential_with_a_name_in_another_case(simulator: Simulator) -> None:
    simulator.reset()
    add(simulator, "anna", "Anna")
    assert look(simulator, _LIMIT)["username-case"] == "sensitive"


@pytest.mark.parametrize("when", ["absent", "seconds", "http-date"])
@pytest.mark.parametrize("left", [0, 4])
def test_the_quota_tells_of_its_header(simulator: Simulator, when: str, left: int) -> None:
    simulator.reset(credentials=3, quota=left + 1, switches={"quota-retry-after": when})
    _send(simulator, "GET", "/")
    simulator.forget_requests()
    assert look(simulator, _LIMIT)["quota-retry-after"] == when
    # Nothing is asked after it.
    assert len(simulator.requests()) == left + 1


def any_world(simulator: Simulator, chance: random.Random) -> None:
    number = chance.choice([0, 1, 2, 3, 4, 6, 9, 20])
    users = chance.randint(0, number)
    settings = chance.choice([None, 0, 2])
    directory = chance.random() < 0.5
    simulator.reset(
        credentials=number, users=users, contacts=chance.choice([0, 1, 4]), settings=settings, directory=directory
    )
    for credential in simulator.state()["credentials"]:
        what = chance.random()
        if what < 0.15:
            _send(simulator, "DELETE", f"/credentials/{quote(credential['id'], safe='')}")
        elif what < 0.4 and credential["users"]:
            _send(simulator, "POST", f"/users/{credential['users'][0]}/detach")
    if chance.random() < 0.5:
        _send(simulator, "POST", "/mdm", {"property": "th_disable_calls", "value": True})


def _any_positions(chance: random.Random) -> dict[str, str]:
    share = chance.choice([0.2, 0.8])
    found = {name: chance.choice(values) for name, values in TABLE.items() if chance.random() < share}
    return {name: str(chance.randint(1, 12)) if value == "N" else value for name, value in found.items()}


def test_any_combination(simulator: Simulator) -> None:
    """The same at each run: whatever is switched and whatever there is, nothing is told wrongly."""
    chance = random.Random(_SEED)
    told: set[tuple[str, str]] = set()
    for _each in range(_COMBINATIONS):
        any_world(simulator, chance)
        simulator.control("PUT", "settings", {"switches": _any_positions(chance)})
        simulator.forget_requests()
        shown = look(simulator, chance.choice([_LIMIT, _ENOUGH]))
        true = simulator.control("GET", "settings")["switches"]
        assert not wrong(shown, true), true
        told |= {(name, one) for name, one in shown.items() if one}
    assert len(told) > 35


def test_a_gateway_that_was_added_by_hand_shows_nothing(simulator: Simulator) -> None:
    """Whether the list has them by itself is not known then."""
    rich(simulator)
    simulator.control("POST", "contacts", {"threema_id": "*PARTNER"})
    assert look(simulator, _LIMIT)["gateway-ids"] is None


@pytest.mark.parametrize("order", ["creation", "reversed"])
def test_an_order_that_users_tell(simulator: Simulator, order: str) -> None:
    """Where each says when it was created, and credentials are in no order of their names."""
    simulator.reset()
    add(simulator, *(f"{letter}{number}" for number, letter in enumerate("qdzkbxma")))
    users = [
        {"id": f"USER000{number}", "createdAt": f"2026-01-0{number + 1}T08:15:00+0100", "_links": []}
        for number in range(8)
    ]
    paging = {"count": 8, "total": 8, "page": 0, "_links": []}
    body = {"users": users if order == "creation" else users[::-1], "paging": paging, "_links": []}
    simulator.fault(method="GET", path="/users", kind="json", body=body, times=None)
    assert look(simulator, _LIMIT)["sort-order"] == order
    # One that does not tell is enough to be in doubt.
    body["users"][3]["createdAt"] = None
    simulator.control("DELETE", "faults")
    simulator.fault(method="GET", path="/users", kind="json", body=body, times=None)
    simulator.forget_requests()
    assert look(simulator, _LIMIT)["sort-order"] is None


def _items(simulator: Simulator, path: str) -> dict[str, t.Any]:
    """A whole list as the simulator answers it."""
    key = {"X-Api-Key": simulator.key}
    found: dict[str, t.Any] = requests.get(simulator.url + path, {"pageSize": 100}, headers=key, timeout=30).json()
    simulator.forget_requests()
    return found


@pytest.mark.parametrize("few", [True, False])
def test_pages_that_count_records_from_one_are_no_pages_from_one(simulator: Simulator, few: bool) -> None:
    """What no switch means is not taken for what one means, where the first such page is the first one again."""
    simulator.reset(credentials=3)
    listed = _items(simulator, "/credentials")
    for skip, first in ((1, 0), (2, 1)):
        part = listed["credentials"][first : first + 2]
        page = {**listed, "credentials": part, "paging": {**listed["paging"], "count": 2}}
        simulator.fault(method="GET", path="/credentials", kind="json", body=page, skip=skip)
    # The second one is not always asked for.
    assert look(simulator, 9 if few else _ENOUGH)["page-base"] is None


def test_pages_from_one_within_ten_requests(simulator: Simulator) -> None:
    rich(simulator)
    simulator.control("PUT", "settings", {"switches": {"page-base": "one"}})
    assert look(simulator, _LIMIT)["page-base"] == "one"


def test_a_user_whose_link_is_lost_is_no_orphan(simulator: Simulator) -> None:
    """Its credential counts it: nothing is told of orphans, nor of counts that lag."""
    simulator.reset(credentials=3, users=3)
    listed = _items(simulator, "/users")
    listed["users"][1]["_links"] = []
    simulator.fault(method="GET", path="/users", kind="json", body=listed, times=None)
    shown = look(simulator, _LIMIT)
    assert (shown["orphan-link"], shown["usage-count"], shown["credential-link"]) == (None, None, "right")
