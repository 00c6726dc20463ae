# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs tasks of the generic tests against answers that are spoiled, and judges what they say."""

from __future__ import annotations

import json
import signal
import typing as t
from dataclasses import dataclass, field

from ansible_collections.threema.work.tests.generic.utils.cases import Case, cases_of, failing_modules
from ansible_collections.threema.work.tests.generic.utils.checks import ready, subscription
from ansible_collections.threema.work.tests.generic.utils.collection import reads_only
from ansible_collections.threema.work.tests.generic.utils.driver import Driver, Run
from ansible_collections.threema.work.tests.generic.utils.leaks import Watch, without_revealed
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

from . import said, truth
from .contract import EACH, Place
from .middle import Middle
from .odd import FAMILIES, MARK, SOMEBODY_ELSE, Spoil

Json = t.Dict[str, t.Any]
#: Far more than any of these tasks needs; a total that is a thousand too high costs a few.
MOST_REQUESTS: t.Final = 150
#: After so many seconds a run is taken to hang; a thousandth of it is what one takes.
_DEADLINE: t.Final = 60
#: The fields that say who somebody is: with others in their place nobody can tell who is meant.
_NAMES: t.Final = frozenset({"id", "threemaId", "threema_id", "username", "name", "link", "_links", "rel", "ref", EACH})
_WHO: t.Final = frozenset({"id", "username", EACH})
#: The whole answer, where it is no JSON.
_WHOLE: t.Final[Place] = ()


@dataclass(frozen=True)
class Scene:
    """
    A task, and the fields of the answers that it reads.

    :ivar places: names of operations and places in their answers.
    """

    case: Case
    check: bool
    places: tuple[tuple[str, Place], ...] = field(repr=False)

    def __repr__(self) -> str:
        return f"{self.case.module}: {self.case.name}{' (check mode)' if self.check else ''}"


