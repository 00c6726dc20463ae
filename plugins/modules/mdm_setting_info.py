#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: mdm_setting_info
short_description: Look up MDM settings
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Returns global MDM settings of a Threema Work subscription and those of its credentials in one flat list.
  - If nothing is found, an empty list is returned.
options:
  scope:
    description:
      - Which settings to return. With O(username) or O(credential_id), V(all) returns the settings of that credential.
      - A safety check stops the task if V(global) is combined with O(username) or O(credential_id). An O(credential_id) that is null is ignored.
    type: str
    default: all
    choices:
      - all
      - global
      - credential
  username:
    description: Return only settings of the credential with exactly this username.
    type: str
  credential_id:
    description: Return only settings of the credential with this identifier.
    type: str
  name:
    description: Return only settings of this parameter.
    type: str
  include_secrets:
    description:
      - Whether to return the values of secret parameters, such as C(th_safe_password). Otherwise they are null.
      - Set C(no_log=true) for the task in that case, so that they do not end up in a log.
    type: bool
    default: false
  include_usernames:
    description: Whether to also return the C(username) of the credential for each setting. This requires one more list of credentials.
    type: bool
    default: false
extends_documentation_fragment:
  - threema.work._api
  - threema.work._attributes
  - threema.work._attributes.info
  - threema.work._attributes.action_group
seealso:
  - module: threema.work.mdm_setting
  - module: threema.work.mdm_settings
  - ref: ansible_collections.threema.work.docsite.guide_app_configuration
    description: Recipes, for example a closed user group, Threema Safe, and backups.
"""

EXAMPLES = r"""
---
- name: List all global settings
  threema.work.mdm_setting_info:
    scope: global
  register: global_settings

- name: List the departments of all credentials
  threema.work.mdm_setting_info:
    scope: credential
    name: th_department
  register: departments
"""

RETURN = r"""
---
settings:
  description: The settings.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the parameter.
      type: str
      sample: th_department
    value:
      description: The value; null for secrets unless O(include_secrets=true).
      type: raw
      sample: Surgery
    scope:
      description: V(global) or V(credential).
      type: str
      sample: credential
    credential_id:
      description: Identifier of the credential; null for a global setting.
      type: str
      sample: aB3/k9+Q==
    username:
      description: Username of the credential; null for a global setting.
      returned: O(include_usernames=true)
      type: str
      sample: jane.doe
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

from ansible_collections.threema.work.plugins.module_utils._api.credentials import CredentialApi
from ansible_collections.threema.work.plugins.module_utils._api.settings import SettingApi
from ansible_collections.threema.work.plugins.module_utils._errors import Refused
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.plugins.module_utils._module import Result, ThreemaModule, run
from ansible_collections.threema.work.plugins.module_utils._parameters import is_secret
from ansible_collections.threema.work.plugins.module_utils._planning.settings import listed_settings, scope_problem
from ansible_collections.threema.work.plugins.module_utils._types import Settings


def main() -> None:
    module = ThreemaModule(
        {
            "scope": {"type": "str", "default": "all", "choices": ["all", "global", "credential"]},
            "username": {"type": "str"},
            "credential_id": {"type": "str"},
            "name": {"type": "str"},
            "include_secrets": {"type": "bool", "default": False, "no_log": False},
            "include_usernames": {"type": "bool", "default": False},
        },
        left_out="to select all settings",
        mutually_exclusive=[("username", "credential_id")],
    )
    params = module.params

    def read(client: Client) -> dict[str | None, Settings]:
        credentials = CredentialApi(client, keep_passwords=False)
        api = SettingApi(client, credentials)
        scope = params["credential_id"]
        if params["username"] is not None:
            found = credentials.fetch(usernames=[params["username"]])
            credential = found.by("username").get(params["username"])
            if credential is None:
                return {}
            scope = credential["id"]
        if scope is not None:
            return {scope: api.read(scope) or {}}
        settings: dict[str | None, Settings] = {}
        if params["scope"] != "credential":
            settings[None] = api.read(None) or {}
        if params["scope"] != "global":
            settings.update(api.read_all())
        return settings

    def work(client: Client) -> Result:
        problem = scope_problem(params)
        if problem:
            raise Refused(problem)
        by_scope = read(client)
        usernames = None
        if params["include_usernames"]:
            known = CredentialApi(client, keep_passwords=False).fetch(ids=[id_ for id_ in by_scope if id_])
            usernames = {id_: one["username"] for id_, one in known.by_id.items()}
        settings = listed_settings(by_scope, params["name"], usernames, secrets=params["include_secrets"])
        module.warn_of_passwords(
            [str(one["value"]) for one in settings if is_secret(one["name"]) and one["value"] is not None]
        )
        return {"changed": False, "settings": settings}

    run(module, work)


if __name__ == "__main__":
    main()
