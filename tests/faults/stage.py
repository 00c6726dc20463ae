# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs cases against a simulator and compares what became of the subscription."""

from __future__ import annotations

import collections
import json
import operator
import typing as t
from dataclasses import dataclass, field

from ansible_collections.threema.work.tests.generic.utils.cases import (
    Case,
    cases_of,
    modules_with_data,
    playbook_cases,
)
from ansible_collections.threema.work.tests.generic.utils.checks import ready, subscription
from ansible_collections.threema.work.tests.generic.utils.collection import options
from ansible_collections.threema.work.tests.generic.utils.driver import Driver, Run
from ansible_collections.threema.work.tests.generic.utils.leaks import Watch, without_revealed
from ansible_collections.threema.work.tests.generic.utils.resources import LISTED
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from . import journal

Json = t.Dict[str, t.Any]
_GENERATED: t.Final = 20
_FAILURE: t.Final = {"kind", "status", "method", "path", "host", "request_sent", "msg"}


def in_trouble(modules: t.Iterable[str]) -> list[Case]:
    """What meets every fault: the first case of each module, and those of many steps for one object."""
    found = []
    for module in sorted({*modules} & {*modules_with_data()}):
        found += [playbook_cases(module)[0], *(case for case in cases_of(module) if case.get("steps"))]
    return found


def title(case: Case) -> str:
    """The module, and the case where it is not its first one."""
    return case.module if case.name == playbook_cases(case.module)[0].name else f"{case.module} {case.name}"


def shape(simulator: Simulator, args: Json, case: Case | None = None, state: Json | None = None) -> Json:
    """The subscription, with names in place of what is made anew each time: ids, passwords, moments.

    :param case: whose passwords at the beginning tell whether that of a hashed credential is another now.
    :param state: the subscription, where it was asked for already.
    """
    state = subscription(simulator) if state is None else state
    known = json.dumps(args)
    text = json.dumps(state)
    for id_, name in journal.names_of(state).items():
        text = text.replace(json.dumps(id_), json.dumps(f"id of {name}"))
    named: Json = json.loads(text)
    for one in named["credentials"]:
        password = one["password"]
        if password and len(password) == _GENERATED and password not in known:
            one["password"] = "generated"
    for one in case.state.get("credentials", []) if case else []:
        _look_into(simulator, named, one)
    for user in named["users"]:
        del user["created_at"], user["last_check"]
    for listed, key in LISTED.items():
        named[listed].sort(key=operator.itemgetter(key))
    return named


def _look_into(simulator: Simulator, state: Json, before: Json) -> None:
    """Say of a credential that is hashed whether it has still the password that it had."""
    for one in state["credentials"]:
        if one["hashed"] and one["username"] == before["username"]:
            answer = simulator.control("POST", "password", {name: before[name] for name in ("username", "password")})
            one["password"] = "as before" if answer["ok"] else "another"


def result_shape(result: t.Mapping[str, t.Any]) -> Json:
    """What a module says it did, without what differs from run to run."""
    left_out = ("invocation", "api_requests", "api_host", "warnings", "deprecations")
    kept = {name: value for name, value in result.items() if name not in left_out}
    return t.cast(Json, _without_made(kept))


