# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Credentials and their settings: read, plan, carry out. One pass over the API for everything a task wants."""

from __future__ import annotations

import secrets
import threading
import typing as t

from .. import _errors as errors
from .._api._common import Object
from .._api._fetch import Found
from .._api.credentials import CredentialApi
from .._api.settings import BULK_SIZE, SettingApi, Settings
from .._apply import Runner
from .._errors import Refused, ThreemaError
from .._http import Client
from .._plan import CREATED, PENDING, REMOVED, UNCHANGED, Plan
from .._planning.compare import public
from .._planning.credential_items import Wanted
from .._planning.credentials import (
    CredentialChange,
    Options,
    plan_credentials,
    plan_one,
    public_credential,
    resolve,
    unlisted,
)
from .bulk_settings import write_in_bulk

PASSWORD_LENGTH: t.Final = 20
# Without look-alikes (0 O, 1 l I), because people type it from paper.
_ALPHABET: t.Final = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
#: After so many refusals in a row with 403, no licence can be left for what needs as many.
_ENOUGH_REFUSALS: t.Final = 3


def generate_password() -> str:
    """A password of PASSWORD_LENGTH characters from the system's secure source."""
    return "".join(secrets.choice(_ALPHABET) for _number in range(PASSWORD_LENGTH))


class Credentials:
    """What a task does with credentials.

    :param wanted: its items.
    :param list_all: read the whole list whatever it costs: for ``prune`` and ``return_unlisted``.
    """

    def __init__(self, client: Client, wanted: t.Sequence[Wanted], options: Options, *, list_all: bool) -> None:
        self._client = client
        self._wanted = wanted
        self._options = options
        self._list_all = list_all or options.prune
        self._api = CredentialApi(client, keep_passwords=True)
        self._settings_api = SettingApi(client)
        self._lock = threading.Lock()
        self._refusals = 0
        self._too_many: int | None = None
        self._total: int | None = None
        self.unlisted: list[str] = []
        #: What the credentials with wanted settings have now, by id.
        self.present: dict[str, Settings] = {}

    def plan(self) -> Plan:
        """Read what is there and plan. :raises ThreemaError: if reading fails or a rule refuses the task."""
        usernames = {name for item in self._wanted if not item.id for name in (item.username,) if name}
        usernames |= {item.new_username for item in self._wanted if item.new_username}
        ids = {item.id for item in self._wanted if item.id}
        if not self._wanted and not self._list_all:
            return Plan()
        found = self._api.fetch(usernames=usernames, ids=ids, everything=self._list_all)
        self._total = found.total
        resolved = resolve(self._wanted, found.by_id, found.by("username"))
        with_settings = [
            current["id"]
            for item, current in zip(self._wanted, resolved)
            if current and item.settings and not item.absent
        ]
        self.present = self._settings_api.fetch(with_settings, found.total)
        everybody = list(found.by_id.values())
        if self._list_all:
            self.unlisted = [one["username"] for one in unlisted(self._wanted, resolved, everybody)]
        return plan_credentials(self._wanted, resolved, self.present, everybody, self._options)

    def apply(self, plan: Plan, runner: Runner) -> None:
        """Carry the plan out; what became of each change stands in it."""
        changes: list[CredentialChange] = plan.writes
        self._reserve(changes)
        runner.run(changes, self)
        self._client.reserved = 0
        if runner.stopped_by is None or runner.stopped_by.kind == errors.BUDGET:
            self._write_settings(changes, runner)
        for change in changes:
            change.note_settings()
            if self._options.return_passwords and change.written and change.action != REMOVED and change.target:
                change.result["password"] = change.target["password"]

    def settings_of(self, change: CredentialChange) -> Settings:
        """All settings of the change's credential, as they are after it, for a result."""
        present = self.present.get(change.result.get("id") or "", {})
        all_done = change.outcome == change.action
        written = {n: v for n, v in change.settings.items() if all_done or n in change.written_settings}
        return public({**present, **written})

    def carry_out(self, change: CredentialChange) -> None:
        """See :class:`.._apply.Actor`; the settings follow for all together."""
        if change.action == REMOVED and change.current:
            change.outcome = REMOVED if self._api.delete(change.current["id"]) else UNCHANGED
            return
        target = change.target
        if target is not None:
            if target["password"] is None:
                target["password"] = generate_password()
            if change.action == CREATED:
                self._create(change, target)
            elif change.current:
                self._api.update(change.current["id"], target)
            change.written = True
        self._credential_done(change)

    def _create(self, change: CredentialChange, target: Object) -> None:
        licenses = target["license_count"] or 1
        if self._too_many is not None and licenses >= self._too_many:
            raise ThreemaError(
                errors.PERMISSION, "no licence left; not tried any more, because the service refused several before"
            )
        try:
            created = self._api.create(target)
        except ThreemaError as error:
            if error.kind == errors.PERMISSION:
                self._count_refusal(licenses)
                error.msg = f"no licence left, or the key may not create credentials. {error.msg}"
            raise
        with self._lock:
            self._refusals = 0
        self._created(change, created)

    def _count_refusal(self, licenses: int) -> None:
        with self._lock:
            self._refusals += 1
            if self._refusals >= _ENOUGH_REFUSALS:
                self._too_many = min(licenses, self._too_many or licenses)

    def _created(self, change: CredentialChange, credential: Object) -> None:
        change.result = public_credential(credential)
        change.created = True
        change.written = True

    def _credential_done(self, change: CredentialChange) -> None:
        if not change.settings and change.doubt is None:
            change.outcome = change.action

    def settle(self, changes: t.Sequence[CredentialChange]) -> None:
        """See :class:`.._apply.Actor`."""
        found = self._look(changes)
        by_username = found.by("username")
        for change in changes:
            doubt = change.doubt
            change.doubt = None
            if doubt is None or (change.target is None and change.action != REMOVED):
                continue
            if change.action == CREATED:
                self._settle_creation(change, doubt, by_username)
            else:
                self._settle_write(change, found)

    def _look(self, changes: t.Sequence[CredentialChange]) -> Found:
        refused = any(change.doubt and change.doubt.refuses for change in changes)
        names = {change.target["username"] for change in changes if change.action == CREATED and change.target}
        ids = {change.current["id"] for change in changes if change.current}
        # One whose name is said to be taken, and which a filter did not find, is looked for in the list.
        return self._api.fetch(usernames=names, ids=ids, everything=refused)

    def _settle_creation(
        self, change: CredentialChange, doubt: ThreemaError, by_username: t.Mapping[str, Object]
    ) -> None:
        target = change.target or {}
        current = by_username.get(target["username"])
        if current is None:
            if doubt.refuses:
                like = next((name for name in by_username if name.lower() == target["username"].lower()), None)
                if like:
                    change.note = f"{doubt.msg}; there is a credential named {like}, which differs in case only"
                change.fail(doubt)
            return
        if change.perhaps_done and _is_as_written(current, target):
            self._created(change, current)
            self._credential_done(change)
            return
        self._replan(change, current)

    def _replan(self, change: CredentialChange, current: Object) -> None:
        """Somebody else was faster: the item is planned anew for the credential that is there now."""
        item = t.cast(Wanted, change.wanted)
        if item.settings:
            self.present[current["id"]] = self._settings_api.read(current["id"]) or {}
        try:
            new = plan_one(item, current, self.present.get(current["id"], {}), self._options, [])
        except Refused as error:
            change.fail(error)
            return
        change.become(new)

    def _settle_write(self, change: CredentialChange, found: Found) -> None:
        current = found.by_id.get((change.current or {}).get("id", ""))
        if change.action == REMOVED:
            if current is None:
                change.outcome = REMOVED
            return
        target = change.target or {}
        if current is None:
            change.fail(ThreemaError(errors.NOT_FOUND, f"{change.key} is gone: somebody else removed it meanwhile"))
        elif _is_as_written(current, target) and not (target["hashed"] and "password" in (change.after or {})):
            change.written = True
            self._credential_done(change)

    def _reserve(self, changes: t.Sequence[CredentialChange]) -> None:
        """Keep the requests of the bulk writes back, so that a budget never leaves people without their settings."""
        self._client.reserved = -(-sum(bool(change.settings) for change in changes) // BULK_SIZE)

    def _write_settings(self, changes: t.Sequence[CredentialChange], runner: Runner) -> None:
        ready = {
            change.result["id"]: change
            for change in changes
            if change.settings and change.outcome == PENDING and (change.written or change.target is None)
        }

        def report(id_: str, name: str, error: ThreemaError | None) -> None:
            if error is None:
                ready[id_].setting_written(name)
            else:
                ready[id_].setting_failed(name, error)

        total = None if self._total is None else self._total + len(self._wanted)
        settings = {id_: change.settings for id_, change in ready.items()}
        write_in_bulk(self._settings_api, settings, report, runner, total)


def _is_as_written(current: Object, target: Object) -> bool:
    """Whether a credential holds what a lost write would have written; a hashed password cannot be told."""
    same = all(current[name] == target[name] for name in ("username", "hashed", "locked"))
    return same and (current["hashed"] or current.get("password") == target["password"])
