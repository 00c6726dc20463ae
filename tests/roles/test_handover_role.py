# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role handover: what it writes, sets, and shows, and how it fails."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.tests.modules.sheets import name_of, people, person, read
from ansible_collections.threema.work.tests.roles.stage import Host, Outcome, Pool, run_role

FACTS: t.Final = ("handover_sheets", "handover_not_printable")
PASSWORD: t.Final = "pLank-7/quArtz"


@pytest.fixture(scope="module")
def outcomes(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """One run of the role on several subscriptions."""
    folder = tmp_path_factory.mktemp("role")
    (folder / "own.j2").write_text("{% for one in sheets %}{{ one.username }} {% endfor %}", encoding="utf-8")
    (folder / "link").symlink_to(folder)
    orders: dict[str, dict[str, t.Any]] = {
        "good": {"handover_dest": "good", "handover_languages": {"beat": "fr"}, "handover_organization": "Clinic"},
        "predicted": {"handover_dest": "predicted"},
        "survey": {
            **dict.fromkeys(("handover_logo", "handover_organization", "handover_link_base", "handover_template"), ""),
            "handover_dest": str(folder / "survey"),
            "handover_usernames": "beat\n",
            "handover_languages": "beat: it\n",
            "handover_ignore_empty": True,
        },
        "own": {"handover_dest": "own", "handover_template": "own.j2"},
        "everybody": {"handover_dest": "everybody", "handover_usernames": "", "handover_ignore_empty": True},
        "missing": {"handover_dest": "missing", "handover_usernames": ""},
        "nobody": {"handover_dest": "nobody", "handover_usernames": []},
        "unknown": {"handover_dest": "unknown", "handover_usernames": ["anna", "otto"]},
        "person": {"handover_dest": "person", "handover_usernames": [{"username": "anna", "password": PASSWORD}]},
        "language": {"handover_dest": "language", "handover_languages": "anna"},
        "link": {"handover_dest": "link/"},
        "other": {"handover_dest": "other", "expect_subscription": "Another Ltd"},
        "nowhere": {},
    }
    hosts = {}
    for (name, variables), simulator in zip(orders.items(), pool.lend(len(orders))):
        people(simulator, person("anna", PASSWORD, first="Anna"), person("beat"), person("cem", hashed=True))
        hosts[name] = Host(simulator, variables, check=name == "predicted")
    found = run_role("handover", folder, hosts, FACTS)
    for name, one in found.items():
        assert PASSWORD not in one.output
        place = folder / name
        one.facts["there"] = (
            {path.name: path for path in place.iterdir()} if place.is_dir() and name != "link" else None
        )
    return found


def test_what_it_sets_and_shows(outcomes: dict[str, Outcome]) -> None:
    one = outcomes["good"]
    assert one.failure is None and one.writes == []
    assert one.facts["handover_sheets"] == [
        {"username": "beat", "file": name_of("beat"), "action": "created"},
        {"username": "anna", "file": name_of("anna"), "action": "created"},
    ]
    assert [missing["username"] for missing in one.facts["handover_not_printable"]] == ["cem"]
    assert one.facts["there"].keys() == {name_of("anna"), name_of("beat"), "all.html"}
    assert [page.language for page in read(one.facts["there"]["all.html"])] == ["fr", "en"]
    assert "Clinic" in read(one.facts["there"]["all.html"])[0].text
    assert "sheets: 2 created" in one.output and "/good/all.html" in one.output
    assert "no sheet for 1: cem (the password is hashed" in one.output


def test_check_mode(outcomes: dict[str, Outcome]) -> None:
    one = outcomes["predicted"]
    assert one.failure is None and one.facts["there"] is None
    assert one.facts["handover_sheets"] == outcomes["good"].facts["handover_sheets"]


def test_what_a_survey_gives(outcomes: dict[str, Outcome]) -> None:
    """Texts; an empty one is not given, where the role is told so."""
    one = outcomes["survey"]
    assert one.failure is None
    (page,) = read(one.facts["there"]["all.html"])
    assert (page.language, page.typed[0]) == ("it", "beat")
    assert outcomes["everybody"].failure is None
    assert len(outcomes["everybody"].facts["handover_sheets"]) == 2


def test_an_own_template(outcomes: dict[str, Outcome]) -> None:
    assert outcomes["own"].failure is None
    assert outcomes["own"].facts["there"]["all.html"].read_text(encoding="utf-8").endswith("-->\nbeat anna ")


def test_an_empty_list_is_nobody(outcomes: dict[str, Outcome]) -> None:
    one = outcomes["nobody"]
    assert (one.failure, one.facts["there"], one.facts["handover_sheets"]) == (None, None, [])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("unknown", "handover_usernames: 1 do not exist; nothing was written: otto"),
        ("person", "handover_usernames: entry 1 is not a string"),
        ("language", "handover_languages: specify languages by username"),
        ("link", "handover_dest: "),
        ("missing", "handover_usernames is empty; leave it out, or give a list. Nothing was written"),
        ("other", "not Another Ltd, the expected one"),
        ("nowhere", "handover_dest"),
    ],
)
def test_a_failure(outcomes: dict[str, Outcome], name: str, message: str) -> None:
    one = outcomes[name]
    assert one.failure is not None and message in one.failure
    assert one.facts["there"] is None and PASSWORD not in one.failure
    assert len(one.requests) <= 1
