# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for the Python of the tests, which has loaded already what Ansible and requests import.

For plays: of the time that Ansible takes to start, and to start a module, more than half goes into imports, and into
reading the same files for each play; see `kept.py`. A client hands what it is to run to a server, which forks,
and ends with the tests. What depends on how Python itself was started (options, its environment variables, the
language, another user) the client leaves to Python.

What is different: programs of one server share the seed of their hashes, have the server for a parent, lead sessions of
their own, and find more modules loaded than they import. So a test that sends signals to processes, or depends on their
parents, uses Python. So do all tests where the environment says so, as for the oldest and the newest job of `make
matrix`.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import marshal
import os
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import typing as t
from pathlib import Path

import ansible

from .forks import Order, run
from .kept import Compiler, YamlLoader

_PLUGINS: t.Final = Path(__file__).parents[2] / "plugins"
_CLIENT: t.Final = Path(__file__).with_name("interpreter_client.py")
#: What modules import. Of ansible-playbook only what does not read its settings when it is imported.
_LOADED: t.Final = (
    "ansible.module_utils.basic",
    "ansible.module_utils.urls",
    "concurrent.futures.thread",
    "cryptography.hazmat.backends",
    "cryptography.hazmat.primitives.ciphers",
    "cryptography.hazmat.primitives.hmac",
    "cryptography.hazmat.primitives.kdf.pbkdf2",
    "cryptography.hazmat.primitives.padding",
    "importlib.metadata",
    "jinja2.nativetypes",
    "multiprocessing.queues",
    "packaging.version",
    "requests",
    "yaml",
)
#: What Python and its libraries read when they start. Where it differs from the server's, the client starts Python.
_READ_AT_THE_START: t.Final = ("PYTHON", "LANG", "LC_", "LD_", "TZ", "OPENSSL_", "SSL_")
#: The client has to start Python; it knows the same word.
_UNABLE: t.Final = b"unable"
#: Variable with which all tests use Python.
NOT_WANTED: t.Final = "THREEMA_TESTS_WITHOUT_STAND_IN"
_SECONDS: t.Final = 60


class _OnPath:
    """Where the package ansible is: also in the archive that a module puts on the path when it starts.

    Old versions of ansible-core put modules of a folder ``library`` there, as ``ansible.modules.NAME``.
    """

    def __iter__(self) -> t.Iterator[str]:
        return (os.path.join(folder, "ansible") for folder in sys.path)


@functools.cache
def interpreter() -> str:
    """The path of the stand-in; beside it are ansible and ansible-playbook, for shells."""
    if os.environ.get(NOT_WANTED):
        return sys.executable
    folder = Path(tempfile.mkdtemp(prefix="threema-work-"))
    # Tests that become another user start Python too.
    folder.chmod(0o755)
    python = folder / "python"
    _write(python, sys.executable, "-IS", str(_CLIENT), f"{folder}/socket", sys.executable)
    for name, entry_point in (("ansible", "adhoc"), ("ansible-playbook", "playbook")):
        _write(folder / name, str(python), "-m", "ansible", entry_point)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/socket")
        listener.listen()
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(python), str(listener.fileno())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
            # It ends with the tests, and lets its programs end; a signal for the tests is not for it.
            start_new_session=True,
        )
    atexit.register(_stop, process, folder)
    return str(python)


def _write(path: Path, *command: str) -> None:
    path.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
    path.chmod(0o755)


