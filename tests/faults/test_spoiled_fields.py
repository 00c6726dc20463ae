# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that does what it is asked and answers nonsense: each field of each answer, for each module.

The fields are those of the OpenAPI document of the simulator, the modules and their tasks those of tests/generic/cases:
what is new there is covered by being there. ``THREEMA_WORK_EXAMPLES=2000`` tries so many plans for each module, others
at each run.
"""

from __future__ import annotations

import os
import typing as t

import pytest
from ansible_collections.threema.work.tests.generic.utils.collection import MODULES
from ansible_collections.threema.work.tests.generic.utils.driver import Driver
from ansible_collections.threema.work.tests.support.simulator_process import Simulator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .contract import EACH, operations
from .middle import Middle
from .odd import FAMILIES, MORE_FIELDS, Spoil, odds
from .spoiling import MOST_REQUESTS, Scene, Spoiling

_EXAMPLES: t.Final = int(os.environ.get("THREEMA_WORK_EXAMPLES", "0"))
#: One alone of a list contradicts the others.
_ITEMS: t.Final = (None, 0, -1, 1, -2)
#: So many plans for each module where nothing else is said.
_SOME: t.Final = 25
_PROFILE: t.Final = settings(
    max_examples=_EXAMPLES or _SOME,
    derandomize=not _EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


@pytest.fixture(scope="module")
def middle(simulator: Simulator) -> t.Iterator[Middle]:
    """Between the modules and the simulator."""
    with Middle(simulator.url, MOST_REQUESTS) as running:
        yield running


@pytest.fixture(scope="module")
def spoiling(simulator: Simulator, driver: Driver, middle: Middle) -> Spoiling:
    """Runs modules and judges what they say."""
    return Spoiling(simulator, driver, middle)


def plans(scenes: t.Sequence[Scene]) -> st.SearchStrategy[tuple[Scene, list[Spoil]]]:
    """A task, and up to three fields of the answers that it reads."""

    def spoils(scene: Scene) -> st.SearchStrategy[tuple[Scene, list[Spoil]]]:
        one = st.sampled_from(scene.places).flatmap(
            lambda place: st.builds(
                Spoil,
                operation=st.just(place[0]),
                place=st.just(place[1]),
                odd=odds(),
                item=st.sampled_from(_ITEMS),
                when=st.sampled_from(["always", "first", "later"]),
            )
        )
        return st.tuples(st.just(scene), st.lists(one, min_size=1, max_size=3))

    return st.sampled_from(scenes).flatmap(spoils)


@pytest.mark.parametrize("module", MODULES)
def test_each_field(spoiling: Spoiling, module: str) -> None:
    """Each field of each answer that the module's tasks read, each in another way; in a long run in all ways."""
    turn = 11 * MODULES.index(module)
    ways = len(FAMILIES) if _EXAMPLES else 1
    for place, scenes in spoiling.places(module).items():
        for family in _turned(list(FAMILIES.values()), turn)[:ways]:
            odd = family[turn // len(FAMILIES) % len(family)]
            spoiling.play(scenes[turn % len(scenes)], [Spoil(*place, odd, _ITEMS[turn % len(_ITEMS)])])
            turn += 1
        if any(other[1][:-1] == place[1] and other[1][-1] != EACH for other in spoiling.places(module) if other[1]):
            odd = FAMILIES[MORE_FIELDS][turn % len(FAMILIES[MORE_FIELDS])]
            spoiling.play(scenes[turn % len(scenes)], [Spoil(*place, odd)])


def _turned(families: list[t.Any], number: int) -> list[t.Any]:
    start = number % len(families)
    return families[start:] + families[:start]


@pytest.mark.parametrize("module", MODULES)
def test_any_fields(spoiling: Spoiling, module: str) -> None:
    """Several fields at once, at the first answer or at later ones."""

    @_PROFILE
    @given(plans(spoiling.scenes(module)))
    def play(plan: tuple[Scene, list[Spoil]]) -> None:
        spoiling.play(*plan)

    play()


def test_all_operations_are_met(spoiling: Spoiling) -> None:
    """Whatever modules read is in the document, and each field of it is spoiled for one of them at least."""
    met = {place for module in MODULES for place in spoiling.places(module)}
    read = {name for name, _place in met}
    missing = {(one.name, place) for one in operations() if one.name in read for place in one.places} - met
    assert not missing
