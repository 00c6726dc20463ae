# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Finding users by conditions, some of which the service does not support."""

from __future__ import annotations

import datetime
import re
import typing as t

from .._api.credentials import CredentialApi
from .._api.users import UserApi
from .._errors import PROTOCOL, Refused, ThreemaError
from .._http import Client
from .._planning.items import check_threema_id
from .._planning.users import check_orphans, contradiction, linked
from .._types import Object
from .users import completed, found_users


class UserSearch:
    """The users that meet all conditions; see the options of ``user_info``.

    :ivar warnings: what may be missing from the result.
    """

    def __init__(self, client: Client, conditions: t.Mapping[str, t.Any]) -> None:
        self._is = conditions
        self._api = UserApi(client)
        self._credentials_api = CredentialApi(client, keep_passwords=False)
        self._listed: dict[str, Object] | None = None
        self._queried = False
        self.warnings: list[str] = []

    def run(self) -> list[Object]:
        """Search. :raises ThreemaError: if reading fails, or a condition makes no sense."""
        days, threema_id = self._is["inactive_days"], self._is["threema_id"]
        if days is not None and days < 0:
            raise Refused(f"inactive_days is {days}; it must be 0 or more")
        if threema_id is not None:
            check_threema_id(threema_id)
        users = self._candidates()
        if self._is["duplicate"]:
            old = duplicates(users)
            users = [one for one in users if one["threema_id"] in old and threema_id in (None, one["threema_id"])]
        if self._is["query"] is not None and not self._queried:
            found = self._api.fetch(everything=True, query={"filterQuery": self._is["query"]}).by_id
            users = [one for one in users if one["threema_id"] in found]
        if days is not None:
            now = datetime.datetime.now(datetime.timezone.utc)
            users = [one for one in users if inactive(one, days, now)]
        if self._is["orphaned"]:
            users = [one for one in users if one["credential_id"] not in self._credentials()]
        if self._is["include_usernames"]:
            known = self._credentials()
            users = [{**one, "username": known.get(one["credential_id"], {}).get("username")} for one in users]
        return users

    def _credentials(self) -> dict[str, Object]:
        """All credentials by id, read once."""
        if self._listed is None:
            self._listed = self._credentials_api.fetch(everything=True).by_id
        return self._listed

    def _candidates(self) -> list[Object]:
        """The users by those conditions that determine whom to read."""
        if self._is["orphaned"]:
            return self._mine(self._all_checked())
        if self._is["threema_id"] is not None and not self._is["duplicate"]:
            return list(self._api.fetch([self._is["threema_id"]]).by_id.values())
        if self._is["username"] is not None:
            credential = self._credential_of(self._is["username"])
            return self._users_of(credential["id"], credential) if credential else []
        if self._is["credential_id"] is not None:
            return self._users_of(self._is["credential_id"], None)
        # All users are needed to know which of several is old: the query must not filter first.
        self._queried = self._is["query"] is not None and not self._is["duplicate"]
        query = {"filterQuery": self._is["query"]} if self._queried else {}
        return list(self._api.fetch(everything=True, query=query).by_id.values())

    def _all_checked(self) -> list[Object]:
        """All users, once it is certain who of them is an orphan: only the whole lists show whether links are missing.

        :raises ThreemaError: of kind ``protocol``, if it is not certain.
        """
        users = list(self._api.fetch(everything=True).by_id.values())
        # Read after the users: a user who is created and activated in between is not an orphan.
        check_orphans(users, users, self._credentials(), "some may be among the users without a known credential")
        return users

    def _mine(self, users: list[Object]) -> list[Object]:
        """Those of all users that the task selects by their Threema ID or their credential."""
        if self._is["threema_id"] is not None and not self._is["duplicate"]:
            return [one for one in users if one["threema_id"] == self._is["threema_id"]]
        if self._is["username"] is not None:
            credential = self._credential_of(self._is["username"])
            return linked(users, credential["id"] if credential else None)
        return users if self._is["credential_id"] is None else linked(users, self._is["credential_id"])

    def _credential_of(self, username: str) -> Object | None:
        """Never by the service's own filter alone: whether that is exact is not known (contract 4.2)."""
        if self._is["orphaned"] or self._is["include_usernames"]:
            return next((one for one in self._credentials().values() if one["username"] == username), None)
        return self._credentials_api.fetch(usernames=[username]).by("username").get(username)

    def _users_of(self, credential_id: str, credential: Object | None) -> list[Object]:
        found = found_users(self._api, credential_id)
        if not found and credential is None:
            # Only if nobody was found does it matter whether somebody should have been.
            credential = self._credentials_api.fetch(ids=[credential_id]).by_id.get(credential_id)
        users = list(completed(self._api, credential_id, credential, found).values())
        problem = contradiction(credential, len(users), "name each by its threema_id") if credential else None
        if problem and not users:
            raise problem
        self.warnings += [problem.msg] if problem else []
        return users


def seen_at(user: Object) -> datetime.datetime | None:
    """When the app of a user was last active; None if never.

    The API writes ``2026-03-01T08:15:00+0100``, which ``fromisoformat`` of Python 3.10 does not accept (contract 1).

    :raises ThreemaError: of kind ``protocol``, if it is not a date and time: nobody must count as inactive because of
        that.
    """
    text = user.get("last_check")
    if text is None or text == "":
        return None
    try:
        return moment(str(text))
    except ValueError:
        raise ThreemaError(
            PROTOCOL,
            f"GET /users: lastCheck of {user['threema_id']} is {text!r}, which is not a date and time with an offset",
            status=200,
            method="GET",
            path="/users",
            request_sent=True,
        ) from None


def moment(text: str) -> datetime.datetime:
    """A date and time with an offset; :raises ValueError: for another text."""
    # Older Pythons only read three or six decimals of seconds.
    exact = re.sub(r"[.,](\d{1,6})\d*(?=[Z+-])", lambda part: f".{part[1]:0<6}", text).replace("Z", "+0000")
    try:
        return datetime.datetime.strptime(exact, f"%Y-%m-%dT%H:%M:%S{'.%f' if '.' in exact else ''}%z")
    except ValueError:
        moment = datetime.datetime.fromisoformat(exact)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def inactive(user: Object, days: int, now: datetime.datetime) -> bool:
    """Whether the last check was at least this many days ago, or there was none."""
    seen = seen_at(user)
    return seen is None or now - seen >= datetime.timedelta(days=days)


def duplicates(users: t.Iterable[Object]) -> set[str]:
    """The Threema IDs of all users of one credential but the one that was active last."""
    by_credential: dict[str, list[Object]] = {}
    for user in users:
        if user["credential_id"]:
            by_credential.setdefault(user["credential_id"], []).append(user)
    never = datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)
    old: set[str] = set()
    for group in by_credential.values():
        newest = max(group, key=lambda user: seen_at(user) or never)
        old.update(user["threema_id"] for user in group if user is not newest)
    return old