def _without_made(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        made = ("id", "credential_id", "last_check", "created_at", "password")
        return {name: _without_made(item) for name, item in value.items() if name not in made}
    if isinstance(value, list):
        return sorted((_without_made(item) for item in value), key=json.dumps)
    return value


@dataclass
class Stage:
    """Runs one case of a module again and again."""

    simulator: Simulator
    driver: Driver
    case: Case
    #: What the objects are called by their ids.
    names: dict[str, str] = field(default_factory=dict)
    #: The subscription at the beginning.
    start: Json = field(default_factory=dict)
    #: All that the simulator holds, and what it received, as long as nothing ran since.
    _state: Json | None = None
    _requests: list[Json] | None = None

    def begin(self) -> Json:
        """The state before, and the options; with an empty journal, where there is one."""
        args = {**ready(self.simulator, self.case), "api_retries": 2}
        self.moved()
        self.start = self.state()
        self.names = journal.names_of(self.start)
        journal.PATH.unlink(missing_ok=True)
        return {**args, **({"journal": str(journal.PATH)} if "journal" in options(self.case.module) else {})}

    def moved(self) -> None:
        """Something ran: what the simulator holds and received may be another."""
        self._state = self._requests = None

    def state(self) -> Json:
        """The subscription as it is, with ids and passwords."""
        if self._state is None:
            self._state = subscription(self.simulator)
        return self._state

    def requests(self) -> list[Json]:
        """What the simulator received."""
        if self._requests is None:
            self._requests = self.simulator.requests()
        return self._requests

    def learn_names(self) -> None:
        """Whose ids are whose; a credential that is renamed is known by its first name."""
        self.names = {**journal.names_of(self.state()), **self.names}

    def journal(self) -> list[str]:
        """What is written down, in order."""
        self.learn_names()
        return journal.read(self.names)

    def run(self, args: Json) -> Run:
        """One run, checked for what holds for every run."""
        watch = Watch()
        self.simulator.forget_requests()
        watch.learn(args, self.state())
        run = self.driver.run(self.case.module, args, waits=False, no_log=bool(self.case.get("reveals")))
        self.moved()
        received = self.received()
        watch.learn(self.state(), self.requests())
        shown = without_revealed(run.result) if self.case.get("reveals") else run.result
        assert not watch.found_in(json.dumps(shown) + run.stderr + run.log), str(run)
        assert "Traceback" not in run.text and "Error(" not in run.text, str(run)
        assert run.result["api_requests"] == len(received)
        if run.failed:
            check_failure(run.result, received)
        else:
            assert "failure" not in run.result
        return run

    def received(self) -> list[tuple[str, str]]:
        """Method and path of what the simulator received."""
        return _named(self.requests())

    def shape(self, args: Json) -> Json:
        """The subscription as it is, with names in place of what is made anew each time."""
        return shape(self.simulator, args, self.case, self.state())


def _named(requests: t.Iterable[Json]) -> list[tuple[str, str]]:
    return [(one["method"], one["path"].split("/api/v1", 1)[1] or "/") for one in requests]


def check_failure(result: Json, received: t.Sequence[tuple[str, str]]) -> None:
    """A sentence that names a request, and the same in ``failure``."""
    failure = result["failure"]
    assert set(failure) - {"count"} == _FAILURE
    assert f"{failure['method']} {failure['path']}" in result["msg"]
    # That the budget is used up is told of a request that was not sent.
    if failure["kind"] != "budget":
        assert (failure["method"], failure["path"]) in [(how, path.split("?")[0]) for how, path in received]
    assert failure["msg"] in result["msg"]
    assert result["msg"] != failure["kind"] and " " in result["msg"] and len(result["msg"]) < 4000
    assert "\n" not in result["msg"] and "<html" not in result["msg"].lower()


class Clean(t.NamedTuple):
    """What happens where nothing goes wrong."""

    result: Json
    requests: list[tuple[str, str]]
    after: Json
    journal: list[str]


_CLEAN: t.Final[dict[tuple[str, str], Clean]] = {}


def clean_run(stage: Stage) -> Clean:
    """A run without any fault, the same for all tests of the case."""
    key = (stage.case.module, stage.case.name)
    if key not in _CLEAN:
        args = stage.begin()
        run = stage.run(args)
        assert not run.failed, str(run)
        _CLEAN[key] = Clean(result_shape(run.result), stage.received(), stage.shape(args), stage.journal())
        # Each answer once, and nothing else.
        done = journal.expected(stage.requests(), stage.names)
        assert collections.Counter(_CLEAN[key].journal) == collections.Counter(done)
    return _CLEAN[key]


def finish(stage: Stage, args: Json, clean: Clean, unread: t.Iterable[str] = ()) -> None:
    """Without the fault, running again completes the work, and says truly what it did.

    :param unread: what need not be in the journal, because nobody read the answer.
    """
    stage.simulator.control("DELETE", "faults")
    assert set(stage.journal()) <= set(journal.tried(stage.requests(), stage.names))
    before = stage.state()
    done = journal.expected(stage.requests(), stage.names)
    # Of a hashed credential nobody can tell whether its password is another.
    if before == stage.start and not done:
        # Nothing was done: running again is the run without any fault.
        assert not stage.journal()
        return
    again = stage.run(args)
    assert not again.failed, str(again)
    assert stage.shape(args) == clean.after
    assert set(clean.journal) <= {*stage.journal(), *unread}
    if "summary" in again.result:
        check_actions(again.result, before, stage.state())


def _check_users(result: Json, before: Json, after: Json) -> None:
    """What is said of each Threema ID that was ended with a credential, or beside credentials, is true."""
    told = [one for credential in result.get("credentials", ()) for one in credential.get("users") or ()]
    told += result.get("users", ()) if "credentials" in result else ()
    then, now = ({one["threema_id"] for one in state["users"]} for state in (before, after))
    for one in told:
        gone = one["threema_id"] in then - now
        assert (one["action"] == "removed") == gone, one
        assert one["state"] in ("detached", "revoked")
        assert not gone or (one["threema_id"] in after["revoked"]) == (one["state"] == "revoked"), one


def _settings(state: Json) -> dict[tuple[str, str], t.Any]:
    """All settings, by whose they are and their name."""
    owners = [("", state["settings"]), *((one["id"], one["settings"]) for one in state["credentials"])]
    return {(owner, name): value for owner, settings in owners for name, value in settings.items()}


def check_actions(result: Json, before: Json, after: Json) -> None:
    """Each action of a plural result is what became of the object between two states of the subscription."""
    if not {*LISTED, "settings"} & result.keys():
        # It did not come so far as to plan.
        assert (result["changed"], before) == (False, after)
        return
    if "settings" in result:
        then, now = _settings(before), _settings(after)
        differing = {place for place in then.keys() | now.keys() if then.get(place) != now.get(place)}
        assert sum(result["summary"][action] for action in ("created", "updated", "removed")) == len(differing)
        return
    _check_users(result, before, after)
    kind, key = next((kind, key) for kind, key in LISTED.items() if kind in result)
    then = {one[key]: one for one in before[kind]}
    now = {one[key]: one for one in after[kind]}
    for one in result[kind]:
        name = one.get(key)
        if name is None:
            # A credential without a user.
            assert one["action"] == "unchanged", one
        elif one["action"] in ("failed", "pending"):
            # Of a credential, settings or the rest may be missing.
            assert then.get(name) == now.get(name) or kind == "credentials", one
            assert (name not in then and name in now) == bool(one.get("created")), one
        elif one["action"] == "updated":
            # A renamed one has another name, and of a hashed one nobody can tell whether its password is another.
            assert then.get(name) != now[name] or now[name].get("hashed"), one
        else:
            truth = {(False, True): "created", (True, False): "removed"}.get((name in then, name in now), "unchanged")
            assert one["action"] == truth, one
