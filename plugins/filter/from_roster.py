# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter threema.work.from_roster; what it does is in C(plugin_utils/_roster.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: from_roster
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Read a staff list from text
description:
  - Turns the text of a staff list, as spreadsheets write it, into a list of people.
  - It takes the text from anywhere, for example from a survey, from M(ansible.builtin.slurp) or M(ansible.builtin.uri).
    For a file on the control node use P(threema.work.roster#lookup), which knows the same format.
positional: _input
options:
  _input:
    description:
      - The staff list, with a heading line. The format is described with P(threema.work.roster#lookup).
      - Text, which may be encrypted with C(!vault), or bytes in one of the encodings described there.
    type: raw
    required: true
  columns:
    description:
      - Other headings, and the known column that each of them stands for.
    type: dict
seealso:
  - plugin: threema.work.roster
    plugin_type: lookup
  - plugin: threema.work.people_to_credentials
    plugin_type: filter
  - ref: ansible_collections.threema.work.docsite.guide_onboarding
    description: Onboarding from the data of HR, with what can go wrong.
"""

EXAMPLES = r"""
---
- name: Read people from the text area of a survey
  ansible.builtin.set_fact:
    people: "{{ survey_people | threema.work.from_roster }}"

- name: Fetch the staff list of another host
  ansible.builtin.slurp:
    src: /srv/hr/staff.csv
  register: staff

- name: Read it, with the headings that it has
  ansible.builtin.set_fact:
    people: "{{ staff.content | b64decode | threema.work.from_roster(columns=headings) }}"
  vars:
    headings:
      Benutzername: username
      Vorname: first_name
      Nachname: last_name
"""

RETURN = r"""
_value:
  description:
    - The people, in the order of the list; empty where the list has only a heading.
    - Known columns are there under their own names, typed, and only where they are not empty.
      Other columns are there under their heading as text.
  type: list
  elements: dict
  sample:
    - username: anna.muster
      first_name: Anna
      last_name: Muster
      e-mail: anna.muster@example.com
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.threema.work.plugins.plugin_utils._roster import RosterError, read_roster
from ansible_collections.threema.work.plugins.plugin_utils._untrusted import untrusted
from ansible_collections.threema.work.plugins.plugin_utils._vaulted import plain
from jinja2 import Undefined


def from_roster(text: t.Any, *, columns: t.Any = None) -> t.Any:
    """Read the people from the text of a roster.

    :raises AnsibleFilterError: with every problem of the roster, or where the input is not text.
    """
    if isinstance(text, Undefined):
        return text
    text = plain(text)
    if not isinstance(text, (str, bytes)):
        raise AnsibleFilterError(
            f"threema.work.from_roster takes the text of a roster, not a value of the type {type(text).__name__}; "
            "for a file use the lookup threema.work.roster"
        )
    try:
        return untrusted(read_roster(text, columns=plain(columns)))
    except RosterError as exc:
        raise AnsibleFilterError(f"threema.work.from_roster: {exc}") from None


class FilterModule:
    """The filter, under its name."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters of this file."""
        return {"from_roster": from_roster}
