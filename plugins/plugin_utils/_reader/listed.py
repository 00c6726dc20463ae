# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Lists of people that are not tables: a variable, JSON, YAML. Each person is a row, each key a heading."""

from __future__ import annotations

import datetime
import functools
import json
import math
import typing as t
from collections.abc import Mapping

import yaml
from ansible_collections.threema.work.plugins.plugin_utils._reader.header import Layout
from ansible_collections.threema.work.plugins.plugin_utils._reader.names import Names
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Unreadable, few, quoted
from ansible_collections.threema.work.plugins.plugin_utils._reader.records import Record, is_broken
from ansible_collections.threema.work.plugins.plugin_utils._reader.special import NoText, Several, Unusable
from ansible_collections.threema.work.plugins.plugin_utils._reader.yaml_text import Pairs, is_no_number, is_null, parse

_KEYS: t.Final = "the keys"
#: The list may be nested, for example in the whole response of a service.
_NO_LIST: t.Final = "this must be a list of dictionaries, one for each person"
_NESTED: t.Final = "there is a dictionary or a list in place of a value; use a string or a list of strings"

_BROKEN: t.Final = "there is a NUL or a broken character, so this is not text; correct it, or leave it out"
_NO_NUMBER: t.Final = "this is NaN or an infinity, which is not a value; leave the key out, or give null"
_INEXACT: t.Final = "this number was rounded, or has more digits than numbers keep; put it in quotation marks"
_BYTES: t.Final = "these are bytes, not text; decode them first, or leave the key out"
#: Above this, not every integer can be represented as a floating-point number.
_EXACT: t.Final = 2**53


def of_variable(people: t.Sequence[t.Any], known: Names) -> Layout:
    """The rows of a list of dictionaries; :raises Unreadable: if it is something else."""
    return _layout([Pairs(one.items()) if isinstance(one, Mapping) else one for one in people], known)


def of_json(text: str, known: Names) -> Layout:
    """The rows of a list in JSON, its numbers as they are written; :raises Unreadable: if it is not one."""
    try:
        people = json.loads(text, object_pairs_hook=Pairs, parse_int=str, parse_float=str, parse_constant=_no_number)
    except json.JSONDecodeError as exc:
        raise Unreadable(f"line {exc.lineno}: this is not JSON, or not the whole of it; get it again") from None
    except RecursionError:
        raise Unreadable(f"line 1: {_NO_LIST}") from None
    return _of_parsed(people, known)


def _no_number(_word: str) -> Unusable:
    return Unusable("=", _NO_NUMBER)


def of_yaml(text: str, known: Names) -> Layout:
    """The rows of a list in YAML, its scalars as they are written; :raises Unreadable: if it is not one."""
    try:
        people = parse(text, _written)
    except ValueError as exc:
        raise Unreadable(str(exc)) from None
    return _of_parsed([] if people is None else people, known)


def _written(node: yaml.ScalarNode) -> str | None:
    """A scalar as it is written; None if it is null."""
    if is_no_number(node):
        return Unusable("=", _NO_NUMBER)
    return None if is_null(node) else str(node.value)


def _of_parsed(people: object, known: Names) -> Layout:
    if not isinstance(people, list) or isinstance(people, Pairs):
        raise Unreadable(f"line 1: {_NO_LIST}; a list within something else must be taken out of it first")
    return _layout(people, known)


def _layout(people: t.Sequence[object], known: Names) -> Layout:
    wrong = [number for number, one in enumerate(people, 1) if not isinstance(one, Pairs)]
    if wrong:
        rows = few([str(number) for number in wrong])
        raise Unreadable(f"row {wrong[0]}: {_NO_LIST}; not dictionaries: rows {rows}")
    persons = t.cast("t.Sequence[Pairs]", people)
    headings = dict.fromkeys(_key(key, number) for number, one in enumerate(persons, 1) for key, _value in one)
    places = {heading: place for place, heading in enumerate(headings)}
    records = [_record(number, one, places) for number, one in enumerate(persons, 1)]
    header = Record(0, list(headings))
    if not persons:
        raise Unreadable(f"row 1: there are no {known.kind.many} on this list")
    if not known.needed <= {name for columns in known.feeds(header.cells) for name in columns}:
        shown = few([quoted(heading) for heading in headings], 20)
        raise Unreadable(f"{_KEYS}: {known.lacking(header.cells)}; they are {shown}. {known.hint}")
    filled = [record for record in records if not record.blank]
    return Layout(header, (), functools.partial(iter, filled), where=_KEYS)


def _key(key: object, number: int) -> str:
    if not isinstance(key, str) or not key.strip() or is_broken(key):
        raise Unreadable(f"row {number}: a key is not a string, or is empty or broken; put it in quotation marks")
    return key


def _record(number: int, person: Pairs, places: t.Mapping[str, int]) -> Record:
    cells = [""] * len(places)
    seen = set()
    for key, value in person:
        if key in seen:
            raise Unreadable(f"row {number}: the key {quoted(key)} occurs twice; keep one of them")
        seen.add(key)
        cells[places[key]] = _cell(value)
    return Record(number, cells)


def _cell(value: object) -> str:
    """The text of a value; for a list, the text of its first value, with all of them attached."""
    if isinstance(value, (list, tuple)) and not isinstance(value, Pairs):
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
    if isinstance(value, int):
        return NoText(str(value), value)
    if isinstance(value, float):
        return _decimal(value)
    if isinstance(value, Unusable):
        return value
    if isinstance(value, str):
        # A photo from a directory, for example, which is not used.
        return Unusable("=", _BROKEN) if is_broken(value) else str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return Unusable("=", _BYTES)
    nested = isinstance(value, (Mapping, list, tuple))
    return Unusable("=", _NESTED if nested else f"this is of type {type(value).__name__}; use a string")


def _decimal(value: float) -> str:
    """The text of a floating-point number; without decimals if it is an integer, which is what was meant."""
    if not math.isfinite(value):
        return Unusable("=", _NO_NUMBER)
    if abs(value) >= _EXACT or "e" in repr(value):
        return Unusable("=", _INEXACT)
    return NoText(str(int(value)) if value.is_integer() else repr(value), value)
