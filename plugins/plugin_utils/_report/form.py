# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The form of a report, as M(threema.work.report_info) returns it, and reading one from a file."""

from __future__ import annotations

import base64
import binascii
import datetime
import json
import typing as t

Report = t.Dict[str, t.Any]

#: How the time of a report is written.
TIME: t.Final = "%Y-%m-%dT%H:%M:%SZ"


class Unusable(ValueError):
    """A text is not a report, or not one that can be compared; the message is the rest of a sentence."""


class _Each:
    """A dictionary whose values all have one form."""

    def __init__(self, form: t.Any) -> None:
        self.form = form


_GROUP: t.Final = {"credentials": int, "activated": int}
_NAMES: t.Final = {"count": int, "usernames": [str]}
_IDS: t.Final = {"count": int, "threema_ids": [str]}
_PERIODS: t.Final = ("days_7", "days_30", "days_90", "days_180", "older", "never")
#: Keys with the types of their values, several in a tuple; lists with the form of their items.
_FORM: t.Final[t.Dict[str, t.Any]] = {
    "api_host": str,
    "generated_at": str,
    "subscription": {
        "id": (str, None),
        "name": str,
        "type": (str, None),
        "valid_until": (str, None),
        "days_left": (int, None),
    },
    "licenses": {"purchased": (int, None), "used": int, "credentials_unused": int, "free_estimate": (int, None)},
    "credentials": {
        "total": int,
        "activated": int,
        "never_activated": _NAMES,
        "hashed": _NAMES,
        "unlocked": _NAMES,
        "several_ids": _NAMES,
    },
    "users": {
        "total": int,
        "apps": _Each(int),
        "versions": _Each(int),
        "last_check": dict.fromkeys(_PERIODS, int),
        "inactive": {
            "days": int,
            "count": int,
            "users": [{"threema_id": str, "username": (str, None), "last_check_days": (int, None)}],
        },
        "without_credential": _IDS,
        "without_name": _IDS,
    },
    "departments": _Each(_GROUP),
    "categories": _Each(_GROUP),
    "not_shown": {"departments": int, "categories": int},
    "settings": {"global": _Each((str, int, bool, None)), "exceptions": _Each(int)},
    "contacts": {"total": int, "enabled": int, "disabled": int, "automatic": int},
}
#: What only some reports have.
_PEOPLE: t.Final = _Each(int)


def check(report: t.Any) -> Report:
    """The report itself. :raises Unusable: if it does not have the form of one."""
    if not isinstance(report, dict):
        raise Unusable("is not a report, which is a dictionary")
    wrong = next(_problems(report, _FORM, ""), None)
    if not wrong and report.get("people") is not None:
        wrong = next(_problems(report["people"], _PEOPLE, "people"), None)
    if wrong:
        raise Unusable(f"is not a report of this version of the collection ({wrong})")
    if not _is_time(report["generated_at"]):
        raise Unusable("is not a report of this version of the collection (generated_at is not a time)")
    return report


def _is_time(text: str) -> bool:
    """Whether it is written exactly as a time of a report: such times are compared as texts."""
    try:
        return datetime.datetime.strptime(text, TIME).strftime(TIME) == text
    except ValueError:
        return False


def _problems(value: t.Any, form: t.Any, where: str) -> t.Iterator[str]:
    """What is missing or of another type, with its place."""
    if isinstance(form, (dict, _Each)):
        if not isinstance(value, dict):
            yield f"{where} is not a dictionary"
            return
        for key, own in form.items() if isinstance(form, dict) else ((key, form.form) for key in value):
            # A name that is a key is nobody's business in a message.
            place = f"{where}.{key}".strip(".") if isinstance(form, dict) else where
            if not isinstance(key, str):
                yield f"{where} has a key that is not a string"
            elif key not in value:
                yield f"{place} is missing"
            else:
                yield from _problems(value[key], own, place)
    elif isinstance(form, list):
        if not isinstance(value, list):
            yield f"{where} is not a list"
            return
        for item in value:
            yield from _problems(item, form[0], where)
    elif not _is(value, form if isinstance(form, tuple) else (form,)):
        yield f"{where} is of another type"


def _is(value: t.Any, types: t.Tuple[t.Any, ...]) -> bool:
    if value is None:
        return None in types
    if isinstance(value, bool):
        return bool in types
    return any(isinstance(value, one) for one in types if one is not None)


def read(encoded: str) -> Report:
    """The report in a file, whose content is in base64. :raises Unusable: if there is none."""
    try:
        content = json.loads(base64.b64decode(encoded, validate=True).decode("utf-8-sig"))
    except (ValueError, RecursionError, binascii.Error):
        raise Unusable("is not JSON") from None
    return check(content)
