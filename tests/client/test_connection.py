# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the service is and with which key: what cannot be used is refused before any request."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import requests
from ansible_collections.threema.work.plugins.module_utils._connection import Connection
from ansible_collections.threema.work.plugins.module_utils._errors import Refused
from ansible_collections.threema.work.tests.support.modules import Modules, calls
from ansible_collections.threema.work.tests.support.simulator_process import Simulator

KEY = "some-key-0123456789"
#: The certificate of a server that signed its own, and of no authority.
OWN = """-----BEGIN CERTIFICATE-----
MIIBiDCCAS6gAwIBAgIUYY63kE+++zyWX38RKSvfTvlKebkwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPdGhyZWVtYS5leGFtcGxlMCAXDTI2MTEyNjA1NDMzOVoYDzIx
MjYxMTAyMDU0MzM5WjAaMRgwFgYDVQQDDA90aHJlZW1hLmV4YW1wbGUwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAASlmxvztJ0Sgj+IzYoDHpcZ+RmWseNcIqO0i4cX
U1k89NTuGWjBou/DAYBGNndhWaScTN8SF5VPFx7xtHBAeULfo1AwTjAdBgNVHQ4E
FgQUcqf0rBchTmMzRDYkf2MR++X7ZaQwHwYDVR0jBBgwFoAUcqf0rBchTmMzRDYk
f2MR++X7ZaQwDAYDVR0TAQH/BAIwADAKBggqhkjOPQQDAgNIADBFAiEAhiZ1f2C5
F66n76K7T2xi45juTCzP5+Mp8LE5FRu4TPMCICkjWmEsDrn+ePMFKP5u2PZtvef8
EMJXimQF9UHVBTNN
-----END CERTIFICATE-----
"""


@pytest.mark.parametrize(
    "key",
    [f"{KEY}\n", f" {KEY}", f"{KEY}\r\nX-Other: 1", f"{KEY} {KEY}", f"{KEY}é", f"{KEY}\x00", "\t", f"{KEY}\u2028"],
)
def test_keys_that_cannot_be_sent(run: Modules, simulator: Simulator, key: str) -> None:
    refused = run.bad("credential_info", "refused", api_key=key)
    assert "api_key" in refused["msg"]
    assert KEY not in str(refused)
    assert refused["api_requests"] == 0
    assert calls(simulator) == []


@pytest.mark.parametrize("key", ["", " ", "\n"])
def test_an_empty_key_is_refused_like_a_missing_one(run: Modules, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    empty = run("credential_info", api_key=key)
    missing = run("credential_info", api_key=None)
    for refused in (empty, missing):
        assert refused["failed"]
        assert "missing required arguments: api_key" in refused["msg"]
    monkeypatch.setenv("THREEMA_WORK_API_KEY", key)
    assert run("credential_info", api_key=None)["failed"]


def test_environment(run: Modules, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THREEMA_WORK_API_KEY", simulator.key)
    monkeypatch.setenv("THREEMA_WORK_API_URL", simulator.url)
    monkeypatch.setenv("THREEMA_WORK_API_TIMEOUT", "7.5")
    done = run.good("credential_info", api_key=None, api_url=None)
    assert done["api_requests"] == 1
    assert done["invocation"]["module_args"]["api_timeout"] == 7.5


def test_slash_at_the_end(run: Modules, simulator: Simulator) -> None:
    assert run.good("credential_info", api_url=simulator.url + "/")["api_requests"] == 1
    assert calls(simulator) == ["GET /credentials"]


@pytest.mark.parametrize(
    "url",
    [
        "https://work.threema.ch/api/v1",
        "https://WORK.threema.ch:8443",
        "http://127.0.0.1:8025/api/v1",
        "http://127.9.9.9/api/v1",
        "http://localhost:8025/api/v1/",
        "http://[::1]:8025/api/v1",
    ],
)
def test_urls_that_can_be_used(url: str) -> None:
    Connection(KEY, url).check()


@pytest.mark.parametrize(
    "url",
    [
        "",
        " https://work.threema.ch/api/v1",
        "https://work.threema.ch/api/v1\n",
        "work.threema.ch/api/v1",
        "ftp://work.threema.ch/",
        "https://",
        "https:///api/v1",
        "http://work.threema.ch/api/v1",
        "http://localhost.evil.example/api/v1",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.1@evil.example/",
        "http://evil.example#@127.0.0.1/",
        "http://evil.example\\@127.0.0.1/",
        "http://127.0.0.1\\.evil.example/",
        "http://0.0.0.0/",
        "http://10.0.0.1/",
        "http://[::ffff:10.0.0.1]/",
        "https://user:geheim@work.threema.ch/api/v1",
        "https://work.threema.ch/api/v1?key=1",
        "https://work.threema.ch/api/v1#x",
        "https://work.threema.ch:port/",
        "https://[::1/",
        "https://wörk.example/",
    ],
)
def test_urls_that_cannot_be_used(url: str) -> None:
    with pytest.raises(Refused) as caught:
        Connection(KEY, url).check()
    assert "api_url" in caught.value.msg
    assert "geheim" not in caught.value.msg
    assert KEY not in caught.value.msg


def test_the_key_is_not_in_the_representation() -> None:
    assert KEY not in repr(Connection(KEY, "https://work.threema.ch/api/v1"))


@pytest.mark.parametrize("options", [{"api_retries": -1}, {"api_timeout": 0}, {"api_timeout": -1}])
def test_other_options(run: Modules, simulator: Simulator, options: dict[str, float]) -> None:
    assert next(iter(options)) in run.bad("credential_info", "refused", **options)["msg"]
    assert calls(simulator) == []


@pytest.mark.parametrize(
    "name", ["missing.pem", "empty.pem", "text.pem", "key.pem", "cut.pem", "pipe", "folder", "/dev/null", "/dev/zero"]
)
def test_what_is_no_certificate(run: Modules, simulator: Simulator, tmp_path: Path, name: str) -> None:
    """Refused before any request, however it would fail later."""
    certificate = Path(requests.certs.where()).read_text(encoding="utf-8").split("-----END")[0]
    texts = {"empty": "", "text": "no certificate\n", "key": certificate.replace("CERTIFICATE", "PRIVATE KEY")}
    for stem, text in {**texts, "cut": certificate}.items():
        (tmp_path / f"{stem}.pem").write_text(text, encoding="utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "ca.pem").write_bytes(Path(requests.certs.where()).read_bytes())
    os.mkfifo(tmp_path / "pipe")
    refused = run.bad("credential_info", "refused", ca_path=str(tmp_path / name))
    assert refused["msg"].startswith(f"ca_path: {tmp_path / name}")
    assert (refused["api_requests"], calls(simulator)) == (0, [])


def test_certificates(tmp_path: Path) -> None:
    bundle = Path(requests.certs.where())
    (tmp_path / "0123abcd.0").write_bytes(bundle.read_bytes())
    (tmp_path / "own.pem").write_text(OWN, encoding="utf-8")
    for path in (bundle, tmp_path, tmp_path / "own.pem"):
        Connection(KEY, "https://work.threema.ch/api/v1", ca_path=str(path)).check()
