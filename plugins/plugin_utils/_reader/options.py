# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The options for a list, of the lookup, the filter, and the playbook; checked before the list is read."""

from __future__ import annotations

import codecs
import collections
import datetime
import json
import re
import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import yaml
from ansible_collections.threema.work.plugins.plugin_utils._reader.kinds import KINDS, PEOPLE, Kind
from ansible_collections.threema.work.plugins.plugin_utils._reader.naming import Rule, parse_rule
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import Unreadable, few, quoted
from ansible_collections.threema.work.plugins.plugin_utils._reader.profiles import Profile, profile_named
from ansible_collections.threema.work.plugins.plugin_utils._reader.yaml_text import Pairs, is_boolean, is_null, parse

_TRUE: t.Final = ("yes", "true", "on")
_TAB_WORDS: t.Final = ("tab", "\\t")


@dataclass(frozen=True)
class Options:
    """The options for a list, in their types; None means not set."""

    kind: Kind = PEOPLE
    profile: Profile | None = None
    columns: Mapping[t.Any, t.Any] = field(default_factory=dict)
    username_from: Rule | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    sheet: str | int | None = None
    where: Mapping[t.Any, t.Any] = field(default_factory=dict)
    where_not: Mapping[t.Any, t.Any] = field(default_factory=dict)
    skip_bad_rows: bool = False
    #: For first and last days.
    today: datetime.date = field(default_factory=datetime.date.today)


def parse_options(
    *,
    kind: object = None,
    profile: object = None,
    columns: object = None,
    username_from: object = None,
    encoding: object = None,
    delimiter: object = None,
    header_row: object = None,
    sheet: object = None,
    where: object = None,
    where_not: object = None,
    bad_rows: object = None,
) -> Options:
    """Check the options for a list and convert them to their types.

    :param columns, where, where_not: dictionaries, or strings with them in YAML or JSON, because a survey only has
        strings.
    :raises Unreadable: with everything that is wrong with them.
    """
    problems: list[str] = []

    def parsed(parse: t.Callable[[object], t.Any], name: str, value: object) -> t.Any:
        try:
            return parse(value)
        except ValueError as exc:
            problems.append(f"{name}: {exc}")
            return None

    options = Options(
        kind=parsed(_kind, "kind", kind) or PEOPLE,
        profile=parsed(_profile, "profile", profile),
        columns=parsed(_dictionary, "columns", columns) or {},
        username_from=parsed(_rule, "username_from", username_from),
        encoding=parsed(_encoding, "encoding", encoding),
        delimiter=parsed(_delimiter, "delimiter", delimiter),
        header_row=parsed(_row, "header_row", header_row),
        sheet=parsed(_sheet, "sheet", sheet),
        where=parsed(_dictionary, "where", where) or {},
        where_not=parsed(_dictionary, "where_not", where_not) or {},
        skip_bad_rows=bool(parsed(_bad_rows, "bad_rows", bad_rows)),
    )
    if not options.kind.open:
        given = {"profile": profile, "username_from": username_from}
        problems += [f"{name}: this is for people, not for contacts" for name, value in given.items() if value]
    if problems:
        raise Unreadable(*problems)
    return options


def _kind(value: object) -> Kind | None:
    if value is None:
        return None
    kind = KINDS.get(str(value))
    if kind is None:
        raise ValueError(f"{quoted(str(value))} is neither {' nor '.join(KINDS)}")
    return kind


def _profile(value: object) -> Profile | None:
    return None if value is None else profile_named(str(value).strip())


def _rule(value: object) -> Rule | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("this must be a string, as in {first_name}.{last_name}; put it in quotation marks")
    return parse_rule(value.strip())


def _dictionary(value: object) -> Mapping[t.Any, t.Any]:
    if isinstance(value, str):
        try:
            value = _of_json(value) or parse(value, _meant)
        except ValueError as exc:
            raise ValueError(
                f"{exc} (this string is neither valid YAML nor valid JSON for this option; write one heading per "
                "line, as in Status: Active)"
            ) from None
        if value is None:
            raise ValueError("this is an empty string; leave it out, or write one heading per line")
        if isinstance(value, Pairs):
            value = _without_doubles(value)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(f"this must be a dictionary of headings, not a value of type {type(value).__name__}")
    return value


def _of_json(text: str) -> Pairs | None:
    """The keys and values of a JSON object, which YAML cannot read if tabs indent it; None for anything else."""
    try:
        value = json.loads(text, object_pairs_hook=Pairs, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, Pairs) else None


def _meant(node: yaml.ScalarNode) -> str | bool | None:
    """The value of a scalar: booleans and null are converted; numbers and dates are kept as they are written."""
    if is_null(node):
        return None
    return str(node.value).lower() in _TRUE if is_boolean(node) else str(node.value)


def _without_doubles(pairs: Pairs) -> dict[str, t.Any]:
    """The dictionary of its keys; :raises ValueError: if a key occurs twice, because only one would count."""
    twice = [key for key, count in collections.Counter(key for key, _value in pairs).items() if count > 1]
    if twice:
        shown = few([quoted(key) for key in twice])
        raise ValueError(f"occurs more than once: {shown}; keep one of each, with a list if several values are meant")
    return {key: dict(value) if isinstance(value, Pairs) else value for key, value in pairs}


def _encoding(value: object) -> str | None:
    if value is None:
        return None
    try:
        info = codecs.lookup(str(value).strip())
        # Codecs from bytes to bytes (base64, zip) are not encodings of text, which only shows when they are used.
        b"a".decode(info.name, "ignore")
    except (LookupError, ValueError):
        raise ValueError(
            f"{quoted(str(value))} is not the name of a character encoding; examples are utf-8, windows-1252, "
            "iso-8859-2, mac-roman, cp850"
        ) from None
    return info.name


def _delimiter(value: object) -> str | None:
    if value is None:
        return None
    text = "\t" if str(value).strip().casefold() in _TAB_WORDS else str(value)
    if len(text) != 1 or text.isalnum() or text in "\"\r\n'\0\ufeff":
        raise ValueError(f"{quoted(text)} cannot separate cells; write one character, such as ; or |, or tab")
    return text


def _row(value: object) -> int | None:
    if value is None:
        return None
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,7}", text) or int(text) < 1:
        raise ValueError(f"{quoted(text)} is not the number of a row; rows are counted from 1")
    return int(text)


def _sheet(value: object) -> str | int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
        raise ValueError("this must be the name of a sheet, or its number, counted from 1")
    return value


def _bad_rows(value: object) -> bool:
    if value is None or value == "refuse":
        return False
    if value == "skip":
        return True
    raise ValueError(f"{quoted(str(value))} is neither refuse nor skip")


def values_of(value: object) -> list[object]:
    """One value, or several, as a list."""
    return list(value) if isinstance(value, Sequence) and not isinstance(value, (str, bytes)) else [value]
