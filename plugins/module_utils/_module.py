# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The glue between Ansible and everything else: options in, result out, and the one place where a task fails."""

from __future__ import annotations

import json
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from . import _http
from ._apply import Progress, Resource, Runner, S, Step
from ._connection import Connection
from ._errors import PROTOCOL, Refused, ThreemaError
from ._interruption import Interruption
from ._options import API, Spec
from ._plan import ACTIONS, FAILED, PENDING, C, Change, name_some
from ._secrets import hide_texts, register_secrets, secrets_in, shown_invocation

#: An object with one of these keys is out of a result: it may be given to a module again. Its other keys that are no
#: options are ignored, those of newer versions of the API too, and so is its state: a dry run of a revocation that is
#: given to another task must not revoke.
_RESULT_KEYS: t.Final = ("action", "usage", "type", "created_at", "last_check", "nickname", "version")
#: A shorter key would mask parts of ordinary words.
_SHORTEST_MASKED: t.Final = 8

Result = t.Dict[str, t.Any]


class ThreemaModule(AnsibleModule):  # type: ignore[misc,unused-ignore]
    """A module with the connection options, whose invocation, log and results hold no secrets."""

    #: Set while the module works.
    client: _http.Client
    interruption: Interruption

    def __init__(self, spec: Spec, **kwargs: t.Any) -> None:
        self._by_place = False
        super().__init__(argument_spec={**API, **spec}, supports_check_mode=True, **kwargs)
        self._mask_by_place()
        register_secrets(secrets_in(self.params))

    def _mask_by_place(self) -> None:
        """Stop masking by text: it changes usernames and ids that contain a password, and so tells the password.

        From here on nothing that holds a secret is logged or returned; only the key has no place of its own in what a
        server may send.
        """
        self._by_place = True
        key = self.params["api_key"]
        self.no_log_values = {key} if len(key) >= _SHORTEST_MASKED else set()

    def _load_params(self) -> None:
        super()._load_params()
        for name, option in self.argument_spec.items():
            items = self.params.get(name)
            if option.get("options") and isinstance(items, list):
                self.params[name] = [_without_result_keys(item, option["options"]) for item in items]

    def _log_invocation(self) -> None:
        self._mask_by_place()
        shown = shown_invocation(self.params, self.argument_spec)
        self.log("Invoked with " + " ".join(f"{name}={value}" for name, value in shown.items()))

    def _return_formatted(self, kwargs: Result) -> None:
        shown = shown_invocation(self.params, self.argument_spec)
        if not self._by_place:
            # Ansible refused the options, and masks its own message by text.
            shown = hide_texts(shown, self.no_log_values)
        kwargs.setdefault("invocation", {"module_args": shown})
        super()._return_formatted(kwargs)

    def warn_all(self, warnings: t.Iterable[str]) -> None:
        """Show each warning once."""
        for warning in dict.fromkeys(warnings):
            self.warn(warning)

    def warn_of_passwords(self, passwords: t.Sequence[str]) -> None:
        """Passwords that an option asked for are about to be returned."""
        register_secrets(passwords)
        if passwords and not self.no_log:
            self.warn("the result holds passwords, and they are now in the log; set no_log: true for this task")


def _without_result_keys(item: t.Any, options: Spec) -> t.Any:
    if not isinstance(item, dict) or not any(name in item for name in _RESULT_KEYS):
        return item
    known = {*options, *(alias for option in options.values() for alias in option.get("aliases", ()))}
    return {name: value for name, value in item.items() if name in known and name != "state"}


def run(module: ThreemaModule, work: t.Callable[[_http.Client], Result], failing: Result | None = None) -> None:
    """Do the module's work and end the task.

    :param work: gets a client and returns the result; ``failure`` in it makes the task fail.
    :param failing: what a failed result holds when the work could not even be planned.
    """
    if not _http.HAS_REQUESTS:
        module.fail_json(msg=missing_required_lib("requests"), exception=_http.REQUESTS_IMPORT_ERROR)
    options = module.params
    client = None
    try:
        _check_text(options)
        connection = Connection(
            key=options["api_key"],
            url=options["api_url"],
            timeout=options["api_timeout"],
            retries=options["api_retries"],
            validate_certs=options["validate_certs"],
            ca_path=options["ca_path"],
        )
        client = _http.Client(connection, concurrency=_concurrency(options), max_requests=_max_requests(options))
        module.client = client
        module.interruption = Interruption(client.stop)
        with module.interruption:
            result = work(client)
    except ThreemaError as error:
        result = {"changed": False, **(failing or {}), "failure": error.as_result(), "msg": error.msg}
    result["api_requests"] = client.requests if client else 0
    if client:
        client.close()
        repeated = client.repeated_requests()
        if repeated:
            module.warn(f"{len(repeated)} request(s) had to be repeated; the first: {repeated[0]}")
    if "failure" in result:
        module.fail_json(**result)
    module.exit_json(**result)


