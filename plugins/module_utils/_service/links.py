# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What the links of users to their credentials show, and the numbers of users that credentials give (contract 1, 4)."""

from __future__ import annotations

import typing as t
from collections import Counter
from urllib.parse import quote, unquote

from .parts import link_keys, link_to, number
from .reading import Answers

#: A link that is encoded once and twice looks the same: its id holds only what needs no encoding.
_PLAIN: t.Final = "plain"
#: So many users without a link, and so many uses of credentials, are no coincidence.
_MANY: t.Final = 8


class _Links(t.NamedTuple):
    """The users of a subscription by their link to a credential.

    ``led`` has the credential's id and the manner of the link for each that leads to one, ``linkless`` and ``astray``
    count the others; ``usage`` is what each credential says. ``readable`` is whether any link says what it leads to.
    """

    led: list[tuple[str, str]]
    linkless: int
    astray: int
    usage: dict[str, int]
    whole: bool
    readable: bool


def credential_link(answers: Answers) -> str | None:
    """How a user's link leads to a credential that exists."""
    links = _links(answers)
    if links is None:
        return None
    manners = {manner for _id, manner in links.led}
    if not manners:
        return "missing" if _linked_without_link(links) else None
    surely = manners - {_PLAIN} if manners <= {_PLAIN, "right", "twice-encoded"} else manners
    return surely.pop() if len(surely) == 1 else None


def orphan_link(answers: Answers) -> str | None:
    """What link a user has whose credential is gone; to be seen only where other links lead to credentials."""
    links = _links(answers)
    if links is None or not links.whole or not links.led or bool(links.linkless) == bool(links.astray):
        return None
    # Credentials may count users whose link does not tell.
    if links.linkless + links.astray <= sum(more for more in _uncounted(links) if more > 0):
        return None
    return "missing" if links.linkless else "dangling"


def usage_count(answers: Answers) -> str | None:
    """Whether credentials count more users than there are; that they do not yet shows nothing."""
    links = _links(answers)
    if links is None or not links.whole or not links.led:
        return None
    more = _uncounted(links)
    # A user whose link does not tell may be the one that is counted.
    certain = set(more) == {0, 1} and sum(more) > links.linkless + links.astray
    return "lagging" if certain else None


def _uncounted(links: _Links) -> list[int]:
    """How many users each credential counts beyond those whose link leads to it."""
    linked = Counter(id_ for id_, _manner in links.led)
    return [usage - linked[id_] for id_, usage in links.usage.items()]


def _links(answers: Answers) -> _Links | None:
    credentials, users = answers.list_of("/credentials"), answers.list_of("/users")
    if not credentials or not users:
        return None
    ids = set(credentials.ids)
    led: list[tuple[str, str]] = []
    linkless = astray = 0
    for user in users.items:
        link = link_to(user, "credential")
        way = _way(link, ids) if link else None
        if way:
            led.append(way)
        else:
            linkless += link is None
            astray += link is not None
    usage = {id_: number(item.get("usage")) or 0 for id_, item in zip(credentials.ids, credentials.items)}
    whole = credentials.whole and users.whole
    return _Links(led, linkless, astray, usage, whole, bool(link_keys(users.items)))


def _way(link: str, ids: t.AbstractSet[str]) -> tuple[str, str] | None:
    """Which credential a link leads to, and in which manner."""
    tail = link.rpartition("/credentials/")[2]
    once = unquote(tail)
    if once in ids:
        return once, _PLAIN if quote(once, safe="") == once else "right"
    for manner, id_ in (
        ("detail", unquote(tail[: -len("/detail")]) if tail.endswith("/detail") else ""),
        ("fragment", unquote(tail.partition("#")[0]) if "#" in tail else ""),
        ("twice-encoded", unquote(once)),
        ("other-case", once.swapcase()),
    ):
        if id_ in ids:
            return id_, manner
    return None


def _linked_without_link(links: _Links) -> bool:
    """Whether users surely have credentials although no user has a link: a count may lag, but by one only."""
    if links.astray or not links.linkless or not links.readable:
        return False
    uses = list(links.usage.values())
    return max(uses, default=0) > 1 or sum(uses) >= links.linkless >= _MANY
