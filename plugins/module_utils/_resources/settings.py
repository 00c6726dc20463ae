# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""MDM settings of the subscription and of credentials: read, plan, carry out."""

from __future__ import annotations

import typing as t

from .. import _errors as errors
from .._api._fetch import Found
from .._api.credentials import CredentialApi
from .._api.settings import BULK_SIZE, SettingApi, unknown_credential
from .._apply import Resource, Runner, Step
from .._errors import Refused, ThreemaError
from .._http import Client
from .._plan import FAILED, PENDING, REMOVED, UNCHANGED, UPDATED, Plan
from .._planning.compare import same
from .._planning.settings import Scope, SettingChange, WantedSettings, plan_settings
from .._progress import Progress
from .._types import Object, Settings
from .bulk_settings import write_in_bulk

SettingStep = Step[SettingChange]


class MdmSettings(Resource[SettingChange, SettingStep]):
    """What a task does with settings.

    :param ignore: patterns of names that are never pruned.
    :param list_all: read all settings of the listed scopes, however many requests it takes, for a limit that is a share
        of them.
    """

    def __init__(
        self,
        client: Client,
        wanted: t.Sequence[WantedSettings],
        ignore: t.Sequence[str] = (),
        *,
        list_all: bool = False,
    ) -> None:
        self._client = client
        self._wanted = wanted
        self._ignore = ignore
        self._list_all = list_all
        self._credentials = CredentialApi(client, keep_passwords=False)
        self._api = SettingApi(client, self._credentials)
        self._total: int | None = None

    def plan(self) -> Plan[SettingChange]:
        known = self._look_up()
        scopes = self._scopes(known)
        self._total = known.total
        present = self._present(scopes)
        return plan_settings(self._wanted, self._existing(scopes, present, known), present, self._ignore)

    def begin(self, change: SettingChange) -> SettingStep:
        return Step(change)

    def _present(self, scopes: t.Sequence[Scope]) -> dict[str | None, Settings]:
        """Present settings by scope, in the fewest and smallest requests."""
        first = self._wanted[0] if self._wanted else None
        if first and len(self._wanted) == 1 and len(first.settings) == 1 and not (first.prune or self._list_all):
            scope = scopes[0]
            if isinstance(scope, ThreemaError):
                return {}
            found = self._api.read_one(scope, next(iter(first.settings)))
            return {scope: found} if found else {}
        ids = list(dict.fromkeys(scope for scope in scopes if isinstance(scope, str)))
        present: dict[str | None, Settings] = dict(self._api.fetch(ids, self._total).items())
        if any(item.is_global for item in self._wanted):
            present[None] = self._api.read(None) or {}
        return present

    def _look_up(self) -> Found:
        """The credentials that are selected by their username; an id can be used without a look-up."""
        usernames = {item.username for item in self._wanted if item.username and not item.id}
        both = {item.id for item in self._wanted if item.username and item.id}
        return self._credentials.fetch(usernames=usernames, ids=both)

    def _scopes(self, known: Found) -> list[Scope]:
        """The scope of each item."""
        scopes: list[Scope] = []
        by_username = known.by("username")
        seen: dict[str, str] = {}
        for item in self._wanted:
            current = known.by_id.get(item.id) if item.id else by_username.get(item.username or "")
            if item.id and item.username and current and current["username"] != item.username:
                raise Refused(f"{item.label}: the id {item.id} belongs to {current['username']}, not {item.username}")
            id_ = current["id"] if current else None if item.username else item.id
            if id_ and (other := seen.setdefault(id_, item.label)) != item.label:
                raise Refused(f"{other} and {item.label} both mean the credential {item.key}; nothing was written")
            scopes.append(None if item.is_global else id_ or _no_credential(item))
        return scopes

    def _existing(self, scopes: list[Scope], present: t.Mapping[str | None, Settings], known: Found) -> list[Scope]:
        """Whether credentials without settings exist at all: an empty answer does not show it (contract 9)."""
        unproven = {
            item.id
            for item in self._wanted
            if item.id and not item.username and not item.absent and item.id not in present
        } - known.by_id.keys()
        if unproven and self._credentials.listed is not None:
            unproven -= set(self._credentials.listed)
        elif unproven and not known.whole:
            unproven -= self._credentials.fetch(ids=unproven).by_id.keys()
        return [
            unknown_credential(scope) if isinstance(scope, str) and scope in unproven else scope for scope in scopes
        ]

    def apply(self, steps: t.Sequence[SettingStep], runner: Runner) -> None:
        """Write removals and global settings one by one, and settings of credentials in bulk."""
        in_bulk: dict[str, dict[str, SettingStep]] = {}
        single = []
        for step in steps:
            change = step.change
            if change.scope is None or change.action == REMOVED or len(steps) == 1:
                single.append(step)
            else:
                in_bulk.setdefault(change.scope, {})[change.name] = step
        self._client.keep_back(-(-len(in_bulk) // BULK_SIZE), "settings in bulk")
        runner.live.expect(bool(single) + bool(in_bulk))
        runner.run(single, self)
        self._client.keep_back(0)
        if runner.stopped_by is None or runner.stopped_by.kind == errors.BUDGET:
            self._write_bulk(in_bulk, runner)

    def _write_bulk(self, in_bulk: t.Mapping[str, t.Mapping[str, SettingStep]], runner: Runner) -> None:
        def report(scope: str, name: str, error: ThreemaError | None) -> None:
            step = in_bulk[scope][name]
            if error is None:
                step.done()
            else:
                step.fail(error)

        settings = {scope: {name: step.change.value for name, step in own.items()} for scope, own in in_bulk.items()}
        write_in_bulk(self._api, settings, report, runner, self._total)

    def carry_out(self, step: SettingStep) -> None:
        change = step.change
        if change.action == REMOVED:
            step.removed(self._api.delete(change.scope, change.name))
        else:
            self._api.write(change.scope, change.name, change.value)
            step.done()

    def look(self, steps: t.Sequence[SettingStep]) -> list[Object | None]:
        scopes = dict.fromkeys(step.change.scope for step in steps)
        present = {scope: self._api.read(scope) or {} for scope in scopes}
        return [
            {"value": own[step.change.name]} if step.change.name in own else None
            for step, own in ((step, present[step.change.scope]) for step in steps)
        ]

    def holds(self, step: SettingStep, current: Object, /) -> bool:
        return same(current["value"], step.change.value)


def _no_credential(item: WantedSettings) -> ThreemaError:
    if item.id:
        return unknown_credential(item.id)
    return ThreemaError(
        errors.NOT_FOUND,
        f"there is no credential with the username {item.username}",
        method="GET",
        path="/credentials",
        request_sent=True,
    )


def shown_by_scope(progress: Progress[SettingStep], which: str) -> dict[str, list[Object]]:
    """The objects of a plural result: each global setting, and for each credential the names that changed."""
    by_credential: dict[str, list[SettingStep]] = {}
    listed: list[Object] = []
    for step in progress.steps:
        if step.change.wanted.is_global:
            listed.append({"name": step.change.name, **step.as_result()})
        else:
            by_credential.setdefault(step.change.wanted.label, []).append(step)
    returned = progress.returned(which)
    return {
        "settings": [one for one in listed if one["action"] in returned],
        "credentials": [one for one in map(_shown_credential, by_credential.values()) if one["action"] in returned],
    }


def _shown_credential(group: t.Sequence[SettingStep]) -> Object:
    outcomes = {step.outcome for step in group}
    stopped = next((outcome for outcome in (FAILED, PENDING) if outcome in outcomes), None)
    changed = [step.change.name for step in group if step.did_something]
    first = group[0].change
    shown: Object = {
        # If there is no such credential, this is the id that was given.
        "id": first.scope or first.wanted.id,
        "username": first.wanted.username,
        "action": stopped or (UPDATED if changed else UNCHANGED),
        "settings": changed,
    }
    told = {step.change.name: step.msg for step in group if "msg" in step.as_result()}
    if not told:
        return shown
    # If it does not concern all of them, it names those that it does.
    which = f"{', '.join(told)}: " if len(told) < len(group) else ""
    return {**shown, "msg": which + next(iter(told.values()))}
