# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pictures of README.md, from a simulated subscription with the people of the example."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
import typing as t
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.pages.chromium import Browser
from tests.pages.tools import Unavailable, browser
from tests.support.simulator_process import ROOT, Simulator, missing

#: Where README.md expects them.
FOLDER: t.Final = Path("docs/images")
ROSTER: t.Final = ROOT / "docs/examples/people.csv"
#: All of them together, in bytes.
_MOST: t.Final = 300_000
#: How many of the people have not activated the app, and whose sheet is shown.
_WAITING: t.Final = 14
#: How long each request takes while the terminal is shown, in milliseconds: so there is some progress to see.
_LATENCY: t.Final = 130
_VERSIONS: t.Final = ("android - 6.1k", "ios - 7.2k", "android - 6.1k", "android - 5.9k", "ios - 7.0k")


def play(simulator: Simulator, playbook: str, *variables: str) -> str:
    """What a playbook prints, with a line of progress each second."""
    command = ["ansible-playbook", f"threema.work.{playbook}", *[word for one in variables for word in ("-e", one)]]
    told = {"ANSIBLE_NOCOLOR": "true", "ANSIBLE_LOCALHOST_WARNING": "false", "THREEMA_WORK_PROGRESS": "1"}
    environment = {**os.environ, **simulator.environment, **told}
    streams: dict[str, t.Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(command, env=environment, **streams, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout)
    return done.stdout


def activate(simulator: Simulator) -> None:
    """Let most people set up the app; some of them have not been active for long."""
    people = simulator.state()["credentials"]
    for number, one in enumerate(people[_WAITING:]):
        threema_id = f"AB{number:06}"
        activation = {"username": one["username"], "password": one["password"], "threema_id": threema_id}
        simulator.control("POST", "activate", activation)
        sync = {"threema_id": threema_id, "version": _VERSIONS[number % len(_VERSIONS)]}
        if number % 12 == 5:
            sync["last_check"] = "2026-01-15T08:15:00+0100"
        simulator.control("POST", "sync", sync)


def terminal(output: str) -> str:
    """The longest task of a run and its end, as a page that looks like a terminal."""
    told = ["$ ansible-playbook threema.work.onboard -e roster=people.csv"]
    tasks = output.split("\nTASK [")
    bring = next(number for number, one in enumerate(tasks) if one.startswith("threema.work.onboarding : Bring "))
    show = next(number for number, one in enumerate(tasks) if one.startswith("threema.work.onboarding : Show who"))
    for part in (tasks[bring], tasks[show], tasks[-1][tasks[-1].index("PLAY RECAP") :]):
        told.append("…")
        told += [line for line in (part if part.startswith("PLAY") else f"TASK [{part}").splitlines() if line]
    text = "\n".join(told)
    style = "margin:0;padding:20px;background:#17202a;color:#e8eef2;font:13px/1.45 'DejaVu Sans Mono',monospace"
    return f'<!DOCTYPE html><meta charset="utf-8"><body style="{style};white-space:pre-wrap">{escape(text)}</body>'


def shoot(page: Path, file: Path, width: int, height: int | None = None) -> None:
    """A picture of a page, or of its top."""
    with Browser(browser()) as chromium:
        chromium.open(page, width)
        tall = int(chromium.evaluate("document.body.scrollHeight"))
        clip = {"x": 0, "y": 0, "width": width, "height": min(tall, height or tall), "scale": 1}
        shot = chromium.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        file.write_bytes(base64.b64decode(shot["data"]))


def main(checkout: Path) -> int:
    """Make them; 1 if they are too large."""
    if missing():
        sys.exit(missing())
    target = checkout / FOLDER
    target.mkdir(exist_ok=True)
    with Simulator() as simulator, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulator.reset(licenses=150, latency_ms=_LATENCY)
        run = play(simulator, "onboard", f"roster={ROSTER}")
        simulator.control("PUT", "settings", {"latency_ms": 0})
        (folder / "run.html").write_text(terminal(run), "utf-8")
        activate(simulator)
        play(simulator, "report", f"report_dest={folder}/report", "report_max_names=5")
        play(simulator, "handover", f"handover_dest={folder}/sheets", "handover_organization='Example Hospital'")
        sheet = next(path for path in sorted((folder / "sheets").iterdir()) if path.name != "all.html")
        try:
            shoot(sheet, target / "sheet.png", 640)
            shoot(folder / "report/report.html", target / "report.png", 760, 900)
            shoot(folder / "run.html", target / "run.png", 860)
        except Unavailable as exc:
            sys.exit(str(exc))
    size = sum(path.stat().st_size for path in target.glob("*.png"))
    print(f"{size:,} bytes in {FOLDER}")
    return 0 if size < _MOST else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
