# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the reader of rosters ask it."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import RosterError
from ansible_collections.threema.work.plugins.plugin_utils._roster import read


def people(data: str | bytes, **options: t.Any) -> list[dict[str, t.Any]]:
    """The people on a list."""
    return read(data, **options).people


def details(data: str | bytes, **options: t.Any) -> dict[str, t.Any]:
    """What is returned of a list with details."""
    return read(data, **options).details


def problems(data: str | bytes, **options: t.Any) -> list[str]:
    """The problems for which a list is refused."""
    with pytest.raises(RosterError) as caught:
        read(data, **options)
    for problem in caught.value.problems[:20]:
        assert f"- {problem}" in str(caught.value)
    return caught.value.problems


def problem(data: str | bytes, **options: t.Any) -> str:
    """The one problem for which a list is refused."""
    (found,) = problems(data, **options)
    return found
