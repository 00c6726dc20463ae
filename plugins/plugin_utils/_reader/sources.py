# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The format of a list: text, a workbook, JSON, YAML, or a variable; and its rows."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from pathlib import PurePath

from ansible_collections.threema.work.plugins.plugin_utils._reader import listed
from ansible_collections.threema.work.plugins.plugin_utils._reader.archive import is_archive
from ansible_collections.threema.work.plugins.plugin_utils._reader.encoding import check_end, decode
from ansible_collections.threema.work.plugins.plugin_utils._reader.header import Layout, find_layout
from ansible_collections.threema.work.plugins.plugin_utils._reader.names import Names
from ansible_collections.threema.work.plugins.plugin_utils._reader.options import Options
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Unreadable
from ansible_collections.threema.work.plugins.plugin_utils._reader.records import check_characters
from ansible_collections.threema.work.plugins.plugin_utils._reader.workbook import read_workbook

#: A list of dictionaries in JSON; no header row begins so.
_JSON: t.Final = re.compile(r"\s*\[\s*[{\]]")


@dataclass(frozen=True)
class Source:
    """The rows of a list, and its encoding.

    :ivar check_end: to be called when all rows were read: checks whether the list was truncated at its end.
    """

    layout: Layout
    encoding: str | None
    check_end: t.Callable[[], None]


def _nothing() -> None:
    """The check for a list that cannot be truncated."""


def open_source(data: str | bytes | t.Sequence[t.Any], name: str | None, known: Names, options: Options) -> Source:
    """The rows of a list.

    :param data: its bytes, its text, or a list of dictionaries.
    :param name: the name of its file, whose extension determines its format.
    :raises Unreadable: if it cannot be read, or options do not apply to it.
    """
    if not isinstance(data, (str, bytes)):
        _check_options(options, "a list of dictionaries", ("encoding", "delimiter", "header_row", "sheet"))
        return Source(listed.of_variable(data, known), None, _nothing)
    if isinstance(data, bytes) and is_archive(data):
        _check_options(options, "a workbook", ("encoding", "delimiter"))
        return Source(read_workbook(data, known, options), None, _nothing)
    _check_options(options, "not a workbook", ("sheet",))
    text = decode(data, options.encoding)
    check_characters(text.text)
    ending = PurePath(name or "").suffix.lower()
    if ending in (".yml", ".yaml", ".json") or _JSON.match(text.text):
        _check_options(options, "a list of dictionaries", ("delimiter", "header_row"))
        read = listed.of_yaml if ending in (".yml", ".yaml") else listed.of_json
        return Source(read(text.text, known), text.encoding, _nothing)
    layout = find_layout(text.text, known, delimiter=options.delimiter, header_row=options.header_row)
    return Source(layout, text.encoding, (lambda: check_end(text.text)) if text.encoding else _nothing)


def _check_options(options: Options, what: str, names: t.Sequence[str]) -> None:
    """Reject options that do not apply to the format of a list: the user probably means another list."""
    problems = [
        f"{name} (in the playbook: roster_{name}): the list is {what}, which does not support this option; leave it out"
        for name in names
        if getattr(options, name) is not None
    ]
    if problems:
        raise Unreadable(*problems)
