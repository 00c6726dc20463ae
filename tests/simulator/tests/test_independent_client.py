# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that somebody else generated from the official document works with it (threema-work-api-client 1.7.3)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from support import Simulator, links
from threema_simulator.resources.logos import picture
from threema_work_api_client import AuthenticatedClient
from threema_work_api_client import models as m
from threema_work_api_client.api import app_configuration as mdm
from threema_work_api_client.api import contacts, credentials, logos, subscription, users
from threema_work_api_client.api.app_configuration import (
    create_global_app_configuration,
    create_individual_app_configuration,
    delete_global_app_configuration,
    delete_individual_app_configuration,
    get_bulk_individual_app_configurations,
    get_global_app_configuration,
    get_global_app_configurations,
    get_individual_app_configuration,
    get_individual_app_configurations,
    update_bulk_individual_app_configurations,
    update_global_app_configuration,
    update_individual_app_configuration,
)
from threema_work_api_client.api.contacts import (
    create_contact,
    delete_contact,
    get_category,
    get_contact,
    get_contact_categories,
    get_contacts,
    update_contact,
)
from threema_work_api_client.api.credentials import (
    create_credential,
    delete_credential,
    get_credential,
    get_credentials,
    update_credential,
)
from threema_work_api_client.api.logos import delete_logo_by_variant, get_logo_by_variant
from threema_work_api_client.api.subscription import get_subscription, update_subscription
from threema_work_api_client.api.users import delete_user, detach_user, get_user, get_users
from threema_work_api_client.models.update_contact_body import UpdateContactBody

PACKAGES = (mdm, contacts, credentials, logos, subscription, users)


@pytest.fixture
def client(sim: Simulator) -> Iterator[AuthenticatedClient]:
    """Fails on every status that the official document does not know."""
    headers = {"X-Api-Key": str(sim.session.headers["X-Api-Key"])}
    made = AuthenticatedClient(base_url=sim.url, token="", headers=headers, raise_on_unexpected_status=True)
    made.auth_header_name = "X-Api-Key"
    made.prefix = ""
    made.token = headers["X-Api-Key"]
    with made:
        yield made


def test_subscription(client: AuthenticatedClient) -> None:
    found = get_subscription.sync(client=client)
    assert found.type_ == m.SubscriptionType.PROFESSIONAL and found.license_amount == 25000
    body = m.UpdateSubscriptionBody(name="Other")
    assert update_subscription.sync_detailed(client=client, body=body).status_code == 204
    assert get_subscription.sync(client=client).name == "Other"


def test_credentials_and_users(client: AuthenticatedClient, sim: Simulator) -> None:
    body = m.CreateCredentialBody(username="jane", password="secret99", lock=True)
    made = create_credential.sync(client=client, body=body)
    assert isinstance(made, m.Credential) and made.locked and made.usage == 0
    path = quote(made.id, safe="")
    listed = get_credentials.sync(client=client, page_size=100)
    assert [item.username for item in listed.credentials] == ["jane"] and listed.paging.total == 1
    change = m.UpdateCredentialBody(username="joan", password="other", hash_=True)
    assert update_credential.sync_detailed(path, client=client, body=change).status_code == 204
    changed = get_credential.sync(path, client=client)
    assert (changed.username, changed.hashed, changed.password) == ("joan", True, None)

    one = sim.activate("joan", "other")
    [user] = get_users.sync(client=client, filter_username="joan").users
    assert user.id == one and user.field_links[0].additional_properties["rel"] == "detail"
    assert get_user.sync(one, client=client).version.startswith("android")
    assert detach_user.sync_detailed(one, client=client).status_code == 204
    assert isinstance(detach_user.sync(one, client=client), m.ErrorResponse)
    two = sim.activate("joan", "other")
    assert delete_user.sync_detailed(two, client=client).status_code == 204
    assert delete_credential.sync_detailed(path, client=client).status_code == 204
    assert get_credential.sync(path, client=client).error == "Credential not found"


