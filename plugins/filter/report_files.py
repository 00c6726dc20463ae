# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter threema.work.report_files; it is implemented in C(plugin_utils/_report)."""

from __future__ import annotations

DOCUMENTATION = r"""
name: report_files
author:
  - The threema.work contributors (@threema-work)
version_added: 0.1.0
short_description: Turn the figures of a report into a web page and JSON
description:
  - Returns the text of the two files that the role P(threema.work.report#role) writes. C(report.html) is one self-contained page that loads
    nothing and runs no script; C(report.json) has the figures, for a comparison later on.
  - Everything in the report is escaped. The same figures always result in the same text.
positional: _input
options:
  _input:
    description: The C(report) of a result of M(threema.work.report_info).
    type: dict
    required: true
  language:
    description: The language of the page.
    type: str
    default: en
    choices:
      - de
      - en
  max_names:
    description:
      - How many people each list of a comparison names at most. With V(0), nobody is compared by name. It should be the same as in
        M(threema.work.report_info).
    type: int
    default: 20
  earlier:
    description:
      - The C(report.json) of an earlier run to compare with, in base64, as returned by M(ansible.builtin.slurp). By default, the page shows
        no comparison.
    type: str
  earlier_name:
    description: What to call O(earlier) in messages, such as its path.
    type: str
    default: the earlier report
  present:
    description:
      - The C(report.json) that is there now, in base64, as returned by M(ansible.builtin.slurp). If it is of the same day and has the same
        figures, its time of day is kept, so that nothing has to be written.
    type: str
seealso:
  - module: threema.work.report_info
"""

EXAMPLES = r"""
---
- name: Compute the figures
  threema.work.report_info:
    max_names: 0
  register: found

- name: Write the page
  ansible.builtin.copy:
    content: "{{ (found.report | threema.work.report_files(language='de')).files['report.html'] }}"
    dest: /srv/report.html
    mode: "0600"
  diff: false
"""

RETURN = r"""
_value:
  description: The files, or what is wrong.
  type: dict
  contains:
    files:
      description: The text of each file by its name; empty if something is wrong.
      type: dict
      sample: {"report.html": "<!DOCTYPE html>…", "report.json": "{…}"}
    problem:
      description: What is wrong with the report or the earlier one, as a sentence; empty if nothing is.
      type: str
      sample: ""
"""

import typing as t

from ansible_collections.threema.work.plugins.plugin_utils._report.form import Unusable
from ansible_collections.threema.work.plugins.plugin_utils._report.making import make
from ansible_collections.threema.work.plugins.plugin_utils._untrusted import untrusted
from jinja2 import Undefined


def report_files(
    report: t.Any,
    language: str = "en",
    *,
    max_names: int = 20,
    earlier: str | None = None,
    earlier_name: str = "the earlier report",
    present: str | None = None,
) -> t.Any:
    """Turn the figures into files."""
    if isinstance(report, Undefined):
        return report
    try:
        files = make(
            report,
            str(language),
            max_names=int(max_names),
            earlier=earlier,
            earlier_name=str(earlier_name),
            present=present,
        )
    except Unusable as problem:
        return untrusted({"files": {}, "problem": str(problem)})
    return untrusted({"files": files, "problem": ""})


class FilterModule:
    """The filter, under its name."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters of this file."""
        return {"report_files": report_files}
