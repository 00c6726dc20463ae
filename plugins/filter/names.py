# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter threema.work.names; it is implemented in C(plugin_utils/_names.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: names
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Read names from a list or from a survey
description:
  - Reads usernames or Threema IDs from a list, or from a string with one name per line or names separated by commas, as returned by a
    survey in AWX.
  - Leading and trailing blanks are removed, and a name that occurs more than once is returned only once.
  - Anything that is not a name, such as a dictionary, null, or an empty entry, is reported as a problem. Problems never repeat the input,
    because it may contain a password.
positional: _input
options:
  _input:
    description: A list of strings, or a string.
    type: raw
    required: true
seealso:
  - plugin: threema.work.message
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: Show the names
  ansible.builtin.debug:
    var: (answer | threema.work.names).names
  vars:
    answer: |
      jane.doe
      john.doe, team
"""

RETURN = r"""
_value:
  description: The names and problems.
  type: dict
  contains:
    names:
      description: The names; empty if there are problems.
      type: list
      elements: str
      sample: [jane.doe, john.doe, team]
    credentials:
      description: The names as items of the module M(threema.work.credentials).
      type: list
      elements: dict
      sample: [username: jane.doe, username: john.doe, username: team]
    problems:
      description: The problems, one sentence each; empty if there are none.
      type: list
      elements: str
      sample: []
  sample:
    names: [jane.doe]
    credentials: [username: jane.doe]
    problems: []
"""

import typing as t

from ansible_collections.threema.work.plugins.plugin_utils._names import described
from ansible_collections.threema.work.plugins.plugin_utils._untrusted import untrusted
from jinja2 import Undefined


def names(given: t.Any) -> t.Any:
    """Read names from a list or from a survey."""
    if isinstance(given, Undefined):
        return given
    return untrusted(described(given))


class FilterModule:
    """The filter, under its name."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters of this file."""
        return {"names": names}
