# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The glue between Ansible and everything else: options in, result out, and the one place where a task fails."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from . import _http
from ._api.subscription import SubscriptionApi, is_expected
from ._apply import Resource, Runner, S, Step
from ._connection import Connection, host_of
from ._errors import PROTOCOL, Refused, ThreemaError
from ._given import Given
from ._interruption import Interruption
from ._limits import check_given_limits, check_limits
from ._live_progress import Live, take_progress
from ._options import API, Spec
from ._plan import ACTIONS, FAILED, PENDING, C, Change, name_some
from ._planning.items import report_problems
from ._progress import Progress
from ._secrets import hide_texts, register_secrets, secrets_in, shown_invocation
from ._text import sentence
from ._types import Object

#: A shorter key would mask parts of ordinary words.
_SHORTEST_MASKED: t.Final = 8
#: Number of new objects before Python collects garbage, instead of 700.
_GARBAGE: t.Final = 50_000

Result = t.Dict[str, t.Any]


class Record(t.Protocol):
    """Where each change is recorded; see ``_journal.py``, which is only shipped with modules that write."""

    def open(self) -> None:
        """Before the first change; refused where nothing can be written."""

    def append(self, action: str, entry: Object) -> None:
        """Write down one change that was done."""

    def reason(self) -> str | None:
        """Why nothing more may be changed; None while each change is written down."""

    def missing(self) -> list[str]:
        """Warnings with what could not be written down."""

    def close(self) -> None:
        """After the last change."""


class ThreemaModule(AnsibleModule):  # type: ignore[misc,unused-ignore]
    """A module with the connection options, whose invocation, log, and results contain no secrets.

    :param left_out: what it means if a selector is left out, for messages.
    :param hidden: options that are no secrets, but neither shown nor logged.
    :ivar record: where changes are recorded; None if there is no journal.
    """

    record: Record | None = None

    #: Set while the module works.
    client: _http.Client
    interruption: Interruption
    #: Where it is shown how far the module is.
    live: Live
    #: What is wrong with the options.
    problems: t.Sequence[str]

    def __init__(
        self,
        spec: Spec,
        *,
        left_out: str = "if it should select nothing",
        hidden: t.Container[str] = (),
        **kwargs: t.Any,
    ) -> None:
        # What a task reads and plans is not garbage, however much it is: collecting it would take a tenth of its time.
        gc.set_threshold(_GARBAGE)
        self._by_place = False
        self._advice = left_out
        self._hidden = hidden
        self._one_of: t.Sequence[t.Sequence[str]] = kwargs.get("required_one_of", ())
        super().__init__(argument_spec={**API, **spec}, supports_check_mode=True, **kwargs)
        self._mask_by_place()
        register_secrets(secrets_in(self.params))

    def _mask_by_place(self) -> None:
        """Stop masking by text: it changes usernames and ids that contain a password, and thus reveals the password.

        From here on, nothing that contains a secret is logged or returned; only the key has no field of its own in
        responses.
        """
        self._by_place = True
        key = self.params["api_key"]
        self.no_log_values = {key} if len(key) >= _SHORTEST_MASKED else set()

    def _load_params(self) -> None:
        super()._load_params()
        # It is no option of the module: nobody documents, checks, or logs it.
        self.live = take_progress(self.params)
        required = {name for name, option in self.argument_spec.items() if option.get("required")}
        chosen = all(any(name in self.params for name in names) for names in self._one_of)
        if chosen and required - self.params.keys() == {"api_key"} and "THREEMA_WORK_API_KEY" not in os.environ:
            # An empty key is rejected with a message of our own, which says where to set it.
            self.params["api_key"] = ""
        self.problems = Given(self.params, self.argument_spec, self._advice).problems
        if self.problems:
            # Wrong options are removed; that they are then missing must not be reported.
            self.mutually_exclusive = self.required_one_of = self.required_if = None

    def _log_invocation(self) -> None:
        self._mask_by_place()
        told = shown_invocation(self.params, self.argument_spec, self._hidden)
        self.log("Invoked with " + " ".join(f"{name}={value}" for name, value in told.items()))

    def _return_formatted(self, kwargs: Result) -> None:
        told = shown_invocation(self.params, self.argument_spec, self._hidden)
        if not self._by_place:
            # Ansible rejected the options, and masks its own message by text.
            told = hide_texts(told, self.no_log_values)
        kwargs.setdefault("invocation", {"module_args": told})
        super()._return_formatted(kwargs)

    def prepare(self, client: _http.Client) -> None:
        """Checks before the first request. :raises Refused: if something is wrong."""

    def warn_all(self, warnings: t.Iterable[str]) -> None:
        """Show each warning once."""
        for warning in dict.fromkeys(warnings):
            self.warn(sentence(warning))

    def warn_of_passwords(self, passwords: t.Sequence[str]) -> None:
        """Register passwords that an option requested and that are about to be returned, and warn about them."""
        register_secrets(passwords)
        if passwords and not self.no_log:
            self.warn("the result contains passwords, and they are now in the log; set no_log: true for this task")


