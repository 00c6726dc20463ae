# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The plan for credentials and their settings. Pure: from what is wanted and what there is, what is to be done."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .. import _errors as errors
from .._errors import Refused, ThreemaError
from .._plan import (
    CREATED,
    FAILED,
    PENDING,
    REMOVED,
    UNCHANGED,
    UPDATED,
    WRITES,
    Change,
    Object,
    Plan,
    is_ignored,
    name_keys,
    report_problems,
)
from .compare import Settings, difference, shown_difference
from .credential_items import Wanted

#: The password, and what our own results call something else.
_NOT_PASSED_ON: t.Final = ("password", "action", "created", "msg")


@dataclass(frozen=True)
class Options:
    """What holds for all items of a task."""

    create_locked: bool = False
    create_hashed: bool = False
    create_license_count: int | None = None
    prune: bool = False
    prune_ignore: t.Sequence[str] = ()
    return_passwords: bool = False


@dataclass
class CredentialChange(Change):
    """
    :ivar target: the fields to be written (``password`` None: to be generated); None if only settings are.
    :ivar settings: the settings to be written.
    :ivar written_settings: names of those that were.
    :ivar failed_settings: why others were not, by name.
    :ivar created: whether the credential was created, even if its settings were not written.
    :ivar cuts_off: whether devices that use the credential lose their access by it (contract 4.4).
    """

    wanted: Wanted | None = None
    current: Object | None = None
    target: Object | None = None
    settings: Settings = field(default_factory=dict)
    written_settings: set[str] = field(default_factory=set)
    failed_settings: dict[str, ThreemaError] = field(default_factory=dict)
    cuts_off: bool = False
    created: bool = False

    @property
    def may_exist(self) -> bool:
        return self.action == CREATED

    @property
    def was_created(self) -> bool:
        """Also where its settings could not be written then."""
        return self.created or self.outcome == CREATED

    def carried_out(self, fields: Object | None) -> Object:
        shown = super().carried_out(fields)
        if self.outcome not in WRITES and "settings" in shown:
            # Written last, for all credentials together, and perhaps only in part.
            settings = shown.pop("settings")
            if self.written_settings:
                shown["settings"] = {n: value for n, value in settings.items() if n in self.written_settings}
        return shown

    def setting_written(self, name: str) -> None:
        """A setting was written; the credential is done when all are."""
        self.written_settings.add(name)
        self.written = True
        if self.written_settings >= self.settings.keys():
            self.outcome = self.action

    def setting_failed(self, name: str, error: ThreemaError) -> None:
        """A setting was not written, or perhaps not; the credential failed, whatever else was done."""
        self.failed_settings[name] = error
        self.fail(self.error or error)

    def note_settings(self) -> None:
        """Say which part of a credential was done, once its settings were written as far as that was possible."""
        left = [name for name in self.settings if name not in self.written_settings]
        if not left or not (self.failed_settings or (self.written and self.outcome == PENDING)):
            return
        parts = [f"the credential was {self.action}"] if self.target is not None and self.written else []
        if self.written_settings:
            parts.append(f"{len(self.written_settings)} of its settings were written")
        because: dict[str, list[str]] = {}
        for name, error in self.failed_settings.items():
            were = "are perhaps not written" if error.may_have_been_done else "were not written"
            because.setdefault(f"{were}: {error.msg}", []).append(name)
        problems = [f"its settings ({', '.join(names)}) {what}" for what, names in because.items()]
        pending = [name for name in left if name not in self.failed_settings]
        if pending:
            problems.append(f"its settings ({', '.join(pending)}) are not written yet; run again")
        self.note = ", but ".join([*([" and ".join(parts)] if parts else []), "; ".join(problems)])

    def as_object(self) -> Object:
        """The credential as a singular result shows it."""
        return {**self.result, **({"created": True} if self.was_created else {})}

    def as_result(self) -> Object:
        return {**self.as_object(), **super().as_result()}


