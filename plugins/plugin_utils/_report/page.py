# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The page of a report: one file of HTML that loads nothing and runs nothing."""

from __future__ import annotations

import datetime
import typing as t
from pathlib import Path

import jinja2
from ansible_collections.threema.work.plugins.plugin_utils._report import findings, tables
from ansible_collections.threema.work.plugins.plugin_utils._report.changes import Changes
from ansible_collections.threema.work.plugins.plugin_utils._report.form import TIME, Report
from ansible_collections.threema.work.plugins.plugin_utils._report.view import Tile, safe
from ansible_collections.threema.work.plugins.plugin_utils._report.wording import Words

_FOLDER: t.Final = Path(__file__).parent


def page(report: Report, words: Words, changes: Changes | None) -> str:
    """The page, in the language of the words.

    :param changes: what changed since an earlier report; None if there is none to compare with.
    """
    # Everything is escaped unless the template says otherwise, which it only does of the stylesheet.
    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FileSystemLoader(_FOLDER),
    )
    subscription = report["subscription"]
    ends_on = findings.date_of(subscription["valid_until"], words)
    return environment.get_template("page.html.j2").render(
        words=words,
        styles=_styles(),
        name=safe(subscription["name"]),
        moment=_moment(report["generated_at"], words),
        host=safe(report["api_host"]),
        plan=safe(subscription["type"] or ""),
        ends_on=ends_on,
        tiles=_tiles(report, words),
        findings=findings.findings(report, words),
        fine=findings.fine(report, words),
        changes=changes and _compared(changes, words),
        licenses=tables.licenses(report, words),
        credentials=tables.credentials(report, words),
        hashed=findings.named(
            report["credentials"]["hashed"]["usernames"], report["credentials"]["hashed"]["count"], words
        ),
        activity=tables.activity(report, words),
        apps=[tables.systems(report, words), tables.versions(report, words)] if report["users"]["total"] else [],
        groups={kind: tables.groups(report, kind, words) for kind in ("departments", "categories") if report[kind]},
        settings=tables.settings(report, words),
        contacts=tables.contacts(report, words),
        has_names=_has_names(report, changes),
        has_people=bool(report.get("people")),
    )


def _styles() -> str:
    """The stylesheet without the license at its top."""
    return (_FOLDER / "page.css").read_text(encoding="utf-8").partition("*/\n")[2]


def _moment(text: str, words: Words) -> dict[str, str]:
    moment = datetime.datetime.strptime(text, TIME)
    return {"date": words.date(moment), "time": moment.strftime("%H:%M")}


def _tiles(report: Report, words: Words) -> list[Tile]:
    """The four figures that come first."""
    credentials, users = report["credentials"], report["users"]
    total, activated = credentials["total"], credentials["activated"]
    inactive = users["inactive"]["count"]
    share = words("tiles.activated_of", share=words.percent(activated, total), total=words.number(total))
    period = words("tiles.inactive_note", days=words("days", users["inactive"]["days"]))
    return [
        _free_tile(report, words),
        Tile(
            words.number(activated),
            words("tiles.activated", activated),
            share if total else words("tiles.activated_none"),
            findings.GOOD,
        ),
        _unused_tile(report, words),
        Tile(
            words.number(inactive),
            words("tiles.inactive", inactive),
            period if users["total"] else words("tiles.nobody_note"),
            findings.WATCH if inactive else findings.GOOD,
        ),
    ]


def _free_tile(report: Report, words: Words) -> Tile:
    free, purchased = report["licenses"]["free_estimate"], report["licenses"]["purchased"]
    if free is None or purchased is None:
        return Tile("?", words("tiles.free", 0), words("tiles.free_unknown"), findings.GOOD)
    tone = findings.license_tone(report)
    return Tile(words.number(free), words("tiles.free", free), words("tiles.free_of", purchased), tone)


def _unused_tile(report: Report, words: Words) -> Tile:
    unused, takes = report["credentials"]["never_activated"]["count"], findings.taken_by_unused(report)
    if not report["credentials"]["total"]:
        note = words("tiles.activated_none")
    elif unused and not takes:
        note = words("tiles.not_activated_free")
    elif unused == 1:
        note = words("tiles.not_activated_one")
    else:
        note = words("tiles.not_activated_note", takes)
    tone = findings.WATCH if unused else findings.GOOD
    return Tile(words.number(unused), words("tiles.not_activated", unused), note, tone)


def _compared(changes: Changes, words: Words) -> dict[str, t.Any]:
    """What the page shows of the changes."""
    figures = [
        {
            "label": words(f"changes.figures.{one.name}"),
            "then": words("unknown") if one.then is None else words.number(one.then),
            "now": words("unknown") if one.now is None else words.number(one.now),
            "difference": words("unknown") if one.difference is None else words.difference(one.difference),
            "changed": bool(one.difference),
        }
        for one in changes.figures
    ]
    groups = [
        {
            "text": words(f"changes.{group.name}", group.count),
            "names": findings.named(group.usernames, group.count, words),
        }
        for group in changes.groups or ()
    ]
    return {
        "since": _moment(changes.since, words),
        "same": changes.same,
        "figures": figures,
        "groups": groups,
        "has_groups": changes.groups is not None,
    }


def _has_names(report: Report, changes: Changes | None) -> bool:
    """Whether somebody is named on the page."""
    users = report["users"]
    lists: list[t.Sequence[t.Any]] = [
        *(one["usernames"] for one in report["credentials"].values() if isinstance(one, dict)),
        users["inactive"]["users"],
        users["without_credential"]["threema_ids"],
        users["without_name"]["threema_ids"],
        *(group.usernames for group in (changes and changes.groups) or ()),
    ]
    return any(lists)
