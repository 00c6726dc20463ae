# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time and memory of the onboarding job of AWX with very many people, and what its job events hold."""

from __future__ import annotations

import argparse
import threading
import typing as t
from pathlib import Path

from ansible_collections.threema.work.tests.awx import publish
from ansible_collections.threema.work.tests.awx.job import Job, Workshop
from ansible_collections.threema.work.tests.awx.stand_in import Awx
from ansible_collections.threema.work.tests.support.simulator_process import Simulator


class Memory:
    """The most that processes take together: a context manager around starting and ending them."""

    def __init__(self) -> None:
        self._others = set(descendants())
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.peak = 0

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.1):
            self.peak = max(self.peak, sum(map(kilobytes, set(descendants()) - self._others)))


def descendants(pid: str = "self") -> t.Iterator[str]:
    """The processes that were started by a process, and by those."""
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = path.read_text().split()
        except OSError:
            continue
        for child in children:
            yield child
            yield from descendants(child)


def kilobytes(pid: str) -> int:
    """What a process takes; what several share is divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def report(what: str, job: Job, memory: Memory) -> None:
    """One line for the job, and one for each event with more than a little in it."""
    print(
        f"{what:<28} {job.seconds:6.1f} s  {len(job.requests):5} requests  {memory.peak // 1024:4} MB"
        f"  {len(job.output):8} characters printed"
    )
    for task, result in job.results().items():
        size = len(str(result))
        if size > 1000 or not result:
            print(f"    {task}: {size if result else 'dropped'}", flush=True)


def main() -> None:
    """Run the job on nobody, again, and where everybody fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5000)
    number = parser.parse_args().people
    lines = [f"first{one}.last{one:05},First{one},Last{one},Department {one % 40},Nurse" for one in range(number)]
    roster = "\n".join(["username,first_name,last_name,department,job_title", *lines])
    simulator = Simulator("--api-key", publish.KEY, "--licenses", str(2 * number), "--quota", "0")
    with simulator, Awx(publish.PLAYBOOKS) as awx, Workshop(awx, simulator) as workshop:
        done = publish.prepare(awx, workshop.project, url=simulator.url)
        if done.returncode:
            raise RuntimeError(done.stdout)
        (workshop.project / "people.csv").write_text(roster, encoding="utf-8")

        def onboard(what: str, *options: str) -> None:
            with Memory() as memory:
                job = workshop.run("Threema Work onboarding", {"roster": "people.csv"}, *options)
            report(what, job, memory)

        print(f"{number} people, no latency; events are dropped beyond 700000 characters")
        onboard("new")
        onboard("again")
        onboard("again, with -v", "-v")
        simulator.reset(quota=0)
        simulator.fault(method="POST", path="/credentials", kind="status", status=422, times=None)
        onboard("all of them fail")
        onboard("all of them fail, with -v", "-v")


if __name__ == "__main__":
    main()
