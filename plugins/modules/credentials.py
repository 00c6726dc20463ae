#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: credentials
short_description: Manage many credentials and their settings
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Creates, changes and removes credentials of a Threema Work subscription, together with their MDM settings, in the fewest
    requests that the service allows.
  - What is there is read once, a plan is made, and only differences are written. One credential or setting that the service refuses
    does not stop the others. After an interruption, running again does only the rest.
options:
  credentials:
    description:
      - The credentials. A username or an id that occurs twice is refused.
      - An object of this module's or of M(threema.work.credential_info)'s result may be given again. Its keys that are no options, such as
        C(usage) and C(action), are ignored.
      - Required, unless O(threema_ids) is given.
    type: list
    elements: dict
    suboptions:
      username:
        description:
          - The username, 1 to 256 characters, compared exactly.
          - One of O(credentials[].username) and O(credentials[].id) is required. With both, they must belong together.
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
          - It is required for a new credential, unless O(credentials[].generate_password=true).
          - To change the name, the lock or the hash of a credential that is stored hashed, the password is required too, because the
            service does not return it and demands it. It is then written, whatever O(credentials[].update_password) says.
        type: str
      generate_password:
        description:
          - Whether to make a password of 20 characters where O(credentials[].password) is not given and one is needed.
          - It never becomes a variable of the play unless O(return_passwords=true).
        type: bool
      update_password:
        description:
          - V(on_create) sets the password only of a new credential.
          - V(always) also changes that of an existing one. Devices that were activated with the old password lose access.
        type: str
        choices:
          - on_create
          - always
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
  state:
    description: The state of all items that have none of their own.
    type: str
    default: present
    choices:
      - present
      - absent
  update_password:
    description: What holds for all items that do not say themselves, see O(credentials[].update_password).
    type: str
    default: on_create
    choices:
      - on_create
      - always
  generate_password:
    description: What holds for all items that do not say themselves, see O(credentials[].generate_password).
    type: bool
    default: false
  create_with:
    description:
      - What new credentials get whose items do not say themselves. It is never a reason to change an existing credential.
    type: dict
    suboptions:
      locked:
        description: See O(credentials[].locked).
        type: bool
        default: false
        aliases:
          - lock
      hashed:
        description: See O(credentials[].hashed).
        type: bool
        default: false
        aliases:
          - hash
      license_count:
        description: See O(credentials[].license_count).
        type: int
  threema_ids:
    description:
      - Threema IDs to be detached or revoked in the same task, as O(identity) says, which must not be V(keep) then.
      - One that a removed credential carries counts once. One whose credential stays is refused with O(identity=detach), because its
        device would bring it back.
    type: list
    elements: str
  unknown:
    description:
      - What to do about credentials and O(threema_ids) that are to be removed and are not there.
      - V(ignore) only returns them in RV(not_found). V(fail) refuses the task before anything is written, and names them all.
    type: str
    default: ignore
    choices:
      - ignore
      - fail
  return_passwords:
    description:
      - Whether to return the passwords of credentials that the task created or changed.
      - Set C(no_log=true) for the task then, so that they do not get into a log.
      - Do not combine it with C(async). Ansible then keeps the result, with the passwords, in a file on the host that runs the task,
        which others there may be able to read.
    type: bool
    default: false
  return_unlisted:
    description: Whether to return the usernames of the credentials that are on no item. The whole list is read for it.
    type: bool
    default: false
  match_setting:
    description:
      - An MDM setting by whose value people are found whose username changed; V(th_csi) is the employee number. It holds for items with
        O(state=present) that name nobody but by O(credentials[].username) and have a value for it. Values are compared exactly.
      - The username is looked for first. Where it exists with another value, it was perhaps given to somebody else, and the item fails.
        Where it does not exist, and one credential has the value, that one is meant. It keeps its username, with a warning.
      - Where several credentials may be meant, or two items have one value, the task is refused.
      - The settings of all credentials are read for it, 500 a request.
    type: str
  rename_matched:
    description:
      - Whether a credential that was found by O(match_setting) under another username gets the listed one. The devices that use it lose
        access until the new username is entered.
    type: bool
    default: false
  protect:
    description:
      - People who are listed although they are no items, for instance because their rows of a staff list are bad.
      - They are never pruned and never returned in RV(unlisted), also under another spelling of their usernames (case, Unicode form,
        characters that cannot be seen).
      - In an entry null counts as missing. One with neither protects nobody.
    type: list
    elements: dict
    default: []
    suboptions:
      username:
        description: The username.
        type: str
      value:
        description: The value of O(match_setting), which must be given then. It protects everybody who has it.
        type: raw
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
  - threema.work._api.plural
  - threema.work._api.creations
  - threema.work._api.prune
  - threema.work._attributes
  - threema.work._attributes.writing_group