def run(
    module: ThreemaModule,
    work: t.Callable[[_http.Client], Result],
    failing: Result | None = None,
    *,
    accept: str | None = None,
) -> None:
    """Do the module's work and end the task.

    :param work: receives a client and returns the result; ``failure`` in it makes the task fail.
    :param failing: the keys of a failed result when the work could not even be planned.
    :param accept: a name that the subscription may have instead of the expected one.
    """
    if not _http.HAS_REQUESTS:
        _end(module, {"msg": missing_required_lib("requests"), "exception": _http.REQUESTS_IMPORT_ERROR}, failed=True)
    client = None
    try:
        client = module.client = _client(module.params)
        report_problems(module.problems, "some options are wrong")
        _check_text(module.params)
        module.prepare(client)
        client.live = module.live
        module.interruption = Interruption(client.stop)
        with module.interruption:
            _check_subscription(client, module.params["expect_subscription"], accept)
            result = work(client)
    except ThreemaError as error:
        details = error.details if isinstance(error, Refused) and failing is not None else {}
        result = {**(failing or {}), **details, **_failed(error)}
    result["api_requests"] = client.requests if client else 0
    module.live.close()
    if client:
        client.close()
        repeated = client.repeated_requests()
        module.warn_all(
            [f"{len(repeated)} request(s) had to be repeated; the first: {repeated[0]}"] if repeated else []
        )
    _finish(module, result)


def run_check(module: ThreemaModule, work: t.Callable[[Connection], Result]) -> None:
    """Do the work of a module that asks whether all is well, and end the task.

    :param work: gets the connection as it was given, unchecked, and returns the result, with ``api_requests``; whatever
        it finds wrong is in there, and fails nothing.
    """
    try:
        report_problems(module.problems, "some options are wrong")
        _check_text(module.params)
        _check_expected(module.params["expect_subscription"])
        result = work(_connection(module.params))
    except ThreemaError as error:
        result = {**_failed(error), "api_requests": 0}
    _finish(module, result)


def _failed(error: ThreemaError) -> Result:
    return {"changed": False, "failure": error.as_result(), "msg": error.msg}


def _finish(module: ThreemaModule, result: Result) -> None:
    result["api_host"] = host = host_of(module.params["api_url"])
    if "failure" in result:
        result["msg"] = sentence(result["msg"])
        result["failure"] = {**result["failure"], "host": host, "msg": sentence(result["failure"]["msg"])}
    _end(module, result, failed="failure" in result)


def _end(module: ThreemaModule, result: Result, *, failed: bool) -> None:
    if failed:
        module.fail_json(**result)
    module.exit_json(**result)


def _client(options: t.Mapping[str, t.Any]) -> _http.Client:
    return _http.Client(_connection(options), concurrency=_concurrency(options), max_requests=_max_requests(options))


def _connection(options: t.Mapping[str, t.Any]) -> Connection:
    return Connection(
        key=options["api_key"],
        url=options["api_url"],
        timeout=options["api_timeout"],
        retries=options["api_retries"],
        validate_certs=options["validate_certs"],
        ca_path=options["ca_path"],
    )


def _check_subscription(client: _http.Client, expected: str | None, accept: str | None) -> None:
    """:raises Refused: if the service has another subscription than the expected one, by its id or exact name."""
    if expected is None:
        return
    _check_expected(expected)
    found = SubscriptionApi(client).get()
    if not is_expected(found, expected, accept):
        raise Refused(
            f"{client.api_host} has the subscription {found['name']} ({found.get('id')}), not {expected}, the "
            "expected one (expect_subscription); nothing was written. Check api_key and api_url"
        )


def _check_expected(expected: str | None) -> None:
    """:raises Refused: for an empty one, which the environment may hold."""
    if expected == "":
        raise Refused("expect_subscription (or THREEMA_WORK_EXPECT_SUBSCRIPTION) is empty; leave it out to expect none")


def _check_text(options: t.Mapping[str, t.Any]) -> None:
    """:raises Refused: if an option contains something that is not text, such as bytes in another encoding."""
    with contextlib.suppress(UnicodeEncodeError):
        json.dumps(options, ensure_ascii=False, default=str).encode()
        return
    for name, value in options.items():
        for index, part in enumerate(value) if isinstance(value, list) else [(None, value)]:
            try:
                json.dumps(part, ensure_ascii=False, default=str).encode()
            except UnicodeEncodeError:
                where = name if index is None else f"{name}[{index}]"
                raise Refused(
                    f"{where} contains a character that cannot be sent as UTF-8; was it read in another encoding? "
                    "Nothing was written"
                ) from None


def _concurrency(options: t.Mapping[str, t.Any]) -> int:
    number: int = options.get("concurrency", 1)
    if not 1 <= number <= 16:
        raise Refused(f"concurrency is {number}; it must be 1 to 16")
    return number


