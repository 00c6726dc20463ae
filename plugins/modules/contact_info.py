#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: contact_info
short_description: Look up contacts
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Returns the contacts of a Threema Work subscription (all pages).
  - If nothing is found, an empty list is returned.
options:
  threema_id:
    description: Return only the contact with this Threema ID.
    type: str
  category_id:
    description: Return only contacts of the category with this identifier.
    type: str
    aliases:
      - category
  include_categories:
    description: Whether to also return the categories of each contact. This takes one additional request per contact.
    type: bool
    default: false
extends_documentation_fragment:
  - threema.work._api
  - threema.work._attributes
  - threema.work._attributes.info
  - threema.work._attributes.action_group
seealso:
  - module: threema.work.contact
  - module: threema.work.contacts
  - module: threema.work.contact_category_info
"""

EXAMPLES = r"""
---
- name: List all contacts
  threema.work.contact_info:
  register: all_contacts

- name: Look up one contact with its categories
  threema.work.contact_info:
    threema_id: AB12CD34
    include_categories: true
  register: service_desk
"""

RETURN = r"""
---
contacts:
  description: The contacts.
  returned: success
  type: list
  elements: dict
  contains:
    threema_id:
      description: The Threema ID.
      type: str
      sample: AB12CD34
    type:
      description: V(custom) if it was added by an administrator, V(auto) if the service created it from a user of the subscription.
      type: str
      sample: custom
    first_name:
      description: First name; null if there is none.
      type: str
      sample: Jane
    last_name:
      description: Last name; null if there is none.
      type: str
      sample: Doe
    enabled:
      description: Whether the contact is distributed to users.
      type: bool
      sample: true
    categories:
      description: The categories of the contact, with O(include_categories=true), as returned by M(threema.work.contact_category_info).
      type: list
      elements: dict
      sample: [{"id": "c0ffee1234", "name": "Building 2", "source": "mdm", "enabled": true}]
api_host:
  description: Host of the service, with the port if O(api_url) contains one; null if O(api_url) cannot be used.
  returned: always
  type: str
  sample: work.threema.ch
api_requests:
  description: Number of requests that were sent, including retries.
  returned: always
  type: int
  sample: 1
failure:
  description: What went wrong; see R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: when a request failed or a safety check stopped the task
  type: dict
  sample:
    kind: permission
    status: 403
    method: POST
    path: /credentials
    request_sent: true
    msg: "POST /credentials: the service does not permit it (HTTP 403)"
"""

from ansible_collections.threema.work.plugins.module_utils._api.contacts import ContactApi
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.plugins.module_utils._live_progress import CATEGORIES_READ
from ansible_collections.threema.work.plugins.module_utils._module import Result, ThreemaModule, run
from ansible_collections.threema.work.plugins.module_utils._planning.items import check_threema_id


def main() -> None:
    module = ThreemaModule(
        {
            "threema_id": {"type": "str"},
            "category_id": {"type": "str", "aliases": ["category"]},
            "include_categories": {"type": "bool", "default": False},
        },
        left_out="to select all contacts",
        mutually_exclusive=[("threema_id", "category_id")],
    )
    params = module.params

    def work(client: Client) -> Result:
        api = ContactApi(client)
        ids = [check_threema_id(params["threema_id"])] if params["threema_id"] is not None else []
        contacts = list(api.fetch(ids, everything=not ids, category=params["category_id"]).by_id.values())
        if params["include_categories"]:
            shown = client.live.step(CATEGORIES_READ, len(contacts))
            for contact in contacts:
                contact["categories"] = api.categories(contact["threema_id"])
                shown.add()
        return {"changed": False, "contacts": contacts}

    run(module, work)


if __name__ == "__main__":
    main()
