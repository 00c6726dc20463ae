# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a result says what the service did, whatever it answered: judged by what was carried out."""

from __future__ import annotations

import json
import re
import typing as t
import unicodedata
from fnmatch import fnmatchcase
from urllib.parse import quote, unquote

from ansible_collections.threema.work.tests.generic.utils.collection import documentation, options
from ansible_collections.threema.work.tests.generic.utils.resources import LISTED, ON_LISTS, PLAIN

from .journal import names_of
from .middle import Exchange
from .said import PERHAPS, is_number, objects

Json = t.Dict[str, t.Any]
_FAILURE: t.Final = {"kind", "status", "method", "path", "host", "request_sent", "msg"}
_KINDS: t.Final = {
    *("authentication", "permission", "not_found", "invalid", "quota", "server", "network", "timeout", "protocol"),
    *("budget", "refused"),
}
#: Categories of characters that a terminal obeys, or that cannot be seen.
_OBEYED: t.Final = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_LONGEST: t.Final = 10_000
_TYPES: t.Final[dict[str, tuple[type, ...]]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "list": (list,),
    "dict": (dict,),
}
#: The fields that say who or what an object is, or that decide: they have their type, whatever the service said. What
#: only describes, such as a nickname, is passed on.
_DECIDE: t.Final = {
    *("id", "username", "threema_id", "credential_id", "name", "variant", "scope", "type"),
    *("enabled", "locked", "hashed", "usage", "present", "valid_until", "license_amount"),
    *("action", "state", "created"),
}
#: Of these, those that are never null where a documented object has them.
_NEVER_NULL: t.Final = frozenset({"threema_id", "name", "action", "variant"})


def check_form(module: str, result: Json) -> None:
    """A result of the documented form, with a failure that is a sentence."""
    assert "exception" not in result, result["exception"]
    if "failure" in result:
        failure = result["failure"]
        assert set(failure) - {"count", "limit"} == _FAILURE, failure
        assert failure["kind"] in _KINDS
        assert len(failure["path"] or "") <= _LONGEST
        for msg in (result["msg"], failure["msg"]):
            _check_sentence(msg)
    else:
        assert "failed" not in result, result
    for warning in result.get("warnings", ()):
        # Newer ansible-core says more of a warning than its text.
        _check_sentence(warning if isinstance(warning, str) else warning["event"]["msg"])
    for entry in result["diff"] if isinstance(result.get("diff"), list) else ():
        _check_seen("".join(entry.values()).replace("\n", ""))
    for one in [*(result.get("settings") or ()), result.get("setting") or {}]:
        assert isinstance(one.get("value"), (str, int, type(None))), one
    wrong = list(_wrong_types(result, documentation()[module]["return"], ""))
    assert not wrong, wrong


def _check_sentence(msg: str) -> None:
    assert " " in msg and len(msg) <= _LONGEST, len(msg)
    _check_seen(msg)


def _check_seen(text: str) -> None:
    assert not [one for one in text if unicodedata.category(one) in _OBEYED], text[:500]


def _wrong_types(value: Json, documented: Json, where: str) -> t.Iterator[str]:
    for key, about in documented.items():
        if key not in value or (where and key not in _DECIDE):
            continue
        found, contains = value[key], about.get("contains")
        kinds = _TYPES.get(about["type"])
        # Who was read has a username; who is only named by an id has none.
        # So has a setting; a category is known by its id.
        always = key in _NEVER_NULL and not where.endswith("categories.")
        if found is None and not always and not (key == "username" and "hashed" in value):
            continue
        if kinds and (not isinstance(found, kinds) or (isinstance(found, bool) and about["type"] != "bool")):
            yield f"{where}{key} is {found!r:.80}, not {about['type']}"
        for one in (found if isinstance(found, list) else [found]) if contains else ():
            if isinstance(one, dict):
                yield from _wrong_types(one, contains, f"{where}{key}.")
            else:
                yield f"{where}{key} holds {one!r:.80}"


def check_refused(result: Json, exchanges: t.Sequence[Exchange]) -> None:
    """On an answer that cannot be believed nothing is decided."""
    wrong = [one for one in exchanges if one.method == "GET" and 200 <= one.status < 300 and _unbelievable(one)]
    assert not wrong or result.get("failed"), f"{wrong[0].served[:500]!r} was believed"


