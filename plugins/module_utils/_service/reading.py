# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What is asked of the service to see how it behaves: reading only, and what tells most first.

``read(looker)`` spends no more than the looker's limit; with more it asks more. The answers are interpreted elsewhere:
``behavior.py`` says which position of each switch they show, ``checks.py`` whether all is well.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .. import _errors as errors
from .._api._common import segment
from .._types import Object
from .looking import Looker, Seen
from .parts import Listed, listed, objects, text

#: Where each list that comes in pages is, and the key that holds it.
LISTS: t.Final = {"/credentials": "credentials", "/users": "users", "/contacts": "contacts"}
#: The largest pages, and one that is out of their range (contract 1.1).
PAGE: t.Final = 5000
BULK_PAGE: t.Final = 500
TOO_LARGE: t.Final = 5001
#: No credential has this id: they are opaque, and this is a sentence.
UNKNOWN_ID: t.Final = "there is no credential with this id"
#: After one of these the next request would end in the same way.
_STOPPING: t.Final = frozenset((errors.QUOTA, errors.BUDGET, errors.NETWORK, errors.TIMEOUT))


@dataclass
class Answers:
    """All answers; None for what was not asked.

    :ivar root: with a slash at its end; ``bare_root`` without.
    :ivar oversized: the contacts with a pageSize beyond its range; ``contacts`` is the same where it was answered.
    :ivar categories: those of one contact that exists.
    :ivar setting: one global setting, the first of ``settings``.
    :ivar bulk_again: the first page of the settings in bulk, as large as what came of ``bulk``.
    :ivar unknown: the settings of a credential that does not exist.
    :ivar pages: small pages of one of the lists, with ``pageSize`` and ``page``.
    :ivar filtered: credentials, filtered by part of a username: its beginning, then its middle in other case.
    :ivar others: what else whoever writes was answered, for what any answer shows, such as the key of its error.
    """

    root: Seen | None = None
    bare_root: Seen | None = None
    credentials: Seen | None = None
    users: Seen | None = None
    oversized: Seen | None = None
    contacts: Seen | None = None
    categories: Seen | None = None
    settings: Seen | None = None
    setting: Seen | None = None
    bulk: Seen | None = None
    bulk_again: Seen | None = None
    unknown: Seen | None = None
    pages: list[Seen] = field(default_factory=list)
    filtered: list[Seen] = field(default_factory=list)
    others: list[Seen] = field(default_factory=list)

    def everything(self) -> list[Seen]:
        """All answers, in no order that means anything."""
        found: list[Seen] = []
        for value in vars(self).values():
            found += value if isinstance(value, list) else [value] if value else []
        return found

    def list_of(self, path: str) -> Listed | None:
        """The first page of one of :data:`LISTS`."""
        return listed(getattr(self, LISTS[path]), LISTS[path])


def read_root(looker: Looker) -> Answers:
    """The root alone; it answers with a slash at its end, without one, or both ways (contract 1)."""
    answers = Answers(root=looker.look("/"))
    if answers.root and answers.root.status in (404, 410):
        answers.bare_root = looker.look("")
    return answers


def read(looker: Looker, answers: Answers) -> Answers:
    """All the rest, for :func:`read_root`'s answers; stops where the next request would end as the last one did."""
    return read_details(looker, read_basics(looker, answers))


def read_basics(looker: Looker, answers: Answers) -> Answers:
    """The first part of :func:`read`: what there is."""
    for step in _BASICS:
        step(looker, answers)
    return answers


def read_details(looker: Looker, answers: Answers) -> Answers:
    """The second part of :func:`read`, which begins with the credentials that were listed."""
    for step in _DETAILS:
        step(looker, answers)
    return answers


def _ask(looker: Looker, answers: Answers, path: str, spare: int = 0, **query: t.Any) -> Seen | None:
    """One more answer; None where no more than ``spare`` requests are left, or where no answer can be hoped for."""
    if looker.left <= spare or any(seen.error and seen.error.kind in _STOPPING for seen in answers.everything()):
        return None
    return looker.look(path, query)


def _credentials(looker: Looker, answers: Answers) -> None:
    answers.credentials = _ask(looker, answers, "/credentials", pageSize=PAGE)


def _users(looker: Looker, answers: Answers) -> None:
    answers.users = _ask(looker, answers, "/users", pageSize=PAGE)


def _contacts(looker: Looker, answers: Answers) -> None:
    answers.oversized = answers.contacts = _ask(looker, answers, "/contacts", pageSize=TOO_LARGE)
    if answers.oversized and answers.oversized.status == 400:
        answers.contacts = _ask(looker, answers, "/contacts", pageSize=PAGE)


