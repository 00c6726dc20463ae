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
  - Adds, changes, and removes contacts of a Threema Work subscription, with as few requests as the service allows.
  - Contacts that the service creates from users of the subscription cannot be removed; O(prune) does not change them.
options:
  contacts:
    description:
      - The contacts. A Threema ID must not occur more than once.
      - Objects from the results of this module or of M(threema.work.contact_info) can be used as items.
    type: list
    elements: dict
    required: true
    suboptions:
      threema_id:
        description: The Threema ID, 8 characters.
        type: str
        required: true
      first_name:
        description: First name. If not set, the first name of an existing contact is kept.
        type: str
      last_name:
        description: Last name. If not set, the last name of an existing contact is kept.
        type: str
      enabled:
        description: Whether the contact is distributed to users. If not set, new contacts are enabled, and existing ones are left
          unchanged.
        type: bool
      directory_enabled:
        description:
          - Sent with every update, because the service requires it. It cannot be read back, so a different value alone does not cause an
            update.
          - It is not sent when a contact is created. A warning then names the contacts for which V(false) has not been sent; change
            O(contacts[].first_name), O(contacts[].last_name), or O(contacts[].enabled) of these contacts to send it.
        type: bool
        default: true
      state:
        description:
          - Whether the contact should exist.
          - A contact that the service created from a user of the subscription cannot be removed; set O(contacts[].enabled=false) instead.
        type: str
        choices:
          - present
          - absent
  state:
    description: Default state for items that do not set their own.
    type: str
    default: present
    choices:
      - present
      - absent
extends_documentation_fragment:
  - threema.work._api
  - threema.work._api.journal
  - threema.work._api.plural
  - threema.work._api.creations
  - threema.work._api.prune
  - threema.work._attributes
  - threema.work._attributes.idempotent
  - threema.work._attributes.writing_group
seealso:
  - module: threema.work.contact
  - module: threema.work.contact_info
  - plugin: threema.work.roster
    plugin_type: lookup
    description: Reads a list of contacts from a file.
  - ref: ansible_collections.threema.work.docsite.guide_staff_lists
    description: How to add the contacts of a partner from a list.
  - ref: ansible_collections.threema.work.docsite.guide_large_subscriptions
    description: How to clean up without a loop, and how to use the daily quota.
"""

EXAMPLES = r"""
---
- name: Add contacts that everyone should have
  threema.work.contacts:
    contacts:
      - threema_id: AB12CD34
        first_name: Service
        last_name: Desk
      - threema_id: '*ALARM01'
        first_name: Alarm
        last_name: Center

- name: Keep exactly these contacts; remove at most 20 others
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
  description: The contacts selected by O(return_objects); for removed contacts, their last state.
  returned: success, and when a failed task was able to plan its changes
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
    action:
      description: One of V(created), V(updated), V(removed), V(unchanged), V(failed), and V(pending).
      type: str
      sample: created
    msg:
      description: Why the change failed or is pending.
      type: str
      sample: "POST /contacts: the service rejected the request (HTTP 400)"
removals:
  description: The number of planned removals as O(max_removals) counts them, the value of that option, and the number of objects that
    existed before (null if they were not listed); see R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: when the task was able to plan its changes
  type: dict
  sample: {"planned": 3, "limit": 10, "of": 250}
creations:
  description: The number of planned creations, and the value of O(max_creations).
  returned: when O(max_creations) is set and the task was able to plan its changes
  type: dict
  sample: {"planned": 12, "limit": 50}
summary:
  description: How many contacts ended with each outcome; see R(Results and failures,
    ansible_collections.threema.work.docsite.guide_results).
  returned: always
  type: dict
  sample: {"created": 12, "updated": 3, "removed": 0, "unchanged": 985, "failed": 0, "pending": 0}
api_host:
  description: Host of the service, with the port if O(api_url) contains one; null if O(api_url) cannot be used.
  returned: always
  type: str
  sample: work.threema.ch
api_requests:
  description: Number of requests that were sent, including retries.
  returned: always
  type: int
  sample: 3
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
    count: 3
"""

from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.plugins.module_utils._module import (
    Result,
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
from ansible_collections.threema.work.plugins.module_utils._writing import WritingModule


def main() -> None:
    item = {**CONTACT, "state": {"type": "str", "choices": ["present", "absent"]}}
    module = WritingModule(
        "contacts",
        {
            **PLURAL,
            **CREATIONS,
            **PRUNE,
            **STATE,
            "contacts": {"type": "list", "elements": "dict", "required": True, "options": item},
        },
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
