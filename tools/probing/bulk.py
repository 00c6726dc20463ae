# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings in bulk, of throw-away credentials only: what one wrong thing does to the rest (contract 7)."""

from __future__ import annotations

import typing as t

from ansible_collections.threema.work.plugins.module_utils._service.looking import Seen
from ansible_collections.threema.work.plugins.module_utils._service.parts import objects
from ansible_collections.threema.work.plugins.module_utils._service.reading import BULK_PAGE

from .bench import Bench, Throwaway, done, rejected, values_of

#: Settings that every version has, and that tell which write stored them.
_FIRST: t.Final = ("th_nickname", "probe")
_WITH_UNKNOWN: t.Final = ("th_firstname", "probe")
_BEHIND_UNKNOWN: t.Final = ("th_csi", "probe")
_WITH_REJECTED: t.Final = ("th_lastname", "probe")


_NO_CONTENT: t.Final = 204


#: Where it is visible, what was written before it would be visible too.
_LAST: t.Final = ("th_category", "probe")


class Bulk:
    """The bulk writes of one run.

    :param ones: one or two throw-away credentials that have no settings yet.
    """

    def __init__(self, bench: Bench, ones: t.Sequence[Throwaway]) -> None:
        self._bench = bench
        self._ones = ones
        self._works = False
        self._with_unknown: list[tuple[Throwaway, tuple[str, str]]] = []

    def _write(self, *items: tuple[str, list[tuple[str, t.Any]]]) -> Seen:
        own = {one.id for one in self._bench.throwaways} | self._bench.removed_ids
        if not {id_ for id_, _settings in items} <= own:
            raise RuntimeError("a bulk write would have named somebody else")
        parameters = [
            {"id": id_, "parameters": [{"name": name, "value": value} for name, value in settings]}
            for id_, settings in items
        ]
        return self._bench.send("POST", "/mdm-bulk", {"credentials": parameters})

    def begin(self) -> None:
        """Give them a setting, as nothing is wrong with it."""
        self._works = done(self._write(*((one.id, [_FIRST]) for one in self._ones)))

    def conclude(self, unknown: str, wrong: tuple[str, t.Any] | None) -> None:
        """Write with the id of a credential that is gone, and with a setting that is rejected.

        :param wrong: that setting; None where none is known.
        """
        if not self._works:
            return
        first = self._beside(unknown)
        second = None
        if wrong:
            others = [(one.id, [_WITH_REJECTED]) for one in self._ones[1:]]
            second = self._write((self._ones[0].id, [_WITH_REJECTED, wrong]), *others)
        self._write(*((one.id, [_LAST]) for one in self._ones))
        stored = self._stored()
        if stored is None:
            return
        kept = {_has(stored[one.id], item) for one, item in self._with_unknown}
        if len(kept) > 1:
            # It is carried out until something is wrong, or from then on.
            return
        last = self._ones[-1]
        outcome = (_silent(first), rejected(first), kept.pop())
        if second is None:
            position = _WITHOUT_REJECTED.get(outcome)
        else:
            same = _has(stored[self._ones[0].id], _WITH_REJECTED)
            other = _has(stored[last.id], _WITH_REJECTED) if len(self._ones) > 1 else None
            position = _position(outcome, (_silent(second), rejected(second), same, other))
        self._bench.findings.tell("bulk-errors", position)

    def _beside(self, unknown: str) -> Seen:
        """Write with an unknown id, with something that is right before it and behind it; returns the last answer."""
        gone = (unknown, [_WITH_UNKNOWN])
        first, last = self._ones[0], self._ones[-1]
        self._with_unknown = [(first, _WITH_UNKNOWN), (last, _WITH_UNKNOWN)]
        if first is not last:
            return self._write((first.id, [_WITH_UNKNOWN]), gone, (last.id, [_WITH_UNKNOWN]))
        # Whether a credential may be named twice is not known.
        self._with_unknown = [(first, _WITH_UNKNOWN), (first, _BEHIND_UNKNOWN)]
        self._write((first.id, [_WITH_UNKNOWN]), gone)
        return self._write(gone, (first.id, [_BEHIND_UNKNOWN]))

    def _stored(self) -> dict[str, dict[str, t.Any]] | None:
        """All their settings: in bulk, in one request, and one by one where that leaves them out."""
        seen = self._bench.prober.look("/mdm-bulk", {"pageSize": BULK_PAGE})
        found = {str(item.get("id")): values_of(item) for item in objects(seen, "credentials")}
        stored = {}
        for one in self._ones:
            values = found.get(one.id) or self._bench.settings(one)
            if values is None or not (_has(values, _FIRST) and _has(values, _LAST)):
                return None
            stored[one.id] = values
        return stored


def _silent(seen: Seen) -> bool:
    """Whether the answer is that of a write without any error: another one than 204 may tell of some."""
    return seen.status == _NO_CONTENT


def _has(stored: t.Mapping[str, t.Any], item: tuple[str, t.Any]) -> bool:
    return bool(stored.get(item[0]) == item[1])


#: Whether the write with an unknown id was done or rejected, and whether the rest of it was stored. Which of two ways
#: it is stored in shows only where a setting is rejected.
_WITHOUT_REJECTED: t.Final = {(False, True, False): "atomic", (True, False, True): "partial-silent"}


def _position(unknown: tuple[bool, bool, bool], wrong: tuple[bool, bool, bool, bool | None]) -> str | None:
    done_, rejected_, same, other = wrong
    if other is None:
        # There is but one credential: what would have become of others is as with the unknown id.
        other = unknown[2]
    known = {
        ((False, True, False), (False, True, False, False)): "atomic",
        ((False, True, True), (False, True, False, True)): "partial",
        ((False, True, True), (False, True, True, True)): "partial-settings",
        ((True, False, True), (True, False, False, True)): "partial-silent",
    }
    return known.get((unknown, (done_, rejected_, same, other)))
