# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""All lists that a report is computed from, each read once, and the time of the run."""

from __future__ import annotations

import datetime
import typing as t
from dataclasses import dataclass

from .._api.contacts import ContactApi
from .._api.credentials import CredentialApi
from .._api.settings import SettingApi
from .._api.subscription import SubscriptionApi
from .._api.users import UserApi
from .._http import Client
from .._types import Object, Settings


@dataclass(frozen=True)
class Lists:
    """What a service holds.

    :ivar credentials: all of them by id, without passwords.
    :ivar users: all of them by Threema ID.
    :ivar own_settings: settings by credential id; a credential that is not in it has none.
    :ivar contacts: all of them by Threema ID.
    """

    api_host: str
    subscription: Object
    credentials: t.Mapping[str, Object]
    users: t.Mapping[str, Object]
    own_settings: t.Mapping[str, Settings]
    global_settings: Settings
    contacts: t.Mapping[str, Object]


def read(client: Client) -> Lists:
    """Read everything, in as few requests as there are pages.

    The users come before the credentials: who is created and activated in between is then no user without a credential.

    :raises ThreemaError: if a list is incomplete, or a request fails.
    """
    subscription = SubscriptionApi(client).get()
    users = UserApi(client).fetch(everything=True).by_id
    api = CredentialApi(client, keep_passwords=False)
    credentials = api.fetch(everything=True).by_id
    settings = SettingApi(client, api)
    return Lists(
        api_host=client.api_host or "",
        subscription=subscription,
        credentials=credentials,
        users=users,
        own_settings=settings.read_all(),
        global_settings=settings.read(None) or {},
        contacts=ContactApi(client).fetch((), everything=True).by_id,
    )


def now() -> datetime.datetime:
    """The time of the run; the tests set it."""
    return datetime.datetime.now(datetime.timezone.utc)
