# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The catalogue of MDM parameters (``th_…``) that the Threema Work apps know, and the typing of their values.

The names, types and limits are those of the apps' own lists (Threema for Android 6.4.2 and iOS 7.2.2);
which parameters an app ignores when they come from Threema's own configuration is documented in
``domain/protocol/src/mdm-parameters.md`` of threema-android.
"""

from __future__ import annotations

import functools
import re
import typing as t
from dataclasses import dataclass

from ._types import Value

TEXT: t.Final = "text"
INTEGER: t.Final = "integer"
BOOLEAN: t.Final = "boolean"

_NAME = re.compile(r"th_[a-z0-9_]{1,253}")
#: The words for a boolean that Ansible accepts, too.
TRUE_WORDS: t.Final = frozenset(("yes", "true", "on", "1", "y", "t"))
FALSE_WORDS: t.Final = frozenset(("no", "false", "off", "0", "n", "f"))
_SECRET_WORD = re.compile("passw|secret|token|key", re.IGNORECASE)


@dataclass(frozen=True)
class Parameter:
    """One MDM parameter; the limits are a length for a string and a value for an integer; None if none is known."""

    name: str
    type: str
    minimum: int | None = None
    maximum: int | None = None
    ignored_by_apps: bool = False


#: Every parameter that a current app knows, by name.
PARAMETERS: t.Final[t.Mapping[str, Parameter]] = {
    parameter.name: parameter
    for parameter in (
        Parameter("th_license_username", TEXT, minimum=1, maximum=255, ignored_by_apps=True),
        Parameter("th_license_password", TEXT, minimum=1, ignored_by_apps=True),
        Parameter("th_skip_wizard", BOOLEAN),
        Parameter("th_onprem_server", TEXT),
        Parameter("th_nickname", TEXT, minimum=0, maximum=32),
        Parameter("th_firstname", TEXT, maximum=255),
        Parameter("th_lastname", TEXT),
        Parameter("th_csi", TEXT),
        Parameter("th_category", TEXT),
        Parameter("th_job_title", TEXT),
        Parameter("th_department", TEXT),
        Parameter("th_linked_email", TEXT),
        Parameter("th_linked_phone", TEXT),
        Parameter("th_readonly_profile", BOOLEAN),
        Parameter("th_disable_send_profile_picture", BOOLEAN),
        Parameter("th_contact_sync", BOOLEAN),
        Parameter("th_block_unknown", BOOLEAN),
        Parameter("th_disable_add_contact", BOOLEAN),
        Parameter("th_hide_inactive_ids", BOOLEAN),
        Parameter("th_disable_work_directory", BOOLEAN),
        Parameter("th_disable_export", BOOLEAN),
        Parameter("th_disable_save_to_gallery", BOOLEAN),
        Parameter("th_disable_screenshots", BOOLEAN),
        Parameter("th_disable_message_preview", BOOLEAN),
        Parameter("th_disable_share_media", BOOLEAN),
        Parameter("th_keep_messages_days", INTEGER, minimum=0, maximum=3650),
        Parameter("th_disable_create_group", BOOLEAN),
        Parameter("th_disable_calls", BOOLEAN),
        Parameter("th_disable_video_calls", BOOLEAN),
        Parameter("th_disable_group_calls", BOOLEAN),
        Parameter("th_disable_web", BOOLEAN),
        Parameter("th_disable_multidevice", BOOLEAN),
        Parameter("th_web_hosts", TEXT),
        Parameter("th_disable_backups", BOOLEAN),
        Parameter("th_disable_id_export", BOOLEAN),
        Parameter("th_disable_data_backups", BOOLEAN),
        Parameter("th_disable_system_backups", BOOLEAN),
        Parameter("th_disable_ios_system_backups_id_key_inclusion", BOOLEAN),
        Parameter("th_id_backup", TEXT, ignored_by_apps=True),
        Parameter("th_id_backup_password", TEXT, ignored_by_apps=True),
        Parameter("th_safe_enable", BOOLEAN),
        Parameter("th_safe_password", TEXT, minimum=8, maximum=4096, ignored_by_apps=True),
        Parameter("th_safe_server_url", TEXT),
        Parameter("th_safe_server_username", TEXT),
        Parameter("th_safe_server_password", TEXT),
        Parameter("th_safe_restore_enable", BOOLEAN),
        Parameter("th_safe_restore_id", TEXT, minimum=8, maximum=8),
        Parameter("th_safe_password_pattern", TEXT),
        Parameter("th_safe_password_message", TEXT),
        Parameter("th_enable_remote_secret", BOOLEAN),
    )
}

#: Parameters whose values are treated like passwords.
SECRET_PARAMETERS: t.Final = frozenset(
    (
        "th_safe_password",
        "th_license_password",
        "th_safe_server_password",
        "th_id_backup_password",
        "th_id_backup",
    )
)


def is_secret(name: object) -> bool:
    """Whether the value of a setting is treated like a password; the only rule for that.

    Besides :data:`SECRET_PARAMETERS`, that is every unknown name that contains ``passw``, ``secret``, ``token``
    or ``key``, or whose closest known name is a secret one: it may be misspelled, or newer than this catalogue.
    """
    return isinstance(name, str) and _is_secret(name)


@functools.lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    if name in PARAMETERS:
        return name in SECRET_PARAMETERS
    return bool(_SECRET_WORD.search(name)) or _nearest(name) in SECRET_PARAMETERS


@functools.lru_cache(maxsize=1024)
def _nearest(name: str) -> str | None:
    """The known name that was perhaps meant."""
    name = re.sub("[^a-z0-9_]", "_", name[:257].lower())
    # A string that cannot be a name is never sent, and may be of any length.
    if not _NAME.fullmatch(name):
        return None
    # Imported here because few tasks need it, and every task would wait for it.
    import difflib

    return next(iter(difflib.get_close_matches(name, PARAMETERS, n=1, cutoff=0.75)), None)


@functools.lru_cache(maxsize=4096)
def mistaken_for(name: str) -> str | None:
    """The known parameter that a name which begins with ``th_`` misses by a typing error; None for a known one.

    Newer parameters must be accepted, so that only the same words but for one letter count as an error.
    """
    if name in PARAMETERS:
        return None
    squeezed = name.replace("_", "")
    for known in PARAMETERS:
        if squeezed == known.replace("_", ""):
            return known
    # Imported here because few tasks need it, and every task would wait for it.
    import difflib

    same_words = [known for known in PARAMETERS if known.count("_") == name.count("_")]
    return next(iter(difflib.get_close_matches(name, same_words, n=1, cutoff=0.9)), None)


def check_name(name: object) -> str:
    """Return ``name`` if it can be the name of a parameter (contract 7: 4 to 256 characters, beginning with ``th_``).

    :raises ValueError: with a sentence, if it cannot.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} is not the name of an MDM parameter: it must begin with th_, be 4 to 256 characters long, "
            "and consist of lowercase letters, digits, and underscores"
        )
    return name