def _stop(process: subprocess.Popen[bytes], folder: Path) -> None:
    try:
        process.communicate(timeout=_SECONDS)
    finally:
        process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _order(python: str, connection: socket.socket) -> tuple[Order | None, list[int]]:
    """What a client wants run, and its standard streams; None where only Python can do it."""
    files: list[int] = []
    try:
        connection.settimeout(_SECONDS)
        received, files, _flags, _address = socket.recv_fds(connection, 4, 3)
        with connection.makefile("rb") as stream:
            args, folder, umask, env = marshal.loads(stream.read(int.from_bytes(received, "big")))
    except (EOFError, OSError):
        # The client was killed.
        return None, files
    order: Order = {"folder": folder, "umask": umask, "env": env, "python": python, "waits": True}
    if args[:1] == ["-m"] and args[1:]:
        order.update(module=args[1], args=args[2:])
    elif not args or args[0] == "-" or not args[0].startswith("-"):
        order.update(file=args[0] if args else "", args=args[1:])
    else:
        return None, files
    return order if _read_at_the_start(env) == _read_at_the_start(os.environ) else None, files


def _read_at_the_start(env: t.Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(_READ_AT_THE_START)}


def _serve(python: str, listener: socket.socket) -> tuple[Order, list[int]] | None:
    """Fork for each client, until standard input ends. It returns an order in the process that is to run it."""
    running: dict[int, socket.socket] = {}
    woken, wakes = socket.socketpair()
    for end in (woken, wakes):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wakes.fileno())
    while True:
        ready = select.select([sys.stdin, listener, woken, *running.values()], [], [])[0]
        if sys.stdin in ready:
            _kill(running)
            return None
        if woken in ready:
            woken.recv(4096)
            _report(running)
        _kill(pid for pid, connection in running.items() if connection in ready)
        if listener in ready:
            connection, _address = listener.accept()
            order, files = _order(python, connection)
            if order is None:
                _answer(connection, _UNABLE)
            elif _forked(running, connection, listener, woken, wakes):
                return order, files
            for file in files:
                os.close(file)


def _forked(running: dict[int, socket.socket], connection: socket.socket, *others: socket.socket) -> bool:
    """Fork for a client; true in the new process, which knows nothing of the others."""
    pid = os.fork()
    if pid:
        running[pid] = connection
        return False
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    for one in (connection, *others, *running.values()):
        one.close()
    return True


def _kill(pids: t.Iterable[int]) -> None:
    """Kill programs whose clients were killed."""
    for pid in pids:
        # It may not have its group yet; it is then killed when it is looked at again.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _answer(connection: socket.socket, answer: bytes) -> None:
    # It may have been killed.
    with connection, contextlib.suppress(OSError):
        connection.sendall(answer)


def _report(running: dict[int, socket.socket]) -> None:
    """Answer the clients whose programs have ended."""
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        _answer(running.pop(pid), str(os.waitstatus_to_exitcode(status)).encode())


def _compiled_in_plays() -> t.Iterator[Path]:
    """What goes into the archives of modules, and plugins, for which Ansible keeps no bytecode."""
    yield from _PLUGINS.rglob("*.py")
    for name, module in list(sys.modules.items()):
        if name.startswith("ansible.module_utils.") and getattr(module, "__file__", None):
            yield Path(str(module.__file__))


def main() -> None:
    """Load what is shared, and serve."""
    config = Path(ansible.__file__).parent / "config"
    YamlLoader([config / "base.yml", config / "ansible_builtin_runtime.yml"]).install()
    # The libraries and regular expressions of our modules stay, the modules do not.
    ours = [f"...plugins.modules.{path.stem}" for path in (_PLUGINS / "modules").glob("*.py")]
    for name in (*_LOADED, *ours):
        # Not everything is there where ansible-test or an old ansible-core runs the tests. What is wrong with a module
        # of ours, the tests that run it say.
        with contextlib.suppress(Exception):
            importlib.import_module(name, __package__)
    ansible.__path__ = _OnPath()  # type: ignore[assignment]
    Compiler(_compiled_in_plays()).install()
    # These are to be found as Ansible finds them, in the archive that a module comes in.
    for name in [name for name in sys.modules if name.partition(".")[0] == "ansible_collections"]:
        del sys.modules[name]
    gc.freeze()
    python, listener = sys.argv[1:]
    order = _serve(python, socket.socket(fileno=int(listener)))
    if order:
        run(*order)


if __name__ == "__main__":
    main()
