# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter threema.work.closing; it is implemented in C(plugin_utils/_closing.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: closing
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Summarize what tasks did in a few lines
description:
  - Converts results of this collection's modules to the lines that its roles and playbooks print at the end. They show the service, the
    number of requests, and what happened to each person or object.
  - Control characters and invisible characters, such as line breaks and marks that change the writing direction, are escaped.
  - Lists of names are truncated after 20 names.
positional: _input, kind
options:
  _input:
    description:
      - The registered results of the tasks, by the names that O(kind) supports. Empty results and results of skipped tasks are ignored.
      - C(credentials) of M(threema.work.credentials) for V(onboarding) and V(offboarding).
      - C(roster) for V(onboarding), with C(match) (the field that identifies people), C(unclear) (the number of rows with errors that lack
        this field), and C(left_out), as returned by P(threema.work.roster#lookup) with C(details=true).
      - C(settings), C(logo_light), C(logo_dark), and C(name) of M(threema.work.mdm_settings), M(threema.work.logo), and
        M(threema.work.subscription) for V(subscription).
      - C(credential) of M(threema.work.credential_info), C(users) of M(threema.work.user_info), C(password) of M(threema.work.credential),
        and C(user) of M(threema.work.user) for V(reset).
      - C(service) of M(threema.work.service_info) for V(doctor).
      - C(sheets) of M(threema.work.activation_sheets), and C(folder) with the C(path) of the directory, for V(handover).
      - C(export) of M(threema.work.subscription_export) for V(export).
      - C(report) of M(threema.work.report_info) and C(files) for V(report), which has a list C(files) with C(path), C(existed), and
        C(changed).
    type: dict
    required: true
  kind:
    description: The purpose of the tasks.
    type: str
    required: true
    choices:
      - onboarding
      - offboarding
      - subscription
      - reset
      - doctor
      - handover
      - export
      - report
  check_mode:
    description: Whether the tasks ran in check mode, usually C(ansible_check_mode).
    type: bool
    default: false
  expected:
    description: The expected subscription; an empty string if none was specified.
    type: str
    default: ''
seealso:
  - plugin: threema.work.message
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: Remove a credential and revoke its Threema IDs
  threema.work.credentials:
    credentials:
      - username: jane.doe
        state: absent
    identity: revoke
  register: gone

- name: Show what happened
  ansible.builtin.debug:
    msg: "{{ {'credentials': gone} | threema.work.closing('offboarding', check_mode=ansible_check_mode) }}"
"""

RETURN = r"""
_value:
  description: The lines of the summary.
  type: list
  elements: str
  sample:
    - work.threema.ch, 5 requests, no expected subscription was named
    - "jane.doe: removed, AB12CD34 revoked"
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.threema.work.plugins.plugin_utils import _closing
from ansible_collections.threema.work.plugins.plugin_utils._untrusted import untrusted
from jinja2 import Undefined


def closing(results: t.Any, kind: str, *, check_mode: bool = False, expected: str = "") -> t.Any:
    """Summarize what tasks did.

    :raises AnsibleFilterError: for an unknown kind of tasks.
    """
    if isinstance(results, Undefined):
        return results
    if kind not in _closing.KINDS:
        raise AnsibleFilterError(f"threema.work.closing knows {', '.join(_closing.KINDS)}, not {kind}")
    return untrusted(_closing.closing(kind, results, check_mode=check_mode, expected=str(expected)))


class FilterModule:
    """The filter, under its name."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters of this file."""
        return {"closing": closing}
