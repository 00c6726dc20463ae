# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The known th_ parameters and what the service would accept for them (contract 7 and 9)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from .errors import unprocessable
from .switches import Switches

SettingValue = str | int | bool

# The apps discard these when they come from Threema's own configuration (contract 7).
EXTERNAL_ONLY = frozenset(
    ("th_id_backup", "th_id_backup_password", "th_license_username", "th_license_password", "th_safe_password")
)

_PYTHON_TYPES: dict[str, type] = {"string": str, "bool": bool, "int": int}


@dataclass(frozen=True)
class Parameter:
    """One row of the table: a name, its type and its limits (of the length, for a text)."""

    name: str
    type: type
    minimum: int | None
    maximum: int | None

    def allows(self, value: SettingValue) -> bool:
        """Whether type and limits fit; a boolean is no integer."""
        if value.__class__ is not self.type:
            return False
        size = len(value) if isinstance(value, str) else int(value)
        if self.minimum is not None and size < self.minimum:
            return False
        return self.maximum is None or size <= self.maximum


def _limit(text: str) -> int | None:
    return int(text) if text.isdigit() else None


@lru_cache(maxsize=1)
def parameters() -> dict[str, Parameter]:
    """The catalogue, by name."""
    text = resources.files(__package__).joinpath("mdm-parameters.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return {
        row["name"]: Parameter(row["name"], _PYTHON_TYPES[row["type"]], _limit(row["min"]), _limit(row["max"]))
        for row in rows
    }


def check_setting(name: str, value: SettingValue, switches: Switches) -> None:
    """Refuse with 422 what the switches say is refused; the form was checked by the OpenAPI document before."""
    if name in EXTERNAL_ONLY and switches["external-only-settings"] == "refuse":
        raise unprocessable()
    if switches["text-settings"] == "no-exclamation" and isinstance(value, str) and "!" in value:
        raise unprocessable()
    if switches["setting-values"] == "anything":
        return
    parameter = parameters().get(name)
    if parameter is None or not parameter.allows(value):
        raise unprocessable()
