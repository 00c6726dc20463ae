# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Comparing settings: which are the same, which have to be written, and how a result shows them. Pure."""

from __future__ import annotations

import typing as t

from .._parameters import coerce, is_secret
from .._types import Settings


def coerce_settings(settings: t.Mapping[str, t.Any]) -> tuple[Settings, list[str], list[str]]:
    """Typed settings, problems and warnings."""
    typed: Settings = {}
    problems: list[str] = []
    warnings: list[str] = []
    for name, value in settings.items():
        if value is None and is_secret(name):
            # This is how a result shows it; used as input, it is left unchanged.
            continue
        try:
            typed[name], told = coerce(name, value)
        except ValueError as problem:
            problems.append(str(problem))
        else:
            warnings.extend(told)
    return typed, problems, warnings


def same(one: t.Any, other: t.Any) -> bool:
    """Whether two values are equal and of one type: apps drop a value of a wrong type (contract 7)."""
    return type(one) is type(other) and bool(one == other)


def difference(present: t.Mapping[str, t.Any], wanted: Settings) -> Settings:
    """The settings that have to be written."""
    return {name: value for name, value in wanted.items() if name not in present or not same(present[name], value)}


def public(settings: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Settings as a result shows them: null in place of a secret."""
    return {name: None if is_secret(name) else value for name, value in settings.items()}


def shown_difference(present: t.Mapping[str, t.Any], changed: Settings) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """Before and after of the settings that change, for a diff."""
    before = {name: "(old)" if is_secret(name) else present[name] for name in sorted(changed) if name in present}
    after = {name: "(new)" if is_secret(name) else changed[name] for name in sorted(changed)}
    return before, after
