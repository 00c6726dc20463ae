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
  - Creates, changes or removes one credential of a Threema Work subscription, together with its MDM settings.
  - For many credentials, M(threema.work.credentials) does the same in far fewer requests.
options:
  username:
    description:
      - The username, 1 to 256 characters, compared exactly.
      - One of O(username) and O(id) is required. With both, they must belong together.
    type: str
  id:
    description: The identifier of an existing credential.
    type: str
  new_username:
    description:
      - The username that the credential is to get.
      - Devices that were activated with the old one lose access until the new one is entered.
    type: str
  password:
    description:
      - The password, 1 to 256 characters.
      - It is required for a new credential, unless O(generate_password=true).
      - To change the name, the lock or the hash of a credential that is stored hashed, the password is required too, because the
        service does not return it and demands it. It is then written, whatever O(update_password) says.
    type: str
  generate_password:
    description:
      - Whether to make a password of 20 characters where O(password) is not given and one is needed.
      - It never becomes a variable of the play unless O(return_passwords=true).
    type: bool
    default: false
  update_password:
    description:
      - V(on_create) sets the password only of a new credential.
      - V(always) also changes that of an existing one. Devices that were activated with the old password lose access.
    type: str
    choices:
      - on_create
      - always
    default: on_create
  locked:
    description:
      - Whether the credential, once used, belongs to that Threema ID alone, until the ID is detached or revoked.
      - If not set, an existing credential keeps its lock.
    type: bool
    aliases:
      - lock
  hashed:
    description:
      - Whether the password is stored one-way, so that nobody can read it again.
      - If not set, an existing credential stays as it is.
    type: bool
    aliases:
      - hash
  license_count:
    description:
      - How many Threema IDs may be created with the credential.
      - Only used when the credential is created, because the service neither returns nor changes it.
    type: int
  settings:
    description:
      - MDM settings of the credential, by name (C(th_…)). Settings that are not named stay as they are.
      - Values are texts, integers or booleans, and get the type of the parameter where it is known.
    type: dict
  state:
    description: Whether the credential exists. What becomes of the Threema IDs of one that is removed, O(identity) says.
    type: str
    choices:
      - present
      - absent
    default: present
  max_removals:
    description:
      - How much the task may take away, the credential with each of its Threema IDs that O(identity) ends, at least one. More is refused
        before anything is written.
      - V(0) allows nothing to be taken away, V(-1) sets no limit.
    type: int
    default: 1
  return_passwords:
    description:
      - Whether to return the passwords of credentials that the task created or changed.
      - Set C(no_log=true) for the task then, so that they do not get into a log.
      - Do not combine it with C(async). Ansible then keeps the result, with the passwords, in a file on the host that runs the task,
        which others there may be able to read.
    type: bool
    default: false
attributes:
  idempotent:
    description: When run twice in a row outside check mode, with the same options, the second run changes nothing.
    support: partial
    details:
      - The password of a credential that is stored hashed cannot be compared, so that O(update_password=always) always writes it.
      - O(generate_password=true) with O(update_password=always) makes a new password at every run.
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
    description: Onboarding from the data of HR, with troubleshooting.
"""

EXAMPLES = r"""
---
- name: Give Jane a credential and tell the app her name
  threema.work.credential:
    username: jane.doe
    generate_password: true
    locked: true
    settings:
      th_firstname: Jane
      th_lastname: Doe

- name: Rename a credential; the devices have to log in again
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

- name: Remove a credential; John keeps his Threema ID
  threema.work.credential:
    username: john.doe
    state: absent
    identity: detach
"""

RETURN = r"""
---
credential:
  description: The credential as it is after the task. For a removed one, as it was.
  returned: success, and where a failed task knows it
  type: dict
  contains:
    id:
      description: Opaque identifier; null in check mode for one that would be created.
      type: str
      sample: aB3/k9+Q==
    username:
      description: The username.
      type: str
      sample: jane.doe
    usage:
      description: Number of Threema IDs that are linked to the credential now; null where the service does not say.
      type: int
      sample: 1
    hashed:
      description: Whether the password is stored one-way.
      type: bool
      sample: false
    locked:
      description: Whether the credential, once used, belongs to that Threema ID alone.
      type: bool
      sample: true
    settings:
      description: All its settings, with null in place of a secret. Returned where O(settings) was given.
      type: dict
      sample: {"th_firstname": "Jane", "th_lastname": "Doe"}
    created:
      description: Present and true if the task created the credential.
      type: bool
      sample: true
    users:
      description: What became of the Threema IDs of one that was removed, with O(identity=detach) or O(identity=revoke).
      type: list
      elements: dict
      sample: [{"threema_id": "AB12CD34", "nickname": "Jay", "state": "detached", "action": "removed"}]
    password:
      description: Its password, with O(return_passwords=true) where the task created or changed it.
      type: str
      sample: k7Qm2xVbR9tWp4sZcHnE
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
