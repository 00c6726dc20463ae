# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What is to be done, and what is all right, out of the figures of a report."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.threema.work.plugins.plugin_utils._report.form import Report
from ansible_collections.threema.work.plugins.plugin_utils._report.view import NOBODY, Finding, Name, Names, safe
from ansible_collections.threema.work.plugins.plugin_utils._report.wording import Words

GOOD: t.Final = "good"
WATCH: t.Final = "watch"
BAD: t.Final = "bad"
#: Days before the end of the subscription, as in the checklist of the doctor.
_DAYS: t.Final = 60
#: Few licenses are free below this number and the first share of all, and below the second share in any case.
_FEW: t.Final = 10
_SMALL_PERCENT: t.Final = 10
_PERCENT: t.Final = 2


def end_tone(report: Report) -> str:
    """How soon the subscription ends."""
    left = report["subscription"]["days_left"]
    return GOOD if left is None or left >= _DAYS else BAD if left < 0 else WATCH


def license_tone(report: Report) -> str:
    """How many licenses are free."""
    purchased, free = report["licenses"]["purchased"], report["licenses"]["free_estimate"]
    if free is None or purchased is None:
        return GOOD
    few = free < _FEW and 100 * free < _SMALL_PERCENT * purchased
    return BAD if not free else WATCH if few or 100 * free < _PERCENT * purchased else GOOD


def taken_by_unused(report: Report) -> int:
    """How many licenses would be free if all credentials that are not activated were removed (contract 8.2)."""
    unused, more = report["credentials"]["never_activated"]["count"], _more_credentials(report)
    return min(int(unused), max(0, more))


def taken_by_orphans(report: Report) -> int:
    """How many licenses would be free if all users without a credential were detached."""
    orphans, more = report["users"]["without_credential"]["count"], _more_credentials(report)
    return min(int(orphans), max(0, -more))


def _more_credentials(report: Report) -> int:
    """How many more credentials than users there are; whichever are more count (contract 8.2)."""
    return int(report["credentials"]["total"]) - int(report["users"]["total"])


def findings(report: Report, words: Words) -> list[Finding]:
    """What is to be done, the most urgent first."""
    return [one for one in (_end(report, words), _licenses(report, words), *_lists(report, words)) if one]


def fine(report: Report, words: Words) -> list[str]:
    """A sentence for each check that found nothing, if there was anything to check."""
    credentials, users = report["credentials"], report["users"]
    said = []
    if report["licenses"]["free_estimate"] is not None and license_tone(report) == GOOD:
        said.append(words("fine.licenses"))
    if credentials["total"]:
        groups = {"not_activated": "never_activated", "several_ids": "several_ids", "unlocked": "unlocked"}
        said += [words(f"fine.{name}") for name, key in groups.items() if not credentials[key]["count"]]
    if users["total"]:
        days = words("days", users["inactive"]["days"])
        keys = ("inactive", "without_credential", "without_name")
        said += [words(f"fine.{key}", days=days) for key in keys if not users[key]["count"]]
    return said


def date_of(text: str | None, words: Words) -> str | None:
    """The day of a time of the API, as in its own zone (contract 1); None if it is not one."""
    try:
        return words.date(datetime.date.fromisoformat((text or "")[:10]))
    except ValueError:
        return None


def named(names: t.Sequence[str], count: int, words: Words) -> Names:
    """A list of a report; nothing if it has no names."""
    return names_of([Name(safe(name)) for name in names], count, words)


def names_of(names: t.Sequence[Name], count: int, words: Words) -> Names:
    """Names, and how many there are besides."""
    more = count - len(names)
    return Names(names, words("more", more) if more > 0 else "") if names else NOBODY


def _end(report: Report, words: Words) -> Finding | None:
    tone = end_tone(report)
    if tone == GOOD:
        return None
    day = date_of(report["subscription"]["valid_until"], words) or words("unknown")
    if tone == BAD:
        return Finding(words("findings.ended.text", date=day), words("findings.ended.advice"), BAD)
    text = words("findings.ends", report["subscription"]["days_left"], date=day)
    return Finding(text, words("findings.ends.advice"), WATCH)


def _licenses(report: Report, words: Words) -> Finding | None:
    tone = license_tone(report)
    if tone == GOOD:
        return None
    text = words("findings.licenses", report["licenses"]["free_estimate"])
    return Finding(text, words("findings.licenses.advice"), tone)


def _lists(report: Report, words: Words) -> t.Iterator[Finding]:
    credentials, users = report["credentials"], report["users"]
    unused = credentials["never_activated"]
    if unused["count"]:
        yield _finding("not_activated", unused, words, text=_unused_text(report, words))
    inactive = users["inactive"]
    if inactive["count"]:
        days = words("days", inactive["days"])
        text = words("findings.inactive", inactive["count"], days=days)
        names = names_of([_inactive(one, words) for one in inactive["users"]], inactive["count"], words)
        yield Finding(text, words("findings.inactive.advice"), WATCH, names)
    orphans = users["without_credential"]
    if orphans["count"]:
        yield _finding("without_credential", orphans, words, more=_frees(report, words))
    for key, group in (("several_ids", credentials), ("unlocked", credentials), ("without_name", users)):
        if group[key]["count"]:
            yield _finding(key, group[key], words)


def _finding(key: str, group: t.Mapping[str, t.Any], words: Words, text: str = "", more: str = "") -> Finding:
    names = group["usernames"] if "usernames" in group else group["threema_ids"]
    advice = " ".join(part for part in (words(f"findings.{key}.advice"), more) if part)
    return Finding(text or words(f"findings.{key}", group["count"]), advice, WATCH, named(names, group["count"], words))


def _unused_text(report: Report, words: Words) -> str:
    count, takes = report["credentials"]["never_activated"]["count"], taken_by_unused(report)
    if not takes:
        return words("findings.not_activated", count)
    if count == 1:
        return words("findings.not_activated.one_takes")
    return words("findings.not_activated.takes", takes, count=words.number(count))


def _frees(report: Report, words: Words) -> str:
    """How many licenses detaching users without a credential would free; empty if none."""
    frees = taken_by_orphans(report)
    if frees and report["users"]["without_credential"]["count"] == 1:
        return words("findings.without_credential.frees_by_one")
    return words("findings.without_credential.frees", frees) if frees else ""


def _inactive(user: t.Mapping[str, t.Any], words: Words) -> Name:
    days = user["last_check_days"]
    when = words("findings.never") if days is None else words("findings.ago", days)
    if user["username"] is None:
        return Name(safe(user["threema_id"]), f"{words('findings.no_username')}, {when}")
    return Name(safe(user["username"]), f"{safe(user['threema_id'])}, {when}")
