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
  - A credential with several users stands for all of them, and each counts against O(max_removals).
  - The credential stays. As long as it exists and its password is known to the device, a detached ID comes back with its next use;
    M(threema.work.credentials) with O(threema.work.credentials#module:identity) removes both.
options:
  users:
    description:
      - The users. A Threema ID, username or identifier that occurs twice is refused.
      - An object of M(threema.work.user_info)'s result may be given.
    type: list
    elements: dict
    required: true
    suboptions:
      threema_id:
        description:
          - The Threema ID. An ID that is no longer there is unchanged.
          - One of O(users[].threema_id), O(users[].username) and O(users[].credential_id) is required. Where several are given, they
            must belong together.
        type: str
      username:
        description: Username of the credential that the ID was activated with. One that is no longer there is unchanged.
        type: str
      credential_id:
        description: Identifier of that credential.
        type: str
      state:
        description: What is to become of this one, where it differs from O(state).
        type: str
        choices:
          - detached
          - revoked
  state:
    description:
      - With V(detached), the ID leaves the subscription. The person keeps it and can go on using it elsewhere.
      - With V(revoked), the ID and its data on the servers are gone for good. Nobody can undo that.
    type: str
    required: true
    choices:
      - detached
      - revoked
  credential_exists:
    description:
      - What to do about an ID that is to be detached although its credential exists, whose device would bring it back.
      - V(refuse) refuses the task before anything is written, and names the credential; then only a Threema ID can name whom to detach.
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
    description: Which people to keep, detach or revoke, and how.
"""

EXAMPLES = r"""
---
- name: Find who was not seen for half a year
  threema.work.user_info:
    inactive_days: 180
  register: gone

- name: Detach them, at most 50
  threema.work.users:
    users: "{{ gone.users }}"
    state: detached
    max_removals: 50
"""

RETURN = r"""
---
users:
  description: The users, as O(return_objects) says, as they were.
  returned: success, and where a failed task could plan
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
      description: Identifier of the credential that it was activated with, from its links; null if there is none.
      type: str
      sample: aB3/k9+Q==
    username:
      description: The username by which it was named, where nobody was there or it failed.
      type: str
      sample: jane.doe
    nickname:
      description: Nickname as chosen in the app.
      type: str
      sample: Jay
    first_name:
      description: First name, as the app reported it. It follows a change of settings within 24 hours.
      type: str
      sample: Jane
    last_name:
      description: Last name, as the app reported it.
      type: str
      sample: Doe
    csi:
      description: Employee number, as the app reported it.
      type: str
      sample: E4711
    category:
      description: Categories, as the app reported them.
      type: str
      sample: sales,building 2
    job_title:
      description: Job title, as the app reported it.
      type: str
      sample: Clerk
    department:
      description: Department, as the app reported it.
      type: str
      sample: Sales
    version:
      description: System and version of the app.
      type: str
      sample: android - 6.1k
    last_check:
      description: When the app was last seen, null if never.
      type: str
      sample: 2026-03-01T08:15:00+0100
    created_at:
      description: When the ID was first seen.
      type: str
      sample: 2025-11-20T09:00:00+0100
    action:
      description: One of V(removed), V(unchanged), V(failed) and V(pending).
      type: str
      sample: removed
    msg:
      description: Why it failed or is pending.
      type: str
      sample: "POST /users/AB12CD34/detach: the service failed (HTTP 500)"
removals:
  description: What counts against O(max_removals), its value, and how many there were before (null where they were not listed), see
    R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: where the task could plan
  type: dict
  sample: {"planned": 3, "limit": 10, "of": 250}
summary:
  description: How many users came to which outcome, see R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: always
  type: dict
  sample: {"created": 0, "updated": 0, "removed": 15, "unchanged": 985, "failed": 0, "pending": 0}
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