def coerce(name: str, value: object) -> tuple[Value, list[str]]:
    """Convert a value to the type of its parameter.

    Templating turns values into strings, so ``"yes"`` becomes true for a boolean and ``"30"`` becomes 30 for an
    integer.

    :param name: the parameter, ``th_…``.
    :param value: a string, an integer, or a boolean.
    :returns: the typed value, and warnings (an unknown name, a parameter that the apps ignore).
    :raises ValueError: with a sentence that names the parameter, and its value unless that is a secret.
    """
    parameter = PARAMETERS.get(name)
    if parameter is None:
        check_name(name)
    if not isinstance(value, (str, int, bool)):
        kind = "nothing (null)" if value is None else f"a {type(value).__name__}"
        raise ValueError(f"the value of {name} is {kind}; it must be a string, an integer, or a boolean")
    if parameter is None:
        return value, [_unknown(name)]
    typed: Value
    if parameter.type == BOOLEAN:
        typed = _boolean(name, value)
    elif parameter.type == INTEGER:
        typed = _integer(name, value)
    else:
        typed = _text(name, value)
    _check_limits(parameter, typed)
    return typed, [_ignored(name)] if parameter.ignored_by_apps else []


def _shown(name: str, value: Value) -> str:
    """A value in a message."""
    return "the value given" if is_secret(name) else repr(value)


def _boolean(name: str, value: Value) -> bool:
    text = str(value).strip().lower()
    if text in TRUE_WORDS:
        return True
    if text in FALSE_WORDS:
        return False
    raise ValueError(f"{name} takes a boolean (true or false), not {_shown(name, value)}")


def _integer(name: str, value: Value) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise ValueError(f"{name} takes an integer, not {_shown(name, value)}")
    return int(text)


def _text(name: str, value: Value) -> str:
    if isinstance(value, bool):
        raise ValueError(f"{name} takes a string, not the boolean {_shown(name, value)}; put it in quotation marks")
    return str(value)


def _check_limits(parameter: Parameter, typed: Value) -> None:
    low, high = parameter.minimum, parameter.maximum
    if low is None and high is None:
        return
    size, unit = (len(typed), " characters") if isinstance(typed, str) else (int(typed), "")
    if (low is not None and size < low) or (high is not None and size > high):
        limits = f"{low}" if low == high else f"{low or 0} to {high}" if high is not None else f"at least {low}"
        shown = _shown(parameter.name, typed)
        if isinstance(typed, str):
            shown = f"{size}" if is_secret(parameter.name) else f"the {size} of {typed[:40]!r}"
        raise ValueError(f"{parameter.name} takes {limits}{unit}, not {shown}")


def _unknown(name: str) -> str:
    near = _nearest(name)
    hint = f"; did you mean {near}?" if near else ""
    return f"{name} is not a parameter that the current apps know; it is sent unchanged{hint}"


def _ignored(name: str) -> str:
    return (
        f"the apps ignore {name} when it comes from Threema's own configuration; only an external MDM system can set it"
    )
