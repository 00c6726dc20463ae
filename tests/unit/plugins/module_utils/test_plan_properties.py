# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for credentials, with invented subscriptions and tasks: carried out on a model, it has to be right."""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.threema.work.plugins.module_utils._apply import Progress, Step
from ansible_collections.threema.work.plugins.module_utils._errors import Refused
from ansible_collections.threema.work.plugins.module_utils._limits import check_limits
from ansible_collections.threema.work.plugins.module_utils._plan import Change, Plan
from ansible_collections.threema.work.plugins.module_utils._planning.credential_items import Wanted, check_items
from ansible_collections.threema.work.plugins.module_utils._planning.credentials import (
    CredentialChange,
    Options,
    plan_credentials,
    resolve,
)
from ansible_collections.threema.work.plugins.module_utils._planning.leavers import NOBODY, Leaving, pruned
from ansible_collections.threema.work.plugins.module_utils._planning.matching import Matching
from hypothesis import given, settings
from hypothesis import strategies as st

State = t.Dict[str, t.Dict[str, t.Any]]
C = t.TypeVar("C", bound=Change)
NAMES: t.Final = ("anna", "bert", "carl", "dora", "emil", "svc.1", "svc.2")
DEFAULTS: t.Final = {"state": "present", "update_password": "on_create", "generate_password": False}

names = st.sampled_from(NAMES)
passwords = st.sampled_from(("red", "blue"))
values = st.dictionaries(st.sampled_from(("th_csi", "th_nickname")), st.sampled_from(("1", "2")), max_size=2)


def flags(*more: t.Any) -> st.SearchStrategy[t.Any]:
    """Yes, no, or what else."""
    return st.sampled_from((True, False, *more))


@st.composite
def states(draw: st.DrawFn) -> State:
    """A subscription: credentials by id."""
    chosen = draw(st.lists(names, unique=True))
    return {
        f"id/{index}": {
            "username": name,
            "password": draw(passwords),
            "hashed": draw(flags()),
            "locked": draw(flags()),
            "settings": draw(values),
        }
        for index, name in enumerate(chosen)
    }


@st.composite
def items(draw: st.DrawFn, with_absent: bool = True) -> dict[str, t.Any]:
    """An item of a task."""
    ids = st.sampled_from(("id/0", "id/1", "id/9"))
    named = draw(flags(True, True))
    item = {
        "username": draw(names) if named else None,
        "id": None if named and draw(flags(True)) else draw(ids),
        "new_username": draw(st.none() | names) if draw(flags()) else None,
        "password": draw(st.none() | passwords),
        "generate_password": draw(flags(None)),
        "update_password": draw(st.sampled_from(("on_create", "always", None))),
        "locked": draw(flags(None)),
        "hashed": draw(flags(None)),
        "settings": draw(values),
        "state": draw(st.sampled_from(("present", "present", "absent", None))) if with_absent else "present",
    }
    if item["state"] == "absent":
        item["new_username"] = None
    return item


@st.composite
def tasks(draw: st.DrawFn) -> tuple[list[dict[str, t.Any]], Options, Leaving]:
    """The items and the options of a task, and what says who goes."""
    prune = draw(flags())
    listed = draw(st.lists(items(with_absent=not prune), min_size=1, max_size=5))
    options = Options(
        create_locked=draw(flags()),
        create_hashed=draw(flags()),
        return_passwords=draw(flags()),
    )
    return listed, options, Leaving(prune, draw(st.sampled_from(((), ("svc.*",)))))


def seen(state: State) -> list[dict[str, t.Any]]:
    """What the API shows: no password where it is hashed."""
    return [
        {
            "id": id_,
            "usage": 0,
            **{name: one[name] for name in ("username", "hashed", "locked")},
            "password": None if one["hashed"] else one["password"],
        }
        for id_, one in state.items()
    ]


def make_plan(
    state: State, wanted: list[Wanted], options: Options, leaving: Leaving = NOBODY
) -> Plan[CredentialChange]:
    """The plan for a state."""
    everybody = seen(state)
    by_name = {one["username"]: one for one in everybody}
    resolved = resolve(wanted, {one["id"]: one for one in everybody}, by_name)
    present = {id_: one["settings"] for id_, one in state.items()}
    gone, _warnings = pruned(Matching(wanted), resolved, everybody, leaving)
    return plan_credentials(wanted, resolved, present, everybody, options, pruned=gone)


