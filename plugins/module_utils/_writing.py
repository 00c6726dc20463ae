# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The glue for modules that write to the service: their option ``journal``."""

from __future__ import annotations

import typing as t

from . import _http
from ._journal import Journal
from ._module import ThreemaModule
from ._options import WRITING, Spec


class WritingModule(ThreemaModule):
    """A module that writes to the service, and records what it did if the task sets ``journal``.

    :param called: its name, for the journal.
    """

    def __init__(self, called: str, spec: Spec, **kwargs: t.Any) -> None:
        self._called = called
        super().__init__({**WRITING, **spec}, **kwargs)

    def prepare(self, client: _http.Client) -> None:
        path = self.params["journal"]
        if path is not None:
            journal = Journal(path, {"api_host": client.api_host, "module": self._called})
            journal.check()
            self.record = journal
