# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contact list, and the categories of contacts (contract 6)."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any

from ..errors import ApiError, existing, not_found
from ..listing import listed, paged
from ..orders import anything, each, read_order, text
from ..people import person
from ..render import Json, Renderer
from ..reply import Call, Reply, removed
from ..resource import Number, Resource
from ..state import State, Store
from .subscription import Subscription
from .users import Users, new_threema_id

GATEWAY_IDS = ("*THREEMA", "*SUPPORT")


@dataclass(slots=True)
class Contact:
    """An entry of the contact list."""

    id: str
    type: str
    first_name: str | None = None
    last_name: str | None = None
    enabled: bool = True
    directory_enabled: bool = True
    category_ids: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """With the names that this project uses."""
        answer = asdict(self)
        answer["threema_id"] = answer.pop("id")
        return answer


@dataclass(slots=True)
class Category:
    """A category of the Directory feature (contract 6.6)."""

    id: str
    name: str
    source: str
    enabled: bool = True


def _category(name: str, source: str) -> Category:
    """The same name is the same category."""
    return Category(hashlib.sha256(f"{source}:{name}".encode()).hexdigest()[:10], name, source)


class Contacts(Store):
    """All contacts, custom and automatic, and the categories that were created in the management cockpit."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.items: dict[str, Contact] = {}
        self.custom_categories: dict[str, Category] = {}

    @property
    def _gateways(self) -> tuple[str, ...]:
        return GATEWAY_IDS if self.switches["gateway-ids"] == "on" else ()

    def one(self, threema_id: str) -> Contact:
        """The contact, or 404."""
        if threema_id in self._gateways:
            return Contact(threema_id, "auto", first_name="Gateway", last_name=threema_id[1:])
        return existing(self.items, threema_id, "Contact")

    def all(self) -> list[Contact]:
        """Custom and automatic ones, and gateway IDs where the switch says so (contract 6.1)."""
        return [*(self.one(name) for name in self._gateways), *self.items.values()]

    def add(self, contact: Contact) -> None:
        """One more; an existing one is refused with 400 (contract 6.3)."""
        if contact.id in self.items:
            raise ApiError(400, "Contact exists already")
        self.items[contact.id] = contact

    def add_automatic(self, threema_id: str) -> None:
        """Each Threema ID of the subscription has a contact (contract 6.1)."""
        self.items.setdefault(threema_id, Contact(threema_id, "auto"))

    def name_automatic(self, threema_id: str, first_name: str, last_name: str) -> None:
        """An automatic contact without a name takes it from the user."""
        contact = self.items.get(threema_id)
        if contact is not None and contact.type == "auto":
            contact.first_name = contact.first_name or first_name or None
            contact.last_name = contact.last_name or last_name or None

    def delete(self, threema_id: str) -> None:
        """Only custom ones; an automatic one answers 401 (contract 6.5)."""
        if self.one(threema_id).type != "custom":
            raise ApiError(401, "Contact is not a custom contact")
        del self.items[threema_id]

    def add_category(self, name: str) -> Category:
        """What the cockpit does; the API cannot (contract 6.6)."""
        category = _category(name, "custom")
        return self.custom_categories.setdefault(category.id, category)

    def categories_of(self, contact: Contact) -> list[Category]:
        """The custom ones and those from th_category, as the device reported it (contract 6.6)."""
        found = [self.custom_categories[item] for item in contact.category_ids]
        user = self.state.of(Users).items.get(contact.id)
        names = [] if user is None else [name.strip() for name in user.category.split(",")]
        return found + [_category(name, "mdm") for name in names if name]

    def category(self, identifier: str) -> Category:
        """Any category that exists or that somebody has, or 404."""
        if identifier in self.custom_categories:
            return self.custom_categories[identifier]
        for contact in self.items.values():
            for category in self.categories_of(contact):
                if category.id == identifier:
                    return category
        raise not_found("Category")

    def fill(self) -> None:
        """So many custom contacts, one of them with a category."""
        amount = self.state.start.numbers.get("contacts", 0)
        categories = [self.add_category("Partners").id] if amount else []
        while amount > 0:
            threema_id = new_threema_id(self.state.random)
            if threema_id in self.items:
                continue
            somebody = person(amount)
            contact = Contact(threema_id, "custom", first_name=somebody.first, last_name=somebody.last)
            if amount == 1:
                contact.category_ids = categories
            self.add(contact)
            amount -= 1

    def snapshot(self) -> dict[str, Any]:
        """All contacts, and the categories that were created in the management cockpit."""
        return {
            "contacts": [contact.as_dict() for contact in self.items.values()],
            "categories": [asdict(category) for category in self.custom_categories.values()],
        }


def _written(render: Renderer, contact: Contact, *, detail: bool) -> Json:
    """The list says id, the detail threemaId; in the list both links are called detail (contract 6.1)."""
    path = "/contacts/" + contact.id
    links = [render.link("detail", path), render.link("categories" if detail else "detail", path + "/categories")]
    if detail:
        links.append(render.link("subscription"))
    choice = "threemaId" if detail else render.switches["contact-list-key"]
    answer: Json = {"_links": links}
    if choice != "threemaId":
        answer["id"] = contact.id
    if choice != "id":
        answer["threemaId"] = contact.id
    answer.update(type=contact.type, firstName=contact.first_name, lastName=contact.last_name, enabled=contact.enabled)
    return render.done(answer)


def get_contacts(call: Call) -> Reply:
    """Contract 6.1 and 6.2."""
    contacts = call.state.of(Contacts)
    found = contacts.all()
    wanted = call.query.get("filterCategory")
    if wanted and call.state.of(Subscription).directory:
        found = [item for item in found if wanted in [category.id for category in contacts.categories_of(item)]]

    def write(contact: Contact) -> Json:
        return _written(call.render, contact, detail=False)

    def name_of(contact: Contact) -> str:
        return f"{contact.last_name or ''} {contact.first_name or ''}"

    return listed(call, "contacts", found, write, name_of)


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
    call.state.of(Contacts).add(contact)
    return Reply(201, headers={"Location": f"{call.render.base}/contacts/{contact.id}"})


def get_contact(call: Call) -> Reply:
    """Contract 6.1."""
    return Reply(200, _written(call.render, call.state.of(Contacts).one(call.path["threemaId"]), detail=True))


def update_contact(call: Call) -> Reply:
    """Contract 6.4."""
    contact = call.state.of(Contacts).one(call.path["threemaId"])
    contact.first_name = call.json["firstName"]
    contact.last_name = call.json["lastName"]
    contact.enabled = call.json["enabled"]
    contact.directory_enabled = call.json.get("directory_enabled", contact.directory_enabled)
    return Reply()


def delete_contact(call: Call) -> Reply:
    """Contract 6.5: an automatic one answers 401."""
    return removed(call, lambda: call.state.of(Contacts).delete(call.path["threemaId"]))


def _written_category(render: Renderer, category: Category) -> Json:
    """A category; its link leads to no documented path (contract 6.6)."""
    return render.done({"_links": [render.link("detail", "/categories/" + category.id)], **asdict(category)})


def _without_directory(call: Call) -> bool:
    """Whether to answer with nothing; the other choices raise (contract 6.6 and 9)."""
    if call.state.of(Subscription).directory:
        return False
    choice = call.switches["categories-without-directory"]
    if choice == "empty":
        return True
    raise ApiError(int(choice), "The Directory feature is not part of this subscription")


def get_contact_categories(call: Call) -> Reply:
    """Contract 6.6; an unknown contact is 404 although that is not listed."""
    contacts = call.state.of(Contacts)
    contact = contacts.one(call.path["threemaId"])
    page = paged(call, [] if _without_directory(call) else contacts.categories_of(contact))
    items = [_written_category(call.render, item) for item in page.items]
    answer = call.render.index("categories", items, page.paging)
    answer["_links"] = [call.render.link("contact", "/contacts/" + contact.id)]
    return Reply(200, answer)


def get_category(call: Call) -> Reply:
    """Contract 2, row 18: the parameter is a category id, mis-typed in the documentation."""
    if _without_directory(call):
        return Reply(200, {})
    return Reply(200, _written_category(call.render, call.state.of(Contacts).category(call.path["categoryId"])))


def add_contacts(state: State, body: Any) -> list[dict[str, Any]]:
    """Contacts as they are; categories by name are made where they do not exist."""
    contacts = state.of(Contacts)
    names = ("type", "first_name", "last_name", "enabled", "directory_enabled", "categories")
    made = []
    for item in each(body):
        order = read_order(item, {"threema_id": text, **dict.fromkeys(names, anything)}, ("threema_id",))
        categories = [contacts.add_category(name) for name in order.pop("categories", [])]
        contact = Contact(order.pop("threema_id"), order.pop("type", "custom"), **order)
        contact.category_ids = [category.id for category in categories]
        contacts.add(contact)
        made.append({"threema_id": contact.id, "category_ids": contact.category_ids})
    return made


RESOURCE = Resource(
    "contacts",
    Contacts,
    operations={
        "getContacts": get_contacts,
        "createContact": create_contact,
        "getContact": get_contact,
        "updateContact": update_contact,
        "deleteContact": delete_contact,
        "getContactCategories": get_contact_categories,
        "getCategory": get_category,
    },
    control={"/contacts": add_contacts},
    numbers=(Number("contacts", "and that many custom contacts"),),
)
