# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The closing messages of roles and playbooks, from the results of their tasks."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping, Sequence

from ansible_collections.threema.work.plugins.module_utils._plan import ACTIONS, WRITES
from ansible_collections.threema.work.plugins.module_utils._planning.items import twin_key
from ansible_collections.threema.work.plugins.module_utils._text import shown

Result = t.Mapping[str, t.Any]

#: This many names are shown, and the number of the rest.
_MAX_NAMES: t.Final = 20


def renamed(message: str, names: Mapping[str, str]) -> str:
    """Return a module's message with the caller's names of its options.

    :param names: the caller's name of each option, or of a phrase of the message. A word that may be a person's name,
        such as C(unknown), is only replaced as in C(unknown: ignore) or in quotation marks.
    """
    patterns = []
    for option in names:
        word = rf"(?<!\w){re.escape(option)}(?!\w)"
        patterns.append(word if {"_", " "} & set(option) else rf"{word}(?=: )|(?<='){word}(?=')")
    return re.sub("|".join(patterns), lambda match: names[match[0]], message) if patterns else message


def some(names: Sequence[object]) -> str:
    """Return the first names, escaped, and the number of the rest."""
    more = len(names) - _MAX_NAMES
    return ", ".join(shown(str(name)) for name in names[:_MAX_NAMES]) + (f" and {more} more" if more > 0 else "")


def closing(kind: str, results: Mapping[str, Result], *, check_mode: bool = False, expected: str = "") -> list[str]:
    """Return what was done, one line for each object.

    :param kind: the kind of tasks; see C(KINDS).
    :param results: results of tasks, including skipped ones, by a name that the kind supports.
    :param expected: the subscription that was expected; empty if none was.
    :raises KeyError: for an unknown kind.
    """
    done = {name: result for name, result in results.items() if result and not result.get("skipped")}
    return [*_head(done, check_mode, expected), *KINDS[kind](done, check_mode)]


def _head(done: Mapping[str, Result], check_mode: bool, expected: str) -> list[str]:
    host = next((shown(result["api_host"]) for result in done.values() if result.get("api_host")), "")
    number = sum(result.get("api_requests", 0) for result in done.values())
    parts = [
        host,
        f"{number} request{'' if number == 1 else 's'}",
        f"expected subscription: {shown(expected)}" if expected else "no expected subscription was named",
        "check mode: nothing was written" if check_mode else "",
    ]
    return [", ".join(part for part in parts if part)]


def _onboarding(done: Mapping[str, Result], dry: bool) -> t.Iterator[str]:
    result = done.get("credentials", {})
    yield f"credentials: {_counts(result.get('summary', {}), dry)}"
    roster = done.get("roster", {})
    if roster.get("unclear"):
        what = str(roster.get("match", "username")).replace("_", " ")
        yield (
            f"it is unknown who is missing from the list, so nobody is removed: {roster['unclear']} bad row(s) without "
            f"{'an' if what[0] in 'aeio' else 'a'} {what}"
        )
    # A task that was stopped has no plan.
    if "created" in result:
        would = "would be " if dry else ""
        yield _group("joiners", f"{would}created", result["created"])
        yield _group("movers", f"{would}updated", result.get("updated", ()))
        matched = [_matched(one) for one in result.get("matched", ())]
        yield _group(f"{would}renamed or kept under the old name", "", matched)
        yield _group("leavers", f"{would}removed", [_leaver(one, would) for one in result.get("removed", ())])
    yield from _not_listed(result, roster)


def _group(who: str, what: str, names: Sequence[str]) -> str:
    """Their number and their names."""
    return ": ".join(part for part in (who, f"{len(names)} {what}".strip(), some(names)) if part)


def _matched(one: Mapping[str, t.Any]) -> str:
    """A person whose name on the list differs from the username of the credential."""
    return f"{one['username']} ({'renamed' if one['renamed'] else 'listed as ' + str(one['listed_as'])})"


def _leaver(one: Mapping[str, t.Any], would: str) -> str:
    """A person whose credential was removed, and the outcome of the Threema IDs."""
    ids = [f"{user['threema_id']} {would}{user['state']}" for user in one.get("users") or ()]
    return f"{one['username']} ({', '.join(ids)})" if ids else str(one["username"])


def _not_listed(result: Result, roster: Result) -> t.Iterator[str]:
    """Who is not on the list but is kept, and who would be on it except for a rule that excludes people."""
    unlisted = [str(name) for name in result.get("unlisted", ())]
    left = [str(one["username"]) for one in result.get("removed", ())]
    if kept := [name for name in unlisted if name not in set(left)]:
        yield _group("not on the list, but kept", "", kept)
    out = {twin_key(str(one["username"])) for one in roster.get("left_out", ()) if one.get("username")}
    if found := [name for name in dict.fromkeys([*left, *unlisted]) if twin_key(name) in out]:
        yield _group("left out of the list by a condition or a date, although they have a credential", "", found)


