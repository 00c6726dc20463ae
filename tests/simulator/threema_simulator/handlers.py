# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which function serves which operation of the document."""

from __future__ import annotations

from collections.abc import Callable

from . import operations as basic
from . import operations_contacts as contacts
from . import operations_settings as settings
from .reply import Call, Reply

HANDLERS: dict[str, Callable[[Call], Reply]] = {
    "getSubscription": basic.get_subscription,
    "updateSubscription": basic.update_subscription,
    "getCredentials": basic.get_credentials,
    "createCredential": basic.create_credential,
    "getCredential": basic.get_credential,
    "updateCredential": basic.update_credential,
    "deleteCredential": basic.delete_credential,
    "getUsers": basic.get_users,
    "getUser": basic.get_user,
    "deleteUser": basic.delete_user,
    "detachUser": basic.detach_user,
    "getContacts": contacts.get_contacts,
    "createContact": contacts.create_contact,
    "getContact": contacts.get_contact,
    "updateContact": contacts.update_contact,
    "deleteContact": contacts.delete_contact,
    "getContactCategories": contacts.get_contact_categories,
    "getCategory": contacts.get_category,
    "getGlobalAppConfigurations": settings.get_global_settings,
    "createGlobalAppConfiguration": settings.create_global_setting,
    "getGlobalAppConfiguration": settings.get_global_setting,
    "updateGlobalAppConfiguration": settings.update_global_setting,
    "deleteGlobalAppConfiguration": settings.delete_global_setting,
    "getIndividualAppConfigurations": settings.get_settings,
    "createIndividualAppConfiguration": settings.create_setting,
    "getIndividualAppConfiguration": settings.get_setting,
    "updateIndividualAppConfiguration": settings.update_setting,
    "deleteIndividualAppConfiguration": settings.delete_setting,
    "getBulkIndividualAppConfigurations": settings.get_many_settings,
    "updateBulkIndividualAppConfigurations": settings.set_many_settings,
    "getLogoByVariant": contacts.get_logo_by_variant,
    "updateLogoByVariant": contacts.update_logo_by_variant,
    "deleteLogoByVariant": contacts.delete_logo_by_variant,
}
