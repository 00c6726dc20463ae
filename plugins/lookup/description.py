# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup threema.work.description; it is implemented in C(plugin_utils/_description.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: description
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Check the description of a subscription and read its logos
description:
  - Finds and reads the logos that a description of the subscription refers to, and checks the name, logos, and global settings in the same
    way as the modules do, without sending a request. The role P(threema.work.subscription#role) uses this lookup to check everything before
    it writes anything.
  - Values that are missing or null are not checked.
options:
  _terms:
    description:
      - The description, a dictionary with any of C(subscription_name), C(subscription_logo_light), C(subscription_logo_dark),
        C(subscription_settings), and C(subscription_settings_text), which are documented in the role P(threema.work.subscription#role).
      - The logos are files on the control node. A relative path is searched for in the directory C(files) of the role or playbook, then
        next to it, and then in the directory in which Ansible was started.
    type: list
    elements: dict
    required: true
  ignore_empty:
    description: Whether an empty string counts as missing. Otherwise, it is reported as a problem.
    type: bool
    default: false
seealso:
  - module: threema.work.subscription
  - module: threema.work.logo
  - module: threema.work.mdm_settings
"""

EXAMPLES = r"""
---
- name: Check whether the logos can be used
  ansible.builtin.assert:
    that: described.problems | length == 0
    fail_msg: "{{ described.problems | join('; ') }}"
  vars:
    described: "{{ lookup('threema.work.description', {'subscription_logo_light': 'logo.png', 'subscription_name': 'Example'}) }}"
"""

RETURN = r"""
_raw:
  description: One value for each description.
  type: list
  elements: dict
  contains:
    problems:
      description: One sentence for each variable that is wrong. The list is empty if everything is correct.
      type: list
      elements: str
      sample:
        - "subscription_name has 300 characters; 1 to 256 are allowed"
    name:
      description: The name; null if it is missing.
      type: str
      sample: Example Hospital
    logos:
      description: The Base64-encoded logos, by the variable that refers to their file.
      type: dict
      sample:
        subscription_logo_light: iVBORw0KGgo=
    settings:
      description: The settings by name, from the dictionary or from the string; null if there are none.
      type: dict
      sample:
        th_disable_export: true
"""

import os
import typing as t

from ansible.errors import AnsibleFileNotFound, AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.threema.work.plugins.plugin_utils._description import Described, check_description
from ansible_collections.threema.work.plugins.plugin_utils._vaulted import plain


class LookupModule(LookupBase):
    """Checks descriptions, and finds their files in the same way as the lookup for rosters."""

    def run(self, terms: list[t.Any], variables: dict[str, t.Any] | None = None, **kwargs: t.Any) -> list[Described]:
        """Return the problems of each description, and its logos.

        :raises AnsibleLookupError: if a value is not a description at all.
        """
        self.set_options(var_options=variables, direct=kwargs)
        given = [plain(term) for term in terms]
        if not given or not all(isinstance(one, dict) for one in given):
            raise AnsibleLookupError(
                "threema.work.description takes a dictionary with variables of the role subscription"
            )

        def find(path: str) -> tuple[str | None, list[str]]:
            return self._find(path, variables or {})

        return [check_description(one, find, ignore_empty=self.get_option("ignore_empty")) for one in given]

    def _find(self, path: str, variables: dict[str, t.Any]) -> tuple[str | None, list[str]]:
        """Find a file: its path, or None and the paths that were tried."""
        here = os.path.abspath(os.path.expanduser(path))
        folders = variables.get("ansible_search_path") or [self.get_basedir(variables)]
        try:
            found: str = self._loader.path_dwim_relative_stack(folders, "files", path, is_role="role_path" in variables)
        except AnsibleFileNotFound as exc:
            # A playbook of a collection lies elsewhere than the file that is named on its command line.
            tried = dict.fromkeys([*(os.path.abspath(one) for one in exc.paths or ()), here])
            return (here, []) if os.path.exists(here) else (None, list(tried))
        return found, []
