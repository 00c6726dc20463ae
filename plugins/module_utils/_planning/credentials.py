# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The plan for credentials and their settings. Pure: it only depends on the wanted and the current state."""

from __future__ import annotations

import types
import typing as t
from dataclasses import dataclass, field

from .. import _errors as errors
from .._errors import Refused, ThreemaError
from .._plan import CREATED, FAILED, REMOVED, UNCHANGED, UPDATED, Change, Plan, name_some
from .._types import Object, Settings
from .compare import difference, shown_difference
from .credential_items import Wanted
from .items import report_problems, twin_key
from .twins import new_name_problem, twin_hint
from .users import DETACHED, REVOKED, UserChange, check_unbound, contradiction, end

#: The password, and keys that have another meaning in our results.
_NOT_PASSED_ON: t.Final = ("password", "action", "created", "msg", "users")
KEEP: t.Final = "keep"
#: New states of Threema IDs, by ``identity``.
_STATES: t.Final = {"detach": DETACHED, "revoke": REVOKED}


@dataclass(frozen=True, eq=False)
class Options:
    """Options that apply to all items of a task."""

    create_locked: bool = False
    create_hashed: bool = False
    create_license_count: int | None = None
    return_passwords: bool = False
    identity: str = KEEP

    @property
    def state(self) -> str | None:
        """The new state of the Threema IDs of a credential that is removed; None if they are kept as users."""
        return _STATES.get(self.identity)


@dataclass(frozen=True, eq=False)
class CredentialChange(Change):
    """
    :ivar target: the fields to be written (``password`` None: to be generated); None if only settings are, or nothing
        before the removal.
    :ivar settings: the settings to be written.
    :ivar users: the changes of its Threema IDs before it is removed; None if they are kept as users.
    :ivar cuts_off: whether devices that use the credential lose access because of it (contract 4.4).
    """

    wanted: Wanted | None = None
    current: Object | None = None
    target: Object | None = None
    settings: Settings = field(default_factory=dict)
    users: t.Sequence[UserChange] | None = None
    cuts_off: bool = False

    @property
    def may_exist(self) -> bool:
        return self.action == CREATED


def resolve(
    wanted: t.Sequence[Wanted],
    by_id: t.Mapping[str, Object],
    by_username: t.Mapping[str, Object],
    matched: t.Mapping[int, Object] = types.MappingProxyType({}),
) -> list[Object | None]:
    """The current credential of each item, None if there is none.

    :param matched: those that were found by something other than their name, by the index of their item.
    :raises Refused: if an id and a username do not belong together, a new name is taken, or two items select the same.
    """
    problems: list[str] = []
    taken: dict[str, str] = {}
    resolved: list[Object | None] = []
    for index, item in enumerate(wanted):
        if item.problem:
            resolved.append(None)
            continue
        current = by_id.get(item.id) if item.id else matched.get(index) or by_username.get(item.username or "")
        problems += _mismatches(item, current, by_username)
        renamed = by_username.get(item.new_username or "")
        if renamed and current and renamed["id"] != current["id"]:
            problems.append(
                f"{item.label}: {current['username']} cannot be renamed to {item.new_username}: both exist; "
                "remove one of them"
            )
        # Already renamed by an earlier run: the credential has the new name.
        current = current or (renamed if not item.id else None)
        if current and (other := taken.setdefault(current["id"], item.label)) != item.label:
            problems.append(f"{other} and {item.label} both mean the credential {current['username']}")
        resolved.append(current)
    report_problems(problems, "the items do not match the subscription")
    return resolved


def _mismatches(item: Wanted, current: Object | None, by_username: t.Mapping[str, Object]) -> t.Iterator[str]:
    """The problem of an item whose id and username do not belong together.

    If the id of an item that should exist is gone, it fails for that reason.
    """
    if not (item.id and item.username):
        return
    if current and current["username"] not in (item.username, item.new_username):
        yield f"{item.label}: the id {item.id} belongs to {current['username']}, not to {item.username}"
    named = by_username.get(item.username)
    if named and not current and item.absent:
        yield (
            f"{item.label}: there is no credential with the id {item.id}, and the id of {item.username} is "
            f"{named['id']}; leave out the one that is wrong"
        )