def test_contacts(client: AuthenticatedClient, sim: Simulator) -> None:
    body = m.CreateContactBody(threema_id="AB12CD34", first_name="Jane", last_name="Doe", enabled=True)
    assert create_contact.sync_detailed(client=client, body=body).status_code == 201
    [listed] = get_contacts.sync(client=client).contacts
    assert listed.type_ == m.ContactType.CUSTOM and listed.additional_properties["id"] == "AB12CD34"
    change = UpdateContactBody(first_name="Joan", last_name="Doe", enabled=False)
    assert update_contact.sync_detailed("AB12CD34", client=client, body=change).status_code == 400
    change["directory_enabled"] = True
    assert update_contact.sync_detailed("AB12CD34", client=client, body=change).status_code == 204
    found = get_contact.sync("AB12CD34", client=client)
    assert (found.threema_id, found.first_name, found.enabled) == ("AB12CD34", "Joan", False)
    assert delete_contact.sync_detailed("AB12CD34", client=client).status_code == 204
    sim.control("POST", "contacts", {"threema_id": "AB12CD34", "categories": ["Partners"]})
    [category] = get_contact_categories.sync("AB12CD34", client=client).categories
    assert (category.name, category.source) == ("Partners", m.CategorySource.CUSTOM)
    assert get_category.sync_detailed(category.id, client=client).status_code == 200


def test_global_settings(client: AuthenticatedClient) -> None:
    body = m.CreateGlobalAppConfigurationBody(property_="th_csi", value="1")
    assert create_global_app_configuration.sync_detailed(client=client, body=body).status_code == 204
    [listed] = get_global_app_configurations.sync(client=client).parameters
    assert listed.value == "1" and listed.additional_properties["name"] == "th_csi"
    assert get_global_app_configuration.sync("th_csi", client=client).id == "th_csi"
    assert update_global_app_configuration.sync("th_csi", client=client).name == "th_csi"
    assert delete_global_app_configuration.sync_detailed("th_csi", client=client).status_code == 204
    wrong = m.CreateGlobalAppConfigurationBody(property_="th_csi", value=True)
    assert create_global_app_configuration.sync_detailed(client=client, body=wrong).status_code == 422


def test_individual_settings(client: AuthenticatedClient) -> None:
    made = create_credential.sync(client=client, body=m.CreateCredentialBody(username="jane", password="secret99"))
    path = quote(made.id, safe="")
    body = m.CreateIndividualAppConfigurationBody(property_="th_csi", value="1")
    assert create_individual_app_configuration.sync_detailed(path, client=client, body=body).status_code == 204
    many = m.UpdateBulkIndividualAppConfigurationsBody.from_dict(
        {"credentials": [{"id": made.id, "parameters": [{"name": "th_disable_export", "value": True}]}]}
    )
    assert update_bulk_individual_app_configurations.sync_detailed(client=client, body=many).status_code == 204
    [listed] = get_bulk_individual_app_configurations.sync(client=client, page_size=500).credentials
    assert {item.name: item.value for item in listed.parameters} == {"th_csi": "1", "th_disable_export": True}
    assert len(get_individual_app_configurations.sync(path, client=client).parameters) == 2
    assert get_individual_app_configuration.sync(path, "th_csi", client=client).value == "1"
    assert update_individual_app_configuration.sync(path, "th_csi", client=client).value == "1"
    assert delete_individual_app_configuration.sync_detailed(path, "th_csi", client=client).status_code == 204


def test_logos(client: AuthenticatedClient, sim: Simulator) -> None:
    dark = m.LogoVariant.DARK
    assert isinstance(get_logo_by_variant.sync(dark, client=client), m.ErrorResponse)
    sim.call("PUT", "/logos/dark", data=picture(680, 80), headers={"Content-Type": "image/png"})
    assert delete_logo_by_variant.sync_detailed(dark, client=client).status_code == 204


def test_documented_links(client: AuthenticatedClient, sim: Simulator) -> None:
    sim.reset(users=1, switches={"link-key": "ref"})
    [user] = get_users.sync(client=client).users
    known = {link.ref: link.link for link in user.field_links}
    assert known == links(sim.get("/users")["users"][0], "ref")


def test_every_operation_of_the_client_is_one_of_ours(sim: Simulator) -> None:
    names = {name for package in PACKAGES for name in vars(package) if not name.startswith("_")}
    called = {name.replace("_", "").lower() for name in names}
    from threema_simulator.resources import HANDLERS

    # A newer version may have more.
    assert called and called <= {name.lower() for name in HANDLERS}