def resolve(
    wanted: t.Sequence[Wanted], by_id: t.Mapping[str, Object], by_username: t.Mapping[str, Object]
) -> list[Object | None]:
    """The present credential of each item, None where there is none.

    :raises Refused: if an id and a username do not belong together, a new name is taken, or two items mean the same.
    """
    problems: list[str] = []
    taken: dict[str, str] = {}
    resolved: list[Object | None] = []
    for item in wanted:
        current = by_id.get(item.id) if item.id else by_username.get(item.username or "")
        if current and item.id and item.username and current["username"] not in (item.username, item.new_username):
            problems.append(f"{item.label}: the id {item.id} belongs to {current['username']}, not to {item.username}")
        renamed = by_username.get(item.new_username or "")
        if renamed and current and renamed["id"] != current["id"]:
            problems.append(
                f"{item.label}: {current['username']} cannot be renamed to {item.new_username}: both exist; "
                "remove one of them"
            )
        # Renamed already, by an earlier run: the new name is the credential that is meant.
        current = current or (renamed if not item.id else None)
        if current and (other := taken.setdefault(current["id"], item.label)) != item.label:
            problems.append(f"{other} and {item.label} both mean the credential {current['username']}")
        resolved.append(current)
    report_problems(problems, "the items do not fit the subscription")
    return resolved


def plan_credentials(
    wanted: t.Sequence[Wanted],
    resolved: t.Sequence[Object | None],
    settings: t.Mapping[str, Settings],
    everybody: t.Iterable[Object],
    options: Options,
) -> Plan:
    """The plan for all items, and with ``prune`` for everybody who is on none.

    :param settings: present settings by credential id; needed only for items with settings.
    :param everybody: all credentials of the subscription, for ``prune``.
    :raises Refused: if a new credential has no password, or one that nobody would ever know.
    """
    plan = Plan()
    problems: list[str] = []
    for item, current in zip(wanted, resolved):
        try:
            present = settings.get(current["id"], {}) if current else {}
            plan.changes.append(plan_one(item, current, present, options, plan.warnings))
        except Refused as problem:
            problems.append(problem.msg)
    report_problems(problems, "some credentials cannot be created")
    if options.prune:
        plan.changes.extend(_prune(wanted, resolved, everybody, options))
    cut_off = [change.key for change in plan.changes if change.cuts_off]
    if cut_off:
        plan.warnings.append(
            f"{len(cut_off)} credential(s) in use get another username or password; the devices activated with them "
            f"lose access until the new ones are entered: {name_keys(cut_off)}"
        )
    return plan


def plan_one(
    item: Wanted, current: Object | None, present: Settings, options: Options, warnings: list[str]
) -> CredentialChange:
    """The change for one item. :raises Refused: as :func:`plan_credentials`."""
    if item.absent:
        return _removal(item, current)
    if current is None:
        return _creation(item, options)
    return _update(item, current, present, warnings)


def _removal(item: Wanted | None, current: Object | None) -> CredentialChange:
    if current is None:
        name = {"id": item.id if item else None, "username": item.username if item else None}
        return CredentialChange(key=item.key if item else "", action=UNCHANGED, result=name, wanted=item)
    return CredentialChange(
        key=current["username"],
        action=REMOVED,
        before=_managed(current),
        result=public_credential(current),
        removes=1,
        wanted=item,
        current=current,
    )


