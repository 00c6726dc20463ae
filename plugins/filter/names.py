# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter threema.work.names; what it does is in C(plugin_utils/_names.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: names
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Read names that somebody lists or types into a form
description:
  - Takes usernames or Threema IDs as a list, or as text with one per line or separated by commas, as a survey of AWX gives it.
  - Blanks at the ends are taken away, and a name that occurs twice is taken once.
  - What is no name, such as a whole person, null, or an empty entry, is a problem. No problem repeats what was given, because that
    may hold a password.
positional: _input
options:
  _input:
    description: A list of texts, or one text.
    type: raw
    required: true
seealso:
  - plugin: threema.work.message
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: Show who is named
  ansible.builtin.debug:
    var: (answer | threema.work.names).names
  vars:
    answer: |
      jane.doe
      john.doe, team
"""

RETURN = r"""
_value:
  description: What was read.
  type: dict
  contains:
    names:
      description: The names; none where something is wrong.
      type: list
      elements: str
      sample: [jane.doe, john.doe, team]
    credentials:
      description: The same as items of the module M(threema.work.credentials).
      type: list
      elements: dict
      sample: [username: jane.doe, username: john.doe, username: team]
    problems:
      description: What is wrong, in sentences; empty if nothing is.
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
    """Read names that somebody lists or types into a form."""
    if isinstance(given, Undefined):
        return given
    return untrusted(described(given))


class FilterModule:
    """The filter, under its name."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters of this file."""
        return {"names": names}
