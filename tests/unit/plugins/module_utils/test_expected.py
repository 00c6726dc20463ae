# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which subscription is the expected one: one rule for all modules, the doctor, and the probe."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.plugins.module_utils._api.subscription import is_expected

FOUND: t.Final = {"id": "QX7K2M9P0A", "name": "Example Ltd"}


@pytest.mark.parametrize(
    ("expected", "accept", "is_it"),
    [
        (None, None, True),
        ("QX7K2M9P0A", None, True),
        ("Example Ltd", None, True),
        ("example ltd", None, False),
        ("Example", None, False),
        ("", None, False),
        ("Old Ltd", "Example Ltd", True),
        # An id is nobody's other name.
        ("Old Ltd", "QX7K2M9P0A", False),
    ],
)
def test_by_id_or_exact_name(expected: str | None, accept: str | None, is_it: bool) -> None:
    assert is_expected(FOUND, expected, accept) is is_it


def test_what_has_neither_is_not_it() -> None:
    """Nothing that is missing is like something that is missing."""
    assert not is_expected({}, "Example Ltd")
    assert not is_expected({"id": None, "name": None}, "Example Ltd", None)
