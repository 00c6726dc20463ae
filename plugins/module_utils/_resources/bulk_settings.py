# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Settings of many credentials in bulk writes; one that the service rejects does not affect the others."""

from __future__ import annotations

import collections
import contextlib
import typing as t

from .. import _errors as errors
from .._api.settings import BULK_SIZE, SettingApi
from .._apply import Runner
from .._errors import ThreemaError
from .._live_progress import SETTINGS_WRITTEN, LiveStep
from .._planning.compare import same
from .._types import Settings, Value

Report = t.Callable[[str, str, t.Optional[ThreemaError]], None]

#: After this many rejections of single settings with one name, and no acceptance, the rest is not tried: with one value
#: for different credentials, and with different values, some of which may be good.
_ENOUGH_REFUSALS: t.Final = 5
_ENOUGH_VALUES: t.Final = 50
#: After this many rejected writes, and no accepted one at all, each name is tried once, up to this many names.
_MANY_WRITES: t.Final = 18
_ENOUGH_NAMES: t.Final = 40
#: After this many, nothing more is tried: the reason is probably not what was sent.
_ENOUGH_WRITES: t.Final = 55


def write_in_bulk(
    api: SettingApi, settings: t.Mapping[str, Settings], report: Report, runner: Runner, total: int | None
) -> None:
    """Write settings by credential id.

    A rejected bulk write is halved until a rejected setting is isolated: at most 20 more requests for each. A name that
    was rejected is written after the others, and given up if the service accepts it for nobody. If it accepts nothing
    at all, everything is given up; for 5,000 people that takes 80 requests, including what is read before and after.

    Whether a rejected bulk write was carried out in part is not documented (contract 9). So nothing is concluded from
    it: its settings are written again, which does no harm, rejected one by one, or checked.

    :param report: called for each setting (credential id, name) with None when it was written, or with the error. What
        was not reported when the run has to stop is left for the next run; what an earlier rejected write did anyway is
        checked.
    :param runner: decides whether to go on, and receives the error that ends the run.
    :param total: about how many credentials there are, None if not known.
    """
    writer = _Writer(api, report, runner, total)
    with contextlib.suppress(_Ended):
        writer.write_all([_Setting(id_, name, value) for id_, own in settings.items() for name, value in own.items()])


class _Setting(t.NamedTuple):
    id: str
    name: str
    value: Value


_Settings = t.List[_Setting]


class _Ended(Exception):
    """The run ends here; the runner knows why."""


class _NothingAccepted(Exception):
    """The service has rejected everything so far, often enough."""


