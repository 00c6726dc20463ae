# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter threema.work.activation_link; it is implemented in C(module_utils/_sheets/link.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: activation_link
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Create the activation link of a credential
description:
  - Creates the link with which a person sets up the app. Every character of the username and the password that has a meaning in a link is
    encoded.
  - The link contains the password in plain text. Use C(no_log=true) for tasks that use it.
  - Links of Threema OnPrem begin differently; use O(threema.work.activation_sheets#module:link_base) of M(threema.work.activation_sheets)
    for them.
positional: _input, password
options:
  _input:
    description: The username.
    type: str
    required: true
  password:
    description: The password.
    type: str
    required: true
  scheme:
    description:
      - With V(https), the link opens a web page if the app is not installed, and the page hands over to the app.
      - With V(threemawork), the link opens the app directly, and does nothing if it is not installed.
    type: str
    choices:
      - https
      - threemawork
    default: https
seealso:
  - module: threema.work.activation_sheets
  - plugin: threema.work.qr_svg
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: Write an activation link to a file
  ansible.builtin.copy:
    content: "{{ 'jane.doe' | threema.work.activation_link(password) }}\n"
    dest: link.txt
    mode: "0600"
  no_log: true
  vars:
    password: k7Qm&2xVb
"""

RETURN = r"""
_value:
  description: The link.
  type: str
  sample: https://work.threema.ch/license?username=jane.doe&password=k7Qm%262xVb
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.threema.work.plugins.module_utils._sheets.link import BASES, activation_link
from ansible_collections.threema.work.plugins.plugin_utils._untrusted import untrusted
from ansible_collections.threema.work.plugins.plugin_utils._vaulted import plain
from jinja2 import Undefined


def link_of(username: t.Any, password: t.Any, scheme: str = "https") -> t.Any:
    """The activation link of a credential.

    :raises AnsibleFilterError: for a scheme that does not exist, or something that is not a text.
    """
    for value in (username, password):
        if isinstance(value, Undefined):
            return value
    if scheme not in BASES:
        raise AnsibleFilterError(f"threema.work.activation_link: scheme must be one of {', '.join(BASES)}")
    texts = {"username": plain(username), "password": plain(password)}
    for name, text in texts.items():
        if not isinstance(text, str) or not text:
            raise AnsibleFilterError(f"threema.work.activation_link: the {name} must be a string that is not empty")
    try:
        return untrusted(activation_link(texts["username"], texts["password"], BASES[scheme]))
    except UnicodeEncodeError:
        # The error itself would contain the password.
        raise AnsibleFilterError(
            "threema.work.activation_link: the username or the password contains half of a character"
        ) from None


class FilterModule:
    """The filter, under its name."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters of this file."""
        return {"activation_link": link_of}
