# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The subscription: its objects and the rules between them (contract 4 to 8). Knows nothing of HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .catalogue import check_setting
from .errors import ApiError, not_found
from .ids import Ids, category_id
from .models import Category, Contact, Credential, Device, Password, SettingValue, User
from .switches import Switches

DEFAULT_LICENSES = 25_000
GATEWAY_IDS = ("*THREEMA", "*SUPPORT")


class Subscription:
    """Everything the service knows about one customer."""

    def __init__(
        self, switches: Switches, *, licenses: int = DEFAULT_LICENSES, directory: bool = True, seed: int = 1
    ) -> None:
        self.switches = switches
        self.licenses = licenses
        self.directory = directory
        self.ids = Ids(seed)
        self.id = self.ids.subscription()
        self.name = "Example Ltd"
        self.type = "professional"
        self.valid_until = "2099-12-31T23:59:59+0100"
        self.credentials: dict[str, Credential] = {}
        self.users: dict[str, User] = {}
        self.contacts: dict[str, Contact] = {}
        self.custom_categories: dict[str, Category] = {}
        self.settings: dict[str, SettingValue] = {}
        self.logos: dict[str, bytes] = {}
        self.devices: dict[str, Device] = {}
        self.revoked: set[str] = set()
        self._by_username: dict[str, str] = {}
        self._seats = 0

    # Credentials (contract 4)

    def _username_key(self, username: str) -> str:
        return username.casefold() if self.switches["username-case"] == "insensitive" else username

    def reindex(self) -> None:
        """After the switch for the case of usernames moved."""
        self._by_username = {self._username_key(item.username): item.id for item in self.credentials.values()}

    def find_username(self, username: str) -> Credential | None:
        """The credential with this username."""
        found = self._by_username.get(self._username_key(username))
        return None if found is None else self.credentials[found]

    @property
    def free_licenses(self) -> int:
        """Licensed minus what credentials and users take, whichever is more (contract 8.2)."""
        return self.licenses - max(self._seats, len(self.users))

    def add_credential(
        self,
        username: str,
        password: str,
        *,
        hashed: bool = False,
        locked: bool | None = None,
        license_count: int | None = None,
    ) -> Credential:
        """POST /credentials: unique username, and licenses left (contract 4.3 and 8.2)."""
        if self.find_username(username) is not None:
            raise ApiError(400, "Username already in use")
        if self.free_licenses < (license_count or 1):
            raise ApiError(403, "No credential credits left")
        if locked is None:
            locked = self.switches["lock-omitted-on-create"] == "true"
        credential = Credential(self.ids.credential(), username, Password(password, hashed), locked, license_count)
        self.credentials[credential.id] = credential
        self._by_username[self._username_key(username)] = credential.id
        self._seats += credential.seats
        return credential

    def credential(self, credential_id: str) -> Credential:
        """The credential, or 404."""
        found = self.credentials.get(credential_id)
        if found is None:
            raise not_found("Credential")
        return found

    def replace_credential(
        self, credential_id: str, username: str, password: str, *, hashed: bool | None, locked: bool | None
    ) -> None:
        """PUT /credentials/{id}: username and password always, the rest may be left out (contract 4.4)."""
        credential = self.credential(credential_id)
        other = self.find_username(username)
        if other is not None and other.id != credential_id:
            raise ApiError(int(self.switches["duplicate-username-on-update"]), "Username already in use")
        if hashed is None:
            hashed = credential.password.hashed and self.switches["hash-omitted-on-update"] == "keep"
        if locked is None:
            choice = self.switches["lock-omitted-on-update"]
            locked = credential.locked if choice == "keep" else choice == "true"
        del self._by_username[self._username_key(credential.username)]
        credential.username = username
        credential.password = Password(password, hashed)
        credential.locked = locked
        self._by_username[self._username_key(username)] = credential.id

    def delete_credential(self, credential_id: str) -> None:
        """The users stay, without a resolvable credential; the settings go (contract 4.5)."""
        credential = self.credential(credential_id)
        self._seats -= credential.seats
        del self._by_username[self._username_key(credential.username)]
        del self.credentials[credential_id]

    # Users (contract 5)

    def user(self, threema_id: str) -> User:
        """The user, or 404."""
        found = self.users.get(threema_id)
        if found is None:
            raise not_found("User")
        return found

    def add_user(self, user: User) -> None:
        """A Threema ID appears in the subscription, and with it its automatic contact (contract 6.1)."""
        self.users[user.id] = user
        self._link(user, self.credentials[user.credential_id])
        if user.id not in self.contacts:
            self.contacts[user.id] = Contact(user.id, "auto")

    def move_user(self, user: User, credential: Credential) -> None:
        """The ID was activated with another credential: the link moves (contract 5.2)."""
        self._unlink(user)
        user.credential_id = credential.id
        self._link(user, credential)

    def _link(self, user: User, credential: Credential) -> None:
        self._seats -= credential.seats
        credential.user_ids[user.id] = None
        credential.ended = False
        self._seats += credential.seats

    def _unlink(self, user: User) -> None:
        credential = self.credentials.get(user.credential_id)
        if credential is not None:
            self._seats -= credential.seats
            credential.user_ids.pop(user.id, None)
            self._seats += credential.seats

    def remove_user(self, threema_id: str, *, revoke: bool) -> None:
        """Revoke or detach: off the list, the lock is free; a revoked ID never comes back (contract 5.3)."""
        user = self.user(threema_id)
        self._unlink(user)
        credential = self.credentials.get(user.credential_id)
        if credential is not None:
            credential.ended = True
        del self.users[threema_id]
        if revoke:
            self.revoked.add(threema_id)
            self.devices.pop(threema_id, None)

    # Contacts and categories (contract 6)

    def contact(self, threema_id: str) -> Contact:
        """The contact, or 404."""
        if threema_id in GATEWAY_IDS and self.switches["gateway-ids"] == "on":
            return Contact(threema_id, "auto", first_name="Gateway", last_name=threema_id[1:])
        found = self.contacts.get(threema_id)
        if found is None:
            raise not_found("Contact")
        return found

    def listed_contacts(self) -> list[Contact]:
        """All contacts, custom and automatic, and gateway IDs where the switch says so (contract 6.1)."""
        gateways = [self.contact(name) for name in GATEWAY_IDS] if self.switches["gateway-ids"] == "on" else []
        return [*gateways, *self.contacts.values()]

    def add_contact(self, contact: Contact) -> None:
        """POST /contacts: an existing one is refused with 400 (contract 6.3)."""
        if contact.id in self.contacts:
            raise ApiError(400, "Contact exists already")
        self.contacts[contact.id] = contact

    def delete_contact(self, threema_id: str) -> None:
        """Only custom ones; an automatic one answers 401 (contract 6.5)."""
        if self.contact(threema_id).type != "custom":
            raise ApiError(401, "Contact is not a custom contact")
        del self.contacts[threema_id]

    def add_custom_category(self, name: str) -> Category:
        """What the cockpit does; the API cannot (contract 6.6)."""
        category = Category(category_id(name, "custom"), name, "custom")
        return self.custom_categories.setdefault(category.id, category)

    def categories_of(self, contact: Contact) -> list[Category]:
        """The custom ones and those from th_category, as the device reported it (contract 6.6)."""
        found = [self.custom_categories[item] for item in contact.category_ids]
        user = self.users.get(contact.id)
        names = [] if user is None else [name.strip() for name in user.category.split(",")]
        return found + [Category(category_id(name, "mdm"), name, "mdm") for name in names if name]

    def category(self, identifier: str) -> Category:
        """Any category that exists or that somebody has, or 404."""
        if identifier in self.custom_categories:
            return self.custom_categories[identifier]
        for contact in self.contacts.values():
            for category in self.categories_of(contact):
                if category.id == identifier:
                    return category
        raise not_found("Category")

    # Settings (contract 7)

    def settings_of(self, credential_id: str) -> dict[str, SettingValue]:
        """The settings of a credential; of an unknown one as the switch says."""
        if credential_id not in self.credentials and self.switches["unknown-credential-settings"] == "empty":
            return {}
        return self.credential(credential_id).settings

    def set_setting(self, store: dict[str, SettingValue], name: str, value: SettingValue) -> None:
        """Create or change (contract 7)."""
        check_setting(name, value, self.switches)
        store[name] = value

    def set_many(self, items: Iterable[Mapping[str, object]]) -> None:
        """POST /mdm-bulk: merges; whether one refused item refuses all is a switch (contract 7 and 9)."""
        refusal: ApiError | None = None
        accepted: list[tuple[dict[str, SettingValue], dict[str, SettingValue]]] = []
        mode = self.switches["bulk-errors"]
        for item in _each_setting(items) if mode == "partial-settings" else items:
            try:
                accepted.append(self._checked(item))
            except ApiError as error:
                refusal = refusal or error
        if refusal is not None and mode == "atomic":
            raise refusal
        for store, values in accepted:
            store.update(values)
        if refusal is not None and mode != "partial-silent":
            raise refusal

    def _checked(self, item: Mapping[str, object]) -> tuple[dict[str, SettingValue], dict[str, SettingValue]]:
        credential = self.credentials.get(str(item["id"]))
        if credential is None:
            raise ApiError(400, "Unknown credential")
        values: dict[str, SettingValue] = {}
        for parameter in item["parameters"]:  # type: ignore[attr-defined]
            check_setting(parameter["name"], parameter["value"], self.switches)
            values[parameter["name"]] = parameter["value"]
        return credential.settings, values


def _each_setting(items: Iterable[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
    """A bulk write taken apart, as if each setting had been sent alone."""
    for item in items:
        for parameter in item["parameters"]:  # type: ignore[attr-defined]
            yield {"id": item["id"], "parameters": [parameter]}