seealso:
  - module: threema.work.credential
  - module: threema.work.credential_info
  - plugin: threema.work.roster
    plugin_type: lookup
  - plugin: threema.work.people_to_credentials
    plugin_type: filter
  - ref: ansible_collections.threema.work.docsite.guide_onboarding
    description: Onboarding from the data of HR, with troubleshooting.
"""

EXAMPLES = r"""
---
- name: Bring credentials and settings in line with a staff list
  threema.work.credentials:
    credentials: "{{ lookup('threema.work.roster', 'people.csv') | threema.work.people_to_credentials }}"
    generate_password: true
    create_with:
      locked: true

- name: Two people, one of them leaves
  threema.work.credentials:
    credentials:
      - username: jane.doe
        password: "{{ lookup('ansible.builtin.env', 'JANES_PASSWORD') }}"
        settings:
          th_firstname: Jane
          th_lastname: Doe
      - username: john.doe
        state: absent
    identity: detach

- name: Keep nobody else, but at most 5 may be removed, and no service account
  threema.work.credentials:
    credentials: "{{ lookup('threema.work.roster', 'people.csv') | threema.work.people_to_credentials }}"
    generate_password: true
    prune: true
    prune_ignore:
      - svc-*
    max_removals: 5
  check_mode: true

- name: The same every night, by employee number, so that nobody who got another name is taken for a leaver
  threema.work.credentials:
    credentials: "{{ lookup('threema.work.roster', 'people.csv') | threema.work.people_to_credentials }}"
    generate_password: true
    match_setting: th_csi
    prune: true
    prune_ignore:
      - svc-*
    max_removals_percent: 2.5
    identity: detach
  check_mode: true
"""

RETURN = r"""
---
credentials:
  description: The credentials, as O(return_objects) says; those that were removed as they were.
  returned: success, and where a failed task could plan
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
    action:
      description: One of V(created), V(updated), V(removed), V(unchanged), V(failed) and V(pending).
      type: str
      sample: created
    msg:
      description: Why it failed or is pending, and what was done.
      type: str
      sample: "POST /credentials: the service does not permit it (HTTP 403)"
    created:
      description: Present and true if the task created the credential, even if its settings could not be written.
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
created:
  description: Usernames of the credentials that this task created, also where their settings could not be written then.
  returned: where the task could plan
  type: list
  elements: str
  sample: ["jane.doe"]
updated:
  description: Usernames, as they are now, of the credentials that this task changed, their settings included.
  returned: where the task could plan
  type: list
  elements: str
  sample: ["john.doe"]
removed:
  description: Usernames of the credentials that this task removed, each with what became of its Threema IDs.
  returned: where the task could plan
  type: list
  elements: dict
  contains:
    username:
      description: The username.
      type: str
      sample: max.gone
    users:
      description: As in RV(credentials[].users); only with O(identity=detach) or O(identity=revoke).
      type: list
      elements: dict
      sample: [{"threema_id": "AB12CD34", "nickname": "Jay", "state": "detached", "action": "removed"}]
  sample: [{"username": "max.gone", "users": []}]
users:
  description: What became of O(threema_ids) that no removed credential carried, as O(return_objects) says.
  returned: with O(threema_ids), where the task could plan
  type: list
  elements: dict
  sample: [{"threema_id": "AB12CD34", "nickname": "Jay", "state": "revoked", "action": "removed"}]
not_found:
  description: Usernames (or identifiers) and Threema IDs that were to be removed and are not there.
  returned: where the task could plan
  type: list
  elements: str
  sample: ["john.doe"]
matched:
  description: Who was found by O(match_setting) under another username than the listed one; C(username) as it is after the task.
  returned: where the task could plan
  type: list
  elements: dict
  sample: [{"id": "aB3/k9+Q==", "username": "jane.roe", "listed_as": "jane.doe", "renamed": false}]
unlisted:
  description: Usernames of the credentials that are on no item.
  returned: with O(return_unlisted=true), where the task could plan
  type: list
  elements: str
  sample: ["svc-alarm"]
