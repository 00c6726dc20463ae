# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook doctor.yml: the checklist, the report, and what is an error."""

from __future__ import annotations

import functools
import json
import stat
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.playbooks.plays import Played, play, play_all
from ansible_collections.threema.work.tests.roles.stage import Object, Pool
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

_KEY: t.Final = "Key-uNdisclosed-31/8+q"
#: A host that there is not, so that nothing is asked for there.
_ELSEWHERE: t.Final = "onprem.threema.invalid"
ORDERS: t.Final[dict[str, Object]] = {
    "well": {"report": "doctor.json"},
    "silent": {"report": ""},
    "predicted": {"report": "doctor.json"},
    "no key": {"threema_work_api_key": " ", "report": "doctor.json"},
    "wrong key": {"threema_work_api_key": _KEY, "report": "doctor.json"},
    "elsewhere": {"threema_work_api_url": f"https://{_ELSEWHERE}:8443/api/v1", "report": "doctor.json"},
    "other": {"expect_subscription": "Another Ltd", "report": "doctor.json"},
    "expected": {"expect_subscription": "Example Ltd"},
}


@pytest.fixture(scope="module")
def played(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """All of them."""
    orders: dict[str, t.Callable[[Path], Played]] = {}
    for (name, variables), simulator in zip(ORDERS.items(), pool.lend(len(ORDERS))):
        simulator.reset(credentials=6, users=3, contacts=2)
        arguments = ("--check",) if name == "predicted" else ()
        orders[name] = functools.partial(_play, simulator, variables, arguments)
    return play_all(orders, tmp_path_factory.mktemp("plays"))


def _play(simulator: Simulator, variables: Object, arguments: t.Sequence[str], folder: Path) -> Played:
    played = play("doctor", simulator, folder, variables, *arguments)
    report = folder / "doctor.json"
    played.before = {**played.before, "report": report.read_text(encoding="utf-8") if report.exists() else None}
    assert not report.exists() or stat.S_IMODE(report.stat().st_mode) == 0o600
    return played


def _report(one: Played) -> Object:
    found: Object = json.loads(one.before["report"])
    return found


def test_it_shows_each_line(played: dict[str, Played]) -> None:
    one = played["well"]
    assert one.code == 0, one.output
    host = one.simulator.url.split("/")[2]
    assert f'"{host}, 10 requests, no expected subscription was named"' in one.text
    assert f'"ok: address: {host} answers as the Threema Work API does."' in one.text
    shown = [one.text.find(f": {check['name']}: ") for check in _report(one)["checks"]]
    assert len(shown) == 10 and -1 not in shown and shown == sorted(shown)
    assert one.writes == [] and len(one.requests) == 10


def test_the_report_holds_what_was_found(played: dict[str, Played]) -> None:
    """A host that means this machine is not masked."""
    found = _report(played["well"])
    assert found["ok"] is True
    assert found["api_url"] == played["well"].simulator.url
    assert found["behavior"]["page-base"] == "zero" and found["behavior"]["second-delete"] is None
    assert list(found)[:4] == ["ok", "api_host", "api_url", "checks"]


@pytest.mark.parametrize("name", ["well", "wrong key", "other", "elsewhere"])
def test_the_report_names_nobody(played: dict[str, Played], name: str) -> None:
    one = played[name]
    said = [
        *("Example Ltd", "Another Ltd", one.before["subscription"]["id"], one.simulator.key, _KEY, _ELSEWHERE, "8443"),
        *(contact["threema_id"] for contact in one.before["contacts"]),
        *(credential[key] for credential in one.before["credentials"] for key in ("username", "id", "password")),
    ]
    assert len(said) > 20
    assert not [word for word in said if word in one.before["report"]]
    assert _KEY not in one.output and one.simulator.key not in one.output


def test_another_host_is_masked(played: dict[str, Played]) -> None:
    """In the report; on the terminal one must see where it was."""
    one = played["elsewhere"]
    found = _report(one)
    assert (found["api_host"], found["api_url"]) == ("host.invalid", "https://host.invalid")
    assert "host.invalid" in found["checks"][0]["message"]
    assert _ELSEWHERE in one.output
    assert one.requests == []


@pytest.mark.parametrize(
    ("name", "line"), [("no key", "key"), ("wrong key", "key"), ("elsewhere", "address"), ("other", "subscription")]
)
def test_an_error_fails_it(played: dict[str, Played], name: str, line: str) -> None:
    """After the report and the checklist; the message is that line, with what to do."""
    one = played[name]
    assert one.code == 2
    found = _report(one)
    assert found["ok"] is False
    (error,) = [check for check in found["checks"] if check["status"] == "error"]
    assert error["name"] == line
    last = one.text.split("TASK [")[-1]
    said = error["message"].replace("host.invalid", f"{_ELSEWHERE}:8443")
    assert f"error: {line}: {said} {error['advice']}" in last
    assert "Show the checklist" in one.text


def test_without_a_report_nothing_is_written(played: dict[str, Played]) -> None:
    """An empty answer of a survey is none; in check mode nothing is."""
    for name in ("silent", "predicted", "expected"):
        assert played[name].code == 0, played[name].output
        assert played[name].before["report"] is None


def test_the_expected_subscription_is_named(played: dict[str, Played]) -> None:
    assert "expected subscription: Example Ltd" in played["expected"].text
