# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading journals: a file of lines of JSON, each with its time, the service and the module."""

from __future__ import annotations

import json
import re
import typing as t
from pathlib import Path

from ansible_collections.threema.work.tests.support.simulator_process import Simulator

Line = t.Dict[str, t.Any]


class JournalFile:
    """A journal of tasks on a simulator."""

    def __init__(self, path: Path, simulator: Simulator) -> None:
        self.path = path
        self._host = simulator.url.split("/")[2]

    @property
    def text(self) -> str:
        """All that is in it; nothing where there is no file."""
        return self.path.read_text(encoding="utf-8") if self.path.exists() else ""

    def lines(self, module: str) -> list[Line]:
        """What it says that a module did, without what all lines have."""
        lines = [json.loads(line) for line in self.text.splitlines()]
        assert self.text == "".join(f"{line}\n" for line in self.text.split("\n")[:-1])
        for line in lines:
            assert list(line)[:4] == ["time", "api_host", "module", "action"], line
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", line.pop("time"))
            assert line.pop("api_host") == self._host
        return [line for line in lines if line.pop("module") == module]

    def whole_lines(self) -> list[Line]:
        """The lines that can be read, where one may be torn."""
        return [json.loads(line) for line in self.text.splitlines() if line.endswith("}")]

    def taken(self, module: str) -> list[Line]:
        """The same, and the file is gone afterwards."""
        lines = self.lines(module)
        self.path.unlink(missing_ok=True)
        return lines


def said(action: str, **fields: t.Any) -> Line:
    """What a line says of a change."""
    return {"action": action, **fields}


def credential_line(action: str, username: str, id_: str) -> Line:
    """What a line says of a credential."""
    return said(action, username=username, id=id_)


def setting_line(action: str, name: str, id_: str | None, username: str | None = None) -> Line:
    """What a line says of a setting; of one whose username is not known it says none."""
    return said(action, name=name, credential_id=id_, **({"username": username} if username else {}))


def user_line(threema_id: str, state: str, username: str | None = None) -> Line:
    """What a line says of a Threema ID that ended."""
    return said("removed", threema_id=threema_id, state=state, **({"username": username} if username else {}))
