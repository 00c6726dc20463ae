#!/usr/bin/python
# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: activation_sheets
short_description: Write sheets with which people set up the app
version_added: 0.1.0
author:
  - The threema.work contributors (@threema-work)
description:
  - Writes an A4 page for each person as a web page, with the name, four steps, the username, the password, the activation link, and its QR
    code. People who have never used the app can follow it. C(all.html) contains all pages of the run, to be printed in one go.
  - The module reads the passwords itself. They are in the files, and nowhere else - not in the result, the diff, or the log.
  - Nothing in a sheet depends on the time. If nothing has changed, no file is written.
  - Each file is written completely or not at all, can only be read by the user who executes the module, and never replaces a link.
  - All options, usernames, and the template are checked before the first file is written.
options:
  dest:
    description:
      - Directory for the sheets on the host that executes the module. It is created if it does not exist; its parent directory must exist.
      - Use a separate directory for each subscription. Other files in it are not touched; if one of them has the name of a file of this run, the
        task fails before anything is written.
      - A file is named after the username - lowercase ASCII letters, digits, C(.), C(_), and C(-) are kept, and any other character becomes
        C(-), 60 at most - followed by the first 8 digits of the SHA-256 of the username. In the rare case that two usernames have the same name of a
        file, neither gets a sheet until one of them is renamed, and the task fails before anything is written.
      - In an execution environment, the directory only exists during the run, unless it is mounted from the host; see
        R(where the files remain, ansible_collections.threema.work.docsite.guide_handover.where).
    type: path
    required: true
  usernames:
    description:
      - Exact usernames of the people who get a sheet, in the order of the pages.
      - If not set, everyone whose credential has not been activated gets one, sorted by last name and first name. That is every credential
        that no Threema ID uses now, including those whose ID was detached or revoked since.
      - If a username does not exist, nothing is written.
    type: list
    elements: str
  language:
    description: Language of the sheets.
    type: str
    choices:
      - en
      - de
      - fr
      - it
    default: en
  languages:
    description:
      - Languages of people who get their sheet in a different language, by username.
      - Usernames that do not exist cause a warning.
    type: dict
    default: {}
  organization:
    description:
      - Name of the organization on the sheets, 256 characters at most. With an empty string, the sheets contain none.
      - If not set, it is the name of the subscription.
    type: str
  link_base:
    description:
      - Activation link without the username and the password.
      - V(threemawork://license) opens the app directly. With V(https://work.threema.ch/license), a web page opens if the app is not installed.
      - Threema OnPrem uses links of its own, which also contain the server as parameter C(server). The sheets then also contain the server,
        and name the app Threema OnPrem.
      - Links with C(http) and the like are not accepted, because they transmit the password in plain text.
    type: str
    default: https://work.threema.ch/license
  logo:
    description: Path of a PNG on the host that executes the module, 200,000 bytes at most, which is included in the sheets.
    type: path
  template:
    description:
      - Path of your own Jinja2 template on the host that executes the module, to be used in place of the built-in sheet. That host needs the
        Python library Jinja2.
      - The template is a complete web page. It is rendered once for each person and once for C(all.html).
      - Variables are C(sheets) (a list with one or with all sheets), C(organization) (string, may be empty), C(language) (O(language)), and
        C(logo) (a C(data:) URI, none if there is no O(logo)).
      - Each sheet has C(username), C(password), C(password_groups) (list of strings), C(name) (first and last name, or else the username),
        C(first_name), C(last_name), C(language), C(link), C(server) (none unless O(link_base) contains one), C(qr_svg) (an SVG image, none
        if the link is too long for a QR code), and C(settings) (MDM settings of the credential, except secrets).
      - Everything is escaped, unless the template marks it as safe. The template runs in a sandbox, and cannot include other files.
    type: path
  prune:
    description:
      - Whether to remove sheets in O(dest) whose person has activated the app, or has no credential any more.
      - Only files that this module wrote are removed. Without this option, a warning contains their number.
    type: bool
    default: false
notes:
  - The host that executes the module needs the Python library C(segno) for the QR codes.
  - A sheet is also written for credentials that are not locked, or that are valid for several devices (C(license_count)); the service does
    not return how many. Such a credential gets a sheet by itself only as long as nobody has activated it; use O(usernames) afterwards.
  - A person whose credential is hashed gets no sheet, because nobody knows the password. The result contains these people in
    RV(not_printable). Generate a new password with M(threema.work.credentials) for them.
  - If the link is too long for a QR code (2,953 bytes), the sheet contains none.
requirements:
  - segno
  - jinja2, only for O(template)
extends_documentation_fragment:
  - threema.work._api
  - threema.work._attributes
  - threema.work._attributes.idempotent
  - threema.work._attributes.action_group
seealso:
  - plugin: threema.work.activation_link
    plugin_type: filter
  - plugin: threema.work.qr_svg
    plugin_type: filter
  - ref: ansible_collections.threema.work.docsite.guide_handover
    description: Hand out access to people, print sheets, and send them by email.
"""

EXAMPLES = r"""
---
- name: Write sheets for everyone who has not activated the app yet
  threema.work.activation_sheets:
    dest: sheets
    language: de
    languages:
      jane.doe: en
    prune: true

- name: Write a sheet for Jane's new phone
  threema.work.activation_sheets:
    dest: sheets
    usernames:
      - jane.doe
    organization: Example Clinic
  register: written

- name: Show the name of the file
  ansible.builtin.debug:
    msg: "{{ written.sheets[0].file }}"
"""

RETURN = r"""
---
sheets:
  description: The sheets of this run in the order of the pages, and those that were removed.
  returned: success, or when a file could not be written
  type: list
  elements: dict
  contains:
    username:
      description: The username; null for a removed sheet whose credential does not exist any more.
      type: str
      sample: jane.doe
    file:
      description: Name of the file in O(dest).
      type: str
      sample: jane.doe-3a1d1c1e.html
    action:
      description:
        - V(created), V(updated), V(unchanged), or V(removed).
        - In a failed result also V(failed) for the file that could not be written, and V(pending) for those after it.
      type: str
      sample: created
all_file:
  description:
    - Name of the file with all pages; null if the run has no sheets. One from an earlier run is then removed.
    - In a failed result also null if the file could not be written.
  returned: success, or when a file could not be written
  type: str
  sample: all.html
not_printable:
  description: People for whom there cannot be a sheet.
  returned: success, or when a file could not be written
  type: list
  elements: dict
  contains:
    username:
      description: The username.
      type: str
      sample: john.roe
    reason:
      description: Why not.
      type: str
      sample: the password is hashed, so nobody knows it; give the credential a new password, and run again
summary:
  description: Number of sheets for each action (C(created), C(updated), C(unchanged), C(removed)), and of people in RV(not_printable).
  returned: success, or when a file could not be written
  type: dict
  sample: {"created": 1, "updated": 0, "unchanged": 0, "removed": 0, "not_printable": 1}
api_host:
  description: Host of the service, with the port if O(api_url) contains one; null if O(api_url) cannot be used.
  returned: always
  type: str
  sample: work.threema.ch
api_requests:
  description: Number of requests that were sent, including retries.
  returned: always
  type: int
  sample: 3
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

from ansible_collections.threema.work.plugins.module_utils._folder import Folder
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.plugins.module_utils._module import Result, ThreemaModule, run
from ansible_collections.threema.work.plugins.module_utils._saving import DEST, save, saved_result
from ansible_collections.threema.work.plugins.module_utils._sheets import sheets
from ansible_collections.threema.work.plugins.module_utils._sheets.link import DEFAULT_BASE
from ansible_collections.threema.work.plugins.module_utils._sheets.result import result_of
from ansible_collections.threema.work.plugins.module_utils._sheets.texts import LANGUAGES


class SheetsModule(ThreemaModule):
    """Writes sheets; its options and files are checked before the first request."""

    wishes: sheets.Wishes
    folder: Folder

    def prepare(self, _client: Client) -> None:
        self.wishes = sheets.check(self.params)
        self.folder = Folder(self.params["dest"])
        self.folder.check()


def main() -> None:
    module = SheetsModule(
        {
            **DEST,
            "usernames": {"type": "list", "elements": "str"},
            "language": {"type": "str", "default": "en", "choices": list(LANGUAGES)},
            "languages": {"type": "dict", "default": {}},
            "organization": {"type": "str"},
            "link_base": {"type": "str", "default": DEFAULT_BASE},
            "logo": {"type": "path"},
            "template": {"type": "path"},
            "prune": {"type": "bool", "default": False},
        },
        left_out="for everyone who has not activated the app",
    )

    def work(client: Client) -> Result:
        found = sheets.read(client, module.wishes)
        planned = sheets.plan(module.folder, found, module.wishes.draw, prune=module.params["prune"])
        module.warn_all([*found.warnings, *planned.warnings()])
        written = save(module, module.folder, planned.changes)
        return {**saved_result(module, written), **result_of(written, found, planned)}

    run(module, work)


if __name__ == "__main__":
    main()
