# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fills a subscription with invented people."""

from __future__ import annotations

from .ids import Ids
from .models import Contact, Credential, SettingValue
from .phone import activate, sync
from .state import Subscription

_FIRST = ("Anna", "Beat", "Carla", "David", "Elena", "Felix", "Greta", "Hannes", "Ines", "Jonas", "Karin", "Luca")
_LAST = ("Huber", "Meier", "Rossi", "Weber", "Keller", "Frei", "Brunner", "Graf", "Moser", "Vogel", "Zimmer")
_DEPARTMENTS = ("Sales", "Finance", "Logistics", "IT", "Production")
_JOBS = ("Clerk", "Manager", "Engineer", "Driver")

# What a user's credential is given when no number was asked for.
_SETTINGS_OF_USERS = 6
MAXIMUM_SETTINGS = 12


def _person(number: int) -> tuple[str, str, str]:
    first = _FIRST[number % len(_FIRST)]
    last = _LAST[number // len(_FIRST) % len(_LAST)]
    return first, last, f"{first}.{last}.{number + 1:05d}".lower()


def _settings(number: int, amount: int) -> dict[str, SettingValue]:
    first, last, _username = _person(number)
    department = _DEPARTMENTS[number % len(_DEPARTMENTS)]
    everything: dict[str, SettingValue] = {
        "th_firstname": first,
        "th_lastname": last,
        "th_csi": f"{100000 + number}",
        "th_category": f"{department.lower()},building {number % 3 + 1}",
        "th_department": department,
        "th_job_title": _JOBS[number % len(_JOBS)],
        "th_nickname": first,
        "th_keep_messages_days": 365,
        "th_readonly_profile": True,
        "th_disable_export": True,
        "th_block_unknown": False,
        "th_disable_backups": False,
    }
    return dict(list(everything.items())[:amount])


def fill(
    subscription: Subscription,
    *,
    credentials: int = 0,
    users: int = 0,
    contacts: int = 0,
    settings: int | None = None,
) -> None:
    """
    So many credentials, of which so many are activated, and so many custom contacts. Users always get settings and
    have synchronized; there are at least as many credentials as users.
    """
    made: list[Credential] = []
    passwords = Ids(len(subscription.id))
    for number in range(max(credentials, users)):
        credential = subscription.add_credential(_person(number)[2], passwords.password())
        amount = settings if settings is not None else (_SETTINGS_OF_USERS if number < users else 0)
        credential.settings.update(_settings(number, amount))
        made.append(credential)
    for credential in made[:users]:
        user = activate(subscription, credential.username, credential.password.clear or "")
        sync(subscription, user.id, {"nickname": str(credential.settings.get("th_firstname", ""))})
    partners = subscription.add_custom_category("Partners") if contacts else None
    while contacts > 0:
        threema_id = subscription.ids.threema()
        if threema_id in subscription.contacts:
            continue
        first, last, _username = _person(contacts)
        contact = Contact(threema_id, "custom", first_name=first, last_name=last)
        if partners is not None and contacts == 1:
            contact.category_ids.append(partners.id)
        subscription.add_contact(contact)
        contacts -= 1
