# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The outcome of a credential whose change has several parts: itself, its settings, its Threema IDs."""

from __future__ import annotations

import secrets
import types
import typing as t

from .._apply import Step
from .._errors import ThreemaError
from .._plan import CREATED, FAILED, PENDING, REMOVED, UNCHANGED, UPDATED, WRITES, name_some
from .._planning.credential_items import Wanted
from .._planning.credentials import CredentialChange
from .._planning.items import twin_key
from .._planning.twins import twin_hint
from .._planning.users import UserChange
from .._text import spelled
from .._types import Object

PASSWORD_LENGTH: t.Final = 20
# Without look-alikes (0 O, 1 l I), because people type it from paper.
_ALPHABET: t.Final = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def generate_password() -> str:
    """A password of PASSWORD_LENGTH characters from the system's secure source."""
    return "".join(secrets.choice(_ALPHABET) for _number in range(PASSWORD_LENGTH))


class CredentialStep(Step[CredentialChange]):
    """
    :ivar password: the generated one; the same for each attempt, so that a lost answer can be checked.
    :ivar written_settings: names of the settings that were written.
    :ivar failed_settings: why others were not written, by name.
    :ivar users: the Threema IDs of a credential that is removed, and their outcome.
    :ivar locked_out: whether no device can reconnect any more, before the IDs are detached or revoked.
    :ivar perhaps_deleted: whether an answer to the removal of the credential itself was lost.
    """

    password: str | None = None
    written_settings: frozenset[str] = frozenset()
    failed_settings: t.Mapping[str, ThreemaError] = types.MappingProxyType({})
    users: t.Sequence[Step[UserChange]] = ()
    locked_out: bool = False
    perhaps_deleted: bool = False

    def __init__(self, change: CredentialChange) -> None:
        super().__init__(change)
        if change.users:
            self.users = [Step(user) for user in change.users]

    @property
    def created(self) -> bool:
        """Whether it was created, even if its settings were not written."""
        return self.change.action == CREATED and (self.written or self.outcome == CREATED)

    def target(self) -> Object:
        """The fields to be written, with a password."""
        target = self.change.target or {}
        if target.get("password") is None:
            self.password = self.password or generate_password()
            return {**target, "password": self.password}
        return target

    def is_ours(self, current: Object) -> bool:
        """Whether a credential was created by this step, whatever the service changed about it, by its own password."""
        return self.change.action == CREATED and bool(self.password) and current.get("password") == self.password

    def holds(self, current: Object) -> bool:
        """Whether the service holds what the step was supposed to write."""
        if self.is_ours(current):
            return True
        target = self.target()
        # A hashed password cannot be compared; after a creation it is assumed to be the one that was sent.
        if target["hashed"] and self.change.action != CREATED and "password" in (self.change.after or {}):
            return False
        same = self._has_its_name(current) and all(current[name] == target[name] for name in ("hashed", "locked"))
        return same and (current["hashed"] or current.get("password") == target["password"])

    def _has_its_name(self, current: Object) -> bool:
        """Whether a credential has the requested username, or was renamed to it in the form that the service stores."""
        name, target, old = current["username"], self.target()["username"], (self.change.current or {}).get("username")
        return name == target or (old not in (None, target, name) and twin_key(name) == twin_key(target))

    def not_as_asked(self) -> list[str]:
        """The fields that the service did not set as requested, as far as an answer has shown it."""
        made, target = self.as_object(), self.change.target
        if not target:
            return []
        odd = [f"{name}: {str(made[name]).lower()}" for name in ("hashed", "locked") if made[name] is not target[name]]
        if self.has_another_name:
            odd.append(f"username: {spelled(made['username'])} instead of {spelled(target['username'])}")
        return odd

    @property
    def has_another_name(self) -> bool:
        """Whether an answer has shown that the service stores another username than the one that it was sent."""
        target = self.change.target
        return bool(target and self.as_object()["username"] != target["username"])

    @property
    def did_something(self) -> bool:
        return super().did_something or any(user.did_something for user in self.users)

    @property
    def may_pass(self) -> bool:
        errors = [*self.failed_settings.values(), *(user.error for user in self.users if user.outcome == FAILED)]
        waiting = self.change.settings.keys() - self.written_settings - self.failed_settings.keys()
        parts = any(error and error.may_pass for error in errors) or bool(self.failed_settings and waiting)
        return super().may_pass or parts

    def done(self) -> None:
        for user in self.users:
            if user.outcome == PENDING:
                user.done()
        super().done()

    def part_done(self) -> None:
        """The credential itself is written; the step is done when its settings are, too."""
        self.perhaps_done = False
        self.written = self.written or self.change.target is not None
        if self.change.settings:
            self.waits = True
            self.record()
        else:
            self.done()

    def entries(self) -> t.Iterator[tuple[str, str, Object]]:
        change, shown = self.change, self.change.result if self.result is None else self.result
        username, id_ = shown["username"], shown["id"]
        if change.action == REMOVED:
            if self.written:
                yield "password", UPDATED, {"username": username, "id": id_}
            for user in self.users:
                if user.outcome == REMOVED:
                    yield user.change.key, REMOVED, user.change.entry
            if self.outcome == REMOVED:
                yield "", REMOVED, {"username": username, "id": id_}
            return
        if self.written and change.target is not None:
            yield "", change.action, {"username": username, "id": id_}
        there = (change.before or {}).get("settings", {})
        for name in self.written_settings:
            action = UPDATED if name in there else CREATED
            yield name, action, {"name": name, "credential_id": id_, "username": username}

    def setting_written(self, name: str) -> None:
        """A setting was written."""
        self.written_settings |= {name}
        self.written = True
        if self.written_settings >= self.change.settings.keys():
            self.done()
        else:
            self.record()

    def setting_failed(self, name: str, error: ThreemaError) -> None:
        """A setting was not, or perhaps not, written; the credential failed, whatever else was done."""
        self.failed_settings = {**self.failed_settings, name: error}
        self.fail(self.error or error)

    def carried_out(self) -> tuple[Object, Object]:
        before, after = super().carried_out()
        if self.outcome in WRITES:
            return before, after
        if self.change.action == REMOVED:
            ended = {user.change.key: user.change.state for user in self.users if user.did_something}
            return ({"password": "(old)"}, {"password": "(new)", **ended}) if self.written else ({}, ended)
        # Settings are written last, for all credentials together, and perhaps only in part.
        before, after = dict(before), dict(after)
        for shown in (before, after):
            settings = shown.pop("settings", {})
            written = {name: value for name, value in settings.items() if name in self.written_settings}
            shown.update({"settings": written} if self.written_settings and settings else {})
        return before, after

    def as_object(self) -> Object:
        shown = super().as_object()
        if self.created:
            shown["created"] = True
        if self.change.users is not None:
            shown["users"] = [shown_user(user) for user in self.users]
        return shown

    def say_what_is_done(self) -> None:
        """Note which part was done, once everything was tried."""
        if self.outcome in (FAILED, PENDING) and self.did_something:
            parts = self._users_told() if self.change.action == REMOVED else self._settings_told()
            self.note = parts or self.note
        elif self.failed_settings:
            self.note = self._settings_told()

    def _users_told(self) -> str:
        ended = [user.change.key for user in self.users if user.did_something]
        unclear = [user.change.key for user in self.users if user.perhaps_done and not user.did_something]
        gone = [user.change.key for user in self.users if user.outcome == UNCHANGED]
        left = [user.change.key for user in self.users if user.change.key not in {*ended, *unclear, *gone}]
        state = self.users[0].change.state if self.users else ""
        parts = [
            *(["its password was changed"] if self.written else []),
            f"{state}: {', '.join(ended) or 'none'}",
            *([f"perhaps {state}: {', '.join(unclear)}"] if unclear else []),
            *([f"already gone: {', '.join(gone)}"] if gone else []),
            *([f"not {state}: {', '.join(left)}"] if left else []),
            "the credential is still there",
            *(["run again for the rest"] if self.outcome == PENDING or self.may_pass else []),
        ]
        return f"{self.msg + '; ' if self.msg else ''}{'; '.join(parts)}"

    def _settings_told(self) -> str:
        left = [name for name in self.change.settings if name not in self.written_settings]
        if not left:
            return ""
        parts = [f"the credential was {self.change.action}"] if self.change.target is not None and self.written else []
        if self.written_settings:
            parts.append(f"{len(self.written_settings)} of its settings were written")
        because: dict[str, list[str]] = {}
        for name, error in self.failed_settings.items():
            were = "may not have been written" if error.may_have_been_done else "were not written"
            because.setdefault(f"{were}: {error.msg}", []).append(name)
        problems = [f"its settings ({', '.join(names)}) {what}" for what, names in because.items()]
        pending = [name for name in left if name not in self.failed_settings]
        if pending:
            problems.append(f"its settings ({', '.join(pending)}) are not written yet; run again")
        return ", but ".join([*([" and ".join(parts)] if parts else []), "; ".join(problems)])


