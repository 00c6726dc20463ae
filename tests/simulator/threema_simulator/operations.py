# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subscription, credentials and users: one function for each operation of the document."""

from __future__ import annotations

from .errors import ApiError
from .listing import ordered, paged
from .models import Credential, User
from .reply import Call, Reply

MAXIMUM_PAGE = 5000


def get_subscription(call: Call) -> Reply:
    """Contract 3."""
    return Reply(200, call.render.subscription())


def update_subscription(call: Call) -> Reply:
    """Contract 3: the name only."""
    call.subscription.name = call.json["name"]
    return Reply()


def _username_matches(call: Call, username: str) -> bool:
    """filterUsername, whose manner is a switch (contract 4.2)."""
    wanted = call.query.get("filterUsername", "")
    manner = call.subscription.switches["filter-username"]
    if not wanted or manner == "ignored":
        return True
    if manner == "substring":
        return wanted.casefold() in username.casefold()
    return wanted == username


def get_credentials(call: Call) -> Reply:
    """Contract 4.1 and 4.2."""
    switches = call.subscription.switches
    found = [item for item in call.subscription.credentials.values() if _username_matches(call, item.username)]
    page = paged(ordered(found, switches, lambda item: item.username), call.query, switches, MAXIMUM_PAGE)
    items = [call.render.credential(item, listed=True) for item in page.items]
    return Reply(200, call.render.index("credentials", items, page.paging))


def create_credential(call: Call) -> Reply:
    """Contract 4.3."""
    body = call.json
    credential = call.subscription.add_credential(
        body["username"],
        body["password"],
        hashed=body.get("hash", False),
        locked=body.get("lock"),
        license_count=body.get("licenseCount"),
    )
    location = f"{call.render.base}/credentials/{credential.quoted_id}"
    return Reply(201, call.render.credential(credential, listed=False), headers={"Location": location})


def get_credential(call: Call) -> Reply:
    """Contract 4.1."""
    return Reply(200, call.render.credential(call.subscription.credential(call.path["id"]), listed=False))


def update_credential(call: Call) -> Reply:
    """Contract 4.4; an extra id or licenseCount in the body is ignored."""
    body = call.json
    call.subscription.replace_credential(
        call.path["id"], body["username"], body["password"], hashed=body.get("hash"), locked=body.get("lock")
    )
    return Reply()


def already_gone(call: Call, error: ApiError) -> Reply:
    """The second time: 404, or 204 where the switch says so (contract 9)."""
    if error.status == 404 and call.subscription.switches["second-delete"] == "204":
        return Reply()
    raise error


def delete_credential(call: Call) -> Reply:
    """Contract 4.5."""
    try:
        call.subscription.delete_credential(call.path["id"])
    except ApiError as error:
        return already_gone(call, error)
    return Reply()


def _user_matches(call: Call, user: User, credential: Credential | None) -> bool:
    wanted = call.query.get("filterCredential", "")
    if wanted and (credential is None or credential.id != wanted):
        return False
    if call.query.get("filterUsername") and not _username_matches(call, credential.username if credential else ""):
        return False
    query = call.query.get("filterQuery", "").casefold()
    fields = (user.id, user.nickname, user.first_name, user.last_name, user.csi, user.category)
    return not query or any(query in text.casefold() for text in fields)


def get_users(call: Call) -> Reply:
    """Contract 5.2; an unknown filter value finds nobody."""
    subscription = call.subscription
    credentials = subscription.credentials
    found = [
        user for user in subscription.users.values() if _user_matches(call, user, credentials.get(user.credential_id))
    ]

    def name_of(user: User) -> str:
        credential = credentials.get(user.credential_id)
        return credential.username if credential else ""

    page = paged(ordered(found, subscription.switches, name_of), call.query, subscription.switches, MAXIMUM_PAGE)
    items = [call.render.user(user, listed=True) for user in page.items]
    return Reply(200, call.render.index("users", items, page.paging))


def get_user(call: Call) -> Reply:
    """Contract 5.1."""
    return Reply(200, call.render.user(call.subscription.user(call.path["threemaId"]), listed=False))


def _remove_user(call: Call, *, revoke: bool) -> Reply:
    try:
        call.subscription.remove_user(call.path["threemaId"], revoke=revoke)
    except ApiError as error:
        return already_gone(call, error)
    return Reply()


def delete_user(call: Call) -> Reply:
    """Contract 5.3: revoked for good."""
    return _remove_user(call, revoke=True)


def detach_user(call: Call) -> Reply:
    """Contract 5.3: comes back with the next use of a valid credential."""
    return _remove_user(call, revoke=False)
