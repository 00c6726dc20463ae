# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that was created, from before it was sent until it is surely gone; the one place that removes it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.threema.work.plugins.module_utils._api._common import segment
from ansible_collections.threema.work.plugins.module_utils._api.credentials import CredentialApi
from ansible_collections.threema.work.plugins.module_utils._errors import ThreemaError
from ansible_collections.threema.work.plugins.module_utils._service.looking import Seen
from ansible_collections.threema.work.plugins.module_utils._service.parts import listed, text
from ansible_collections.threema.work.plugins.module_utils._service.reading import PAGE

from .sending import Prober, Stopped

CREDENTIAL: t.Final = "credential"
CONTACT: t.Final = "contact"
#: How often what is left is tried again without any of it going.
_IDLE_ROUNDS: t.Final = 3
_QUOTA: t.Final = 429
_NOT_FOUND: t.Final = 404
_OK: t.Final = 200
_CREATED: t.Final = 201
_NO_CONTENT: t.Final = 204
#: Requests that are kept back: for each thing that has to be looked for besides, and for trying again.
_LOOKING: t.Final = 2
_SPARE: t.Final = 4


@dataclass
class Thing:
    """Something that was created, or may have been.

    :ivar mark: a text that nobody else uses: the username that it was created with; of a contact its last name.
    :ivar id: as the service calls it; None where the answer to the creation was lost.
    :ivar sure: whether it is known that it was created.
    :ivar unanswered: whether it may have been removed, because the answer to that was lost.
    :ivar names: what it may be called now, where it was renamed.
    """

    kind: str
    mark: str
    id: str | None = None
    sure: bool = False
    unanswered: bool = False
    names: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/{self.kind}s/{segment(self.id or '')}"

    @property
    def told(self) -> str:
        """How it is named to whoever has to remove it by hand; never by a Threema ID."""
        called = " or ".join(self.names or [self.mark])
        name = f"the credential {called}" if self.kind == CREDENTIAL else "the contact that CONTACT names"
        if not self.sure:
            return f"{name} (it is not known whether it was created)"
        return f"{name} (it is not known whether it was removed)" if self.unanswered else name


def _said_yes(seen: Seen) -> bool:
    """Whether the service itself says that it did it (contract 2); the page of a network to log in to is a 200, too."""
    succeeded = seen.status is not None and _OK <= seen.status < 300
    return seen.status in (_CREATED, _NO_CONTENT) or (succeeded and isinstance(seen.document, dict))


def said_no(seen: Seen) -> bool:
    """Whether the service itself says that it did not do it: an error of 4xx in its form (contract 1).

    A proxy answers with a page of its own, and the service may have carried it out before.
    """
    in_form = isinstance(seen.document, dict) and text(seen.document, "error", "message") is not None
    return in_form and seen.status is not None and 400 <= seen.status < 500


class Leavings:
    """:param prober: the way to the service; keeps back what removing will take."""

    def __init__(self, prober: Prober) -> None:
        self._prober = prober
        self.things: list[Thing] = []

    def create(self, thing: Thing, payload: t.Any) -> Seen:
        """Create something; it is in the list before anything is sent."""
        self.things.append(thing)
        self._keep_back()
        try:
            seen = self._prober.look(f"/{thing.kind}s", method="POST", payload=payload)
        except Stopped:
            # That is raised before anything is sent; what nobody thought of may be raised afterwards.
            self.gone(thing)
            raise
        error = seen.error
        if said_no(seen) or (error is not None and not error.request_sent):
            self.gone(thing)
        elif _said_yes(seen):
            thing.sure = True
            if thing.kind == CREDENTIAL:
                thing.id = text(seen.document, "id") if isinstance(seen.document, dict) else None
            self._keep_back()
        return seen

    def gone(self, thing: Thing) -> None:
        """It was removed, or never was."""
        self.things.remove(thing)
        self._keep_back()

    def rename(self, thing: Thing, name: str, payload: t.Any) -> Seen:
        """Update something that may be called otherwise from then on."""
        before = thing.names or [thing.mark]
        thing.names = list(dict.fromkeys([*before, name]))
        try:
            seen = self._prober.look(thing.path, method="PUT", payload=payload)
        except Stopped:
            thing.names = before
            raise
        if _said_yes(seen):
            thing.names = [name]
        elif said_no(seen):
            thing.names = before
        return seen

    def remove(self, thing: Thing) -> Seen:
        """One try."""
        seen = self._prober.look(thing.path, method="DELETE")
        # A 4xx says that nothing was done, but nothing of what an earlier try may have done.
        thing.unanswered = thing.unanswered or not said_no(seen)
        missing = seen.status == _NOT_FOUND
        sure = _said_yes(seen) or (missing and said_no(seen))
        if sure or ((missing or seen.status == _OK) and self._is_not_listed(thing)):
            self.gone(thing)
        return seen

    def _is_not_listed(self, thing: Thing) -> bool:
        """Whether it is surely not there: only a proxy, or the page of a network to log in to, may have said so."""
        key = f"{thing.kind}s"
        found = listed(self._prober.look(f"/{key}", {"pageSize": PAGE}), key)
        return found is not None and found.whole and thing.id not in found.ids

    def remove_all(self) -> list[str]:
        """Remove everything, whatever happened; returns what is left, in words."""
        self._prober.begin_removing()
        idle = 0
        while self.things and idle < _IDLE_ROUNDS:
            if idle:
                self._prober.back_off(idle - 1)
            before = self._missing()
            for thing in list(self.things):
                if not self._removed(thing):
                    # The next one would end in the same way; a moment later it may not.
                    break
            idle = 0 if self._missing() < before else idle + 1
        return [thing.told for thing in self.things]

    def _missing(self) -> int:
        """How much is to be found and removed."""
        return len(self.things) + sum(not thing.sure for thing in self.things)

    def _removed(self, thing: Thing) -> bool:
        """Whether it is gone, or the service says at least that it is not."""
        if (thing.id is None or not thing.sure) and not self._found(thing):
            return thing not in self.things
        seen = self.remove(thing)
        return seen.status is not None and seen.status < 500 and seen.status != _QUOTA

    def _found(self, thing: Thing) -> bool:
        """Whether something is there whose creation was not answered; what is not is no leaving."""
        if thing.kind == CONTACT:
            return self._found_contact(thing)
        api = CredentialApi(self._prober, keep_passwords=False)
        try:
            # How the filter works is unknown (contract 4.2): that it finds nothing is no proof.
            found = api.fetch(usernames=[thing.mark]).by("username")
            one = found.get(thing.mark) or api.fetch(everything=True).by("username").get(thing.mark)
        except ThreemaError:
            return False
        if one is None:
            # A list may lag behind: what is known to have been created is there.
            if not thing.sure:
                self.gone(thing)
            return False
        thing.id, thing.sure = one["id"], True
        return True

    def _found_contact(self, thing: Thing) -> bool:
        seen = self._prober.look(thing.path)
        if seen.status == _NOT_FOUND and said_no(seen):
            self.gone(thing)
        elif seen.good and text(seen.good, "lastName") == thing.mark:
            thing.sure = True
        return thing.sure

    def _keep_back(self) -> None:
        if not self._prober.removing:
            looking = _LOOKING * sum(not thing.sure for thing in self.things)
            number = len(self.things) + looking + _SPARE if self.things else 0
            self._prober.keep_back(number, "removing what was created")
