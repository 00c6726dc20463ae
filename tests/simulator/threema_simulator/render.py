# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects as the API writes them (contract 3 to 7)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .models import Category, Contact, Credential, SettingValue, User
from .state import Subscription

Json = dict[str, Any]

# What a newer version of the API might send, to see that clients neither fail nor lose it.
_FUTURE: Json = {"futureField": "new", "futureObject": {"nested": [1, 2]}}


class Renderer:
    """Writes objects with absolute links below one base URL (without the final slash, contract 1)."""

    def __init__(self, subscription: Subscription, base_url: str) -> None:
        self._subscription = subscription
        self._switches = subscription.switches
        self.base = base_url
        choice = self._switches["link-key"]
        self._key = "rel" if choice == "rel" else "ref"
        # Observed on users, and in the documentation's own sample of the bulk list (contract 1).
        self._key_of_users_and_bulk = "ref" if choice == "ref" else "rel"

    def _done(self, item: Json) -> Json:
        if self._switches["future-fields"] == "on":
            item.update(_FUTURE)
        return item

    def link(self, relation: str, path: str = "") -> dict[str, str]:
        """One link."""
        return {self._key: relation, "link": self.base + path}

    def _observed_link(self, relation: str, path: str) -> dict[str, str]:
        return {self._key_of_users_and_bulk: relation, "link": self.base + path}

    def subscription(self) -> Json:
        """GET /"""
        subscription = self._subscription
        links = [self.link("detail")]
        links += [self.link(name, "/" + name) for name in ("credentials", "users", "contacts")]
        return self._done(
            {
                "_links": links,
                "id": subscription.id,
                "name": subscription.name,
                "validUntil": subscription.valid_until,
                "type": subscription.type,
                "licenseAmount": subscription.licenses,
            }
        )

    def index(self, key: str, items: list[Json], paging: Json | None, relation: str = "subscription") -> Json:
        """A list with its paging object."""
        answer: Json = {"_links": [self.link(relation)], key: items}
        if paging is not None:
            answer["paging"] = paging
        return self._done(answer)

    def credential(self, credential: Credential, *, listed: bool) -> Json:
        """List items carry the detail link only (contract 4.1)."""
        links = [self.link("detail", "/credentials/" + credential.quoted_id)]
        if not listed:
            links.append(self.link("subscription"))
        return self._done(
            {
                "_links": links,
                "id": credential.id,
                "username": credential.username,
                "password": credential.password.clear,
                "usage": credential.usage + (credential.ended and self._switches["usage-count"] == "lagging"),
                "hashed": credential.password.hashed,
                "locked": credential.locked,
            }
        )

    def _links_to(self, credential: Credential) -> list[dict[str, str]]:
        """The link of a user to its credential, or one that leads to no credential (contract 1, link encoding)."""
        choice = self._switches["credential-link"]
        if choice == "missing":
            return []
        id_ = quote(credential.id.swapcase(), safe="") if choice == "other-case" else credential.quoted_id
        if choice == "twice-encoded":
            id_ = quote(id_, safe="")
        behind = {"detail": "/detail", "fragment": "#y"}.get(choice, "")
        return [self._observed_link("credential", f"/credentials/{id_}{behind}")]

    def user(self, user: User, *, listed: bool) -> Json:
        """A user; the link of a deleted credential is missing or leads nowhere (contract 4.5)."""
        links = [self._observed_link("detail", "/users/" + user.id)]
        if not listed:
            links.append(self._observed_link("subscription", ""))
        credential = self._subscription.credentials.get(user.credential_id)
        if credential is not None:
            links += self._links_to(credential)
        elif self._switches["orphan-link"] == "dangling":
            gone = user.credential_id.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D")
            links.append(self._observed_link("credential", "/credentials/" + gone))
        fields: Json = {
            "nickname": user.nickname,
            "firstName": user.first_name,
            "lastName": user.last_name,
            "csi": user.csi,
            "category": user.category,
            "jobTitle": user.job_title,
            "department": user.department,
            "version": user.version,
            "lastCheck": user.last_check,
            "createdAt": user.created_at,
        }
        unset = self._switches["unset-user-fields"]
        if unset == "null":
            fields = {name: value or None for name, value in fields.items()}
        elif unset == "missing":
            fields = {name: value for name, value in fields.items() if value}
        return self._done({"_links": links, "id": user.id, **fields})

    def contact(self, contact: Contact, *, listed: bool) -> Json:
        """The list says id, the detail threemaId; in the list both links are called detail (contract 6.1)."""
        path = "/contacts/" + contact.id
        links = [self.link("detail", path), self.link("detail" if listed else "categories", path + "/categories")]
        if not listed:
            links.append(self.link("subscription"))
        choice = self._switches["contact-list-key"] if listed else "threemaId"
        answer: Json = {"_links": links}
        if choice != "threemaId":
            answer["id"] = contact.id
        if choice != "id":
            answer["threemaId"] = contact.id
        answer.update(
            type=contact.type, firstName=contact.first_name, lastName=contact.last_name, enabled=contact.enabled
        )
        return self._done(answer)

    def category(self, category: Category) -> Json:
        """A category; its link leads to no documented path (contract 6.6)."""
        return self._done(
            {
                "_links": [self.link("detail", "/categories/" + category.id)],
                "id": category.id,
                "name": category.name,
                "source": category.source,
                "enabled": category.enabled,
            }
        )

    def global_setting(self, name: str, value: SettingValue, *, listed: bool) -> Json:
        """Schema and sample of the documentation contradict each other about the key (contract 7)."""
        choice = self._switches["global-setting-key"]
        key = {"mixed": "name" if listed else "id", "swapped": "id" if listed else "name"}.get(choice, choice)
        links = [self.link("detail", "/mdm/" + name), self.link("subscription")]
        return self._done({"_links": links, key: name, "value": value})

    def global_setting_object(self, name: str, value: SettingValue) -> Json:
        """The answer of PUT /mdm/{property_id}."""
        return self._done({"_links": [self.link("detail", "/mdm/" + name)], "name": name, "value": value})

    def setting(self, quoted_id: str, name: str, value: SettingValue, *, bulk: bool = False) -> Json:
        """A setting of a credential."""
        link = self._observed_link if bulk else self.link
        path = f"/credentials/{quoted_id}/mdm/{name}"
        return self._done({"_links": [link("detail", path)], "name": name, "value": value})

    def bulk_item(self, credential: Credential) -> Json:
        """A credential with its settings, in GET /mdm-bulk."""
        path = "/credentials/" + credential.quoted_id
        return self._done(
            {
                "_links": [self._observed_link("detail", path + "/mdm"), self._observed_link("credential", path)],
                "id": credential.id,
                "parameters": [
                    self.setting(credential.quoted_id, name, value, bulk=True)
                    for name, value in credential.settings.items()
                ],
            }
        )
