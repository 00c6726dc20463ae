# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What roles and playbooks say at their end."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.plugins.plugin_utils._closing import closing, renamed
from ansible_collections.threema.work.tests.support.reports import a_report

HOST: t.Final = "work.example.com"
#: What a terminal would obey, and how it is shown.
EVIL: t.Final = "a\x1b[31m\n\u202e\u200b\x9b\u2028\x7f"
HARMLESS: t.Final = r"a\x1b[31m\n\u202e\u200b\x9b\u2028\x7f"


def test_the_host_stands_first_once_it_is_there() -> None:
    assert closing("onboarding", {"credentials": {"api_host": HOST, "api_requests": 1}})[0] == (
        f"{HOST}, 1 request, no expected subscription was named"
    )
    assert closing("onboarding", {"credentials": {"api_requests": 2}}, check_mode=True)[0] == (
        "2 requests, no expected subscription was named, check mode: nothing was written"
    )
    skipped = {"skipped": True, "api_host": "other"}
    results = {"settings": skipped, "name": {"api_host": HOST, "api_requests": 3, "subscription": {"name": EVIL}}}
    assert closing("subscription", results, expected=EVIL) == [
        f"{HOST}, 3 requests, expected subscription: {HARMLESS}",
        f"name: {HARMLESS}, unchanged",
    ]


def test_onboarding() -> None:
    result = {
        "summary": {"created": 21, "updated": 1, "removed": 2, "unchanged": 1, "failed": 2, "pending": 0},
        "created": [EVIL, *(f"new{number}" for number in range(20))],
        "updated": ["carl"],
        "matched": [
            {"id": "1", "username": "emma.new", "listed_as": "emma.new", "renamed": True},
            {"id": "2", "username": "fritz", "listed_as": EVIL, "renamed": False},
        ],
        "removed": [
            {"username": "dora", "users": [{"threema_id": "AB12CD34", "state": "detached", "action": "removed"}]},
            {"username": EVIL},
        ],
        "unlisted": ["dora", "svc-alarm", EVIL],
    }
    roster = {"left_out": [{"username": "DORA"}, {"username": "svc-alarm"}, {"username": None}, {"username": "xaver"}]}
    results = {"credentials": result, "roster": roster}
    joiners = f"{HARMLESS}, {', '.join(f'new{number}' for number in range(19))} and 1 more"
    assert closing("onboarding", results)[1:] == [
        "credentials: 21 created, 1 updated, 2 removed, 1 unchanged, 2 failed",
        f"joiners: 21 created: {joiners}",
        "movers: 1 updated: carl",
        f"renamed or kept under the old name: 2: emma.new (renamed), fritz (listed as {HARMLESS})",
        f"leavers: 2 removed: dora (AB12CD34 detached), {HARMLESS}",
        "not on the list, but kept: 1: svc-alarm",
        "left out of the list by a condition or a date, although they have a credential: 2: dora, svc-alarm",
    ]
    assert closing("onboarding", results, check_mode=True)[1:6] == [
        "credentials: 21 would be created, 1 would be updated, 2 would be removed, 1 unchanged, 2 failed",
        f"joiners: 21 would be created: {joiners}",
        "movers: 1 would be updated: carl",
        f"would be renamed or kept under the old name: 2: emma.new (renamed), fritz (listed as {HARMLESS})",
        f"leavers: 2 would be removed: dora (AB12CD34 would be detached), {HARMLESS}",
    ]


def test_onboarding_without_a_plan_or_with_rows_that_may_be_anybody_s() -> None:
    assert closing("onboarding", {"credentials": {}})[1:] == ["credentials: nothing to do"]
    for match, what in (("username", "a username"), ("employee_number", "an employee number")):
        results = {"credentials": {"created": []}, "roster": {"match": match, "unclear": 2}}
        assert closing("onboarding", results)[2:4] == [
            f"it is unknown who is missing from the list, so nobody is removed: 2 bad row(s) without {what}",
            "joiners: 0 created",
        ]


def test_offboarding_says_what_became_of_each_id() -> None:
    anna = {
        "username": EVIL,
        "action": "failed",
        "users": [
            {"threema_id": "AB12CD34", "state": "revoked", "action": "removed"},
            {"threema_id": "EF56GH78", "state": "revoked", "action": "failed"},
        ],
    }
    result = {
        "credentials": [anna, {"username": "berta", "action": "removed"}],
        "users": [{"threema_id": "IJ90KL12", "state": "detached", "action": "removed"}],
        "not_found": ["xaver"],
    }
    assert closing("offboarding", {"credentials": result})[1:] == [
        f"{HARMLESS}: failed, AB12CD34 revoked, EF56GH78 failed",
        "berta: removed",
        "IJ90KL12: detached",
        "xaver: not in the subscription",
    ]


def test_subscription_cuts_a_long_list_of_settings() -> None:
    settings = {
        "summary": {"created": 22},
        "settings": [{"name": f"th_{number}", "action": "created"} for number in range(22)],
    }
    lines = closing("subscription", {"settings": settings, "logo_dark": {"changed": True}})
    assert lines[1:4] == ["logo for dark backgrounds: updated", "global settings: 22 created", "th_0: created"]
    assert lines[-1] == "and 2 more settings" and len(lines) == 24