class _Writer:
    def __init__(self, api: SettingApi, report: Report, runner: Runner, total: int | None) -> None:
        self._api = api
        self._report = report
        self._runner = runner
        self._total = total
        self._queue: collections.deque[_Setting] = collections.deque()
        #: What is written after the queue, by name, because the service rejected that name before.
        self._later: dict[str, _Settings] = {}
        self._given_up: _Settings = []
        #: Names and credentials for which something was accepted, and the credentials for which a name was rejected.
        self._accepted_names: set[str] = set()
        self._accepted_ids: set[str] = set()
        self._refused: dict[str, set[str]] = {}
        self._failed: set[tuple[str, str]] = set()
        #: What was rejected together with others and not reported since: some services may have written a part of it.
        self._doubtful: dict[tuple[str, str], _Setting] = {}
        self._refusals = 0
        self._wanted: _Settings = []
        self._shown: LiveStep | None = None
        #: What was written and reported, and is written again with others.
        self._tried: set[tuple[str, str]] = set()
        self._refusal = ThreemaError(errors.INVALID, "")

    def write_all(self, settings: _Settings) -> None:
        """:raises _Ended: if the run ended before all was reported."""
        self._wanted = settings
        try:
            self._write_what_is_accepted(settings)
            # A service that carries out rejected writes in part may have written what was given up.
            self._write(self._look_at_given_up(), frozenset)
        except _Ended:
            self._look_at_doubtful()
            raise
        finally:
            self._api.keep_back_look(0, self._total)

    def _write_what_is_accepted(self, settings: _Settings) -> None:
        try:
            self._write(settings, self._suspects)
            for name, some in self._later.items():
                self._write_suspect(name, some)
        except _NothingAccepted:
            self._given_up = [one for one in settings if (one.id, one.name) not in self._failed]

    def _suspects(self) -> frozenset[str]:
        """Names that were rejected, and probably not because of the credential."""
        of_other_ids = {name for name, ids in self._refused.items() if not self._accepted_ids.isdisjoint(ids)}
        everywhere = {name for name, ids in self._refused.items() if len(ids) > 1} - self._accepted_names
        return frozenset((self._refused.keys() & self._later.keys()) | of_other_ids | everywhere)

    def _write(self, settings: _Settings, suspects: t.Callable[[], frozenset[str]]) -> None:
        """Write in batches that become smaller when more is rejected, and larger again when nothing is."""
        self._queue = collections.deque(settings)
        size = len(settings)
        while self._queue:
            batch = self._next_batch(size, suspects())
            refused = self._send(batch) if batch else []
            if refused:
                size = max(1, len(refused) // 2)
                self._isolate(refused)
            else:
                size *= 2

    def _next_batch(self, size: int, suspects: frozenset[str]) -> _Settings:
        batch: _Settings = []
        ids: set[str] = set()
        while self._queue and len(batch) < size:
            setting = self._queue[0]
            if setting.name in suspects:
                self._later.setdefault(setting.name, []).append(self._queue.popleft())
            elif setting.id not in ids and len(ids) == BULK_SIZE:
                break
            else:
                ids.add(setting.id)
                batch.append(self._queue.popleft())
        return batch

    def _isolate(self, refused: _Settings) -> None:
        """Find one of the settings that were rejected together; what was not sent again goes back into the queue."""
        while len(refused) > 1:
            middle = len(refused) // 2
            first, second = refused[:middle], refused[middle:]
            refused = self._send(first)
            if refused:
                self._queue.extendleft(reversed(second))
            else:
                # The wrong one must be in this half; it is halved without being sent, because all of it is sent anyway.
                refused = second if len(second) > 1 else self._send(second)
        for setting in refused:
            self._refuse(setting)
            self._write_rest_of(setting.id)

    def _write_rest_of(self, id_: str) -> None:
        """Determine whether a setting or its credential is to blame, by the other settings of the credential."""
        rest: _Settings = []
        while id_ not in self._accepted_ids and self._queue and self._queue[0].id == id_:
            rest.append(self._queue.popleft())
        refused = self._send(rest) if rest else []
        for setting in refused:
            if len(refused) == 1 or self._send([setting]):
                self._refuse(setting)

    def _write_suspect(self, name: str, settings: _Settings) -> None:
        """Write the settings of one name that was rejected before, or give it up if it is rejected for all."""
        if name not in self._accepted_names:
            refused = self._send(settings[:BULK_SIZE])
            settings = refused + settings[BULK_SIZE:]
            if refused:
                settings = self._try_some(name, settings)
        self._write(settings, frozenset)

    def _try_some(self, name: str, settings: _Settings) -> _Settings:
        """Send some settings of a name one by one, with different values and places; returns what to write then."""
        left = dict(enumerate(settings))
        by_value = {(type(setting.value), setting.value): place for place, setting in left.items()}
        places = [*_spread(list(by_value.values()), _ENOUGH_VALUES), *_spread(list(left), _ENOUGH_REFUSALS)]
        tries = max(_ENOUGH_REFUSALS, min(_ENOUGH_VALUES // max(1, len(self._later)), len(by_value)))
        for place in list(dict.fromkeys(places))[:tries]:
            if name in self._accepted_names:
                break
            setting = left.pop(place)
            if self._send([setting]):
                self._refuse(setting)
        if name in self._accepted_names or len(self._refused[name]) < _ENOUGH_REFUSALS:
            return list(left.values())
        self._given_up.extend(left.values())
        return []

    def _look_at_given_up(self) -> _Settings:
        """Report what was given up; returns what is to be written anyway, because others with its name were."""
        if not self._given_up:
            return []
        self._check_going_on()
        # The requests were reserved for this check.
        self._api.keep_back_look(0, self._total)
        look = ""
        try:
            missing = self._missing(self._given_up)
        except ThreemaError as failed:
            self._runner.stop_if_needed(failed)
            look = f"; checking whether an earlier rejected request had written it anyway failed too: {failed}"
            missing = self._given_up
        for name in {setting.name for setting in missing} - self._accepted_names:
            error = self._given_up_error(name, look)
            self._fail([setting for setting in missing if setting.name == name], error)
        return [setting for setting in missing if setting.name in self._accepted_names]

    def _given_up_error(self, name: str, look: str) -> ThreemaError:
        last = self._refusal
        others = len(self._refused.get(name, ()))
        because = f"the service rejected the name for {others} others and accepted it for none"
        if not (others or self._accepted_names):
            because = f"the service rejected {self._refusals} requests with other settings and accepted none"
        return ThreemaError(
            last.kind,
            f"{because}, so it was not tried separately here; the last rejection was {last}{look}",
            status=last.status,
            method=last.method,
            path=last.path,
            request_sent=last.request_sent,
        )

    def _send(self, settings: _Settings, rounds: int | None = None) -> _Settings:
        """Write some settings at once; returns those that were rejected together, all others are reported.

        :raises _Ended: if nothing more is to be sent.
        """
        self._check_going_on()
        by_id: dict[str, Settings] = {}
        for setting in settings:
            by_id.setdefault(setting.id, {})[setting.name] = setting.value
        try:
            self._api.write_bulk(by_id)
        except ThreemaError as error:
            if error.may_have_been_done:
                return self._settle(settings, error, self._runner.rounds if rounds is None else rounds)
            self._runner.stop_if_needed(error)
            if error.kind in errors.STOPS_A_RUN or self._runner.interrupted():
                # Not sent for that reason, or not to be sent again: left for the next run.
                raise _Ended from None
            if error.status is None or error.status < 400:
                # Not related to what was sent, so parts of it would fail, too.
                self._fail(settings, error)
                return []
            self._note_refusal(settings, error)
            return settings
        self._accept(settings)
        return []

    def _note_refusal(self, settings: _Settings, error: ThreemaError) -> None:
        """:raises _NothingAccepted: if further attempts are useless."""
        self._refusal = error
        self._refusals += 1
        if len(settings) > 1:
            self._doubtful.update(((one.id, one.name), one) for one in settings)
            # Leaves enough of the budget to check what these writes did.
            self._api.keep_back_look(len({id_ for id_, _name in self._doubtful}), self._total)
        if self._accepted_names:
            return
        if self._refusals >= _ENOUGH_WRITES:
            raise _NothingAccepted
        if self._refusals == _MANY_WRITES:
            self._try_each_name()

    def _try_each_name(self) -> None:
        """Send one setting of each name on its own, for as few credentials as possible, to compare them."""
        left = [one for one in reversed(self._wanted) if (one.id, one.name) not in self._failed]
        one_of_each = {setting.name: setting for setting in left}
        for setting in list(one_of_each.values())[:_ENOUGH_NAMES]:
            if self._send([setting]):
                self._refused.setdefault(setting.name, set()).add(setting.id)
            else:
                self._tried.add((setting.id, setting.name))

    def _look_at_doubtful(self) -> None:
        """Report what a rejected write did anyway, if the run ends before it is sent in parts."""
        self._api.keep_back_look(0, self._total)
        if not self._doubtful:
            return
        try:
            self._missing(list(self._doubtful.values()))
        except ThreemaError as failed:
            if self._runner.stopped_by is not None:
                self._runner.stopped_by.msg += (
                    "; an earlier rejected request may have been carried out in part, and checking failed too: "
                    f"{failed.msg}"
                )

    def _check_going_on(self) -> None:
        if self._runner.interrupted() or self._runner.stopped_by_service:
            raise _Ended

    def _settle(self, settings: _Settings, error: ThreemaError, rounds: int) -> _Settings:
        """Determine from the current settings whether a write whose answer was lost was carried out."""
        try:
            missing = self._missing(settings)
        except ThreemaError as failed:
            error.msg = f"{error.msg}; checking what happened to it failed too: {failed}"
            self._fail(settings, error)
            self._runner.stop_if_needed(failed)
            return []
        if missing and rounds > 0 and not error.exhausted:
            return self._send(missing, rounds - 1)
        self._fail(missing, error)
        return []

    def _missing(self, settings: _Settings) -> _Settings:
        """The settings that the service does not hold; the others are reported as written."""
        present = self._api.fetch(list(dict.fromkeys(setting.id for setting in settings)), self._total)
        missing: _Settings = []
        for setting in settings:
            own = present.get(setting.id, {})
            if setting.name in own and same(own[setting.name], setting.value):
                self._accept([setting])
            else:
                missing.append(setting)
        return missing

    def _accept(self, settings: _Settings) -> None:
        for setting in settings:
            self._accepted_names.add(setting.name)
            self._accepted_ids.add(setting.id)
            self._tell(setting, None)

    def _refuse(self, setting: _Setting) -> None:
        self._refused.setdefault(setting.name, set()).add(setting.id)
        self._fail([setting], self._refusal)

    def _fail(self, settings: _Settings, error: ThreemaError) -> None:
        for setting in settings:
            self._failed.add((setting.id, setting.name))
            self._tell(setting, error)

    def _tell(self, setting: _Setting, error: ThreemaError | None) -> None:
        key = (setting.id, setting.name)
        self._doubtful.pop(key, None)
        if key not in self._tried:
            self._report(*key, error)
            if self._shown is None:
                # Not before something is known: one request may be all there is.
                self._shown = self._runner.live.next_step(SETTINGS_WRITTEN, len(self._wanted))
            self._shown.add(failed=error is not None)


def _spread(places: t.Sequence[int], number: int) -> t.Iterator[int]:
    """So many of the places, including the first and the last; all if there are no more."""
    return (places[(len(places) - 1) * part // (number - 1)] for part in range(number))
