# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""YAML as it is written: lists and options whose scalars are interpreted by the caller, and whose keys are all kept."""

from __future__ import annotations

import typing as t

import yaml
from ansible_collections.threema.work.plugins.plugin_utils._reader.problems import quoted

_PREFIX: t.Final = "tag:yaml.org,2002:"
#: The tags of YAML itself; other tags stand for objects of a program.
_SCALARS: t.Final = frozenset(
    _PREFIX + name for name in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge")
)
_COLLECTIONS: t.Final = frozenset(_PREFIX + name for name in ("seq", "map"))
#: A list of people has three levels.
_DEEPEST: t.Final = 3
#: As many as 100,000 people with 50 columns have; repetitions by aliases count, too.
_MOST: t.Final = 5_000_000


class Pairs(t.List[t.Tuple[str, t.Any]]):
    """The keys and values of a dictionary as they are written, including duplicate keys."""


def parse(text: str, scalar: t.Callable[[yaml.ScalarNode], t.Any]) -> t.Any:
    """The content of a text: lists, C(Pairs), and interpreted scalars; None if it is empty.

    :param scalar: interprets a scalar.
    :raises ValueError: with the line, if it is not YAML, or exceeds what lists of people need.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return None if node is None else _Walk(scalar).value(node)
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else 1
        raise ValueError(f"line {line}: this is not YAML; {exc.problem or 'correct it there'}") from None
    except (yaml.YAMLError, RecursionError):
        raise ValueError("line 1: this is not YAML") from None


def is_null(node: yaml.ScalarNode) -> bool:
    """Whether a scalar is null."""
    return bool(node.tag == f"{_PREFIX}null")


def is_boolean(node: yaml.ScalarNode) -> bool:
    """Whether a scalar is a word for a boolean, without quotation marks."""
    return bool(node.tag == f"{_PREFIX}bool")


def is_no_number(node: yaml.ScalarNode) -> bool:
    """Whether a scalar is NaN or an infinity, as YAML writes them."""
    return bool(node.tag == f"{_PREFIX}float" and node.value.lower().lstrip("+-") in (".nan", ".inf"))


class _Walk:
    """Walks through a text once; repetitions by an alias are counted each time."""

    def __init__(self, scalar: t.Callable[[yaml.ScalarNode], t.Any]) -> None:
        self.scalar = scalar
        self.left = _MOST

    def value(self, node: yaml.Node, depth: int = 0) -> t.Any:
        """The value of a node."""
        line = node.start_mark.line + 1
        is_scalar = isinstance(node, yaml.ScalarNode)
        if node.tag not in (_SCALARS if is_scalar else _COLLECTIONS):
            tag = node.tag.replace(_PREFIX, "!!")
            raise ValueError(
                f"line {line}: there is a custom tag ({quoted(tag)[1:-1]}); write the value itself, or encrypt the "
                "whole file"
            )
        if depth > _DEEPEST:
            raise ValueError(
                f"line {line}: values are nested too deeply; write each person in full, with a value or a list of "
                "values for each key, without aliases of lists in lists"
            )
        self.left -= 1 if is_scalar else len(node.value)
        if self.left < 0:
            raise ValueError(
                f"line {line}: there are more values than a staff list has; write each person in full, without aliases"
            )
        if is_scalar:
            return self.scalar(t.cast(yaml.ScalarNode, node))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(one, depth + 1) for one in node.value]
        return Pairs((self._key(key), self.value(value, depth + 1)) for key, value in node.value)

    def _key(self, key: yaml.Node) -> str:
        if not isinstance(key, yaml.ScalarNode) or key.tag == f"{_PREFIX}merge" or key.tag not in _SCALARS:
            line = key.start_mark.line + 1
            raise ValueError(f"line {line}: a key must be a name; write each person in full")
        return str(key.value)
