# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the staff list options that the lookup and the filter share."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of reading a list."""

    DOCUMENTATION = r"""
requirements:
  - openpyxl >= 3.1 on the control node, for workbooks only
options:
  kind:
    description:
      - What the list contains. With V(contacts), only the columns C(threema_id), C(first_name), C(last_name), and C(enabled) are read, so
        that the result can be passed to M(threema.work.contacts).
    type: str
    choices:
      - people
      - contacts
    default: people
  profile:
    description:
      - The system that exported the list, for example V(entra), V(google_workspace), or V(ad). The profile defines which heading stands for
        which column, including the username, and which rows are skipped, for example those of suspended people. The guide to staff lists
        describes all profiles.
      - O(columns) takes precedence over the profile. If O(columns) maps a heading to null, the profile does not skip any rows because of
        it.
    type: str
  columns:
    description:
      - Mapping of the headings of this list to columns. A heading is mapped to a column (V(first_name)), to a list of columns, or to null
        to ignore it. This takes precedence over the meaning that the heading would otherwise have.
      - A dictionary, or a string that contains it in YAML or JSON, because a survey can only return strings.
    type: raw
  username_from:
    description:
      - How to generate usernames if the list does not contain any, for example V({first_name}.{last_name}). V({first_name:1}) is the first
        character.
      - Generated usernames are in lowercase and transliterated (V(ä) becomes V(ae), V(ø) becomes V(oe), V(é) becomes V(e)). Apostrophes are
        removed, and blanks become hyphens. A row is wrong if one of these columns is empty or contains other characters.
      - This takes precedence over headings that would otherwise be read as the username. It cannot be combined with O(columns) that map a
        heading to the username.
    type: str
  encoding:
    description:
      - The character encoding, for example V(windows-1252), V(iso-8859-2), V(mac-roman), or V(cp850). A list that is not in this encoding
        is not accepted.
      - If not set, the encoding is detected; see the description.
    type: str
  delimiter:
    description:
      - The character that separates cells; V(tab) stands for a tab. If not set, comma, semicolon, tab, and C(|) are tried.
    type: str
  header_row:
    description:
      - The number of the header row, counted from 1 as in a spreadsheet. Rows before it are not read.
      - If not set, the first 10 rows are searched for the column C(username); with O(username_from), for all columns of the rule; with
        O(kind=contacts), for C(threema_id).
    type: int
  sheet:
    description:
      - The name of the sheet in a workbook, or its number, counted from 1. If not set, the workbook must contain exactly one visible sheet
        with a header row, which is then read.
    type: raw
  where:
    description:
      - Conditions for rows to be included, by heading. Each condition is a value or a list of values, one of which the cell must equal. All
        conditions must be met.
      - Case and leading and trailing blanks do not matter. A boolean matches every word for it (V(yes), V(true), V(on), V(1), V(ja),
        V(oui), …); null and an empty string match an empty cell. A date in a workbook matches both as it is displayed in numbers and in the
        form V(2026-12-31).
      - A dictionary, or a string that contains it in YAML or JSON. Rows are selected before their other cells are checked.
      - If a condition names the empty cell, a cell with a word such as V(NULL), V(n/a), or V(-) is an error, unless the condition names
        this word as well.
    type: raw
  where_not:
    description:
      - Conditions for rows to be skipped, in the same form as O(where). A row that meets any of them is skipped.
    type: raw
  bad_rows:
    description:
      - What to do if rows of the list contain errors.
      - With V(refuse), nothing is read from the list.
      - With V(skip), these rows are skipped and, with O(details), returned as C(skipped). Only rows with an invalid cell, with a wrong
        number of cells, without a username, or with a username that occurs more than once can be skipped; with any other error, nothing is
        read.
    type: str
    choices:
      - refuse
      - skip
    default: refuse
  details:
    description:
      - Whether to return a dictionary with the people and details of how the list was read, instead of only the people.
    type: bool
    default: false
"""
