# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter threema.work.without_host; what it does is in C(plugin_utils/_masking.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: without_host
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Mask the host in what was found about the service
description:
  - Takes the name of the host, with its port and path, out of what M(threema.work.service_info) returns, so that it can be sent to
    somebody else.
  - C(work.threema.ch) and hosts that mean this machine stay.
positional: _input
options:
  _input:
    description: The C(service) of a result of M(threema.work.service_info).
    type: dict
    required: true
seealso:
  - module: threema.work.service_info
"""

EXAMPLES = r"""
---
- name: Check whether everything is all right
  threema.work.service_info:
  register: found

- name: Write what can be sent to a maintainer
  ansible.builtin.copy:
    content: "{{ found.service | threema.work.without_host | to_nice_json }}"
    dest: doctor.json
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The same, with the host masked.
  type: dict
  sample:
    api_host: host.invalid
    api_url: https://host.invalid
    ok: true
"""

import typing as t

from ansible_collections.threema.work.plugins.plugin_utils import _masking
from ansible_collections.threema.work.plugins.plugin_utils._untrusted import untrusted
from jinja2 import Undefined


def without_host(service: t.Any) -> t.Any:
    """Mask the host."""
    if isinstance(service, Undefined):
        return service
    return untrusted(_masking.without_host(service))


class FilterModule:
    """The filter, under its name."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters of this file."""
        return {"without_host": without_host}
