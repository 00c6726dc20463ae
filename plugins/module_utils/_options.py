# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The options that modules share; their documentation is in ``plugins/doc_fragments``."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import env_fallback

Spec = t.Dict[str, t.Dict[str, t.Any]]

API: t.Final[Spec] = {
    "api_key": {"type": "str", "required": True, "no_log": True, "fallback": (env_fallback, ["THREEMA_WORK_API_KEY"])},
    "api_url": {
        "type": "str",
        "default": "https://work.threema.ch/api/v1",
        "fallback": (env_fallback, ["THREEMA_WORK_API_URL"]),
    },
    "api_timeout": {"type": "float", "default": 30, "fallback": (env_fallback, ["THREEMA_WORK_API_TIMEOUT"])},
    "api_retries": {"type": "int", "default": 4},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "expect_subscription": {"type": "str", "fallback": (env_fallback, ["THREEMA_WORK_EXPECT_SUBSCRIPTION"])},
}

#: What modules have that write to the service.
WRITING: t.Final[Spec] = {"journal": {"type": "path"}}

CREATIONS: t.Final[Spec] = {"max_creations": {"type": "int"}}

PLURAL: t.Final[Spec] = {
    "concurrency": {"type": "int", "default": 4},
    "max_requests": {"type": "int"},
    "max_removals": {"type": "int", "default": 10},
    "return_objects": {"type": "str", "default": "changed", "choices": ["changed", "all", "none"]},
}

PRUNE: t.Final[Spec] = {
    "prune": {"type": "bool", "default": False},
    "prune_ignore": {"type": "list", "elements": "str", "default": []},
    "max_removals_percent": {"type": "float"},
}

STATE: t.Final[Spec] = {"state": {"type": "str", "default": "present", "choices": ["present", "absent"]}}

#: The options of one credential that the singular and the plural module share.
CREDENTIAL: t.Final[Spec] = {
    "username": {"type": "str"},
    "id": {"type": "str"},
    "new_username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "locked": {"type": "bool", "aliases": ["lock"]},
    "hashed": {"type": "bool", "aliases": ["hash"]},
    "license_count": {"type": "int"},
    "settings": {"type": "dict"},
}

#: The options of one contact that the singular and the plural module share.
CONTACT: t.Final[Spec] = {
    "threema_id": {"type": "str", "required": True},
    "first_name": {"type": "str"},
    "last_name": {"type": "str"},
    "enabled": {"type": "bool"},
    "directory_enabled": {"type": "bool", "default": True},
}

#: What happens to the Threema IDs of credentials that are removed.
IDENTITY: t.Final[Spec] = {"identity": {"type": "str", "default": "keep", "choices": ["keep", "detach", "revoke"]}}

#: The options that select a user.
USER: t.Final[Spec] = {
    "threema_id": {"type": "str"},
    "username": {"type": "str"},
    "credential_id": {"type": "str"},
}
