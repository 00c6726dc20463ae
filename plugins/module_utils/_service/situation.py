# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What the checklist is made from: the answers and all that is known besides; and its lines."""

from __future__ import annotations

import datetime
import re
import typing as t
from dataclasses import dataclass, field

from .._types import Object
from .looking import Seen
from .parts import text
from .reading import Answers

OK: t.Final = "ok"
WARNING: t.Final = "warning"
ERROR: t.Final = "error"
SKIPPED: t.Final = "skipped"


@dataclass(frozen=True)
class Line:
    """One line. ``advice`` is empty where there is nothing to do."""

    name: str
    status: str
    message: str
    advice: str = ""

    def as_result(self) -> Object:
        """As it is returned."""
        return {"name": self.name, "status": self.status, "message": self.message, "advice": self.advice}


@dataclass
class Situation:
    """What the lines are made from.

    :ivar host: where the service is; empty where the address says nothing of the kind.
    :ivar encrypted: whether it is https; ``validated`` whether its certificate is checked.
    :ivar wrong: what is wrong with the options of a line, by its name, before anything was asked.
    :ivar other: another subscription than the expected one is there.
    :ivar requests: how many were sent.
    :ivar now: the time of this host, with its zone.
    """

    host: str
    encrypted: bool
    validated: bool
    versions: t.Mapping[str, str]
    now: datetime.datetime
    answers: Answers = field(default_factory=Answers)
    wrong: t.Mapping[str, str] = field(default_factory=dict)
    proxied: bool = False
    other: bool = False
    requests: int = 0
    positions: t.Mapping[str, str | None] = field(default_factory=dict)

    @property
    def root(self) -> Seen | None:
        """The root's answer: of the two ways to ask the one that was understood, or the first (contract 1)."""
        bare = self.answers.bare_root
        return bare if bare and speaks(bare) else self.answers.root


def speaks(seen: Seen) -> bool:
    """Whether an answer on the root is one of the API: a subscription, or an error in its form (contract 1 and 3)."""
    if seen.good is not None:
        return isinstance(seen.good.get("name"), str)
    if seen.status == 429:
        # What the answer of a used up quota holds is not known.
        return True
    if seen.status not in (401, 403) or not isinstance(seen.document, dict):
        return False
    return text(seen.document, "error", "message") is not None


def plan_of(found: Object) -> str | None:
    """The plan; None for what does not look like one (contract 3)."""
    plan = found.get("type")
    return plan if isinstance(plan, str) and re.fullmatch(r"[a-z][a-z0-9_-]{0,30}", plan) else None


def when(value: t.Any) -> datetime.datetime | None:
    """A date-time of the API (contract 1); None for what is none, or has no zone."""
    try:
        # Python before 3.11 does not take an offset without a colon.
        found = datetime.datetime.fromisoformat(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", value.replace("Z", "+00:00")))
        return found.astimezone(datetime.timezone.utc) if found.tzinfo else None
    except (AttributeError, TypeError, ValueError, OverflowError):
        return None


def header(seen: Seen, name: str) -> str | None:
    """A header of an answer, by its name in small letters."""
    return next((value for key, value in seen.headers.items() if key.lower() == name), None)
