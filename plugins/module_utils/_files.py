# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Files on the host that executes the module: read whole or not at all, written whole or not at all.

Only regular files: a pipe has no end, a device has no size, and a symbolic link may point to anybody's file.
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
    """The content of a regular file, or of one that a symbolic link points to.

    :param option: the option that names the file, for messages.
    :param max_bytes: its maximum size; more is never read.
    :raises Refused: if it cannot be read, is not a regular file, or is larger.
    """
    where = f"{option}: {shown(path)}"
    try:
        # Opened without waiting: a pipe that nobody writes to would block forever.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Refused(f"{where} is not a regular file {HOST}; give the path of a file")
            content = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        raise Refused(f"{where} cannot be read {HOST}: {reason_of(error)}") from None
    if len(content) > max_bytes:
        raise Refused(f"{where} is larger than {max_bytes:,} bytes, the maximum size; is it the right file?")
    return content


def holds(path: str, content: bytes, option: str = "dest") -> bool:
    """Whether a file exists and contains exactly this, so that it does not have to be written.

    :raises Refused: if it cannot be read, or something other than a regular file has its name.
    """
    if not is_there(path, option):
        return False
    try:
        # Since the check, the file may have become a pipe.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            return file.read(len(content) + 1) == content
    except OSError as error:
        raise Refused(f"{option}: {shown(path)} cannot be read {HOST}: {reason_of(error)}") from None


def write_file(path: str, content: bytes, mode: int = 0o600, option: str = "dest") -> None:
    """Write a file: a new one beside it, which takes its name only once it is whole and on the disk.

    Until then, an existing file with that name is unchanged; ``mode`` alone decides who may read the new one.

    :param option: the option that names the file or its folder, for messages.
    :raises Refused: if it cannot be written, or something other than a regular file has its name: nothing was written.
    """
    is_there(path, option)
    new = None
    try:
        # Readable by nobody else from the start.
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
        # This is also executed if a signal arrives.
        if new is not None:
            with contextlib.suppress(OSError):
                os.unlink(new)


def is_there(path: str, option: str) -> bool:
    """Whether there is a regular file of that name; :raises Refused: if there is something else."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        raise Refused(f"{option}: {shown(path)} cannot be used {HOST}: {reason_of(error)}") from None
    if not stat.S_ISREG(mode):
        what = (
            "a symbolic link" if stat.S_ISLNK(mode) else "a directory" if stat.S_ISDIR(mode) else "not a regular file"
        )
        raise Refused(f"{option}: {shown(path)} is {what} {HOST}, and is not overwritten; use another path")
    return True


def reason_of(error: OSError | ValueError) -> str:
    """The system's message for the error, without its number."""
    # A path that contains a NUL raises a ValueError.
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
