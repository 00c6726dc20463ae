#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: contact
short_description: Manage a contact
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Adds, changes, or removes one contact of a Threema Work subscription.
options:
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
    description: Whether the contact is distributed to users. If not set, new contacts are enabled, and existing ones are left unchanged.
    type: bool
  directory_enabled:
    description:
      - Sent with every update, because the service requires it. It cannot be read back, so a different value alone does not cause an
        update.
      - It is not sent when a contact is created. A warning then says that V(false) has not been sent; change O(first_name), O(last_name), or
        O(enabled) of the contact to send it.
    type: bool
    default: true
  state:
    description:
      - Whether the contact should exist.
      - A contact that the service created from a user of the subscription cannot be removed; set O(enabled=false) instead.
    type: str
    choices:
      - present
      - absent
    default: present
extends_documentation_fragment:
  - threema.work._api
  - threema.work._api.journal
  - threema.work._attributes
  - threema.work._attributes.idempotent
  - threema.work._attributes.writing_group
seealso:
  - module: threema.work.contacts
  - module: threema.work.contact_info
"""

EXAMPLES = r"""
---
- name: Show the service desk to everyone
  threema.work.contact:
    threema_id: AB12CD34
    first_name: Service
    last_name: Desk

- name: Hide a contact
  threema.work.contact:
    threema_id: AB12CD34
    enabled: false

- name: Remove a contact
  threema.work.contact:
    threema_id: AB12CD34
    state: absent
"""

RETURN = r"""
---
contact:
  description: The contact after the task; if it was removed, its last state.
  returned: success, and when a failed task knows it
  type: dict
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
api_host:
  description: Host of the service, with the port if O(api_url) contains one; null if O(api_url) cannot be used.
  returned: always
  type: str
  sample: work.threema.ch
api_requests:
  description: Number of requests that were sent, including retries.
  returned: always
  type: int
  sample: 2
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

from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.plugins.module_utils._module import (
    Result,
    plan_and_apply,
    run,
    singular_result,
)
from ansible_collections.threema.work.plugins.module_utils._options import CONTACT, STATE
from ansible_collections.threema.work.plugins.module_utils._planning.contacts import check_contacts
from ansible_collections.threema.work.plugins.module_utils._resources.contacts import Contacts
from ansible_collections.threema.work.plugins.module_utils._writing import WritingModule


def main() -> None:
    module = WritingModule("contact", {**CONTACT, **STATE})

    def work(client: Client) -> Result:
        items = check_contacts([module.params], module.params["state"], None)
        progress = plan_and_apply(module, Contacts(client, items))
        return singular_result(module, progress, "contact", progress.steps[0].as_object())

    run(module, work)


if __name__ == "__main__":
    main()