removals:
  description: What counts against O(max_removals), its value, and how many there were before (null where they were not listed), see
    R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: where the task could plan
  type: dict
  sample: {"planned": 3, "limit": 10, "of": 250}
creations:
  description: What counts against O(max_creations), and its value.
  returned: with O(max_creations), where the task could plan
  type: dict
  sample: {"planned": 12, "limit": 50}
summary:
  description: How many credentials came to which outcome, see R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
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
  sample: 1002
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
from ansible_collections.threema.work.plugins.module_utils._options import (
    CREATIONS,
    CREDENTIAL,
    IDENTITY,
    PLURAL,
    PRUNE,
    STATE,
)
from ansible_collections.threema.work.plugins.module_utils._planning.credential_items import check_ids, check_items
from ansible_collections.threema.work.plugins.module_utils._planning.credentials import Options
from ansible_collections.threema.work.plugins.module_utils._planning.items import check_prune
from ansible_collections.threema.work.plugins.module_utils._planning.leavers import Leaving
from ansible_collections.threema.work.plugins.module_utils._planning.matching import check_match
from ansible_collections.threema.work.plugins.module_utils._resources.credentials import Credentials
from ansible_collections.threema.work.plugins.module_utils._writing import WritingModule

CREATE_WITH = {
    "locked": {"type": "bool", "default": False, "aliases": ["lock"]},
    "hashed": {"type": "bool", "default": False, "aliases": ["hash"]},
    "license_count": {"type": "int"},
}
PROTECTED = {"username": {"type": "str"}, "value": {"type": "raw", "no_log": False}}


def main() -> None:
    item = {
        **CREDENTIAL,
        "generate_password": {"type": "bool", "no_log": False},
        "update_password": {"type": "str", "choices": ["on_create", "always"], "no_log": False},
        "state": {"type": "str", "choices": ["present", "absent"]},
    }
    module = WritingModule(
        "credentials",
        {
            **PLURAL,
            **CREATIONS,
            **PRUNE,
            **STATE,
            **IDENTITY,
            "credentials": {"type": "list", "elements": "dict", "options": item, "no_log": False},
            "threema_ids": {"type": "list", "elements": "str"},
            "unknown": {"type": "str", "default": "ignore", "choices": ["ignore", "fail"]},
            "generate_password": {"type": "bool", "default": False, "no_log": False},
            "update_password": {**item["update_password"], "default": "on_create"},
            "create_with": {"type": "dict", "options": CREATE_WITH},
            "return_passwords": {"type": "bool", "default": False, "no_log": False},
            "return_unlisted": {"type": "bool", "default": False},
            "match_setting": {"type": "str"},
            "rename_matched": {"type": "bool", "default": False},
            "protect": {"type": "list", "elements": "dict", "default": [], "options": PROTECTED},
        },
        required_one_of=[("credentials", "threema_ids")],
    )
    params = module.params
    items = params["credentials"] or []

    def work(client: Client) -> Result:
        wanted, warnings = check_items(items, params, "credentials")
        module.warn_all(warnings)
        threema_ids = check_ids(params["threema_ids"] or [], params["identity"])
        if params["prune"]:
            check_prune(items, params["state"], "credential")
        protected, told = check_match(params["match_setting"], wanted, params["protect"])
        module.warn_all(told)
        new = params["create_with"] or {}
        options = Options(
            create_locked=new.get("locked", False),
            create_hashed=new.get("hashed", False),
            create_license_count=new.get("license_count"),
            return_passwords=params["return_passwords"],
            identity=params["identity"],
        )
        protect = [one["username"] for one in params["protect"] if one["username"]]
        resource = Credentials(
            client,
            wanted,
            options,
            threema_ids=threema_ids,
            leaving=Leaving(params["prune"], params["prune_ignore"], protect),
            match_setting=params["match_setting"],
            rename_matched=params["rename_matched"],
            protect_values=protected,
            list_all=params["return_unlisted"] or params["max_removals_percent"] is not None,
            refuse_unknown=params["unknown"] == "fail",
            dry=module.check_mode,
            find_twins=True,
        )
        progress = plan_and_apply(module, resource)
        shown = resource.returned(progress, params["return_objects"])
        result = {**plural_result(module, progress, "credentials"), **shown}
        if params["return_unlisted"]:
            result["unlisted"] = resource.unlisted
        module.warn_of_passwords([one["password"] for one in shown["credentials"] if "password" in one])
        return result

    run(module, work, nothing_done(len(items) + len(params["threema_ids"] or [])))


if __name__ == "__main__":
    main()