def _unbelievable(exchange: Exchange) -> bool:
    """Whether an answer is no JSON in the strictest sense, or does not say whom it is about."""
    if not exchange.operation.places:
        return False
    try:
        document = json.loads(exchange.served.decode(), parse_constant=float, object_pairs_hook=_once)
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return True
    name = exchange.operation.name
    one = re.fullmatch(r"GET /(\w+)/\{\w+\}", name)
    if one and one[1] in ON_LISTS:
        # The first of them that is a text tells whom it is about.
        told = [document[key] for key in reversed(ON_LISTS[one[1]]["api_names"]) if _is_text(document, key)]
        return told[:1] != [unquote(exchange.path.split("/")[2])] or not _has_flags(document, one[1])
    if name == "GET /":
        return not isinstance(document, dict) or not isinstance(document.get("name"), str)
    for key in ON_LISTS:
        if name == f"GET /{key}":
            total = document["paging"]["total"] if isinstance(document, dict) and _has_total(document) else -1
            items = document.get(key) if isinstance(document, dict) else None
            return total < 0 or not isinstance(items, list) or not all(_says_who(one, key) for one in items)
    return False


def _once(pairs: list[tuple[str, t.Any]]) -> Json:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)


def _has_total(document: Json) -> bool:
    paging = document.get("paging")
    return isinstance(paging, dict) and is_number(paging.get("total"))


def _says_who(one: t.Any, key: str) -> bool:
    named = any(_is_text(one, name) for name in ON_LISTS[key]["api_names"]) and _has_flags(one, key)
    return named and (key != "credentials" or _is_text(one, "username"))


def _has_flags(one: Json, key: str) -> bool:
    """Whether what decides is a boolean, or one of those that others write in its place."""
    names = ON_LISTS[key].get("api_flags", ())
    return all(one.get(name) is None or (type(one[name]) in (bool, int) and one[name] in (0, 1)) for name in names)


def _is_text(one: t.Any, key: str) -> bool:
    return isinstance(one, dict) and isinstance(one.get(key), str) and bool(one[key])


def check_nothing_written(exchanges: t.Sequence[Exchange], before: Json, after: Json) -> None:
    """Of a module that only reads, and of check mode."""
    assert not [one for one in exchanges if one.method != "GET"]
    assert before == after


def is_hidden(exchanges: t.Sequence[Exchange], before: Json) -> bool:
    """Whether something was written that no look shows: the password of a hashed credential."""
    hashed = {f"/credentials/{quote(one['id'], safe='')}" for one in before["credentials"] if one["hashed"]}
    return any(one.carried_out and one.method == "PUT" and one.path in hashed for one in exchanges)


def check_changed(result: Json, exchanges: t.Sequence[Exchange], *, can_look: bool) -> None:
    """Changed is what was carried out; where nobody could tell, the failure says so.

    :param can_look: whether a look shows it: then the result knows.
    """
    carried = any(one.carried_out for one in exchanges)
    unsure = not can_look and carried and result.get("failed") and PERHAPS in result["msg"]
    assert result["changed"] == carried or unsure, "changed is not what was carried out"
    if isinstance(result.get("diff"), list):
        assert bool(result["diff"]) == result["changed"], "a diff is there where something changed"


def check_removed(args: Json, before: Json, after: Json, *, names_are_right: bool) -> None:
    """
    Nobody is removed who is not named, or pruned.

    :param names_are_right: whether the names that the service told were the right ones; otherwise nobody can tell who
        is not on a list from who is shown under another name.
    """
    named = _named(args)
    gone = {one["username"] for one in before["credentials"]} - {one["username"] for one in after["credentials"]}
    for one in before["credentials"]:
        if one["username"] in gone and not _renamed(one, after):
            assert names_are_right or args.get("prune") or _is_named(one, named), f"removed: {one['username']}"
            assert not names_are_right or _is_named(one, named) or _pruned(args, one["username"]), one["username"]
    for listed in PLAIN:
        _check_plain(listed, args, before, after, names_are_right=names_are_right)
    _check_ended(args, before, after, names_are_right=names_are_right)


def _check_plain(listed: str, args: Json, before: Json, after: Json, *, names_are_right: bool) -> None:
    key, removable = LISTED[listed], ON_LISTS[listed].get("removable", {}).items()
    left = {one[key] for one in after[listed]}
    for one in before[listed]:
        if one[key] not in left and removable <= one.items():
            pruned = bool(args.get("prune")) if not names_are_right else _pruned(args, one[key])
            assert one[key] in _named(args) or pruned, f"removed: {one[key]}"


def _check_ended(args: Json, before: Json, after: Json, *, names_are_right: bool) -> None:
    named = _named(args)
    credentials = {one["id"]: one for one in before["credentials"]}
    left = {one["threema_id"] for one in after["users"]}
    for user in before["users"]:
        if user["threema_id"] in left or user["threema_id"] in named:
            continue
        owner = credentials.get(user["credential_id"])
        assert owner or not names_are_right, f"ended: {user['threema_id']}"
        pruned = _pruned(args, owner["username"]) if owner and names_are_right else bool(args.get("prune"))
        assert pruned or (owner and _is_named(owner, named)), f"ended: {user['threema_id']}"


