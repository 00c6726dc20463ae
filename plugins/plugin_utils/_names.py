# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Names from a list or from a survey: usernames and Threema IDs."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.threema.work.plugins.plugin_utils._vaulted import plain


def names_in(given: object) -> tuple[list[str], list[str]]:
    """Return the names, each once and without surrounding blanks, and what is wrong. No problem repeats the input.

    :param given: a list of strings, or one string with one name per line or names separated by commas.
    """
    given = plain(given)
    # Ansible converts an extra variable that consists of digits to a number.
    if isinstance(given, (str, int)) and not isinstance(given, bool):
        return _in_text(str(given))
    if given is None or not isinstance(given, list):
        what = "null" if given is None else "neither a list nor a string"
        return [], [f"{what}; leave it out, or set an empty list, if it should be empty"]
    # YAML converts a name such as "no" to a boolean.
    wrong = [number for number, one in enumerate(given, 1) if isinstance(one, bool) or not isinstance(one, (str, int))]
    if wrong:
        return [], [
            f"entry {wrong[0]} is not a string; if these are people or credentials, specify only their names, as in "
            "map(attribute='username')"
        ]
    names = [str(one).strip() for one in given]
    if "" in names:
        return [], [f"entry {names.index('') + 1} is empty; leave it out"]
    return list(dict.fromkeys(names)), []


def _in_text(text: str) -> tuple[list[str], list[str]]:
    names = [name for part in re.split(r"[,\r\n]", text) if (name := part.strip())]
    if not names:
        return [], ["the string contains no names; leave it out if it should be empty"]
    # No name begins like this, but a person or a list that was converted to a string does.
    if names[0][0] in "[{":
        return [], ["the string looks like a list or a dictionary; specify names, one per line or separated by commas"]
    return list(dict.fromkeys(names)), []


def described(given: object) -> dict[str, t.Any]:
    """Return the names, the same names as items of credentials, and the problems, for a role."""
    names, problems = names_in(given)
    return {"names": names, "credentials": [{"username": name} for name in names], "problems": problems}
