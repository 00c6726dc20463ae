# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The plan for MDM settings. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._errors import ThreemaError
from .._parameters import SECRET_PARAMETERS, Value, check_name
from .._plan import (
    CREATED,
    FAILED,
    PENDING,
    REMOVED,
    UNCHANGED,
    UPDATED,
    Change,
    Object,
    Plan,
    find_duplicates,
    is_ignored,
    report_problems,
)
from .compare import Settings, coerce_settings, same, shown_difference


@dataclass(frozen=True)
class WantedSettings:
    """What is wanted in one scope: the global settings (neither username nor id), or those of a credential.

    ``kept`` are secret settings that are given as null, as a result shows them: they stay as they are.
    """

    label: str
    username: str | None = None
    id: str | None = None
    settings: Settings = field(default_factory=dict)
    absent: bool = False
    prune: bool = False
    kept: frozenset[str] = frozenset()

    @property
    def is_global(self) -> bool:
        """Whether these are the settings of the subscription."""
        return self.username is None and self.id is None

    @property
    def key(self) -> str:
        """The username, or the id where there is none."""
        return "global settings" if self.is_global else self.username or self.id or ""


@dataclass
class SettingChange(Change):
    """
    :ivar scope: id of the credential, None for a global setting.
    :ivar name: the parameter.
    :ivar value: what is to be written; not used for a removal.
    """

    scope: str | None = None
    name: str = ""
    value: Value = ""
    wanted: WantedSettings | None = None

    @property
    def label(self) -> str:
        return f"{self.name} ({self.key})"


def check_wanted(
    settings: Object | None, credentials: t.Sequence[Object], state: str, prune: bool, where: str
) -> tuple[list[WantedSettings], list[str]]:
    """Turn the options of a task into what is wanted.

    :param settings: global settings, None where they are not managed.
    :param credentials: items with ``username`` and/or ``id``, ``settings`` and perhaps ``state``.
    :returns: what is wanted, and warnings.
    :raises Refused: naming everything that is wrong with their form.
    """
    problems: list[str] = []
    warnings: dict[str, None] = {}
    items: list[tuple[str, Object]] = [] if settings is None else [("settings", {"settings": settings})]
    for index, item in enumerate(credentials):
        name = item.get("username") or item.get("id")
        items.append((f"{where}[{index}]" + (f" ({name})" if name else ""), item))
        if not name:
            problems.append(f"{where}[{index}]: one of username and id is required")
    wanted = []
    for label, item in items:
        absent = (item.get("state") or state) == "absent"
        typed, wrong, told = _checked(item.get("settings") or {}, absent)
        problems.extend(f"{label}: {problem}" for problem in wrong)
        warnings.update(dict.fromkeys(told))
        if prune and (absent or (not typed and not wrong)):
            problems.append(f"{label}: prune needs settings to keep, and state: present; here it would remove all")
        kept = frozenset(name for name in (item.get("settings") or {}) if name not in typed)
        wanted.append(
            WantedSettings(label, item.get("username"), item.get("id"), typed, absent=absent, prune=prune, kept=kept)
        )
    names = [(index, item["username"]) for index, item in enumerate(credentials) if item.get("username")]
    ids = [(index, item["id"]) for index, item in enumerate(credentials) if item.get("id")]
    problems += find_duplicates(names, "the username", where) + find_duplicates(ids, "the id", where)
    report_problems(problems, "some settings are wrong")
    return wanted, list(warnings)


def _checked(settings: Object, absent: bool) -> tuple[Settings, list[str], list[str]]:
    if not absent:
        return coerce_settings(settings)
    problems = []
    for name in settings:
        try:
            check_name(name)
        except ValueError as problem:
            problems.append(str(problem))
    return dict.fromkeys(settings, ""), problems, []


def plan_settings(
    wanted: t.Sequence[WantedSettings],
    scopes: t.Sequence[str | None | ThreemaError],
    present: t.Mapping[str | None, Settings],
    ignore: t.Sequence[str] = (),
) -> Plan:
    """The plan for all scopes, one change for each setting.

    :param scopes: for each item the id of its credential, None for the global settings, or why there is none.
    :param present: present settings by scope.
    """
    plan = Plan()
    for item, scope in zip(wanted, scopes):
        if isinstance(scope, ThreemaError):
            plan.changes.extend(_without_credential(item, scope))
        else:
            plan.changes.extend(_in_scope(item, scope, present.get(scope, {}), ignore))
    return plan


