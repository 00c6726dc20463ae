# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role export: what it writes, sets, and shows, and how it fails."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.roles.stage import Host, Outcome, Pool, run_role
from ansible_collections.threema.work.tests.support.modules import add

FACTS: t.Final = ("export_files", "export_left_out", "export_summary")


@pytest.fixture(scope="module")
def outcomes(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """One run of the role on several subscriptions."""
    folder = tmp_path_factory.mktemp("role")
    (folder / "file").write_text("mine", encoding="utf-8")
    orders: dict[str, dict[str, t.Any]] = {
        "good": {"export_dest": "good"},
        "predicted": {"export_dest": str(folder / "predicted")},
        "refused": {"export_dest": str(folder / "file")},
        "other": {"export_dest": "other", "expect_subscription": "Another Ltd"},
        "nowhere": {},
    }
    hosts = {}
    for (name, variables), simulator in zip(orders.items(), pool.lend(len(orders))):
        add(simulator, "anna", "beat ", settings={"th_csi": "1", "th_safe_password": "hunter2hunter2"})
        hosts[name] = Host(simulator, variables, check=name == "predicted")
    found = run_role("export", folder, hosts, FACTS)
    for name in orders:
        there = sorted(path.name for path in (folder / name).iterdir()) if (folder / name).is_dir() else None
        found[name].facts["there"] = there
    return found


def test_what_it_sets_and_shows(outcomes: dict[str, Outcome]) -> None:
    one = outcomes["good"]
    assert one.failure is None and one.writes == []
    assert one.facts["there"] == ["people.csv", "subscription.yml"]
    assert one.facts["export_files"] == [
        {"name": "subscription.yml", "action": "created"},
        {"name": "people.csv", "action": "created"},
    ]
    assert [left["username"] for left in one.facts["export_left_out"]] == ["beat "]
    assert one.facts["export_summary"] == {"people": 1, "contacts": 0, "settings": 1}
    assert "people.csv: created" in one.output and "in no file: 1: beat  (a list cannot have" in one.output
    assert "hunter2" not in one.output


def test_check_mode(outcomes: dict[str, Outcome]) -> None:
    one = outcomes["predicted"]
    assert one.failure is None and one.facts["there"] is None
    assert one.facts["export_files"] == outcomes["good"].facts["export_files"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("refused", "/file is not a directory on the host"),
        ("other", "not Another Ltd, the expected one"),
        ("nowhere", "export_dest"),
    ],
)
def test_a_failure(outcomes: dict[str, Outcome], name: str, message: str) -> None:
    one = outcomes[name]
    assert one.failure is not None and message in one.failure
    assert one.facts["there"] is None
    assert len(one.requests) == (1 if name == "other" else 0)


def test_a_failure_names_the_variable(outcomes: dict[str, Outcome]) -> None:
    assert str(outcomes["refused"].failure).startswith("export_dest: /")
