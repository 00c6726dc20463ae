# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The files of a report: the page, and the figures as JSON."""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.threema.work.plugins.module_utils._text import shown
from ansible_collections.threema.work.plugins.plugin_utils._report.changes import compare
from ansible_collections.threema.work.plugins.plugin_utils._report.form import Report, Unusable, check, read
from ansible_collections.threema.work.plugins.plugin_utils._report.page import page
from ansible_collections.threema.work.plugins.plugin_utils._report.wording import LANGUAGES, Words

#: The names of the files.
PAGE: t.Final = "report.html"
DATA: t.Final = "report.json"
_HALVES: t.Final = re.compile("[\ud800-\udfff]")


def make(
    report: t.Any, language: str, *, max_names: int, earlier: str | None, earlier_name: str, present: str | None
) -> dict[str, str]:
    """The text of each file by its name.

    :param earlier: the content of the file to compare with, in base64; None for no comparison.
    :param earlier_name: what that file is called, for messages.
    :param present: the content of the file that is there now, in base64; None if there is none.
    :raises Unusable: with a whole sentence.
    """
    if language not in LANGUAGES:
        raise Unusable(f"the language is {shown(language)}; it must be one of {', '.join(LANGUAGES)}")
    try:
        told = check(report)
    except Unusable as problem:
        raise Unusable(f"what report_info returned {problem}") from None
    since, changes = "", None
    try:
        if earlier is not None:
            then = read(earlier)
            since = then["generated_at"]
            changes = compare(told, then, max_names)
    except Unusable as problem:
        raise Unusable(f"{earlier_name} {shown(str(problem))}") from None
    told = _settled(told, present, since)
    return {PAGE: _whole(page(told, Words(language), changes), "\ufffd"), DATA: _json(told)}


def _settled(report: Report, present: str | None, since: str) -> Report:
    """The report, with the time of the one that is there now if nothing but the time of day is different.

    So files are only written if a figure changed; ages and remaining days are figures, and they change every day.

    :param since: the time of the report that it is compared with, which must not become the later one.
    """
    if present is None:
        return report
    try:
        before = read(present)
    except Unusable:
        return report
    same_day = before["generated_at"][:10] == report["generated_at"][:10] and before["generated_at"] >= since
    times_aside = {**report, "generated_at": before["generated_at"]}
    return times_aside if same_day and _plain(times_aside) == _plain(before) else report


def _plain(report: Report) -> str:
    """In one form, in which 1 is not true."""
    return json.dumps(report, sort_keys=True)


def _json(report: Report) -> str:
    return _whole(json.dumps(report, ensure_ascii=False, indent=2, sort_keys=True), None) + "\n"


def _whole(text: str, stand_in: str | None) -> str:
    """A text that can be written as UTF-8: halves of characters are replaced, or escaped as JSON does."""
    return _HALVES.sub(lambda half: stand_in or f"\\u{ord(half[0]):04x}", text)
