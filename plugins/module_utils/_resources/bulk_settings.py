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
from .._errors import ThreemaError
from .._planning.compare import difference

Report = t.Callable[[str, t.Optional[ThreemaError]], None]


def write_in_bulk(
    api: SettingApi, settings: t.Mapping[str, Settings], report: Report, *, total: int | None, rounds: int
) -> None:
    """Write settings by credential id.

    Whether a refused bulk write was carried out in part is not documented (contract 9); writing the good ones again
    does no harm. So a refused write is halved until what is refused stands alone: at most 20 requests for each.

    :param total: about how many credentials there are, None if not known.
    :param rounds: how often a write is sent again whose answer could not be read.
    :param report: called for each credential with None when its settings were written, or with the error.
    :raises ThreemaError: if the run has to stop; what was not reported yet was not written.
    """
    items = list(settings.items())
    writer = _Writer(api, report, total)
    for start in range(0, len(items), BULK_SIZE):
        writer.write(items[start : start + BULK_SIZE], rounds)


class _Writer:
    def __init__(self, api: SettingApi, report: Report, total: int | None) -> None:
        self._api = api
        self._report = report
        self._total = total

    def write(self, items: list[tuple[str, Settings]], rounds: int) -> None:
        try:
            self._api.write_bulk(dict(items))
        except ThreemaError as error:
            if error.kind in errors.STOPS_A_RUN:
                raise
            if error.may_have_been_done:
                self._look(items, error, rounds)
            elif len(items) == 1:
                self._report(items[0][0], error)
            else:
                middle = len(items) // 2
                self.write(items[:middle], rounds)
                self.write(items[middle:], rounds)
        else:
            for id_, _values in items:
                self._report(id_, None)

    def _look(self, items: list[tuple[str, Settings]], error: ThreemaError, rounds: int) -> None:
        """What the credentials have now tells whether a write was carried out whose answer was lost."""
        present = self._api.fetch([id_ for id_, _values in items], self._total)
        missing = []
        for id_, values in items:
            if difference(present.get(id_, {}), values):
                missing.append((id_, values))
            else:
                self._report(id_, None)
        if missing and rounds > 0 and not error.exhausted:
            self.write(missing, rounds - 1)
        else:
            for id_, _values in missing:
                self._report(id_, error)
