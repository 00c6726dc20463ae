# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Credentials and their settings: read, plan, carry out. One pass over the API for everything a task wants."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import replace

from .. import _errors as errors
from .._api._fetch import Found
from .._api.credentials import CredentialApi
from .._api.settings import BULK_SIZE, SettingApi
from .._api.subscription import SubscriptionApi
from .._apply import Resource, Runner, Step
from .._errors import Refused, ThreemaError
from .._http import Client
from .._plan import CREATED, PENDING, REMOVED, UPDATED, Plan
from .._planning.compare import public
from .._planning.credential_items import Wanted
from .._planning.credentials import (
    CredentialChange,
    Options,
    gets_new_name,
    license_warning,
    not_found,
    plan_credentials,
    plan_ids,
    plan_present,
    public_credential,
    resolve,
)
from .._planning.leavers import NOBODY, Leaving, pruned, unlisted
from .._planning.matching import Key, Matching, given_away_problem, match, value_of
from .._planning.twins import check_twins, without_twins
from .._planning.users import DETACHED, UserChange, doubt_about_owners
from .._progress import Progress
from .._types import Object, Settings
from .bulk_settings import write_in_bulk
from .credential_step import (
    CredentialStep,
    has_new_password,
    note_twin,
    shown_leaver,
    shown_match,
    shown_user,
    told_of_odd,
)
from .identity import Identities, all_ended
from .users import UserStep, told_of_gone, told_of_revoked

#: After this many rejections in a row with 403, there can be no license left for credentials that need as many.
_ENOUGH_REFUSALS: t.Final = 3

AnyChange = t.Union[CredentialChange, UserChange]
AnyStep = t.Union[CredentialStep, UserStep]


