# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Lists of people that are no table: a variable, JSON, YAML. Each person is a row, each key a heading."""

from __future__ import annotations

import datetime
import functools
import json
import typing as t
from collections.abc import Mapping

import yaml
from ansible_collections.threema.work.plugins.plugin_utils._reader.header import Layout
from ansible_collections.threema.work.plugins.plugin_utils._reader.names import Names
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Unreadable, few, quoted
from ansible_collections.threema.work.plugins.plugin_utils._reader.records import Record, is_broken
from ansible_collections.threema.work.plugins.plugin_utils._reader.special import NoText, Several, Unusable

#: What a plain scalar of YAML is that means nothing.
_NULLS: t.Final = frozenset(("", "~", "null", "Null", "NULL"))
_KEYS: t.Final = "the keys"
#: What several people may be under, so that somebody gave the whole answer of a service.
_NO_LIST: t.Final = "this must be a list of dictionaries, one for each person"
_NESTED: t.Final = "there is a dictionary or a list in place of a value; give a string, or a list of strings"

_BROKEN: t.Final = "there is a NUL or a broken character, so this is not text; correct it, or leave it out"


class _Pairs(t.List[t.Tuple[str, t.Any]]):
    """The keys and values of a dictionary, as they are written."""


def of_variable(people: t.Sequence[t.Any], known: Names) -> Layout:
    """The rows of a list of dictionaries; :raises Unreadable: where it is something else."""
    return _layout([_Pairs(one.items()) if isinstance(one, Mapping) else one for one in people], known)


def of_json(text: str, known: Names) -> Layout:
    """The rows of a list in JSON, its numbers as they are written; :raises Unreadable: where it is none."""
    try:
        people = json.loads(text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as exc:
        raise Unreadable(f"line {exc.lineno}: this is not JSON, or not the whole of it; get it again") from None
    except RecursionError:
        raise Unreadable(f"line 1: {_NO_LIST}") from None
    return _of_parsed(people, known)


def of_yaml(text: str, known: Names) -> Layout:
    """The rows of a list in YAML, its scalars as they are written; :raises Unreadable: where it is none."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        people = [] if node is None else _plain(node, depth=0)
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else 1
        raise Unreadable(f"line {line}: this is not YAML; {exc.problem or 'correct it there'}") from None
    except (yaml.YAMLError, RecursionError):
        raise Unreadable("line 1: this is not YAML; save the list as .xlsx or CSV UTF-8") from None
    return _of_parsed(people, known)


def _plain(node: yaml.Node, depth: int) -> t.Any:
    """What a node is, its scalars as text; a list of people has three levels."""
    line = node.start_mark.line + 1
    if node.tag.startswith("!") or depth > 3:
        what = "there is a tag of its own" if node.tag.startswith("!") else "values are nested too deeply"
        raise Unreadable(f"line {line}: {what} ({node.tag[:40]}); write the value itself, or encrypt the whole file")
    if isinstance(node, yaml.ScalarNode):
        return None if node.style is None and node.value in _NULLS else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one, depth + 1) for one in node.value]
    pairs = _Pairs()
    for key, value in t.cast(yaml.MappingNode, node).value:
        if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
            raise Unreadable(f"line {line}: a key must be a name; write each person in full")
        pairs.append((key.value, _plain(value, depth + 1)))
    return pairs


def _of_parsed(people: object, known: Names) -> Layout:
    if not isinstance(people, list) or isinstance(people, _Pairs):
        raise Unreadable(f"line 1: {_NO_LIST}; a list within something else must be taken out of it first")
    return _layout(people, known)


def _layout(people: t.Sequence[object], known: Names) -> Layout:
    wrong = [number for number, one in enumerate(people, 1) if not isinstance(one, _Pairs)]
    if wrong:
        rows = few([str(number) for number in wrong])
        raise Unreadable(f"row {wrong[0]}: {_NO_LIST}; no dictionaries are the rows {rows}")
    persons = t.cast("t.Sequence[_Pairs]", people)
    headings = dict.fromkeys(_key(key, number) for number, one in enumerate(persons, 1) for key, _value in one)
    places = {heading: place for place, heading in enumerate(headings)}
    records = [_record(number, one, places) for number, one in enumerate(persons, 1)]
    header = Record(0, list(headings))
    if not persons:
        raise Unreadable("row 1: there are no people on this list")
    if not known.needed <= {name for columns in known.feeds(header.cells) for name in columns}:
        shown = few([quoted(heading) for heading in headings], 20)
        raise Unreadable(f"{_KEYS}: {known.lacking(header.cells)}; they are {shown}. {known.hint}")
    filled = [record for record in records if not record.blank]
    return Layout(header, (), functools.partial(iter, filled), where=_KEYS)


def _key(key: object, number: int) -> str:
    if not isinstance(key, str) or not key.strip() or is_broken(key):
        raise Unreadable(f"row {number}: a key is no string, empty, or broken; put it into quotation marks")
    return key


def _record(number: int, person: _Pairs, places: t.Mapping[str, int]) -> Record:
    cells = [""] * len(places)
    seen = set()
    for key, value in person:
        if key in seen:
            raise Unreadable(f"row {number}: the key {quoted(key)} is there twice; keep one of them")
        seen.add(key)
        cells[places[key]] = _cell(value)
    return Record(number, cells)


def _cell(value: object) -> str:
    """The text of a value; of a list, that of its first, and all of them beside."""
    if isinstance(value, (list, tuple)) and not isinstance(value, _Pairs):
        values = [_scalar(one) for one in value if one is not None]
        unusable = next((one for one in values if isinstance(one, Unusable)), None)
        if unusable is not None:
            return unusable
        return Several(values) if len(values) > 1 else "".join(values)
    return _scalar(value)


def _scalar(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return NoText(str(value).lower(), value)
    if isinstance(value, (int, float)):
        return NoText(str(value), value)
    if isinstance(value, str):
        # A photo of a directory, for example, which nobody uses.
        return Unusable("=", _BROKEN) if is_broken(value) else str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return Unusable("=", _NESTED)
