# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The description of a subscription: finding its files and checking all of it, without the service."""

from __future__ import annotations

import base64
import os
import stat
import typing as t
from collections.abc import Mapping

from ansible.module_utils.common.validation import check_type_dict
from ansible_collections.threema.work.plugins.module_utils import _png
from ansible_collections.threema.work.plugins.module_utils._planning.compare import coerce_settings
from ansible_collections.threema.work.plugins.module_utils._planning.items import length_problems
from ansible_collections.threema.work.plugins.plugin_utils._settings_text import read_settings

NAME: t.Final = "subscription_name"
LOGOS: t.Final = ("subscription_logo_light", "subscription_logo_dark")
SETTINGS: t.Final = "subscription_settings"
TEXT: t.Final = "subscription_settings_text"
#: Far more than a logo needs; a larger file must be a mistake.
_MAX_BYTES: t.Final = 10_000_000

#: Finds a file: its path, or None and the paths that were tried.
Find = t.Callable[[str], t.Tuple[t.Optional[str], t.Sequence[str]]]


class Described(t.TypedDict):
    """What is wrong with a description; if nothing is, its contents.

    :ivar problems: one sentence each.
    :ivar name: the given name; None if there is none.
    :ivar logos: in Base64, by variable.
    :ivar settings: the given settings by name; None if there are none.
    """

    problems: list[str]
    name: str | None
    logos: dict[str, str]
    settings: dict[str, t.Any] | None


def check_description(given: Mapping[str, t.Any], find: Find, *, ignore_empty: bool) -> Described:
    """Check name, logos, and settings; null counts as missing.

    :param given: values by the names of the role's variables.
    :param find: finds a logo.
    :param ignore_empty: whether an empty string counts as missing, too; otherwise it is a problem.
    """
    described = Described(problems=[], name=None, logos={}, settings=None)
    for variable in (NAME, *LOGOS, SETTINGS, TEXT):
        value = given.get(variable)
        if value is None or (ignore_empty and isinstance(value, str) and not value.strip()):
            continue
        try:
            if value == "":
                raise ValueError("is empty; leave it out to keep the current state")
            _take(described, variable, value, find)
        except ValueError as problem:
            described["problems"].append(f"{variable} {problem}")
    return described


def _take(described: Described, variable: str, value: t.Any, find: Find) -> None:
    if variable == NAME:
        described["name"] = _name(value)
    elif variable in LOGOS:
        described["logos"][variable] = base64.b64encode(_logo(value, find)).decode()
    else:
        if described["settings"] is not None:
            raise ValueError(f"and {SETTINGS} exclude each other. Set either {SETTINGS} or {TEXT}")
        described["settings"] = _settings(value) if variable == SETTINGS else read_settings(str(value)) or None
        _check_settings(described["settings"] or {})


def _name(name: t.Any) -> str:
    if isinstance(name, (Mapping, list)):
        raise ValueError("is not a string")
    if problems := length_problems({"it": str(name)}, "it"):
        raise ValueError(problems[0].removeprefix("it "))
    return str(name)


def _settings(value: t.Any) -> dict[str, t.Any]:
    try:
        settings: dict[str, t.Any] = check_type_dict(value)
    except (TypeError, ValueError):
        # Its message repeats the value, which may contain a secret.
        raise ValueError(
            "is not a dictionary; specify each setting by its name, for example th_disable_export: true"
        ) from None
    return settings


def _check_settings(settings: Mapping[str, t.Any]) -> None:
    _typed, problems, _warnings = coerce_settings(settings)
    if problems:
        raise ValueError(f"is wrong: {'; '.join(problems)}")


def _logo(path: t.Any, find: Find) -> bytes:
    if not isinstance(path, str) or not path.strip():
        raise ValueError("is not the path of a PNG file")
    found, tried = find(path)
    if found is None:
        raise ValueError(f"refers to a file that does not exist: {path}. Tried: {', '.join(tried)}")
    try:
        content = _read(found)
        _png.check_logo(content)
    except OSError as error:
        raise ValueError(f"refers to a file that cannot be read: {found} ({error.strerror})") from None
    except ValueError as problem:
        raise ValueError(f"refers to {found}: {problem}") from None
    return content


def _read(path: str) -> bytes:
    """Read a file without waiting for a pipe, for example; :raises ValueError: if it cannot be a logo."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is not a regular file")
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise ValueError(f"it is larger than {_MAX_BYTES} bytes, too large for a logo")
    return content
