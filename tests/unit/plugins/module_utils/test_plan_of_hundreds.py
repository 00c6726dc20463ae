# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans for hundreds of objects of each kind: carried out on a model, they are right, and then empty."""

from __future__ import annotations

import copy
import random
import typing as t

from ansible_collections.threema.work.plugins.module_utils._errors import Refused, ThreemaError
from ansible_collections.threema.work.plugins.module_utils._limits import check_limits
from ansible_collections.threema.work.plugins.module_utils._plan import Change, Plan
from ansible_collections.threema.work.plugins.module_utils._planning.contacts import (
    ContactChange,
    check_contacts,
    plan_contacts,
)
from ansible_collections.threema.work.plugins.module_utils._planning.credential_items import check_items
from ansible_collections.threema.work.plugins.module_utils._planning.credentials import Options
from ansible_collections.threema.work.plugins.module_utils._planning.leavers import Leaving
from ansible_collections.threema.work.plugins.module_utils._planning.settings import (
    SettingChange,
    check_wanted,
    plan_settings,
)
from ansible_collections.threema.work.plugins.module_utils._planning.users import check_users, plan_users
from ansible_collections.threema.work.tests.unit.plugins.module_utils.test_plan_properties import (
    DEFAULTS,
    State,
    carry_out,
    check_item,
    failed,
    make_plan,
    writes,
)
from hypothesis import given, settings
from hypothesis import strategies as st

Json = t.Dict[str, t.Any]
MANY: t.Final = 300
seeds = st.integers(0, 2**32).map(random.Random)
FEW = settings(max_examples=50, deadline=None)
NAMES: t.Final = ("th_csi", "th_nickname", "th_department", "th_job_title")


def some(chance: random.Random, pool: t.Sequence[str]) -> list[str]:
    """Some of them, in any order."""
    return chance.sample(pool, chance.randrange(1, len(pool)))


def check_removals(plan: Plan[Change], number: int) -> None:
    """What is taken away is what is counted, and one less is not allowed."""
    assert plan.removals == number
    check_limits(plan, {"max_removals": number})
    if number:
        try:
            check_limits(plan, {"max_removals": number - 1})
        except Refused:
            return
        raise AssertionError("more was allowed than the limit")


def contacts(chance: random.Random) -> dict[str, Json]:
    """Contacts by Threema ID, some of them automatic and without names."""
    found = {}
    for number in range(MANY):
        auto = chance.random() < 0.3
        names: list[str | None] = [chance.choice(["A", "B"]), "C"]
        found[f"ID{number:06}"] = {
            "threema_id": f"ID{number:06}",
            "type": "auto" if auto else "custom",
            "first_name": None if auto and chance.random() < 0.5 else names[0],
            "last_name": None if auto and chance.random() < 0.5 else names[1],
            "enabled": chance.random() < 0.7,
        }
    return found


def after_contacts(present: dict[str, Json], plan: Plan[ContactChange]) -> dict[str, Json]:
    """The contacts after the plan."""
    after = copy.deepcopy(present)
    for change in writes(plan):
        if change.action == "removed":
            del after[change.key]
        else:
            after[change.key] = change.target
    return after


