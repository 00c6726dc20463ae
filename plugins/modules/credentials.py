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
  - Creates, changes, and removes credentials of a Threema Work subscription, together with their MDM settings, with as few requests as the
    service allows.
  - The current state is read once, and only differences are written. If the service rejects one credential or setting, the others are still
    processed. After an interruption, run the task again to complete the remaining changes.
options:
  credentials:
    description:
      - The credentials. A username or an O(credentials[].id) must not occur more than once.
      - Objects from the results of this module or of M(threema.work.credential_info) can be used as items. Keys that are not options, such
        as C(usage) and C(action), are ignored.
      - Required unless O(threema_ids) is set.
    type: list
    elements: dict
    suboptions:
      username:
        description:
          - The username, 1 to 256 characters, compared exactly.
          - One of O(credentials[].username) and O(credentials[].id) is required. If both are set, they must belong together.
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
          - It is required for a new credential, unless O(credentials[].generate_password=true).
          - The password is also required to change O(credentials[].new_username), O(credentials[].locked), or O(credentials[].hashed) of a
            credential whose password is stored hashed, because the service requires it but does not return it. It is then written,
            regardless of O(credentials[].update_password).
        type: str
      generate_password:
        description:
          - Whether to generate a 20-character password if one is needed and O(credentials[].password) is not set.
          - It is not returned unless O(return_passwords=true).
        type: bool
      update_password:
        description:
          - V(on_create) sets the password of new credentials only.
          - V(always) also changes the password of an existing one. Devices that were activated with the old password lose access.
        type: str
        choices:
          - on_create
          - always
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
  state:
    description: Default state for items that do not set their own.
    type: str
    default: present
    choices:
      - present
      - absent
  update_password:
    description: Default for items that do not set O(credentials[].update_password).
    type: str
    default: on_create
    choices:
      - on_create
      - always
  generate_password:
    description: Default for items that do not set O(credentials[].generate_password).
    type: bool
    default: false
  create_with:
    description:
      - Defaults for new credentials whose items do not set these options. Existing credentials are never changed because of them.
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
      - Threema IDs to be detached or revoked in the same task, depending on O(identity), which must not be V(keep) in this case.
      - An ID that belongs to a removed credential is counted only once. With O(identity=detach), an ID whose credential is kept stops the
        task, because its device would re-add it.
      - If the service omits the credential of an ID to be detached, and a credential has a higher usage than users linked to it, they may
        belong together, and a warning says so.
    type: list
    elements: str
  unknown:
    description:
      - What to do if credentials or O(threema_ids) that should be removed do not exist.
      - V(ignore) only returns them in RV(not_found). V(fail) stops the task before anything is written and names all of them.
    type: str
    default: ignore
    choices:
      - ignore
      - fail
  return_passwords:
    description:
      - Whether to return the passwords of credentials that the task created or changed.
      - Set C(no_log=true) for the task in that case, so that they do not end up in a log.
      - Do not combine this option with C(async). Ansible then keeps the result, including the passwords, in a file on the host that
        executes the module, where others may be able to read it.
    type: bool
    default: false
  return_unlisted:
    description: Whether to return the usernames of credentials that are not in O(credentials). This requires reading the whole list.
    type: bool
    default: false
  match_setting:
    description:
      - Name of an MDM setting whose value identifies people whose username has changed, for example V(th_csi), the employee number. It is
        used for items with O(state=present) that have a value for this setting and set neither O(credentials[].id) nor
        O(credentials[].new_username). Values are compared exactly.
      - The username is looked up first. If it exists with another value, it may have been given to somebody else, and the item fails. If it
        does not exist, but exactly one credential has the value, the item applies to that credential, which keeps its username, and a
        warning is issued.
      - If an item could apply to several credentials, or two items have the same value, a safety check stops the task. With O(prune=true),
        so does a credential that would be removed while its value is listed in another spelling (zeros in front, a decimal place, case,
        blanks at the ends, or invisible characters).
      - This requires reading the settings of all credentials, 500 per request.
    type: str
  rename_matched:
    description:
      - Whether to rename a credential that was found by O(match_setting) under another username. The devices that use it lose access until
        the new username is entered.
    type: bool
    default: false
  protect:
    description:
      - People who are on the list although they have no item in O(credentials), for example because their rows in a staff list contain
        errors.
      - They are never pruned and never returned in RV(unlisted), even if their usernames are spelled differently (case, Unicode form,
        invisible characters).
      - In an entry, null counts as missing. An entry without O(protect[].username) and O(protect[].value) protects nobody.
    type: list
    elements: dict
    default: []
    suboptions:
      username:
        description: The username.
        type: str
      value:
        description: The value of O(match_setting), which is required in this case. It protects everyone who has this value.
        type: raw
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
    description: Onboarding people from a staff list, with troubleshooting.
