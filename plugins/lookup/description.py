# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup threema.work.description; what it does is in C(plugin_utils/_description.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: description
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Read the logos of a subscription's description, and check all of it
description:
  - Finds and reads the logos that a description of the subscription names, and checks name, logos and global settings as the modules
    do, without a request. The role P(threema.work.subscription#role) checks everything with it before it writes anything.
  - Values that are not given or null are not checked.
options:
  _terms:
    description:
      - The description, a dictionary with any of C(subscription_name), C(subscription_logo_light), C(subscription_logo_dark),
        C(subscription_settings) and C(subscription_settings_text), of which the role P(threema.work.subscription#role) tells more.
      - The logos are files on the control node. A relative path is searched for in the directory C(files) of the role or playbook,
        beside it, and then in the directory in which Ansible was started.
    type: list
    elements: dict
    required: true
  ignore_empty:
    description: Whether an empty string counts as not given. Otherwise it is a problem.
    type: bool
    default: false
seealso:
  - module: threema.work.subscription
  - module: threema.work.logo
  - module: threema.work.mdm_settings
"""

EXAMPLES = r"""
---
- name: Look whether the logos can be used
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
      description: What is wrong, a sentence for each of the variables. Empty where everything is right.
      type: list
      elements: str
      sample:
        - "subscription_name has 300 characters; 1 to 256 are possible"
    name:
      description: The name; null where none is given.
      type: str
      sample: Example Hospital
    logos:
      description: The logos in Base64, by the variable that names their file.
      type: dict
      sample:
        subscription_logo_light: iVBORw0KGgo=
    settings:
      description: The settings by name, of the dictionary or of the text; null where none are given.
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
    """Checks descriptions, and finds their files as the lookup of rosters does."""

    def run(self, terms: list[t.Any], variables: dict[str, t.Any] | None = None, **kwargs: t.Any) -> list[Described]:
        """Return what is wrong with each description, and its logos.

        :raises AnsibleLookupError: for what is no description at all.
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
