#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: subscription
short_description: Rename the subscription
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Renames a Threema Work subscription. The API cannot change anything else about it.
options:
  name:
    description: New name of the subscription, 1 to 256 characters.
    type: str
    required: true
extends_documentation_fragment:
  - threema.work._api
  - threema.work._api.journal
  - threema.work._attributes
  - threema.work._attributes.idempotent
  - threema.work._attributes.writing_group
seealso:
  - module: threema.work.subscription_info
"""

EXAMPLES = r"""
---
- name: Rename the subscription
  threema.work.subscription:
    name: Example Hospital
"""

RETURN = r"""
---
subscription:
  description: The subscription after the task.
  returned: success, and when a failed task knows it
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
from ansible_collections.threema.work.plugins.module_utils._planning.items import length_problems, report_problems
from ansible_collections.threema.work.plugins.module_utils._resources.subscription import Subscription
from ansible_collections.threema.work.plugins.module_utils._writing import WritingModule


def main() -> None:
    module = WritingModule("subscription", {"name": {"type": "str", "required": True}})

    def work(client: Client) -> Result:
        report_problems(length_problems(module.params, "name"), "the name is wrong")
        progress = plan_and_apply(module, Subscription(client, module.params["name"]))
        return singular_result(module, progress, "subscription", progress.steps[0].as_object())

    run(module, work, accept=module.params["name"])


if __name__ == "__main__":
    main()
