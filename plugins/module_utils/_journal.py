# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The journal: a file to which each change is appended, as one line of JSON, as soon as it is known to be done.

It knows nothing of Ansible. Several threads, and several tasks at once, may append to one file: a line is one write to
a file that is opened for appending, so that none is torn by another.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import time

from ._errors import Refused
from ._files import HOST, reason_of
from ._plan import name_some
from ._text import shown
from ._types import Object

#: A pipe that nobody reads must not hold the task up, nor a terminal become its own.
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY
_MODE = 0o600
#: What some file systems say of fsync, which is no trouble.
_NO_SYNC = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)


class Journal:
    """
    :param path: where the file is, or is to be; a symbolic link is followed.
    :param about: what each line says first, after the time.
    """

    def __init__(self, path: str, about: Object) -> None:
        self._path = path
        self._about = about
        self._file: int | None = None
        self._torn = False
        self._problem: str | None = None
        #: Changes that were carried out and whose lines could not be written.
        self._missing: list[str] = []

    def check(self) -> None:
        """Make sure that it could be opened, without creating or writing anything.

        :raises Refused: if not; the message says what is there in its place.
        """
        if not self._path.strip():
            raise Refused("journal is empty; leave it out for none")
        try:
            # Looked at first, because opening alone does something to some devices.
            mode = os.stat(self._path).st_mode
            if not stat.S_ISREG(mode):
                raise self._refused(f"is {'a directory' if stat.S_ISDIR(mode) else 'not a regular file'}")
            os.close(self._opened(_FLAGS))
        except FileNotFoundError:
            self._check_folder()
        except (OSError, ValueError) as error:
            raise self._refused(f"cannot be opened for appending: {reason_of(error)}") from None

    def open(self) -> None:
        """Open the file, which is created where it is missing, readable to nobody else.

        :raises Refused: if it cannot be opened.
        """
        try:
            self._file = self._opened(_FLAGS | os.O_CREAT)
            self._torn = self._ends_torn()
        except (OSError, ValueError) as error:
            raise self._refused(f"cannot be opened for appending: {reason_of(error)}") from None

    def append(self, action: str, entry: Object) -> None:
        """Write down one change. Where that fails, :meth:`reason` says so from then on.

        :param entry: what was changed.
        """
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = _one_line({"time": now, **self._about, "action": action, **entry})
        try:
            self._write(line)
        except OSError as error:
            self._missing.append(line)
            self._fail(error)

    def reason(self) -> str | None:
        """Why nothing more may be changed; None while each change has its line."""
        return self._problem

    def missing(self) -> list[str]:
        """A sentence with the lines that could not be written, for a warning."""
        lines = name_some(self._missing, " ")
        told = f"{len(self._missing)} change(s) that were carried out are not in the journal: {lines}"
        return [told] if self._missing else []

    def close(self) -> None:
        """Close it. Some file systems say only now that there was no room for what was written."""
        file, self._file = self._file, None
        if file is None:
            return
        try:
            os.fsync(file)
        except OSError as error:
            if error.errno not in _NO_SYNC:
                self._fail(error)
        with contextlib.suppress(OSError):
            os.close(file)

    def _opened(self, flags: int) -> int:
        """:raises Refused: for what is no regular file, also where it has taken its place since the look."""
        file = os.open(self._path, flags, _MODE)
        if stat.S_ISREG(os.fstat(file).st_mode):
            return file
        os.close(file)
        raise self._refused("is not a regular file")

    def _check_folder(self) -> None:
        if self._path.endswith(os.sep):
            raise self._refused("is the name of a directory")
        # Behind a link that leads nowhere the file would be created where it leads to.
        folder = os.path.dirname(os.path.realpath(self._path))
        if not os.path.isdir(folder):
            raise self._refused(f"cannot be created: {shown(folder)} is not a directory")
        if not os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
            raise self._refused(f"cannot be created: {shown(folder)} cannot be written to")

    def _ends_torn(self) -> bool:
        """Whether the last line has no end, because there was no room for it, or nobody wrote one."""
        # Who may append may perhaps not read.
        with contextlib.suppress(OSError), open(self._path, "rb") as file:
            return file.seek(0, os.SEEK_END) > 0 and file.seek(-1, os.SEEK_END) >= 0 and file.read(1) != b"\n"
        return False

    def _write(self, line: str) -> None:
        if self._file is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        content = f"{line}\n".encode()
        if self._torn:
            content = b"\n" + content
        # All of it at once, but where there is no room: then the next try says why.
        while content:
            written = os.write(self._file, content)
            content = content[written:]
            self._torn = bool(content)

    def _fail(self, error: OSError) -> None:
        self._problem = self._problem or f"journal: {shown(self._path)} cannot be written {HOST}: {reason_of(error)}"

    def _refused(self, what: str) -> Refused:
        return Refused(
            f"journal: {shown(self._path)} {what} ({HOST}); nothing was written. Give the path of a file that can be "
            "appended to, or created"
        )


def _one_line(entry: Object) -> str:
    """An object as JSON; what cannot be seen, or what a terminal obeys, as an escape, so that a line is one for all."""
    line = json.dumps(entry, ensure_ascii=False)
    if line.isprintable():
        return line
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in line)
