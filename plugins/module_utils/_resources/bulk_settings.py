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


def write_in_bulk(api: SettingApi, settings: t.Mapping[str, Settings], report: Report) -> None:
    """Write settings by credential id.

    Whether a refused bulk write was carried out in part is not documented (contract 9); writing the good ones again
    does no harm. So a refused write is halved until what is refused stands alone: at most 20 requests for each.

    :param report: called for each credential with None when its settings were written, or with the error.
    :raises ThreemaError: if the run has to stop; what was not reported yet was not written.
    """
    items = list(settings.items())
    for start in range(0, len(items), BULK_SIZE):
        _write(api, items[start : start + BULK_SIZE], report)


def _write(api: SettingApi, items: list[tuple[str, Settings]], report: Report) -> None:
    try:
        api.write_bulk(dict(items))
    except ThreemaError as error:
        if error.kind in errors.STOPS_A_RUN:
            raise
        if error.may_have_been_done:
            _look(api, items, error, report)
        elif len(items) == 1:
            report(items[0][0], error)
        else:
            middle = len(items) // 2
            _write(api, items[:middle], report)
            _write(api, items[middle:], report)
    else:
        for id_, _values in items:
            report(id_, None)


def _look(api: SettingApi, items: list[tuple[str, Settings]], error: ThreemaError, report: Report) -> None:
    """The answer was lost, more than once: what do the credentials have now?"""
    present = api.fetch([id_ for id_, _values in items], None)
    for id_, values in items:
        report(id_, error if difference(present.get(id_, {}), values) else None)
