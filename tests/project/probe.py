# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The probe as a process, and what there is in the simulated subscription before and after it."""

from __future__ import annotations

import atexit
import functools
import json
import os
import random
import typing as t
from pathlib import Path

from ansible_collections.threema.work.tests.modules.test_service_behavior import TABLE
from ansible_collections.threema.work.tests.support.forks import Forks
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

Json = t.Dict[str, t.Any]

#: How many random combinations, and whether everything is tried that takes minutes.
EXAMPLES: t.Final = int(os.environ.get("THREEMA_WORK_EXAMPLES", "0"))
#: The tester's own Threema ID.
CONTACT: t.Final = "TESTER01"
MOST_REQUESTS: t.Final = 60
_SECONDS: t.Final = 120
_PROGRAM: t.Final = "ansible_collections.threema.work.tools.probe"


@functools.cache
def _forks() -> Forks:
    """What probes are forked from, for all tests of a process."""
    forks = Forks(_PROGRAM, "requests")
    atexit.register(forks.stop)
    return forks


class Ran(t.NamedTuple):
    """:ivar found: what was written to ``OUT``; None where there is no file."""

    code: int
    printed: str
    found: Json | None

    @property
    def switches(self) -> dict[str, str | None]:
        """The position of each switch."""
        assert self.found is not None, self.printed
        assert self.found.keys() == {"switches", "requests", "left_behind"}
        assert self.found["switches"].keys() == TABLE.keys()
        return t.cast("dict[str, str | None]", self.found["switches"])


class Running:
    """A probe that was started; a context manager, after which it has ended.

    :param waits: whether it waits before it sends a request again; otherwise that time is over at once.
    :param wishes: variables of its environment.
    """

    def __init__(self, simulator: Simulator, folder: Path, *, waits: bool = True, **wishes: str) -> None:
        self._out = folder / "probe.json"
        self._out.unlink(missing_ok=True)
        clean = {name: value for name, value in os.environ.items() if not name.startswith("THREEMA_WORK_")}
        env = {**clean, **simulator.environment, "OUT": str(self._out), **wishes}
        self.process = _forks().start(_PROGRAM, folder=folder, env=env, waits=waits)

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *exc: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.end(_SECONDS)

    def end(self) -> Ran:
        """Wait for its end."""
        printed = self.process.end(_SECONDS)
        found = json.loads(self._out.read_text(encoding="utf-8")) if self._out.exists() else None
        return Ran(t.cast(int, self.process.returncode), printed, found)


def probe(simulator: Simulator, folder: Path, *, waits: bool = False, **wishes: str) -> Ran:
    """Run it to its end."""
    with Running(simulator, folder, waits=waits, **wishes) as running:
        return running.end()


def there_is(simulator: Simulator) -> Json:
    """Everything in the subscription that the probe could change."""
    state = simulator.state()
    return {name: state[name] for name in ("credentials", "users", "contacts", "settings", "logos", "subscription")}


def any_positions(chance: random.Random) -> dict[str, str]:
    """Random positions of some switches or of most."""
    share = chance.choice([0.2, 0.5, 1])
    found = {name: chance.choice(values) for name, values in TABLE.items() if chance.random() < share}
    # A small page hides much of the rest.
    if found.get("max-page-size") == "N":
        found["max-page-size"] = str(chance.randint(1, 12)) if chance.random() < 0.3 else "none"
    return found
