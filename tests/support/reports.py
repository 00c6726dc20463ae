# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports as report_info returns them, for the tests of what is made of them."""

from __future__ import annotations

import base64
import copy
import json
import re
import typing as t

from ansible_collections.threema.work.plugins.filter.report_files import report_files

Report = t.Dict[str, t.Any]
#: Blanks of any kind, and the narrow ones in German numbers.
_BLANKS: t.Final = re.compile(r"\s+")


def a_report(credentials: int = 0, users: int = 0, unused: int | None = None, **changes: t.Any) -> Report:
    """A report in which all is well.

    :param unused: how many credentials nobody uses; those that are more than users by default.
    :param changes: values by their place, such as ``users__inactive__count``.
    """
    waiting = max(0, credentials - users) if unused is None else unused

    def nobody(key: str = "usernames") -> Report:
        return {"count": 0, key: []}

    report: Report = {
        "api_host": "work.threema.ch",
        "generated_at": "2026-11-26T08:15:00Z",
        "subscription": {
            "id": "QX7K2M9P0A",
            "name": "Example Ltd",
            "type": "professional",
            "valid_until": "2027-02-28T23:59:59+0100",
            "days_left": 94,
        },
        "licenses": {
            "purchased": 10_000,
            "used": users,
            "credentials_unused": waiting,
            "free_estimate": 10_000 - max(credentials, users),
        },
        "credentials": {
            "total": credentials,
            "activated": credentials - waiting,
            "never_activated": {"count": waiting, "usernames": [f"unused.{one:04}" for one in range(min(waiting, 20))]},
            "hashed": nobody(),
            "unlocked": nobody(),
            "several_ids": nobody(),
        },
        "users": {
            "total": users,
            "apps": {"android": users} if users else {},
            "versions": {"android 6.1k": users} if users else {},
            "last_check": {"days_7": users, "days_30": 0, "days_90": 0, "days_180": 0, "older": 0, "never": 0},
            "inactive": {"days": 90, "count": 0, "users": []},
            "without_credential": nobody("threema_ids"),
            "without_name": nobody("threema_ids"),
        },
        "departments": {"": {"credentials": credentials, "activated": credentials - waiting}} if credentials else {},
        "categories": {},
        "not_shown": {"departments": 0, "categories": 0},
        "settings": {"global": {}, "exceptions": {}},
        "contacts": {"total": users, "enabled": users, "disabled": 0, "automatic": users},
    }
    for place, value in changes.items():
        *path, last = place.split("__")
        part = report
        for key in path:
            part = part[key]
        part[last] = value
    return copy.deepcopy(report)


def encoded(report: t.Any) -> str:
    """A report as slurp returns the file with it."""
    text = report if isinstance(report, str) else json.dumps(report)
    return base64.b64encode(text.encode()).decode()


def files_of(report: t.Any, **options: t.Any) -> dict[str, str]:
    """The files of a report that is right."""
    made = report_files(report, **options)
    assert made["problem"] == ""
    return t.cast("dict[str, str]", made["files"])


def page_of(report: t.Any, **options: t.Any) -> str:
    """The page of a report."""
    return files_of(report, **options)["report.html"]


def text_of(page: str) -> str:
    """What a page says, in one line, without its markup."""
    body = re.sub(r"<style>.*?</style>", " ", page, flags=re.DOTALL)
    return _BLANKS.sub(" ", re.sub(r"<[^>]*>", " ", body)).strip()
