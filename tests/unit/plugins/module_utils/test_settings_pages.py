# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bulk list of settings, with all that is not known of it: nobody's settings are overlooked (contract 1.1, 7)."""

from __future__ import annotations

import itertools
import json
import random
import typing as t

import pytest
from ansible_collections.threema.work.plugins.module_utils import _errors as errors
from ansible_collections.threema.work.plugins.module_utils._api.credentials import CredentialApi
from ansible_collections.threema.work.plugins.module_utils._api.settings import SettingApi
from ansible_collections.threema.work.plugins.module_utils._errors import ThreemaError
from ansible_collections.threema.work.plugins.module_utils._http import Answer
from ansible_collections.threema.work.plugins.module_utils._live_progress import Live

OMITTING: t.Final = ("left-out", "left-out-counted", "left-out-of-pages")
CAPS: t.Final = (1, 2, 3, 10, 100)
#: How many requests more than without omission a list may take if nobody shows how large pages are.
MORE: t.Final = 6
#: The same if ten or fewer are missing from it, who are then looked up one by one.
MORE_FOR_FEW: t.Final = 13


class Service:
    """Credentials 0, 1, 2, ..., some with settings, and what is requested of them.

    :param cap: the largest page of settings; ``lists_cap`` is that of the list of credentials.
    :param shift: by how many places the order of settings differs from that of credentials.
    """

    def __init__(
        self,
        number: int,
        having: t.Collection[int],
        unset: str,
        *,
        cap: int = 500,
        lists_cap: int | None = None,
        base: str = "zero",
        shift: int = 0,
        more: int = 0,
    ) -> None:
        self.live = Live()
        self.sent: list[str] = []
        self._everybody = list(range(number))
        self._having = set(having)
        self._unset = unset
        self._cap = cap
        self._lists_cap = lists_cap or 5000
        self._base = base
        self._shift = shift
        self._more = more

    def request(self, method: str, path: str, *, query: t.Mapping[str, t.Any] | None = None) -> Answer:
        """One answer, as the client returns it."""
        self.sent.append(f"{method} {path}")
        query = query or {}
        if path == "/credentials":
            page = [self._credential(one) for one in self._cut(self._everybody, self._lists_cap, query)]
            return self._answer(path, {"credentials": page, "paging": {"total": len(self._everybody)}})
        if path == "/mdm-bulk":
            return self._answer(path, self._bulk(query))
        return self._answer(path, {"parameters": self._settings(int(path.split("/")[2][1:]))})

    def _bulk(self, query: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        ordered = self._everybody[self._shift :] + self._everybody[: self._shift]
        before = self._unset in ("left-out", "left-out-counted")
        listed = [one for one in ordered if one in self._having] if before else ordered
        total = len(listed) if self._unset == "left-out" else len(ordered)
        page = self._cut(listed, self._cap, query)
        if self._unset == "left-out-of-pages":
            page = [one for one in page if one in self._having]
        shown = [{"id": f"i{one}", "parameters": self._settings(one)} for one in page]
        return {"credentials": shown, "paging": {"total": total + self._more}}

    def _cut(self, listed: list[int], cap: int, query: t.Mapping[str, t.Any]) -> list[int]:
        size = min(cap, query["pageSize"])
        page = query.get("page", 0)
        start = page if self._base == "offset" else max(page - (self._base == "one"), 0) * size
        return listed[start : start + size]

    def _settings(self, one: int) -> list[dict[str, t.Any]]:
        return [{"name": "th_csi", "value": f"c{one}"}] if one in self._having else []

    @staticmethod
    def _credential(one: int) -> dict[str, t.Any]:
        return {"id": f"i{one}", "username": f"p{one}", "password": "x", "usage": 0, "hashed": False, "locked": False}

    @staticmethod
    def _answer(path: str, document: t.Any) -> Answer:
        return Answer(200, {}, json.dumps(document).encode(), "GET", path)


def read(service: Service, *, listed: bool = True) -> set[int] | None:
    """Who has settings according to the list; None if it is refused."""
    credentials = CredentialApi(t.cast(t.Any, service), keep_passwords=False)
    if listed:
        credentials.fetch(everything=True)
    try:
        found = SettingApi(t.cast(t.Any, service), credentials).read_all()
    except ThreemaError as error:
        assert error.kind == errors.PROTOCOL
        assert "Such a list cannot be used" in error.msg
        return None
    return {int(id_[1:]) for id_, settings in found.items() if settings}


def fetch(service: Service, wanted: t.Sequence[int]) -> set[int] | None:
    """Who of the wanted has settings; None if the list is refused."""
    credentials = CredentialApi(t.cast(t.Any, service), keep_passwords=False)
    total = credentials.fetch(everything=True).total
    try:
        found = SettingApi(t.cast(t.Any, service), credentials).fetch([f"i{one}" for one in wanted], total)
    except ThreemaError as error:
        assert error.kind == errors.PROTOCOL
        return None
    return {int(id_[1:]) for id_, settings in found.items() if settings}


def subsets(number: int, dice: random.Random, many: int = 40) -> t.Iterator[set[int]]:
    """Who may have settings: all cases if these are few, otherwise runs and some by chance."""
    if number <= 6:
        for length in range(number + 1):
            yield from map(set, itertools.combinations(range(number), length))
        return
    yield from (set(), {0}, {number - 1}, {0, number - 1}, {number // 2}, set(range(number)))
    yield from ({one for one in range(number) if (one // run) % 2 == 0} for run in (1, 2, 3, 10, 100))
    for share in itertools.islice(itertools.cycle((0.01, 0.1, 0.5, 0.95)), many):
        yield {one for one in range(number) if dice.random() < share}


@pytest.mark.parametrize("base", ["zero", "one"])
@pytest.mark.parametrize("unset", OMITTING)
@pytest.mark.parametrize("cap", CAPS)
def test_all_lists_come_in_small_pages(cap: int, unset: str, base: str) -> None:
    """The list of credentials shows how large pages are: everybody is found, whoever has settings."""
    dice = random.Random(cap)
    for number in sorted({1, 3, 5, cap, cap + 1, 4 * cap}):
        for having in subsets(number, dice, 3):
            service = Service(number, having, unset, cap=cap, lists_cap=cap, base=base)
            assert read(service) == having, (number, having)
            # As many pages for settings as for credentials, one that may come twice, a few that end it, a few singly.
            assert len(service.sent) <= 2 * -(-number // cap) + 15, (number, having)


@pytest.mark.parametrize("base", ["zero", "one"])
@pytest.mark.parametrize("unset", OMITTING)
@pytest.mark.parametrize("cap", CAPS)
def test_only_settings_come_in_small_pages(cap: int, unset: str, base: str) -> None:
    """Nothing shows how large pages are but the pages; so few people are looked up one by one if necessary."""
    dice = random.Random(cap)
    for number in (1, 2, 4, 5, 7, 10):
        for having in subsets(number, dice, 4):
            assert read(Service(number, having, unset, cap=cap, base=base)) == having, (number, having)


@pytest.mark.parametrize("cap", CAPS)
def test_a_page_without_anybody_in_the_middle(cap: int) -> None:
    """Only settings come in small pages, and every second page is empty."""
    for number in range(2 * cap, 9 * cap, max(1, cap // 3)):
        having = {one for one in range(number) if (one // cap) % 2 == 0}
        assert read(Service(number, having, "left-out-of-pages", cap=cap)) == having


@pytest.mark.parametrize("base", ["zero", "one"])
@pytest.mark.parametrize("unset", OMITTING)
@pytest.mark.parametrize("number", [1, 3, 10, 20, 500, 501, 1200])
def test_pages_as_large_as_requested(number: int, unset: str, base: str) -> None:
    """An ordinary service costs a few requests more, however few people have settings."""
    for having in subsets(number, random.Random(number), 3):
        ordinary = Service(number, having, "listed", base=base)
        service = Service(number, having, unset, base=base)
        assert read(service) == read(ordinary) == having
        assert len(service.sent) <= len(ordinary.sent) + (MORE_FOR_FEW if number <= 10 else MORE)
        if len(having) >= 0.5 * number >= 50 and max(having) >= number - 20:
            # Their places show that pages are large, or that there are no more: one that ends it, one credential.
            assert len(service.sent) <= len(ordinary.sent) + 2 + (base == "one")


@pytest.mark.parametrize("unset", OMITTING)
@pytest.mark.parametrize("shift", [1, 37, 200])
def test_settings_come_in_another_order(shift: int, unset: str) -> None:
    for having in subsets(400, random.Random(shift), 8):
        service = Service(400, having, unset, cap=100, lists_cap=100, shift=shift)
        assert read(service) == having


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("unset", OMITTING)
@pytest.mark.parametrize("cap", CAPS)
def test_page_as_the_number_of_a_record(cap: int, unset: str, listed: bool) -> None:
    """Where the list of credentials shows it, everybody is found or the list is refused."""
    dice = random.Random(cap)
    for number in (2, 3, 5, 3 * cap + 1):
        for having in subsets(number, dice, 4):
            found = read(Service(number, having, unset, cap=cap, lists_cap=cap, base="offset"), listed=listed)
            assert found is None or found == having, (number, having)


@pytest.mark.parametrize(("having", "wanted"), [(1080, 1000), (600, 700)])
def test_full_pages_by_the_number_of_a_record(having: int, wanted: int) -> None:
    """From pages that are as large as requested nobody was taken, so that an empty one is the end."""
    service = Service(1200, range(having), "left-out-counted", base="offset")
    assert read(service) == set(range(having))
    assert len(service.sent) <= 10
    service = Service(1200, range(having), "left-out-counted", base="offset")
    assert fetch(service, range(wanted)) is not None


@pytest.mark.parametrize("number", [11, 20, 23])
@pytest.mark.parametrize("having", [(), (490,)], ids=["nobody", "one"])
def test_a_few_of_many_in_small_pages_are_looked_up(number: int, having: tuple[int, ...]) -> None:
    """That takes fewer requests than all pages."""
    service = Service(500, having, "left-out-of-pages", cap=20, lists_cap=20)
    assert fetch(service, range(500 - number, 500)) == set(having)
    assert len(service.sent) <= 25 + 2 + number


def test_the_number_of_a_record_is_shown_by_settings_only() -> None:
    """Then it is not known where the next page begins, so that the list is refused."""
    assert read(Service(30, {0, 1, 2, 3, 15}, "left-out-of-pages", cap=3, base="offset")) is None


@pytest.mark.parametrize("shift", [1, 2])
@pytest.mark.parametrize("cap", CAPS)
def test_a_few_in_another_order(cap: int, shift: int) -> None:
    """That few are in the order of the list of credentials shows nothing."""
    for having in subsets(4, random.Random(cap)):
        assert read(Service(4, having, "left-out-of-pages", cap=cap, shift=shift)) == having


def test_the_first_pages_are_empty() -> None:
    """Whether the second one was the first one again is not known, so that places show less."""
    having = {*range(290, 296), 550}
    service = Service(590, having, "left-out-of-pages", cap=100)
    assert fetch(service, [*sorted(having), 551]) == having


@pytest.mark.parametrize("cap", CAPS)
@pytest.mark.parametrize("unset", OMITTING)
def test_only_some_are_wanted(cap: int, unset: str) -> None:
    dice = random.Random(cap)
    for having in subsets(60, dice, 12):
        wanted = dice.sample(range(60), 30)
        found = fetch(Service(60, having, unset, cap=cap, lists_cap=cap), wanted)
        assert found == having & set(wanted)


@pytest.mark.parametrize("unset", ["left-out-counted", "left-out-of-pages"])
@pytest.mark.parametrize("more", [-1, 1, 100_000])
def test_a_total_that_lies(more: int, unset: str) -> None:
    """It is refused without reading on for it."""
    service = Service(600, {0, 1, 2}, unset, more=more)
    assert read(service) is None
    # Credentials twice, because somebody may have been created or removed.
    assert service.sent.count("GET /credentials") == 2
    assert len(service.sent) <= 8


def test_one_of_a_sample_has_settings() -> None:
    """Where pages are small without showing it, the first, the middle, and the last one are looked up."""
    for having in ({0, 399}, {0, 3}, {0, 201}):
        assert read(Service(400, having, "left-out-of-pages", cap=1)) is None


def test_the_last_of_the_wanted_is_the_last_of_the_list() -> None:
    """In whatever order they were named."""
    service = Service(400, {0, 399}, "left-out-of-pages", cap=1)
    assert fetch(service, [0, 5, 399, *range(6, 300)]) is None


class Losing(Service):
    """A service that returns nobody after the first page."""

    def _bulk(self, query: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        found = super()._bulk(query)
        return {**found, "credentials": []} if "page" in query else found


def test_a_page_is_lost() -> None:
    """The list seems to be read to its end; the last one of those who are missing shows that it was not."""
    assert read(Losing(600, range(600), "listed")) is None
