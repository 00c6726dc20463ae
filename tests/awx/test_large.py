# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""
Jobs with very many people. AWX drops the result of a task from its event where that has more than 700,000 characters.

Here are a tenth of 5,000 people, and a tenth of that limit; ``make bench-awx`` does it with all of them.
"""

from __future__ import annotations

import typing as t

from ansible_collections.threema.work.tests.awx.job import Job, Workshop
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

PEOPLE: t.Final = 500
LIMIT: t.Final = 70_000
TASK: t.Final = "Bring credentials and settings in line with the list"
SHOWN: t.Final = "Show what was done"
FAILURE: t.Final = "Fail if somebody was left out"
_NONE: t.Final = dict.fromkeys(("created", "updated", "removed", "unchanged", "failed", "pending"), 0)


def onboard(workshop: Workshop, *options: str) -> Job:
    """Run the job on the roster in the project."""
    lines = [f"first{number}.last{number:05},First{number},Last{number},IT" for number in range(PEOPLE)]
    roster = "\n".join(["username,first_name,last_name,department", *lines])
    (workshop.project / "people.csv").write_text(roster, encoding="utf-8")
    return workshop.run("Threema Work onboarding", {"roster": "people.csv"}, *options, max_event=LIMIT)


def test_the_summary_is_in_the_events_of_the_first_run_and_of_the_second(
    workshop: Workshop, simulator: Simulator
) -> None:
    simulator.reset(quota=0)
    first = onboard(workshop)
    assert first.code == 0, first.output[-2000:]
    assert first.results()[SHOWN]["onboarding_summary"] == {**_NONE, "created": PEOPLE}
    assert first.results()[TASK]["summary"] == {**_NONE, "created": PEOPLE}
    again = onboard(workshop, "-v")
    assert again.code == 0 and not again.writes
    assert again.results()[SHOWN]["onboarding_summary"] == {**_NONE, "unchanged": PEOPLE}
    assert again.results()[TASK]["summary"] == {**_NONE, "unchanged": PEOPLE}


def test_a_job_in_which_many_fail_ends_with_a_short_message(workshop: Workshop, simulator: Simulator) -> None:
    simulator.reset(quota=0)
    simulator.fault(method="POST", path="/credentials", kind="status", status=422, times=None)
    job = onboard(workshop)
    assert job.code == 2
    results = job.results()
    assert results[SHOWN]["onboarding_summary"] == {**_NONE, "failed": PEOPLE}
    assert results[TASK]["summary"] == {**_NONE, "failed": PEOPLE}
    assert (results[TASK]["failure"]["kind"], results[TASK]["failure"]["count"]) == ("invalid", PEOPLE)
    # The last that is told before the recap, and no longer than a screen.
    assert list(results)[-1] == FAILURE
    message = results[FAILURE]["msg"]
    assert message.startswith(f"{PEOPLE} of {PEOPLE} credentials failed: first0.last00000: POST /credentials: ")
    assert f"and {PEOPLE - 10} more" in message and len(message) < 2000
    assert len(job.output) < 10_000
    simulator.control("DELETE", "faults")
