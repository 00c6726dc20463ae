#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: contacts
short_description: Manage many contacts
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Adds, changes and removes contacts of a Threema Work subscription, in the fewest requests that the service allows.
  - Contacts that were made from users of the subscription are never removed, because the service does not; O(prune) leaves them alone.
options:
  contacts:
    description:
      - The contacts. A Threema ID that occurs twice is refused.
      - An object of this module's or of M(threema.work.contact_info)'s result may be given again.
    type: list
    elements: dict
    required: true
    suboptions:
      threema_id:
        description: The Threema ID, 8 characters.
        type: str
        required: true
      first_name:
        description: First name. If not set, that of an existing contact is kept.
        type: str
      last_name:
        description: Last name. If not set, that of an existing contact is kept.
        type: str
      enabled:
        description: Whether the contact is handed to users. If not set, a new contact is enabled and an existing one keeps it.
        type: bool
      directory_enabled:
        description:
          - Sent with every update, because the service demands it. It cannot be read back, and is no reason to update.
        type: bool
        default: true
      state:
        description:
          - Whether the contact exists.
          - A contact that was made from a user of the subscription cannot be removed; set O(contacts[].enabled=false) instead.
        type: str
        choices:
          - present
          - absent
  state:
    description: The state of all items that have none of their own.
    type: str
    default: present
    choices:
      - present
      - absent
extends_documentation_fragment:
  - threema.work._api
  - threema.work._api.plural
  - threema.work._api.creations
  - threema.work._api.prune
  - threema.work._attributes
  - threema.work._attributes.idempotent
  - threema.work._attributes.action_group
seealso:
  - module: threema.work.contact
  - module: threema.work.contact_info
  - ref: ansible_collections.threema.work.docsite.guide_large_subscriptions
    description: How to clean up without a loop, and how to spend the daily quota.
"""

EXAMPLES = r"""
---
- name: Contacts that everybody shall have
  threema.work.contacts:
    contacts:
      - threema_id: AB12CD34
        first_name: Service
        last_name: Desk
      - threema_id: '*ALARM01'
        first_name: Alarm
        last_name: Centre

- name: Exactly these, and at most 20 others may go
  threema.work.contacts:
    contacts:
      - threema_id: AB12CD34
        first_name: Service
        last_name: Desk
    prune: true
    max_removals: 20
"""

RETURN = r"""
---
contacts:
  description: The contacts, as O(return_objects) says; those that were removed as they were.
  returned: success, and where a failed task could plan
  type: list
  elements: dict
  contains:
    threema_id:
      description: The Threema ID.
      type: str
      sample: AB12CD34
    type:
      description: V(custom), added by an administrator, or V(auto), made from a user of the subscription.
      type: str
      sample: custom
    first_name:
      description: First name, null if there is none.
      type: str
      sample: Jane
    last_name:
      description: Last name, null if there is none.
      type: str
      sample: Doe
    enabled:
      description: Whether the contact is handed to users.
      type: bool
      sample: true
    action:
      description: One of V(created), V(updated), V(removed), V(unchanged), V(failed) and V(pending).
      type: str
      sample: created
    msg:
      description: Why it failed or is pending.
      type: str
      sample: "POST /contacts: the service refused the request (HTTP 400)"
removals:
  description: What counts against O(max_removals), its value, and how many there were before (null where they were not listed), see
    R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: where the task could plan
  type: dict
  sample: {"planned": 3, "limit": 10, "of": 250}
creations:
  description: What counts against O(max_creations), and its value.
  returned: with O(max_creations), where the task could plan
  type: dict
  sample: {"planned": 12, "limit": 50}
summary:
  description: How many contacts came to which outcome, see R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: always
  type: dict
  sample: {"created": 12, "updated": 3, "removed": 0, "unchanged": 985, "failed": 0, "pending": 0}
api_host:
  description: Host of the service, with its port where O(api_url) has one; null where O(api_url) cannot be used.
  returned: always
  type: str
  sample: work.threema.ch
api_requests:
  description: Number of requests that were sent, repeated ones included.
  returned: always
  type: int
  sample: 3
failure:
  description: What went wrong, see R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: failure of a request, or refusal by a safety rule
  type: dict
  sample:
    kind: permission
    status: 403
    method: POST
    path: /credentials
    request_sent: true
    msg: "POST /credentials: the service does not permit it (HTTP 403)"
    count: 3
"""

from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.plugins.module_utils._module import (
    Result,
    ThreemaModule,
    nothing_done,
    plan_and_apply,
    plural_result,
    returned_objects,
    run,
)
from ansible_collections.threema.work.plugins.module_utils._options import CONTACT, CREATIONS, PLURAL, PRUNE, STATE
from ansible_collections.threema.work.plugins.module_utils._planning.contacts import check_contacts
from ansible_collections.threema.work.plugins.module_utils._planning.items import check_prune
from ansible_collections.threema.work.plugins.module_utils._resources.contacts import Contacts


def main() -> None:
    item = {**CONTACT, "state": {"type": "str", "choices": ["present", "absent"]}}
    module = ThreemaModule(
        {
            **PLURAL,
            **CREATIONS,
            **PRUNE,
            **STATE,
            "contacts": {"type": "list", "elements": "dict", "required": True, "options": item},
        }
    )
    params = module.params

    def work(client: Client) -> Result:
        items = check_contacts(params["contacts"], params["state"], "contacts")
        if params["prune"]:
            check_prune(items, params["state"], "contact")
        resource = Contacts(
            client,
            items,
            prune=params["prune"],
            ignore=params["prune_ignore"],
            list_all=params["max_removals_percent"] is not None,
        )
        progress = plan_and_apply(module, resource)
        return {**plural_result(module, progress, "contacts"), "contacts": returned_objects(module, progress)}

    run(module, work, nothing_done(len(params["contacts"])))


if __name__ == "__main__":
    main()
