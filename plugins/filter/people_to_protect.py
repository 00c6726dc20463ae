# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter threema.work.people_to_protect; what it does is in C(plugin_utils/_people.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: people_to_protect
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Turn people into entries that protect them
description:
  - Maps people who are listed, although no credential is to be created or changed for them, to the option
    O(threema.work.credentials#module:protect) of M(threema.work.credentials).
  - They are the rows of a staff list that were left out as bad (C(skipped)), and people who have not started yet (C(not_yet)), as
    P(threema.work.roster#lookup) and P(threema.work.from_roster#filter) return them with C(details=true).
  - Rows that have none of what O(match) compares are left out, or protect by less. It is unknown then who is not on the list.
positional: _input
options:
  _input:
    description:
      - Dictionaries with C(username), and C(employee_number) or C(th_csi). Their other keys do not matter.
    type: list
    elements: dict
    required: true
  match:
    description:
      - What people are told by.
      - With V(employee_number) an entry has the employee number as C(value) too, which protects everybody who has it. The task then needs
        O(threema.work.credentials#module:match_setting=th_csi).
    type: str
    choices:
      - username
      - employee_number
    default: username
seealso:
  - plugin: threema.work.people_to_credentials
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: Show who is on no list, those whose rows are bad not among them
  threema.work.credentials:
    credentials: "{{ staff.people | threema.work.people_to_credentials }}"
    protect: "{{ (staff.skipped + staff.not_yet) | threema.work.people_to_protect }}"
    return_unlisted: true
    generate_password: true
  vars:
    staff: "{{ lookup('threema.work.roster', 'people.csv', bad_rows='skip', details=true) }}"

- name: Show the entries that protect by employee numbers too
  ansible.builtin.debug:
    msg: "{{ people | threema.work.people_to_protect(match='employee_number') }}"
  vars:
    people:
      - username: jane.doe
        employee_number: "10003"
"""

RETURN = r"""
_value:
  description: An entry for each of them who can be told by anything.
  type: list
  elements: dict
  sample:
    - username: jane.doe
      value: "10003"
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.threema.work.plugins.plugin_utils._people import to_protect
from ansible_collections.threema.work.plugins.plugin_utils._untrusted import untrusted
from jinja2 import Undefined


def people_to_protect(people: t.Any, *, match: str = "username") -> t.Any:
    """Map people to entries of the option protect.

    :raises AnsibleFilterError: for another way to tell people.
    """
    if isinstance(people, Undefined):
        return people
    try:
        return untrusted(to_protect(people, match=str(match)))
    except ValueError as exc:
        raise AnsibleFilterError(f"threema.work.people_to_protect: {exc}") from None


class FilterModule:
    """The filter, under its name."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters of this file."""
        return {"people_to_protect": people_to_protect}