def _max_requests(options: t.Mapping[str, t.Any]) -> int | None:
    number: int | None = options.get("max_requests")
    if number is not None and number < 1:
        raise Refused(f"max_requests is {number}; it must be 1 or more")
    return number


def plan_and_apply(module: ThreemaModule, resource: Resource[C, S]) -> Progress[S]:
    """Plan, check the limits, and apply unless in check mode."""
    check_given_limits(module.params)
    plan = resource.plan()
    counted = check_limits(plan, module.params)
    resource.confirm()
    module.warn_all(plan.warnings)
    steps = [resource.begin(change) for change in plan.changes]
    writes = [step for step in steps if step.change.is_write]
    if module.check_mode:
        for step in writes:
            step.done()
        module.warn_all(resource.afterwards(writes, True))
        return Progress(steps, counted=counted)
    record = module.record if writes else None
    if record:
        _open(record, writes)
    module.interruption.writing = True
    client = module.client
    client.interrupted = lambda: (record and record.reason()) or module.interruption.reason()
    runner = Runner(
        _concurrency(module.params), module.params["api_retries"], client.interrupted, client.back_off, client.live
    )
    resource.apply(writes, runner)
    module.warn_all(resource.afterwards(writes, False))
    unrecorded = _close(record, module) if record else None
    return Progress(steps, runner.stopped_by, resource.half_done(steps), counted, unrecorded)


def _open(record: Record, writes: t.Sequence[Step[Change]]) -> None:
    """:raises Refused: if nothing can be recorded, before anything is written to the service."""
    try:
        record.open()
    except Refused as error:
        error.details.update(nothing_done(len(writes)))
        raise
    for step in writes:
        step.append = record.append


def _close(record: Record, module: ThreemaModule) -> ThreemaError | None:
    """Why something that was done could not be recorded, if that is the case."""
    record.close()
    module.warn_all(record.missing())
    reason = record.reason()
    return Refused(reason) if reason else None


def singular_result(module: ThreemaModule, progress: Progress[Step[Change]], key: str, found: Result | None) -> Result:
    """The result of a module for one object: ``found`` under ``key``, unless that was only planned."""
    step = progress.steps[0]
    result: Result = {"changed": progress.changed}
    if step.did_something or not progress.incomplete:
        result[key] = found
    if module._diff:
        result["diff"] = progress.diff()
    if progress.incomplete:
        error = step.error or progress.stopped_by or progress.unrecorded
        error = error or ThreemaError(PROTOCOL, "the run ended before it was done")
        msg = step.note or error.msg
        if error.msg not in msg:
            msg = f"{msg}: {error.msg}"
        result.update(msg=msg, failure={**error.as_result(), "msg": msg})
    return result


_AGAIN: t.Final = "Completed changes are kept; run again to complete the rest"
_CORRECT: t.Final = "Completed changes are kept; correct the items named, or the reasons given, before you run again"


def plural_result(module: ThreemaModule, progress: Progress[Step[Change]], noun: str) -> Result:
    """The common part of the results of all plural modules, without the objects."""
    result: Result = {"changed": progress.changed, "summary": progress.summary(), **progress.counted}
    if module._diff:
        result["diff"] = progress.diff()
    if progress.incomplete:
        failed = progress.having(FAILED)
        errors = [step.error for step in failed if step.error]
        error = next(iter(errors), progress.stopped_by) or progress.unrecorded
        error = error or ThreemaError(PROTOCOL, "the run ended before everything was done")
        result["failure"] = {**error.as_result(), "count": len(failed)}
        end = "Nothing was written in check mode" if module.check_mode else _AGAIN if progress.may_pass else _CORRECT
        result["msg"] = f"{_failure_msg(failed, progress, noun)}. {end}"
    return result


def _failure_msg(failed: t.Sequence[Step[Change]], progress: Progress[Step[Change]], noun: str) -> str:
    number, pending = len(progress.steps), len(progress.having(PENDING))
    parts = []
    if failed:
        reasons = name_some([f"{step.change.label}: {step.msg}" for step in failed], "; ")
        parts.append(f"{len(failed)} of {number} {noun} failed: {reasons}")
    if pending:
        why = f": {progress.stopped_by}" if progress.stopped_by else ""
        half_done = f" ({progress.half_done})" if progress.half_done else ""
        parts.append(f"{pending} of {number} {noun} are pending{half_done}, because the run had to stop{why}")
    elif progress.unrecorded:
        parts.append(progress.unrecorded.msg)
    return ". ".join(parts)


def returned_objects(module: ThreemaModule, progress: Progress[Step[Change]]) -> list[Result]:
    """The objects of a plural result, as selected by ``return_objects``."""
    returned = progress.returned(module.params["return_objects"])
    return [step.as_result() for step in progress.steps if step.outcome in returned]


def nothing_done(number: int) -> Result:
    """The ``summary`` of a task that was stopped or could not read: everything is pending."""
    return {"summary": {**dict.fromkeys(ACTIONS, 0), PENDING: number}}
