# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a report: what it says, in both languages, and that it is only text."""

from __future__ import annotations

import html.parser
import json
import re
import typing as t

import pytest
from ansible_collections.threema.work.tests.support.reports import Report, a_report, encoded, files_of, page_of, text_of

EVIL: t.Final = "<script>alert(1)</script>{{ 1 + 1 }}{% raw %}&amp;\"'"
_VOID: t.Final = {"meta"}


class Parser(html.parser.HTMLParser):
    """Whether elements are closed in order, and what they are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def parsed(page: str) -> Parser:
    """A page that is well-formed."""
    parser = Parser()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


@pytest.mark.parametrize("language", ["en", "de"])
def test_it_is_one_page_that_loads_and_runs_nothing(language: str) -> None:
    page = page_of(a_report(5, 3), language=language)
    parser = parsed(page)
    assert page.startswith("<!DOCTYPE html>") and f'<html lang="{language}">' in page
    assert not {"script", "link", "img", "iframe", "object", "form", "a", "base"} & set(parser.tags)
    names = {name for name, _value in parser.attributes}
    assert not {"src", "href", "srcset", "action"} & names
    assert not [name for name in names if name.startswith("on")]
    assert not re.search(r"url\(|@import|https?://", page)
    assert "default-src 'none'" in page


def test_everything_is_escaped() -> None:
    report = a_report(
        1,
        1,
        subscription__name=EVIL,
        subscription__type=EVIL,
        api_host=EVIL,
        credentials__never_activated={"count": 1, "usernames": [EVIL]},
        credentials__hashed={"count": 1, "usernames": [EVIL]},
        users__inactive={
            "days": 90,
            "count": 1,
            "users": [{"threema_id": EVIL, "username": EVIL, "last_check_days": 1}],
        },
        users__without_credential={"count": 1, "threema_ids": [EVIL]},
        users__versions={EVIL: 1},
        users__apps={EVIL: 1},
        departments={EVIL: {"credentials": 1, "activated": 1}},
        categories={EVIL: {"credentials": 1, "activated": 1}},
        settings={"global": {EVIL: EVIL}, "exceptions": {}},
        people={EVIL: 1},
    )
    earlier = {**report, "generated_at": "2026-10-26T08:15:00Z", "people": {}}
    page = page_of(report, earlier=encoded(earlier))
    parser = parsed(page)
    assert "script" not in parser.tags
    assert "".join(parser.texts).count(EVIL) == 18


def test_what_cannot_be_seen_is_escaped() -> None:
    """A name with marks that joined scripts need stays as it is; a browser isolates each name."""
    names = ["a\u202eb", "tab\there", "half\ud800", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "e\u0301"]
    report = a_report(5, 0, credentials__never_activated={"count": 5, "usernames": names})
    page = page_of(report)
    page.encode()
    for text in ("a\\u202eb", "tab\\there", "half\\ud800", names[3], names[4]):
        assert f"<bdi>{text}</bdi>" in page


def test_the_same_figures_are_the_same_text() -> None:
    report = a_report(5, 3, people={"a": 1})
    assert files_of(report) == files_of(json.loads(json.dumps(report)))


def finding(**changes: t.Any) -> Report:
    """A report in which something is to be done."""
    return a_report(250, 250, **changes)


def names(count: int, key: str = "usernames") -> Report:
    """A list of a report."""
    return {"count": count, key: [f"somebody.{one}" for one in range(min(count, 2))]}


def inactive(count: int, days: int = 90) -> Report:
    """Users who are inactive."""
    users = [{"threema_id": "AAAA0001", "username": "anna", "last_check_days": None}]
    users += [{"threema_id": "BBBB0001", "username": None, "last_check_days": 1}]
    users += [{"threema_id": "CCCC0001", "username": "carl", "last_check_days": 400}]
    return {"days": days, "count": count, "users": users[:count]}


SAID: t.Final[list[tuple[str, Report, list[str], list[str]]]] = [
    (
        "all well",
        finding(),
        ["Nothing needs to be done.", "Enough licenses are free.", "Every credential is activated."],
        ["Es ist nichts zu tun.", "Es sind genügend Lizenzen frei.", "Alle Zugänge sind aktiviert."],
    ),
    (
        "nobody",
        a_report(),
        ["Nothing needs to be done.", "there are no credentials yet", "there are no users yet", "0 licenses"],
        ["Es ist nichts zu tun.", "es gibt noch keine Zugänge", "es gibt noch keine Benutzer"],
    ),
    (
        "one not activated",
        a_report(1),
        ["1 credential is not activated: it takes 1 license.", "1 credential not activated it takes 1 license"],
        ["1 Zugang ist nicht aktiviert: Er belegt 1 Lizenz.", "1 Zugang nicht aktiviert er belegt 1 Lizenz"],
    ),
    (
        "23 not activated",
        a_report(232, 209),
        [
            "23 credentials are not activated: they take 23 licenses.",
            "unused.0019 and 3 more",
            "209 credentials activated 90% of 232",
            "For credentials that are not activated 23 1%",
        ],
        [
            "23 Zugänge sind nicht aktiviert: Sie belegen 23 Lizenzen.",
            "unused.0019 und 3 weitere Einträge",
            "209 Zugänge aktiviert 90 % von 232",
        ],
    ),
    (
        "fewer licenses than not activated",
        a_report(10, 9, 4),
        ["4 credentials are not activated: they take 1 license."],
        ["4 Zugänge sind nicht aktiviert: Sie belegen 1 Lizenz."],
    ),
    (
        "no license for not activated",
        a_report(10, 10, 1),
        ["1 credential is not activated.", "no license depends on that"],
        ["1 Zugang ist nicht aktiviert.", "keine Lizenz hängt davon ab"],
    ),
    (
        "5000 not activated",
        a_report(5000),
        ["5,000 credentials are not activated: they take 5,000 licenses.", "and 4,980 more"],
        ["5 000 Zugänge sind nicht aktiviert: Sie belegen 5 000 Lizenzen.", "und 4 980 weitere Einträge"],
    ),
    (
        "one inactive",
        finding(users__inactive=inactive(1)),
        ["1 Threema ID has not been active for 90 days or longer.", "anna AAAA0001, never active"],
        ["1 Threema-ID war seit mindestens 90 Tagen nicht mehr aktiv.", "anna AAAA0001, nie aktiv"],
    ),
    (
        "several inactive",
        finding(users__inactive=inactive(7, 1)),
        [
            "7 Threema IDs have not been active for 1 day or longer.",
            "BBBB0001 no credential, active 1 day ago",
            "carl CCCC0001, active 400 days ago",
            "and 4 more",
        ],
        ["7 Threema-IDs waren seit mindestens 1 Tag nicht mehr aktiv.", "BBBB0001 kein Zugang, vor 1 Tag aktiv"],
    ),
    (
        "one without a credential",
        a_report(3, 5, users__without_credential=names(1, "threema_ids")),
        ["1 Threema ID does not have a credential anymore.", "Detaching it would free 1 license."],
        ["1 Threema-ID hat keinen Zugang mehr.", "Würde sie vom Abonnement gelöst, wäre 1 Lizenz mehr frei."],
    ),
    (
        "several without a credential for one license",
        a_report(3, 4, users__without_credential=names(2, "threema_ids")),
        ["Detaching them all would free 1 license."],
        ["Würden alle vom Abonnement gelöst, wäre 1 Lizenz mehr frei."],
    ),
    (
        "several without a credential",
        a_report(3, 7, users__without_credential=names(3, "threema_ids")),
        ["3 Threema IDs do not have a credential anymore.", "would free 3 licenses.", "somebody.1 and 1 more"],
        ["3 Threema-IDs haben keinen Zugang mehr.", "wären 3 Lizenzen mehr frei.", "und 1 weiterer Eintrag"],
    ),
    (
        "credentials to look at",
        finding(credentials__several_ids=names(1), credentials__unlocked=names(2)),
        ["1 credential is used by more than one Threema ID.", "2 credentials are not locked to one Threema ID."],
        ["1 Zugang wird von mehr als einer Threema-ID verwendet.", "2 Zugänge sind nicht an eine Threema-ID gebunden."],
    ),
    (
        "without a name",
        finding(users__without_name=names(7, "threema_ids")),
        ["7 Threema IDs have neither a first nor a last name."],
        ["7 Threema-IDs haben weder Vor- noch Nachnamen."],
    ),
    (
        "ends today",
        finding(subscription__days_left=0),
        ["The subscription ends within a day."],
        ["Das Abonnement läuft innerhalb eines Tages ab."],
    ),
    (
        "ends tomorrow",
        finding(subscription__days_left=1),
        ["The subscription ends in 1 day, on February 28, 2027."],
        ["Das Abonnement läuft in 1 Tag ab, am 28. Februar 2027."],
    ),
    (
        "ends soon",
        finding(subscription__days_left=59),
        ["The subscription ends in 59 days, on February 28, 2027."],
        ["Das Abonnement läuft in 59 Tagen ab, am 28. Februar 2027."],
    ),
    (
        "ended",
        finding(subscription__days_left=-1),
        ["The subscription ended on February 28, 2027."],
        ["Das Abonnement ist am 28. Februar 2027 abgelaufen."],
    ),
    (
        "no license free",
        finding(licenses__free_estimate=0, licenses__purchased=250),
        ["No license is free.", "0 licenses free of 250 purchased (estimate)"],
        ["Es ist keine Lizenz mehr frei.", "0 Lizenzen frei von 250 gekauften (geschätzt)"],
    ),
    (
        "one license free",
        finding(licenses__free_estimate=1, licenses__purchased=251),
        ["Only 1 license is free.", "1 license free of 251 purchased (estimate)"],
        ["Es ist nur noch 1 Lizenz frei.", "1 Lizenz frei von 251 gekauften (geschätzt)"],
    ),
    (
        "more in use than purchased",
        finding(licenses__free_estimate=0, licenses__purchased=249),
        ["1 more license is in use than was purchased."],
        ["Es ist 1 Lizenz mehr belegt als gekauft."],
    ),
    (
        "unknown number of licenses",
        finding(licenses__free_estimate=None, licenses__purchased=None),
        ["? licenses free the service does not return how many were purchased"],
        ["? Lizenzen frei der Dienst meldet nicht, wie viele gekauft wurden"],
    ),
    (
        "groups",
        finding(
            departments={"": {"credentials": 1, "activated": 0}, "Care": {"credentials": 2, "activated": 1}},
            not_shown={"departments": 1, "categories": 2},
            categories={"": {"credentials": 3, "activated": 3}},
        ),
        ["Care 2 1 without a department 1 0 1 more department is not shown.", "2 more categories are not shown."],
        ["Care 2 1 ohne Abteilung 1 0 1 weitere Abteilung ist nicht aufgeführt.", "2 weitere Kategorien sind nicht"],
    ),
    (
        "settings",
        finding(settings={"global": {"th_a": None, "th_b": "", "th_c": True, "th_d": 30}, "exceptions": {"th_c": 3}}),
        ["th_a secret, not shown 0 th_b empty 0 th_c true 3 th_d 30 0"],
        ["th_a geheim, nicht aufgeführt 0 th_b leer 0 th_c true 3 th_d 30 0"],
    ),
    (
        "no settings",
        finding(),
        ["There is no global app configuration."],
        ["Es gibt keine globale App-Konfiguration."],
    ),
    (
        "apps",
        finding(
            users__apps={"android": 150, "": 10, "ios": 90},
            users__versions={f"ios {one}": 20 - one for one in range(13)} | {"other": 50, "": 1},
        ),
        ["Android 150 60% iOS 90 36% not reported 10 4%", "iOS 11 9 4% other 59 24%"],
        ["Android 150 60 % iOS 90 36 % nicht gemeldet 10 4 %", "andere 59 24 %"],
    ),
    (
        "activity",
        finding(users__last_check={"days_7": 1, "days_30": 2, "days_90": 3, "days_180": 4, "older": 240, "never": 0}),
        ["0 to 7 days ago 1 1% 8 to 30 days ago 2 1% 31 to 90", "more than 180 days ago 240 96% never 0 0%"],
        ["vor 0 bis 7 Tagen 1 1 % vor 8 bis 30 Tagen 2 1 %", "vor mehr als 180 Tagen 240 96 % nie 0 0 %"],
    ),
    (
        "hashed",
        finding(credentials__hashed=names(3)),
        ["Nobody can look up a hashed password", "somebody.0 somebody.1 and 1 more"],
        ["Ein gehashtes Passwort kann niemand nachsehen"],
    ),
    (
        "head",
        finding(),
        ["November 26, 2026, 08:15 UTC Plan: professional, valid until February 28, 2027 work.threema.ch"],
        ["26. November 2026, 08:15 Uhr UTC Tarif: professional, gültig bis 28. Februar 2027 work.threema.ch"],
    ),
    (
        "bare head",
        finding(subscription__type=None, subscription__valid_until="soon", subscription__days_left=None),
        ["November 26, 2026, 08:15 UTC work.threema.ch"],
        ["26. November 2026, 08:15 Uhr UTC work.threema.ch"],
    ),
]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(("report", "english", "german"), [one[1:] for one in SAID], ids=[one[0] for one in SAID])
def test_what_it_says(report: Report, english: list[str], german: list[str], language: str) -> None:
    text = text_of(page_of(report, language=language))
    for sentence in english if language == "en" else german:
        assert sentence in text


NOT_SAID: t.Final[list[tuple[str, Report, list[str]]]] = [
    ("nobody", a_report(), ["Every credential", "Every Threema ID", "Nobody has been inactive", "Apps", "Departments"]),
    (
        "no names",
        a_report(5, 3, credentials__never_activated={"count": 2, "usernames": []}),
        ["and 2 more"],
    ),
    ("far end", finding(subscription__days_left=60), ["The subscription"]),
    ("enough", finding(licenses__free_estimate=10, licenses__purchased=260), ["Only", "more license"]),
    ("a tenth", finding(licenses__free_estimate=9, licenses__purchased=90), ["Only"]),
    ("no end", finding(subscription__days_left=None), ["The subscription"]),
    ("something inactive", finding(users__inactive=inactive(1)), ["Nothing needs", "Nobody has been inactive"]),
    ("no exact license", a_report(10, 10, 1), ["it takes", "they take"]),
]


@pytest.mark.parametrize(("report", "sentences"), [one[1:] for one in NOT_SAID], ids=[one[0] for one in NOT_SAID])
def test_what_it_does_not_say(report: Report, sentences: list[str]) -> None:
    text = text_of(page_of(report))
    for sentence in sentences:
        assert sentence not in text


@pytest.mark.parametrize(
    ("free", "purchased", "told"), [(9, 100, True), (10, 100, False), (19, 1000, True), (20, 1000, False)]
)
def test_when_licenses_are_few(free: int, purchased: int, told: bool) -> None:
    report = finding(licenses__free_estimate=free, licenses__purchased=purchased)
    assert (f"Only {free} licenses are free." in text_of(page_of(report))) is told


@pytest.mark.parametrize(
    ("changes", "has_names", "has_people"),
    [
        ({}, False, False),
        ({"people": {}}, False, False),
        ({"people": {"a": 1}}, False, True),
        ({"credentials__hashed": {"count": 1, "usernames": ["a"]}}, True, False),
        ({"users__without_name": {"count": 1, "threema_ids": ["A"]}}, True, False),
        ({"users__inactive": inactive(1)}, True, False),
    ],
    ids=["nobody", "no people", "people", "hashed", "nameless", "inactive"],
)
def test_it_says_whether_somebody_is_named(changes: Report, has_names: bool, has_people: bool) -> None:
    text = text_of(page_of(finding(**changes)))
    assert ("contains names of people" in text) is has_names
    assert ("contains no usernames" in text) is not has_names
    assert ("report.json next to it" in text) is has_people


def test_the_bars() -> None:
    report = a_report(
        10, 10, departments={"A": {"credentials": 8, "activated": 2}, "B": {"credentials": 2, "activated": 2}}
    )
    page = page_of(report)
    assert 'style="width:100.0%"><i style="width:25.0%">' in page
    assert 'style="width:25.0%"><i style="width:100.0%">' in page
