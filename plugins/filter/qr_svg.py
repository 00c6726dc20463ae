# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter threema.work.qr_svg; it is implemented in C(module_utils/_sheets/qr.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: qr_svg
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Draw a QR code as SVG
description:
  - Draws the QR code of a text, for example of an activation link, as an SVG image with a blank border. It can be a file, or a part of a web
    page.
  - It needs the Python library C(segno) on the control node.
positional: _input
options:
  _input:
    description: The text, 2,953 bytes at most.
    type: str
    required: true
seealso:
  - module: threema.work.activation_sheets
  - plugin: threema.work.activation_link
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: Write the QR code of an activation link to a file
  ansible.builtin.copy:
    content: "{{ 'jane.doe' | threema.work.activation_link(password) | threema.work.qr_svg }}"
    dest: code.svg
    mode: "0600"
  no_log: true
  vars:
    password: k7Qm&2xVb
"""

RETURN = r"""
_value:
  description: The SVG image.
  type: str
  sample: <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 45 45">…</svg>
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.threema.work.plugins.module_utils._sheets.qr import MissingLibrary, TooLong, qr_code
from ansible_collections.threema.work.plugins.plugin_utils._untrusted import untrusted
from ansible_collections.threema.work.plugins.plugin_utils._vaulted import plain
from jinja2 import Undefined


def qr_svg(text: t.Any) -> t.Any:
    """The QR code of a text.

    :raises AnsibleFilterError: without segno, for a text that is too long, or for something that is not a text.
    """
    if isinstance(text, Undefined):
        return text
    content = plain(text)
    if not isinstance(content, str) or not content:
        raise AnsibleFilterError("threema.work.qr_svg: the text must be a string that is not empty")
    try:
        return untrusted(qr_code(content).svg)
    except (MissingLibrary, TooLong) as exc:
        raise AnsibleFilterError(f"threema.work.qr_svg: {exc}") from None
    except UnicodeEncodeError:
        # The error itself would contain the text, which may be secret.
        raise AnsibleFilterError("threema.work.qr_svg: the text contains half of a character") from None


class FilterModule:
    """The filter, under its name."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters of this file."""
        return {"qr_svg": qr_svg}
