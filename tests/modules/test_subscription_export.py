# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The export: which file has what, and that applying the files changes nothing."""

from __future__ import annotations

import base64
import re
import stat
import typing as t
from pathlib import Path

import pytest
import requests
from ansible_collections.threema.work.plugins.module_utils._export.files import make_export
from ansible_collections.threema.work.plugins.module_utils._export.reading import Whole
from ansible_collections.threema.work.plugins.module_utils._folder import Folder
from ansible_collections.threema.work.tests.modules.exports import Unsafe, apply, changed, content, load
from ansible_collections.threema.work.tests.modules.test_logo import chunk
from ansible_collections.threema.work.tests.support.modules import Modules, Result, add, calls
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

#: A PNG of 680 x 80 pixels.
LOGO: t.Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAqgAAABQAQAAAAD9nbqsAAAAHklEQVR42u3BAQ0AAADCoPdPbQ43oAAAAAAAAODHABrgAAHRZ68RAAAAAElFTkSuQmCC"
)
ALL_FILES: t.Final = [
    ".gitignore",
    "contacts.csv",
    "logo_dark.png",
    "logo_light.png",
    "people.csv",
    "secrets.yml",
    "settings.yml",
    "subscription.yml",
]


def put(simulator: Simulator, method: str, path: str, **body: t.Any) -> None:
    """Send a request to the service."""
    headers = {"X-Api-Key": simulator.key, **({"Content-Type": "image/png"} if "data" in body else {})}
    requests.request(method, simulator.url + path, headers=headers, timeout=30, **body).raise_for_status()


def settings(simulator: Simulator, **values: t.Any) -> None:
    """Set global settings."""
    for name, value in values.items():
        put(simulator, "POST", "/mdm", json={"property": name, "value": value})


def fill(simulator: Simulator) -> None:
    """A subscription with something of everything."""
    simulator.reset(licenses=100, switches={"setting-values": "anything", "gateway-ids": "on"})
    people: dict[str, Result] = {
        "zoë.özil": {
            "th_firstname": "Zoë",
            "th_lastname": "Özil, geb. Öz",
            "th_csi": "00042",
            "th_disable_calls": True,
        },
        "=anna": {
            "th_firstname": "@Anna",
            "th_lastname": "'-x",
            "th_nickname": "",
            "th_safe_password": "hunter2hunter2",
        },
        "beat": {"th_category": "Bern,Care", "th_keep_messages_days": 30, "th_new_text": "yes", "th_new_flag": True},
        "cleo": {
            "th_job_title": "two\nlines",
            "th_department": "{{ 7 * 7 }}",
            "th_new_number": 7,
            "th_lastname": " x ",
        },
    }
    for name, values in people.items():
        add(simulator, name, settings=values, locked=name == "beat")
    add(simulator, "hashed", hashed=True, settings={"th_id_backup_password": "p4ssw0rd"})
    simulator.control("POST", "contacts", [{"threema_id": "AB12CD34", "first_name": "Jane", "last_name": '"D" Doe'}])
    simulator.control(
        "POST", "contacts", [{"threema_id": "AA12CD34", "first_name": "=J", "last_name": "", "enabled": False}]
    )
    simulator.control("POST", "activate", {"username": "beat", "password": "secret-of-beat", "threema_id": "BEAT1234"})
    settings(
        simulator,
        th_disable_export=True,
        th_web_hosts="{{ x }}",
        th_safe_server_password="s3cret",
        th_keep_messages_days=7,
    )
    put(simulator, "PUT", "/", json={"name": "Example {# Ltd"})
    for variant in ("light", "dark"):
        put(simulator, "PUT", f"/logos/{variant}", data=LOGO)
    simulator.forget_requests()


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    """Where the files will be."""
    return tmp_path / "export"


def export(run: Modules, dest: Path, **options: t.Any) -> Result:
    """Export."""
    return run.good("subscription_export", dest=str(dest), **options)


