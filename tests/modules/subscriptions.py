# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A subscription for reports: people by what is special about them, at a point in time that does not move."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.threema.work.plugins.module_utils._report import reading
from ansible_collections.threema.work.tests.support.modules import Modules, add
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

#: When the tests run, as the module sees it.
NOW: t.Final = datetime.datetime(2026, 11, 26, 8, 15, tzinfo=datetime.timezone.utc)
DAY: t.Final = datetime.timedelta(days=1)
SECOND: t.Final = datetime.timedelta(seconds=1)
Report = t.Dict[str, t.Any]


def at(moment: datetime.datetime, hours: int = 1) -> str:
    """A moment as the API writes it, without a colon in its offset."""
    return moment.astimezone(datetime.timezone(datetime.timedelta(hours=hours))).strftime("%Y-%m-%dT%H:%M:%S%z")


class Subscription:
    """What a report is about. Use it as a fixture."""

    def __init__(self, run: Modules, simulator: Simulator, replace: t.Callable[[t.Any, str, t.Any], None]) -> None:
        self.run = run
        self.simulator = simulator
        replace(reading, "now", lambda: NOW)

    def report(self, **options: t.Any) -> Report:
        """The report of a run that has to succeed."""
        return t.cast("Report", self.run.good("report_info", **options)["report"])

    def person(self, username: str, *threema_ids: str, **fields: t.Any) -> str:
        """A credential that so many Threema IDs use; returns its id."""
        id_ = add(self.simulator, username, **fields)[username]
        for threema_id in threema_ids:
            order = {"username": username, "password": f"secret-of-{username}", "threema_id": threema_id}
            self.simulator.control("POST", "activate", order)
        return id_

    def seen(self, threema_id: str, last_check: str | None, **fields: t.Any) -> None:
        """The app of a Threema ID was last active then."""
        self.simulator.control("POST", "sync", {"threema_id": threema_id, "last_check": last_check, **fields})

    def set(self, **settings: t.Any) -> None:
        """Global settings."""
        self.run.good("mdm_settings", settings=settings)

    def answer(self, path: str, body: t.Any) -> None:
        """What the service answers to the next GET of a path."""
        self.simulator.fault(method="GET", path=path, kind="json", body=body)