def _check_text(options: t.Mapping[str, t.Any]) -> None:
    """:raises Refused: if an option holds what no text can hold, such as bytes of another encoding."""
    for name, value in options.items():
        for index, part in enumerate(value) if isinstance(value, list) else [(None, value)]:
            try:
                json.dumps(part, ensure_ascii=False, default=str).encode()
            except UnicodeEncodeError:
                where = name if index is None else f"{name}[{index}]"
                raise Refused(
                    f"{where} holds a character that cannot be sent as UTF-8; was it read in another encoding? "
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
    """Plan, check the limit of removals, and apply unless in check mode."""
    plan = resource.plan()
    plan.check_removals(module.params.get("max_removals", -1))
    module.warn_all(plan.warnings)
    steps = [resource.begin(change) for change in plan.changes]
    writes = [step for step in steps if step.change.is_write]
    if module.check_mode:
        for step in writes:
            step.done()
        return Progress(steps)
    module.interruption.writing = True
    client = module.client
    client.interrupted = module.interruption.reason
    runner = Runner(_concurrency(module.params), module.params["api_retries"], client.interrupted, client.back_off)
    resource.apply(writes, runner)
    return Progress(steps, runner.stopped_by)


def singular_result(module: ThreemaModule, progress: Progress[Step[Change]], key: str, shown: Result | None) -> Result:
    """The result of a module for one object: ``shown`` under ``key``, unless that is only what was wished for."""
    step = progress.steps[0]
    result: Result = {"changed": progress.changed}
    if step.did_something or not progress.incomplete:
        result[key] = shown
    if module._diff:
        result["diff"] = progress.diff()
    if progress.incomplete:
        error = step.error or progress.stopped_by or ThreemaError(PROTOCOL, "the run ended before it was done")
        msg = step.note or error.msg
        if error.msg not in msg:
            msg = f"{msg}: {error.msg}"
        result.update(msg=msg, failure={**error.as_result(), "msg": msg})
    return result


def plural_result(module: ThreemaModule, progress: Progress[Step[Change]], noun: str) -> Result:
    """What the results of all plural modules have in common, but the objects."""
    result: Result = {"changed": progress.changed, "summary": progress.summary()}
    if module._diff:
        result["diff"] = progress.diff()
    if progress.incomplete:
        failed = progress.having(FAILED)
        errors = [step.error for step in failed if step.error]
        error = next(iter(errors), progress.stopped_by) or ThreemaError(
            PROTOCOL, "the run ended before everything was done"
        )
        result["failure"] = {**error.as_result(), "count": len(failed)}
        result["msg"] = _failure_msg(failed, progress, noun)
    return result


def _failure_msg(failed: t.Sequence[Step[Change]], progress: Progress[Step[Change]], noun: str) -> str:
    number, pending = len(progress.steps), len(progress.having(PENDING))
    parts = []
    if failed:
        reasons = name_some([f"{step.change.label}: {step.msg}" for step in failed], "; ")
        parts.append(f"{len(failed)} of {number} {noun} failed: {reasons}")
    if pending:
        why = f": {progress.stopped_by}" if progress.stopped_by else ""
        parts.append(f"{pending} of {number} {noun} are pending, because the run had to stop{why}")
    return ". ".join(parts) + ". What was done before stands; running again does only the rest"


def returned_objects(module: ThreemaModule, progress: Progress[Step[Change]]) -> list[Result]:
    """The objects of a plural result, as ``return_objects`` says."""
    return progress.returned([step.as_result() for step in progress.steps], module.params["return_objects"])


def nothing_done(number: int) -> Result:
    """The ``summary`` of a task that was refused or could not read: all is pending."""
    return {"summary": {**dict.fromkeys(ACTIONS, 0), PENDING: number}}
