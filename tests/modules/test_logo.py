# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logos: checked before they are sent, compared by their content, uploaded however the service wants it."""

from __future__ import annotations

import base64
import hashlib
import struct
import typing as t
import zlib
from pathlib import Path

import pytest
from ansible_collections.threema.work.tests.support.modules import Modules, Result, calls, text_of
from ansible_collections.threema.work.tests.support.simulator_process import Simulator


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture(width: int = 680, height: int = 80, *, shade: int = 0, level: int = 9) -> bytes:
    """A gray PNG."""
    rows = (b"\x00" + bytes([shade]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, level)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


LOGO: t.Final = picture()
SHOWN: t.Final = {
    "present": True,
    "width": 680,
    "height": 80,
    "size": len(LOGO),
    "sha256": hashlib.sha256(LOGO).hexdigest(),
}
NOTHING: t.Final = {"present": False, "width": None, "height": None, "size": None, "sha256": None}
WRITES: t.Final = ("PUT", "POST", "DELETE")


def text(content: bytes) -> str:
    """As Base64."""
    return base64.b64encode(content).decode()


def held(simulator: Simulator, variant: str = "light") -> bytes | None:
    """What the service holds."""
    logo = simulator.state()["logos"].get(variant)
    return base64.b64decode(logo["content"]) if logo else None


def writes(simulator: Simulator) -> list[str]:
    """What was sent that is not only reading."""
    return [call for call in calls(simulator) if call.startswith(WRITES)]


@pytest.fixture(params=["src", "content"])
def given(request: pytest.FixtureRequest, tmp_path: Path) -> Result:
    """The logo as a file and as Base64."""
    if request.param == "content":
        return {"content": text(LOGO)}
    path = tmp_path / "logo.png"
    path.write_bytes(LOGO)
    return {"src": str(path)}


@pytest.mark.parametrize("variant", ["light", "dark"])
def test_upload_twice(run: Modules, simulator: Simulator, given: Result, variant: str) -> None:
    first = run.good("logo", variant=variant, **given)
    assert (first["changed"], first["api_requests"]) == (True, 2)
    assert first["logo"] == {"variant": variant, **SHOWN}
    assert held(simulator, variant) == LOGO
    assert list(simulator.state()["logos"]) == [variant]
    sent = next(one for one in simulator.requests() if one["method"] == "PUT")
    assert (sent["headers"]["Content-Type"], sent["body_length"]) == ("image/png", len(LOGO))
    again = run.good("logo", variant=variant, **given)
    assert (again["changed"], again["api_requests"], again["logo"]) == (False, 1, first["logo"])


def test_base64_in_lines(run: Modules, simulator: Simulator) -> None:
    assert run.good("logo", variant="light", content=base64.encodebytes(LOGO).decode())["changed"]
    assert held(simulator) == LOGO


def test_another_one_and_none(run: Modules, simulator: Simulator) -> None:
    run.good("logo", variant="light", content=text(LOGO))
    other = picture(shade=9)
    assert run.good("logo", variant="light", content=text(other))["changed"]
    assert held(simulator) == other
    gone = run.good("logo", variant="light", state="absent")
    assert (gone["changed"], gone["logo"], gone["api_requests"]) == (True, {"variant": "light", **NOTHING}, 2)
    assert held(simulator) is None
    again = run.good("logo", variant="light", state="absent")
    assert (again["changed"], again["logo"], again["api_requests"]) == (False, {"variant": "light", **NOTHING}, 1)


@pytest.mark.parametrize("level", [0, 1])
def test_compressed_otherwise_it_is_unchanged(run: Modules, simulator: Simulator, level: int) -> None:
    run.good("logo", variant="light", content=text(LOGO))
    result = run.good("logo", variant="light", content=text(picture(level=level)))
    assert not result["changed"]
    # What is returned is what the service holds.
    assert result["logo"] == {"variant": "light", **SHOWN}


def test_a_service_that_stores_other_bytes(run: Modules, simulator: Simulator, given: Result) -> None:
    simulator.reset(switches={"logo-reencode": "on"})
    assert run.good("logo", variant="light", **given)["changed"]
    assert held(simulator) != LOGO
    again = run.good("logo", variant="light", **given)
    assert (again["changed"], again["api_requests"]) == (False, 1)
    assert again["logo"]["sha256"] == run.good("logo_info", variant="light")["logos"][0]["sha256"]
    assert run.good("logo", variant="light", content=text(picture(shade=1)))["changed"]


@pytest.mark.parametrize("status", ["200", "201", "204"])
@pytest.mark.parametrize(("method", "expected"), [("PUT", ["PUT"]), ("POST", ["PUT", "POST"])])
def test_put_or_post(run: Modules, simulator: Simulator, method: str, expected: list[str], status: str) -> None:
    simulator.reset(switches={"logo-method": method, "logo-status": status})
    done = run.good("logo", variant="dark", content=text(LOGO))
    assert done["changed"]
    assert writes(simulator) == [f"{one} /logos/dark" for one in expected]
    assert held(simulator, "dark") == LOGO


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_service_that_knows_no_put(run: Modules, simulator: Simulator, status: int) -> None:
    simulator.reset(switches={"logo-method": "POST"})
    simulator.fault(method="PUT", kind="status", status=status, times=None)
    assert run.good("logo", variant="dark", content=text(LOGO), api_retries=0)["changed"]
    assert writes(simulator) == ["PUT /logos/dark", "POST /logos/dark"]


def test_an_upload_that_is_refused_is_not_tried_otherwise(run: Modules, simulator: Simulator) -> None:
    simulator.fault(method="PUT", status=400, times=None)
    failed = run.bad("logo", "invalid", variant="light", content=text(LOGO))
    assert (failed["changed"], writes(simulator)) == (False, ["PUT /logos/light"])


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("options", [{"content": text(LOGO)}, {"state": "absent"}], ids=["present", "absent"])
def test_check_mode_predicts(run: Modules, simulator: Simulator, options: Result, exists: bool) -> None:
    if exists:
        run.good("logo", variant="light", content=text(picture(shade=5)))
        simulator.forget_requests()
    before = held(simulator)
    predicted = run.good("logo", check=True, diff=True, variant="light", **options)
    assert (writes(simulator), held(simulator)) == ([], before)
    done = run.good("logo", diff=True, variant="light", **options)
    for name in ("changed", "logo", "diff"):
        assert done[name] == predicted[name]
    assert done["changed"] is (exists or "content" in options)
    for one in done["diff"]:
        assert f"present: {str(exists).lower()}\n" in one["before"]
        assert one["after"] == text_of(**done["logo"])


LOST: t.Final = [{"kind": "drop_after"}, {"kind": "drop_before"}, {"status": 500, "after_work": True}, {"status": 500}]


@pytest.mark.parametrize("fault", LOST, ids=str)
@pytest.mark.parametrize("retries", [0, 4])
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_lost_answers_are_told_truly(
    run: Modules, simulator: Simulator, method: str, fault: dict[str, t.Any], retries: int
) -> None:
    simulator.reset(switches={"logo-method": "POST" if method == "POST" else "PUT"})
    if method == "DELETE":
        run.good("logo", variant="light", content=text(LOGO))
    simulator.fault(method=method, path="/logos/*", **fault)
    options = {"state": "absent"} if method == "DELETE" else {"content": text(LOGO)}
    result = run("logo", variant="light", api_retries=retries, **options)
    happened = held(simulator) == (None if method == "DELETE" else LOGO)
    assert (result["changed"], result["failed"]) == (happened, not happened)
    assert happened or retries == 0


def refused(run: Modules, simulator: Simulator, **options: t.Any) -> str:
    """The message of a task that is refused before any request."""
    for check in (True, False):
        result = run.bad("logo", "refused", check=check, variant="light", **options)
        assert (result["changed"], result["api_requests"]) == (False, 0)
    assert calls(simulator) == []
    return str(result["msg"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["PNG", "empty"]),
        (b"\xff\xd8\xff\xe0 a JPEG", ["PNG", "JPEG"]),
        (b"GIF89a", ["PNG"]),
        (LOGO[:30], ["PNG", "truncated"]),
        (LOGO[:-12], ["PNG", "truncated"]),
        (picture(679, 80), ["679 x 80", "680 x 80"]),
        (picture(680, 79), ["680 x 79", "680 x 80"]),
    ],
    ids=["empty", "JPEG", "GIF", "no header", "no end", "narrow", "low"],
)
def test_what_is_no_logo_is_refused(
    run: Modules, simulator: Simulator, tmp_path: Path, content: bytes, words: list[str]
) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(content)
    by_file = refused(run, simulator, src=str(path))
    assert str(path) in by_file
    by_text = refused(run, simulator, content=text(content))
    assert "content" in by_text
    assert all(word in by_file and word in by_text for word in words)


