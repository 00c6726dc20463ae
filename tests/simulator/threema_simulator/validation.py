# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks requests against openapi.yaml with openapi-core and says what the contract answers to a violation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema.exceptions import ValidationError
from jsonschema_path import SchemaPath
from openapi_core import V31RequestValidator
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.paths.datatypes import PathOperationServer
from openapi_core.templating.paths.finders import APICallPathFinder
from openapi_core.validation.request.exceptions import ParameterValidationError, RequestBodyValidationError
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from werkzeug.datastructures import Headers, ImmutableMultiDict

from .errors import ApiError

DOCUMENT = Path(__file__).resolve().parent.parent / "openapi.yaml"


@dataclass(frozen=True)
class Violation:
    """One thing that is wrong with a request. The text names no value: values may be passwords."""

    status: int
    where: str
    keyword: str
    text: str


@dataclass
class CheckedRequest:
    """A request as openapi-core wants it, with the pattern that the web framework has matched already."""

    method: str
    path_pattern: str
    parameters: RequestParameters
    body: bytes | None
    content_type: str
    host_url: str = ""

    @property
    def path(self) -> str:
        """Not used: the pattern is known. A decoded path could not be matched, ids contain slashes."""
        return self.path_pattern


class _RememberingPathFinder(APICallPathFinder):
    """Finds each operation once; the search walks through the whole document."""

    def __init__(self, spec: SchemaPath, base_url: str | None = None) -> None:
        super().__init__(spec, base_url=base_url)
        self._found: dict[tuple[str, str], PathOperationServer] = {}

    def find(self, method: str, name: str) -> PathOperationServer:
        key = (method, name)
        if key not in self._found:
            self._found[key] = super().find(method, name)
        return self._found[key]


@dataclass(frozen=True)
class Operation:
    """An operation of the document."""

    id: str
    method: str
    path: str


class Document:
    """The OpenAPI document."""

    def __init__(self, path: Path = DOCUMENT) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        with path.open(encoding="utf-8") as stream:
            self.content: dict[str, Any] = yaml.load(stream, Loader=loader)
        self._validator = V31RequestValidator(
            SchemaPath.from_dict(self.content),
            path_finder_cls=_RememberingPathFinder,
            # No schema uses a format; an empty set spares a deep copy of the known ones at each check.
            format_validators={},
        )

    def operations(self) -> Iterator[Operation]:
        """All operations, in the order of the document."""
        for path, item in self.content["paths"].items():
            for method, operation in item.items():
                if method != "parameters":
                    yield Operation(operation["operationId"], method.upper(), path)

    def violations(
        self,
        operation: Operation,
        *,
        path: Mapping[str, str],
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> list[Violation]:
        """Everything that the document says is wrong with this request."""
        # An empty filter is no filter; openapi-core would refuse it.
        filled = {name: value for name, value in query.items() if value or not name.startswith("filter")}
        request = CheckedRequest(
            method=operation.method.lower(),
            path_pattern="/api/v1" + operation.path,
            parameters=RequestParameters(
                query=ImmutableMultiDict(filled), header=Headers(list(headers.items())), path=dict(path)
            ),
            body=body or None,
            content_type=headers.get("Content-Type", "").lower(),
        )
        found: list[Violation] = []
        for error in self._validator.iter_errors(request):
            found.extend(_violations_of(error))
        return found


def _violations_of(error: Exception) -> Iterator[Violation]:
    where = getattr(error, "name", None) or "body"
    if not isinstance(error, (ParameterValidationError, RequestBodyValidationError)):
        yield Violation(400, where, "request", f"Invalid request ({type(error).__name__})")
        return
    cause = error.__cause__
    if isinstance(cause, InvalidSchemaValue):
        for detail in cause.schema_errors:
            if isinstance(detail, ValidationError):
                yield _violation_of_schema(where, detail)
        return
    kind = type(cause or error).__name__
    texts = {
        "MediaTypeNotFound": "Unsupported content type",
        "MissingRequiredRequestBody": "Body missing",
        "MediaTypeDeserializeError": "Body is not valid JSON",
    }
    yield Violation(400, where, kind, texts.get(kind, f"Invalid value for {where}"))


def _violation_of_schema(where: str, detail: ValidationError) -> Violation:
    status = int(detail.schema.get("x-refusal", 400)) if isinstance(detail.schema, dict) else 400
    names = [str(part) for part in detail.absolute_path]
    if detail.validator == "required":
        missing = [name for name in detail.validator_value if name not in detail.instance]
        # jsonschema reports each missing name by itself, with the name in quotes at the beginning of the message.
        named = [name for name in missing if detail.message.startswith(repr(name))]
        names += named or missing
        text = f"{'.'.join(names)} is required"
    else:
        text = f"Invalid value for {'.'.join(names) or where} ({detail.validator})"
    return Violation(status, ".".join([where, *names]), str(detail.validator), text)


def refuse(violations: list[Violation], tolerated: Callable[[Violation], bool]) -> None:
    """Answer the first violation that is not tolerated; a 400 comes before a 422."""
    counted = sorted((item for item in violations if not tolerated(item)), key=lambda item: item.status)
    if counted:
        first = counted[0]
        raise ApiError(first.status, first.text if first.status == 400 else None)
