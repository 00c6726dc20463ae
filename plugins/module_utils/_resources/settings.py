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
from .._api.settings import BULK_SIZE, SettingApi, Settings, unknown_credential
from .._apply import Runner
from .._errors import Refused, ThreemaError
from .._http import Client
from .._plan import REMOVED, UNCHANGED, Plan
from .._planning.compare import same
from .._planning.settings import SettingChange, WantedSettings, plan_settings
from .bulk_settings import write_in_bulk


class MdmSettings:
    """What a task does with settings; ``ignore`` are the patterns of names that are never pruned."""

    def __init__(self, client: Client, wanted: t.Sequence[WantedSettings], ignore: t.Sequence[str] = ()) -> None:
        self._client = client
        self._wanted = wanted
        self._ignore = ignore
        self._credentials = CredentialApi(client, keep_passwords=False)
        self._api = SettingApi(client)
        self._total: int | None = None

    def plan(self) -> Plan:
        """Read what is there and plan. :raises ThreemaError: if reading fails or a rule refuses the task."""
        known = self._look_up()
        scopes = self._scopes(known)
        self._total = known.total
        present = self._present(scopes)
        return plan_settings(self._wanted, self._existing(scopes, present, known), present, self._ignore)

    def _present(self, scopes: t.Sequence[str | None | ThreemaError]) -> dict[str | None, Settings]:
        """Present settings by scope, in the fewest and smallest requests."""
        first = self._wanted[0] if self._wanted else None
        if first and len(self._wanted) == 1 and len(first.settings) == 1 and not first.prune:
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
        """The credentials that are named by their username; an id alone can be used as it is."""
        usernames = {item.username for item in self._wanted if item.username and not item.id}
        both = {item.id for item in self._wanted if item.username and item.id}
        return self._credentials.fetch(usernames=usernames, ids=both)

    def _scopes(self, known: Found) -> list[str | None | ThreemaError]:
        """For each item its credential's id, None for the global settings, or why there is none."""
        scopes: list[str | None | ThreemaError] = []
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

    def _existing(
        self, scopes: list[str | None | ThreemaError], present: t.Mapping[str | None, Settings], known: Found
    ) -> list[str | None | ThreemaError]:
        """Whether credentials without settings exist at all: an empty answer does not tell (contract 9)."""
        unproven = {
            item.id
            for item in self._wanted
            if item.id and not item.username and not item.absent and item.id not in present
        } - known.by_id.keys()
        if unproven and not known.whole:
            unproven -= self._credentials.fetch(ids=unproven).by_id.keys()
        return [
            unknown_credential(scope) if isinstance(scope, str) and scope in unproven else scope for scope in scopes
        ]

    def apply(self, plan: Plan, runner: Runner) -> None:
        """Carry the plan out: removals and global settings one by one, those of credentials in bulk."""
        changes: list[SettingChange] = plan.writes
        in_bulk: dict[str, list[SettingChange]] = {}
        single = []
        for change in changes:
            if change.scope is None or change.action == REMOVED or len(changes) == 1:
                single.append(change)
            else:
                in_bulk.setdefault(change.scope, []).append(change)
        self._client.reserved = -(-len(in_bulk) // BULK_SIZE)
        runner.run(single, self)
        self._client.reserved = 0
        if runner.stopped_by is None or runner.stopped_by.kind == errors.BUDGET:
            self._write_bulk(in_bulk, runner)

    def _write_bulk(self, in_bulk: t.Mapping[str, list[SettingChange]], runner: Runner) -> None:
        by_name = {(scope, change.name): change for scope, group in in_bulk.items() for change in group}

        def report(scope: str, name: str, error: ThreemaError | None) -> None:
            change = by_name[scope, name]
            if error is None:
                change.outcome = change.action
            else:
                change.fail(error)

        settings = {scope: {change.name: change.value for change in group} for scope, group in in_bulk.items()}
        write_in_bulk(self._api, settings, report, runner, self._total)

    def carry_out(self, change: SettingChange) -> None:
        """See :class:`.._apply.Actor`."""
        if change.action == REMOVED:
            change.outcome = REMOVED if self._api.delete(change.scope, change.name) else UNCHANGED
        else:
            self._api.write(change.scope, change.name, change.value)
            change.outcome = change.action

    def settle(self, changes: t.Sequence[SettingChange]) -> None:
        """See :class:`.._apply.Actor`."""
        present = {scope: self._api.read(scope) or {} for scope in {change.scope for change in changes}}
        for change in changes:
            there = present[change.scope]
            removed = change.action == REMOVED and change.name not in there
            written = change.action != REMOVED and change.name in there and same(there[change.name], change.value)
            if removed or written:
                change.outcome = change.action
            change.doubt = None


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
