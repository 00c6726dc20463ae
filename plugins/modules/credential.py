#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: credential
short_description: Manage a credential and its settings
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Creates, changes, or removes one credential of a Threema Work subscription, together with its MDM settings.
  - To manage many credentials with far fewer requests, use M(threema.work.credentials).
options:
  username:
    description:
      - The username, 1 to 256 characters, compared exactly.
      - One of O(username) and O(id) is required. If both are set, they must belong together.
    type: str
  id:
    description: The identifier of an existing credential.
    type: str
  new_username:
    description:
      - New username of the credential.
      - Devices that were activated with the old username lose access until the new one is entered.
    type: str
  password:
    description:
      - The password, 1 to 256 characters.
      - It is required for a new credential, unless O(generate_password=true).
      - The password is also required to change O(new_username), O(locked), or O(hashed) of a credential whose password is stored hashed,
        because the service requires it but does not return it. It is then written, regardless of O(update_password).
    type: str
  generate_password:
    description:
      - Whether to generate a 20-character password if one is needed and O(password) is not set.
      - It is not returned unless O(return_passwords=true).
    type: bool
    default: false
  update_password:
    description:
      - V(on_create) sets the password of new credentials only.
      - V(always) also changes the password of an existing one. Devices that were activated with the old password lose access.
    type: str
    choices:
      - on_create
      - always
    default: on_create
  locked:
    description:
      - Whether the credential is locked to the first Threema ID that uses it, until that ID is detached or revoked.
      - If not set, existing credentials are left unchanged.
    type: bool
    aliases:
      - lock
  hashed:
    description:
      - Whether the service stores only a hash of the password, so that it cannot be read back.
      - If not set, existing credentials are left unchanged.
    type: bool
    aliases:
      - hash
  license_count:
    description:
      - Number of Threema IDs that may be created with the credential.
      - Only used when the credential is created, because the service neither returns nor changes it afterward.
    type: int
  settings:
    description:
      - MDM settings of the credential, by name (C(th_…)). Settings that are not listed are left unchanged.
      - Values are strings, integers, or booleans, and are converted to the type of the parameter if it is known.
    type: dict
  state:
    description: Whether the credential should exist. O(identity) determines what happens to the Threema IDs of a removed credential.
    type: str
    choices:
      - present
      - absent
    default: present
  max_removals:
    description:
      - Maximum number of removals. A credential counts as the number of its Threema IDs that O(identity) detaches or revokes, but at least
        as one. A safety check stops a task that would exceed the limit before anything is written.
      - V(0) allows no removals, V(-1) sets no limit.
    type: int
    default: 1
  return_passwords:
    description:
      - Whether to return the passwords of credentials that the task created or changed.
      - Set C(no_log=true) for the task in that case, so that they do not end up in a log.
      - Do not combine this option with C(async). Ansible then keeps the result, including the passwords, in a file on the host that
        executes the module, where others may be able to read it.
    type: bool
    default: false
attributes:
  idempotent:
    description: When run twice in a row outside check mode, with the same options, the second run changes nothing.
    support: partial
    details:
      - A password that is stored hashed cannot be compared, so O(update_password=always) always writes it.
      - O(generate_password=true) with O(update_password=always) generates a new password on every run.
extends_documentation_fragment:
  - threema.work._api
  - threema.work._api.journal
  - threema.work._api.identity
  - threema.work._attributes
  - threema.work._attributes.writing_group
seealso:
  - module: threema.work.credentials
  - module: threema.work.credential_info
  - module: threema.work.mdm_setting
  - ref: ansible_collections.threema.work.docsite.guide_onboarding
    description: Onboarding people from a staff list, with troubleshooting.
"""

EXAMPLES = r"""
---
- name: Create a credential for Jane and set her name in the app
  threema.work.credential:
    username: jane.doe
    generate_password: true
    locked: true
    settings:
      th_firstname: Jane
      th_lastname: Doe

- name: Rename a credential (devices lose access until the new username is entered)
  threema.work.credential:
    username: jane.doe
    new_username: jane.miller

- name: Create a credential and use its password in the next task
  threema.work.credential:
    username: john.doe
    generate_password: true
    return_passwords: true
  no_log: true
  register: created

- name: Remove a credential and detach its Threema IDs, which John keeps
  threema.work.credential:
    username: john.doe
    state: absent
    identity: detach
"""

RETURN = r"""
---
credential:
  description: The credential after the task; if it was removed, its last state.
  returned: success, and when a failed task knows it
  type: dict
  contains:
    id:
      description: Opaque identifier; null in check mode for a credential that would be created.
      type: str
      sample: aB3/k9+Q==
    username:
      description: The username.
      type: str
      sample: jane.doe
    usage:
      description: Number of Threema IDs that are currently linked to the credential; null if the service does not report it.
      type: int
      sample: 1
    hashed:
      description: Whether the service stores only a hash of the password.
      type: bool
      sample: false
    locked:
      description: Whether the credential is locked to the first Threema ID that uses it.
      type: bool
      sample: true
    settings:
      description: All settings of the credential, with null in place of secrets. Returned if O(settings) was set.
      type: dict
      sample: {"th_firstname": "Jane", "th_lastname": "Doe"}
    created:
      description: Present and true if the task created the credential.
      type: bool
      sample: true
    users:
      description: The Threema IDs of a removed credential and what happened to them, with O(identity=detach) or O(identity=revoke).
      type: list
      elements: dict
      sample: [{"threema_id": "AB12CD34", "nickname": "Jay", "state": "detached", "action": "removed"}]
    password:
      description: The password, with O(return_passwords=true), if the task created or changed it.
      type: str
      sample: k7Qm2xVbR9tWp4sZcHnE
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
from ansible_collections.threema.work.plugins.module_utils._options import CREDENTIAL, IDENTITY, STATE
from ansible_collections.threema.work.plugins.module_utils._planning.credential_items import check_items
from ansible_collections.threema.work.plugins.module_utils._planning.credentials import Options
from ansible_collections.threema.work.plugins.module_utils._resources.credentials import Credentials
from ansible_collections.threema.work.plugins.module_utils._writing import WritingModule


def main() -> None:
    module = WritingModule(
        "credential",
        {
            **CREDENTIAL,
            **STATE,
            **IDENTITY,
            "max_removals": {"type": "int", "default": 1},
            "generate_password": {"type": "bool", "default": False, "no_log": False},
            "update_password": {
                "type": "str",
                "default": "on_create",
                "choices": ["on_create", "always"],
                "no_log": False,
            },
            "return_passwords": {"type": "bool", "default": False, "no_log": False},
        },
    )

    def work(client: Client) -> Result:
        wanted, warnings = check_items([module.params], module.params, None)
        module.warn_all(warnings)
        options = Options(return_passwords=module.params["return_passwords"], identity=module.params["identity"])
        resource = Credentials(client, wanted, options)
        progress = plan_and_apply(module, resource)
        shown = resource.shown(progress)
        module.warn_of_passwords([shown["password"]] if "password" in shown else [])
        return singular_result(module, progress, "credential", shown)

    run(module, work)


if __name__ == "__main__":
    main()
