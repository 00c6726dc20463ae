# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Reading a whole subscription, with as few requests as that takes."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._api.contacts import ContactApi
from .._api.credentials import CredentialApi
from .._api.logos import LogoApi
from .._api.settings import SettingApi
from .._api.subscription import SubscriptionApi
from .._http import Client
from .._types import Object, Settings

VARIANTS: t.Final = ("light", "dark")


@dataclass(frozen=True)
class Whole:
    """A subscription.

    :ivar name: its name.
    :ivar everywhere: its global settings.
    :ivar credentials: all of them, with passwords only if they were asked for.
    :ivar settings: those of the credentials, by id.
    :ivar contacts: all of them, those that were created from users included.
    :ivar logos: by variant, those that exist.
    """

    name: str
    everywhere: Settings
    credentials: t.Sequence[Object]
    settings: t.Mapping[str, Settings]
    contacts: t.Sequence[Object]
    logos: t.Mapping[str, bytes]


def read_whole(client: Client, *, passwords: bool) -> Whole:
    """Read everything that an export contains.

    :raises ThreemaError: if a list is incomplete, or a request fails.
    """
    name: str = SubscriptionApi(client).get()["name"]
    credentials = CredentialApi(client, keep_passwords=passwords)
    by_id = credentials.fetch(everything=True).by_id
    settings = SettingApi(client, credentials)
    own = settings.read_all() if by_id else {}
    everywhere = settings.read(None) or {}
    contacts = list(ContactApi(client).fetch((), everything=True).by_id.values())
    logos = {variant: logo for variant in VARIANTS if (logo := LogoApi(client).get(variant)) is not None}
    return Whole(name, everywhere, list(by_id.values()), own, contacts, logos)
