# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run did to the subscription, in a form in which two runs can be compared."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.threema.work.tests.generic.utils.checks import subscription
from ansible_collections.threema.work.tests.tools.simulator_process import Simulator

Json = t.Dict[str, t.Any]
_GENERATED: t.Final = 20


def shape(simulator: Simulator, args: Json) -> Json:
    """The subscription, with names in place of what is made anew each time: ids, passwords, moments."""
    state = subscription(simulator)
    known = json.dumps(args)
    text = json.dumps(state)
    for one in state["credentials"]:
        text = text.replace(json.dumps(one["id"]), json.dumps(f"id of {one['username']}"))
    named: Json = json.loads(text)
    for one in named["credentials"]:
        password = one["password"]
        if password and len(password) == _GENERATED and password not in known:
            one["password"] = "generated"
    for user in named["users"]:
        del user["created_at"], user["last_check"]
    named["credentials"].sort(key=lambda one: one["username"])
    named["contacts"].sort(key=lambda one: one["threema_id"])
    return named


def result_shape(result: t.Mapping[str, t.Any]) -> Json:
    """What a module says it did, without what differs from run to run."""
    left_out = ("invocation", "api_requests", "warnings", "deprecations")
    kept = {name: value for name, value in result.items() if name not in left_out}
    return t.cast(Json, _without_made(kept))


def _without_made(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        made = ("id", "credential_id", "last_check", "created_at", "password")
        return {name: _without_made(item) for name, item in value.items() if name not in made}
    if isinstance(value, list):
        return sorted((_without_made(item) for item in value), key=json.dumps)
    return value
