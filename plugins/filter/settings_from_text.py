# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter threema.work.settings_from_text; what it does is in C(plugin_utils/_settings_text.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: settings_from_text
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Read settings from text
description:
  - Turns settings that somebody typed into a survey, one per line, into the dictionary that O(threema.work.mdm_settings#module:settings)
    takes.
  - A line has a name, a colon and a value. Empty lines and lines that begin with C(#) are skipped.
  - Values are not YAML. They are strings as they were typed, so that V(010) stays V(010); the modules know which parameters are
    integers or booleans. Quotation marks belong to the value, unless a pair of the same is around all of it.
  - All lines that are wrong are reported at once, by their numbers. Values are not repeated, because they may be secrets.
positional: _input
options:
  _input:
    description: The text, which may be encrypted with C(!vault).
    type: str
    required: true
seealso:
  - module: threema.work.mdm_settings
  - ref: ansible_collections.threema.work.docsite.guide_app_configuration
    description: Recipes for the app configuration.
"""

EXAMPLES = r"""
---
- name: Set what a survey asked for
  threema.work.mdm_settings:
    settings: "{{ survey_settings | threema.work.settings_from_text }}"
"""

RETURN = r"""
_value:
  description: The settings, by name.
  type: dict
  sample:
    th_disable_export: "true"
    th_keep_messages_days: "365"
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.threema.work.plugins.plugin_utils._settings_text import SettingsTextError, read_settings
from ansible_collections.threema.work.plugins.plugin_utils._untrusted import untrusted
from ansible_collections.threema.work.plugins.plugin_utils._vaulted import plain
from jinja2 import Undefined


def settings_from_text(text: t.Any) -> t.Any:
    """Read settings from text.

    :raises AnsibleFilterError: with every line that is wrong, or where the input is not text.
    """
    if isinstance(text, Undefined):
        return text
    text = plain(text)
    if not isinstance(text, str):
        raise AnsibleFilterError(
            f"threema.work.settings_from_text takes text, not a value of the type {type(text).__name__}"
        )
    try:
        return untrusted(read_settings(text))
    except SettingsTextError as exc:
        raise AnsibleFilterError(f"threema.work.settings_from_text: {exc}") from None


class FilterModule:
    """The filter, under its name."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters of this file."""
        return {"settings_from_text": settings_from_text}
