# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The Threema IDs of credentials that are removed: whose they are, and removing them before the credential."""

from __future__ import annotations

import collections
import typing as t

from .. import _errors as errors
from .._api._fetch import Found
from .._api.credentials import CredentialApi
from .._api.users import UserApi
from .._errors import ThreemaError
from .._http import Client
from .._plan import PENDING, REMOVED, UNCHANGED
from .._planning.users import check_leads
from .._types import Object
from .credential_step import CredentialStep
from .users import UserStep, end_user, users_of

_ENDED: t.Final = (REMOVED, UNCHANGED)


class Identities:
    """Reads users once, and only where something is removed.

    Both orders are safe, reading users before the credentials or after them: somebody who is activated in between is in
    the list, or the credential's usage contradicts it.

    :param threema_ids: IDs to be detached or revoked even if they do not belong to a removed credential.
    :param unbound: whether these must not belong to a credential that is kept; all users are read for that, because
        only they show whether the links are reliable.
    """

    def __init__(self, client: Client, threema_ids: t.Sequence[str], *, unbound: bool) -> None:
        self._api = UserApi(client)
        self._ids = threema_ids
        self._unbound = unbound
        self._users: dict[str, Object] | None = None

    def read_first(self) -> None:
        """Read all users, before the credentials are read."""
        self._users = self._api.fetch(everything=True).by_id

    def read(
        self, leaving: t.Sequence[Object], known: Found, credentials: CredentialApi, *, all_listed: bool
    ) -> dict[str, Object]:
        """The users of the credentials to be removed, and those in ``threema_ids``, by Threema ID.

        :param leaving: these credentials; if an ID was removed after they were read, their usage is updated.
        :param known: the credentials that were read.
        :raises ThreemaError: of kind ``protocol`` if no user is linked to any credential although some are in use.
        """
        if self._users is None:
            if not leaving and not self._unbound:
                return self._api.fetch(self._ids).by_id if self._ids else {}
            if len(leaving) == 1 and not self._ids and not all_listed:
                return users_of(self._api, leaving[0]["id"], leaving[0])
            self.read_first()
            _look_again(leaving, self._users or {}, credentials)
        users = self._users or {}
        if leaving or self._unbound:
            check_leads(users.values(), known.by_id, whole=known.whole)
        return users

    def carry_out(self, step: CredentialStep, api: CredentialApi) -> None:
        """Detach or revoke the IDs of a credential and remove it. After an interruption, another run completes it.

        :raises ThreemaError: if a part failed; the credential is then kept, because only its links show which IDs
            belong to it.
        """
        id_ = (step.change.current or {})["id"]
        if step.users and not step.locked_out:
            _lock_out(step, api, id_)
        # A lost answer to another part leaves nothing open in those that follow.
        step.perhaps_done = step.perhaps_deleted
        problems = []
        for user in step.users:
            if user.outcome not in _ENDED:
                problem = self._end(user)
                step.record()
                problems += [problem] if problem else []
        if problems:
            # What may have been done is checked, and tried again with the rest.
            raise next((problem for problem in problems if problem.may_have_been_done), problems[0])
        try:
            deleted = api.delete(id_)
        except ThreemaError as error:
            step.perhaps_deleted = step.perhaps_deleted or error.may_have_been_done
            raise
        step.removed(deleted or step.did_something)

    def _end(self, user: UserStep) -> ThreemaError | None:
        user.outcome = PENDING
        try:
            end_user(self._api, user)
        except ThreemaError as error:
            if error.kind in errors.STOPS_A_RUN or error.kind == errors.REFUSED:
                raise
            user.perhaps_done = user.perhaps_done or error.may_have_been_done
            user.fail(error)
            return user.error
        return None

    def carry_out_user(self, step: UserStep) -> None:
        """Detach or revoke an ID from ``threema_ids``."""
        end_user(self._api, step)

    def look(self, steps: t.Sequence[CredentialStep | UserStep]) -> dict[str, Object]:
        """The users that still exist among those whose answer was lost; notes which IDs of credentials are gone."""
        own = [user for step in steps if isinstance(step, CredentialStep) for user in step.users]
        ids = [user.change.key for user in own if user.error and user.error.may_have_been_done]
        ids += [step.change.key for step in steps if not isinstance(step, CredentialStep)]
        there = self._api.fetch(ids).by_id
        for step in steps:
            for user in step.users if isinstance(step, CredentialStep) else ():
                if user.error and user.error.may_have_been_done and user.change.key not in there:
                    user.outcome, user.error = REMOVED, None
                    # The next part is another write, which has not been attempted yet.
                    step.replanned = True
                    step.record()
        return there


def _look_again(leaving: t.Sequence[Object], users: t.Mapping[str, Object], credentials: CredentialApi) -> None:
    """Update credentials whose usage exceeds their users: another run may have removed a user between the two lists."""
    number = collections.Counter(user["credential_id"] for user in users.values())
    doubtful = [one for one in leaving if (one["usage"] or 0) > number[one["id"]]]
    now = credentials.fetch(ids={one["id"] for one in doubtful}).by_id if doubtful else {}
    for one in doubtful:
        # If the credential no longer exists either, there is nothing left to be in doubt about.
        one["usage"] = now[one["id"]]["usage"] if one["id"] in now else number[one["id"]]


def all_ended(step: CredentialStep) -> bool:
    """Whether no Threema ID of a credential is left."""
    return all(user.outcome in _ENDED for user in step.users)


def _lock_out(step: CredentialStep, api: CredentialApi, id_: str) -> None:
    """Set a random password for the credential, so that no device can reconnect; if it no longer exists, none can."""
    try:
        api.update(id_, step.target())
        step.written = True
        step.record()
    except ThreemaError as error:
        if error.kind != errors.NOT_FOUND:
            raise
    step.locked_out = True