class Spoiling:
    """Prepares the simulator only where the run before changed it."""

    def __init__(self, simulator: Simulator, driver: Driver, middle: Middle) -> None:
        self._simulator = simulator
        self._driver = driver
        self._middle = middle
        self._ready: tuple[Case, Json, Json] | None = None
        self._scenes: dict[str, list[Scene]] = {}
        self._places: dict[str, dict[tuple[str, Place], list[Scene]]] = {}

    def scenes(self, module: str) -> list[Scene]:
        """The tasks of a module that read or write anything, in check mode too."""
        if module not in self._scenes:
            self._scenes[module] = [scene for case in cases_of(module) for scene in self._scenes_of(case)]
        assert self._scenes[module], f"{module} has no case that sends a request: add one to cases/{module}.yml"
        return self._scenes[module]

    def places(self, module: str) -> dict[tuple[str, Place], list[Scene]]:
        """The fields of all answers that the tasks of a module read, and the tasks that read each."""
        if module not in self._places:
            found = self._places[module] = {}
            for scene in self.scenes(module):
                for place in scene.places:
                    found.setdefault(place, []).append(scene)
        return self._places[module]

    def _scenes_of(self, case: Case) -> t.Iterator[Scene]:
        if case.get("faults"):
            return
        self._run(case, [], check=False)
        self._ready = None
        operations = {one.operation.name: one.operation.places or (_WHOLE,) for one in self._middle.exchanges}
        for check in (False, True):
            read = {name: places for name, places in operations.items() if not check or name.startswith("GET ")}
            if read:
                yield Scene(case, check, tuple((name, place) for name, places in read.items() for place in places))

    def _prepare(self, case: Case) -> tuple[Json, Json]:
        """The arguments of a case, and the subscription as it is before it."""
        if self._ready is None or self._ready[0] != case:
            args = {**ready(self._simulator, case), "api_url": self._middle.url}
            if truth.is_plural(case.module):
                args["return_objects"] = "all"
            self._ready = case, args, subscription(self._simulator)
        return self._ready[1], self._ready[2]

    def _run(self, case: Case, plan: t.Sequence[Spoil], *, check: bool) -> Run:
        args, _before = self._prepare(case)
        self._middle.begin(plan)
        reveals = bool(case.get("reveals"))
        return self._driver.run(case.module, args, check=check, waits=False, no_log=reveals, seconds=_DEADLINE)

    def _after(self, before: Json) -> Json:
        """The subscription as it is now; what was changed is prepared anew before the next run."""
        after = subscription(self._simulator)
        if after != before:
            self._ready = None
        return after

    def play(self, scene: Scene, plan: t.Sequence[Spoil]) -> None:
        """Run a task while answers are spoiled; whatever it does, what it says is true."""
        args, before = self._prepare(scene.case)
        run = self._run(scene.case, plan, check=scene.check)
        after = self._after(before)
        assert not self._middle.problems, self._middle.problems
        try:
            self._judge(scene, plan, run, (args, before, after))
        except AssertionError as problem:
            told = [f"{one.method} {one.path} {one.status} {one.served[:1000]!r}" for one in self._middle.exchanges]
            raise AssertionError("\n".join([str(problem), repr(scene), repr(plan), str(run), *told])) from problem

    def _judge(self, scene: Scene, plan: t.Sequence[Spoil], run: Run, told: tuple[Json, Json, Json]) -> None:
        args, before, after = told
        exchanges = self._middle.exchanges
        assert run.code != -signal.SIGALRM, f"it did not end within {_DEADLINE} seconds"
        assert run.code in (0, 1) and "Traceback" not in run.text, "it ended by itself, with a result"
        result = json.loads(run.stdout, parse_constant=_no_constant)
        result = {name: value for name, value in result.items() if not name.startswith("_ansible_")}
        assert len(exchanges) == result["api_requests"] <= MOST_REQUESTS
        truth.check_form(scene.case.module, result)
        if scene.case.module in failing_modules():
            truth.check_refused(result, exchanges)
        self._check_secrets(scene, plan, run, told)
        if scene.check or reads_only(scene.case.module):
            truth.check_nothing_written(exchanges, before, after)
            if _one_field(plan):
                truth.check_orphans(args, result, before)
        else:
            can_look = not any(one.operation.startswith("GET ") for one in plan) and "max_requests" not in args
            can_look = can_look and not truth.is_hidden(exchanges, before)
            truth.check_changed(result, exchanges, can_look=can_look)
            truth.check_diff(result, after) if result.get("diff") else None
            truth.check_written(result, exchanges, after)
            self._judge_removals(scene, plan, result, told)
        if truth.is_plural(scene.case.module):
            said.check_summary(scene.case.module, result)
            if not scene.check:
                said.check_objects(scene.case.module, result, exchanges, before, after)

    def _judge_removals(
        self, scene: Scene, plan: t.Sequence[Spoil], result: Json, told: tuple[Json, Json, Json]
    ) -> None:
        wrong = [one for one in plan if _NAMES.intersection(one.place[-1:] or (EACH,))]
        if any(one.odd in FAMILIES[SOMEBODY_ELSE] for one in wrong):
            # Who is shown as somebody who is named in the task is taken for that person.
            return
        if _one_field(plan):
            truth.check_people(scene.case.module, *told, result)
        truth.check_removed(*told, names_are_right=not wrong)

    def _check_secrets(self, scene: Scene, plan: t.Sequence[Spoil], run: Run, told: tuple[Json, Json, Json]) -> None:
        watch = Watch()
        watch.learn(*told, *(one.payload for one in self._middle.exchanges))
        shown = without_revealed(run.result) if scene.case.get("reveals") else run.result
        text = json.dumps(shown) + run.stderr + run.log
        assert MARK not in text
        # A secret setting under another name is no secret to anybody.
        if not any("parameters" in one.place or "/mdm/" in one.operation for one in plan):
            assert not watch.found_in(text)


def _one_field(plan: t.Sequence[Spoil]) -> bool:
    """Whether one field alone is wrong, and none that says who somebody is: the others contradict it."""
    return len(plan) == 1 and not _WHO.intersection(plan[0].place[-1:] or (EACH,))


def _no_constant(name: str) -> t.Any:
    raise AssertionError(f"the result holds {name}, which is no JSON")