def test_everything(run: Modules, simulator: Simulator, dest: Path) -> None:
    fill(simulator)
    result = export(run, dest, diff=True)
    assert content(dest)["people.csv"].decode().splitlines() == [
        "username,employee_number,first_name,last_name,department,categories,th_disable_calls,th_keep_messages_days,"
        "th_new_text,threema_locked",
        "'=anna,,'@Anna,''-x,,,,,,no",
        'beat,,,,,"Bern,Care",,30,yes,yes',
        "cleo,,,,{{ 7 * 7 }},,,,,no",
        "hashed,,,,,,,,,no",
        'zoë.özil,00042,Zoë,"Özil, geb. Öz",,,yes,,,no',
    ]
    assert (dest / "settings.yml").read_text(encoding="utf-8").splitlines()[3:] == [
        "credentials:",
        '  - username: "=anna"',
        "    settings:",
        '      th_nickname: ""',
        '  - username: "beat"',
        "    settings:",
        "      th_new_flag: true",
        '  - username: "cleo"',
        "    settings:",
        '      th_job_title: "two\\nlines"',
        '      th_lastname: " x "',
        "      th_new_number: 7",
    ]
    assert (dest / "subscription.yml").read_text(encoding="utf-8").splitlines()[4:] == [
        'subscription_name: !unsafe "Example {# Ltd"',
        'subscription_logo_light: "logo_light.png"',
        'subscription_logo_dark: "logo_dark.png"',
        "subscription_settings:",
        "  th_disable_export: true",
        "  th_keep_messages_days: 7",
        '  th_web_hosts: !unsafe "{{ x }}"',
    ]
    lines = (dest / "contacts.csv").read_text(encoding="utf-8").splitlines()
    assert lines[:1] == ["threema_id,first_name,last_name,enabled"]
    assert {"AA12CD34,'=J,,no", 'AB12CD34,Jane,"""D"" Doe",yes'} <= set(lines[1:])
    assert not [line for line in lines if "BEAT1234" in line]
    assert (dest / "logo_dark.png").read_bytes() == LOGO
    assert {stat.S_IMODE(path.stat().st_mode) for path in dest.iterdir()} == {0o600}
    assert stat.S_IMODE(dest.stat().st_mode) == 0o700
    assert sorted(content(dest)) == [name for name in ALL_FILES if name not in (".gitignore", "secrets.yml")]
    assert result["changed"] and result["left_out"] == []
    assert result["summary"] == {"people": 5, "contacts": len(lines) - 1, "settings": 18}
    assert sorted(one["name"] for one in result["files"]) == sorted(content(dest))
    assert {one["action"] for one in result["files"]} == {"created"}
    assert [one["before"] for one in result["diff"]] == [""] * len(content(dest))
    assert result["warnings"] == ["3 secret setting(s) were left out; secrets: true writes them to secrets.yml"]


def test_nothing_secret_is_written_without_being_asked_for(run: Modules, simulator: Simulator, dest: Path) -> None:
    fill(simulator)
    export(run, dest)
    written = b"".join(content(dest).values())
    for secret in (b"secret-of", b"hunter2", b"p4ssw0rd", b"s3cret"):
        assert secret not in written


def test_applying_it_changes_nothing(run: Modules, simulator: Simulator, dest: Path) -> None:
    fill(simulator)
    export(run, dest, secrets=True)
    assert sorted(content(dest)) == ALL_FILES
    before = simulator.state()
    done = apply(run, dest, check=True)
    assert len(done) == 9 and changed(done) == []
    assert changed(apply(run, dest, check=False)) == []
    after = simulator.state()
    assert {**before, "requests": 0, "quota": 0} == {**after, "requests": 0, "quota": 0}


def test_another_subscription_becomes_the_same(run: Modules, simulator: Simulator, dest: Path) -> None:
    fill(simulator)
    result = export(run, dest, secrets=True)
    before = content(dest)
    state = simulator.state()
    simulator.reset(licenses=100, switches={"setting-values": "anything", "gateway-ids": "on"})
    done = apply(run, dest, check=False)
    assert len(changed(done)) >= 7
    again = export(run, dest, secrets=True)
    # A hashed password cannot be read, so that this one is a new one, in plain text.
    assert [one["name"] for one in again["files"] if one["action"] != "unchanged"] == ["secrets.yml"]
    assert {name: text for name, text in content(dest).items() if name != "secrets.yml"} == {
        name: text for name, text in before.items() if name != "secrets.yml"
    }
    assert again["summary"]["people"] == result["summary"]["people"]
    plain = {one["username"]: one["password"] for one in state["credentials"] if not one["hashed"]}
    assert plain.items() <= {one["username"]: one["password"] for one in simulator.state()["credentials"]}.items()


