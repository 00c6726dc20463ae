# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The words of a page: one file of texts for each language, with the forms of numbers."""

from __future__ import annotations

import datetime
import functools
import typing as t
from pathlib import Path

import yaml

_FOLDER: t.Final = Path(__file__).with_name("words")
#: The languages that a page can be written in.
LANGUAGES: t.Final = tuple(sorted(path.stem for path in _FOLDER.glob("*.yml")))


class Words:
    """The texts of one language.

    A text with a number is a dictionary of its forms: C(none) for 0, C(one) for 1, C(many) for all others; C(many)
    stands in if C(none) is missing.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts: dict[str, t.Any] = _texts(language)

    def __call__(self, key: str, number: int | None = None, **values: str) -> str:
        """A text with its values filled in; C({n}) is the number."""
        text: t.Any = self._texts
        for part in key.split("."):
            text = text[part]
        if number is None:
            return str(text).format(**values)
        form = "none" if not number and "none" in text else "one" if number == 1 else "many"
        return str(text[form]).format(n=self.number(number), **values)

    def number(self, number: int) -> str:
        """A number with its digits grouped."""
        return f"{number:,}".replace(",", self._texts["thousands"]).replace("-", "\u2212")

    def difference(self, number: int) -> str:
        """A number with its sign."""
        return ("+" if number > 0 else "\u00b1" if not number else "") + self.number(number)

    def percent(self, part: int, whole: int) -> str:
        """A share. It is neither 0 nor 100 % unless it is none or all."""
        some = max(1, min(99, round(100 * part / whole))) if whole else 0
        share = some if part < whole else 100
        share = share if part else 0
        return str(self._texts["percent"]).format(n=share)

    def date(self, moment: datetime.date) -> str:
        """A date with the name of its month."""
        month = self._texts["months"][moment.month - 1]
        return str(self._texts["date"]).format(day=moment.day, month=month, year=moment.year)


@functools.lru_cache(maxsize=8)
def _texts(language: str) -> dict[str, t.Any]:
    found: dict[str, t.Any] = yaml.safe_load((_FOLDER / f"{language}.yml").read_text(encoding="utf-8"))
    return found
