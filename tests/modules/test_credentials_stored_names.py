# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that stores usernames in another form than requested: results show what is there, and a warning says so."""

from __future__ import annotations

import typing as t
import unicodedata
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.modules.journals import JournalFile
from ansible_collections.threema.work.tests.support.between import Between, Pass, Reply
from ansible_collections.threema.work.tests.support.modules import (
    Modules,
    Result,
    add,
    calls,
    credentials_of,
    summary,
)
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

Form = t.Callable[[str], str]
BOTH: t.Final = pytest.mark.parametrize("module", ["credential", "credentials"])
#: What is sent, the form that the service stores, and how a warning shows both.
FORMS: t.Final[list[tuple[str, Form, str, str]]] = [
    ("New1", str.lower, "New1", "new1"),
    (" anna", str.strip, "' anna'", "anna"),
    ("zoe\u0308", lambda name: unicodedata.normalize("NFC", name), "zoe\\u0308", "zo\u00eb"),
    # No twin of what was sent: it is cut off.
    ("anna.muster", lambda name: name[:8], "anna.muster", "anna.mus"),
]
ADVICE: t.Final = "; give each username as the service stores it, otherwise the next run does not find the credential"


class Storing:
    """A service that stores usernames in its own form.

    :param lost: this many answers to writes of credentials are lost after they were carried out.
    :param finds: whether a search for a name in another form finds it.
    """

    def __init__(self, form: Form = str.lower, *, lost: int = 0, finds: bool = False) -> None:
        self._form, self._lost, self._finds = form, lost, finds

    def __call__(self, send: Pass, method: str, path: str, payload: t.Any) -> Reply:
        if self._finds and "filterUsername=" in path:
            before, name, value = path.partition("filterUsername=")
            path = before + name + self._form(value)
        if not path.startswith("/credentials") or "username" not in (payload or {}):
            return send(method, path, payload)
        reply = send(method, path, {**payload, "username": self._form(payload["username"])})
        if self._lost and reply.status < 300:
            self._lost -= 1
            return Reply(500, {"error": "lost"})
        return reply


def only(module: str, item: Result) -> Result:
    """The options for one item."""
    return {"credentials": [item]} if module == "credentials" else item


def one_of(result: Result) -> Result:
    """The only credential of a result."""
    if "credentials" not in result:
        return t.cast(Result, result["credential"])
    (one,) = result["credentials"]
    return t.cast(Result, one)


def unlike(result: Result) -> list[str]:
    """The warnings that something is not as requested."""
    return [text for text in result["warnings"] if "not as requested" in text]


@pytest.fixture
def journal(simulator: Simulator, tmp_path: Path) -> JournalFile:
    return JournalFile(tmp_path / "journal.jsonl", simulator)


# Created


@BOTH
@pytest.mark.parametrize(("sent", "form", "asked", "there"), FORMS, ids=["case", "blanks", "unicode", "cut"])
def test_creation(
    run: Modules, simulator: Simulator, module: str, sent: str, form: Form, asked: str, there: str
) -> None:
    item = {"username": sent, "password": "x", "settings": {"th_csi": "1"}}
    with Between(simulator, Storing(form)) as between:
        done = run.good(module, api_url=between.url, **only(module, item))
        again = run.good(module, api_url=between.url, **only(module, {**item, "username": form(sent)}))
    assert one_of(done)["username"] == form(sent)
    assert done.get("created", [form(sent)]) == [form(sent)]
    told = f"1 credential(s) were created, but not as requested: {asked} (username: {there} instead of {asked})"
    assert unlike(done) == [told + ADVICE]
    # With the name that the warning gives, nothing is left to do.
    assert (again["changed"], unlike(again)) == (False, [])
    assert credentials_of(simulator)[form(sent)]["settings"] == {"th_csi": "1"}


