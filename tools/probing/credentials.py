# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Throw-away credentials: created, and updated with something left out (contract 4.3 and 4.4)."""

from __future__ import annotations

import secrets
import typing as t

from ansible_collections.threema.work.plugins.module_utils._service.looking import Seen
from ansible_collections.threema.work.plugins.module_utils._types import Object

from .bench import Bench, Throwaway, done, flag, rejected
from .leavings import CREDENTIAL, Thing, said_no

#: The throw-away credentials by their letter, and what they are created with besides username and password; what is
#: left out shows what leaving it out does. The letters make an order of names that is neither that of the creation nor
#: its reverse.
MAIN: t.Final[tuple[tuple[str, Object], ...]] = (
    ("m", {"hash": True, "lock": True}),
    ("s", {"hash": False}),
    ("b", {"hash": False, "lock": False}),
    ("x", {"hash": False}),
)
MORE: t.Final[tuple[tuple[str, Object], ...]] = tuple((letter, {"hash": False}) for letter in "fvd")
#: The names that they have after the update: "b" moves in the order of names, and "s" has capitals.
_RENAMED: t.Final = {"m": "probe-n", "s": "Probe-T", "b": "probe-u"}


def create(bench: Bench, kinds: t.Iterable[tuple[str, Object]]) -> bool:
    """Create some; false where the service wants no more of them."""
    for letter, fields in kinds:
        username = f"probe-{letter}-{bench.run}-{secrets.token_hex(3)}"
        password = secrets.token_urlsafe(12)
        thing = Thing(CREDENTIAL, username)
        seen = bench.leavings.create(thing, {"username": username, "password": password, **fields})
        bench.answers.others.append(seen)
        if rejected(seen) or seen.status == 403:
            return False
        if thing.id is None or not isinstance(seen.document, dict):
            if thing.sure:
                # The next one would not say either what it is called.
                return False
            continue
        one = Throwaway(thing, username, password, flag(seen.document, "locked", "lock"), _hashed(seen.document))
        bench.throwaways.append(one)
        if "lock" not in fields:
            told = {True: "true", False: "false"}
            bench.findings.tell("lock-omitted-on-create", told.get(one.locked) if one.locked is not None else None)
    return True


def _hashed(item: Object) -> bool | None:
    return flag(item, "hashed", "hash")


def letter_of(one: Throwaway) -> str:
    """Which of :data:`MAIN` it is."""
    return one.thing.mark.split("-")[1]


def lettered(bench: Bench, letter: str) -> Throwaway | None:
    """The throw-away credential of a letter, if it is there."""
    return next((one for one in bench.throwaways if letter_of(one) == letter), None)


def update(bench: Bench) -> list[Throwaway]:
    """Update the first ones without lock and hash; returns those that were, under their new names."""
    updated = []
    for letter in ("m", "s", "b"):
        one = lettered(bench, letter)
        if one is None:
            continue
        username = one.username.replace(f"probe-{letter}", _RENAMED[letter], 1)
        if done(_put(bench, one, {"username": username, "password": one.password})):
            one.username = username
            updated.append(one)
    return updated


def _put(bench: Bench, one: Throwaway, payload: Object) -> Seen:
    seen = bench.leavings.rename(one.thing, payload["username"], payload)
    bench.answers.others.append(seen)
    return seen


def conclude(bench: Bench, updated: t.Sequence[Throwaway], states: t.Mapping[str, Object]) -> None:
    """What leaving out lock and hash did, from how the credentials are afterwards."""
    locks: set[tuple[bool, bool]] = set()
    for one in updated:
        after = states.get(one.id)
        # A list may lag behind: their new names show that it does not.
        if after is None or str(after.get("username")).casefold() != one.username.casefold():
            return
        before, locked = one.locked, flag(after, "locked", "lock")
        if before is None or locked is None:
            return
        locks.add((before, locked))
        one.locked = locked
        if one.hashed:
            hashed = _hashed(after)
            told = {True: "keep", False: "plain"}
            bench.findings.tell("hash-omitted-on-update", told[hashed] if hashed is not None else None)
        one.hashed = _hashed(after)
    bench.findings.tell("lock-omitted-on-update", _LOCKS.get(frozenset(locks)))


#: What becomes of locked and of unlocked credentials; one kind alone tells only where it changes.
_LOCKS: t.Final = {
    frozenset({(True, True), (False, False)}): "keep",
    frozenset({(True, False), (False, False)}): "false",
    frozenset({(True, False)}): "false",
    frozenset({(True, True), (False, True)}): "true",
    frozenset({(False, True)}): "true",
}


def names(bench: Bench, updated: t.Sequence[Throwaway], states: t.Mapping[str, Object]) -> None:
    """Whether a username that is in use may be taken by another credential, also in another case.

    Told only where the same credential could be renamed before: to a name with capitals, which were kept.
    """
    taker = next((one for one in updated if letter_of(one) == "s"), None)
    other = lettered(bench, "m")
    if taker is None or other is None or states.get(taker.id, {}).get("username") != taker.username:
        return
    fields = {"password": taker.password, "hash": False, "lock": False}
    same = _put(bench, taker, {"username": other.username, **fields})
    if same.status not in (400, 409) or not said_no(same):
        return
    bench.findings.tell("duplicate-username-on-update", str(same.status))
    seen = _put(bench, taker, {"username": other.username.swapcase(), **fields})
    if done(seen):
        bench.findings.tell("username-case", "sensitive")
    elif seen.status == same.status and said_no(seen):
        bench.findings.tell("username-case", "insensitive")
