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
from .._parameters import check_name, is_secret
from .._plan import CREATED, FAILED, REMOVED, UNCHANGED, UPDATED, Change, Plan, name_some
from .._types import Object, Settings, Value
from .compare import coerce_settings, same, shown_difference
from .items import check_prune, duplicates, is_ignored, labels, report_problems, selector_problem, states


@dataclass(frozen=True, eq=False)
class WantedSettings:
    """The wanted settings of one scope: global settings (neither username nor id), or those of a credential.

    ``kept`` are secret settings that are null, as a result shows them: they are left unchanged.
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


#: Where settings are: the id of a credential, None for the subscription, or why there is no such credential.
Scope = t.Union[str, None, ThreemaError]


@dataclass(frozen=True, eq=False)
class SettingChange(Change):
    """
    :ivar wanted: the item that it belongs to.
    :ivar scope: id of the credential, None for a global setting.
    :ivar name: the parameter.
    :ivar value: what is to be written; not used for a removal.
    """

    wanted: WantedSettings = WantedSettings("")
    scope: str | None = None
    name: str = ""
    value: Value = ""

    @property
    def label(self) -> str:
        return f"{self.name} ({self.key})"

    @property
    def entry(self) -> Object:
        username = self.wanted.username
        return {"name": self.name, "credential_id": self.scope, **({"username": username} if username else {})}

    @property
    def makes_it(self) -> bool:
        return True


def check_wanted(
    settings: Object | None, credentials: t.Sequence[Object], state: str, prune: bool, where: str
) -> tuple[list[WantedSettings], list[str]]:
    """Convert the options of a task to wanted settings.

    :param settings: global settings, None if they are not managed.
    :param credentials: items with ``username`` and/or ``id``, ``settings`` and perhaps ``state``.
    :returns: the wanted settings, and warnings.
    :raises Refused: with everything that is wrong with their form.
    """
    named = labels(credentials, where, "username", "id")
    problems = [
        f"{label}: {problem}"
        for label, item in zip(named, credentials)
        for problem in selector_problem(item, "username", "id")
    ]
    items = [*([{"settings": settings}] if settings is not None else []), *credentials]
    if prune:
        check_prune(items, state, "setting")
    all_labels = [*(["settings"] if settings is not None else []), *named]
    warnings: dict[str, None] = {}
    wanted = []
    for label, item, own in zip(all_labels, items, states(items, state)):
        one, wrong, told = _wanted(label, item, own == "absent", prune)
        problems.extend(f"{label}: {problem}" for problem in wrong)
        warnings.update(dict.fromkeys(told))
        wanted.append(one)
    problems += duplicates(credentials, where, "username", "id")
    report_problems(problems, "some settings are wrong")
    return wanted, list(warnings)


def _wanted(label: str, item: Object, absent: bool, prune: bool) -> tuple[WantedSettings, list[str], list[str]]:
    given = item.get("settings") or {}
    typed, wrong, told = _checked(given, absent)
    if prune and not typed and not wrong:
        wrong.append("prune requires settings to keep; otherwise it would remove all settings")
    kept = frozenset(name for name in given if name not in typed)
    username, id_ = item.get("username"), item.get("id")
    return WantedSettings(label, username, id_, typed, absent=absent, prune=prune, kept=kept), wrong, told


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


def check_wanted_one(params: Object) -> tuple[WantedSettings, list[str]]:
    """The same for the singular module: ``name``, ``value``, ``username``, ``credential_id`` and ``state``."""
    absent = params["state"] == "absent"
    typed, problems, warnings = _checked({params["name"]: params["value"]}, absent)
    if params["value"] is None and not absent:
        problems.append("value is null; give a value, or state: absent to remove the setting")
    problem = scope_problem(params)
    if problem:
        problems.append(problem)
    elif params["scope"] == "credential" and not _named(params):
        problems.append("scope is credential; name it in username or credential_id")
    report_problems(problems, "the setting is wrong")
    wanted = WantedSettings("setting", params["username"], params["credential_id"], typed, absent=absent)
    return wanted, warnings


def scope_problem(params: Object) -> str | None:
    """What is wrong with a global ``scope`` in a task that also names a credential, None if nothing is."""
    named = _named(params)
    if params["scope"] == "global" and named:
        return f"scope is global, and {named[0]} names a credential; leave out one of them"
    return None


def _named(params: Object) -> list[str]:
    """The options of a task that name a credential."""
    return [name for name in ("username", "credential_id") if params[name] is not None]


def plan_settings(
    wanted: t.Sequence[WantedSettings],
    scopes: t.Sequence[Scope],
    present: t.Mapping[str | None, Settings],
    ignore: t.Sequence[str] = (),
) -> Plan[SettingChange]:
    """The plan for all scopes, one change for each setting.

    :param scopes: the scope of each item.
    :param present: present settings by scope.
    """
    changes: list[SettingChange] = []
    missing: list[ThreemaError] = []
    for item, scope in zip(wanted, scopes):
        if not isinstance(scope, ThreemaError):
            changes += _in_scope(item, scope, present.get(scope, {}), ignore)
            continue
        changes += _without_credential(item, scope)
        if item.absent:
            missing.append(scope)
    if any(item.prune for item in wanted):
        lost = [change.error.msg for change in changes if change.error]
        report_problems(lost, "pruning is not safe together with an item that has no credential")
    return Plan(changes, _missing_warning(missing), before=sum(len(own) for own in present.values()))


def _missing_warning(missing: t.Sequence[ThreemaError]) -> list[str]:
    """A warning about credentials that are not there, if any: a misspelled username would look like success."""
    if not missing:
        return []
    return [f"{name_some([error.msg for error in missing], '; ')}; therefore no setting was removed there"]


def _without_credential(item: WantedSettings, error: ThreemaError) -> t.Iterator[SettingChange]:
    for name in item.settings:
        if item.absent:
            yield SettingChange(key=item.key, action=UNCHANGED, wanted=item, name=name)
        else:
            yield SettingChange(key=item.key, action=FAILED, wanted=item, name=name, error=error)


def _in_scope(
    item: WantedSettings, scope: str | None, present: Settings, ignore: t.Sequence[str]
) -> t.Iterator[SettingChange]:
    listed = item.settings.keys() | item.kept
    pruned = [name for name in present if item.prune and name not in listed and not is_ignored(name, ignore)]
    for name in (*item.settings, *pruned):
        removing = item.absent or name not in item.settings
        value = "" if removing else item.settings[name]
        before, after = shown_difference(present, {name: value})
        if removing and name in present:
            yield SettingChange(
                key=item.key, action=REMOVED, before=before, after={}, removes=1, wanted=item, scope=scope, name=name
            )
        elif removing or (name in present and same(present[name], value)):
            yield SettingChange(key=item.key, action=UNCHANGED, wanted=item, scope=scope, name=name, value=value)
        else:
            action = UPDATED if name in present else CREATED
            yield SettingChange(
                key=item.key,
                action=action,
                before=before,
                after=after,
                wanted=item,
                scope=scope,
                name=name,
                value=value,
            )


def shown_change(change: SettingChange) -> Object:
    """What a change makes of a setting, as results show it.

    The scope is the one that the task names, also where there is no such credential.
    """
    shown = shown_setting(change.scope, change.name, None if change.wanted.absent else change.value)
    return {**shown, "scope": "global" if change.wanted.is_global else "credential"}


def shown_setting(scope: str | None, name: str, value: Value | None) -> Object:
    """A setting as results show it; null in place of a secret."""
    return {
        "name": name,
        "value": None if is_secret(name) else value,
        "scope": "global" if scope is None else "credential",
        "credential_id": scope,
    }


def listed_settings(
    settings: t.Mapping[str | None, Settings],
    name: str | None,
    usernames: t.Mapping[str, str] | None = None,
    *,
    secrets: bool,
) -> list[Object]:
    """Settings by scope as one flat list, perhaps only those of one name.

    :param usernames: by id of the credential, to be returned with each setting; None if they are not.
    """

    def told(scope: str | None) -> Object:
        return {} if usernames is None else {"username": usernames.get(scope or "")}

    return [
        {**shown_setting(scope, parameter, value), **told(scope), **({"value": value} if secrets else {})}
        for scope, values in settings.items()
        for parameter, value in values.items()
        if name is None or parameter == name
    ]