def test_creation_of_several(run: Modules, simulator: Simulator) -> None:
    """Only those are named whose name is another one; another wish that was ignored is told with it."""

    class Unlocking(Storing):
        def __call__(self, send: Pass, method: str, path: str, payload: t.Any) -> Reply:
            return super().__call__(send, method, path, {**payload, "lock": False} if payload else payload)

    items = [{"username": name, "password": "x"} for name in ("Anna", "bert")]
    items.append({"username": "Carl", "password": "x", "locked": True})
    with Between(simulator, Unlocking()) as between:
        done = run.good("credentials", api_url=between.url, credentials=items, concurrency=1)
    odd = "Anna (username: anna instead of Anna), Carl (locked: false, username: carl instead of Carl)"
    assert unlike(done) == [f"2 credential(s) were created, but not as requested: {odd}{ADVICE}"]
    assert done["created"] == ["anna", "bert", "carl"]


@BOTH
def test_the_same_items_again(run: Modules, simulator: Simulator, module: str) -> None:
    """They fail, and the advice helps: the name that is there."""
    ids = add(simulator, "new1")
    with Between(simulator, Storing(finds=True)) as between:
        failed = run(module, api_url=between.url, **only(module, {"username": "New1", "password": "x"}))
    assert failed["failed"]
    for part in (f"there is a credential new1 (id {ids['new1']})", "give its username as it is there"):
        assert part in failed["msg"], failed["msg"]
    assert not any(call.startswith(("POST", "PUT")) for call in calls(simulator))


# Created, and the answer was lost


@BOTH
@pytest.mark.parametrize("form", [str.lower, lambda name: name[:3]], ids=["case", "cut"])
def test_lost_creation(run: Modules, simulator: Simulator, journal: JournalFile, module: str, form: Form) -> None:
    """The generated password shows that it was this task: it is done, settings included."""
    options = only(module, {"username": "New1", "settings": {"th_csi": "1"}})
    options.update(generate_password=True, return_passwords=True, journal=str(journal.path))
    with Between(simulator, Storing(form, lost=1)) as between:
        done = run.good(module, api_url=between.url, **options)
    made = one_of(done)
    state = credentials_of(simulator)[form("New1")]
    assert len(credentials_of(simulator)) == 1
    assert (made["username"], made["id"], made["created"]) == (form("New1"), state["id"], True)
    assert (made["password"], state["settings"]) == (state["password"], {"th_csi": "1"})
    assert len(unlike(done)) == 1 and f"username: {form('New1')} instead of New1" in unlike(done)[0]
    assert [line["username"] for line in journal.whole_lines()] == [form("New1")] * 2


@pytest.mark.parametrize("number", [1, 2])
def test_lost_creation_that_is_not_sent_again(run: Modules, simulator: Simulator, number: int) -> None:
    """It is found where the look afterwards shows it: in a search that is not exact, or in the list."""
    items = [{"username": f"New{index}"} for index in range(number)]
    service = Storing(lost=number, finds=number == 1)
    with Between(simulator, service) as between:
        done = run.good(
            "credentials", api_url=between.url, credentials=items, generate_password=True, api_retries=0, concurrency=1
        )
    assert done["created"] == [f"new{index}" for index in range(number)]
    assert len(unlike(done)) == 1
    assert calls(simulator).count("POST /credentials") == number


@BOTH
def test_lost_creation_with_a_given_password(run: Modules, simulator: Simulator, module: str) -> None:
    """Nothing shows whose it is: it fails, and names what is there."""
    item = {"username": "New1", "password": "one for everybody"}
    with Between(simulator, Storing(lost=1)) as between:
        failed = run(module, api_url=between.url, **only(module, item))
    (there,) = credentials_of(simulator).values()
    assert failed["failed"]
    assert f"there is a credential new1 (id {there['id']})" in failed["msg"], failed["msg"]


