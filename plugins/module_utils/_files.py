# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Files on the host that executes the module: read whole or not at all, written whole or not at all.

Only regular files: a pipe has no end, a device no size, and behind a symbolic link may be anybody's file.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import typing as t

from ._errors import Refused
from ._text import shown

HOST: t.Final = "on the host that executes the module"


def read_file(path: str, option: str, max_bytes: int) -> bytes:
    """The content of a regular file, or of one that a symbolic link leads to.

    :param option: the option that names the file, for messages.
    :param max_bytes: the most that it may hold; more is never read.
    :raises Refused: if it cannot be read, is no regular file or holds more.
    """
    where = f"{option}: {shown(path)}"
    try:
        # Opened without waiting: a pipe that nobody writes to would never be.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Refused(f"{where} is not a regular file {HOST}; give the path of a file")
            content = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        raise Refused(f"{where} cannot be read {HOST}: {reason_of(error)}") from None
    if len(content) > max_bytes:
        raise Refused(f"{where} has more than {max_bytes:,} bytes, the most that is read; is it the right file?")
    return content


def holds(path: str, content: bytes, option: str = "dest") -> bool:
    """Whether a file is there and holds exactly this, so that it need not be written.

    :raises Refused: if it cannot be read, or something other than a regular file has its name.
    """
    if not _is_there(path, option):
        return False
    try:
        # Between the look and this the file may have become a pipe.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            return file.read(len(content) + 1) == content
    except OSError as error:
        raise Refused(f"{option}: {shown(path)} cannot be read {HOST}: {reason_of(error)}") from None


def write_file(path: str, content: bytes, mode: int = 0o600, option: str = "dest") -> None:
    """Write a file: a new one beside it, which takes its name only once it is whole and on the disk.

    What a file of that name held is there until then; whoever may read it is decided by ``mode`` alone.

    :param option: the option that names the file or its folder, for messages.
    :raises Refused: if it cannot be written, or something other than a regular file has its name: nothing was written.
    """
    _is_there(path, option)
    new = None
    try:
        # Readable to nobody else from its first moment.
        number, new = tempfile.mkstemp(prefix=".threema-work-", dir=os.path.dirname(path) or ".")
        with open(number, "wb") as file:
            file.write(content)
            os.fchmod(number, mode)
            file.flush()
            os.fsync(number)
        os.replace(new, path)
        new = None
    except OSError as error:
        raise Refused(f"{option}: {shown(path)} cannot be written {HOST}: {reason_of(error)}") from None
    finally:
        # A signal ends it here too.
        if new is not None:
            with contextlib.suppress(OSError):
                os.unlink(new)


def _is_there(path: str, option: str) -> bool:
    """Whether there is a regular file of that name; :raises Refused: if there is something else."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        raise Refused(f"{option}: {shown(path)} cannot be used {HOST}: {reason_of(error)}") from None
    if not stat.S_ISREG(mode):
        what = "a symbolic link" if stat.S_ISLNK(mode) else "a directory" if stat.S_ISDIR(mode) else "no regular file"
        raise Refused(f"{option}: {shown(path)} is {what} {HOST}, and is left as it is; give another path")
    return True


def reason_of(error: OSError | ValueError) -> str:
    """What the system says of it, without its number."""
    # A path with a NUL is a ValueError.
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