@pytest.mark.parametrize("wrong", ["not base64!", "iVBORw0KGgo", "/srv/branding/logo.png", "ü"])
def test_what_is_no_base64_is_refused(run: Modules, simulator: Simulator, wrong: str) -> None:
    assert "Base64" in refused(run, simulator, content=wrong)


@pytest.mark.parametrize(("size", "word"), [(10_000_000, "PNG"), (10_000_001, "larger than 10,000,000 bytes")])
def test_the_largest_file_that_is_read(
    run: Modules, simulator: Simulator, tmp_path: Path, size: int, word: str
) -> None:
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(size)
    assert word in refused(run, simulator, src=str(path))


def test_a_file_that_cannot_be_read_is_refused(run: Modules, simulator: Simulator, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.png")
    assert missing in refused(run, simulator, src=missing)
    assert "cannot be read" in refused(run, simulator, src=str(tmp_path))


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"variant": "light"}, "src"),
        ({"variant": "light", "src": "a", "content": "b"}, "mutually exclusive"),
        ({"variant": "../contacts", "content": "b"}, "variant"),
        ({"content": "b"}, "variant"),
    ],
)
def test_options_are_checked(run: Modules, simulator: Simulator, wrong: Result, word: str) -> None:
    result = run("logo", **wrong)
    assert result["failed"] and word in result["msg"]
    assert calls(simulator) == []


