#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: credential_info
short_description: Look up credentials
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Returns the credentials of a Threema Work subscription, over all pages.
  - Nothing found is an empty list, not a failure.
options:
  username:
    description: Return only the credential with exactly this username.
    type: str
  id:
    description: Return only the credential with this identifier.
    type: str
  unused:
    description: Return only those that nobody has activated.
    type: bool
    default: false
  include_settings:
    description: Whether to return the MDM settings of each credential too.
    type: bool
    default: false
  include_passwords:
    description:
      - Whether to return passwords. Those that are stored hashed are null.
      - Set C(no_log=true) for the task then, so that they do not get into a log.
      - Do not combine it with C(async). Ansible then keeps the result, with the passwords, in a file on the host that runs the task,
        which others there may be able to read.
    type: bool
    default: false
extends_documentation_fragment:
  - threema.work._api
  - threema.work._attributes
  - threema.work._attributes.info
  - threema.work._attributes.action_group
seealso:
  - module: threema.work.credential
  - module: threema.work.credentials
  - ref: ansible_collections.threema.work.docsite.guide_ad_hoc
    description: Questions that are one command.
"""

EXAMPLES = r"""
---
- name: Everybody's credentials
  threema.work.credential_info:
  register: all_credentials

- name: Who has not activated the app yet
  threema.work.credential_info:
    unused: true
  register: not_yet

- name: Jane's credential with its settings
  threema.work.credential_info:
    username: jane.doe
    include_settings: true
  register: jane
"""

RETURN = r"""
---
credentials:
  description: The credentials.
  returned: success
  type: list
  elements: dict
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
    password:
      description: The password, with O(include_passwords=true); null where it is stored hashed.
      type: str
      sample: k7Qm2xVbR9tWp4sZcHnE
    settings:
      description: Its settings, with O(include_settings=true); null in place of a secret.
      type: dict
      sample: {"th_firstname": "Jane", "th_lastname": "Doe"}
api_host:
  description: Host of the service, with its port where O(api_url) has one; null where O(api_url) cannot be used.
  returned: always
  type: str
  sample: work.threema.ch
api_requests:
  description: Number of requests that were sent, repeated ones included.
  returned: always
  type: int
  sample: 1
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

from ansible_collections.threema.work.plugins.module_utils._api.credentials import CredentialApi, in_use
from ansible_collections.threema.work.plugins.module_utils._api.settings import SettingApi
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.plugins.module_utils._module import Result, ThreemaModule, run
from ansible_collections.threema.work.plugins.module_utils._planning.compare import public


def main() -> None:
    module = ThreemaModule(
        {
            "username": {"type": "str"},
            "id": {"type": "str"},
            "unused": {"type": "bool", "default": False},
            "include_settings": {"type": "bool", "default": False},
            "include_passwords": {"type": "bool", "default": False, "no_log": False},
        },
        left_out="to mean all credentials",
        mutually_exclusive=[("username", "id")],
    )
    params = module.params

    def work(client: Client) -> Result:
        usernames, ids = [[params[name]] if params[name] is not None else [] for name in ("username", "id")]
        api = CredentialApi(client, keep_passwords=params["include_passwords"])
        found = api.fetch(usernames=usernames, ids=ids, everything=not usernames and not ids)
        credentials = [
            credential
            for credential in found.by_id.values()
            if (not usernames or credential["username"] in usernames) and not (params["unused"] and in_use(credential))
        ]
        if params["include_settings"]:
            settings = SettingApi(client, api.ids).fetch([credential["id"] for credential in credentials], found.total)
            for credential in credentials:
                credential["settings"] = public(settings.get(credential["id"], {}))
        module.warn_of_passwords([one["password"] for one in credentials if one.get("password")])
        return {"changed": False, "credentials": credentials}

    run(module, work)


if __name__ == "__main__":
    main()
