# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All experiments that write, in their order; what they create is removed elsewhere, whatever happens here."""

from __future__ import annotations

import typing as t

from ansible_collections.threema.work.plugins.module_utils._errors import Refused
from ansible_collections.threema.work.plugins.module_utils._service import parts
from ansible_collections.threema.work.plugins.module_utils._service.checks import used_licenses
from ansible_collections.threema.work.plugins.module_utils._service.reading import Answers, read_details
from ansible_collections.threema.work.plugins.module_utils._types import Object

from . import contacts, credentials, order, removing, settings
from .bench import Bench, whole
from .bulk import Bulk
from .sending import Stopped
from .wishes import Wishes

#: A subscription for tests has no more credentials.
MOST_CREDENTIALS: t.Final = 5
#: Requests that the experiments take after the credentials were created.
_EXPERIMENTS: t.Final = 28


def check(bench: Bench, wishes: Wishes, subscription: Object) -> int:
    """Whether to write at all.

    :returns: how many credentials may be created.
    :raises Refused: where nothing is to be written.
    """
    listed = bench.answers.list_of("/credentials")
    if listed is None:
        raise Refused("the credentials could not be read")
    if listed.total > MOST_CREDENTIALS and not wishes.force:
        raise Refused(
            f"the subscription has {listed.total} credentials, more than {MOST_CREDENTIALS}, so that it may "
            "not be one for tests; set FORCE=yes if it is"
        )
    free = free_licenses(bench.answers, subscription)
    if free is not None and free <= 0:
        raise Refused("no license is free, so that no credential can be created")
    if wishes.contact:
        contacts.check(bench, wishes.contact)
    return len(credentials.MAIN) + len(credentials.MORE) if free is None else free


def free_licenses(answers: Answers, subscription: Object) -> int | None:
    """How many licenses are free (contract 8.2); None where that is not known."""
    bought, used = parts.number(subscription.get("licenseAmount")), used_licenses(answers)
    return None if bought is None or used is None else bought - used


def experiment(bench: Bench, wishes: Wishes, most: int) -> None:
    """Try everything. :raises Stopped: where no more is to be tried."""
    if wishes.contact:
        contacts.experiment(bench, wishes.contact)
    before = whole(bench.answers.credentials)
    going_on = credentials.create(bench, credentials.MAIN[:most])
    if not bench.throwaways:
        raise Stopped("no credential could be created")
    if going_on and before:
        more = _more(bench, len(before.ids), most)
        credentials.create(bench, credentials.MORE[:more])
    bulk = Bulk(bench, [one for letter in ("m", "b") if (one := credentials.lettered(bench, letter))])
    bulk.begin()
    listed = bench.credentials()
    if parts.listed(listed, "credentials"):
        bench.answers.credentials = listed
    read_details(bench.prober, bench.answers)
    updated = credentials.update(bench)
    again = bench.credentials()
    states = bench.states(again, updated)
    credentials.conclude(bench, updated, states)
    bench.findings.tell("sort-order", order.sort_order(before, whole(listed), whole(again), bench.throwaways))
    credentials.names(bench, updated, states)
    _with_settings(bench, bulk)


def _more(bench: Bench, before: int, most: int) -> int:
    """How many more credentials make their order in the list certain; 0 where that is not to be had."""
    have = len(bench.throwaways)
    for more in range(len(credentials.MORE) + 1):
        if order.chances(before, have + more) >= order.CERTAIN:
            # Each takes two requests: one of them later.
            return more if have + more <= most and bench.prober.left - 2 * more >= _EXPERIMENTS else 0
    return 0


def _with_settings(bench: Bench, bulk: Bulk) -> None:
    main = bench.throwaways[0]
    wrong = settings.try_values(bench, main)
    settings.remove_unset(bench, main)
    victim = credentials.lettered(bench, "x") or bench.throwaways[-1 if len(bench.throwaways) < 3 else 1]
    if not removing.twice(bench, victim.thing):
        return
    bench.removed_ids.add(victim.id)
    bench.throwaways.remove(victim)
    removing.write_to(bench, victim)
    if victim is not main:
        bulk.conclude(victim.id, wrong[0] if wrong else None)
