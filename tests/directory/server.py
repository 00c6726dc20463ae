# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real directory on loopback: OpenLDAP's slapd, as Debian packages it, unpacked where it is not installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
import typing as t
from pathlib import Path

SUFFIX: t.Final = "DC=hospital,DC=example"
#: As the guide binds; it may see everything.
ROOT: t.Final = f"CN=svc-threema,OU=Services,{SUFFIX}"
PASSWORD: t.Final = "a-word-for-the-directory"
#: Its server, and the Python library with which community.general.ldap_search asks it.
_PACKAGES: t.Final = ("slapd", "python3-ldap")
_SECONDS: t.Final = 30
#: What the guide's search uses of Active Directory; the numbers are those for tests.
_SCHEMA: t.Final = """
attributetype ( 1.1.2.1.1 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.1.2.1.2 NAME 'department' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.1.2.1.3 NAME 'userAccountControl' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )
attributetype ( 1.1.2.1.4 NAME 'objectCategory' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.1.2.1.5 NAME 'memberOf' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )
objectclass ( 1.1.2.2.1 NAME 'user' SUP top AUXILIARY
  MAY ( sAMAccountName $ department $ userAccountControl $ objectCategory $ memberOf ) )
"""


class Unavailable(Exception):
    """There is no directory on this system, with the reason."""


class Packages:
    """The packages, those that are not installed below a folder."""

    def __init__(self, folder: Path) -> None:
        """
        Unpack what is not installed, once.

        :raises Unavailable: where this is no Debian, or its packages cannot be had.
        """
        self.folder = folder
        if not all(map(shutil.which, ("apt-cache", "apt-get", "dpkg-deb", "dpkg-query"))):
            raise Unavailable("a directory is tested with Debian's packages, and this is another system")
        done = folder / ".done"
        if not done.exists():
            folder.mkdir(parents=True, exist_ok=True)
            wanted = [name for name in (*_PACKAGES, *_dependencies()) if not _installed(name)]
            try:
                _run("apt-get", "download", *wanted, cwd=folder)
            except Unavailable:
                # A new machine has no lists of packages yet.
                _run("apt-get", "update")
                _run("apt-get", "download", *wanted, cwd=folder)
            for package in folder.glob("*.deb"):
                _run("dpkg-deb", "-x", str(package), str(folder))
            done.touch()
        self.environment = {
            "LD_LIBRARY_PATH": os.pathsep.join(map(str, folder.glob("**/*-linux-gnu"))),
            "PYTHONPATH": str(self.path("usr/lib/python3/dist-packages")),
        }

    def path(self, name: str) -> Path:
        """Where something of a package is."""
        unpacked = self.folder / name
        return unpacked if unpacked.exists() else Path("/", name)


def _run(*command: str, cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{' '.join(command[:2])} did not end within 300 seconds") from None
    if done.returncode:
        raise Unavailable(f"{' '.join(command[:2])} failed: {done.stderr.strip()[-500:]}")
    return done.stdout


def _dependencies() -> list[str]:
    lines = [line.split() for line in _run("apt-cache", "depends", *_PACKAGES).splitlines()]
    return [words[1] for words in lines if words[:1] == ["Depends:"] and not words[1].startswith("<")]


def _installed(name: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat", "${db:Status-Status}", name]
    return subprocess.run(query, capture_output=True, text=True, check=False).stdout == "installed"


@contextlib.contextmanager
def directory(packages: Packages, folder: Path, entries: str) -> t.Iterator[str]:
    """The address of a server with these entries (LDIF), which ends with the context."""
    (folder / "db").mkdir(parents=True)
    schemas = [packages.path(f"etc/ldap/schema/{name}.schema") for name in ("core", "cosine", "inetorgperson")]
    configuration = folder / "slapd.conf"
    configuration.write_text(
        "".join(f"include {path}\n" for path in schemas)
        + f"{_SCHEMA}\nmodulepath {packages.path('usr/lib/ldap')}\nmoduleload back_mdb\n"
        + f'database mdb\nsuffix "{SUFFIX}"\nrootdn "{ROOT}"\nrootpw {PASSWORD}\ndirectory {folder}/db\n',
        encoding="utf-8",
    )
    (folder / "entries.ldif").write_text(entries, encoding="utf-8")
    server = str(packages.path("usr/sbin/slapd"))
    environment = {**os.environ, "LD_LIBRARY_PATH": packages.environment["LD_LIBRARY_PATH"]}
    load = [server, "-T", "add", "-f", str(configuration), "-l", str(folder / "entries.ldif")]
    loaded = subprocess.run(load, env=environment, capture_output=True, text=True, check=False, timeout=_SECONDS)
    assert loaded.returncode == 0, loaded.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"ldap://127.0.0.1:{port}"
    # In the foreground, so that it ends with who started it.
    process = subprocess.Popen([server, "-d", "0", "-h", address, "-f", str(configuration)], env=environment)
    try:
        _wait(port, process)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until it answers."""
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("the directory did not start")
