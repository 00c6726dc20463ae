# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The subscription's name and its logos: read, plan, carry out."""

from __future__ import annotations

import typing as t

from .._api.logos import LogoApi
from .._api.subscription import SubscriptionApi
from .._apply import Resource, Step
from .._http import Client
from .._plan import Change, Plan
from .._planning.subscription import LogoChange, describe, plan_logo, plan_name, same_logo
from .._types import Object

LogoStep = Step[LogoChange]


class Subscription(Resource[Change, Step[Change]]):
    """What a task does with the subscription."""

    def __init__(self, client: Client, name: str) -> None:
        self._name = name
        self._api = SubscriptionApi(client)

    def plan(self) -> Plan[Change]:
        return plan_name(self._api.get(), self._name)

    def begin(self, change: Change) -> Step[Change]:
        return Step(change)

    def carry_out(self, step: Step[Change]) -> None:
        self._api.rename(self._name)
        step.done()

    def look(self, steps: t.Sequence[Step[Change]]) -> list[Object]:
        current = self._api.get()
        return [current for _step in steps]

    def holds(self, _step: Step[Change], current: Object, /) -> bool:
        return bool(current.get("name") == self._name)


class Logo(Resource[LogoChange, LogoStep]):
    """What a task does with one logo; ``content`` None removes it."""

    def __init__(self, client: Client, variant: str, content: bytes | None) -> None:
        self._variant = variant
        self._content = content
        self._api = LogoApi(client)

    def plan(self) -> Plan[LogoChange]:
        return plan_logo(self._variant, self._api.get(self._variant), self._content)

    def begin(self, change: LogoChange) -> LogoStep:
        return Step(change)

    def carry_out(self, step: LogoStep) -> None:
        if step.change.content is None:
            step.removed(self._api.delete(self._variant))
        else:
            self._api.upload(self._variant, step.change.content)
            step.done()

    def look(self, steps: t.Sequence[LogoStep]) -> list[Object | None]:
        content = self._api.get(self._variant)
        return [None if content is None else {"content": content} for _step in steps]

    def holds(self, step: LogoStep, current: Object, /) -> bool:
        # The service may have re-encoded the image; then it differs from the one that was there before.
        another = step.change.before != describe(self._variant, current["content"])
        return another or same_logo(current["content"], step.change.content)
