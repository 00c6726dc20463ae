#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: user_info
short_description: Look up users
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Returns the users (Threema IDs) of a Threema Work subscription (all pages).
  - If several conditions are set, all must match. If nothing is found, an empty list is returned.
options:
  threema_id:
    description: Return only the user with this Threema ID.
    type: str
  credential_id:
    description: Return only users of the credential with this identifier.
    type: str
  username:
    description: Return only users of the credential with exactly this username.
    type: str
  query:
    description: Return only users found by the service's own full-text search.
    type: str
  inactive_days:
    description: Return only users whose app was last active at least this many days ago, or never.
    type: int
  orphaned:
    description:
      - Return only users that do not have a credential, or no longer have one.
      - If the service omits the credential of a user, and a credential has a higher usage than users linked to it, they may belong together.
        The task then fails, whatever other conditions are set.
    type: bool
    default: false
  duplicate:
    description: For credentials with several users, return all users except the one that was active most recently.
    type: bool
    default: false
  include_usernames:
    description: Whether to also return the username of each user's credential. This requires one more list of credentials.
    type: bool
    default: false
extends_documentation_fragment:
  - threema.work._api
  - threema.work._attributes
  - threema.work._attributes.info
  - threema.work._attributes.action_group
seealso:
  - module: threema.work.user
  - module: threema.work.users
  - ref: ansible_collections.threema.work.docsite.guide_ad_hoc
    description: Ad hoc commands that answer common questions.
  - ref: ansible_collections.threema.work.docsite.guide_inactive
    description: How to free the licenses of inactive people.
  - ref: ansible_collections.threema.work.docsite.guide_app_versions
    description: How to find people with an old version of the app.
"""

EXAMPLES = r"""
---
- name: List users who have not been active for 90 days
  threema.work.user_info:
    inactive_days: 90
    include_usernames: true
  register: inactive

- name: List old IDs of people who set up a new phone
  threema.work.user_info:
    duplicate: true
  register: old_ids
"""

RETURN = r"""
---
users:
  description: The users.
  returned: success
  type: list
  elements: dict
  contains:
    threema_id:
      description: The Threema ID.
      type: str
      sample: AB12CD34
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
    username:
      description: Username of the user's credential, with O(include_usernames=true); null if there is none.
      type: str
      sample: jane.doe
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

from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.plugins.module_utils._module import Result, ThreemaModule, run
from ansible_collections.threema.work.plugins.module_utils._options import USER
from ansible_collections.threema.work.plugins.module_utils._resources.user_search import UserSearch


def main() -> None:
    module = ThreemaModule(
        {
            **USER,
            "query": {"type": "str"},
            "inactive_days": {"type": "int"},
            "orphaned": {"type": "bool", "default": False},
            "duplicate": {"type": "bool", "default": False},
            "include_usernames": {"type": "bool", "default": False},
        },
        left_out="to select all users",
        mutually_exclusive=[("threema_id", "credential_id", "username")],
    )

    def work(client: Client) -> Result:
        search = UserSearch(client, module.params)
        users = search.run()
        module.warn_all(search.warnings)
        return {"changed": False, "users": users}

    run(module, work)


if __name__ == "__main__":
    main()
