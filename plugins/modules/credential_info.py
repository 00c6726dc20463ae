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
  - Returns the credentials of a Threema Work subscription (all pages).
  - If nothing is found, an empty list is returned.
options:
  username:
    description: Return only the credential with exactly this username.
    type: str
  id:
    description: Return only the credential with this identifier.
    type: str
  unused:
    description: Return only credentials that no Threema ID uses now. Nobody has activated them yet, or the ID was detached or revoked since;
      the service does not return which.
    type: bool
    default: false
  include_settings:
    description: Whether to also return the MDM settings of each credential.
    type: bool
    default: false
  include_passwords:
    description:
      - Whether to return passwords. Hashed passwords are returned as null.
      - Set C(no_log=true) for the task in that case, so that they do not end up in a log.
      - Do not combine this option with C(async). Ansible then keeps the result, including the passwords, in a file on the host that
        executes the module, where others may be able to read it.
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
    description: Ad hoc commands that answer common questions.
"""

EXAMPLES = r"""
---
- name: List all credentials
  threema.work.credential_info:
  register: all_credentials

- name: List credentials that no Threema ID uses
  threema.work.credential_info:
    unused: true
  register: without_id

- name: Look up Jane's credential with its settings
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
    password:
      description: The password, with O(include_passwords=true); null if it is stored hashed.
      type: str
      sample: k7Qm2xVbR9tWp4sZcHnE
    settings:
      description: The settings of the credential, with O(include_settings=true); null in place of secrets.
      type: dict
      sample: {"th_firstname": "Jane", "th_lastname": "Doe"}
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
        left_out="to select all credentials",
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
            settings = SettingApi(client, api).fetch([credential["id"] for credential in credentials], found.total)
            for credential in credentials:
                credential["settings"] = public(settings.get(credential["id"], {}))
        module.warn_of_passwords([one["password"] for one in credentials if one.get("password")])
        return {"changed": False, "credentials": credentials}

    run(module, work)


if __name__ == "__main__":
    main()
