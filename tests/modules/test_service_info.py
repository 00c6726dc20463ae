# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checklist, where all is well, and whatever is wrong on the way to the service."""

from __future__ import annotations

import json
import socket
import typing as t

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible_collections.threema.work.plugins.module_utils._secrets import HIDDEN
from ansible_collections.threema.work.tests.modules.checklist import (
    ERROR,
    NO_ANSWER,
    NO_KEY,
    OK,
    SKIPPED,
    WARNING,
    skipped,
    unlike,
)
from ansible_collections.threema.work.tests.support.modules import Modules, Result, calls, execute
from ansible_collections.threema.work.tests.support.raw import Raw, always, http, http_json
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

_KEY: t.Final = "Key-uNdisclosed-31/8+q"
_PORTAL: t.Final = b"<html><body>Please log in to the network</body></html>"


def test_all_is_well(run: Modules, simulator: Simulator) -> None:
    simulator.reset(credentials=6, users=3, contacts=2)
    result = run.good("service_info")
    unlike(result)
    assert not skipped(result)
    service = result["service"]
    assert (service["ok"], service["clock_skew_seconds"], service["api_url"]) == (True, 0, simulator.url)
    assert service["subscription"] == {
        "type": "professional",
        "valid_until": "2099-12-31T23:59:59+0100",
        "licenses": 25000,
    }
    assert set(service["versions"]) == {"collection", "ansible_core", "python", "requests"}
    assert all(service["versions"].values())
    assert result["changed"] is False and result["api_requests"] == len(simulator.requests()) == 10
    assert {one["method"] for one in simulator.requests()} == {"GET"}


def test_nothing_in_it_says_who(run: Modules, simulator: Simulator) -> None:
    """No username, no Threema ID, no key, and no name of the subscription, whatever the service says."""
    simulator.reset(credentials=6, users=3, contacts=2)
    state = simulator.state()
    said = [
        state["subscription"]["name"],
        state["subscription"]["id"],
        simulator.key,
        *(one["threema_id"] for one in state["contacts"]),
        *(one[field] for one in state["credentials"] for field in ("username", "id", "password")),
    ]
    assert len(said) > 20
    for fault in ({}, {"status": 403, "path": "/users"}, {"status": 401}, {"kind": "not_json", "path": "/credentials"}):
        if fault:
            body = {"error": f"{said}"}
            simulator.fault(method="GET", **({"kind": "status", "body": body} | fault), times=None)
        for more in ({}, {"expect_subscription": said[0]}, {"expect_subscription": "Another Ltd"}):
            told = json.dumps(run.good("service_info", **more))
            assert not [one for one in [*said, "Another Ltd"] if one in told]
        simulator.control("DELETE", "faults")


@pytest.mark.parametrize(
    "wrong", [{}, {"api_timeout": 0}, {"api_timeout": "soon"}, {"api_tmeout": 3}], ids=["none", "value", "type", "name"]
)
def test_the_expected_name_is_neither_shown_nor_logged(
    run: Modules, monkeypatch: pytest.MonkeyPatch, wrong: Result
) -> None:
    """Nor where the options are rejected, by the module or by Ansible."""
    logged: list[str] = []
    monkeypatch.setattr(AnsibleModule, "log", lambda _self, msg, log_args=None: logged.append(f"{msg} {log_args}"))
    result = run("service_info", expect_subscription="Another Ltd", **wrong)
    assert result["failed"] is bool(wrong)
    assert result["invocation"]["module_args"]["expect_subscription"] == HIDDEN
    assert "Another Ltd" not in json.dumps([result, logged])
    assert logged or result["failed"]


# The way to the service


@pytest.mark.parametrize("key", ["", " ", f"{_KEY}\n", f"{_KEY}\u00e4"], ids=["none", "blank", "line break", "umlaut"])
def test_a_key_that_is_none(run: Modules, simulator: Simulator, key: str) -> None:
    """What can be checked without one is, and nothing is sent as a key."""
    result = run("service_info", api_key=key)
    unlike(result, key=ERROR)
    assert skipped(result) == NO_KEY
    assert _KEY not in json.dumps(result)
    assert calls(simulator) == ["GET /"]
    assert result["service"]["behavior"]["error-key"] == "error"


