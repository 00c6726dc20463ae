# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What lists show of the service: pages, their order, filters, and who is left out (contract 1.1, 4.2 and 7)."""

from __future__ import annotations

import datetime
import typing as t

from .looking import Seen
from .parts import Listed, listed, text
from .reading import LISTS, PAGE, Answers, containing

#: Fewer users may be in the order of their creation by chance.
_ORDERED: t.Final = 8


def page_base(answers: Answers) -> str | None:
    """What ``page`` counts: the one meaning under which all small pages are what came of them."""
    if not answers.pages or (known := answers.list_of(answers.pages[0].path)) is None:
        return None
    fitting = set(_STARTS)
    for seen in answers.pages:
        found = listed(seen, LISTS[seen.path])
        if found is None or found.total != known.total:
            return None
        page = int(seen.query["page"])
        fitting = {base for base in fitting if _fits(found, known, _STARTS[base](page, found.asked))}
    base = fitting.pop() if len(fitting) == 1 else None
    return base if base in ("zero", "one", "offset") else None


#: Where a page begins: its number and its size to the number of its first record. The last one is no switch of the
#: simulator; it is here so that nothing else is taken for it.
_STARTS: t.Final[dict[str, t.Callable[[int, int], int]]] = {
    "zero": lambda page, size: page * size,
    "one": lambda page, size: (page - 1) * size,
    "offset": lambda page, _size: page,
    "offset from one": lambda page, _size: page - 1,
}


def _fits(found: Listed, known: Listed, start: int) -> bool:
    """Whether a page may begin there: what is known stands where it has to, and what is new where nothing is known."""
    if len(found.ids) != min(found.asked, max(0, known.total - start)):
        return False
    for index, id_ in enumerate(found.ids, start):
        if id_ != known.ids[index] if index < len(known.ids) else id_ in known.ids:
            return False
    return True


def paging_count(answers: Answers) -> str | None:
    """What ``paging.count`` holds, where the size of the page is for sure not the number of its records."""
    first_pages = [found for path in LISTS if (found := answers.list_of(path))]
    more = [(listed(seen, LISTS[seen.path])) for seen in (*answers.pages, *answers.filtered)]
    seen = [*first_pages, *(found for found in more if found)]
    largest = max((len(found.ids) for found in first_pages), default=0)
    shown: set[str] = set()
    for found in seen:
        number = len(found.ids)
        if found.count is None or found.count < number:
            return None
        if found.count > number:
            # Another number may be that of something else.
            shown.add("page-size" if str(found.count) in (str(min(found.asked, PAGE)), max_page_size(answers)) else "")
        elif number == 0 or number < min(found.asked, largest):
            shown.add("records")
    if shown == {"records"} and not any(len(found.ids) < found.total for found in seen):
        # Of lists that are whole it may be the number of all records.
        return None
    return (shown.pop() or None) if len(shown) == 1 else None


def max_page_size(answers: Answers) -> str | None:
    """How many items a page has at most, where lists have more; none is certain only of a page of the largest size."""
    first_pages = [found for path in LISTS if (found := answers.list_of(path))]
    cut = [len(found.ids) for found in first_pages if not found.whole and 0 < len(found.ids) < PAGE]
    # One list alone may lack what its total counts.
    if len(cut) > 1:
        most = cut[0]
        return str(most) if all(len(found.ids) == min(most, found.total) for found in first_pages) else None
    return "none" if not cut and any(len(found.ids) >= PAGE for found in first_pages) else None


def sort_order(answers: Answers) -> str | None:
    """By creation or against it, where users say when they were created; other orders look like chance."""
    users, credentials = answers.list_of("/users"), answers.list_of("/credentials")
    if not users or not users.whole or not credentials or not credentials.whole or len(users.ids) < _ORDERED:
        return None
    created = [_time(text(user, "createdAt")) for user in users.items]
    known = [one for one in created if one]
    names = [text(item, "username") or "" for item in credentials.items]
    if len(set(known)) < len(created) or names in (sorted(names), sorted(names, key=str.casefold)):
        return None
    return "creation" if known == sorted(known) else "reversed" if known == sorted(known, reverse=True) else None


def _time(value: str | None) -> datetime.datetime | None:
    try:
        return datetime.datetime.strptime(value or "", "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return None


def filter_username(answers: Answers) -> str | None:
    """Whom part of a username finds."""
    everybody = answers.list_of("/credentials")
    if not everybody or not everybody.whole or not answers.filtered:
        return None
    names = {str(item["id"]): text(item, "username") or "" for item in everybody.items if "id" in item}
    first = _found(answers.filtered[0])
    if first is None or not first <= set(names):
        return None
    if not first:
        return "exact"
    beginning = answers.filtered[0].query["filterUsername"]
    if first == set(names):
        return "ignored" if len(containing(names.values(), beginning)) < len(names) else None
    second = _found(answers.filtered[1]) if len(answers.filtered) > 1 else None
    middle = answers.filtered[1].query["filterUsername"] if second else ""
    hoped = {id_ for id_, name in names.items() if containing([name], middle)}
    return "substring" if second and second == hoped and len(hoped) < len(names) else None


def _found(seen: Seen) -> set[str] | None:
    found = listed(seen, "credentials")
    return set(found.ids) if found and found.whole else None


def bulk_unset(answers: Answers) -> str | None:
    """What becomes of credentials without any setting in the settings in bulk."""
    found, everybody = listed(answers.bulk, "credentials"), answers.list_of("/credentials")
    if not found or not everybody or not all(isinstance(item.get("parameters"), list) for item in found.items):
        return None
    if not all(item["parameters"] for item in found.items):
        return "listed"
    if found.total != everybody.total:
        return "left-out" if found.total < everybody.total else None
    again = listed(answers.bulk_again, "credentials")
    if not again or again.total != found.total or not everybody.whole:
        return None
    if len(again.ids) < len(found.ids):
        return "left-out-of-pages"
    in_order = [id_ for id_ in everybody.ids if id_ in set(found.ids)] == list(found.ids)
    # A page cut out of all would be the first ones, of whom at least one has no setting.
    beginning = everybody.ids[: len(found.ids)]
    return "left-out-counted" if in_order and len(found.ids) > 1 and list(beginning) != list(found.ids) else None
