# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Users: find whom an item means, plan, detach or revoke."""

from __future__ import annotations

import typing as t

from .. import _errors as errors
from .._api._common import Object
from .._api.credentials import CredentialApi, in_use
from .._api.users import UserApi
from .._apply import Runner
from .._errors import Refused, ThreemaError
from .._http import Client
from .._plan import REMOVED, UNCHANGED, Plan
from .._planning.users import UserChange, name_of, plan_users


class Users:
    """What a task does with users.

    :param items: checked.
    :param one_each: refuse a credential with several users, instead of taking them all.
    """

    def __init__(self, client: Client, items: t.Sequence[Object], *, one_each: bool = False) -> None:
        self._items = items
        self._one_each = one_each
        self._known: dict[str, Object] = {}
        self._api = UserApi(client)
        self._credentials = CredentialApi(client, keep_passwords=False)

    def plan(self) -> Plan:
        """Read what is there and plan. :raises ThreemaError: if reading fails or a rule refuses the task."""
        ids = self._credential_ids()
        users = self._users([one for one in ids if one])
        meant = [self._meant(item, credential_id, users) for item, credential_id in zip(self._items, ids)]
        return plan_users(self._items, meant)

    def _credential_ids(self) -> list[str | None]:
        """The id of the credential that each item means; None if it names an ID, or a credential that is gone."""
        usernames = {item["username"] for item in self._items if name_of(item) == "username"}
        by_username = self._credentials.fetch(usernames=usernames).by("username")
        self._known = {one["id"]: one for one in by_username.values()}
        ids: list[str | None] = []
        for item in self._items:
            if name_of(item) == "username":
                ids.append(by_username.get(item["username"], {}).get("id"))
            else:
                ids.append(item["credential_id"] if name_of(item) == "credential_id" else None)
        return ids

    def _meant(self, item: Object, credential_id: str | None, users: t.Mapping[str, Object]) -> list[Object]:
        if name_of(item) == "threema_id":
            user = users.get(item["threema_id"])
            return [user] if user else []
        meant = [one for one in users.values() if credential_id and one["credential_id"] == credential_id]
        if self._one_each and len(meant) > 1:
            found = ", ".join(sorted(user["threema_id"] for user in meant))
            raise Refused(
                f"the credential of {item['label']} has {len(meant)} users: {found}; name one in threema_id, "
                "or use threema.work.users for all of them. Nothing was written"
            )
        return meant

    def _users(self, credential_ids: t.Sequence[str]) -> dict[str, Object]:
        """The users among whom those of the items are, by Threema ID."""
        ids = [item["threema_id"] for item in self._items if item.get("threema_id")]
        if not credential_ids:
            return self._api.fetch(ids).by_id if ids else {}
        if len(credential_ids) == 1 and not ids:
            return users_of(self._api, self._credentials, credential_ids[0], self._known)
        users = self._api.fetch(everything=True).by_id
        check_links(users.values(), self._credentials, credential_ids, self._known)
        return users

    def apply(self, plan: Plan, runner: Runner) -> None:
        """Carry the plan out; what became of each change stands in it."""
        runner.run(plan.writes, self)

    def carry_out(self, change: UserChange) -> None:
        """See :class:`.._apply.Actor`."""
        end = self._api.revoke if change.state == "revoked" else self._api.detach
        change.outcome = REMOVED if end(change.key) else UNCHANGED

    def settle(self, changes: t.Sequence[UserChange]) -> None:
        """See :class:`.._apply.Actor`."""
        present = self._api.fetch([change.key for change in changes]).by_id
        for change in changes:
            change.doubt = None
            if change.key not in present:
                change.outcome = REMOVED


def users_of(
    api: UserApi, credentials: CredentialApi, credential_id: str, known: t.Mapping[str, Object] | None = None
) -> dict[str, Object]:
    """The users of one credential, by Threema ID.

    :raises ThreemaError: if that cannot be told.
    """
    try:
        users = api.fetch(everything=True, query={"filterCredential": credential_id}).by_id
    except ThreemaError as error:
        # What the service says of a credential that is gone is not known (contract 5.2).
        if error.kind != errors.NOT_FOUND and error.status != 400:
            raise
        users = {}
    mine = {id_: user for id_, user in users.items() if user["credential_id"] == credential_id}
    if not mine:
        # That there is nobody is believed only of the whole list.
        users = api.fetch(everything=True).by_id
        check_links(users.values(), credentials, [credential_id], known)
        mine = {id_: user for id_, user in users.items() if user["credential_id"] == credential_id}
    return mine


def check_links(
    users: t.Collection[Object],
    credentials: CredentialApi,
    ids: t.Collection[str],
    known: t.Mapping[str, Object] | None = None,
) -> None:
    """Refuse to conclude from links that are missing that credentials have no users.

    Some users may have none because their credentials are gone (contract 4.5).

    :param known: credentials that were read already, by id.
    :raises ThreemaError: if one of the credentials is in use or may be, no user has a link to it, and some have none.
    """
    linked = {user["credential_id"] for user in users}
    nobodys = set(ids) - linked
    if None not in linked or not nobodys:
        return
    told = dict(known or {})
    if nobodys - told.keys():
        told.update(credentials.fetch(ids=nobodys - told.keys()).by_id)
    used = [one["username"] for id_, one in told.items() if id_ in nobodys and in_use(one)]
    if used:
        raise ThreemaError(
            errors.PROTOCOL,
            f"GET /users: some users carry no link to a credential, and none carries one to that of {used[0]}, which "
            "is in use, so that it cannot be told whose they are; name them by their Threema ID",
            status=200,
            method="GET",
            path="/users",
            request_sent=True,
        )