def test_secrets(run: Modules, simulator: Simulator, dest: Path) -> None:
    fill(simulator)
    result = export(run, dest, secrets=True, diff=True)
    text = (dest / "secrets.yml").read_text(encoding="utf-8")
    assert "encrypt this file with ansible-vault" in text.splitlines()[2]
    assert load(dest / "secrets.yml") == {
        "subscription_settings": {"th_safe_server_password": "s3cret"},
        "credentials": [
            {"username": "=anna", "password": "secret-of-=anna", "settings": {"th_safe_password": "hunter2hunter2"}},
            {"username": "beat", "password": "secret-of-beat"},
            {"username": "cleo", "password": "secret-of-cleo"},
            {"username": "hashed", "settings": {"th_id_backup_password": "p4ssw0rd"}},
            {"username": "zoë.özil", "password": "secret-of-zoë.özil"},
        ],
    }
    assert (dest / ".gitignore").read_bytes() == b"secrets.yml\n.threema-work-*\n"
    assert [one["name"] for one in result["files"]][:3] == ["subscription.yml", ".gitignore", "secrets.yml"]
    assert result["warnings"] == [] and result["summary"]["settings"] == 21
    for secret in ("secret-of", "hunter2", "p4ssw0rd", "s3cret"):
        assert secret not in str(result)
    # Without them, the files of the earlier export go.
    result = export(run, dest)
    assert [one for one in result["files"] if one["action"] != "unchanged"] == [
        {"name": "secrets.yml", "action": "removed"},
        {"name": ".gitignore", "action": "removed"},
        {"name": "subscription.yml", "action": "updated"},
    ]
    assert not (dest / "secrets.yml").exists()


def test_again(run: Modules, simulator: Simulator, dest: Path) -> None:
    fill(simulator)
    for options in ({}, {"secrets": True}):
        export(run, dest, **options)
        before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in (dest, *dest.iterdir())}
        result = export(run, dest, diff=True, **options)
        assert not result["changed"] and result["diff"] == []
        assert {one["action"] for one in result["files"]} == {"unchanged"}
        assert before == {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in (dest, *dest.iterdir())}


def test_an_empty_subscription(run: Modules, simulator: Simulator, dest: Path) -> None:
    result = export(run, dest)
    assert sorted(content(dest)) == ["subscription.yml"]
    assert result["summary"] == {"people": 0, "contacts": 0, "settings": 0} and "diff" not in result
    assert list(load(dest / "subscription.yml")) == ["subscription_name"]
    assert changed(apply(run, dest, check=True)) == []
    assert calls(simulator)[:5] == ["GET /", "GET /credentials", "GET /mdm", "GET /contacts", "GET /logos/light"]


def test_check_mode(run: Modules, simulator: Simulator, dest: Path) -> None:
    fill(simulator)
    planned = export(run, dest, check=True, diff=True)
    assert not dest.exists()
    really = export(run, dest, diff=True)
    assert {**planned, "invocation": None} == {**really, "invocation": None}
    assert {call.partition(" ")[0] for call in calls(simulator)} == {"GET"}


def test_what_is_not_needed_any_more(run: Modules, simulator: Simulator, dest: Path) -> None:
    fill(simulator)
    export(run, dest, secrets=True)
    (dest / "notes.txt").write_text("mine", encoding="utf-8")
    simulator.reset()
    planned = export(run, dest, check=True)
    result = export(run, dest)
    assert result["files"] == planned["files"]
    assert result["files"] == [
        *({"name": name, "action": "removed"} for name in [*ALL_FILES[1:-1], ".gitignore"]),
        {"name": "subscription.yml", "action": "updated"},
    ]
    assert sorted(content(dest)) == ["notes.txt", "subscription.yml"]


