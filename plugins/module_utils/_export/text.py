# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Writing YAML and CSV: the few forms that the files of an export have. Pure.

PyYAML may be missing on the host that executes the module. Each text is in double quotation marks, in which YAML has
the escapes of JSON, so that no text is taken for something else (C(no), C(00042), C(2026-01-01)); one key per line, so
that a comparison of two exports shows what changed.
"""

from __future__ import annotations

import typing as t

_ESCAPES: t.Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
#: Where Jinja looks for a template.
_TEMPLATES: t.Final = ("{{", "{%", "{#")
#: In a cell, these need quotation marks.
_QUOTED: t.Final = frozenset(',"\r\n')


def yaml_document(comments: t.Iterable[str], values: t.Mapping[str, t.Any]) -> bytes:
    """A document of YAML.

    :param comments: lines of text at its beginning.
    :param values: names with strings, integers, booleans, and lists and dictionaries of them; these are not empty.
    """
    lines = ["---", *(f"# {line}" for line in comments)]
    for name, value in values.items():
        lines += _entry(name, value, "")
    if not values:
        # Ansible rejects a file of variables that is no dictionary.
        lines.append("{}")
    return "".join(f"{line}\n" for line in lines).encode()


def _entry(name: str, value: t.Any, indent: str) -> t.Iterator[str]:
    if isinstance(value, dict):
        yield f"{indent}{name}:"
        for key, one in value.items():
            yield from _entry(key, one, f"{indent}  ")
    elif isinstance(value, list):
        yield f"{indent}{name}:"
        for one in value:
            lines = [line for key, part in one.items() for line in _entry(key, part, f"{indent}    ")]
            yield f"{indent}  - {lines[0].lstrip()}"
            yield from lines[1:]
    else:
        yield f"{indent}{name}: {scalar(value)}"


def scalar(value: str | int | bool) -> str:
    """A value in YAML, on one line; a text that Ansible would take for a template is marked with C(!unsafe)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = value if _is_plain(value) else "".join(map(_escaped, value))
    return f'{"!unsafe " if any(one in value for one in _TEMPLATES) else ""}"{text}"'


def _is_plain(text: str) -> bool:
    return text.isprintable() and '"' not in text and "\\" not in text


def _escaped(character: str) -> str:
    """What cannot be seen is escaped: separators of lines, for example, would end the text."""
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    # YAML knows no pairs of surrogates, as JSON has them.
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def csv_table(columns: t.Sequence[str], rows: t.Iterable[t.Mapping[str, str]]) -> bytes:
    """A list in CSV: a line for the names of the columns, and one for each row; a cell that is missing is empty."""
    lines = [",".join(columns)]
    lines += [",".join(_quoted(row.get(column, "")) for column in columns) for row in rows]
    return "".join(f"{line}\n" for line in lines).encode()


def _quoted(cell: str) -> str:
    if _QUOTED.isdisjoint(cell):
        return cell
    return '"' + cell.replace('"', '""') + '"'