def plan_credentials(
    wanted: t.Sequence[Wanted],
    resolved: t.Sequence[Object | None],
    settings: t.Mapping[str, Settings],
    everybody: t.Iterable[Object],
    options: Options,
    users: t.Mapping[str, Object] | None = None,
    pruned: t.Iterable[Object] = (),
) -> Plan[CredentialChange]:
    """The plan for all items, and for credentials that are removed because they are not in the list of items.

    :param settings: current settings by credential id; only needed for items with settings.
    :param everybody: the known credentials, among which twins of new names are looked up.
    :param users: all users of the credentials to be removed, by Threema ID; only needed if these are detached or
        revoked.
    :param pruned: the credentials that are removed because they are not in the list of items.
    :raises Refused: if a new credential has no password, or one that nobody would ever know.
    """
    changes: list[CredentialChange] = []
    warnings: list[str] = []
    problems: list[str] = []
    by_credential: dict[str, list[Object]] = {}
    by_twin: dict[str, list[Object]] = {}
    if any(current is None or gets_new_name(item, current) for item, current in zip(wanted, resolved)):
        for one in everybody:
            by_twin.setdefault(twin_key(one["username"]), []).append(one)
    for user in (users or {}).values():
        by_credential.setdefault(user["credential_id"] or "", []).append(user)
    for item, current in zip(wanted, resolved):
        try:
            if item.absent:
                changes.append(_removal(item, current, by_credential, options))
            else:
                present = settings.get(current["id"], {}) if current else {}
                changes.append(plan_present(item, current, present, options, warnings, by_twin))
        except Refused as problem:
            problems.append(problem.msg)
    report_problems(problems, "some credentials cannot be created")
    changes += [_removal(None, credential, by_credential, options) for credential in pruned]
    cut_off = [change.key for change in changes if change.cuts_off]
    if cut_off:
        warnings.append(
            f"{len(cut_off)} credential(s) in use get a new username or password; devices activated with them "
            f"lose access until it is entered: {name_some(cut_off)}"
        )
    return Plan(changes, warnings)


def plan_present(
    item: Wanted,
    current: Object | None,
    present: Settings,
    options: Options,
    warnings: list[str],
    by_twin: t.Mapping[str, t.Sequence[Object]],
) -> CredentialChange:
    """The change for one item that should exist.

    :param by_twin: the known credentials, by what their names have in common.
    :raises Refused: as :func:`plan_credentials`.
    """
    if item.problem:
        unknown = {"id": None, "username": item.username}
        return CredentialChange(key=item.key, action=FAILED, result=unknown, wanted=item, error=Refused(item.problem))
    if gets_new_name(item, current):
        new_name = (item.username if current is None else item.new_username) or ""
        problem = new_name_problem(new_name, current, by_twin)
        if problem:
            result = public_credential(current) if current else {"id": None, "username": item.username}
            return CredentialChange(key=item.key, action=FAILED, result=result, wanted=item, error=Refused(problem))
    if current is None:
        return _creation(item, options, by_twin)
    return _update(item, current, present, warnings)


def gets_new_name(item: Wanted, current: Object | None) -> bool:
    """Whether an item creates a credential, or renames one."""
    if item.absent or item.problem:
        return False
    if current is None:
        return not item.id and not item.new_username
    return bool(item.new_username) and item.new_username != current["username"]


def _removal(
    item: Wanted | None, current: Object | None, users: t.Mapping[str, t.Sequence[Object]], options: Options
) -> CredentialChange:
    if current is None:
        name = {"id": item.id if item else None, "username": item.username if item else None}
        return CredentialChange(key=item.key if item else "", action=UNCHANGED, result=name, wanted=item)
    result = public_credential(current)
    ends = None
    if options.state:
        mine = users.get(current["id"], ())
        error = contradiction(
            current,
            len(mine),
            "identity: keep removes only the credential; threema_ids and threema.work.users detach or revoke known IDs",
        )
        if error:
            return CredentialChange(key=current["username"], action=FAILED, result=result, wanted=item, error=error)
        ends = [end(user, options.state, current["username"]) for user in mine]
    return CredentialChange(
        key=current["username"],
        action=REMOVED,
        before=_managed(current),
        after={one.key: one.state for one in ends or ()},
        result=result,
        removes=max(1, len(ends or ())),
        wanted=item,
        current=current,
        # No device may reconnect before the credential is removed (contract 5.3).
        target={**_managed(current), "password": None} if ends else None,
        users=ends,
    )