def test_a_file_that_no_export_wrote(run: Modules, simulator: Simulator, dest: Path) -> None:
    """It stays, whatever its name."""
    dest.mkdir()
    for name in ALL_FILES[:-1]:
        (dest / name).write_bytes(b"mine")
    for _again in range(2):
        result = export(run, dest)
        assert [one["name"] for one in result["files"]] == ["subscription.yml"]
    assert sorted(content(dest)) == ALL_FILES
    assert {text for name, text in content(dest).items() if name != "subscription.yml"} == {b"mine"}


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("name", [name for name in ALL_FILES if name != ".gitignore"])
def test_a_file_that_would_be_replaced(run: Modules, simulator: Simulator, dest: Path, name: str, check: bool) -> None:
    """Somebody's staff list, for example: refused, before anything is written, until an export has written it."""
    fill(simulator)
    dest.mkdir()
    (dest / name).write_bytes(b"mine")
    refused = run.bad("subscription_export", "refused", dest=str(dest), secrets=True, check=check)
    assert refused["msg"].startswith(f"dest: {dest} contains {name}, which no export has written")
    assert content(dest) == {name: b"mine"} and not refused["changed"]
    (dest / name).unlink()
    export(run, dest, secrets=True)
    if name != "subscription.yml":
        (dest / name).write_bytes(b"edited")
        changes = [one for one in export(run, dest, secrets=True)["files"] if one["action"] != "unchanged"]
        assert changes == [{"name": name, "action": "updated"}]


def test_a_description_that_was_written_by_hand(run: Modules, simulator: Simulator, dest: Path) -> None:
    """It names no files, whatever it contains."""
    fill(simulator)
    export(run, dest)
    lines = (dest / "subscription.yml").read_bytes().splitlines(keepends=True)
    (dest / "subscription.yml").write_bytes(b"".join([lines[0], *lines[2:]]))
    refused = run.bad("subscription_export", "refused", dest=str(dest))
    assert f"dest: {dest} contains subscription.yml, which no export has written" in refused["msg"]
    simulator.reset()
    run.bad("subscription_export", "refused", dest=str(dest))
    assert (dest / "people.csv").exists()


def test_a_description_that_names_no_files_any_more(run: Modules, simulator: Simulator, dest: Path) -> None:
    """It is still that of an export; the other files are nobody's."""
    add(simulator, "anna")
    export(run, dest)
    lines = (dest / "subscription.yml").read_bytes().splitlines(keepends=True)
    (dest / "subscription.yml").write_bytes(b"".join([*lines[:3], *lines[4:]]))
    simulator.reset()
    assert export(run, dest)["files"] == [{"name": "subscription.yml", "action": "updated"}]
    assert (dest / "people.csv").exists()


def test_no_other_name_is_removed(run: Modules, dest: Path) -> None:
    """Whatever is written into the file that names them."""
    export(run, dest)
    path = dest / "subscription.yml"
    text = path.read_text(encoding="utf-8")
    (dest / "notes.txt").write_text("mine", encoding="utf-8")
    (dest.parent / "people.csv").write_text("mine", encoding="utf-8")
    path.write_text(text.replace("export: ", "export: notes.txt, ../people.csv, , contacts.csv, "), encoding="utf-8")
    assert [one["name"] for one in export(run, dest)["files"]] == ["subscription.yml"]
    assert (dest / "notes.txt").exists() and (dest.parent / "people.csv").exists()


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        (b"*.retry\n", b"*.retry\nsecrets.yml\n.threema-work-*\n"),
        (b"*.retry", b"*.retry\nsecrets.yml\n.threema-work-*\n"),
        (b"/secrets.yml\r\n\xff\n", b"/secrets.yml\r\n\xff\n.threema-work-*\n"),
        (b".threema-work-*\nsecrets.yml", b".threema-work-*\nsecrets.yml"),
        (b"# secrets.yml\n", b"# secrets.yml\nsecrets.yml\n.threema-work-*\n"),
        # Git takes the last line that fits, and a blank in front of a name for a part of it.
        (b"/secrets.yml\n!*.yml\n", b"/secrets.yml\n!*.yml\nsecrets.yml\n.threema-work-*\n"),
        (b"!*.yml\nsecrets.yml \n.threema-work-*\n", b"!*.yml\nsecrets.yml \n.threema-work-*\n"),
        (b" secrets.yml\n.threema-work-*\n", b" secrets.yml\n.threema-work-*\nsecrets.yml\n"),
    ],
)
def test_what_git_ignores_already(
    run: Modules, simulator: Simulator, dest: Path, there: bytes, expected: bytes
) -> None:
    add(simulator, "anna")
    dest.mkdir(mode=0o700)
    (dest / ".gitignore").write_bytes(there)
    (dest / ".gitignore").chmod(0o600)
    actions = [export(run, dest, secrets=True)["files"][1]["action"] for _again in range(2)]
    assert actions == ["unchanged" if there == expected else "updated", "unchanged"]
    assert (dest / ".gitignore").read_bytes() == expected
    # It is somebody else's, so it stays.
    export(run, dest)
    assert (dest / ".gitignore").read_bytes() == expected


