#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: mdm_setting
short_description: Manage an MDM setting
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Sets or removes one MDM setting of the whole subscription or of one credential. A value set on a credential takes precedence over the
    global value.
  - Devices apply a change at their next synchronization, within 24 hours.
options:
  name:
    description: Name of the parameter, C(th_…).
    type: str
    required: true
  value:
    description:
      - The value, a string, an integer, or a boolean. It is converted to the type of the parameter if the type is known.
      - Required with O(state=present).
    type: raw
  username:
    description: Username of the credential. If neither this option nor O(credential_id) is set, the setting is global.
    type: str
  credential_id:
    description: Identifier of the credential.
    type: str
  scope:
    description:
      - Scope of the setting, as returned by M(threema.work.mdm_setting_info). This option is not required; if it is set, it must be
        consistent with O(username) and O(credential_id).
      - With V(global), an O(credential_id) that is null is ignored.
    type: str
    choices:
      - global
      - credential
  state:
    description:
      - Whether the setting should exist. For many parameters, an absent setting does not mean V(false); without C(th_safe_enable), for
        example, users decide for themselves whether to use Threema Safe.
      - If there is no credential with that O(username), V(absent) changes nothing and warns about it.
    type: str
    default: present
    choices:
      - present
      - absent
extends_documentation_fragment:
  - threema.work._api
  - threema.work._api.journal
  - threema.work._attributes
  - threema.work._attributes.idempotent
  - threema.work._attributes.writing_group
seealso:
  - module: threema.work.mdm_settings
  - module: threema.work.mdm_setting_info
  - module: threema.work.credential
  - ref: ansible_collections.threema.work.docsite.guide_app_configuration
    description: Recipes, for example a closed user group, Threema Safe, and backups.
"""

EXAMPLES = r"""
---
- name: Prevent users from exporting chats
  threema.work.mdm_setting:
    name: th_disable_export
    value: true

- name: Set Jane's job title
  threema.work.mdm_setting:
    username: jane.doe
    name: th_job_title
    value: Head of surgery

- name: Let users decide whether to use Threema Safe
  threema.work.mdm_setting:
    name: th_safe_enable
    state: absent
"""

RETURN = r"""
---
setting:
  description: The setting after the task.
  returned: success, and when a failed task knows it
  type: dict
  contains:
    name:
      description: Name of the parameter.
      type: str
      sample: th_job_title
    value:
      description: The value; null for secrets and for an absent setting.
      type: raw
      sample: Head of surgery
    scope:
      description: V(global) or V(credential).
      type: str
      sample: credential
    credential_id:
      description: Identifier of the credential; null for a global setting, and if there is no such credential.
      type: str
      sample: aB3/k9+Q==
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
from ansible_collections.threema.work.plugins.module_utils._options import STATE
from ansible_collections.threema.work.plugins.module_utils._planning.settings import check_wanted_one, shown_change
from ansible_collections.threema.work.plugins.module_utils._resources.settings import MdmSettings
from ansible_collections.threema.work.plugins.module_utils._writing import WritingModule


def main() -> None:
    module = WritingModule(
        "mdm_setting",
        {
            **STATE,
            "name": {"type": "str", "required": True},
            "value": {"type": "raw"},
            "username": {"type": "str"},
            "credential_id": {"type": "str"},
            "scope": {"type": "str", "choices": ["global", "credential"]},
        },
        left_out="for a global setting",
        required_if=[("state", "present", ("value",))],
    )

    def work(client: Client) -> Result:
        wanted, warnings = check_wanted_one(module.params)
        module.warn_all(warnings)
        progress = plan_and_apply(module, MdmSettings(client, [wanted]))
        return singular_result(module, progress, "setting", shown_change(progress.steps[0].change))

    run(module, work)


if __name__ == "__main__":
    main()
