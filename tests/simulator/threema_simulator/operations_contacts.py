# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contacts, categories and logos: one function for each operation of the document."""

from __future__ import annotations

from .errors import ApiError
from .listing import ordered, paged
from .logos import delete_logo, get_logo, put_logo
from .models import Contact
from .operations import MAXIMUM_PAGE, already_gone
from .reply import Call, Reply


def get_contacts(call: Call) -> Reply:
    """Contract 6.1 and 6.2."""
    subscription = call.subscription
    found = subscription.listed_contacts()
    wanted = call.query.get("filterCategory")
    if wanted and subscription.directory:
        found = [item for item in found if wanted in [category.id for category in subscription.categories_of(item)]]

    def name_of(contact: Contact) -> str:
        return f"{contact.last_name or ''} {contact.first_name or ''}"

    page = paged(ordered(found, subscription.switches, name_of), call.query, subscription.switches, MAXIMUM_PAGE)
    items = [call.render.contact(item, listed=True) for item in page.items]
    return Reply(200, call.render.index("contacts", items, page.paging))


def create_contact(call: Call) -> Reply:
    """Contract 6.3: 201 without a body."""
    body = call.json
    contact = Contact(
        body["threemaId"],
        "custom",
        first_name=body.get("firstName"),
        last_name=body.get("lastName"),
        enabled=body.get("enabled", True),
        directory_enabled=body.get("directory_enabled", True),
    )
    call.subscription.add_contact(contact)
    return Reply(201, headers={"Location": f"{call.render.base}/contacts/{contact.id}"})


def get_contact(call: Call) -> Reply:
    """Contract 6.1."""
    return Reply(200, call.render.contact(call.subscription.contact(call.path["threemaId"]), listed=False))


def update_contact(call: Call) -> Reply:
    """Contract 6.4."""
    contact = call.subscription.contact(call.path["threemaId"])
    contact.first_name = call.json["firstName"]
    contact.last_name = call.json["lastName"]
    contact.enabled = call.json["enabled"]
    contact.directory_enabled = call.json.get("directory_enabled", contact.directory_enabled)
    return Reply()


def delete_contact(call: Call) -> Reply:
    """Contract 6.5: an automatic one answers 401."""
    try:
        call.subscription.delete_contact(call.path["threemaId"])
    except ApiError as error:
        return already_gone(call, error)
    return Reply()


def _without_directory(call: Call) -> bool:
    """Whether to answer with nothing; the other choices raise (contract 6.6 and 9)."""
    if call.subscription.directory:
        return False
    choice = call.subscription.switches["categories-without-directory"]
    if choice == "empty":
        return True
    raise ApiError(int(choice), "The Directory feature is not part of this subscription")


def get_contact_categories(call: Call) -> Reply:
    """Contract 6.6; an unknown contact is 404 although that is not listed."""
    contact = call.subscription.contact(call.path["threemaId"])
    found = [] if _without_directory(call) else call.subscription.categories_of(contact)
    page = paged(found, call.query, call.subscription.switches, MAXIMUM_PAGE)
    items = [call.render.category(item) for item in page.items]
    answer = call.render.index("categories", items, page.paging)
    answer["_links"] = [call.render.link("contact", "/contacts/" + contact.id)]
    return Reply(200, answer)


def get_category(call: Call) -> Reply:
    """Contract 2, row 18: the parameter is a category id, mis-typed in the documentation."""
    if _without_directory(call):
        return Reply(200, {})
    return Reply(200, call.render.category(call.subscription.category(call.path["categoryId"])))


def get_logo_by_variant(call: Call) -> Reply:
    """The picture."""
    return Reply(200, data=get_logo(call.subscription, call.path["logoVariant"]), content_type="image/png")


def update_logo_by_variant(call: Call) -> Reply:
    """Method and status are unknown (contract 2, row 34)."""
    put_logo(call.subscription, call.path["logoVariant"], call.body)
    return Reply(int(call.subscription.switches["logo-status"]))


def delete_logo_by_variant(call: Call) -> Reply:
    """Absent is 404."""
    try:
        delete_logo(call.subscription, call.path["logoVariant"])
    except ApiError as error:
        return already_gone(call, error)
    return Reply()