def _categories(looker: Looker, answers: Answers) -> None:
    contacts = answers.list_of("/contacts")
    # A gateway ID is no person's, and may be answered otherwise.
    known = [one for one in (contacts.ids if contacts else ()) if one.strip(".") and not one.startswith("*")]
    if known:
        answers.categories = _ask(looker, answers, f"/contacts/{segment(known[0])}/categories")


def _unknown(looker: Looker, answers: Answers) -> None:
    answers.unknown = _ask(looker, answers, f"/credentials/{segment(UNKNOWN_ID)}/mdm")


def _page(looker: Looker, answers: Answers) -> None:
    """A small page of the longest list, which is not the first one whatever ``page`` counts."""
    path, longest = max(
        ((path, answers.list_of(path)) for path in LISTS), key=lambda found: len(found[1].ids) if found[1] else 0
    )
    size, page = _telling_page(longest)
    seen = _ask(looker, answers, path, pageSize=size, page=page) if longest and size else None
    if seen:
        answers.pages.append(seen)


def _telling_page(longest: Listed | None) -> tuple[int, int]:
    """Size and number of a page with which each meaning of ``page`` brings something else; (0, 0) where none does."""
    known = len(longest.ids) if longest else 0
    if longest and (known >= 6 or (longest.whole and known >= 4)):
        return 3, 2
    return (2, 1) if known >= 2 else (0, 0)


def _next_page(looker: Looker, answers: Answers) -> None:
    """Page 1 of 2 that is the first page again: counted from 1, or records counted from 1."""
    first = answers.pages[0] if answers.pages else None
    if first is None or (first.asked, first.query["page"]) != (2, 1):
        return
    known, found = answers.list_of(first.path), listed(first, LISTS[first.path])
    if known and found and list(found.ids) == list(known.ids[:2]):
        seen = _ask(looker, answers, first.path, pageSize=2, page=2)
        answers.pages += [seen] if seen else []


def _bulk(looker: Looker, answers: Answers) -> None:
    answers.bulk = _ask(looker, answers, "/mdm-bulk", pageSize=BULK_PAGE)


def _bulk_again(looker: Looker, answers: Answers) -> None:
    """Credentials are left out, although they are counted: of each page, or before it is cut out."""
    found, credentials = listed(answers.bulk, "credentials"), answers.list_of("/credentials")
    if not found or not credentials or found.total != credentials.total:
        return
    if 0 < len(found.ids) < found.total and all(item.get("parameters") for item in found.items):
        answers.bulk_again = _ask(looker, answers, "/mdm-bulk", pageSize=len(found.ids))


def _filtered(looker: Looker, answers: Answers) -> None:
    """By the beginning of a username, which is none; where somebody is found, by a middle in other case."""
    credentials = answers.list_of("/credentials")
    if not credentials or not credentials.whole:
        return
    names = [name for item in credentials.items if (name := text(item, "username"))]
    whole = {name.casefold() for name in names}
    beginnings = [name for name in names if len(name) > 2 and name[:-1].casefold() not in whole]
    if not beginnings:
        return
    rarest = min(beginnings[:50], key=lambda name: len(containing(names, name[:-1])))
    seen = _ask(looker, answers, "/credentials", pageSize=PAGE, filterUsername=rarest[:-1])
    answers.filtered += [seen] if seen else []
    found = listed(seen, "credentials")
    if found and 0 < len(found.ids) < credentials.total:
        seen = _ask(looker, answers, "/credentials", pageSize=PAGE, filterUsername=rarest[1:-1].swapcase())
        answers.filtered += [seen] if seen else []


def containing(names: t.Iterable[str], part: str) -> list[str]:
    """The names that hold a part, whatever its case."""
    return [name for name in names if part.casefold() in name.casefold()]


def _settings(looker: Looker, answers: Answers) -> None:
    """The list of global settings and one of them; the list alone would show nothing."""
    answers.settings = _ask(looker, answers, "/mdm", spare=1)
    names = [name for item in setting_items(answers) if (name := text(item, "name", "id")) and name.strip(".")]
    if names:
        answers.setting = _ask(looker, answers, f"/mdm/{segment(names[0])}")


def setting_items(answers: Answers) -> list[Object]:
    """The global settings."""
    return objects(answers.settings, "parameters")


def _bare_root(looker: Looker, answers: Answers) -> None:
    if answers.bare_root is None:
        answers.bare_root = _ask(looker, answers, "")


_Step = t.Callable[[Looker, Answers], None]

#: What is needed to see whether all is well comes first, then what shows most.
_BASICS: t.Final[t.Sequence[_Step]] = (_credentials, _users, _contacts, _categories, _unknown)
_DETAILS: t.Final[t.Sequence[_Step]] = (_page, _bulk, _filtered, _bulk_again, _next_page, _settings, _bare_root)
