# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the simulator as its users do, and talks to it over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import requests

ROOT = Path(__file__).resolve().parent.parent
KEY = "simulator-key-0123456789abcdef"


def command(*arguments: str) -> subprocess.Popen[str]:
    """A process of the simulator."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("THREEMA_SIMULATOR_KEY", None)
    return subprocess.Popen(
        [sys.executable, "-m", "threema_simulator", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class Simulator:
    """A running simulator."""

    def __init__(self, *arguments: str) -> None:
        self.process = command("--port", "0", *arguments)
        if self.process.stdout is None:
            raise RuntimeError("no output")
        self.printed: dict[str, str] = {}
        wanted = 3 if "--tls" in arguments else 2
        while len(self.printed) < wanted:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(self.process.communicate()[1])
            name, _separator, value = line.strip().partition("=")
            self.printed[name] = value
        self.url = self.printed["THREEMA_WORK_API_URL"]
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = self.printed.get("REQUESTS_CA_BUNDLE", True)
        self.session.headers["X-Api-Key"] = self.printed["THREEMA_WORK_API_KEY"]

    def __enter__(self) -> Simulator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.session.close()
        self.process.terminate()
        _output, errors = self.process.communicate(timeout=10)
        if kind is None and (self.process.returncode != 0 or errors):
            raise RuntimeError(f"ended with {self.process.returncode}: {errors}")

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request to the API."""
        options.setdefault("allow_redirects", False)
        return self.session.request(method, self.url + path, timeout=10, **options)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a GET that must go well."""
        answer = self.call("GET", path, params=query)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
        return answer.json()

    def control(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """One request to a control endpoint."""
        base = self.url.removesuffix("/api/v1")
        answer = self.session.request(method, f"{base}/_simulator/{path}", json=body, timeout=10)
        if answer.status_code != status:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
        return answer.json()

    def reset(self, **start: Any) -> Any:
        """A fresh state."""
        return self.control("POST", "reset", start)

    def switch(self, **positions: str) -> None:
        """Move switches, written with underscores."""
        changes = {name.replace("_", "-"): value for name, value in positions.items()}
        self.control("PUT", "settings", {"switches": changes})

    def state(self) -> Any:
        """Everything."""
        return self.control("GET", "state")

    def requests(self) -> Any:
        """What was received."""
        return self.control("GET", "requests")

    def create(self, username: str = "jane", password: str = "secret99", **fields: Any) -> dict[str, Any]:
        """A credential, made over the API."""
        answer = self.call("POST", "/credentials", json={"username": username, "password": password, **fields})
        if answer.status_code != 201:
            raise RuntimeError(answer.text)
        return answer.json()

    def activate(self, username: str = "jane", password: str = "secret99", **fields: Any) -> str:
        """The Threema ID of somebody who typed that into the app."""
        made = self.control("POST", "activate", {"username": username, "password": password, **fields})
        return str(made["threema_id"])


def at(credential: dict[str, Any]) -> str:
    """The path of a credential."""
    return "/credentials/" + quote(credential["id"], safe="")


def links(item: dict[str, Any], key: str) -> dict[str, str]:
    """The links by relation."""
    return {link[key]: link["link"] for link in item["_links"]}