def _offboarding(done: Mapping[str, Result], _dry: bool) -> t.Iterator[str]:
    result = done.get("credentials", {})
    for one in result.get("credentials", ()):
        became = [one["action"], *(_user(user) for user in one.get("users") or ())]
        yield f"{shown(one['username'])}: {', '.join(became)}"
    for user in result.get("users", ()):
        yield _user(user).replace(" ", ": ", 1)
    for name in result.get("not_found", ()):
        yield f"{shown(str(name))}: not in the subscription"


def _user(user: Mapping[str, t.Any]) -> str:
    return f"{shown(user['threema_id'])} {user['state'] if user['action'] == 'removed' else user['action']}"


def _subscription(done: Mapping[str, Result], _dry: bool) -> t.Iterator[str]:
    if name := done.get("name"):
        yield f"name: {shown(str(name['subscription']['name']))}, {_changed(name)}"
    for variant in ("light", "dark"):
        if logo := done.get(f"logo_{variant}"):
            yield f"logo for {variant} backgrounds: {_changed(logo)}"
    if settings := done.get("settings"):
        yield f"global settings: {_counts(settings['summary'])}"
        yield from (f"{shown(one['name'])}: {one['action']}" for one in settings.get("settings", ())[:_MAX_NAMES])
        if (more := len(settings.get("settings", ())) - _MAX_NAMES) > 0:
            yield f"and {more} more settings"


def _reset(done: Mapping[str, Result], _dry: bool) -> t.Iterator[str]:
    username = shown(done["credential"]["credentials"][0]["username"])
    user = done.get("user", {}).get("user")
    if user:
        yield f"{username}: {shown(user['threema_id'])} {user['state']}"
    else:
        yield f"{username}: no Threema ID uses it"
    if "password" in done:
        yield f"{username}: new password set, which the management cockpit shows"
    else:
        yield f"{username}: password unchanged"


def _doctor(done: Mapping[str, Result], _dry: bool) -> t.Iterator[str]:
    for check in done["service"]["service"]["checks"]:
        advice = f" {check['advice']}" if check["advice"] else ""
        yield f"{check['status']}: {check['name']}: {shown(check['message'])}{shown(advice)}"


def _handover(done: Mapping[str, Result], dry: bool) -> t.Iterator[str]:
    result = done["sheets"]
    yield f"sheets: {_counts(result['summary'], dry)}"
    folder = shown(str(done["folder"]["path"]))
    yield f"directory: {folder}"
    if result["all_file"]:
        yield f"print all of them: {folder}/{result['all_file']}"
    if missing := result["not_printable"]:
        reasons: dict[str, list[object]] = {str(one["reason"]): [] for one in missing}
        for one in missing:
            reasons[str(one["reason"])].append(one["username"])
        yield from (f"no sheet for {len(names)}: {some(names)} ({reason})" for reason, names in reasons.items())


def _export(done: Mapping[str, Result], dry: bool) -> t.Iterator[str]:
    result = done.get("export", {})
    # A task that was stopped before it had read everything has none of these.
    if summary := result.get("summary"):
        yield ", ".join(f"{name}: {number}" for name, number in summary.items())
        would = "would be " if dry else ""
        for one in result["files"]:
            yield f"{one['name']}: {would if one['action'] in WRITES else ''}{one['action']}"
    if left_out := result.get("left_out"):
        what = [
            one["reason"] if one["username"] is None else f"{one['username']} ({one['reason']})" for one in left_out
        ]
        yield _group("in no file", "", what)


def _report(done: Mapping[str, Result], dry: bool) -> t.Iterator[str]:
    report = done["report"]["report"]
    licenses, credentials = report["licenses"], report["credentials"]
    if licenses["free_estimate"] is not None:
        yield f"licenses: {licenses['free_estimate']} of {licenses['purchased']} are free (estimate)"
    yield f"credentials: {credentials['total']}, {credentials['never_activated']['count']} of them not activated"
    inactive = report["users"]["inactive"]
    yield f"Threema IDs: {report['users']['total']}, {inactive['count']} of them inactive for {inactive['days']} days"
    would = "would be " if dry else ""
    for file in done["files"]["files"]:
        # Templates of older versions of Ansible turn a boolean in a dictionary into a string.
        existed, changed = (str(file[key]).lower() == "true" for key in ("existed", "changed"))
        written = changed or not existed
        yield f"{shown(file['path'])}: {would if written else ''}{_written(existed, written)}"


def _written(existed: bool, written: bool) -> str:
    return "unchanged" if not written else "updated" if existed else "created"


def _changed(result: Result) -> str:
    return "updated" if result.get("changed") else "unchanged"


def _counts(summary: Mapping[str, int], dry: bool = False) -> str:
    told = {action: f"would be {action}" if dry and action in WRITES else action for action in ACTIONS}
    counts = [f"{summary[action]} {told[action]}" for action in ACTIONS if summary.get(action)]
    return ", ".join(counts) or "nothing to do"


KINDS: t.Final[dict[str, t.Callable[[Mapping[str, Result], bool], t.Iterable[str]]]] = {
    "onboarding": _onboarding,
    "offboarding": _offboarding,
    "subscription": _subscription,
    "reset": _reset,
    "doctor": _doctor,
    "handover": _handover,
    "export": _export,
    "report": _report,
}
