# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter threema.work.people_to_credentials; it is implemented in C(plugin_utils/_people.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: people_to_credentials
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Convert people to credentials with settings
description:
  - Converts a list of people to items for the option O(threema.work.credentials#module:credentials) of M(threema.work.credentials).
  - The people come from P(threema.work.roster#lookup) or P(threema.work.from_roster#filter), or from a handwritten list that uses the same
    keys. Any value may be encrypted with C(!vault).
  - C(username), C(password), C(license_count), C(locked), and C(hashed) are passed on unchanged. C(employee_number) sets C(th_csi),
    C(first_name) sets C(th_firstname), C(last_name) sets C(th_lastname), C(nickname) sets C(th_nickname), C(department) sets
    C(th_department), C(job_title) sets C(th_job_title), and C(categories), a string or a list, sets C(th_category). Every C(th_…) key sets
    the parameter with that name.
  - A field that is empty or null neither sets nor removes anything.
  - Other fields, including C(state), C(id), and C(settings), are ignored; a key that almost matches a known name is an error.
  - All errors are reported at once, each with the number of the person, counted from 1, and the username.
positional: _input
options:
  _input:
    description:
      - The people, as a list or as the values of a dictionary (returned by its method C(values)).
    type: list
    elements: dict
    required: true
seealso:
  - module: threema.work.credentials
  - plugin: threema.work.roster
    plugin_type: lookup
  - plugin: threema.work.from_roster
    plugin_type: filter
  - ref: ansible_collections.threema.work.docsite.guide_onboarding
    description: Onboarding from the data of HR, with troubleshooting.
"""

EXAMPLES = r"""
---
- name: Create credentials for everyone on the staff list
  threema.work.credentials:
    credentials: "{{ lookup('threema.work.roster', 'people.csv') | threema.work.people_to_credentials }}"
    generate_password: true

- name: Create credentials for two people listed in the playbook
  threema.work.credentials:
    credentials: "{{ people | threema.work.people_to_credentials }}"
    generate_password: true
  vars:
    people:
      - username: anna.muster
        first_name: Anna
        last_name: Muster
        categories:
          - Bern
          - Care
      - username: beat.beispiel
        employee_number: "007"
        th_disable_calls: true
"""

RETURN = r"""
_value:
  description:
    - One credential for each person, in the same order.
    - C(settings) is only present for people who have settings.
  type: list
  elements: dict
  sample:
    - username: anna.muster
      settings:
        th_firstname: Anna
        th_lastname: Muster
        th_category: Bern,Care
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.threema.work.plugins.plugin_utils._people import to_credentials
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import RosterError
from ansible_collections.threema.work.plugins.plugin_utils._untrusted import untrusted
from jinja2 import Undefined


def people_to_credentials(people: t.Any) -> t.Any:
    """Convert people to items of the module credentials.

    :raises AnsibleFilterError: with every problem of the people.
    """
    if isinstance(people, Undefined):
        return people
    try:
        return untrusted(to_credentials(people))
    except RosterError as exc:
        raise AnsibleFilterError(f"threema.work.people_to_credentials: {exc}") from None


class FilterModule:
    """The filter, under its name."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters of this file."""
        return {"people_to_credentials": people_to_credentials}
