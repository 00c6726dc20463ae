# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Settings of many credentials in bulk writes; one that the service refuses does not hold up its neighbours."""

from __future__ import annotations

import typing as t

from .. import _errors as errors
from .._api.settings import BULK_SIZE, SettingApi, Settings
from .._apply import Runner
from .._errors import ThreemaError
from .._planning.compare import difference

Report = t.Callable[[str, t.Optional[ThreemaError]], None]


def write_in_bulk(
    api: SettingApi, settings: t.Mapping[str, Settings], report: Report, runner: Runner, total: int | None
) -> None:
    """Write settings by credential id.

    Whether a refused bulk write was carried out in part is not documented (contract 9); writing the good ones again
    does no harm. So a refused write is halved until what is refused stands alone: at most 20 requests for each.

    :param report: called for each credential with None when its settings were written, or with the error. What was not
        reported when the run has to stop was not written.
    :param runner: is asked whether to go on, and told of what ends the run.
    :param total: about how many credentials there are, None if not known.
    """
    items = list(settings.items())
    writer = _Writer(api, report, runner, total)
    for start in range(0, len(items), BULK_SIZE):
        batch = items[start : start + BULK_SIZE]
        try:
            writer.write(batch, runner.rounds)
        except ThreemaError as error:
            runner.stop_if_needed(error)
            if error.kind in errors.STOPS_A_RUN:
                return
            writer.report(batch, error)


class _Writer:
    def __init__(self, api: SettingApi, report: Report, runner: Runner, total: int | None) -> None:
        self._api = api
        self._report = report
        self._runner = runner
        self._total = total
        self._reported: set[str] = set()

    def report(self, items: t.Iterable[tuple[str, Settings]], error: ThreemaError | None) -> None:
        for id_, _values in items:
            if id_ not in self._reported:
                self._reported.add(id_)
                self._report(id_, error)

    def write(self, items: list[tuple[str, Settings]], rounds: int) -> None:
        if self._runner.interrupted() or self._runner.stopped_by_service:
            return
        try:
            self._api.write_bulk(dict(items))
        except ThreemaError as error:
            if error.kind in errors.STOPS_A_RUN and not error.may_have_been_done:
                raise
            if self._runner.interrupted() and not error.may_have_been_done:
                # It was not sent for that reason, or need not be sent again: left for the next run.
                return
            if error.may_have_been_done:
                self._look(items, error, rounds)
            elif len(items) == 1:
                self.report(items, error)
            else:
                middle = len(items) // 2
                self.write(items[:middle], rounds)
                self.write(items[middle:], rounds)
        else:
            self.report(items, None)

    def _look(self, items: list[tuple[str, Settings]], error: ThreemaError, rounds: int) -> None:
        """What the credentials have now tells whether a write was carried out whose answer was lost."""
        try:
            present = self._api.fetch([id_ for id_, _values in items], self._total)
        except ThreemaError as failed:
            error.msg = f"{error.msg}; looking what became of it failed too: {failed}"
            self.report(items, error)
            self._runner.stop_if_needed(failed)
            return
        missing = [(id_, values) for id_, values in items if difference(present.get(id_, {}), values)]
        self.report([item for item in items if item not in missing], None)
        if missing and rounds > 0 and not error.exhausted:
            self.write(missing, rounds - 1)
        else:
            self.report(missing, error)