def _renamed(one: Json, after: Json) -> bool:
    return any(other["id"] == one["id"] for other in after["credentials"])


def _is_named(credential: Json, named: frozenset[str]) -> bool:
    return credential["username"] in named or credential["id"] in named


def _named(value: t.Any) -> frozenset[str]:
    """All texts in the arguments of a task."""
    if isinstance(value, dict):
        return frozenset().union(*(_named(item) for item in value.values()))
    if isinstance(value, list):
        return frozenset().union(*map(_named, value))
    return frozenset((value,)) if isinstance(value, str) else frozenset()


def _pruned(args: Json, name: str) -> bool:
    return bool(args.get("prune")) and not any(fnmatchcase(name, one) for one in args.get("prune_ignore", ()))


def check_diff(result: Json, after: Json) -> None:
    """The fields that a diff says there are now are those that the service has."""
    real = {one["username"]: one for one in after["credentials"]}
    real.update((one[LISTED[listed]], one) for listed in PLAIN for one in after[listed])
    for entry in result["diff"]:
        now = real.get(entry.get("after_header", ""), {})
        for line in entry.get("after", "").splitlines():
            name, _colon, text = line.partition(": ")
            if name in _decisive(now):
                value = now[name]
                assert text == (value if isinstance(value, str) else json.dumps(value)), f"{line} of {now}"


def _decisive(one: Json) -> list[str]:
    """The fields of an object in the simulator that a result of a module that writes it has to say truly."""
    names = ("username", "first_name", "last_name", *(ON_LISTS[listed]["text"] for listed in PLAIN))
    return [name for name, value in one.items() if name in names or isinstance(value, bool)]


def check_people(module: str, args: Json, before: Json, after: Json, result: Json) -> None:
    """
    Of one answer that is wrong in one field, the others tell: nobody who leaves keeps an ID.

    It does not hold where it is a name that is wrong: then somebody else is meant.
    """
    credentials = {one["id"]: one for one in before["credentials"]}
    alive = {one["threema_id"] for one in after["users"]}
    left = {one["id"] for one in after["credentials"]}
    unbound = args.get("credential_exists") == "refuse" or (args.get("threema_ids") and args["identity"] == "detach")
    for user in before["users"]:
        owner = credentials.get(user["credential_id"])
        ends = args.get("identity", "keep") != "keep" and owner and owner["id"] not in left
        assert not ends or user["threema_id"] not in alive, f"{user['threema_id']} outlives its credential"
        if unbound and owner and owner["id"] in left and user["threema_id"] not in alive:
            assert user["threema_id"] in after["revoked"], f"{user['threema_id']} is detached, and its credential stays"
    if module in ("user", "users") and "failure" not in result:
        ending = {one.get("username") or one.get("credential_id") for one in args.get("users", [args])}
        for user in before["users"]:
            owner = credentials.get(user["credential_id"], {})
            meant = not ending.isdisjoint({owner.get("username", ""), owner.get("id", "")}) and "threema_id" not in args
            assert not meant or user["threema_id"] not in alive, f"{user['threema_id']} stays, and nobody is told"


def check_orphans(args: Json, result: Json, before: Json) -> None:
    """Where one answer is wrong in one field, nobody is called an orphan who has a credential."""
    living = {one["id"] for one in before["credentials"]}
    theirs = {one["threema_id"] for one in before["users"] if one["credential_id"] in living}
    if args.get("orphaned") and "failure" not in result:
        wrong = theirs.intersection(one["threema_id"] for one in result["users"])
        assert not wrong, f"called orphans: {sorted(wrong)}"


def check_written(result: Json, exchanges: t.Sequence[Exchange], after: Json) -> None:
    """A credential or a plain object that was written as a whole is shown as it now is."""
    names = names_of(after)
    put = {
        unquote(one.path.split("/")[2])
        for one in exchanges
        if one.carried_out and one.method == "PUT" and one.path != "/"
    }
    put |= {names[id_] for id_ in put & names.keys()}
    real = {one["id"]: one for one in after["credentials"]}
    real |= {one[LISTED[listed]]: one for listed in PLAIN for one in after[listed]}
    shown = [*objects(result), *(result[key] for key in ("credential", *PLAIN.values()) if result.get(key))]
    for one in shown:
        called = {one.get(key) for key in ("id", *(LISTED[listed] for listed in PLAIN))}
        now = next((real[name] for name in called if name in real), None)
        if now and one.get("action", "updated") == "updated" and put & called:
            for name in _decisive(now):
                assert name not in one or one[name] == now[name], f"{name} is {now[name]!r}, not {one[name]!r}"


def is_plural(module: str) -> bool:
    """Whether a module takes many objects."""
    return "return_objects" in options(module)
