#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: contact_category_info
short_description: Look up categories of contacts
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Returns the categories of a contact, or one category. This requires a subscription with the Directory feature.
  - The API cannot change categories; the setting C(th_category) of a credential sets the categories of its users.
  - If nothing is found, an empty list is returned.
options:
  threema_id:
    description: Return the categories of the contact with this Threema ID.
    type: str
  category_id:
    description: Return the category with this identifier.
    type: str
extends_documentation_fragment:
  - threema.work._api
  - threema.work._attributes
  - threema.work._attributes.info
  - threema.work._attributes.action_group
seealso:
  - module: threema.work.contact_info
"""

EXAMPLES = r"""
---
- name: Look up the categories of a contact
  threema.work.contact_category_info:
    threema_id: AB12CD34
  register: its_categories
"""

RETURN = r"""
---
categories:
  description: The categories.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Identifier of the category.
      type: str
      sample: c0ffee1234
    name:
      description: Name of the category.
      type: str
      sample: Building 2
    source:
      description: V(custom), or V(mdm) if the category comes from the setting C(th_category).
      type: str
      sample: mdm
    enabled:
      description: Whether the category is shown.
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
from ansible_collections.threema.work.plugins.module_utils._module import Result, ThreemaModule, run
from ansible_collections.threema.work.plugins.module_utils._planning.items import check_threema_id


def main() -> None:
    module = ThreemaModule(
        {"threema_id": {"type": "str"}, "category_id": {"type": "str"}},
        mutually_exclusive=[("threema_id", "category_id")],
        required_one_of=[("threema_id", "category_id")],
    )
    params = module.params

    def work(client: Client) -> Result:
        api = ContactApi(client)
        if params["category_id"] is not None:
            categories = api.category(params["category_id"])
        else:
            categories = api.categories(check_threema_id(params["threema_id"]))
        return {"changed": False, "categories": categories}

    run(module, work)


if __name__ == "__main__":
    main()
