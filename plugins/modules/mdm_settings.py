#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: mdm_settings
short_description: Manage many MDM settings
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Sets or removes MDM settings of the whole subscription and of any number of credentials, in the fewest requests that the
    service allows. Only differences are written, those of up to 1,000 credentials in one request.
  - A setting that the service refuses holds up no other. A name that it refuses for several credentials and accepts for none is
    given up for the rest; all of them are reported as failed.
  - Where credentials are created in the same play, M(threema.work.credentials) does both in one pass.
options:
  settings:
    description: Global settings, by name (C(th_…)). Without it, the global settings are not touched.
    type: dict
  credentials:
    description: Credentials with their settings. A username or an id that occurs twice is refused.
    type: list
    elements: dict
    default: []
    suboptions:
      username:
        description: Username of the credential. One of O(credentials[].username) and O(credentials[].id) is required.
        type: str
      id:
        description: Identifier of the credential.
        type: str
      settings:
        description: Its settings, by name.
        type: dict
        required: true
      state:
        description: Whether these settings exist, where it differs from O(state).
        type: str
        choices:
          - present
          - absent
  state:
    description: Whether the settings exist. With V(absent) only the names count.
    type: str
    default: present
    choices:
      - present
      - absent
  prune:
    description:
      - Whether to remove settings that are not listed, of the credentials that are listed and, where O(settings) is given, of the
        subscription.
      - It is refused with O(state=absent), and where no settings are listed.
    type: bool
    default: false
  prune_ignore:
    description: Shell patterns of the names that O(prune) never removes.
    type: list
    elements: str
    default: []
  max_removals_percent:
    description:
      - The most that the task may remove, as a share of the settings that were there before, 0 to 100; those of the listed credentials
        count and, where O(settings) is given, the global ones.
      - Nothing is rounded, and above 0 one may always be removed. A plan that removes more is refused before anything is written.
        Both this limit and O(max_removals) must hold.
      - By default there is no such limit.
    type: float
extends_documentation_fragment:
  - threema.work._api
  - threema.work._api.journal
  - threema.work._api.plural
  - threema.work._attributes
  - threema.work._attributes.idempotent
  - threema.work._attributes.writing_group
seealso:
  - module: threema.work.mdm_setting
  - module: threema.work.mdm_setting_info
  - module: threema.work.credentials
  - ref: ansible_collections.threema.work.docsite.guide_app_configuration
    description: Recipes, among them a closed user group, Threema Safe and backups.
"""

EXAMPLES = r"""
---
- name: A closed user group
  threema.work.mdm_settings:
    settings:
      th_block_unknown: true
      th_contact_sync: false
      th_disable_add_contact: true
      th_readonly_profile: true

- name: Departments of two people
  threema.work.mdm_settings:
    credentials:
      - username: jane.doe
        settings:
          th_department: Surgery
      - username: john.doe
        settings:
          th_department: Pharmacy

- name: Exactly these global settings, at most 20 others may go
  threema.work.mdm_settings:
    settings:
      th_disable_export: true
      th_disable_screenshots: true
    prune: true
    max_removals: 20
"""

RETURN = r"""
---
settings:
  description: The global settings, as O(return_objects) says.
  returned: success, and where a failed task could plan
  type: list
  elements: dict
  contains:
    name:
      description: Name of the parameter.
      type: str
      sample: th_block_unknown
    action:
      description: One of V(created), V(updated), V(removed), V(unchanged), V(failed) and V(pending).
      type: str
      sample: created
    msg:
      description: Why it failed or is pending.
      type: str
      sample: "POST /mdm: the service refused the request (HTTP 422)"
credentials:
  description: One entry for each credential, as O(return_objects) says.
  returned: success, and where a failed task could plan
  type: list
  elements: dict
  contains:
    id:
      description: Identifier of the credential; null where it was named by a username that nobody has.
      type: str
      sample: aB3/k9+Q==
    username:
      description: Its username, null where it was named by its id.
      type: str
      sample: jane.doe
    action:
      description: V(failed) or V(pending) if one of its settings is, else V(updated) or V(unchanged).
      type: str
      sample: updated
    settings:
      description: Names of the settings that changed, also where others failed.
      type: list
      elements: str
      sample: ["th_department"]
    msg:
      description: Why it failed or is pending, and which of its settings where that is not all of them.
      type: str
      sample: there is no credential with the username jane.doe
removals:
  description: What counts against O(max_removals), its value, and how many there were before (null where they were not listed), see
    R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: where the task could plan
  type: dict
  sample: {"planned": 3, "limit": 10, "of": 250}
summary:
  description: How many settings came to which outcome, see R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
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
    nothing_done,
    plan_and_apply,
    plural_result,
    run,
)
from ansible_collections.threema.work.plugins.module_utils._options import PLURAL, PRUNE, STATE
from ansible_collections.threema.work.plugins.module_utils._planning.settings import check_wanted
from ansible_collections.threema.work.plugins.module_utils._resources.settings import MdmSettings, shown_by_scope
from ansible_collections.threema.work.plugins.module_utils._writing import WritingModule

ITEM = {
    "username": {"type": "str"},
    "id": {"type": "str"},
    "settings": {"type": "dict", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"]},
}


def main() -> None:
    module = WritingModule(
        "mdm_settings",
        {
            **PLURAL,
            **PRUNE,
            **STATE,
            "settings": {"type": "dict"},
            "credentials": {"type": "list", "elements": "dict", "default": [], "options": ITEM, "no_log": False},
        },
    )
    params = module.params

    def work(client: Client) -> Result:
        wanted, warnings = check_wanted(
            params["settings"], params["credentials"], params["state"], params["prune"], "credentials"
        )
        module.warn_all(warnings)
        counted = params["max_removals_percent"] is not None
        progress = plan_and_apply(module, MdmSettings(client, wanted, params["prune_ignore"], list_all=counted))
        result = plural_result(module, progress, "settings")
        return {**result, **shown_by_scope(progress, params["return_objects"])}

    number = sum(len(item["settings"]) for item in params["credentials"]) + len(params["settings"] or {})
    run(module, work, nothing_done(number))


if __name__ == "__main__":
    main()
