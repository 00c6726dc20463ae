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
  - Who has no username is left out. It cannot be told then who is on no list.
positional: _input
options:
  _input:
    description: Dictionaries with C(username). Their other keys do not matter.
    type: list
    elements: dict
    required: true
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
"""

RETURN = r"""
_value:
  description: An entry for each of them who has a username.
  type: list
  elements: dict
  sample: [username: jane.doe]
"""

import typing as t

from ansible_collections.threema.work.plugins.plugin_utils._people import to_protect
from ansible_collections.threema.work.plugins.plugin_utils._untrusted import untrusted
from jinja2 import Undefined


def people_to_protect(people: t.Any) -> t.Any:
    """Map people to entries of the option protect."""
    if isinstance(people, Undefined):
        return people
    return untrusted(to_protect(people))


class FilterModule:
    """The filter, under its name."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters of this file."""
        return {"people_to_protect": people_to_protect}