def test_info_lists_what_it_was_asked_for(run: Modules) -> None:
    run.good("logo", variant="dark", content=text(LOGO))
    found = run.good("logo_info")
    assert found["logos"] == [{"variant": "light", **NOTHING}, {"variant": "dark", **SHOWN}]
    assert found["api_requests"] == 2
    one = run.good("logo_info", variant="dark")
    assert (one["logos"], one["api_requests"]) == ([{"variant": "dark", **SHOWN}], 1)


def test_info_saves_files(run: Modules, tmp_path: Path) -> None:
    run.good("logo", variant="dark", content=text(LOGO))
    path = tmp_path / "logo-dark.png"
    predicted = run.good("logo_info", check=True, dest=str(tmp_path))
    assert not path.exists()
    done = run.good("logo_info", dest=str(tmp_path))
    assert (done["changed"], done["logos"]) == (predicted["changed"], predicted["logos"]) == (True, done["logos"])
    assert [one["path"] for one in done["logos"]] == [None, str(path)]
    assert path.read_bytes() == LOGO
    assert not run.good("logo_info", dest=str(tmp_path))["changed"]
    path.write_bytes(b"old")
    assert run.good("logo_info", dest=str(tmp_path), variant="dark")["changed"]
    assert path.read_bytes() == LOGO
    # What was saved can be given to the other module.
    assert not run.good("logo", variant="dark", src=str(path))["changed"]


def test_info_refuses_a_folder_that_is_not_there(run: Modules, simulator: Simulator, tmp_path: Path) -> None:
    for wrong in (tmp_path / "missing", Path(__file__)):
        failed = run.bad("logo_info", "refused", dest=str(wrong))
        assert str(wrong) in failed["msg"]
    assert calls(simulator) == []


def test_info_of_what_is_no_picture(run: Modules, simulator: Simulator) -> None:
    svg = {"status": 200, "headers": {"Content-Type": "image/svg+xml"}, "body": "<svg/>"}
    simulator.fault(method="GET", path="/logos/light", kind="status", **svg)
    found = run.good("logo_info", variant="light")["logos"][0]
    assert (found["present"], found["width"], found["height"]) == (True, None, None)
    for kind in ("not_json", "empty"):
        simulator.fault(method="GET", path="/logos/light", kind=kind)
        run.bad("logo_info", "protocol", variant="light")
    empty = {"status": 200, "headers": {"Content-Type": "image/png"}, "body": ""}
    simulator.fault(method="GET", path="/logos/light", kind="status", **empty)
    assert "empty" in run.bad("logo_info", "protocol", variant="light")["msg"]
