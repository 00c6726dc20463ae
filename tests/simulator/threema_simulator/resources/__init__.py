# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All resources of the API: a file for each, that ends with what it registers."""

from __future__ import annotations

from importlib import import_module

from ..resource import Handler, Resource

# In the order in which they are filled: a resource comes after those whose objects its own begin with.
_FILES = (
    "subscription",
    "credentials",
    "credential_settings",
    "users",
    "phone",
    "contacts",
    "settings",
    "logos",
)

RESOURCES: tuple[Resource, ...] = tuple(import_module(f".{name}", __name__).RESOURCE for name in _FILES)
# By the operationId: the function, and where there is one the switch that decides on the method.
HANDLERS: dict[str, Handler] = {name: handler for one in RESOURCES for name, handler in one.operations.items()}
METHOD_SWITCHES: dict[str, str] = {name: switch for one in RESOURCES for name, switch in one.methods.items()}
