# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup threema.work.roster; it is implemented in C(plugin_utils/_roster.py)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: roster
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Read a staff list from a file
description:
  - Reads a staff list, as exported by spreadsheets and other systems, from a file on the control node and returns the people in it.
  - If the list contains an error, the lookup fails and reports the row and column. All errors are reported at once; the texts of the first
    20 are shown. Rows are counted from 1, as in a spreadsheet, including blank rows and a C(sep=;) line.
  - In a text file, cells are separated by commas, semicolons, tabs, or C(|). Cells may be enclosed in quotation marks and can then contain
    line breaks, the delimiter, and doubled quotation marks. Title lines before the header row are skipped. The file may be encrypted with
    Ansible Vault.
  - The file can also be a workbook (C(.xlsx), C(.xlsm)), which requires the Python library C(openpyxl) on the control node, or a list of
    dictionaries in JSON or YAML, recognized by the file name extension (C(.json), C(.yml), C(.yaml)). Scalars in JSON and YAML are read as
    they are written. In a workbook, hidden rows are read, and a warning reports their number. In columns that are used, formulas without a
    stored value, merged cells, and numbers with formats other than V(General), V(0), V(00000), text, and dates are errors; so are dates and
    booleans in text columns.
  - Text is UTF-8, or UTF-16 or UTF-32 with a byte order mark. Otherwise, it is read as Windows-1252 if every word is plausible in this
    encoding, with a warning that shows the words with the rarest letters. A file in another encoding or in two encodings is an error, and
    the row is reported, unless O(encoding) specifies its encoding.
  - The columns are C(username), which is required for everyone, C(employee_number), C(first_name), C(last_name), C(nickname),
    C(department), C(job_title), C(categories) (separated by commas), C(valid_from) and C(valid_until) (dates such as V(2026-12-31) or
    V(31.12.2026), both inclusive), and every MDM parameter C(th_…). In headings, case, blanks, C(_), C(-), and C(.) do not matter. English,
    German, French, and Italian names of these columns and the names used by other systems are recognized. An email address is only used as
    the username if O(columns) or O(profile) specifies it.
  - C(password), C(locked), C(hashed), and C(license_count) are only read if O(columns) maps a heading to them, or from columns with the
    headings C(threema_password), C(threema_locked), C(threema_hashed), and C(threema_license_count), because exports from other systems
    have columns with the same names but different meanings.
  - Other columns are returned with the person under their headings, except for passwords of other systems and for names that the filter
    P(threema.work.people_to_credentials#filter) reads. A heading that differs from a known one by a single typing error is an error.
  - Every row must have as many cells as the header row has names. Rows without any value are skipped.
  - Blanks around a value are removed, except in passwords. So is an apostrophe before C(=), C(+), C(-), or C(@), which
    M(threema.work.subscription_export) writes so that spreadsheets do not calculate the value. Strings are converted to Unicode
    NFC. In every column that is sent, and in those of O(where) and O(where_not), invisible characters, control characters, replacement
    characters (U+FFFD), error values of spreadsheets (C(#N/A)), text that was encoded twice, and what programs write instead of a text
    (C(System.Object[]), C(&uuml;)) are errors.
  - If a field has several values (a list in JSON, YAML, or the response of a directory), the first one is used, and a warning reports their
    number; for C(categories), all values are used.
  - Two usernames that differ only in case or in their encoding are an error. So are usernames and employee numbers such as V(NULL),
    V(None), V(NaN), V(N/A), and V(-), numbers that a program has rounded or given decimals (V(1E+05), V(42.0)), usernames that are more
    than one address, passwords that are masked or hashed, and dates before 1950.
  - Rows that are not people are an error, too. These are rows with nothing but a username of several words, while other rows contain more,
    because they are footers; rows at the end with a word such as V(Total) and numbers; rows below the header row that show which columns
    are required; and rows that stray quotation marks have joined.
extends_documentation_fragment:
  - threema.work._roster
options:
  _terms:
    description:
      - The files. A relative path is searched for in the directory C(files) of the role or playbook, then next to it, and then in the
        directory in which Ansible was started.
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

- name: Read a list with other headings
  ansible.builtin.set_fact:
    people: "{{ lookup('threema.work.roster', 'personal.csv', columns=headings) }}"
  vars:
    headings:
      Kürzel: username
      Rufname: first_name

- name: Read only active people, and return how the file was read
  ansible.builtin.set_fact:
    staff: "{{ lookup('threema.work.roster', 'export.csv', where={'Status': ['Active', 'Aktiv']}, details=true) }}"

- name: Read the export of a known system
  ansible.builtin.set_fact:
    people: "{{ lookup('threema.work.roster', 'users.csv', profile='google_workspace') }}"

- name: Read a list without usernames
  ansible.builtin.set_fact:
    people: "{{ lookup('threema.work.roster', 'class.csv', username_from='{first_name:1}.{last_name}') }}"

- name: Add the contacts of a partner
  threema.work.contacts:
    contacts: "{{ lookup('threema.work.roster', 'partner.csv', kind='contacts') }}"

- name: Show how the headings were mapped to columns
  ansible.builtin.debug:
    var: staff.source.used

- name: Combine two files into one list
  ansible.builtin.set_fact:
    people: "{{ query('threema.work.roster', 'bern.csv', 'chur.csv') | flatten(levels=1) }}"
"""

RETURN = r"""
_raw:
  description:
    - One value for each file, namely the complete list of its people, even if there is only one person. Therefore, for one file, C(lookup)
      returns a list of people, and C(query) returns a list that contains one list of people.
    - For each person, known columns that are not empty are returned under their own names, with their own types. Other columns are returned
      under their headings as strings.
    - With O(details), a dictionary is returned instead. C(people) is this list. C(not_yet) contains people whose C(valid_from) is in the
      future. C(skipped) contains rows that were skipped because of errors, each with C(row), C(username), C(employee_number), and
      C(problems). C(left_out) contains rows that were excluded by O(where), O(where_not), O(profile), or C(valid_until), each with C(row),
      C(username), and C(employee_number). With O(kind=contacts), these rows have C(row) and C(threema_id) instead. C(source) contains
      C(name), C(encoding), C(delimiter), C(sheet), C(header_row), C(rows), C(used) (the columns by heading), C(ignored) (headings),
      C(username_heading), C(profile), and C(warnings). Values that do not apply are null.
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
                f"threema.work.roster takes the path of a staff list, not a value of type {type(term).__name__}"
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
            raise AnsibleLookupError(f"{path} is a directory, not a list; specify the file in it")
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
            raise AnsibleLookupError(
                f"the file {path} has more than {_LARGEST // 1_000_000} MB; this is not a staff list"
            )
        return content
