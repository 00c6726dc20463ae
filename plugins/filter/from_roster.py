# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter threema.work.from_roster; it is implemented in C(plugin_utils/_roster.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: from_roster
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Read a staff list from a string or a list of dictionaries
description:
  - Converts a staff list, as exported by spreadsheets and other systems, to a list of people.
  - The input can be a string, for example from a survey, or Base64, as returned by M(ansible.builtin.slurp). The encoding of Base64 and
    bytes is detected like that of a file. Do not decode Base64 beforehand, because decoding requires the encoding to be known.
  - The input can also be a list of dictionaries, such as the response of a directory or a web service. The same rules apply; each
    dictionary is a row, counted from 1.
  - To read a file on the control node, use P(threema.work.roster#lookup), which reads and documents the same format. If the response of a
    web service may not be UTF-8, write it to a file with M(ansible.builtin.uri) and O(ansible.builtin.uri#module:dest).
positional: _input
extends_documentation_fragment:
  - threema.work._roster
options:
  _input:
    description:
      - The staff list with a header row. P(threema.work.roster#lookup) documents the format.
      - A string, which may be encrypted with C(!vault), Base64, bytes, or a list of dictionaries.
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

- name: Read this list with its own headings
  ansible.builtin.set_fact:
    people: "{{ staff.content | threema.work.from_roster(columns=headings) }}"
  vars:
    headings:
      Kürzel: username
      Rufname: first_name

- name: Read the search results of a directory
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
    - Known columns that are not empty are returned under their own names, with their own types. Other columns are returned under their
      headings as strings.
    - With O(details), a dictionary is returned instead. C(people) is this list. C(not_yet) contains people whose C(valid_from) is in the
      future. C(skipped) contains rows that were skipped because of errors, each with C(row), C(username), C(employee_number), and
      C(problems). C(left_out) contains rows that were excluded by O(where), O(where_not), O(profile), or C(valid_until), each with C(row),
      C(username), and C(employee_number). With O(kind=contacts), these rows have C(row) and C(threema_id) instead. C(source) contains
      C(name), C(encoding), C(delimiter), C(sheet), C(header_row), C(rows), C(used) (the columns by heading), C(ignored) (headings),
      C(username_heading), C(profile), and C(warnings). Values that do not apply are null.
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
            "threema.work.from_roster takes a string with a roster or a list of dictionaries, not a value of type "
            f"{type(given).__name__}; for a file, use the lookup threema.work.roster"
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
