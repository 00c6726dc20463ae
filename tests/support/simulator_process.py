# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator as a process of its own: started for a test or a command, and stopped with it."""

from __future__ import annotations

import os
import subprocess
import sys
import typing as t
from pathlib import Path

import requests

ROOT: t.Final = Path(__file__).absolute().parents[2]
_NAMED: t.Final = "THREEMA_WORK_BUILD"
#: Below it make puts virtual environments and, for Ansible, copies of the checkout.
_FOLDER: t.Final = ".build"
#: Where that is: the same for a checkout and for a copy of it.
BUILD: t.Final = Path(
    os.environ.get(_NAMED) or next((one for one in ROOT.parents if one.name == _FOLDER), ROOT / _FOLDER)
)
_PYTHON: t.Final = BUILD / "venv/simulator/bin/python"
_START_SECONDS: t.Final = 60


def missing() -> str:
    """What is missing for a simulator, and what to do, in a sentence; empty if nothing is."""
    if _PYTHON.exists():
        return ""
    named = " (its folder is named by the environment variable THREEMA_WORK_BUILD)" if _NAMED in os.environ else ""
    return f"There is no simulator: {_PYTHON} is missing{named}. Run `make setup` in the checkout."


def _started(*args: str) -> subprocess.Popen[str]:
    if missing():
        raise RuntimeError(missing())
    command = [str(_PYTHON), "-m", "threema_simulator", "--port", "0", *args]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "tests/simulator")}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)


class Simulator:
    """A running simulator. Use it as a context manager.

    :param args: its command-line options, see ``tests/simulator/README.md``.
    :param within: one that was started for several subscriptions; this is the next of them.
    :raises RuntimeError: what it needs is not installed, or it does not start.
    """

    def __init__(self, *args: str, within: Simulator | None = None) -> None:
        self._process = within._process if within else _started(*args)
        #: The environment variables that the modules read.
        self.environment: dict[str, str] = {}
        self._read_environment("REQUESTS_CA_BUNDLE" if "--tls" in args else "THREEMA_WORK_API_KEY")
        self.url = self.environment["THREEMA_WORK_API_URL"]
        self.key = self.environment["THREEMA_WORK_API_KEY"]
        self._control = self.url.replace("/api/v1", "/_simulator")
        self._session = requests.Session()
        self._session.trust_env = False
        # Whoever starts it with a certificate that nobody can trust has to look at it all the same.
        wrong = {"--tls-host", "--tls-expired"} & set(args)
        self._session.verify = not wrong and self.environment.get("REQUESTS_CA_BUNDLE", True)

    @classmethod
    def several(cls, number: int, *args: str) -> list[Simulator]:
        """So many subscriptions in one process, which ends with the first that is stopped."""
        first = cls("--subscriptions", str(number), *args)
        return [first, *(cls(*args, within=first) for _other in range(number - 1))]

    def _read_environment(self, last: str) -> None:
        for line in self._process.stdout or ():
            name, found, value = line.strip().partition("=")
            if found:
                self.environment[name] = value
            if name == last:
                return
        raise RuntimeError("the simulator did not start")

    def __enter__(self) -> Simulator:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ask it to end; after ten seconds it has to."""
        self._session.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def control(self, method: str, path: str, payload: t.Any = None) -> t.Any:
        """Call one of the control endpoints and return what it answers."""
        answer = self._session.request(method, f"{self._control}/{path}", json=payload, timeout=_START_SECONDS)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def reset(self, **state: t.Any) -> None:
        """Begin anew, without faults and with an empty log; see the control endpoint for the keys."""
        self.control("POST", "reset", state)

    def requests(self) -> list[dict[str, t.Any]]:
        """What it received, in order."""
        return t.cast("list[dict[str, t.Any]]", self.control("GET", "requests"))

    def forget_requests(self) -> None:
        """Empty the log of requests."""
        self.control("DELETE", "requests")

    def state(self) -> dict[str, t.Any]:
        """The whole subscription, with passwords."""
        return t.cast("dict[str, t.Any]", self.control("GET", "state"))

    def fault(self, **fault: t.Any) -> None:
        """Inject a fault."""
        self.control("POST", "faults", fault)


def main() -> int:
    """Run a command beside a simulator: ``simulator_process.py [simulator options] -- command …``.

    The command gets the simulator's address in its environment, and ansible-test's integration tests in their
    configuration file.
    """
    split = sys.argv.index("--")
    with Simulator(*sys.argv[1:split]) as simulator:
        config = Path("tests/integration/integration_config.yml")
        if config.parent.is_dir():
            config.write_text(
                f"---\nsimulator_url: {simulator.url}\nsimulator_key: {simulator.key}\n", encoding="utf-8"
            )
        return subprocess.call(sys.argv[split + 1 :], env={**os.environ, **simulator.environment})


if __name__ == "__main__":
    sys.exit(main())
