# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter threema.work.people_to_protect; it is implemented in C(plugin_utils/_people.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: people_to_protect
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Convert people to entries that protect them
description:
  - Converts people who are on the list, but whose credentials should be neither created nor changed, to entries for the option
    O(threema.work.credentials#module:protect) of M(threema.work.credentials).
  - Typically, these are the rows of a staff list that were skipped because of errors (C(skipped)) and people who have not started yet
    (C(not_yet)), as returned by P(threema.work.roster#lookup) and P(threema.work.from_roster#filter) with C(details=true).
  - Rows without any of the fields that O(match) uses are ignored; rows that have only some of them provide less protection. In this case,
    it is not known who is missing from the list.
positional: _input
options:
  _input:
    description:
      - Dictionaries with C(username), and C(employee_number) or C(th_csi). Other keys are ignored.
    type: list
    elements: dict
    required: true
  match:
    description:
      - The field that identifies people.
      - With V(employee_number), an entry also contains the employee number as C(value), which protects everyone who has this number. The
        task then requires O(threema.work.credentials#module:match_setting=th_csi).
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
- name: Return who is not on the list, except for people whose rows contain errors or who have not started yet
  threema.work.credentials:
    credentials: "{{ staff.people | threema.work.people_to_credentials }}"
    protect: "{{ (staff.skipped + staff.not_yet) | threema.work.people_to_protect }}"
    return_unlisted: true
    generate_password: true
  vars:
    staff: "{{ lookup('threema.work.roster', 'people.csv', bad_rows='skip', details=true) }}"

- name: Show entries that also protect by employee number
  ansible.builtin.debug:
    msg: "{{ people | threema.work.people_to_protect(match='employee_number') }}"
  vars:
    people:
      - username: jane.doe
        employee_number: "10003"
"""

RETURN = r"""
_value:
  description: One entry for each person who can be identified.
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
    """Convert people to entries of the option protect.

    :raises AnsibleFilterError: for an unknown value of match.
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
