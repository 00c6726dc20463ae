# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles refuse an empty string in any of their variables, unless they are told that it counts as not given."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.threema.work.tests.roles.stage import Host, Object, Outcome, Pool, run_role
from ansible_collections.threema.work.tests.support.modules import add

_ROLES: t.Final = Path(__file__).resolve().parents[2] / "roles"
#: What each role needs to do something. Files are written to the folder of the scene.
_BASE: t.Final[dict[str, Object]] = {
    "export": {"export_dest": "files"},
    "handover": {"handover_dest": "files"},
    "offboarding": {"offboarding_usernames": ["anna"], "offboarding_identity": "keep"},
    "onboarding": {"onboarding_people": [{"username": "beat"}]},
    "report": {"report_dest": "files"},
    "subscription": {"subscription_settings": {"th_disable_export": True}},
}
#: Here, null is not the same as not given.
_NOT_NULL: t.Final = ("expect_subscription", "handover_usernames", "offboarding_usernames", "offboarding_threema_ids")


def _options(role: str) -> dict[str, Object]:
    specs = yaml.safe_load((_ROLES / role / "meta/argument_specs.yml").read_text(encoding="utf-8"))
    return t.cast("dict[str, Object]", specs["argument_specs"]["main"]["options"])


def _any_string(role: str) -> list[str]:
    """Return the variables of a role in which Ansible itself accepts an empty string."""
    return [
        name
        for name, option in _options(role).items()
        if option["type"] in ("str", "path", "raw") and "choices" not in option
    ]


def _scenes() -> dict[str, tuple[str, Object]]:
    scenes: dict[str, tuple[str, Object]] = {}
    for role in _BASE:
        texts = _any_string(role)
        rest = [name for name in _options(role) if name not in texts]
        required = [name for name in texts if _options(role)[name].get("required")]
        scenes[f"{role} empty"] = (role, dict.fromkeys(texts, ""))
        scenes[f"{role} by type"] = (role, dict.fromkeys(rest, ""))
        ignored = {**dict.fromkeys(texts, ""), **_BASE[role], f"{role}_ignore_empty": True}
        scenes[f"{role} ignored"] = (role, ignored)
        omitted = [name for name in ("expect_subscription", "journal") if name in texts]
        scenes[f"{role} omit"] = (role, dict.fromkeys(omitted, "{{ nothing | default(omit) }}"))
        if required:
            scenes[f"{role} required"] = (role, {**ignored, **dict.fromkeys(required, "")})
        for name in (name for name in _NOT_NULL if name in texts):
            scenes[f"{role} null {name}"] = (role, {name: None})
    # What is left of a text area that was emptied. It is the same check for all.
    scenes["handover blank"] = ("handover", dict.fromkeys(_any_string("handover"), " \n"))
    return scenes


SCENES: t.Final = _scenes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the play is started; in it, each scene has a folder of its own."""
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module")
def outcomes(pool: Pool, folder: Path) -> dict[str, Outcome]:
    """One play of all scenes and roles."""
    hosts = {}
    for (name, (role, variables)), simulator in zip(SCENES.items(), pool.lend(len(SCENES))):
        add(simulator, "anna")
        (folder / name).mkdir()
        given = {**_BASE[role], **variables}
        paths = {option: str(folder / name / value) for option, value in given.items() if value == "files"}
        hosts[name] = Host(simulator, {"role": role, **given, **paths})
    return run_role("{{ role }}", folder, hosts, ())


def assert_nothing_done(one: Outcome, place: Path) -> None:
    """No request, and no file where the scene or a missing path leads to."""
    assert one.requests == [] and list(place.iterdir()) == []
    assert not {path.name for path in place.parent.iterdir()} & {"people.csv", "all.html", "report.html"}


@pytest.mark.parametrize("name", [*(f"{role} empty" for role in _BASE), "handover blank"])
def test_each_empty_one_is_named_before_anything_is_done(outcomes: dict[str, Outcome], folder: Path, name: str) -> None:
    one = outcomes[name]
    said = str(one.failure)
    assert re.findall(r"(\w+) is empty; ", said) == _any_string(SCENES[name][0])
    assert said.endswith(". Nothing was written")
    assert_nothing_done(one, folder / name)


@pytest.mark.parametrize("role", _BASE)
def test_omit_is_not_the_same_as_not_given(outcomes: dict[str, Outcome], folder: Path, role: str) -> None:
    """Which only options of tasks know."""
    one = outcomes[f"{role} omit"]
    said = re.findall(r"(\w+) is omit, which only options of tasks can be; leave it out", str(one.failure))
    assert said == list(SCENES[f"{role} omit"][1]) and "expect_subscription" in said
    assert_nothing_done(one, folder / f"{role} omit")


@pytest.mark.parametrize("role", _BASE)
def test_ansible_refuses_the_others_by_their_type(outcomes: dict[str, Outcome], folder: Path, role: str) -> None:
    one = outcomes[f"{role} by type"]
    for name in SCENES[f"{role} by type"][1]:
        assert name in str(one.failure)
    assert_nothing_done(one, folder / f"{role} by type")


@pytest.mark.parametrize("name", [name for name in SCENES if " null " in name])
def test_null_is_not_the_same_as_not_given(outcomes: dict[str, Outcome], folder: Path, name: str) -> None:
    option = name.rsplit(" ", 1)[1]
    said = str(outcomes[name].failure)
    assert f"{option} is null; leave it out. " in said or f"{option}: null; leave it out, " in said
    assert_nothing_done(outcomes[name], folder / name)


@pytest.mark.parametrize("role", _BASE)
def test_empty_ones_count_as_not_given_if_they_are_to(outcomes: dict[str, Outcome], role: str) -> None:
    one = outcomes[f"{role} ignored"]
    assert one.failure is None and one.requests


@pytest.mark.parametrize("role", [name.split(" ")[0] for name in SCENES if name.endswith(" required")])
def test_but_not_required_ones(outcomes: dict[str, Outcome], folder: Path, role: str) -> None:
    one = outcomes[f"{role} required"]
    assert one.failure == f"{role}_dest is empty; give a value. Nothing was written"
    assert_nothing_done(one, folder / f"{role} required")
