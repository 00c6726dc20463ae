# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Comparing two reports, and what cannot be compared."""

from __future__ import annotations

import base64
import json
import re
import typing as t

import pytest
import yaml
from ansible_collections.threema.work.plugins.filter.report_files import report_files
from ansible_collections.threema.work.plugins.plugin_utils._report import wording
from ansible_collections.threema.work.tests.support.reports import Report, a_report, encoded, files_of, page_of, text_of

OCTOBER: t.Final = "2026-10-27T23:59:00Z"


def compared(report: Report, earlier: Report, **options: t.Any) -> str:
    """What the page says of the changes."""
    text = text_of(page_of(report, earlier=encoded(earlier), **options))
    start = "Seit dem" if options.get("language") == "de" else "Since "
    end = " (Licenses Each|Lizenzen Jeder|Credentials A credential) "
    return re.split(end, text[text.index(start, 200) :])[0]


def test_figures_and_their_difference() -> None:
    earlier = a_report(5, 3, generated_at=OCTOBER, users__inactive={"days": 90, "count": 2, "users": []})
    report = a_report(1250, 4, users__inactive={"days": 90, "count": 1, "users": []}, licenses__purchased=None)
    text = compared(report, earlier)
    assert text.startswith("Since October 27, 2026 This report compared with the one of October 27, 2026, 23:59 UTC.")
    for row in (
        "Purchased licenses 10,000 unknown unknown",
        "Free licenses 9,995 8,750 −1,245",
        "Credentials 5 1,250 +1,245",
        "Activated credentials 3 4 +1",
        "Credentials that are not activated 2 1,246 +1,244",
        "Credentials that are not locked 0 0 ±0",
        "Users (Threema IDs) 3 4 +1",
        "Inactive Threema IDs 2 1 −1",
        "Contacts 3 4 +1",
    ):
        assert row in text
    assert "made without names" in text


def test_other_days_are_not_compared() -> None:
    earlier = a_report(5, 3, generated_at=OCTOBER, users__inactive={"days": 30, "count": 2, "users": []})
    text = compared(a_report(6, 3), earlier)
    assert "Inactive" not in text and "Users (Threema IDs) 3 3 ±0" in text


def test_who_came_activated_and_went() -> None:
    """Who came and activated the app is in both lists."""
    earlier = a_report(5, 3, generated_at=OCTOBER, people={"stays": 1, "starts": 0, "waits": 0, "goes": 1, "stops": 1})
    people = {"stays": 2, "starts": 1, "waits": 0, "stops": 0, "Beat": 0, "anna": 1}
    text = compared(a_report(6, 3, people=people), earlier)
    assert text.endswith(
        "2 people have a new credential. anna Beat 2 people have activated the app. anna starts "
        "1 person has no credential anymore. goes"
    )


def test_nobody_came_and_nothing_changed() -> None:
    earlier = a_report(5, 3, generated_at=OCTOBER, people={"a": 1})
    report = a_report(5, 3, people={"a": 1})
    for language, sentences in {
        "en": "Nothing has changed since then. Nobody has a new credential. Nobody has activated the app since then. "
        "Nobody has lost the credential.",
        "de": "Seither hat sich nichts geändert. Niemand hat einen neuen Zugang. Niemand hat seither die App "
        "aktiviert. Niemand hat den Zugang verloren.",
    }.items():
        text = compared(report, earlier, language=language)
        assert text.endswith(sentences) and "±0" not in text


def test_somebody_came_for_somebody() -> None:
    """The numbers are the same, but something has changed."""
    earlier = a_report(1, 1, generated_at=OCTOBER, people={"a": 1})
    assert "Nothing has changed" not in compared(a_report(1, 1, people={"b": 1}), earlier)


@pytest.mark.parametrize(
    ("most", "named"), [(0, None), (1, "3 people have a new credential. p1 and 2 more"), (3, "p1 p2 p3 Nobody")]
)
def test_at_most_so_many_names(most: int, named: str | None) -> None:
    earlier = a_report(0, 0, generated_at=OCTOBER, people={})
    report = a_report(3, 0, people={"p3": 0, "p1": 0, "p2": 0})
    text = compared(report, earlier, max_names=most)
    assert ("made without names" in text) is (named is None)
    assert named is None or named in text
    assert "p1" not in text or most


def problem_of(earlier: str, report: Report | None = None) -> str:
    """Why a file cannot be compared with; nothing is made then."""
    made = report_files(a_report(5, 3) if report is None else report, earlier=earlier, earlier_name="/srv/old.json")
    assert made["files"] == {}
    return str(made["problem"])


def without(*path: str) -> Report:
    """A report that lacks something."""
    report = a_report(5, 3, generated_at=OCTOBER)
    part = report
    for key in path[:-1]:
        part = part[key]
    del part[path[-1]]
    return report