def _creation(item: Wanted, options: Options) -> CredentialChange:
    if item.id or item.new_username:
        missing = f"with the id {item.id}" if item.id else f"named {item.username} or {item.new_username}"
        change = CredentialChange(
            key=item.key, action=FAILED, result={"id": item.id, "username": item.username}, wanted=item
        )
        change.fail(ThreemaError(errors.NOT_FOUND, f"there is no credential {missing}"))
        return change
    hashed = options.create_hashed if item.hashed is None else item.hashed
    if item.password is None and not item.generate:
        raise Refused(f"{item.label}: {item.key} does not exist yet and needs a password, or generate_password")
    if item.password is None and hashed and not options.return_passwords:
        raise Refused(
            f"{item.label}: {item.key} would be created with a generated password that is stored hashed, so that "
            "nobody would ever know it; give a password, or set return_passwords"
        )
    target: Object = {
        "username": item.username,
        "password": item.password,
        "hashed": hashed,
        "locked": options.create_locked if item.locked is None else item.locked,
        "license_count": options.create_license_count if item.license_count is None else item.license_count,
    }
    after = {**_managed(target), "password": "(set)"}
    if target["license_count"] is not None:
        after["license_count"] = target["license_count"]
    if item.settings:
        after["settings"] = shown_difference({}, item.settings)[1]
    result = {"id": None, "username": item.username, "usage": 0, "hashed": target["hashed"], "locked": target["locked"]}
    return CredentialChange(
        key=item.key, action=CREATED, after=after, result=result, wanted=item, target=target, settings=item.settings
    )


def _update(item: Wanted, current: Object, present: Settings, warnings: list[str]) -> CredentialChange:
    target: Object = {
        "username": item.new_username or current["username"],
        "password": current.get("password"),
        "hashed": current["hashed"] if item.hashed is None else item.hashed,
        "locked": current["locked"] if item.locked is None else item.locked,
    }
    fields_change = any(target[name] != current[name] for name in ("username", "hashed", "locked"))
    new_password = item.always and (
        item.password != current.get("password") if item.password is not None else item.generate
    )
    if new_password:
        target["password"] = item.password
    elif fields_change and target["password"] is None:
        if item.password is None:
            change = CredentialChange(
                key=item.key, action=FAILED, result=public_credential(current), wanted=item, current=current
            )
            change.fail(
                Refused(
                    f"{current['username']} is stored hashed, so that its password cannot be read and sent again; "
                    "to change its name, lock or hash, give its password (or a new one) in password"
                )
            )
            return change
        new_password = True
        target["password"] = item.password
        warnings.append(
            f"{current['username']} is stored hashed: the given password was written with the change, "
            "whatever update_password says"
        )
    settings = difference(present, item.settings)
    if not (fields_change or new_password or settings):
        return CredentialChange(
            key=item.key, action=UNCHANGED, result=public_credential(current), wanted=item, current=current
        )
    before, after = _managed(current), _managed(target)
    if new_password:
        before["password"], after["password"] = "(old)", "(new)"
    if settings:
        before["settings"], after["settings"] = shown_difference(present, settings)
    return CredentialChange(
        key=current["username"],
        action=UPDATED,
        before=before,
        after=after,
        result=public_credential({**current, **{name: target[name] for name in ("username", "hashed", "locked")}}),
        wanted=item,
        current=current,
        target=target if fields_change or new_password else None,
        settings=settings,
        cuts_off=bool(current.get("usage")) and bool(new_password or target["username"] != current["username"]),
    )


def _prune(
    wanted: t.Sequence[Wanted], resolved: t.Sequence[Object | None], everybody: t.Iterable[Object], options: Options
) -> t.Iterator[CredentialChange]:
    for credential in unlisted(wanted, resolved, everybody):
        if not is_ignored(credential["username"], options.prune_ignore):
            yield _removal(None, credential)


def unlisted(
    wanted: t.Sequence[Wanted], resolved: t.Sequence[Object | None], everybody: t.Iterable[Object]
) -> t.Iterator[Object]:
    """The credentials that are on no item."""
    ids = {current["id"] for current in resolved if current}
    names = {name for item in wanted for name in (item.username, item.new_username) if name}
    return (one for one in everybody if one["id"] not in ids and one["username"] not in names)


def _managed(fields: Object) -> Object:
    return {name: fields[name] for name in ("username", "hashed", "locked")}


def public_credential(credential: Object) -> Object:
    """A credential as results show it."""
    return {name: value for name, value in credential.items() if name not in _NOT_PASSED_ON}
