# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""A folder of files for people, on the host that executes the module: what is there, what changes, and changing it.

Read, plan, apply, as for the service: :meth:`Folder.plan` only reads, and finds everything that would prevent a write;
:meth:`Folder.apply` writes one file after another, each of them whole. Knows nothing of Ansible.
"""

from __future__ import annotations

import os
import stat
import typing as t
from dataclasses import dataclass, field

from ._errors import Refused, ThreemaError
from ._files import HOST, holds, is_there, reason_of, write_file
from ._plan import CREATED, FAILED, PENDING, REMOVED, UNCHANGED, UPDATED, WRITES
from ._progress import MAX_DIFFS
from ._text import as_lines, shown
from ._types import Object

#: Nobody but the owner: the files are about people, and some contain passwords.
FOLDER_MODE: t.Final = 0o700
FILE_MODE: t.Final = 0o600


@dataclass(frozen=True)
class FileChange:
    """What is decided about one file.

    :ivar name: its name in the folder.
    :ivar action: ``created``, ``updated``, ``removed``, or ``unchanged``.
    :ivar content: what it will contain.
    """

    name: str
    action: str
    content: bytes = field(default=b"", repr=False)

    @property
    def is_write(self) -> bool:
        """Whether the file system is to be changed for it."""
        return self.action in WRITES


@dataclass(frozen=True)
class Written:
    """What became of the changes of a folder.

    :ivar changes: all of them, in their order.
    :ivar done: how many of those that are writes were carried out, from the first.
    :ivar error: why the others were not; None if there are none.
    """

    changes: t.Sequence[FileChange]
    done: int
    error: ThreemaError | None = None

    @property
    def changed(self) -> bool:
        """Whether the folder holds something else now."""
        return self.done > 0

    def outcomes(self) -> list[tuple[FileChange, str]]:
        """Each change with its outcome: its action, or ``failed`` or ``pending`` where it was not carried out."""
        left, found, failed = self.done, [], False
        for change in self.changes:
            outcome = change.action
            if change.is_write and left:
                left -= 1
            elif change.is_write:
                # A run that was asked to stop did not try the next one.
                outcome = PENDING if failed or isinstance(self.error, Stopped) else FAILED
                failed = True
            found.append((change, outcome))
        return found

    def files(self) -> list[Object]:
        """The files as a module returns them."""
        return [{"name": change.name, "action": outcome} for change, outcome in self.outcomes()]

    def diff(self) -> list[Object]:
        """An entry for each file that changed, at most MAX_DIFFS and then their number: names, never contents."""
        names = [(change.name, change.action) for change in self.changes if change.is_write][: self.done]
        diffs: list[Object] = [
            {
                "before_header": shown(name),
                "after_header": shown(name),
                "before": "",
                "after": as_lines({"action": action}),
            }
            for name, action in names[:MAX_DIFFS]
        ]
        if len(names) > MAX_DIFFS:
            diffs.append({"prepared": f"and {len(names) - MAX_DIFFS} more changed files\n"})
        return diffs


class Stopped(Refused):
    """The run was asked to stop between two files."""


class Folder:
    """
    :param path: where the folder is, or will be created; its parent must exist.
    :param option: the option that names it, for messages.
    """

    def __init__(self, path: str, option: str = "dest") -> None:
        self.path = _without_ending(path)
        self._option = option

    def check(self) -> bool:
        """Make sure that it is a folder, or can be created, without creating or writing anything.

        :returns: whether it exists.
        :raises Refused: if a link or anything else has its name, or its parent is no folder that can be written to.
        """
        if not self.path.strip():
            raise Refused(f"{self._option} is empty; give the path of a directory {HOST}")
        try:
            mode = os.lstat(self.path).st_mode
        except FileNotFoundError:
            self._check_parent()
            return False
        except (OSError, ValueError) as error:
            raise self._refused(f"cannot be used {HOST}: {reason_of(error)}") from None
        if stat.S_ISLNK(mode):
            raise self._refused(f"is a symbolic link {HOST}, and is not followed; give the path of the directory")
        if not stat.S_ISDIR(mode):
            raise self._refused(f"is not a directory {HOST}, and is not replaced; give the path of a directory")
        return True

    def names(self) -> list[str]:
        """The names in it, sorted; none if it does not exist.

        :raises Refused: as :meth:`check`, or if it cannot be read.
        """
        if not self.check():
            return []
        try:
            return sorted(os.listdir(self.path))
        except OSError as error:
            raise self._refused(f"cannot be read {HOST}: {reason_of(error)}") from None

    def beginning(self, name: str, size: int) -> bytes | None:
        """The first bytes of a file in it, which tell whose it is; None if it is missing or no regular file.

        :raises Refused: if it cannot be read.
        """
        path = self._path_of(name)
        try:
            with open(path, "rb", opener=_without_waiting) as file:
                return file.read(size) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None
        except FileNotFoundError:
            return None
        except OSError as error:
            if os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):
                return None
            raise Refused(f"{self._option}: {shown(path)} cannot be read {HOST}: {reason_of(error)}") from None

    def plan(self, files: t.Mapping[str, bytes], obsolete: t.Iterable[str] = ()) -> list[FileChange]:
        """Compare files with what is there; nothing is written.

        :param files: what is to be there, by name; they are written in this order.
        :param obsolete: names of files that are to go, if they are there; they go first, in this order. Other files are
            not looked at.
        :raises Refused: if something could not be carried out: a link or anything else but a regular file has one of
            the names, or the folder cannot be written to.
        """
        exists = self.check()
        gone = [name for name in dict.fromkeys(obsolete) if name not in files] if exists else ()
        changes = [FileChange(name, REMOVED) for name in gone if is_there(self._path_of(name), self._option)]
        changes += [self._planned(name, content, exists=exists) for name, content in files.items()]
        if exists and any(change.is_write for change in changes):
            self._check_writable(self.path, "cannot be written to")
        return changes

    def _planned(self, name: str, content: bytes, *, exists: bool) -> FileChange:
        path = self._path_of(name)
        if not (exists and is_there(path, self._option)):
            return FileChange(name, CREATED, content)
        # A file that others may read is written anew, too: it gets the right mode from its first moment.
        same = stat.S_IMODE(os.lstat(path).st_mode) == FILE_MODE and holds(path, content, self._option)
        return FileChange(name, UNCHANGED if same else UPDATED, content)

    def apply(self, changes: t.Sequence[FileChange], reason: t.Callable[[], str | None] = lambda: None) -> Written:
        """Carry changes out, one file after another; after the first that fails, nothing more is written.

        :param reason: why no further file may be written; None while all is well.
        """
        done = 0
        try:
            for change in changes:
                if not change.is_write:
                    continue
                stop = reason()
                if stop:
                    raise Stopped(stop)
                self._create()
                self._carry_out(change)
                done += 1
        except Refused as error:
            of = sum(change.is_write for change in changes)
            error.msg = f"{error.msg}. {done} of {of} files were changed, each as a whole; run again for the rest"
            return Written(changes, done, error)
        return Written(changes, done)

    def _carry_out(self, change: FileChange) -> None:
        path = self._path_of(change.name)
        if change.action != REMOVED:
            write_file(path, change.content, FILE_MODE, self._option)
        elif is_there(path, self._option):
            try:
                os.unlink(path)
            except OSError as error:
                raise Refused(f"{self._option}: {shown(path)} cannot be removed {HOST}: {reason_of(error)}") from None

    def _create(self) -> None:
        if self.check():
            return
        try:
            os.mkdir(self.path, FOLDER_MODE)
        except OSError as error:
            raise self._refused(f"cannot be created {HOST}: {reason_of(error)}") from None

    def _path_of(self, name: str) -> str:
        """:raises ValueError: for a name that leaves the folder, which is a defect of the caller."""
        if name in ("", os.curdir, os.pardir) or os.sep in name or "\0" in name:
            raise ValueError(f"{name!r} is not the name of a file")
        return os.path.join(self.path, name)

    def _check_parent(self) -> None:
        parent = os.path.dirname(self.path) or os.curdir
        if not os.path.isdir(parent):
            raise self._refused(f"cannot be created {HOST}: {shown(parent)} is not a directory; create it first")
        self._check_writable(parent, f"cannot be created {HOST}: {shown(parent)} cannot be written to")

    def _check_writable(self, folder: str, what: str) -> None:
        if not os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
            raise self._refused(what if HOST in what else f"{what} {HOST}")

    def _refused(self, what: str) -> Refused:
        return Refused(f"{self._option}: {shown(self.path)} {what}")


def _without_ending(path: str) -> str:
    """The path without slashes and dots at its end, with which a symbolic link would be followed unseen."""
    rest = path.rstrip(os.sep)
    while rest.endswith(f"{os.sep}{os.curdir}"):
        rest = rest[:-1].rstrip(os.sep)
    return rest or path[:1]


def _without_waiting(name: str, flags: int) -> int:
    """Neither a pipe that nobody writes to is waited for, nor a link followed."""
    return os.open(name, flags | os.O_NONBLOCK | os.O_NOFOLLOW)