def test_a_line_that_somebody_added_to_what_git_ignores(run: Modules, simulator: Simulator, dest: Path) -> None:
    """The file of an export becomes somebody's own, so that it stays."""
    add(simulator, "anna")
    export(run, dest, secrets=True)
    with (dest / ".gitignore").open("ab") as file:
        file.write(b"*.retry\n")
    files = {one["name"]: one["action"] for one in export(run, dest)["files"]}
    assert files["secrets.yml"] == "removed" and ".gitignore" not in files
    assert (dest / ".gitignore").read_bytes().endswith(b"*.retry\n")


@pytest.mark.parametrize("name", ["", " ", "\u3000", "x" * 257])
def test_a_name_that_no_subscription_can_be_given(dest: Path, name: str) -> None:
    own = {"th_safe_password": "one", "th_my_token": "two"}
    people = [{"id": "1", "username": "anna", "locked": False}]
    whole = Whole(name, {"th_id_backup": "three"}, people, {"1": own}, [], {})
    made = make_export(whole, Folder(str(dest)), secrets=False)
    [only] = made.left_out
    assert only["username"] is None and "the name of the subscription" in only["reason"]
    assert b"subscription_name" not in made.files["subscription.yml"]
    # Each secret setting counts.
    assert [text for text in made.warnings if text.startswith("3 secret setting(s) were left out")]


def test_a_file_too_large_to_say_what_git_ignores(run: Modules, simulator: Simulator, dest: Path) -> None:
    """Only its beginning would be read, and the rest would be lost."""
    add(simulator, "anna")
    dest.mkdir()
    (dest / ".gitignore").write_bytes(b"*.retry\n" * 125_001)
    refused = run.bad("subscription_export", "refused", dest=str(dest), secrets=True)
    assert f"dest: {dest}/.gitignore is larger than 1,000,000 bytes" in refused["msg"]
    assert content(dest) == {".gitignore": b"*.retry\n" * 125_001}


@pytest.mark.parametrize("check", [True, False])
def test_an_encrypted_file_of_secrets(run: Modules, simulator: Simulator, dest: Path, check: bool) -> None:
    add(simulator, "anna")
    export(run, dest, secrets=True)
    (dest / "secrets.yml").write_bytes(b"$ANSIBLE_VAULT;1.1;AES256\n6262\n")
    before = content(dest)
    simulator.forget_requests()
    refused = run.bad("subscription_export", "refused", dest=str(dest), secrets=True, check=check)
    assert "secrets.yml is encrypted with ansible-vault" in refused["msg"]
    assert simulator.requests() == [] and content(dest) == before
    # It is no file of an export any more.
    for _again in range(2):
        assert "secrets.yml" not in [one["name"] for one in export(run, dest)["files"]]
    assert (dest / "secrets.yml").read_bytes() == before["secrets.yml"]


@pytest.mark.parametrize("check", [True, False])
def test_other_encrypted_files(run: Modules, simulator: Simulator, dest: Path, check: bool) -> None:
    """Of those that an export wrote, too; none is replaced by plain text, or removed."""
    add(simulator, "anna")
    export(run, dest)
    encrypted = dict.fromkeys(("people.csv", "subscription.yml"), b"$ANSIBLE_VAULT;1.1;AES256\n6262\n")
    for name, text in encrypted.items():
        (dest / name).write_bytes(text)
    simulator.forget_requests()
    refused = run.bad("subscription_export", "refused", dest=str(dest), check=check)
    assert "people.csv, subscription.yml are encrypted with ansible-vault, and are not replaced" in refused["msg"]
    assert simulator.requests() == [] and encrypted.items() <= content(dest).items()


# What no file can carry


#: What a reason advises why a username is in no file; one that is too long for the service can only be renamed.
RENAME: t.Final = "; rename the credential with id and new_username"
WAY_OUT: t.Final = f"{RENAME}, or manage it with threema.work.credentials"
#: What only helps who has a list.
OF_A_LIST: t.Final = re.compile(
    r"\b(cells?|columns?|exports?|correct|replace|remove|leave|keep|format|enter|as UTF-8)\b"
)


def left_out(result: Result) -> list[tuple[str | None, str]]:
    """Who was left out, and why."""
    assert bool(result["left_out"]) == any("in no file" in text for text in result["warnings"])
    return [(one["username"], one["reason"]) for one in result["left_out"]]


