# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""What all resources have in common: paths, names of keys, and the forms of objects in answers."""

from __future__ import annotations

import functools
import re
import typing as t
from urllib.parse import quote

from .. import _errors as errors
from .._errors import Refused, ThreemaError
from .._http import Answer, Client
from .._secrets import sounds_secret
from .._text import extract
from .._types import Object

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: Fields that sound secret but are not: properties of credentials up to version 1.4.0, and in later ones.
_NO_SECRETS: t.Final = frozenset(("hash", "hashed"))
#: Maximum nesting depth of an unknown field.
_MAX_DEPTH: t.Final = 20


def segment(value: str) -> str:
    """One segment of a path: credential ids contain ``/``, ``+`` and ``=``, so everything is encoded (contract 1).

    :raises Refused: for one that would leave the path.
    """
    if not value.strip("."):
        # No server would read a segment of dots as a name, and requests sends it unencoded.
        raise Refused(f"{value!r} cannot be an identifier; nothing was requested")
    return quote(value, safe="")


@functools.lru_cache(maxsize=1024)
def snake(name: str) -> str:
    """``licenseCount`` to ``license_count``."""
    return _CAPITAL.sub("_", name).lower()


def plain(item: Object) -> Object:
    """An object of the API with the key names of this collection and without its links.

    Unknown fields are kept, except those whose names sound secret: newer versions may have an ``initialPassword``.

    :raises ValueError: if it is nested too deeply.
    """
    return {
        name: _open(value) if isinstance(value, (dict, list)) else value
        for (name, is_secret), (key, value) in zip(_names(tuple(item)), item.items())
        if key != "_links" and not (is_secret and _says_something(value))
    }


@functools.lru_cache(maxsize=64)
def _names(keys: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """The key names of an object in this collection, and whether they sound secret; cached for thousands of objects."""
    return tuple((snake(key), _is_secret(key)) for key in keys)


@functools.lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return snake(name) not in _NO_SECRETS and sounds_secret(name)


def _says_something(value: t.Any) -> bool:
    # Whether a password has expired is not a secret.
    return value is not None and not isinstance(value, bool)


def _open(value: t.Any, depth: int = 0) -> t.Any:
    """A field's value without the keys within it that sound secret."""
    if not isinstance(value, (dict, list)):
        return value
    if depth == _MAX_DEPTH:
        raise ValueError("with a field that is nested too deeply")
    if isinstance(value, list):
        return [_open(one, depth + 1) for one in value]
    return {key: _open(one, depth + 1) for key, one in value.items() if not (_says_something(one) and _is_secret(key))}


def a_dict(answer: Answer) -> Object:
    """:raises ThreemaError: of kind ``protocol``, if the answer is not a JSON object."""
    document = answer.json()
    if not isinstance(document, dict):
        raise answer.unexpected("is JSON of another form than the documented object")
    return document


def the_object(answer: Answer, convert: t.Callable[[Object], tuple[str, Object]], id_: str) -> Object:
    """The object that was requested by its id.

    :raises ThreemaError: of kind ``protocol`` for another object, or something else: no decision can be based on it.
    """
    try:
        found, converted = convert(a_dict(answer))
    except ValueError as reason:
        raise answer.unexpected(f"is an object {reason}") from None
    if found != id_:
        raise answer.unexpected(f"is about another object ({extract(found)})")
    return converted


def expect_status(answer: Answer, *statuses: int) -> None:
    """:raises ThreemaError: of kind ``protocol``, if the response to a write is not the documented one.

    An empty 200 from something in between does not show that the service did it; the caller then checks (contract 2).
    """
    if answer.status not in statuses:
        documented = " or ".join(map(str, statuses))
        raise answer.unexpected(f"does not have the documented status {documented}")


def gone(error: ThreemaError) -> bool:
    """Whether there is no such object; 400 is for an id that the service cannot have (contract 2)."""
    return error.kind == errors.NOT_FOUND or error.status == 400


def get(client: Client, path: str) -> Answer | None:
    """GET; None if there is no such object.

    :raises ThreemaError: for any other error.
    """
    try:
        return client.request("GET", path)
    except ThreemaError as error:
        if not gone(error):
            raise
        return None


def get_object(
    client: Client, collection: str, id_: str, convert: t.Callable[[Object], tuple[str, Object]]
) -> Object | None:
    """One object of a collection by its id; None if there is none. :raises ThreemaError: as :func:`the_object`."""
    answer = get(client, f"{collection}/{segment(id_)}")
    return None if answer is None else the_object(answer, convert, id_)


def remove(client: Client, path: str, method: str = "DELETE") -> bool:
    """DELETE, or another method that removes; false if the object had already been removed by somebody else.

    A 404 after a lost answer means that the first attempt removed it.
    """
    try:
        expect_status(client.request(method, path), 204)
    except ThreemaError as error:
        if error.kind != errors.NOT_FOUND:
            raise
        return error.repeated
    return True