"""

EXAMPLES = r"""
---
- name: Bring credentials and settings in line with a staff list
  threema.work.credentials:
    credentials: "{{ lookup('threema.work.roster', 'people.csv') | threema.work.people_to_credentials }}"
    generate_password: true
    create_with:
      locked: true

- name: Create one credential and remove another
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

- name: Preview the removal of all other credentials, at most 5, but no service accounts
  threema.work.credentials:
    credentials: "{{ lookup('threema.work.roster', 'people.csv') | threema.work.people_to_credentials }}"
    generate_password: true
    prune: true
    prune_ignore:
      - svc-*
    max_removals: 5
  check_mode: true

- name: Preview a nightly run that finds people by employee number, so that nobody who was renamed is removed
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
  description: The credentials selected by O(return_objects); for removed credentials, their last state.
  returned: success, and when a failed task was able to plan its changes
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
    action:
      description: One of V(created), V(updated), V(removed), V(unchanged), V(failed), and V(pending).
      type: str
      sample: created
    msg:
      description: Why the change failed or is pending, and which part of it was done.
      type: str
      sample: "POST /credentials: the service does not permit it (HTTP 403)"
    created:
      description: Present and true if the task created the credential, even if its settings could not be written.
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
created:
  description: Usernames of the credentials that this task created, even if their settings could not be written.
  returned: when the task was able to plan its changes
  type: list
  elements: str
  sample: ["jane.doe"]
updated:
  description: Current usernames of the credentials that this task changed, including those of which only settings changed.
  returned: when the task was able to plan its changes
  type: list
  elements: str
  sample: ["john.doe"]
removed:
  description: Usernames of the credentials that this task removed, each with its Threema IDs and what happened to them.
  returned: when the task was able to plan its changes
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
  description: What happened to those O(threema_ids) that did not belong to a removed credential, as selected by O(return_objects).
  returned: when O(threema_ids) is set and the task was able to plan its changes
  type: list
  elements: dict
  sample: [{"threema_id": "AB12CD34", "nickname": "Jay", "state": "revoked", "action": "removed"}]
not_found:
  description: Usernames (or identifiers) and Threema IDs that should have been removed but do not exist.
  returned: when the task was able to plan its changes
  type: list
  elements: str
  sample: ["john.doe"]
matched:
  description: Credentials that O(match_setting) found under a username other than the listed one; C(username) is the username after the
    task.
  returned: when the task was able to plan its changes
  type: list
  elements: dict
  sample: [{"id": "aB3/k9+Q==", "username": "jane.roe", "listed_as": "jane.doe", "renamed": false}]
unlisted:
  description: Usernames of the credentials that are not in O(credentials).
  returned: when O(return_unlisted=true) and the task was able to plan its changes
  type: list
  elements: str
  sample: ["svc-alarm"]
removals:
  description: The number of planned removals as O(max_removals) counts them, the value of that option, and the number of objects that
    existed before (null if they were not listed); see R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: when the task was able to plan its changes
  type: dict
  sample: {"planned": 3, "limit": 10, "of": 250}
creations:
  description: The number of planned creations, and the value of O(max_creations).
  returned: when O(max_creations) is set and the task was able to plan its changes
  type: dict
  sample: {"planned": 12, "limit": 50}
summary:
  description: How many credentials ended with each outcome; see R(Results and failures,
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
  sample: 1002
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
