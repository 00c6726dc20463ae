# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the experiments share: the way to the service, what it showed, and what was created."""

from __future__ import annotations

import secrets
import typing as t
from dataclasses import dataclass, field

from ansible_collections.threema.work.plugins.module_utils._api._common import segment
from ansible_collections.threema.work.plugins.module_utils._service.looking import Seen
from ansible_collections.threema.work.plugins.module_utils._service.parts import Listed, listed, objects
from ansible_collections.threema.work.plugins.module_utils._service.reading import PAGE, Answers
from ansible_collections.threema.work.plugins.module_utils._types import Object

from .findings import Findings
from .leavings import Leavings, Thing
from .sending import Prober


@dataclass
class Throwaway:
    """A credential that was created to be removed.

    :ivar username: as it is now; ``locked`` and ``hashed`` as the service said, None where it did not.
    """

    thing: Thing
    username: str
    password: str
    locked: bool | None = None
    hashed: bool | None = None

    @property
    def path(self) -> str:
        """Where it is."""
        return self.thing.path

    @property
    def id(self) -> str:
        """As the service calls it."""
        return self.thing.id or ""


@dataclass
class Bench:
    """:ivar throwaways: the credentials of this run that are there, in the order of their creation.
    :ivar removed_ids: of those that are gone.
    """

    prober: Prober
    answers: Answers
    findings: Findings
    leavings: Leavings
    throwaways: list[Throwaway] = field(default_factory=list)
    removed_ids: set[str] = field(default_factory=set)
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    def send(self, method: str, path: str, payload: t.Any = None) -> Seen:
        """One request of an experiment; what it is answered is kept, for what any answer shows."""
        seen = self.prober.look(path, method=method, payload=payload)
        self.answers.others.append(seen)
        return seen

    def credentials(self) -> Seen:
        """The credentials as they are now."""
        seen = self.prober.look("/credentials", {"pageSize": PAGE})
        self.answers.others.append(seen)
        return seen

    def states(self, seen: Seen, wanted: t.Sequence[Throwaway]) -> dict[str, Object]:
        """Throw-away credentials as a list shows them, by id; those that it leaves out are asked for one by one."""
        found = {str(item.get("id")): item for item in objects(seen, "credentials")}
        for one in wanted:
            if one.id not in found and (alone := self.send("GET", one.path).good):
                found[one.id] = alone
        return {one.id: found[one.id] for one in wanted if one.id in found}

    def settings(self, one: Throwaway) -> dict[str, t.Any] | None:
        """The settings of a credential, by name; None where they cannot be read."""
        seen = self.send("GET", f"{one.path}/mdm")
        return values_of(seen.good) if seen.good else None


def values_of(item: Object) -> dict[str, t.Any] | None:
    """The settings in an answer, by name (contract 7)."""
    parameters = item.get("parameters")
    if not isinstance(parameters, list):
        return None
    found = [one for one in parameters if isinstance(one, dict)]
    return {str(one.get("name", one.get("id"))): one.get("value") for one in found}


def done(seen: Seen) -> bool:
    """Whether a write was carried out, as the service says (contract 2)."""
    return seen.status in (200, 201, 204)


def rejected(seen: Seen) -> bool:
    """Whether the service looked at a write and did not like it."""
    return seen.status in (400, 404, 409, 422)


def whole(seen: Seen | None) -> Listed | None:
    """A list of credentials that came in one page."""
    found = listed(seen, "credentials")
    return found if found and found.whole else None


def flag(item: Object, *names: str) -> bool | None:
    """A boolean of an object, whatever its version calls it (contract 4.1)."""
    return next((value for name in names if isinstance(value := item.get(name), bool)), None)


def setting(one: Throwaway, name: str) -> str:
    """Where one setting of a credential is."""
    return f"{one.path}/mdm/{segment(name)}"
