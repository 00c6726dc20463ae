#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: users
short_description: Detach or revoke many users
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Detaches Threema IDs from a Threema Work subscription, or revokes them.
  - A username or credential with several users selects all of them, and each counts toward O(max_removals).
  - The credential is kept. As long as it exists and the device knows its password, a detached ID is re-added when the device is used next;
    M(threema.work.credentials) with O(threema.work.credentials#module:identity) removes both.
options:
  users:
    description:
      - The users. A Threema ID, username, or identifier must not occur more than once.
      - Objects from the result of M(threema.work.user_info) can be used as items.
    type: list
    elements: dict
    required: true
    suboptions:
      threema_id:
        description:
          - The Threema ID. If it does not exist, nothing changes, and a warning names it, because it may be a typing error.
          - One of O(users[].threema_id), O(users[].username), and O(users[].credential_id) is required. If several are set, they must
            belong together.
        type: str
      username:
        description: Username of the credential that the ID was activated with. If it does not exist, nothing changes, and a warning names
          it.
        type: str
      credential_id:
        description: Identifier of the credential that the ID was activated with.
        type: str
      state:
        description: State of this user, if it differs from O(state).
        type: str
        choices:
          - detached
          - revoked
  state:
    description:
      - V(detached) removes the ID from the subscription. The person keeps the ID and can continue to use it elsewhere.
      - V(revoked) permanently deletes the ID and its data on the servers. Nobody can undo this.
    type: str
    required: true
    choices:
      - detached
      - revoked
  credential_exists:
    description:
      - What to do if an ID should be detached although its credential exists, so that its device would re-add it.
      - V(refuse) stops the task before anything is written and names the credential. In this case, users to detach can only be selected by
        O(users[].threema_id).
      - If the service omits the credential of such an ID, and a credential has a higher usage than users linked to it, they may belong together.
        V(refuse) then stops the task, too.
    type: str
    default: allow
    choices:
      - allow
      - refuse
extends_documentation_fragment:
  - threema.work._api
  - threema.work._api.journal
  - threema.work._api.plural
  - threema.work._attributes
  - threema.work._attributes.idempotent
  - threema.work._attributes.writing_group
seealso:
  - module: threema.work.user
  - module: threema.work.user_info
  - ref: ansible_collections.threema.work.docsite.guide_offboarding
    description: When to keep, detach, or revoke Threema IDs, and how.
  - ref: ansible_collections.threema.work.docsite.guide_inactive
    description: Removing inactive people without harm to shared credentials.
"""

EXAMPLES = r"""
---
# IDs whose credential exists would be added again. To remove inactive people with their credentials, see the guide
# "Licenses of inactive people".
- name: Find Threema IDs without a credential that have been inactive for half a year
  threema.work.user_info:
    inactive_days: 180
    orphaned: true
  register: forgotten

- name: Detach these IDs, at most 50
  threema.work.users:
    users: "{{ forgotten.users }}"
    state: detached
    credential_exists: refuse
    max_removals: 50
"""

RETURN = r"""
---
users:
  description: The users selected by O(return_objects), in their state before the task.
  returned: success, and when a failed task was able to plan its changes
  type: list
  elements: dict
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
    username:
      description: The username that selected the user, if no such user exists or the change failed.
      type: str
      sample: jane.doe
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
    action:
      description: One of V(removed), V(unchanged), V(failed), and V(pending).
      type: str
      sample: removed
    msg:
      description: Why the change failed or is pending.
      type: str
      sample: "POST /users/AB12CD34/detach: the service failed (HTTP 500)"
removals:
  description: The number of planned removals as O(max_removals) counts them, the value of that option, and the number of objects that
    existed before (null if they were not listed); see R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: when the task was able to plan its changes
  type: dict
  sample: {"planned": 3, "limit": 10, "of": 250}
summary:
  description: How many users ended with each outcome; see R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: always
  type: dict
  sample: {"created": 0, "updated": 0, "removed": 15, "unchanged": 985, "failed": 0, "pending": 0}
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
from ansible_collections.threema.work.plugins.module_utils._options import PLURAL, USER
from ansible_collections.threema.work.plugins.module_utils._planning.users import check_users
from ansible_collections.threema.work.plugins.module_utils._resources.users import Users
from ansible_collections.threema.work.plugins.module_utils._writing import WritingModule

STATES = ["detached", "revoked"]


def main() -> None:
    item = {**USER, "state": {"type": "str", "choices": STATES}}
    module = WritingModule(
        "users",
        {
            **PLURAL,
            "users": {"type": "list", "elements": "dict", "required": True, "options": item},
            "state": {"type": "str", "required": True, "choices": STATES},
            "credential_exists": {"type": "str", "default": "allow", "choices": ["allow", "refuse"]},
        },
    )
    params = module.params

    def work(client: Client) -> Result:
        unbound = params["credential_exists"] == "refuse"
        items = check_users(params["users"], params["state"], "users", unbound=unbound)
        detaching = any(item["state"] == "detached" for item in items)
        progress = plan_and_apply(module, Users(client, items, unbound=unbound and detaching))
        return {**plural_result(module, progress, "users"), "users": returned_objects(module, progress)}

    run(module, work, nothing_done(len(params["users"])))


if __name__ == "__main__":
    main()
