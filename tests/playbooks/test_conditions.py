# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conditions of playbooks and roles are valid for all versions of ansible-core.

Up to 2.18, a condition is put into ``{% if … %}``, which takes no ``a if b else c`` without parentheses.
"""

from __future__ import annotations

import typing as t
from pathlib import Path

import jinja2
import pytest
import yaml
from ansible_collections.threema.work.tests.generic.utils.collection import ROOT

_KEYS: t.Final = frozenset({"changed_when", "failed_when", "that", "until", "when"})
_FILES: t.Final = sorted([*ROOT.glob("playbooks/*.yml"), *ROOT.glob("roles/*/tasks/*.yml")])


def conditions_in(value: t.Any) -> t.Iterator[str]:
    """All conditions anywhere in a file."""
    if isinstance(value, list):
        for item in value:
            yield from conditions_in(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in _KEYS:
                yield from (str(one) for one in (item if isinstance(item, list) else [item]))
            else:
                yield from conditions_in(item)


def is_valid(condition: str) -> bool:
    """Whether older versions of ansible-core can read it too."""
    try:
        jinja2.Environment().parse(f"{{% if {condition} %}}{{% endif %}}")
    except jinja2.TemplateSyntaxError:
        return False
    return True


@pytest.mark.parametrize("path", _FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_all_of_them_are_valid(path: Path) -> None:
    conditions = list(conditions_in(yaml.safe_load(path.read_text(encoding="utf-8"))))
    assert [one for one in conditions if not is_valid(one)] == []


def test_what_is_not_valid_is_found() -> None:
    wrong, right = "a in b if c else d", "(a in b if c else d)"
    task = {"block": [{"ansible.builtin.assert": {"that": [wrong, right]}, "when": "e"}]}
    assert [one for one in conditions_in([task]) if not is_valid(one)] == [wrong]
