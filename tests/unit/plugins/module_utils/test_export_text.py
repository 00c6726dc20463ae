# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text of an export: YAML and CSV that everybody reads alike, and in which people see what there is."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from ansible_collections.threema.work.plugins.module_utils._cells import cell_of, plain
from ansible_collections.threema.work.plugins.module_utils._export.text import csv_table, scalar, yaml_document

LOADERS: t.Final = [yaml.SafeLoader, *([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("\u00d6zlem \u05d0 \U0001f600", '"\u00d6zlem \u05d0 \U0001f600"'),
        ('a "b" \\ c', '"a \\"b\\" \\\\ c"'),
        ("\n\r\t\0\x1b\x85\xa0", '"\\n\\r\\t\\u0000\\u001b\\u0085\\u00a0"'),
        ("\u2028\u2029\u202e\u200b\ufeff", '"\\u2028\\u2029\\u202e\\u200b\\ufeff"'),
        ("\U000e0001", '"\\U000e0001"'),
        ("{{ x }}", '!unsafe "{{ x }}"'),
        ("a {% b", '!unsafe "a {% b"'),
        ("{#", '!unsafe "{#"'),
        ("{ {", '"{ {"'),
        ("no", '"no"'),
        ("", '""'),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (-(10**30), "-1000000000000000000000000000000"),
    ],
)
@pytest.mark.parametrize("loader", LOADERS)
def test_a_value(value: t.Any, written: str, loader: type[yaml.SafeLoader]) -> None:
    assert scalar(value) == written
    read = yaml.load(scalar(value).removeprefix("!unsafe "), loader)
    assert (type(read), read) == (type(value), value)


def test_a_document() -> None:
    values = {"name": "x", "settings": {"th_a": 1, "th_b": ""}, "people": [{"a": "1", "b": {"c": True}}, {"a": "2"}]}
    assert yaml_document(["One", "two"], values).decode() == (
        '---\n# One\n# two\nname: "x"\nsettings:\n  th_a: 1\n  th_b: ""\npeople:\n'
        '  - a: "1"\n    b:\n      c: true\n  - a: "2"\n'
    )
    assert yaml.safe_load(yaml_document((), values)) == values
    assert yaml.safe_load(yaml_document((), {})) == {}


def test_a_table() -> None:
    rows = [{"a": "1,2", "b": 'x "y"'}, {"b": ";|\t"}, {"a": "two\nlines", "c": "Z\u00fcrich"}]
    assert csv_table(("a", "b", "c"), rows).decode() == ('a,b,c\n"1,2","x ""y""",\n,;|\t,\n"two\nlines",,Z\u00fcrich\n')


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "'=1", "''-x", "=", "-"])
def test_what_a_spreadsheet_would_calculate_is_marked(text: str) -> None:
    assert cell_of(text) == f"'{text}"
    assert plain(cell_of(text)) == text


@pytest.mark.parametrize("text", ["'a", "''", "a=1", "1-2", "", "\u2212\u0031"])
def test_what_it_would_not_calculate_is_not(text: str) -> None:
    assert cell_of(text) == text == plain(text)