def shown_user(step: Step[UserChange]) -> Object:
    """A Threema ID that is detached or revoked, as results of credentials show it."""
    whole = step.as_result()
    shown = {name: whole.get(name) for name in ("threema_id", "nickname", "state", "action")}
    return {**shown, "msg": whole["msg"]} if "msg" in whole else shown


def shown_leaver(step: CredentialStep) -> Object:
    """The username of a removed credential and, with ``identity``, the outcome of its Threema IDs."""
    whole = step.as_object()
    return {name: whole[name] for name in ("username", "users") if name in whole}


def shown_match(step: Step[t.Any], current: Object, item: Wanted) -> Object:
    """A credential that was found under a username other than the listed one, as results show it."""
    renamed = bool(item.new_username) and step.did_something
    username = step.as_object()["username"] if renamed else current["username"]
    return {"id": current["id"], "username": username, "listed_as": item.username, "renamed": renamed}


def told_of_odd(steps: t.Iterable[CredentialStep]) -> list[str]:
    """A warning about credentials that were not created, and one about those that were not updated, as requested."""
    warnings = []
    written = [step for step in steps if step.change.action != REMOVED and step.did_something and step.not_as_asked()]
    for action in (CREATED, UPDATED):
        odd = [step for step in written if step.change.action == action]
        told = name_some([f"{spelled(step.change.key)} ({', '.join(step.not_as_asked())})" for step in odd])
        if any(step.has_another_name for step in odd):
            told += "; give each username as the service stores it, otherwise the next run does not find the credential"
        warnings += [f"{len(odd)} credential(s) were {action}, but not as requested: {told}"] if odd else []
    return warnings


def note_twin(step: CredentialStep, known: t.Iterable[Object]) -> None:
    """Note for a creation that failed which credential has the name in another spelling."""
    twin = next((one for one in known if twin_key(one["username"]) == twin_key(step.change.key)), None)
    if twin and step.doubt:
        step.note = f"{step.told(step.doubt).msg}; {twin_hint(twin)}"


def has_new_password(step: CredentialStep, current: Object) -> bool:
    """Whether the password change whose answer was lost was carried out; this is unknown for a hashed password."""
    waiting = bool(step.users) and not step.locked_out and not current["hashed"]
    return waiting and bool(current.get("password") == step.target()["password"])
