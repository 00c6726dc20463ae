# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find out how the service behaves where its documentation is silent: `make probe`, see the contract's page.

It reads only. With WRITE=yes in the environment it tries what only writing shows on throw-away credentials, and with
CONTACT= on a contact of the tester's own; it removes all of them at its end, whatever happens.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import signal
import sys
import traceback
import typing as t
from urllib.parse import urlsplit

from ansible_collections.threema.work.plugins.module_utils._api.subscription import is_expected
from ansible_collections.threema.work.plugins.module_utils._errors import Refused
from ansible_collections.threema.work.plugins.module_utils._service.behavior import positions
from ansible_collections.threema.work.plugins.module_utils._service.examining import versions
from ansible_collections.threema.work.plugins.module_utils._service.reaching import address, certificate, key
from ansible_collections.threema.work.plugins.module_utils._service.reading import (
    Answers,
    read_basics,
    read_details,
    read_root,
)
from ansible_collections.threema.work.plugins.module_utils._service.situation import OK, SKIPPED, Situation, speaks
from ansible_collections.threema.work.plugins.module_utils._types import Object
from ansible_collections.threema.work.tools.probing import telling, trying
from ansible_collections.threema.work.tools.probing.bench import Bench
from ansible_collections.threema.work.tools.probing.findings import Findings
from ansible_collections.threema.work.tools.probing.leavings import Leavings
from ansible_collections.threema.work.tools.probing.sending import Prober, Stopped
from ansible_collections.threema.work.tools.probing.wishes import Wishes, wishes_of

_REFUSED: t.Final = 2


def _situation(bench: Bench, wishes: Wishes) -> Situation:
    return Situation(
        host=wishes.connection.host,
        encrypted=urlsplit(wishes.connection.url).scheme == "https",
        validated=True,
        versions=versions(""),
        now=datetime.datetime.now(datetime.timezone.utc),
        answers=bench.answers,
        proxied=bench.prober.proxied,
    )


def _subscription(bench: Bench, wishes: Wishes) -> Object:
    """The subscription that was asked for. :raises Refused: where there is none, or another one."""
    situation = _situation(bench, wishes)
    root = situation.root
    if root is None or root.good is None or not speaks(root):
        way = address(situation)
        trust = certificate(situation)
        wrong = [line for line in (way, trust, key(situation, way, trust)) if line.status not in (OK, SKIPPED)]
        told = " ".join(f"{line.name}: {line.message} {line.advice}".strip() for line in wrong)
        raise Refused(told or "the service does not answer as the API does")
    if not is_expected(root.good, wishes.expected):
        raise Refused(
            "the key belongs to another subscription than THREEMA_WORK_EXPECT_SUBSCRIPTION names; no more was read"
        )
    return root.good


def _work(bench: Bench, wishes: Wishes) -> None:
    """Ask, and try. :raises Refused: where something is not to be done; :raises Stopped: as soon as it is to end."""
    vars(bench.answers).update(vars(read_root(bench.prober)))
    subscription = _subscription(bench, wishes)
    read_basics(bench.prober, bench.answers)
    most = 0
    if wishes.write:
        try:
            most = trying.check(bench, wishes, subscription)
        except Refused:
            read_details(bench.prober, bench.answers)
            raise
        # Whoever kills it outright sees no more than this.
        print(*telling.announcement(bench.run, contact=bool(wishes.contact)), sep="\n", flush=True)
        trying.experiment(bench, wishes, most)
    else:
        read_details(bench.prober, bench.answers)


def _positions(bench: Bench, wishes: Wishes) -> dict[str, str | None]:
    root = _situation(bench, wishes).root
    # What another server answers shows nothing of the service.
    return bench.findings.with_those(positions(bench.answers if root and speaks(root) else Answers()))


def _told(fault: Exception) -> str:
    """A fault of the probe's own, in a sentence without its message, which may hold what the service sent."""
    # With a limit of its own: whoever set ``sys.tracebacklimit`` may have left nothing.
    place = traceback.extract_tb(fault.__traceback__, limit=-1)[0]
    where = f"{os.path.basename(place.filename)}, line {place.lineno}"
    return f"the probe has a fault ({type(fault).__name__} in {where}); report it in an issue, with this line."


def _probe(wishes: Wishes) -> int:
    why = ""
    with Prober(wishes.connection) as prober:
        bench = Bench(prober, Answers(), Findings(), Leavings(prober))
        try:
            _work(bench, wishes)
        except Refused as reason:
            why = f"{'Nothing was written' if wishes.write else 'Nothing more was asked'}: {reason.msg}"
        except Stopped as reason:
            why = f"It ended early: {reason}."
        except Exception as fault:
            why = f"It ended early: {_told(fault)}"
        finally:
            left = bench.leavings.remove_all()
            found = _positions(bench, wishes)
            if wishes.out:
                telling.write(wishes.out, found, prober.requests, left)
    with contextlib.suppress(BrokenPipeError):
        print(*telling.rows(found, wrote=wishes.write), "", sep="\n")
        print(*telling.summary(found, prober.requests, left), *[why] * bool(why), sep="\n", flush=True)
    if prober.told:
        return 128 + signal.Signals[prober.told]
    return 1 if left or why else 0


def main() -> int:
    """Return 0 if all was tried that was asked for, and nothing is left behind; 2 if that was no wish to begin with."""
    try:
        wishes = wishes_of(os.environ)
    except Refused as reason:
        print(f"Nothing was asked: {reason.msg}", file=sys.stderr)
        return _REFUSED
    return _probe(wishes)


if __name__ == "__main__":
    sys.exit(main())
