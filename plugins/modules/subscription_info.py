#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: subscription_info
short_description: Look up the subscription
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Returns a Threema Work subscription and its usage.
options:
  include_usage:
    description:
      - Whether to count credentials and users.
      - The number of free licenses is an estimate, because the service does not report it.
    type: bool
    default: false
extends_documentation_fragment:
  - threema.work._api
  - threema.work._attributes
  - threema.work._attributes.info
  - threema.work._attributes.action_group
seealso:
  - module: threema.work.subscription
"""

EXAMPLES = r"""
---
- name: Look up how many licenses are left
  threema.work.subscription_info:
    include_usage: true
  register: ours
"""

RETURN = r"""
---
subscription:
  description: The subscription.
  returned: success
  type: dict
  contains:
    id:
      description: Identifier of the subscription.
      type: str
      sample: QX7K2M9P0A
    name:
      description: Name of the subscription.
      type: str
      sample: Example Ltd
    type:
      description: Plan of the subscription.
      type: str
      sample: professional
    valid_until:
      description: Time when the subscription ends.
      type: str
      sample: 2027-02-28T23:59:59+0100
    license_amount:
      description: Number of purchased licenses.
      type: int
      sample: 250
    usage:
      description: Usage of the subscription, with O(include_usage=true).
      type: dict
      contains:
        credentials:
          description: Number of credentials.
          type: int
          sample: 219
        users:
          description: Number of users.
          type: int
          sample: 393
        credentials_unused:
          description: Number of credentials that no Threema ID uses now. Nobody has activated them, or the ID was detached or revoked since.
          type: int
          sample: 17
        licenses_free_estimate:
          description:
            - Estimated number of free licenses, that is, the number of purchased licenses minus the number of users or credentials,
              whichever is higher.
            - Credentials for several Threema IDs may use more licenses.
          type: int
          sample: 107
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

from ansible_collections.threema.work.plugins.module_utils._api.credentials import CredentialApi
from ansible_collections.threema.work.plugins.module_utils._api.subscription import SubscriptionApi
from ansible_collections.threema.work.plugins.module_utils._api.users import UserApi
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.plugins.module_utils._module import Result, ThreemaModule, run
from ansible_collections.threema.work.plugins.module_utils._planning.licenses import free_estimate


def usage(client: Client, licenses: int) -> dict[str, int]:
    """Count credentials and users; the estimate is that of contract 8.2."""
    credentials = CredentialApi(client, keep_passwords=False).fetch(everything=True).by_id.values()
    users = UserApi(client).count()
    return {
        "credentials": len(credentials),
        "users": users,
        "credentials_unused": sum(not credential.get("usage") for credential in credentials),
        "licenses_free_estimate": free_estimate(licenses, users, len(credentials)),
    }


def main() -> None:
    module = ThreemaModule({"include_usage": {"type": "bool", "default": False}})

    def work(client: Client) -> Result:
        subscription = SubscriptionApi(client).get()
        if module.params["include_usage"]:
            subscription["usage"] = usage(client, subscription.get("license_amount") or 0)
        return {"changed": False, "subscription": subscription}

    run(module, work)


if __name__ == "__main__":
    main()
