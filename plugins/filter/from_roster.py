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
short_description: Read a staff list from text or a list of dictionaries
description:
  - Turns a staff list, as spreadsheets and other systems write it, into a list of people.
  - It takes the text from anywhere, for example from a survey, and base64, as M(ansible.builtin.slurp) returns a file. Of base64 and
    bytes the encoding is found as that of a file. Do not decode base64 before, because that must know the encoding.
  - It takes a list of dictionaries too, as the answer of a directory or a web service is one. The same rules hold for it; each
    dictionary is a row, counted from 1.
  - For a file on the control node use P(threema.work.roster#lookup), which knows the same format and describes it. An answer of a
    web service that may not be UTF-8 is best written to a file by M(ansible.builtin.uri) with O(ansible.builtin.uri#module:dest).
positional: _input
extends_documentation_fragment:
  - threema.work._roster
options:
  _input:
    description:
      - The staff list, with a header row. The format is described with P(threema.work.roster#lookup).
      - Text, which may be encrypted with C(!vault), base64, or bytes; or a list of dictionaries.
    type: raw
    required: true
seealso:
  - plugin: threema.work.roster
    plugin_type: lookup
  - plugin: threema.work.people_to_credentials
    plugin_type: filter
  - ref: ansible_collections.threema.work.docsite.guide_onboarding
    description: Onboarding from the data of HR, with troubleshooting.
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
    people: "{{ staff.content | threema.work.from_roster(columns=headings) }}"
  vars:
    headings:
      Kürzel: username
      Rufname: first_name

- name: Take what a directory has found
  ansible.builtin.set_fact:
    people: "{{ directory.results | threema.work.from_roster(columns={'title': 'job_title'}) }}"
  vars:
    directory:
      results:
        - uid: anna.muster
          givenName: Anna
          title:
            - Surgeon
            - Head of department
"""

RETURN = r"""
_value:
  description:
    - The people, in the order of the list.
    - Known columns are there under their own names, typed, and only where they are not empty.
      Other columns are there under their heading as strings.
    - With O(details), a dictionary instead. C(people) is that list. C(not_yet) are people whose C(valid_from) is to come. C(skipped)
      are rows that were left out as bad, each with C(row), C(username), C(employee_number), and C(problems). C(left_out) are rows
      that were left out by O(where), O(where_not), O(profile), or C(valid_until), each with C(row), C(username), and
      C(employee_number). With O(kind=contacts) they have C(row) and C(threema_id).
      C(source) has C(name), C(encoding), C(delimiter), C(sheet), C(header_row), C(rows), C(used) (the columns by heading), C(ignored)
      (headings), C(username_heading), C(profile), and C(warnings). What does not apply is null.
  type: raw
  sample:
    - username: anna.muster
      first_name: Anna
      last_name: Muster
      e-mail: anna.muster@example.com
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.utils.display import Display
from ansible_collections.threema.work.plugins.plugin_utils._reader.base64_text import from_base64
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import RosterError
from ansible_collections.threema.work.plugins.plugin_utils._roster import OPTIONS, read
from ansible_collections.threema.work.plugins.plugin_utils._untrusted import untrusted
from ansible_collections.threema.work.plugins.plugin_utils._vaulted import plain
from jinja2 import Undefined


def from_roster(given: t.Any, *, details: t.Any = False, **options: t.Any) -> t.Any:
    """Read the people from a roster.

    :param options: those of the reader.
    :raises AnsibleFilterError: with every problem of the roster, or where the input is neither text nor a list.
    """
    if isinstance(given, Undefined):
        return given
    unknown = sorted(set(options) - set(OPTIONS))
    if unknown:
        raise AnsibleFilterError(
            f"threema.work.from_roster has no option {unknown[0]!r}; its options are {', '.join((*OPTIONS, 'details'))}"
        )
    given = plain(given)
    if not isinstance(given, (str, bytes, list)):
        raise AnsibleFilterError(
            "threema.work.from_roster takes the text of a roster or a list of dictionaries, not a value of the type "
            f"{type(given).__name__}; for a file use the lookup threema.work.roster"
        )
    data = (from_base64(given) or given) if isinstance(given, str) else given
    try:
        roster = read(data, **{name: plain(value) for name, value in options.items()})
    except RosterError as exc:
        raise AnsibleFilterError(f"threema.work.from_roster: {exc}") from None
    for warning in roster.warnings:
        Display().warning(f"threema.work.from_roster: {warning}")
    return untrusted(roster.details if boolean(details) else roster.people)


class FilterModule:
    """The filter, under its name."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters of this file."""
        return {"from_roster": from_roster}