@pytest.mark.parametrize(
    ("username", "reason"),
    [
        ("anna ", "blanks at its ends"),
        ("Mu\u0308ller", "its Unicode form"),
        ("two\nlines", "a line break, a tab, or another control character (U+000A)"),
        ("zero\u200bwidth", "an invisible character (U+200B)"),
        ("nu\0l", "U+0000"),
        ("NULL", "NULL is what programs write if there is no value"),
        ("nan", "nan is what programs write"),
        ("-", "this mistake: - is what programs write if there is no value"),
        ("4.0", "this mistake: a program has probably added decimals to this number"),
        ("\xd3\xa0Briain", "this mistake: there is a blank that is not a space (U+00A0)"),
        ("System.Object[]", "this mistake: a program has written the type or the bytes of this value"),
        ("=?utf-8?q?a?=", "encoded as in the header of an email"),
        ("#N/A", "what a spreadsheet writes if it has no value"),
        ("1.2E+05", "rounded this number"),
        ("1234.0", "added decimals to this number"),
        ("--", "-- is what programs write"),
        ("a@x.ch; b@x.ch", "more than one address"),
        ("anna\xa0muster", "a blank that is not a space"),
        ("R&amp;D", "a character reference of HTML"),
        ("J\u00c3\u00bcrgen", "encoded twice"),
        ("lost\ufffd", "U+FFFD"),
        ("x" * 257, "the username has 257 characters"),
        ('="7"', None),
        ("'=x", None),
        ("a,b;c\t".strip() + '"d"', None),
        ("{{ x }}", None),
        ("username", None),
        ("x" * 256, None),
        ("\u05d0\u05d1", None),
        ("TRUE", None),
        ("00042", None),
    ],
)
def test_a_username(run: Modules, simulator: Simulator, dest: Path, username: str, reason: str | None) -> None:
    add(simulator, username, "somebody", settings={"th_department": "department", "th_csi": "7"})
    result = export(run, dest)
    if reason is None:
        assert left_out(result) == []
        assert result["summary"]["people"] == 2
    else:
        [(who, why)] = left_out(result)
        way_out = WAY_OUT if len(username) <= 256 else RENAME
        finding = why.removesuffix(way_out)
        assert who == username and reason in finding and finding != why
        # The reader's own advice is about a list, and there is none.
        assert ";" not in finding and not OF_A_LIST.search(finding)
        assert result["summary"] == {"people": 1, "contacts": 0, "settings": 2}
        [warning] = result["warnings"]
        # A no-break space is shown as it is; the reason has its code.
        assert warning.startswith("1 thing(s) are in no file") and warning.replace("\xa0", " ").isprintable()
    assert changed(apply(run, dest, check=True)) == []


@pytest.mark.parametrize(
    "username", ["4.0", "-", "two\nlines", "zero\u200bwidth", "nu\0l", "lost\ufffd", "x" * 257, "anna "]
)
def test_the_ways_out_for_a_username(run: Modules, simulator: Simulator, dest: Path, username: str) -> None:
    """What the reason advises is possible."""
    simulator.control("POST", "credentials", [{"username": username, "password": "secret-of-it"}])
    [one] = simulator.state()["credentials"]
    [(_who, why)] = left_out(export(run, dest))
    if why.endswith(WAY_OUT):
        run.good("credentials", credentials=[{"id": one["id"], "locked": True}])
        assert [(now["username"], now["locked"]) for now in simulator.state()["credentials"]] == [(username, True)]
    run.good("credentials", credentials=[{"id": one["id"], "new_username": "renamed"}])
    assert left_out(export(run, dest)) == []
    assert (dest / "people.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "renamed,yes" if why.endswith(WAY_OUT) else "renamed,no"
    ]


