# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Secrets: which values are secret, how they are registered with Ansible, and how an invocation is shown without them.

Up to ansible-core 2.21 a value in ``no_log_values`` is masked wherever it occurs in a result: the password ``sommer``
turns the username ``sommer.anna`` into ``********.anna``. So secrets are removed by field instead of by text, and only
the API key, which has no field of its own, is passed to Ansible for masking. From 2.22 on, results stay complete, and
registered secrets are redacted when Ansible prints.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

from ._parameters import PARAMETERS, SECRET_PARAMETERS, is_secret

try:
    from ansible.module_utils import secrets as _register
except ImportError:
    # ansible-core up to 2.21 has no register; removing secrets by field is the protection there.
    _register = None


HIDDEN: t.Final = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
#: Longest list that an invocation shows; of longer lists, only the length is shown.
_MAX_SHOWN: t.Final = 100
#: Parts of names, compared by their letters only, and whole words of names.
_LIKE_A_SECRET: t.Final = re.compile(
    r"pas+w|pass?or|pass?phrase|pwd|secret|token|key|code|hash|idbackup|activation(link|url|uri|qr)"
)
_SECRET_WORDS: t.Final = frozenset(("pass", "pw", "pin", "otp", "salt", "jwt"))
_WORD: t.Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def register_secrets(values: t.Iterable[str]) -> None:
    """Register secrets with Ansible, so that it redacts them wherever it prints."""
    if _register is not None:
        _register.register_secrets(values)


def secrets_in(params: t.Any) -> t.Iterator[str]:
    """The values of secret MDM parameters anywhere in a module's options."""
    if isinstance(params, Mapping):
        if is_secret(params.get("name")) and params.get("value") is not None:
            yield str(params["value"])
        for key, value in params.items():
            # Options such as password are handled differently, and there are many: registering thousands takes seconds.
            if str(key).lower().startswith("th") and is_secret(key) and value is not None:
                yield str(value)
            else:
                yield from secrets_in(value)
    elif isinstance(params, (list, tuple)):
        for value in params:
            yield from secrets_in(value)


def shown_invocation(
    params: Mapping[str, t.Any], spec: Mapping[str, t.Any], hidden: t.Container[str] = ()
) -> dict[str, t.Any]:
    """A module's options as they may be logged: without secrets, and with the length of a long list in its place.

    :param hidden: names of options that are not shown either.
    """
    # Also if there is no name, which may be misspelled.
    hide_value = "value" in params and sounds_secret(params.get("name") or "password")
    return {
        name: HIDDEN
        if value is not None and (name in hidden or (hide_value and name == "value"))
        else _shown(value, _option(spec, name))
        for name, value in params.items()
    }


def _option(spec: Mapping[str, t.Any], name: str) -> Mapping[str, t.Any] | None:
    return spec.get(name) or next((option for option in spec.values() if name in option.get("aliases", ())), None)


def _shown(value: t.Any, option: Mapping[str, t.Any] | None) -> t.Any:
    if value is None:
        return None
    # An option that does not exist may be a misspelled password.
    if option is None or option.get("no_log"):
        return HIDDEN
    if option["type"] == "list" and isinstance(value, (list, tuple)):
        if len(value) > _MAX_SHOWN:
            return f"({len(value)} items)"
        element = {"type": option.get("elements", "str"), "options": option.get("options")}
        return [_shown(item, element) for item in value]
    if option["type"] in ("dict", "list"):
        if option["type"] == "list" or not isinstance(value, Mapping):
            # Not parsed: Ansible rejected the options before it got to this one.
            return HIDDEN
        suboptions = option.get("options")
        if suboptions:
            return shown_invocation(value, suboptions)
        return {key: HIDDEN if _hides(key, item) else item for key, item in value.items()}
    # A URL that contains a password is rejected, and not repeated.
    return HIDDEN if isinstance(value, str) and re.search(r"://[^/]*@", value) else value


def _hides(name: t.Any, value: t.Any) -> bool:
    # Somebody may have written the parameter as {name: …, value: …}.
    return sounds_secret(name) or name == "value" or not isinstance(value, (str, int, float, type(None)))


def sounds_secret(name: t.Any) -> bool:
    """Whether a parameter is secret, or would be if it were spelled correctly, or an unknown field may be secret."""
    if isinstance(name, str) and name in PARAMETERS:
        return name in SECRET_PARAMETERS
    text = str(name)
    letters = re.sub(r"[^a-z]", "", text.lower())
    words = {word.lower() for word in _WORD.findall(text)}
    return is_secret(text) or bool(_LIKE_A_SECRET.search(letters)) or not words.isdisjoint(_SECRET_WORDS)


def hide_texts(shown: t.Any, secrets: t.Collection[str]) -> t.Any:
    """Hide every string that contains a secret as a whole: a partly masked string can reveal the secret."""
    if isinstance(shown, dict):
        return {name: hide_texts(value, secrets) for name, value in shown.items()}
    if isinstance(shown, list):
        return [hide_texts(value, secrets) for value in shown]
    return HIDDEN if isinstance(shown, str) and any(secret and secret in shown for secret in secrets) else shown
