# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The figures of a report as JSON, and what no files are made of."""

from __future__ import annotations

import json

from ansible_collections.threema.work.plugins.filter.report_files import report_files
from ansible_collections.threema.work.tests.support.reports import a_report, files_of


def test_the_json_is_the_report() -> None:
    report = a_report(5, 3, people={"Özlem": 1, "half\ud800": 0}, departments={})
    text = files_of(report)["report.json"]
    assert json.loads(text) == report
    assert "Özlem" in text and text.endswith("}\n") and text.encode()


def test_an_unknown_language() -> None:
    made = report_files(a_report(), language="fr\x1b")
    assert made == {"files": {}, "problem": r"the language is fr\x1b; it must be one of de, en"}
