# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs in Python as processes of their own, forked from one where all that they import is loaded already.

For tests that end a program in the middle, or run one many times: the start of Python and its imports take longer than
all that these programs do.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
import types
import typing as t
from pathlib import Path

Order = t.Dict[str, t.Any]
_SECONDS: t.Final = 60
_SIZE: t.Final = 65536


class Fork:
    """A program that was started, much as :class:`subprocess.Popen` has it; what it prints is to be read."""

    def __init__(self, ask: t.Callable[[Order], t.Any], pid: int, output: int) -> None:
        self._ask = ask
        self._pid = pid
        self._output: int | None = output
        #: How it ended, negative for a signal; None as long as nobody has asked, or it goes on.
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended; None if it goes on."""
        if self.returncode is None:
            self.returncode = self._ask({"ended": self._pid, "flags": os.WNOHANG})
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it is known to have ended."""
        if self.returncode is None:
            os.kill(self._pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def unread(self) -> None:
        """Read what it prints no more."""
        if self._output is not None:
            os.close(self._output)
            self._output = None

    def end(self, seconds: float) -> str:
        """Wait for its end; what it printed, unless that is no longer read.

        :raises TimeoutError: after so many seconds; it is killed.
        """
        chunks = []
        end = time.monotonic() + seconds
        while self._output is not None:
            if not select.select([self._output], [], [], max(0, end - time.monotonic()))[0]:
                self.kill()
                self.unread()
                raise TimeoutError(b"".join(chunks).decode())
            chunks.append(os.read(self._output, _SIZE))
            if not chunks[-1]:
                self.unread()
        if self.returncode is None:
            self.returncode = self._ask({"ended": self._pid, "flags": 0})
        return b"".join(chunks).decode()


class Forks:
    """The process that programs are forked from; a context manager.

    :param loaded: names of modules that are imported before anything is started.
    """

    def __init__(self, *loaded: str) -> None:
        self._orders, theirs = socket.socketpair()
        # Whatever happens to a program, nobody waits for ever.
        self._orders.settimeout(_SECONDS)
        with theirs:
            self._process = subprocess.Popen([sys.executable, "-m", __name__, *loaded], stdin=theirs)
        self._lines = self._orders.makefile("r", encoding="utf-8")

    def __enter__(self) -> Forks:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Let it end, as it does too where this process has ended."""
        self._lines.close()
        self._orders.close()
        self._process.wait(_SECONDS)

    def start(
        self,
        module: str,
        *args: str,
        folder: Path,
        env: t.Mapping[str, str],
        errors: Path | None = None,
        waits: bool = True,
    ) -> Fork:
        """Start what ``python -m module`` would.

        :param folder: where it runs.
        :param env: all variables of its environment.
        :param errors: the file for its standard error; None for where its output goes.
        :param waits: whether it waits before it sends a request again; otherwise that time is over at once.
        """
        output, written = os.pipe()
        to = os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) if errors else os.dup(written)
        try:
            order = {"module": module, "args": args, "folder": str(folder), "env": dict(env), "waits": waits}
            pid = self._ask(order, [written, to])
        finally:
            os.close(written)
            os.close(to)
        return Fork(self._ask, pid, output)

    def _ask(self, order: Order, files: t.Sequence[int] = ()) -> t.Any:
        line = json.dumps(order).encode() + b"\n"
        # The files come with the first byte, so that no more of it can be missing than what was not sent.
        sent = socket.send_fds(self._orders, [line], list(files)) if files else 0
        self._orders.sendall(line[sent:])
        return json.loads(self._lines.readline())


def _receive(orders: socket.socket) -> tuple[Order | None, list[int]]:
    """The next order and the files that came with it; None at the end."""
    line, files = b"", []
    while not line.endswith(b"\n"):
        part, more, _flags, _address = socket.recv_fds(orders, _SIZE, 2)
        if not part:
            return None, []
        line += part
        files += more
    return json.loads(line), files


def run(order: Order, files: list[int]) -> t.NoReturn:
    """In a forked process: run a program as Python would, and end as it does.

    :param files: its standard streams; where there are only two, there is no input.
    """
    if len(files) == 2:
        files.insert(0, os.open(os.devnull, os.O_RDONLY))
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["env"])
    if "umask" in order:
        os.umask(order["umask"])
    # So that what it starts with sys.executable uses the stand-in too.
    sys.executable = order.get("python", sys.executable)
    if not order["waits"]:
        # It imports parts of the collection, which a module of a play has to find in its archive.
        from ansible_collections.threema.work.tests.support.clock import Clock

        Clock().install(setattr)
    _renew_streams()
    code: object = 0
    try:
        if "file" in order:
            _run_file(order["file"], order["args"])
        else:
            _run_module(order["module"], order["args"])
    except SystemExit as end:
        code = 0 if end.code is None else end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    _end(code)


def _end(code: object) -> t.NoReturn:
    """What Python does at its end, but for freeing its memory, which is shared with the process that it comes from."""
    if not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
    python: t.Any = threading
    python._shutdown()
    python = atexit
    python._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 1
    os._exit(code)


def _renew_streams() -> None:
    """Forget what Python knows of the files that the standard streams were before: what they are, how they are read."""
    for name, mode, buffering in (("stdin", "r", -1), ("stdout", "w", -1), ("stderr", "w", 1)):
        old = getattr(sys, name)
        new = os.fdopen(old.fileno(), mode, buffering, encoding=old.encoding, errors=old.errors, closefd=False)
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)


def _run_module(name: str, args: t.Sequence[str]) -> None:
    sys.argv[1:] = args
    sys.path[0] = os.getcwd()
    if not hasattr(sys.modules.get(name), "__path__"):
        # runpy warns of a module that was imported already.
        sys.modules.pop(name, None)
    runpy.run_module(name, run_name="__main__", alter_sys=True)


def _run_file(name: str, args: t.Sequence[str]) -> None:
    """Run a script; that of standard input is named -, or not at all."""
    sys.argv[:] = [name, *args]
    script = sys.modules["__main__"] = types.ModuleType("__main__")
    if name in ("", "-"):
        sys.path[0], source, name = "", sys.stdin.buffer.read(), "<stdin>"
    else:
        sys.path[0], source, name = (
            os.path.dirname(os.path.realpath(name)),
            Path(name).read_bytes(),
            os.path.abspath(name),
        )
    script.__file__ = name
    exec(compile(source, name, "exec", dont_inherit=True), script.__dict__)


def _serve(orders: socket.socket) -> tuple[Order, list[int]] | None:
    """Start one program after the other, and say how those have ended that are asked for.

    It returns an order in the process that is to run it.
    """
    while True:
        order, files = _receive(orders)
        if order is None:
            return None
        if "ended" in order:
            pid, status = os.waitpid(order["ended"], order["flags"])
            answer = os.waitstatus_to_exitcode(status) if pid else None
        else:
            answer = os.fork()
            if answer == 0:
                return order, files
            for file in files:
                os.close(file)
        orders.sendall(json.dumps(answer).encode() + b"\n")


def main() -> None:
    """Load what is shared, and serve."""
    for name in sys.argv[1:]:
        importlib.import_module(name)
    # What is here is shared with the processes that part from this one, as long as nobody looks through it.
    gc.freeze()
    with socket.socket(fileno=os.dup(0)) as orders:
        order = _serve(orders)
    if order:
        run(*order)


if __name__ == "__main__":
    main()
