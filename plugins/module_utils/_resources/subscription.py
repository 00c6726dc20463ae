# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The subscription's name and its logos: read, plan, carry out."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._api.subscription import LogoApi, SubscriptionApi
from .._apply import Runner
from .._http import Client
from .._plan import CREATED, REMOVED, UNCHANGED, UPDATED, Change, Plan
from .._planning.logos import describe, same_logo


@dataclass
class NameChange(Change):
    """Another name for the subscription."""

    name: str = ""


class Subscription:
    """What a task does with the subscription."""

    def __init__(self, client: Client, name: str) -> None:
        self._name = name
        self._api = SubscriptionApi(client)

    def plan(self) -> Plan:
        """Read and plan. :raises ThreemaError: if reading fails."""
        current = self._api.get()
        before = current.get("name")
        change = NameChange(key="subscription", action=UNCHANGED, result={**current, "name": self._name})
        if before != self._name:
            change.action = UPDATED
            change.before, change.after = {"name": before}, {"name": self._name}
        return Plan([change])

    def apply(self, plan: Plan, runner: Runner) -> None:
        """Carry the plan out."""
        runner.run(plan.writes, self)

    def carry_out(self, change: NameChange) -> None:
        """See :class:`.._apply.Actor`."""
        self._api.rename(self._name)
        change.outcome = change.action

    def settle(self, changes: t.Sequence[NameChange]) -> None:
        """See :class:`.._apply.Actor`."""
        done = self._api.get().get("name") == self._name
        for change in changes:
            change.doubt = None
            change.outcome = change.action if done else change.outcome


@dataclass
class LogoChange(Change):
    """``content`` is the PNG to be uploaded, None to remove it."""

    content: bytes | None = None


class Logo:
    """What a task does with one logo; ``content`` None removes it."""

    def __init__(self, client: Client, variant: str, content: bytes | None) -> None:
        self._variant = variant
        self._content = content
        self._api = LogoApi(client)

    def plan(self) -> Plan:
        """Read and plan. :raises ThreemaError: if reading fails."""
        current = self._api.get(self._variant)
        shown = describe(self._variant, self._content)
        change = LogoChange(key=f"logo {self._variant}", action=UNCHANGED, result=shown, content=self._content)
        if not same_logo(current, self._content):
            change.action = REMOVED if self._content is None else UPDATED if current else CREATED
        elif current is not None:
            change.result = describe(self._variant, current)
        if change.is_write:
            change.before = describe(self._variant, current)
            change.after = shown
        return Plan([change])

    def apply(self, plan: Plan, runner: Runner) -> None:
        """Carry the plan out."""
        runner.run(plan.writes, self)

    def carry_out(self, change: LogoChange) -> None:
        """See :class:`.._apply.Actor`."""
        if change.content is None:
            change.outcome = REMOVED if self._api.delete(self._variant) else UNCHANGED
        else:
            self._api.upload(self._variant, change.content)
            change.outcome = change.action

    def settle(self, changes: t.Sequence[LogoChange]) -> None:
        """See :class:`.._apply.Actor`."""
        current = self._api.get(self._variant)
        for change in changes:
            change.doubt = None
            # The service may have written the picture in another way, in which it is not the one that was there before.
            another = current is not None and change.before != describe(self._variant, current)
            if same_logo(current, change.content) or (another and change.content is not None):
                change.outcome = change.action