def writes(plan: Plan[C]) -> list[C]:
    """The changes for which something is to be written."""
    return [change for change in plan.changes if change.is_write]


def carry_out(state: State, plan: Plan[CredentialChange]) -> State:
    """What the service holds after the plan."""
    after = copy.deepcopy(state)
    for number, change in enumerate(writes(plan)):
        if change.action == "removed":
            del after[change.current["id"]]
            continue
        id_ = f"new/{number}" if change.action == "created" else change.current["id"]
        one = after.setdefault(id_, {"settings": {}})
        if change.target is not None:
            one.update({name: change.target[name] for name in ("username", "hashed", "locked", "password")})
            one["password"] = one["password"] or "generated"
        one["settings"].update(change.settings)
    return after


def failed(plan: Plan[Change]) -> set[int]:
    """Which items cannot be done."""
    return {index for index, change in enumerate(plan.changes) if change.action == "failed"}


def check_item(item: Wanted, before: State, after: State) -> None:
    """What the item wants is what there is."""
    by_name = {one["username"]: one for one in after.values()}
    if item.absent:
        assert item.username not in by_name or item.id
        assert not item.id or item.id not in after
        return
    one = after[item.id] if item.id else by_name[item.new_username or item.username or ""]
    assert not item.new_username or one["username"] == item.new_username
    assert item.locked in (None, one["locked"])
    assert item.hashed in (None, one["hashed"])
    assert item.settings.items() <= one["settings"].items()
    if item.password and item.always:
        assert one["password"] == item.password


@settings(max_examples=300, deadline=None)
@given(states(), tasks())
def test_the_plan(state: State, task: tuple[list[dict[str, t.Any]], Options, Leaving]) -> None:
    raw, options, leaving = task
    try:
        wanted, _warnings = check_items(raw, DEFAULTS, "credentials")
        plan = make_plan(state, wanted, options, leaving)
    except Refused:
        return
    after = carry_out(state, plan)
    assert len({one["username"] for one in after.values()}) == len(after)
    good = [item for index, item in enumerate(wanted) if index not in failed(plan)]
    for item in good:
        check_item(item, state, after)

    gone = state.keys() - after.keys()
    assert plan.removals == len(gone)
    touched = {change.current["id"] for change in plan.changes if change.current and change.wanted}
    for id_, one in state.items():
        if id_ not in touched and not leaving.prune:
            assert after[id_] == one
        if leaving.prune and one["username"].startswith("svc.") and leaving.ignore and id_ not in touched:
            assert after[id_] == one
    if not leaving.prune:
        assert gone <= touched

    again = make_plan(after, wanted, options, leaving)
    known = {
        change.wanted.label
        for change in writes(again)
        # What cannot be compared is written again; see the documented limits of idempotence.
        if not (change.wanted and change.wanted.always and (change.wanted.generate or change.current["hashed"]))
    }
    assert known == set()
    assert failed(again) == failed(plan)
    steps = [Step(change) for change in plan.changes]
    for step in steps:
        step.done()
    diffed = {one["before_header"] for one in Progress(steps).diff()}
    assert diffed == {change.key for change in writes(plan)}


@settings(max_examples=200, deadline=None)
@given(states(), st.lists(items(), max_size=5))
def test_without_prune_nobody_unlisted_changes(state: State, raw: list[dict[str, t.Any]]) -> None:
    try:
        wanted, _warnings = check_items(raw, DEFAULTS, "credentials")
        plan = make_plan(state, wanted, Options())
    except Refused:
        return
    mentioned = {name for item in raw for name in (item["username"], item["new_username"], item["id"]) if name}
    after = carry_out(state, plan)
    for id_, one in state.items():
        if not {id_, one["username"]} & mentioned:
            assert after[id_] == one


@settings(max_examples=200, deadline=None)
@given(states(), tasks(), st.integers(-1, 8))
def test_the_limit_of_removals(state: State, task: tuple[list[dict[str, t.Any]], Options, Leaving], limit: int) -> None:
    raw, options, leaving = task
    try:
        wanted, _warnings = check_items(raw, DEFAULTS, "credentials")
        plan = make_plan(state, wanted, options, leaving)
    except Refused:
        return
    removed = len(state) - len(carry_out(state, plan).keys() & state.keys())
    try:
        check_limits(plan, {"max_removals": limit})
    except Refused as refused:
        assert 0 <= limit < removed
        assert str(removed) in refused.msg
        assert str(limit) in refused.msg
    else:
        assert limit == -1 or removed <= limit
