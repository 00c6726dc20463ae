#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module threema.work.subscription_export; its code is in ``module_utils``."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: subscription_export
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Export a subscription to files that can be applied again
description:
  - Writes the credentials, settings, contacts, logos, and the name of a Threema Work subscription to files in a directory on the host that
    executes the module. Applying the files to the same subscription changes nothing, and a comparison of two exports, such as C(git diff),
    shows what has changed in the subscription.
  - C(people.csv) contains one line per credential, sorted by username, and can be read with P(threema.work.roster#lookup). A cell that a
    spreadsheet would calculate begins with an apostrophe, which the lookup removes.
  - C(subscription.yml) contains the variables of the role P(threema.work.subscription#role), and the names of all files of the export.
    C(logo_light.png) and C(logo_dark.png) are the logos.
  - C(contacts.csv) contains the contacts that were not created from users, and can be read with P(threema.work.roster#lookup).
  - C(settings.yml) contains the settings of credentials that no cell of C(people.csv) can carry exactly, such as text with line breaks or an
    empty string. The option O(threema.work.mdm_settings#module:credentials) of M(threema.work.mdm_settings) takes them.
  - Nothing in the files depends on the time. Values that Ansible would take for a template are marked with C(!unsafe).
  - The files are created with mode 0600, each of them as a whole. A symbolic link in place of the directory or of one of the files is not
    followed; the task fails before anything is written.
  - A file that an earlier export wrote is replaced if it differs, and removed if it is not needed any more. Which files these are is
    determined from a comment in C(subscription.yml). Other files in the directory are not changed or removed; if one of them has the name of
    a file of the export, such as your own C(people.csv), the task fails before anything is written.
  - Whether a password is hashed is not exported, because a hashed password cannot be read.
options:
  dest:
    description:
      - The directory for the files, on the host that executes the module. A relative path is relative to the working directory of the
        module.
      - If it does not exist, it is created with mode 0700; its parent directory must exist. The mode of an existing directory is not
        changed.
    type: path
    required: true
  secrets:
    description:
      - Whether to write passwords that are not hashed, and settings that contain secrets, to C(secrets.yml), in plain text. Encrypt this file
        with C(ansible-vault). A file C(.gitignore) keeps it from being added to a Git repository; if there is such a file, the missing lines
        are added to it.
      - A file that is encrypted is never replaced; the task then fails before anything is written.
      - If V(false), a warning reports how many settings were left out for this reason, and the C(secrets.yml) of an earlier export is removed
        unless it is encrypted.
    type: bool
    default: false
extends_documentation_fragment:
  - threema.work._api
  - threema.work._attributes
  - threema.work._attributes.idempotent
  - threema.work._attributes.action_group
seealso:
  - module: threema.work.credentials
  - module: threema.work.mdm_settings
  - module: threema.work.contacts
  - plugin: threema.work.roster
    plugin_type: lookup
  - ref: ansible_collections.threema.work.docsite.guide_takeover
    description: Taking over a subscription that exists, with troubleshooting.
  - ref: ansible_collections.threema.work.docsite.guide_history
    description: A history of the subscription in Git, and reviews before a change.
"""

EXAMPLES = r"""
---
- name: Export the subscription
  threema.work.subscription_export:
    dest: "{{ playbook_dir }}/subscription"

- name: Export the subscription with its passwords, to be encrypted
  threema.work.subscription_export:
    dest: "{{ playbook_dir }}/subscription"
    secrets: true
"""

RETURN = r"""
files:
  description: The files of the export, in the order in which they were written, and those of an earlier one that were removed.
  returned: when the subscription was read
  type: list
  elements: dict
  contains:
    name:
      description: Name of the file in the directory.
      type: str
      sample: people.csv
    action:
      description:
        - V(created), V(updated), V(removed), or V(unchanged). If the task fails, V(failed) and V(pending) for the files that were not written.
      type: str
      sample: created
left_out:
  description: Objects that are in none of the files, because no file can carry them or no module would write them as they are.
  returned: when the subscription was read
  type: list
  elements: dict
  contains:
    username:
      description: Username of the credential; null for contacts, global settings, and the subscription.
      type: str
      sample: "anna "
    reason:
      description: Why it is in no file; for a username, also what to do.
      type: str
      sample: >-
        a list cannot have this username: blanks at its ends, or its Unicode form, would be lost; rename the credential with id and
        new_username, or manage it with threema.work.credentials
summary:
  description: Number of objects in the files.
  returned: when the subscription was read
  type: dict
  contains:
    people:
      description: Number of credentials.
      type: int
      sample: 800
    contacts:
      description: Number of contacts.
      type: int
      sample: 12
    settings:
      description: Number of settings, of credentials and global ones.
      type: int
      sample: 2411
api_host:
  description: Host of the service, with the port if O(api_url) contains one; null if O(api_url) cannot be used.
  returned: always
  type: str
  sample: work.threema.ch
api_requests:
  description: Number of requests that were sent, including retries.
  returned: always
  type: int
  sample: 8
failure:
  description: What went wrong; see R(Results and failures, ansible_collections.threema.work.docsite.guide_results).
  returned: when a request failed, a safety check stopped the task, or a file could not be written
  type: dict
  sample:
    kind: refused
    status:
    method:
    path:
    request_sent: false
    msg: "dest: /srv/threema/subscription is a symbolic link on the host that executes the module, and is not followed"
"""

from ansible_collections.threema.work.plugins.module_utils._export.files import (
    check_encrypted,
    make_export,
    plan_export,
)
from ansible_collections.threema.work.plugins.module_utils._export.reading import read_whole
from ansible_collections.threema.work.plugins.module_utils._folder import Folder
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.plugins.module_utils._module import Result, ThreemaModule, run
from ansible_collections.threema.work.plugins.module_utils._saving import DEST, save, saved_result


def main() -> None:
    module = ThreemaModule({**DEST, "secrets": {"type": "bool", "default": False, "no_log": False}})
    folder = Folder(module.params["dest"])
    secrets = module.params["secrets"]

    def work(client: Client) -> Result:
        folder.check()
        check_encrypted(folder, secrets=secrets)
        export = make_export(read_whole(client, passwords=secrets), folder, secrets=secrets)
        written = save(module, folder, plan_export(export, folder))
        module.warn_all(export.warnings)
        return {
            **saved_result(module, written),
            "files": written.files(),
            "left_out": export.left_out,
            "summary": export.summary,
        }

    run(module, work)


if __name__ == "__main__":
    main()
