# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Users: find the users that an item selects, plan, detach or revoke."""

from __future__ import annotations

import typing as t

from .._api._common import gone
from .._api.credentials import CredentialApi
from .._api.users import UserApi
from .._apply import Resource, Step
from .._errors import ThreemaError
from .._http import Client
from .._plan import REMOVED, UNCHANGED, Plan
from .._planning.users import (
    DETACHED,
    REVOKED,
    Credentials,
    UserChange,
    check_leads,
    check_unbound,
    doubt_about_owners,
    gone_warnings,
    linked,
    name_of,
    plan_users,
    revocation_warnings,
)
from .._types import Object

UserStep = Step[UserChange]


class Users(Resource[UserChange, UserStep]):
    """What a task does with users.

    :param items: checked.
    :param one_each: refuse a credential with several users, instead of selecting all of them.
    :param unbound: refuse to detach an ID whose credential exists.
    """

    def __init__(
        self, client: Client, items: t.Sequence[Object], *, one_each: bool = False, unbound: bool = False
    ) -> None:
        self._items = items
        self._one_each = one_each
        self._unbound = unbound
        self._api = UserApi(client)
        self._credentials = CredentialApi(client, keep_passwords=False)

    def plan(self) -> Plan[UserChange]:
        ids = {
            item["credential_id"] for item in self._items if not item.get("threema_id") and item.get("credential_id")
        }
        usernames = {item["username"] for item in self._items if item.get("username")}
        found = self._credentials.fetch(usernames=usernames, ids=ids, everything=self._unbound)
        by_username = found.by("username")
        ids |= {
            by_username[item["username"]]["id"]
            for item in self._items
            if name_of(item) == "username" and item["username"] in by_username
        }
        users, whole = self._users(sorted(ids), found.by_id, found.whole)
        plan = plan_users(self._items, users, found.by_id, one_each=self._one_each, whole=whole)
        if self._unbound:
            ending = [users[change.key] for change in plan.changes if change.state == DETACHED]
            check_unbound(ending, found.by_id)
            if doubt := doubt_about_owners(ending, users.values(), found.by_id):
                doubt.msg += ". Nothing was written; credential_exists: allow detaches them nevertheless"
                raise doubt
        return plan

    def _users(
        self, credential_ids: t.Sequence[str], known: Credentials, whole: bool
    ) -> tuple[dict[str, Object], bool]:
        """Users that include those of the items, by Threema ID, and whether these are all users."""
        ids = [item["threema_id"] for item in self._items if item.get("threema_id")]
        if not credential_ids and not self._unbound:
            found = self._api.fetch(ids)
            return found.by_id, found.whole
        if len(credential_ids) == 1 and not ids:
            return users_of(self._api, credential_ids[0], known.get(credential_ids[0])), False
        users = self._api.fetch(everything=True).by_id
        check_leads(users.values(), known, whole=whole, selected=credential_ids)
        return users, True

    def begin(self, change: UserChange) -> UserStep:
        return Step(change)

    def afterwards(self, steps: t.Sequence[UserStep], dry: bool, /) -> list[str]:
        return [*told_of_revoked(steps, dry=dry), *told_of_gone(steps)]

    def carry_out(self, step: UserStep) -> None:
        end_user(self._api, step)

    def look(self, steps: t.Sequence[UserStep]) -> list[Object | None]:
        present = self._api.fetch([step.change.key for step in steps]).by_id
        return [present.get(step.change.key) for step in steps]


def end_user(api: UserApi, step: UserStep) -> None:
    """Detach or revoke. :raises ThreemaError: if that failed."""
    end = api.revoke if step.change.state == REVOKED else api.detach
    step.removed(end(step.change.key))


def told_of_revoked(steps: t.Iterable[UserStep], *, dry: bool) -> list[str]:
    """A warning that names the IDs that were revoked; ``dry`` if nothing was written, and they would be revoked."""
    revoked = [step.change.key for step in steps if step.change.state == REVOKED and step.outcome == REMOVED]
    return revocation_warnings(revoked, dry=dry)


def told_of_gone(steps: t.Iterable[UserStep]) -> list[str]:
    """A warning that names the IDs that were listed but did not exist when they were to be detached or revoked.

    It may be the first that anybody reads of an earlier run whose responses were lost.
    """
    return gone_warnings([s.change.key for s in steps if s.change.action == REMOVED and s.outcome == UNCHANGED])


def users_of(api: UserApi, credential_id: str, credential: Object | None) -> dict[str, Object]:
    """The users of one credential, by Threema ID.

    :param credential: None if it does not exist.
    :raises ThreemaError: if this cannot be determined.
    """
    return completed(api, credential_id, credential, found_users(api, credential_id))


def found_users(api: UserApi, credential_id: str) -> list[Object]:
    """The users of one credential that the filter of the service finds; there may be more."""
    try:
        users = api.fetch(everything=True, query={"filterCredential": credential_id}).by_id.values()
    except ThreemaError as error:
        # It is not known how the service responds for a credential that no longer exists (contract 5.2).
        if not gone(error):
            raise
        return []
    return linked(users, credential_id)


def completed(
    api: UserApi, credential_id: str, credential: Object | None, found: t.Sequence[Object]
) -> dict[str, Object]:
    """The users of one credential, by Threema ID; the whole list is read if there should be more than were found.

    :param credential: None if it does not exist, or was not read because some were found.
    :raises ThreemaError: of kind ``protocol``, if it cannot be determined who they are.
    """
    usage = credential["usage"] if credential else None
    if len(found) < (1 if usage is None else usage):
        # Only the whole list shows that there is nobody else.
        users = api.fetch(everything=True).by_id.values()
        check_leads(users, {credential_id: credential} if credential else {}, whole=False, selected=[credential_id])
        found = linked(users, credential_id)
    return {user["threema_id"]: user for user in found}
