# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the service answers to each operation, out of the OpenAPI document of the simulator: every field has a place."""

from __future__ import annotations

import functools
import re
import typing as t
from dataclasses import dataclass, field

import yaml
from ansible_collections.threema.work.tests.generic.utils.collection import ROOT

Json = t.Dict[str, t.Any]
#: The keys that lead to a field; ``*`` is an item of a list. The empty one is the whole answer.
Place = t.Tuple[str, ...]
EACH: t.Final = "*"
_METHODS: t.Final = ("get", "post", "put", "delete")


@dataclass(frozen=True)
class Operation:
    """
    :ivar name: its method and its path in the document, such as ``GET /users/{threemaId}``.
    :ivar places: of its answer; none where that is no JSON.
    """

    name: str
    pattern: re.Pattern[str] = field(repr=False)
    places: tuple[Place, ...] = field(repr=False)

    def __str__(self) -> str:
        return self.name


@functools.cache
def operations() -> tuple[Operation, ...]:
    """All operations of the document, those with fewer parameters in their path first."""
    document = yaml.safe_load((ROOT / "tests/simulator/openapi.yaml").read_text(encoding="utf-8"))
    schemas = document["components"]["schemas"]
    found = []
    for path, item in document["paths"].items():
        pattern = re.compile(re.sub(r"\{[^/]+\}", "[^/]+", path) + "/?")
        for method in _METHODS:
            if method in item:
                places = tuple(_places(_answer(item[method]), schemas))
                found.append(Operation(f"{method.upper()} {path}", pattern, places))
    return tuple(sorted(found, key=lambda one: (one.name.count("{"), one.name)))


@functools.cache
def lists() -> tuple[str, ...]:
    """The keys under which the API lists its objects."""
    found = {place[0] for one in operations() for place in one.places if place[1:] == (EACH,)}
    return tuple(sorted(found - {"_links"}))


def operation_of(method: str, path: str) -> Operation:
    """The operation of a request; its path is the one below the base URL, without the query."""
    return next(one for one in operations() if one.name.startswith(f"{method} ") and one.pattern.fullmatch(path or "/"))


def _answer(operation: Json) -> Json | None:
    """The schema of the answer of 2xx, None where it holds no JSON."""
    for status, answer in operation["responses"].items():
        content = answer.get("content", {}).get("application/json")
        if status.startswith("2") and content:
            return t.cast(Json, content["schema"])
    return None


def _places(schema: Json | None, schemas: Json, at: Place = ()) -> t.Iterator[Place]:
    if schema is None:
        return
    if "$ref" in schema:
        schema = t.cast(Json, schemas[schema["$ref"].rpartition("/")[2]])
    yield at
    if "items" in schema:
        yield from _places(schema["items"], schemas, (*at, EACH))
    for name, below in schema.get("properties", {}).items():
        yield from _places(below, schemas, (*at, name))
