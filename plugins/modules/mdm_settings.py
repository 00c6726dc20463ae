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
  - Sets or removes MDM settings of the whole subscription and of any number of credentials, with as few requests as the service allows.
    Only differences are written, for up to 1,000 credentials in one request.
  - A rejected setting does not affect the others. If the service rejects a name for several credentials and accepts it for none, the name
    is not tried for the remaining credentials; the setting is reported as failed for all of them.
  - To create credentials and their settings together, use M(threema.work.credentials).
options:
  settings:
    description: Global settings, by name (C(th_…)). If not set, global settings are not changed.
    type: dict
  credentials:
    description: Credentials with their settings. A username or an O(credentials[].id) must not occur more than once.
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
        description: Settings of the credential, by name.
        type: dict
        required: true
      state:
        description: State of these settings, if it differs from O(state).
        type: str
        choices:
          - present
          - absent
  state:
    description: Whether the settings should exist. With V(absent), values are ignored, and usernames that no credential has are named in a warning.
    type: str
    default: present
    choices:
      - present
      - absent
  prune:
    description:
      - Whether to remove settings that are not listed. This applies to the listed credentials and, if O(settings) is set, to the global
        settings.
      - A safety check stops the task if this is combined with O(state=absent), or if no settings are listed.
    type: bool
    default: false
  prune_ignore:
    description: Shell patterns of setting names that O(prune) never removes.
    type: list
    elements: str
    default: []
  max_removals_percent:
    description:
      - Maximum number of removals as a percentage (0 to 100) of the settings that existed before. The settings of the listed credentials
        count and, if O(settings) is set, the global settings.
      - Nothing is rounded. If the value is greater than 0, one removal is always allowed. A safety check stops a task that would exceed
        this limit or O(max_removals) before anything is written.
      - By default, there is no such limit.
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
    description: Recipes, for example a closed user group, Threema Safe, and backups.
  - ref: ansible_collections.threema.work.docsite.guide_exceptions
    description: Settings by department, and exceptions from a global setting.
"""

EXAMPLES = r"""
---
- name: Set up a closed user group
  threema.work.mdm_settings:
    settings:
      th_block_unknown: true
      th_contact_sync: false
      th_disable_add_contact: true
      th_readonly_profile: true

- name: Set the departments of two people
  threema.work.mdm_settings:
    credentials:
      - username: jane.doe
        settings:
          th_department: Surgery
      - username: john.doe
        settings:
          th_department: Pharmacy

- name: Keep exactly these global settings; remove at most 20 others
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
  description: The global settings selected by O(return_objects).
  returned: success, and when a failed task was able to plan its changes
  type: list
  elements: dict
  contains:
    name:
      description: Name of the parameter.
      type: str
      sample: th_block_unknown
    action:
      description: One of V(created), V(updated), V(removed), V(unchanged), V(failed), and V(pending).
      type: str
      sample: created
    msg:
      description: Why the change failed or is pending.
      type: str
      sample: "POST /mdm: the service rejected the request (HTTP 422)"
credentials:
  description: One entry for each credential selected by O(return_objects).
  returned: success, and when a failed task was able to plan its changes
  type: list
  elements: dict
  contains:
    id:
      description: Identifier of the credential; null if it was selected by a username that does not exist.
      type: str
      sample: aB3/k9+Q==
    username:
      description: Username of the credential; null if it was selected by its identifier.
      type: str
      sample: jane.doe
    action:
      description: V(failed) or V(pending) if one of its settings failed or is pending, otherwise V(updated) or V(unchanged).
      type: str
      sample: updated
    settings:
      description: Names of the settings that changed, even if others failed.
      type: list
      elements: str
      sample: ["th_department"]
    msg:
      description: Why the change failed or is pending, and which settings are affected if not all of them are.
      type: str
      sample: there is no credential with the username jane.doe
removals:
  description: The number of planned removals as O(max_removals) counts them, the value of that option, and the number of objects that
    existed before (null if they were not listed); see R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: when the task was able to plan its changes
  type: dict
  sample: {"planned": 3, "limit": 10, "of": 250}
summary:
  description: How many settings ended with each outcome; see R(Results and failures,
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
