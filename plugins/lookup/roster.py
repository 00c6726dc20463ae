# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup threema.work.roster; what it does is in C(plugin_utils/_roster.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: roster
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Read a staff list from a file
description:
  - Reads a staff list, as spreadsheets write it, from a file on the control node and returns the people in it.
  - The file is text with a comma, a semicolon or a tab between the cells, found from the heading line; a leading line
    C(sep=;) is accepted. Cells may be in quotation marks and then hold line breaks, the delimiter, and quotation marks
    written twice.
  - It is UTF-8 with or without byte order mark, UTF-16 with one, or else Windows-1252 or Latin-1. It may be encrypted
    with Ansible Vault.
  - The known columns are C(username), which everybody needs, C(employee_number), C(first_name), C(last_name),
    C(nickname), C(department), C(job_title), C(categories) (separated by comma), C(password), every MDM parameter
    C(th_…), C(license_count) (1 or more), C(locked) and C(hashed) (V(yes) or V(no), V(true) or V(false), V(on) or
    V(off), V(1) or V(0)). In headings, case does not matter, and space and hyphen stand for the underscore.
  - Other columns stay with the person. One that is nearly a known name, for example C(firstname), is refused.
  - White space around a value is removed, except in C(password). Rows without any value are skipped.
  - All errors are reported at once, with row and column. Rows are counted as in a spreadsheet, the heading is row 1.
options:
  _terms:
    description:
      - The files. A relative path is searched for in the directory C(files) of the role or playbook, beside it, and then in the directory
        in which Ansible was started.
    type: list
    elements: str
    required: true
  columns:
    description:
      - Other headings, and the known column that each of them stands for.
      - Case and surrounding white space of the headings do not matter.
    type: dict
seealso:
  - plugin: threema.work.from_roster
    plugin_type: filter
  - plugin: threema.work.people_to_credentials
    plugin_type: filter
  - ref: ansible_collections.threema.work.docsite.guide_onboarding
    description: Onboarding from the data of HR, with what can go wrong.
"""

EXAMPLES = r"""
---
- name: Read a staff list
  ansible.builtin.set_fact:
    people: "{{ lookup('threema.work.roster', 'people.csv') }}"

- name: Read one with other headings
  ansible.builtin.set_fact:
    people: "{{ lookup('threema.work.roster', 'personal.csv', columns=headings) }}"
  vars:
    headings:
      Benutzername: username
      Vorname: first_name
      Nachname: last_name

- name: Read two into one list
  ansible.builtin.set_fact:
    people: "{{ query('threema.work.roster', 'bern.csv', 'chur.csv') | flatten(levels=1) }}"
"""

RETURN = r"""
_raw:
  description:
    - One value for each file, the whole list of its people, also when it has one person or none.
      So for one file C(lookup) gives a list of people, and C(query) a list with one list of people.
    - Of each person, known columns are there under their own names, typed, and only where they are not empty.
      Other columns are there under their heading as text.
  type: list
  elements: list
  sample:
    - - username: anna.muster
        first_name: Anna
        last_name: Muster
        e-mail: anna.muster@example.com
"""

import os
import typing as t

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.threema.work.plugins.plugin_utils._roster import RosterError, read_roster
from ansible_collections.threema.work.plugins.plugin_utils._vaulted import plain


class LookupModule(LookupBase):
    """Reads files with the reader of the roster."""

    def run(self, terms: list[t.Any], variables: dict[str, t.Any] | None = None, **kwargs: t.Any) -> list[t.Any]:
        """Return one list of people for each file.

        :raises AnsibleLookupError: with every problem of the first file that has any.
        """
        self.set_options(var_options=variables, direct=kwargs)
        columns = plain(self.get_option("columns"))
        if not terms:
            raise AnsibleLookupError("threema.work.roster needs the path of a staff list, for example 'people.csv'")
        return [self._read(plain(term), variables, columns) for term in terms]

    def _read(self, term: t.Any, variables: dict[str, t.Any] | None, columns: t.Any) -> list[dict[str, t.Any]]:
        if not isinstance(term, str) or not term.strip():
            raise AnsibleLookupError(
                f"threema.work.roster takes the path of a staff list, not a value of the type {type(term).__name__}"
                if not isinstance(term, str)
                else "threema.work.roster takes the path of a staff list; the one given is empty"
            )
        path = self.find_file_in_search_path(variables, "files", term, ignore_missing=True)
        # A playbook of a collection lies elsewhere than the file that is named on its command line.
        path = path or os.path.abspath(os.path.expanduser(term))
        if not os.path.exists(path):
            raise AnsibleLookupError(
                f"there is no file {term!r}; it was looked for in the directory files of the role "
                "or playbook, beside it, and in the directory in which Ansible was started"
            )
        try:
            return read_roster(self._content(path), columns=columns, source=f"roster {path}")
        except RosterError as exc:
            raise AnsibleLookupError(str(exc)) from None

    def _content(self, path: str) -> bytes:
        """Return what is in a file, decrypted where it is encrypted with Ansible Vault."""
        try:
            readable = self._loader.get_real_file(path)
            try:
                with open(readable, "rb") as file:
                    return file.read()
            finally:
                if readable != path:
                    self._loader.cleanup_tmp_file(readable)
        except (AnsibleError, OSError) as exc:
            reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)
            raise AnsibleLookupError(f"the file {path} cannot be read: {reason}") from exc
