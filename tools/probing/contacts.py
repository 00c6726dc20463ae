# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tester's own contact, which is disabled, so that nobody sees it (contract 6.3 and 6.4)."""

from __future__ import annotations

from ansible_collections.threema.work.plugins.module_utils._errors import Refused
from ansible_collections.threema.work.plugins.module_utils._service.parts import objects
from ansible_collections.threema.work.plugins.module_utils._service.reading import PAGE

from .bench import Bench
from .leavings import CONTACT, Thing
from .removing import twice


def check(bench: Bench, threema_id: str) -> None:
    """:raises Refused: unless there surely is no such contact: what was there before must stay as it is."""
    thing = Thing(CONTACT, "", threema_id)
    contacts = bench.answers.list_of("/contacts")
    seen = bench.send("GET", thing.path)
    if seen.status == 200 or (contacts and threema_id in contacts.ids):
        raise Refused("what CONTACT names is a contact already; name one of your own Threema IDs that is none")
    if seen.status != 404:
        raise Refused(
            "whether what CONTACT names is a contact already cannot be known; leave CONTACT out, or run again"
        )


def experiment(bench: Bench, threema_id: str) -> None:
    """Create it, update it with and without directory_enabled, and remove it."""
    thing = Thing(CONTACT, f"probe-{bench.run}", threema_id)
    fields = {"firstName": "Probe", "lastName": thing.mark, "enabled": False}
    bench.answers.others.append(bench.leavings.create(thing, {"threemaId": threema_id, **fields}))
    if not thing.sure:
        return
    _look(bench, thing)
    usual = bench.send("PUT", thing.path, {**fields, "directory_enabled": True})
    without = bench.send("PUT", thing.path, fields)
    if usual.status == 204:
        told = {204: "optional", 400: "required", 422: "required"}
        bench.findings.tell("directory-enabled", told.get(without.status or 0))
    twice(bench, thing)


def _look(bench: Bench, thing: Thing) -> None:
    """What only a contact shows, where there was none."""
    if not objects(bench.answers.contacts, "contacts"):
        bench.answers.contacts = bench.prober.look("/contacts", {"pageSize": PAGE})
    if bench.answers.categories is None:
        bench.answers.categories = bench.send("GET", f"{thing.path}/categories")
