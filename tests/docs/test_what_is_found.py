# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What playbooks of the guides do that no recipe can tell, because they change nothing, or not on every day."""

from __future__ import annotations

import base64
import hashlib
import typing as t

from .pages import blocks_of
from .stage import WORLD, Stage

_GUIDES: t.Final = "docs/docsite/rst"


def test_old_versions_are_compared_as_numbers(stage: Stage) -> None:
    """6.10 is newer than 6.2, letters do not count, an unused phone is left out, and what cannot be read is shown."""
    for threema_id, version in {
        "JANE0001": "android - 6.10k",
        "JOHN0001": "android - 6.1.9k",
        "MAXGONE1": "android - 1.0",
        "TEAM0002": "iOS - 7.0.3",
        "TEAM0001": "desktop 2.0",
    }.items():
        last_check = {"last_check": "2025-01-15T08:15:00+0100"} if threema_id == "MAXGONE1" else {}
        stage.simulator.control("POST", "sync", {"threema_id": threema_id, "version": version, **last_check})
    page = f"{_GUIDES}/guide_app_versions.rst"
    (block,) = [one for one in blocks_of(page) if "ansible-playbook old-versions.yml" in one.text]
    shown = stage.run_block(block)
    assert shown.code == 0, shown.output
    assert "Old: android - 6.1.9k, iOS - 7.0.3" in shown.output
    assert "Not compared: desktop 2.0" in shown.output
    assert (stage.folder / "old-versions.txt").read_text(encoding="utf-8") == "john.doe\nteam.night\n"


def test_the_logo_of_december_is_put_back(stage: Stage) -> None:
    """In December the other one, afterwards the usual one, and nothing is written where nothing changes."""
    page = f"{_GUIDES}/guide_seasonal_logo.rst"
    stage.lay_out(page)
    for today, folder, writes in (("12-01", "december/", 2), ("12-31", "december/", 0), ("01-01", "", 2)):
        shown = stage.run(f"ansible-playbook logos.yml -e today={today}", stage.environment_of(page))
        assert shown.code == 0, shown.output
        assert sum(one["method"] != "GET" for one in shown.requests) == writes, shown.output
        file = WORLD["files"][f"/srv/branding/{folder}logo-light.png"].removeprefix("=base64:")
        logos = stage.simulator.state()["logos"]
        assert logos["light"]["sha256"] == hashlib.sha256(base64.b64decode(file)).hexdigest()
