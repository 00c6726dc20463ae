# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether what a module for many objects says it wrote was written, and what was written is said."""

from __future__ import annotations

import collections
import typing as t
from urllib.parse import unquote

from ansible_collections.threema.work.tests.generic.utils.resources import LISTED, PLAIN

from .journal import named_in, names_of
from .middle import Exchange

Json = t.Dict[str, t.Any]
#: What was written: the kind of object, and all that it is called.
Written = t.Tuple[str, t.FrozenSet[str]]
WRITTEN: t.Final = ("created", "updated", "removed")
_ACTIONS: t.Final = (*WRITTEN, "unchanged", "failed", "pending")
PERHAPS: t.Final = "may have been carried out"


def is_number(value: t.Any) -> bool:
    """Whether something is an integer; a boolean is none."""
    return isinstance(value, int) and not isinstance(value, bool)


def check_summary(module: str, result: Json) -> None:
    """The numbers are those of the objects; all objects are there, but unchanged ones where it failed."""
    summary = result["summary"]
    assert set(summary) == set(_ACTIONS) and all(is_number(number) and number >= 0 for number in summary.values())
    shown = objects(result)
    if module == "mdm_settings" or (not shown and result.get("failed")):
        # Its objects are credentials, and settings are counted; or it was refused before there was a plan.
        return
    counted = collections.Counter(one["action"] for one in shown)
    compared = [action for action in _ACTIONS if action != "unchanged" or not result.get("failed")]
    assert [summary[action] for action in compared] == [counted[action] for action in compared], shown


def objects(result: Json) -> list[Json]:
    """All objects of a result of a module for many."""
    return [one for key in LISTED for one in result.get(key) or ()]


def check_objects(module: str, result: Json, exchanges: t.Sequence[Exchange], before: Json, after: Json) -> None:
    """What is said to be written was written, and what was written is said, or failed."""
    written = list(_writes(exchanges, before, after))
    if module == "mdm_settings":
        number = len(set(written))
        said = sum(result["summary"][action] for action in WRITTEN)
        assert said == number or (PERHAPS in result.get("msg", "") and said < number), f"{number} were written"
        return
    said_written, unsure = _said(result)
    for kind, names in said_written:
        assert any(kind == other and names & called for other, called in written), f"said, not done: {sorted(names)}"
    for kind, called in written:
        assert any(kind == other and names & called for other, names in [*said_written, *unsure]), (
            f"done, not said: {sorted(called)}"
        )


def _said(result: Json) -> tuple[list[Written], list[Written]]:
    done: list[Written] = []
    unsure: list[Written] = []
    for key in LISTED:
        for one in result.get(key) or ():
            kind = key if key != "users" or "threema_id" in one else "credentials"
            (done if one["action"] in WRITTEN else unsure if one["action"] in ("failed", "pending") else []).append(
                (kind, _called(one))
            )
            for user in one.get("users") or () if key == "credentials" else ():
                (done if user["action"] in WRITTEN else unsure).append(("users", _called(user)))
    return done, unsure


def _called(one: Json) -> frozenset[str]:
    return frozenset(str(one[name]) for name in {"id", *LISTED.values()} if one.get(name) is not None)


def _writes(exchanges: t.Sequence[Exchange], before: Json, after: Json) -> t.Iterator[Written]:
    """The objects that were written, each as often as it was written."""
    ids = {one["username"]: one["id"] for one in after["credentials"]}
    names = names_of(after)
    known = {**names_of(before), **names}
    for one in exchanges:
        if not one.carried_out:
            continue
        _empty, kind, *rest = [unquote(part) for part in one.path.split("/")]
        body = one.payload or {}
        if kind == "mdm-bulk":
            for item in body["credentials"]:
                for setting in item["parameters"]:
                    yield _setting(item["id"], setting["name"], names)
        elif kind == "mdm" or rest[1:2] == ["mdm"]:
            scope = rest[0] if kind == "credentials" else ""
            yield _setting(scope, body.get("property") or rest[-1], names)
        elif kind == "credentials":
            id_ = rest[0] if rest else ids.get(body["username"], "")
            yield kind, frozenset({id_, names.get(id_, id_), body.get("username", id_)})
        elif kind in PLAIN:
            yield kind, frozenset({known.get(rest[0], rest[0]) if rest else named_in(kind, body)})
        else:
            yield kind, frozenset({rest[0] if rest else body.get("name", "")})


def _setting(scope: str, name: str, names: t.Mapping[str, str]) -> Written:
    return "credentials", frozenset({scope, names.get(scope, scope), f"{scope} {name}"})