def test_nothing_stands_for_a_key_that_is_none(run: Modules) -> None:
    heads: list[str] = []
    answer = http_json({"error": "wrong key"}, status="401 Unauthorized")

    def answering(connection: socket.socket, request: str) -> None:
        heads.append(request.lower())
        connection.sendall(answer)

    with Raw(answering) as other:
        unlike(run("service_info", api_url=other.url, api_key=""), key=ERROR)
        unlike(run("service_info", api_url=other.url, api_key=_KEY), key=ERROR)
    assert ["x-api-key" in head for head in heads] == [False, True]


def test_a_key_out_of_the_environment(run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THREEMA_WORK_API_KEY", simulator.key)
    unlike(execute("service_info", {"api_url": simulator.url}))
    assert len(simulator.requests()) > 1


def test_a_wrong_key(run: Modules, simulator: Simulator) -> None:
    result = run("service_info", api_key=_KEY)
    found = unlike(result, key=ERROR)
    assert "another IP address" in found["key"]["message"] and "cannot be known" in found["key"]["advice"]
    assert skipped(result) == NO_KEY
    assert calls(simulator) == ["GET /"]


def test_a_key_that_may_not(run: Modules, simulator: Simulator) -> None:
    simulator.fault(kind="status", status=403, times=None)
    result = run("service_info")
    assert "plan" in unlike(result, key=ERROR)["key"]["advice"]
    assert skipped(result) == NO_KEY


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "no URL"),
        ("work.threema.ch/api/v1", "no URL"),
        ("https://jane:Se-cRet7@threema.example/api/v1", "no URL"),
        ("http://threema.example/api/v1", "plain http"),
        ("https://exa mple/", "no URL"),
        ("https://" + "a" * 300 + ".example/api/v1", "host"),
    ],
)
def test_an_address_that_cannot_be_used(run: Modules, url: str, said: str) -> None:
    result = run("service_info", api_url=url, api_key=_KEY)
    found = unlike(result, address=ERROR)
    assert said in found["address"]["message"]
    assert skipped(result) == NO_ANSWER
    assert "Se-cRet7" not in json.dumps(result["service"]) and "threema.example" not in json.dumps(result["service"])


def test_nobody_is_there(run: Modules) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        result = run("service_info", api_url=f"http://{place}/api/v1")
    assert place in unlike(result, address=ERROR)["address"]["message"]
    assert skipped(result) == NO_ANSWER
    assert result["api_requests"] == 2


@pytest.mark.parametrize(
    ("answer", "said", "number"),
    [
        (http(_PORTAL), "not the Threema Work API", 1),
        (http(_PORTAL, status="302 Found"), "redirect", 1),
        (http(_PORTAL, status="401 Unauthorized"), "not the Threema Work API", 1),
        (http(_PORTAL, status="403 Forbidden"), "not the Threema Work API", 1),
        (http(_PORTAL, status="407 Proxy Authentication Required"), "not the Threema Work API", 1),
        (http(_PORTAL, status="404 Not Found"), "no Threema Work API at this path", 2),
        (http(_PORTAL, status="502 Bad Gateway"), "fails", 2),
        (http_json({"hello": "world"}), "not the Threema Work API", 1),
        (http_json([]), "not the Threema Work API", 1),
        (http_json({"error": "no such page"}, status="400 Bad Request"), "not the Threema Work API", 1),
        (http(b""), "not the Threema Work API", 1),
        (http(b"", status="204 No Content"), "not the Threema Work API", 1),
        (http(b'{"name": "a", "name": "b"}'), "not the Threema Work API", 1),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "", 2),
    ],
    ids=lambda value: value[:40].decode() if isinstance(value, bytes) else None,
)
def test_something_else_answers(run: Modules, answer: bytes, said: str, number: int) -> None:
    """It is one line, and the key is sent no more than it takes to see that."""
    with Raw(always(answer)) as other:
        result = run("service_info", api_url=other.url, api_key=_KEY)
    found = unlike(result, address=ERROR)
    assert said in found["address"]["message"]
    assert "log in" not in json.dumps(result)
    assert skipped(result) == NO_ANSWER
    assert len(other.lines) == result["api_requests"] == number
    assert not any(result["service"]["behavior"].values())