@FEW
@given(seeds)
def test_contacts(chance: random.Random) -> None:
    present = contacts(chance)
    prune = chance.random() < 0.5
    items = []
    for threema_id in some(chance, [*present, *(f"NEW{number:05}" for number in range(MANY // 2))]):
        item: Json = {"threema_id": threema_id, "first_name": chance.choice(["A", "B", None]), "enabled": None}
        item["last_name"] = "C" if item["first_name"] else chance.choice(["C", None])
        if not prune and chance.random() < 0.2:
            item["state"] = "absent"
        items.append(item)
    items = check_contacts(items, "present", "contacts")
    ignore = ("ID00001?",)
    plan = plan_contacts(items, present, prune=prune, ignore=ignore)
    after = after_contacts(present, plan)
    listed = {item["threema_id"] for item in items}
    for item, change in zip(items, plan.changes):
        one = after.get(item["threema_id"])
        if change.action == "failed":
            assert one == present[item["threema_id"]]
        elif item["state"] == "absent":
            assert one is None
        else:
            assert one
            assert {name: one[name] for name, value in item.items() if value is not None and name in one}.items() <= (
                item.items()
            )
    for threema_id in present.keys() - listed:
        kept = not prune or present[threema_id]["type"] == "auto" or threema_id.startswith("ID00001")
        assert after.get(threema_id) == (present[threema_id] if kept else None)
    check_removals(plan, len(present.keys() - after.keys()))
    again = plan_contacts(items, after, prune=prune, ignore=ignore)
    assert writes(again) == []


def all_settings(chance: random.Random) -> dict[str | None, Json]:
    """Settings by the id of their credential; None stands for all."""
    scopes: list[str | None] = [None, *(f"id/{number}" for number in range(MANY))]
    return {scope: {name: chance.choice("12") for name in NAMES if chance.random() < 0.5} for scope in scopes}


@FEW
@given(seeds)
def test_settings(chance: random.Random) -> None:
    present = all_settings(chance)
    prune = chance.random() < 0.5
    items = []
    # Beside somebody who is not there, nothing is pruned.
    for id_ in some(chance, [*(key for key in present if key), *([] if prune else ["id/unknown"])]):
        absent = not prune and chance.random() < 0.2
        values = {name: chance.choice("12") for name in some(chance, NAMES)}
        items.append({"id": id_, "settings": values, "state": "absent" if absent else "present"})
    wanted, _warnings = check_wanted({"th_csi": "1"}, items, "present", prune, "credentials")
    gone = ThreemaError("not_found", "there is no such credential")
    scopes: list[str | None | ThreemaError] = [
        None if one.is_global else gone if one.id == "id/unknown" else one.id for one in wanted
    ]
    plan = plan_settings(wanted, scopes, present)
    after = after_settings(present, plan)
    for one, scope in zip(wanted, scopes):
        if isinstance(scope, ThreemaError):
            continue
        if one.absent:
            assert not one.settings.keys() & after[scope].keys()
        else:
            assert one.settings.items() <= after[scope].items()
            assert not prune or one.settings == after[scope]
        unlisted = {name: value for name, value in present[scope].items() if name not in one.settings}
        assert prune or unlisted.items() <= after[scope].items()
    assert all(after[scope] == present[scope] for scope in present.keys() - set(scopes))
    number = sum(len(present[scope].keys() - after[scope].keys()) for scope in present)
    check_removals(plan, number)
    again = plan_settings(wanted, scopes, after)
    assert writes(again) == []


def after_settings(present: dict[str | None, Json], plan: Plan[SettingChange]) -> dict[str | None, Json]:
    """The settings after the plan."""
    after = copy.deepcopy(present)
    for change in writes(plan):
        if change.action == "removed":
            del after[change.scope][change.name]
        else:
            after[change.scope][change.name] = change.value
    return after


@FEW
@given(seeds)
def test_users(chance: random.Random) -> None:
    users = [
        {"threema_id": f"ID{number:06}", "nickname": "", "credential_id": f"id/{chance.randrange(MANY // 2)}"}
        for number in range(MANY)
    ]
    teams = [f"id/{number}" for number in range(5)]
    alone = [user["threema_id"] for user in users if user["credential_id"] not in teams]
    items = [{"threema_id": id_} for id_ in some(chance, [*alone, "GONE0001"])]
    items += [{"credential_id": id_} for id_ in some(chance, teams)]
    items = check_users(items, "detached", "users")

    def meant(there: list[Json]) -> list[list[Json]]:
        keys = [next(name for name in ("threema_id", "credential_id") if item.get(name)) for item in items]
        return [[user for user in there if user[key] == item[key]] for item, key in zip(items, keys)]

    def by_id(there: list[Json]) -> dict[str, Json]:
        return {user["threema_id"]: user for user in there}

    def known(there: list[Json]) -> dict[str, Json]:
        used = [user["credential_id"] for user in there]
        return {id_: {"id": id_, "username": f"name of {id_}", "usage": used.count(id_)} for id_ in teams}

    plan = plan_users(items, by_id(users), known(users), one_each=False)
    gone = {change.key for change in writes(plan)}
    assert gone == {user["threema_id"] for found in meant(users) for user in found}
    check_removals(plan, len(gone))
    after = [user for user in users if user["threema_id"] not in gone]
    assert writes(plan_users(items, by_id(after), known(after), one_each=False)) == []


@FEW
@given(seeds)
def test_credentials(chance: random.Random) -> None:
    state: State = {
        f"id/{number}": {
            "username": f"person.{number}",
            "password": chance.choice(["red", "blue"]),
            "hashed": chance.random() < 0.2,
            "locked": chance.random() < 0.5,
            "settings": {name: chance.choice("12") for name in NAMES if chance.random() < 0.5},
        }
        for number in range(MANY)
    }
    options, leaving = Options(), Leaving(chance.random() < 0.5, ("person.1?",))
    names = [f"person.{number}" for number in range(MANY * 2)]
    listed = some(chance, names)
    if leaving.prune and not {*listed} & {*names[:MANY]}:
        # A list of which nobody is there removes nobody: it is refused.
        listed = [names[0], *listed]
    raw = [random_item(chance, name, absent=not leaving.prune) for name in listed]
    for item in raw if leaving.prune else ():
        # Beside somebody who is not there, nothing is pruned.
        item["new_username"] = item["new_username"] if names.index(item["username"]) < MANY else None
    wanted, _warnings = check_items(raw, DEFAULTS, "credentials")
    plan = make_plan(state, wanted, options, leaving)
    after = carry_out(state, plan)
    by_name = {one["username"]: one for one in after.values()}
    assert len(by_name) == len(after)
    for index, item in enumerate(wanted):
        if index not in failed(plan):
            check_item(item, state, after)
    for id_, one in state.items():
        if one["username"] not in listed:
            ignored = len(one["username"]) == 9 and one["username"].startswith("person.1")
            assert after.get(id_) == (one if ignored or not leaving.prune else None)
    check_removals(plan, len(state.keys() - after.keys()))
    again = make_plan(after, wanted, options, leaving)
    left = [one for one in writes(again) if not (one.wanted and one.wanted.always and one.current["hashed"])]
    assert left == []
    assert failed(again) == failed(plan)


def random_item(chance: random.Random, name: str, *, absent: bool) -> Json:
    """An item for somebody: a change of some sort, or none."""
    item: Json = dict.fromkeys(("id", "new_username", "locked", "hashed", "generate_password", "update_password"))
    item.update(username=name, password=chance.choice(["red", "green"]), settings={}, state=None)
    sort = chance.randrange(6)
    if sort == 0:
        item["locked"] = chance.random() < 0.5
    elif sort == 1:
        item["settings"] = {parameter: chance.choice("12") for parameter in some(chance, NAMES)}
    elif sort == 2 and absent:
        item["state"] = "absent"
    elif sort == 3:
        item["update_password"] = "always"
    elif sort == 4:
        item["new_username"] = f"{name}.new"
    return item
