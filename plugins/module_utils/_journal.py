# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The journal: a file to which each change is appended, as one line of JSON, as soon as it is known to be done.

It knows nothing of Ansible. Several threads, and several tasks at once, may append to one file: each line is a single
write to a file that is opened for appending, so that lines do not mix.
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

#: A pipe that nobody reads must not block the task, and a terminal must not become its controlling terminal.
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY
_MODE = 0o600
#: Errors of fsync on some file systems, which do no harm.
_NO_SYNC = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)


class Journal:
    """
    :param path: where the file is, or will be created; a symbolic link is followed.
    :param about: the first fields of each line, after the time.
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

        :raises Refused: if not; the message describes what is there instead.
        """
        if not self._path.strip():
            raise Refused("journal is empty; leave it out to write none")
        try:
            # Checked first, because merely opening some devices has side effects.
            mode = os.stat(self._path).st_mode
            if not stat.S_ISREG(mode):
                raise self._refused(f"is {'a directory' if stat.S_ISDIR(mode) else 'not a regular file'}")
            os.close(self._opened(_FLAGS))
        except FileNotFoundError:
            self._check_folder()
        except (OSError, ValueError) as error:
            raise self._refused(f"cannot be opened for appending: {reason_of(error)}") from None

    def open(self) -> None:
        """Open the file; if it is missing, create it, readable by nobody else.

        :raises Refused: if it cannot be opened.
        """
        try:
            self._file = self._opened(_FLAGS | os.O_CREAT)
            self._torn = self._ends_torn()
        except (OSError, ValueError) as error:
            raise self._refused(f"cannot be opened for appending: {reason_of(error)}") from None

    def append(self, action: str, entry: Object) -> None:
        """Record one change. If that fails, :meth:`reason` returns why from then on.

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
        """Close the file. Some file systems only report now that there was no space left for what was written."""
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
        """:raises Refused: if it is not a regular file, even if it has been replaced since the check."""
        file = os.open(self._path, flags, _MODE)
        if stat.S_ISREG(os.fstat(file).st_mode):
            return file
        os.close(file)
        raise self._refused("is not a regular file")

    def _check_folder(self) -> None:
        if self._path.endswith(os.sep):
            raise self._refused("is the name of a directory")
        # If the link is broken, the file would be created at its target.
        folder = os.path.dirname(os.path.realpath(self._path))
        if not os.path.isdir(folder):
            raise self._refused(f"cannot be created: {shown(folder)} is not a directory")
        if not os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
            raise self._refused(f"cannot be created: {shown(folder)} cannot be written to")

    def _ends_torn(self) -> bool:
        """Whether the last line has no line break, because there was no space left, or because nobody wrote one."""
        # A user who may append may not be allowed to read.
        with contextlib.suppress(OSError), open(self._path, "rb") as file:
            return file.seek(0, os.SEEK_END) > 0 and file.seek(-1, os.SEEK_END) >= 0 and file.read(1) != b"\n"
        return False

    def _write(self, line: str) -> None:
        if self._file is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        content = f"{line}\n".encode()
        if self._torn:
            content = b"\n" + content
        # All of it at once, unless there is no space left: then the next attempt fails with the reason.
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
    """An object as JSON; invisible and control characters are escaped, so that it is one line for every program."""
    line = json.dumps(entry, ensure_ascii=False)
    if line.isprintable():
        return line
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in line)