@pytest.mark.parametrize(
    ("earlier", "problem"),
    [
        (base64.b64encode(b"\xff\xfe\x00").decode(), "/srv/old.json is not JSON"),
        (encoded(""), "/srv/old.json is not JSON"),
        (encoded('{"api_host": '), "/srv/old.json is not JSON"),
        (encoded("[" * 100_000), "/srv/old.json is not JSON"),
        ("no base64", "/srv/old.json is not JSON"),
        (encoded([]), "/srv/old.json is not a report, which is a dictionary"),
        (encoded({"username": "secret.name"}), "not a report of this version of the collection (api_host is missing)"),
        (encoded(without("users", "inactive", "days")), "(users.inactive.days is missing)"),
        (encoded(a_report(generated_at="yesterday")), "(generated_at is not a time)"),
        (encoded(a_report(generated_at="2026-9-27T23:59:00Z")), "(generated_at is not a time)"),
        (encoded(a_report(licenses__used="7")), "(licenses.used is of another type)"),
        (encoded(a_report(licenses__used=True)), "(licenses.used is of another type)"),
        (encoded({**a_report(), "credentials": []}), "(credentials is not a dictionary)"),
        (encoded(a_report(credentials__hashed={"count": 1, "usernames": "a"})), "(credentials.hashed.usernames is"),
        (encoded(a_report(users__apps={"secret.name": None})), "(users.apps is of another type)"),
        (encoded(a_report(people=["a"])), "(people is not a dictionary)"),
        (encoded(a_report(people={"secret.name": "1"})), "(people is of another type)"),
        (
            encoded(a_report(subscription__id="OTHER", subscription__name="Else\x1b", generated_at=OCTOBER)),
            r"is a report of another subscription (Else\x1b, OTHER), not of Example Ltd (QX7K2M9P0A)",
        ),
        (
            encoded(a_report(subscription__id=None, subscription__name="Else", generated_at=OCTOBER)),
            "is a report of another subscription (Else, None)",
        ),
        (
            encoded(a_report(subscription__id="I" * 9999, subscription__name="N" * 9999, generated_at=OCTOBER)),
            "\u2026), not of Example Ltd (QX7K2M9P0A)",
        ),
        (encoded(a_report(generated_at="2026-11-26T08:15:01Z")), "which is later than this one"),
    ],
    ids=[
        "bytes", "empty", "half", "deep", "not encoded", "list", "other", "no days", "no time", "short time", "text",
        "boolean",
        "no dictionary", "no list", "null", "people", "people of texts", "other id", "other name", "long", "later",
    ],
)  # fmt: skip
def test_what_cannot_be_compared(earlier: str, problem: str) -> None:
    """By name, in one sentence that names nobody."""
    said = problem_of(earlier)
    assert said.startswith("/srv/old.json is ") and problem in said
    assert "secret.name" not in said and "\n" not in said and len(said) < 1000


def test_a_subscription_without_an_id() -> None:
    """Old versions of the service have none; then the name has to be the same."""
    assert "±0" in compared(a_report(6, 3), a_report(5, 3, generated_at=OCTOBER, subscription__id=None))


def test_a_newer_version_may_have_more() -> None:
    earlier = {**a_report(5, 3, generated_at=OCTOBER), "more": 1}
    assert "±0" in compared(a_report(6, 3), earlier)


def test_a_byte_order_mark() -> None:
    assert "±0" in compared(a_report(6, 3), "\ufeff" + json.dumps(a_report(5, 3, generated_at=OCTOBER)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        (a_report(5, 3, generated_at="2026-11-26T00:00:00Z"), True),
        (a_report(5, 3, generated_at="2026-11-25T23:59:59Z"), False),
        (a_report(5, 3, generated_at="2026-11-26T00:00:00Z", subscription__days_left=95), False),
        (a_report(5, 3, generated_at="2026-11-26T00:00:00Z", people={}), False),
        ({**a_report(5, 3, generated_at="2026-11-26T00:00:00Z"), "more": 1}, False),
        ("broken", False),
    ],
    ids=["same day", "day before", "another figure", "people", "more keys", "broken"],
)
def test_when_the_time_of_day_is_kept(before: t.Any, kept: bool) -> None:
    """So that nothing is written where nothing but the time of day is different."""
    files = files_of(a_report(5, 3), present=encoded(before))
    time = "00:00" if kept else "08:15"
    assert json.loads(files["report.json"])["generated_at"] == f"2026-11-26T{time}:00Z"
    assert f"November 26, 2026, {time} UTC" in files["report.html"]


def test_the_earlier_report_is_of_the_same_day() -> None:
    """A time that is kept must not make the report older than the one that it is compared with."""
    earlier = a_report(5, 3, generated_at="2026-11-26T08:00:00Z")
    for time, kept in (("07:00", False), ("08:00", True), ("08:10", True)):
        before = a_report(5, 3, generated_at=f"2026-11-26T{time}:00Z")
        files = files_of(a_report(5, 3), present=encoded(before), earlier=encoded(earlier))
        assert f"2026, {time if kept else '08:15'} UTC" in files["report.html"]


def test_true_is_not_one() -> None:
    before = a_report(5, 3, generated_at="2026-11-26T00:00:00Z", settings={"global": {"th_a": True}, "exceptions": {}})
    report = a_report(5, 3, settings={"global": {"th_a": 1}, "exceptions": {}})
    assert (
        json.loads(files_of(report, present=encoded(before))["report.json"])["generated_at"] == report["generated_at"]
    )


def test_a_report_that_is_none() -> None:
    assert report_files({"a": 1})["problem"].startswith("what report_info returned is not a report")


def forms(texts: t.Any, where: str = "") -> t.Iterator[tuple[str, set[str]]]:
    """The places of all texts, with what is filled in; the forms of a number are one text."""
    if isinstance(texts, dict):
        for key, value in texts.items():
            yield from forms(value, f"{where}.{key}")
    elif isinstance(texts, str):
        yield where, set(filter(None, texts.replace("}", "{").split("{")[1::2]))


def test_both_languages_have_the_same_texts() -> None:
    folder = wording._FOLDER
    told = {
        path.stem: dict(forms(yaml.safe_load(path.read_text(encoding="utf-8"))))
        for path in sorted(folder.glob("*.yml"))
    }
    assert sorted(told) == ["de", "en"] == list(wording.LANGUAGES)
    assert told["de"] == told["en"] and len(told["en"]) > 150