def test_twins(run: Modules, simulator: Simulator, dest: Path) -> None:
    add(simulator, "anna", "Anna", "beat", "ANNA ")
    result = export(run, dest)
    assert left_out(result) == [
        ("ANNA ", f"a list cannot have this username: blanks at its ends, or its Unicode form, would be lost{WAY_OUT}"),
        ("Anna", f"a list cannot have it together with anna: they look alike{WAY_OUT}"),
        ("anna", f"a list cannot have it together with Anna: they look alike{WAY_OUT}"),
    ]
    assert changed(apply(run, dest, check=True)) == []


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("th_skip_wizard", "true", "its value does not have the type of the parameter"),
        ("th_skip_wizard", "perhaps", "a type or a length that the parameter does not take"),
        ("th_firstname", 7, "its value does not have the type of the parameter"),
        ("th_nickname", "x" * 33, "a type or a length that the parameter does not take"),
        ("th_Upper", "x", "no module writes a setting of this name"),
    ],
)
def test_a_setting_that_nobody_writes(
    run: Modules, simulator: Simulator, dest: Path, name: str, value: t.Any, reason: str
) -> None:
    simulator.reset(switches={"setting-values": "anything"})
    add(simulator, "anna", settings={name: value, "th_csi": "7"})
    settings(simulator, **{name: value})
    result = export(run, dest)
    assert [(who, reason in why, name in why) for who, why in left_out(result)] == [
        ("anna", True, True),
        (None, True, True),
    ]
    assert str(value) not in str(result["left_out"]) or name == "th_Upper" or value == "true" or value == 7
    assert result["summary"] == {"people": 1, "contacts": 0, "settings": 1}
    assert changed(apply(run, dest, check=True)) == []


@pytest.mark.parametrize(
    "name", ["th_first_name", "th_lastnam", "th_reema_locked", "th_reema_hashed", "th_disable__web", "th_usernam3"]
)
def test_an_unknown_setting_whose_name_looks_like_another(
    run: Modules, simulator: Simulator, dest: Path, name: str
) -> None:
    """As a heading it would be taken for something else."""
    simulator.reset(switches={"setting-values": "anything"})
    add(simulator, "anna", settings={name: "x", "th_firstname": "Anna"})
    result = export(run, dest)
    assert left_out(result) == [] and result["summary"]["settings"] == 2
    assert changed(apply(run, dest, check=True)) == []


@pytest.mark.parametrize("value", ["NULL", "nan", "1.2E+05", "#N/A"])
def test_what_a_list_takes_for_no_number(run: Modules, simulator: Simulator, dest: Path, value: str) -> None:
    """In other columns it may be a name."""
    add(simulator, "anna", settings={"th_csi": value, "th_lastname": value})
    assert left_out(export(run, dest)) == []
    listed = (dest / "people.csv").read_text(encoding="utf-8").splitlines()[1]
    assert listed == ("anna,no" if value == "#N/A" else f"anna,{value},no")
    assert changed(apply(run, dest, check=True)) == []


def test_contacts_that_no_service_should_have(dest: Path) -> None:
    """They are listed without what is too long, and left out without an ID; what their type is does not matter."""
    contacts = [
        {"threema_id": "AB12CD34", "type": None, "first_name": "x" * 257, "last_name": "Doe", "enabled": True},
        {"threema_id": "AB12CD35", "type": "new", "first_name": None, "last_name": None, "enabled": False},
        {"threema_id": "ab12cd36", "type": "custom", "first_name": None, "last_name": None, "enabled": True},
        {"threema_id": "AB12CD37", "type": "auto", "first_name": "A", "last_name": "B", "enabled": True},
    ]
    made = make_export(Whole("x", {}, [], {}, contacts, {}), Folder(str(dest)), secrets=False)
    assert made.files["contacts.csv"].decode().splitlines()[1:] == ["AB12CD34,,Doe,yes", "AB12CD35,,,no"]
    assert [one["reason"] for one in made.left_out] == [
        "the contact AB12CD34: a list cannot have its first_name",
        "the contact ab12cd36: this is not a Threema ID",
    ]


def test_a_logo_that_is_too_large(dest: Path) -> None:
    """The role that would set it reads no more."""
    padding = chunk(b"tEXt", bytes(10_000_000))
    large = LOGO.replace(b"\0\0\0\0IEND", padding + b"\0\0\0\0IEND")
    made = make_export(Whole("x", {}, [], {}, [], {"dark": large}), Folder(str(dest)), secrets=False)
    assert [one["reason"] for one in made.left_out] == ["the logo dark: it is larger than 10,000,000 bytes"]
    assert list(made.files) == ["subscription.yml"]


