# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Finding users by conditions, some of which the service does not know."""

from __future__ import annotations

import datetime
import typing as t

from .._api._common import Object
from .._api.credentials import CredentialApi
from .._api.users import UserApi
from .._errors import Refused
from .._http import Client
from .._planning.items import check_threema_id
from .._planning.users import duplicates, inactive
from .users import check_links, users_of


class UserSearch:
    """The users for which all conditions hold; see the options of ``user_info``."""

    def __init__(self, client: Client, conditions: t.Mapping[str, t.Any]) -> None:
        self._is = conditions
        self._api = UserApi(client)
        self._queried = False
        self._known: dict[str, Object] = {}
        self._credentials = CredentialApi(client, keep_passwords=False)

    def run(self) -> list[Object]:
        """Search. :raises ThreemaError: if reading fails, or a condition makes no sense."""
        days, threema_id = self._is["inactive_days"], self._is["threema_id"]
        if days is not None and days < 0:
            raise Refused(f"inactive_days is {days}; it must be 0 or more")
        if threema_id is not None:
            check_threema_id(threema_id)
        usernames = self._usernames() if self._is["orphaned"] or self._is["include_usernames"] else None
        users = self._candidates(usernames)
        if self._is["duplicate"]:
            old = duplicates(users)
            users = [one for one in users if one["threema_id"] in old and threema_id in (None, one["threema_id"])]
        if self._is["query"] is not None and not self._queried:
            found = self._api.fetch(everything=True, query={"filterQuery": self._is["query"]}).by_id
            users = [one for one in users if one["threema_id"] in found]
        if days is not None:
            now = datetime.datetime.now(datetime.timezone.utc)
            users = [one for one in users if inactive(one, days, now)]
        if usernames is not None and self._is["orphaned"]:
            # The link of a credential that is gone may be missing or lead nowhere (contract 4.5).
            users = [one for one in users if one["credential_id"] not in usernames]
        if usernames is not None and self._is["include_usernames"]:
            users = [{**one, "username": usernames.get(one["credential_id"])} for one in users]
        return users

    def _usernames(self) -> dict[str, str]:
        self._known = self._credentials.fetch(everything=True).by_id
        return {id_: one["username"] for id_, one in self._known.items()}

    def _candidates(self, usernames: t.Mapping[str, str] | None) -> list[Object]:
        """The users by those conditions that say whom to read."""
        if self._is["threema_id"] is not None and not self._is["duplicate"]:
            return list(self._api.fetch([self._is["threema_id"]]).by_id.values())
        if self._is["username"] is not None:
            credential_id = self._credential_of(self._is["username"], usernames)
            return list(users_of(self._api, self._credentials, credential_id).values()) if credential_id else []
        if self._is["credential_id"] is not None:
            return list(users_of(self._api, self._credentials, self._is["credential_id"]).values())
        # Which of several is old, and whether links are missing, all of them tell: the query may not choose before.
        self._queried = self._is["query"] is not None and not self._is["duplicate"] and not self._is["orphaned"]
        query = {"filterQuery": self._is["query"]} if self._queried else {}
        users = list(self._api.fetch(everything=True, query=query).by_id.values())
        if self._is["orphaned"]:
            check_links(users, self._credentials, self._known, self._known)
        return users

    def _credential_of(self, username: str, usernames: t.Mapping[str, str] | None) -> str | None:
        """Never by the service's own filter alone: whether that is exact is not known (contract 4.2)."""
        if usernames is not None:
            return next((id_ for id_, name in usernames.items() if name == username), None)
        credential = self._credentials.fetch(usernames=[username]).by("username").get(username)
        return credential["id"] if credential else None
