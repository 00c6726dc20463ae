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
  - Reads a staff list, as spreadsheets and other systems write it, from a file on the control node and returns the people in it.
  - The list is right, or it is refused with row and column. All errors are reported at once, at most 20 of them with their text. Rows
    are counted as a spreadsheet numbers them, from 1, blank ones and a line C(sep=;) included.
  - The file is text with a comma, a semicolon, a tab, or C(|) between the cells. Cells may be in quotation marks and then hold
    line breaks, the delimiter, and quotation marks written twice. Title lines before the header row are skipped. The file may be
    encrypted with Ansible Vault.
  - It may also be a workbook (C(.xlsx), C(.xlsm)), which needs the Python library C(openpyxl) on the control node, or a list of
    dictionaries in JSON or YAML, told by the ending of its name (C(.json), C(.yml), C(.yaml)). The scalars of JSON and YAML are taken
    as they are written. Of a workbook, hidden rows are read and counted in a warning. Formulas without a stored value, merged cells, and
    numbers with other formats than V(General), V(0), V(00000), text, and days are refused in every column that is used, and so are
    days and booleans in columns of text.
  - Text is UTF-8, UTF-16 or UTF-32 with a byte order mark, or else Windows-1252 where every word is plausible in it, with a warning that
    shows words with the rarest letters. A file in another encoding, or in two, is refused with the row, unless O(encoding) names
    its encoding.
  - The columns are C(username), which everybody needs, C(employee_number), C(first_name), C(last_name), C(nickname), C(department),
    C(job_title), C(categories) (separated by comma), C(valid_from) and C(valid_until) (days as in V(2026-12-31) or V(31.12.2026), both
    included), and every MDM parameter C(th_…). Case, blanks, C(_), C(-), and C(.) do not matter. English, German, French, and Italian
    names of these columns, and those of other systems, are known. An e-mail address is the username only where O(columns) or
    O(profile) says so.
  - C(password), C(locked), C(hashed), and C(license_count) are taken only where O(columns) names them, or under the headings
    C(threema_password), C(threema_locked), C(threema_hashed), and C(threema_license_count), because other systems have columns of
    those names that mean something else.
  - Other columns stay with the person under their heading, but for passwords of other systems and for names that the filter
    P(threema.work.people_to_credentials#filter) reads. A heading that is one slip of the keyboard from a known one is refused.
  - Every row has as many cells as the header row has names. Rows without any value are skipped.
  - Blanks around a value are removed, except in passwords. Strings are in Unicode NFC. Characters that cannot be seen, control
    characters, lost characters (U+FFFD), and error values of spreadsheets (C(#N/A)) are refused in every column that is sent.
  - Where one value is taken of several (a list in JSON, YAML, or the answer of a directory), it is the first, and a warning counts
    these; C(categories) takes all.
  - Two usernames that differ only in case, or in how they are encoded, are refused. So are usernames and employee numbers such as V(NULL),
    V(None), V(NaN), and V(N/A), and rows with nothing but a username of several words while other people have more, which are footers.
extends_documentation_fragment:
  - threema.work._roster
options:
  _terms:
    description:
      - The files. A relative path is searched for in the directory C(files) of the role or playbook, beside it, and then in the directory
        in which Ansible was started.
    type: list
    elements: str
    required: true
seealso:
  - plugin: threema.work.from_roster
    plugin_type: filter
  - plugin: threema.work.people_to_credentials
    plugin_type: filter
  - ref: ansible_collections.threema.work.docsite.guide_onboarding
    description: Onboarding from the data of HR, with troubleshooting.
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
      Kürzel: username
      Rufname: first_name

- name: Read who is active, and see how the file was read
  ansible.builtin.set_fact:
    staff: "{{ lookup('threema.work.roster', 'export.csv', where={'Status': ['Active', 'Aktiv']}, details=true) }}"

- name: Read the export of a system that is known
  ansible.builtin.set_fact:
    people: "{{ lookup('threema.work.roster', 'users.csv', profile='google_workspace') }}"

- name: Read a list without usernames
  ansible.builtin.set_fact:
    people: "{{ lookup('threema.work.roster', 'class.csv', username_from='{first_name:1}.{last_name}') }}"

- name: Add the contacts of a partner
  threema.work.contacts:
    contacts: "{{ lookup('threema.work.roster', 'partner.csv', kind='contacts') }}"

- name: Show which columns were taken for what
  ansible.builtin.debug:
    var: staff.source.used

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
      Other columns are there under their heading as strings.
    - With O(details), a dictionary instead. C(people) is that list. C(not_yet) are people whose C(valid_from) is to come. C(skipped)
      are rows that were left out as bad, each with C(row), C(username), C(employee_number), and C(problems). C(left_out) are rows
      that were left out by O(where), O(where_not), O(profile), or C(valid_until), each with C(row), C(username), and
      C(employee_number). With O(kind=contacts) they have C(row) and C(threema_id).
      C(source) has C(name), C(encoding), C(delimiter), C(sheet), C(header_row), C(rows), C(used) (the columns by heading), C(ignored)
      (headings), C(username_heading), C(profile), and C(warnings). What does not apply is null.
  type: list
  elements: raw
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
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import RosterError
from ansible_collections.threema.work.plugins.plugin_utils._roster import OPTIONS, read
from ansible_collections.threema.work.plugins.plugin_utils._vaulted import plain

#: Larger files are no staff lists; a device may have no end.
_LARGEST: t.Final = 200_000_000


class LookupModule(LookupBase):
    """Reads files with the reader of the roster."""

    def run(self, terms: list[t.Any], variables: dict[str, t.Any] | None = None, **kwargs: t.Any) -> list[t.Any]:
        """Return one list of people, or one dictionary of details, for each file.

        :raises AnsibleLookupError: with every problem of the first file that has any.
        """
        self.set_options(var_options=variables, direct=kwargs)
        if not terms:
            raise AnsibleLookupError("threema.work.roster needs the path of a staff list, for example 'people.csv'")
        return [self._read(self._find(plain(term), variables)) for term in terms]

    def _read(self, path: str) -> t.Any:
        options = {name: plain(self.get_option(name)) for name in OPTIONS}
        try:
            roster = read(self._content(path), source=f"roster {path}", name=path, **options)
        except RosterError as exc:
            raise AnsibleLookupError(str(exc)) from None
        for warning in roster.warnings:
            self._display.warning(f"roster {path}: {warning}")
        return roster.details if self.get_option("details") else roster.people

    def _find(self, term: t.Any, variables: dict[str, t.Any] | None) -> str:
        """The path of a file."""
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
        if os.path.isdir(path):
            raise AnsibleLookupError(f"{path} is a folder, not a list; name the file in it")
        return str(path)

    def _content(self, path: str) -> bytes:
        """Return what is in a file, decrypted where it is encrypted with Ansible Vault."""
        try:
            readable = self._loader.get_real_file(path)
            try:
                with open(readable, "rb") as file:
                    content = file.read(_LARGEST + 1)
            finally:
                if readable != path:
                    self._loader.cleanup_tmp_file(readable)
        except (AnsibleError, OSError) as exc:
            reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)
            raise AnsibleLookupError(f"the file {path} cannot be read: {reason}") from exc
        if len(content) > _LARGEST:
            raise AnsibleLookupError(f"the file {path} has more than {_LARGEST // 1_000_000} MB; this is no staff list")
        return content
