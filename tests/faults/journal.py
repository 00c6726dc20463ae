# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a journal says, and what it has to say of the requests that were answered."""

from __future__ import annotations

import json
import re
import tempfile
import typing as t
from pathlib import Path
from urllib.parse import unquote

from ansible_collections.threema.work.tests.generic.utils.resources import LISTED, ON_LISTS, PLAIN

Json = t.Dict[str, t.Any]
Names = t.Mapping[str, str]

#: Where the journals of all runs are; removed when the process ends.
_FOLDER: t.Final = tempfile.TemporaryDirectory()
PATH: t.Final = Path(_FOLDER.name, "journal.jsonl")


def read(names: Names) -> list[str]:
    """A text for each change that is written down, in order: what was done to what.

    :param names: what :func:`names_of` says of the objects by their ids, which differ from run to run.
    """
    text = PATH.read_text(encoding="utf-8") if PATH.exists() else ""
    assert text == "" or text.endswith("\n")
    return [_change(json.loads(line), names) for line in text.splitlines()]


def _change(line: Json, names: Names) -> str:
    action = line["action"]
    if "variant" in line:
        return f"logo {line['variant']}: {_written(action)}"
    if "credential_id" in line:
        whose = names.get(line["credential_id"], "global")
        return f"setting {line['name']} of {whose}: {_written(action)}"
    if "id" in line:
        return f"credential {names[line['id']]}: {action}"
    if "state" in line:
        return f"user {line['threema_id']}: {line['state']}"
    for listed, name in PLAIN.items():
        if line["module"] in ON_LISTS[listed]["modules"]:
            return f"{name} {line[LISTED[listed]]}: {action}"
    return f"subscription {line['name']}: {action}"


def _written(action: str) -> str:
    # Of these, one request creates and updates.
    return action if action == "removed" else "written"


_USER: t.Final = {"DELETE": "revoked", "POST": "detached"}
_ACTIONS: t.Final = {"POST": "created", "PUT": "updated", "DELETE": "removed"}


def names_of(state: Json) -> dict[str, str]:
    """What journals and results call the objects whose ids the service generates, by these ids.

    :param state: a subscription, as the simulator shows it.
    """
    keys = {"credentials": "username", **{listed: LISTED[listed] for listed in PLAIN}}
    return {one["id"]: one[key] for listed, key in keys.items() for one in state[listed] if "id" in one}


def named_in(listed: str, body: Json) -> str:
    """What an object is called by what the service was sent, or sent."""
    return next((str(body[key]) for key in reversed(ON_LISTS[listed]["api_names"]) if body.get(key)), "")


def expected(requests: t.Iterable[Json], names: Names, *, unanswered: bool = False) -> list[str]:
    """The same of requests as the simulator received them, of those that it answered with 2xx, in their order.

    :param unanswered: of those too whose answer nobody was there to hear.
    """
    answers = [(one, one["status"] or (200 if unanswered else 500)) for one in requests]
    return [change for one, status in answers if status < 300 for change in _changes(one, names)]


def tried(requests: t.Iterable[Json], names: Names) -> list[str]:
    """The same of all requests that write, whatever became of them."""
    return [change for one in requests for change in _changes(one, names)]


def _changes(request: Json, names: Names) -> t.Iterator[str]:
    method, body = request["method"], request["body"] or {}
    if method == "GET":
        return
    path = request["path"].split("/api/v1", 1)[1]
    kind, *rest = [unquote(part) for part in path.strip("/").split("/")]
    action = _ACTIONS[method]
    if kind == "mdm-bulk":
        for one in body["credentials"]:
            for setting in one["parameters"]:
                yield f"setting {setting['name']} of {names[one['id']]}: written"
    elif kind == "mdm" or "mdm" in rest:
        name = body["property"] if method == "POST" else rest[-1]
        yield f"setting {name} of {'global' if kind == 'mdm' else names[rest[0]]}: {_written(action)}"
    elif kind == "credentials":
        yield f"credential {names[rest[0]] if rest else body['username']}: {action}"
    elif kind == "users":
        yield f"user {rest[0]}: {_USER[method]}"
    elif kind in PLAIN:
        yield f"{PLAIN[kind]} {names.get(rest[0], rest[0]) if rest else named_in(kind, body)}: {action}"
    elif kind == "logos":
        yield f"logo {rest[0]}: {_written(action)}"
    else:
        assert re.fullmatch("/?", path), path
        yield f"subscription {body['name']}: {action}"
