# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file of resources/ registers, and whether together they serve all that openapi.yaml describes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .reply import Call, Reply
from .state import State, Store

Handler = Callable[[Call], Reply]
Endpoint = Callable[[State, Any], Any]


class ResourceError(Exception):
    """The resources do not serve what openapi.yaml describes; the message says what to change."""


@dataclass(frozen=True)
class Number:
    """So many objects to begin with: an option of the command line and a key of a reset."""

    name: str
    help: str


@dataclass(frozen=True)
class Resource:
    """All that one resource of the API brings."""

    name: str
    store: type[Store]
    # By the operationId of openapi.yaml.
    operations: Mapping[str, Handler] = field(default_factory=dict)
    # By the operationId: the switch that says with which method it is served, instead of openapi.yaml.
    methods: Mapping[str, str] = field(default_factory=dict)
    # By the path below /_simulator; all with POST.
    control: Mapping[str, Endpoint] = field(default_factory=dict)
    numbers: tuple[Number, ...] = ()


def check_served(resources: Iterable[Resource], documented: Iterable[str]) -> None:
    """ResourceError unless the resources serve each operationId of openapi.yaml once, and no others."""
    owners: dict[str, list[str]] = {name: [] for name in documented}
    for resource in resources:
        for name in resource.operations:
            if name not in owners:
                raise ResourceError(
                    f"The resource {resource.name} serves {name}, which openapi.yaml does not have;"
                    " correct the operationId, or describe the operation there."
                )
            owners[name].append(resource.name)
    for name, found in owners.items():
        if not found:
            raise ResourceError(
                f"No resource serves the operation {name} of openapi.yaml; add it to the operations of its file in"
                " resources/. If that file is new, add its name to resources/__init__.py."
            )
        if len(found) > 1:
            raise ResourceError(
                f"The operation {name} is served by the resources {' and '.join(found)}; take it out of all but one."
            )
