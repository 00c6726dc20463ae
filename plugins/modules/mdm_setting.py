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
  - Sets or removes one MDM setting, of the whole subscription or of one credential. The value of a credential wins over the global one.
  - Devices apply a change with their next synchronisation, within 24 hours.
options:
  name:
    description: Name of the parameter, C(th_…).
    type: str
    required: true
  value:
    description:
      - The value, a text, an integer or a boolean. It gets the type of the parameter where that is known.
      - Required with O(state=present).
    type: raw
  username:
    description: Username of the credential. With neither this nor O(credential_id), the setting is global.
    type: str
  credential_id:
    description: Identifier of the credential.
    type: str
  scope:
    description:
      - Whose setting it is, as M(threema.work.mdm_setting_info) returns it. It need not be given; where it is, it must fit O(username)
        and O(credential_id).
      - With V(global), a O(credential_id) that is null is ignored.
    type: str
    choices:
      - global
      - credential
  state:
    description:
      - Whether the setting exists. For many parameters an absent setting means something else than V(false); Threema Safe, for
        example, is then left to the user.
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
    description: Recipes, among them a closed user group, Threema Safe and backups.
"""

EXAMPLES = r"""
---
- name: Nobody may export chats
  threema.work.mdm_setting:
    name: th_disable_export
    value: true

- name: Jane's job title
  threema.work.mdm_setting:
    username: jane.doe
    name: th_job_title
    value: Head of surgery

- name: Leave Threema Safe to the users
  threema.work.mdm_setting:
    name: th_safe_enable
    state: absent
"""

RETURN = r"""
---
setting:
  description: The setting as it is after the task.
  returned: success, and where a failed task knows it
  type: dict
  contains:
    name:
      description: Name of the parameter.
      type: str
      sample: th_job_title
    value:
      description: Its value; null for a secret, and for an absent setting.
      type: raw
      sample: Head of surgery
    scope:
      description: V(global) or V(credential).
      type: str
      sample: credential
    credential_id:
      description: Identifier of the credential; null for a global setting.
      type: str
      sample: aB3/k9+Q==
api_host:
  description: Host of the service, with its port where O(api_url) has one; null where O(api_url) cannot be used.
  returned: always
  type: str
  sample: work.threema.ch
api_requests:
  description: Number of requests that were sent, repeated ones included.
  returned: always
  type: int
  sample: 2
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
"""

from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.plugins.module_utils._module import (
    Result,
    plan_and_apply,
    run,
    singular_result,
)
from ansible_collections.threema.work.plugins.module_utils._options import STATE
from ansible_collections.threema.work.plugins.module_utils._planning.settings import check_wanted_one, shown_setting
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
        change = progress.steps[0].change
        shown = shown_setting(change.scope, change.name, None if wanted.absent else change.value)
        return singular_result(module, progress, "setting", shown)

    run(module, work)


if __name__ == "__main__":
    main()