class Credentials(Resource[AnyChange, AnyStep]):
    """What a task does with credentials, and with Threema IDs that it also detaches or revokes.

    :param wanted: its items.
    :param threema_ids: checked.
    :param list_all: read the whole list, however many requests it takes: for ``prune`` and ``return_unlisted``.
    :param refuse_unknown: whether the task is stopped if an object that should be removed does not exist.
    :param leaving: which credentials are removed because they are not in the list of items.
    :param match_setting: the setting whose value identifies people whose username has changed.
    :param rename_matched: whether these get the listed username.
    :param protect_values: values of people who are on the list although they have no item.
    :param find_twins: whether the whole list is read if there is a new username, whose twin may be anywhere.
    :param dry: whether nothing will be written, so that the response of the service has to be predicted.
    :ivar unlisted: usernames of the credentials that are not in the list of items, if all were listed.
    :ivar not_found: what should be removed but does not exist.
    """

    def __init__(
        self,
        client: Client,
        wanted: t.Sequence[Wanted],
        options: Options,
        *,
        threema_ids: t.Sequence[str] = (),
        leaving: Leaving = NOBODY,
        match_setting: str | None = None,
        rename_matched: bool = False,
        protect_values: t.Collection[Key] = (),
        list_all: bool = False,
        refuse_unknown: bool = False,
        dry: bool = False,
        find_twins: bool = False,
    ) -> None:
        self._client = client
        self._wanted = wanted
        self._options = options
        self._threema_ids = threema_ids
        self._leaving = leaving
        self._match_setting = match_setting
        self._rename_matched = rename_matched
        self._protect_values = protect_values
        self._list_all = list_all or leaving.prune or match_setting is not None
        self._refuse_unknown = refuse_unknown
        self._matching = Matching(wanted)
        self._gone: list[Object] = []
        self._dry = dry
        self._find_twins = find_twins
        self._api = CredentialApi(client, keep_passwords=True)
        self._settings_api = SettingApi(client, self._api)
        self._unbound = bool(threema_ids) and options.state == DETACHED
        self._identities = Identities(client, threema_ids, unbound=self._unbound)
        self._lock = threading.Lock()
        self._refusals = 0
        self._too_many: int | None = None
        self._total: int | None = None
        self.unlisted: list[str] = []
        self.not_found: list[str] = []
        #: What the credentials with wanted settings have now, by id.
        self.present: dict[str, Settings] = {}

    def plan(self) -> Plan[AnyChange]:
        if self._options.state and sum(item.absent for item in self._wanted) > 1:
            self._identities.read_first()
        found = self._read(everything=self._list_all or self._unbound)
        if self._match_setting:
            self._match(self._match_setting, found)
        resolved = self._resolve(found)
        if self._find_twins and not found.whole and any(gets_new_name(*pair) for pair in zip(self._wanted, resolved)):
            found = self._read(everything=True)
            resolved = self._resolve(found)
        everybody = list({**self._api.seen, **found.by_id}.values())
        users: dict[str, Object] = {}
        gone, warnings = pruned(self._matching, resolved, everybody, self._leaving)
        self._gone = gone
        if self._options.state:
            absent = [current for item, current in zip(self._wanted, resolved) if current and item.absent]
            users = self._identities.read([*absent, *gone], found, self._api, all_listed=self._leaving.prune)
        self.not_found = not_found(self._wanted, resolved, self._threema_ids, users)
        if self._refuse_unknown and self.not_found:
            raise Refused(
                f"not in the subscription: {', '.join(self.not_found)}; nothing was written. Correct the names; or, if "
                "an earlier run was interrupted and they are already removed, run again with unknown: ignore",
                details={"not_found": self.not_found},
            )
        if not self._match_setting:
            self.present = self._present_settings(resolved)
        if self._list_all:
            nobodys = unlisted(self._wanted, resolved, everybody, self._leaving.protect, self._matching.holders)
            self.unlisted = [one["username"] for one in without_twins(self._wanted, resolved, nobodys)]
        plan = self._with_ids(
            plan_credentials(self._wanted, resolved, self.present, everybody, self._options, users, gone), users, found
        )
        warnings = [*plan.warnings, *warnings, *self._matching.warnings()]
        return replace(plan, warnings=[*warnings, *(self._license_warning(plan, found) if self._dry else [])])

    def confirm(self) -> None:
        if self._match_setting:
            self._settings_api.check_left_out(one["id"] for one in self._gone if one["id"] not in self.present)

    def _match(self, setting: str, found: Found) -> None:
        """Find people by the value of a setting. This reads all settings, which are not read again for the items."""
        self.present = self._settings_api.read_all()
        # A credential that was created since the list was read may belong to one of the items.
        wanted = {value_of(setting, item.settings) for item in self._wanted} - {None}
        late = self.present.keys() - found.by_id.keys()
        late = {id_ for id_ in late if value_of(setting, self.present[id_]) in wanted}
        found.by_id.update(self._api.fetch(ids=late).by_id if late else {})
        self._matching = match(
            self._wanted, found.by_id, self.present, setting, protect=self._protect_values, rename=self._rename_matched
        )
        self._wanted = self._matching.wanted

    def _license_warning(self, plan: Plan[AnyChange], found: Found) -> list[str]:
        """Predict that the service will run out of licenses; only if that takes one request (contract 8.2)."""
        if not found.whole or not any(change.action == CREATED for change in plan.changes):
            return []
        try:
            amount = SubscriptionApi(self._client).get().get("license_amount")
        except ThreemaError as error:
            return [f"the number of free licenses could not be read: {error}"]
        return license_warning(plan, list(found.by_id.values()), amount)

    def _read(self, *, everything: bool) -> Found:
        usernames = {name for item in self._wanted if not item.id for name in (item.username,) if name}
        usernames |= {item.new_username for item in self._wanted if item.new_username}
        ids = {item.id for item in self._wanted if item.id}
        found = self._api.fetch(usernames=usernames, ids=ids, everything=everything)
        # An item to be removed whose id is gone may mean the credential that has its username.
        lost = [item for item in self._wanted if item.absent and item.id and item.id not in found.by_id]
        if not found.whole:
            found.include(self._api.fetch(usernames={item.username for item in lost if item.username}))
        self._total = found.total
        return found

    def _resolve(self, found: Found) -> list[Object | None]:
        by_username = found.by("username")
        check_twins(self._wanted, by_username)
        return resolve(self._wanted, found.by_id, by_username, self._matching.found)

    def _present_settings(self, resolved: t.Sequence[Object | None]) -> dict[str, Settings]:
        with_settings = [
            current["id"]
            for item, current in zip(self._wanted, resolved)
            if current and item.settings and not item.absent
        ]
        return self._settings_api.fetch(with_settings, self._total)

    def _with_ids(self, plan: Plan[CredentialChange], users: t.Mapping[str, Object], found: Found) -> Plan[AnyChange]:
        """The plan, with the IDs from ``threema_ids`` added."""
        named: list[UserChange] = []
        if self._options.state and self._threema_ids:
            named = plan_ids(self._threema_ids, users, plan.changes, found.by_id, self._options.state)
        warnings = list(plan.warnings)
        if self._unbound:
            # Where links are missing, IDs that are known otherwise can be ended so; this may be what is meant.
            doubt = doubt_about_owners([users[one.key] for one in named], users.values(), found.by_id)
            warnings += [doubt.msg] if doubt else []
        before = len(found.by_id) if found.whole else None
        return Plan([*plan.changes, *named], warnings, before)

    def begin(self, change: AnyChange) -> AnyStep:
        return Step(change) if isinstance(change, UserChange) else CredentialStep(change)

    def apply(self, steps: t.Sequence[AnyStep], runner: Runner) -> None:
        """Apply removals first, because they free licenses; then credentials, and then all their settings together."""
        removals = [step for step in steps if step.change.action == REMOVED]
        others = [step for step in steps if step.change.action != REMOVED]
        self._reserve(others)
        settings = any(step.change.settings for step in others if isinstance(step, CredentialStep))
        runner.live.expect(bool(removals) + bool(others) + settings)
        runner.run(removals, self)
        runner.run(others, self)
        self._client.keep_back(0)
        credentials = [step for step in steps if isinstance(step, CredentialStep)]
        if runner.stopped_by is None or runner.stopped_by.kind == errors.BUDGET:
            self._write_settings(credentials, runner)
        for step in credentials:
            step.say_what_is_done()
            if self._options.return_passwords and step.written and step.change.action != REMOVED and step.change.target:
                step.result = {**step.as_object(), "password": step.target()["password"]}

    def half_done(self, steps: t.Sequence[AnyStep], /) -> str:
        pending = [step for step in steps if isinstance(step, CredentialStep) and step.outcome == PENDING]
        created = sum(step.created for step in pending)
        begun = sum(step.did_something for step in pending if step.change.action == REMOVED)
        parts = [f"{created} of them exist already, with their settings pending"] if created else []
        parts += [f"the removal of {begun} of them was started"] if begun else []
        return ", ".join(parts)

    def afterwards(self, steps: t.Sequence[AnyStep], dry: bool, /) -> list[str]:
        credentials = [step for step in steps if isinstance(step, CredentialStep)]
        users = [user for step in credentials for user in step.users]
        users += [step for step in steps if not isinstance(step, CredentialStep)]
        return [*told_of_revoked(users, dry=dry), *told_of_gone(users), *told_of_odd(credentials)]

    def returned(self, progress: Progress[AnyStep], which: str) -> Object:
        """The objects of a plural result as ``return_objects`` selects them, and the usernames by outcome."""
        credentials = [step for step in progress.steps if isinstance(step, CredentialStep)]
        users = [step for step in progress.steps if not isinstance(step, CredentialStep)]
        returned = progress.returned(which)
        return {
            "credentials": [step.as_result() for step in credentials if step.outcome in returned],
            **({"users": [shown_user(s) for s in users if s.outcome in returned]} if self._threema_ids else {}),
            "created": [step.as_object()["username"] for step in credentials if step.created],
            "updated": [step.as_object()["username"] for step in credentials if step.outcome == UPDATED],
            "removed": [shown_leaver(step) for step in credentials if step.outcome == REMOVED],
            "not_found": self.not_found,
            "matched": [
                shown_match(progress.steps[index], current, self._wanted[index])
                for index, current in self._matching.found.items()
            ],
        }

    def shown(self, progress: Progress[AnyStep]) -> Object:
        """The credential of a singular result; with all its current settings, if some were requested."""
        step = progress.steps[0]
        shown = step.as_object()
        wanted = step.change.wanted if isinstance(step, CredentialStep) else None
        if isinstance(step, CredentialStep) and wanted and wanted.settings and not wanted.absent:
            present = self.present.get(shown.get("id") or "", {})
            all_done = step.outcome == step.change.action
            written = {n: v for n, v in step.change.settings.items() if all_done or n in step.written_settings}
            shown["settings"] = public({**present, **written})
        return shown

    def carry_out(self, step: AnyStep) -> None:
        """Carry out one step; the settings follow for all credentials together."""
        if not isinstance(step, CredentialStep):
            self._identities.carry_out_user(step)
        elif step.change.action == REMOVED:
            self._identities.carry_out(step, self._api)
        else:
            if step.change.action == CREATED:
                self._create(step)
            elif step.change.target and step.change.current:
                self._api.update(step.change.current["id"], step.target())
            step.part_done()

    def _create(self, step: CredentialStep) -> None:
        target = step.target()
        licenses = target["license_count"] or 1
        if self._too_many is not None and licenses >= self._too_many:
            raise ThreemaError(
                errors.PERMISSION, "no license left; not tried again, because the service rejected several before"
            )
        try:
            created = self._api.create(target)
        except ThreemaError as error:
            if error.kind == errors.PERMISSION:
                self._count_refusal(licenses)
                error.msg = f"no license left, or the key may not create credentials. {error.msg}"
            raise
        with self._lock:
            self._refusals = 0
        step.result = public_credential(created)

    def _count_refusal(self, licenses: int) -> None:
        with self._lock:
            self._refusals += 1
            if self._refusals >= _ENOUGH_REFUSALS:
                self._too_many = min(licenses, self._too_many or licenses)

    def look(self, steps: t.Sequence[AnyStep]) -> list[Object | None]:
        credentials = [step for step in steps if isinstance(step, CredentialStep)]
        # The IDs that no longer exist show what is left to do for a credential.
        users = self._identities.look(steps)
        present = self._look_at_credentials(credentials) if credentials else {}
        return [
            present.get(id(step)) if isinstance(step, CredentialStep) else users.get(step.change.key) for step in steps
        ]

    def _look_at_credentials(self, steps: t.Sequence[CredentialStep]) -> dict[int, Object]:
        refused = any(step.doubt and step.doubt.refuses for step in steps)
        names = {step.target()["username"] for step in steps if step.change.action == CREATED}
        ids = {step.change.current["id"] for step in steps if step.change.current}
        # A credential whose name is taken according to the service, but which a filter did not find, is looked up in
        # the list.
        found = self._api.fetch(usernames=names, ids=ids, everything=refused)
        by_username = found.by("username")
        known = {**self._api.seen, **found.by_id}
        by_password = {one["password"]: one for one in known.values()}
        present = {}
        for step in steps:
            change = step.change
            current = found.by_id.get(change.current["id"]) if change.current else by_username.get(change.key)
            if change.action == CREATED and current is None:
                # The service may store the name in another form; the generated password shows whose it is.
                current = by_password.get(step.password) if step.password else None
                note_twin(step, known.values())
            if change.action == REMOVED and current and has_new_password(step, current):
                step.written = step.locked_out = step.replanned = True
                step.record()
            if change.action == REMOVED and not all_ended(step):
                # Even if somebody else removed the credential, its IDs still have to be detached or revoked.
                current = current or change.current
            if current:
                present[id(step)] = current
        return present

    def holds(self, step: AnyStep, current: Object, /) -> bool:
        return isinstance(step, CredentialStep) and step.holds(current)

    def accept(self, step: AnyStep, current: Object, /) -> None:
        step.result = public_credential(current)
        if isinstance(step, CredentialStep):
            step.part_done()

    def replan(self, step: AnyStep, current: Object, /) -> CredentialChange | None:
        """Somebody else was faster: plan the item again for the credential that exists now."""
        change = step.change
        if not isinstance(change, CredentialChange) or change.action != CREATED or change.wanted is None:
            return None
        if change.wanted.settings:
            self.present[current["id"]] = self._settings_api.read(current["id"]) or {}
        if self._match_setting:
            problem = given_away_problem(change.wanted, self._match_setting, self.present.get(current["id"], {}))
            if problem:
                raise Refused(problem)
        return plan_present(change.wanted, current, self.present.get(current["id"], {}), self._options, [], {})

    def _reserve(self, steps: t.Sequence[AnyStep]) -> None:
        """Reserve the requests of the bulk writes, so that a budget never leaves people without their settings."""
        number = sum(bool(step.change.settings) for step in steps if isinstance(step, CredentialStep))
        self._client.keep_back(-(-number // BULK_SIZE), "settings")

    def _write_settings(self, steps: t.Sequence[CredentialStep], runner: Runner) -> None:
        ready = {step.as_object()["id"]: step for step in steps if step.waits and step.outcome == PENDING}

        def report(id_: str, name: str, error: ThreemaError | None) -> None:
            if error is None:
                ready[id_].setting_written(name)
            else:
                ready[id_].setting_failed(name, error)

        total = None if self._total is None else self._total + len(self._wanted)
        settings = {id_: step.change.settings for id_, step in ready.items()}
        write_in_bulk(self._settings_api, settings, report, runner, total)
