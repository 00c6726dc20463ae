#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: user
short_description: Detach or revoke a user
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Detaches a Threema ID from a Threema Work subscription, or revokes it.
  - The credential is kept. As long as it exists and the device knows its password, a detached ID is re-added when the device is used next;
    M(threema.work.credential) with O(threema.work.credential#module:identity) removes both.
options:
  threema_id:
    description:
      - The Threema ID. If it does not exist, nothing changes, and a warning names it, because it may be a typing error.
      - One of O(threema_id), O(username), and O(credential_id) is required. If several are set, they must belong together.
    type: str
  username:
    description: Username of the credential that the ID was activated with. If it does not exist, nothing changes, and a warning names it.
    type: str
  credential_id:
    description: Identifier of the credential that the ID was activated with.
    type: str
  state:
    description:
      - V(detached) removes the ID from the subscription. The person keeps the ID and can continue to use it elsewhere.
      - V(revoked) permanently deletes the ID and its data on the servers. Nobody can undo this.
    type: str
    required: true
    choices:
      - detached
      - revoked
extends_documentation_fragment:
  - threema.work._api
  - threema.work._api.journal
  - threema.work._attributes
  - threema.work._attributes.idempotent
  - threema.work._attributes.writing_group
seealso:
  - module: threema.work.users
  - module: threema.work.user_info
  - module: threema.work.credential
  - ref: ansible_collections.threema.work.docsite.guide_offboarding
    description: When to keep, detach, or revoke Threema IDs, and how.
"""

EXAMPLES = r"""
---
- name: Detach a user, who keeps the Threema ID
  threema.work.user:
    threema_id: AB12CD34
    state: detached

- name: Permanently revoke the Threema ID of a lost phone
  threema.work.user:
    username: jane.doe
    state: revoked
"""

RETURN = r"""
---
user:
  description: The user before the task; null if it did not exist.
  returned: success, and when a failed task knows it
  type: dict
  contains:
    threema_id:
      description: The Threema ID.
      type: str
      sample: AB12CD34
    state:
      description: V(detached) or V(revoked).
      type: str
      sample: detached
    credential_id:
      description: Identifier of the credential that the ID was activated with, taken from the user's links; null if there is none.
      type: str
      sample: aB3/k9+Q==
    nickname:
      description: Nickname as chosen in the app.
      type: str
      sample: Jay
    first_name:
      description: First name, as reported by the app. After a change of settings, it is updated within 24 hours.
      type: str
      sample: Jane
    last_name:
      description: Last name, as reported by the app.
      type: str
      sample: Doe
    csi:
      description: Employee number, as reported by the app.
      type: str
      sample: E4711
    category:
      description: Categories, as reported by the app.
      type: str
      sample: sales,building 2
    job_title:
      description: Job title, as reported by the app.
      type: str
      sample: Clerk
    department:
      description: Department, as reported by the app.
      type: str
      sample: Sales
    version:
      description: Operating system and version of the app.
      type: str
      sample: android - 6.1k
    last_check:
      description: Time of the app's last check, null if there was none.
      type: str
      sample: 2026-03-01T08:15:00+0100
    created_at:
      description: Time when the ID was first seen.
      type: str
      sample: 2025-11-20T09:00:00+0100
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
from ansible_collections.threema.work.plugins.module_utils._options import USER
from ansible_collections.threema.work.plugins.module_utils._planning.users import check_users
from ansible_collections.threema.work.plugins.module_utils._resources.users import Users
from ansible_collections.threema.work.plugins.module_utils._writing import WritingModule


def main() -> None:
    module = WritingModule(
        "user", {**USER, "state": {"type": "str", "required": True, "choices": ["detached", "revoked"]}}
    )

    def work(client: Client) -> Result:
        items = check_users([module.params], module.params["state"], None)
        progress = plan_and_apply(module, Users(client, items, one_each=True))
        step = progress.steps[0]
        return singular_result(module, progress, "user", step.as_object() if step.change.is_write else None)

    run(module, work)


if __name__ == "__main__":
    main()