def test_a_path_that_is_not_the_api(run: Modules, simulator: Simulator) -> None:
    result = run("service_info", api_url=f"{simulator.url}/credentials")
    assert "path" in unlike(result, address=ERROR)["address"]["advice"]
    assert skipped(result) == NO_ANSWER
    assert len(simulator.requests()) <= 2


def test_a_server_that_hangs(run: Modules) -> None:
    with Raw(lambda _connection, _request: None) as other:
        result = run("service_info", api_url=other.url, api_timeout=0.2)
    found = unlike(result, address=ERROR)
    assert "0.2 seconds" in found["address"]["message"] and "api_timeout" in found["address"]["advice"]
    assert skipped(result) == NO_ANSWER
    assert result["api_requests"] == 2


@pytest.fixture(scope="module")
def encrypted() -> t.Iterator[Simulator]:
    """A simulator with a certificate of its own authority."""
    with Simulator("--tls") as running:
        yield running


def test_a_certificate_that_is_not_trusted(encrypted: Simulator, run: Modules, monkeypatch: pytest.MonkeyPatch) -> None:
    reach = {"api_url": encrypted.url, "api_key": encrypted.key}
    encrypted.reset(credentials=2)
    result = run("service_info", **reach)
    found = unlike(result, certificate=ERROR)
    assert "not trusted" in found["certificate"]["message"] and "ca_path" in found["certificate"]["advice"]
    assert found["address"]["status"] == OK
    assert skipped(result) == NO_ANSWER
    assert encrypted.requests() == []
    authority = encrypted.environment["REQUESTS_CA_BUNDLE"]
    assert unlike(run("service_info", **reach, ca_path=authority))["certificate"]["status"] == OK
    unlike(run("service_info", **reach, validate_certs=False), certificate=WARNING)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/there/is/none.pem")
    unlike(run("service_info", **reach), certificate=ERROR)


def test_authorities_that_cannot_be_read(run: Modules, simulator: Simulator) -> None:
    """The path, which may hold a name, is not told."""
    result = run("service_info", ca_path="/home/anna.muster/ca.pem")
    unlike(result, certificate=ERROR)
    assert skipped(result) == NO_ANSWER | {"address"}
    assert "anna.muster" not in json.dumps(result["service"])
    assert simulator.requests() == []


def test_no_tls_where_there_should_be_some(run: Modules, simulator: Simulator) -> None:
    result = run("service_info", api_url=simulator.url.replace("http:", "https:"))
    assert "does not use TLS there" in unlike(result, address=ERROR)["address"]["message"]


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "1"}, {"Retry-After": "86400"}], ids=str)
def test_the_quota_is_used_up(run: Modules, simulator: Simulator, headers: dict[str, str]) -> None:
    """It is not waited for, and the key is neither right nor wrong."""
    simulator.fault(kind="status", status=429, headers=headers, times=None)
    result = run("service_info")
    unlike(result, quota=ERROR)
    assert skipped(result) == NO_KEY | {"key"}
    assert calls(simulator) == ["GET /"]


def test_the_quota_ends_on_the_way(run: Modules, simulator: Simulator) -> None:
    simulator.reset(credentials=3, quota=3)
    result = run("service_info")
    found = unlike(result, quota=ERROR, behavior=WARNING)
    assert "/contacts" in found["behavior"]["message"]
    assert (found["key"]["status"], found["licenses"]["status"], found["directory"]["status"]) == (OK, OK, SKIPPED)
    assert len(simulator.requests()) == 4


# What is wrong with the options alone


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"api_timeout": 0}, "api_timeout is 0"),
        ({"api_retries": -1}, "api_retries is -1"),
        ({"expect_subscription": ""}, "expect_subscription is empty"),
    ],
)
def test_options_that_are_wrong(run: Modules, simulator: Simulator, options: Result, said: str) -> None:
    failed = run.bad("service_info", "refused", **options)
    assert said in failed["msg"] and failed["api_requests"] == 0
    assert "service" not in failed and simulator.requests() == []


def test_the_largest_subscription(run: Modules, simulator: Simulator) -> None:
    """One page each: 5,000 people take no more requests, and their answers do not come out."""
    simulator.reset(credentials=5000, users=5000, settings=0, licenses=6000)
    result = run.good("service_info")
    assert "1000 of 6000" in unlike(result)["licenses"]["message"]
    assert result["service"]["behavior"]["max-page-size"] == "none"
    assert len(json.dumps(result)) < 10_000
