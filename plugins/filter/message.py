# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter threema.work.message; it is implemented in C(plugin_utils/_closing.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: message
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Prepare a message for display
description:
  - Escapes control characters and invisible characters, and replaces names of module options with the names that the caller of a role or
    playbook knows.
positional: _input, names
options:
  _input:
    description: The message.
    type: str
    required: true
  names:
    description:
      - The caller's names for options that the message may mention, by option.
      - A phrase of several words is replaced wherever it occurs. An option without an underscore is only replaced if a value follows, as in
        C(unknown:) V(ignore), or within quotation marks.
    type: dict
    default: {}
seealso:
  - plugin: threema.work.closing
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: Use the survey's name of a limit
  ansible.builtin.debug:
    msg: "{{ reason | threema.work.message({'max_removals': 'Maximum number of removals'}) }}"
  vars:
    reason: the plan removes 4, and max_removals allows 1
"""

RETURN = r"""
_value:
  description: The message.
  type: str
  sample: the plan removes 4, and Maximum number of removals allows 1
"""

import typing as t

from ansible_collections.threema.work.plugins.module_utils._text import shown
from ansible_collections.threema.work.plugins.plugin_utils._closing import renamed
from ansible_collections.threema.work.plugins.plugin_utils._untrusted import untrusted
from ansible_collections.threema.work.plugins.plugin_utils._vaulted import plain
from jinja2 import Undefined


def message(text: t.Any, names: t.Mapping[str, str] | None = None) -> t.Any:
    """Prepare a message for display."""
    if isinstance(text, Undefined):
        return text
    return untrusted(shown(renamed(str(plain(text)), names or {})))


class FilterModule:
    """The filter, under its name."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters of this file."""
        return {"message": message}
