# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options of the reader of staff lists, which the lookup and the filter share."""

from __future__ import annotations


class ModuleDocFragment:
    """How a list is read."""

    DOCUMENTATION = r"""
requirements:
  - openpyxl >= 3.1 on the control node, for workbooks only
options:
  kind:
    description:
      - What the list is of. V(contacts) takes the columns C(threema_id), C(first_name), C(last_name), and C(enabled), and no others, so
        that M(threema.work.contacts) takes what is returned.
    type: str
    choices:
      - people
      - contacts
    default: people
  profile:
    description:
      - The system whose export this is, for example V(entra), V(google_workspace), or V(ad). It says which headings are which columns,
        the username included, and whose rows are left out, because they are suspended there, for example. The guide for lists
        of other systems has all of them.
      - O(columns) takes precedence over it. A heading that O(columns) maps to null leaves nobody out.
    type: str
  columns:
    description:
      - What headings of this list stand for. A heading names a column (V(first_name)), a list of columns, or null, which
        ignores it. It takes precedence over what the heading would be taken for otherwise.
      - A dictionary, or its text in YAML or JSON, because a survey has only text.
    type: raw
  username_from:
    description:
      - How usernames are made of a list that has none, as in V({first_name}.{last_name}). V({first_name:1}) is the first character.
      - They are in small letters, transliterated (V(ä) is V(ae), V(ø) is V(oe), V(é) is V(e)), without apostrophes, and with hyphens in
        place of blanks. A person in whose columns other characters are, or one of whose columns is empty, is refused.
      - It takes precedence over what a heading would be taken for. Together with O(columns) that name the username it is refused.
    type: str
  encoding:
    description:
      - The character encoding, for example V(windows-1252), V(iso-8859-2), V(mac-roman), or V(cp850). What is not in it is refused.
      - Without it, the encoding must show; see the description.
    type: str
  delimiter:
    description:
      - The character between the cells; V(tab) is a tab. Without it, comma, semicolon, tab, and C(|) are tried.
    type: str
  header_row:
    description:
      - The number of the header row, as a spreadsheet counts rows, from 1. Rows before it are not read.
      - Without it, it is the first of the first 10 rows that has the column C(username), or with O(username_from) all columns of the
        rule, or with O(kind=contacts) C(threema_id).
    type: int
  sheet:
    description:
      - The name of the sheet of a workbook, or its number, from 1. Without it, it is the only visible sheet with a header row.
    type: raw
  where:
    description:
      - Who is on the list, by headings and what their cells must be; one value or a list. All headings must hold.
      - Case and blanks at the ends do not matter. A boolean is every word for it (V(yes), V(true), V(on), V(1), V(ja), V(oui), …),
        null and an empty string are an empty cell. A day of a workbook is met as it is shown in numbers, and as in V(2026-12-31).
      - A dictionary, or its text in YAML or JSON. Rows are chosen before their cells are checked.
    type: raw
  where_not:
    description:
      - As O(where), for who is not on the list. None of the headings may hold.
    type: raw
  bad_rows:
    description:
      - What becomes of a list with rows that are wrong.
      - V(refuse) takes nobody from it.
      - V(skip) leaves these people out and returns them with O(details) as C(skipped). Only a wrong cell, a wrong number of cells,
        a missing username, and usernames that are there twice can be left out so; anything else refuses the list in any case.
    type: str
    choices:
      - refuse
      - skip
    default: refuse
  details:
    description:
      - Return a dictionary with the people and with what was done to read them, instead of the people alone.
    type: bool
    default: false
"""