def test_contacts_that_no_list_can_carry(run: Modules, simulator: Simulator, dest: Path) -> None:
    contacts = [
        {"threema_id": "AB12CD34", "first_name": "two\nlines", "last_name": "Doe"},
        {"threema_id": "AB12CD35", "first_name": "=1+1", "last_name": "NULL"},
        {"threema_id": "AB12CD36", "first_name": "Mu\u0308ller", "last_name": "#N/A"},
    ]
    simulator.control("POST", "contacts", contacts)
    result = export(run, dest)
    assert left_out(result) == [
        (None, "the contact AB12CD34: a list cannot have its first_name"),
        (None, "the contact AB12CD36: a list cannot have its first_name"),
        (None, "the contact AB12CD36: a list cannot have its last_name"),
    ]
    # They stay on the list, so that nobody prunes them.
    assert (dest / "contacts.csv").read_bytes().splitlines()[1:] == [
        b"AB12CD34,,Doe,yes",
        b"AB12CD35,'=1+1,NULL,yes",
        b"AB12CD36,,,yes",
    ]
    assert changed(apply(run, dest, check=True)) == []


def test_a_logo_that_nobody_could_set(run: Modules, simulator: Simulator, dest: Path) -> None:
    fill(simulator)
    export(run, dest)
    simulator.fault(
        method="GET", path="/logos/light", kind="status", status=200, body="GIF", headers={"Content-Type": "image/jpeg"}
    )
    result = export(run, dest)
    assert [why for _who, why in left_out(result)] == [
        "the logo light: the image must be a PNG file, but this is something else"
    ]
    assert {"name": "logo_light.png", "action": "removed"} in result["files"]
    assert "subscription_logo_light" not in load(dest / "subscription.yml")


def test_templates_are_marked(run: Modules, simulator: Simulator, dest: Path) -> None:
    for text in ("{{ a }}", "{% b", "{# c", '"{{"\n', "{ {", "{}"):
        add(simulator, f"p{len(simulator.state()['credentials'])}", settings={"th_department": f"{text} "})
    export(run, dest)
    values = [one["settings"]["th_department"] for one in load(dest / "settings.yml")["credentials"]]
    assert [isinstance(value, Unsafe) for value in values] == [True, True, True, True, False, False]


# Requests and refusals


def test_requests(run: Modules, simulator: Simulator, dest: Path) -> None:
    simulator.reset(credentials=1001, licenses=2000)
    result = export(run, dest)
    assert result["api_requests"] == 1 + 1 + 3 + 1 + 1 + 2
    assert [call.partition("?")[0] for call in calls(simulator)].count("GET /mdm-bulk") == 3


def test_another_subscription(run: Modules, simulator: Simulator, dest: Path) -> None:
    refused = run.bad("subscription_export", "refused", dest=str(dest), expect_subscription="Other")
    assert "not Other" in refused["msg"] and calls(simulator) == ["GET /"] and not dest.exists()


@pytest.mark.parametrize("check", [True, False])
def test_a_folder_that_cannot_be_one(run: Modules, simulator: Simulator, tmp_path: Path, check: bool) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    for path in ("link", "link/", "no/where"):
        refused = run.bad("subscription_export", "refused", dest=f"{tmp_path}/{path}", check=check)
        assert refused["msg"].startswith(f"dest: {tmp_path}/{path.rstrip('/')} ")
        assert "files" not in refused
    assert simulator.requests() == [] and list((tmp_path / "real").iterdir()) == []


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("name", ["subscription.yml", "people.csv", ".gitignore", "secrets.yml"])
def test_a_link_in_the_way(run: Modules, simulator: Simulator, dest: Path, name: str, check: bool) -> None:
    add(simulator, "anna")
    dest.mkdir()
    (dest.parent / "target").write_bytes(b"mine")
    (dest / name).symlink_to(dest.parent / "target")
    refused = run.bad("subscription_export", "refused", dest=str(dest), secrets=True, check=check)
    assert refused["msg"].startswith(f"dest: {dest / name} is a symbolic link")
    assert [path.name for path in dest.iterdir()] == [name] and (dest.parent / "target").read_bytes() == b"mine"


def test_a_list_that_is_not_whole(run: Modules, simulator: Simulator, dest: Path) -> None:
    simulator.reset(credentials=600)
    export(run, dest)
    before = content(dest)
    simulator.fault(method="GET", path="/mdm-bulk", kind="status", status=500, skip=1, times=None)
    refused = run.bad("subscription_export", "server", dest=str(dest), api_retries=0)
    assert not refused["changed"] and content(dest) == before
