# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arguments of cases with one option changed, wherever it is: at the top, or in the items of a list."""

from __future__ import annotations

import copy
import typing as t

from .cases import Case, cases_of
from .collection import Json, connection_options, options, used_paths

#: These choose the same thing: one without a value is ignored where another has one.
SAME: t.Final = ("username", "id", "credential_id", "threema_id")


def documented_at(module: str, path: str) -> Json:
    """What is documented of an option or of an option of items."""
    found: Json = {"suboptions": options(module)}
    for name in path.split("."):
        found = found["suboptions"][name]
    return found


def case_with(module: str, path: str) -> Case:
    """A case that gives an option, if possible one that works; for an option that belongs to none, any case."""
    documented = options(module)
    any_case = path in connection_options() or path == "journal"
    using = [case for case in cases_of(module) if any_case or path in used_paths(case.get("args"), documented)]
    assert using, f"add a case to cases/{module}.yml for: {path}"
    return next((case for case in using if not case.get("fails")), using[0])


def holders(args: Json, documented: dict[str, Json], path: str) -> t.Iterator[tuple[Json, str]]:
    """Where arguments hold an option: the dictionary, and the key in it."""
    name, dot, rest = path.partition(".")
    for key in (name, *documented[name].get("aliases", ())):
        if key not in args:
            continue
        if not dot:
            yield args, key
            continue
        for item in args[key] if isinstance(args[key], list) else [args[key]]:
            yield from holders(item, documented[name]["suboptions"], rest)


def changed(args: Json, module: str, path: str, value: t.Any, *, left_out: bool = False) -> tuple[Json, str]:
    """
    Arguments with another value, or without it, where the option is given first, and the key that was used for it.

    Of those that choose the same thing only this one is kept there.
    """
    args = copy.deepcopy(args)
    where, key = next(iter(holders(args, options(module), path)), (args, path))
    if path.rpartition(".")[2] in SAME:
        for other in set(SAME) - {path.rpartition(".")[2]}:
            where.pop(other, None)
    where[key] = value
    if left_out:
        del where[key]
    return args, key