@pytest.mark.parametrize("password", [False, True])
def test_reset(password: bool) -> None:
    results: dict[str, t.Any] = {
        "credential": {"credentials": [{"username": "jane"}]},
        "user": {"user": {"threema_id": "AB12CD34", "state": "detached"}},
        "password": {"changed": True} if password else {"skipped": True},
    }
    told = "new password set, which the management cockpit shows" if password else "password unchanged"
    assert closing("reset", results)[1:] == ["jane: AB12CD34 detached", f"jane: {told}"]
    for nobody in ({"skipped": True}, {"user": None}):
        lines = closing("reset", {**results, "user": nobody})
        assert lines[1:] == ["jane: no Threema ID uses it", f"jane: {told}"]


@pytest.mark.parametrize(
    ("message", "called"),
    [
        ("set max_removals to 3", "set Most people to 3"),
        ("set offboarding_max_removals or max_removals_percent to 3", None),
        ("Correct unknown names; with unknown: ignore", "Correct unknown names; with Names: ignore"),
        ("not in the subscription: unknown, max", None),
        ("argument 'unknown' is of type", "argument 'Names' is of type"),
    ],
)
def test_options_are_called_as_the_caller_calls_them(message: str, called: str | None) -> None:
    names = {"max_removals": "Most people", "unknown": "Names"}
    assert renamed(message, names) == (called or message)


def test_several_words_are_called_otherwise_as_they_stand() -> None:
    names = {"Without prune": "With leavers: report", "leavers": "who"}
    assert renamed("Without prune, Without pruned", names) == "With leavers: report, Without pruned"


def test_a_name_that_holds_an_option_is_left_as_it_is() -> None:
    names = {"a_limit": "Limit (a_limit)", "limit": "a_limit", "Limit": "x"}
    assert renamed("set a_limit to 1, limit: 2", names) == "set Limit (a_limit) to 1, a_limit: 2"


def test_doctor_shows_each_line_with_what_to_do() -> None:
    checks = [
        {"name": "key", "status": "ok", "message": "The service accepts it.", "advice": ""},
        {"name": "clock", "status": "warning", "message": EVIL, "advice": "Set the clock."},
    ]
    result = {"api_host": "work.threema.ch", "api_requests": 10, "service": {"checks": checks}}
    assert closing("doctor", {"service": result}) == [
        "work.threema.ch, 10 requests, no expected subscription was named",
        "ok: key: The service accepts it.",
        f"warning: clock: {HARMLESS} Set the clock.",
    ]


def test_an_export() -> None:
    files = [{"name": "people.csv", "action": "updated"}, {"name": "contacts.csv", "action": "unchanged"}]
    left_out = [{"username": "beat\n", "reason": "a line break"}, {"username": None, "reason": "the logo dark: none"}]
    result = {
        "api_host": "h",
        "api_requests": 7,
        "files": files,
        "left_out": left_out,
        "summary": {"people": 5, "contacts": 0, "settings": 12},
    }
    assert closing("export", {"export": result})[1:] == [
        "people: 5, contacts: 0, settings: 12",
        "people.csv: updated",
        "contacts.csv: unchanged",
        "in no file: 2: beat\\n (a line break), the logo dark: none",
    ]
    assert closing("export", {"export": result}, check_mode=True)[2:4] == [
        "people.csv: would be updated",
        "contacts.csv: unchanged",
    ]
    # A task that was stopped has none of these.
    assert closing("export", {"export": {"api_host": "h", "failed": True}}) == [
        "h, 0 requests, no expected subscription was named"
    ]


def test_handover() -> None:
    reason = "the password is hashed"
    missing = [{"username": EVIL, "reason": reason}, {"username": "beat", "reason": reason}]
    result = {
        "summary": {"created": 2, "updated": 0, "unchanged": 1, "removed": 3, "not_printable": 2},
        "all_file": "all.html",
        "not_printable": missing,
    }
    results = {"sheets": result, "folder": {"path": "/srv/sheets"}}
    assert closing("handover", results)[1:] == [
        "sheets: 2 created, 3 removed, 1 unchanged",
        "directory: /srv/sheets",
        "print all of them: /srv/sheets/all.html",
        f"no sheet for 2: {HARMLESS}, beat ({reason})",
    ]
    assert (
        closing("handover", results, check_mode=True)[1]
        == "sheets: 2 would be created, 3 would be removed, 1 unchanged"
    )
    nobody = {"sheets": {"summary": {}, "all_file": None, "not_printable": []}, "folder": {"path": "x"}}
    assert closing("handover", nobody)[1:] == ["sheets: nothing to do", "directory: x"]


@pytest.mark.parametrize(
    ("check_mode", "existed", "changed", "told"),
    [
        (False, True, False, "unchanged"),
        (False, True, True, "updated"),
        (False, False, True, "created"),
        (True, True, False, "unchanged"),
        (True, True, True, "would be updated"),
        # Up to core 2.18, a template may turn booleans into strings.
        (True, "False", "True", "would be created"),
    ],
)
def test_report(check_mode: bool, existed: t.Any, changed: t.Any, told: str) -> None:
    figures = a_report(23, 20, users__inactive__count=4, licenses__free_estimate=7, licenses__purchased=30)
    results: dict[str, dict[str, t.Any]] = {
        "report": {"api_host": HOST, "api_requests": 6, "report": figures},
        "files": {"files": [{"path": f"/srv/{EVIL}", "existed": existed, "changed": changed}]},
    }
    assert closing("report", results, check_mode=check_mode)[1:] == [
        "licenses: 7 of 30 are free (estimate)",
        "credentials: 23, 3 of them not activated",
        "Threema IDs: 20, 4 of them inactive for 90 days",
        f"/srv/{HARMLESS}: {told}",
    ]
    figures["licenses"]["free_estimate"] = None
    assert "credentials: 23" in closing("report", results)[1]
