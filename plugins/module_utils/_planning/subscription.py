# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The plans for the subscription's name and for its logos. Pure."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass

from .. import _png
from .._plan import CREATED, REMOVED, UNCHANGED, UPDATED, Change, Plan
from .._types import Object


class NameChange(Change):
    """A new name of the subscription."""

    @property
    def entry(self) -> Object:
        return dict(self.after or {})


def plan_name(current: Object, name: str) -> Plan[Change]:
    """The plan for a new name."""
    before = {"name": current.get("name")}
    after = {"name": name}
    action = UNCHANGED if before == after else UPDATED
    return Plan([NameChange("subscription", action, before=before, after=after, result={**current, **after})])


@dataclass(frozen=True, eq=False)
class LogoChange(Change):
    """``content`` is the PNG to be uploaded, None to remove it."""

    content: bytes | None = None

    @property
    def entry(self) -> Object:
        return {"variant": self.result["variant"]}

    @property
    def makes_it(self) -> bool:
        return True


def plan_logo(variant: str, current: bytes | None, content: bytes | None) -> Plan[LogoChange]:
    """The plan for one logo; ``content`` None removes it."""
    key = f"logo {variant}"
    before = describe(variant, current)
    if same_logo(current, content):
        return Plan([LogoChange(key=key, action=UNCHANGED, result=before, content=content)])
    action = REMOVED if content is None else UPDATED if current else CREATED
    after = describe(variant, content)
    return Plan([LogoChange(key=key, action=action, before=before, after=after, result=after, content=content)])


def describe(variant: str, content: bytes | None) -> Object:
    """A logo as results show it."""
    shown: Object = {
        "variant": variant,
        "present": content is not None,
        "width": None,
        "height": None,
        "size": None,
        "sha256": None,
    }
    if content is not None:
        shown["size"] = len(content)
        shown["sha256"] = hashlib.sha256(content).hexdigest()
        # An image that the service holds is shown even if it is not valid.
        with contextlib.suppress(ValueError):
            shown["width"], shown["height"] = _png.size(content)
    return shown


def same_logo(current: bytes | None, wanted: bytes | None) -> bool:
    """Whether the service holds what is wanted; None stands for no logo."""
    if current is None or wanted is None:
        return current is wanted
    return _png.same_picture(current, wanted)