@BOTH
def test_somebody_elses(run: Modules, simulator: Simulator, module: str) -> None:
    """A twin with another password, created at the same moment, is not taken for the task's own."""

    def change(send: Pass, method: str, path: str, payload: t.Any) -> Reply:
        if method == "POST":
            reply = send(method, path, {**payload, "username": "new1", "password": "of somebody else"})
            return Reply(500, {"error": "lost"}) if reply.status < 300 else reply
        return send(method, path, payload)

    with Between(simulator, change) as between:
        failed = run(module, api_url=between.url, **only(module, {"username": "New1"}), generate_password=True)
    assert failed["failed"] and not failed["changed"]
    assert "there is a credential new1" in failed["msg"]


# Renamed


@BOTH
def test_lost_renaming(run: Modules, simulator: Simulator, journal: JournalFile, module: str) -> None:
    """What the look afterwards shows is in result, warning, and journal; it is not sent again."""
    ids = add(simulator, "bare")
    options = {"journal": str(journal.path), "api_retries": 0}
    item = {"username": "bare", "new_username": "Bare2"}
    with Between(simulator, Storing(lost=1)) as between:
        done = run.good(module, api_url=between.url, **options, **only(module, item))
    assert one_of(done)["username"] == "bare2"
    told = "1 credential(s) were updated, but not as requested: bare (username: bare2 instead of Bare2)"
    assert unlike(done) == [told + ADVICE]
    (line,) = journal.whole_lines()
    assert (line["action"], line["username"], line["id"]) == ("updated", "bare2", ids["bare"])
    assert sum(call.startswith("PUT") for call in calls(simulator)) == 1


def test_lost_renaming_of_who_was_matched(run: Modules, simulator: Simulator) -> None:
    add(simulator, "bare", settings={"th_csi": "1"})
    options = {"match_setting": "th_csi", "rename_matched": True, "api_retries": 0}
    items = [{"username": "Bare2", "settings": {"th_csi": "1"}}]
    with Between(simulator, Storing(lost=1)) as between:
        done = run.good("credentials", api_url=between.url, credentials=items, **options)
    (matched,) = done["matched"]
    assert (matched["username"], matched["listed_as"], matched["renamed"]) == ("bare2", "Bare2", True)


@BOTH
@pytest.mark.parametrize("lasting", ["bare2", "BARE"])
def test_who_was_renamed_before(run: Modules, simulator: Simulator, module: str, lasting: str) -> None:
    """The item finds neither of its names, and names the twin of either that the list shows."""
    ids = add(simulator, lasting, "carl")
    item = {"username": "bare", "new_username": "Bare2"}
    failed = run.bad(module, "not_found", **only(module, item))
    for part in ("no credential named bare or Bare2", f"there is a credential {lasting} (id {ids[lasting]})"):
        assert part in failed["msg"], failed["msg"]
    assert "carl" not in failed["msg"]


def test_who_has_left(run: Modules, simulator: Simulator) -> None:
    """An id that is gone has no twin."""
    add(simulator, "BARE")
    item = {"id": "gone", "username": "bare", "new_username": "Bare2"}
    failed = run.bad("credentials", "not_found", credentials=[item])
    assert "BARE" not in failed["msg"]


@pytest.mark.parametrize("item", [{"locked": True}, {"new_username": "Anna"}], ids=["lock", "twin"])
def test_no_sign_of_a_lost_change(run: Modules, simulator: Simulator, item: Result) -> None:
    """A twin that nobody has asked for, and the name that was there before, show nothing: the item fails."""
    add(simulator, "anna")

    def change(send: Pass, method: str, path: str, payload: t.Any) -> Reply:
        if method != "PUT":
            return send(method, path, payload)
        # Somebody else renames the credential at the same moment; or nothing is carried out.
        send(method, path, {**payload, "username": "anna" if "new_username" in item else "ANNA"})
        return Reply(500, {"error": "lost"})

    items = [{"username": "anna", **item}]
    with Between(simulator, change) as between:
        failed = run.bad("credentials", "server", api_url=between.url, credentials=items, api_retries=0)
    assert (failed["changed"], failed["summary"], unlike(failed)) == (False, summary(failed=1), [])