def _without_credential(item: WantedSettings, error: ThreemaError) -> t.Iterator[SettingChange]:
    for name in item.settings:
        change = SettingChange(key=item.key, action=UNCHANGED, name=name, wanted=item)
        if not item.absent:
            change.fail(error)
        yield change


def _in_scope(
    item: WantedSettings, scope: str | None, present: Settings, ignore: t.Sequence[str]
) -> t.Iterator[SettingChange]:
    listed = item.settings.keys() | item.kept
    pruned = [name for name in present if item.prune and name not in listed and not is_ignored(name, ignore)]
    for name in (*item.settings, *pruned):
        removing = item.absent or name not in item.settings
        change = SettingChange(key=item.key, action=UNCHANGED, scope=scope, name=name, wanted=item)
        if removing and name in present:
            change.action = REMOVED
            change.removes = 1
            change.before, change.after = shown_difference(present, {name: ""})[0], {}
        elif not removing:
            change.value = item.settings[name]
            if name not in present or not same(present[name], change.value):
                change.action = UPDATED if name in present else CREATED
                change.before, change.after = shown_difference(present, {name: change.value})
        yield change


def check_wanted_one(params: Object) -> tuple[WantedSettings, list[str]]:
    """The same for the singular module: ``name``, ``value``, ``username``, ``credential_id`` and ``state``."""
    absent = params["state"] == "absent"
    typed, problems, warnings = _checked({params["name"]: params["value"]}, absent)
    if params["value"] is None and not absent:
        problems.append("value is null; give a value, or state: absent to remove the setting")
    for name in ("username", "credential_id"):
        if params[name] == "":
            problems.append(f"{name} is empty; leave it out for a global setting")
    report_problems(problems, "the setting is wrong")
    wanted = WantedSettings("setting", params["username"], params["credential_id"], typed, absent=absent)
    return wanted, warnings


def shown_setting(change: SettingChange) -> Object:
    """The setting of a singular result, as it is after the task."""
    gone = change.wanted is None or change.wanted.absent
    return _shown(change.scope, change.name, None if gone else change.value)


def _shown(scope: str | None, name: str, value: t.Any) -> Object:
    return {
        "name": name,
        "value": None if name in SECRET_PARAMETERS else value,
        "scope": "global" if scope is None else "credential",
        "credential_id": scope,
    }


def listed_settings(settings: t.Mapping[str | None, Settings], name: str | None, *, secrets: bool) -> list[Object]:
    """Settings by scope as one flat list, perhaps only those of one name."""
    return [
        {**_shown(scope, parameter, value), **({"value": value} if secrets else {})}
        for scope, values in settings.items()
        for parameter, value in values.items()
        if name is None or parameter == name
    ]


def shown_by_scope(plan: Plan, which: str, failed: bool) -> dict[str, list[Object]]:
    """The objects of a plural result: each global setting, and for each credential the names that changed."""
    by_credential: dict[str, list[SettingChange]] = {}
    listed: list[Object] = []
    for change in plan.changes:
        if change.wanted.is_global:
            listed.append({"name": change.name, **change.as_result()})
        else:
            by_credential.setdefault(change.wanted.label, []).append(change)
    credentials = [_shown_credential(group) for group in by_credential.values()]

    def keep(shown: Object) -> bool:
        return which != "none" and (shown["action"] != UNCHANGED or (which == "all" and not failed))

    return {
        "settings": [shown for shown in listed if keep(shown)],
        "credentials": [shown for shown in credentials if keep(shown)],
    }


def _shown_credential(group: t.Sequence[SettingChange]) -> Object:
    outcomes = {change.outcome for change in group}
    stopped = next((outcome for outcome in (FAILED, PENDING) if outcome in outcomes), None)
    changed = [change.name for change in group if change.did_something]
    wanted = t.cast(WantedSettings, group[0].wanted)
    shown: Object = {
        # Where there is no such credential, the id is the one that was given.
        "id": group[0].scope or wanted.id,
        "username": wanted.username,
        "action": stopped or (UPDATED if changed else UNCHANGED),
        "settings": changed,
    }
    told = {change.name: change.as_result()["msg"] for change in group if "msg" in change.as_result()}
    if not told:
        return shown
    # Where it is not about all of them, it says about which.
    which = f"{', '.join(told)}: " if len(told) < len(group) else ""
    return {**shown, "msg": which + next(iter(told.values()))}
