# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal of each module that writes: a line for each change, no other, and no secret in it."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
from ansible_collections.threema.work.plugins.module_utils._http import Client
from ansible_collections.threema.work.tests.modules.journals import (
    JournalFile,
    credential_line,
    said,
    setting_line,
    user_line,
)
from ansible_collections.threema.work.tests.modules.leaving import IDS, STATES, absent, populate
from ansible_collections.threema.work.tests.modules.test_logo import LOGO, picture, text
from ansible_collections.threema.work.tests.support.modules import (
    LOST_CREATION,
    Modules,
    Result,
    add,
    calls,
    credentials_of,
    summary,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

BOTH: t.Final = pytest.mark.parametrize("identity", ["detach", "revoke"])
LEAVE: t.Final = {"max_removals": -1, "concurrency": 1}


@pytest.fixture
def journal(simulator: Simulator, tmp_path: Path) -> JournalFile:
    """A journal that is not there yet."""
    return JournalFile(tmp_path / "journal.jsonl", simulator)


@pytest.fixture
def write(run: Modules, journal: JournalFile) -> t.Callable[..., Result]:
    """Runs a module with the journal; it has to succeed."""
    return lambda module, /, **options: run.good(module, journal=str(journal.path), **options)


Write = t.Callable[..., Result]


# What each module writes


def test_contact(write: Write, journal: JournalFile) -> None:
    for options in ({"first_name": "Jane"}, {"last_name": "Doe"}, {"last_name": "Doe"}, {"state": "absent"}):
        write("contact", threema_id="AB12CD34", **options)
    assert journal.lines("contact") == [
        said(action, threema_id="AB12CD34") for action in ("created", "updated", "removed")
    ]
    assert "Doe" not in journal.text


def test_contacts(write: Write, journal: JournalFile) -> None:
    names = {"first_name": "A", "last_name": "B"}
    three = [{"threema_id": f"AB12CD3{number}", **names} for number in range(3)]
    write("contacts", contacts=three, concurrency=1)
    write("contacts", contacts=[{**three[0], "enabled": False}, three[1]], prune=True, concurrency=1)
    assert journal.lines("contacts") == [
        *(said("created", threema_id=f"AB12CD3{number}") for number in range(3)),
        said("updated", threema_id="AB12CD30"),
        said("removed", threema_id="AB12CD32"),
    ]


def test_credential(write: Write, journal: JournalFile, simulator: Simulator) -> None:
    settings = {"th_safe_password": "Safe/77+x", "th_csi": "4711"}
    write("credential", username="jane", password="Secret/1", settings=settings)
    id_ = credentials_of(simulator)["jane"]["id"]
    created, *rest = journal.taken("credential")
    assert created == credential_line("created", "jane", id_)
    assert rest == [setting_line("created", name, id_, "jane") for name in settings]
    write("credential", username="jane", settings={"th_csi": "4712", "th_nickname": "J"})
    assert sorted(journal.taken("credential"), key=lambda line: str(line["name"])) == [
        setting_line("updated", "th_csi", id_, "jane"),
        setting_line("created", "th_nickname", id_, "jane"),
    ]
    write("credential", username="jane", new_username="jane.doe")
    assert journal.taken("credential") == [credential_line("updated", "jane.doe", id_)]
    write("credential", username="jane.doe", locked=False, settings={"th_csi": "4712"})
    assert journal.taken("credential") == []
    write("credential", username="jane.doe", state="absent")
    assert journal.taken("credential") == [credential_line("removed", "jane.doe", id_)]


def test_credentials(write: Write, journal: JournalFile, simulator: Simulator) -> None:
    """Removals first, then each credential, then the settings of all."""
    before = add(simulator, "old", "stays", "moves")
    items = [
        {"username": "new", "settings": {"th_csi": "1", "th_id_backup_password": "Pw-of-new/9"}},
        {"username": "moves", "new_username": "moved", "settings": {"th_csi": "2"}},
        {"username": "stays"},
    ]
    write("credentials", credentials=items, generate_password=True, prune=True, concurrency=1)
    new = credentials_of(simulator)["new"]["id"]
    lines = journal.lines("credentials")
    assert lines[:3] == [
        credential_line("removed", "old", before["old"]),
        credential_line("created", "new", new),
        credential_line("updated", "moved", before["moves"]),
    ]
    assert lines[3:] == [
        setting_line("created", "th_csi", new, "new"),
        setting_line("created", "th_id_backup_password", new, "new"),
        setting_line("created", "th_csi", before["moves"], "moved"),
    ]


@BOTH
def test_credentials_with_their_ids(write: Write, journal: JournalFile, simulator: Simulator, identity: str) -> None:
    """The random password is an update; each ID and each credential is a removal."""
    ids = populate(simulator)
    people = absent("jane", "team", "otto", "nobody")
    write("credentials", credentials=people, identity=identity, threema_ids=["GONE0001", "JANE0001"], **LEAVE)
    state = STATES[identity]
    assert journal.lines("credentials") == [
        *_leaves("jane", ids["jane"], state),
        *_leaves("team", ids["team"], state),
        credential_line("removed", "otto", ids["otto"]),
        user_line("GONE0001", state),
    ]


def _leaves(username: str, id_: str, state: str) -> list[Result]:
    return [
        credential_line("updated", username, id_),
        *(user_line(threema_id, state, username) for threema_id in IDS[username]),
        credential_line("removed", username, id_),
    ]


def test_credential_with_its_ids(write: Write, journal: JournalFile, simulator: Simulator) -> None:
    ids = populate(simulator)
    write("credential", username="team", state="absent", identity="revoke", max_removals=3)
    assert journal.lines("credential") == _leaves("team", ids["team"], "revoked")


def test_user_and_users(write: Write, journal: JournalFile, simulator: Simulator) -> None:
    """The username is in a line where it is known without a request more."""
    populate(simulator)
    write("user", threema_id="JANE0001", state="detached")
    write("user", username="john", state="revoked")
    write("user", threema_id="NONE0001", state="revoked")
    assert journal.lines("user") == [user_line("JANE0001", "detached"), user_line("JOHN0001", "revoked", "john")]
    items = [{"username": "team"}, {"threema_id": "STAY0001", "state": "detached"}, {"username": "otto"}]
    write("users", users=items, state="revoked", concurrency=1)
    team = [user_line(threema_id, "revoked", "team") for threema_id in IDS["team"]]
    assert journal.lines("users") == [*team, user_line("STAY0001", "detached", "stays")]


def test_mdm_setting(write: Write, journal: JournalFile, simulator: Simulator) -> None:
    ids = add(simulator, "jane")
    for options in ({"value": "30"}, {"value": 60}, {"value": 60}, {"state": "absent"}):
        write("mdm_setting", name="th_keep_messages_days", **options)
    write("mdm_setting", name="th_safe_password", value="Safe/77+x", username="jane")
    write("mdm_setting", name="th_csi", value="Csi/88+x", credential_id=ids["jane"])
    write("mdm_setting", name="th_csi", username="jane", state="absent")
    assert journal.lines("mdm_setting") == [
        *(setting_line(action, "th_keep_messages_days", None) for action in ("created", "updated", "removed")),
        setting_line("created", "th_safe_password", ids["jane"], "jane"),
        setting_line("created", "th_csi", ids["jane"]),
        setting_line("removed", "th_csi", ids["jane"], "jane"),
    ]
    assert "/77+x" not in journal.text and "/88+x" not in journal.text


def test_mdm_settings(write: Write, journal: JournalFile, simulator: Simulator) -> None:
    """Removals and global settings first, then those of the bulk write."""
    ids = add(simulator, "jane", "john", "jim", settings={"th_csi": "1", "th_nickname": "x"})
    write("mdm_setting", name="th_block_unknown", value=True)
    items = [
        {"username": "jane", "settings": {"th_csi": "2", "th_department": "D"}},
        {"id": ids["john"], "settings": {"th_csi": "2", "th_nickname": "x"}},
        {"username": "jim", "settings": {"th_csi": "1", "th_nickname": "x"}},
    ]
    write("mdm_settings", settings={"th_disable_export": True}, credentials=items, prune=True, concurrency=1)
    assert journal.lines("mdm_settings") == [
        setting_line("created", "th_disable_export", None),
        setting_line("removed", "th_block_unknown", None),
        setting_line("removed", "th_nickname", ids["jane"], "jane"),
        setting_line("updated", "th_csi", ids["jane"], "jane"),
        setting_line("created", "th_department", ids["jane"], "jane"),
        setting_line("updated", "th_csi", ids["john"]),
    ]


def test_logo_and_subscription(write: Write, journal: JournalFile) -> None:
    for options in (LOGO, LOGO, picture(shade=9), None):
        write("logo", variant="dark", **({"content": text(options)} if options else {"state": "absent"}))
    assert journal.lines("logo") == [said(action, variant="dark") for action in ("created", "updated", "removed")]
    write("subscription", name="Example Ltd, new")
    write("subscription", name="Example Ltd, new")
    assert journal.lines("subscription") == [said("updated", name="Example Ltd, new")]


def test_secrets_are_in_no_line(write: Write, journal: JournalFile, simulator: Simulator) -> None:
    """Given passwords, generated ones, those that the service holds, and the values of settings."""
    populate(simulator, settings={"th_safe_password": "Safe-of-all/1"})
    made = write(
        "credentials",
        credentials=[
            {"username": "given", "password": "Given/55+x", "settings": {"th_license_password": "License/5"}},
            {"username": "generated", "generate_password": True, "settings": {"th_csi": "Value/5"}},
            *absent("jane"),
        ],
        identity="detach",
        return_passwords=True,
        update_password="always",
    )
    write("mdm_setting", name="th_safe_server_password", value="Token/5")
    held = {one["password"] for one in simulator.state()["credentials"]}
    secrets = {"Given/55+x", "License/5", "Value/5", "Token/5", "Safe-of-all/1", simulator.key, "secret-of-jane"}
    secrets |= held | {one["password"] for one in made["credentials"] if "password" in one}
    assert len(secrets) > 10 and journal.text.count("\n") == 8
    assert not [secret for secret in secrets if secret in journal.text]


def test_names_that_a_terminal_obeys(write: Write, journal: JournalFile, simulator: Simulator) -> None:
    """A line is one line to every reader, and what can be read stays readable."""
    name = "Özlem\u2028\x1b[2J\u202e \U0001f600\U000e0001\x85\x7f"
    simulator.control("POST", "credentials", [{"username": name, "password": "x"}])
    write("credential", username=name, state="absent")
    assert len(journal.text.splitlines()) == 1 and "Özlem" in journal.text and "\U0001f600" in journal.text
    assert not [one for one in journal.text[:-1] if not one.isprintable()]
    assert journal.lines("credential")[0]["username"] == name


# When it is written


def test_a_line_is_there_before_the_next_request(
    write: Write, journal: JournalFile, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each request, all that was answered before is in the file."""
    populate(simulator)
    seen: list[tuple[str, int]] = []
    send = Client.request

    def watched(client: Client, method: str, path: str, **more: t.Any) -> t.Any:
        seen.append((method, journal.text.count("\n")))
        return send(client, method, path, **more)

    monkeypatch.setattr(Client, "request", watched)
    people = [{"username": f"p{number}", "settings": {"th_csi": "1"}} for number in range(6)]
    items = [*absent("jane", "john", "team"), *people]
    write("credentials", credentials=items, generate_password=True, identity="revoke", **LEAVE)
    writes = [lines for method, lines in seen if method != "GET"]
    assert len(writes) == 3 + 5 + 3 + 6 + 1
    assert writes == list(range(len(writes)))
    assert journal.text.count("\n") == len(writes) - 1 + 6


def test_lost_answers_are_written_once_they_are_settled(
    write: Write, journal: JournalFile, simulator: Simulator
) -> None:
    """Creations, the new password, IDs, removals, and a bulk write: each lost, and looked for."""
    ids = populate(simulator)
    lost = {"kind": "drop_after", "times": 1}
    simulator.fault(**LOST_CREATION)
    for method, path in (("PUT", "/credentials/*"), ("DELETE", "/users/*"), ("DELETE", "/credentials/*")):
        simulator.fault(method=method, path=path, **lost)
    simulator.fault(method="POST", path="/mdm-bulk", **lost)
    items = [*absent("jane"), {"username": "new", "generate_password": True, "settings": {"th_csi": "1"}}]
    write("credentials", credentials=items, identity="revoke", concurrency=1)
    new = credentials_of(simulator)["new"]["id"]
    assert journal.lines("credentials") == [
        *_leaves("jane", ids["jane"], "revoked"),
        credential_line("created", "new", new),
        setting_line("created", "th_csi", new, "new"),
    ]


@BOTH
@pytest.mark.parametrize("part", ["PUT", "ends", "DELETE"])
def test_a_lost_part_that_is_not_sent_again(
    run: Modules, journal: JournalFile, simulator: Simulator, identity: str, part: str
) -> None:
    """Without retries a look alone tells what became of it."""
    ids = populate(simulator)
    ends = ("POST", "/users/*") if identity == "detach" else ("DELETE", "/users/*")
    method, path = ends if part == "ends" else (part, "/credentials/*")
    simulator.fault(method=method, path=path, kind="drop_after")
    options = {"credentials": absent("jane"), "identity": identity, "api_retries": 0}
    run.good("credentials", journal=str(journal.path), **options)
    assert journal.lines("credentials") == _leaves("jane", ids["jane"], STATES[identity])


def test_lost_answers_about_other_objects(write: Write, journal: JournalFile, simulator: Simulator) -> None:
    populate(simulator)
    options: Result = {"api_retries": 0}
    for method, path in (
        ("POST", "/contacts"),
        ("DELETE", "/users/*"),
        ("PUT", "/logos/*"),
        ("PUT", "/*"),
        ("POST", "/mdm"),
    ):
        simulator.fault(method=method, path=path, kind="drop_after")
    write("contacts", contacts=[{"threema_id": "AB12CD34"}], **options)
    write("users", users=[{"threema_id": "JANE0001"}], state="revoked", **options)
    write("logo", variant="light", content=text(LOGO), **options)
    write("subscription", name="Another", **options)
    write("mdm_settings", settings={"th_csi": "1"}, **options)
    assert [journal.lines(name) for name in ("contacts", "users", "logo", "subscription", "mdm_settings")] == [
        [said("created", threema_id="AB12CD34")],
        [user_line("JANE0001", "revoked")],
        [said("created", variant="light")],
        [said("updated", name="Another")],
        [setting_line("created", "th_csi", None)],
    ]


def test_what_failed_has_no_line(run: Modules, journal: JournalFile, simulator: Simulator) -> None:
    """What was refused, what an answer was lost of that nobody could look after, and what was not sent."""
    ids = populate(simulator)
    simulator.fault(method="DELETE", path="/users/TEAM0002", status=403)
    failed = run.bad(
        "credentials", "permission", credentials=absent("team"), identity="revoke", journal=str(journal.path), **LEAVE
    )
    assert failed["summary"] == summary(failed=1)
    assert journal.taken("credentials") == [
        credential_line("updated", "team", ids["team"]),
        user_line("TEAM0001", "revoked", "team"),
        user_line("TEAM0003", "revoked", "team"),
    ]
    simulator.control("DELETE", "faults")
    run.good("credentials", credentials=absent("team"), identity="revoke", journal=str(journal.path), **LEAVE)
    assert journal.taken("credentials") == [
        credential_line("updated", "team", ids["team"]),
        user_line("TEAM0002", "revoked", "team"),
        credential_line("removed", "team", ids["team"]),
    ]
    simulator.fault(method="POST", path="/contacts", kind="drop_after")
    simulator.fault(method="GET", path="/contacts*", kind="drop_before", skip=1, times=None)
    run.bad("contacts", "network", contacts=[{"threema_id": "AB12CD34"}], journal=str(journal.path), api_retries=0)
    assert journal.text == ""


@pytest.mark.parametrize("module", ["credentials", "mdm_settings"])
@pytest.mark.parametrize("manner", ["atomic", "partial", "partial-settings"])
def test_settings_that_are_refused(
    run: Modules, journal: JournalFile, simulator: Simulator, module: str, manner: str
) -> None:
    """One line for each setting that the service holds, however often it was sent; none for a refused one."""
    simulator.reset(credentials=40, switches={"bulk-errors": manner, "text-settings": "no-exclamation"})
    ids = {name: one["id"] for name, one in credentials_of(simulator).items()}
    items = [{"username": name, "settings": {"th_csi": "1", "th_department": "d"}} for name in ids]
    for place in (0, 7, 39):
        items[place]["settings"] = {"th_csi": "no!", "th_department": "d"}
    run.bad(module, "invalid", credentials=items, journal=str(journal.path))
    held = credentials_of(simulator)
    expected = [
        setting_line("created", name, ids[username], username)
        for username in ids
        for name in held[username]["settings"]
    ]
    assert len(expected) == 77

    def by_place(line: Result) -> tuple[str, str]:
        return line["username"], line["name"]

    assert sorted(journal.lines(module), key=by_place) == sorted(expected, key=by_place)


# Check mode, and nothing to do


def test_nothing_is_created_for_nothing(run: Modules, journal: JournalFile, simulator: Simulator) -> None:
    """Neither in check mode, nor where all is as wanted, nor in a run that is refused."""
    options: Result = {"username": "jane", "password": "x", "journal": str(journal.path)}
    run.good("credential", check=True, **options)
    run.bad("credentials", "refused", credentials=[{"username": "jane"}], journal=options["journal"])
    assert not journal.path.exists()
    run.good("credential", **options)
    journal.path.unlink()
    assert not run.good("credential", **options)["changed"]
    assert not journal.path.exists()
    journal.path.write_text("before\n", encoding="utf-8")
    os.utime(journal.path, (1, 1))
    run.good("credential", check=True, **{**options, "state": "absent"})
    assert (journal.text, journal.path.stat().st_mtime) == ("before\n", 1)
    assert "DELETE" not in " ".join(calls(simulator))
