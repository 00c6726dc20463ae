# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exports of invented subscriptions: whatever one holds comes back out of the files, or is named as left out.

The same few at each run; with ``THREEMA_WORK_EXAMPLES=2000`` so many others, with texts of all of Unicode.
"""

from __future__ import annotations

import base64
import os
import tempfile
import typing as t
from pathlib import Path

import pytest
import requests
from ansible_collections.threema.work.plugins.module_utils._export.files import Export, make_export
from ansible_collections.threema.work.plugins.module_utils._export.reading import Whole
from ansible_collections.threema.work.plugins.module_utils._folder import Folder
from ansible_collections.threema.work.plugins.module_utils._parameters import PARAMETERS, is_secret
from ansible_collections.threema.work.plugins.module_utils._planning.compare import same
from ansible_collections.threema.work.plugins.module_utils._planning.items import twin_key
from ansible_collections.threema.work.tests.modules.exports import Unsafe, apply, changed, content, tasks_of
from ansible_collections.threema.work.tests.modules.test_subscription_export import LOGO
from ansible_collections.threema.work.tests.support.modules import Modules, Result
from ansible_collections.threema.work.tests.support.simulator_process import Simulator
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

_EXAMPLES: t.Final = int(os.environ.get("THREEMA_WORK_EXAMPLES", "0"))


def invented(number: int) -> t.Any:
    """So many examples: the same ones at each run, unless more are asked for."""
    return settings(
        max_examples=_EXAMPLES or number,
        derandomize=not _EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if _EXAMPLES else [])],
    )


#: Characters that mean something to somebody: to choose among all of Unicode takes seconds to prepare.
CHARACTERS: t.Final = (
    "aZ09 ,;|'\"=+-@#{}%$\\/:.*_\t\n\r\0\x1b\x7f\x85\xa0\xad\u0308\u00fc\u00df\u0130\u0131\u05d0\u200b\u200c\u200d"
    "\u200e\u202e\u2028\u2029\u2066\u3000\ufb01\ufeff\ufffd\uffff\U0001f600\U000e0001\u0301e\u1e9e\u212b"
)
#: Values that some program takes for something else.
WHOLE: t.Final = (
    *("", " ", "NULL", "null", "nan", "None", "N/A", "TRUE", "true", "yes", "no", "on", "~", "1.0", "00042", "1.2E+05"),
    *(
        "-1",
        "+41 79 123",
        "=1+1",
        '="007"',
        '="a""b"',
        "@cmd",
        "'=x",
        "''@y",
        "'abc",
        "'",
        "''",
        " x ",
        "\ttab",
        "#N/A",
    ),
    *(
        "#REF!",
        "####",
        "Err:502",
        "2026-01-01",
        "31.12.2026",
        "12:30",
        "0x1F",
        "1_000",
        "{{ x }}",
        "{% if %}",
        "{#",
        "}}",
    ),
    *(
        "username",
        "Vorname",
        "threema_locked",
        "Department",
        "---",
        ":--",
        "a,b",
        "a;b",
        'say "hi"',
        "line\nbreak",
        "!vault",
    ),
    *(
        "$ANSIBLE_VAULT;1.1;AES256",
        "&a",
        "*a",
        "[1]",
        "{}",
        "- a",
        "? b",
        "|",
        ">",
        "%YAML",
        "sep=;",
        "\ufeffbom",
        "x" * 256,
    ),
    *(
        "m\u00fcller",
        "mu\u0308ller",
        "M\u00dcLLER",
        "strauss",
        "Strau\u00df",
        "\u05d0\u05d1",
        "\u202eabc",
        "a\u200db",
        "\U0001f468\u200d\U0001f469",
    ),
    *("1e+05", "-", "--", "nil", "a@x.ch, b@x.ch", "mailto:a@x.ch", "A <a@x.ch>", "a\xa0b", "J\u00c3\u00bcrgen"),
    *("R&amp;D", "System.Object[]", "X'6dc3bc'", "=?utf-8?q?a?="),
)
ALPHABET = (
    st.sampled_from(CHARACTERS)
    if not _EXAMPLES
    else st.one_of(st.sampled_from(CHARACTERS), st.characters(exclude_categories=("Cs",)))
)
TEXTS = st.one_of(st.sampled_from(WHOLE), st.text(ALPHABET, min_size=1, max_size=5))
NAMES: t.Final = (
    *(
        "th_firstname",
        "th_lastname",
        "th_nickname",
        "th_csi",
        "th_category",
        "th_department",
        "th_job_title",
        "th_web_hosts",
    ),
    *("th_disable_calls", "th_keep_messages_days", "th_safe_restore_id", "th_license_username"),
    *(
        "th_safe_password",
        "th_my_token",
        "th_new",
        "th_newer_one",
        "th_ne_w",
        "th_first_name",
        "th_lastnam",
        "th_reema_locked",
    ),
    *("th_UPPER", "th_", "th_\u00fc", "x"),
)
VALUES = st.one_of(TEXTS, TEXTS, TEXTS, st.booleans(), st.integers(-5, 4000), st.integers(-(10**30), 10**30))


def fitting(name: str) -> st.SearchStrategy[t.Any]:
    """Values for a setting, most of them of its type."""
    kind = PARAMETERS[name].type if name in PARAMETERS else ""
    typed = {"boolean": st.booleans(), "integer": st.integers(0, 3650), "text": TEXTS}.get(kind, VALUES)
    return st.one_of(typed, typed, typed, VALUES)


OWN = st.lists(st.sampled_from(NAMES), unique=True, max_size=6).flatmap(
    lambda names: st.fixed_dictionaries({name: fitting(name) for name in names})
)
USERNAMES = TEXTS.filter(bool)


@st.composite
def wholes(draw: st.DrawFn) -> Whole:
    """A subscription."""
    names = draw(st.lists(USERNAMES, unique=True, max_size=8))
    people = [
        {
            "id": f"id/{index}",
            "username": name,
            "password": draw(st.one_of(st.none(), TEXTS.filter(bool))),
            "locked": draw(st.booleans()),
            "hashed": False,
            "usage": 0,
        }
        for index, name in enumerate(names)
    ]
    for one in people:
        one["hashed"] = one["password"] is None
    contacts = [
        {
            "threema_id": f"{draw(st.sampled_from('*AZ9'))}B12CD{number:02}",
            "type": draw(st.sampled_from(("custom", "custom", "auto"))),
            "first_name": draw(TEXTS) or None,
            "last_name": draw(TEXTS) or None,
            "enabled": draw(st.booleans()),
        }
        for number in range(draw(st.integers(0, 3)))
    ]
    logos = {variant: LOGO for variant in ("light", "dark") if draw(st.booleans())}
    own = {str(one["id"]): draw(OWN) for one in people}
    return Whole(draw(USERNAMES), draw(OWN), people, own, contacts, logos)


def written(export: Export) -> dict[str, list[Result]]:
    """What the files of an export make the modules do, by module."""
    with tempfile.TemporaryDirectory() as name:
        folder = Folder(name)
        assert folder.apply(folder.plan(export.files)).error is None
        found: dict[str, list[Result]] = {}
        for module, options in tasks_of(Path(name)):
            found.setdefault(module, []).append(options)
    return found


def merged(tasks: t.Mapping[str, t.Sequence[Result]]) -> dict[str, Result]:
    """The settings that the tasks give to each username; no task gives one that another has given."""
    found: dict[str, Result] = {}
    items = [
        item
        for module in ("credentials", "mdm_settings")
        for task in tasks.get(module, ())
        for item in task.get("credentials", ())
    ]
    for item in items:
        own = found.setdefault(item["username"], {})
        assert not own.keys() & item.get("settings", {}).keys()
        own.update(item.get("settings", {}))
    return found


def reasons(export: Export, username: str | None) -> list[str]:
    """Why something of somebody was left out."""
    return [one["reason"] for one in export.left_out if one["username"] == username]


def check_settings(given: Result, found: Result, told: t.Sequence[str], *, secrets: bool) -> None:
    """Each setting is there exactly as it was, or left out with a reason, or secret."""
    for name, value in given.items():
        if name in found:
            # The mark of a text that is no template is gone where the module gets it.
            assert same(str(found[name]) if isinstance(found[name], Unsafe) else found[name], value)
        elif secrets or not is_secret(name):
            assert [reason for reason in told if f"setting {name}" in reason], name
    assert found.keys() <= given.keys()


@invented(150)
@given(wholes(), st.booleans())
def test_everything_comes_back_or_is_named(whole: Whole, secrets: bool) -> None:
    export = make_export(whole, Folder("/nonexistent"), secrets=secrets)
    tasks = written(export)
    found = merged(tasks)
    rows = {
        item["username"]: item
        for task in tasks.get("credentials", ())
        for item in task["credentials"]
        if "locked" in item
    }
    gone = set()
    for one in whole.credentials:
        name = one["username"]
        told = reasons(export, name)
        if name not in rows:
            gone.add(name)
            assert len(told) == 1 and "a list" in told[0] and name not in found
            continue
        assert rows[name]["locked"] is one["locked"]
        check_settings(whole.settings[one["id"]], found.get(name, {}), told, secrets=secrets)
    assert found.keys() <= {one["username"] for one in whole.credentials}
    assert export.summary["people"] == len(rows) == len(whole.credentials) - len(gone)
    everywhere: Result = {}
    for task in tasks.get("mdm_settings", ()):
        everywhere.update(task.get("settings", {}))
    check_settings(whole.everywhere, everywhere, reasons(export, None), secrets=secrets)
    passwords = {
        item["username"]: item["password"]
        for task in tasks.get("credentials", ())
        for item in task["credentials"]
        if "password" in item
    }
    kept = [one for one in whole.credentials if one["username"] not in gone]
    assert passwords == ({one["username"]: one["password"] for one in kept if one["password"]} if secrets else {})
    check_contacts(whole, tasks, export)


def check_contacts(whole: Whole, tasks: t.Mapping[str, t.Sequence[Result]], export: Export) -> None:
    """Custom contacts come back, without the names that are named as left out."""
    listed = {item["threema_id"]: item for task in tasks.get("contacts", ()) for item in task["contacts"]}
    assert listed.keys() == {one["threema_id"] for one in whole.contacts if one["type"] == "custom"}
    for one in whole.contacts:
        for name in ("first_name", "last_name", "enabled") if one["threema_id"] in listed else ():
            told = [reason for reason in reasons(export, None) if one["threema_id"] in reason and name in reason]
            assert listed[one["threema_id"]].get(name) == (None if told else one[name])


@invented(300)
@given(st.lists(USERNAMES, unique=True, min_size=1, max_size=3), st.sampled_from(("", "Department", "x")))
@example(["username", "login"], "Vorname")
def test_who_is_on_the_list(names: list[str], department: str) -> None:
    """Nobody is left out without need: alone, the reader would reject or change the username."""
    people = [{"id": name, "username": name, "locked": False} for name in names]
    own = {name: {"th_department": department} for name in names}
    export = make_export(Whole("x", {}, people, own, [], {}), Folder("/nonexistent"), secrets=False)
    keys = [twin_key(one) for one in names]
    for one in export.left_out:
        alone = {**export.files, "people.csv": b"username,threema_locked\n" + cell(one["username"]) + b",no\n"}
        try:
            tasks = written(Export(alone, [], {}))
        except ValueError:
            continue
        read = [item["username"] for task in tasks["credentials"] for item in task["credentials"]]
        assert read != [one["username"]] or keys.count(twin_key(one["username"])) > 1


def cell(text: str) -> bytes:
    """A cell, as a spreadsheet would write it that has no reader in mind."""
    mark = "'" if text[:1] in "=+-@" or text.lstrip("'")[:1] in ("=", "+", "-", "@") else ""
    return ('"' + mark + text.replace('"', '""') + '"').encode()


def send(simulator: Simulator, whole: Whole) -> None:
    """Let the service have a subscription."""
    simulator.reset(licenses=100, switches={"setting-values": "anything"})
    own = whole.settings
    people = [
        {
            "username": one["username"],
            "password": one["password"] or "unknown",
            "hashed": one["hashed"],
            "locked": one["locked"],
            "settings": own[one["id"]],
        }
        for one in whole.credentials
    ]
    simulator.control("POST", "credentials", people)
    simulator.control(
        "POST",
        "contacts",
        [{**one, "first_name": one["first_name"] or "", "last_name": one["last_name"] or ""} for one in whole.contacts],
    )
    headers = {"X-Api-Key": simulator.key}
    with requests.Session() as session:
        for name, value in whole.everywhere.items():
            session.post(f"{simulator.url}/mdm", json={"property": name, "value": value}, headers=headers, timeout=30)
        for variant, logo in whole.logos.items():
            png = {**headers, "Content-Type": "image/png"}
            session.put(f"{simulator.url}/logos/{variant}", data=logo, headers=png, timeout=30).raise_for_status()
        session.put(f"{simulator.url}/", json={"name": whole.name}, headers=headers, timeout=30).raise_for_status()


@pytest.fixture(scope="module")
def service(simulator_process: Simulator) -> Simulator:
    """The simulator, for several subscriptions in one test."""
    return simulator_process


@invented(8)
@given(wholes())
def test_a_subscription_goes_round(service: Simulator, whole: Whole) -> None:
    """Applying the files changes nothing; where everything is gone, it becomes what the files say."""
    run = Modules(service)
    send(service, whole)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run.good("subscription_export", dest=name, secrets=True)
        assert changed(apply(run, folder, check=True)) == []
        before = content(folder)
        service.reset(licenses=100, switches={"setting-values": "anything"})
        apply(run, folder, check=False)
        run.good("subscription_export", dest=name, secrets=True)
        after = content(folder)
        # Of a hashed password, nobody knows what it was: it is a new one.
        hashed = any(one["hashed"] for one in whole.credentials)
        mine = before.keys() - ({"secrets.yml", ".gitignore", "subscription.yml"} if hashed else set())
        # A blank name is left out.
        mine -= set() if whole.name.strip() else {"subscription.yml"}
        assert {name: after.get(name) for name in mine} == {name: before[name] for name in mine}
        assert base64.b64encode(LOGO).decode() in str(service.state()["logos"]) or not whole.logos
