# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The figures of a report as tables with bars."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.threema.work.plugins.plugin_utils._report.findings import taken_by_unused
from ansible_collections.threema.work.plugins.plugin_utils._report.form import Report
from ansible_collections.threema.work.plugins.plugin_utils._report.view import Row, Table, safe
from ansible_collections.threema.work.plugins.plugin_utils._report.wording import Words

#: How many versions of the app are shown; the rest is one row.
_VERSIONS: t.Final = 12
_OTHER: t.Final = "other"


class Setting(t.NamedTuple):
    """A global setting as the page shows it."""

    name: str
    value: str
    exceptions: str


def licenses(report: Report, words: Words) -> Table | None:
    """What the licenses are used for; None if nobody knows how many there are."""
    purchased, free = report["licenses"]["purchased"], report["licenses"]["free_estimate"]
    if purchased is None or free is None:
        return None
    # As many as there are credentials or Threema IDs, whichever are more (contract 8.2).
    taken, waiting = max(report["credentials"]["total"], report["users"]["total"]), taken_by_unused(report)
    numbers = {"used": taken - waiting, "waiting": waiting, "free": free}
    over = taken - purchased
    more = words("licenses.over", over) if over > 0 else ""
    return Table(words("licenses.caption"), _rows("licenses", numbers, max(purchased, taken), words), more)


def credentials(report: Report, words: Words) -> Table:
    """The credentials by state."""
    found = report["credentials"]
    numbers = {"total": found["total"], "activated": found["activated"]}
    numbers["not_activated"] = found["never_activated"]["count"]
    numbers |= {key: found[key]["count"] for key in ("several_ids", "unlocked", "hashed")}
    return Table(words("credentials.caption"), _rows("credentials", numbers, found["total"], words))


def activity(report: Report, words: Words) -> Table:
    """The users by their last check."""
    users = report["users"]
    return Table(words("activity.caption"), _rows("activity", users["last_check"], users["total"], words))


def systems(report: Report, words: Words) -> Table:
    """The users by operating system."""
    users = report["users"]
    return Table(words("apps.systems"), _app_rows(users["apps"], users["total"], words))


def versions(report: Report, words: Words) -> Table:
    """The users by version of the app, the most frequent ones."""
    users = report["users"]
    ordered = sorted(users["versions"].items(), key=lambda one: (one[0] == _OTHER, -one[1], one[0]))
    told = dict(ordered[:_VERSIONS])
    if rest := sum(number for _name, number in ordered[_VERSIONS:]):
        told[_OTHER] = told.get(_OTHER, 0) + rest
    return Table(words("apps.versions"), _app_rows(told, users["total"], words))


def contacts(report: Report, words: Words) -> Table:
    """The contacts by state."""
    found = report["contacts"]
    return Table(words("contacts.caption"), _rows("contacts", found, found["total"], words))


def groups(report: Report, kind: str, words: Words) -> Table:
    """Departments or categories, those without one last."""
    found: t.Mapping[str, t.Mapping[str, int]] = report[kind]
    ordered = sorted(found, key=lambda name: (not name, -found[name]["credentials"], name.casefold(), name))
    most = max((one["credentials"] for one in found.values()), default=0)
    rows = [
        Row(
            label=safe(name) if name else words(f"groups.without_{kind}"),
            number=words.number(found[name]["credentials"]),
            share=words.number(found[name]["activated"]),
            width=_percent(found[name]["credentials"], most),
            filled=_percent(found[name]["activated"], found[name]["credentials"]),
            is_name=bool(name),
        )
        for name in ordered
    ]
    more = report["not_shown"][kind]
    return Table(words(f"groups.{kind}"), rows, words(f"groups.more_{kind}", more) if more else "")


def settings(report: Report, words: Words) -> list[Setting]:
    """The global settings."""
    found = report["settings"]
    return [
        Setting(safe(name), _value(value, words), words.number(found["exceptions"].get(name, 0)))
        for name, value in sorted(found["global"].items())
    ]


def _value(value: t.Any, words: Words) -> str:
    if value is None:
        return words("settings.secret")
    if value == "":
        return words("settings.empty")
    return safe(value) if isinstance(value, str) else json.dumps(value)


def _rows(section: str, numbers: t.Mapping[str, int], whole: int, words: Words) -> list[Row]:
    return [
        Row(words(f"{section}.{key}"), words.number(number), words.percent(number, whole), _percent(number, whole))
        for key, number in numbers.items()
    ]


def _app_rows(numbers: t.Mapping[str, int], whole: int, words: Words) -> list[Row]:
    ordered = sorted(numbers.items(), key=lambda one: (one[0] in ("", _OTHER), -one[1], one[0]))
    return [
        Row(
            _app(name, words),
            words.number(number),
            words.percent(number, whole),
            _percent(number, whole),
            is_name=name not in ("", _OTHER),
        )
        for name, number in ordered
    ]


def _app(name: str, words: Words) -> str:
    """An app as people write it."""
    if name in ("", _OTHER):
        return words("apps.unknown" if not name else "apps.other")
    system, blank, version = name.partition(" ")
    known = {"android": "Android", "ios": "iOS"}
    return safe(f"{known.get(system, system)}{blank}{version}")


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0
