# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Settings from a survey: one per line, a name, a colon, and a value that is used as it is."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.threema.work.plugins.module_utils._parameters import check_name

#: A pair of quotation marks around a whole value. A mark between two letters or digits is an apostrophe; any other one
#: ends the quotation.
_QUOTED: t.Final = re.compile(r"""(["'])((?:(?!\1).|(?<=\w)\1(?=\w))*)\1""")

_NAMED: t.Final = re.compile(r"th_[A-Za-z0-9_]{1,60}")


class SettingsTextError(ValueError):
    """Lines that are not settings; the message names each of them, and repeats no value, which may be a secret."""


def read_settings(text: str) -> dict[str, str]:
    """Read settings. All values are strings: the modules know which are numbers.

    Empty lines and lines that begin with C(#) are skipped. YAML would convert 010 to 8.

    :raises SettingsTextError: with every line that is wrong.
    """
    settings: dict[str, str] = {}
    places: dict[str, int] = {}
    problems = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, colon, value = (part.strip() for part in line.partition(":"))
        problem = _problem(name, colon, value)
        if problem is None and name in places:
            problem = f"it is already in line {places[name]}"
        if problem:
            # Only the name: the rest may be a secret.
            named = _NAMED.match(line)
            problems.append(f"line {number}{f' ({named[0]})' if named else ''}: {problem}")
            continue
        places[name] = number
        settings[name] = unquoted(value)
    if problems:
        raise SettingsTextError(
            "requires one setting per line, each only once: a name, a colon, and a value, for example "
            "th_disable_export: true; " + "; ".join(problems)
        )
    return settings


def _problem(name: str, colon: str, value: str) -> str | None:
    if not colon:
        return "there is no colon"
    try:
        check_name(name)
    except ValueError:
        return "the part before the colon is not the name of a setting"
    if not value:
        return 'there is no value; write "" for an empty one'
    return None


def unquoted(value: str) -> str:
    """The value without the quotation marks that are around all of it."""
    match = _QUOTED.fullmatch(value)
    return match[2] if match else value
