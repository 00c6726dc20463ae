# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is gone already: removed a second time, and written to (contract 2 and 9)."""

from __future__ import annotations

from ansible_collections.threema.work.plugins.module_utils._service.behavior import error_key_of
from ansible_collections.threema.work.plugins.module_utils._service.looking import Seen

from .bench import Bench, Throwaway, done
from .leavings import Leavings, Thing
from .settings import PLAIN


def twice(bench: Bench, thing: Thing) -> bool:
    """Remove something twice; returns whether it is surely gone."""
    first = remove(bench.leavings, bench, thing)
    if not done(first):
        return thing not in bench.leavings.things
    second = bench.send("DELETE", thing.path)
    bench.findings.tell("second-delete", {404: "404", 204: "204"}.get(second.status or 0))
    return True


def remove(leavings: Leavings, bench: Bench, thing: Thing) -> Seen:
    """Remove something once."""
    seen = leavings.remove(thing)
    bench.answers.others.append(seen)
    return seen


def write_to(bench: Bench, gone: Throwaway) -> None:
    """A setting for a credential that is gone."""
    seen = bench.send("POST", f"{gone.path}/mdm", {"property": PLAIN[0], "value": PLAIN[1]})
    if seen.status == 404 and error_key_of(seen):
        bench.findings.tell("unknown-credential-settings", "404")
    elif done(seen) and not (bench.answers.unknown and bench.answers.unknown.status == 404):
        bench.findings.tell("unknown-credential-settings", "empty")
