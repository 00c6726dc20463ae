# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The glue for modules that write a folder of files; only they ship it."""

from __future__ import annotations

import typing as t

from ._folder import FileChange, Folder, Written
from ._module import Result, ThreemaModule
from ._options import Spec

DEST: t.Final[Spec] = {"dest": {"type": "path", "required": True}}


def save(module: ThreemaModule, folder: Folder, changes: t.Sequence[FileChange]) -> Written:
    """Carry out the changes of a folder, or in check mode only say so.

    :param changes: as :meth:`Folder.plan` returned them.
    """
    if module.check_mode:
        return Written(changes, sum(change.is_write for change in changes))
    # From here on, a signal only keeps further files from being written.
    module.interruption.writing = True
    return folder.apply(changes, module.interruption.reason)


def saved_result(module: ThreemaModule, written: Written) -> Result:
    """The common part of the results of modules that write files: without the files, which each returns in its way."""
    result: Result = {"changed": written.changed}
    if module._diff:
        result["diff"] = written.diff()
    if written.error:
        result.update(failure=written.error.as_result(), msg=written.error.msg)
    return result
