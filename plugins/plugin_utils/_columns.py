# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The columns of a roster: their names, their possible values, and the MDM parameters that they set.

Limits of username and password: contract of the REST API, credentials (both 1 to 256 characters). Limits and types of
C(th_…): the catalogue of parameters.
"""

from __future__ import annotations

import difflib
import functools
import re
import typing as t
import unicodedata
from collections.abc import Mapping

from ansible_collections.threema.work.plugins.module_utils._columns import CREDENTIAL_COLUMNS, PARAMETER_COLUMNS
from ansible_collections.threema.work.plugins.module_utils._parameters import (
    FALSE_WORDS,
    PARAMETERS,
    TRUE_WORDS,
    check_name,
    coerce,
    mistaken_for,
)
from ansible_collections.threema.work.plugins.module_utils._planning.items import (
    MAX_LENGTH,
    threema_id_problem,
)

#: Every known column, in addition to any C(th_…).
KNOWN_COLUMNS: t.Final = ("username", *PARAMETER_COLUMNS, *CREDENTIAL_COLUMNS[1:])

#: Other words for a column, too different for a comparison of letters.
_SYNONYMS: t.Final[Mapping[str, str]] = {
    "category": "categories",
    "employeeno": "employee_number",
    "employeenr": "employee_number",
    "hash": "hashed",
    "lock": "locked",
}


def is_known(name: str) -> bool:
    """Whether values of this column are sent: a known one, or the name of a parameter."""
    try:
        return name in KNOWN_COLUMNS or check_name(name) == name
    except ValueError:
        return False


def normalized(heading: str) -> str:
    """A heading for the comparison with known columns: C(First Name) and C(first-name) are C(first_name)."""
    return re.sub(r"[\s-]+", "_", heading.strip().casefold())


@functools.lru_cache(maxsize=4096)
def nearly(heading: str) -> str | None:
    """Return the known column that a heading almost matches, or None.

    Also None for a known column and for a parameter that is not in the catalogue, unless it looks like a typing error
    (the same words except for one letter): newer parameters must be accepted. A known name with a whole word before or
    after it (C(department_id)) is another column.
    """
    name = normalized(heading)
    if heading in KNOWN_COLUMNS or heading in PARAMETERS:
        return None
    squeezed = name.replace("_", "")
    for known in (*KNOWN_COLUMNS, *PARAMETERS):
        if squeezed == known.replace("_", ""):
            return known
    if name.startswith("th_"):
        return mistaken_for(name)
    if squeezed in _SYNONYMS:
        return _SYNONYMS[squeezed]
    if any(name.startswith(f"{known}_") or name.endswith(f"_{known}") for known in KNOWN_COLUMNS):
        return None
    candidates = {known.replace("_", ""): known for known in KNOWN_COLUMNS}
    close = difflib.get_close_matches(squeezed, candidates, n=1, cutoff=0.85)
    return candidates[close[0]] if close else None


def is_opposite(heading: str, column: str) -> bool:
    """Whether a name is the opposite of a column, not a typing error: C(Unlocked)."""
    return normalized(heading).replace("_", "") == f"un{column}"


def typed(column: str, value: object) -> t.Any:
    """Return the value of a known column in its type.

    :param value: the value of the cell, or of a key of a person; not empty.
    :raises ValueError: with a sentence that does not repeat the value, which could be a password in the wrong column.
    """
    if column == "username":
        return _username(value)
    if column == "password":
        return _password(value)
    if column == "license_count":
        return _license_count(value)
    if column in ("locked", "hashed"):
        return _boolean(value)
    if column == "categories" and isinstance(value, (list, tuple)):
        value = _joined(value)
    try:
        return coerce(PARAMETER_COLUMNS.get(column, column), value)[0]
    except ValueError as exc:
        sentence = str(exc)
        if isinstance(value, str):
            for shown in (repr(value), repr(value[:40])):
                sentence = sentence.replace(shown, "this value")
        raise ValueError(sentence) from None


def contact_value(column: str, text: str) -> str | bool:
    """Return the value of a column of a contact in its type.

    :param text: what is in the cell.
    :raises ValueError: with a sentence that does not repeat the value.
    """
    if column == "enabled":
        return _boolean(text)
    if column == "threema_id":
        if not text:
            raise ValueError("the Threema ID is empty; every contact needs one")
        if threema_id_problem(text):
            raise ValueError("this is not a Threema ID: it has 8 characters, A to Z and 0 to 9, or * and 7 of these")
        return text
    _check_length(text)
    return text


def contradictions(person: Mapping[str, object]) -> list[str]:
    """Name the parameters that a person has twice with different values, under the column's name and under its own."""
    return [
        f"{column} and {parameter} set the same parameter to different values; keep one of them"
        for column, parameter in PARAMETER_COLUMNS.items()
        if column in person and parameter in person and person[column] != person[parameter]
    ]


def _username(value: object) -> str:
    text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else None
    if text is None:
        raise ValueError("a username must be a string; put it in quotation marks")
    if not text:
        raise ValueError("the username is empty; every person needs one")
    _check_length(text)
    _check_characters(text)
    return text


def _password(value: object) -> str:
    text = value if isinstance(value, str) else None
    if text is None:
        raise ValueError("a password must be a string; put it in quotation marks")
    if not text.strip():
        raise ValueError("the password consists of white space only; leave it empty, or set a password")
    _check_length(text)
    _check_characters(text)
    return text


def _license_count(value: object) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise ValueError("license_count must be an integer of at least 1")
    return int(text)


def _boolean(value: object) -> bool:
    text = str(value).strip().casefold()
    if text not in TRUE_WORDS | FALSE_WORDS:
        raise ValueError("neither true nor false; write yes or no")
    return text in TRUE_WORDS


def _joined(values: t.Sequence[object]) -> str:
    texts = [str(value).strip() for value in values]
    if not all(isinstance(value, (str, int)) for value in values) or any("," in text for text in texts):
        raise ValueError("categories must be strings without commas, because commas separate them")
    return ",".join(text for text in texts if text)


def _check_length(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise ValueError(f"{len(text)} characters are too many; the maximum is {MAX_LENGTH}")


def _check_characters(text: str) -> None:
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text):
        raise ValueError("there is a line break, a tab, or another control character; remove it")