def _creation(item: Wanted, options: Options, by_twin: t.Mapping[str, t.Sequence[Object]]) -> CredentialChange:
    if item.id or item.new_username:
        missing = f"with the id {item.id}" if item.id else f"named {item.username} or {item.new_username}"
        twins = [] if item.id else [one for name in item.names for one in by_twin.get(twin_key(name), ())]
        hint = f"; {twin_hint(twins[0])}" if twins else ""
        error = ThreemaError(errors.NOT_FOUND, f"there is no credential {missing}{hint}")
        result = {"id": item.id, "username": item.username}
        return CredentialChange(key=item.key, action=FAILED, result=result, wanted=item, error=error)
    hashed = options.create_hashed if item.hashed is None else item.hashed
    if item.password is None and not item.generate:
        raise Refused(f"{item.label}: it does not exist yet and needs a password, or generate_password")
    if item.password is None and hashed and not options.return_passwords:
        raise Refused(
            f"{item.label}: it would be created with a generated password that is stored hashed, so "
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
    made = {"id": None, "username": item.username, "usage": 0, "hashed": hashed, "locked": target["locked"]}
    return CredentialChange(
        key=item.key, action=CREATED, after=after, result=made, wanted=item, target=target, settings=item.settings
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
            error = Refused(
                f"{current['username']} is stored hashed, so its password cannot be read and sent again; "
                "to change its name, lock, or hash, set its password (or a new one) in password"
            )
            result = public_credential(current)
            return CredentialChange(
                key=item.key, action=FAILED, result=result, wanted=item, current=current, error=error
            )
        new_password = True
        target["password"] = item.password
        warnings.append(
            f"{current['username']} is stored hashed: the given password was written with the change, "
            "regardless of update_password"
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


def _managed(fields: Object) -> Object:
    return {name: fields[name] for name in ("username", "hashed", "locked")}


def public_credential(credential: Object) -> Object:
    """A credential as results show it."""
    return {name: value for name, value in credential.items() if name not in _NOT_PASSED_ON}


def not_found(
    wanted: t.Sequence[Wanted],
    resolved: t.Sequence[Object | None],
    threema_ids: t.Iterable[str],
    users: t.Container[str],
) -> list[str]:
    """What should be removed but does not exist: usernames (or ids) of credentials, and Threema IDs."""
    names = [item.key for item, current in zip(wanted, resolved) if item.absent and current is None]
    return names + [id_ for id_ in threema_ids if id_ not in users]


def plan_ids(
    threema_ids: t.Iterable[str],
    users: t.Mapping[str, Object],
    changes: t.Iterable[CredentialChange],
    living: t.Mapping[str, Object],
    state: str,
) -> list[UserChange]:
    """The changes of the IDs from ``threema_ids`` that do not belong to a removed credential.

    :param living: credentials by id; all of them if IDs should be detached.
    :raises Refused: if an ID whose credential is kept should be detached.
    """
    carried = {one.key for change in changes for one in change.users or ()}
    mine = [users[id_] for id_ in threema_ids if id_ in users and id_ not in carried]
    if state == DETACHED:
        check_unbound(mine, living)
    return [end(user, state, living.get(user["credential_id"] or "", {}).get("username")) for user in mine]


def license_warning(
    plan: Plan[CredentialChange | UserChange], everybody: t.Sequence[Object], licenses: int | None
) -> list[str]:
    """A warning if fewer licenses are free than credentials would be created.

    :param everybody: all credentials of the subscription.
    :param licenses: number of purchased licenses; None if the service does not report it.
    """
    if licenses is None:
        return []
    removed = [change for change in plan.changes if isinstance(change, CredentialChange) and change.action == REMOVED]
    ended = sum(len(change.users or ()) for change in removed)
    ended += sum(isinstance(change, UserChange) and change.is_write for change in plan.changes)
    used = sum(one["usage"] or 0 for one in everybody) - ended
    free = max(0, licenses - max(len(everybody) - len(removed), used))
    new = sum(change.action == CREATED for change in plan.changes)
    if new <= free:
        return []
    return [f"{new} credentials would be created, but only {free} licenses are free, as far as this can be determined"]
