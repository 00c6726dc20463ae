# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bulk writes of settings against services that refuse at random: each outcome is true, and few requests are sent."""

from __future__ import annotations

import random
import typing as t

import pytest
from ansible_collections.threema.work.plugins.module_utils import _errors as errors
from ansible_collections.threema.work.plugins.module_utils._api.settings import SettingApi
from ansible_collections.threema.work.plugins.module_utils._apply import Runner
from ansible_collections.threema.work.plugins.module_utils._errors import ThreemaError
from ansible_collections.threema.work.plugins.module_utils._resources.bulk_settings import write_in_bulk

MANNERS: t.Final = ("atomic", "partial", "partial-settings", "first-half")


class Service(SettingApi):
    """Settings in memory; some credentials, names, and single settings are refused, some answers are lost."""

    def __init__(self, manner: str, refuses: t.Callable[[str, str], bool], lost: t.Callable[[], bool]) -> None:
        self.manner = manner
        self.refuses = refuses
        self.lost = lost
        self.held: dict[str, dict[str, t.Any]] = {}
        self.writes = 0

    def write_bulk(self, settings: t.Mapping[str, t.Mapping[str, t.Any]]) -> None:
        assert settings and all(settings.values()) and len(settings) <= 1000
        self.writes += 1
        lost = self.lost()
        if lost and self.writes % 2:
            raise _lost()
        flat = [(id_, name, value) for id_, own in settings.items() for name, value in own.items()]
        good = [one for one in flat if not self.refuses(one[0], one[1])]
        whole = {id_ for id_, own in settings.items() if not any(self.refuses(id_, name) for name in own)}
        if len(good) < len(flat):
            if self.manner == "atomic":
                good = []
            elif self.manner == "partial":
                good = [one for one in good if one[0] in whole]
            elif self.manner == "first-half":
                good = good[: len(good) // 2]
        for id_, name, value in good:
            self.held.setdefault(id_, {})[name] = value
        if lost:
            raise _lost()
        if any(self.refuses(id_, name) for id_, name, _value in flat):
            raise ThreemaError(errors.INVALID, "POST /mdm-bulk: refused", status=422, request_sent=True)

    def keep_back_look(self, number: int, total: int | None) -> None:
        """There is no budget."""

    def fetch(self, scopes: t.Collection[str], total: int | None) -> dict[str, dict[str, t.Any]]:
        return {scope: dict(self.held[scope]) for scope in scopes if scope in self.held}


def _lost() -> ThreemaError:
    return ThreemaError(errors.NETWORK, "POST /mdm-bulk: lost", request_sent=True)


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("seed", range(60))
def test_each_outcome_is_true(manner: str, seed: int) -> None:
    chance = random.Random(seed)
    names = [f"th_{letter}" for letter in "abcdef"[: chance.randint(1, 6)]]
    ids = [str(number) for number in range(chance.choice([1, 2, 7, 60, 300, 1400]))]
    bad_names = set(chance.sample(names, chance.choice([0, 0, 0, 1, 1, len(names)])))
    bad_ids = {id_ for id_ in ids if chance.random() < chance.choice([0, 0, 0.01])}
    share = chance.choice([0, 0, 0.003, 0.05, 0.3])
    bad = {(id_, name) for id_ in ids for name in names if chance.random() < share}
    # What everybody may have, but for a few: not to be given up.
    spared = {id_ for id_ in ids if chance.random() < chance.choice([0, 0, 0.02])}

    def refuses(id_: str, name: str) -> bool:
        return id_ in bad_ids or (id_, name) in bad or (name in bad_names and id_ not in spared)

    wanted = {id_: {name: 1 if id_ in spared else 0 for name in names if chance.random() < 0.9} for id_ in ids}
    wanted = {id_: own for id_, own in wanted.items() if own}
    losing = chance.choice([0, 0, 0.2])
    service = Service(manner, refuses, lambda: chance.random() < losing)
    outcomes: dict[tuple[str, str], ThreemaError | None] = {}

    def report(id_: str, name: str, error: ThreemaError | None) -> None:
        assert (id_, name) not in outcomes
        outcomes[id_, name] = error

    write_in_bulk(service, wanted, report, Runner(1, 20), None)
    assert outcomes.keys() == {(id_, name) for id_, own in wanted.items() for name in own}
    for (id_, name), error in outcomes.items():
        assert (error is None) is (name in service.held.get(id_, {})) is not refuses(id_, name), (id_, name, error)
    refused = sum(error is not None for error in outcomes.values())
    assert service.writes <= (2 + 20 * refused) * (1 if not losing else 3) + 20
